"""What every answer promises, what is closed to visitors, and requests that are none."""

import asyncio
import base64
import hashlib
import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from bench.attack_requests import Odd, attack, send
from datasette.app import Datasette
from datasette.database import Database

from browser import DATASETTE_PAGES, PAGES
from marginal_risk.publish.guard import errors, gate, limits
from marginal_risk.publish.guard.headers import begin_answer, complete
from marginal_risk.publish.pages import codebook as codebook_page
from pages import get, texts

PLAIN = (
    "/evidence/studies.json",
    "/evidence/studies.csv",
    "/evidence.db",
    "/map.svg",
    "/feed.atom",
    "/robots.txt",
    "/health",
    "/-/static/app.css",
    "/-/static-plugins/marginal-risk/marginal-risk.css",
    "/no-such-page.json",
    "/evidence/studies?_sort=nothing",
    "/evidence/-/query.json?sql=nothing",
    "/-/versions",
    "/studies/",
)

CLOSED = (
    *("versions", "config", "allow-debug", "patterns", "messages", "jump", "settings", "plugins"),
    *("threads", "tasks", "databases", "actor", "actions", "auth-token", "create-token", "api"),
    *("queries", "schema", "logout", "permissions", "allowed", "rules", "check"),
    *("debug/autocomplete", "metadata"),
)
CLOSED_BELOW = (
    "/-/mcp",  # docs/threat-model.md says why
    "/evidence/-/create",
    "/evidence/-/foreign-key-targets",
    "/evidence/-/queries/analyze",
    "/evidence/-/queries/store",
    "/evidence/-/execute-write",
    "/evidence/-/execute-write/analyze",
    "/evidence/table_1/-/edit",
    "/evidence/table_1/-/update",
    "/evidence/table_1/-/delete",
    "/evidence/studies/-/insert",
    "/evidence/studies/-/upsert",
    "/evidence/studies/-/alter",
    "/evidence/studies/-/drop",
    "/evidence/studies/-/fragment",
    "/evidence/studies/-/autocomplete",
    "/evidence/studies/-/foreign-key-suggestions",
    "/evidence/studies/-/set-column-type",
    "/evidence/studies/thiel2023/-/delete",
    "/evidence/studies/thiel2023/-/update",
)


async def ask(site: Datasette, **odd: Any) -> tuple[int, dict[bytes, bytes], bytes]:
    """Send a request that no client would."""
    given: dict[str, Any] = {
        "method": "GET",
        "path": "/",
        "query": "",
        "headers": ((b"host", b"map.example.org"),),
        "body": b"",
        "is_cut_short": False,
    }
    return await send(site.app(), Odd(**(given | odd)))


async def test_every_answer_has_the_headers(site: Datasette) -> None:
    for path in (*PAGES, *DATASETTE_PAGES, *PLAIN):
        headers = (await site.client.get(path)).headers
        policy = headers.get_list("content-security-policy")
        assert len(policy) == 1, path
        assert "default-src 'none'" in policy[0], path
        assert "frame-ancestors 'none'" in policy[0] or path == "/embed", path
        assert headers.get_list("x-content-type-options") == ["nosniff"], path
        (referrer,) = headers.get_list("referrer-policy")
        # Datasette's is stricter where a query may stand in the address.
        assert referrer in ("strict-origin-when-cross-origin", "no-referrer"), path


async def test_the_embed_alone_may_be_framed(site: Datasette) -> None:
    policy = (await site.client.get("/embed")).headers["content-security-policy"]
    assert "frame-ancestors *" in policy


async def test_a_page_of_the_house_has_no_script_and_no_style_in_it(site: Datasette) -> None:
    for path in PAGES:
        response = await site.client.get(path)
        policy = response.headers["content-security-policy"]
        assert "unsafe" not in policy or response.status_code == 404, path
        for script in re.findall(r"<script[^>]*>", response.text):
            assert "src=" in script or "application/ld+json" in script, (path, script)
        assert "<style" not in response.text, path
        assert not re.search(r"<[^>]* (?:on\w+|style)=", response.text), path


@pytest.mark.parametrize("query", ["", "?view=studies", "?layer=with_provisional", "?from=2020"])
async def test_a_picture_opened_by_itself_has_no_style_to_let_in(
    site: Datasette, query: str
) -> None:
    response = await site.client.get(f"/map.svg{query}")
    assert response.headers["content-type"] == "image/svg+xml"
    assert "unsafe" not in response.headers["content-security-policy"]
    drawn = list(ElementTree.fromstring(response.content).iter())  # noqa: S314  (our own)
    assert len(drawn) > 50
    assert not [each.tag for each in drawn if each.tag.endswith(("}style", "}script"))]
    assert not [each.attrib for each in drawn if "style" in each.attrib]


def test_no_other_picture_may_have_a_style() -> None:
    policy = dict(complete([(b"content-type", b"image/svg+xml")]))[b"content-security-policy"]
    assert policy.startswith(b"default-src 'none'")
    assert b"unsafe" not in policy


