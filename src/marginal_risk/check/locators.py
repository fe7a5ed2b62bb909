"""Where in a study a judgement rests: a place that somebody else finds."""

import re
from collections.abc import Iterator
from functools import lru_cache

from marginal_risk.check.reasons import is_placeholder
from marginal_risk.problems import Place, Problem
from marginal_risk.rows import Records

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*"
# What a spreadsheet makes of '3-4': the day and the month, in one order or the other.
_DATE = re.compile(rf"0?(\d{{1,2}})[-. ]{{1,2}}{_MONTH}|{_MONTH}[-. ]{{1,2}}0?(\d{{1,2}})", re.I)
_LONG_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{4}.*")
_NUMBERS = re.compile(r"[\d\s.,;:&\-\u2010-\u2015]*\d[\d\s.,;:&\-\u2010-\u2015]*")
_ABSTRACT = re.compile(r"\W*(?:the )?abstract(?: only| alone)?\W*", re.IGNORECASE)
_HINT = "Write, for instance, 'section 4' or 'pages 3-4'."


def find_bad_locators(records: Records) -> Iterator[Problem]:
    """Find locators that lead nowhere: no place, a number alone, a date, or the abstract alone."""
    for reason in records.rationales:
        yield from _check(reason.locator, reason.place)
    for comparison in records.comparisons:
        yield from _check(comparison.locator, comparison.place)


def _check(locator: str, place: Place) -> Iterator[Problem]:
    if found := _explain(locator):
        yield place.problem("locator", "bad-locator", *found)


@lru_cache(maxsize=2**12)  # many say 'page 3'
def _explain(locator: str) -> tuple[str, str] | None:
    """Return what is wrong with a locator, and its mend; None where nothing is."""
    if is_placeholder(locator):
        return f"{locator!r} is no place in the study.", _HINT
    if match := _DATE.fullmatch(locator):
        day, month = int(match[1] or match[4]), _MONTHS.index((match[2] or match[3]).lower()) + 1
        likely = f"{min(day, month)}-{max(day, month)}"
        hint = f"Did you mean 'pages {likely}'? Give the column the format of text, not of dates."
        return f"{locator!r} is a date, as a spreadsheet makes one of two numbers.", hint
    if _LONG_DATE.fullmatch(locator):
        return f"{locator!r} is a date, and no place in the study.", _HINT
    if _NUMBERS.fullmatch(locator):
        hint = f"Say what is counted: 'page {locator}', or 'section {locator}'."
        return f"{locator!r} is a number alone.", hint
    if _ABSTRACT.fullmatch(locator):
        hint = "Read the study, and give the section or page; or leave the step empty (not coded)."
        return "The abstract alone shows too little of a study to judge it.", hint
    return None
