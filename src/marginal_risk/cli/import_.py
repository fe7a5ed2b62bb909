"""``marginal-risk import``."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import read_sound_corpus
from marginal_risk.cli.terminal import Terminal, say

if TYPE_CHECKING:
    from marginal_risk.contribute.search_results.importing import ScreeningDetails, SearchDetails
    from marginal_risk.contribute.search_results.intake import Intake
    from marginal_risk.problems import Place


_ASKED = {
    "source": "Which database or register was searched",
    "query": "The query, as it was typed",
    "searched_on": "When, as YYYY-MM-DD",
    "searched_by": "Who searched",
}
"""What a search is known by, and the question for each."""


@click.command("import")
@options.data
@click.argument("export", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--vector", metavar="SLUG", help="The misuse vector of all works of the file.")
@click.option("--source", metavar="TEXT", help="Database, register or list that was searched.")
@click.option("--query", metavar="TEXT", help="The query, as it was typed.")
@click.option("--searched-on", metavar="DAY", help="When the search was made, as YYYY-MM-DD.")
@click.option("--searched-by", metavar="TEXT", help="Who searched.")
@click.option(
    "--kind",
    type=click.Choice(["systematic", "informal"]),
    default="systematic",
    show_default=True,
    help="By a query and in full; or a look around, which shows no gap.",
)
@click.option(
    "--found-via",
    metavar="TEXT",
    help="Where they were found, for screening.csv.  [default: the search, or the file's name]",
)
@click.option(
    "--input/--no-input",
    "asks",
    default=None,
    help="Ask for the search where it is not given.  [default: ask in a terminal]",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
def import_export(data_dir: Path, export: Path, **given: Any) -> None:
    """Take the new works of a search EXPORT as candidates.

    EXPORT ends in .bib, .ris, .csljson, .json or .nbib. A record is known by its DOI, its arXiv
    identifier, or its title, year and first author. One that merely looks like a known work is
    taken and marked as its possible duplicate: a person decides. Every record that is not taken
    is printed with the reason. The new works go to data/bib/SLUG.bib, or to data/bib/unsorted.bib,
    and to data/screening.csv; the search goes to data/searches.csv, with what became of its
    records.

    Exits with 0 where every record was looked at, whether or not one is new; with 1, and
    nothing written, where the export or the data cannot be read, or the data would have errors.
    """
    from marginal_risk.contribute.search_results.importing import READERS, ScreeningDetails
    from marginal_risk.contribute.writers import WriteError, only_writer

    if export.suffix.lower() not in READERS:
        raise click.ClickException(f"{export} ends in none of {', '.join(READERS)}")
    if not export.is_file():
        raise click.ClickException(f"{export} is not a file: save the export as one")
    search = _read_search(given)
    found_via = given["found_via"] or f"import of {export.name}"
    if search and not given["found_via"]:
        found_via = f"{search.source}, {search.searched_on}"
    texts = {"found-via": found_via, **{name: given[name] or "" for name in _ASKED}}
    for name, text in texts.items():
        if not text.isprintable():
            option = name.replace("_", "-")
            raise click.ClickException(f"the text of --{option} cannot be written as one line")
    details = ScreeningDetails(given["vector"], found_via, search)
    try:
        with nullcontext() if given["dry_run"] else only_writer(data_dir, "import", say):
            _take_new_works(data_dir, export, details, given["dry_run"])
    except WriteError as error:
        raise click.ClickException(f"nothing is written: {error}.") from error
    if search is None:
        say(
            "No search is recorded: --source, --query, --searched-on and --searched-by record it"
            " in searches.csv."
        )


def _read_search(given: dict[str, Any]) -> "SearchDetails | None":
    """Return the search from the options, or ask for it; None where there is none."""
    from marginal_risk.check.today import today_here
    from marginal_risk.contribute.search_results.importing import SearchDetails

    asks = sys.stdin.isatty() if given["asks"] is None else given["asks"]
    is_given = any(given[name] for name in _ASKED)
    if asks and not is_given:
        is_given = Terminal().agrees("Is this the result of a search that is to be recorded?")
    if not is_given:
        return None
    for name, question in _ASKED.items():
        if asks and not given[name]:
            default = str(today_here()) if name == "searched_on" else None
            given[name] = click.prompt(question, default=default).strip()
    lacking = [f"--{name.replace('_', '-')}" for name in _ASKED if not given[name]]
    if lacking:
        raise click.UsageError(f"To record the search, give {', '.join(lacking)}, too.")
    return SearchDetails(**{name: given[name] for name in _ASKED}, kind=given["kind"])


def _take_new_works(
    data_dir: Path, export: Path, details: "ScreeningDetails", dry_run: bool
) -> None:
    """Read the data, write the new works into it, and say what became of each record."""
    from marginal_risk.check.today import latest_today
    from marginal_risk.cli.reporting import ProgressLine
    from marginal_risk.contribute.search_results.importing import plan_import, read_export
    from marginal_risk.contribute.writers import write_files
    from marginal_risk.problems import did_you_mean, printable

    progress = ProgressLine()
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
    if plan.is_recorded_already:
        click.echo("The search is in searches.csv already, and is not recorded twice.", err=True)
    click.echo(_summary(plan.intake, dry_run), err=True)


def _lines(intake: "Intake") -> Iterator[tuple["Place", str]]:
    """Yield the place of each record, and the line that says what became of it."""
    for work in intake.new:
        study = work.reference.study
        place = work.reference.place
        like = ""
        if work.likeness:
            like = (
                f" Possible duplicate of {work.possible_duplicate_of!r}, by {work.likeness.reason}."
            )
        yield place, f"{place}: new: {work.citekey}: {study.reference}{like}"
        for reason in work.left_out:
            yield place, f"{place}: left out of {work.citekey}: {reason}"
    for record in intake.known:
        other = record.match.reference
        what = f"known as {other.study.citekey!r}"
        if record.is_repeated:
            what = f"the same as the record at {other.place}"
        title = record.title[:80]
        yield (
            record.place,
            f"{record.place}: not taken: {title!r} is {what}, by {record.match.reason}",
        )
    for refusal in intake.refused:
        yield refusal.place, f"{refusal.place}: not taken: {refusal.what[:80]!r}: {refusal.reason}"


def _summary(intake: "Intake", dry_run: bool) -> str:
    again = sum(record.is_repeated for record in intake.known)
    like = sum(work.likeness is not None for work in intake.new)
    doubtful = f" ({like} of them possible duplicates)" if like else ""
    counts = (
        f"{len(intake.new)} new{doubtful}, {len(intake.known) - again} known, {again} repeated,"
        f" {len(intake.refused)} unreadable"
    )
    return f"{counts}; nothing is written (--dry-run)" if dry_run else counts
