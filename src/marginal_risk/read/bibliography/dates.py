"""When a work appeared, in one form for all the ways of writing a date."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

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
# A decade or a century, whose years are not known.
_YEARS = re.compile(r"(-?[0-9]{2})(?:([0-9])[Xu]|[Xu]{2})[?~%]?")
_OPEN_ENDS = ("", "..", "open", "unknown", "*")
# How a year is hedged by hand: 'c. 1999', '[1999]', '1999a', '1999?', '1999--2001', '1999--', and
# what is said of it: 'cop. 1999', '1999 (to appear)'.
_HEDGED = re.compile(
    r"[\[(]?(?:(?:c(?:a|irca|op)?\.?|p|\u00a9)\s*)?(?P<year>[0-9]{4})[a-z]?(?:\s*\?)?[\])]?"
    r"(?:\s*(?:-|/)\s*[0-9]{2,4}|\s*(?:--|\u2013)\s*[0-9]{1,4}"
    r"|\s*[-\u2013]{1,2}\s*(?:date|present|today)?)?(?:\s*[(\uff08][^()\uff08\uff090-9]+[)\uff09])?"
    r"\s*\.?",
    re.IGNORECASE,
)
# Dates as they are written by hand. Of two numbers before a year it is not known which is the
# month, but for the dots of '31.5.1999', and where one is too large for a month.
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:\s?[-\u2013]{{1,2}}\s?[0-9]{{1,2}}(?:st|nd|rd|th)?)?"
_NAME = r"(?P<name>[^\W\d]{3,10})"
_MONTH = r"(?P<month>[0-9]{1,2})"
_FULL_YEAR = r"(?P<year>[0-9]{4})"
_WRITTEN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_DAYS}\.?\s+)?{_NAME}(?:\s?[-\u2013/]{{1,2}}\s?[^\W\d]{{3,10}})?[.,]*\s+{_FULL_YEAR}",
        rf"{_NAME}\.?\s+{_DAYS},?\s+{_FULL_YEAR}",
        rf"{_FULL_YEAR},?\s+{_NAME}(?:\s?[-\u2013/]\s?[^\W\d]{{3,10}})?\.?(?:\s+{_DAYS})?",
        rf"{_FULL_YEAR}([-./]){_MONTH}(?:\2{_DAY})?",
        rf"(?:{_DAY}\.\s?)?{_MONTH}\.\s?{_FULL_YEAR}",
        rf"{_MONTH}[-/]{_FULL_YEAR}",
        rf"(?P<day>1[3-9]|[23][0-9])([-/]){_MONTH}\2{_FULL_YEAR}",
        rf"{_MONTH}([-/])(?P<day>1[3-9]|[23][0-9])\2{_FULL_YEAR}",
        rf"(?:0?[1-9]|1[0-2])([-/])(?:0?[1-9]|1[0-2])\1{_FULL_YEAR}",
        # As a clock gives it, which OSTI writes into 'year' and 'month': 'Sat May 01 ... 1999'.
        rf"[A-Z][a-z]{{2}} {_NAME} {_DAY} [0-9:]{{8}} [A-Z]{{3,4}} {_FULL_YEAR}",
    )
)
_FIRST_NUMBER = re.compile(r"([0-9]{1,2})(?![0-9])")
_SEASON = re.compile(r"spring|summer|autumn|fall|winter", re.IGNORECASE)
_SEASONS = range(21, 42)
_MONTH_NAME = re.compile(rf"(?<![a-z])({'|'.join(MONTHS)})")
# Names of other languages that do not begin as in English, without their accents.
_ELSEWHERE = {
    word: f"{number:02d}"
    for number, words in enumerate(
        (
            *("ene enero gen gennaio", "fev fevr fevrier fevereiro", "maart maerz mrt mrz"),
            *("abr abril avr avril", "mag maggio mai maio mei", "giu giugno juin"),
            *("juil juillet lug luglio", "ago agosto aout", "set setembro settembre"),
            *(
                "okt oktober ott ottobre out outubro",
                "",
                "dez dezember dezembro dic dicembre diciembre",
            ),
        ),
        start=1,
    )
    for word in words.split()
}


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


def year_of(published: str) -> int:
    """Return the year of a date that was read, which may be before our era."""
    return int(published[: 5 if published.startswith("-") else 4])


def read_decade(text: str) -> str | None:
    """Return the first year of a decade or century as biblatex writes it: 1990 for '199X'."""
    match = _YEARS.fullmatch(text.strip())
    return f"{match[1]}{match[2] or 0}0" if match else None


@lru_cache(maxsize=4096)
def read_written_date(text: str) -> str | None:
    """Return a date as ``read_date`` does, and read dates as people write them by hand, too.

    A year in doubt gives that year. A range of years or months gives its first. 'May 1999' gives
    year and month; 'spring 1999' and '5/6/1999' give the year.
    """
    text = text.strip()
    found = read_date(text)
    if found is None and (match := _HEDGED.fullmatch(text)):
        return match["year"]
    if found is None:
        return next(filter(None, (_read_match(form.fullmatch(text)) for form in _WRITTEN)), None)
    return found


def with_month(year: str, month: str, day: str) -> str:
    """Return a year with the month and the day that two other fields give, if they give them.

    Some write the day beside the month, as in '5~March' or 'May 12--14': of several, the first.
    """
    number = read_month(month)
    if number is None:
        return year
    known = f"{year}-{number}"
    found = None
    if match := _FIRST_NUMBER.match(day.strip()):
        found = _read_day(f"{known}-{int(match[1]):02}")
    elif len(month) > 2 and _FIRST_NUMBER.search(month):
        found = read_written_date(f"{month.replace('~', ' ')} {year}")
    return found if found and found.startswith(known) else known


def _read_match(match: re.Match[str] | None) -> str | None:
    """Return the date that the parts of a match make, if they make one."""
    parts = match.groupdict() if match else {}
    year, month, name, day = map(parts.get, ("year", "month", "name", "day"))
    if name:
        month = read_month(name)
        if month is None:
            return year if _SEASON.fullmatch(name) and not day else None
    numbers = [f"{int(number):02}" for number in (month, day) if number]
    if year is None or numbers[:1] > ["12"]:
        return None
    return _read_day("-".join([year, *numbers]))


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
    """Return a month as two digits, from a number, a name, or a date that has one.

    Names are English, or of another language of western Europe.
    """
    if text in _BY_NAME:
        return _BY_NAME[text]
    word = text.strip(" \t\n.,;").lower()
    if re.fullmatch(r"0?[1-9]|1[0-2]", word):
        return f"{int(word):02d}"
    if not word.isascii():
        word = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", word))
    for name in re.findall(r"[a-z]+", word):
        if match := _MONTH_NAME.match(name):
            return _NUMBERS[match[1]]
        if name in _ELSEWHERE:
            return _ELSEWHERE[name]
    return None
