"""What the list of studies and the list of what to code next read: keys of works, in order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marginal_risk.publish.queries.study_filter import FACETS, StudyFilter

SORTS = {
    "author": "coalesce((select a.name from authorships s join authors a on a.id = s.author_id"
    " where s.citekey = t.citekey order by s.role, s.position limit 1), t.short_citation)"
    " collate nocase",
    "year": "t.year",
    "title": "t.title collate nocase",
    "steps": "coalesce((select most from reached where reached.citekey = t.citekey), -1)",
    "citekey": "t.citekey",
}
"""What a list of works can be sorted by. A work that nobody coded has less than no step."""
_THEN = {"steps": "t.year desc, "}
"""What comes before the citekey where works are equal in what they are sorted by."""


def count_found(connection: sqlite3.Connection, study_filter: StudyFilter) -> int:
    """Return the number of works that a filter keeps."""
    sql = f"{study_filter.found()} select count(*) from found"
    return int(connection.execute(sql, study_filter.parameters()).fetchone()[0])


# How many steps a work addresses: for each misuse vector that it is coded for, and at most.
_ADDRESSED = """
addressed as (
    select
        c.citekey, c.misuse_vector,
        (
            select count(*) from agreed_levels a
            where a.layer = :layer and a.citekey = c.citekey
                and a.misuse_vector = c.misuse_vector and a.level = 'addressed'
        ) as steps
    from studies_by_layer c
    where c.layer = :layer
),
reached as materialized (
    select citekey, max(steps) as most from addressed group by citekey
)
"""


def count_values(
    connection: sqlite3.Connection, study_filter: StudyFilter
) -> dict[str, dict[str, int]]:
    """Return, by facet and value, how many works have it of those that the other facets keep."""
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    for facet, value, works in connection.execute(study_filter.counts(), study_filter.parameters()):
        counts[facet][value] = works
    return counts


def count_all_values(connection: sqlite3.Connection, layer: str) -> dict[str, dict[str, int]]:
    """Return the same where no facet and no word is asked for."""
    return count_values(connection, StudyFilter(layer=layer))


@dataclass(frozen=True)
class Window:
    """Which part of a list to read, and in which order."""

    sort: str
    """A key of SORTS."""
    is_descending: bool
    first: int
    """Number of works to leave out before it."""
    length: int
    """Number of works to read; -1 for all that follow."""


def read_citekeys(
    connection: sqlite3.Connection, study_filter: StudyFilter, window: Window
) -> list[str]:
    """Return the keys of the works that a filter keeps."""
    direction = "desc" if window.is_descending else "asc"
    found = connection.execute(
        f"{study_filter.found()}, {_ADDRESSED} select t.citekey from found"
        " join studies t on t.rowid = found.study"
        f" order by {SORTS[window.sort]} {direction}, {_THEN.get(window.sort, '')}t.citekey"
        " limit :length offset :first",
        {**study_filter.parameters(), "length": window.length, "first": window.first},
    )
    return [row["citekey"] for row in found]


@dataclass(frozen=True)
class ListedCoding:
    """How far a work was found to cover the steps, for one misuse vector."""

    states: dict[str, str]
    """Level by step, or 'contested'; a step that nobody judged is not in it."""
    is_provisional: bool
    """Whether machines alone judged a step."""


def read_listed_codings(
    connection: sqlite3.Connection, layer: str, citekeys: Sequence[str]
) -> dict[str, dict[str, ListedCoding]]:
    """Return for each work that is coded its codings by misuse vector."""
    states: dict[tuple[str, str], dict[str, str]] = {}
    provisional: set[tuple[str, str]] = set()
    for row in connection.execute(
        "select c.citekey, c.misuse_vector, a.step, a.level, a.basis, a.is_provisional"
        " from studies_by_layer c left join agreed_levels a on a.layer = c.layer"
        " and a.citekey = c.citekey and a.misuse_vector = c.misuse_vector"
        " where c.layer = :layer and c.citekey in (select value from json_each(:citekeys))",
        {"layer": layer, "citekeys": json.dumps(list(citekeys))},
    ):
        key = row["citekey"], row["misuse_vector"]
        of_coding = states.setdefault(key, {})
        if row["step"]:
            is_contested = row["basis"] == "contested"
            of_coding[row["step"]] = "contested" if is_contested else row["level"]
        if row["is_provisional"]:
            provisional.add(key)
    codings: dict[str, dict[str, ListedCoding]] = {}
    for (citekey, vector), of_coding in states.items():
        coding = ListedCoding(of_coding, (citekey, vector) in provisional)
        codings.setdefault(citekey, {})[vector] = coding
    return codings


@dataclass(frozen=True)
class Found:
    """What a work was found for."""

    misuse_vector: str | None
    study_type: str | None
    decision: str


def read_found(connection: sqlite3.Connection, citekeys: Sequence[str]) -> dict[str, list[Found]]:
    """Return what works were found for, in the codebook's order of vectors, by citekey."""
    found: dict[str, list[Found]] = {}
    for citekey, *row in connection.execute(
        "select f.citekey, f.misuse_vector, f.study_type, f.decision from screening f"
        " left join vectors v on v.slug = f.misuse_vector"
        " where f.citekey in (select value from json_each(:citekeys)) order by v.position",
        {"citekeys": json.dumps(list(citekeys))},
    ):
        found.setdefault(citekey, []).append(Found(*row))
    return found


def read_source_citekeys(connection: sqlite3.Connection) -> set[str]:
    """Return the keys of the works that judgements were taken from."""
    sql = "select publication from coders where publication is not null"
    return {row["publication"] for row in connection.execute(sql)}


def read_next_to_code(
    connection: sqlite3.Connection, vector: str | None, why: Sequence[str], most: int
) -> tuple[list[Any], int]:
    """Return the first studies that wait to be coded, in order, and how many there are in all.

    They wait for one of some reasons, for all misuse vectors or one.
    """
    found = connection.execute(
        "with waiting as materialized ("
        " select * from next_to_code where (:vector is null or misuse_vector = :vector)"
        " and why in (select value from json_each(:why))"
        ") select n.priority, n.citekey, n.misuse_vector, n.why, n.decision, f.note,"
        " y.name as type_name, (select count(*) from waiting) as number"
        " from waiting n join screening f"
        " on f.citekey = n.citekey and f.misuse_vector = n.misuse_vector"
        " left join study_types y on y.slug = f.study_type"
        " order by n.priority limit :most",
        {"vector": vector, "why": json.dumps(list(why)), "most": most},
    ).fetchall()
    return found, found[0]["number"] if found else 0
