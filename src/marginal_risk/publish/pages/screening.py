"""What was found and what was decided about it, at /screening."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.figures.flow_chart import Chart, Lines, draw_flow
from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.paging import ROWS, Part, take_part
from marginal_risk.publish.queries import screening_flow
from marginal_risk.publish.queries.screening_flow import (
    Conflict,
    Flow,
    Identification,
    LeftOut,
    ListedSearch,
)
from marginal_risk.publish.queries.vocabulary import Word, read_words
from marginal_risk.publish.sentences import are, count_of

WAITS = {
    ("title", "first"): "Not screened yet",
    ("title", "second"): "Screened by one of two",
    ("title", "settling"): "Screeners differ",
    ("full_text", "first"): "Full text not read yet",
    ("full_text", "second"): "Read by one of two",
    ("full_text", "settling"): "Readers differ",
    ("full_text", "vector"): "No misuse vector yet",
}
"""What a candidate waits for, by the stage of screening that it is at."""
STAGE_NAMES = {"title": "Title and abstract", "full_text": "Full text"}


@dataclass(frozen=True, kw_only=True)
class ScreeningPage(Page):
    """The flow from identified to coded twice."""

    vector: Word | None = described("The misuse vector asked for; None for all studies.")
    sentences: list[str] = described("How many studies were found, decided on and coded.")
    chart: Chart = described("The flow as a diagram.")
    stages: list[tuple[str, int, str]] = described("The same as rows: stage, number, meaning.")
    by_vector: list[tuple[Word, Flow]] = described("The flow of each misuse vector.")
    everything: Flow = described("The flow of all studies.")
    reasons: dict[str, Word] = described("The reasons for leaving out, by slug.")
    part: Part = described("Which of the studies left out are shown.")
    left_out: list[LeftOut] = described("The studies that were excluded or withdrawn.")
    searches: list[ListedSearch] = described("The searches, the last one first.")
    conflicts: list[Conflict] = described("The first studies on which screeners differ.")
    more_conflicts: int = described("Number of those that are not shown.")
    conflicts_links: dict[str, str] = described("Where the conflicts are: table, JSON and CSV.")
    stage_names: dict[str, str] = described("The stages of screening, by slug.")
    is_searched: bool = described("Whether a systematic search has been made.")
    ways: list[tuple[str, int]] = described("How the studies were found, with numbers of studies.")
    searches_links: dict[str, str] = described("Where the searches are: table, JSON and CSV.")
    rows_links: dict[str, str] = described("Where the decisions are: table, JSON and CSV.")


async def screening_page(datasette: Datasette, request: Request) -> Response:
    """Answer /screening, for all studies or for the ``vector`` of the address."""
    return await cached_page(datasette, request, _render, ["vector", "page"])


async def _render(context: PageContext) -> Response:
    vector = context.vocabulary.vectors.get(context.first("vector"))
    slug = vector.slug if vector else None
    flow = context.whole.flows[slug]
    reasons = {term.slug: term for term in await context.read(read_words, "exclusion_reasons")}
    exclusions = await context.read_once(screening_flow.read_exclusions, slug)
    searches = await context.read(screening_flow.read_searches)
    ways = await context.read_once(screening_flow.read_ways, slug)
    left_out = await context.read(screening_flow.read_left_out, slug)
    waiting = await context.read_once(screening_flow.read_waiting, slug)
    conflicts = await context.read(screening_flow.read_conflicts, slug)
    source = None if slug else await context.read_once(screening_flow.read_identification)
    chosen = {"vector": slug} if slug else {}

    def query(number: str) -> str:
        pairs = chosen | ({"page": number} if number else {})
        return f"?{urlencode(pairs)}" if pairs else ""

    part = take_part(len(left_out), context.first("page"), query)
    sentences = describe_screening(flow, vector, searches)
    title = f"Screening: {vector.name}" if vector else "Screening"
    exact = {"misuse_vector": slug} if slug else {}
    page = ScreeningPage(
        **context.page_fields(
            title=title,
            description=sentences[0],
            path="/screening",
            data_links=context.data_links("screening_flow", **exact),
        ),
        vector=vector,
        sentences=sentences,
        chart=draw_flow(
            flow,
            source,
            Lines(
                [f"{way}: {number}" for way, number in ways],
                [
                    f"{WAITS[one.screening_stage, one.waiting_for]}: {one.studies}"
                    for one in waiting
                ],
                [f"{reasons[reason].name}: {number}" for reason, number in exclusions],
            ),
            sentences[0],
        ),
        stages=list_stages(flow, source),
        conflicts=conflicts[:ROWS],
        more_conflicts=len(conflicts[ROWS:]),
        conflicts_links=context.data_links("screening_conflicts", **exact),
        by_vector=[
            (term, context.whole.flows[key]) for key, term in context.vocabulary.vectors.items()
        ],
        everything=context.whole.flow,
        reasons=reasons,
        part=part,
        left_out=part.of(left_out),
        searches=searches,
        stage_names=STAGE_NAMES,
        is_searched=any(search.is_systematic for search in searches),
        ways=ways,
        searches_links=context.data_links("searches"),
        rows_links=context.data_links("found_studies", **exact),
    )
    return await context.render("screening.html", page)


def describe_screening(flow: Flow, vector: Word | None, searches: list[ListedSearch]) -> list[str]:
    """Return how far the studies have got, and when the last search was made."""
    where = f" for {vector.name}" if vector else ""
    found = count_of(flow.found, "study", "studies")
    first = (
        f"{flow.coded} of {found} found{where} {are(flow.coded)} coded,"
        f" {flow.coded_twice or 'none'} of them by two coders or more;"
        f" {flow.candidates or 'none'} {'waits' if flow.candidates < 2 else 'wait'} for a decision,"
        f" and {flow.excluded or 'none'} {'is' if flow.excluded < 2 else 'are'} excluded."
    )
    systematic = [search for search in searches if search.is_systematic]
    if not systematic:
        second = (
            "No systematic search of the literature has been made yet: what was found is where"
            " the map began, and says little about what there is."
        )
    else:
        last = systematic[0]
        second = f"The last systematic search was made on {last.searched_on}, in {last.source}."
    return [first, second]


def list_stages(flow: Flow, source: Identification | None) -> list[tuple[str, int, str]]:
    """Return the boxes of the diagram as rows: stage, number, what it counts."""
    first = [("Identified", flow.found + flow.withdrawn, "Found for this misuse vector, ever.")]
    if source:
        first = [
            ("Identified", source.identified, "Records of searches, and works found otherwise."),
            ("Records of searches", source.records, "Of the searches listed below."),
            ("Found in other ways", source.in_other_ways, "Works that no search below found."),
            (
                "Duplicates removed",
                source.duplicates,
                "Records of works already known or found.",
            ),
            ("Unreadable", source.unreadable, "Records that lack a title, an author or a year."),
        ]
    return [
        *first,
        ("Withdrawn later", flow.withdrawn, "Taken off the map, and in no number below."),
        ("Found", flow.found, "Candidates, included and excluded studies."),
        ("Waiting for a decision", flow.candidates, "Found, and not decided on yet."),
        ("Decided on", flow.found - flow.candidates, "Included or excluded."),
        ("Excluded", flow.excluded, "Left out for a reason, given below."),
        ("Included", flow.included, "Belongs on the map."),
        ("Waiting for a coder", flow.to_code, "Included, and nobody has coded it."),
        ("Coded", flow.coded, "Judged step by step by a person or a publication."),
        ("Coded once", flow.coded_once, "By one coder alone."),
        ("Coded twice", flow.coded_twice, "By two coders or more, independently."),
    ]


ROUTES = [(r"^/screening$", screening_page)]
