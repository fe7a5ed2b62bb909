"""Where what the map says of a study comes from, as far as a reader must know it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from marginal_risk.publish.queries.filters import COUNTED

MOST = 12
"""Notes to show on one page."""


@dataclass(frozen=True)
class Origin:
    """What a reader must know of a coder, or of a coding."""

    citekey: str
    name: str
    text: str


_SCOPE = (
    "g.layer = :layer and (:vector is null or g.misuse_vector = :vector)"
    " and (:citekey is null or g.citekey = :citekey)"
)


def read_origins(
    connection: sqlite3.Connection,
    layer: str = COUNTED,
    vector: str | None = None,
    citekey: str | None = None,
) -> list[Origin]:
    """Return what to know of the codings of a layer, or of a misuse vector or a study in it.

    First of the published tables, then of single codings by people and publications, then of
    studies whose authors have a part in a table of judgements. What machines note is left out: it
    stands on the pages of the studies.
    """
    scope = {"layer": layer, "vector": vector, "citekey": citekey, "most": MOST}
    tables = connection.execute(
        "select coalesce(c.publication, ''), c.name, c.note from coders c"
        " where c.kind = 'published' and c.note is not null and exists"
        f" (select 1 from placed_codings g where g.coder = c.coder and {_SCOPE})"
        " order by c.coder limit :most",
        scope,
    )
    codings = connection.execute(
        "select distinct g.citekey, t.short_citation, n.note from placed_codings g"
        " join codings n on n.citekey = g.citekey and n.misuse_vector = g.misuse_vector"
        " and n.coder = g.coder and n.note is not null"
        " join coders c on c.coder = g.coder and c.kind <> 'machine'"
        f" join studies t on t.citekey = g.citekey where {_SCOPE}"
        " order by g.citekey, n.note limit :most",
        scope,
    )
    found = [Origin(*row) for row in (*tables.fetchall(), *codings.fetchall())]
    coded = connection.execute(
        f"select distinct g.citekey, t.short_citation from placed_codings g"
        f" join studies t on t.citekey = g.citekey"
        f" join ({_SHARED}) s on s.citekey = g.citekey where {_SCOPE} order by 1 limit :most",
        scope,
    )
    for key, name in coded.fetchall():
        found += [Origin(key, name, text) for text in describe_shared(connection, key)]
    return found


def read_table_notes(connection: sqlite3.Connection, layer: str = COUNTED) -> list[str]:
    """Return what to know of the published tables that judgements of a layer come from."""
    published = "select name from coders where kind = 'published'"
    names = {row["name"] for row in connection.execute(published)}
    return [
        f"{origin.name}: {origin.text}"
        for origin in read_origins(connection, layer)
        if origin.name in names
    ]


# Works with the publications of judgements that have an author in common with them.
_SHARED = """
select distinct own.citekey, other.citekey as publication, own.person
from coders c
join people_by_study other on other.citekey = c.publication and other.role = 'author'
join people_by_study own
    on own.person = other.person and own.is_corporate = other.is_corporate and own.role = 'author'
where c.kind = 'published' and own.citekey <> other.citekey
"""


def describe_shared(connection: sqlite3.Connection, citekey: str) -> list[str]:
    """Return which authors a work shares with a publication that judgements were taken from."""
    people: dict[str, list[str]] = {}
    for publication, name in connection.execute(
        f"select t.short_citation, s.person from ({_SHARED}) s"
        " join studies t on t.citekey = s.publication"
        " where s.citekey = :citekey order by 1, 2",
        {"citekey": citekey},
    ):
        people.setdefault(publication, []).append(name)
    return [
        f"It shares {len(names)} {'author' if len(names) == 1 else 'authors'} with {publication},"
        f" from whose table judgements on this map were taken: {'; '.join(names)}."
        for publication, names in people.items()
    ]


@dataclass(frozen=True)
class Given:
    """A study that a publication judged."""

    citekey: str
    short_citation: str
    misuse_vector: str
    judgements: int


def read_given(connection: sqlite3.Connection, publication: str) -> list[Given]:
    """Return what judgements a publication gives to the map, in the order of its rows."""
    found = connection.execute(
        "select j.citekey, t.short_citation, j.misuse_vector, count(*) from judgements j"
        " join coders c on c.coder = j.coder and c.publication = :publication"
        " join studies t on t.citekey = j.citekey join vectors v on v.slug = j.misuse_vector"
        " group by j.citekey, t.short_citation, j.misuse_vector, v.position"
        " order by v.position, j.citekey",
        {"publication": publication},
    )
    return [Given(*row) for row in found]
