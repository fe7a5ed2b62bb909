"""The second map, "Compared with what?", at /comparisons, and its cells with their comparisons."""

from __future__ import annotations

from dataclasses import dataclass

from datasette import NotFound, Request, Response
from datasette.app import Datasette

from marginal_risk.publish.compared import say_unmeasured
from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.paging import Part, take_part
from marginal_risk.publish.queries.comparisons import (
    ComparedCell,
    ComparisonFilter,
    ShownComparison,
    count_provisional_comparisons,
    filter_compared_cells,
    read_compared_cells,
    read_comparisons,
)
from marginal_risk.publish.queries.coverage import NO_MATCH, narrow
from marginal_risk.publish.queries.evidence import read_coders
from marginal_risk.publish.queries.filters import COUNTED, MapFilter, read_filter, shorten_notices
from marginal_risk.publish.queries.vocabulary import MapVocabulary, Word
from marginal_risk.publish.sentences import count_of, in_a_sentence, in_layer

_FILTERED_BY = ("vector", "coder", "from", "to", "q", "codings")
"""The parameters of the map's filter that make sense here: a comparison has no step or level."""
_UNDERSTOOD = (*_FILTERED_BY, "examined")

_STATES = {
    "not_measured": "Studies compare with this, and none measures anything.",
    "not_compared": "No study whose comparisons are coded compares with this.",
    "not_coded": "Nobody has coded what the studies compare. That is not the same as none.",
    "no_study": "No study was found.",
    "no_match": "Studies compare with this, but the filter leaves none.",
}


@dataclass(frozen=True)
class ComparisonCell:
    """A cell of the second map as it is shown."""

    comparator: Word
    cell: ComparedCell
    findings: list[tuple[Word, int]]
    """What came out, each with the number of studies; 'not measured' last."""
    word: str
    """What the cell says where no study compares."""
    is_focus: bool
    """Whether it is set against closed models, which is what 'open' is told from."""
    label: str
    """All that it says, in words."""
    provisional: str
    path: str


@dataclass(frozen=True, kw_only=True)
class ComparisonsPage(Page):
    """Compared with what: misuse vectors and comparators."""

    sentences: list[str] = described("What no study measures yet.")
    provisional: str = described("How many more studies machines have coded; '' for none.")
    comparators: list[Word] = described("The columns.")
    rows: list[tuple[Word, str, list[ComparisonCell]]] = described(
        "Each misuse vector with how many studies' comparisons are coded, and its cells."
    )
    chosen: ComparisonFilter = described("What the reader wants to see.")
    views: list[tuple[str, str, bool]] = described(
        "Name and query of the views by the models examined, and whether it is this one."
    )
    notices: list[str] = described("What was left out of the filter, and why.")
    coders: list[tuple[str, str]] = described("Slug and name of the coders one can choose.")
    states: dict[str, str] = described("What the cells without a comparison say, by state.")
    comparisons_links: dict[str, str] = described(
        "Where the comparisons themselves are: table, JSON and CSV."
    )


@dataclass(frozen=True, kw_only=True)
class ComparedPage(Page):
    """What the studies of one misuse vector find against one comparator."""

    vector: Word = described("The misuse vector.")
    comparator: Word = described("What models are compared with.")
    cell: ComparisonCell = described("The cell.")
    verdict: str = described("What the cell says, in a sentence.")
    part: Part = described("Which of all that follows is shown.")
    comparisons: list[ShownComparison] = described("The comparisons.")
    nothing: list[ShownComparison] = described("Studies that compare with nothing.")
    hidden: str = described("How many provisional comparisons are not shown; '' for none.")
    around: list[tuple[str, Word, Word]] = described("The cells before and after it.")


async def comparisons_page(datasette: Datasette, request: Request) -> Response:
    """Answer /comparisons with the second map, as the filter in the address leaves it."""
    return await cached_page(datasette, request, _render, _UNDERSTOOD, tells_unknown=True)


async def compared_page(datasette: Datasette, request: Request) -> Response:
    """Answer /comparisons/<vector>/<comparator> with what is behind one cell."""
    return await cached_page(datasette, request, _render_cell, ["codings", "page"])


