"""An export as Parquet: the same rows, read by another engine, with their types and meanings."""

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from marginal_risk.publish import descriptions
from marginal_risk.store import parquet
from marginal_risk.store.database import build_database
from marginal_risk.store.parquet import CONTENTS, ExportError, write_parquet
from marginal_risk.store.postgresql.address import Address
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
    folder = tmp_path_factory.mktemp("parquet")
    build_database(read_corpus(request.param), folder / "evidence.db")
    write_parquet(folder / "evidence.db", folder / "out")
    return folder / "evidence.db", folder / "out"


def select(path: Path, sql: str) -> list[Row]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def read(file: Path) -> list[Row]:
    """Return the rows of a file, in its order, as DuckDB reads them."""
    with duckdb.connect() as engine:
        return engine.execute("select * from read_parquet(?)", [str(file)]).fetchall()


# What the files hold ----------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_another_engine_reads_the_same_rows(exported: tuple[Path, Path], name: str) -> None:
    database, folder = exported
    found = read(folder / f"{name}.parquet")
    assert sorted(found, key=repr) == sorted(
        as_typed(select(database, f"select * from {name}"), found), key=repr
    )


def as_typed(rows: list[Row], like: list[Row]) -> list[Row]:
    """Return rows of SQLite, which has no truth values, with those that ``like`` has."""
    truths = {n for row in like for n, value in enumerate(row) if isinstance(value, bool)}
    return [tuple(bool(v) if n in truths else v for n, v in enumerate(row)) for row in rows]


def test_there_is_a_file_for_each_and_one_that_lists_them(exported: tuple[Path, Path]) -> None:
    database, folder = exported
    assert {path.name for path in folder.iterdir()} == {
        CONTENTS,
        *(f"{name}.parquet" for name in NAMES),
    }
    contents = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    ((version, day),) = select(database, "select data_version, data_date from build")
    assert (contents["data_version"], contents["data_date"]) == (version, day)
    assert list(contents["tables"]) == [*NAMES]
    assert contents["tables"]["coding_rules"]["rows"] == len(read(folder / "coding_rules.parquet"))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_what_it_holds(exported: tuple[Path, Path], name: str) -> None:
    database, folder = exported
    schema = pq.read_schema(folder / f"{name}.parquet")
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
    with duckdb.connect() as engine:
        rows = engine.execute(
            "select decode(key), decode(value) from parquet_kv_metadata(?)",
            [str(folder / "gaps.parquet")],
        ).fetchall()
    said = dict(rows)
    assert said["description"] == "What is missing, in the order in which it matters?"
    assert json.loads(said["columns"])["gap_kind"] == "What is missing in the cell."


def test_the_licence_is_the_one_that_the_site_names() -> None:
    text = Path(descriptions.__file__).read_text(encoding="utf-8")
    assert f'"license": "{parquet.LICENSE}"' in text
    assert f'"license_url": "{parquet.LICENSE_URL}"' in text


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
    data = TINY if len(read(folder / "vectors.parquet")) == 3 else FROZEN
    build_on_server(read_corpus(data), Address(server.url("typed")))
    with server.connect("typed") as connection, duckdb.connect() as engine:
        for name in NAMES:
            wanted = connection.execute(
                "select column_name, data_type from information_schema.columns"
                " where table_schema = 'public' and table_name = %s order by ordinal_position",
                [name],
            ).fetchall()
            found = engine.execute(
                "select column_name, column_type from (describe select * from read_parquet(?))",
                [str(folder / f"{name}.parquet")],
            ).fetchall()
            assert [c for c, _ in found] == [c for c, _ in wanted], name
            for (column, found_type), (_, wanted_type) in zip(found, wanted, strict=True):
                assert found_type in TYPES[wanted_type], (name, column)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_says_which_of_its_columns_hold_texts(
    exported: tuple[Path, Path], view: str
) -> None:
    database, _ = exported
    said = read_view(view)
    for column in said.columns:
        found = {kind for (kind,) in select(database, f"select typeof({column}) from {view}")}
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
    write_parquet(empty, tmp_path / "out")
    for name in NAMES:
        one, other = (
            pq.read_schema(where / f"{name}.parquet") for where in (folder, tmp_path / "out")
        )
        assert one.equals(other, check_metadata=False), name
        assert [f.nullable for f in one] == [f.nullable for f in other], name
    assert read(tmp_path / "out" / "disagreements.parquet") == []
    assert len(read(tmp_path / "out" / "coverage_matrix.parquet")) > 0


