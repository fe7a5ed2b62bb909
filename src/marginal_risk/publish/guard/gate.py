"""The outermost layer of the site: a request that is none is answered here."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.errors import NOT_UNDERSTOOD
from marginal_risk.publish.guard.headers import begin_answer, complete

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

TOO_LONG = f"The address and the headers are longer than {limits.LONGEST_HEADERS:,} bytes."
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

log = logging.getLogger("marginal_risk")


class RefusedRequestError(Exception):
    """A request that is not let in; holds the status and the sentence of its answer."""

    def __init__(self, status: int, sentence: str, retry_after: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after
        """Seconds after which to ask again; 0 where that is of no use."""


def gate(application: Application) -> Application:
    """Return the application behind the gate."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        begin_answer()
        has_started = False

        async def send_complete(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                message = {**message, "headers": complete(message.get("headers", []))}
            await send(message)

        try:
            check_head(scope)
            body = await read_body(scope, receive)
            await application(scope, replay(body, receive), send_complete)
        except RefusedRequestError as refusal:
            await refuse(scope, send_complete, refusal)
        except Exception as exception:
            if has_started:
                raise
            log.warning("A request was not understood: %s", type(exception).__name__)
            await refuse(scope, send_complete, RefusedRequestError(400, NOT_UNDERSTOOD))

    return guarded


def check_head(scope: Scope) -> None:
    """Look at a request's method, length, address and host.

    Raises:
        RefusedRequestError: one of them cannot be right.
    """
    if scope["method"] not in METHODS:
        raise RefusedRequestError(405, "This site answers GET, HEAD, OPTIONS and POST.")
    # The server bounds what it waits for; of what comes all at once, it takes far more.
    address = len(scope.get("raw_path") or b"") + len(scope.get("query_string", b""))
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    if address + headers > limits.LONGEST_HEADERS:
        raise RefusedRequestError(414 if address > headers else 431, TOO_LONG)
    try:
        (scope.get("raw_path") or b"").decode("ascii")
        scope["path"].encode()
        scope.get("query_string", b"").decode("ascii")
    except UnicodeError:
        raise RefusedRequestError(400, "An address has ASCII characters only.") from None
    if not scope["path"].startswith("/"):  # it is another site's, and Datasette would lead there
        raise RefusedRequestError(400, "An address starts with a slash.")
    hosts = [value for name, value in scope["headers"] if name.lower() == b"host"]
    if len(hosts) > 1 or not all(_HOST.fullmatch(host) for host in hosts):
        raise RefusedRequestError(400, "The Host header is not the name of a host.")


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the body of a request.

    Raises:
        RefusedRequestError: it is too long, takes too long, or stops before its end.
    """
    if scope["method"] in ("GET", "HEAD"):
        return b""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(limits.SECONDS_FOR_BODY):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RefusedRequestError(400, "The request stops before its end.")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limits.LONGEST_BODY:
                    sentence = f"The body is longer than {limits.LONGEST_BODY:,} bytes."
                    raise RefusedRequestError(413, sentence)
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise RefusedRequestError(408, "The body took too long to arrive.") from None


def replay(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body at once, and then waits for the client to leave."""
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


async def refuse(scope: Scope, send: Send, refusal: RefusedRequestError) -> None:
    """Answer with one sentence, as JSON where that was asked for, and close the connection."""
    sentence = str(refusal)
    if scope["path"].endswith(".json"):
        media_type = b"application/json; charset=utf-8"
        answer = {"ok": False, "error": sentence, "errors": [sentence], "status": refusal.status}
        body = json.dumps(answer).encode()
    else:
        media_type, body = b"text/plain; charset=utf-8", f"{sentence}\n".encode()
    headers = [
        (b"content-type", media_type),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if refusal.retry_after:
        headers.append((b"retry-after", str(refusal.retry_after).encode()))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
