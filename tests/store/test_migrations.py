"""Migrations: one line of them, the same tables as the models, up and down with views there."""

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config, main
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, create_engine, inspect
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store import database, tables
from marginal_risk.store.database import build_database, create_tables, open_engine
from marginal_risk.store.search_index import INDEX
from marginal_risk.store.tables import table_name
from marginal_risk.store.views import VIEWS
from pages import build
from places import ROOT

MIGRATIONS = ROOT / "migrations"
NEWEST = f"{len(list((MIGRATIONS / 'versions').glob('*.py'))):04}"
NEXT = f"{int(NEWEST) + 1:04}"

LATER = f'''
"""Rebuild tables that views and other tables read."""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{NEWEST}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("studies", "judgements", "levels"):
        with op.batch_alter_table(table, recreate="always") as batch:
            batch.add_column(sa.Column("added", sa.String(), nullable=True))


def downgrade() -> None:
    for table in ("studies", "judgements", "levels"):
        with op.batch_alter_table(table, recreate="always") as batch:
            batch.drop_column("added")
'''


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what the alembic command needs of a clone."""
    folder = tmp_path / "clone"
    folder.mkdir()
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(MIGRATIONS, folder / "migrations")
    return folder


Alembic = Callable[..., None]


@pytest.fixture
def alembic(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Alembic:
    """Return the alembic command as typed in a clone, for one database; it exits on errors."""
    monkeypatch.chdir(clone)
    return lambda path, *words: main(["-x", f"url=sqlite:///{path}", *words], prog="alembic")


@pytest.fixture
def populated(tiny: Path, tmp_path: Path) -> Path:
    return build(tiny, tmp_path)


def names(path: Path, kind: str) -> set[str]:
    query = "select name from sqlite_master where type = ? and name not like 'sqlite_%'"
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute(query, [kind])}


Row = dict[str, object]
"""A row by its columns, whose order migrations leave to the table's history."""


def rows(path: Path, table: str) -> list[Row]:
    with closing(sqlite3.connect(path)) as connection:
        cursor = connection.execute(f"select * from {table}")
        columns = [name for name, *_ in cursor.description]
        found = [dict(sorted(zip(columns, row, strict=True))) for row in cursor]
    return sorted(found, key=repr)


def cut_to(columns: Row, found: list[Row]) -> list[Row]:
    """Return rows with these columns alone."""
    return sorted(({name: row[name] for name in columns} for row in found), key=repr)


def everything(path: Path) -> dict[str, list[Row]]:
    wanted = [table_name(t) for t in tables.TABLES] + [*VIEWS, INDEX]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []
    return {name: rows(path, name) for name in wanted}


def found(path: Path, word: str) -> list[tuple[str]]:
    hits = f"select rowid from {INDEX} where {INDEX} match ?"
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            f"select citekey from studies where rowid in ({hits})", [word]
        ).fetchall()


def migrate(connection: Connection) -> None:
    """Bring an empty or older database to the newest tables."""
    command.upgrade(configuration(connection), "head")
    connection.commit()


def configuration(connection: object, folder: Path = MIGRATIONS) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


# The files --------------------------------------------------------------------------------


def test_there_is_one_head_and_one_base() -> None:
    script = ScriptDirectory.from_config(configuration(None))
    assert len(script.get_heads()) == 1
    assert script.get_bases() == ["0001"]
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)


def test_files_are_named_by_number_and_what_changed() -> None:
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert files[0] == "0001_first_tables.py"
    for number, file in enumerate(files, start=1):
        assert re.fullmatch(rf"{number:04}_[a-z0-9_]+\.py", file)
        source = (MIGRATIONS / "versions" / file).read_text(encoding="utf-8")
        assert f'revision = "{number:04}"' in source


def test_a_new_migration_is_named_by_the_settings_and_needs_no_sqlmodel(
    alembic: Alembic, clone: Path, tmp_path: Path
) -> None:
    path = tmp_path / "new.db"
    alembic(path, "upgrade", "head")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("alter table build drop column git_commit")
    alembic(path, "revision", "--autogenerate", "--rev-id", NEXT, "-m", "Name the commit")
    made = (clone / "migrations" / "versions" / f"{NEXT}_name_the_commit.py").read_text("utf-8")
    assert made.startswith(f'"""Name the commit\n\nRevision: {NEXT}\nRevises: {NEWEST}\n"""')
    assert "sa.Column('git_commit', sa.String(), nullable=True)" in made
    assert "sqlmodel" not in made
    alembic(path, "upgrade", "head")
    alembic(path, "check")


