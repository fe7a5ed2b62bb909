"""Pages that were rendered, kept as they are sent; all of them together have a bound in bytes."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from datasette import Response

MOST_BYTES = 64_000_000
"""Bytes of all pages kept, unless ``page_cache_bytes`` of the plugin says otherwise."""
_OVERHEAD = 2_000
"""Bytes that a page takes beside its content: its key, its headers, its place in the order."""
_STRIDE = 8_192
"""Bytes of a compressed file that are unpacked and sent at once."""
_GZIP = 16 + zlib.MAX_WBITS
"""What zlib calls the format of gzip."""


class LongFile:
    """A file whose text is made in parts, compressed as it comes, and never held whole."""

    def __init__(
        self, parts: AsyncIterator[str], headers: Mapping[str, str], content_type: str
    ) -> None:
        self.parts = parts
        self.headers = headers
        self.content_type = content_type

    async def pack(self) -> Response:
        """Return the file, compressed."""
        packer = zlib.compressobj(wbits=_GZIP)
        packed = [packer.compress(part.encode()) async for part in self.parts]
        body = b"".join([*packed, packer.flush()])
        return PackedResponse(body, 200, dict(self.headers), self.content_type)


def pack(parts: Iterable[str]) -> bytes:
    """Return a text that comes in parts, compressed for ``PackedResponse``."""
    packer = zlib.compressobj(wbits=_GZIP)
    return b"".join([*(packer.compress(part.encode()) for part in parts), packer.flush()])


class PackedResponse(Response):  # type: ignore[misc]  # Datasette has no types
    """A compressed response that is sent in parts; unpacked, unless its headers say gzip."""

    async def asgi_send(self, send: Callable[[Any], Awaitable[None]]) -> None:
        """Send it."""
        headers = {**self.headers, "content-type": self.content_type}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        unpacker = zlib.decompressobj(wbits=_GZIP)
        for first in range(0, len(self.body), _STRIDE):
            part = self.body[first : first + _STRIDE]
            if "Content-Encoding" not in self.headers:
                part = unpacker.decompress(part)
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@dataclass(frozen=True)
class KeptPage:
    """A page as it is sent."""

    body: bytes
    status: int
    headers: dict[str, str]
    content_type: str
    depends_on_origin: bool
    """Whether the page names the scheme and host that it was asked under."""
    form: type[Response] = Response
    """How it is sent: at once, or in parts."""

    @classmethod
    def of(cls, response: Response, depends_on_origin: bool, is_compressed: bool) -> KeptPage:
        """Encode a response, or compress it; its entity tag is a hash of the content.

        A long file is kept compressed in any case.
        """
        body = response.body if isinstance(response.body, bytes) else response.body.encode()
        headers = {**response.headers, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        form = type(response)
        if is_compressed:
            body = body if form is PackedResponse else gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        # Packed and unpacked, a file has the same bytes here, and is not the same for a browser.
        content = hashlib.sha256(headers.get("Content-Encoding", "").encode() + body)
        headers["ETag"] = f'"{content.hexdigest()[:20]}"'
        return cls(body, response.status, headers, response.content_type, depends_on_origin, form)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.body) + _OVERHEAD

    def response(self) -> Response:
        """Return the page as a response of its own."""
        return self.form(self.body, self.status, dict(self.headers), self.content_type)


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
