"""What strangers' SQL may do: by every way in, and in each function, with the worst values."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from bench.attack_functions import calls
from datasette.app import Datasette

from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.functions import ALLOWED
from marginal_risk.publish.guard.sql import TABLE_FUNCTIONS, GuardedConnection, guard
from places import ROOT

REFUSED = (
    "fts3_tokenizer('simple')",
    "fts3_tokenizer('simple', x'4141414141414141')",
    "load_extension('x')",
    "readfile('/etc/passwd')",
    "writefile('/tmp/x', 'x')",
    "edit('x')",
    "zeroblob(10)",
    "randomblob(10)",
    "printf('%.*c', 900000000, 'x')",
    "format('%900000000d', 1)",
    "sqlite_compileoption_get(1)",
    "sqlite_log(1, 'x')",
    "json_patch('{}', '{}')",
    "matchinfo(1)",
    "snippet('a')",
    "highlight('a')",
    "rtreecheck('x')",
)
REFUSED_TABLES = (
    "fts3tokenize",
    "pragma_database_list",
    "pragma_compile_options",
    "pragma_function_list",
    "pragma_hard_heap_limit",
    "dbstat",
    "sqlite_dbpage",
    "sqlite_stmt",
    "bytecode",
    "tables_used",
    "generate_series",
    "fsdir",
    "no_such_table",
)
ATTACKS = (
    *(f"select {call}" for call in REFUSED),
    *(f"select * from {table}" for table in REFUSED_TABLES),
    *(f"select count(*) from {table}" for table in REFUSED_TABLES),
    "select * from fts3tokenize where input = 'a'",
    "select * from pragma_table_list t, pragma_database_list",
    "with x as (select * from dbstat) select count(*) from x",
    "with x as (select zeroblob(1)) select 1 from x where exists (select 1 from x)",
    "select \"fts3_tokenizer\"('simple')",
    "select FTS3_TOKENIZER('simple')",
    "explain select load_extension('x')",
    "select snippet(studies_fts, 3, '', '', '', 64) from studies_fts where studies_fts match 'a*'",
    "select highlight(studies_fts, 3, '', '') from studies_fts where studies_fts match 'a*'",
)


@pytest.fixture
def connection(database: Path) -> GuardedConnection:
    guarded = sqlite3.connect(
        f"{database.as_uri()}?immutable=1", uri=True, factory=GuardedConnection
    )
    guard(guarded)
    return guarded


@pytest.mark.parametrize("sql", ATTACKS)
def test_what_is_on_no_list_is_refused_before_it_runs(
    connection: GuardedConnection, sql: str
) -> None:
    with pytest.raises(
        sqlite3.Error, match=r"not authorized|no such (table|function)|constructor failed"
    ):
        connection.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "attach ':memory:' as x",
        "detach main",
        "create table x (y)",
        "create temp table x (y)",
        "create temp view x as select 1",
        "create virtual table temp.x using fts3tokenize",
        "insert into studies default values",
        "update studies set year = 1",
        "delete from studies",
        "drop table studies",
        "vacuum into '/tmp/x'",
        "analyze",
        "reindex",
        "begin",
        "savepoint x",
        "pragma hard_heap_limit = 1",
        "pragma temp_store_directory = '/'",
        "pragma schema_version = 9",
        "pragma writable_schema = 1",
        "pragma data_store_directory = 'x'",
    ],
)
def test_a_statement_that_does_more_than_read_is_refused(
    connection: GuardedConnection, sql: str
) -> None:
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|authorization denied"):
        connection.execute(sql)


def test_every_module_of_this_sqlite_is_on_the_list_or_refused(
    connection: GuardedConnection,
) -> None:
    """Whatever the SQLite at hand was built with."""
    plain = sqlite3.connect(":memory:")
    modules = {name for (name,) in plain.execute("select name from pragma_module_list")}
    pragmas = {f"pragma_{name}" for (name,) in plain.execute("select name from pragma_pragma_list")}
    plain.close()
    assert {"json_each", "fts5"} <= modules
    assert "pragma_database_list" in pragmas
    for name in modules | pragmas - TABLE_FUNCTIONS:
        if name not in TABLE_FUNCTIONS:
            with pytest.raises(sqlite3.Error):
                connection.execute(f"select * from {name}")


def test_every_function_of_this_sqlite_is_on_the_list_or_refused(
    connection: GuardedConnection,
) -> None:
    plain = sqlite3.connect(":memory:")
    functions = set(plain.execute("select name, narg from pragma_function_list"))
    plain.close()
    assert len(functions) > 100
    for name, count in functions:
        if name not in ALLOWED:
            arguments = ", ".join(["1"] * max(count, 0))
            with pytest.raises(sqlite3.Error, match="not authorized"):
                connection.execute(f"select {name}({arguments})")


WAYS_IN = (
    ("/evidence/-/query.json", "sql", "select {call}"),
    ("/evidence/-/query", "sql", "select {call}"),
    ("/evidence/-/query.csv", "sql", "select {call}"),
    ("/evidence.json", "sql", "select {call}"),
    ("/evidence/studies.json", "_where", "{call}"),
    ("/evidence/studies.json", "_where", "1 in (select {call})"),
    ("/evidence/studies", "_where", "{call}"),
    ("/evidence/studies.csv", "_where", "{call}"),
    ("/evidence/gaps.json", "_where", "{call}"),
)


@pytest.mark.parametrize(
    "call",
    [
        "fts3_tokenizer('simple', x'4141414141414141')",
        "exists (select 1 from fts3tokenize where input = 'a')",
        "(select file from pragma_database_list)",
    ],
)
async def test_no_way_in_leads_around_the_list(site: Datasette, call: str) -> None:
    for path, parameter, form in WAYS_IN:
        query = urlencode({parameter: form.format(call=call)})
        response = await site.client.get(f"{path}?{query}", follow_redirects=True)
        # Datasette shows the editor again, with what is wrong.
        assert response.status_code == (200 if path == "/evidence/-/query" else 400), path
        assert re.search("not authorized|constructor failed", response.text), path
        assert str(site.get_database("evidence").path) not in response.text
        assert "Traceback" not in response.text


async def test_what_should_be_a_column_is_no_expression(site: Datasette) -> None:
    for query in (
        "_facet_array=fts3_tokenizer(1)",
        "_sort=load_extension(1)",
        "_sort_desc=(select+1)",
        "_col=load_extension(1)",
        "_through={}",
    ):
        response = await site.client.get(f"/evidence/studies.json?{query}")
        assert response.status_code == 400, query


async def test_the_parameter_of_a_stored_query_is_a_value(site: Datasette) -> None:
    call = "' || load_extension('x') || '"
    query = urlencode({"step": call, "_shape": "array"})
    response = await site.client.get(f"/evidence/reasons_at_a_step.json?{query}")
    assert (response.status_code, response.json()) == (200, [])


async def test_what_is_on_the_list_works_on_every_way_in(site: Datasette) -> None:
    async def rows(path: str, **query: str) -> list[object]:
        response = await site.client.get(f"{path}?{urlencode({'_shape': 'array', **query})}")
        assert response.status_code == 200, response.text
        found: list[object] = response.json()
        return found

    sql = (
        "select instr('abcabc', 'ca') a, replace('a-b', '-', '+') b, trim('xax', 'x') c,"
        " 'Abc' like 'a%' d, 'Abc' glob 'A?c' e, strftime('%Y', '2024-03-01') f,"
        " json_extract('{\"k\": 7}', '$.k') g, 'a%b' like '%!%%' escape '!' h"
    )
    assert await rows("/evidence/-/query.json", sql=sql) == [
        {"a": 3, "b": "a+b", "c": "a", "d": 1, "e": 1, "f": "2024", "g": 7, "h": 1}
    ]
    sql = "select name from pragma_table_info('studies') where name = 'citekey'"
    assert await rows("/evidence/-/query.json", sql=sql) == [{"name": "citekey"}]
    assert await rows("/evidence/studies.json", _search="robot", _facet="year", _sort="year")
    assert await rows("/evidence/studies.json", _where="title like '%A%'")


async def test_a_bounded_function_says_why_it_is_refused(site: Datasette) -> None:
    doubled = (
        "with t(a, n) as (select 'a', 0 union all select a || a, n + 1 from t where n < 16)"
        " select instr(a, a) from t where n = 16"
    )
    response = await site.client.get(f"/evidence/-/query.json?{urlencode({'sql': doubled})}")
    assert response.status_code == 400
    assert response.json()["error"] == "string or blob too big"


async def test_a_result_has_an_end_in_bytes(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LONGEST_RESULT", 5_000)
    sql = "select hex(hex(hex(hex('0123456789')))) from levels, levels b, levels c, levels d"
    response = await site.client.get(f"/evidence/-/query.json?{urlencode({'sql': sql})}")
    assert response.status_code == 400
    assert response.json()["error"] == "the result is longer than 5,000 bytes"


DOUBLED = (
    "with t(a, n) as (select 'a', 0 union all select a || a, n + 1 from t where n < {})"
    " select {} from t where n = {}"
)


@pytest.mark.parametrize(
    ("kept", "broken"),
    [
        pytest.param(DOUBLED.format(16, "1", 16), DOUBLED.format(17, "1", 17), id="value"),
        pytest.param(f"select 1{' ' * 19_000}", f"select 1{' ' * 20_000}", id="statement"),
        pytest.param(f"select {'1,' * 99}1", f"select {'1,' * 100}1", id="columns"),
        pytest.param(f"select max({'1,' * 15}1)", f"select max({'1,' * 16}1)", id="arguments"),
        pytest.param(
            f"select 1{' union select 1' * 49}", f"select 1{' union select 1' * 50}", id="selects"
        ),
        pytest.param(f"select 1{'+1' * 190}", f"select 1{'+1' * 210}", id="expression"),
        pytest.param(
            f"select 'a' like '{'_' * 1_000}'", f"select 'a' like '{'_' * 1_001}'", id="pattern"
        ),
        pytest.param(
            DOUBLED.format(16, "instr(a, substr(a, 1, 70))", 16),
            DOUBLED.format(16, "instr(a, substr(a, 1, 80))", 16),
            id="comparisons",
        ),
        pytest.param(
            f"select 1 from {', '.join(f'studies s{i}' for i in range(20))} limit 0",
            f"select 1 from {', '.join(f'coverage_matrix s{i}' for i in range(60))}",
            id="instructions",
        ),
    ],
)
def test_each_limit_of_a_statement_is_held(
    connection: GuardedConnection, kept: str, broken: str
) -> None:
    connection.execute(kept).fetchone()
    with pytest.raises((sqlite3.Error, MemoryError)):
        connection.execute(broken).fetchone()


def test_a_costly_function_ends_where_the_time_is_up(connection: GuardedConnection) -> None:
    looks = 0

    def look() -> int:
        nonlocal looks
        looks += 1
        return int(looks > 2)

    connection.clock.handler = look
    with pytest.raises(sqlite3.DataError, match="too big"):
        connection.execute("select instr(title, 'a') from studies").fetchall()
    assert looks == 3


def test_a_bounded_function_is_sqlite_s_own_within_its_bound(
    connection: GuardedConnection,
) -> None:
    plain = sqlite3.connect(":memory:")
    values = ["'Ab'", "''", "null", "1", "1.0", "1e20", "x'4142'", "'ä'", "'%b'", "'*b'", "'Ä'"]
    for form in ("instr({},{})", "replace({},{},'-')", "trim({},{})", "{} like {}", "{} glob {}"):
        for first in values:
            for second in values:
                sql = f"select {form.format(first, second)}"
                assert connection.execute(sql).fetchone()[0] == plain.execute(sql).fetchone()[0], (
                    sql
                )
    plain.close()


def test_the_worst_values_are_tried_at_each_number_of_arguments() -> None:
    called = {(name, len(values)) for name, _, values in calls()}
    plain = sqlite3.connect(":memory:")
    functions = set(plain.execute("select name, narg from pragma_function_list"))
    plain.close()
    allowed = {(name, count) for name, count in functions if name in ALLOWED}
    assert len(allowed) > 80
    for name, count in allowed:
        counts = [count] if count >= 0 else range(17)
        assert {(name, each) for each in counts} <= called, name


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_every_function_ends_in_time_and_memory_with_the_worst_values() -> None:
    """Each, at each number of arguments, in a process of its own."""
    words = [sys.executable, "-m", "bench.attack_functions"]
    done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^[\d,]+ calls of (1[0-9]{2}|[89][0-9]) functions", done.stdout), done.stdout
