"""The full-text index over studies: SQLite only, made from the tables, apart from the views."""

from sqlalchemy import Connection, inspect, text

INDEX = "studies_fts"

# One document a study, under the rowid of its row in studies.
_CREATE = f"""
create virtual table {INDEX} using fts5(
    title, authors, abstract, rationale, tokenize = "porter unicode61 remove_diacritics 2"
)
"""
# It is written in one go: what was written is not to be merged again and again.
_SETTINGS = {"hashsize": 32 * 1024**2, "automerge": 0}
_SET = f"insert into {INDEX} ({INDEX}, rank) values (:name, :value)"  # noqa: S608  (a constant)
_FILL = f"""
insert into {INDEX} (rowid, title, authors, abstract, rationale)
select
    t.rowid,
    t.title,
    (select group_concat(a.name, ' ; ') from authorships s join authors a on a.id = s.author_id
        where s.citekey = t.citekey),
    t.abstract,
    (select group_concat(j.rationale, ' ') from judgements j join coders c on c.coder = j.coder
        where j.citekey = t.citekey and c.kind <> 'machine')
from studies t
"""  # noqa: S608  (a constant name)


def create_search_index(connection: Connection) -> None:
    """Index title, authors, abstract and rationales of every study that is loaded."""
    connection.execute(text(_CREATE))
    for name, value in _SETTINGS.items():
        connection.execute(text(_SET), {"name": name, "value": value})
    connection.execute(text(_FILL))
    connection.execute(text(f"insert into {INDEX} ({INDEX}) values ('optimize')"))  # noqa: S608


def drop_search_index(connection: Connection) -> None:
    """Drop the index, if it is there."""
    if INDEX in inspect(connection).get_table_names():
        connection.execute(text(f"drop table {INDEX}"))
