"""The evidence and gap map: at /, and alone at /embed for a frame on another site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import NAME, Desk, Page, kept, shown
from marginal_risk.publish.queries import evidence
from marginal_risk.publish.queries.coverage import NO_MATCH, CodedStudy, read_coverage
from marginal_risk.publish.queries.evidence import Cell, Step, Term
from marginal_risk.publish.queries.filters import MapFilter, read_filter
from marginal_risk.publish.sentences import Sentence, describe_cell, describe_flow, headline


@dataclass(frozen=True)
class MapCell:
    """A cell as the map shows it."""

    cell: Cell
    state: Term
    step: Step
    summary: str
    path: str


@dataclass(frozen=True)
class MapRow:
    """A row of the map."""

    vector: Term
    progress: str
    """How many of its studies were found, included and coded."""
    cells: list[MapCell]


@dataclass(frozen=True)
class StudyRow:
    """A study as the map shows it, study by study."""

    study: CodedStudy
    states: list[tuple[Step, Term]]


@dataclass(frozen=True, kw_only=True)
class MapPage(Page):
    """The evidence and gap map."""

    sentences: list[Sentence] = shown("The answer, one sentence for each finding.")
    view: str = shown("How the matrix is laid out: vectors or studies.")
    steps: list[Step] = shown("The columns.")
    rows: list[MapRow] = shown("Each misuse vector with its cells.")
    by_study: list[tuple[Term, str, list[StudyRow]]] = shown(
        "Each vector with its progress and its coded studies."
    )
    map_filter: MapFilter = shown("What the reader wants to see.")
    notices: list[str] = shown("What was left out of the filter, and why.")
    is_empty: bool = shown("Whether no coded study matches.")
    coders: list[tuple[str, str]] = shown("Slug and name of the coders one can choose.")
    published: list[str] = shown("Notes of the published tables that the codings come from.")


async def map_page(datasette: Datasette, request: Request) -> Response:
    """Answer / with the map, as the filter in the address leaves it."""
    return await kept(datasette, request, _render_map)


async def embed_page(datasette: Datasette, request: Request) -> Response:
    """Answer /embed with the matrix alone, which any site may put into a frame."""
    return await kept(datasette, request, _render_embed)


async def _render_map(desk: Desk) -> Response:
    return await desk.render("map.html", await _read_page(desk, "/"))


async def _render_embed(desk: Desk) -> Response:
    return await desk.render("embed.html", await _read_page(desk, "/embed"), frame_ancestors="*")


async def _read_page(desk: Desk, path: str) -> MapPage:
    coders = await evidence.read_human_coders(desk.database)
    map_filter, notices = read_filter(desk.request, desk.codebook, [slug for slug, _ in coders])
    coverage = await read_coverage(desk.database, desk.whole, map_filter)
    codebook = coverage.codebook
    sentences = headline(coverage, bool(map_filter))
    common = await desk.common(
        title=NAME,
        description=sentences[0].text,
        path=path,
        data_links=desk.data_links("coverage_matrix"),
    )
    by_study = desk.request.args.get("view") == "studies"
    return MapPage(
        **common,
        sentences=sentences,
        view="studies" if by_study else "vectors",
        steps=list(codebook.steps.values()),
        rows=[
            MapRow(
                vector,
                describe_flow(coverage.flows[slug]),
                [_map_cell(desk, coverage.cells[slug, step]) for step in codebook.steps],
            )
            for slug, vector in codebook.vectors.items()
        ],
        by_study=[
            (
                vector,
                describe_flow(coverage.flows[vector.slug]),
                _study_rows(desk, coverage.studies, vector),
            )
            for vector in codebook.vectors.values()
            if by_study
        ],
        map_filter=map_filter,
        notices=notices,
        is_empty=coverage.coded == 0,
        coders=coders,
        published=await evidence.read_published_notes(desk.database),
    )


def _map_cell(desk: Desk, cell: Cell) -> MapCell:
    state = desk.codebook.states.get(cell.state, NO_MATCH)
    step = desk.codebook.steps[cell.step]
    path = desk.path(f"/vectors/{cell.misuse_vector}/{cell.step}")
    return MapCell(cell, state, step, describe_cell(cell), path)


def _study_rows(desk: Desk, studies: Sequence[CodedStudy], vector: Term) -> list[StudyRow]:
    def state(study: CodedStudy, step: str) -> Term:
        word = "contested" if step in study.contested else study.levels[step] or "not_coded"
        return desk.codebook.states.get(word, NO_MATCH)

    return [
        StudyRow(study, [(desk.codebook.steps[s], state(study, s)) for s in study.levels])
        for study in studies
        if study.misuse_vector == vector.slug
    ]


ROUTES = [(r"^/$", map_page), (r"^/embed$", embed_page)]
