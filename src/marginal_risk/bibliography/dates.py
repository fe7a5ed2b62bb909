"""When a work appeared: the same whichever way an entry writes it."""

import re
from datetime import date

MONTHS = {
    "jan": "January",
    "feb": "February",
    "mar": "March",
    "apr": "April",
    "may": "May",
    "jun": "June",
    "jul": "July",
    "aug": "August",
    "sep": "September",
    "oct": "October",
    "nov": "November",
    "dec": "December",
}
"""The macros that every BibTeX style defines, and what they stand for."""
_NUMBERS = {macro: f"{number:02d}" for number, macro in enumerate(MONTHS, start=1)}
# biblatex manual, section 2.3.8: X for digits that are not known, ? ~ % for doubt.
_DATE = re.compile(
    r"(?P<year>-?[0-9]{4})(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?(?:T\S*)?[?~%]?"
)
_SEASONS = range(21, 42)
_MONTH_NAME = re.compile(rf"(?<![a-z])({'|'.join(MONTHS)})")


def read_date(text: str) -> str | None:
    """Return YYYY, YYYY-MM or YYYY-MM-DD from an ISO or biblatex date.

    A range gives its start, or its end where the start is open; a season gives the year. The
    year may be negative, as biblatex allows. None where the text is no such date.
    """
    ends = [end.strip() for end in text.split("/")]
    known = [end for end in ends if end not in ("", "..")]
    if len(ends) > 2 or not known:
        return None
    dates = [_read_day(end) for end in known]
    return dates[0] if all(dates) else None


def _read_day(text: str) -> str | None:
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year = match["year"]
    month, day = (match[part] if match[part] != "XX" else None for part in ("month", "day"))
    if month is None or int(month) in _SEASONS:
        return year if day is None else None
    try:
        date(2000 if year == "0000" else abs(int(year)), int(month), int(day or 1))
    except ValueError:
        return None
    return "-".join(filter(None, (year, month, day)))


def read_month(text: str) -> str | None:
    """Return a month as two digits, from a number, an English name, or a date that has one."""
    word = text.strip().lower()
    if re.fullmatch(r"0?[1-9]|1[0-2]", word):
        return f"{int(word):02d}"
    match = _MONTH_NAME.search(word)
    return _NUMBERS[match[1]] if match else None
