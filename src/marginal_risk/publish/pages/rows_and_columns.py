"""A row of the map at /vectors/<vector>, a column at /steps/<step>, with what is behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasette import NotFound, Request, Response
from datasette.app import Datasette

from marginal_risk.publish.compared import say_outcomes, say_unmeasured
from marginal_risk.publish.opening import VectorProgress, describe_verdict
from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.pages.cells import Judgements
from marginal_risk.publish.pages.citing import cite_part
from marginal_risk.publish.pages.gaps import CLOSED_BY
from marginal_risk.publish.pages.map import coverage_links
from marginal_risk.publish.pages.next import contribution_path
from marginal_risk.publish.queries.comparisons import read_compared_cells
from marginal_risk.publish.queries.evidence import (
    Cell,
    ShownJudgement,
    Window,
    count_cell_judgements,
    read_part_of_cell,
)
from marginal_risk.publish.queries.filters import WITH_PROVISIONAL, MapFilter
from marginal_risk.publish.queries.origins import Origin, read_origins
from marginal_risk.publish.queries.study_list import read_next_to_code
from marginal_risk.publish.queries.vocabulary import FrameworkStep, Word, read_rules
from marginal_risk.publish.queries.works import CitedWork, read_works
from marginal_risk.publish.sentences import (
    describe_cell,
    describe_owner,
    describe_provisional,
    in_layer,
)

_MOST_SHOWN = 30
"""Judgements to show of one cell; the page of the cell has all of them."""
_MOST_UNREAD = 60
"""Unread studies to show; the page of what to code next leads to the rest."""


@dataclass(frozen=True)
class LineCell:
    """A cell in a row or column of the map, with its judgements."""

    heading: Word
    """The step, in a row; the misuse vector, in a column."""
    state: Word
    is_marginal: bool
    """Whether it is at the step for marginal risk, in a row."""
    is_low: bool
    """Whether it rests on a judgement of low confidence."""
    summary: str
    judgements: list[ShownJudgement]
    more: int
    """Number of judgements that are not shown."""
    path: str
    provisional: str
    """How much of it is provisional, in words; '' for nothing."""


@dataclass(frozen=True)
class Missing:
    """Something that one cell or several of a line miss."""

    gap: Word | None
    """The kind of gap; None where nothing is missing."""
    gap_owner: str
    """Whether that is the literature's gap or ours; '' where the page says it once for all."""
    cells: list[LineCell]


@dataclass(frozen=True)
class Unread:
    """A study that was found for a misuse vector, and that nobody has judged."""

    work: CitedWork
    study_type: str | None
    contribute: str
    """Address of the contribution form, filled in."""


@dataclass(frozen=True, kw_only=True)
class LinePage(Page):
    """A row or a column of the map."""

    cells: list[LineCell] = described("Its cells, in the codebook's order.")
    summary: str = described("How the studies of each cell divide, where that is always the same.")
    missing: list[Missing] = described("What its cells miss.")
    gap_owner: str = described(
        "Whether those gaps are the literature's or ours, where all are alike."
    )
    judgements: Judgements = described("The judgements that it shows of its cells.")
    origins: list[Origin] = described("What to know of where they come from.")
    cells_links: dict[str, str] = described("Where its cells are: table, JSON and CSV.")
    around: list[tuple[str, Word]] = described("The lines before and after it.")


@dataclass(frozen=True, kw_only=True)
class VectorPage(LinePage):
    """A row of the map."""

    vector: Word = described("The misuse vector.")
    verdict: str = described("What the studies read give on marginal risk, and how many wait.")
    progress: VectorProgress = described("How many of its studies were read.")
    unread: list[Unread] = described("Studies found that nobody has judged.")
    more_unread: int = described("Number of those that are not shown.")
    closed_by: str = described("What would close the gap at the step for marginal risk.")
    compared: list[str] = described(
        "What no study compares open models with, and what came out of other comparisons."
    )
    citation: str = described("How to cite this row.")


@dataclass(frozen=True, kw_only=True)
class StepPage(LinePage):
    """A column of the map."""

    step: FrameworkStep = described("The step.")
    rules: list[tuple[Word, str]] = described("What earns each level at this step.")


async def vector_page(datasette: Datasette, request: Request) -> Response:
    """Answer /vectors/<vector> with a row of the map."""
    return await cached_page(datasette, request, _render_vector, ["codings"])


async def step_page(datasette: Datasette, request: Request) -> Response:
    """Answer /steps/<step> with a column of the map."""
    return await cached_page(datasette, request, _render_step, ["codings"])