# Migrations are the models ------------------------------------------------------------------


def test_autogenerate_finds_nothing(tmp_path: Path) -> None:
    with open_engine(tmp_path / "new.db").connect() as connection:
        migrate(connection)
        command.check(configuration(connection))


def test_autogenerate_finds_nothing_beside_views_and_search_index(populated: Path) -> None:
    with open_engine(populated).connect() as connection:
        command.check(configuration(connection))


@pytest.fixture(scope="module")
def migrated_and_made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inspector, Inspector]:
    """The tables that migrations make one after the other, and those that the models make."""
    folder = tmp_path_factory.mktemp("tables")
    with open_engine(folder / "migrated.db").connect() as connection:
        migrate(connection)
    migrated, made = (
        create_engine(f"sqlite:///{folder / name}", poolclass=NullPool)
        for name in ("migrated.db", "made.db")
    )
    SQLModel.metadata.create_all(made)
    return inspect(migrated), inspect(made)


@pytest.mark.parametrize("table", [table_name(table) for table in tables.TABLES])
def test_migrated_tables_are_those_of_the_models(
    migrated_and_made: tuple[Inspector, Inspector], table: str
) -> None:
    """Autogenerate does not see CHECK constraints, so everything is compared here."""
    one, other = migrated_and_made
    for what in (
        *("get_columns", "get_pk_constraint", "get_foreign_keys", "get_unique_constraints"),
        *("get_check_constraints", "get_indexes"),
    ):
        found, expected = (getattr(side, what)(table) for side in (one, other))
        assert repr_sorted(found) == repr_sorted(expected), what
    assert set(one.get_table_names()) == {*other.get_table_names(), "alembic_version"}


def repr_sorted(found: object) -> list[str]:
    return sorted(map(repr, found)) if isinstance(found, list) else [repr(found)]


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    with open_engine(tmp_path / "new.db").connect() as connection:
        migrate(connection)
        migrate(connection)
        assert set(inspect(connection).get_table_names()) == {
            "alembic_version",
            *(table_name(table) for table in tables.TABLES),
        }


# The command --------------------------------------------------------------------------------


