"""freeze_site: a database -> a folder with a file for each address that readers need.

It asks the site within this process, from the map on, breadth first. What differs from one request
to the next, such as a nonce, is only in pages of Datasette that a copy has not.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any
from urllib.parse import urlsplit

from datasette.app import Datasette

from marginal_risk.publish.frozen.addresses import Kept, Root, SiteAddress
from marginal_risk.publish.frozen.file_names import Files
from marginal_risk.publish.frozen.links import rewrite_css, rewrite_html
from marginal_risk.publish.frozen.rows_page import CopyPages
from marginal_risk.publish.page import MapData, find_map_data
from marginal_risk.publish.server import DATABASE, open_site

NEEDS_SERVER = SiteAddress("/needs-a-server")
_SEEDS = ("/", "/review", "/embed", "/embed?codings=provisional", "/map.png")
"""Addresses to begin with: to the others, no page of a copy links."""
_NAMED = (
    *("/robots.txt", "/sitemap.xml", "/feed.atom", "/llms.txt"),
    *("/datapackage.json", "/croissant.json", "/csv-metadata.json"),
)
"""Files that name the address of the copy or the site: where it has none, there are none."""
_FEED = ".atom"
"""The extension of feeds, which name it as well."""
_PROMISES = "/openapi.json"
"""What a server promises; a copy has it where there is one."""
_NOT_FOUND, _NO_JEKYLL = "404.html", ".nojekyll"
_NOWHERE = "http://copy.invalid"
"""What links are followed from where no address is known; it is in no page."""
_SETTINGS = {"sql_time_limit_ms": 600_000, "max_csv_mb": 0}
"""Nobody else asks anything meanwhile, so a slow machine finds the same as a fast one, and all."""

Progress = Callable[[str, int, int], None]


class FreezeError(Exception):
    """The site cannot be copied; the text says which address is at fault."""


@dataclass(frozen=True)
class CopyPlace:
    """Where a copy will be, and where the site is that it is a copy of."""

    copy: str = ""
    """Address of the copy; '' where it is not known, or has none."""
    live: str = ""
    """Address of the site itself; '' where there is none."""

    @property
    def root(self) -> Root:
        """Where the addresses begin that pages give for themselves."""
        return Root((self.live or self.copy or _NOWHERE).rstrip("/"))

    @property
    def host(self) -> str:
        """The host that is asked; '' where pages shall not name one."""
        return urlsplit(self.live or self.copy).netloc


@dataclass
class Answer:
    """What the site answers."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """The content type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


def freeze_site(
    database: Path, config: Path, folder: Path, place: CopyPlace, progress: Progress
) -> int:
    """Write the site on a database into an empty folder; return the number of its files.

    Raises:
        FreezeError: an address that a page links to has no answer.
    """

    async def run() -> int:
        site = open_site(database, config, settings={**_SETTINGS, "base_url": _base(place)})
        try:
            await site.invoke_startup()
            map_data = await find_map_data(site)
            try:
                return await _Copying(site, map_data, folder, place).run(progress)
            finally:
                map_data.readers.close()
        finally:
            site.close()

    return asyncio.run(run())


def _base(place: CopyPlace) -> str:
    return f"{place.root.prefix}/"


