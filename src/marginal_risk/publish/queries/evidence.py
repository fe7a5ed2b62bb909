"""What the pages read: rows of the database's views, as small records.

Count in SQL, arrange here, loop in the templates.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from marginal_risk.publish.queries.filters import COUNTED, EVERYTHING, MapFilter


@dataclass(frozen=True)
class Cell:
    """A cell of the map: one misuse vector at one step."""

    misuse_vector: str
    step: str
    level: str | None
    state: str
    gap_kind: str | None
    gap_in: str | None
    """'literature', where every study found was read; 'reading', where one waits or none was
    searched for."""
    in_scope: int
    """Studies found for the vector and not excluded."""
    waiting: int
    """Those of them that nobody has judged at this step."""
    studies: int
    addressed: int
    partial: int
    absent: int
    not_coded: int
    contested: int
    low_confidence: int
    single_coder: int
    provisional: int = 0
    """Number of studies of which machines alone judged the step; none where only that counts."""

    @property
    def judged(self) -> int:
        """Number of studies that somebody has judged at this step."""
        return self.addressed + self.partial + self.absent


@dataclass(frozen=True)
class ShownJudgement:
    """A judgement with the names that a page shows beside it."""

    citekey: str
    short_citation: str
    misuse_vector: str
    step: str
    level: str
    rationale: str
    locator: str
    confidence: str
    source: str | None
    coder: str
    coder_name: str
    coder_kind: str
    coder_publication: str | None
    coding_note: str | None
    coder_note: str | None
    settled_by: str | None
    """Name of the person who settled a consensus."""
    earlier_version: int | None = None
    """Version of the codebook whose level meant something else than it does now; None if not."""
    settled_levels: str | None = None
    """Names of the levels between which a consensus decided."""
    checked: str | None = None
    """Names of the machines whose coding was checked: then it is not independent of them."""

    @property
    def is_provisional(self) -> bool:
        """Whether a machine made it; such a judgement is marked and is in no count."""
        return self.coder_kind == "machine"


@dataclass(frozen=True)
class Build:
    """What the database was built from."""

    data_version: str
    data_date: str
    git_commit: str | None
    package_version: str
    studies: int
    found_studies: int
    coded_studies: int
    judgements: int


def read_build(connection: sqlite3.Connection) -> Build:
    """Return the one row about the build."""
    return Build(*connection.execute(f"select {columns(Build)} from build").fetchone())


_JUDGEMENTS = """
select
    j.citekey, t.short_citation, j.misuse_vector, j.step, j.level, j.rationale, j.locator,
    j.confidence, j.source, j.coder, c.name, c.kind, c.publication, g.note, c.note,
    p.name, w.version,
    case when c.kind = 'consensus' then (
        select group_concat(name, ' and ') from (
            select distinct l.name, l.position
            from judgements o
            join coders h on h.coder = o.coder and h.kind in ('person', 'published')
            join levels l on l.slug = o.level
            where o.citekey = j.citekey and o.misuse_vector = j.misuse_vector and o.step = j.step
            order by l.position
        )
    ) end,
    (
        select group_concat(name, ' and ') from (
            select m.name
            from coding_starts b
            join coders m on m.coder = b.started_from
            where b.citekey = j.citekey and b.misuse_vector = j.misuse_vector
                and b.coder = j.coder
            order by m.name
        )
    )
from {judgements}
join studies t on t.citekey = j.citekey
join coders c on c.coder = j.coder
left join coders p on p.coder = c.settled_by
join codings g
    on g.citekey = j.citekey and g.misuse_vector = j.misuse_vector and g.coder = j.coder
left join rules_by_version w
    on w.version = g.codebook and w.step = j.step and w.level = j.level and w.is_in_force = 0
