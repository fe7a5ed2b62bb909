"""Many rows into one table, the way the database at hand takes them fastest."""

from collections.abc import Iterable, Sequence
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
    """Rows of a table, each as the values of some columns."""

    table: type[SQLModel]
    columns: Sequence[str]
    rows: Iterable[Values]
    expected: int = 0
    """How many, where they may be many; else 0."""


def insert_table(connection: Connection, what: TableRows, progress: Progress) -> int:
    """Insert all rows of a table, some at a time; return how many there were."""
    remaining, count = iter(what.rows), 0
    while some := list(islice(remaining, _AT_A_TIME)):
        insert_values(connection, what.table, what.columns, some)
        count += len(some)
        progress(str(what.table.__tablename__), count, what.expected)
    return count


def insert_rows(connection: Connection, table: type[SQLModel], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns in the same order, or none at all."""
    if rows:
        insert_values(connection, table, list(rows[0]), [tuple(row.values()) for row in rows])


def insert_values(
    connection: Connection, table: type[SQLModel], columns: Sequence[str], rows: Sequence[Values]
) -> None:
    """Insert rows given as the values of some columns, in their order."""
    names = ", ".join(f'"{column}"' for column in columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f'copy "{table.__tablename__}" ({names}) from stdin', rows)
    elif rows:
        marks = ", ".join("?" * len(columns))
        sql = f'insert into "{table.__tablename__}" ({names}) values ({marks})'  # noqa: S608
        # What SQLAlchemy does for each value of each row takes longer than SQLite does.
        connection.exec_driver_sql(sql, rows)


def _copy(connection: Connection, copy_in: str, rows: Sequence[Values]) -> None:
    """Send rows through COPY, within the transaction that is open."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(copy_in) as copy:
        for row in rows:
            copy.write_row(row)
