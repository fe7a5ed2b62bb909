"""Which of Datasette's own addresses are open, and one that says how the site is.

Every page for readers is open. Of the addresses with /-/ only those are that a reader's page
needs; the others tell of the server, or write. They are closed to everybody: nobody signs in.
"""

from __future__ import annotations

import re
from typing import Any

from datasette import Forbidden, Response
from datasette.app import Datasette

from marginal_risk.publish.page import find_map_data

OPEN = (
    r"/-/",
    r"/-/static/.*",
    r"/-/static-plugins/.*",
    r"/[^/]+/-/query(\.\w+)?",
    r"/[^/]+/-/query/parameters",
    r"/[^/]+/-/queries(\.json)?",
    r"/[^/]+/-/schema(\.\w+)?",
    r"/[^/]+/[^/]+/-/schema(\.\w+)?",
    r"/[^/]+/[^/]+/-/definition",
    r"/[^/]+/[^/]+/-/count",
)
"""Addresses with /-/ that are open: the index, static files, and a database's own."""

_CLOSED = re.compile(rf"(?!(?:{'|'.join(OPEN)})$).*/-/", re.DOTALL)


async def closed() -> Response:
    """Refuse an address that is not open.

    Raises:
        Forbidden: always.
    """
    raise Forbidden("This address is not open to visitors.")


async def health(datasette: Datasette) -> Response:
    """Answer /health: that the site is well, and the version of the data that it serves."""
    found = await find_map_data(datasette)
    return Response.json(
        {"ok": True, "data_version": found.build.data_version},
        headers={"Cache-Control": "no-store"},
    )


ROUTES: list[tuple[Any, Any]] = [(_CLOSED, closed), (r"^/health$", health)]