join vectors v on v.slug = j.misuse_vector
join steps s on s.slug = j.step
join coder_kinds k on k.slug = c.kind
{where}
order by v.position, t.year, j.citekey, s.position, k.position desc, j.coder
"""

# Which judgements they are is found before all that is shown of each.
_PART_OF_CELL = """(
    select o.citekey, o.misuse_vector, o.step, o.coder
    from judgements o
    cross join studies t on t.citekey = o.citekey
    cross join coders c on c.coder = o.coder
    cross join coder_kinds k on k.slug = c.kind
    where o.misuse_vector = :vector and o.step = :step
        and (:has_machines or c.kind <> 'machine')
    order by t.year, o.citekey, k.position desc, o.coder
    limit :length offset :first
) kept
cross join judgements j
    on j.citekey = kept.citekey and j.misuse_vector = kept.misuse_vector
    and j.coder = kept.coder and j.step = kept.step"""


def read_cell_judgements(
    connection: sqlite3.Connection, vector: str, step: str
) -> list[ShownJudgement]:
    """Return the judgements of one cell, study by study, a consensus before its coders."""
    return read_part_of_cell(connection, vector, step, Window(0, -1, has_machines=True))


@dataclass(frozen=True)
class Window:
    """Which of the judgements of a cell to read."""

    first: int
    """Number of judgements to leave out before them."""
    length: int
    """Number of judgements, at most; -1 for all that follow."""
    has_machines: bool
    """Whether those of machines are among them."""


def read_part_of_cell(
    connection: sqlite3.Connection, vector: str, step: str, window: Window
) -> list[ShownJudgement]:
    """Return some of the judgements of one cell, in the same order."""
    sql = _JUDGEMENTS.format(judgements=_PART_OF_CELL, where="")
    parameters = {"vector": vector, "step": step, **vars(window)}
    return [ShownJudgement(*row) for row in connection.execute(sql, parameters)]


def count_cell_judgements(
    connection: sqlite3.Connection, cells: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Return how many judgements each cell has, by vector and step: all, and those of machines."""
    sql = (
        "select count(*), count(case when c.kind = 'machine' then 1 end) from judgements j"
        " join coders c on c.coder = j.coder where j.misuse_vector = ? and j.step = ?"
    )
    return {cell: tuple(connection.execute(sql, cell).fetchone()) for cell in cells}


def read_judgements_of_cells(
    connection: sqlite3.Connection, cells: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[ShownJudgement]]:
    """Return the judgements of several cells, by vector and step."""
    return {cell: read_cell_judgements(connection, *cell) for cell in cells}


def read_study_judgements(connection: sqlite3.Connection, citekey: str) -> list[ShownJudgement]:
    """Return the judgements of one study, vector by vector, step by step."""
    sql = _JUDGEMENTS.format(judgements="judgements j", where="where j.citekey = :citekey")
    return [ShownJudgement(*row) for row in connection.execute(sql, {"citekey": citekey})]


def read_coders(connection: sqlite3.Connection, layer: str = COUNTED) -> list[tuple[str, str]]:
    """Return slug and name of every coder with a coding in a layer of the map."""
    found = connection.execute(
        "select coder, name from coders where exists ("
        " select 1 from placed_codings g where g.coder = coders.coder and g.layer = :layer"
        ") order by name, coder",
        {"layer": layer},
    )
    return [(row["coder"], row["name"]) for row in found]


def columns(record: Any) -> str:
    """Return the columns that fill the fields of a record, as SQL."""
    return ", ".join(field.name for field in fields(record))


# Codings by people and publications, the newest first. The date is that of the last commit that
# changed the coding, so that a changed judgement appears as an updated entry. Without one, it is
# the date that the coder gave; a year or month stands for its first day. Without that, it is the
# date of the data.
_NEWEST = """
with newest as (
    select
        g.citekey, g.misuse_vector, g.coder, g.note, c.name as coder_name,
        c.kind = 'machine' as is_provisional,
        substr(coalesce(g.changed_on, g.coded_on, :data_date) || '-01-01', 1, 10) as day
    from codings g
    join coders c on c.coder = g.coder
    where day >= :since and {conditions}
    order by day desc, g.citekey, g.misuse_vector, g.coder
    limit :entries
)
select
    n.citekey, n.misuse_vector, n.coder, n.note, n.coder_name, n.day, n.is_provisional,
    t.short_citation, t.title, v.name as vector_name,
    s.name as step_name, l.name as level_name, j.rationale, j.locator
from newest n
join studies t on t.citekey = n.citekey
join vectors v on v.slug = n.misuse_vector
left join judgements j
    on j.citekey = n.citekey and j.misuse_vector = n.misuse_vector and j.coder = n.coder
left join steps s on s.slug = j.step
left join levels l on l.slug = j.level
order by n.day desc, n.citekey, v.position, n.misuse_vector, n.coder, s.position
"""


def read_newest_codings(
    connection: sqlite3.Connection,
    data_date: str,
    most: int,
    map_filter: MapFilter = EVERYTHING,
    since: str = "",
) -> list[Any]:
    """Return the judgements of the newest codings, at most so many codings.

    Every coding has a row for each of its judgements, or one row without a step. The filter keeps
    whole codings; those of machines only where it asks for them. ``since`` is the first day,
    YYYY-MM-DD; '' for all.
    """
    conditions = " and ".join(map_filter.conditions_on_coding())
    parameters = {**map_filter.parameters(), "since": since}
    parameters |= {"data_date": data_date, "entries": most}
    return connection.execute(_NEWEST.format(conditions=conditions), parameters).fetchall()
