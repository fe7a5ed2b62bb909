"""The map on the web: a Datasette plugin with its pages, figures and formats.

It imports nothing from the other rooms: the views of the database are the contract, so that
anyone can write another front end, or open this one on a file that was built elsewhere.

Datasette loads the hooks below while it is being imported itself. So each hook imports what it
needs when it is called, and the queries can be used without Datasette.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

if TYPE_CHECKING:
    from sqlite3 import Connection

    from datasette import Request
    from datasette.app import Datasette
    from jinja2 import Environment

hookimpl = HookimplMarker("datasette")


@hookimpl
def startup(datasette: Datasette) -> Any:
    """Describe tables, views and columns from the database's own descriptions."""
    from marginal_risk.publish.descriptions import describe_database
    from marginal_risk.publish.page import find_database, find_map_data

    async def describe() -> None:
        database = await find_database(datasette)
        if database is not None:
            await describe_database(datasette, database)
            await find_map_data(datasette)

    return describe


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the map at / (Datasette's own index stays at /-/) and the pages behind it."""
    from marginal_risk.publish.guard import open_addresses
    from marginal_risk.publish.pages import PAGES

    return [route for page in (open_addresses, *PAGES) for route in page.ROUTES]


@hookimpl
def prepare_connection(conn: Connection) -> None:
    """Let strangers' SQL do what is on a list, within bounds."""
    from marginal_risk.publish.guard.sql import guard

    guard(conn)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Let the scripts of Datasette's own pages run, and no others."""
    from marginal_risk.publish.guard.headers import prepare_templates

    prepare_templates(env)


@hookimpl(trylast=True)  # the outermost of all plugins
def asgi_wrapper(datasette: Datasette) -> Any:
    """Look at each request before anything else does, and put headers on each answer.

    Datasette's own addresses have turns; the plugins' pages have none.
    """
    from marginal_risk.publish.first_query import begin_with_question
    from marginal_risk.publish.guard.compression import compressed
    from marginal_risk.publish.guard.formulas import escape_formulas
    from marginal_risk.publish.guard.gate import Application, gate
    from marginal_risk.publish.guard.turns import Turns

    pages = [
        path
        for routes in datasette.pm.hook.register_routes(datasette=datasette)
        for path, _ in routes
    ]

    def wrap(application: Application) -> Application:
        inner = begin_with_question(compressed(escape_formulas(application)))
        return gate(Turns(inner, pages, datasette.setting("base_url")))

    return wrap


@hookimpl(wrapper=True)
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Generator[None, Any, list[Any]]:
    """Answer an exception with a sentence, in place of what Datasette would print and say."""
    from marginal_risk.publish.guard.errors import respond

    yield
    return [respond(datasette, request, exception)]


@hookimpl
def render_cell(datasette: Datasette, row: Any, column: str, value: Any) -> Any:
    """Lead from Datasette's own tables to the pages of studies, misuse vectors and cells."""
    from marginal_risk.publish.cell_links import link_cell

    return link_cell(datasette, row, column, value)


@hookimpl
def top_query(datasette: Datasette, request: Request, database: str) -> Any:
    """Say above the page to write SQL on what can be asked."""
    from marginal_risk.publish.pages.data import show_questions

    return show_questions(datasette, request, database)


@hookimpl
def extra_css_urls(datasette: Datasette) -> list[str]:
    """Give Datasette's own pages the header, the colours and the face of the house."""
    return [_static(datasette, "house.css"), _static(datasette, "datasette.css")]


@hookimpl
def extra_js_urls(datasette: Datasette) -> list[str]:
    """Give Datasette's own pages the names and landmarks that screen readers need."""
    return [_static(datasette, "datasette.js")]


@hookimpl
def menu_links(datasette: Datasette) -> list[dict[str, str]]:
    """Link Datasette's own pages to the map."""
    return [{"href": datasette.urls.path("/"), "label": "The evidence map"}]


def _static(datasette: Datasette, name: str) -> str:
    from marginal_risk.publish.page import PLUGIN

    return str(datasette.urls.static_plugins(PLUGIN, name))