def read_comparison_filter(
    context: PageContext, coders: list[tuple[str, str]]
) -> tuple[ComparisonFilter, list[str]]:
    """Return the filter that an address asks for, and a sentence for each part left out."""
    asked = {name: context.parameters.get(name, []) for name in _FILTERED_BY}
    map_filter, notices = read_filter(asked, context.vocabulary, [slug for slug, _ in coders])
    wanted = [word for word in context.parameters.get("examined", ()) if word]
    notices += [
        f"“{word[:60]}” names no models, and was left out of the filter."
        for word in dict.fromkeys(wanted)
        if word not in context.vocabulary.examined
    ]
    examined = tuple(slug for slug in context.vocabulary.examined if slug in wanted)
    return ComparisonFilter(map_filter, examined), shorten_notices([*context.unknown, *notices])


async def _render(context: PageContext) -> Response:
    coders = await context.read_once(read_coders, context.layer)
    chosen, notices = read_comparison_filter(context, coders)
    whole = await context.read_once(read_compared_cells, context.layer)
    cells = await context.read(filter_compared_cells, whole, chosen)
    counted = await context.read_once(read_compared_cells, COUNTED)
    vocabulary = narrow(context.vocabulary, chosen.map_filter)
    sentences = [] if chosen else say_unmeasured(cells, context.coverage)
    if chosen:
        matching = len({c.misuse_vector for c in cells.values() if c.studies})
        which = f"{matching} of {count_of(len(vocabulary.vectors), 'misuse vector')}"
        said = f"The filter leaves comparisons for {which}."
        sentences = [in_layer(said, context.layer)]
    page = ComparisonsPage(
        **context.page_fields(
            title="Compared with what?",
            description=sentences[0] if sentences else "What studies compare models with.",
            path="/comparisons",
            data_links=_matrix_links(context),
        ),
        sentences=sentences,
        provisional="" if chosen.map_filter.has_provisional else await _count_more(context),
        comparators=list(vocabulary.comparators.values()),
        rows=[
            (
                vector,
                _describe_coded(cells, slug),
                [
                    _cell(
                        context,
                        vector,
                        word,
                        cells[slug, word.slug],
                        counted[slug, word.slug],
                    )
                    for word in vocabulary.comparators.values()
                ],
            )
            for slug, vector in vocabulary.vectors.items()
        ],
        chosen=chosen,
        views=_views(context.vocabulary, chosen),
        notices=notices,
        coders=coders,
        states={
            state: text
            for state, text in _STATES.items()
            if any(cell.state == state for cell in cells.values())
        },
        comparisons_links=context.data_links("comparisons_by_layer", layer=context.layer),
    )
    return await context.render("comparisons.html", page)


def _matrix_links(context: PageContext, **exact: str) -> dict[str, str]:
    if context.layer == COUNTED:
        return context.data_links("comparison_matrix", **exact)
    return context.data_links("comparison_matrix_by_layer", layer=context.layer, **exact)


async def _count_more(context: PageContext) -> str:
    """Return how many studies have comparisons that machines alone have coded; '' for none."""
    more = await context.read_once(count_provisional_comparisons)
    if not more:
        return ""
    return (
        f"The comparisons of {count_of(more, 'study', 'studies')} are coded by machines alone,"
        " and nobody has checked them: they are not shown here."
    )


def _describe_coded(cells: dict[tuple[str, str], ComparedCell], vector: str) -> str:
    cell = next(cell for key, cell in cells.items() if key[0] == vector)
    if not cell.in_scope:
        return "no study found"
    compare = "compares" if cell.compare_nothing == 1 else "compare"
    nothing = f"; {cell.compare_nothing} {compare} with nothing" if cell.compare_nothing else ""
    return f"{cell.coded} of {cell.in_scope} coded{nothing}"


def _views(vocabulary: MapVocabulary, chosen: ComparisonFilter) -> list[tuple[str, str, bool]]:
    found = [("All models", ComparisonFilter(chosen.map_filter))]
    if "open" in vocabulary.examined:
        examined = tuple(slug for slug in vocabulary.examined if slug in ("open", "both"))
        found.append(("Open models only", ComparisonFilter(chosen.map_filter, examined)))
    return [(name, view.query(), view == chosen) for name, view in found]


