"""Rows that stand twice."""

from collections.abc import Iterable, Iterator

from marginal_risk.problems import Place, Problem
from marginal_risk.rows import Records


def repeated(
    rule: str, field: str, what: str, rows: Iterable[tuple[object, Place]]
) -> Iterator[Problem]:
    """Report each row whose key an earlier row has."""
    taken: dict[object, Place] = {}
    for key, place in rows:
        first = taken.setdefault(key, place)
        if first is not place:
            yield place.problem(field, rule, f"{what} at {first}.", "Keep one of the two rows.")


def find_duplicate_codings(records: Records) -> Iterator[Problem]:
    """Find a study that one coder coded twice for one vector."""
    rows = ((row.key, row.place) for row in records.codings)
    what = "The same study, vector and coder stand already"
    return repeated("duplicate-coding", "citekey", what, rows)


def find_duplicate_rationales(records: Records) -> Iterator[Problem]:
    """Find judgements with two rationales."""
    rows = (((row.key, row.step), row.place) for row in records.rationales)
    return repeated("duplicate-rationale", "step", "This judgement has a rationale already", rows)


def find_duplicate_coders(records: Records) -> Iterator[Problem]:
    """Find coders that stand twice in coders.csv."""
    rows = ((row.record.coder, row.place) for row in records.coders)
    return repeated("duplicate-coder", "coder", "This coder stands already", rows)
