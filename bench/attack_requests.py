"""Requests that nobody would send: seeded, in-process, each held to what every answer promises.

    python -m bench.attack_requests 100000

A fault is a status of 500 or more, a missing header, or Python in the answer.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import quote

from datasette.app import Datasette

from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.server import open_site
from marginal_risk.store.database import build_database

ROOT = Path(__file__).parents[1]
PART = 2_500
"""Requests of one seed."""
Outcome = tuple[Counter[int], list[str]]
"""How often each status came, and the faults."""

_PLACES = """
/ /studies /studies.json /studies.ris /studies.bib /comparisons /review /codebook /gaps /about
/data /trends /screening /next /agreement /contribute /health /contribute.json /map.svg /map.png
/feed.atom /sitemap.xml /robots.txt /cite.bib /embed /vectors/biosecurity/threat_identification
/vectors/biosecurity/cite.ris /vectors/biosecurity /steps/threat_identification /studies/gopal2023
/evidence /evidence.json /evidence.db /evidence/studies /evidence/studies.json
/evidence/studies.csv /evidence/gaps /evidence/judgements.json /evidence/studies_fts
/evidence/table_1.json /evidence/reasons_at_a_step /evidence/-/query /evidence/-/query.json
/evidence/-/query.csv /evidence/-/queries.json /evidence/-/schema.json /evidence/studies/gopal2023
/evidence/studies/gopal2023.json /evidence/studies/-/count /evidence/studies/-/schema
/evidence/table_1/-/definition /evidence/-/query/parameters /-/ /-/versions.json /-/config
/-/static/app.css /-/static-plugins/marginal-risk/marginal-risk.css /-/jump /-/patterns
/-/messages /-/allow-debug /evidence/-/create /evidence/studies/-/insert /favicon.ico
""".split()
_WORDS = """
sql _where _sort _sort_desc _facet _facet_array _facet_date _facet_size _size _next _col _nocol
_search _searchmode _search_title _through _shape _extra _labels _trace _stream _dl _nl _ttl
_timelimit _json _json_infinity _header _nofacet _nosuggest _nocount _context _blob_column
_blob_hash _hash year year__gt year__in year__arraycontains year__date year__isblank title__like
citekey__exact level step vector view q coder study type page from to sort format theme x :step
""".split()
_VALUES = (
    *("", "1", "-1", "0", "99999999999999999999", "1e309", "nan", "max", "null", "year", "title"),
    *("rowid", "[]", "{}", "[[[[", '{"table":"studies","column":"x","value":"y"}', "a,b,,c"),
    *("biosecurity", "objects", "arrays", "array", "object", "all", "columns", "rows", "on"),
    *("select 1", "select * from studies", "select :x", "select", "select 1;select 2", "1=1"),
    *("select zeroblob(9)", "with x as (select 1) select * from x", "explain select 1", "' or 1"),
    *("\0", "a\0b", "\N{GRINNING FACE}", "\udcff", "é", "'", '"', "]", "`", "%", "~", "~7E"),
    *("../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "\r\nSet-Cookie: a=b", "*" * 300),
    *("AND", "NEAR(a", '"', "a*", "title:a", "^", "-a", "(" * 300, "2024-13-45", "x" * 5_000),
)
_METHODS = ("GET", "GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "X")
_HEADERS = (
    (b"host", b"[::1"),
    (b"host", b"a b"),
    (b"host", b"example.org:99999999"),
    (b"host", b"\xff"),
    (b"cookie", b"ds_messages=x; ds_actor=y"),
    (b"cookie", b'a="\\'),
    (b"cookie", b"\xff=\xff; ;=;"),
    (b"authorization", b"Bearer dstok_x"),
    (b"authorization", b"Basic \xff"),
    (b"accept", b"application/json"),
    (b"accept-language", b"\xff"),
    (b"if-none-match", b'"", *, W/'),
    (b"content-type", b"application/json"),
    (b"content-type", b"application/x-www-form-urlencoded"),
    (b"content-type", b"multipart/form-data"),
    (b"content-type", b"multipart/form-data; boundary=x"),
    (b"content-length", b"-1"),
    (b"origin", b"null"),
    (b"origin", b"http://[::1"),
    (b"sec-fetch-site", b"cross-site"),
    (b"range", b"bytes=9-1"),
    (b"x-forwarded-for", b"::"),
)
_BODIES = (
    *(
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"sql": 1}',
        b"a=b&a=c&=",
        b"%ff=%00",
        b"\xff\xfe",
        b"x" * 9_000,
    ),
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="\xff"\r\n\r\n{}\r\n--x--\r\n',
    b"--x\r\n\r\n",
)
_PYTHON = (b"Traceback", b'File "/', b"object at 0x", b"Error('", b"NoneType", b"site-packages")


@dataclass(frozen=True)
class Odd:
    """A request."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    is_cut_short: bool


