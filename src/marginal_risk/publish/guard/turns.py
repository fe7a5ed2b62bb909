"""Turns: Datasette's own addresses run strangers' SQL, a few requests at a time.

A page of the house takes no turn, and waits for none: it reads in threads of its own.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Any

from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.gate import Application, Receive, RefusedRequestError, Scope, Send

BUSY = "Too many queries wait already. Try again in a few seconds."

_WITHOUT_SQL = (r"^/-/static(-plugins)?/", r"^/favicon\.ico$", r"^/[^/]+\.db$", r"^/health$")
"""Addresses of Datasette's own that run no SQL: static files, and the database to download."""


class Turns:
    """Lets a few requests run at once and some wait; sends others away."""

    def __init__(self, application: Application, free: Iterable[str], base_url: str = "/") -> None:
        """Let requests through to an application.

        ``free`` are regular expressions of the paths that need no turn, as they stand below
        ``base_url``.
        """
        self._application = application
        self._free = [re.compile(pattern) for pattern in (*free, *_WITHOUT_SQL)]
        self._base = base_url.rstrip("/")
        self._running = asyncio.Semaphore(limits.MOST_AT_ONCE)
        self._queued = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, at once or in its turn.

        Raises:
            RefusedRequestError: too many wait, or it has waited for too long.
        """
        if scope["type"] != "http" or self._is_free(scope):
            await self._application(scope, receive, send)
            return
        await self._wait()
        try:
            await self._application(scope, receive, send)
        finally:
            self._running.release()

    def _is_free(self, scope: Scope) -> bool:
        # As Datasette reads it: undecoded, and without the query.
        raw: Any = scope.get("raw_path") or scope["path"].encode()
        path = raw.decode("latin-1").partition("?")[0].removeprefix(self._base)
        return any(pattern.match(path) for pattern in self._free)

    async def _wait(self) -> None:
        if self._running.locked() and self._queued >= limits.MOST_QUEUED:
            raise RefusedRequestError(503, BUSY, limits.SECONDS_TO_RETRY)
        self._queued += 1
        try:
            async with asyncio.timeout(limits.SECONDS_QUEUED):
                await self._running.acquire()
        except TimeoutError:
            raise RefusedRequestError(503, BUSY, limits.SECONDS_TO_RETRY) from None
        finally:
            self._queued -= 1