class _Copying:
    """One copy as it is made."""

    def __init__(self, site: Datasette, map_data: MapData, folder: Path, place: CopyPlace) -> None:
        self._application = site.app()
        self._database = Path(map_data.database.path)
        self._folder = folder
        self._place = place
        self._root = place.root
        self._pages = CopyPages(site, map_data, place.root, place.host, place.live)
        self._files = Files((_NOT_FOUND, _NO_JEKYLL, "SHA256SUMS"))
        self._linked_from: dict[SiteAddress, SiteAddress] = {}
        self._waiting: deque[SiteAddress] = deque()
        self._found: dict[str, str] = {}
        """The file of each link that is the same on all pages."""
        end = r"""(?:/(?:[^\s"'<>\\&(){}]|&amp;)*)?(?![\w.-])"""
        self._whole = re.compile(re.escape(self._root.url) + end)
        """A whole address of the site in a text."""
        self._rows: tuple[SiteAddress, bytes] | None = None
        """The rows of the page that was written last: its JSON comes next."""

    async def run(self, progress: Progress) -> int:
        """Write all files; return how many."""
        await self._pages.open()
        closed = () if self._place.host else (*_NAMED, _FEED)
        if not self._place.live:
            closed = (*closed, _PROMISES)
        self._kept = Kept(f"/{DATABASE}", self._pages.sources, closed)
        start = SiteAddress("/")
        named = _NAMED if self._place.host else ()
        for seed in (*_SEEDS, *named, *self._pages.old_paths):
            self._find(start, self._root.prefix + seed)
        self._linked_from[NEEDS_SERVER] = start
        self._waiting.append(NEEDS_SERVER)
        # Without it, GitHub's host takes the folder for one that Jekyll is to work on.
        (self._folder / _NO_JEKYLL).touch()
        count = 1
        if self._place.copy:
            await self._write_not_found()
            count += 1
        while self._waiting:
            await self._write(self._waiting.popleft())
            count += 1
            progress("files", count, count + len(self._waiting))
        return count

    async def _write(self, address: SiteAddress) -> None:
        path = self._folder / self._files.find(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        if address.path == f"/{DATABASE}.db":
            shutil.copyfile(self._database, path)
            return
        answer = await self._answer(address)
        if answer.status in (301, 302, 303, 307, 308):
            moved = await self._pages.moved(address, answer.headers["location"])
            answer = Answer(200, {"content-type": moved.content_type}, moved.body.encode())
        if answer.status != 200:
            origin = self._linked_from[address]
            raise FreezeError(
                f"{address.target} answers with {answer.status}, and {origin.target} links to it"
            )
        path.write_bytes(self._rewritten(address, answer))

    async def _answer(self, address: SiteAddress) -> Answer:
        if address == NEEDS_SERVER:
            page = await self._pages.needs_server(address)
            return Answer(200, {"content-type": page.content_type}, page.body.encode())
        name = self._kept.source_of(address)
        if name is None:
            return await self._ask(address)
        if address.extension == "":
            rows = json.loads((await self._read_rows(address)).body)["rows"]
            page = await self._pages.rows(address, self._pages.sources[name], rows)
            return Answer(200, {"content-type": page.content_type}, page.body.encode())
        if address.extension == ".json":
            return await self._read_rows(address)
        if address.extension == ".csv":
            return await self._ask(SiteAddress(address.path, (*address.query, ("_stream", "1"))))
        return await self._ask(address)

    async def _read_rows(self, address: SiteAddress) -> Answer:
        """Return all rows of a table as Datasette gives them in JSON, however many there are."""
        whole = SiteAddress(f"{address.stem}.json", address.query)
        if self._rows and self._rows[0] == whole:
            return Answer(200, {"content-type": "application/json"}, self._rows[1])
        query = (*address.query, ("_size", "max"))
        answer = await self._ask(SiteAddress(whole.path, query))
        if answer.status != 200:
            return answer
        found = json.loads(answer.body)
        if found.get("next"):
            rows, following = found["rows"], found["next"]
            while following:
                more = await self._ask(SiteAddress(whole.path, (*query, ("_next", following))))
                part = json.loads(more.body)
                rows, following = rows + part["rows"], part["next"]
            found |= {"rows": rows, "next": None, "next_url": None}
            answer.body = json.dumps(found).encode()
        self._rows = whole, answer.body
        return answer

    async def _ask(self, address: SiteAddress) -> Answer:
        """Ask the site, as a browser does."""
        url = urlsplit(self._root.of(address))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": url.scheme,
            "path": self._root.prefix + address.path,
            "raw_path": url.path.encode(),
            "query_string": url.query.encode(),
            "headers": [(b"host", self._place.host.encode())] if self._place.host else [],
        }
        answer, parts = Answer(), []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
            else:
                parts.append(message.get("body", b""))

        await self._application(scope, receive, send)
        answer.body = b"".join(parts)
        return answer

    def _rewritten(self, address: SiteAddress, answer: Answer) -> bytes:
        file = self._files.find(address)

        def resolve(link: str, is_form: bool) -> str | None:
            found = self._find(address, link, is_form)
            return None if found is None else _from(file, found)

        kind = answer.media_type
        if kind in ("text/html", "image/svg+xml"):
            text = rewrite_html(answer.body.decode(), resolve)
        elif kind == "text/css":
            text = rewrite_css(answer.body.decode(), resolve)
        elif address.path in _NAMED or address.extension == _FEED:
            text = answer.body.decode()
        else:
            return answer.body
        return self._name_files(text).encode()

    def _find(self, page: SiteAddress, link: str, is_form: bool = False) -> str | None:
        """Return the file and the fragment that a link leads to; None for another site's."""
        is_whole = link.startswith("/")
        if is_whole and not is_form and link in self._found:
            return self._found[link]
        followed = self._root.follow(page, link)
        if followed is None:
            return None
        wanted, fragment = followed
        address = None if is_form else self._kept.find(wanted)
        if wanted == NEEDS_SERVER or address is None:
            return self._files.find(NEEDS_SERVER)
        if address not in self._linked_from:
            self._linked_from[address] = page
            self._waiting.append(address)
        file = self._files.find(address) + fragment
        if is_whole:
            self._found[link] = file
        return file

    def _name_files(self, text: str) -> str:
        """Return a text in which each whole address of the copy is that of a file.

        A host of files ignores the query of an address: it would answer with another page. The
        addresses of the site itself stay as they are. In either case the copy has what they
        lead to.
        """
        if not self._place.host:
            return text

        def name(found: re.Match[str]) -> str:
            file = self._find(SiteAddress("/"), unescape(found[0]))
            if file is None or self._place.live:
                return found[0]
            return f"{self._root.url}/{_at_host(file)}"

        return self._whole.sub(name, text)

    async def _write_not_found(self) -> None:
        """Write what a host answers for other addresses: at any depth, so its links are whole."""
        answer = await self._ask(SiteAddress("/there-is-no-such-page"))
        prefix = urlsplit(self._place.copy).path.rstrip("/")

        def resolve(link: str, is_form: bool) -> str | None:
            file = self._find(SiteAddress("/"), link, is_form)
            return None if file is None else f"{prefix}/{_at_host(file)}"

        text = self._name_files(rewrite_html(answer.body.decode(), resolve))
        (self._folder / _NOT_FOUND).write_text(text, encoding="utf-8")


def _from(file: str, other: str) -> str:
    """Return the way from one file to another, which may have a fragment."""
    path, mark, fragment = other.partition("#")
    return relpath(path, dirname(file) or ".") + mark + fragment


def _at_host(file: str) -> str:
    """Return the address of a file where a host answers for the index of a folder."""
    path, mark, fragment = file.partition("#")
    return re.sub(r"(^|/)index\.html$", r"\1", path) + mark + fragment
