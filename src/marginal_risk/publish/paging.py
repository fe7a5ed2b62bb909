"""A long list in parts, each on a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

ROWS = 100
"""Rows of a list on one page."""
WIDE_ROWS = 50
"""Rows of a list on one page where a row is a row of the map, which takes 2 kB."""


@dataclass(frozen=True)
class Part:
    """Which part of a list a page shows, and where the parts beside it are."""

    first: int
    """Number of rows before it."""
    length: int
    """Number of its rows, at most."""
    total: int
    """Number of rows of the list."""
    previous: str
    """Query of the page before this one; '' where there is none."""
    following: str
    """Query of the page after this one; '' where there is none."""

    def of(self, rows: Sequence[T]) -> list[T]:
        """Return the rows of this part, given all."""
        return list(rows[self.first : self.first + self.length])

    @property
    def position(self) -> str:
        """Which of the rows these are, such as '51 to 100 of 3,000'; '' where they are all."""
        if self.total <= self.length:
            return ""
        last = min(self.first + self.length, self.total)
        return f"{self.first + 1:,} to {last:,} of {self.total:,}"


def take_part(total: int, asked: str, query: Callable[[str], str], length: int = ROWS) -> Part:
    """Return the part of a list of ``total`` rows that an address asks for by its number.

    A number that makes no sense is the first; one past the end, the last. ``query`` makes the
    query of an address from a number, '' for the first part.
    """
    pages = max(-(-total // length), 1)
    # No list has a page of more than six digits.
    is_number = asked.isascii() and asked.isdecimal() and len(asked) < 7
    page = min(max(int(asked) if is_number else 1, 1), pages)

    def turn(number: int) -> str:
        # An address without a query must still be a link, and not to this very page.
        return (query(str(number) if number > 1 else "") or "?") if 1 <= number <= pages else ""

    return Part((page - 1) * length, length, total, turn(page - 1), turn(page + 1))
