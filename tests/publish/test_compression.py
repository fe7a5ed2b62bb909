"""What Datasette itself sends is compressed for those who accept it, and is the same text."""

import gzip
from typing import Any

import pytest
from datasette.app import Datasette

from marginal_risk.publish.guard.compression import compressed

PATHS = (
    "/evidence/judgements.json",
    "/evidence/judgements.csv?_stream=1",
    "/evidence/judgements",
    "/-/static/app.css",
)


async def ask(application: Any, path: str, encoding: str | None, method: str = "GET") -> Any:
    """Return headers and body parts that an application sends, as they are sent."""
    headers = [(b"host", b"localhost")]
    headers += [(b"accept-encoding", encoding.encode())] if encoding is not None else []
    path, _, query = path.partition("?")
    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method},
        **{"scheme": "http", "path": path, "raw_path": path.encode(), "headers": headers},
        "query_string": query.encode(),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    start, *parts = sent
    found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return found, [part.get("body", b"") for part in parts]


@pytest.mark.parametrize("path", PATHS)
async def test_it_is_the_same_text_and_smaller(site: Datasette, path: str) -> None:
    application = site.app()
    plain_headers, plain = await ask(application, path, None)
    assert "content-encoding" not in plain_headers
    headers, packed = await ask(application, path, "br, gzip;q=0.5")
    assert headers["content-encoding"] == "gzip"
    assert "content-length" not in headers
    assert "Accept-Encoding" in headers["vary"]
    if path != "/evidence/judgements":  # whose scripts have a nonce of their own each time
        assert gzip.decompress(b"".join(packed)) == b"".join(plain)
    assert len(b"".join(packed)) < 0.6 * len(b"".join(plain))


@pytest.mark.parametrize("encoding", ["", "br", "gzip;q=0", "gzip;q=0.0, br", "xgzip"])
async def test_who_does_not_accept_it_gets_the_text(site: Datasette, encoding: str) -> None:
    headers, _ = await ask(site.app(), PATHS[0], encoding)
    assert "content-encoding" not in headers


async def test_a_head_and_what_is_packed_already_stay_as_they_are(site: Datasette) -> None:
    headers, _ = await ask(site.app(), PATHS[0], "gzip", "HEAD")
    assert "content-encoding" not in headers
    headers, parts = await ask(site.app(), "/", "gzip")
    assert b"<h1" in gzip.decompress(b"".join(parts))  # once, not twice


async def test_a_long_answer_goes_out_part_by_part() -> None:
    async def endless(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/csv"), (b"etag", b'"x"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number in range(1000):
            row = f"{number},{number * number * 7919}\n".encode() * 100
            await send({"type": "http.response.body", "body": row, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    headers, parts = await ask(compressed(endless), "/", "gzip")
    assert headers["etag"] == 'W/"x"'
    assert len(gzip.decompress(b"".join(parts)).splitlines()) == 100_000
    # It was sent while it was made, and no part is a large share of it.
    whole = sum(map(len, parts))
    assert max(map(len, parts)) < max(40_000, whole / 4)
