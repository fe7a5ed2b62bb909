"""The same rows on a PostgreSQL server: in one transaction, and never over somebody else's."""

import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.config import main as alembic
from hypothesis import given, settings
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool
from view_cases import CODINGS, Codings, put

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import BuildError, build_database, create_tables
from marginal_risk.store.inserting import insert_rows
from marginal_risk.store.loading import FILLS
from marginal_risk.store.postgresql import building
from marginal_risk.store.postgresql.address import DatabaseAddress
from marginal_risk.store.postgresql.building import build_on_server, is_current_on_server
from marginal_risk.store.tables import TABLES, table_name
from marginal_risk.store.views import VIEWS, create_views
from places import FROZEN, ROOT, TINY
from postgresql_server import PostgresqlServer

NAMES = (*map(table_name, TABLES), *VIEWS)
NewDatabase = Callable[[], str]
Rows = dict[str, Counter[tuple[Any, ...]]]

_numbers = count(1)


def make_database(server: PostgresqlServer) -> str:
    """Make an empty database whose language does not sort as SQLite does; return its name."""
    name = f"map{next(_numbers)}"
    server.run(
        "create database {} template template0 encoding 'UTF8'"
        " locale_provider icu icu_locale 'en' locale 'C.UTF-8'",
        name,
    )
    return name


@pytest.fixture
def new(server: PostgresqlServer) -> str:
    return make_database(server)


@pytest.fixture
def build(server: PostgresqlServer, new: str) -> Callable[..., None]:
    """Build a data directory into the new database."""
    return lambda data, *more: build_on_server(
        read_corpus(data), DatabaseAddress(server.url(new)), *more
    )


def rows_of(connection: psycopg.Connection) -> Rows:
    """Return all rows of all tables and views."""
    return {
        name: Counter(connection.execute(f'select * from "{name}"').fetchall()) for name in NAMES
    }


@pytest.fixture
def on_server(server: PostgresqlServer, new: str) -> Callable[[], Rows]:
    """Return what the new database holds."""

    def on_server() -> Rows:
        with server.connect(new) as connection:
            return rows_of(connection)

    return on_server


def in_a_file(data: Path, path: Path) -> Rows:
    """Return what a file built from a data directory holds."""
    build_database(read_corpus(data), path)
    with closing(sqlite3.connect(path)) as connection:
        return {name: Counter(connection.execute(f"select * from {name}")) for name in NAMES}


def change(data: Path) -> None:
    """Leave out a study that nobody coded, and what was decided about it."""
    bib = data / "bib" / "invented.bib"
    before, rest = bib.read_text(encoding="utf-8").split("@techreport{nobody2019", 1)
    bib.write_text(f"{before}@{rest.split('@', 1)[1]}", encoding="utf-8")
    screening = data / "screening.csv"
    lines = screening.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("nobody2019,")]
    screening.write_text("".join(kept), encoding="utf-8")


# The same rows ----------------------------------------------------------------------------


