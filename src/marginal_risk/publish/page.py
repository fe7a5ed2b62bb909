"""What all pages share: the context, the headers, the rendering."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from datasette import NotFound, Request, Response
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import tilde_encode

from marginal_risk.publish.queries import evidence
from marginal_risk.publish.queries.coverage import Coverage, read_whole
from marginal_risk.publish.queries.evidence import Build, Codebook
from marginal_risk.publish.sentences import WHAT_ADDRESSED_MEANS

NAME = "Marginal Risk Evidence Map"
PLUGIN = "marginal-risk"
"""The plugin's name: of its static files, and of its settings in datasette.yml."""

_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def shown(text: str) -> Any:
    """Declare a field of a page's context with its help text."""
    return field(metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class Page:
    """What every page shows."""

    title: str = shown("Title of the page, without the name of the site.")
    description: str = shown("One sentence for search engines and link previews.")
    path: str = shown("Address of the page below the site's root, without a query.")
    data_links: dict[str, str] = shown("Where the numbers of the page are: table, JSON and CSV.")
    build: Build = shown("What the database was built from.")
    codebook: Codebook = shown("The vocabulary.")
    meaning: str = shown("What 'addressed' does not mean.")


@dataclass(frozen=True)
class _Site:
    """What is the same for every request, as long as the database cannot change."""

    database: Database
    codebook: Codebook
    build: Build
    whole: Coverage
    """The map of all coded studies, counted once."""


_sites: WeakKeyDictionary[Datasette, _Site] = WeakKeyDictionary()


async def find_site(datasette: Datasette) -> _Site:
    """Return what all requests share; ask at startup, so that no reader waits for it.

    Raises:
        NotFound: no attached database holds a map.
    """
    site = _sites.get(datasette)
    if site is None:
        database = await evidence.find_database(datasette)
        if database is None:
            raise NotFound("No database with an evidence map is attached.")
        codebook = await evidence.read_codebook(database)
        build = await evidence.read_build(database)
        site = _Site(database, codebook, build, await read_whole(database, codebook))
        if not database.is_mutable:
            _sites[datasette] = site
    return site


class Desk:
    """What a handler works with: the site, the request, the database and its vocabulary."""

    def __init__(self, datasette: Datasette, request: Request, site: _Site) -> None:
        self.datasette = datasette
        self.request = request
        self.database = site.database
        self.codebook = site.codebook
        self.build = site.build
        self.whole = site.whole

    @classmethod
    async def open(cls, datasette: Datasette, request: Request) -> Desk:
        """Return a desk on the database that holds the map.

        Raises:
            NotFound: no attached database holds a map.
        """
        return cls(datasette, request, await find_site(datasette))

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

    async def common(
        self, *, title: str, description: str, path: str, data_links: dict[str, str]
    ) -> dict[str, Any]:
        """Return the fields of Page."""
        return {
            "title": title,
            "description": description,
            "path": path,
            "data_links": data_links,
            "build": self.build,
            "codebook": self.codebook,
            "meaning": WHAT_ADDRESSED_MEANS,
        }

    async def render(
        self, template: str, page: Page, *, status: int = 200, **policy: str
    ) -> Response:
        """Render a page's template with the fields of its context, and what links need.

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


_KEEP = 512
"""Number of rendered pages to keep; an address that is asked for again moves to the front."""
_renderings: WeakKeyDictionary[Datasette, OrderedDict[tuple[str, ...], Response]] = (
    WeakKeyDictionary()
)


async def kept(
    datasette: Datasette, request: Request, render: Callable[[Desk], Awaitable[Response]]
) -> Response:
    """Answer with a rendering kept for this address, or render and keep it.

    An entity tag names the content; a browser that has it is told so (304). Nothing is kept
    while the database can change.
    """
    pages = _renderings.setdefault(datasette, OrderedDict())
    key = (request.scheme, request.host, request.path, request.query_string)
    response = pages.get(key)
    if response is None:
        desk = await Desk.open(datasette, request)
        response = await render(desk)
        tag = hashlib.sha256(str(response.body).encode()).hexdigest()[:20]
        response.headers |= {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
        if not desk.database.is_mutable:
            pages[key] = response
            if len(pages) > _KEEP:
                pages.popitem(last=False)
    else:
        pages.move_to_end(key)
    return unless_known(request, response)


def unless_known(request: Request, response: Response) -> Response:
    """Return the response, or 304 where the browser says that it has its entity tag."""
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
