"""The sheets -> rows of each: codings, rationales, coders, screening and so on + problems."""

from collections.abc import Sequence
from datetime import date

from marginal_risk.problems import Problem
from marginal_risk.read.sheets import Row, Sheet, Source
from marginal_risk.records import Coder, PersonName, Renaming
from marginal_risk.rows import (
    CoderRow,
    CodingKey,
    CodingRow,
    ComparisonRow,
    DecisionRow,
    DecisionValues,
    PersonRow,
    RationaleRow,
    RenamingRow,
    ScreeningRow,
    ScreeningValues,
    SearchRow,
)
from marginal_risk.screening_records import Search

STUDIES_BEFORE_STEPS = ("citekey", "misuse_vector", "coder", "coded_on")
_LATER = ("codebook", "version_read", "read", "started_from")
"""Columns of studies.csv that it did not have from the start."""
STUDIES_AFTER_STEPS = (*_LATER, "note")
RATIONALES_COLUMNS = (
    *("citekey", "misuse_vector", "coder", "step"),
    *("confidence", "locator", "source", "rationale"),
)
COMPARISONS_COLUMNS = (
    *("citekey", "misuse_vector", "coder", "examined", "comparator"),
    *("finding", "property", "locator", "note"),
)
CODERS_COLUMNS = ("coder", "name", "kind", "settled_by", "url", "note")
SCREENING_COLUMNS = (
    *("citekey", "misuse_vector", "decision", "reason"),
    *("study_type", "found_via", "possible_duplicate_of", "decided_on", "note"),
)
_LATER_OF_SCREENING = ("possible_duplicate_of",)
DECISIONS_COLUMNS = (
    *("citekey", "misuse_vector", "stage", "screener", "decision", "reason"),
    *("decided_on", "settles", "note"),
)
SETTLES = "yes"
"""The cell of a decision that settles where others differ; it is empty in any other row."""
_COUNTED = ("taken", "known", "repeated", "refused")
_LATER_OF_SEARCHES = ("kind", *_COUNTED)
SEARCHES_COLUMNS = (
    *("searched_on", "source", "query", "kind", "hits", *_COUNTED),
    *("searched_by", "note"),
)
PEOPLE_COLUMNS = ("name", "person", "same", "reason")
RENAMED_COLUMNS = ("old_citekey", "citekey", "renamed_on", "reason")
_KEY = ("citekey", "misuse_vector", "coder")


