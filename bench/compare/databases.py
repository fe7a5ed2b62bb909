"""What a database holds, as texts that can be compared."""

import sqlite3
from collections.abc import Iterator

from bench.compare.outcomes import Mask

CONSTRAINTS = Mask(
    "the order of a table's constraints, which changes from build to build",
    r"(?m)^\t(?:CONSTRAINT|PRIMARY KEY|UNIQUE|FOREIGN KEY|CHECK) .*(?:\n\t\w.*)*$",
    lambda found: "\n".join(sorted(line.rstrip(", ") for line in found[0].split("\n"))),
)


def read_versions(
    old: sqlite3.Connection, new: sqlite3.Connection
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the columns of the table 'build' that tell of the program, where they differ."""
    sql = "select program_version, package_version from build"
    versions = zip(old.execute(sql).fetchone(), new.execute(sql).fetchone(), strict=True)
    for column, (before, after) in zip(
        ("program version", "package version"), versions, strict=True
    ):
        if before != after:
            yield column, (before, after)


def read_tables(connection: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    """Yield each table and view with its rows as texts, and, under no name, the definitions.

    What a search index keeps for itself is left out; in its place come the words that it finds,
    with the place of each.
    """
    things = connection.execute("select type, name, sql from sqlite_master").fetchall()
    indexes = [name for _, name, sql in things if "using fts5" in (sql or "").lower()]
    inner = tuple(f"{index}_" for index in indexes)
    things = [thing for thing in things if not thing[1].startswith(inner or "\0")]
    yield "", [f"{kind} {name}: {sql}" for kind, name, sql in things]
    for index in indexes:
        connection.execute(
            f"create virtual table temp.words_of_{index} using fts5vocab(main, {index}, instance)"
        )
    tables = [name for kind, name, _ in things if kind in ("table", "view")]
    for name in (*tables, *(f"words_of_{index}" for index in indexes)):
        rows = connection.execute(f'select * from "{name}"')  # noqa: S608 (a name in the database)
        yield name, [repr(row) for row in rows]
