"""The words of a comparison: names in place of slugs, and text from the data, escaped and cut."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from marginal_risk.contribute.changes.comparing import Changes, RowChange, TableChanges
from marginal_risk.problems import printable

Quote = Callable[[str], str]
"""Escapes text from the data for one rendering."""

Link = Callable[[str, str], str]
"""Links escaped text to an address, where a rendering has links."""

MAX_ENTRIES = 20
"""Most entries shown of a section, and most details of an entry; the rest is counted."""
MAX_CHARACTERS = 300
"""Most characters shown of a text."""


@dataclass(frozen=True)
class ChangeLine:
    """One change in one line, with the details that a reviewer needs."""

    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Changes of one kind."""

    title: str
    entries: tuple[ChangeLine, ...]


def cleaned(text: str) -> str:
    """Return text in one line, without characters that drive a terminal or reorder letters."""
    return printable(" ".join(text.split()))


def without_link(text: str, _address: str) -> str:
    """Return the text alone; for renderings without links."""
    return text


def bounded(lines: Iterable[Any]) -> tuple[list[Any], int]:
    """Return the first ``MAX_ENTRIES`` of a list, and the number of the others."""
    listed = list(lines)
    return listed[:MAX_ENTRIES], max(0, len(listed) - MAX_ENTRIES)


class Wording:
    """Puts the values of rows into the reader's words."""

    def __init__(self, changes: Changes, quote: Quote, link: Link) -> None:
        self.names = changes.names
        self.quote = quote
        self.link = link

    def text(self, value: object) -> str:
        """Return a value as escaped text, cut where it is long."""
        whole = cleaned(str(value))
        return self.quote(whole if len(whole) <= MAX_CHARACTERS else f"{whole[:MAX_CHARACTERS]}…")

    def quoted(self, value: object) -> str:
        """Return a value in quotation marks, or 'nothing' where there is none."""
        return "nothing" if value in (None, "") else f"“{self.text(value)}”"

    def name(self, kind: str, slug: str | None) -> str:
        """Return the name of a slug, or the slug where it has none."""
        return self.text(self.names[kind].get(slug or "", slug))

    def named(self, kind: str, slug: str) -> str:
        """Return a slug, followed by its name in brackets if it has one."""
        called = self.names[kind].get(slug)
        return self.text(slug) + (f" ({self.text(called)})" if called else "")

    def study(self, citekey: str) -> str:
        """Return the authors and year of a study with its key, linked to its DOI or arXiv."""
        text = self.text(f"{self.names['studies'].get(citekey, '')} [{citekey}]".strip())
        address = self.names["addresses"].get(citekey)
        return self.link(text, address) if address else text

    def for_vector(self, key: dict[str, Any]) -> str:
        """Return a study and the vector that it was found or coded for."""
        vector = key["misuse_vector"]
        called = self.name("misuse_vectors", vector) if vector else "no single vector"
        return f"{self.study(key['citekey'])} for {called}"

    def cell(self, key: dict[str, Any]) -> str:
        """Return a cell of the map."""
        vector, step = key["misuse_vector"], key["step"]
        return f"{self.name('misuse_vectors', vector)}, {self.name('steps', step)}"

    def differences(self, change: RowChange, *except_for: str) -> Iterator[str]:
        """Yield each column that differs, with its value before and after."""
        for column, (before, after) in change.fields.items():
            if column not in except_for:
                yield f"{label(column)}: {self.quoted(before)} → {self.quoted(after)}"

    def contents(self, change: RowChange) -> Iterator[str]:
        """Yield each column that has a value, with that."""
        for column, value in change.values.items():
            if value not in (None, ""):
                yield f"{label(column)}: {self.quoted(value)}"

    def plain(
        self, subject: str, found: TableChanges, call: Callable[[RowChange], str]
    ) -> Iterator[Section]:
        """Yield the sections of a table whose rows are listed column by column."""
        yield section(
            f"{subject} added",
            (ChangeLine(call(row), tuple(self.contents(row))) for row in found.added),
        )
        yield section(
            f"{subject} changed",
            (ChangeLine(call(row), tuple(self.differences(row))) for row in found.changed),
        )
        yield section(f"{subject} removed", (ChangeLine(call(row)) for row in found.removed))


def section(title: str, entries: Iterable[ChangeLine]) -> Section:
    """Return a section."""
    return Section(title, tuple(entries))


def label(column: str) -> str:
    """Return the name of a column as readers see it."""
    return column.replace("_", " ")
