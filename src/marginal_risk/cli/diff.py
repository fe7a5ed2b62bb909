"""``marginal-risk diff``."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from marginal_risk.cli import options

if TYPE_CHECKING:
    from marginal_risk.contribute.changes.comparing import Side
    from marginal_risk.contribute.changes.sides import ComparedSource

_CANNOT_COMPARE = 2
_MOST_PROBLEMS = 20
_OLDER = "If it was written for an older version of this program, name a later revision."


@click.command()
@click.argument("base")
@click.argument("head", required=False)
@options.data
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How to print it: markdown is for the summary of a pull request, and"
    " marginal_risk.contribute.changes.rendering describes json.",
)
def diff(base: str, head: str | None, data_dir: Path, output_format: str) -> None:
    """Say what a change does to the map.

    BASE and HEAD are data directories, or revisions of the repository that holds --data; a
    directory that exists is never taken for a revision. Without HEAD, the data directory as it
    is now is compared. Nothing in the working tree is changed, and only data is read.

    Exits with 0, with changes or without. Exits with 2 where one side cannot be read: it is
    neither, or its data has errors, as data of an older form has. Exits with 1 where the
    temporary folder cannot be written.
    """
    from marginal_risk.contribute.changes.comparing import compare_sides
    from marginal_risk.contribute.changes.rendering import as_json, as_markdown, as_text
    from marginal_risk.contribute.changes.sides import SourceError, find_source
    from marginal_risk.store.database import BuildError

    with TemporaryDirectory(prefix="marginal-risk-") as folder:
        place = Path(folder)
        try:
            sources = [find_source(word, data_dir, place) for word in (base, head or str(data_dir))]
        except SourceError as error:
            raise click.UsageError(str(error)) from error
        base_side, head_side = _read(sources)
        try:
            changes = compare_sides(base_side, head_side, place)
        except BuildError as error:
            raise click.ClickException(str(error)) from error
    if output_format == "json":
        # As ASCII, so that no text from the data drives a terminal.
        click.echo(json.dumps(as_json(changes), indent=2))
    else:
        click.echo(as_markdown(changes) if output_format == "markdown" else as_text(changes))


def _read(sources: "list[ComparedSource]") -> "list[Side]":
    """Return the data of the sources; print why one cannot be read, and exit with 2."""
    from marginal_risk.cli.reporting import problem_lines, summary
    from marginal_risk.contribute.changes.comparing import Side
    from marginal_risk.contribute.changes.sides import read_source

    sides = [Side(source.name, read_source(source), source.commit) for source in sources]
    for side in sides:
        if not side.corpus.is_sound:
            lines = list(problem_lines(side.corpus, "text"))
            click.echo(f"{side.name!r} cannot be compared: its data has errors.", err=True)
            for line in lines[:_MOST_PROBLEMS]:
                click.echo(line, err=True)
            if len(lines) > _MOST_PROBLEMS:
                click.echo(f"and {len(lines) - _MOST_PROBLEMS} more", err=True)
            click.echo(summary(side.corpus), err=True)
            if side.commit:
                click.echo(_OLDER, err=True)
    if not all(side.corpus.is_sound for side in sides):
        sys.exit(_CANNOT_COMPARE)
    return sides
