"""What spreadsheets make of a CSV file when they save it."""

import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SAYS_SEPARATOR = re.compile(r'"?sep=([,;\t])"?[,;\t]*', re.IGNORECASE)
# Excel counts days from here (with a day too many before March 1900, which no coding is from).
_DAY_0 = date(1899, 12, 30)
_SERIAL = re.compile(r"[1-9][0-9]{4}")
_ISO_LIKE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[ T][0-9:.]+)?")
_LOCAL = re.compile(r"([0-9]{1,2})([-/.]) ?([0-9]{1,2})[-/.] ?([0-9]{4})(?: [0-9:.]+)?")

# Of Excel and LibreOffice; the second numbers the others (Err:502).
_ERRORS = re.compile(r"#(?:NAME\?|REF!|VALUE!|NULL!|NUM!|DIV/0!|N/A)|Err:[0-9]{3}")


class Layout(NamedTuple):
    """How the cells of a file are laid out."""

    separator: str
    says_so: bool
    """Whether a first line of Excel's says which separator it is."""

    @property
    def name(self) -> str:
        """What the separator is called."""
        return _SEPARATORS[self.separator]


def find_layout(text: str, columns: Collection[str]) -> Layout:
    """Return how cells are separated, as far as the line with the columns tells.

    The separator is the one under which that line names the most columns; no other line counts.
    """
    header = text.partition("\n")[0]
    if says := _SAYS_SEPARATOR.fullmatch(header):
        return Layout(says[1], says_so=True)

    def known(separator: str) -> int:
        return len(set(header.replace('"', "").split(separator)) & set(columns))

    return Layout(max(_SEPARATORS, key=known), says_so=False)


def without_empty_end(cells: list[str], most: int = 0) -> list[str]:
    """Return the cells without the empty ones at their end, though at least ``most`` of them."""
    end = len(cells)
    while end > most and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def is_error_value(text: str) -> bool:
    """Tell whether a cell shows that a formula fails: what was typed into it is lost."""
    return _ERRORS.fullmatch(text) is not None


def likely_date(text: str) -> str:
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
