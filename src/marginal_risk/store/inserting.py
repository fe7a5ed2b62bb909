"""Many rows into one table, the way the database at hand takes them fastest."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlmodel import SQLModel

from marginal_risk.rows import Progress

Row = dict[str, Any]
Values = tuple[Any, ...]
_AT_A_TIME = 10_000
"""Rows that are in memory as such at one time."""


class TableRows(NamedTuple):
    """What goes into a table."""

    table: type[SQLModel]
    columns: Iterable[str]
    rows: Iterable[Values]
    expected: int = 0
    """How many; 0 where they are few."""

    def in_parts(self, counts: dict[str, int], progress: Progress) -> Iterator[list[Values]]:
        """Yield the rows, some at a time; count and tell those that were taken."""
        name = str(self.table.__tablename__)
        counts[name] = 0
        for some in in_parts(self.rows):
            yield some
            counts[name] += len(some)
            progress(name, counts[name], self.expected)


def in_parts(rows: Iterable[Values]) -> Iterator[list[Values]]:
    """Yield rows, some at a time."""
    remaining = iter(rows)
    while some := list(islice(remaining, _AT_A_TIME)):
        yield some


def insert_rows(connection: Connection, table: type[SQLModel], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns in the same order, or none at all."""
    if rows:
        insert_values(connection, table, list(rows[0]), [tuple(row.values()) for row in rows])


def insert_values(
    connection: Connection, table: type[SQLModel], columns: Iterable[str], rows: Sequence[Values]
) -> None:
    """Insert rows given as the values of some columns, in their order."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
    elif rows:
        # What SQLAlchemy does for each value of each row takes longer than SQLite does.
        connection.exec_driver_sql(insertion(table, columns), rows)


def insertion(table: type[SQLModel], columns: Iterable[str]) -> str:
    """Return the SQL that inserts a row, with a mark for each of its values."""
    names = _quoted(columns)
    marks = ", ".join("?" * len(names))
    return f'insert into "{table.__tablename__}" ({", ".join(names)}) values ({marks})'  # noqa: S608


def _copy(
    connection: Connection, table: type[SQLModel], columns: Iterable[str], rows: Sequence[Values]
) -> None:
    """Send rows through COPY, within the transaction that is open."""
    driver: Any = connection.connection.driver_connection
    copy_in = f'copy "{table.__tablename__}" ({", ".join(_quoted(columns))}) from stdin'
    with driver.cursor() as cursor, cursor.copy(copy_in) as copy:
        for row in rows:
            copy.write_row(row)


def _quoted(columns: Iterable[str]) -> list[str]:
    return [f'"{column}"' for column in columns]
