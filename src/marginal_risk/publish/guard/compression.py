"""Compresses text that Datasette itself sends, for those who accept it, part by part.

The site's own pages are kept compressed. Of an answer that is sent in parts, no more is in memory
than a part, and what zlib holds of it: about a quarter of a megabyte.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_LEVEL = 4
"""Of nine: beyond it, rows take twice the time and are a tenth smaller."""
_GZIP = zlib.MAX_WBITS | 16
"""What zlib calls the format of gzip."""
_SHORT = 1_000
"""Bytes up to which an answer is sent as it is."""
_LONG = 50_000
"""Bytes of a part from which on others should not wait for it."""
_TEXT = re.compile(rb"(?:text/|application/(?:[a-z.+-]*json|javascript|xml)\b)[^\x00]*")
_ACCEPTS = re.compile(r"(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+\s*)?(?:,|$)")


def compressed(application: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return an application whose text is compressed for those who accept gzip."""

    async def compressing(scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD" or not _accepts(scope["headers"]):
            await application(scope, receive, send)
            return
        await application(scope, receive, _Compressor(send))

    return compressing


def _accepts(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    named = [value.decode("latin-1") for name, value in headers if name == b"accept-encoding"]
    return bool(_ACCEPTS.search(",".join(named).lower()))


class _Compressor:
    """Sends on the messages of one answer, compressed where it is text."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._packer: Any = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if _is_text(message):
                self._start = message  # until it is known how long the answer is
            else:
                await self._send(message)
        elif message["type"] == "http.response.body":
            await self._send_body(message)
        else:
            await self._send(message)

    async def _send_body(self, message: Message) -> None:
        body, has_more = message.get("body", b""), message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            if has_more or len(body) > _SHORT:
                self._packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
                start = {**start, "headers": _headers_of(start)}
            await self._send(start)
        if self._packer is not None:
            body = await self._pack(body, is_last=not has_more)
            if has_more and not body:
                return  # zlib waits for more
        await self._send({**message, "body": body})

    async def _pack(self, body: bytes, *, is_last: bool) -> bytes:
        def pack() -> bytes:
            packed: bytes = self._packer.compress(body)
            return packed + self._packer.flush() if is_last else packed

        return await asyncio.to_thread(pack) if len(body) > _LONG else pack()


def _is_text(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start.get("headers", [])}
    is_packed = b"content-encoding" in headers or b"content-range" in headers
    return (
        start["status"] == 200
        and not is_packed
        and _TEXT.match(headers.get(b"content-type", b"").lower()) is not None
    )


def _headers_of(start: Message) -> Headers:
    """Return the headers of the answer once it is compressed: its length is not known yet."""
    headers: Headers = []
    vary = [b"Accept-Encoding"]
    for name, value in start["headers"]:
        lower = name.lower()
        if lower == b"vary":
            vary.insert(0, value)
        elif lower == b"etag":
            weak = value if value.startswith(b"W/") else b"W/" + value
            headers.append((name, weak))
        elif lower != b"content-length":
            headers.append((name, value))
    return [*headers, (b"content-encoding", b"gzip"), (b"vary", b", ".join(vary))]
