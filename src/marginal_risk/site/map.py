"""The evidence and gap map, at /."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasette import Request, Response

from marginal_risk.site import evidence
from marginal_risk.site.evidence import Cell, CodedStudy, Term
from marginal_risk.site.page import NAME, Desk, Page, shown
from marginal_risk.site.sentences import Sentence, describe_cell, headline

if TYPE_CHECKING:  # datasette is still being imported while it loads its plugins
    from datasette.app import Datasette


@dataclass(frozen=True)
class MapCell:
    """A cell as the map shows it."""

    cell: Cell
    state: Term
    summary: str
    path: str


@dataclass(frozen=True, kw_only=True)
class MapPage(Page):
    """The evidence and gap map."""

    sentences: list[Sentence] = shown("The answer, one sentence for each finding.")
    rows: list[tuple[Term, list[MapCell]]] = shown("Each misuse vector with its cells.")
    by_study: list[tuple[Term, list[CodedStudy]]] = shown("Each vector with its coded studies.")
    published: list[str] = shown("Notes of the published tables that the codings come from.")


async def map_page(datasette: Datasette, request: Request) -> Response:
    """Answer / with the map."""
    desk = await Desk.open(datasette, request)
    codebook = desk.codebook
    cells = await evidence.read_cells(desk.database)
    studies = await evidence.read_coded_studies(desk.database, list(codebook.steps))
    sentences = headline(codebook, cells, studies)
    page = MapPage(
        **await desk.common(
            title=NAME,
            description=sentences[0].text,
            path="/",
            data_links=desk.data_links("coverage_matrix"),
        ),
        sentences=sentences,
        rows=[
            (vector, [_map_cell(desk, cells[slug, step]) for step in codebook.steps])
            for slug, vector in codebook.vectors.items()
        ],
        by_study=[
            (vector, [study for study in studies if study.misuse_vector == slug])
            for slug, vector in codebook.vectors.items()
        ],
        published=await evidence.read_published_notes(desk.database),
    )
    return await desk.render("map.html", page)


def _map_cell(desk: Desk, cell: Cell) -> MapCell:
    path = desk.path(f"/vectors/{cell.misuse_vector}/{cell.step}")
    return MapCell(cell, desk.codebook.states[cell.state], describe_cell(cell), path)


ROUTES = [(r"^/$", map_page)]
