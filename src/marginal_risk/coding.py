"""The CSV files -> codings, rationales, coders + problems (the only reader of csv)."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from marginal_risk.bibliography.identifiers import is_safe_url
from marginal_risk.problems import Place, Problem, did_you_mean
from marginal_risk.records import Coder, CoderRow, Coding, CodingKey, CodingRow, RationaleRow

STUDIES_BEFORE_STEPS = ("citekey", "misuse_vector", "coder", "coded_on")
STUDIES_AFTER_STEPS = ("note",)
RATIONALES_COLUMNS = (
    *("citekey", "misuse_vector", "coder", "step"),
    *("confidence", "locator", "source", "rationale"),
)
CODERS_COLUMNS = ("coder", "name", "kind", "url", "note")
_REQUIRED = {"citekey", "misuse_vector", "coder", "step", "confidence", "locator", "name", "kind"}
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def studies_columns(steps: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of studies.csv: one for each step, between key and note."""
    return (*STUDIES_BEFORE_STEPS, *steps, *STUDIES_AFTER_STEPS)


def read_codings(
    text: str, path: str, steps: Sequence[str], today: date
) -> tuple[list[CodingRow], list[Problem]]:
    """Return the rows of studies.csv; ``steps`` are the codebook's, ``today`` bounds dates."""
    sheet = _Sheet(path, studies_columns(steps))
    rows = []
    for row in sheet.read(text):
        sheet.check_date(row, "coded_on", today)
        coding = Coding.model_construct(
            citekey=row.cells["citekey"],
            misuse_vector=row.cells["misuse_vector"],
            coder=row.cells["coder"],
            coded_on=row.cells["coded_on"] or None,
            note=row.cells["note"] or None,
        )
        levels = {step: row.cells[step] for step in steps if row.cells[step]}
        rows.append(CodingRow(coding, levels, row.place))
    return rows, sheet.problems


def read_rationales(text: str, path: str) -> tuple[list[RationaleRow], list[Problem]]:
    """Return the rows of rationales.csv."""
    sheet = _Sheet(path, RATIONALES_COLUMNS)
    rows = [
        RationaleRow(
            key=CodingKey(row.cells["citekey"], row.cells["misuse_vector"], row.cells["coder"]),
            step=row.cells["step"],
            confidence=row.cells["confidence"],
            locator=row.cells["locator"],
            source=row.cells["source"] or None,
            rationale=row.cells["rationale"],
            place=row.place,
        )
        for row in sheet.read(text)
    ]
    return rows, sheet.problems


def read_coders(text: str, path: str) -> tuple[list[CoderRow], list[Problem]]:
    """Return the rows of coders.csv."""
    sheet = _Sheet(path, CODERS_COLUMNS)
    rows = []
    for row in sheet.read(text):
        url = row.cells["url"]
        if url and not is_safe_url(url):
            hint = "Give an address that starts with http:// or https://, without spaces."
            sheet.report(row.place, "url", "unsafe-url", f"{url!r} is not a safe address.", hint)
        coder = Coder.model_construct(
            coder=row.cells["coder"],
            name=row.cells["name"],
            kind=row.cells["kind"],
            url=url or None,
            note=row.cells["note"] or None,
        )
        rows.append(CoderRow(coder, row.place))
    return rows, sheet.problems


@dataclass(frozen=True)
class _Row:
    cells: dict[str, str]
    place: Place


class _Sheet:
    """A CSV file with known columns: what every one of them is held to."""

    def __init__(self, path: str, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = tuple(columns)
        self.problems: list[Problem] = []

    def report(self, place: Place, field: str, rule: str, message: str, hint: str = "") -> None:
        self.problems.append(place.problem(field, rule, message, hint))

    def read(self, text: str) -> Iterator[_Row]:
        """Yield the rows that have the right cells, reporting the others."""
        rows = self.split(text)
        header, place = next(rows, ([], Place(self.path, 1)))
        if not self.check_header(header, place):
            return
        for cells, at in rows:
            if len(cells) != len(self.columns):
                self.report(
                    at,
                    "row",
                    "wrong-cell-count",
                    f"The row has {len(cells)} cells; there are {len(self.columns)} columns.",
                    "Put a text that holds a comma in double quotes.",
                )
                continue
            row = _Row(dict(zip(self.columns, cells, strict=True)), at)
            if self.check_cells(row):
                yield row

    def split(self, text: str) -> Iterator[tuple[list[str], Place]]:
        """Yield the cells of each row with its first line, which csv does not tell."""
        reader = csv.reader(io.StringIO(text), strict=True)
        first = 1
        try:
            for cells in reader:
                yield cells, Place(self.path, first)
                first = reader.line_num + 1
        except csv.Error as error:
            self.report(
                Place(self.path, first),
                "row",
                "bad-csv",
                f"From here on the file cannot be read: {error}.",
                "Close every double quote, and write one inside a text twice.",
            )

    def check_header(self, header: list[str], place: Place) -> bool:
        if tuple(header) == self.columns:
            return True
        expected = ",".join(self.columns)
        if len(header) == 1 and ";" in header[0]:
            message = "The cells are separated by semicolons."
            self.report(place, "header", "wrong-columns", message, "Save it with commas.")
            return False
        before = len(self.problems)
        for column in dict.fromkeys(header):
            if column not in self.columns:
                hint = did_you_mean(column, self.columns)
                message = "There is no such column."
                self.report(place, column or "(blank)", "wrong-columns", message, hint)
            elif header.count(column) > 1:
                message = "This column stands twice."
                self.report(place, column, "wrong-columns", message, "Delete one.")
        for column in self.columns:
            if column not in header:
                hint = f"The first line must be: {expected}"
                self.report(place, column, "wrong-columns", "This column is missing.", hint)
        if len(self.problems) == before:
            hint = f"The first line must be: {expected}"
            message = "The columns stand in another order."
            self.report(place, "header", "wrong-columns", message, hint)
        return False

    def check_cells(self, row: _Row) -> bool:
        """Report what no cell may hold; tell whether the row has its key."""
        if not any(row.cells.values()):
            self.report(row.place, "row", "empty-row", "The row is empty.", "Delete it.")
            return False
        complete = True
        for column, cell in list(row.cells.items()):
            if not cell:
                if column in _REQUIRED:
                    message = "This cell is empty."
                    self.report(row.place, column, "missing-value", message, "Fill it in.")
                    complete = False
            elif cell != cell.strip() or re.search(r"[^\S ]|  |[\x00-\x1f\x7f]", cell):
                self.report(
                    row.place,
                    column,
                    "stray-white-space",
                    f"{cell[:40]!r} has white space at an end, twice in a row, or a line break.",
                    "Write it in one line with single spaces.",
                )
                row.cells[column] = " ".join(cell.split())
            elif cell[0] in "=+-@":
                self.report(
                    row.place,
                    column,
                    "spreadsheet-formula",
                    f"A spreadsheet would run {cell[:40]!r} as a formula.",
                    f"Start the text with another character than {cell[0]!r}.",
                )
        return complete

    def check_date(self, row: _Row, column: str, today: date) -> None:
        text = row.cells[column]
        if text and not _is_date(text, today):
            self.report(
                row.place,
                column,
                "bad-date",
                f"{text!r} is not a date up to today.",
                "Write YYYY-MM-DD, or YYYY-MM or YYYY where no more is known.",
            )


def _is_date(text: str, today: date) -> bool:
    match = _DATE.fullmatch(text)
    if not match:
        return False
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return date(1900, 1, 1) <= date(year, month, day) <= today
    except ValueError:
        return False
