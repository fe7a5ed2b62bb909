"""What the list of studies and the list of what to code next read: keys of works, in order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SORTS = {
    "author": "coalesce((select a.name from authorships s join authors a on a.id = s.author_id"
    " where s.citekey = t.citekey order by s.role, s.position limit 1), t.short_citation)"
    " collate nocase",
    "year": "t.year",
    "title": "t.title collate nocase",
    "steps": "coalesce((select most from reached where reached.citekey = t.citekey), -1)",
}
"""What a list of works can be sorted by. A work that nobody coded has less than no step."""
_THEN = {"steps": "t.year desc, "}
"""What comes before the citekey where works are equal in what they are sorted by."""

# Every word must be found: in the text index, or in the citation, which is not in that index.
_FOUND = """
with matched as (
    select term.key as term, f.rowid as study
    from json_each(:phrases) term join studies_fts f on f.studies_fts match term.value
    union
    select term.key, t.rowid
    from json_each(:words) term
    join studies t on instr(lower(t.short_citation || ' ' || t.citekey), term.value) > 0
),
found as (
    select t.rowid as study from studies t
    where json_array_length(:words) = 0
    or t.rowid in (
        select study from matched group by study having count(*) = json_array_length(:words)
    )
)
"""


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


def count_found(connection: sqlite3.Connection, phrases: Sequence[str]) -> int:
    """Return the number of works in which every phrase is found."""
    found = connection.execute(f"{_FOUND} select count(*) from found", _search(phrases))
    return int(found.fetchone()[0])


@dataclass(frozen=True)
class Window:
    """Which part of a list to read, and in which order."""

    sort: str
    """A key of SORTS."""
    layer: str
    """The layer of the map in which steps are counted."""
    is_descending: bool
    first: int
    """Number of works to leave out before it."""
    length: int
    """Number of works to read; -1 for all that follow."""


def read_citekeys(
    connection: sqlite3.Connection, phrases: Sequence[str], window: Window
) -> list[str]:
    """Return the keys of works in which every phrase (FTS5, one word each) is found."""
    direction = "desc" if window.is_descending else "asc"
    found = connection.execute(
        f"{_FOUND}, {_ADDRESSED}"
        " select t.citekey from found join studies t on t.rowid = found.study"
        f" order by {SORTS[window.sort]} {direction}, {_THEN.get(window.sort, '')}t.citekey"
        " limit :length offset :first",
        {
            **_search(phrases),
            "layer": window.layer,
            "length": window.length,
            "first": window.first,
        },
    )
    return [row["citekey"] for row in found]


def read_listed_codings(
    connection: sqlite3.Connection, layer: str, citekeys: Sequence[str]
) -> dict[str, list[tuple[str, int, bool]]]:
    """Return for each work that is coded its misuse vectors, in the codebook's order.

    Each comes with the number of steps that the work addresses, and whether machines alone judged
    any step.
    """
    codings: dict[str, list[tuple[str, int, bool]]] = {}
    for row in connection.execute(
        "select c.citekey, c.misuse_vector,"
        " count(case when a.level = 'addressed' then 1 end) as addressed,"
        " max(coalesce(a.is_provisional, 0)) as is_provisional"
        " from studies_by_layer c join vectors v on v.slug = c.misuse_vector"
        " left join agreed_levels a on a.layer = c.layer and a.citekey = c.citekey"
        " and a.misuse_vector = c.misuse_vector"
        " where c.layer = :layer and c.citekey in (select value from json_each(:citekeys))"
        " group by c.citekey, c.misuse_vector order by v.position",
        {"layer": layer, "citekeys": json.dumps(list(citekeys))},
    ):
        found = row["misuse_vector"], row["addressed"], bool(row["is_provisional"])
        codings.setdefault(row["citekey"], []).append(found)
    return codings


def read_source_citekeys(connection: sqlite3.Connection) -> set[str]:
    """Return the keys of the works that judgements were taken from."""
    sql = "select publication from coders where publication is not null"
    return {row["publication"] for row in connection.execute(sql)}


def _search(phrases: Sequence[str]) -> dict[str, str]:
    words = [phrase.strip('"*').lower() for phrase in phrases]
    return {"phrases": json.dumps(phrases), "words": json.dumps(words)}


def read_next_to_code(connection: sqlite3.Connection, vector: str | None) -> list[Any]:
    """Return the studies that wait to be coded, for all misuse vectors or one, in order."""
    found = connection.execute(
        "select n.priority, n.citekey, n.misuse_vector, n.why, n.decision, f.note,"
        " y.name as type_name from next_to_code n join screening f"
        " on f.citekey = n.citekey and f.misuse_vector = n.misuse_vector"
        " left join study_types y on y.slug = f.study_type"
        " where :vector is null or n.misuse_vector = :vector order by n.priority",
        {"vector": vector},
    )
    return found.fetchall()
