"""What all pages share: the context, the headers, the rendering."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette import NotFound, Request, Response
from datasette.utils import tilde_encode

from marginal_risk.site import evidence
from marginal_risk.site.evidence import Build, Codebook
from marginal_risk.site.sentences import WHAT_ADDRESSED_MEANS

if TYPE_CHECKING:  # datasette is still being imported while it loads its plugins
    from datasette.app import Datasette
    from datasette.database import Database

NAME = "Marginal Risk Evidence Map"
PLUGIN = "marginal-risk"
"""The plugin's name: of its static files, and of its settings in datasette.yml."""

_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
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


class Desk:
    """What a handler works with: the site, the request, the database and its vocabulary."""

    def __init__(
        self, datasette: Datasette, request: Request, database: Database, codebook: Codebook
    ) -> None:
        self.datasette = datasette
        self.request = request
        self.database = database
        self.codebook = codebook

    @classmethod
    async def open(cls, datasette: Datasette, request: Request) -> Desk:
        """Return a desk on the database that holds the map.

        Raises:
            NotFound: no attached database holds a map.
        """
        database = await evidence.find_database(datasette)
        if database is None:
            raise NotFound("No database with an evidence map is attached.")
        return cls(datasette, request, database, await evidence.read_codebook(database))

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
        config = self.datasette.plugin_config(PLUGIN, database=self.database.name) or {}
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
            "build": await evidence.read_build(self.database),
            "codebook": self.codebook,
            "meaning": WHAT_ADDRESSED_MEANS,
        }

    async def render(self, template: str, page: Page, *, status: int = 200) -> Response:
        """Render a page's template with the fields of its context, and what links need."""
        context = {f.name: getattr(page, f.name) for f in fields(page)}
        context["path_to"] = self.path
        context["study_path"] = self.study_path
        context["absolute"] = self.absolute
        context["static_path"] = lambda name: self.datasette.urls.static_plugins(PLUGIN, name)
        html = await self.datasette.render_template(
            f"marginal_risk/{template}", context, self.request
        )
        return Response.html(html, status=status, headers=security_headers())


def security_headers(**policy: str) -> dict[str, str]:
    """Return the headers of a page; a keyword, such as frame_ancestors, changes the policy."""
    directives = {**_POLICY, **{name.replace("_", "-"): value for name, value in policy.items()}}
    return {
        "Content-Security-Policy": "; ".join(f"{k} {v}" for k, v in directives.items()),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
