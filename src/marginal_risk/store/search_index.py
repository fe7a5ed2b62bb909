"""The full-text index over studies: SQLite only, made apart from the tables and views."""

from sqlalchemy import Connection, inspect, text

INDEX = "studies_fts"

# One document a study, under the rowid of its row in studies.
_CREATE = f"""
create virtual table {INDEX} using fts5(
    title, authors, abstract, rationale, tokenize = "porter unicode61 remove_diacritics 2"
)
"""
# It is written in one go, so SQLite need not merge again and again what it has written so far.
_SETTINGS = [("hashsize", 128 * 1024**2), ("automerge", 0)]
_SET = f"insert into {INDEX} ({INDEX}, rank) values (?, ?)"  # noqa: S608  (a constant)
_OPTIMIZE = f"insert into {INDEX} ({INDEX}) values ('optimize')"  # noqa: S608
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
