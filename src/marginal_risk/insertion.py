"""Many rows into one table, the way the database at hand takes them fastest."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

Row = dict[str, Any]


def insert_rows(connection: Connection, table: type[SQLModel], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns in the same order, or none at all."""
    if rows and connection.dialect.name == "postgresql":
        _copy(connection, str(table.__tablename__), rows)
    elif rows:
        names = ", ".join(f'"{name}"' for name in rows[0])
        marks = ", ".join("?" * len(rows[0]))
        # What SQLAlchemy does for each value of each row takes longer than SQLite does.
        connection.exec_driver_sql(
            f'insert into "{table.__tablename__}" ({names}) values ({marks})',  # noqa: S608  (ours)
            [tuple(row.values()) for row in rows],
        )


def _copy(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """Send rows through COPY, within the transaction that is open."""
    driver: Any = connection.connection.driver_connection
    columns = ", ".join(f'"{name}"' for name in rows[0])
    with driver.cursor() as cursor, cursor.copy(f'copy "{table}" ({columns}) from stdin') as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))
