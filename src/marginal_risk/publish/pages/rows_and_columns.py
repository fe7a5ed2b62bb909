"""A row of the map at /vectors/<vector>, a column at /steps/<step>, with what is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasette import NotFound, Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described
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

    cells: list[LineCell] = described("Its cells, in the codebook's order.")
    judgements: Judgements = described("All its judgements.")
    cells_links: dict[str, str] = described("Where its cells are: table, JSON and CSV.")


@dataclass(frozen=True, kw_only=True)
class VectorPage(LinePage):
    """A row of the map."""

    vector: Term = described("The misuse vector.")
    progress: str = described("How many of its studies were found, included and coded.")


@dataclass(frozen=True, kw_only=True)
class StepPage(LinePage):
    """A column of the map."""

    step: Step = described("The step.")
    rules: list[tuple[Term, str]] = described("What earns each level at this step.")


async def vector_page(datasette: Datasette, request: Request) -> Response:
    """Answer /vectors/<vector> with a row of the map."""
    return await cached_page(datasette, request, _render_vector)


async def step_page(datasette: Datasette, request: Request) -> Response:
    """Answer /steps/<step> with a column of the map."""
    return await cached_page(datasette, request, _render_step)


async def _render_vector(context: PageContext) -> Response:
    vector = context.codebook.vectors.get(context.request.url_vars["vector"])
    if vector is None:
        raise NotFound("The codebook has no such misuse vector.")
    cells, judgements = await _read_line(
        context, [(vector.slug, step, term) for step, term in context.codebook.steps.items()]
    )
    page = VectorPage(
        **context.common(
            title=vector.name,
            description=f"{vector.name}: how far the coded studies cover each step, and why.",
            path=f"/vectors/{vector.slug}",
            data_links=context.data_links("judgements", misuse_vector=vector.slug),
        ),
        vector=vector,
        progress=describe_flow(context.whole.flows[vector.slug]),
        cells=cells,
        judgements=judgements,
        cells_links=context.data_links("coverage_matrix", misuse_vector=vector.slug),
    )
    return await context.render("vector.html", page)


async def _render_step(context: PageContext) -> Response:
    step = context.codebook.steps.get(context.request.url_vars["step"])
    if step is None:
        raise NotFound("The codebook has no such step.")
    cells, judgements = await _read_line(
        context, [(vector, step.slug, term) for vector, term in context.codebook.vectors.items()]
    )
    rules = (await context.read(lists.read_rules))[step.slug]
    page = StepPage(
        **context.common(
            title=step.full_name,
            description=f"{step.full_name}: how far the coded studies cover it, and why.",
            path=f"/steps/{step.slug}",
            data_links=context.data_links("judgements", step=step.slug),
        ),
        step=step,
        rules=[(context.codebook.states[level], rule) for level, rule in rules.items()],
        cells=cells,
        judgements=judgements,
        cells_links=context.data_links("coverage_matrix", step=step.slug),
    )
    return await context.render("step.html", page)


async def _read_line(
    context: PageContext, places: Sequence[tuple[str, str, Term]]
) -> tuple[list[LineCell], Judgements]:
    """Return the cells at (vector, step), each under a heading, and all their judgements."""
    counts = context.whole.cells
    found = await context.read(
        lists.read_judgements_of_cells, [(vector, step) for vector, step, _ in places]
    )
    cells = [
        _cell(context, counts[vector, step], heading, found[vector, step])
        for vector, step, heading in places
    ]
    everything = [judgement for judgements in found.values() for judgement in judgements]
    return cells, Judgements.asked_for(context.request, everything)


def _cell(context: PageContext, cell: Cell, heading: Term, found: Sequence[Judgement]) -> LineCell:
    judgements = Judgements.asked_for(context.request, found).shown
    return LineCell(
        heading,
        context.codebook.states[cell.state],
        describe_cell(cell),
        context.codebook.gap_kinds[cell.gap_kind] if cell.gap_kind else None,
        describe_owner(cell),
        judgements[:_MOST_SHOWN],
        len(judgements[_MOST_SHOWN:]),
        context.path(f"/vectors/{cell.misuse_vector}/{cell.step}"),
    )


ROUTES = [
    (r"^/vectors/(?P<vector>[a-z0-9_]+)$", vector_page),
    (r"^/steps/(?P<step>[a-z0-9_]+)$", step_page),
]