def _cell(
    context: PageContext, vector: Word, comparator: Word, cell: ComparedCell, counted: ComparedCell
) -> ComparisonCell:
    """Return a cell as it is shown, given what counts of it."""
    findings = [
        (word, number)
        for slug, word in context.vocabulary.findings.items()
        if (number := getattr(cell, slug, 0))
    ]
    word = "" if findings else _word(context, cell)
    said = [f"{name.name.lower()}, {count_of(n, 'study', 'studies')}" for name, n in findings]
    # "Not compared" is provisional too, where machines alone have coded what studies compare.
    provisional = "provisional" if cell.state == "not_compared" != counted.state else ""
    if cell.provisional:
        provisional = "provisional" if cell.provisional == cell.studies else "in part provisional"
    what = "; ".join(said) or word
    label = f"{vector.name}, {in_a_sentence(comparator.name)}: {what}"
    layer = MapFilter(layer=context.layer).query()
    return ComparisonCell(
        comparator,
        cell,
        findings,
        word,
        comparator.slug == "closed_models",
        f"{label}, {provisional}" if provisional else label,
        provisional,
        context.path(f"/comparisons/{vector.slug}/{comparator.slug}") + layer,
    )


def _word(context: PageContext, cell: ComparedCell) -> str:
    if cell.state == "not_compared":
        return "not compared"
    return context.vocabulary.states.get(cell.state, NO_MATCH).name.lower()


async def _render_cell(context: PageContext) -> Response:
    vector = context.vocabulary.vectors.get(context.request.url_vars["vector"])
    comparator = context.vocabulary.comparators.get(context.request.url_vars["comparator"])
    if vector is None or comparator is None:
        raise NotFound("The codebook has no such misuse vector or comparator.")
    cells = await context.read_once(read_compared_cells, context.layer)
    counted = await context.read_once(read_compared_cells, COUNTED)
    cell = cells[vector.slug, comparator.slug]
    of_vector = await context.read(read_comparisons, context.layer, vector=vector.slug)
    everything = await context.read(
        read_comparisons, "with_provisional", vector=vector.slug, comparator=comparator.slug
    )
    part = take_part(
        sum(c.comparator in (comparator.slug, "none") for c in of_vector),
        context.first("page"),
        lambda number: MapFilter(layer=context.layer).query(page=number),
    )
    shown = part.of(
        [c for slug in (comparator.slug, "none") for c in of_vector if c.comparator == slug]
    )
    verdict = in_layer(describe_compared(cell), context.layer)
    hidden = sum(c.is_provisional for c in everything) if context.layer == COUNTED else 0
    exact = {"misuse_vector": vector.slug, "comparator": comparator.slug}
    page = ComparedPage(
        **context.page_fields(
            title=f"{vector.name} compared with {in_a_sentence(comparator.name)}",
            description=verdict,
            path=f"/comparisons/{vector.slug}/{comparator.slug}",
            data_links=context.data_links("comparisons_by_layer", layer=context.layer, **exact),
        ),
        vector=vector,
        comparator=comparator,
        cell=_cell(context, vector, comparator, cell, counted[vector.slug, comparator.slug]),
        verdict=verdict,
        part=part,
        comparisons=[c for c in shown if c.comparator == comparator.slug],
        nothing=[c for c in shown if c.comparator == "none"],
        hidden=count_of(hidden, "provisional comparison") if hidden else "",
        around=_around(context.vocabulary, vector, comparator),
    )
    return await context.render("compared.html", page)


def describe_compared(cell: ComparedCell) -> str:
    """Return what a cell of the second map says, in a sentence."""
    if not cell.studies:
        return _STATES[cell.state]
    coded = count_of(cell.coded, "study", "studies")
    compare = "compares" if cell.studies == 1 else "compare"
    said = f"{cell.studies} of {coded} whose comparisons are coded {compare} with this"
    if not cell.measured:
        return f"{said}; none measures anything."
    which = f"{cell.measured} by measurement, {cell.open_measured or 'none'} of them on open models"
    return f"{said}: {which}."


def _around(
    vocabulary: MapVocabulary, vector: Word, comparator: Word
) -> list[tuple[str, Word, Word]]:
    """Return the cells before and after one, as the map is read: row by row."""
    words = vocabulary.comparators.values()
    cells = [(v, word) for v in vocabulary.vectors.values() for word in words]
    place = cells.index((vector, comparator))
    before = [("Previous", *cells[place - 1])] if place else []
    return before + [("Next", *cell) for cell in cells[place + 1 : place + 2]]


ROUTES = [
    (r"^/comparisons$", comparisons_page),
    (r"^/comparisons/(?P<vector>[a-z0-9_]+)/(?P<comparator>[a-z0-9_]+)$", compared_page),
]
