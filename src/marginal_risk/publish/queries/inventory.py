"""What the database holds: its coders, its tables and views, and their columns."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class ListedCoder:
    """A person, publication, machine or consensus that made judgements."""

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


def read_coders(connection: sqlite3.Connection) -> list[ListedCoder]:
    """Return every coder with a coding: published tables first, then as the codebook orders."""
    found = connection.execute(
        "select c.coder, c.name, k.name, c.kind in ('published', 'person'), c.publication, c.url,"
        " c.note, count(*) from coders c join coder_kinds k on k.slug = c.kind"
        " join codings g on g.coder = c.coder group by c.coder order by k.position, c.name",
    )
    return [ListedCoder(*row) for row in found]


@dataclass(frozen=True)
class ListedTable:
    """A table or view, and what it holds."""

    name: str
    is_view: bool
    description: str
    columns: dict[str, str]
    """What each column means."""


def read_tables(connection: sqlite3.Connection) -> list[ListedTable]:
    """Return the views, then the tables, with what is said of each in the database."""
    columns: dict[str, dict[str, str]] = {}
    for table, column, text in connection.execute(
        "select table_name, column_name, description from field_descriptions order by rowid",
    ):
        columns.setdefault(table, {})[column] = text
    found = connection.execute(
        "select table_name, is_view, description from table_descriptions"
        " order by is_view desc, rowid",
    )
    return [
        ListedTable(name, bool(is_view), text, columns.get(name, {}))
        for name, is_view, text in found
    ]


def count_rows(connection: sqlite3.Connection, table: str, milliseconds: int) -> int | None:
    """Return the number of rows of a table or view; None where counting them takes too long."""
    end = time.monotonic() + milliseconds / 1000
    name = table.replace('"', '""')
    connection.set_progress_handler(lambda: time.monotonic() > end, 1000)
    try:
        return int(connection.execute(f'select count(*) from "{name}"').fetchone()[0])
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return None
    finally:
        connection.set_progress_handler(None, 0)
