"""The tables and views, the stored queries and the ways to the data, at /data."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from datasette import Request, Response
from datasette.app import Datasette
from markupsafe import Markup

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.queries import inventory
from marginal_risk.publish.queries.inventory import ListedTable

EXAMPLES = {
    "Which studies give evidence on marginal risk, at least in part?": """\
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
class RunnableQuery:
    """A query that a reader can run."""

    title: str
    description: str | None
    sql: str
    path: str


@dataclass(frozen=True, kw_only=True)
class DataPage(Page):
    """What there is to query and to download."""

    views: list[tuple[ListedTable, int | None, dict[str, str]]] = described(
        "The views, with the number of their rows (None where it is large) and where they are."
    )
    tables: list[tuple[ListedTable, int | None, dict[str, str]]] = described(
        "The tables, likewise."
    )
    queries: list[RunnableQuery] = described("The stored queries.")
    examples: list[RunnableQuery] = described("Queries to start from.")
    download: str = described("Where the SQLite file is.")
    download_size: float = described("Its size in megabytes.")
    download_hash: str = described("Its SHA-256, in hexadecimal digits.")
    files: list[tuple[str, str, str]] = described(
        "Other files: the address, the name of the format, and what the file is for."
    )
    sql_page: str = described("Where one writes SQL.")
    json_example: str = described("An address that answers with JSON.")


FILES = [
    (
        "/evidence.xlsx",
        "Excel workbook",
        "the map, the studies, the judgements with reasons, the comparisons and the codebook",
    ),
    ("/studies.bib", "BibTeX", "the references of all studies found"),
    ("/studies.biblatex", "BibLaTeX", "the same, for documents that use the package biblatex"),
    ("/studies.ris", "RIS", "the same, for Zotero and other reference managers"),
    ("/studies.json", "CSL-JSON", "the same, for citation processors"),
    (
        "/datapackage.json",
        "Data Package",
        "every table and view as CSV, with types, keys and meanings, for Frictionless",
    ),
    ("/croissant.json", "Croissant", "the same, for tools of machine learning"),
    ("/csv-metadata.json", "CSV on the Web", "the same, as the W3C has it"),
    ("/openapi.json", "OpenAPI", "the JSON that this site promises"),
    ("/llms.txt", "llms.txt", "what a program should know before it reads this site"),
]
"""What there is to download beside the database."""


def _measure(connection: sqlite3.Connection) -> tuple[int, str]:
    """Return the size and the SHA-256 of the file of the database."""
    # Beside it stands what a filter keeps in temporary tables.
    where = "where name = 'main'"
    (path,) = connection.execute(f"select file from pragma_database_list {where}").fetchone()
    with Path(path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


async def data_page(datasette: Datasette, request: Request) -> Response:
    """Answer /data."""
    return await cached_page(datasette, request, _render)


async def _render(context: PageContext) -> Response:
    urls, database = context.datasette.urls, context.database.name
    # The limit is that of the public's SQL, so that nobody waits longer for a count.
    limit = int(context.datasette.setting("sql_time_limit_ms"))
    sources = [
        (
            source,
            await context.read_once(inventory.count_rows, source.name, limit),
            context.data_links(source.name),
        )
        for source in await context.read_once(inventory.read_tables)
    ]
    size, digest = await context.read_once(_measure)
    focus = context.vocabulary.marginal_risk_step.slug
    example = f"/{database}/judgements.json?step__exact={focus}&_shape=array"
    page = DataPage(
        **context.page_fields(
            title="Data",
            description="Every table and view, with the question it answers, and how to query it.",
            path="/data",
            data_links=context.data_links("table_descriptions"),
        ),
        views=[row for row in sources if row[0].is_view],
        tables=[row for row in sources if not row[0].is_view],
        queries=await read_stored(context.datasette, database),
        examples=[
            RunnableQuery(title, None, sql, str(urls.database_query(database, sql)))
            for title, sql in EXAMPLES.items()
        ],
        download=f"{urls.database(database)}.db",
        download_size=size / 1_000_000,
        download_hash=digest,
        files=FILES,
        sql_page=f"{urls.database(database)}/-/query",
        json_example=context.absolute(example) or context.path(example),
    )
    return await context.render("data.html", page)


async def read_stored(datasette: Datasette, database: str) -> list[RunnableQuery]:
    """Return the stored queries, as for nobody in particular: what is rendered may be kept."""
    stored = await datasette.list_queries(database, actor=None, is_write=False, limit=1000)
    return [
        RunnableQuery(
            q.title or q.name, q.description, q.sql, str(datasette.urls.query(database, q.name))
        )
        for q in stored.queries
    ]


async def show_questions(datasette: Datasette, request: Request, database: str) -> Markup:
    """Return what stands above Datasette's page to write SQL on, as HTML."""
    html = await datasette.render_template(
        "marginal_risk/top_query.html",
        {
            "queries": await read_stored(datasette, database),
            "data_path": datasette.urls.path("/data"),
        },
        request,
    )
    return Markup(html)  # noqa: S704  (the template escapes)


ROUTES = [(r"^/data$", data_page)]
