"""The map's numbers, for all coded studies or for those that a filter leaves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from marginal_risk.publish.queries.comparisons import Outcome, read_outcomes
from marginal_risk.publish.queries.evidence import Cell, columns
from marginal_risk.publish.queries.filters import COUNTED, WITH_PROVISIONAL, MapFilter
from marginal_risk.publish.queries.narrowed_views import views_on
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

    @property
    def is_complete(self) -> bool:
        """Whether it addresses every step, undisputed."""
        return not self.contested and set(self.levels.values()) == {"addressed"}


@dataclass(frozen=True)
class Coverage:
    """The map: its rows and columns, its cells, and its coded studies."""

    vocabulary: MapVocabulary
    """The vocabulary, with the vectors and steps that the filter leaves."""
    cells: dict[tuple[str, str], Cell]
    """Every cell by vector and step."""
    studies: list[CodedStudy]
    """The coded studies that match, in the order of the map's rows."""
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

    @cached_property
    def coded(self) -> int:
        """Number of works among the studies: one may be coded for several vectors."""
        return len({study.citekey for study in self.studies})

    @cached_property
    def complete(self) -> int:
        """Number of them that address every step, for some vector."""
        return len({study.citekey for study in self.studies if study.is_complete})


def read_whole(
    connection: sqlite3.Connection, vocabulary: MapVocabulary, layer: str = COUNTED
) -> Coverage:
    """Return the map of all coded studies, of the layer that counts or of both."""
    everything = MapFilter(layer=layer)
    flows = read_flows(connection)
    return Coverage(
        vocabulary,
        _read_cells(connection, everything),
        _read_studies(connection, vocabulary, everything),
        flows if layer == COUNTED else _add_provisional(connection, flows),
        read_outcomes(connection, everything),
        layer,
    )


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


def read_coverage(
    connection: sqlite3.Connection, whole: Coverage, map_filter: MapFilter
) -> Coverage:
    """Return the map as the filter leaves it, given the whole map of the same layer."""
    if not map_filter:
        return whole
    vocabulary = narrow(whole.vocabulary, map_filter)
    cells, studies = whole.cells, whole.studies
    if map_filter.narrows_studies:
        matching = _read_cells(connection, map_filter)
        cells = {key: _mark_no_match(cell, matching[key]) for key, cell in cells.items()}
        levels = {(study.citekey, study.misuse_vector): study.levels for study in studies}
        studies = [
            replace(study, levels=_mark_left_out(study, levels[study.citekey, study.misuse_vector]))
            for study in _read_studies(connection, whole.vocabulary, map_filter)
        ]
    return Coverage(
        vocabulary,
        {
            (vector, step): cell
            for (vector, step), cell in cells.items()
            if vector in vocabulary.vectors and step in vocabulary.steps
        },
        [
            replace(study, levels={step: study.levels[step] for step in vocabulary.steps})
            for study in studies
            if study.misuse_vector in vocabulary.vectors
        ],
        whole.flows,
        read_outcomes(connection, map_filter),
        whole.layer,
    )


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


def _mark_left_out(study: CodedStudy, whole: dict[str, str | None]) -> dict[str, str | None]:
    """Return the study's levels; a level is 'no_match' if only the filter took it away."""
    return {step: level or (whole[step] and NO_MATCH.slug) for step, level in study.levels.items()}


def _read_cells(
    connection: sqlite3.Connection, map_filter: MapFilter
) -> dict[tuple[str, str], Cell]:
    tables = map_filter.expressions() if map_filter.narrows_studies else ()
    return read_cells(connection, tables, map_filter.parameters())


def read_cells(
    connection: sqlite3.Connection, tables: Iterable[tuple[str, str]], parameters: dict[str, Any]
) -> dict[tuple[str, str], Cell]:
    """Return every cell of the map, counted on rows that replace those of some tables.

    ``tables`` are (table, SQL of the rows to take for it), with their ``parameters``.
    """
    sql = (
        f"{views_on(connection, tables)} select {columns(Cell)} from coverage_by_layer"
        " where layer = :layer"
    )
    found = connection.execute(sql, {"layer": COUNTED, **parameters})
    return {(row["misuse_vector"], row["step"]): Cell(*row) for row in found}


def _read_studies(
    connection: sqlite3.Connection, vocabulary: MapVocabulary, map_filter: MapFilter
) -> list[CodedStudy]:
    tables = map_filter.expressions() if map_filter.narrows_studies else ()
    prefix = views_on(connection, tables)
    parameters = map_filter.parameters()
    found = connection.execute(
        f"{prefix} select c.*, t.short_citation from study_coverage_by_layer c"
        " join studies t on t.citekey = c.citekey join vectors v on v.slug = c.misuse_vector"
        " where c.layer = :layer order by v.position, t.year, c.citekey",
        parameters,
    )
    disputed: dict[tuple[str, str], set[str]] = {}
    provisional: dict[tuple[str, str], set[str]] = {}
    for row in connection.execute(
        f"{prefix} select citekey, misuse_vector, step, basis, is_provisional from agreed_levels"
        " where layer = :layer and (basis = 'contested' or is_provisional = 1)",
        parameters,
    ):
        key = row["citekey"], row["misuse_vector"]
        if row["basis"] == "contested":
            disputed.setdefault(key, set()).add(row["step"])
        if row["is_provisional"]:
            provisional.setdefault(key, set()).add(row["step"])
    return [
        CodedStudy(
            citekey=row["citekey"],
            short_citation=row["short_citation"],
            misuse_vector=row["misuse_vector"],
            coders=row["coders"],
            levels={step: row[step] for step in vocabulary.steps},
            contested=frozenset(disputed.get((row["citekey"], row["misuse_vector"]), ())),
            provisional=frozenset(provisional.get((row["citekey"], row["misuse_vector"]), ())),
        )
        for row in found
    ]


def read_coverage_by_year(connection: sqlite3.Connection) -> list[Any]:
    """Return how many works each year has, and how far they cover marginal risk."""
    return connection.execute("select * from coverage_by_year order by year").fetchall()


def read_coded_by_vector_and_year(connection: sqlite3.Connection) -> list[Any]:
    """Return how many studies of each misuse vector are coded, year by year."""
    return connection.execute("select * from coded_by_vector_and_year order by year").fetchall()
