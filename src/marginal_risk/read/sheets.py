"""A CSV file of the data, row by row, with what every one of them is held to."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from marginal_risk.problems import Place, Problem, did_you_mean
from marginal_risk.read.bibliography.identifiers import is_safe_url

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_MOST_DIGITS = 9
"""A longer number is a slip, and more than a database column holds."""
# Control characters, and those that do not show or that turn the direction of writing.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
# What spreadsheets make of a CSV file when they save it.
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SAYS_SEPARATOR = re.compile(r'"?sep=([,;\t])"?[,;\t]*', re.IGNORECASE)
# Excel counts days from here (with a day too many before March 1900, which no coding is from).
_DAY_0 = date(1899, 12, 30)
_SERIAL = re.compile(r"[1-9][0-9]{4}")
_ISO_LIKE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[ T][0-9:.]+)?")
_LOCAL = re.compile(r"([0-9]{1,2})([-/.]) ?([0-9]{1,2})[-/.] ?([0-9]{4})(?: [0-9:.]+)?")

# The wide ones in some languages: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_STARTS = (*"=+-@\t\r", *"\uff1d\uff0b\uff0d\uff20")
# Of Excel and LibreOffice; the second numbers the others (Err:502).
_ERRORS = re.compile(r"#(?:NAME\?|REF!|VALUE!|NULL!|NUM!|DIV/0!|N/A)|Err:[0-9]{3}")
# A text of one line in ASCII with single spaces that begins neither like these nor like a formula.
_SOUND = r"(?!Err:)[A-Za-z0-9(\"'][!-~]*+(?: [!-~]++)*+"
_BETWEEN = "\x1f"
# The cells of a row, each sound or empty, with that between them.
_SOUND_ROW = re.compile(rf"(?:{_SOUND})?+(?:{_BETWEEN}(?:{_SOUND})?+)*+")

MENDED = "'marginal-risk format' writes it so; give the column the format of text, not of dates."
"""How the hint ends of a problem that 'format' mends by itself."""

Source = str | Sequence[Mapping[str, str]]
"""The text of a CSV file; or rows that are in no file yet, each a cell by column."""


class Row(NamedTuple):
    """The cells of one row by column, and where it stands."""

    cells: dict[str, str]
    place: Place


class _Layout(NamedTuple):
    """How the cells of a file are laid out."""

    separator: str
    says_so: bool
    """Whether a first line of Excel's says which separator it is."""

    @property
    def name(self) -> str:
        """What the separator is called."""
        return _SEPARATORS[self.separator]


