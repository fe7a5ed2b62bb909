"""One piece of a bibliography, read by itself: all of its entries that need no other one.

What is read of a piece can be sent from another process, or kept in a file: ``to_plain`` and
``from_plain`` turn it into tuples, texts and numbers, and back.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from marginal_risk.problems import Place, Problem
from marginal_risk.read.bibliography.entries import parse_entries
from marginal_risk.read.bibliography.fields import EntryReader
from marginal_risk.read.bibliography.plain_entries import find_cut
from marginal_risk.read.bibliography.raw_entry import RawEntry
from marginal_risk.rows import Person, Reference, Work

Plain: TypeAlias = tuple[Any, ...]
_SIZE = 1_000_000
"""Characters of a piece, about."""
_STRING = re.compile(r"@string", re.IGNORECASE)
_PARENT = re.compile(r"\s*=\s*(?:[{\"]([^{}\"]*)[}\"]|(\w+))")
LINKS = ("xdata", "crossref")
"""Fields that name entries to take fields from."""


class BibFile(NamedTuple):
    """A BibTeX file: its path, for messages, and its text."""

    path: str
    text: str


class Piece(NamedTuple):
    """A part of a file that can be read by itself."""

    file: int
    """The file's number in the list."""
    start: int
    end: int
    line: int
    """Where it starts, from 0."""


class ReadEntry(NamedTuple):
    """What one entry gave."""

    key: str
    entry_type: str
    line: int
    reference: Reference | None
    """None where an error left none, or where other entries have to be looked at first."""
    problems: tuple[Problem, ...]
    raw: RawEntry | None
    """Where it takes fields from another entry, or may give some."""

    @property
    def is_linked(self) -> bool:
        """Whether it takes fields from another entry."""
        return self.raw is not None and names_parent(self.raw)


@dataclass
class PieceReading:
    """What one piece gave."""

    entries: list[ReadEntry]
    problems: list[Problem]
    lost_keys: list[str]
    keyless: list[RawEntry]


def cut_into_pieces(files: Iterable[BibFile]) -> Iterator[Piece]:
    """Yield the pieces of files; a file whose @strings count everywhere is one piece."""
    for number, (_, text) in enumerate(files):
        start, line = 0, 0
        while len(text) - start > 2 * _SIZE and (start or not _STRING.search(text)):
            end = find_cut(text, start + _SIZE)
            if end is None:
                break
            yield Piece(number, start, end, line)
            line += text.count("\n", start, end)
            start = end
        yield Piece(number, start, len(text), line)


def find_parents(files: Iterable[BibFile]) -> frozenset[str]:
    """Return the keys, in lower case, that entries seem to take fields from.

    What is written in an unusual way is not among them.
    """
    found: set[str] = set()
    for _, text in files:
        plain = text.lower()
        for field in LINKS:
            place = plain.find(field)
            while place >= 0:
                match = _PARENT.match(plain, place + len(field))
                found.update(_keys(match[1] or match[2] or "") if match else ())
                place = plain.find(field, place + 1)
    return frozenset(found)


def _keys(value: str) -> list[str]:
    return [key for key in (part.strip().lower() for part in value.split(",")) if key]


def names_parent(entry: RawEntry) -> bool:
    """Tell whether an entry takes fields from another one."""
    return any(map(entry.fields.get, LINKS))


def parents_of(entry: RawEntry) -> set[str]:
    """Return the keys, in lower case, of the entries that one takes fields from."""
    return {key for field in LINKS for key in _keys(entry.fields.get(field, ""))}


def read_piece(
    text: str, path: str, line: int, parents: Collection[str], today: date
) -> PieceReading:
    """Read a piece that starts at a line of a file, from 0.

    Entries under the keys ``parents`` (in lower case) are given raw as well.
    """
    parsed = parse_entries(text, path, line)
    entries = [_read_entry(entry, parents, today) for entry in parsed.entries]
    return PieceReading(entries, parsed.problems, parsed.lost_keys, parsed.keyless)


def _read_entry(raw: RawEntry, parents: Collection[str], today: date) -> ReadEntry:
    is_linked = names_parent(raw)
    kept = raw if is_linked or raw.key.lower() in parents else None
    if is_linked or raw.entry_type == "xdata":
        return ReadEntry(raw.key, raw.entry_type, raw.place.line, None, (), kept)
    reader = EntryReader(raw, today)
    reference = reader.read()
    problems = tuple(reader.problems)
    return ReadEntry(raw.key, raw.entry_type, raw.place.line, reference, problems, kept)


def to_plain(reading: PieceReading) -> Plain:
    """Return a reading as tuples, lists, dicts, texts and numbers."""
    entries = [
        (
            *entry[:3],
            reference and _plain_reference(reference),
            list(map(astuple, problems)),
            raw and _plain_entry(raw),
        )
        for entry in reading.entries
        for reference, problems, raw in [entry[3:]]
    ]
    problems = list(map(astuple, reading.problems))
    return entries, problems, reading.lost_keys, list(map(_plain_entry, reading.keyless))


def _plain_reference(reference: Reference) -> Plain:
    study, authors, editors, *compared = reference
    return tuple(study), list(map(tuple, authors)), list(map(tuple, editors)), *compared


def _plain_entry(raw: RawEntry) -> Plain:
    *parts, place = raw
    return *parts, tuple(place)


def from_plain(plain: Plain) -> PieceReading:
    """Return the reading that ``to_plain`` was given."""
    entries, problems, lost_keys, keyless = plain
    return PieceReading(
        [
            ReadEntry(
                key,
                entry_type,
                line,
                reference and _reference(*reference),
                tuple([Problem(*problem) for problem in found]),
                raw and _raw_entry(raw),
            )
            for key, entry_type, line, reference, found, raw in entries
        ],
        [Problem(*problem) for problem in problems],
        lost_keys,
        list(map(_raw_entry, keyless)),
    )


def _reference(
    study: Plain, authors: list[Plain], editors: list[Plain], *compared: str
) -> Reference:
    return Reference(
        Work._make(study),
        tuple(map(Person._make, authors)),
        tuple(map(Person._make, editors)),
        *compared,
    )


def _raw_entry(plain: Plain) -> RawEntry:
    *parts, place = plain
    return RawEntry._make([*parts, Place(*place)])
