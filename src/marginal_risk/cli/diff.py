"""``marginal-risk diff``."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from marginal_risk.cli import options

if TYPE_CHECKING:
    from marginal_risk.changes.snapshot import Snapshot
    from marginal_risk.changes.sources import Source

_CANNOT_COMPARE = 2
_MOST_PROBLEMS = 20
_OLDER = "If it was written for an older version of this program, name a later revision."


@click.command()
@click.argument("base")
@click.argument("head", required=False)
@options.data
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How to print it: markdown is for the summary of a pull request, and"
    " marginal_risk.changes.structured describes json.",
)
def diff(base: str, head: str | None, data_dir: Path, form: str) -> None:
    """Say what a change does to the map.

    BASE and HEAD are data directories, or revisions of the repository that holds --data; a
    directory that exists is never taken for a revision. Without HEAD, the data directory as it
    is now is compared. Nothing in the working tree is changed, and only data is read.

    Exits with 0, with changes or without. Exits with 2 where one side cannot be read: it is
    neither, or its data has errors, as data of an older form has. Exits with 1 where the
    temporary folder cannot be written.
    """
    from marginal_risk.changes.comparing import compare
    from marginal_risk.changes.rendering import as_markdown, as_text
    from marginal_risk.changes.sources import SourceError, find_source
    from marginal_risk.changes.structured import as_json

    with TemporaryDirectory(prefix="marginal-risk-") as folder:
        place = Path(folder)
        try:
            sources = [find_source(word, data_dir, place) for word in (base, head or str(data_dir))]
        except SourceError as error:
            raise click.UsageError(str(error)) from error
        changes = compare(*_read(sources, place))
    if form == "json":
        # As ASCII, so that no text from the data drives a terminal.
        click.echo(json.dumps(as_json(changes), indent=2))
    else:
        click.echo(as_markdown(changes) if form == "markdown" else as_text(changes))


def _read(sources: "list[Source]", place: Path) -> "list[Snapshot]":
    """Return what the sources say; print why they cannot be read, and exit with 2."""
    from marginal_risk.changes.snapshot import read_snapshot
    from marginal_risk.changes.sources import read_source
    from marginal_risk.database import BuildError, build_database
    from marginal_risk.reporting import problem_lines, summary

    corpora = [read_source(source) for source in sources]
    for source, corpus in zip(sources, corpora, strict=True):
        if not corpus.is_sound:
            lines = list(problem_lines(corpus, "text"))
            click.echo(f"{source.name!r} cannot be compared: its data has errors.", err=True)
            for line in lines[:_MOST_PROBLEMS]:
                click.echo(line, err=True)
            if len(lines) > _MOST_PROBLEMS:
                click.echo(f"and {len(lines) - _MOST_PROBLEMS} more", err=True)
            click.echo(summary(corpus), err=True)
            if source.commit:
                click.echo(_OLDER, err=True)
    if not all(corpus.is_sound for corpus in corpora):
        sys.exit(_CANNOT_COMPARE)
    snapshots = []
    for number, (source, corpus) in enumerate(zip(sources, corpora, strict=True)):
        database = place / f"{number}.db"
        try:
            build_database(corpus, database)
        except BuildError as error:
            raise click.ClickException(str(error)) from error
        snapshots.append(read_snapshot(database, source.name, source.commit))
    return snapshots
