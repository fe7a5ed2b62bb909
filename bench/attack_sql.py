"""Send a list of hostile statements to a server, and say how long each held it.

Every statement goes through the address that a stranger has. After each, the site is asked how
it is: the longest that it took to say so is the figure.
"""

from __future__ import annotations

from collections.abc import Iterator

_LONG = "with t(a, n) as (select 'a', 0 union all select a || a, n + 1 from t where n < 16), l as (select substr(a, 1, 60000) a from t where n = 16)"


def _bomb(levels: int) -> str:
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
    yield "an endless join", "select count(*) from studies a, studies b, studies c, studies d, studies e, studies f"
    yield "an endless sort", f"{endless} select i, hex(i) from n order by 2 limit 5"
    yield "all rows in one text", f"{endless} select group_concat(hex(i)) from n"
    yield "all rows in one array", f"{endless} select json_group_array(i) from n"
    yield "long texts in one table", f"{_LONG}, m(i) as (select 1 union all select i + 1 from m) select count(distinct a || i) from l, m"
    yield "long texts of a window", f"{_LONG}, m(i) as (select 1 union all select i + 1 from m limit 900000) select sum(length(x)) from (select max(a || i) over (order by i rows between 9999 preceding and current row) x from l, m)"
    yield "a large result", f"{_LONG}, m(i) as (select 1 union all select i + 1 from m limit 1000) select {', '.join(['a || i'] * 99)} from l, m"
    yield "parts of WITH that double", _bomb(30)
    yield "a join of all tables", f"select count(*) from {', '.join(f'coverage_matrix c{i}' for i in range(60))}"
    yield "a search of many words", f"{_LONG}, w as (select replace(substr(a, 1, 30000), 'a', 'a* ') q from l) select count(*) from w, studies_fts where studies_fts match q"
    yield "a search of many prefixes", f"{_LONG}, w as (select replace(substr(a, 1, 15000), 'a', 'a* OR ') || 'b' q from l) select count(*) from w, studies_fts where studies_fts match q"
    yield "a deep expression", f"select {'(' * 900}1{')' * 900}"
    yield "a long expression", f"select {'1+' * 5_000}1"
    yield "a deep array", "with d(a, n) as (select '', 0 union all select '[' || a || ']', n + 1 from d where n < 1900) select count(*) from d, json_tree(a) where n > 1000"
    yield "another file", "attach '/etc/passwd' as p"
