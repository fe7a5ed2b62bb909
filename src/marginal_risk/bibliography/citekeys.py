"""The key of a new entry: family name of the first author, year, and what tells it from others."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

from marginal_risk.bibliography.identifiers import normalise_title
from marginal_risk.bibliography.likeness import likeness
from marginal_risk.readings import Reference

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
    for key in _keys(reference):
        if key not in taken:
            taken.add(key)
            return key
    raise AssertionError("there are more keys than works")


def _keys(reference: Reference) -> Iterator[str]:
    words = [word for word in map(_ascii, likeness(reference).words) if len(word) > 1]
    family = _ascii(reference.people[0].family) or next(iter(words), "work")
    stem = f"{family}{reference.study.year}"
    yield stem
    if words:
        stem += words[0]
        yield stem
    yield from (f"{stem}_{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    yield from (f"{stem}_{number}" for number in count(1))


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", normalise_title(text).translate(_LETTERS))
    return re.sub(r"[^a-z0-9]", "", plain)[:_LONGEST]
