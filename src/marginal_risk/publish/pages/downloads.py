"""Files for other programs: rows, descriptions of the data, a workbook, and what a program reads.

/data/<table>.csv and .jsonl, /datapackage.json, /croissant.json, /csv-metadata.json,
/evidence.xlsx, /openapi.json and /llms.txt.
"""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Callable
from typing import Any

from datasette import NotFound, Request, Response
from datasette.app import Datasette

from marginal_risk.publish.formats.dataset import (
    ROWS_FORMATS,
    describe_rows,
    read_dataset,
)
from marginal_risk.publish.formats.for_programs import llms_text, open_api
from marginal_risk.publish.formats.package import METADATA, as_json
from marginal_risk.publish.formats.standards import Described
from marginal_risk.publish.formats.workbook import MEDIA_TYPE, write_workbook
from marginal_risk.publish.kept_pages import PackedResponse, pack
from marginal_risk.publish.page import PageContext, cached_page, security_headers

JSON = "application/json; charset=utf-8"


async def rows(datasette: Datasette, request: Request) -> Response:
    """Answer /data/<table>.<extension> with all rows of a table or view."""
    return await cached_page(datasette, request, _rows)


async def metadata(datasette: Datasette, request: Request) -> Response:
    """Answer /datapackage.json and the other descriptions of the data."""
    return await cached_page(datasette, request, _metadata)


async def workbook(datasette: Datasette, request: Request) -> Response:
    """Answer /evidence.xlsx."""
    return await cached_page(datasette, request, _workbook)


async def openapi(datasette: Datasette, request: Request) -> Response:
    """Answer /openapi.json: the JSON that the site promises."""
    return await cached_page(datasette, request, _openapi)


async def llms(datasette: Datasette, request: Request) -> Response:
    """Answer /llms.txt: what a program should know before it reads the site."""
    return await cached_page(datasette, request, _llms)


async def _rows(context: PageContext) -> Response:
    name, extension = (context.request.url_vars[key] for key in ("table", "extension"))
    media_type, write = ROWS_FORMATS[extension]

    def packed(connection: sqlite3.Connection) -> bytes:
        table = read_dataset(connection).find(name)
        if table is None:
            raise NotFound("The database has no table or view of this name.")
        return pack(write(connection, table))

    body = await context.read(packed)
    return PackedResponse(
        body, 200, _headers(f"{name}.{extension}"), f"{media_type}; charset=utf-8"
    )


async def _metadata(context: PageContext) -> Response:
    name = context.request.url_vars["name"]

    def describe(connection: sqlite3.Connection, address: Callable[[str], str]) -> Described:
        dataset = read_dataset(connection)
        files = [
            describe_rows(connection, table, address(f"/data/{table.name}.csv"))
            for table in dataset.tables
        ]
        return Described(dataset, files, [], address("/"))

    described = await context.read(describe, context.absolute)
    media_type = "application/ld+json" if name == "croissant.json" else "application/json"
    return _text(as_json(METADATA[name](described)), f"{media_type}; charset=utf-8")


async def _workbook(context: PageContext) -> Response:
    home = context.absolute("/")

    def written(connection: sqlite3.Connection) -> bytes:
        target = io.BytesIO()
        write_workbook(connection, context.build, home, target)
        return target.getvalue()

    body = await context.read(written)
    return Response(body, headers=_headers("evidence.xlsx"), content_type=MEDIA_TYPE)


async def _openapi(context: PageContext) -> Response:
    described: dict[str, Any] = open_api(
        context.build, context.absolute("/"), context.database.name
    )
    return _text(as_json(described), JSON)


async def _llms(context: PageContext) -> Response:
    text = llms_text(context.build, context.vocabulary, context.absolute, context.database.name)
    return _text(text, "text/plain; charset=utf-8")


def _text(text: str, media_type: str) -> Response:
    return Response(text, headers=security_headers(), content_type=media_type)


def _headers(name: str) -> dict[str, str]:
    return {**security_headers(), "Content-Disposition": f'attachment; filename="{name}"'}


_METADATA = "|".join(map(re.escape, METADATA))
ROUTES = [
    (r"^/data/(?P<table>[a-z0-9_]+)\.(?P<extension>csv|jsonl)$", rows),
    (rf"^/(?P<name>{_METADATA})$", metadata),
    (r"^/evidence\.xlsx$", workbook),
    (r"^/openapi\.json$", openapi),
    (r"^/llms\.txt$", llms),
]
