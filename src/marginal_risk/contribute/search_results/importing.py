"""An export of search results -> the data files with its new works as candidates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from marginal_risk.check.corpus import Corpus, read_corpus
from marginal_risk.check.rules import severity
from marginal_risk.contribute.canonical import canonical_sheets
from marginal_risk.contribute.search_results.bib import read_bib
from marginal_risk.contribute.search_results.csl import read_csl
from marginal_risk.contribute.search_results.intake import Intake, NewWork, sort_records
from marginal_risk.contribute.search_results.record import SearchResults
from marginal_risk.contribute.search_results.tagged import read_nbib, read_ris
from marginal_risk.problems import Place, Problem, Severity
from marginal_risk.read.bibliography.canonical_bibtex import canonical_bibtex
from marginal_risk.read.encoding import decode_bibtex, decode_text, state_utf8
from marginal_risk.read.files import rehearse
from marginal_risk.rows import (
    Progress,
    Records,
    ScreeningRow,
    ScreeningValues,
    SearchRow,
    say_nothing,
)
from marginal_risk.screening_records import Search

READERS: dict[str, Callable[[str, str, Progress], SearchResults]] = {
    ".bib": read_bib,
    ".ris": read_ris,
    ".csljson": read_csl,
    ".json": read_csl,
    ".nbib": read_nbib,
}
"""The reader of each format, by the suffix of its files."""
_BOM = "byte-order-mark"  # many databases write one, and it does no harm


@dataclass(frozen=True)
class SearchDetails:
    """What searches.csv is to say about the search that an export comes from."""

    searched_on: str
    source: str
    query: str
    searched_by: str
    kind: str = "systematic"


@dataclass(frozen=True)
class ScreeningDetails:
    """What screening.csv is to say about every new work, and the search it comes from."""

    misuse_vector: str | None
    found_via: str
    search: SearchDetails | None = None


@dataclass(frozen=True)
class Plan:
    """What an import would change."""

    intake: Intake
    files: dict[Path, str]
    """The new text of each file that changes."""
    problems: tuple[Problem, ...]
    """Errors that the changed data would have; if there are any, write no file."""
    is_recorded_already: bool = False
    """Whether searches.csv has the search already, so that it is not counted twice."""


def read_export(
    path: Path, progress: Progress = say_nothing
) -> tuple[SearchResults, list[Problem]]:
    """Return the records of an export, and the problems that keep it from being read at all.

    Raises:
        OSError: the file cannot be opened.
        KeyError: READERS has no reader for its suffix.
    """
    reader = READERS[path.suffix.lower()]
    name = str(path)
    text, problems = decode_text(path.read_bytes(), name)
    problems = [problem for problem in problems if problem.rule != _BOM]
    return reader(text or "", name, progress), problems


def plan_import(
    corpus: Corpus,
    export: SearchResults,
    details: ScreeningDetails,
    today: date,
    progress: Progress = say_nothing,
) -> Plan:
    """Return what importing an export into sound data would change. Nothing is written."""
    intake = sort_records(export, corpus.records.references, today, progress)
    files = dict(_files(corpus, intake.new, details)) if intake.new else {}
    is_recorded = details.search is not None and _is_recorded(corpus.records, details.search)
    if details.search and not is_recorded:
        sheet = corpus.data_dir / "searches.csv"
        row = SearchRow(_search(details.search, intake), Place(str(sheet), 1))
        records = replace(corpus.records, searches=(*corpus.records.searches, row))
        files[sheet] = dict(canonical_sheets(records))[sheet.name]
    problems = tuple(_errors_after(corpus, files, today)) if files else ()
    return Plan(intake, files, problems, is_recorded)


def _is_recorded(records: Records, search: SearchDetails) -> bool:
    this = (search.searched_on, search.source, search.query)
    rows = (row.record for row in records.searches)
    return this in {(one.searched_on, one.source, one.query) for one in rows}


def _search(details: SearchDetails, intake: Intake) -> Search:
    """Return the row of a search, with what became of each of its records."""
    repeated = sum(record.is_repeated for record in intake.known)
    known = len(intake.known) - repeated
    return Search.model_construct(
        **{name: getattr(details, name) for name in ("searched_on", "source", "query", "kind")},
        hits=len(intake.new) + len(intake.known) + len(intake.refused),
        taken=len(intake.new),
        known=known,
        repeated=repeated,
        refused=len(intake.refused),
        searched_by=details.searched_by,
        note=None,
    )


def _files(
    corpus: Corpus, new: list[NewWork], details: ScreeningDetails
) -> Iterable[tuple[Path, str]]:
    path = corpus.data_dir / "bib" / f"{details.misuse_vector or 'unsorted'}.bib"
    # The file is written as UTF-8, whatever its encoding was.
    before = decode_bibtex(path.read_bytes(), str(path)).text if path.exists() else ""
    yield (
        path,
        canonical_bibtex("\n\n".join([state_utf8(before or ""), *(work.bibtex for work in new)])),
    )
    sheet = corpus.data_dir / "screening.csv"
    rows = [
        ScreeningRow(
            ScreeningValues(
                citekey=work.citekey,
                misuse_vector=details.misuse_vector,
                decision="candidate",
                reason=None,
                other_study=None,
                study_type=None,
                found_via=details.found_via,
                possible_duplicate_of=work.possible_duplicate_of,
                decided_on=None,
                note=None,
            ),
            Place(str(sheet), 1),
        )
        for work in new
    ]
    records = replace(corpus.records, screening=(*corpus.records.screening, *rows))
    yield sheet, dict(canonical_sheets(records))[sheet.name]


def _errors_after(corpus: Corpus, files: dict[Path, str], today: date) -> Iterable[Problem]:
    """Yield the errors that a copy of the data has with the new files."""
    with rehearse(corpus.data_dir, files) as copy:
        for problem in read_corpus(copy, today).problems:
            if severity(problem) is Severity.ERROR:
                path = corpus.data_dir / Path(problem.path).relative_to(copy)
                yield replace(problem, path=str(path))