def requests(seed: int) -> Iterator[Odd]:
    """Yield requests without end, the same for a seed."""
    chance = random.Random(seed)
    while True:
        path = chance.choice(_PLACES)
        if chance.random() < 0.3:
            path = _change(chance, path)
        words = [(chance.choice(_WORDS), chance.choice(_VALUES)) for _ in range(_few(chance))]
        query = "&".join(f"{word}={_quote(chance, value)}" for word, value in words)
        headers = chance.sample(_HEADERS, _few(chance) // 2)
        if not any(name == b"host" for name, _ in headers):
            headers.append((b"host", b"map.example.org"))
        yield Odd(
            chance.choice(_METHODS),
            path,
            query,
            tuple(headers),
            chance.choice(_BODIES),
            chance.random() < 0.1,
        )


def _few(chance: random.Random) -> int:
    return min(int(chance.expovariate(0.6)), 8)


def _change(chance: random.Random, path: str) -> str:
    cut = chance.randrange(len(path) + 1)
    what = chance.choice(_VALUES)
    odd = chance.choice(("//", "/.", "/..", "%2F", "%00", "%ff", "~", "~ff", ".json", ".csv", ","))
    return path[:cut] + chance.choice((quote(what[:200], errors="replace"), odd)) + path[cut:]


def _quote(chance: random.Random, value: str) -> str:
    if chance.random() < 0.1:
        return chance.choice(("%", "%zz", "%ff%fe", "%00", "&&", "=", "+++"))
    return quote(value, errors="surrogateescape")


async def send(application: Any, odd: Odd) -> tuple[int, dict[bytes, bytes], bytes]:
    """Return what an application answers: the status, the headers and the body."""
    sent = [{"type": "http.request", "body": odd.body, "more_body": odd.is_cut_short}]
    answer: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return sent.pop(0) if sent else {"type": "http.disconnect"}

    async def collect(message: dict[str, Any]) -> None:
        answer.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": odd.method,
        "scheme": "http",
        "path": odd.path,
        "raw_path": odd.path.encode("latin-1", "replace"),
        "query_string": odd.query.encode("latin-1", "replace"),
        "root_path": "",
        "headers": list(odd.headers),
        "client": ("127.0.0.1", 9),
        "server": ("127.0.0.1", 80),
    }
    await application(scope, receive, collect)
    start = answer[0]
    body = b"".join(message.get("body", b"") for message in answer[1:])
    return start["status"], dict(start["headers"]), body


def fault(status: int, headers: dict[bytes, bytes], body: bytes) -> str | None:
    """Return what is wrong with an answer, or None."""
    if status >= 500:
        return f"status {status}"
    for name in (b"content-security-policy", b"x-content-type-options", b"referrer-policy"):
        if name not in headers:
            return f"no {name.decode()}"
    if b"frame-ancestors" not in headers[b"content-security-policy"]:
        return "anybody may frame it"
    if b"set-cookie" in headers:
        return "a cookie"
    if status >= 400:
        return next((f"{word.decode()} in it" for word in _PYTHON if word in body), None)
    return None


async def attack(site: Datasette, count: int, seed: int) -> Outcome:
    """Send so many requests; return how often each status came, and the faults."""
    application = site.app()
    statuses: Counter[int] = Counter()
    faults = []
    for odd, _ in zip(requests(seed), range(count), strict=False):
        try:
            status, headers, body = await send(application, odd)
        except Exception as error:
            status, wrong = 599, f"{type(error).__name__}: {error}"
        else:
            wrong = fault(status, headers, body)
        statuses[status] += 1
        if wrong:
            faults.append(f"{wrong}: {odd}")
    return statuses, faults


async def attack_published(count: int, seed: int) -> Outcome:
    """Attack the site of the published data."""
    with tempfile.TemporaryDirectory() as name:
        database = Path(name) / "evidence.db"
        build_database(read_corpus(ROOT / "data"), database)
        site = open_site(database, ROOT / "datasette.yml")
        await site.invoke_startup()
        try:
            return await attack(site, count, seed)
        finally:
            site.close()


def _attack_part(part: tuple[int, int]) -> Outcome:
    logging.getLogger("marginal_risk").setLevel(logging.CRITICAL)
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        return asyncio.run(attack_published(*part))


def main(count: int, seed: int) -> None:
    """Attack with so many requests, in parts of a few thousand, on all processors."""
    begin = time.monotonic()
    parts = [(min(PART, count - first), seed + first // PART) for first in range(0, count, PART)]
    statuses: Counter[int] = Counter()
    faults: list[str] = []
    with ProcessPoolExecutor(mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for some, wrong in pool.map(_attack_part, parts):
            statuses += some
            faults += wrong
            print(f"{statuses.total():,} requests, {len(faults)} faults", file=sys.stderr)
    seconds = time.monotonic() - begin
    seeds = f"{seed} to {seed + len(parts) - 1}"
    print(
        f"{count:,} requests of seeds {seeds} in {seconds:.0f} s: {dict(sorted(statuses.items()))}"
    )
    for line in faults[:20]:
        print(line[:600])
    if faults:
        sys.exit(f"{len(faults):,} faults")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
