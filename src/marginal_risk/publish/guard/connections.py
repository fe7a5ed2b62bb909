"""The connections of the server: how many, and how long a client may keep each waiting.

uvicorn limits how long a connection is idle after an answer. A client that never asks, sends its
headers a byte at a time or does not read its answer holds a connection for ever: here it does not.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.gate import TOO_LONG
from marginal_risk.publish.guard.headers import complete

NO_REQUEST = "This is not a request that the site can read."


class GuardedProtocol(H11Protocol):
    """HTTP on one connection, within the limits."""

    since: float = 0.0
    """When the connection began to wait for a request, by the loop's clock."""
    _header_timer: asyncio.TimerHandle | None = None
    _reading_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; where there are too many, close the one idle for longest."""
        super().connection_made(transport)
        self.since = self.loop.time()
        if len(self.connections) > limits.MOST_CONNECTIONS:
            ours = [each for each in self.connections if isinstance(each, GuardedProtocol)]
            idle = [each for each in ours if _is_idle(each)]
            oldest = min(idle, key=lambda each: each.since, default=self)
            self.connections.discard(oldest)  # at once: others may come before it is closed
            oldest.transport.abort()
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop(self._header_timer, self._reading_timer)
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Answer what has arrived; whole headers stop the clock."""
        super().handle_events()
        if not _is_idle(self):
            self._stop(self._header_timer)

    def eof_received(self) -> None:
        """Answer a request that stops before its end: who sent it may read still.

        uvicorn closes the connection at once, whatever of an answer is under way.
        """
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            return
        try:
            self.conn.receive_data(b"")
            self.conn.next_event()
        except h11.RemoteProtocolError:
            if self.cycle is not None and not _is_idle(self):
                self.cycle.disconnected = True  # what waits for the rest of it, ends
                self.cycle.message_event.set()
            self.send_400_response("The request stops before its end.")

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._wait_for_headers()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        self._reading_timer = self.loop.call_later(limits.SECONDS_FOR_READING, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        self._stop(self._reading_timer)
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Answer what is no HTTP, or is too long, with the headers of every answer."""
        status, sentence = 400, NO_REQUEST
        if len(self.conn.trailing_data[0]) > (self.config.h11_max_incomplete_event_size or 0):
            status, sentence = 431, TOO_LONG
        body = f"{sentence}\n".encode()
        headers = complete([(b"content-type", b"text/plain; charset=utf-8")])
        headers += [(b"content-length", str(len(body)).encode()), (b"connection", b"close")]
        events: list[Any] = [h11.Response(status_code=status, headers=headers), h11.Data(data=body)]
        try:
            for event in [*events, h11.EndOfMessage()]:
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:
            pass  # an answer is under way already
        self.transport.close()

    def _wait_for_headers(self) -> None:
        self.since = self.loop.time()
        self._stop(self._header_timer)
        self._header_timer = self.loop.call_later(limits.SECONDS_FOR_HEADERS, self._end_if_idle)

    def _end_if_idle(self) -> None:
        if _is_idle(self):
            self.transport.abort()

    @staticmethod
    def _stop(*timers: asyncio.TimerHandle | None) -> None:
        for timer in timers:
            if timer is not None:
                timer.cancel()


def _is_idle(connection: H11Protocol) -> bool:
    """Whether no request is under way on a connection."""
    return connection.cycle is None or connection.cycle.response_complete
