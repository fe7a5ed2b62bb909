"""Ask a site in-process, with the program that is on the path: bench.compare starts it.

Reads a JSON object from standard input: the database, the settings, the requests, and how many
addresses to find by following links from them (0: none). Writes each exchange to the file named
on the command line, one JSON object a line. It imports nothing of the program itself, as the
programs that are compared name their modules differently: Datasette loads both by their entry
points.
"""

import asyncio
import base64
import html
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import parse_metadata

HOST = "http://localhost"
_LINK = re.compile(r"""(?:href|src|action)="([^"]*)\"""")
_PLAIN = ("date", "server")
"""Headers that tell of the moment, not of the page."""


def open_site(database: str, settings: str) -> Datasette:
    """Return the site on a database file, as ``serve`` opens it."""
    site = Datasette(config=parse_metadata(Path(settings).read_text(encoding="utf-8")))
    site.remove_database("_memory")
    site.add_database(Database(site, database, is_mutable=False), name="evidence")
    return site


async def ask(site: Datasette, request: dict[str, Any]) -> dict[str, Any]:
    """Return a request with its answer; and, where that has an entity tag, the second answer."""
    exchange = await _ask(site, request)
    tag = dict(exchange["answered"]).get("etag")
    if tag and request["method"] == "GET":
        known = {**(request.get("headers") or {}), "If-None-Match": tag}
        second = await _ask(site, request | {"headers": known})
        exchange["again"] = [second["status"], second["content"]]
    return exchange


async def _ask(site: Datasette, request: dict[str, Any]) -> dict[str, Any]:
    body = request.get("body")
    response = await site.client.request(
        request["method"],
        request["path"],
        headers=request.get("headers") or {},
        content=None if body is None else body.encode(),
    )
    headers = sorted([k.lower(), v] for k, v in response.headers.multi_items())
    return request | {
        "status": response.status_code,
        "answered": [header for header in headers if header[0] not in _PLAIN],
        "content": base64.b64encode(response.content).decode(),
    }


def links_of(exchange: dict[str, Any]) -> Iterator[str]:
    """Yield the addresses of this site that a page leads to, in order."""
    headers = dict(exchange["answered"])
    if "html" not in headers.get("content-type", ""):
        return
    for link in _LINK.findall(base64.b64decode(exchange["content"]).decode()):
        address = urldefrag(urljoin(HOST + exchange["path"], html.unescape(link))).url
        if address.startswith(f"{HOST}/"):
            yield address.removeprefix(HOST)


def room_of(path: str) -> str:
    """Return what an address belongs to: so no kind of page takes the place of the others."""
    first = urlsplit(path).path.split("/")[1]
    return first if first in ("evidence", "-") else "?" if "?" in path else ""


async def run(given: dict[str, Any], output: Path) -> None:
    """Ask for all requests, then for what their pages lead to."""
    site = open_site(given["database"], given["settings"])
    await site.invoke_startup()
    waiting: dict[str, list[str]] = {}
    seen = {request["path"] for request in given["requests"] if request["method"] == "GET"}

    def follow(exchange: dict[str, Any]) -> None:
        for path in links_of(exchange):
            if path not in seen:
                seen.add(path)
                waiting.setdefault(room_of(path), []).append(path)

    with output.open("w", encoding="utf-8") as file:

        async def keep(request: dict[str, Any]) -> dict[str, Any]:
            exchange = await ask(site, request)
            file.write(f"{json.dumps(exchange)}\n")
            return exchange

        for request in given["requests"]:
            follow(await keep(request))
        found = 0
        while found < given["follow"] and any(waiting.values()):
            for room in list(waiting):
                if waiting[room] and found < given["follow"]:
                    found += 1
                    follow(await keep({"method": "GET", "path": waiting[room].pop(0)}))
    site.close()


if __name__ == "__main__":
    asyncio.run(run(json.load(sys.stdin), Path(sys.argv[1])))
