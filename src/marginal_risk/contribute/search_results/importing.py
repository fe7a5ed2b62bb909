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
from marginal_risk.rows import Progress, ScreeningRow, ScreeningValues, say_nothing

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
class ScreeningDetails:
    """What screening.csv is to say about every new work."""

    misuse_vector: str | None
    found_via: str


@dataclass(frozen=True)
class Plan:
    """What an import would change."""

    intake: Intake
    files: dict[Path, str]
    """The new text of each file that changes."""
    problems: tuple[Problem, ...]
    """Errors that the changed data would have; if there are any, write no file."""


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
    if not intake.new:
        return Plan(intake, {}, ())
    files = dict(_files(corpus, intake.new, details))
    return Plan(intake, files, tuple(_errors_after(corpus, files, today)))


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
