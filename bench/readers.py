"""Where one machine ends: a day of ten million readers, from figures measured here.

``python -m bench.readers`` measures a frozen copy served by nginx, and one server of the map behind
nginx with its cache, each for a few seconds. From these it works out a day, and writes both into
docs/scale.md. It needs nginx and wrk. TLS is not measured.
"""

import gzip
import math
import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from bench.invent import ROOT
from bench.page import as_table, put_table
from bench.site import serving

READERS = 10_000_000
PAGES_OF_A_READER = 3
"""Pages that a reader opens, on average; each reader also fetches the style sheet once."""
FILTERS, QUERIES = 0.03, 0.002
"""Shares of the pages that are a filter or a search, and SQL; each is asked once only."""
PEAK = 1.8
"""The busiest hour against the mean; the day is a sine."""
BUSY = 0.5
"""How much of a core may be used in the busiest hour."""
LIFETIMES = (60, 600, 3600)
REPLICAS = 3
HOUR, DAY = 3600, 86_400
SECONDS = "3s"

HOURS = [1 + (PEAK - 1) * math.sin(2 * math.pi * (hour - 8) / 24) for hour in range(24)]
SHARES = [0.0, *accumulate(weight / sum(HOURS) for weight in HOURS)]
"""The part of a day's requests that has come at the start of each hour, and at its end."""


class Measured(NamedTuple):
    """Requests per second of one core, and bytes as they are sent."""

    files: float
    """Pages of the frozen copy, by nginx."""
    hits: float
    """Pages that nginx has in its cache."""
    kept: float
    """Pages that the server has made before, behind nginx without its cache."""
    filters: float
    """The map, each time with another filter."""
    queries: float
    """SQL that is another each time."""
    sizes: tuple[int, ...]
    """Bytes of each page of the frozen copy, compressed; the map first."""
    style: int
    """Bytes of the style sheet, compressed."""
    filtered: int
    """Bytes of a page with a filter, compressed."""


class Day(NamedTuple):
    """A day of readers behind a cache."""

    pages: float
    """Requests for pages that can be kept."""
    styles: float
    filters: float
    queries: float
    misses: list[int]
    """In each hour, requests for pages that the cache did not have any more."""
    sent: float
    """Bytes."""

    @property
    def requests(self) -> float:
        """All requests of the day."""
        return self.pages + self.styles + self.filters + self.queries

    @property
    def hit_rate(self) -> float:
        """The share of all requests that the cache answers."""
        return 1 - (sum(self.misses) + self.filters + self.queries) / self.requests


def simulate(measured: Measured, readers: int, lifetime: int, seed: int = 0) -> Day:
    """Return a day of readers whose pages a cache keeps for ``lifetime`` seconds.

    Page number k is asked 1/k as often as the first (Zipf), at random times that follow the day.
    Each miss is drawn: the first request after the page has gone from the cache. The hits between
    two misses need not be.
    """
    choose = random.Random(seed)
    opened = readers * PAGES_OF_A_READER
    filters, queries = opened * FILTERS, opened * QUERIES
    pages = opened - filters - queries
    sizes = [measured.sizes[0], *choose.sample(measured.sizes[1:], len(measured.sizes) - 1)]
    whole = sum(1 / rank for rank in range(1, len(sizes) + 1))
    misses = [0] * 24
    for rank in range(1, len(sizes) + 1):
        asked = pages / rank / whole
        share = choose.expovariate(asked)
        while share < 1:
            hour = bisect_right(SHARES, share) - 1
            misses[hour] += 1
            gone = _time_at(share, hour) + lifetime
            if gone >= DAY:
                break
            share = _share_at(gone) + choose.expovariate(asked)
    page = sum(size / rank for rank, size in enumerate(sizes, 1)) / whole
    sent = pages * page + readers * measured.style + (filters + queries) * measured.filtered
    return Day(pages, readers, filters, queries, misses, sent)


def _time_at(share: float, hour: int) -> float:
    within = (share - SHARES[hour]) / (SHARES[hour + 1] - SHARES[hour])
    return HOUR * (hour + within)


