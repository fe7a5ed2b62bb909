"""``marginal-risk build``, and what every command that needs a database or sound data does."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marginal_risk.cli import options

if TYPE_CHECKING:
    from marginal_risk.check.corpus import Corpus
    from marginal_risk.cli.reporting import ProgressLine

_HEAD_START = 0.1
"""Seconds that a command has for its first question before the data is read beside it."""


@click.command()
@options.data
@options.database
@click.option(
    "--database-url",
    metavar="URL",
    help="Build on a PostgreSQL server in place of a file: postgresql+psycopg://USER@HOST/NAME.",
)
@click.option(
    "--verify",
    "is_thorough",
    is_flag=True,
    help="Look at all of a file before it is called up to date.",
)
def build(data_dir: Path, output: Path, database_url: str | None, is_thorough: bool) -> None:
    """Build the database from the data, unless it is up to date.

    A damaged file is built anew; --verify looks longer for damage. What was there stays as it is
    until the new database is whole. Exits with 1 where the data has errors or the database
    cannot be written.
    """
    if database_url is not None and options.is_given("output"):
        raise click.UsageError("Give --output or --database-url, not both.")
    if database_url is not None and is_thorough:
        raise click.UsageError("--verify looks at a file; a server looks after its own.")
    with without_collecting_garbage():
        if database_url is None:
            build_if_needed(data_dir, output, is_thorough)
        else:
            build_on_server_if_needed(data_dir, database_url)


@contextmanager
def without_collecting_garbage() -> Iterator[None]:
    """Keep Python from looking for cycles of objects: of all records, none is in one."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def build_if_needed(data_dir: Path, output: Path, is_thorough: bool = False) -> None:
    """Build ``output`` if it is not current or is damaged, or exit with 1 and the reason."""
    from marginal_risk.store.provenance import find_damage, is_current

    damage = find_damage(output, is_thorough) if output.is_file() else None
    if damage is None and is_current(output, data_dir):
        _say_up_to_date(output)
        return
    # To import what a build needs takes longer than to find out whether one is needed.
    from marginal_risk.cli.reporting import ProgressLine
    from marginal_risk.store.database import BuildError, build_database, check_output

    progress = ProgressLine()
    try:
        check_output(output)
        if damage and output.stat().st_size:
            click.echo(f"{output} is damaged ({damage}), and is built anew", err=True)
        corpus = read_sound_corpus(data_dir, progress)
        build_database(corpus, output, progress)
    except BuildError as error:
        raise click.ClickException(str(error)) from error
    finally:
        progress.clear()
    _say_built(output, corpus)


def build_on_server_if_needed(data_dir: Path, url: str) -> None:
    """Build on a PostgreSQL server if it is not current there, or exit with 1 and the reason."""
    try:
        from marginal_risk.store.postgresql.address import DatabaseAddress
        from marginal_risk.store.postgresql.building import build_on_server, is_current_on_server
    except ImportError as error:
        message = "PostgreSQL needs psycopg: pip install 'marginal-risk[postgresql]'"
        raise click.ClickException(message) from error
    from marginal_risk.cli.reporting import ProgressLine
    from marginal_risk.store.database import BuildError

    progress = ProgressLine()
    try:
        address = DatabaseAddress(url)
        if is_current_on_server(address, data_dir):
            _say_up_to_date(address)
            return
        corpus = read_sound_corpus(data_dir, progress)
        build_on_server(corpus, address, progress)
    except BuildError as error:
        raise click.ClickException(str(error)) from error
    finally:
        progress.clear()
    _say_built(address, corpus)


def _say_up_to_date(database: object) -> None:
    click.echo(f"{database} is up to date: the data has not changed", err=True)


def _say_built(database: object, corpus: "Corpus") -> None:
    studies = len(corpus.records.references)
    judgements = sum(len(row.levels) for row in corpus.records.codings)
    click.echo(
        f"{database}: {studies} studies, {judgements} judgements,"
        f" data version {corpus.data_version}",
        err=True,
    )


def read_sound_corpus(data_dir: Path, progress: "ProgressLine | None" = None) -> "Corpus":
    """Read and check the data; print its problems, and exit with 1 where one is an error."""
    from marginal_risk.check.corpus import read_corpus
    from marginal_risk.cli.reporting import ProgressLine

    progress = progress or ProgressLine()
    with without_collecting_garbage():
        corpus = read_corpus(data_dir, progress=progress)
    progress.clear()
    return _exit_unless_sound(corpus)


def begin_reading(data_dir: Path) -> Callable[[], "Corpus"]:
    """Read and check the data beside what the user does, from a moment later on.

    What is returned waits for the end, prints the problems, and exits with 1 where one is an
    error. A user who leaves before need not wait.
    """
    from concurrent.futures import Future
    from threading import Timer

    reading: Future[Corpus] = Future()

    def read() -> None:
        try:
            from marginal_risk.check.corpus import read_corpus

            with without_collecting_garbage():
                reading.set_result(read_corpus(data_dir))
        except BaseException as error:  # it is raised where the result is asked for
            reading.set_exception(error)

    # To load the libraries at once would hold up the question that the user is to be asked.
    timer = Timer(_HEAD_START, read)
    timer.daemon = True
    timer.start()
    return lambda: _exit_unless_sound(reading.result())


def _exit_unless_sound(corpus: "Corpus") -> "Corpus":
    """Print the problems of the data; exit with 1 where one is an error."""
    from marginal_risk.cli.reporting import problem_lines, summary

    for line in problem_lines(corpus, "text"):
        click.echo(line, err=True)
    if corpus.problems:
        click.echo(summary(corpus), err=True)
    if not corpus.is_sound:
        sys.exit(1)
    return corpus
