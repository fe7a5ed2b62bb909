"""The page behind each cell of the map: its judgements and their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasette import NotFound, Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, described
from marginal_risk.publish.pages.citing import cite_part
from marginal_risk.publish.paging import Part, take_part
from marginal_risk.publish.queries import evidence
from marginal_risk.publish.queries.evidence import Cell, ShownJudgement, Window
from marginal_risk.publish.queries.filters import WITH_PROVISIONAL, MapFilter
from marginal_risk.publish.queries.origins import Origin, read_origins
from marginal_risk.publish.queries.vocabulary import FrameworkStep, MapVocabulary, Word, read_words
from marginal_risk.publish.sentences import (
    describe_cell,
    describe_owner,
    describe_provisional,
    in_layer,
)


@dataclass(frozen=True)
class Judgements:
    """Judgements to show; those of machines only with the codings that are provisional."""

    shown: list[ShownJudgement]
    provisional: int
    """Number of judgements by machines, shown or not."""
    shows_provisional: bool

    @classmethod
    def asked_for(cls, context: PageContext, judgements: Sequence[ShownJudgement]) -> Judgements:
        """Leave out the provisional ones unless the address says ``codings=provisional``."""
        asked = context.layer == WITH_PROVISIONAL
        return cls(
            [j for j in judgements if asked or not j.is_provisional],
            sum(j.is_provisional for j in judgements),
            asked,
        )


@dataclass(frozen=True, kw_only=True)
class CellPage(Page):
    """The judgements behind one cell of the map."""

    vector: Word = described("The misuse vector.")
    step: FrameworkStep = described("The step.")
    cell: Cell = described("The cell's counts.")
    state: Word = described("What the cell shows on the map.")
    summary: str = described("How the studies divide.")
    gap_owner: str = described(
        "Whether a gap here is the literature's or ours; '' where there is none."
    )
    provisional: str = described("How much of it is provisional, in words; '' for nothing.")
    judgements: Judgements = described("The judgements of this page of the list.")
    part: Part = described("Which of the cell's they are.")
    origins: list[Origin] = described("What to know of where they come from.")
    low_confidence: str = described("What low confidence means; '' where there is none.")
    citation: str = described("How to cite the cell, as text.")
    around: list[tuple[str, Word, FrameworkStep]] = described("The cells before and after it.")


async def cell_page(datasette: Datasette, request: Request) -> Response:
    """Answer /vectors/<vector>/<step> with the judgements of one cell."""
    context = await PageContext.open(datasette, request, ["codings", "page"])
    vector = context.vocabulary.vectors.get(request.url_vars["vector"])
    step = context.vocabulary.steps.get(request.url_vars["step"])
    if vector is None or step is None:
        raise NotFound("The codebook has no such misuse vector or step.")
    cell = context.coverage.cells[vector.slug, step.slug]
    place = vector.slug, step.slug
    total, provisional = (await context.read(evidence.count_cell_judgements, [place]))[place]
    is_asked = context.layer == WITH_PROVISIONAL
    summary = describe_cell(cell)

    def query(number: str) -> str:
        return MapFilter(layer=context.layer).query(page=number)

    part = take_part(total if is_asked else total - provisional, context.first("page"), query)
    window = Window(part.first, part.length, is_asked)
    found = await context.read(evidence.read_part_of_cell, *place, window)
    page = CellPage(
        **context.page_fields(
            title=f"{vector.name}: {step.name}",
            description=f"{vector.name}, {step.full_name}: {summary}, with the reasons.",
            path=f"/vectors/{vector.slug}/{step.slug}",
            data_links=context.data_links("judgements", misuse_vector=vector.slug, step=step.slug),
        ),
        vector=vector,
        step=step,
        cell=cell,
        state=context.vocabulary.states[cell.state],
        summary=in_layer(f"{summary[:1].upper()}{summary[1:]}.", context.layer),
        gap_owner=in_layer(describe_owner(cell), context.layer),
        provisional=describe_provisional(cell),
        judgements=Judgements(found, provisional, is_asked),
        part=part,
        origins=await context.read_once(read_origins, context.layer, vector.slug),
        low_confidence=await _explain_low(context) if cell.low_confidence else "",
        citation=cite_part(context, vector, step).reference,
        around=_around(context.vocabulary, vector, step),
    )
    return await context.render("cell.html", page)


async def _explain_low(context: PageContext) -> str:
    """Return the codebook's words for low confidence."""
    terms = await context.read(read_words, "confidences")
    return next((term.definition for term in terms if term.slug == "low"), "")


def _around(
    vocabulary: MapVocabulary, vector: Word, step: FrameworkStep
) -> list[tuple[str, Word, FrameworkStep]]:
    """Return the cells before and after one, as the map is read: row by row."""
    cells = [(v, s) for v in vocabulary.vectors.values() for s in vocabulary.steps.values()]
    place = cells.index((vector, step))
    before = [("Previous", *cells[place - 1])] if place else []
    return before + [("Next", *cell) for cell in cells[place + 1 : place + 2]]


ROUTES = [(r"^/vectors/(?P<vector>[a-z0-9_]+)/(?P<step>[a-z0-9_]+)$", cell_page)]