async def test_each_script_and_style_of_datasette_has_the_nonce(site: Datasette) -> None:
    nonces = set()
    for path in DATASETTE_PAGES:
        response = await site.client.get(path)
        policy = response.headers["content-security-policy"]
        (nonce,) = set(re.findall(r"'nonce-([\w-]{20,})'", policy))
        scripts = re.findall(r"<script([^>]*)>", response.text)
        assert scripts or response.status_code == 404
        assert all(f'nonce="{nonce}"' in script for script in scripts), path
        for handler in re.findall(r' on\w+="([^"]*)"', response.text):
            digest = base64.b64encode(hashlib.sha256(handler.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy, handler
        assert "unsafe-inline" not in policy
        assert f"style-src 'self' 'nonce-{nonce}';" in policy
        styles = re.findall(r"<style([^>]*)>", response.text)
        assert all(f'nonce="{nonce}"' in style for style in styles), path
        assert not re.search(r"<[^>]* style=", response.text), path
        nonces.add(nonce)
    assert len(nonces) == len(DATASETTE_PAGES)


async def test_a_script_that_got_into_a_page_has_no_nonce(site: Datasette) -> None:
    query = "/evidence/-/query?sql=select+'<script>alert(1)</script>'"
    response = await site.client.get(query)
    assert "alert(1)" in response.text
    assert not re.search(r"<script[^>]*>alert", response.text)


async def test_a_style_that_got_into_a_page_has_no_nonce(site: Datasette) -> None:
    sql = 'select \'<style>*{color: red}</style><p style="color: red">\' as "</style><style>*{}"'
    response = await site.client.get(f"/evidence/-/query?{urlencode({'sql': sql})}")
    assert "color: red" in response.text
    assert not re.search(r"<style[^>]*>\s*\*", response.text)
    assert not re.search(r"<[^>]* style=", response.text)


async def test_no_page_of_datasette_leads_to_a_closed_address(site: Datasette) -> None:
    for path in DATASETTE_PAGES:
        page = (await site.client.get(path)).text
        assert "/-/jump" not in page
        assert "navigation-search" not in page


@pytest.mark.parametrize("ending", ["", ".json"])
async def test_what_tells_of_the_server_is_closed(site: Datasette, ending: str) -> None:
    for name in CLOSED:
        response = await site.client.get(f"/-/{name}{ending}")
        assert response.status_code == 403, name
        assert "not open to visitors" in response.text, name


async def test_what_writes_is_closed(site: Datasette) -> None:
    for path in CLOSED_BELOW:
        for response in (await site.client.get(path), await site.client.post(path, json={})):
            assert response.status_code == 403, path


async def test_nothing_else_has_the_form_of_a_closed_address(site: Datasette) -> None:
    """Every address of Datasette with /-/ is open by name or closed."""
    for regex, _ in site._routes():
        pattern = regex.pattern
        if pattern.startswith("/") and "/-/" in pattern:
            path = re.sub(r"\(\?P<\w+>[^)]*\)", "x", pattern.rstrip("$"))
            path = re.sub(r"\((?:\\\.x)?\)\?|\\", "", path).replace("(/x)?", "")
            response = await site.client.get(path, follow_redirects=True)
            assert response.status_code in (200, 403, 404, 405), pattern
            assert [at.url.path for at in response.history] in ([], ["/x/-/query"]), pattern


async def test_health_says_which_data_is_served(site: Datasette) -> None:
    rows = await site.get_database("evidence").execute("select data_version from build")
    response = await site.client.get("/health")
    assert response.json() == {"ok": True, "data_version": rows.single_value()}
    assert response.headers["cache-control"] == "no-store"


async def test_no_cookie_is_set(site: Datasette) -> None:
    signed = site.sign([["hello", 1]], "messages")
    for path in ("/", "/evidence", "/evidence/studies", "/no-such-page"):
        response = await site.client.get(path, cookies={"ds_messages": signed})
        for cookie in response.headers.get_list("set-cookie"):
            assert "httponly" in cookie.lower()
            assert "samesite" in cookie.lower()


def test_a_cookie_of_another_plugin_is_closed_to_scripts_and_other_sites() -> None:
    begin_answer()
    found = dict(complete([(b"Set-Cookie", b"a=b; Path=/")]))
    assert found[b"set-cookie"] == b"a=b; Path=/; HttpOnly; SameSite=Lax"
    found = dict(complete([(b"set-cookie", b"a=b; samesite=strict; httponly")]))
    assert found[b"set-cookie"] == b"a=b; samesite=strict; httponly"


@pytest.mark.parametrize(
    "host", [b"[::1", b"a b", b"a/b", b"", b"\xff", b"example.org:", b"a@b", b"example.org:123456"]
)
async def test_a_host_that_is_none_is_refused(site: Datasette, host: bytes) -> None:
    status, headers, body = await ask(site, headers=((b"host", host),))
    assert status == 400
    assert body == b"The Host header is not the name of a host.\n"
    assert b"content-security-policy" in headers


@pytest.mark.parametrize("host", [b"localhost:8001", b"[::1]:8001", b"127.0.0.1", b"map.example"])
async def test_a_host_that_is_one_is_answered(site: Datasette, host: bytes) -> None:
    assert (await ask(site, headers=((b"host", host),)))[0] == 200


async def test_two_hosts_are_refused(site: Datasette) -> None:
    assert (await ask(site, headers=((b"host", b"a"), (b"host", b"b"))))[0] == 400


async def test_a_request_that_stops_before_its_end_is_refused(site: Datasette) -> None:
    status, _, body = await ask(site, method="POST", path="/contribute", is_cut_short=True)
    assert (status, body) == (400, b"The request stops before its end.\n")


@pytest.mark.parametrize("path", ["http://elsewhere.example/", "elsewhere.example/", "*", ""])
async def test_an_address_of_another_site_leads_nowhere(site: Datasette, path: str) -> None:
    status, headers, body = await ask(site, path=path)
    assert (status, body) == (400, b"An address starts with a slash.\n")
    assert b"location" not in headers


@pytest.mark.parametrize("path", ["//elsewhere.example/", "///elsewhere.example/x/"])
async def test_slashes_lead_to_no_other_site(site: Datasette, path: str) -> None:
    _, headers, _ = await ask(site, path=path)
    assert not headers.get(b"location", b"").startswith(b"//")


async def test_an_address_and_headers_have_an_end(site: Datasette) -> None:
    """Though they come all at once: what the server waits for has the same bound."""
    room = limits.LONGEST_HEADERS - len("/health") - len("host") - len("map.example.org")
    said = b"The address and the headers are longer than 32,768 bytes.\n"
    assert (await ask(site, path="/health", query="x" * room))[0] == 200
    status, _, body = await ask(site, path="/health", query="x" * (room + 1))
    assert (status, body) == (414, said)
    headers = ((b"host", b"map.example.org"), (b"cookie", b"x" * room))
    status, _, body = await ask(site, path="/health", headers=headers)
    assert (status, body) == (431, said)


async def test_a_body_has_an_end(site: Datasette) -> None:
    long = b"x" * (limits.LONGEST_BODY + 1)
    status, _, body = await ask(site, method="POST", path="/contribute", body=long)
    assert (status, body) == (413, b"The body is longer than 256,000 bytes.\n")


async def test_a_body_that_does_not_come_is_waited_for_so_long(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SECONDS_FOR_BODY", 0)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return await never()

    async def collect(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/contribute.json", "headers": []}
    await gate.gate(site.app())(scope, receive, collect)
    assert sent[0]["status"] == 408
    assert b"took too long to arrive" in sent[1]["body"]


async def never() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "X"])
async def test_only_some_methods_are_answered(site: Datasette, method: str) -> None:
    status, headers, _ = await ask(site, method=method)
    assert status == 405
    assert b"content-security-policy" in headers


Fails = Callable[..., Awaitable[None]]


def failing(error: BaseException) -> Fails:
    async def fail(*_: object, **__: object) -> None:
        raise error

    return fail


async def test_a_failure_in_datasette_is_the_request_s(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "table_exists", failing(KeyError("a secret")))
    for path in ("/evidence/studies.json", "/evidence/studies.csv", "/evidence/studies"):
        response = await site.client.get(path)
        assert response.status_code == 400
        assert errors.NOT_UNDERSTOOD in response.text
        assert "secret" not in response.text
        assert "KeyError" not in response.text


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        (sqlite3.SQLITE_CORRUPT, 503, errors.DAMAGED),
        (sqlite3.SQLITE_NOTADB, 503, errors.DAMAGED),
        (sqlite3.SQLITE_IOERR_READ, 503, errors.DAMAGED),
        (sqlite3.SQLITE_TOOBIG, 400, errors.TOO_LONG),
        (sqlite3.SQLITE_ERROR, 400, "no such thing"),
    ],
)
async def test_a_failure_of_the_database_says_whose_it_is(
    site: Datasette, monkeypatch: pytest.MonkeyPatch, code: int, status: int, said: str
) -> None:
    error = sqlite3.DatabaseError("no such thing")
    error.sqlite_errorcode = code
    monkeypatch.setattr(Database, "table_exists", failing(error))
    response = await site.client.get("/evidence/studies.json")
    assert (response.status_code, response.json()["error"]) == (status, said)


async def test_a_query_out_of_memory_says_so(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "table_exists", failing(MemoryError()))
    response = await site.client.get("/evidence/studies.json")
    assert (response.status_code, response.json()["error"]) == (400, errors.TOO_LARGE)


async def test_a_page_without_memory_is_not_the_reader_s_fault(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(codebook_page, "read_rules", fail)
    monkeypatch.setattr(limits, "SECONDS_BETWEEN_READS", 0)
    page = await get(site, "/codebook", status=503)
    assert texts(page, "h1")


async def test_odd_requests_find_no_fault(site: Datasette) -> None:
    """A short form of bench/attack_requests.py."""
    statuses, faults = await attack(site, count=250, seed=20)
    assert faults == []
    assert {200, 400, 403, 404, 405} <= set(statuses)
