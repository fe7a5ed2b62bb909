"""screening.csv and searches.csv -> what was found, what was decided, and where was searched."""

from datetime import date

from marginal_risk.problems import Problem
from marginal_risk.read.sheets import Sheet
from marginal_risk.records import Search
from marginal_risk.rows import Screening, ScreeningRow, SearchRow

SCREENING_COLUMNS = (
    *("citekey", "misuse_vector", "decision", "reason"),
    *("study_type", "found_via", "decided_on", "note"),
)
SEARCHES_COLUMNS = ("searched_on", "source", "query", "hits", "searched_by", "note")


def read_screening(text: str, path: str, today: date) -> tuple[list[ScreeningRow], list[Problem]]:
    """Return the rows of screening.csv; ``today`` bounds dates.

    A reason that names another study is written with it: ``duplicate_of doe2020``.
    """
    sheet = Sheet(path, SCREENING_COLUMNS, ("citekey", "decision", "found_via"))
    rows = []
    for row in sheet.read(text):
        sheet.check_date(row, "decided_on", today)
        reason, _, other = row.cells["reason"].partition(" ")
        record = Screening(
            citekey=row.cells["citekey"],
            misuse_vector=row.cells["misuse_vector"] or None,
            decision=row.cells["decision"],
            reason=reason or None,
            other_study=other or None,
            study_type=row.cells["study_type"] or None,
            found_via=row.cells["found_via"],
            decided_on=row.cells["decided_on"] or None,
            note=row.cells["note"] or None,
        )
        rows.append(ScreeningRow(record, row.place))
    return rows, sheet.problems


def read_searches(text: str, path: str, today: date) -> tuple[list[SearchRow], list[Problem]]:
    """Return the rows of searches.csv; ``today`` bounds dates."""
    sheet = Sheet(path, SEARCHES_COLUMNS, SEARCHES_COLUMNS[:-1])
    rows = []
    for row in sheet.read(text):
        sheet.check_date(row, "searched_on", today)
        record = Search.model_construct(
            searched_on=row.cells["searched_on"],
            source=row.cells["source"],
            query=row.cells["query"],
            hits=sheet.read_count(row, "hits"),
            searched_by=row.cells["searched_by"],
            note=row.cells["note"] or None,
        )
        rows.append(SearchRow(record, row.place))
    return rows, sheet.problems