def _share_at(second: float) -> float:
    hour = int(second // HOUR)
    return SHARES[hour] + (SHARES[hour + 1] - SHARES[hour]) * (second / HOUR - hour)


def servers_load(day: Day, measured: Measured) -> float:
    """Return how many cores the servers behind the cache use up in the busiest hour."""
    peak = max(HOURS) / sum(HOURS) / HOUR
    missed = max(day.misses) / HOUR / measured.kept
    asked = day.filters / measured.filters + day.queries / measured.queries
    return missed + asked * peak


def most_filters(day: Day, measured: Measured) -> float:
    """Return the share of pages that may be filters before the replicas are too busy."""
    spare = REPLICAS * BUSY - servers_load(day, measured)
    a_filter = max(HOURS) / sum(HOURS) / HOUR / measured.filters
    return (day.filters + spare / a_filter) / (day.pages + day.filters + day.queries)


def cores(load: float) -> int:
    """Return how many cores bear a load without being too busy."""
    return max(1, math.ceil(load / BUSY))


def measure() -> Measured:
    """Measure a frozen copy and a server on this machine."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database, copy = folder / "evidence.db", folder / "copy"
        words = ["marginal-risk", "freeze", "--database", str(database), str(copy)]
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
        pages = sorted(copy.rglob("*.html"), key=lambda path: (path != copy / "index.html", path))
        for page in pages:
            packed = gzip.compress(page.read_bytes(), 6)
            page.with_name(f"{page.name}.gz").write_bytes(packed)
        sizes = tuple(page.with_name(f"{page.name}.gz").stat().st_size for page in pages)
        with nginx(folder, f"root {copy}; gzip_static on;") as port:
            files = wrk(port, '"/"')
        style = next(copy.rglob("marginal-risk*.css")).read_bytes()
        with serving(database, size=1) as get:
            filtered = len(gzip.compress(get("/?to=2999"), 6))
            upstream = f"location / {{ proxy_pass http://127.0.0.1:{get.port}; }}"
            with nginx(folder, upstream, cache_of_the_page(folder)) as port:
                hits = wrk(port, '"/"')
            with nginx(folder, upstream) as port:
                kept = wrk(port, '"/"')
                filters = wrk(port, '"/?to=3" .. string.format("%03d", n)')
                sql = (
                    '"/evidence/-/query.json?sql=select+citekey+from+studies+limit+9+offset+" .. n'
                )
                queries = wrk(port, sql, connections=3)
    return Measured(
        *(files, hits, kept, filters, queries), sizes, len(gzip.compress(style, 6)), filtered
    )


def cache_of_the_page(folder: Path) -> str:
    """Return the lines of docs/hosting.md that give nginx a cache, which is put into a folder."""
    page = (ROOT / "docs" / "hosting.md").read_text("utf-8")
    (lines,) = re.findall(r"```conf\n(.*?)```", page, re.DOTALL)
    return lines.replace("/var/cache/nginx/map", str(folder / "cache"))


@contextmanager
def nginx(folder: Path, server: str, lines: str = "") -> Iterator[int]:
    """Run nginx with one worker; yield its port."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise SystemExit("bench.readers needs nginx: apt-get install nginx-light")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nuser root;\nworker_processes 1;\npid {folder}/pid;\nevents {{}}\n"
        "http {\ntypes { text/html html; text/css css; }\naccess_log off;\n"
        f"proxy_http_version 1.1;\nproxy_set_header Host $host;\n{temporary}{lines}\n"
        f"server {{\nlisten 127.0.0.1:{port};\n{server}\n}}\n}}\n",
        "utf-8",
    )
    log = str(folder / "error.log")
    process = subprocess.Popen([program, "-e", log, "-c", str(folder / "nginx.conf")])
    try:
        for _ in range(100):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def wrk(port: int, path: str, connections: int = 8) -> float:
    """Return requests per second; ``path`` is Lua, with n the number of the request.

    Raises:
        ValueError: something else than pages was answered.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(
            'n = 0\nwrk.headers["Accept-Encoding"] = "gzip"\nfunction request()\n'
            f' n = n + 1\n return wrk.format("GET", {path})\nend\n'
        )
        script.flush()
        words = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}", "-s", script.name]
        told = subprocess.run(
            [*words, f"http://127.0.0.1:{port}"], check=True, capture_output=True, text=True
        ).stdout
    if "Non-2xx" in told:
        raise ValueError(f"{path}: {told}")
    return float(re.findall(r"Requests/sec: +([\d.]+)", told)[0])


def as_markdown(measured: Measured, days: Sequence[Day]) -> str:
    """Return the part of the page; a day for each lifetime."""
    peak = max(HOURS) / sum(HOURS) / HOUR
    speeds = as_table(
        ("what is asked", "requests a second"),
        [
            ("the map of the frozen copy, from nginx", f"{measured.files:,.0f}"),
            ("the map, from the cache of nginx", f"{measured.hits:,.0f}"),
            ("the map, kept by the server, through nginx", f"{measured.kept:,.0f}"),
            ("the map with another filter each time", f"{measured.filters:,.0f}"),
            ("SQL, another each time", f"{measured.queries:,.0f}"),
        ],
        align="---",
    )
    day = days[0]
    total, gigabytes = day.requests, day.sent / 1e9
    copy_cores = cores(total * peak / measured.files)
    frozen = as_table(
        ("requests, millions", "at the peak, a second", "sent, GB", "cores of nginx"),
        [(f"{total / 1e6:.0f}", f"{total * peak:,.0f}", f"{gigabytes:,.0f}", f"{copy_cores}")],
    )
    rows = []
    for lifetime, day in zip(LIFETIMES, days, strict=True):
        load = servers_load(day, measured)
        reaching = max(day.misses) / HOUR + (day.filters + day.queries) * peak
        proxy = total * day.hit_rate * peak / measured.hits + reaching / measured.kept
        rows.append(
            (
                *(f"{lifetime:,}", f"{100 * day.hit_rate:.1f}", f"{reaching:,.0f}"),
                *(f"{100 * load / REPLICAS:.0f}", f"{cores(load)}", f"{cores(proxy)}"),
                f"{day.sent / 1e9:,.0f}",
            )
        )
    one = READERS / 1e6 * BUSY / servers_load(days[0], measured)
    head = (
        *("kept, seconds", "answered by the cache, %", "reach the servers at the peak, a second"),
        *(f"load of each of {REPLICAS} replicas, %", "replicas needed", "cores of nginx"),
        "sent, GB",
    )
    return (
        f"{speeds}\nOne core of nginx or one server process, {SECONDS[:-1]} seconds each, on a"
        f" machine of {os.cpu_count()} cores, without TLS. What is sent is"
        f" counted without headers.\n\n"
        f"Assumed: {READERS:,} readers in a day; each opens {PAGES_OF_A_READER} pages and fetches"
        f" the style sheet once. Page number k of {len(measured.sizes):,} is opened 1/k as often as"
        f" the first. Of the pages, {100 * FILTERS:g} % are filters or searches and"
        f" {100 * QUERIES:g} % are SQL, which no cache has. The busiest hour has {PEAK:g} times the"
        f" mean, and a core is then busy for {100 * BUSY:g} % at most.\n\n"
        f"The frozen copy; what would be a filter or SQL is the page that says that it needs a"
        f" server, counted like a page with a filter:\n\n{frozen}\n"
        f"{REPLICAS} replicas behind one nginx, by how long its cache keeps a page:\n\n"
        f"{as_table(head, rows)}\nWith the first of these lifetimes, {REPLICAS} replicas are too"
        f" busy where more than {100 * most_filters(days[0], measured):.0f} % of the pages are"
        f" filters. One bears {one:.0f} million readers in a day of the kind above.\n"
    )


def main() -> None:
    """Measure, simulate, and put both into the page."""
    measured = measure()
    text = as_markdown(measured, [simulate(measured, READERS, kept) for kept in LIFETIMES])
    put_table("bench.readers", text)
    print(text)


if __name__ == "__main__":
    main()
