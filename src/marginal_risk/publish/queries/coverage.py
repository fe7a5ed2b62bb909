"""The map's numbers, for all coded studies or for those that a filter leaves."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from marginal_risk.publish.paging import Part
from marginal_risk.publish.queries.comparisons import Outcome, read_outcomes
from marginal_risk.publish.queries.evidence import Cell, columns
from marginal_risk.publish.queries.filters import COUNTED, WITH_PROVISIONAL, MapFilter
from marginal_risk.publish.queries.narrowed_views import narrowed_views
from marginal_risk.publish.queries.screening_flow import Flow, Flows, read_flows
from marginal_risk.publish.queries.vocabulary import MapVocabulary, Word

NO_MATCH = Word(
    "no_match", "No match", "Studies are coded here, but the filter leaves none.", symbol="·"
)
"""State of a cell whose studies are all filtered out: a fact of the filter, not of the map."""


@dataclass(frozen=True)
class CodedStudy:
    """A row of Table 1: one study for one vector, with its level at each step."""

    citekey: str
    short_citation: str
    misuse_vector: str
    coders: int
    levels: dict[str, str | None]
    """Level by step; None where nobody judged."""
    contested: frozenset[str]
    """Steps at which coders disagree."""
    provisional: frozenset[str] = frozenset()
    """Steps that machines alone judged."""


class AgreedLevel(NamedTuple):
    """What the coders of a study say together of a step."""

    level: str
    basis: str
    is_provisional: int


@dataclass(frozen=True)
class MapCells:
    """The rows and columns of the map, and its cells."""

    vocabulary: MapVocabulary
    """The vocabulary, with the vectors and steps that the filter leaves."""
    cells: dict[tuple[str, str], Cell]
    """Every cell by vector and step."""

    @property
    def codings(self) -> int:
        """Number of its rows study by study: of coded studies, each for one vector."""
        step = next(iter(self.vocabulary.steps))
        return sum(self.cells[vector, step].studies for vector in self.vocabulary.vectors)


@dataclass(frozen=True)
class Coverage(MapCells):
    """The map: its rows and columns, its cells, and how many studies it counts."""

    coded: int
    """Number of coded studies that match; one may be coded for several vectors."""
    complete: int
    """Number of them that address every step, undisputed, for some vector."""
    single_coder: int
    """Number of codings, of a study for a vector, by one coder alone."""
    flows: Flows
    """How many studies were found, and how far they have got; no filter changes that."""
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    """What comparisons measured, by misuse vector."""
    layer: str = COUNTED
    """Which layer of the map it is."""

    @property
    def has_provisional(self) -> bool:
        """Whether the codings of machines are in it."""
        return self.layer == WITH_PROVISIONAL

    @property
    def flow(self) -> Flow:
        """The flow of all studies."""
        return self.flows[None]


def read_whole(
    connection: sqlite3.Connection, vocabulary: MapVocabulary, layer: str = COUNTED
) -> Coverage:
    """Return the map of all coded studies, of the layer that counts or of both."""
    everything = MapFilter(layer=layer)
    flows = read_flows(connection)
    return Coverage(
        vocabulary,
        _read_cells(connection, "", everything.parameters()),
        *_count_studies(connection, "", vocabulary, everything),
        flows if layer == COUNTED else _add_provisional(connection, flows),
        read_outcomes(connection, "", everything),
        layer,
    )


def read_layers(connection: sqlite3.Connection, vocabulary: MapVocabulary) -> dict[str, Coverage]:
    """Return the map of all coded studies by layer. Where no machine has coded, both are one."""
    counted = read_whole(connection, vocabulary)
    machines = "select 1 from placed_codings where layer = 'with_provisional' and authority = 1"
    if connection.execute(f"{machines} limit 1").fetchone():
        both = read_whole(connection, vocabulary, WITH_PROVISIONAL)
    else:
        both = replace(counted, layer=WITH_PROVISIONAL)
    return {COUNTED: counted, WITH_PROVISIONAL: both}


def _add_provisional(connection: sqlite3.Connection, flows: Flows) -> Flows:
    """Return how far the studies have got, where what machines coded is taken as coded too."""
    only_machines = "from studies_by_layer where layer = 'with_provisional' and is_provisional = 1"
    added = {
        row["misuse_vector"]: row["studies"]
        for row in connection.execute(
            f"select misuse_vector, count(*) as studies {only_machines} group by misuse_vector"
            f" union all select null, count(distinct citekey) {only_machines}"
            " and citekey not in (select citekey from coded_studies)"
        )
    }
    return {key: replace(flow, coded=flow.coded + added.get(key, 0)) for key, flow in flows.items()}


def count_coverage(
    connection: sqlite3.Connection, views: str, whole: Coverage, map_filter: MapFilter
) -> Coverage:
    """Return the map as the filter leaves it, given the whole map of the same layer.

    ``views`` is what ``narrow_views`` yields for the filter.
    """
    if not map_filter:
        return whole
    left = _count_cells(connection, views, whole, map_filter)
    outcomes = whole.outcomes
    if map_filter.narrows_studies:
        outcomes = read_outcomes(connection, views, map_filter)
    return Coverage(
        left.vocabulary,
        left.cells,
        *_count_studies(connection, views, left.vocabulary, map_filter),
        whole.flows,
        outcomes,
        whole.layer,
    )


def read_map_cells(
    connection: sqlite3.Connection, whole: Coverage, map_filter: MapFilter
) -> MapCells:
    """Return the cells as the filter leaves them: all that a figure shows of the map."""
    with narrow_views(connection, map_filter) as views:
        return _count_cells(connection, views, whole, map_filter)


def _count_cells(
    connection: sqlite3.Connection, views: str, whole: Coverage, map_filter: MapFilter
) -> MapCells:
    vocabulary, cells = narrow(whole.vocabulary, map_filter), whole.cells
    if map_filter.narrows_studies:
        matching = _read_cells(connection, views, map_filter.parameters())
        cells = {key: _mark_no_match(cell, matching[key]) for key, cell in cells.items()}
    return MapCells(
        vocabulary,
        {
            (vector, step): cell
            for (vector, step), cell in cells.items()
            if vector in vocabulary.vectors and step in vocabulary.steps
        },
    )


def narrow_views(
    connection: sqlite3.Connection, map_filter: MapFilter
) -> AbstractContextManager[str]:
    """Return what yields a WITH clause in which the views read what the filter keeps."""
    return narrowed_views(connection, map_filter.kept_rows(), map_filter.parameters())


def narrow(vocabulary: MapVocabulary, map_filter: MapFilter) -> MapVocabulary:
    """Return the codebook with the vectors and steps that the filter names, or with all."""
    vectors = {
        slug: vector
        for slug, vector in vocabulary.vectors.items()
        if not map_filter.vectors or slug in map_filter.vectors
    }
    steps = {
        slug: step
        for slug, step in vocabulary.steps.items()
        if not map_filter.steps or slug in map_filter.steps
    }
    return replace(vocabulary, vectors=vectors, steps=steps)


def _mark_no_match(cell: Cell, matching: Cell) -> Cell:
    """Return the matching cell; its state is 'no_match' if only the filter emptied it."""
    emptied = matching.state in ("no_study", "not_coded") and matching.state != cell.state
    return replace(matching, state=NO_MATCH.slug, gap_kind=None) if emptied else matching


def read_cells(connection: sqlite3.Connection) -> dict[tuple[str, str], Cell]:
    """Return every cell of the map of what counts."""
    return _read_cells(connection, "", {"layer": COUNTED})


def _read_cells(
    connection: sqlite3.Connection, views: str, parameters: Mapping[str, Any]
) -> dict[tuple[str, str], Cell]:
    found = connection.execute(
        f"{views} select {columns(Cell)} from coverage_by_layer where layer = :layer", parameters
    )
    return {(row["misuse_vector"], row["step"]): Cell(*row) for row in found}


def _count_studies(
    connection: sqlite3.Connection, views: str, vocabulary: MapVocabulary, map_filter: MapFilter
) -> tuple[int, int, int]:
    """Return how many studies are coded, how many are complete, and the codings by one coder."""
    parameters = {**map_filter.parameters(), **_as_json(vocabulary)}
    rows = "layer = :layer and misuse_vector in (select value from json_each(:vectors))"
    coded, single_coder = connection.execute(
        f"{views} select count(distinct citekey), count(case when coders = 1 then 1 end)"
        f" from studies_by_layer where {rows}",
        parameters,
    ).fetchone()
    # Of the studies that address the first step, those are taken out that miss another one, or
    # are disputed at any step of the codebook: few are left to look at.
    (complete,) = connection.execute(
        f"""{views} select count(distinct citekey) from agreed_levels c
        where {rows} and level = 'addressed' and step = :step and not exists (
            select 1 from steps s
            left join agreed_levels a
                on a.layer = :layer and a.misuse_vector = c.misuse_vector and a.step = s.slug
                and a.citekey = c.citekey
            where a.basis = 'contested' or (
                s.slug in (select value from json_each(:steps))
                and coalesce(a.level, '') <> 'addressed'
            )
        )""",
        {**parameters, "step": next(iter(vocabulary.steps))},
    ).fetchone()
    return coded, complete, single_coder


def _as_json(vocabulary: MapVocabulary) -> dict[str, str]:
    return {"vectors": json.dumps([*vocabulary.vectors]), "steps": json.dumps([*vocabulary.steps])}


def read_coded_studies(
    connection: sqlite3.Connection, coverage: MapCells, map_filter: MapFilter, part: Part
) -> list[CodedStudy]:
    """Return a part of the coded studies that match, in the order of the map's rows.

    ``coverage`` is the map as the filter leaves it. A level is 'no_match' if only the filter took
    it away.
    """
    with narrow_views(connection, map_filter) as views:
        found = connection.execute(
            f"{views} select c.citekey, t.short_citation, c.misuse_vector, c.coders"
            " from studies_by_layer c"
            " join studies t on t.citekey = c.citekey join vectors v on v.slug = c.misuse_vector"
            " where c.layer = :layer and v.slug in (select value from json_each(:vectors))"
            " order by v.position, t.year, c.citekey limit :length offset :first",
            {
                **map_filter.parameters(),
                **_as_json(coverage.vocabulary),
                "first": part.first,
                "length": part.length,
            },
        ).fetchall()
        keys = {"citekeys": json.dumps([row["citekey"] for row in found])}
        levels = _read_levels(connection, views, {**map_filter.parameters(), **keys})
    whole = _read_levels(connection, "", {"layer": map_filter.layer, **keys})

    def level(key: tuple[str, str], step: str) -> str | None:
        if step in levels.get(key, {}):
            return levels[key][step].level
        return NO_MATCH.slug if step in whole.get(key, {}) else None

    return [
        CodedStudy(
            **row,
            levels={step: level(key, step) for step in coverage.vocabulary.steps},
            contested=frozenset(
                step for step, said in levels.get(key, {}).items() if said.basis == "contested"
            ),
            provisional=frozenset(
                step for step, said in levels.get(key, {}).items() if said.is_provisional
            ),
        )
        for row in found
        for key in [(row["citekey"], row["misuse_vector"])]
    ]


def _read_levels(
    connection: sqlite3.Connection, views: str, parameters: Mapping[str, Any]
) -> dict[tuple[str, str], dict[str, AgreedLevel]]:
    """Return what the coders of some studies agree on, by study and vector, then by step."""
    found: dict[tuple[str, str], dict[str, AgreedLevel]] = {}
    for citekey, vector, step, *said in connection.execute(
        f"{views} select citekey, misuse_vector, step, level, basis, is_provisional"
        " from agreed_levels where layer = :layer"
        " and citekey in (select value from json_each(:citekeys))",
        parameters,
    ):
        found.setdefault((citekey, vector), {})[step] = AgreedLevel(*said)
    return found


def read_coverage_by_year(connection: sqlite3.Connection) -> list[Any]:
    """Return how many works each year has, and how far they cover marginal risk."""
    return connection.execute("select * from coverage_by_year order by year").fetchall()


def read_coded_by_vector_and_year(connection: sqlite3.Connection) -> list[Any]:
    """Return how many studies of each misuse vector are coded, year by year."""
    return connection.execute("select * from coded_by_vector_and_year order by year").fetchall()
