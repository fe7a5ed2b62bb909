"""The views of the map on fewer rows: how a filter counts without a second copy of the rules.

A filtered map is counted by the very views of the database: their SQL is put into one query
in which what they read is narrowed.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_VIEWS = (
    *("studies_by_layer", "coded_studies", "agreed_judgements"),
    *("coverage_by_layer", "coverage_matrix", "study_coverage_by_layer", "study_coverage"),
    *("comparisons_by_layer", "comparison_matrix_by_layer"),
)
_STORED = {
    "kept_studies": "citekey",
    "kept_codings": "layer, citekey, misuse_vector, coder",
    "changed_levels": "misuse_vector, step, citekey",
    "kept_levels": "layer, misuse_vector, step, citekey",
}
"""The temporary tables, and the keys of their rows."""
_FEW = 2_000
"""Judgements left out with which most levels are what they were."""
_IS_CHANGED = (
    "(misuse_vector, step, citekey) in (select misuse_vector, step, citekey from changed_levels)"
)
_CREATE = re.compile(r"\s*create\s+view\s+\S+\s+as\s", re.IGNORECASE)


@contextmanager
def narrowed_views(
    connection: sqlite3.Connection, kept: Mapping[str, str], parameters: Mapping[str, Any]
) -> Iterator[str]:
    """Yield a WITH clause in which the views read other rows than those they name; '' for none.

    ``kept`` is the SQL of the rows to read instead, by table or view; in it, ``main.`` reaches the
    one of that name, and ``kept_studies`` are the keys that stand before it under that name. Where
    judgements are left out, ``left_out``, the rule settles the levels anew by those that are kept,
    ``placed_judgements``. What takes time to find is found once, and stands in temporary tables
    until the end of the block, which only this connection sees.
    """
    if not kept:
        yield ""
        return
    found = connection.execute("select name, sql from sqlite_master where type = 'view'")
    bodies = {row["name"]: _CREATE.sub("", row["sql"], count=1) for row in found}
    narrowed = dict(kept)
    studies, codings = narrowed.pop("kept_studies", None), narrowed.get("placed_codings")
    judgements, left_out = narrowed.pop("placed_judgements", None), narrowed.pop("left_out", "")
    try:
        if studies is not None:
            _store(connection, "kept_studies", studies, parameters)
        if codings is not None:
            _store(connection, "kept_codings", codings, parameters)
            narrowed["placed_codings"] = "select * from kept_codings"
        if judgements is not None:
            levels = f"select * from ({bodies['levels_by_layer']})"
            if _are_few(connection, left_out, parameters):
                # Only those are settled anew of which a judgement is left out.
                changed = f"select distinct misuse_vector, step, citekey from ({left_out})"
                _store(connection, "changed_levels", changed, parameters)
                judgements = f"select * from ({judgements}) where {_IS_CHANGED}"
                same = f"select * from ({narrowed['agreed_levels']}) where not {_IS_CHANGED}"
                columns = ", ".join(_columns(connection, same, parameters))
                levels = f"select {columns} from ({levels}) union all {same}"
            rule = f"with placed_judgements as ({judgements}) {levels}"
            _store(connection, "kept_levels", rule, parameters)
            narrowed["agreed_levels"] = "select * from kept_levels"
        yield _clause(narrowed, bodies)
    finally:
        for table in _STORED:
            connection.execute(f"drop table if exists temp.{table}")


def _store(
    connection: sqlite3.Connection, table: str, sql: str, parameters: Mapping[str, Any]
) -> None:
    """Put rows into a temporary table."""
    columns = ", ".join(_columns(connection, sql, parameters))
    connection.execute(
        f"create temp table {table} ({columns}, primary key ({_STORED[table]})) without rowid"
    )
    connection.execute(f"insert into {table} {sql}", parameters)


def _columns(connection: sqlite3.Connection, sql: str, parameters: Mapping[str, Any]) -> list[str]:
    described = connection.execute(f"select * from ({sql}) limit 0", parameters).description
    return [column[0] for column in described]


def _are_few(connection: sqlite3.Connection, sql: str, parameters: Mapping[str, Any]) -> bool:
    found = f"select count(*) from (select 1 from ({sql}) limit {_FEW + 1})"
    return bool(connection.execute(found, parameters).fetchone()[0] <= _FEW)


def _clause(narrowed: Mapping[str, str], bodies: Mapping[str, str]) -> str:
    """Return the WITH clause of what is narrowed and of the views, each after those it reads."""
    expressions = [f"{name} as not materialized ({sql})" for name, sql in narrowed.items()]
    expressions += [f"{name} as ({bodies[name]})" for name in _VIEWS]
    return f"with {', '.join(expressions)}"
