"""An export: the same rows in every format, read by others, with their types and meanings."""

import csv
import hashlib
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import mlcroissant
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from csvw import CSVW
from frictionless import Package
from rocrate.rocrate import ROCrate

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from marginal_risk.publish import descriptions
from marginal_risk.publish.formats import dataset, parquet, standards
from marginal_risk.publish.formats.package import write_package
from marginal_risk.publish.queries import works
from marginal_risk.rows import say_nothing
from marginal_risk.store.database import build_database
from marginal_risk.store.postgresql.address import DatabaseAddress
from marginal_risk.store.postgresql.building import build_on_server
from marginal_risk.store.tables import TABLES, table_name
from marginal_risk.store.views import VIEWS, read_view
from places import FROZEN, TINY
from postgresql_server import PostgresqlServer

NAMES = (*map(table_name, TABLES), *VIEWS)
Row = tuple[Any, ...]


@pytest.fixture(scope="module", params=[TINY, FROZEN], ids=["invented", "published"])
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """A database file, and its export."""
    folder = tmp_path_factory.mktemp("package")
    build_database(read_corpus(request.param), folder / "evidence.db")
    return folder / "evidence.db", export(folder / "evidence.db", folder / "out")


def export(database: Path, folder: Path) -> Path:
    folder.mkdir()
    write_package(database, folder, say_nothing)
    return folder


def select(path: Path, sql: str) -> list[Row]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """Return DuckDB, for all tests: it opens in more time than it takes to read a file."""
    return duckdb.connect()


def read(file: Path) -> list[Row]:
    """Return the rows of a file, in its order, as DuckDB reads them."""
    return engine().execute("select * from read_parquet(?)", [str(file)]).fetchall()


# What the files hold ----------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_another_engine_reads_the_same_rows(exported: tuple[Path, Path], name: str) -> None:
    database, folder = exported
    found = read(folder / "parquet" / f"{name}.parquet")
    assert sorted(found, key=repr) == sorted(
        as_typed(select(database, f"select * from {name}"), found), key=repr
    )


