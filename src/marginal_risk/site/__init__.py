"""The Datasette plugin: the map, its pages, and the descriptions of Datasette's own pages.

It imports nothing from the rest of the package: the views of the database are the contract.
Datasette loads it by its entry point, so import datasette.app before this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl

from marginal_risk.site import (
    about,
    agreement_page,
    cells,
    citing,
    codebook_page,
    data_page,
    feeds,
    figure,
    gaps,
    map,  # noqa: A004  (the map is what we make)
    next_to_code,
    rows_and_columns,
    screening,
    studies,
    study_list,
    trends,
)
from marginal_risk.site.descriptions import describe_database
from marginal_risk.site.evidence import find_database
from marginal_risk.site.page import PLUGIN, find_site

if TYPE_CHECKING:  # datasette is still being imported while it loads its plugins
    from datasette.app import Datasette


@hookimpl
def startup(datasette: Datasette) -> Any:
    """Describe tables, views and columns from the database's own descriptions."""

    async def describe() -> None:
        database = await find_database(datasette)
        if database is not None:
            await describe_database(datasette, database)
            await find_site(datasette)

    return describe


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the map at / (Datasette's own index stays at /-/) and the pages behind it."""
    return [
        *(*map.ROUTES, *cells.ROUTES, *rows_and_columns.ROUTES, *gaps.ROUTES),
        *(*study_list.ROUTES, *studies.ROUTES, *citing.ROUTES, *feeds.ROUTES),
        *(*codebook_page.ROUTES, *about.ROUTES, *data_page.ROUTES),
        *(*trends.ROUTES, *figure.ROUTES, *screening.ROUTES, *next_to_code.ROUTES),
        *agreement_page.ROUTES,
    ]


@hookimpl
def extra_css_urls(datasette: Datasette) -> list[str]:
    """Give Datasette's own pages the colours of the house."""
    return [datasette.urls.static_plugins(PLUGIN, "datasette.css")]


@hookimpl
def extra_js_urls(datasette: Datasette) -> list[str]:
    """Give Datasette's own pages the names and landmarks that a screen reader asks for."""
    return [datasette.urls.static_plugins(PLUGIN, "datasette.js")]


@hookimpl
def menu_links(datasette: Datasette) -> list[dict[str, str]]:
    """Lead from Datasette's own pages back to the map."""
    return [{"href": datasette.urls.path("/"), "label": "The evidence map"}]
