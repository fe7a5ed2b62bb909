"""What Datasette's own pages say of the database, its tables, views and columns."""

from __future__ import annotations

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
    tables: Any = await database.execute(
        "select table_name, is_view, description from table_descriptions"
    )
    for name, is_view, description in tables.rows:
        key = "title" if is_view else "description"
        await datasette.set_resource_metadata(database.name, name, key, description)
    fields: Any = await database.execute(
        "select table_name, column_name, description from field_descriptions"
    )
    for table, column, description in fields.rows:
        await datasette.set_column_metadata(
            database.name, table, column, "description", description
        )
