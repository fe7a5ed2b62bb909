"""Hostile statements, sent to a server through the address that a stranger has."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.attack_connections import Row, served

AGAIN = 24
"""How often the statement that takes the most memory is sent once more."""
_QUERY = "/evidence/-/query.json"
_LONG = (
    "with t(a, n) as (select 'a', 0 union all select a || a, n + 1 from t where n < 16),"
    " l as (select substr(a, 1, 60000) a from t where n = 16)"
)
_NUMBERS = "m(i) as (select 1 union all select i + 1 from m)"


def measure_sql(database: Path) -> Iterator[Row]:
    """Yield the slowest statement, the memory of all, and whether the server still stands."""
    slowest, name = 0.0, ""
    with served(database) as server:
        for what, sql in statements():
            status, _, seconds = server.get(_QUERY, sql=sql)
            slowest, name = max((slowest, name), (seconds, what))
            if status not in (200, 400):
                yield Row(f"sql: status of {what}", status, "== 400")
        yield Row(f"sql: slowest ({name}), s", slowest, "<= 5")
        # In each thread in turn, and three at once: none may keep for itself what it has freed.
        with ThreadPoolExecutor(3) as strangers:
            list(strangers.map(lambda _: server.get(_QUERY, sql=bomb(30)), range(AGAIN)))
        yield Row("sql: memory of the server, MB", server.megabytes(), "<= 250")
        yield Row("sql: the server is well (0: yes)", 0 if server.is_well() else 1, "== 0")


def bomb(levels: int) -> str:
    """Return a short statement that wants more memory than there is before it runs."""
    parts = ["a0 as (select 1 x union all select 1)"]
    parts += [f"a{i} as (select p.x from a{i - 1} p, a{i - 1} q)" for i in range(1, levels)]
    return f"with {', '.join(parts)} select count(*) from a{levels - 1}"


def statements() -> Iterator[tuple[str, str]]:
    """Yield what each statement tries, and the statement."""
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n)"
    yield "a tokenizer at an address", "select fts3_tokenizer('simple', x'4141414141414141'), 1"
    yield "the tokenizer's table", "select * from fts3tokenize where input = 'a'"
    yield "a needle in a long text", f"{_LONG} select instr(a, substr(a, 1, 30000) || '1') from l"
    calls = ", ".join(f"instr(a || {i}, substr(a, 1, 80) || '1')" for i in range(90))
    yield "many needles in one row", f"{_LONG} select {calls} from l"
    likes = " + ".join(f"(a like '%{'_' * 80}{i}b')" for i in range(90))
    yield "many patterns in one row", f"{_LONG} select {likes} from l"
    yield "a wide format", "select printf('%.*c', 900000000, 'x')"
    yield "a large blob", "select length(hex(zeroblob(490000000)))"
    yield "an endless count", f"{endless} select max(i) from n"
    tables = ", ".join(f"studies s{i}" for i in range(9))
    yield "an endless join", f"select count(*) from {tables}"
    yield "an endless sort", f"{endless} select i, hex(i) from n order by 2 limit 5"
    yield "all rows in one text", f"{endless} select group_concat(hex(i)) from n"
    yield "all rows in one array", f"{endless} select json_group_array(i) from n"
    yield "long texts in one table", f"{_LONG}, {_NUMBERS} select count(distinct a || i) from l, m"
    frame = "order by i rows between 9999 preceding and current row"
    texts = f"select max(a || i) over ({frame}) x from l, (select i from m limit 900000)"
    yield "long texts of a window", f"{_LONG}, {_NUMBERS} select sum(length(x)) from ({texts})"
    columns = ", ".join(["a || i"] * 99)
    yield "a large result", f"{_LONG}, {_NUMBERS} select {columns} from l, m limit 1000"
    yield "parts of WITH that double", bomb(30)
    tables = ", ".join(f"coverage_matrix c{i}" for i in range(60))
    yield "a join of many views", f"select count(*) from {tables}"
    words = "w as (select replace(substr(a, 1, 30000), 'a', 'a* ') q from l)"
    search = "select count(*) from w, studies_fts where studies_fts match q"
    yield "a search of many words", f"{_LONG}, {words} {search}"
    words = "w as (select replace(substr(a, 1, 15000), 'a', 'a* OR ') || 'b' q from l)"
    yield "a search of many prefixes", f"{_LONG}, {words} {search}"
    marks = "snippet(studies_fts, 3, a, a, a, 64) from l, studies_fts where studies_fts match"
    prefixes = " OR ".join(f"{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz")
    yield "marks at each word that is found", f"{_LONG} select {marks} '{prefixes}'"
    yield "a rank of each row", f"select rank from studies_fts where studies_fts match '{prefixes}'"
    yield "a deep expression", f"select {'(' * 900}1{')' * 900}"
    yield "a long expression", f"select {'1+' * 5_000}1"
    deeper = "select '[' || a || ']', n + 1 from d where n < 1900"
    arrays = f"with d(a, n) as (select '', 0 union all {deeper})"
    yield "a deep array", f"{arrays} select count(*) from d, json_tree(a) where n > 1000"
    yield "another file", "attach '/etc/passwd' as p"
