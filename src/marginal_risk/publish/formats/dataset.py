"""The data as a whole: what the database says of its tables and views, and their rows in order.

Every format that describes the data (Frictionless, Croissant, CSVW, Parquet and the others) is
made from this, so that nothing is described twice.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from marginal_risk.publish.queries.evidence import Build, read_build
from marginal_risk.publish.queries.inventory import read_tables

_ROWS_AT_ONCE = 20_000

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Column:
    """A column of a table or view."""

    name: str
    type: str
    """'string', 'integer', 'number' or 'boolean', as in Frictionless's Table Schema."""
    is_required: bool
    """Whether each row has a value; of a view's columns, that is not known."""
    description: str


@dataclass(frozen=True)
class ForeignKey:
    """Columns that hold the key of a row of another table."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table or view."""

    name: str
    is_view: bool
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Its primary key; empty for a view."""
    foreign_keys: tuple[ForeignKey, ...]


@dataclass(frozen=True)
class Dataset:
    """The tables and views of a database, and what it was built from."""

    build: Build
    tables: tuple[Table, ...]
    """The tables, then the views; each table after those that it refers to."""

    def find(self, name: str) -> Table | None:
        """Return the table or view of this name."""
        return next((table for table in self.tables if table.name == name), None)


@dataclass(frozen=True)
class DataFile:
    """A file that holds part of the data, for those who describe it."""

    address: str
    """Its path in a package, or where it is on the web."""
    name: str
    """Its name in the metadata: of the rows of a table, the table's."""
    media_type: str
    description: str
    bytes: int
    sha256: str
    """Hexadecimal digits."""


def read_dataset(connection: sqlite3.Connection) -> Dataset:
    """Return what a database says of its tables and views."""
    found = [
        _read_table(connection, listed.name, listed.is_view, listed.description)
        for listed in read_tables(connection)
    ]
    return Dataset(read_build(connection), tuple(sorted(found, key=lambda table: table.is_view)))


def _read_table(
    connection: sqlite3.Connection, name: str, is_view: bool, description: str
) -> Table:
    said = {
        column: (kind, text)
        for column, kind, text in connection.execute(
            "select column_name, type, description from field_descriptions where table_name = ?",
            [name],
        )
    }
    info = connection.execute('select name, "notnull", pk from pragma_table_info(?)', [name])
    stored = [tuple(row) for row in info]
    columns = tuple(
        Column(column, said[column][0], bool(required or place), said[column][1])
        for column, required, place in stored
    )
    keyed = sorted((place, column) for column, _, place in stored if place)
    foreign: dict[int, list[tuple[str, str, str]]] = {}
    for number, target_table, source, target in connection.execute(
        'select id, "table", "from", "to" from pragma_foreign_key_list(?) order by id desc, seq',
        [name],
    ):
        foreign.setdefault(number, []).append((source, target_table, target))
    keys = tuple(
        ForeignKey(tuple(s for s, _, _ in parts), parts[0][1], tuple(t for _, _, t in parts))
        for parts in foreign.values()
    )
    return Table(name, is_view, description, columns, tuple(c for _, c in keyed), keys)


def read_rows(connection: sqlite3.Connection, table: Table) -> Iterator[list[tuple[Value, ...]]]:
    """Yield all rows in parts, in the order of their columns from the first to the last."""
    order = ", ".join(str(place) for place in range(1, len(table.columns) + 1))
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    truths = [n for n, column in enumerate(table.columns) if column.type == "boolean"]
    cursor = connection.execute(f'select {names} from "{table.name}" order by {order}')
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield [_with_truths(row, truths) for row in rows]


def _with_truths(row: sqlite3.Row | tuple[Value, ...], truths: list[int]) -> tuple[Value, ...]:
    """Return a row of SQLite, which stores 0 and 1, with its truth values."""
    values: list[Value] = list(row)
    for n in truths:
        values[n] = None if values[n] is None else bool(values[n])
    return tuple(values)


def write_csv(connection: sqlite3.Connection, table: Table) -> Iterator[str]:
    """Yield the text of a CSV file of a table: RFC 4180, UTF-8, with a header.

    No value is an empty cell; the database holds no empty text. Truth values are true and false.
    """
    yield _csv_lines([tuple(column.name for column in table.columns)])
    for rows in read_rows(connection, table):
        yield _csv_lines(rows)


def _csv_lines(rows: list[tuple[Value, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([str(v).lower() if isinstance(v, bool) else v for v in row] for row in rows)
    return text.getvalue()


def write_json_lines(connection: sqlite3.Connection, table: Table) -> Iterator[str]:
    """Yield the text of a JSON Lines file of a table: an object a row, null for no value."""
    names = [column.name for column in table.columns]
    for rows in read_rows(connection, table):
        yield "".join(
            json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n"
            for row in rows
        )


ROWS_FORMATS = {
    "csv": ("text/csv", write_csv),
    "jsonl": ("application/jsonl", write_json_lines),
}
"""What the rows of a table are written as, by extension: the media type, and what writes it."""


def describe_rows(
    connection: sqlite3.Connection, table: Table, address: str, extension: str = "csv"
) -> DataFile:
    """Return what is said of a file with the rows of a table, written to be measured."""
    media_type, write = ROWS_FORMATS[extension]
    digest, size = hashlib.sha256(), 0
    for part in write(connection, table):
        content = part.encode()
        digest.update(content)
        size += len(content)
    return DataFile(address, table.name, media_type, table.description, size, digest.hexdigest())
