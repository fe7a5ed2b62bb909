"""What the database holds: its coders, its tables and views, and their columns."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasette.database import QueryInterrupted
from datasette.utils import escape_sqlite

from marginal_risk.publish.queries.evidence import rows

if TYPE_CHECKING:  # datasette is still being imported while it loads its plugins
    from datasette.database import Database


@dataclass(frozen=True)
class Coder:
    """Whoever made judgements."""

    coder: str
    name: str
    kind: str
    """Name of the kind."""
    is_independent: bool
    """Whether it is a person or a publication: no machine, and no consensus of others."""
    publication: str | None
    url: str | None
    note: str | None
    codings: int


async def read_coders(database: Database) -> list[Coder]:
    """Return every coder with a coding: published tables first, then as the codebook orders."""
    found = await rows(
        database,
        "select c.coder, c.name, k.name, c.kind in ('published', 'person'), c.publication, c.url,"
        " c.note, count(*) from coders c join coder_kinds k on k.slug = c.kind"
        " join codings g on g.coder = c.coder group by c.coder order by k.position, c.name",
    )
    return [Coder(*row) for row in found]


@dataclass(frozen=True)
class Source:
    """A table or view, and what it holds."""

    name: str
    is_view: bool
    description: str
    rows: int | None
    """Number of its rows; None where counting them would take too long."""
    columns: dict[str, str]
    """What each column means."""


async def read_sources(database: Database) -> list[Source]:
    """Return the views, then the tables, with what is said of each in the database."""
    columns: dict[str, dict[str, str]] = {}
    for table, column, text in await rows(
        database,
        "select table_name, column_name, description from field_descriptions order by rowid",
    ):
        columns.setdefault(table, {})[column] = text
    found = await rows(
        database,
        "select table_name, is_view, description from table_descriptions"
        " order by is_view desc, rowid",
    )
    counts = await asyncio.gather(*(_count_rows(database, name) for name, _, _ in found))
    return [
        Source(name, bool(is_view), text, count, columns.get(name, {}))
        for (name, is_view, text), count in zip(found, counts, strict=True)
    ]


async def _count_rows(database: Database, name: str) -> int | None:
    """Count under the time limit of the public's SQL: a page of counts must not wait for one."""
    try:
        found = await database.execute(f"select count(*) from {escape_sqlite(name)}")
    except QueryInterrupted:
        return None
    return int(found.single_value())
