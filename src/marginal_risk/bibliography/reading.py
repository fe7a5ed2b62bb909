"""The bibliography as a whole: every file, what its entries inherit, and their facts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from marginal_risk.bibliography.citekeys import new_citekey
from marginal_risk.bibliography.entries import parse_entries
from marginal_risk.bibliography.fields import EntryReader
from marginal_risk.bibliography.inheritance import inherit_fields
from marginal_risk.bibliography.raw_entries import RawEntry
from marginal_risk.problems import Problem
from marginal_risk.readings import Progress, Reference, say_nothing


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
    files: Sequence[BibFile], today: date, progress: Progress = say_nothing
) -> Bibliography:
    """Return the references of all files, sorted by key, and what is wrong with them.

    ``today`` bounds the year of publication. Fields are inherited across files; a key may
    stand only once among all of them. The order of the files makes no difference.
    """
    entries: list[RawEntry] = []
    problems: list[Problem] = []
    lost: set[str] = set()
    keyless: list[RawEntry] = []
    for file in sorted(files):
        parsed = parse_entries(file.text, file.path)
        entries.extend(parsed.entries)
        problems.extend(parsed.problems)
        lost.update(parsed.lost_keys)
        keyless.extend(parsed.keyless)
        progress("entries parsed", len(entries))
    problems.extend(_duplicate_keys(entries))
    first: dict[str, RawEntry] = {}
    for entry in entries:
        first.setdefault(entry.key, entry)
    complete, found_problems = inherit_fields(list(first.values()), lost)
    problems.extend(found_problems)
    # @xdata is only there to be inherited from: nothing can be coded under its key.
    works = frozenset(key for key, entry in first.items() if entry.entry_type != "xdata")
    references: list[Reference] = []
    number = 0
    # What was read is let go at once: of a large bibliography, twice is too much to hold.
    del entries, first
    complete.reverse()
    while complete:
        reader = EntryReader(complete.pop(), today)
        number += 1
        if number % 500 == 0:
            progress("entries read", number)
        reference = reader.read()
        problems.extend(reader.problems)
        if reference:
            references.append(reference)
    problems.extend(_missing_keys(keyless, references, today))
    references.sort(key=lambda reference: reference.study.citekey)
    return Bibliography(tuple(references), works | lost, sorted(set(problems)))


def _missing_keys(
    entries: list[RawEntry], references: list[Reference], today: date
) -> Iterator[Problem]:
    """Report entries without a key, each with one that it could have."""
    taken = {reference.study.citekey.lower() for reference in references} if entries else set()
    for entry in entries:
        reference = EntryReader(replace(entry, key="record"), today).read()
        key = new_citekey(reference, taken) if reference else ""
        hint = f"Write one, such as {key!r}." if key else "Write one behind the brace."
        yield entry.place.problem("key", "bad-key", "The entry has no key.", hint)


def _duplicate_keys(entries: list[RawEntry]) -> list[Problem]:
    """Report keys that another entry has, too; BibTeX does not tell them apart by case."""
    taken: dict[str, RawEntry] = {}
    problems = []
    for entry in entries:
        first = taken.setdefault(entry.key.lower(), entry)
        if first is not entry:
            problems.append(
                entry.place.problem(
                    entry.key[:80],
                    "duplicate-key",
                    f"The key {entry.key[:80]!r} is already taken, at {first.place}.",
                    "Give one of them another key, or delete it if it is the same work.",
                )
            )
    return problems
