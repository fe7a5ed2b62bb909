"""Serving a file that may be replaced: each edition of the database whole, one after another.

A file is copied before it is served, into a folder that only this process has, so that nothing
that happens to the file afterwards can tear an answer. Everything that is made from the copy
belongs to one Datasette: connections, pages kept, codebook. Where another file stands in its
place, another Datasette takes over all new requests; those under way end on the one that they
began with, which then is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from datasette import NotFound
from datasette.app import Datasette

from marginal_risk.publish.copies import (
    Copy,
    Mark,
    StillChangingError,
    UnreadableError,
    build_again,
    explain,
    read_mark,
    remove_leftovers,
)
from marginal_risk.publish.page import MapData, find_map_data, security_headers

Open = Callable[[Path, Path], Datasette]
"""What opens a Datasette on a database, with a file for Datasette's own notes."""
SECONDS_BETWEEN_LOOKS = 0.3
"""How often the file is looked at."""
RETRY_AFTER = 5
"""Seconds after which to ask again while the file cannot be read."""
UNAVAILABLE = "The database cannot be read at the moment. Try again in a minute."

log = logging.getLogger("marginal_risk")


class Edition:
    """One copy of the database, and the Datasette that serves it."""

    def __init__(self, copy: Copy, site: Datasette) -> None:
        self.copy = copy
        self.site = site
        self.application = site.app()
        self.requests = 0
        """Number of requests under way."""

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """Count a request while it is answered."""
        self.requests += 1
        try:
            yield
        finally:
            self.requests -= 1

    def close(self) -> None:
        """Close the connections, and delete the copy."""
        data = getattr(self.site, "marginal_risk_data", None)
        if data is not None:
            data.readers.close()
        self.site.close()
        self.copy.remove()


class Editions:
    """An ASGI application that serves the file at a path, in its latest sound edition."""

    def __init__(self, path: Path, open_site: Open) -> None:
        """Copy the file.

        Raises:
            UnreadableError: it is no sound database.
        """
        self.path = path
        self.current: Edition | None = None
        self.fault = ""
        """Why the file cannot be served now, in a sentence; '' while it is."""
        self._open_site = open_site
        self._old: list[Edition] = []
        self._looking = asyncio.Lock()
        self._seen = read_mark(path)
        self._not_copied: Mark | None = None
        remove_leftovers()
        try:
            self._first: Edition | None = self._edition(Copy(path))
        except StillChangingError:
            raise UnreadableError(f"{path} is being written: try again when it is whole.") from None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request on the edition of this moment."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self.current is None and not self.fault:
            await self.look()
        edition = self.current
        if edition is None:
            await answer_unavailable(scope, send)
            return
        with edition.under_way():
            await edition.application(scope, receive, send)
        await self._close_old()

    async def look(self) -> None:
        """Take up what stands at the path now, if that is not what is served.

        A file that is gone changes nothing. One that cannot be read is not served, nor is what
        stood there before.
        """
        async with self._looking:
            if self._first is not None:
                first, self._first = self._first, None
                await self._take_up(first)
                return
            mark = read_mark(self.path)
            if mark is None or mark == self._seen:
                return
            try:
                await self._take_up(self._edition(await asyncio.to_thread(Copy, self.path)))
            except StillChangingError:
                return  # the next look finds it whole, or changed again
            except UnreadableError as error:
                self._withdraw(str(error))
            except OSError as error:  # no space for a copy, for instance: the old one serves on
                if mark != self._not_copied:
                    log.error("%s could not be copied: %s", self.path, explain(error))
                self._not_copied = mark
                return
            self._seen = mark

    async def watch(self) -> None:
        """Look at the path for ever."""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            try:
                await self.look()
                await self._close_old()
            except Exception:
                # A fault here must not leave the site without eyes for what comes next.
                log.exception("%s could not be looked at", self.path)

    def close(self) -> None:
        """Close all editions."""
        for edition in [*self._old, self.current, self._first]:
            if edition is not None:
                edition.close()
        self._old, self.current, self._first = [], None, None

    def _edition(self, copy: Copy) -> Edition:
        return Edition(copy, self._open_site(copy.path, copy.folder / "datasette.db"))

    async def _take_up(self, edition: Edition) -> None:
        """Let all new requests go to an edition as soon as it is ready."""
        try:
            # In a loop of its own: a start has hundreds of steps, and each would wait behind all
            # the readers of the edition that is served.
            data = await asyncio.to_thread(asyncio.run, _start(edition.site))
        except Exception as error:
            await asyncio.to_thread(edition.close)
            if not isinstance(error, (sqlite3.Error, NotFound, LookupError)):
                raise  # too little memory, for instance: the next look tries again
            raise UnreadableError(f"{self.path} holds no map: {build_again(self.path)}") from error
        if self.current is not None or self.fault:
            log.info(
                "%s was replaced: data version %s is served now",
                self.path,
                data.build.data_version,
            )
        self._retire()
        self.current, self.fault = edition, ""

    def _withdraw(self, fault: str) -> None:
        log.error(fault)
        self._retire()
        self.fault = fault

    def _retire(self) -> None:
        if self.current is not None:
            self._old.append(self.current)
        self.current = None

    async def _close_old(self) -> None:
        """Close the editions that no request is on any more."""
        ended = [edition for edition in self._old if not edition.requests]
        self._old = [edition for edition in self._old if edition.requests]
        for edition in ended:
            await asyncio.to_thread(edition.close)

    async def _live(self, receive: Any, send: Any) -> None:
        """Begin and end with the server."""
        watching: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.look()
                except UnreadableError as error:
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                watching = asyncio.ensure_future(self.watch())
                await send({"type": "lifespan.startup.complete"})
            else:
                if watching is not None:
                    watching.cancel()
                await asyncio.to_thread(self.close)
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _start(site: Datasette) -> MapData:
    """Start a Datasette, and return what its requests share."""
    await site.invoke_startup()
    return await find_map_data(site)


async def answer_unavailable(scope: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    """Answer with 503 and a sentence, as JSON where that was asked for; the log says why."""
    if scope["path"].endswith(".json"):
        fault = {"ok": False, "error": UNAVAILABLE, "errors": [UNAVAILABLE], "status": 503}
        media_type, body = "application/json; charset=utf-8", json.dumps(fault)
    else:
        media_type, body = "text/plain; charset=utf-8", f"{UNAVAILABLE}\n"
    headers = {
        **security_headers(),
        "Content-Type": media_type,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Retry-After": str(RETRY_AFTER),
    }
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 503, "headers": raw})
    await send({"type": "http.response.body", "body": body.encode()})
