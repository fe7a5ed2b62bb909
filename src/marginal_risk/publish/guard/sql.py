"""Strangers' SQL on a connection: what it may name, and how much time and memory it may take.

SQLite asks an authorizer about each function, table and pragma when a statement is prepared
(https://sqlite.org/c3ref/set_authorizer.html), so nothing of a refused statement runs.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datasette.database import Database

from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.functions import ALLOWED, BOUNDED, Cost
from marginal_risk.publish.guard.running import RUNNING, Ask

LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: limits.LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: limits.LONGEST_SQL,
    sqlite3.SQLITE_LIMIT_COLUMN: limits.MOST_COLUMNS,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: limits.DEEPEST_EXPRESSION,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: limits.MOST_SELECTS,
    sqlite3.SQLITE_LIMIT_VDBE_OP: limits.MOST_INSTRUCTIONS,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: limits.MOST_ARGUMENTS,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: limits.LONGEST_PATTERN,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

SCHEMA_PRAGMAS = frozenset(
    {"foreign_key_list", "table_info", "table_list", "table_xinfo"}
    | {"index_info", "index_list", "index_xinfo"}
)
"""Pragmas that read the schema. Datasette's pages need them; a stranger may read them as tables
too, such as pragma_table_info('studies')."""
INNER_PRAGMAS = frozenset({"data_version", "database_list", "schema_version"})
"""Pragmas that the full-text search and Datasette's own pages read, and nobody sets; one names
the file. A stranger's statement begins with SELECT or WITH, and tables of these names are refused.
"""

TABLE_FUNCTIONS = frozenset(
    {"json_each", "json_tree", "sqlite_master", "sqlite_schema"}
    | {f"pragma_{name}" for name in SCHEMA_PRAGMAS}
)
"""What may be read like a table beside the tables and views of the database itself."""


class GuardedConnection(sqlite3.Connection):
    """A connection that knows whether the statement that it runs is out of time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clock = Clock()
        self.beside: sqlite3.Connection | None = None
        self.is_strangers = False
        """Whether strangers' SQL runs on it; else it is a page's."""
        self._cursors: weakref.WeakSet[sqlite3.Cursor] = weakref.WeakSet()

    def cursor(  # type: ignore[override]  # the cursor is of whatever class was asked for
        self, factory: type[sqlite3.Cursor] = sqlite3.Cursor
    ) -> sqlite3.Cursor:
        """Return a cursor; a stranger's is closed when the time limit of its statement ends.

        Datasette's errors hold theirs until the answer is sent. Who frees it then, which is the
        thread of all answers, would wait for the statement that the connection runs by then.
        """
        cursor = super().cursor(factory)
        if self.is_strangers:
            self._cursors.add(cursor)
        return cursor

    def set_progress_handler(
        self,
        progress_handler: Ask | None,
        n: int,  # noqa: ARG002
    ) -> None:
        """Have the handler asked from outside, where Datasette would have SQLite ask it."""
        self.clock.handler = progress_handler
        if progress_handler is not None:
            RUNNING.begin(self, progress_handler, is_strangers=self.is_strangers)
            return
        RUNNING.end(self)
        for cursor in self._cursors:
            cursor.close()
        self._cursors.clear()

    def close(self) -> None:
        """Close the connection, and the one beside it."""
        RUNNING.end(self)
        if self.beside is not None:
            self.beside.close()
        super().close()


class Clock:
    """The time limit of the statement that runs, for functions that take their time."""

    handler: Ask | None = None

    @property
    def is_overdue(self) -> bool:
        """Whether the time is up."""
        return self.handler is not None and bool(self.handler())


class GuardedDatabase(Database):  # type: ignore[misc]
    """A database file whose every connection is for strangers."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Return a connection that cannot write."""
        if write:
            raise sqlite3.OperationalError("The database is read-only.")
        query = "mode=ro" if self.is_mutable else "immutable=1"
        connection = sqlite3.connect(
            f"{Path(self.path).absolute().as_uri()}?{query}",
            uri=True,
            check_same_thread=False,
            factory=GuardedConnection,
        )
        self._all_connections.append(connection)
        return connection


