"""The evidence and gap map: at /, and alone at /embed for a frame on another site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.queries import evidence
from marginal_risk.publish.queries.coverage import NO_MATCH, CodedStudy, read_coverage
from marginal_risk.publish.queries.evidence import Cell
from marginal_risk.publish.queries.filters import MapFilter, read_filter
from marginal_risk.publish.queries.vocabulary import FrameworkStep, Word
from marginal_risk.publish.queries.works import NAME
from marginal_risk.publish.sentences import Sentence, describe_cell, describe_flow, headline


@dataclass(frozen=True)
class MapCell:
    """A cell as the map shows it."""

    cell: Cell
    state: Word
    step: FrameworkStep
    summary: str
    path: str


@dataclass(frozen=True)
class MapRow:
    """A row of the map."""

    vector: Word
    progress: str
    """How many of its studies were found, included and coded."""
    cells: list[MapCell]


@dataclass(frozen=True)
class StudyRow:
    """A study as the map shows it, study by study."""

    study: CodedStudy
    states: list[tuple[FrameworkStep, Word]]


@dataclass(frozen=True, kw_only=True)
class MapPage(Page):
    """The evidence and gap map."""

    sentences: list[Sentence] = described("The answer, one sentence for each finding.")
    view: str = described("How the matrix is laid out: vectors or studies.")
    steps: list[FrameworkStep] = described("The columns.")
    rows: list[MapRow] = described("Each misuse vector with its cells.")
    by_study: list[tuple[Word, str, list[StudyRow]]] = described(
        "Each vector with its progress and its coded studies."
    )
    map_filter: MapFilter = described("What the reader wants to see.")
    notices: list[str] = described("What was left out of the filter, and why.")
    is_empty: bool = described("Whether no coded study matches.")
    coders: list[tuple[str, str]] = described("Slug and name of the coders one can choose.")
    published: list[str] = described("Notes of the published tables that the codings come from.")


async def map_page(datasette: Datasette, request: Request) -> Response:
    """Answer / with the map, as the filter in the address leaves it."""
    return await cached_page(datasette, request, _render_map)


async def embed_page(datasette: Datasette, request: Request) -> Response:
    """Answer /embed with the matrix alone, which any site may put into a frame."""
    return await cached_page(datasette, request, _render_embed)


async def _render_map(context: PageContext) -> Response:
    return await context.render("map.html", await _read_page(context, "/"))


async def _render_embed(context: PageContext) -> Response:
    return await context.render(
        "embed.html", await _read_page(context, "/embed"), frame_ancestors="*"
    )


async def _read_page(context: PageContext, path: str) -> MapPage:
    coders = await context.read(evidence.read_human_coders)
    map_filter, notices = read_filter(
        context.parameters, context.vocabulary, [slug for slug, _ in coders]
    )
    coverage = await context.read(read_coverage, context.whole, map_filter)
    vocabulary = coverage.vocabulary
    sentences = headline(coverage, bool(map_filter))
    page_fields = context.page_fields(
        title=NAME,
        description=sentences[0].text,
        path=path,
        data_links=context.data_links("coverage_matrix"),
    )
    by_study = context.request.args.get("view") == "studies"
    return MapPage(
        **page_fields,
        sentences=sentences,
        view="studies" if by_study else "vectors",
        steps=list(vocabulary.steps.values()),
        rows=[
            MapRow(
                vector,
                describe_flow(coverage.flows[slug]),
                [_map_cell(context, coverage.cells[slug, step]) for step in vocabulary.steps],
            )
            for slug, vector in vocabulary.vectors.items()
        ],
        by_study=[
            (
                vector,
                describe_flow(coverage.flows[vector.slug]),
                _study_rows(context, coverage.studies, vector),
            )
            for vector in vocabulary.vectors.values()
            if by_study
        ],
        map_filter=map_filter,
        notices=notices,
        is_empty=coverage.coded == 0,
        coders=coders,
        published=await context.read(evidence.read_published_notes),
    )


def _map_cell(context: PageContext, cell: Cell) -> MapCell:
    state = context.vocabulary.states.get(cell.state, NO_MATCH)
    step = context.vocabulary.steps[cell.step]
    path = context.path(f"/vectors/{cell.misuse_vector}/{cell.step}")
    return MapCell(cell, state, step, describe_cell(cell), path)


def _study_rows(
    context: PageContext, studies: Sequence[CodedStudy], vector: Word
) -> list[StudyRow]:
    def state(study: CodedStudy, step: str) -> Word:
        word = "contested" if step in study.contested else study.levels[step] or "not_coded"
        return context.vocabulary.states.get(word, NO_MATCH)

    return [
        StudyRow(study, [(context.vocabulary.steps[s], state(study, s)) for s in study.levels])
        for study in studies
        if study.misuse_vector == vector.slug
    ]


ROUTES = [(r"^/$", map_page), (r"^/embed$", embed_page)]
