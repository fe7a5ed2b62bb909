"""What was found and what was decided about it, at /screening."""

from __future__ import annotations

from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette
from datasette.database import Database

from marginal_risk.publish.counting import are, count_of
from marginal_risk.publish.figures.flow_chart import Chart, draw_flow
from marginal_risk.publish.page import Desk, Page, kept, shown
from marginal_risk.publish.queries import lists
from marginal_risk.publish.queries.evidence import Term, rows
from marginal_risk.publish.queries.screening_flow import Flow


@dataclass(frozen=True)
class LeftOut:
    """A study that was excluded or withdrawn."""

    citekey: str
    short_citation: str
    misuse_vector: str | None
    decision: str
    reason: str | None
    other_study: str | None
    decided_on: str | None
    note: str | None


@dataclass(frozen=True)
class Search:
    """A systematic search of the literature."""

    searched_on: str
    source: str
    query: str
    hits: int
    searched_by: str
    note: str | None


@dataclass(frozen=True, kw_only=True)
class ScreeningPage(Page):
    """The flow from found to coded twice."""

    vector: Term | None = shown("The misuse vector asked for; None for all studies.")
    sentences: list[str] = shown("How many studies were found, decided on and coded.")
    chart: Chart = shown("The flow as a diagram.")
    stages: list[tuple[str, int, str]] = shown("The same as rows: stage, number, meaning.")
    by_vector: list[tuple[Term, Flow]] = shown("The flow of each misuse vector.")
    everything: Flow = shown("The flow of all studies.")
    reasons: dict[str, Term] = shown("The reasons for leaving out, by slug.")
    left_out: list[LeftOut] = shown("The studies that were excluded or withdrawn.")
    searches: list[Search] = shown("The systematic searches, the last one first.")
    ways: list[tuple[str, int]] = shown("How the studies were found, with numbers of studies.")
    searches_links: dict[str, str] = shown("Where the searches are: table, JSON and CSV.")
    rows_links: dict[str, str] = shown("Where the decisions are: table, JSON and CSV.")


async def screening_page(datasette: Datasette, request: Request) -> Response:
    """Answer /screening, for all studies or for the ``vector`` of the address."""
    return await kept(datasette, request, _render)


async def _render(desk: Desk) -> Response:
    vector = desk.codebook.vectors.get(desk.request.args.get("vector") or "")
    slug = vector.slug if vector else None
    flow = desk.whole.flows[slug]
    reasons = {
        term.slug: term for term in await lists.read_terms(desk.database, "exclusion_reasons")
    }
    exclusions = await _read_exclusions(desk.database, slug)
    searches = await _read_searches(desk.database)
    ways = await _read_ways(desk.database, slug)
    sentences = describe_screening(flow, vector, searches)
    title = f"Screening: {vector.name}" if vector else "Screening"
    exact = {"misuse_vector": slug} if slug else {}
    page = ScreeningPage(
        **await desk.common(
            title=title,
            description=sentences[0],
            path="/screening",
            data_links=desk.data_links("screening_flow", **exact),
        ),
        vector=vector,
        sentences=sentences,
        chart=draw_flow(
            flow,
            [f"{way}: {number}" for way, number in ways],
            [f"{reasons[reason].name}: {number}" for reason, number in exclusions],
            sentences[0],
        ),
        stages=list_stages(flow),
        by_vector=[(term, desk.whole.flows[key]) for key, term in desk.codebook.vectors.items()],
        everything=desk.whole.flow,
        reasons=reasons,
        left_out=await _read_left_out(desk.database, slug),
        searches=searches,
        ways=ways,
        searches_links=desk.data_links("searches"),
        rows_links=desk.data_links("found_studies", **exact),
    )
    return await desk.render("screening.html", page)


def describe_screening(flow: Flow, vector: Term | None, searches: list[Search]) -> list[str]:
    """Return how far the studies have got, and when was searched last."""
    where = f" for {vector.name}" if vector else ""
    found = count_of(flow.found, "study", "studies")
    first = (
        f"{flow.coded} of {found} found{where} {are(flow.coded)} coded,"
        f" {flow.coded_twice or 'none'} of them by two coders or more;"
        f" {flow.candidates or 'none'} {'waits' if flow.candidates < 2 else 'wait'} for a decision,"
        f" and {flow.excluded or 'none'} {'is' if flow.excluded < 2 else 'are'} excluded."
    )
    if not searches:
        second = (
            "No systematic search of the literature has been made yet: what was found is where"
            " the map began, and says little about what there is."
        )
    else:
        last = searches[0]
        second = f"The last systematic search was made on {last.searched_on}, in {last.source}."
    return [first, second]


def list_stages(flow: Flow) -> list[tuple[str, int, str]]:
    """Return the boxes of the diagram as rows: stage, number, what it counts."""
    return [
        ("Found", flow.found, "Candidates, included and excluded studies."),
        ("Withdrawn later", flow.withdrawn, "Taken off the map; in no other number here."),
        ("Waiting for a decision", flow.candidates, "Found, and nobody has decided yet."),
        ("Decided on", flow.found - flow.candidates, "Included or excluded."),
        ("Excluded", flow.excluded, "Left out for a reason, given below."),
        ("Included", flow.included, "Belongs on the map."),
        ("Waiting for a coder", flow.to_code, "Included, and nobody has coded it."),
        ("Coded", flow.coded, "Judged step by step by a person or a publication."),
        ("Coded once", flow.coded_once, "By one coder alone."),
        ("Coded twice", flow.coded_twice, "By two coders or more, independently."),
    ]


async def _read_exclusions(database: Database, vector: str | None) -> list[tuple[str, int]]:
    found = await rows(
        database,
        "select x.reason, x.studies from exclusions x"
        " join exclusion_reasons r on r.slug = x.reason"
        " where x.misuse_vector is :vector order by r.position",
        {"vector": vector},
    )
    return [(row["reason"], row["studies"]) for row in found]


async def _read_left_out(database: Database, vector: str | None) -> list[LeftOut]:
    found = await rows(
        database,
        "select f.citekey, t.short_citation, f.misuse_vector, f.decision, f.reason, f.other_study,"
        " f.decided_on, f.note from found_studies f join studies t on t.citekey = f.citekey"
        " left join vectors v on v.slug = f.misuse_vector"
        " where f.decision in ('excluded', 'withdrawn')"
        " and (:vector is null or f.misuse_vector = :vector)"
        " order by f.decision, v.position, f.citekey",
        {"vector": vector},
    )
    return [LeftOut(*row) for row in found]


async def _read_searches(database: Database) -> list[Search]:
    found = await rows(
        database,
        "select searched_on, source, query, hits, searched_by, note from searches"
        " order by searched_on desc, id desc",
    )
    return [Search(*row) for row in found]


async def _read_ways(database: Database, vector: str | None) -> list[tuple[str, int]]:
    found = await rows(
        database,
        "select found_via, count(distinct citekey) as studies from screening"
        " where decision <> 'withdrawn' and (:vector is null or misuse_vector = :vector)"
        " group by found_via order by studies desc, found_via",
        {"vector": vector},
    )
    return [(row["found_via"], row["studies"]) for row in found]


ROUTES = [(r"^/screening$", screening_page)]