async def _render_vector(context: PageContext) -> Response:
    vector = context.vocabulary.vectors.get(context.request.url_vars["vector"])
    if vector is None:
        raise NotFound("The codebook has no such misuse vector.")
    line = await _read_line(
        context, [(vector.slug, step, term) for step, term in context.vocabulary.steps.items()]
    )
    cell = context.coverage.cells[vector.slug, context.vocabulary.focus.slug]
    unread, more_unread = await _read_unread(context, vector)
    verdict = describe_verdict(cell, context.layer)
    page = VectorPage(
        **context.page_fields(
            title=vector.name,
            description=f"{vector.name}: {verdict}",
            path=f"/vectors/{vector.slug}",
            data_links=context.data_links("judgements", misuse_vector=vector.slug),
        ),
        vector=vector,
        verdict=verdict,
        progress=VectorProgress.of(context.coverage.flows[vector.slug]),
        unread=unread,
        more_unread=more_unread,
        closed_by=CLOSED_BY[cell.gap_kind] if cell.gap_kind else "",
        compared=await _read_compared(context, vector),
        citation=cite_part(context, vector, None).reference,
        **line,
        origins=await context.read_once(read_origins, context.layer, vector.slug),
        around=_around(context.vocabulary.vectors, vector.slug),
        cells_links=coverage_links(context, misuse_vector=vector.slug),
    )
    return await context.render("vector.html", page)


async def _read_compared(context: PageContext, vector: Word) -> list[str]:
    cells = await context.read_once(read_compared_cells, context.layer)
    outcomes = context.coverage.outcomes.get(vector.slug, [])
    return [
        *say_unmeasured(cells, context.coverage, vector.slug),
        *say_outcomes(context.vocabulary, outcomes, context.layer),
    ]


async def _render_step(context: PageContext) -> Response:
    step = context.vocabulary.steps.get(context.request.url_vars["step"])
    if step is None:
        raise NotFound("The codebook has no such step.")
    line = await _read_line(
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
        **line,
        origins=await context.read_once(read_origins, context.layer),
        around=_around(context.vocabulary.steps, step.slug),
        cells_links=coverage_links(context, step=step.slug),
    )
    return await context.render("step.html", page)


async def _read_line(
    context: PageContext, places: Sequence[tuple[str, str, Word]]
) -> dict[str, Any]:
    """Return the cells at (vector, step), each under a heading, and all their judgements."""
    counts = context.coverage.cells
    numbers = await context.read(
        count_cell_judgements, [(vector, step) for vector, step, _ in places]
    )
    is_asked = context.layer == WITH_PROVISIONAL
    window = Window(0, _MOST_SHOWN, is_asked)
    cells = []
    for vector, step, heading in places:
        found = await context.read(read_part_of_cell, vector, step, window)
        total, provisional = numbers[vector, step]
        more = (total if is_asked else total - provisional) - len(found)
        cells.append(_cell(context, counts[vector, step], heading, found, more))
    missing: dict[tuple[str | None, str], list[LineCell]] = {}
    for (vector, step, _), cell in zip(places, cells, strict=True):
        counted = counts[vector, step]
        missing.setdefault(
            (counted.gap_kind, in_layer(describe_owner(counted), context.layer)), []
        ).append(cell)
    owners = {owner for _, owner in missing if owner}
    gap_owner = owners.pop() if len(owners) == 1 else ""
    summaries = {cell.summary for cell in cells}
    shown = [judgement for cell in cells for judgement in cell.judgements]
    by_machines = sum(provisional for _, provisional in numbers.values())
    return {
        "cells": cells,
        "summary": summaries.pop() if len(summaries) == 1 else "",
        "missing": [
            Missing(
                context.vocabulary.gap_kinds[kind] if kind else None,
                "" if gap_owner else owner,
                those,
            )
            for (kind, owner), those in missing.items()
        ],
        "gap_owner": gap_owner,
        "judgements": Judgements(shown, by_machines, is_asked),
    }


def _cell(
    context: PageContext, cell: Cell, heading: Word, found: list[ShownJudgement], more: int
) -> LineCell:
    return LineCell(
        heading=heading,
        state=context.vocabulary.states[cell.state],
        is_marginal=isinstance(heading, FrameworkStep) and heading.is_marginal_risk,
        is_low=cell.low_confidence > 0,
        summary=describe_cell(cell),
        judgements=found,
        more=more,
        path=context.path(f"/vectors/{cell.misuse_vector}/{cell.step}")
        + MapFilter(layer=context.layer).query(),
        provisional=describe_provisional(cell),
    )


async def _read_unread(context: PageContext, vector: Word) -> tuple[list[Unread], int]:
    """Return studies of a misuse vector that nobody has judged, and how many more there are.

    The next to code comes first.
    """
    waiting, number = await context.read_once(
        read_next_to_code, vector.slug, ("no_evidence", "confirmation"), _MOST_UNREAD
    )
    works = await context.read(read_works, [row["citekey"] for row in waiting])
    by_key = {work.citekey: work for work in works}
    unread = [
        Unread(
            by_key[row["citekey"]],
            row["type_name"],
            contribution_path(context, row["citekey"], vector.slug),
        )
        for row in waiting
    ]
    return unread, number - len(unread)


def _around(terms: Mapping[str, Word], slug: str) -> list[tuple[str, Word]]:
    """Return the terms before and after one, each with what it is: Previous or Next."""
    slugs = list(terms)
    place = slugs.index(slug)
    before = [("Previous", terms[slugs[place - 1]])] if place else []
    return before + [("Next", terms[slug]) for slug in slugs[place + 1 : place + 2]]


ROUTES = [
    (r"^/vectors/(?P<vector>[a-z0-9_]+)$", vector_page),
    (r"^/steps/(?P<step>[a-z0-9_]+)$", step_page),
]
