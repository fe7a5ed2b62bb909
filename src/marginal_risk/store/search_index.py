"""The full-text index over studies: SQLite only, made apart from the tables and views.

Machines and what they wrote are left out: provisional codings are found nowhere by default.
"""

from sqlalchemy import Connection, inspect, text

INDEX = "studies_fts"

# One document a study, under the rowid of its row in studies. What stands in the column "about"
# is not in the study itself: the misuse vectors that it was found for and the steps that were
# judged, by name and slug, its types, its coders, and where and when it was published.
_CREATE = f"""
create virtual table {INDEX} using fts5(
    title, authors, abstract, rationale, about,
    tokenize = "porter unicode61 remove_diacritics 2"
)
"""
# It is written in one go, so SQLite need not merge again and again what it has written so far.
_SETTINGS = [("hashsize", 128 * 1024**2), ("automerge", 0)]
_SET = f"insert into {INDEX} ({INDEX}, rank) values (?, ?)"  # noqa: S608  (a constant)
_OPTIMIZE = f"insert into {INDEX} ({INDEX}) values ('optimize')"  # noqa: S608
_FILL = f"""
with judged as (
    select j.citekey, j.misuse_vector, j.step, j.coder, j.rationale, c.name
    from judgements j
    join coders c on c.coder = j.coder
    where c.kind <> 'machine'
),
wanted as (
    select f.citekey, v.name || ' ' || v.slug as word
    from screening f
    join vectors v on v.slug = f.misuse_vector
    where f.decision in ('candidate', 'included')
    union
    select f.citekey, y.name from screening f join study_types y on y.slug = f.study_type
    union
    select j.citekey, s.name || ' ' || s.slug from judged j join steps s on s.slug = j.step
    union
    select citekey, name from judged
),
about as (
    select citekey, group_concat(replace(word, '_', ' '), ' ; ') as words
    from wanted
    group by citekey
),
reasons as (
    select citekey, group_concat(rationale, ' ') as words
    from (select * from judged order by citekey, misuse_vector, coder, step)
    group by citekey
)
insert into {INDEX} (rowid, title, authors, abstract, rationale, about)
select
    t.rowid,
    t.title,
    (select group_concat(name, ' ; ') from (
        select a.name || coalesce(' ; ' || p.person, '') as name
        from authorships s join authors a on a.id = s.author_id
        left join people p on p.name = a.name and p.same = 'yes'
        where s.citekey = t.citekey order by s.role, s.position)),
    t.abstract,
    reasons.words,
    coalesce(about.words, '') || ' ; ' || coalesce(t.venue, '') || ' ; '
        || coalesce(t.keywords, '') || ' ; ' || t.year
from studies t
left join reasons on reasons.citekey = t.citekey
left join about on about.citekey = t.citekey
"""  # noqa: S608  (a constant name)


def create_search_index(connection: Connection) -> None:
    """Index the words of every study that is loaded, of its judges, and what it is about."""
    connection.execute(text(_CREATE))
    connection.exec_driver_sql(_SET, _SETTINGS)
    connection.execute(text(_FILL))
    connection.execute(text(_OPTIMIZE))


def drop_search_index(connection: Connection) -> None:
    """Drop the index, if it is there."""
    if INDEX in inspect(connection).get_table_names():
        connection.execute(text(f"drop table {INDEX}"))
