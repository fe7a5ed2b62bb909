"""The evidence and gap map: at /, and alone at /embed for a frame on another site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass
from typing import Any

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.opening import (
    VectorProgress,
    VectorsCard,
    count_provisional,
    deal_cards,
    describe_reading,
)
from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.paging import WIDE_ROWS, Part, take_part
from marginal_risk.publish.queries import evidence
from marginal_risk.publish.queries.coverage import NO_MATCH, CodedStudy, read_coded_studies
from marginal_risk.publish.queries.evidence import Cell
from marginal_risk.publish.queries.filters import (
    COUNTED,
    PARAMETERS,
    WITH_PROVISIONAL,
    MapFilter,
    read_filter,
    shorten_notices,
)
from marginal_risk.publish.queries.origins import Origin, read_origins
from marginal_risk.publish.queries.reasons import Reason, read_explained_map
from marginal_risk.publish.queries.vocabulary import FrameworkStep, Word
from marginal_risk.publish.queries.works import NAME
from marginal_risk.publish.sentences import (
    count_studies,
    describe_cell,
    describe_provisional,
    headline,
    in_layer,
)


@dataclass(frozen=True)
class Share:
    """The part of a cell's studies that reach a level, as a part of a bar in per cent."""

    level: str
    start: float
    width: float


_UNDERSTOOD = (*PARAMETERS, "view", "page")


@dataclass(frozen=True)
class MapCell:
    """A cell as the map shows it."""

    id: str
    cell: Cell
    state: Word
    step: FrameworkStep
    label: str
    """All that its place, its colour and its pattern say, in words."""
    marks: str
    """What the stylesheet draws: its state, low confidence, and whether it is provisional."""
    provisional: str
    """How much of it is provisional, in words; '' for nothing."""
    summary: str
    shares: list[Share]
    """How its studies divide; empty for one study."""
    reasons: list[Reason]
    path: str


@dataclass(frozen=True)
class MapRow:
    """A row of the map."""

    vector: Word
    progress: VectorProgress
    cells: list[MapCell]


@dataclass(frozen=True)
class StudyRow:
    """A study as the map shows it, study by study."""

    study: CodedStudy
    states: list[tuple[FrameworkStep, Word, bool]]
    """The steps with what the study reaches there, and whether machines alone say so."""


@dataclass(frozen=True, kw_only=True)
class MapPage(Page):
    """The evidence and gap map."""

    cards: list[VectorsCard] = described(
        "The answer: the vectors by what was found on marginal risk."
    )
    reading: str = described(
        "How many of the studies found were read, and what follows; nothing for a filtered map."
    )
    read_percent: float = described("The same as a part of a bar.")
    view: str = described("How the matrix is laid out: vectors or studies.")
    steps: list[FrameworkStep] = described("The columns.")
    states: list[Word] = described("The levels, and the other states that are on the map.")
    has_low_confidence: bool = described("Whether a cell rests on a judgement of low confidence.")
    rows: list[MapRow] = described("Each misuse vector with its cells.")
    by_study: list[tuple[Word, VectorProgress, list[StudyRow]]] = described(
        "Each vector with its progress and its coded studies."
    )
    part: Part = described("Which of the studies are shown, study by study.")
    study_links: dict[str, str] = described("Where all of them are: table, JSON and CSV.")
    map_filter: MapFilter = described("What the reader wants to see.")
    notices: list[str] = described("What was left out of the filter, and why.")
    matching: str = described("How many coded studies match the filter.")
    is_empty: bool = described("Whether no coded study matches.")
    coders: list[tuple[str, str]] = described("Slug and name of the coders one can choose.")
    provisional: str = described(
        "How many more studies have provisional codings; nothing where none has, or they are shown."
    )
    origins: list[Origin] = described("What to know of where the judgements come from.")
    embed_height: int = described("Height in pixels that a frame with this map needs.")


async def map_page(datasette: Datasette, request: Request) -> Response:
    """Answer / with the map, as the filter in the address leaves it."""
    return await cached_page(datasette, request, _render_map, _UNDERSTOOD, tells_unknown=True)


async def embed_page(datasette: Datasette, request: Request) -> Response:
    """Answer /embed with the matrix alone, which any site may put into a frame."""
    return await cached_page(datasette, request, _render_embed, _UNDERSTOOD, tells_unknown=True)


async def _render_map(context: PageContext) -> Response:
    return await context.render("map.html", await _read_page(context, "/"))


async def _render_embed(context: PageContext) -> Response:
    return await context.render(
        "embed.html", await _read_page(context, "/embed"), frame_ancestors="*"
    )


