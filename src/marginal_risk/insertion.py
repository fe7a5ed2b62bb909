"""Many rows into one table, the way the database at hand takes them fastest."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

Row = dict[str, Any]
Values = tuple[Any, ...]


def insert_rows(connection: Connection, table: type[SQLModel], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns in the same order, or none at all."""
    if rows:
        insert_values(connection, table, list(rows[0]), [tuple(row.values()) for row in rows])


def insert_values(
    connection: Connection, table: type[SQLModel], columns: Iterable[str], rows: Sequence[Values]
) -> None:
    """Insert rows given as the values of some columns, in their order."""
    name = str(table.__tablename__)
    names = [f'"{column}"' for column in columns]
    if connection.dialect.name == "postgresql":
        _copy(connection, name, names, rows)
    elif rows:
        marks = ", ".join("?" * len(names))
        # What SQLAlchemy does for each value of each row takes longer than SQLite does.
        connection.exec_driver_sql(
            f'insert into "{name}" ({", ".join(names)}) values ({marks})',  # noqa: S608  (ours)
            rows,
        )


def _copy(connection: Connection, table: str, names: list[str], rows: Sequence[Values]) -> None:
    """Send rows through COPY, within the transaction that is open."""
    driver: Any = connection.connection.driver_connection
    copy_in = f'copy "{table}" ({", ".join(names)}) from stdin'
    with driver.cursor() as cursor, cursor.copy(copy_in) as copy:
        for row in rows:
            copy.write_row(row)