class Sheet:
    """A CSV file with known columns: what every one of them is held to."""

    def __init__(
        self,
        path: str,
        columns: Sequence[str],
        required: Sequence[str],
        later: Sequence[str] = (),
    ) -> None:
        """Take the columns; a file may lack all those that came ``later``: they are empty then."""
        self.path = path
        self.columns = tuple(columns)
        self.required = frozenset(required)
        self.later = frozenset(later)
        self.problems: list[Problem] = []
        self._forms: list[str] = []

    def report(self, place: Place, field: str, rule: str, message: str, hint: str = "") -> None:
        """Add a problem."""
        self.problems.append(place.problem(field, rule, message, hint))

    def read(self, source: Source) -> Iterator[Row]:
        """Yield the rows that have the right cells, reporting the others."""
        if isinstance(source, str):
            yield from self._read_text(source)
        else:
            for number, given in enumerate(source, start=2):
                cells = {column: given.get(column, "") for column in self.columns}
                row = Row(cells, Place(self.path, number))
                if self._check_cells(row):
                    yield row

    def _read_text(self, text: str) -> Iterator[Row]:
        """Yield the rows of a CSV file.

        A file as spreadsheets save it is read, too: with other separators, with empty columns
        and rows at its end, or with its columns in another order. It is told, as a warning.
        """
        layout = _find_layout(text, self.columns)
        self._forms = [f"its cells are separated by {layout.name}"] * (layout.separator != ",")
        rows = self._split(text, layout.separator)
        if layout.says_so:
            self._forms.append("a line about separators stands before its columns")
            next(rows, None)
        header, _ = next(rows, (None, None))
        if header and self.later and self.later.isdisjoint(header):
            self.columns = tuple(name for name in self.columns if name not in self.later)
        if header is None:
            if not self.problems:
                self._report_header("header", "The file is empty.", self._first_line)
            return
        columns = _without_empty_end(header, 1)
        if len(columns) < len(header):
            self._forms.append("it has empty columns at its end")
        if not self._check_header(columns):
            return
        yield from self._read_rows(columns, len(header), rows)
        if self._forms:
            message = f"The file has the form of a spreadsheet: {', and '.join(self._forms)}."
            hint = "'marginal-risk format' puts it into the form of the others."
            self.report(Place(self.path, 1), "file", "spreadsheet-form", message, hint)

    def _read_rows(
        self, columns: list[str], width: int, rows: Iterator[tuple[list[str], Place]]
    ) -> Iterator[Row]:
        is_in_order = tuple(columns) == self.columns
        empty: list[Place] = []
        for given, place in rows:
            # As wide as the header: one cell too many is a comma in a text, though all after it
            # may be empty.
            is_wide = len(given) == width != len(columns)
            cells = _without_empty_end(given, len(columns)) if is_wide else given
            if not any(map(str.strip, cells)):
                empty.append(place)
                continue
            for before in empty:
                self.report(before, "row", "empty-row", "The row is empty.", "Delete it.")
            empty.clear()
            if len(cells) != len(columns):
                message = f"The row has {len(cells)} cells; there are {len(columns)} columns."
                hint = _hint_of_cells(cells, len(columns))
                self.report(place, "row", "wrong-cell-count", message, hint)
            else:
                by_name = dict(zip(columns, cells, strict=True))
                if not is_in_order:
                    by_name = {name: by_name[name] for name in self.columns}
                row = Row(by_name, place)
                if self._check_cells(row):
                    yield row
        if empty:
            self._forms.append("it has empty rows at its end")

    def _split(self, text: str, separator: str) -> Iterator[tuple[list[str], Place]]:
        """Yield the cells of each row with its first line, which csv does not tell."""
        reader = csv.reader(io.StringIO(text), strict=True, delimiter=separator)
        first = 1
        try:
            for cells in reader:
                yield cells, Place(self.path, first)
                first = reader.line_num + 1
        except csv.Error as error:
            message = f"From here on the file cannot be read: {error}."
            hint = "Close every double quote, and write one inside a text twice."
            self.report(Place(self.path, first), "row", "bad-csv", message, hint)

    @property
    def _first_line(self) -> str:
        return f"The first line must be: {','.join(self.columns)}"

    def _report_header(self, field: str, message: str, hint: str) -> None:
        self.report(Place(self.path, 1), field, "wrong-columns", message, hint)

    def _check_header(self, header: list[str]) -> bool:
        if tuple(header) == self.columns:
            return True
        if sorted(header) == sorted(self.columns):
            self._forms.append("its columns stand in another order")
            return True
        if not set(header) & set(self.columns):
            message = "The first line does not name the columns."
            self._report_header("header", message, self._first_line)
            return False
        hints = []
        for column in dict.fromkeys(header):
            if not column.strip():
                self._report_header("header", "A column has no name.", "Delete it.")
            elif column not in self.columns:
                hints.append(did_you_mean(column, set(self.columns) - set(header), "Delete it."))
                self._report_header(column, "There is no such column.", hints[-1])
            elif header.count(column) > 1:
                self._report_header(column, "This column stands twice.", "Delete one.")
        for column in self.columns:
            if column not in header and not any(repr(column) in hint for hint in hints):
                self._report_header(column, "This column is missing.", self._first_line)
        return False

    def _check_cells(self, row: Row) -> bool:
        """Report and mend what no cell may hold; tell whether the row has its key."""
        if all(map(row.cells.get, self.required)) and _are_sound(row.cells.values()):
            return True
        complete = True
        for column, cell in list(row.cells.items()):
            text = cell
            if not _is_plain(cell):
                text = row.cells[column] = " ".join(_INVISIBLE.sub("", cell).split())
            if not text and column in self.required:
                message = "This cell is empty."
                self.report(row.place, column, "missing-value", message, "Fill it in.")
                complete = False
            elif text != cell:
                start = next(i for i, char in enumerate(cell) if text[i : i + 1] != char)
                around = cell[max(start - 20, 0) : start + 20]
                message = f"White space or an invisible character is out of place in {around!r}."
                hint = "Write the text in one line with single spaces."
                self.report(row.place, column, "stray-white-space", message, hint)
            if starts_like_formula(text):
                self.report(row.place, column, "spreadsheet-formula", *explain_formula(text))
            elif _is_error_value(text):
                message = f"{text!r} is what a spreadsheet puts in place of a formula that fails."
                hint = "Write the text again, with another first character than before."
                self.report(row.place, column, "spreadsheet-formula", message, hint)
        return complete

    def check_url(self, row: Row, column: str) -> None:
        """Report an address that is not safe to link to."""
        url = row.cells[column]
        if url and not is_safe_url(url):
            hint = "Give an address that starts with http:// or https://, without spaces."
            self.report(row.place, column, "unsafe-url", f"{url!r} is not a safe address.", hint)

    def check_date(self, row: Row, column: str, today: date) -> None:
        """Report a date that is none, or that lies after ``today``.

        Where it can only be one date in the form of a spreadsheet, the row has that from now on:
        'marginal-risk format' writes it.
        """
        text = row.cells[column]
        if text and not _is_date(text, today):
            message = f"{text!r} is not a date from 1900 until today."
            likely = _likely_date(text)
            if likely and _is_date(likely, today):
                row.cells[column] = likely
                hint = f"Did you mean {likely!r}? {MENDED}"
            else:
                hint = "Write YYYY-MM-DD, or YYYY-MM or YYYY where no more is known."
            self.report(row.place, column, "bad-date", message, hint)

    def read_count(self, row: Row, column: str) -> int:
        """Return a whole number; 0, with a problem, where the cell holds none."""
        text = row.cells[column]
        if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
            return int(text)
        hint = "Write it in digits alone, such as 1200."
        self.report(row.place, column, "bad-number", f"{text!r} is not a whole number.", hint)
        return 0


