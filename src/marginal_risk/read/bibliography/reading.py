"""The bibliography as a whole: every file, what its entries inherit, and their facts."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from marginal_risk.problems import Place, Problem
from marginal_risk.processes import do_side_by_side
from marginal_risk.read.bibliography.citekeys import new_citekey
from marginal_risk.read.bibliography.fields import EntryReader
from marginal_risk.read.bibliography.inheritance import inherit_fields
from marginal_risk.read.bibliography.pieces import (
    BibFile,
    Piece,
    PieceReading,
    Plain,
    ReadEntry,
    cut_into_pieces,
    find_parents,
    from_plain,
    parents_of,
    read_piece,
    to_plain,
)
from marginal_risk.read.bibliography.raw_entry import RawEntry
from marginal_risk.rows import Progress, Reference, say_nothing

_LARGE = 4_000_000
"""Characters from which on several processes read."""


class Bibliography(NamedTuple):
    """What the bibliography holds."""

    references: tuple[Reference, ...]
    citekeys: frozenset[str]
    """Keys of all entries, those that made no reference included."""
    problems: list[Problem]


def read_references(
    files: Sequence[BibFile], today: date, progress: Progress = say_nothing
) -> Bibliography:
    """Return the references of all files, sorted by key, and what is wrong with them.

    ``today`` bounds the year of publication. Fields are inherited across files; a key may
    stand only once among all of them. The order of the files makes no difference.
    """
    files = sorted(files)
    found = _Found()
    parents = find_parents(files)
    size, done = sum(len(file.text) for file in files), 0
    for piece, reading in _read_pieces(files, parents, today):
        found.add(files[piece.file].path, reading)
        done += piece.end - piece.start
        number = len(found.places)
        progress("entries read", number, number * size // max(done, 1))
    linked = [entry.raw for entry in found.first.values() if entry.raw]
    unusual = {key for raw in linked for key in parents_of(raw)} - parents
    if any(key.lower() in unusual for key in found.first):
        found = _Found()
        for piece, reading in _read_pieces(files, parents | unusual, today):
            found.add(files[piece.file].path, reading)
        linked = [entry.raw for entry in found.first.values() if entry.raw]
    return found.bibliography(linked, today)


def _read_pieces(
    files: Sequence[BibFile], parents: frozenset[str], today: date
) -> Iterator[tuple[Piece, PieceReading]]:
    """Yield each piece of the files, in order, with what was read of it."""
    pieces = list(cut_into_pieces(files))

    def read(number: int) -> Plain:
        file, start, end, line = pieces[number]
        path, text = files[file]
        return to_plain(read_piece(text[start:end], path, line, parents, today))

    is_large = sum(len(file.text) for file in files) > _LARGE
    done = do_side_by_side(read, len(pieces), is_large)
    for piece, plain in zip(pieces, done, strict=True):
        yield piece, from_plain(plain)


class _Found:
    """What was found in the pieces so far."""

    def __init__(self) -> None:
        self.first: dict[str, ReadEntry] = {}
        """The first entry with each key."""
        self.places: dict[str, Place] = {}
        """Where each key stands first; BibTeX does not tell them apart by case."""
        self.problems: list[Problem] = []
        self.lost: set[str] = set()
        self.keyless: list[RawEntry] = []

    def add(self, path: str, reading: PieceReading) -> None:
        """Take what was found in a piece of a file."""
        self.problems.extend(reading.problems)
        self.lost.update(reading.lost_keys)
        self.keyless.extend(reading.keyless)
        for entry in reading.entries:
            place = Place(path, entry.line)
            first = self.places.setdefault(entry.key.lower(), place)
            if first is not place:
                self.problems.append(_duplicate_key(entry.key, place, first))
            self.first.setdefault(entry.key, entry)

    def bibliography(self, linked: list[RawEntry], today: date) -> Bibliography:
        """Return what the bibliography holds, when all is found."""
        works, references, problems = self.first, [], self.problems
        others = [key for key, entry in works.items() if not entry.raw]
        complete, found = inherit_fields(linked, self.lost, others)
        problems.extend(found)
        for entry in works.values():
            problems.extend(entry.problems)
            if entry.reference:
                references.append(entry.reference)
        for raw in complete:
            if works[raw.key].is_linked:
                reader = EntryReader(raw, today)
                reference = reader.read()
                problems.extend(reader.problems)
                if reference:
                    references.append(reference)
        # @xdata is only there to be inherited from: nothing can be coded under its key.
        keys = frozenset(key for key, entry in works.items() if entry.entry_type != "xdata")
        problems.extend(_missing_keys(self.keyless, references, today))
        references.sort(key=lambda reference: reference.study.citekey)
        return Bibliography(tuple(references), keys | self.lost, sorted(set(problems)))


def _missing_keys(
    entries: list[RawEntry], references: list[Reference], today: date
) -> Iterator[Problem]:
    """Report entries without a key, each with one that it could have."""
    taken = {reference.study.citekey.lower() for reference in references} if entries else set()
    for entry in entries:
        reference = EntryReader(entry._replace(key="record"), today).read()
        key = new_citekey(reference, taken) if reference else ""
        hint = f"Write one, such as {key!r}." if key else "Write one behind the brace."
        yield entry.place.problem("key", "bad-key", "The entry has no key.", hint)


def _duplicate_key(key: str, place: Place, first: Place) -> Problem:
    return place.problem(
        key[:80],
        "duplicate-key",
        f"The key {key[:80]!r} is already taken, at {first}.",
        "Give one of them another key, or delete it if it is the same work.",
    )