async def _read_page(context: PageContext, path: str) -> MapPage:
    coders = await context.read_once(evidence.read_coders, context.layer)
    map_filter, notices = read_filter(
        context.parameters, context.vocabulary, [slug for slug, _ in coders]
    )
    coverage, reasons = await context.read(read_explained_map, context.coverage, map_filter)
    vocabulary = coverage.vocabulary
    common = context.page_fields(
        title=f"{NAME}, with provisional codings" if map_filter.has_provisional else NAME,
        description=headline(coverage, bool(map_filter))[0].text,
        path=path,
        data_links=coverage_links(context),
    )
    is_by_study = context.first("view") == "studies"
    notices = [*context.unknown, *notices]
    if context.first("view") not in ("", *_VIEWS):
        notices.append(
            f"“{context.first('view')[:60]}” is no view of the map: {' or '.join(_VIEWS)}."
        )
    shown_states = {cell.state for cell in coverage.cells.values()} | _LEVELS
    rows = [
        MapRow(
            vector,
            VectorProgress.of(coverage.flows[slug]),
            [
                _map_cell(
                    context, vector, coverage.cells[slug, step], reasons.get((slug, step), [])
                )
                for step in vocabulary.steps
            ],
        )
        for slug, vector in vocabulary.vectors.items()
    ]
    part = take_part(
        coverage.codings if is_by_study else 0,
        context.first("page"),
        lambda number: map_filter.query(view="studies", page=number),
        WIDE_ROWS,
    )
    studies = (
        await context.read(read_coded_studies, coverage, map_filter, part) if is_by_study else []
    )
    by_study = [
        (row.vector, row.progress, found)
        for row in rows
        # A misuse vector without a study has its heading on the first page.
        if (found := _study_rows(context, studies, row.vector))
        or (not part.first and not row.cells[0].cell.studies)
    ]
    return MapPage(
        **common,
        cards=deal_cards(coverage, bool(map_filter)),
        reading="" if map_filter else describe_reading(coverage),
        read_percent=round(100 * coverage.flow.coded / max(coverage.flow.found, 1), 1),
        view="studies" if is_by_study else "vectors",
        steps=list(vocabulary.steps.values()),
        states=[
            *(state for slug, state in context.vocabulary.states.items() if slug in shown_states),
            *([NO_MATCH] if NO_MATCH.slug in shown_states else []),
        ],
        has_low_confidence=any(cell.low_confidence for cell in coverage.cells.values()),
        rows=rows,
        by_study=by_study if is_by_study else [],
        part=part,
        study_links=context.data_links("study_coverage"),
        map_filter=map_filter,
        notices=shorten_notices(notices),
        matching=in_layer(count_studies(coverage, is_filtered=True), coverage.layer),
        is_empty=coverage.coded == 0,
        coders=coders,
        provisional=""
        if map_filter.has_provisional
        else count_provisional(context.whole, context.layers[WITH_PROVISIONAL]),
        origins=await context.read_once(read_origins, context.layer),
        embed_height=_embed_height(rows, by_study if is_by_study else []),
    )


_VIEWS = ("vectors", "studies")
_LEVELS = {"addressed", "partial", "absent"}


def _embed_height(rows: Sequence[MapRow], by_study: Sequence[tuple[Any, Any, Sized]]) -> int:
    """Return the height in pixels of a frame that shows the map at any width from 340 on."""
    if by_study:
        return 430 + 48 * sum(1 + len(studies) for _, _, studies in by_study)
    return 430 + 60 * len(rows)


def coverage_links(context: PageContext, **exact: str) -> dict[str, str]:
    """Return where the cells of the layer shown are: as a table, JSON and CSV."""
    if context.layer == COUNTED:
        return context.data_links("coverage_matrix", **exact)
    return context.data_links("coverage_by_layer", layer=context.layer, **exact)


def _map_cell(context: PageContext, vector: Word, cell: Cell, reasons: list[Reason]) -> MapCell:
    state = context.vocabulary.states.get(cell.state, NO_MATCH)
    step = context.vocabulary.steps[cell.step]
    summary = describe_cell(cell)
    said = [f"{vector.name}, {step.name}: {state.name}"]
    if cell.judged > 1:
        said.append(summary)
    if cell.low_confidence:
        said.append("low confidence")
    provisional = describe_provisional(cell)
    if provisional:
        said.append(provisional)
    marks = {"low": cell.low_confidence, "provisional": cell.provisional}
    return MapCell(
        id=f"{vector.slug}-{step.slug}",
        cell=cell,
        state=state,
        step=step,
        label=", ".join(said),
        marks=" ".join(
            [f"state-{state.slug}", *(name for name, is_set in marks.items() if is_set)]
        ),
        provisional=provisional,
        summary=f"{summary[:1].upper()}{summary[1:]}.",
        shares=list(_shares(cell)) if cell.judged > 1 else [],
        reasons=reasons if cell.judged else [],
        path=context.path(f"/vectors/{vector.slug}/{step.slug}")
        + MapFilter(layer=context.layer).query(),
    )


def _shares(cell: Cell) -> Iterator[Share]:
    """Yield how the studies of a cell divide among the levels."""
    start = 0.0
    for level in ("addressed", "partial", "absent"):
        width = 100 * getattr(cell, level) / cell.judged
        if width:
            yield Share(level, round(start, 1), round(width, 1))
        start += width


def _study_rows(
    context: PageContext, studies: Sequence[CodedStudy], vector: Word
) -> list[StudyRow]:
    def state(study: CodedStudy, step: str) -> Word:
        word = "contested" if step in study.contested else study.levels[step] or "not_coded"
        return context.vocabulary.states.get(word, NO_MATCH)

    return [
        StudyRow(
            study,
            [
                (context.vocabulary.steps[step], state(study, step), step in study.provisional)
                for step in study.levels
            ],
        )
        for study in studies
        if study.misuse_vector == vector.slug
    ]


ROUTES = [(r"^/$", map_page), (r"^/embed$", embed_page)]