def _are_sound(cells: Collection[str]) -> bool:
    """Tell whether cells surely have nothing to report: most rows need no second look."""
    row = _BETWEEN.join(cells)
    return row.count(_BETWEEN) < max(len(cells), 1) and _SOUND_ROW.fullmatch(row) is not None


def _is_plain(cell: str) -> bool:
    """Tell whether a cell surely has neither white space out of place nor invisible characters."""
    return cell.isascii() and cell.isprintable() and "  " not in cell and cell == cell.strip()


def starts_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet would run a text that it finds in a table of the site."""
    return text.startswith(FORMULA_STARTS)


def explain_formula(text: str) -> tuple[str, str]:
    """Return message and hint for a text that starts like a formula."""
    hint = f"Start the text with another character than {text[0]!r}."
    return f"A spreadsheet would run {text[:40]!r} as a formula.", hint


def _hint_of_cells(cells: list[str], number: int) -> str:
    if len(cells) < number:
        return (
            "Give every column a cell: a spreadsheet may leave out empty ones at the end of a row."
        )
    if not any(map(str.strip, cells[number:])):
        return (
            "Put a text that holds a comma in double quotes, or delete the empty cells at the end."
        )
    return "Put a text that holds a comma in double quotes."


def _is_date(text: str, today: date) -> bool:
    match = _DATE.fullmatch(text)
    if not match:
        return False
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return date(1900, 1, 1) <= date(year, month, day) <= today
    except ValueError:
        return False


def _find_layout(text: str, columns: Collection[str]) -> _Layout:
    """Return how cells are separated, as far as the line with the columns tells.

    The separator is the one under which that line names the most columns; no other line counts.
    """
    header = text.partition("\n")[0]
    if says := _SAYS_SEPARATOR.fullmatch(header):
        return _Layout(says[1], says_so=True)

    def known(separator: str) -> int:
        return len(set(header.replace('"', "").split(separator)) & set(columns))

    return _Layout(max(_SEPARATORS, key=known), says_so=False)


def _without_empty_end(cells: list[str], most: int = 0) -> list[str]:
    """Return the cells without the empty ones at their end, though at least ``most`` of them."""
    end = len(cells)
    while end > most and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _is_error_value(text: str) -> bool:
    """Tell whether a cell shows that a formula fails: what was typed into it is lost."""
    return _ERRORS.fullmatch(text) is not None


def _likely_date(text: str) -> str:
    """Return the ISO date that a spreadsheet's form of a date stands for; '' if it may be two."""
    try:
        if match := _ISO_LIKE.fullmatch(text):
            return date(*map(int, match.groups())).isoformat()
        if match := _LOCAL.fullmatch(text):
            first, second, year = int(match[1]), int(match[3]), int(match[4])
            if match[2] == "." or first > 12 or first == second:  # nobody puts a dot after a month
                return date(year, second, first).isoformat()
            return date(year, first, second).isoformat() if second > 12 else ""
        if _SERIAL.fullmatch(text):
            return (_DAY_0 + timedelta(days=int(text))).isoformat()
    except (ValueError, OverflowError):
        pass
    return ""
