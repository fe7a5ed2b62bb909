"""Who wrote and edited the works -> rows of two tables."""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from marginal_risk.rows import Person, Progress, Reference
from marginal_risk.store import tables
from marginal_risk.store.inserting import TableRows, Values, insertion
from marginal_risk.store.writing import Statement


def people_tables(references: Sequence[Reference]) -> tuple[TableRows, TableRows]:
    """Return what goes into the tables of names, and of who has which part in which work."""
    named = [person for _, authors, editors, *_ in references for person in authors + editors]
    people = _numbered(named)
    columns = ("citekey", "role", "position", "author_id")
    return (
        TableRows(tables.Author, ("id", *Person._fields), people, len(people)),
        TableRows(tables.Authorship, columns, _authorships(references, people), len(named)),
    )


def people_statements(
    references: Sequence[Reference], counts: dict[str, int], progress: Progress
) -> Iterator[Statement]:
    """Yield what writes both tables, where they are there; count and tell the rows."""
    for what in people_tables(references):
        sql = insertion(what.table, what.columns)
        for some in what.in_parts(counts, progress):
            yield sql, some


def _numbered(named: Sequence[Person]) -> list[Values]:
    """Return the different people and bodies in alphabetical order, each with its number first.

    Each is as the first reference has it; of one name, a person comes before a body.
    """
    people = {person.name: person for person in reversed(named) if not person.is_corporate}
    bodies = {person.name: person for person in reversed(named) if person.is_corporate}
    order = sorted([*people.values(), *bodies.values()], key=itemgetter(0))
    return [(number, *person) for number, person in enumerate(order, start=1)]


def _authorships(references: Iterable[Reference], people: Iterable[Values]) -> Iterator[Values]:
    """Yield study, role, position and number of whoever wrote or edited it."""
    numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for number, name, *_, is_corporate in people:
        numbers[is_corporate][name] = number
    for study, authors, editors, *_ in references:
        citekey = study.citekey
        for position, person in enumerate(authors, start=1):
            yield citekey, "author", position, numbers[person.is_corporate][person.name]
        for position, person in enumerate(editors, start=1):
            yield citekey, "editor", position, numbers[person.is_corporate][person.name]
