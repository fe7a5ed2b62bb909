"""``marginal-risk import``."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import read_sound_corpus
from marginal_risk.cli.terminal import say

if TYPE_CHECKING:
    from marginal_risk.contribute.search_results.intake import Intake
    from marginal_risk.problems import Place


@click.command("import")
@options.data
@click.argument("export", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--vector", metavar="SLUG", help="The misuse vector of all works of the file.")
@click.option(
    "--found-via",
    metavar="TEXT",
    help="Where they were found, for screening.csv.  [default: the name of the file]",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
def import_export(
    data_dir: Path, export: Path, vector: str | None, found_via: str | None, dry_run: bool
) -> None:
    """Take the new works of a search EXPORT as candidates.

    EXPORT ends in .bib, .ris, .csljson, .json or .nbib. A work is known by its DOI, its arXiv
    identifier, or its title; every record that is not taken is printed with the reason. The new
    works go to data/bib/SLUG.bib, or to data/bib/unsorted.bib, and to data/screening.csv.

    Exits with 0 where every record was looked at, whether or not one is new; with 1, and
    nothing written, where the export or the data cannot be read, or the data would have errors.
    """
    from marginal_risk.contribute.search_results.importing import READERS
    from marginal_risk.contribute.writers import WriteError, only_writer

    if export.suffix.lower() not in READERS:
        raise click.ClickException(f"{export} ends in none of {', '.join(READERS)}")
    if not export.is_file():
        raise click.ClickException(f"{export} is not a file: save the export as one")
    source = found_via or f"import of {export.name}"
    if not source.isprintable():
        raise click.ClickException("the text of --found-via cannot be written as one line")
    try:
        with nullcontext() if dry_run else only_writer(data_dir, "import", say):
            _take_new_works(data_dir, export, (vector, source), dry_run)
    except WriteError as error:
        raise click.ClickException(f"nothing is written: {error}.") from error


def _take_new_works(
    data_dir: Path, export: Path, screened: tuple[str | None, str], dry_run: bool
) -> None:
    """Read the data, write the new works into it, and say what became of each record."""
    from marginal_risk.check.corpus import latest_today
    from marginal_risk.cli.reporting import Progress
    from marginal_risk.contribute.search_results.importing import (
        ScreeningDetails,
        plan_import,
        read_export,
    )
    from marginal_risk.contribute.writers import write_files
    from marginal_risk.problems import did_you_mean, printable

    details = ScreeningDetails(*screened)
    progress = Progress()
    corpus = read_sound_corpus(data_dir, progress)
    vectors = [term.slug for term in corpus.records.codebook.misuse_vectors]
    if details.misuse_vector is not None and details.misuse_vector not in vectors:
        hint = did_you_mean(details.misuse_vector, vectors)
        message = f"{details.misuse_vector!r} is not a vector in the codebook. {hint}".strip()
        raise click.ClickException(message)
    try:
        found, problems = read_export(export, progress)
    except OSError as error:
        raise click.ClickException(f"{export} cannot be read: {error.strerror}") from error
    plan = None
    if not problems:
        plan = plan_import(corpus, found, details, latest_today(), progress)
        problems = list(plan.problems)
    progress.clear()
    if plan:
        for _, line in sorted(_lines(plan.intake)):
            click.echo(printable(line))
    for problem in problems:
        click.echo(printable(str(problem)), err=True)
    if problems or plan is None:
        click.echo("Nothing is written.", err=True)
        sys.exit(1)
    if not dry_run and plan.files:
        try:
            write_files(data_dir, plan.files)
        except OSError as error:
            raise click.ClickException(f"nothing is written: {error}") from error
        for path in plan.files:
            click.echo(f"{path}: written", err=True)
    click.echo(_summary(plan.intake, dry_run), err=True)


def _lines(intake: "Intake") -> Iterator[tuple["Place", str]]:
    """Yield the place of each record, and the line that says what became of it."""
    for work in intake.new:
        study = work.reference.study
        place = work.reference.place
        yield place, f"{place}: new: {work.citekey}: {study.reference}"
        for reason in work.left_out:
            yield place, f"{place}: left out of {work.citekey}: {reason}"
    for record in intake.known:
        other = record.match.reference
        what = f"known as {other.study.citekey!r}"
        if record.is_repeated:
            what = f"the same as the record at {other.place}"
        hint = ""
        if not record.match.is_certain:
            hint = "; if it is another work, or a version to keep, add it by hand"
        title = record.title[:80]
        yield (
            record.place,
            (f"{record.place}: not taken: {title!r} is {what}, by {record.match.reason}{hint}"),
        )
    for refusal in intake.refused:
        yield refusal.place, f"{refusal.place}: not taken: {refusal.what[:80]!r}: {refusal.reason}"


def _summary(intake: "Intake", dry_run: bool) -> str:
    again = sum(record.is_repeated for record in intake.known)
    counts = (
        f"{len(intake.new)} new, {len(intake.known) - again} known, {again} repeated,"
        f" {len(intake.refused)} unreadable"
    )
    return f"{counts}; nothing is written (--dry-run)" if dry_run else counts
