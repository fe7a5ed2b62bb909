"""Runs migrations: on the connection that a build hands over, or from the alembic command.

From the command, the database is ``-x url=...`` or else evidence.db in this folder; views and
search index are dropped before and made again after, since a table that a view reads cannot
be altered.
"""

from alembic import context
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import marginal_risk.store.tables  # noqa: F401  (fills the metadata)
from marginal_risk.store.search_index import INDEX, create_search_index, drop_search_index
from marginal_risk.store.views import create_views, drop_views

DEFAULT_URL = "sqlite:///evidence.db"


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the search index and its shadow tables out of comparisons."""
    return kind != "table" or not (name or "").startswith(INDEX)


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write plain strings into new migrations: they need no sqlmodel to run."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_name=include_name,
        render_item=render_item,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate_with_views(connection: Connection) -> None:
    drop_views(connection)
    if connection.dialect.name == "sqlite":
        drop_search_index(connection)
    migrate(connection)
    newest = set(ScriptDirectory.from_config(context.config).get_heads())
    if newest and set(context.get_context().get_current_heads()) == newest:
        create_views(connection)
        if connection.dialect.name == "sqlite":
            create_search_index(connection)
    connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
elif context.is_offline_mode():
    raise SystemExit("Migrations need a database to look at: leave out --sql.")
else:
    url = context.get_x_argument(as_dictionary=True).get("url", DEFAULT_URL)
    with create_engine(url, poolclass=NullPool).connect() as opened:
        migrate_with_views(opened)
