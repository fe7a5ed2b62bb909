"""A row of the map at /vectors/<vector>, a column at /steps/<step>, with what is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasette import NotFound, Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.pages.cells import Judgements
from marginal_risk.publish.queries.evidence import Cell, ShownJudgement, read_judgements_of_cells
from marginal_risk.publish.queries.vocabulary import FrameworkStep, Word, read_rules
from marginal_risk.publish.sentences import describe_cell, describe_flow, describe_owner

_MOST_SHOWN = 30
"""Judgements to show of one cell; the page of the cell has all of them."""


@dataclass(frozen=True)
class CellSummary:
    """A cell in a row or column of the map, with its judgements."""

    heading: Word
    """The step, in a row; the misuse vector, in a column."""
    state: Word
    summary: str
    gap: Word | None
    """What is missing."""
    gap_owner: str
    """Whether that is the literature's gap or ours, in a sentence."""
    judgements: list[ShownJudgement]
    more: int
    """Number of judgements that are not shown."""
    path: str


@dataclass(frozen=True, kw_only=True)
class RowOrColumnPage(Page):
    """A row or a column of the map."""

    cells: list[CellSummary] = described("Its cells, in the codebook's order.")
    judgements: Judgements = described("All its judgements.")
    cells_links: dict[str, str] = described("Where its cells are: table, JSON and CSV.")


@dataclass(frozen=True, kw_only=True)
class VectorPage(RowOrColumnPage):
    """A row of the map."""

    vector: Word = described("The misuse vector.")
    progress: str = described("How many of its studies were found, included and coded.")


@dataclass(frozen=True, kw_only=True)
class StepPage(RowOrColumnPage):
    """A column of the map."""

    step: FrameworkStep = described("The step.")
    rules: list[tuple[Word, str]] = described("What earns each level at this step.")


async def vector_page(datasette: Datasette, request: Request) -> Response:
    """Answer /vectors/<vector> with a row of the map."""
    return await cached_page(datasette, request, _render_vector)


async def step_page(datasette: Datasette, request: Request) -> Response:
    """Answer /steps/<step> with a column of the map."""
    return await cached_page(datasette, request, _render_step)


async def _render_vector(context: PageContext) -> Response:
    vector = context.vocabulary.vectors.get(context.request.url_vars["vector"])
    if vector is None:
        raise NotFound("The codebook has no such misuse vector.")
    cells, judgements = await _read_cells(
        context, [(vector.slug, step, term) for step, term in context.vocabulary.steps.items()]
    )
    page = VectorPage(
        **context.page_fields(
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
    step = context.vocabulary.steps.get(context.request.url_vars["step"])
    if step is None:
        raise NotFound("The codebook has no such step.")
    cells, judgements = await _read_cells(
        context, [(vector, step.slug, term) for vector, term in context.vocabulary.vectors.items()]
    )
    rules = (await context.read(read_rules))[step.slug]
    page = StepPage(
        **context.page_fields(
            title=step.full_name,
            description=f"{step.full_name}: how far the coded studies cover it, and why.",
            path=f"/steps/{step.slug}",
            data_links=context.data_links("judgements", step=step.slug),
        ),
        step=step,
        rules=[(context.vocabulary.states[level], rule) for level, rule in rules.items()],
        cells=cells,
        judgements=judgements,
        cells_links=context.data_links("coverage_matrix", step=step.slug),
    )
    return await context.render("step.html", page)


async def _read_cells(
    context: PageContext, places: Sequence[tuple[str, str, Word]]
) -> tuple[list[CellSummary], Judgements]:
    """Return the cells at (vector, step), each under a heading, and all their judgements."""
    counts = context.whole.cells
    found = await context.read(
        read_judgements_of_cells, [(vector, step) for vector, step, _ in places]
    )
    cells = [
        _cell(context, counts[vector, step], heading, found[vector, step])
        for vector, step, heading in places
    ]
    everything = [judgement for judgements in found.values() for judgement in judgements]
    return cells, Judgements.asked_for(context.request, everything)


def _cell(
    context: PageContext, cell: Cell, heading: Word, found: Sequence[ShownJudgement]
) -> CellSummary:
    judgements = Judgements.asked_for(context.request, found).shown
    return CellSummary(
        heading,
        context.vocabulary.states[cell.state],
        describe_cell(cell),
        context.vocabulary.gap_kinds[cell.gap_kind] if cell.gap_kind else None,
        describe_owner(cell),
        judgements[:_MOST_SHOWN],
        len(judgements[_MOST_SHOWN:]),
        context.path(f"/vectors/{cell.misuse_vector}/{cell.step}"),
    )


ROUTES = [
    (r"^/vectors/(?P<vector>[a-z0-9_]+)$", vector_page),
    (r"^/steps/(?P<step>[a-z0-9_]+)$", step_page),
]
