"""What Datasette's own pages say of the database, its tables, views and columns."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.app import Datasette
from datasette.database import Database

_INSTANCE = {
    "title": "Marginal Risk Evidence Map",
    "license": "CC BY 4.0",
    "license_url": "https://creativecommons.org/licenses/by/4.0/",
    "source": "Kapoor, Bommasani et al. (2024)",
    "source_url": "https://arxiv.org/abs/2403.07918",
}


async def describe_database(datasette: Datasette, database: Database) -> None:
    """Store titles and descriptions where Datasette looks for them."""
    for key, value in _INSTANCE.items():
        await datasette.set_instance_metadata(key, value)
        await datasette.set_database_metadata(database.name, key, value)

    def read(connection: sqlite3.Connection) -> tuple[list[Any], list[Any]]:
        # Not by database.execute: the limit on time is for the SQL of strangers.
        tables = "select table_name, is_view, description from table_descriptions"
        columns = "select table_name, column_name, description from field_descriptions"
        return connection.execute(tables).fetchall(), connection.execute(columns).fetchall()

    tables, columns = await database.execute_fn(read)
    for name, is_view, description in tables:
        key = "title" if is_view else "description"
        await datasette.set_resource_metadata(database.name, name, key, description)
    await _describe_columns(datasette, database.name, columns)


async def _describe_columns(datasette: Datasette, database: str, columns: list[Any]) -> None:
    """Do for all columns at once what ``set_column_metadata`` does for one.

    https://docs.datasette.io/en/latest/internals.html#datasette-s-internal-database has the table.
    """
    rows = [(database, table, column, "description", text) for table, column, text in columns]
    await datasette.get_internal_database().execute_write_many(
        "insert into metadata_columns (database_name, resource_name, column_name, key, value)"
        " values (?, ?, ?, ?, ?) on conflict do update set value = excluded.value",
        rows,
    )
