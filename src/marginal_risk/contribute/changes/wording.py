"""The words of a comparison: names for slugs, and text from the data made harmless and short."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from marginal_risk.contribute.changes.comparing import Changes, RowChange, TableChanges

Quote = Callable[[str], str]
"""Makes text from the data harmless where it is shown; each rendering has its own."""

Link = Callable[[str, str], str]
"""Makes harmless text lead to an address, where a rendering has links."""

MOST = 20
"""Entries to show of a section, and details of an entry; the rest is counted."""
LONGEST = 300
"""Characters to show of a text."""


@dataclass(frozen=True)
class Entry:
    """One change, in a line, with what a reviewer needs to judge it."""

    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Changes of one kind."""

    title: str
    entries: tuple[Entry, ...]


def cleaned(text: str) -> str:
    """Return text in one line, without what drives a terminal or turns the order of letters."""
    words = " ".join(text.split())
    return "".join(char if char.isprintable() else "\ufffd" for char in words)


def without_link(text: str, _address: str) -> str:
    """Return the text as it is."""
    return text


def bounded(lines: Iterable[Any]) -> tuple[list[Any], int]:
    """Return the first of a list, and how many more there are."""
    listed = list(lines)
    return listed[:MOST], max(0, len(listed) - MOST)


class Wording:
    """Says what stands in rows, in the reader's words."""

    def __init__(self, changes: Changes, quote: Quote, link: Link) -> None:
        self.names = changes.names
        self.quote = quote
        self.link = link

    def text(self, value: object) -> str:
        """Return a value as harmless text, cut where it is long."""
        whole = cleaned(str(value))
        return self.quote(whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}…")

    def said(self, value: object) -> str:
        """Return a value in quotation marks; without one, say so."""
        return "nothing" if value in (None, "") else f"“{self.text(value)}”"

    def name(self, kind: str, slug: str | None) -> str:
        """Return what readers call a slug."""
        return self.text(self.names[kind].get(slug or "", slug))

    def named(self, kind: str, slug: str) -> str:
        """Return a slug with what readers call it."""
        called = self.names[kind].get(slug)
        return self.text(slug) + (f" ({self.text(called)})" if called else "")

    def study(self, citekey: str) -> str:
        """Return the authors and year of a study with its key."""
        return self.text(f"{self.names['studies'].get(citekey, '')} [{citekey}]".strip())

    def for_vector(self, key: dict[str, Any]) -> str:
        """Return a study and the vector it was found or coded for."""
        vector = key["misuse_vector"]
        called = self.name("misuse_vectors", vector) if vector else "no single vector"
        return f"{self.study(key['citekey'])} for {called}"

    def cell(self, key: dict[str, Any]) -> str:
        """Return a cell of the map."""
        vector, step = key["misuse_vector"], key["step"]
        return f"{self.name('misuse_vectors', vector)}, {self.name('steps', step)}"

    def differences(self, change: RowChange, *but: str) -> Iterator[str]:
        """Yield each column that differs, from what to what."""
        for column, (before, after) in change.fields.items():
            if column not in but:
                yield f"{label(column)}: {self.said(before)} → {self.said(after)}"

    def contents(self, change: RowChange) -> Iterator[str]:
        """Yield each column that is filled."""
        for column, value in change.values.items():
            if value not in (None, ""):
                yield f"{label(column)}: {self.said(value)}"

    def plain(
        self, subject: str, found: TableChanges, call: Callable[[RowChange], str]
    ) -> Iterator[Section]:
        """Yield what was added, changed and removed of records that need no words of their own."""
        yield section(
            f"{subject} added", (Entry(call(row), tuple(self.contents(row))) for row in found.added)
        )
        yield section(
            f"{subject} changed",
            (Entry(call(row), tuple(self.differences(row))) for row in found.changed),
        )
        yield section(f"{subject} removed", (Entry(call(row)) for row in found.removed))


def section(title: str, entries: Iterable[Entry]) -> Section:
    """Return a section."""
    return Section(title, tuple(entries))


def label(column: str) -> str:
    """Return what readers call a column."""
    return column.replace("_", " ")
