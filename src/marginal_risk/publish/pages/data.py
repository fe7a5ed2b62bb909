"""The tables and views, the stored queries and the ways to the data, at /data."""

from __future__ import annotations

from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Desk, Page, kept, shown
from marginal_risk.publish.queries import inventory
from marginal_risk.publish.queries.inventory import Source

EXAMPLES = {
    "Which studies give evidence of marginal risk, at least in part?": """\
select t.short_citation as study, v.name as misuse_vector, a.level
from agreed_judgements a
join steps s on s.slug = a.step
join studies t on t.citekey = a.citekey
join vectors v on v.slug = a.misuse_vector
where s.is_marginal_risk and a.level <> 'absent'
order by v.position, t.year""",
    "At which step does the coded literature fall short most often?": """\
select
  s.name as step,
  count(*) filter (where m.state = 'absent') as vectors_absent,
  count(*) filter (where m.state = 'partial') as vectors_partial
from coverage_matrix m
join steps s on s.slug = m.step
group by s.slug
order by vectors_absent desc, vectors_partial desc""",
    "How many works were published each year, and how many of them are coded?": """\
select
  t.year,
  count(*) as works,
  count(*) filter (where t.citekey in (select citekey from coded_studies)) as coded
from studies t
group by t.year
order by t.year""",
}
"""A question and the SQL that answers it, for the SQL page."""


@dataclass(frozen=True)
class Query:
    """A query that a reader can run."""

    title: str
    description: str | None
    sql: str
    path: str


@dataclass(frozen=True, kw_only=True)
class DataPage(Page):
    """What there is to query and to download."""

    views: list[tuple[Source, dict[str, str]]] = shown("The views, and where their rows are.")
    tables: list[tuple[Source, dict[str, str]]] = shown("The tables, and where their rows are.")
    queries: list[Query] = shown("The stored queries.")
    examples: list[Query] = shown("Queries to start from.")
    download: str = shown("Where the SQLite file is.")
    sql_page: str = shown("Where one writes SQL.")
    json_example: str = shown("An address that answers with JSON.")


async def data_page(datasette: Datasette, request: Request) -> Response:
    """Answer /data."""
    return await kept(datasette, request, _render)


async def _render(desk: Desk) -> Response:
    urls, database = desk.datasette.urls, desk.database.name
    sources = [
        (source, desk.data_links(source.name))
        for source in await inventory.read_sources(desk.database)
    ]
    # For nobody in particular: what is rendered here is kept, and shown to everybody.
    stored = await desk.datasette.list_queries(database, actor=None, is_write=False, limit=1000)
    focus = desk.codebook.marginal_risk_step.slug
    page = DataPage(
        **await desk.common(
            title="Data",
            description="Every table and view, with the question it answers, and how to query it.",
            path="/data",
            data_links=desk.data_links("table_descriptions"),
        ),
        views=[pair for pair in sources if pair[0].is_view],
        tables=[pair for pair in sources if not pair[0].is_view],
        queries=[
            Query(q.title or q.name, q.description, q.sql, str(urls.query(database, q.name)))
            for q in stored.queries
        ],
        examples=[
            Query(title, None, sql, str(urls.database_query(database, sql)))
            for title, sql in EXAMPLES.items()
        ],
        download=f"{urls.database(database)}.db",
        sql_page=f"{urls.database(database)}/-/query",
        json_example=desk.absolute(f"/{database}/judgements.json?step__exact={focus}&_shape=array"),
    )
    return await desk.render("data.html", page)


ROUTES = [(r"^/data$", data_page)]