def test_a_reader_s_role_answers_the_readme_s_questions_and_writes_nothing(
    server: PostgresqlServer, build: Callable[..., None], new: str, tmp_path: Path
) -> None:
    build(FROZEN)
    page = (ROOT / "docs" / "postgresql.md").read_text(encoding="utf-8")
    (role,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```sql\n(.*?)```", readme, re.DOTALL)
    assert len(examples) == 3
    build_database(read_corpus(FROZEN), tmp_path / "evidence.db")
    with server.connect(new) as owner:
        owner.execute(role)
    try:
        build(FROZEN)  # the next build: its tables can be read, too
        with (
            server.connect(new, user="map_reader", password="choose-one") as reader,  # noqa: S106
            closing(sqlite3.connect(tmp_path / "evidence.db")) as file,
        ):
            for sql in examples:
                rows = reader.execute(sql).fetchall()
                assert rows
                assert Counter(rows) == Counter(file.execute(sql)), sql
            for name in NAMES:
                reader.execute(f'select count(*) from "{name}"')
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                reader.execute("delete from judgements")
            reader.execute("set default_transaction_read_only = off")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute("delete from judgements")
    finally:
        with server.connect(new) as owner:
            owner.execute("drop owned by map_reader; drop role map_reader")


@pytest.fixture(scope="module", params=[TINY, FROZEN], ids=["invented", "published"])
def both(
    request: pytest.FixtureRequest,
    server: PostgresqlServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Rows, Rows]:
    """What a server and a file hold of the same data."""
    new = make_database(server)
    build_on_server(read_corpus(request.param), DatabaseAddress(server.url(new)))
    with server.connect(new) as connection:
        on_server = rows_of(connection)
    return on_server, in_a_file(request.param, tmp_path_factory.mktemp("file") / "evidence.db")


@pytest.mark.parametrize("name", NAMES)
def test_a_table_or_view_has_the_rows_it_has_in_a_file(both: tuple[Rows, Rows], name: str) -> None:
    on_server, in_file = both
    assert on_server[name] == in_file[name]


def test_the_comparison_is_not_of_nothing(both: tuple[Rows, Rows]) -> None:
    on_server, _ = both
    assert {name for name in NAMES if on_server[name]} >= {
        *("studies", "judgements", "coverage_matrix", "study_coverage", "gaps", "next_to_code")
    }


def test_texts_of_any_kind_come_through(
    tiny: Path, tmp_path: Path, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    path = tiny / "rationales.csv"
    hostile = r"\N \. \t 'x' ''; drop table studies; -- {0} %s 漢字 \u05d0 🗺"
    before = path.read_text(encoding="utf-8")
    assert "Describes a guild of forgers." in before
    path.write_text(before.replace("Describes a guild of forgers.", hostile), encoding="utf-8")
    build(tiny)
    found = on_server()
    assert hostile in {row[-1] for row in found["judgements"]}
    assert found == in_a_file(tiny, tmp_path / "evidence.db")


def test_the_order_of_texts_is_not_the_language_of_the_server(
    *,
    tiny: Path,
    tmp_path: Path,
    server: PostgresqlServer,
    new: str,
    build: Callable[..., None],
    on_server: Callable[[], Rows],
) -> None:
    for name in ("coders.csv", "studies.csv", "rationales.csv", "comparisons.csv"):
        path = tiny / name
        before = path.read_text(encoding="utf-8")
        path.write_text(before.replace("person_b,", "person1,"), encoding="utf-8")
    build(tiny)
    with server.connect(new) as connection:  # or else this test holds nothing
        assert connection.execute("select 'person_a' < 'person1'").fetchone() == (True,)
    pairs = {(row[3], row[6]) for row in on_server()["disagreements"]}
    assert pairs == {("person1", "person_a")}
    assert on_server() == in_a_file(tiny, tmp_path / "evidence.db")


@pytest.fixture(scope="module")
def codebook_on_server(
    server: PostgresqlServer,
    codebook: sqlite3.Connection,
) -> Iterator[Any]:
    """The codebook of the property test, on the server."""
    engine = create_engine(server.url(make_database(server)), poolclass=NullPool)
    with engine.connect() as connection:
        create_tables(connection)
        for table in TABLES:
            insert_rows(connection, table, stored(codebook, table))
        create_views(connection)
        connection.commit()
        # Plans for a handful of rows, compiled, take longer than the rows.
        connection.execute(text("set jit = off"))
        connection.commit()
        yield connection


def stored(connection: sqlite3.Connection, table: Any) -> list[dict[str, Any]]:
    """Return the rows of a table as its model types them."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=NullPool)
    own = engine.connect()
    own.detach()  # it is closed by others
    return [dict(row) for row in own.execute(select(table.__table__)).mappings()]


@given(CODINGS)
@settings(max_examples=30)
def test_the_views_say_of_any_coding_what_they_say_in_a_file(
    codebook: sqlite3.Connection,
    codebook_on_server: Any,
    codings: Codings,
) -> None:
    try:
        put(codebook, codings)
        for table in TABLES:
            if table_name(table) in ("codings", "judgements", *FILLS):
                insert_rows(codebook_on_server, table, stored(codebook, table))
        driver = codebook_on_server.connection.driver_connection
        for view in VIEWS:
            found = driver.execute(f"select * from {view}").fetchall()
            assert Counter(found) == Counter(codebook.execute(f"select * from {view}")), view
    finally:
        codebook.rollback()
        codebook_on_server.rollback()


# A second build ---------------------------------------------------------------------------


def test_a_second_build_replaces_the_first_whole(
    tiny: Path, tmp_path: Path, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    build(tiny)
    first = on_server()
    change(tiny)
    build(tiny)
    second = on_server()
    assert len(second["studies"]) == len(first["studies"]) - 1
    assert second == in_a_file(tiny, tmp_path / "evidence.db")


def test_rows_that_somebody_added_are_replaced_too(
    server: PostgresqlServer, new: str, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    build(TINY)
    before = on_server()
    server.run("insert into levels values ('x', 'X', 'X', 9, 'x', 9)", database=new)
    for table in ("placed_judgements", "judgements"):
        server.run(f"delete from {table}", database=new)
    build(TINY)
    assert on_server() == before


def test_rights_and_views_of_others_last(
    server: PostgresqlServer, new: str, build: Callable[..., None]
) -> None:
    build(TINY)
    server.run("create schema theirs", database=new)
    server.run("create view theirs.titles as select title from public.studies", database=new)
    server.run("create role {} login", f"reader_of_{new}")
    server.run("grant select on gaps to {}", f"reader_of_{new}", database=new)
    build(TINY)
    with server.connect(new) as connection:
        titles = connection.execute("select count(*) from theirs.titles").fetchone()
        connection.execute(f"set role reader_of_{new}")
        assert connection.execute("select count(*) > 0 from gaps").fetchone() == (True,)
    assert titles is not None
    assert titles[0] > 0


def test_other_steps_make_other_columns(
    tiny: Path, tmp_path: Path, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    build(tiny)
    for path in (tiny / "codebook.yml", tiny / "studies.csv", tiny / "rationales.csv"):
        before = path.read_text(encoding="utf-8")
        after = before.replace("slug: defense", "slug: order").replace(",defense,", ",order,")
        path.write_text(after, encoding="utf-8")
    build(tiny)
    assert on_server() == in_a_file(tiny, tmp_path / "evidence.db")


def test_a_build_of_another_program_is_made_anew(
    server: PostgresqlServer, new: str, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    build(TINY)
    before = on_server()
    for statement in (
        "update build set program_version = 'older'",
        "drop view gaps, next_to_code",
        "alter table studies drop column doi",
        "create table was_once (a integer)",
        "insert into table_descriptions values ('was_once', false, 'No longer made.')",
    ):
        server.run(statement, database=new)
    build(TINY)
    assert on_server() == before
    with server.connect(new) as connection:
        assert connection.execute("select to_regclass('was_once')").fetchone() == (None,)


def test_what_migrations_alone_have_made_is_built_over(
    server: PostgresqlServer,
    new: str,
    build: Callable[..., None],
    on_server: Callable[[], Rows],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    for words in (["upgrade", "head"], ["check"], ["downgrade", "base"], ["upgrade", "head"]):
        alembic(["-x", f"url={server.url(new)}", *words], prog="alembic")
    with server.connect(new) as connection:
        assert not any(rows_of(connection)["studies"])
    build(TINY)
    assert len(on_server()["studies"]) == 6
    alembic(["-x", f"url={server.url(new)}", "check"], prog="alembic")


def test_it_is_current_until_the_data_or_the_rows_change(
    server: PostgresqlServer, tiny: Path, new: str, build: Callable[..., None]
) -> None:
    address = DatabaseAddress(server.url(new))
    assert not is_current_on_server(address, tiny)
    build(tiny)
    assert is_current_on_server(address, tiny)
    change(tiny)
    assert not is_current_on_server(address, tiny)
    build(tiny)
    assert is_current_on_server(address, tiny)
    server.run("update build set program_version = 'older'", database=new)
    assert not is_current_on_server(address, tiny)


# Readers and other builds -----------------------------------------------------------------


def test_readers_see_the_old_rows_until_the_new_ones_are_whole(
    server: PostgresqlServer,
    tiny: Path,
    new: str,
    build: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build(tiny)
    change(tiny)
    with server.connect(new) as reader, server.connect(new) as patient:
        reader.execute("set lock_timeout = '1s'")  # who has to wait fails
        before = rows_of(reader)
        patient.execute("begin isolation level repeatable read")
        assert rows_of(patient) == before
        seen: list[str] = []

        def look(table: str, *_: int) -> None:
            assert rows_of(reader) == before, table
            seen.append(table)

        last = building.verify_counts
        monkeypatch.setattr(
            building, "verify_counts", lambda *said: (look("the last step", 0), last(*said))
        )
        build(tiny, look)
        assert seen[0] == "vectors"
        assert seen[-1] == "the last step"
        after = rows_of(reader)
        assert len(after["studies"]) == len(before["studies"]) - 1
        assert rows_of(patient) == before  # one transaction sees one build
        patient.execute("commit")
        assert rows_of(patient) == after


def test_builds_at_the_same_time_take_turns(
    tiny: Path, tmp_path: Path, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            build(tiny)
        except BaseException as error:  # told below
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert on_server() == in_a_file(tiny, tmp_path / "evidence.db")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("moment", ["vectors", "judgements", "verify"])
@pytest.mark.parametrize("is_first", [True, False], ids=["first", "second"])
def test_a_failing_build_changes_nothing(
    *,
    server: PostgresqlServer,
    tiny: Path,
    new: str,
    build: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
    moment: str,
    is_first: bool,
) -> None:
    def state() -> object:
        with server.connect(new) as connection:
            return not is_first and rows_of(connection), connection.execute(
                "select relname from pg_class where relnamespace = 'public'::regnamespace"
            ).fetchall()

    def fail(*said: object) -> None:
        if moment in (said[0], "verify"):
            raise error(moment)

    if not is_first:
        build(tiny)
        change(tiny)
    before = state()
    if moment == "verify":
        monkeypatch.setattr(building, "verify_counts", fail)
    with pytest.raises(error):
        build(tiny, *([] if moment == "verify" else [fail]))
    assert state() == before


def test_a_corpus_with_errors_is_refused(tiny: Path, build: Callable[..., None]) -> None:
    (tiny / "coders.csv").unlink()
    with pytest.raises(ValueError, match="the corpus has errors"):
        build(tiny)


def test_a_server_that_ends_the_connection_leaves_the_old_rows(
    server: PostgresqlServer, tiny: Path, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    build(tiny)
    before = on_server()
    change(tiny)

    def end(table: str, *_: int) -> None:
        if table == "authors":
            server.run(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname is not null and pid <> pg_backend_pid()"
            )

    with pytest.raises(BuildError, match=r"cannot be written: .*connection"):
        build(tiny, end)
    assert on_server() == before


# What belongs to somebody else ------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("create table notes (a integer)", "notes"),
        ("create view seen as select 1 as a", "seen"),
        ("create table studies (title text)", "studies"),
        ("create table build (id integer); create table alembic_version (a text)", "alembic_versi"),
        ("create materialized view kept as select 1 as a", "kept"),
    ],
)
def test_tables_of_somebody_else_are_not_touched(
    server: PostgresqlServer, new: str, build: Callable[..., None], made: str, named: str
) -> None:
    server.run(made, database=new)
    relations = "select relname from pg_class where relnamespace = 'public'::regnamespace"
    with server.connect(new) as connection:
        before = connection.execute(relations).fetchall()
        with pytest.raises(BuildError, match=rf"in use: schema public holds {named}.*Nothing was"):
            build(TINY)
        assert connection.execute(relations).fetchall() == before


def test_a_table_of_somebody_else_beside_an_earlier_build(
    server: PostgresqlServer, new: str, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    build(TINY)
    before = on_server()
    server.run("create table notes (a integer)", database=new)
    with pytest.raises(BuildError, match="holds notes, which no build"):
        build(FROZEN)
    assert on_server() == before


def test_other_schemas_and_extensions_are_nobody_else_s_tables(
    server: PostgresqlServer, new: str, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    server.run("create schema theirs", database=new)
    server.run("create table theirs.studies (title text)", database=new)
    server.run("create extension pg_stat_statements", database=new)
    build(TINY)
    assert len(on_server()["studies"]) == 6


def test_a_schema_of_its_own(server: PostgresqlServer, new: str) -> None:
    server.run("create table notes (a integer)", database=new)
    server.run("create schema evidence", database=new)
    url = f"{server.url(new)}&options=-csearch_path%3Devidence,public"
    for _ in range(2):
        build_on_server(read_corpus(TINY), DatabaseAddress(url))
    with server.connect(new) as connection:
        counted = connection.execute("select count(*) from evidence.studies").fetchone()
        assert counted == (6,)
        assert connection.execute("select to_regclass('public.studies')").fetchone() == (None,)


def test_a_view_of_somebody_else_stands_in_the_way_of_other_tables(
    server: PostgresqlServer, new: str, build: Callable[..., None], on_server: Callable[[], Rows]
) -> None:
    build(TINY)
    server.run("create schema theirs", database=new)
    server.run("create view theirs.titles as select title from public.studies", database=new)
    server.run("update build set program_version = 'older'", database=new)
    before = on_server()
    with pytest.raises(BuildError, match=r"view theirs\.titles depends on table studies"):
        build(TINY)
    assert on_server() == before


# What cannot be reached or read -----------------------------------------------------------

SECRET = "s3cret"  # noqa: S105


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "cannot be read"),
        ("evidence.db", "cannot be read"),
        (f"postgresql+psycopg://me:{SECRET}", "cannot be read"),
        (f"postgresql+psycopg://me:{SECRET}@host:port/map", "cannot be read"),
        (f"postgresql+psycopg://me:a@{SECRET}@host/map", "second '@'"),
        (f"postgresql+psycopg://me:{SECRET}@host", "names no database"),
        (f"postgresql+psycopg2://me:{SECRET}@host/map", r"begin with postgresql\+psycopg://"),
        (f"mysql://me:{SECRET}@host/map", r"begin with postgresql\+psycopg://"),
        ("sqlite:///evidence.db", "a file is --output"),
    ],
)
def test_an_address_that_is_none(url: str, said: str) -> None:
    with pytest.raises(BuildError, match=said) as raised:
        DatabaseAddress(url)
    assert SECRET not in str(raised.value)
    assert raised.value.__context__ is None or raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://me:s3cret@/map?host=/nowhere", "Database map on /nowhere cannot be"),
        ("postgresql://me:s3cret@127.0.0.1:1/map", "Database map on 127.0.0.1 cannot be"),
        ("postgresql://me@127.0.0.1:1/map?password=s3cret", "Database map on 127.0.0.1 cannot be"),
        ("postgresql://me:x@127.0.0.1:1/map?s3cret=s3cret&password=s3cret", "invalid connection"),
    ],
)
def test_a_server_that_does_not_answer(url: str, said: str) -> None:
    with pytest.raises(BuildError, match=said) as raised:
        is_current_on_server(DatabaseAddress(url), TINY)
    assert SECRET not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_server_that_does_not_let_in_or_write(
    server: PostgresqlServer, new: str, build: Callable[..., None]
) -> None:
    user = f"user_of_{new}"
    server.run(f"create role {{}} login password '{SECRET}'", user)

    def refused(url: str) -> str:
        with pytest.raises(BuildError) as raised:
            build_on_server(read_corpus(TINY), DatabaseAddress(url))
        assert SECRET not in str(raised.value)
        return str(raised.value)

    assert "authentication failed" in refused(server.url(new, user, f"not-{SECRET}"))
    assert 'database "nowhere" does not exist' in refused(server.url("nowhere"))
    assert "permission denied for schema public" in refused(server.url(new, user, SECRET))
    build(TINY)
    assert "permission denied for" in refused(server.url(new, user, SECRET))
    server.run("alter database {} set default_transaction_read_only = on", new)
    assert "read-only transaction" in refused(server.url(new))


def test_a_database_that_texts_do_not_fit_into(server: PostgresqlServer) -> None:
    name = f"map{next(_numbers)}"
    server.run(
        "create database {} template template0 encoding 'LATIN1' locale_provider libc locale 'C'",
        name,
    )
    with pytest.raises(BuildError, match="has the encoding LATIN1: create one with UTF8"):
        build_on_server(read_corpus(TINY), DatabaseAddress(server.url(name)))


def test_a_bug_is_no_fault_of_the_server(
    build: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "create_views", lambda _connection: None)
    with pytest.raises(Exception, match="does not exist") as raised:
        build(TINY)
    assert not isinstance(raised.value, BuildError)