def test_up_check_down_and_up_again(alembic: Alembic, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    alembic(path, "upgrade", "head")
    expected = {"alembic_version", *(table_name(table) for table in tables.TABLES)}
    assert {name for name in names(path, "table") if not name.startswith(INDEX)} == expected
    assert names(path, "view") == set(VIEWS)
    alembic(path, "check")
    alembic(path, "downgrade", "base")
    assert names(path, "table") == {"alembic_version"}
    assert names(path, "view") == set()
    assert names(path, "index") == set()
    alembic(path, "upgrade", "head")
    assert {name for name in names(path, "table") if not name.startswith(INDEX)} == expected
    assert names(path, "view") == set(VIEWS)
    assert names(path, "index") >= {"ix_codings_coder", "ix_judgements_misuse_vector_step"}


def test_typed_in_a_clone_it_migrates_the_database_there(clone: Path) -> None:
    words = [sys.executable, "-W", "error", "-m", "alembic", "upgrade", "head"]
    subprocess.run(words, cwd=clone, check=True, capture_output=True)
    assert names(clone / "evidence.db", "view") == set(VIEWS)


def test_sql_alone_cannot_be_had(alembic: Alembic, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"need a database to look at: leave out --sql\.$"):
        alembic(tmp_path / "new.db", "upgrade", "head", "--sql")
    assert not (tmp_path / "new.db").exists()


def test_commands_that_look_leave_a_populated_database_as_it_was(
    alembic: Alembic, populated: Path
) -> None:
    before = everything(populated)
    alembic(populated, "check")
    alembic(populated, "current")
    assert everything(populated) == before


def test_check_finds_what_is_not_as_the_models_say(alembic: Alembic, tmp_path: Path) -> None:
    alembic(tmp_path / "new.db", "upgrade", "head")
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        connection.execute("alter table studies add column rating integer")
    with pytest.raises(SystemExit):
        alembic(tmp_path / "new.db", "check")


def test_a_populated_database_goes_up_and_down(
    alembic: Alembic, clone: Path, populated: Path
) -> None:
    before = everything(populated)
    (clone / "migrations" / "versions" / f"{NEXT}_later.py").write_text(LATER, encoding="utf-8")

    alembic(populated, "upgrade", "head")
    assert names(populated, "view") == set(VIEWS)
    assert found(populated, "guild") == [("madeup2021",)]
    after = everything(populated)
    for table in ("studies", "judgements", "levels"):
        assert after.pop(table) == [{"added": None, **row} for row in before[table]]
    assert after == {name: content for name, content in before.items() if name in after}

    # The views are those of the newest tables: an older database has none.
    alembic(populated, "downgrade", "-1")
    assert names(populated, "view") == set()
    assert not [name for name in names(populated, "table") if name.startswith(INDEX)]
    assert rows(populated, "judgements") == before["judgements"]

    alembic(populated, "upgrade", "head")
    assert {
        name: content for name, content in everything(populated).items() if name in after
    } == after

    alembic(populated, "downgrade", "base")
    assert names(populated, "table") == {"alembic_version"}


def test_screening_comes_and_goes_with_rows_there(
    alembic: Alembic, populated: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(populated)) as connection, connection:
        connection.execute("update studies set version_of = 'fictive2022' where year = 2019")
    before = everything(populated)
    fresh = tmp_path / "fresh.db"
    alembic(fresh, "upgrade", "0001")

    alembic(populated, "downgrade", "0001")
    assert tables_of(populated) == tables_of(fresh)
    assert "screening" not in tables_of(populated)
    assert names(populated, "view") == set()
    kept = ("judgements", "authors", "authorships", "vectors", "levels")
    assert {name: rows(populated, name) for name in kept} == {name: before[name] for name in kept}
    # Some columns came later: who settled a consensus, and what a coding came from.
    for table, later in (
        ("coders", {"settled_by"}),
        ("codings", {"codebook", "version_read", "read"}),
        ("steps", {"note"}),
    ):
        found_rows = rows(populated, table)
        assert before[table][0].keys() - found_rows[0].keys() == later
        assert found_rows == cut_to(found_rows[0], before[table])
    assert len(rows(populated, "studies")) == len(before["studies"])

    alembic(populated, "upgrade", "head")
    alembic(populated, "check")
    alembic(fresh, "upgrade", "head")
    assert tables_of(populated) == tables_of(fresh)
    after = everything(populated)
    assert after["coders"] == before["coders"]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert found(populated, "guild") == [("madeup2021",)]
    # What an older database does not know, the next build writes: until then, nothing is found.
    new = ("screening", "searches", "decisions", "exclusion_reasons", "study_types")
    new += ("comparisons", "comparators", "findings", "codebook_versions", "agreed_levels")
    assert {name: after[name] for name in new} == {name: [] for name in new}
    assert after["coded_studies"] == []
    with closing(sqlite3.connect(populated)) as connection:
        assert connection.execute("select found_studies from build").fetchall() == [(0,)]
        assert connection.execute("select distinct version_of from studies").fetchall() == [(None,)]


def tables_of(path: Path) -> dict[str, list[str]]:
    """Return what each table but the search index consists of, in words."""
    seen = inspect(create_engine(f"sqlite:///{path}", poolclass=NullPool))
    return {
        table: [
            *repr_sorted(seen.get_columns(table)),
            *repr_sorted(seen.get_foreign_keys(table)),
            *repr_sorted(seen.get_check_constraints(table)),
            *repr_sorted(seen.get_unique_constraints(table)),
            *repr_sorted(seen.get_indexes(table)),
        ]
        for table in seen.get_table_names()
        if not table.startswith(INDEX)
    }


def test_a_build_is_marked_as_of_the_newest_migration(
    tiny: Path, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_database(read_corpus(tiny), tmp_path / "now.db")
    assert rows(tmp_path / "now.db", "alembic_version") == [{"version_num": NEWEST}]
    (clone / "migrations" / "versions" / f"{NEXT}_later.py").write_text(LATER, encoding="utf-8")
    monkeypatch.setattr(database, "shipped", lambda name: clone / name)
    build_database(read_corpus(tiny), tmp_path / "later.db")
    assert rows(tmp_path / "later.db", "alembic_version") == [{"version_num": NEXT}]


def test_a_folder_whose_name_means_something_to_the_settings(
    tmp_path: Path, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "100% %(here)s ä"
    shutil.copytree(clone, odd)
    monkeypatch.setattr(database, "shipped", lambda name: odd / name)
    with open_engine(tmp_path / "new.db").connect() as connection:
        create_tables(connection)
        assert "studies" in inspect(connection).get_table_names()