def test_two_exports_of_one_database_are_the_same_files(
    exported: tuple[Path, Path], tmp_path: Path
) -> None:
    database, folder = exported
    write_parquet(database, tmp_path / "again")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_rows_in_many_parts(
    exported: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, folder = exported
    monkeypatch.setattr(parquet, "_ROWS_AT_ONCE", 2)
    counts = write_parquet(database, tmp_path / "out")
    assert pq.ParquetFile(tmp_path / "out" / "steps.parquet").num_row_groups > 1
    for name in NAMES:
        rows = read(tmp_path / "out" / f"{name}.parquet")
        assert rows == read(folder / f"{name}.parquet")
        assert counts[name] == len(rows)


# All or nothing ---------------------------------------------------------------------------


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_earlier_export_is_replaced_whole(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_parquet(database, out)
    (out / "gaps.parquet").write_bytes(b"damaged")
    (out / "steps.parquet").unlink()
    contents = json.loads((out / CONTENTS).read_text("utf-8"))
    contents["tables"]["was_once"] = {}
    (out / CONTENTS).write_text(json.dumps(contents), encoding="utf-8")
    (out / "was_once.parquet").write_bytes(b"")
    write_parquet(database, out)
    assert names(out) == sorted([CONTENTS, *(f"{name}.parquet" for name in NAMES)])
    assert read(out / "gaps.parquet")
    assert names(tmp_path) == ["out"]


def test_an_empty_folder_is_taken(database: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_parquet(database, tmp_path / "out")
    assert CONTENTS in names(tmp_path / "out")
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("listing", [None, "", "[]", '{"tables": 1}', '{"tables": {}}', "\xff"])
def test_a_folder_that_holds_anything_else_is_not_touched(
    database: Path, tmp_path: Path, listing: str | None
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    if listing is not None:
        (out / CONTENTS).write_bytes(listing.encode("latin-1"))
    before = names(out)
    with pytest.raises(ExportError, match=r"out holds \S+, which no export wrote"):
        write_parquet(database, out)
    assert names(out) == before
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == ["out"]


def test_a_file_of_somebody_else_in_an_earlier_export(database: Path, tmp_path: Path) -> None:
    write_parquet(database, tmp_path / "out")
    (tmp_path / "out" / "mine.parquet").write_bytes(b"mine")
    with pytest.raises(ExportError, match=r"out holds mine\.parquet, which no export wrote"):
        write_parquet(database, tmp_path / "out")


def test_places_that_are_no_folder(database: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match="file is not a folder: name another"):
        write_parquet(database, tmp_path / "file")
    with pytest.raises(ExportError, match="nowhere is not a folder: create it first"):
        write_parquet(database, tmp_path / "nowhere" / "out")
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("is_first", [True, False])
def test_an_export_that_fails_leaves_what_was_there(
    database: Path, tmp_path: Path, error: type[BaseException], is_first: bool
) -> None:
    out = tmp_path / "out"
    if not is_first:
        write_parquet(database, out)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    def fail(name: str, *_: int) -> None:
        if name == VIEWS[-1]:
            raise error

    with pytest.raises(error):
        write_parquet(database, out, fail)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_folder_that_cannot_be_replaced_comes_back(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write_parquet(database, out)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if ".exporting-" in self.name:
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(ExportError, match="out cannot be written: Permission denied"):
        write_parquet(database, out)
    assert names(tmp_path) == ["out"]
    assert read(out / "gaps.parquet")


def test_what_a_killed_export_left_is_removed(database: Path, tmp_path: Path) -> None:
    for left in (".out.exporting-999999999", ".out.replaced-999999999"):
        (tmp_path / left).mkdir()
        (tmp_path / left / "gaps.parquet").write_bytes(b"")
    (tmp_path / ".out.exporting-notes").mkdir()
    write_parquet(database, tmp_path / "out")
    assert names(tmp_path) == [".out.exporting-notes", "out"]


# The command ------------------------------------------------------------------------------


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["export", *words])


def test_the_command_builds_and_writes(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.parent)
    result = run("--format", "parquet", "out")
    assert result.exit_code == 0
    rows = sum(len(read(Path("out") / f"{name}.parquet")) for name in NAMES)
    assert result.stderr.splitlines()[-1] == f"out: {len(NAMES)} files, {rows} rows"
    (tiny.parent / "out" / "mine").touch()
    again = run("out")
    assert again.exit_code == 1
    assert "holds mine, which no export wrote" in again.stderr


def test_without_pyarrow_the_command_names_what_to_install(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.parent)
    monkeypatch.delitem(sys.modules, "marginal_risk.store.parquet")
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = run("out")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: --format parquet needs pyarrow: pip install 'marginal-risk[parquet]'\n"
    )
    assert names(tiny.parent) == ["data"]
