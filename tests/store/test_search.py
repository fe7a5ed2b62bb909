"""The search index: what it finds, and what it must not."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from marginal_risk.store.database import open_engine
from marginal_risk.store.search_index import INDEX, create_search_index, drop_search_index
from pages import build, screen

SOUGHT = (
    f"select citekey from studies where rowid in"
    f" (select rowid from {INDEX} where {INDEX} match ?) order by citekey"
)


def search(connection: sqlite3.Connection, words: str) -> list[str]:
    return [citekey for (citekey,) in connection.execute(SOUGHT, [words])]


@pytest.fixture
def database(tiny: Path, tmp_path: Path) -> Path:
    return build(tiny, tmp_path)


@pytest.fixture
def built(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("telephone", ["fictive2022"], id="title"),
        pytest.param("TELEPHONE", ["fictive2022"], id="title in capitals"),
        pytest.param(
            *("inventing", ["fictive2022", "invented2020", "madeup2021", "tabulated2024"]),
            id="stem, in title, reason or venue",
        ),
        pytest.param("letters", ["invented2020", "madeup2021"], id="vector, found for it"),
        pytest.param("about:nowhere", ["invented2020", "nobody2019", "pretend2023"], id="venue"),
        pytest.param("existence", ["fictive2022", "pretend2023"], id="author or title"),
        pytest.param("Zoë", ["fictive2022"], id="author with an accent"),
        pytest.param("zoe", ["fictive2022"], id="author without her accent"),
        pytest.param("institute", ["madeup2021", "nobody2019"], id="a body as author or venue"),
        pytest.param("abstract", ["invented2020"], id="abstract"),
        pytest.param("guild", ["madeup2021"], id="rationale"),
        pytest.param("baseline talk", [], id="notes are not in it"),
        pytest.param("mapmaker", [], id="rationale of a machine"),
        pytest.param("authors:tabulated", ["tabulated2024"], id="one column"),
        pytest.param("report", ["nobody2019"], id="a study that nobody coded"),
        pytest.param("xylophone", [], id="nothing"),
    ],
)
def test_what_a_search_finds(built: sqlite3.Connection, words: str, expected: list[str]) -> None:
    assert search(built, words) == expected


def test_editors_are_found(tiny: Path, tmp_path: Path) -> None:
    entry = "@book{edited2018, editor = {Šimůnek, Ota}, title = {A Book}, year = {2018},"
    bib = tiny / "bib" / "edited.bib"
    bib.write_text(entry + " publisher = {Nowhere Press},}\n", encoding="utf-8")
    screen(tiny)
    with closing(sqlite3.connect(build(tiny, tmp_path))) as connection:
        assert search(connection, "simunek") == ["edited2018"]


def test_an_index_is_whole(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        # It raises where the index says something else than the texts in it.
        connection.execute(f"insert into {INDEX} ({INDEX}) values ('integrity-check')")
        connection.execute(f"update {INDEX}_content set c0 = 'other words' where id = 1")
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            connection.execute(f"insert into {INDEX} ({INDEX}) values ('integrity-check')")


def test_the_index_can_be_dropped_and_made_again(database: Path) -> None:
    with open_engine(database).connect() as connection:
        drop_search_index(connection)
        tables = inspect(connection).get_table_names()
        assert not [name for name in tables if name.startswith(INDEX)]
        drop_search_index(connection)  # nothing there is no error
        create_search_index(connection)
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        assert search(raw, "guild") == ["madeup2021"]
