"""Compared with what: the second map, its comparisons, and what came out of them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from marginal_risk.publish.queries.evidence import columns
from marginal_risk.publish.queries.filters import MapFilter
from marginal_risk.publish.queries.narrowed_views import narrowed_views

_READ = {"kept_studies", "placed_codings", "comparisons"}
"""What the views of comparisons read of what a filter narrows."""


@dataclass(frozen=True)
class ComparisonFilter:
    """What the reader of the comparisons wants to see."""

    map_filter: MapFilter
    """Only its vectors, coders, years, text and layer: a comparison has no step and no level."""
    examined: tuple[str, ...] = ()
    """Which models the comparisons examine; none means all."""

    @property
    def narrows_comparisons(self) -> bool:
        """Whether it leaves out comparisons, not only rows."""
        return bool(self.examined) or self.map_filter.narrows_studies

    def __bool__(self) -> bool:
        """Tell whether it leaves anything out."""
        return bool(self.examined) or bool(self.map_filter)

    def query(self) -> str:
        """Return the filter as the query of an address, with '?', or nothing."""
        return self.map_filter.query(*(("examined", slug) for slug in self.examined))

    def kept_rows(self) -> dict[str, str]:
        """Return the SQL of the rows that it keeps, by the table or view that they are of."""
        found = self.map_filter.kept_rows()
        if self.examined:
            places = ", ".join(f":examined{number}" for number in range(len(self.examined)))
            found["comparisons"] = f"select * from main.comparisons where examined in ({places})"
            # Else those of both layers would be compared.
            of_layer = "select * from main.placed_codings where layer = :layer"
            found.setdefault("placed_codings", of_layer)
        # A comparison rests on no judgement of a step.
        return {name: sql for name, sql in found.items() if name in _READ}

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of ``kept_rows``."""
        examined = {f"examined{number}": slug for number, slug in enumerate(self.examined)}
        return {**self.map_filter.parameters(), **examined}


@dataclass(frozen=True)
class ComparedCell:
    """A cell of the second map: one misuse vector set against one comparator."""

    misuse_vector: str
    comparator: str
    state: str
    """measured, not_measured, not_compared, not_coded or no_study; no_match behind a filter."""
    in_scope: int
    coded: int
    """Studies whose comparisons are coded."""
    compare_nothing: int
    studies: int
    measured: int
    open_measured: int
    """Studies that measure open models against the comparator."""
    examined_open: int
    examined_closed: int
    examined_both: int
    examined_unclear: int
    more: int
    no_difference: int
    less: int
    mixed: int
    not_measured: int
    provisional: int
    """Studies of which machines alone coded the comparisons."""

    @property
    def examines_open(self) -> bool:
        """Whether a study compares models that are open, or may be."""
        return bool(self.examined_open + self.examined_both + self.examined_unclear)


@dataclass(frozen=True)
class Outcome:
    """What studies of a misuse vector found that measured some models against a comparator."""

    misuse_vector: str
    examined: str
    comparator: str
    finding: str
    studies: int
    provisional: int


@dataclass(frozen=True)
class ShownComparison:
    """A comparison with the names that a page shows beside it."""

    citekey: str
    short_citation: str
    misuse_vector: str
    coder: str
    coder_name: str
    coder_publication: str | None
    examined: str
    comparator: str
    finding: str
    property: str | None
    locator: str
    note: str | None
    is_provisional: int


Cells = dict[tuple[str, str], ComparedCell]
"""Cells of the second map by vector and comparator."""


def read_compared_cells(connection: sqlite3.Connection, layer: str) -> Cells:
    """Return every cell of the second map, of a layer."""
    return _read_cells(connection, ComparisonFilter(MapFilter(layer=layer)))


def filter_compared_cells(
    connection: sqlite3.Connection, whole: Cells, chosen: ComparisonFilter
) -> Cells:
    """Return the cells of the second map as the filter leaves them, given all of the layer.

    The state of a cell is 'no_match' where only the filter emptied it.
    """
    cells = whole
    if chosen.narrows_comparisons:
        cells = _read_cells(connection, chosen)
        for key, cell in cells.items():
            if not cell.studies:
                state = "no_match" if whole[key].studies else whole[key].state
                cells[key] = replace(cell, state=state)
    vectors = chosen.map_filter.vectors
    return {key: cell for key, cell in cells.items() if not vectors or key[0] in vectors}


def _read_cells(connection: sqlite3.Connection, chosen: ComparisonFilter) -> Cells:
    parameters = chosen.parameters()
    with narrowed_views(connection, chosen.kept_rows(), parameters) as views:
        found = connection.execute(
            f"{views} select {columns(ComparedCell)} from comparison_matrix_by_layer"
            " where layer = :layer",
            parameters,
        )
        return {(row["misuse_vector"], row["comparator"]): ComparedCell(*row) for row in found}


def count_provisional_comparisons(connection: sqlite3.Connection) -> int:
    """Return of how many studies machines alone have coded what they compare."""
    (found,) = connection.execute(
        "select count(distinct citekey) from comparisons_by_layer"
        " where layer = 'with_provisional' and is_provisional = 1"
    ).fetchone()
    return int(found)


def read_comparisons(
    connection: sqlite3.Connection,
    layer: str,
    *,
    vector: str | None = None,
    comparator: str | None = None,
    citekey: str | None = None,
) -> list[ShownComparison]:
    """Return the comparisons of a vector, a comparator or a study, of the coders who count there.

    Those of machines are in the layer ``with_provisional`` alone.
    """
    found = connection.execute(
        """
        select
            c.citekey, t.short_citation, c.misuse_vector, c.coder, k.name, k.publication,
            c.examined, c.comparator, c.finding, c.property, c.locator, c.note, c.is_provisional
        from comparisons_by_layer c
        join studies t on t.citekey = c.citekey
        join coders k on k.coder = c.coder
        join vectors v on v.slug = c.misuse_vector
        join comparators w on w.slug = c.comparator
        join findings f on f.slug = c.finding
        where c.layer = :layer
            and (:vector is null or c.misuse_vector = :vector)
            and (:comparator is null or c.comparator = :comparator)
            and (:citekey is null or c.citekey = :citekey)
        order by
            v.position, c.is_provisional, t.year, c.citekey, w.position, c.coder, f.position,
            c.comparison
        """,
        {"layer": layer, "vector": vector, "comparator": comparator, "citekey": citekey},
    )
    return [ShownComparison(*row) for row in found]


def read_outcomes(
    connection: sqlite3.Connection, views: str, map_filter: MapFilter
) -> dict[str, list[Outcome]]:
    """Return what was measured, by misuse vector, open models and closed ones before others.

    ``views`` is the WITH clause that narrows the views to the filter.
    """
    found = connection.execute(
        f"""{views}
        select o.* from (
            select
                misuse_vector, examined, comparator, finding,
                count(distinct citekey) as studies,
                count(distinct case when is_provisional = 1 then citekey end) as provisional
            from comparisons_by_layer
            where layer = :layer and finding <> 'not_measured'
            group by misuse_vector, examined, comparator, finding
        ) o
        join examined_models e on e.slug = o.examined
        join comparators w on w.slug = o.comparator
        join findings f on f.slug = o.finding
        order by e.position, w.position desc, f.position, o.misuse_vector""",
        map_filter.parameters(),
    )
    outcomes: dict[str, list[Outcome]] = {}
    for row in found:
        outcome = Outcome(*row)
        outcomes.setdefault(outcome.misuse_vector, []).append(outcome)
    return outcomes
