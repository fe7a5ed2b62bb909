"""The key of a new entry: family name of the first author, year, and what tells it from others."""

import re
import unicodedata
from collections.abc import Iterator

from marginal_risk.read.bibliography.identifiers import normalise_title
from marginal_risk.read.bibliography.same_work import likeness
from marginal_risk.rows import Reference

# Letters that Unicode does not take apart.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "\u0131": "i",
        "ħ": "h",
    }
)
_LONGEST = 30


def new_citekey(reference: Reference, taken: set[str]) -> str:
    """Return a key that is not among ``taken`` (in lower case), and add it there.

    'doe2024'; where that is taken, with a word of the title, 'doe2024letters'; then with a letter.
    """
    stem = ""
    for key in _keys(reference):
        if key not in taken:
            taken.add(key)
            return key
        stem = key
    key = _with_number(stem[:-2], taken)
    taken.add(key)
    return key


def _with_number(stem: str, taken: set[str]) -> str:
    """Return a key with a number that is not taken; where thousands are, most are not looked at."""
    taken_number, number = 0, 1
    while f"{stem}_{number}" in taken:
        taken_number, number = number, 2 * number
    while number - taken_number > 1:
        middle = (taken_number + number) // 2
        if f"{stem}_{middle}" in taken:
            taken_number = middle
        else:
            number = middle
    return f"{stem}_{number}"


def _keys(reference: Reference) -> Iterator[str]:
    words = [word for word in map(_ascii, likeness(reference).words) if len(word) > 1]
    family = _ascii(reference.people[0].family) or next(iter(words), "work")
    stem = f"{family}{reference.study.year}"
    yield stem
    if words:
        stem += words[0]
        yield stem
    yield from (f"{stem}_{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", normalise_title(text).translate(_LETTERS))
    return re.sub(r"[^a-z0-9]", "", plain)[:_LONGEST]
