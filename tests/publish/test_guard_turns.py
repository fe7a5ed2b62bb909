"""Turns: strangers' queries run a few at a time, and no page of the house waits for them."""

import asyncio
from typing import Any

import pytest
from datasette.app import Datasette

from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.gate import gate
from marginal_risk.publish.guard.turns import BUSY, Turns

Answer = tuple[int, dict[bytes, bytes], bytes]


async def ask(application: Any, path: str) -> Answer:
    """Return status, headers and body of an answer."""
    sent: list[Any] = []
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}

    async def send(message: Any) -> None:
        sent.append(message)

    await application(scope, None, send)
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], dict(sent[0]["headers"]), body


class Slow:
    """An application whose answers wait until they may go; those below /house/ go at once."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.running = 0
        self.most = 0

    async def __call__(self, scope: Any, _: Any, send: Any) -> None:
        if not scope["path"].startswith("/house"):
            self.running += 1
            self.most = max(self.most, self.running)
            await self.go_on.wait()
            self.running -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answered"})


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_few_run_some_wait_and_one_more_is_sent_away() -> None:
    slow = Slow()
    application = gate(Turns(slow, [r"^/house"]))
    most = limits.MOST_AT_ONCE + limits.MOST_QUEUED
    asked = [asyncio.ensure_future(ask(application, "/evidence")) for _ in range(most)]
    await settle()
    assert slow.running == limits.MOST_AT_ONCE
    status, headers, body = await ask(application, "/evidence/-/query")
    assert (status, body.decode()) == (503, f"{BUSY}\n")
    assert headers[b"retry-after"] == b"5"
    assert (await ask(application, "/house/page"))[0] == 200
    slow.go_on.set()
    assert [(await each)[0] for each in asked] == [200] * most
    assert slow.most == limits.MOST_AT_ONCE
    assert (await ask(application, "/evidence"))[0] == 200


async def test_who_waits_too_long_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    application = gate(Turns(slow, []))
    running = [
        asyncio.ensure_future(ask(application, "/evidence")) for _ in range(limits.MOST_AT_ONCE)
    ]
    await settle()
    monkeypatch.setattr(limits, "SECONDS_QUEUED", 0)
    assert (await ask(application, "/evidence"))[0] == 503
    slow.go_on.set()
    assert [(await each)[0] for each in running] == [200] * limits.MOST_AT_ONCE


async def test_a_turn_ends_with_its_request_whatever_ends_it() -> None:
    async def fail(*_: Any) -> None:
        raise ValueError

    application = gate(Turns(fail, []))
    for _ in range(limits.MOST_AT_ONCE + 1):
        assert (await ask(application, "/evidence"))[0] == 400
    slow = Slow()
    application = gate(Turns(slow, []))
    for _ in range(limits.MOST_AT_ONCE):
        gone = asyncio.ensure_future(ask(application, "/evidence"))
        await settle()
        gone.cancel()
        await settle()
    slow.go_on.set()
    assert (await ask(application, "/evidence"))[0] == 200


@pytest.mark.parametrize("base_url", ["/", "/maps/"])
async def test_with_all_turns_taken_the_house_answers_and_datasette_waits(
    site: Datasette, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site._settings["base_url"] = base_url
    monkeypatch.setattr(limits, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(limits, "MOST_QUEUED", 0)
    for path in ("/", "/gaps", "/studies.json", "/contribute", "/-/static/app.css", "/health"):
        assert (await site.client.get(path)).status_code == 200, path
    for path in ("/evidence", "/evidence/studies.json", "/evidence/-/query?sql=select+1", "/-/"):
        response = await site.client.get(path)
        assert (response.status_code, response.headers["retry-after"]) == (503, "5"), path
