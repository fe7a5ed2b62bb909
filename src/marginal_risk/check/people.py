"""Names of people: which are those of one person, and which pairs nobody has looked at."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from marginal_risk.problems import Problem, did_you_mean
from marginal_risk.records import SAME
from marginal_risk.rows import Person, PersonRow, Records, Reference

_MANY = 50
"""Longer names beyond which an initial says nothing: Wang, Z."""
_SHOWN = 3


def find_bad_people(records: Records) -> Iterator[Problem]:
    """Find rows of people.csv that name nobody, or that do not settle who somebody is."""
    if "bib" in records.incomplete:
        return
    names = {person.name for one in records.references for person in _people(one)}
    joined, settled = records.joined_names(), set[tuple[str, str]]()
    for row in records.people:
        wrong = _find_wrong(row, names, joined)
        pair = (row.record.name, row.record.person)
        if wrong is None and (pair in settled or (row.record.name, "") in settled):
            wrong = "name", "An earlier row says who this is.", "Keep one of the rows."
        settled.add(pair)
        if row.record.same == "yes":
            settled.add((row.record.name, ""))
        if wrong:
            column, message, hint = wrong
            yield row.place.problem(column, "bad-person", message, hint)


def _find_wrong(
    row: PersonRow, names: set[str], joined: dict[str, str]
) -> tuple[str, str, str] | None:
    """Return the column, the message and the hint; None where the row is right by itself."""
    one = row.record
    for column, name in (("name", one.name), ("person", one.person)):
        if name not in names:
            otherwise = "Write it as the list of authors has it: family name, given names."
            return column, f"No entry names {name!r}.", did_you_mean(name, names, otherwise)
    if one.same not in SAME:
        return "same", f"{one.same!r} is no answer.", f"Write one of: {', '.join(SAME)}."
    if one.name == one.person:
        return "person", "This is the same name, and one person already.", "Remove the row."
    if one.same == "yes" and one.person in joined:
        other = joined[one.person]
        return "person", f"{one.person!r} is {other!r} by another row.", f"Write {other!r} here."
    return None


def find_likely_people(records: Records) -> Iterator[Problem]:
    """Find names that are likely those of one person, where no row of people.csv says so or not.

    A name is likely short for a longer one where no other longer name fits, or where somebody
    stands beside both. Each is told once, at the first entry that has it.
    """
    people: dict[str, Person] = {}
    for reference in records.references:
        for person in _people(reference):
            if person.given:
                people.setdefault(person.name, person)
    families = _families_to_look_at(people.values())
    entries: dict[str, list[Reference]] = defaultdict(list)
    for reference in records.references:
        for person in _people(reference):
            if (person.family, person.particle) in families:
                entries[person.name].append(reference)
    looked_at = {frozenset((row.record.name, row.record.person)) for row in records.people}
    for name, person in people.items():
        of_family = families.get((person.family, person.particle))
        if of_family is None:
            continue
        longer = _longer(person, of_family)
        likely = [
            other
            for other in longer
            if frozenset((name, other)) not in looked_at
            and (len(longer) == 1 or _share(person, entries[name], entries[other]))
            and not _citekeys(entries[name]) & _citekeys(entries[other])
        ]
        if likely:
            yield _likely(person, entries[name][0], likely, entries)


def _people(reference: Reference) -> Iterator[Person]:
    return (p for p in (*reference.authors, *reference.editors) if not p.is_corporate)


def _families_to_look_at(
    people: Iterable[Person],
) -> dict[tuple[str, str | None], list[tuple[str, str]]]:
    """Return given name and name of those in each family of whom some begin alike, sorted."""
    families: dict[tuple[str, str | None], list[tuple[str, str]]] = defaultdict(list)
    for person in people:
        families[person.family, person.particle].append((person.given or "", person.name))
    return {
        family: sorted(members)
        for family, members in families.items()
        if len({given[:1] for given, _ in members}) < len(members)
    }


def _longer(person: Person, of_family: Sequence[tuple[str, str]]) -> list[str]:
    """Return the names that this one may be short for; ``of_family`` is sorted by given name.

    S. may be Sayash, and Fred Fredrik; of two that are initials nothing can be said.
    """
    short = person.given or ""
    is_initial = short[1:2] == "."
    start = short[:1] if is_initial else short
    found = []
    for number in range(bisect_left(of_family, (start, "")), len(of_family)):
        given, name = of_family[number]
        if not given.startswith(start):
            break
        rest = given[len(short) :] if given.startswith(short) else ""
        if (rest and (rest[0].isalpha() or rest[0] in " -.")) or (is_initial and given[1:2] != "."):
            found.append(name)
        if len(found) > _MANY:
            return []
    return found


def _citekeys(entries: Sequence[Reference]) -> set[str]:
    return {reference.study.citekey for reference in entries}


def _share(person: Person, here: Sequence[Reference], there: Sequence[Reference]) -> bool:
    """Tell whether somebody stands beside the person in one of these entries and one of those."""
    return bool(_beside(person, here) & _beside(person, there))


def _beside(person: Person, entries: Sequence[Reference]) -> set[tuple[str, str]]:
    """Return family name and initial of those who stand in the entries, but for the person's."""
    people = (other for reference in entries for other in _people(reference))
    return {
        (other.family, (other.given or "")[:1]) for other in people if other.family != person.family
    }


def _likely(
    person: Person,
    reference: Reference,
    likely: Sequence[str],
    entries: dict[str, list[Reference]],
) -> Problem:
    named = " or ".join(f"{name!r} ({entries[name][0].study.citekey})" for name in likely[:_SHOWN])
    return reference.place.problem(
        "author" if person in reference.authors else "editor",
        "likely-same-person",
        f"{person.name!r} may be {named}.",
        "Give the name in full as the work has it, or say in people.csv whether it is.",
    )
