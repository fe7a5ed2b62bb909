"""The map as a figure: /map.svg, /map.pdf, /map-large.png; as a preview beside links, /map.png."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from datasette import NotFound, Request, Response
from datasette.app import Datasette

from marginal_risk.publish.figures.map_figure import FORMS, draw
from marginal_risk.publish.figures.map_layout import Drawing
from marginal_risk.publish.page import PageContext, security_headers, unless_known
from marginal_risk.publish.paging import WIDE_ROWS, take_part
from marginal_risk.publish.queries.coverage import (
    NO_MATCH,
    CodedStudy,
    read_coded_studies,
    read_map_cells,
)
from marginal_risk.publish.queries.evidence import Cell, read_coders
from marginal_risk.publish.queries.filters import COUNTED, PARAMETERS, MapFilter, read_filter
from marginal_risk.publish.queries.origins import read_origins, read_table_notes
from marginal_risk.publish.queries.vocabulary import MapVocabulary, Word
from marginal_risk.publish.sentences import are, count_of

_MOST_ROWS = WIDE_ROWS
"""Rows to draw study by study, as the page has them: a picture of hundreds helps nobody."""
_PROVISIONAL = (
    "With provisional codings: machines judged what has a dashed frame, and nobody has checked it."
)


class Picture(NamedTuple):
    """A figure as it is sent."""

    body: bytes
    tag: str


_drawing = threading.Lock()  # a second reader of the same figure waits for the first


def draw_once(drawing: Drawing) -> Picture:
    """Return a figure from the cache of recent ones, or draw it."""
    with _drawing:
        return _draw_and_tag(drawing)


@lru_cache(maxsize=32)
def _draw_and_tag(drawing: Drawing) -> Picture:
    body = draw(drawing)
    return Picture(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')


async def map_svg(datasette: Datasette, request: Request) -> Response:
    """Answer /map.svg with the figure."""
    return await _answer(datasette, request, "svg")


async def map_png(datasette: Datasette, request: Request) -> Response:
    """Answer /map.png with the preview."""
    return await _answer(datasette, request, "preview")


async def map_pdf(datasette: Datasette, request: Request) -> Response:
    """Answer /map.pdf with the figure for print."""
    return await _answer(datasette, request, "pdf")


async def map_large(datasette: Datasette, request: Request) -> Response:
    """Answer /map-large.png with the figure for a slide."""
    return await _answer(datasette, request, "png")


async def _answer(datasette: Datasette, request: Request, form: str) -> Response:
    context = await PageContext.open(datasette, request, (*PARAMETERS, "view"))
    coders = [slug for slug, _ in await context.read_once(read_coders, context.layer)]
    map_filter, _ = read_filter(context.parameters, context.vocabulary, coders)
    coverage = await context.read(read_map_cells, context.coverage, map_filter)
    vocabulary = coverage.vocabulary
    cells, notes = coverage.cells, [_describe(map_filter)]
    origins = await context.read_once(read_table_notes, context.layer)
    if context.first("view") == "studies" and form != "preview":
        if not coverage.codings:
            raise NotFound("No coded study is left to draw.")
        part = take_part(coverage.codings, "1", str, _MOST_ROWS)
        studies = await context.read(read_coded_studies, coverage, map_filter, part)
        vocabulary, cells = lay_out_by_study(vocabulary, studies)
        more = max(coverage.codings - _MOST_ROWS, 0)
        notes += [f"{count_of(more, 'coding')} more {are(more)} left out."] if more else []
        # What is to be known of a coding, where its study is named.
        shown = {study.citekey for study in studies}
        found = await context.read_once(read_origins, context.layer)
        origins = origins + [f"{one.name}: {one.text}" for one in found if one.citekey in shown]
    if any(cell.state == NO_MATCH.slug for cell in cells.values()):
        vocabulary = replace(vocabulary, states={**vocabulary.states, NO_MATCH.slug: NO_MATCH})
    said = " ".join(filter(None, (*notes, *origins)))
    drawing = Drawing(vocabulary, cells, context.build, form, said)
    picture = await asyncio.to_thread(draw_once, drawing)
    headers = {**security_headers(), "Cache-Control": "no-cache", "ETag": picture.tag}
    response = Response(picture.body, headers=headers, content_type=FORMS[form])
    return unless_known(request, response)


def lay_out_by_study(
    vocabulary: MapVocabulary, studies: Sequence[CodedStudy]
) -> tuple[MapVocabulary, dict[tuple[str, str], Cell]]:
    """Return a vocabulary in which each coded study is a row, and its levels as cells.

    The cells count nothing: each is one judgement.
    """
    rows, cells = {}, {}
    for study in studies:
        row = f"{study.misuse_vector}/{study.citekey}"
        name = f"{study.short_citation}: {vocabulary.vectors[study.misuse_vector].name}"
        rows[row] = Word(row, name, "")
        for step, level in study.levels.items():
            state = "contested" if step in study.contested else level or "not_coded"
            cell = Cell(row, step, level, state, None, None, *[0] * 10)
            cells[row, step] = replace(cell, provisional=int(step in study.provisional))
    return replace(vocabulary, vectors=rows), cells


def _describe(map_filter: MapFilter) -> str:
    """Return which codings are shown, if not those that count, and what a filter keeps."""
    words = {"q": "text"}
    pairs = replace(map_filter, layer=COUNTED).pairs()
    kept = ", ".join(f"{words.get(name, name)} {value}" for name, value in pairs)
    said = [_PROVISIONAL] if map_filter.has_provisional else []
    said += [f"Filtered, to show only: {kept}."] if kept else []
    return " ".join(said)


ROUTES = [
    (r"^/map\.svg$", map_svg),
    (r"^/map\.png$", map_png),
    (r"^/map\.pdf$", map_pdf),
    (r"^/map-large\.png$", map_large),
]
