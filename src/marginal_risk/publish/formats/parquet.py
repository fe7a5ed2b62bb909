"""write_parquet: the tables and views of a database -> a folder of Parquet files.

Types come from what the database says of its columns, not from the rows: a column without a value
has the type it always has. Each file says what it and its columns hold, twice: in the fields of
its schema, which Arrow reads, and as JSON under ``columns``, which every reader of Parquet can.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from marginal_risk.publish.formats.dataset import Column, Dataset, Table, read_rows
from marginal_risk.publish.formats.standards import LICENSE_URL
from marginal_risk.publish.queries.works import LICENSE

_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


def write_parquet(
    connection: sqlite3.Connection, dataset: Dataset, table: Table, path: Path
) -> int:
    """Write all rows of a table to a file; return how many there are."""
    schema = _schema(dataset, table)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in read_rows(connection, table):
            columns = zip(zip(*rows, strict=True), schema, strict=True)
            arrays = [pa.array(values, field.type) for values, field in columns]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(rows)
    return count


def _schema(dataset: Dataset, table: Table) -> pa.Schema:
    said: dict[str, Any] = {
        "data_version": dataset.build.data_version,
        "data_date": dataset.build.data_date,
        "license": LICENSE,
        "license_url": LICENSE_URL,
        "description": table.description,
        "columns": json.dumps({column.name: column.description for column in table.columns}),
    }
    return pa.schema([_field(column) for column in table.columns], said)


def _field(column: Column) -> pa.Field:
    described = {"description": column.description}
    return pa.field(column.name, _TYPES[column.type], not column.is_required, described)