def guard(connection: sqlite3.Connection) -> None:
    """Let a connection run the SQL of strangers, and nothing that is not on the lists above."""
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    schema = _plain(connection, "select name, type, sql from sqlite_schema")
    tables = {name for name, _, _ in schema}
    # SQLite makes a virtual table when it is first named. Those on the list are made here; the
    # authorizer lets no other be made.
    virtual = {name for name, kind, sql in schema if kind == "table" and _is_virtual(sql)}
    for name in virtual | TABLE_FUNCTIONS:
        _plain(connection, f'select 1 from "{name}" limit 0')
    bound_functions(connection)
    if isinstance(connection, GuardedConnection):
        connection.is_strangers = True
    connection.row_factory = count_rows()
    connection.set_authorizer(authorize(tables | TABLE_FUNCTIONS))


def _is_virtual(sql: str) -> bool:
    return sql.lower().startswith("create virtual table")


def _plain(connection: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(sql).fetchall()


def authorize(tables: set[str]) -> Callable[..., int]:
    """Return what SQLite asks whether a statement may do something; it may read ``tables``."""

    def may(action: int, first: str, second: str | None) -> bool:
        if action == sqlite3.SQLITE_READ:
            # A count of rows reads no column. What it names beside tables is a part of WITH, or
            # a virtual table, which cannot be made any more.
            return first in tables or second == ""
        if action == sqlite3.SQLITE_FUNCTION:
            return (second or "").lower() in ALLOWED
        if action == sqlite3.SQLITE_PRAGMA:
            name = first.lower()
            is_read = name in SCHEMA_PRAGMAS or (second is None and name in INNER_PRAGMAS)
            # sqlite-utils, which Datasette uses, begins with this one; nobody can write anyway.
            return is_read or (name, second) == ("recursive_triggers", "on")
        return action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)

    def answer(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        return sqlite3.SQLITE_OK if may(action, first or "", second) else sqlite3.SQLITE_DENY

    return answer


_TOO_LONG = "x" * (limits.LONGEST_VALUE + 1)
"""What a function returns to be refused: SQLite ends the statement, "string or blob too big".
An exception would end it too, but Datasette has Python print a traceback for each."""


def bound_functions(connection: sqlite3.Connection) -> None:
    """Put a bound on the functions that compare two texts; within it they are SQLite's own.

    They run on a small connection beside this one, which has them as they are.
    """
    clock = Clock()
    beside = sqlite3.connect(":memory:", check_same_thread=False)
    beside.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.LONGEST_VALUE)
    beside.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, limits.LONGEST_PATTERN)
    if isinstance(connection, GuardedConnection):
        clock, connection.beside = connection.clock, beside
    for (name, arguments), cost in BOUNDED.items():
        function = _bounded(name, cost, beside, clock)
        connection.create_function(name, arguments, function, deterministic=True)


def _bounded(name: str, cost: Cost, beside: sqlite3.Connection, clock: Clock) -> Callable[..., Any]:
    def function(*values: Any) -> Any:
        if cost(*values) > limits.MOST_COMPARISONS or clock.is_overdue:
            return _TOO_LONG
        marks = ", ".join("?" * len(values))
        try:
            (value,) = beside.execute(f"select {name}({marks})", values).fetchone()
        except sqlite3.Error:
            return _TOO_LONG
        return value

    return function


def count_rows() -> Callable[[sqlite3.Cursor, tuple[Any, ...]], sqlite3.Row]:
    """Return a row factory that refuses a result of too many bytes."""
    # Not the cursor itself: it would hold the memory of its statement until the next one.
    last: weakref.ref[sqlite3.Cursor] | None = None
    size = 0

    def row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        nonlocal last, size
        if last is None or cursor is not last():
            last, size = weakref.ref(cursor), 0
        size += sum(len(value) for value in values if isinstance(value, (str, bytes)))
        if size > limits.LONGEST_RESULT:
            raise sqlite3.OperationalError(
                f"the result is longer than {limits.LONGEST_RESULT:,} bytes"
            )
        return sqlite3.Row(cursor, values)

    return row
