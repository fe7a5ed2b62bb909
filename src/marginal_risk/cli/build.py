"""``marginal-risk build``, and what every command that needs a database or sound data does."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marginal_risk.cli import options

if TYPE_CHECKING:
    from marginal_risk.corpus import Corpus
    from marginal_risk.reporting import Progress


@click.command()
@options.data
@options.database
def build(data_dir: Path, output: Path) -> None:
    """Build the database from the data, unless it is up to date.

    The old file stays as it is until the new one is whole. Exits with 1 where the data has
    errors or the file cannot be written.
    """
    build_if_needed(data_dir, output)


def build_if_needed(data_dir: Path, output: Path) -> None:
    """Build ``output`` if it is not current, or exit with 1 and the reason."""
    from marginal_risk.database import BuildError, build_database, is_current
    from marginal_risk.reporting import Progress

    if is_current(output, data_dir):
        click.echo(f"{output} is up to date: the data has not changed", err=True)
        return
    progress = Progress()
    corpus = read_sound_corpus(data_dir, progress)
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


def read_sound_corpus(data_dir: Path, progress: "Progress | None" = None) -> "Corpus":
    """Read and check the data; print its problems, and exit with 1 where one is an error."""
    from marginal_risk.corpus import read_corpus
    from marginal_risk.reporting import Progress, problem_lines, summary

    progress = progress or Progress()
    corpus = read_corpus(data_dir, progress=progress)
    progress.clear()
    for line in problem_lines(corpus, "text"):
        click.echo(line, err=True)
    if corpus.problems:
        click.echo(summary(corpus), err=True)
    if not corpus.is_sound:
        sys.exit(1)
    return corpus
