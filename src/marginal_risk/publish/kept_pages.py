"""Pages that were rendered, kept as they are sent; all of them together have a bound in bytes."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from datasette import Response

MOST_BYTES = 64_000_000
"""Bytes of all pages kept, unless ``page_cache_bytes`` of the plugin says otherwise."""
_OVERHEAD = 2_000
"""Bytes that a page takes beside its content: its key, its headers, its place in the order."""


@dataclass(frozen=True)
class KeptPage:
    """A page as it is sent."""

    body: bytes
    status: int
    headers: dict[str, str]
    content_type: str
    depends_on_origin: bool
    """Whether the page names the scheme and host that it was asked under."""

    @classmethod
    def of(cls, response: Response, depends_on_origin: bool, is_compressed: bool) -> KeptPage:
        """Encode a response, or compress it; its entity tag is a hash of the content."""
        body = response.body if isinstance(response.body, bytes) else response.body.encode()
        headers = {**response.headers, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if is_compressed:
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        return cls(body, response.status, headers, response.content_type, depends_on_origin)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.body) + _OVERHEAD

    def response(self) -> Response:
        """Return the page as a response of its own."""
        return Response(self.body, self.status, dict(self.headers), self.content_type)


class KeptPages:
    """The pages asked for last, by address; the one asked for longest ago leaves first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.size = 0
        self._pages: OrderedDict[bytes, KeptPage] = OrderedDict()
        self._rendering: dict[bytes, asyncio.Task[KeptPage]] = {}

    def __len__(self) -> int:
        """Return the number of pages."""
        return len(self._pages)

    async def get(
        self, address: object, origin: str, render: Callable[[], Awaitable[KeptPage]]
    ) -> KeptPage:
        """Return the page of an address, asked under an origin; render it where it is not kept.

        Who asks for a page that is being rendered waits for that.
        """
        anywhere, here = _key(address, ""), _key(address, origin)
        for key in (anywhere, here):
            if key in self._pages:
                self._pages.move_to_end(key)
                return self._pages[key]
        task = self._rendering.get(here)
        if task is None:
            task = asyncio.ensure_future(render())
            self._rendering[here] = task
            task.add_done_callback(lambda _: self._rendering.pop(here))
        page = await asyncio.shield(task)
        self._keep(here if page.depends_on_origin else anywhere, page)
        return page

    def _keep(self, key: bytes, page: KeptPage) -> None:
        if key in self._pages or page.size > self.most_bytes:
            return
        self._pages[key] = page
        self.size += page.size
        while self.size > self.most_bytes:
            _, left = self._pages.popitem(last=False)
            self.size -= left.size


def _key(address: object, origin: str) -> bytes:
    """Return a key of a few bytes, however long the address is."""
    return hashlib.sha256(repr((address, origin)).encode(errors="surrogatepass")).digest()
