"""The bibliography as a whole: every file, what its entries inherit, and their facts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from marginal_risk.problems import Place, Problem
from marginal_risk.read.bibliography.citekeys import new_citekey
from marginal_risk.read.bibliography.entries import Entry, parse_entries
from marginal_risk.read.bibliography.fields import EntryReader
from marginal_risk.read.bibliography.inheritance import inherit_fields
from marginal_risk.rows import Progress, Reference, say_nothing

_PROGRESS_EVERY = 1000


class BibFile(NamedTuple):
    """A BibTeX file: its path, for messages, and its text."""

    path: str
    text: str


class Bibliography(NamedTuple):
    """What the bibliography holds."""

    references: tuple[Reference, ...]
    citekeys: frozenset[str]
    """Keys of all entries, those that made no reference included."""
    problems: list[Problem]


def read_references(
    files: Iterable[BibFile], today: date, progress: Progress = say_nothing
) -> Bibliography:
    """Return the references of all files, sorted by key, and what is wrong with them.

    ``today`` bounds the year of publication. Fields are inherited across files; a key may
    stand only once among all of them. The order of the files makes no difference.
    """
    entries: dict[str, Entry] = {}
    first_places: dict[str, Place] = {}  # BibTeX does not tell keys apart by case
    keyless: list[Entry] = []
    lost_keys: set[str] = set()
    problems: list[Problem] = []
    for file in sorted(files):
        parsed = parse_entries(file.text, file.path)
        problems.extend(parsed.problems)
        lost_keys.update(parsed.lost_keys)
        keyless.extend(parsed.keyless)
        for entry in parsed.entries:
            first = first_places.setdefault(entry.key.lower(), entry.place)
            if first is not entry.place:
                problems.append(_duplicate_key(entry, first))
            entries.setdefault(entry.key, entry)
    complete, found = inherit_fields(entries.values(), lost_keys)
    problems.extend(found)
    references = []
    for number, entry in enumerate(complete, start=1):
        reader = EntryReader(entry, today)
        if reference := reader.read():
            references.append(reference)
        problems.extend(reader.problems)
        if number % _PROGRESS_EVERY == 0 or number == len(complete):
            progress("entries read", number, len(complete))
    problems.extend(_missing_keys(keyless, references, today))
    references.sort(key=lambda reference: reference.study.citekey)
    # @xdata is only there to be inherited from: nothing can be coded under its key.
    citekeys = frozenset(key for key, entry in entries.items() if entry.entry_type != "xdata")
    return Bibliography(tuple(references), citekeys | lost_keys, sorted(set(problems)))


def _duplicate_key(entry: Entry, first: Place) -> Problem:
    return entry.place.problem(
        entry.key[:80],
        "duplicate-key",
        f"The key {entry.key[:80]!r} is already taken, at {first}.",
        "Give one of them another key, or delete it if it is the same work.",
    )


def _missing_keys(
    entries: Sequence[Entry], references: Sequence[Reference], today: date
) -> Iterator[Problem]:
    """Report entries without a key, each with one that it could have."""
    taken = {reference.study.citekey.lower() for reference in references} if entries else set()
    for entry in entries:
        reference = EntryReader(entry._replace(key="record"), today).read()
        key = new_citekey(reference, taken) if reference else ""
        hint = f"Write one, such as {key!r}." if key else "Write one behind the brace."
        yield entry.place.problem("key", "bad-key", "The entry has no key.", hint)
