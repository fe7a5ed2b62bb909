"""A row of the map at /vectors/<vector>, a column at /steps/<step>, with what is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasette import NotFound, Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Desk, Page, kept, shown
from marginal_risk.publish.pages.cells import Judgements
from marginal_risk.publish.queries import lists
from marginal_risk.publish.queries.evidence import Cell, Judgement, Step, Term
from marginal_risk.publish.sentences import describe_cell, describe_flow, describe_owner

_MOST_SHOWN = 30
"""Judgements to show of one cell; the page of the cell has all of them."""


@dataclass(frozen=True)
class LineCell:
    """A cell in a row or column of the map, with its judgements."""

    heading: Term
    """The step, in a row; the misuse vector, in a column."""
    state: Term
    summary: str
    gap: Term | None
    """What is missing."""
    whose: str
    """Whether that is the literature's gap or ours, in a sentence."""
    judgements: list[Judgement]
    more: int
    """Number of judgements that are not shown."""
    path: str


@dataclass(frozen=True, kw_only=True)
class LinePage(Page):
    """A row or a column of the map."""

    cells: list[LineCell] = shown("Its cells, in the codebook's order.")
    judgements: Judgements = shown("All its judgements.")
    cells_links: dict[str, str] = shown("Where its cells are: table, JSON and CSV.")


@dataclass(frozen=True, kw_only=True)
class VectorPage(LinePage):
    """A row of the map."""

    vector: Term = shown("The misuse vector.")
    progress: str = shown("How many of its studies were found, included and coded.")


@dataclass(frozen=True, kw_only=True)
class StepPage(LinePage):
    """A column of the map."""

    step: Step = shown("The step.")
    rules: list[tuple[Term, str]] = shown("What earns each level at this step.")


async def vector_page(datasette: Datasette, request: Request) -> Response:
    """Answer /vectors/<vector> with a row of the map."""
    return await kept(datasette, request, _render_vector)


async def step_page(datasette: Datasette, request: Request) -> Response:
    """Answer /steps/<step> with a column of the map."""
    return await kept(datasette, request, _render_step)


async def _render_vector(desk: Desk) -> Response:
    vector = desk.codebook.vectors.get(desk.request.url_vars["vector"])
    if vector is None:
        raise NotFound("The codebook has no such misuse vector.")
    cells, judgements = await _read_line(
        desk, [(vector.slug, step, term) for step, term in desk.codebook.steps.items()]
    )
    page = VectorPage(
        **await desk.common(
            title=vector.name,
            description=f"{vector.name}: how far the coded studies cover each step, and why.",
            path=f"/vectors/{vector.slug}",
            data_links=desk.data_links("judgements", misuse_vector=vector.slug),
        ),
        vector=vector,
        progress=describe_flow(desk.whole.flows[vector.slug]),
        cells=cells,
        judgements=judgements,
        cells_links=desk.data_links("coverage_matrix", misuse_vector=vector.slug),
    )
    return await desk.render("vector.html", page)


async def _render_step(desk: Desk) -> Response:
    step = desk.codebook.steps.get(desk.request.url_vars["step"])
    if step is None:
        raise NotFound("The codebook has no such step.")
    cells, judgements = await _read_line(
        desk, [(vector, step.slug, term) for vector, term in desk.codebook.vectors.items()]
    )
    rules = (await lists.read_rules(desk.database))[step.slug]
    page = StepPage(
        **await desk.common(
            title=step.full_name,
            description=f"{step.full_name}: how far the coded studies cover it, and why.",
            path=f"/steps/{step.slug}",
            data_links=desk.data_links("judgements", step=step.slug),
        ),
        step=step,
        rules=[(desk.codebook.states[level], rule) for level, rule in rules.items()],
        cells=cells,
        judgements=judgements,
        cells_links=desk.data_links("coverage_matrix", step=step.slug),
    )
    return await desk.render("step.html", page)


async def _read_line(
    desk: Desk, places: Sequence[tuple[str, str, Term]]
) -> tuple[list[LineCell], Judgements]:
    """Return the cells at (vector, step), each under a heading, and all their judgements."""
    counts = desk.whole.cells
    found = await lists.read_judgements_of_cells(
        desk.database, [(vector, step) for vector, step, _ in places]
    )
    cells = [
        _cell(desk, counts[vector, step], heading, found[vector, step])
        for vector, step, heading in places
    ]
    everything = [judgement for judgements in found.values() for judgement in judgements]
    return cells, Judgements.asked_for(desk.request, everything)


def _cell(desk: Desk, cell: Cell, heading: Term, found: Sequence[Judgement]) -> LineCell:
    judgements = Judgements.asked_for(desk.request, found).shown
    return LineCell(
        heading,
        desk.codebook.states[cell.state],
        describe_cell(cell),
        desk.codebook.gap_kinds[cell.gap_kind] if cell.gap_kind else None,
        describe_owner(cell),
        judgements[:_MOST_SHOWN],
        len(judgements[_MOST_SHOWN:]),
        desk.path(f"/vectors/{cell.misuse_vector}/{cell.step}"),
    )


ROUTES = [
    (r"^/vectors/(?P<vector>[a-z0-9_]+)$", vector_page),
    (r"^/steps/(?P<step>[a-z0-9_]+)$", step_page),
]