def studies_columns(steps: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of studies.csv: one for each step, between key and note."""
    return (*STUDIES_BEFORE_STEPS, *steps, *STUDIES_AFTER_STEPS)


def _key_of(row: Row) -> CodingKey:
    return CodingKey(row.cells["citekey"], row.cells["misuse_vector"], row.cells["coder"])


def read_codings(
    source: Source, path: str, steps: Sequence[str], today: date
) -> tuple[list[CodingRow], list[Problem]]:
    """Return the rows of studies.csv; ``steps`` are the codebook's, ``today`` bounds dates."""
    sheet = Sheet(path, studies_columns(steps), _KEY, _LATER)
    rows = []
    for row in sheet.read(source):
        sheet.check_date(row, "coded_on", today)
        codebook = row.cells.get("codebook")
        rows.append(
            CodingRow(
                key=_key_of(row),
                coded_on=row.cells["coded_on"] or None,
                codebook=sheet.read_count(row, "codebook") if codebook else None,
                version_read=row.cells.get("version_read") or None,
                read=row.cells.get("read") or None,
                note=row.cells["note"] or None,
                levels={step: row.cells[step] for step in steps if row.cells[step]},
                started_from=tuple(row.cells.get("started_from", "").split()),
                place=row.place,
            )
        )
    return rows, sheet.problems


def read_comparisons(source: Source, path: str) -> tuple[list[ComparisonRow], list[Problem]]:
    """Return the rows of comparisons.csv."""
    needed = (*_KEY, "examined", "comparator", "finding", "locator")
    sheet = Sheet(path, COMPARISONS_COLUMNS, needed)
    rows = [
        ComparisonRow(
            key=_key_of(row),
            examined=row.cells["examined"],
            comparator=row.cells["comparator"],
            finding=row.cells["finding"],
            property=row.cells["property"] or None,
            locator=row.cells["locator"],
            note=row.cells["note"] or None,
            place=row.place,
        )
        for row in sheet.read(source)
    ]
    return rows, sheet.problems


def read_rationales(source: Source, path: str) -> tuple[list[RationaleRow], list[Problem]]:
    """Return the rows of rationales.csv."""
    sheet = Sheet(path, RATIONALES_COLUMNS, (*_KEY, "step", "confidence", "locator"))
    rows = [
        RationaleRow(
            key=_key_of(row),
            step=row.cells["step"],
            confidence=row.cells["confidence"],
            locator=row.cells["locator"],
            source=row.cells["source"] or None,
            rationale=row.cells["rationale"],
            place=row.place,
        )
        for row in sheet.read(source)
    ]
    return rows, sheet.problems


def read_coders(source: Source, path: str) -> tuple[list[CoderRow], list[Problem]]:
    """Return the rows of coders.csv."""
    sheet = Sheet(path, CODERS_COLUMNS, ("coder", "name", "kind"))
    rows = []
    for row in sheet.read(source):
        sheet.check_url(row, "url")
        coder = Coder.model_construct(
            coder=row.cells["coder"],
            name=row.cells["name"],
            kind=row.cells["kind"],
            settled_by=row.cells["settled_by"] or None,
            url=row.cells["url"] or None,
            note=row.cells["note"] or None,
        )
        rows.append(CoderRow(coder, row.place))
    return rows, sheet.problems


def read_screening(
    source: Source, path: str, today: date
) -> tuple[list[ScreeningRow], list[Problem]]:
    """Return the rows of screening.csv; ``today`` bounds dates.

    A reason that names another study is written with it: ``duplicate_of doe2020``.
    """
    required = ("citekey", "decision", "found_via")
    sheet = Sheet(path, SCREENING_COLUMNS, required, _LATER_OF_SCREENING)
    rows = []
    for row in sheet.read(source):
        sheet.check_date(row, "decided_on", today)
        reason, _, other = row.cells["reason"].partition(" ")
        record = ScreeningValues(
            citekey=row.cells["citekey"],
            misuse_vector=row.cells["misuse_vector"] or None,
            decision=row.cells["decision"],
            reason=reason or None,
            other_study=other or None,
            study_type=row.cells["study_type"] or None,
            found_via=row.cells["found_via"],
            possible_duplicate_of=row.cells.get("possible_duplicate_of") or None,
            decided_on=row.cells["decided_on"] or None,
            note=row.cells["note"] or None,
        )
        rows.append(ScreeningRow(record, row.place))
    return rows, sheet.problems


def read_decisions(
    source: Source, path: str, today: date
) -> tuple[list[DecisionRow], list[Problem]]:
    """Return the rows of decisions.csv; ``today`` bounds dates.

    A reason that names another study is written with it, as in screening.csv.
    """
    required = ("citekey", "stage", "screener", "decision", "decided_on")
    sheet = Sheet(path, DECISIONS_COLUMNS, required)
    rows = []
    for row in sheet.read(source):
        sheet.check_date(row, "decided_on", today)
        if row.cells["settles"] not in ("", SETTLES):
            message = f"{row.cells['settles']!r} is neither {SETTLES!r} nor empty."
            hint = f"Write {SETTLES!r} where the decision settles a conflict, or nothing."
            sheet.report(row.place, "settles", "unknown-screening-word", message, hint)
        reason, _, other = row.cells["reason"].partition(" ")
        record = DecisionValues(
            citekey=row.cells["citekey"],
            misuse_vector=row.cells["misuse_vector"] or None,
            stage=row.cells["stage"],
            screener=row.cells["screener"],
            decision=row.cells["decision"],
            reason=reason or None,
            other_study=other or None,
            decided_on=row.cells["decided_on"],
            settles=row.cells["settles"] == SETTLES,
            note=row.cells["note"] or None,
        )
        rows.append(DecisionRow(record, row.place))
    return rows, sheet.problems


def read_searches(source: Source, path: str, today: date) -> tuple[list[SearchRow], list[Problem]]:
    """Return the rows of searches.csv; ``today`` bounds dates."""
    required = ("searched_on", "source", "query", "hits", "searched_by")
    sheet = Sheet(path, SEARCHES_COLUMNS, required, _LATER_OF_SEARCHES)
    rows = []
    for row in sheet.read(source):
        sheet.check_date(row, "searched_on", today)
        taken, known, repeated, refused = (
            sheet.read_count(row, name) if row.cells.get(name) else None for name in _COUNTED
        )
        record = Search.model_construct(
            searched_on=row.cells["searched_on"],
            source=row.cells["source"],
            query=row.cells["query"],
            kind=row.cells.get("kind") or "systematic",
            hits=sheet.read_count(row, "hits"),
            taken=taken,
            known=known,
            repeated=repeated,
            refused=refused,
            searched_by=row.cells["searched_by"],
            note=row.cells["note"] or None,
        )
        rows.append(SearchRow(record, row.place))
    return rows, sheet.problems


def read_people(source: Source, path: str) -> tuple[list[PersonRow], list[Problem]]:
    """Return the rows of people.csv."""
    sheet = Sheet(path, PEOPLE_COLUMNS, PEOPLE_COLUMNS)
    rows = [
        PersonRow(
            PersonName.model_construct(
                name=row.cells["name"],
                person=row.cells["person"],
                same=row.cells["same"],
                reason=row.cells["reason"],
            ),
            row.place,
        )
        for row in sheet.read(source)
    ]
    return rows, sheet.problems


def read_renamed(source: Source, path: str, today: date) -> tuple[list[RenamingRow], list[Problem]]:
    """Return the rows of renamed.csv; ``today`` bounds dates."""
    sheet = Sheet(path, RENAMED_COLUMNS, RENAMED_COLUMNS)
    rows = []
    for row in sheet.read(source):
        sheet.check_date(row, "renamed_on", today)
        record = Renaming.model_construct(
            old_citekey=row.cells["old_citekey"],
            citekey=row.cells["citekey"],
            renamed_on=row.cells["renamed_on"],
            reason=row.cells["reason"],
        )
        rows.append(RenamingRow(record, row.place))
    return rows, sheet.problems
