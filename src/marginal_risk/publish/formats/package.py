"""write_package: everything that a database holds, as a folder of files in every format.

The folder is a data package, a CSV on the Web, a Croissant dataset and a Research Object Crate at
once: each of these is a file of metadata beside the files that it describes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from marginal_risk.publish.formats.citation_formats import FORMATS
from marginal_risk.publish.formats.dataset import (
    ROWS_FORMATS,
    DataFile,
    Dataset,
    Table,
    read_dataset,
)
from marginal_risk.publish.formats.standards import (
    Described,
    croissant,
    csv_on_the_web,
    data_package,
    ro_crate,
)
from marginal_risk.publish.formats.workbook import MEDIA_TYPE as WORKBOOK_TYPE
from marginal_risk.publish.formats.workbook import write_workbook
from marginal_risk.publish.queries.works import read_works

METADATA = {
    "datapackage.json": data_package,
    "croissant.json": croissant,
    "csv-metadata.json": csv_on_the_web,
}
"""What describes the CSV files, by the name of its file and of its address on the site."""
_REFERENCES = {"bib": "BibTeX", "biblatex": "BibLaTeX", "ris": "RIS", "json": "CSL-JSON"}


def parquet_is_possible() -> bool:
    """Return whether the library that writes Parquet is installed."""
    return find_spec("pyarrow") is not None


def write_package(
    database: Path, folder: Path, progress: Callable[[str, int, int], None]
) -> dict[str, int]:
    """Write all files into an empty folder; return the number of rows of each table and view.

    Parquet is written where its library is installed.
    """
    address = f"file:{quote(str(database.resolve()))}?mode=ro&immutable=1"
    counts: dict[str, int] = {}
    with closing(sqlite3.connect(address, uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        dataset = read_dataset(connection)
        files: dict[str, list[DataFile]] = {}
        for table in dataset.tables:
            for extension in ROWS_FORMATS:
                file = _write_rows(connection, table, folder, extension)
                files.setdefault(extension, []).append(file)
            if parquet_is_possible():
                files.setdefault("parquet", []).append(
                    _write_parquet(connection, dataset, table, folder)
                )
            counted = connection.execute(f'select count(*) from "{table.name}"').fetchone()
            counts[table.name] = int(counted[0])
            progress(table.name, counts[table.name], 0)
        whole = [
            *_write_references(connection, folder),
            _write_workbook(connection, dataset, folder),
        ]
    shutil.copyfile(database, folder / "evidence.db")
    whole.append(
        _measure(folder, "evidence.db", "application/vnd.sqlite3", "The database, for SQLite.")
    )
    others = [file for extension in files if extension != "csv" for file in files[extension]]
    described = Described(dataset, files["csv"], [*others, *whole], "")
    for name, describe in {**METADATA, "ro-crate-metadata.json": ro_crate}.items():
        (folder / name).write_text(as_json(describe(described)), encoding="utf-8")
    return counts


def as_json(described: dict[str, Any]) -> str:
    """Return the text of a file of metadata."""
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def _write_rows(
    connection: sqlite3.Connection, table: Table, folder: Path, extension: str
) -> DataFile:
    media_type, write = ROWS_FORMATS[extension]
    path = folder / extension / f"{table.name}.{extension}"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(write(connection, table))
    return _measure(folder, f"{extension}/{path.name}", media_type, table.description, table.name)


def _write_parquet(
    connection: sqlite3.Connection, dataset: Dataset, table: Table, folder: Path
) -> DataFile:
    from marginal_risk.publish.formats.parquet import write_parquet

    path = folder / "parquet" / f"{table.name}.parquet"
    path.parent.mkdir(exist_ok=True)
    write_parquet(connection, dataset, table, path)
    media_type = "application/vnd.apache.parquet"
    return _measure(folder, f"parquet/{path.name}", media_type, table.description, table.name)


def _write_references(connection: sqlite3.Connection, folder: Path) -> list[DataFile]:
    works = read_works(connection)
    files = []
    for extension, name in _REFERENCES.items():
        form = FORMATS[extension]
        path = f"references.{extension}"
        (folder / path).write_text(form.write(works), encoding="utf-8", newline="")
        what = f"All works of the bibliography, as {name}."
        files.append(_measure(folder, path, form.content_type.partition(";")[0], what))
    return files


def _write_workbook(connection: sqlite3.Connection, dataset: Dataset, folder: Path) -> DataFile:
    with (folder / "evidence.xlsx").open("wb") as file:
        write_workbook(connection, dataset.build, "", file)
    what = "The map, the studies, the judgements with reasons, the comparisons and the codebook."
    return _measure(folder, "evidence.xlsx", WORKBOOK_TYPE, what)


def _measure(
    folder: Path, address: str, media_type: str, description: str, name: str = ""
) -> DataFile:
    path = folder / address
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    return DataFile(address, name or address, media_type, description, size, digest)
