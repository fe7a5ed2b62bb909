"""What is wrong with the data, said so that a contributor can mend it.

A contributor's mistake is a value, never an exception: readers and checks return problems
beside the good records, and one run reports all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple


class Severity(StrEnum):
    """Whether a problem stops a build."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend, at one place."""

    path: str
    """The file, as the user would type it."""
    line: int
    """The first line it concerns, from 1."""
    field: str
    """The column, BibTeX field or key it is about."""
    rule: str
    """A name in the RULES table."""
    message: str
    """What is wrong: a whole sentence."""
    hint: str = ""
    """How to mend it: a whole sentence."""

    def __str__(self) -> str:
        """Say it in one line, ``path:line: field: message hint [rule]``.

        What does not print, such as a line break in the name of a column, is escaped.
        """
        text = f"{self.message} {self.hint}".strip()
        whole = f"{self.path}:{self.line}: {self.field}: {text} [{self.rule}]"
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in whole)


def printable(text: str) -> str:
    """Return text that cannot drive a terminal: a mark replaces each character without a shape."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


class Place(NamedTuple):
    """Where a record was read: what a problem with it will point at."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    def problem(self, field: str, rule: str, message: str, hint: str = "") -> Problem:
        """Return a problem at this place."""
        return Problem(self.path, self.line, field, rule, message, hint)


@dataclass(frozen=True)
class Rule:
    """One row of the RULES table."""

    name: str
    severity: Severity
    meaning: str
    """What breaks this rule, in a few words."""
    find: Callable[[Any], Iterable[Problem]] | None = None
    """Finds the breaches among all records; None where a reader reports them."""


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a hint that names the known word nearest to ``word``.

    Where none is near, the hint is ``otherwise``; without that, it names all of a short list.
    """
    words = frozenset(known)
    near = nearest(word, words)
    if near:
        return f"Did you mean {near!r}?"
    if not otherwise and 0 < len(words) <= 10:
        return f"Use one of: {', '.join(sorted(words))}."
    return otherwise


_MANY = 200
"""Known words beyond which comparing each of them with each unknown one takes too long."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_:"


def _one_slip_away(word: str, known: frozenset[str]) -> str | None:
    """Return a known word that is ``word`` but for one letter, or for capitals."""
    word = word[:80]
    parts = [(word[:index], word[index:]) for index in range(len(word) + 1)]
    slips = {word.lower()}
    slips |= {start + end[1:] for start, end in parts}
    slips |= {start + end[1:2] + end[:1] + end[2:] for start, end in parts}
    slips |= {start + c + end[skip:] for start, end in parts for c in _LETTERS for skip in (0, 1)}
    return min(slips & known, default=None)


@lru_cache(maxsize=1024)  # one slip stands in many rows, and the search is slow
def nearest(word: str, known: frozenset[str]) -> str | None:
    """Return the known word that a slip was most likely meant to be; None where none is near.

    Among many known words, only those are near that differ in one letter.
    """
    if len(known) > _MANY:
        return _one_slip_away(word, known)
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    longer = (candidate for candidate in words if word and candidate.startswith(word.lower()))
    return near[0] if near else next(longer, None)
