"""The full-text index over studies: SQLite only, made apart from the tables and views.

From the tables, or, in a file of its own, from the records that they are made of.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from marginal_risk.rows import Records, Reference
from marginal_risk.store.inserting import Values, in_parts
from marginal_risk.store.writing import Statement

INDEX = "studies_fts"

# One document a study, under the rowid of its row in studies.
_CREATE = f"""
create virtual table {INDEX} using fts5(
    title, authors, abstract, rationale, tokenize = "porter unicode61 remove_diacritics 2"
)
"""
# It is written in one go: what was written is not to be merged again and again.
_SETTINGS: list[Values] = [("hashsize", 128 * 1024**2), ("automerge", 0)]
_SET = f"insert into {INDEX} ({INDEX}, rank) values (?, ?)"  # noqa: S608  (a constant)
_OPTIMIZE = f"insert into {INDEX} ({INDEX}) values ('optimize')"  # noqa: S608
_REBUILD = f"insert into {INDEX} ({INDEX}) values ('rebuild')"  # noqa: S608
_FILL = f"""
insert into {INDEX} (rowid, title, authors, abstract, rationale)
select
    t.rowid,
    t.title,
    (select group_concat(name, ' ; ') from (
        select a.name from authorships s join authors a on a.id = s.author_id
        where s.citekey = t.citekey order by s.role, s.position)),
    t.abstract,
    (select group_concat(rationale, ' ') from (
        select j.rationale from judgements j join coders c on c.coder = j.coder
        where j.citekey = t.citekey and c.kind <> 'machine'
        order by j.misuse_vector, j.coder, j.step))
from studies t
"""  # noqa: S608  (a constant name)
# The tables behind an index that hold what is in it: https://sqlite.org/fts5.html, section 9.
_PARTS = ("config", "content", "data", "idx", "docsize")


def create_search_index(connection: Connection) -> None:
    """Index title, authors, abstract and rationales of every study that is loaded."""
    connection.execute(text(_CREATE))
    connection.exec_driver_sql(_SET, _SETTINGS)
    connection.execute(text(_FILL))
    connection.execute(text(_OPTIMIZE))


def drop_search_index(connection: Connection) -> None:
    """Drop the index, if it is there."""
    if INDEX in inspect(connection).get_table_names():
        connection.execute(text(f"drop table {INDEX}"))


def index_statements(records: Records, references: Iterable[Reference]) -> Iterator[Statement]:
    """Yield what writes the index into a file of its own; ``references`` in order of their rows.

    The index is written in two statements, so that Python has nothing to do with it.
    """
    yield _CREATE, None
    yield _SET, _SETTINGS
    for some in in_parts(_documents(records, references)):
        yield f"insert into {INDEX}_content values (?, ?, ?, ?, ?)", some  # noqa: S608
    yield _REBUILD, None
    yield _OPTIMIZE, None


def take_search_index(connection: Connection, path: Path) -> None:
    """Put the index of such a file into the database; what is open there is committed.

    It can be used from the next connection on: this one has read the index while it was empty.
    """
    connection.commit()
    connection.execute(text("attach database :path as beside"), {"path": str(path.resolve())})
    connection.execute(text(_CREATE))
    for part in _PARTS:  # SQLite copies rows as they are between tables of one shape
        table = f"{INDEX}_{part}"
        connection.execute(text(f"delete from main.{table}"))  # noqa: S608
        connection.execute(text(f"insert into main.{table} select * from beside.{table}"))  # noqa: S608
    connection.commit()
    connection.execute(text("detach database beside"))


def _documents(records: Records, references: Iterable[Reference]) -> Iterator[Values]:
    """Yield what is found of each study: rowid, title, authors, abstract, rationales."""
    machines = {row.record.coder for row in records.coders if row.record.kind == "machine"}
    reasons = defaultdict(list)
    for row in sorted(records.rationales, key=lambda row: (row.key, row.step)):
        if row.key.coder not in machines:
            reasons[row.key.citekey].append(row.rationale)
    for rowid, (study, authors, editors, *_) in enumerate(references, start=1):
        names = " ; ".join([person.name for person in (*authors, *editors)])
        reason = " ".join(reasons[study.citekey]) if study.citekey in reasons else None
        yield rowid, study.title, names, study.abstract, reason
