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
_BY_NAME = {"": None} | {name: _NUMBERS[macro] for macro, name in MONTHS.items()}
# biblatex manual, section 2.3.8: X for digits that are not known, ? ~ % for doubt. Its editions
# before 2018 write u for X, and 'unknown', 'open' or * for an end that is not known.
_DATE = re.compile(
    r"(?P<year>-?[0-9]{4})(?:-(?P<month>[0-9]{2}|XX|uu)(?:-(?P<day>[0-9]{2}|XX|uu))?)?"
    r"(?:T\S*)?[?~%]?"
)
_YEAR = re.compile(r"[0-9]{4}")
_OPEN_ENDS = ("", "..", "open", "unknown", "*")
# How a year is hedged by hand: 'c. 1999', '[1999]', '1999a', '1999?', '1999--2001'.
_HEDGED = re.compile(
    r"[\[(]?(?:c(?:a|irca)?\.?\s*)?(?P<year>[0-9]{4})[a-z]?\??[\])]?"
    r"(?:\s*(?:[-\u2013]{1,2}|/)\s*[0-9]{2,4})?\.?",
    re.IGNORECASE,
)
_MONTH_AND_YEAR = re.compile(r"(?P<month>[^\W\d]{3,9})[.,]?\s+(?P<year>[0-9]{4})")
_SEASONS = range(21, 42)
_MONTH_NAME = re.compile(rf"(?<![a-z])({'|'.join(MONTHS)})")


def read_date(text: str) -> str | None:
    """Return YYYY, YYYY-MM or YYYY-MM-DD from an ISO or biblatex date.

    A range gives its start, or its end where the start is open; a season gives the year. The
    year may be negative, as biblatex allows. None where the text is no such date.
    """
    if _YEAR.fullmatch(text):
        return text
    ends = [end.strip() for end in text.split("/")]
    known = [end for end in ends if end not in _OPEN_ENDS]
    if len(ends) > 2 or not known:
        return None
    dates = [_read_day(end) for end in known]
    return dates[0] if all(dates) else None


def read_year(text: str) -> str | None:
    """Return a date as ``read_date`` does, also from the ways in which a year is written by hand.

    A year in doubt gives that year, a range of years its first, 'May 1999' year and month.
    """
    found = read_date(text)
    if found is None and (match := _HEDGED.fullmatch(text.strip())):
        return match["year"]
    if found is None and (match := _MONTH_AND_YEAR.fullmatch(text.strip())):
        month = read_month(match["month"])
        return f"{match['year']}-{month}" if month else None
    return found


def _read_day(text: str) -> str | None:
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year = match["year"]
    month, day = (
        match[part] if match[part] not in ("XX", "uu") else None for part in ("month", "day")
    )
    if month is None or int(month) in _SEASONS:
        return year if day is None else None
    try:
        date(2000 if year == "0000" else abs(int(year)), int(month), int(day or 1))
    except ValueError:
        return None
    return "-".join(filter(None, (year, month, day)))


def read_month(text: str) -> str | None:
    """Return a month as two digits, from a number, an English name, or a date that has one."""
    if text in _BY_NAME:
        return _BY_NAME[text]
    word = text.strip().lower()
    if re.fullmatch(r"0?[1-9]|1[0-2]", word):
        return f"{int(word):02d}"
    match = _MONTH_NAME.search(word)
    return _NUMBERS[match[1]] if match else None
