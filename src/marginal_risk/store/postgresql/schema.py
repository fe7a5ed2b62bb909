"""What the schema of a database holds: nothing, an earlier build, or tables of other people."""

from sqlalchemy import Connection, text

from marginal_risk.check.corpus import Corpus
from marginal_risk.store.database import BuildError
from marginal_risk.store.postgresql.address import DatabaseAddress
from marginal_risk.store.provenance import program_version
from marginal_risk.store.tables import TABLES, table_name
from marginal_risk.store.views import VIEWS, drop_collation

_MIGRATED = "alembic_version"
_NEWEST = frozenset({_MIGRATED, *VIEWS, *map(table_name, TABLES)})
# Columns that an earlier build has, and hardly anybody else.
_MARKS = {
    ("build", "data_version"),
    ("build", "program_version"),
    ("table_descriptions", "is_view"),
}
# Asked of the catalogue itself: information_schema hides what the user has no right to.
_COLUMNS = text("""
select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = current_schema()::regnamespace
    and c.relname in ('build', 'table_descriptions')
""")
# Tables and views, but for those that belong to an extension.
_RELATIONS = text("""
select c.relname, c.relkind = 'v' from pg_class c
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
""")


def is_build(connection: Connection) -> bool:
    """Tell whether the schema holds an earlier build."""
    columns = {(table, column) for table, column in connection.execute(_COLUMNS)}
    return columns >= _MARKS and _MIGRATED in _relations(connection)


def check_schema(connection: Connection, address: DatabaseAddress) -> None:
    """Look whether the schema may be built in.

    Raises:
        BuildError: there is none, it holds something else, or texts would not fit in.
    """
    schema, encoding = connection.execute(
        text("select current_schema(), current_setting('server_encoding')")
    ).one()
    if schema is None:
        raise BuildError(f"{address} has no schema on its search path: create one first")
    if encoding != "UTF8":
        raise BuildError(f"{address} has the encoding {encoding}: create one with UTF8")
    foreign = sorted(_relations(connection).keys() - _own_relations(connection).keys())
    if foreign:
        names = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        raise BuildError(
            f"{address} is in use: schema {schema} holds {names}, which no build of this map made."
            " Nothing was changed: name another database, or another schema"
        )


def has_newest_shape(connection: Connection, corpus: Corpus) -> bool:
    """Tell whether tables and views are as this program makes them.

    The steps must be the same, too: a view has a column for each.
    """
    if not is_build(connection) or _relations(connection).keys() != _NEWEST:
        return False
    versions = connection.execute(text("select program_version from build")).scalars().all()
    steps = connection.execute(text("select slug from steps order by position")).scalars().all()
    wanted = [step.slug for step in corpus.records.codebook.steps]
    return versions == [program_version()] and steps == wanted


def empty_tables(connection: Connection) -> None:
    """Delete all rows. Readers see them until the transaction ends; other writers wait for it."""
    names = [table_name(table) for table in TABLES]
    connection.execute(text(f"lock table {listed(names)} in share row exclusive mode"))
    for name in reversed(names):
        connection.execute(text(f'delete from "{name}"'))  # noqa: S608  (our own names)


def drop_build(connection: Connection) -> None:
    """Drop all that builds have made.

    The server refuses where somebody has made a view that reads from it.
    """
    own = _own_relations(connection)
    for kind, is_view in (("view", True), ("table", False)):
        if names := sorted(name for name in own if own[name] == is_view):
            connection.execute(text(f"drop {kind} {listed(names)}"))
    drop_collation(connection)


def listed(names: list[str]) -> str:
    """Return names as SQL lists them."""
    return ", ".join(f'"{name}"' for name in names)


def _relations(connection: Connection) -> dict[str, bool]:
    """Return whether each relation is a view."""
    return {row[0]: row[1] for row in connection.execute(_RELATIONS)}


def _own_relations(connection: Connection) -> dict[str, bool]:
    """Return what builds have made: by this program, or as an earlier one says of itself."""
    if not is_build(connection):
        return {}
    described = text("select table_name from table_descriptions")
    own = _NEWEST | set(connection.execute(described).scalars())
    return {name: is_view for name, is_view in _relations(connection).items() if name in own}
