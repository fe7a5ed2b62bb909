"""A built database with a sound proposal laid over it: what its tables and views would then say.

Temporary tables and views take the place of those with the same names, for one connection. The
file stays as it is. So a change is counted by the SQL that counts the map, and nothing is copied.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from marginal_risk.check.standing import read_standing
from marginal_risk.contribute.coding.proposal import Proposal
from marginal_risk.rows import Person, Records, Reference
from marginal_risk.store.agreement import agreement_rows
from marginal_risk.store.loading import FILLS

_CREATE_VIEW = re.compile(r"\s*create\s+view\b", re.IGNORECASE)
_TABLES = (
    *("studies", "authors", "authorships"),
    *("coders", "screening", "codings", "coding_starts", "judgements", "comparisons"),
)
"""The tables to which a proposal adds rows."""


def lay_over(connection: sqlite3.Connection, proposal: Proposal) -> None:
    """Have a connection read a built database as if it held a sound proposal.

    The connection must be the caller's own. The table ``agreement``, which no view reads, is
    left as it was: ``measure_agreement`` brings it up to date.
    """
    if proposal.new is None:
        raise ValueError("the proposal has errors: see its findings")
    connection.execute("pragma temp_store = memory")
    _replace_screening(connection, proposal)
    for table in _TABLES:
        connection.execute(
            f"create temp table added_{table} as select * from main.{table} limit 0"  # noqa: S608
        )
    for table, rows in _rows(connection, proposal.new):
        _insert(connection, f"added_{table}", rows)
    _insert(connection, "added_screening", _with_ids(connection, "screening", _stands(proposal)))
    for table in _TABLES:
        where = " where id not in (select id from replaced)" if table == "screening" else ""
        connection.execute(
            f"create temp view {table} as select * from main.{table}{where}"  # noqa: S608  (ours)
            f" union all select * from added_{table}"
        )
    views = "select sql from main.sqlite_master where type = 'view' order by rowid"
    for (sql,) in connection.execute(views).fetchall():
        connection.execute(_CREATE_VIEW.sub("create temp view", sql, count=1))
    _agree_anew(connection, proposal)


def _agree_anew(connection: sqlite3.Connection, proposal: Proposal) -> None:
    """Have the tables that keep rows of views say of the study what the rules say now."""
    key = (proposal.key.citekey, proposal.key.misuse_vector)
    for table, fill in FILLS.items():
        connection.execute(
            f"create temp table {table} as select * from main.{table}"  # noqa: S608  (ours)
            " where (citekey, misuse_vector) <> (?, ?)",
            key,
        )
        connection.execute(
            fill.replace(f"into {table}", f"into temp.{table}")
            + " where (citekey, misuse_vector) = (?, ?)",
            key,
        )


def measure_agreement(connection: sqlite3.Connection) -> None:
    """Measure anew how far coders agree, on a connection with a proposal laid over it."""
    rows = agreement_rows(connection.execute)
    connection.execute("create temp table agreement as select * from main.agreement limit 0")
    _insert(connection, "agreement", rows)


def _replace_screening(connection: sqlite3.Connection, proposal: Proposal) -> None:
    """Note the rows of screening that the new one stands for, as ``answer_rows.add_rows`` does."""
    connection.execute(
        "create temp table replaced as select id from main.screening where citekey = ?"
        " and (misuse_vector = ? or misuse_vector is null)",
        (proposal.key.citekey, proposal.key.misuse_vector),
    )


def _stands(proposal: Proposal) -> Iterator[dict[str, Any]]:
    """Yield what stands decided about the study for the vector, now that it is coded."""
    unit = proposal.key[:2]
    rows = proposal.records.screening
    own = tuple(r for r in rows if (r.record.citekey, r.record.misuse_vector) == unit)
    for values in read_standing(replace(proposal.records, screening=own)):
        yield values._asdict()


def _rows(
    connection: sqlite3.Connection, new: Records
) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
    yield "studies", [reference.study._asdict() for reference in new.references]
    for reference in new.references:
        people = list(_numbered(connection, reference))
        yield "authors", [{"id": n, **p._asdict()} for _, _, n, p, is_new in people if is_new]
        names = ("role", "position", "author_id")
        citekey = reference.study.citekey
        yield (
            "authorships",
            [{"citekey": citekey, **dict(zip(names, row, strict=True))} for *row, _, _ in people],
        )
    yield "coders", [row.record.model_dump() for row in new.coders]
    yield "codings", [row.to_record().model_dump() for row in new.codings]
    yield (
        "coding_starts",
        [
            {**row.key._asdict(), "started_from": source}
            for row in new.codings
            for source in row.started_from
        ],
    )
    yield "judgements", [judgement.model_dump() for judgement in new.judgements()]
    comparisons = [row.to_record().model_dump() for row in new.comparisons]
    yield "comparisons", _with_ids(connection, "comparisons", comparisons)


def _with_ids(
    connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return rows with numbers that follow those of a table."""
    sql = f"select coalesce(max(id), 0) from main.{table}"  # noqa: S608  (our words)
    (last,) = connection.execute(sql).fetchone()
    return [{"id": number, **row} for number, row in enumerate(rows, start=last + 1)]


def _numbered(
    connection: sqlite3.Connection, reference: Reference
) -> Iterator[tuple[str, int, int, Person, bool]]:
    """Yield role, position and number of each person, and whether the person is new."""
    (last,) = connection.execute("select coalesce(max(id), 0) from main.authors").fetchone()
    numbers: dict[tuple[str, bool], int] = {}
    for role, people in (("author", reference.authors), ("editor", reference.editors)):
        for position, person in enumerate(people, start=1):
            name = person.name, person.is_corporate
            known = connection.execute(
                "select id from main.authors where name = ? and is_corporate = ?", name
            ).fetchone()
            is_new = known is None and name not in numbers
            number = known[0] if known else numbers.setdefault(name, last + len(numbers) + 1)
            yield role, position, number, person, is_new


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows; a column that a row does not name stays empty."""
    columns = [found[1] for found in connection.execute(f"pragma temp.table_info({table})")]
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"insert into temp.{table} values ({marks})",  # noqa: S608  (our words)
        ([row.get(column) for column in columns] for row in rows),
    )
