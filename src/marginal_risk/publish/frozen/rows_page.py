"""The pages that only a frozen copy has: rows without controls, and where a server is needed.

Datasette's own page of a table is made of things to click that need a server. In a copy, a page
of the house with all rows stands at its address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response
from datasette.app import Datasette
from datasette.utils import tilde_encode

from marginal_risk.publish.frozen.addresses import Root, SiteAddress
from marginal_risk.publish.page import MapData, Page, PageContext, described
from marginal_risk.publish.queries.inventory import read_tables
from marginal_risk.publish.queries.works import read_all_citekeys, read_old_citekeys

MOST_ROWS = 1000
"""Rows on a page; the files beside it have all."""
_LONG = 60
"""Characters from which on a value is text to read."""
_CITEKEYS = frozenset({"citekey", "other_study", "publication", "version_of"})
"""Columns that hold the keys of studies."""


@dataclass(frozen=True)
class RowSource:
    """A table, view or stored query."""

    name: str
    title: str
    description: str
    columns: Mapping[str, str]
    """What each column means; nothing for a query."""
    sql: str
    """The statement of a query; '' for a table or view."""


@dataclass(frozen=True)
class ShownValue:
    """A value of a row, and the page of what it names."""

    text: str | None
    path: str
    """'' where it names nothing that has a page."""

    @property
    def is_long(self) -> bool:
        """Whether it is text to read, which needs a wide column."""
        return len(self.text or "") > _LONG


@dataclass(frozen=True, kw_only=True)
class RowsPage(Page):
    """Rows of a table, view or stored query, in a copy without a server."""

    source: RowSource = described("The table, view or query.")
    conditions: list[tuple[str, str]] = described("Columns and the values that rows have there.")
    columns: list[tuple[str, str]] = described("The columns, with what they mean.")
    rows: list[list[ShownValue]] = described("The rows.")
    total: int = described("Number of all rows.")


@dataclass(frozen=True, kw_only=True)
class NeedsServerPage(Page):
    """What a copy says in place of what needs a server."""

    live: str = described("Address of the site itself; '' where it is not known.")
    repository: str | None = described("Address of the repository, if it is set.")
    download: str = described("Where the SQLite file is.")


class CopyPages:
    """Makes the pages of one copy."""

    def __init__(
        self, site: Datasette, map_data: MapData, root: Root, host: str, live: str
    ) -> None:
        self._site = site
        self._map_data = map_data
        self._root = root
        self._host = host
        self._live = live
        self._citekeys: frozenset[str] = frozenset()
        self.sources: dict[str, RowSource] = {}
        self.old_paths: list[str] = []
        """Addresses of studies under keys that they had: no page links to them."""

    async def open(self) -> None:
        """Read what the database has."""
        read = self._map_data.readers.read
        self._citekeys = frozenset(await read(read_all_citekeys))
        old = await read(read_old_citekeys)
        self.old_paths = [f"/studies/{tilde_encode(citekey)}" for citekey in old]
        for table in await read(read_tables):
            self.sources[table.name] = RowSource(
                table.name, table.name, table.description, table.columns, ""
            )
        stored = await self._site.list_queries(
            self._map_data.database.name, actor=None, is_write=False, limit=1000
        )
        for query in stored.queries:
            self.sources[query.name] = RowSource(
                query.name, query.title or query.name, query.description or "", {}, query.sql
            )

    async def rows(
        self, address: SiteAddress, source: RowSource, rows: list[dict[str, Any]]
    ) -> Response:
        """Return the page of rows that an address has."""
        context = self._context(address)
        conditions = [(name.removesuffix("__exact"), value) for name, value in address.query]
        names = list(rows[0]) if rows else list(source.columns)
        where = ", ".join(f"{column} is {value}" for column, value in conditions)
        page = RowsPage(
            **context.page_fields(
                title=f"{source.title}: {where}" if where else source.title,
                description=source.description or source.title,
                path=address.path,
                data_links=_links(context, address),
            ),
            source=source,
            conditions=conditions,
            columns=[(name, source.columns.get(name, "")) for name in names],
            rows=[
                [self._show(context, name, row[name]) for name in names] for row in rows[:MOST_ROWS]
            ],
            total=len(rows),
        )
        return await context.render("frozen_rows.html", page)

    async def needs_server(self, address: SiteAddress) -> Response:
        """Return the page to which links lead that a copy cannot follow."""
        context = self._context(address)
        database = self._map_data.database.name
        page = NeedsServerPage(
            **context.page_fields(
                title="This needs the site itself",
                description="What a copy without a server cannot do, and where to do it.",
                path=address.path,
                data_links=context.data_links("table_descriptions"),
            ),
            live=self._live,
            repository=context.setting("repository"),
            download=f"{self._site.urls.database(database)}.db",
        )
        return await context.render("frozen_needs_server.html", page)

    async def moved(self, address: SiteAddress, target: str) -> Response:
        """Return a page that leads on to another one."""
        html = await self._site.render_template(
            "marginal_risk/frozen_moved.html", {"target": target}, self._request(address)
        )
        return Response.html(html)

    def _context(self, address: SiteAddress) -> PageContext:
        return PageContext(self._site, self._request(address), self._map_data)

    def _request(self, address: SiteAddress) -> Request:
        request = Request.fake(f"{self._root.prefix}{address.target}")
        if self._host:
            request.scope["headers"] = [(b"host", self._host.encode())]
            request.scope["scheme"] = self._root.url.partition(":")[0]
        return request

    def _show(self, context: PageContext, column: str, value: Any) -> ShownValue:
        text = value if value is None or isinstance(value, str) else json.dumps(value)
        path = ""
        if column in _CITEKEYS and value in self._citekeys:
            path = context.study_path(value)
        elif column in ("misuse_vector", "vector") and value in context.vocabulary.vectors:
            path = context.path(f"/vectors/{tilde_encode(value)}")
        elif column == "step" and value in context.vocabulary.steps:
            path = context.path(f"/steps/{tilde_encode(value)}")
        return ShownValue(text, path)


def _links(context: PageContext, address: SiteAddress) -> dict[str, str]:
    query = f"?{urlencode(address.query)}" if address.query else ""
    return {
        name: f"{context.path(address.path)}{extension}{query}"
        for name, extension in (("table", ""), ("JSON", ".json"), ("CSV", ".csv"))
    }
