"""``marginal-risk agreement``."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import build_if_needed

if TYPE_CHECKING:
    from marginal_risk.publish.queries.agreement import AgreementReport, CoderPair, Disagreement


@click.command()
@options.data
@click.option(
    "--by",
    type=click.Choice(["step", "vector", "coder"]),
    help="Split the figures; by coder is a row for each pair of coders.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@options.built_database
def agreement(data_dir: Path, by: str | None, output_format: str, database: Path) -> None:
    """Tell how far coders agree, and where they do not.

    Percent agreement, weighted kappa (linear) for two coders and Krippendorff's alpha (ordinal)
    for any number, with intervals of 95 % and what they allow to conclude; then who says what
    where the other says what, and the disagreements with both reasons. The page /agreement says
    how it is measured. Exits with 1 where the data has errors.
    """
    import json
    from contextlib import closing
    from dataclasses import asdict

    from marginal_risk.publish.queries import open_database
    from marginal_risk.publish.queries.agreement import read_agreement, read_disagreements
    from marginal_risk.publish.queries.vocabulary import read_vocabulary

    build_if_needed(data_dir, database)
    with closing(open_database(database)) as connection:
        found = read_agreement(connection, read_vocabulary(connection))
        disagreements = read_disagreements(connection)
    if output_format == "json":
        everything = {**asdict(found), "disagreements": [asdict(one) for one in disagreements]}
        click.echo(json.dumps(everything, indent=2, ensure_ascii=False))
    else:
        for line in _lines(found, disagreements, by):
            click.echo(line)


def _lines(
    found: "AgreementReport", disagreements: "list[Disagreement]", by: str | None
) -> Iterator[str]:
    from marginal_risk.publish.queries.agreement import describe

    yield from found.sentences
    if not found.whole.pairs:
        return
    yield describe(found.whole)
    for name, figures in found.parts[by] if by else ():
        yield ""
        yield f"{name}: {describe(figures)}" if figures.pairs else f"{name}:"
        yield f"  {figures.conclusion}"
    for comparison in found.comparisons:
        yield ""
        yield from _table(comparison)
    yield ""
    yield f"Disagreements: {len(disagreements) or 'none'}"
    for disagreement in disagreements:
        yield from _disagreement(disagreement)


def _table(comparison: "CoderPair") -> Iterator[str]:
    """Yield a confusion table with columns under each other."""
    yield f"{comparison.name} (rows) and {comparison.other_name} (columns)"
    names = [term.name for term, _ in comparison.rows]
    width = max(map(len, names))
    yield " " * (width + 2) + "  ".join(name.rjust(width) for name in names)
    for term, numbers in comparison.rows:
        yield f"{term.name.ljust(width)}  " + "  ".join(f"{n:>{width}}" for n in numbers)


def _disagreement(found: "Disagreement") -> Iterator[str]:
    yield f"  {found.citekey}, {found.misuse_vector}, {found.step}"
    yield f"    {found.coder}: {found.level}. {found.rationale}"
    yield f"    {found.other_coder}: {found.other_level}. {found.other_rationale}"
    if found.settled_level is None:
        yield "    Not settled."
    else:
        who = f"{found.settled_by}, {found.consensus}" if found.settled_by else found.consensus
        yield f"    Settled by {who}: {found.settled_level}. {found.settled_rationale}"
