"""How fast the map answers, against other answers of the same server."""

import http.client
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.invent import ROOT
from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database

Row = tuple[str, float, str]
"""What was measured, the ratio, and the bound it is held to."""


def measure() -> Iterator[Row]:
    """Yield the ratios of the site."""
    with tempfile.TemporaryDirectory() as name:
        small = Path(name) / "small.db"
        build_database(read_corpus(ROOT / "data"), small)
        with serving(small, size=1) as get:
            size = len(get("/"))
        with serving(small, size=size) as get:
            yield (
                "kept / against a constant of the same size, requests per second",
                pairwise(lambda: rate(get, "/constant", 300), lambda: rate(get, "/", 300)),
                ">= 0.6",
            )
            yield (
                "kept / against Datasette's page of the judgements, requests per second",
                pairwise(
                    lambda: rate(get, "/evidence/judgements", 10), lambda: rate(get, "/", 200)
                ),
                ">= 20",
            )


def pairwise(floor, measured, rounds: int = 5) -> float:
    """Return the median over rounds of measured / floor, the two in turn."""
    ratios = []
    for _ in range(rounds):
        base = floor()
        ratios.append(measured() / base)
    return statistics.median(ratios)


def rate(get, path: str, requests: int, number: Iterator[int] | None = None) -> float:
    """Return requests per second; a '{}' in the path is filled with the next number."""
    start = time.perf_counter()
    for _ in range(requests):
        get(path.format(next(number)) if number else path)
    return requests / (time.perf_counter() - start)


@contextmanager
def serving(database: Path, size: int, kept_bytes: int = 64_000_000) -> Iterator[object]:
    """Serve a database in a process of its own; yield a function that gets a path.

    Of the pages that were made, so many bytes are kept.
    """
    words = [sys.executable, "-m", "bench.server", str(database), str(size), str(kept_bytes)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(path: str) -> bytes:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, (path, response.status)
        return body

    get.port, get.process = port, process.pid
    try:
        get("/")
        yield get
    finally:
        connection.close()
        process.terminate()
        process.wait()
        process.stdout.close()
