"""What all pages share: the context, the headers, the rendering."""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import parse_qs, urlencode
from weakref import WeakKeyDictionary

from datasette import NotFound, Request, Response
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import tilde_encode

from marginal_risk.publish.queries.coverage import Coverage, read_whole
from marginal_risk.publish.queries.evidence import Build, read_build
from marginal_risk.publish.queries.vocabulary import MapVocabulary, read_vocabulary
from marginal_risk.publish.sentences import WHAT_ADDRESSED_MEANS

P = ParamSpec("P")
T = TypeVar("T")

PLUGIN = "marginal-risk"
"""The plugin's name: of its static files, and of its settings in datasette.yml."""

_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def described(text: str) -> Any:
    """Declare a field of a page's context with its help text."""
    return field(metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class Page:
    """What every page shows."""

    title: str = described("Title of the page, without the name of the site.")
    description: str = described("One sentence for search engines and link previews.")
    path: str = described("Address of the page below the site's root, without a query.")
    data_links: dict[str, str] = described(
        "Where the numbers of the page are: table, JSON and CSV."
    )
    build: Build = described("What the database was built from.")
    vocabulary: MapVocabulary = described("The vocabulary.")
    meaning: str = described("What 'addressed' does not mean.")


@dataclass(frozen=True)
class MapData:
    """What all requests share while the database cannot change."""

    database: Database
    vocabulary: MapVocabulary
    build: Build
    whole: Coverage
    """The map of all coded studies, counted once."""


async def find_database(datasette: Datasette) -> Database | None:
    """Return the first database that holds a map, or None."""
    for database in datasette.databases.values():
        if "coverage_matrix" in await database.view_names():
            return database
    return None


_map_data: WeakKeyDictionary[Datasette, MapData] = WeakKeyDictionary()


async def find_map_data(datasette: Datasette) -> MapData:
    """Return what all requests share; the plugin asks at startup, so that no reader waits.

    Raises:
        NotFound: no attached database holds a map.
    """
    found = _map_data.get(datasette)
    if found is None:
        database = await find_database(datasette)
        if database is None:
            raise NotFound("No database with an evidence map is attached.")
        vocabulary = await database.execute_fn(read_vocabulary)
        build = await database.execute_fn(read_build)
        whole = await database.execute_fn(lambda connection: read_whole(connection, vocabulary))
        found = MapData(database, vocabulary, build, whole)
        if not database.is_mutable:
            _map_data[datasette] = found
    return found


class PageContext:
    """What a page is made from: the request, the database, its vocabulary and its counts."""

    def __init__(self, datasette: Datasette, request: Request, map_data: MapData) -> None:
        self.datasette = datasette
        self.request = request
        self.database = map_data.database
        self.vocabulary = map_data.vocabulary
        self.build = map_data.build
        self.whole = map_data.whole

    @classmethod
    async def open(cls, datasette: Datasette, request: Request) -> PageContext:
        """Return the context of a request to the database that holds the map.

        Raises:
            NotFound: no attached database holds a map.
        """
        return cls(datasette, request, await find_map_data(datasette))

    async def read(
        self,
        query: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what a query of ``publish.queries`` finds, asked in a thread of its own.

        The limits on time and rows are for the SQL of strangers, and do not hold here.
        """
        found: T = await self.database.execute_fn(
            lambda connection: query(connection, *args, **kwargs)
        )
        return found

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The values of the address's query by name."""
        return parse_qs(self.request.query_string, keep_blank_values=True)

    def path(self, path: str) -> str:
        """Return an address of this site, under its base_url."""
        return str(self.datasette.urls.path(path))

    def study_path(self, citekey: str) -> str:
        """Return the address of a study's page."""
        return self.path(f"/studies/{tilde_encode(citekey)}")

    def absolute(self, path: str) -> str:
        """Return an address of this site with its host, for feeds, embeds and previews."""
        return str(self.datasette.absolute_url(self.request, self.path(path)))

    def setting(self, name: str) -> str | None:
        """Return a setting of the plugin in datasette.yml, such as 'repository'."""
        config = self.datasette.plugin_config(PLUGIN) or {}
        value = config.get(name)
        return str(value) if value is not None else None

    def data_links(self, table: str, **exact: str) -> dict[str, str]:
        """Return where the rows of a table or view are: as a table, JSON and CSV."""
        query = urlencode({f"{column}__exact": value for column, value in exact.items()})
        return {
            name: str(self.datasette.urls.table(self.database.name, table, format=form))
            + (f"?{query}" if query else "")
            for name, form in (("table", None), ("JSON", "json"), ("CSV", "csv"))
        }

    def page_fields(
        self, *, title: str, description: str, path: str, data_links: dict[str, str]
    ) -> dict[str, Any]:
        """Return the fields of Page."""
        return {
            "title": title,
            "description": description,
            "path": path,
            "data_links": data_links,
            "build": self.build,
            "vocabulary": self.vocabulary,
            "meaning": WHAT_ADDRESSED_MEANS,
        }

    async def render(
        self, template: str, page: Page, *, status: int = 200, **policy: str
    ) -> Response:
        """Render a page's template with the fields of the page and the functions that make links.

        A keyword such as ``frame_ancestors`` changes the page's content security policy.
        """
        context = {f.name: getattr(page, f.name) for f in fields(page)}
        context["path_to"] = self.path
        context["study_path"] = self.study_path
        context["absolute"] = self.absolute
        context["static_path"] = lambda name: self.datasette.urls.static_plugins(PLUGIN, name)
        html = await self.datasette.render_template(
            f"marginal_risk/{template}", context, self.request
        )
        return Response.html(html, status=status, headers=security_headers(**policy))


_MOST_CACHED = 512
"""Number of rendered pages in the cache; the one asked for longest ago leaves it first."""
_cached: WeakKeyDictionary[Datasette, OrderedDict[tuple[str, ...], Response]] = WeakKeyDictionary()


async def cached_page(
    datasette: Datasette, request: Request, render: Callable[[PageContext], Awaitable[Response]]
) -> Response:
    """Return the page of this address from the cache, or render it and put it there.

    It is compressed for a browser that accepts gzip, as all do. The entity tag is a hash of the
    content. A browser that sends it gets 304 and no content. Nothing is cached while the database
    can change.
    """
    pages = _cached.setdefault(datasette, OrderedDict())
    takes_gzip = "gzip" in (request.headers.get("accept-encoding") or "")
    key = (request.scheme, request.host, request.path, request.query_string, str(takes_gzip))
    response = pages.get(key)
    if response is None:
        context = await PageContext.open(datasette, request)
        response = await render(context)
        if takes_gzip:
            response.body = gzip.compress(_bytes(response.body), mtime=0)
            response.headers["Content-Encoding"] = "gzip"
        tag = hashlib.sha256(_bytes(response.body)).hexdigest()[:20]
        response.headers |= {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
        response.headers["Vary"] = "Accept-Encoding"
        if not context.database.is_mutable:
            pages[key] = response
            if len(pages) > _MOST_CACHED:
                pages.popitem(last=False)
    else:
        pages.move_to_end(key)
    return unless_known(request, response)


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def unless_known(request: Request, response: Response) -> Response:
    """Return the response, or 304 if the browser already has the content with this entity tag."""
    asked = (request.headers.get("if-none-match") or "").split(",")
    if {"*", response.headers["ETag"]} & {tag.strip().removeprefix("W/") for tag in asked}:
        return Response(
            "", status=304, headers=response.headers, content_type=response.content_type
        )
    return response


def security_headers(**policy: str) -> dict[str, str]:
    """Return the headers of a page; a keyword, such as frame_ancestors, changes the policy."""
    directives = {**_POLICY, **{name.replace("_", "-"): value for name, value in policy.items()}}
    return {
        "Content-Security-Policy": "; ".join(f"{k} {v}" for k, v in directives.items()),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
