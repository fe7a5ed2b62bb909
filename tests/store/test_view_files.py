"""The files of the views: their SQL, their order, and what they say of their columns."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from view_cases import Row

import marginal_risk.store.views
from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database, open_engine
from marginal_risk.store.tables import TABLES
from marginal_risk.store.views import VIEWS, create_views, drop_views, read_view

FOLDER = Path(marginal_risk.store.views.__file__).parent
# Words that SQLite knows and PostgreSQL does not, or means something else by.
SQLITE_ONLY = {
    *("autoincrement", "changes", "date", "datetime", "glob", "group_concat", "hex", "ifnull"),
    *("iif", "indexed", "instr", "json_each", "json_extract", "julianday", "last_insert_rowid"),
    *("likelihood", "likely", "match", "nocase", "oid", "pragma", "printf", "quote", "random"),
    *("randomblob", "regexp", "replace", "rowid", "rtrim", "sqlite_master", "sqlite_schema"),
    *("strftime", "substr", "temp", "time", "total", "typeof", "unicode", "unixepoch", "unlikely"),
    *("without", "zeroblob", "_rowid_"),
}


def sql_words(name: str) -> list[str]:
    """Return the words of a view's statement, without comments and quoted texts."""
    text = re.sub(r"--.*", "", (FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    return re.findall(r"\w+", re.sub(r"'[^']*'", "", text).lower())


def test_every_file_is_a_view_and_every_view_a_file() -> None:
    assert sorted(VIEWS) == sorted(path.stem for path in FOLDER.glob("*.sql"))


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_sql_that_postgresql_runs_too(name: str) -> None:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    assert not SQLITE_ONLY & set(sql_words(name))
    assert not re.search(r"[`\[\]]|==|--\S", text)
    assert re.search(rf"^create view {name} as$", text, re.MULTILINE)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_reads_only_views_made_before_it(name: str) -> None:
    read = set(sql_words(name)) & set(VIEWS) - {name}
    assert read <= set(VIEWS[: VIEWS.index(name)])


@pytest.mark.parametrize("name", VIEWS)
def test_a_file_starts_with_its_question_and_describes_columns_that_exist(
    small: sqlite3.Connection, name: str
) -> None:
    view = read_view(name)
    first = (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"-- {view.question}"
    assert "?" in view.question
    columns = [column[0] for column in small.execute(f"select * from {name}").description]
    assert set(view.columns) <= set(columns)


def test_a_view_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        read_view("no_such_view")


def test_views_can_be_dropped_and_made_again(tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "evidence.db"
    build_database(read_corpus(tiny), path)
    names = "select name from sqlite_master where type = 'view'"
    with open_engine(path).connect() as connection:
        raw = connection.connection
        before = {view: raw.execute(f"select * from {view}").fetchall() for view in VIEWS}
        drop_views(connection)
        assert raw.execute(names).fetchall() == []
        drop_views(connection)  # nothing there is no error
        create_views(connection)
        assert {view: raw.execute(f"select * from {view}").fetchall() for view in VIEWS} == before


def test_a_step_may_have_a_name_that_sql_uses(tiny: Path, tmp_path: Path) -> None:
    for path in (tiny / "codebook.yml", tiny / "studies.csv", tiny / "rationales.csv"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("slug: defense", "slug: order").replace(",defense,", ",order,")
        path.write_text(text, encoding="utf-8")
    database = tmp_path / "evidence.db"
    build_database(read_corpus(tiny), database)
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute('select citekey, "order" from study_coverage')
        assert dict(rows)["invented2020"] == "absent"


def test_every_column_of_every_table_and_view_is_described(published: sqlite3.Connection) -> None:
    own = {"alembic_version", "sqlite_stat1", "sqlite_stat4"}
    present = {
        (name, kind == "view"): {row[1] for row in published.execute(f"pragma table_info({name})")}
        for name, kind in published.execute("select name, type from sqlite_master")
        if kind in ("table", "view") and name not in own and not name.startswith("studies_fts")
    }
    assert len(present) == len(TABLES) + len(VIEWS)
    described: dict[Row, set[str]] = {}
    for name, is_view, column in published.execute(
        "select table_name, is_view, column_name from table_descriptions t"
        " join field_descriptions f using (table_name) where f.description <> ''"
        " and t.description <> ''"
    ):
        described.setdefault((name, bool(is_view)), set()).add(column)
    assert described == present


@pytest.mark.parametrize("name", VIEWS)
def test_what_is_said_of_a_column_stands_alone(name: str) -> None:
    # They are listed by the alphabet: nothing before a sentence says who "them" are.
    lines = (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    for line in (line for line in lines[1:] if line.startswith("-- ")):
        assert not re.search(r"\b(of|those|for) (them|those)\b", line), line
