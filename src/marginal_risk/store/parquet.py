"""write_parquet: a database file -> a folder of Parquet files, all of them or none.

Types come from the models and the views' own files, not from the rows: a column without a value
has the type it always has. Each file says what it and its columns hold, twice: in the fields of
its schema, which Arrow reads, and as JSON under ``columns``, which every reader of Parquet can.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Boolean, Float, Integer
from sqlmodel import SQLModel

from marginal_risk.rows import Progress, say_nothing
from marginal_risk.store.tables import TABLES, table_name
from marginal_risk.store.unfinished import name_beside, remove_leftovers
from marginal_risk.store.views import VIEWS, read_view

LICENSE = "CC BY 4.0"
LICENSE_URL = "https://creativecommons.org/licenses/by/4.0/"
CONTENTS = "export.json"
"""The file of an export that lists the others."""
_ROWS_AT_ONCE = 50_000


class ExportError(Exception):
    """The files cannot be written where they were asked for; the text says why."""


class _Column(NamedTuple):
    name: str
    type: pa.DataType
    is_nullable: bool


def write_parquet(database: Path, folder: Path, progress: Progress = say_nothing) -> dict[str, int]:
    """Write every table and view of a built database; return the number of rows of each.

    A folder that holds an earlier export is replaced when the new one is whole.

    Raises:
        ExportError: the folder cannot be written, or holds something else.
    """
    folder = folder.resolve()
    try:
        _check_folder(folder)
        temporary = name_beside(folder, "exporting")
        try:
            temporary.mkdir()
            counts = _write_files(database, temporary, progress)
            _replace(folder, temporary)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        for purpose in ("exporting", "replaced"):
            remove_leftovers(folder, purpose)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error.strerror or error}") from error
    return counts


def _check_folder(folder: Path) -> None:
    if not folder.parent.is_dir():
        raise ExportError(f"{folder.parent} is not a folder: create it first")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ExportError(f"{folder} is not a folder: name another")
    found = {path.name for path in folder.iterdir()}
    if foreign := sorted(found - _files_of_export(folder / CONTENTS)):
        raise ExportError(
            f"{folder} holds {foreign[0]}, which no export wrote: name an empty folder"
        )


def _files_of_export(contents: Path) -> set[str]:
    """Return the names of all files of an earlier export; nothing where it is none."""
    try:
        listed = json.loads(contents.read_text(encoding="utf-8"))
        return {CONTENTS, *(f"{name}.parquet" for name in listed["tables"])}
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return set()


def _replace(folder: Path, made: Path) -> None:
    """Put a new folder in place of another, which is put back if that fails."""
    if not folder.exists():
        made.rename(folder)
        return
    old = name_beside(folder, "replaced")
    folder.rename(old)
    try:
        made.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old)


def _write_files(database: Path, folder: Path, progress: Progress) -> dict[str, int]:
    address = f"file:{quote(str(database.resolve()))}?mode=ro&immutable=1"
    counts: dict[str, int] = {}
    with closing(sqlite3.connect(address, uri=True)) as connection:
        about = _read_about(connection)
        tables: dict[str, dict[str, Any]] = {}
        for name in (*map(table_name, TABLES), *VIEWS):
            described = _describe(connection, name)
            schema = _schema(_columns(connection, name), {**about, **described})
            counts[name] = _write(connection, schema, folder / f"{name}.parquet")
            progress(name, counts[name], 0)
            tables[name] = {"rows": counts[name], **described}
    text = json.dumps({**about, "tables": tables}, indent=2, ensure_ascii=False)
    (folder / CONTENTS).write_text(text + "\n", encoding="utf-8")
    return counts


def _read_about(connection: sqlite3.Connection) -> dict[str, str]:
    version, day = connection.execute("select data_version, data_date from build").fetchone()
    return {
        "data_version": version,
        "data_date": day,
        "license": LICENSE,
        "license_url": LICENSE_URL,
    }


def _describe(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    """Return the descriptions of a table or view and of its columns, as stored in the database."""
    what = "select description from table_descriptions where table_name = ?"
    columns = "select column_name, description from field_descriptions where table_name = ?"
    (description,) = connection.execute(what, [name]).fetchone()
    return {"description": description, "columns": dict(connection.execute(columns, [name]))}


def _columns(connection: sqlite3.Connection, name: str) -> list[_Column]:
    """Return the columns of a table or view in the order in which the database has them."""
    found = connection.execute(f"select * from {name} limit 0").description  # noqa: S608
    names = [column for column, *_ in found]
    if name not in VIEWS:
        stored = SQLModel.metadata.tables[name].columns
        return [_Column(c, _type(stored[c].type), bool(stored[c].nullable)) for c in names]
    view = read_view(name)
    known = {column.name: _type(column.type) for t in TABLES for column in _stored_columns(t)}
    # What neither a table nor the file of the view knows is a step, and holds levels.
    numbers = dict.fromkeys(view.columns.keys() - view.texts, pa.int64())
    known = {**numbers, **known}
    return [_Column(c, known.get(c, pa.string()), is_nullable=True) for c in names]


def _stored_columns(table: type[SQLModel]) -> Any:
    return SQLModel.metadata.tables[table_name(table)].columns


def _type(of_column: object) -> pa.DataType:
    types = ((Boolean, pa.bool_()), (Integer, pa.int64()), (Float, pa.float64()))
    return next((ours for theirs, ours in types if isinstance(of_column, theirs)), pa.string())


def _schema(columns: list[_Column], described: dict[str, Any]) -> pa.Schema:
    fields = [
        pa.field(c.name, c.type, c.is_nullable, {"description": described["columns"][c.name]})
        for c in columns
    ]
    plain = {k: v if isinstance(v, str) else json.dumps(v) for k, v in described.items()}
    return pa.schema(fields, plain)


def _write(connection: sqlite3.Connection, schema: pa.Schema, path: Path) -> int:
    """Write all rows, ordered by their columns from the first to the last; return how many."""
    order = ", ".join(str(place) for place in range(1, len(schema) + 1))
    cursor = connection.execute(f"select * from {path.stem} order by {order}")  # noqa: S608
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in _parts(cursor):
            columns = zip(zip(*rows, strict=True), schema, strict=True)
            arrays = [_array(values, field.type) for values, field in columns]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(rows)
    return count


def _parts(cursor: sqlite3.Cursor) -> Iterator[list[tuple[Any, ...]]]:
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield rows


def _array(values: tuple[Any, ...], of_type: pa.DataType) -> pa.Array:
    if pa.types.is_boolean(of_type):  # SQLite has 0 and 1
        values = tuple(None if value is None else bool(value) for value in values)
    return pa.array(values, of_type)
