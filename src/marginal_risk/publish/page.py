"""What all pages share: the context, the headers, the rendering."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import parse_qs, urlencode

from datasette import NotFound, Request, Response
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import tilde_encode

from marginal_risk.publish.kept_pages import MOST_BYTES, KeptPage, KeptPages, LongFile
from marginal_risk.publish.queries.coverage import Coverage, read_layers
from marginal_risk.publish.queries.evidence import Build, read_build
from marginal_risk.publish.queries.filters import (
    COUNTED,
    MOST_NOTICES,
    MapFilter,
    read_layer,
)
from marginal_risk.publish.queries.vocabulary import MapVocabulary, read_vocabulary
from marginal_risk.publish.reading import Readers, readers_of
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
    layer_query: str = described(
        "Query that keeps the reader in the layer that the page shows; '' for what counts."
    )


@dataclass(frozen=True)
class MapData:
    """What all requests share while the database cannot change."""

    database: Database
    vocabulary: MapVocabulary
    build: Build
    layers: dict[str, Coverage]
    """The map of all coded studies by layer, counted once."""
    readers: Readers
    """What reads for the pages."""
    kept: KeptPages
    """The pages rendered last; none while the database can change."""
    found: dict[tuple[object, ...], Any] = field(default_factory=dict)
    """What queries found that need be asked but once, by the query and what it was asked for."""

    @property
    def whole(self) -> Coverage:
        """The map of what counts."""
        return self.layers[COUNTED]


async def find_database(datasette: Datasette) -> Database | None:
    """Return the first database that holds a map, or None."""
    for database in datasette.databases.values():
        if "coverage_matrix" in await database.view_names():
            return database
    return None


async def find_map_data(datasette: Datasette) -> MapData:
    """Return what all requests share; the plugin asks at startup, so that no reader waits.

    It is an attribute of the Datasette that it belongs to, and ends with it.

    Raises:
        NotFound: no attached database holds a map.
    """
    found: MapData | None = getattr(datasette, "marginal_risk_data", None)
    if found is None:
        database = await find_database(datasette)
        if database is None:
            raise NotFound("No database with an evidence map is attached.")
        readers = readers_of(database)
        vocabulary = await readers.read(read_vocabulary)
        build = await readers.read(read_build)
        layers = await readers.read(read_layers, vocabulary)
        most_bytes = (datasette.plugin_config(PLUGIN) or {}).get("page_cache_bytes", MOST_BYTES)
        kept = KeptPages(0 if database.is_mutable else int(most_bytes))
        found = MapData(database, vocabulary, build, layers, readers, kept)
        if not database.is_mutable:
            datasette.marginal_risk_data = found
    return found


class PageContext:
    """What a page is made from: the request, the database, its vocabulary and its counts."""

    def __init__(self, datasette: Datasette, request: Request, map_data: MapData) -> None:
        self.datasette = datasette
        self.request = request
        self.parameters: Mapping[str, Sequence[str]] = {}
        self.unknown: list[str] = []
        self.depends_on_origin = False
        self.found = map_data.found
        self.database = map_data.database
        self.readers = map_data.readers
        self.kept = map_data.kept
        self.vocabulary = map_data.vocabulary
        self.build = map_data.build
        self.layers = map_data.layers
        self.whole = map_data.whole

    @classmethod
    async def open(
        cls, datasette: Datasette, request: Request, understood: Collection[str] = ()
    ) -> PageContext:
        """Return the context of a request; the page sees the parameters that it understands.

        Raises:
            NotFound: no attached database holds a map.
        """
        context = cls(datasette, request, await find_map_data(datasette))
        context.parameters = read_parameters(request, understood)
        return context

    async def read(
        self,
        query: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what a query of ``publish.queries`` finds, asked in a thread of the site's own."""
        return await self.readers.read(query, *args, **kwargs)

    async def read_once(
        self,
        query: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return the same, asked only by the first who wants it, of a file that cannot change.

        It is for what many addresses share, and is kept as long as the file is served: so a query
        is never asked in this way for what a reader typed, and what it finds is small.
        """
        asked = [arg for arg in (*args, *kwargs.items()) if arg is not self.vocabulary]
        key = (query, *asked)
        if key not in self.found:
            self.found[key] = await self.read(query, *args, **kwargs)
        found: T = self.found[key]
        return found

    def first(self, name: str) -> str:
        """Return the first value of a parameter that the page understands, or ''."""
        return next(iter(self.parameters.get(name, ())), "")

    @property
    def layer(self) -> str:
        """The layer of the map that the address asks for."""
        return read_layer(self.parameters)

    @property
    def coverage(self) -> Coverage:
        """The map of all coded studies, of the layer that the address asks for."""
        return self.layers[self.layer]

    def path(self, path: str) -> str:
        """Return an address of this site, under its base_url."""
        return str(self.datasette.urls.path(path))

    def study_path(self, citekey: str) -> str:
        """Return the address of a study's page."""
        return self.path(f"/studies/{tilde_encode(citekey)}")

    def absolute(self, path: str) -> str:
        """Return an address of this site with its host, for feeds, embeds and previews.

        '' where the request names no host: nobody knows it then.
        """
        self.depends_on_origin = True
        if not self.request.headers.get("host"):
            return ""
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
            "layer_query": MapFilter(layer=self.layer).query(),
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


def read_parameters(request: Request, understood: Collection[str]) -> dict[str, list[str]]:
    """Return the values of the parameters that a page understands, by name, in one order."""
    found = parse_qs(request.query_string, keep_blank_values=True)
    return {name: found[name] for name in sorted(understood) if name in found}


def find_unknown(request: Request, understood: Collection[str]) -> list[str]:
    """Return a sentence for each parameter of an address that a page does not understand.

    Those that newsletters add to every link (utm_source, for instance) say nothing to a page.
    """
    found = parse_qs(request.query_string, keep_blank_values=True)
    names = sorted(name for name in found if name not in understood)
    return [
        f"“{name[:60]}” is no part of a filter here, and was left out. What can be asked for:"
        f" {', '.join(understood)}."
        for name in names
        if not name.startswith("utm_")
    ][:MOST_NOTICES]


async def cached_page(
    datasette: Datasette,
    request: Request,
    render: Callable[[PageContext], Awaitable[Response | LongFile]],
    understood: Collection[str] = (),
    *,
    tells_unknown: bool = False,
) -> Response:
    """Return the page of this address from those kept, or render it and keep it.

    ``understood`` are the names of the parameters that the page is made from; it sees no others,
    and an address that differs in others is the same page; unless ``tells_unknown``: then the page
    gets a sentence for each of the others. It is compressed for a browser that
    accepts gzip, as all do. A browser that sends the page's entity tag gets 304 and no content.
    Nothing is kept while the database can change.
    """
    context = await PageContext.open(datasette, request, understood)
    if tells_unknown:
        context.unknown = find_unknown(request, understood)
    takes_gzip = "gzip" in (request.headers.get("accept-encoding") or "")

    async def make() -> KeptPage:
        response = await render(context)
        if isinstance(response, LongFile):
            response = await response.pack()
        return KeptPage.of(response, context.depends_on_origin, takes_gzip)

    address = request.path, tuple(context.parameters.items()), tuple(context.unknown), takes_gzip
    origin = f"{request.scheme}://{request.headers.get('host') or ''}"
    page = await context.kept.get(address, origin, make)
    return unless_known(request, page.response())


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