def as_typed(rows: list[Row], like: list[Row]) -> list[Row]:
    """Return rows of SQLite, which has no truth values, with those that ``like`` has."""
    truths = {n for row in like for n, value in enumerate(row) if isinstance(value, bool)}
    return [tuple(bool(v) if n in truths else v for n, v in enumerate(row)) for row in rows]


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_and_lines_of_json_hold_the_same_rows(
    exported: tuple[Path, Path], name: str
) -> None:
    _, folder = exported
    wanted = read(folder / "parquet" / f"{name}.parquet")
    columns = [field.name for field in pq.read_schema(folder / "parquet" / f"{name}.parquet")]
    with (folder / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *cells = csv.reader(file)
    assert header == columns
    assert cells == [[as_cell(value) for value in row] for row in wanted]
    lines = (folder / "jsonl" / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
    assert [json.loads(line) for line in lines[:-1]] == [
        dict(zip(columns, row, strict=True)) for row in wanted
    ]


def as_cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def test_there_is_a_file_for_each_table_and_view(exported: tuple[Path, Path]) -> None:
    _, folder = exported
    for extension in ("csv", "jsonl", "parquet"):
        found = {path.name for path in (folder / extension).iterdir()}
        assert found == {f"{name}.{extension}" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_what_it_holds(exported: tuple[Path, Path], name: str) -> None:
    database, folder = exported
    schema = pq.read_schema(folder / "parquet" / f"{name}.parquet")
    said = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    described = dict(
        select(
            database,
            f"select column_name, description from field_descriptions where table_name = '{name}'",
        )
    )
    columns = {field.name: field.metadata[b"description"].decode() for field in schema}
    assert columns == described
    assert json.loads(said.pop("columns")) == described
    ((what,),) = select(
        database, f"select description from table_descriptions where table_name = '{name}'"
    )
    ((version, day),) = select(database, "select data_version, data_date from build")
    assert said == {
        "description": what,
        "data_version": version,
        "data_date": day,
        "license": "CC BY 4.0",
        "license_url": "https://creativecommons.org/licenses/by/4.0/",
    }


def test_engines_without_arrow_read_the_descriptions_too(exported: tuple[Path, Path]) -> None:
    _, folder = exported
    asked = "select decode(key), decode(value) from parquet_kv_metadata(?)"
    file = str(folder / "parquet" / "gaps.parquet")
    said = dict(engine().execute(asked, [file]).fetchall())
    assert said["description"] == "What is missing, in the order in which it matters?"
    assert json.loads(said["columns"])["gap_kind"] == "What is missing in the cell."


def test_the_licence_is_the_one_that_the_site_names() -> None:
    text = Path(descriptions.__file__).read_text(encoding="utf-8")
    assert f'"license": "{works.LICENSE}"' in text
    assert f'"license_url": "{standards.LICENSE_URL}"' in text


TYPES = {
    "boolean": {"BOOLEAN"},
    "integer": {"BIGINT"},
    "bigint": {"BIGINT"},
    "double precision": {"DOUBLE"},
    "character varying": {"VARCHAR"},
    "text": {"VARCHAR"},
}
"""What DuckDB calls the types that PostgreSQL finds."""


def test_types_are_those_that_a_typed_server_finds(
    exported: tuple[Path, Path], server: PostgresqlServer
) -> None:
    _, folder = exported
    server.run("drop database if exists typed")
    server.run("create database typed template template0 encoding 'UTF8'")
    data = TINY if len(read(folder / "parquet" / "vectors.parquet")) == 3 else FROZEN
    build_on_server(read_corpus(data), DatabaseAddress(server.url("typed")))
    with server.connect("typed") as connection:
        for name in NAMES:
            wanted = connection.execute(
                "select column_name, data_type from information_schema.columns"
                " where table_schema = 'public' and table_name = %s order by ordinal_position",
                [name],
            ).fetchall()
            asked = "select column_name, column_type from (describe select * from read_parquet(?))"
            file = str(folder / "parquet" / f"{name}.parquet")
            found = engine().execute(asked, [file]).fetchall()
            assert [c for c, _ in found] == [c for c, _ in wanted], name
            for (column, found_type), (_, wanted_type) in zip(found, wanted, strict=True):
                assert found_type in TYPES[wanted_type], (name, column)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_says_which_of_its_columns_hold_texts(
    exported: tuple[Path, Path], view: str
) -> None:
    database, _ = exported
    said = read_view(view)
    kinds = ", ".join(f"typeof({column})" for column in said.columns) or "null"
    rows = select(database, f"select {kinds} from {view}")
    for number, column in enumerate(said.columns):
        found = {row[number] for row in rows}
        is_wrong = "integer" in found if column in said.texts else "text" in found
        in_a_table = any(column in table.model_fields for table in TABLES)
        assert in_a_table or not is_wrong, f"{view}.sql: write '-- {column} (text): ...', or not"


def test_a_column_without_a_value_has_its_type(exported: tuple[Path, Path], tmp_path: Path) -> None:
    database, folder = exported
    empty = Path(shutil.copy(database, tmp_path / "empty.db"))
    with closing(sqlite3.connect(empty)) as connection, connection:
        for table in ("judgements", "codings", "screening"):
            connection.execute(f"delete from {table}")
        connection.execute("update studies set doi = null, version_of = null")
    export(empty, tmp_path / "out")
    for name in NAMES:
        one, other = (
            pq.read_schema(where / "parquet" / f"{name}.parquet")
            for where in (folder, tmp_path / "out")
        )
        assert one.equals(other, check_metadata=False), name
        assert [f.nullable for f in one] == [f.nullable for f in other], name
    assert read(tmp_path / "out" / "parquet" / "disagreements.parquet") == []
    assert len(read(tmp_path / "out" / "parquet" / "coverage_matrix.parquet")) > 0


def test_two_exports_of_one_database_are_the_same_files(
    exported: tuple[Path, Path], tmp_path: Path
) -> None:
    database, folder = exported
    again = export(database, tmp_path / "again")
    paths = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert {path.relative_to(again) for path in again.rglob("*") if path.is_file()} == paths
    for path in paths:
        assert (again / path).read_bytes() == (folder / path).read_bytes(), path


def test_rows_in_many_parts(
    exported: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, folder = exported
    monkeypatch.setattr(dataset, "_ROWS_AT_ONCE", 5)
    out = export(database, tmp_path / "out")
    assert pq.ParquetFile(out / "parquet" / "judgements.parquet").num_row_groups > 1
    for name in NAMES:
        assert read(out / "parquet" / f"{name}.parquet") == read(
            folder / "parquet" / f"{name}.parquet"
        )
        for extension in ("csv", "jsonl"):
            file = Path(extension) / f"{name}.{extension}"
            assert (out / file).read_bytes() == (folder / file).read_bytes()


# The command ------------------------------------------------------------------------------


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["export", *words])


def test_the_command_builds_and_writes(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.parent)
    result = run("out")
    assert result.exit_code == 0
    rows = sum(len(read(Path("out") / "parquet" / f"{name}.parquet")) for name in NAMES)
    assert result.stderr.splitlines()[-1] == f"out: {len(NAMES)} tables and views, {rows} rows"
    assert (Path("out") / "evidence.db").read_bytes() == Path("evidence.db").read_bytes()
    (tiny.parent / "out" / "mine").touch()
    again = run("out")
    assert again.exit_code == 1
    assert "holds mine, which no command wrote" in again.stderr


def test_without_pyarrow_the_command_says_what_is_left_out(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.parent)
    monkeypatch.delitem(sys.modules, parquet.__name__)
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("marginal_risk.publish.formats.package.find_spec", lambda _: None)
    result = run("out")
    assert result.exit_code == 0
    assert (
        "Parquet is left out. It needs pyarrow: pip install 'marginal-risk[parquet]'\n"
        in result.stderr
    )
    assert not (Path("out") / "parquet").exists()
    assert "pyarrow" not in sys.modules


# Each standard's own reader ---------------------------------------------------------------

ON_PUBLISHED = pytest.mark.parametrize("exported", [FROZEN], ids=["published"], indirect=True)


@pytest.mark.filterwarnings("ignore")  # of the readers' own libraries
@ON_PUBLISHED
def test_frictionless_finds_every_row_as_described(exported: tuple[Path, Path]) -> None:
    _, folder = exported
    limit = csv.field_size_limit()
    report = Package(str(folder / "datapackage.json")).validate()
    csv.field_size_limit(limit)  # which it changes, for all that is read after it
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "message"])[:5]
    assert report.stats["tasks"] == len(NAMES)


@pytest.mark.filterwarnings("ignore")
@ON_PUBLISHED
def test_mlcroissant_reads_the_rows(exported: tuple[Path, Path]) -> None:
    database, folder = exported
    croissant = mlcroissant.Dataset(str(folder / "croissant.json"))
    assert not croissant.metadata.ctx.issues.errors
    rows = [
        (row["judgements/citekey"].decode(), row["judgements/rationale"].decode())
        for row in croissant.records("judgements")
    ]
    assert sorted(rows) == sorted(select(database, "select citekey, rationale from judgements"))


@pytest.mark.filterwarnings("ignore")
@ON_PUBLISHED
def test_a_reader_of_csvw_takes_every_table(exported: tuple[Path, Path]) -> None:
    _, folder = exported
    assert CSVW(str(folder / "csv-metadata.json"), validate=True).is_valid


@pytest.mark.filterwarnings("ignore")
@ON_PUBLISHED
def test_a_reader_of_crates_finds_every_file(exported: tuple[Path, Path]) -> None:
    _, folder = exported
    crate = ROCrate(str(folder))
    listed = {entity.id for entity in crate.get_entities() if entity.type == "File"}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    described = {"datapackage.json", "croissant.json", "csv-metadata.json"}
    assert listed == files - described - {"ro-crate-metadata.json"}
    assert crate.license.id == "https://creativecommons.org/licenses/by/4.0/"


def test_every_file_of_the_crate_has_the_sum_that_it_says(exported: tuple[Path, Path]) -> None:
    _, folder = exported
    graph = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    files = [entity for entity in graph if entity["@type"] == "File"]
    assert len(files) > 3 * len(NAMES)
    for file in files:
        content = (folder / file["@id"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["contentSize"] == str(len(content))
