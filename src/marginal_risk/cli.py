"""The command line: parse arguments, call, print, set the exit code."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from marginal_risk.corpus import Corpus
    from marginal_risk.problems import Problem

# The modules behind each command are imported when it runs: `check` starts faster without
# a web server, and `--help` without anything.

_data = click.option(
    "--data",
    "data_dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="data",
    show_default=True,
    help="The data directory.",
)
_output = click.option(
    "--output",
    type=click.Path(path_type=Path),
    default="evidence.db",
    show_default=True,
    help="The database file.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="marginal-risk")
def main() -> None:
    """Check, build and publish the marginal risk evidence map."""


@main.command()
@_data
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print problems; github makes annotations of a pull request.",
)
def check(data_dir: Path, form: str) -> None:
    """Check the data and print every problem with its file, line and mend.

    Exits with 0 where nothing stops a build, with 1 where something does.
    """
    from marginal_risk.corpus import read_corpus

    corpus = read_corpus(data_dir)
    if form == "json":
        click.echo(json.dumps(_as_json(corpus), indent=2, ensure_ascii=False))
    else:
        _print_problems(corpus.problems, form)
        click.echo(_summary(corpus), err=True)
    sys.exit(0 if corpus.is_sound else 1)


@main.command()
@_data
@_output
def build(data_dir: Path, output: Path) -> None:
    """Build the database from the data, unless it is up to date.

    The old file stays as it is until the new one is whole. Exits with 1 where the data has
    errors or the file cannot be written.
    """
    _build(data_dir, output)


@main.command()
@_data
@_output
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the map in a browser.")
def serve(data_dir: Path, output: Path, host: str, port: int, open_browser: bool) -> None:
    """Check the data, build the database if needed, and serve the map read-only."""
    from marginal_risk.provenance import shipped
    from marginal_risk.server import AddressError, Server

    _build(data_dir, output)
    try:
        server = Server(output, shipped("datasette.yml"), host, port)
    except AddressError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The map is at {server.url} (stop with Ctrl-C)", err=True)
    if open_browser:
        server.open_browser()
    server.run()


@main.command("format")
@_data
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 instead.")
def format_data(data_dir: Path, only_check: bool) -> None:
    """Put the data files into canonical order and form, without changing a value."""
    from marginal_risk.canonical import canonical_files

    corpus = _sound_corpus(data_dir)
    changed = [(p, text) for p, text in canonical_files(corpus) if p.read_bytes() != text.encode()]
    for path, text in changed:
        if only_check:
            click.echo(f"{path}: not in canonical form. Run 'marginal-risk format'.")
        else:
            path.write_bytes(text.encode())
            click.echo(f"{path}: put into canonical form")
    sys.exit(1 if only_check and changed else 0)


def _build(data_dir: Path, output: Path) -> None:
    """Build ``output`` if it is not current, or exit with 1 and the reason."""
    from marginal_risk.database import BuildError, build_database, is_current

    if is_current(output, data_dir):
        click.echo(f"{output} is up to date: the data has not changed", err=True)
        return
    progress = _Progress()
    corpus = _sound_corpus(data_dir)
    try:
        build_database(corpus, output, progress)
    except BuildError as error:
        raise click.ClickException(str(error)) from error
    finally:
        progress.clear()
    studies = len(corpus.records.references)
    judgements = sum(len(row.levels) for row in corpus.records.codings)
    click.echo(
        f"{output}: {studies} studies, {judgements} judgements, data version {corpus.data_version}",
        err=True,
    )


def _sound_corpus(data_dir: Path) -> "Corpus":
    """Read and check the data; print its problems, and exit with 1 where one is an error."""
    from marginal_risk.corpus import read_corpus

    corpus = read_corpus(data_dir)
    _print_problems(corpus.problems, "text", err=True)
    if corpus.problems:
        click.echo(_summary(corpus), err=True)
    if not corpus.is_sound:
        sys.exit(1)
    return corpus


def _summary(corpus: "Corpus") -> str:
    from marginal_risk.problems import Severity

    counts = [(corpus.count(kind), kind.value) for kind in Severity]
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts)


def _print_problems(problems: Sequence["Problem"], form: str, err: bool = False) -> None:
    for problem in problems:
        click.echo(_annotation(problem) if form == "github" else _line(problem), err=err)


def _line(problem: "Problem") -> str:
    from marginal_risk.problems import Severity
    from marginal_risk.rules import severity

    # Text from the data must not drive the terminal.
    text = "".join(char if char.isprintable() else "\ufffd" for char in str(problem))
    return f"{text} (warning)" if severity(problem) is Severity.WARNING else text


def _annotation(problem: "Problem") -> str:
    """Return a workflow command of GitHub Actions, with its escapes."""
    from marginal_risk.rules import severity

    def escape(text: str, more: str = "") -> str:
        for char in "%\r\n" + more:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    where = f"file={escape(problem.path, ':,')},line={problem.line}"
    title = escape(f"{problem.field} [{problem.rule}]", ":,")
    text = escape(f"{problem.message} {problem.hint}".strip())
    return f"::{severity(problem)} {where},title={title}::{text}"


def _as_json(corpus: "Corpus") -> dict[str, object]:
    from marginal_risk.problems import Severity
    from marginal_risk.rules import severity

    return {
        "errors": corpus.count(Severity.ERROR),
        "warnings": corpus.count(Severity.WARNING),
        "problems": [
            {
                "path": problem.path,
                "line": problem.line,
                "field": problem.field,
                "rule": problem.rule,
                "severity": severity(problem).value,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in corpus.problems
        ],
    }


class _Progress:
    """Says on a terminal how far a build is, once it has taken a second."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.shown = False

    def __call__(self, table: str, rows: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self.start > 1:
            click.echo(f"\r\033[Kloaded {rows} rows of {table}", err=True, nl=False)
            self.shown = True

    def clear(self) -> None:
        """Take the line away again."""
        if self.shown:
            click.echo("\r\033[K", err=True, nl=False)
