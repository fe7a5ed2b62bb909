"""Load: a database that is replaced under readers, a flood of addresses, and slow strangers."""

from __future__ import annotations

import http.client
import random
import re
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench.attack_connections import ENDLESS, Row, Served, served
from bench.invent import invent_data
from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database

READERS = 64
SECONDS = 60
SECONDS_BETWEEN_SWAPS = 5
FLOOD = 20_000
STRANGERS = (64, 200)
"""How many slow queries run at once: within the bound of a page, and while pages answer at all."""
LONG = 64_000
"""Bytes of the longest addresses of the flood; the server takes 32,768 bytes of headers."""
PAGES = ("/", "/gaps", "/codebook", "/studies", "/screening", "/next")
EDITIONS = ("Alder", "Birch")
_NAMED = re.compile(rb"Alder|Birch")


def measure_swap(
    database: Path,
    readers: int = READERS,
    seconds: float = SECONDS,
    between: float = SECONDS_BETWEEN_SWAPS,
) -> Iterator[Row]:
    """Yield the failed and the torn answers while the database is replaced under readers.

    Each edition calls all misuse vectors, and itself, by one name: an answer with both is torn.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        editions = [_edition(database, folder / f"{word}.db", word) for word in EDITIONS]
        live = folder / "evidence.db"
        shutil.copy(editions[0], live)
        counts = {"answers": 0, "failed": 0, "torn": 0, "swaps": 0}
        seen: set[bytes] = set()
        pages = (*PAGES, _page_of_a_vector(live))
        with served(live) as server:
            end = time.monotonic() + seconds
            threads = [
                threading.Thread(target=_read, args=(server, choose, end, counts, seen))
                for choose in [_chooser(pages, number) for number in range(readers)]
            ]
            for thread in threads:
                thread.start()
            while time.monotonic() + between < end:
                time.sleep(between)
                counts["swaps"] += 1
                shutil.copy(editions[counts["swaps"] % 2], folder / "next.db")
                (folder / "next.db").replace(live)
            for thread in threads:
                thread.join()
            megabytes = server.megabytes()
    yield Row(f"swap: failed of {counts['answers']:,} answers", counts["failed"], "== 0")
    yield Row(f"swap: torn, at {counts['swaps']} swaps", counts["torn"], "== 0")
    yield Row("swap: editions that were not seen", len(EDITIONS) - len(seen), "== 0")
    yield Row("swap: memory of the server, MB", megabytes, "<= 250")


def _edition(database: Path, path: Path, word: str) -> Path:
    shutil.copy(database, path)
    connection = sqlite3.connect(path)
    connection.execute("update vectors set name = ? || ' ' || slug", [word])
    connection.execute("update build set data_version = ?", [word])
    connection.commit()
    connection.close()
    return path


def _page_of_a_vector(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        (slug,) = connection.execute("select min(slug) from vectors").fetchone()
    return f"/vectors/{slug}"


def _chooser(pages: Sequence[str], seed: int) -> Callable[[], str]:
    chance = random.Random(seed)
    return lambda: chance.choice(pages)


def _read(
    server: Served, choose: Callable[[], str], end: float, counts: dict[str, int], seen: set[bytes]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    while time.monotonic() < end:
        try:
            connection.request("GET", choose())
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            counts["failed"] += 1
            connection.close()
            continue
        names = set(_NAMED.findall(body))
        counts["answers"] += 1
        counts["failed"] += response.status != 200
        counts["torn"] += len(names) != 1
        seen |= names
    connection.close()


def measure_flood(database: Path, addresses: int = FLOOD) -> Iterator[Row]:
    """Yield what distinct addresses, long ones among them, leave the server with."""
    choose = random.Random(0)
    with served(database) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for number in range(addresses):
            length = choose.choice((20, 2_000, 30_000, LONG))
            word = f"{number}x" * (length // (len(str(number)) + 1))
            path = choose.choice((f"/?vector={word}", f"/?x={word}", f"/studies?q={word}"))
            try:
                connection.request("GET", path)
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                connection.close()  # the address is too long
        connection.close()
        yield Row(f"flood: memory after {addresses:,} addresses, MB", server.megabytes(), "<= 250")
        yield Row("flood: the server is well (0: yes)", 0 if server.is_well() else 1, "== 0")


def measure_strangers(
    _: Path, strangers: Sequence[int] = STRANGERS, pages: int = 100
) -> Iterator[Row]:
    """Yield how long a page that is not kept takes beside strangers' slow queries."""
    with tempfile.TemporaryDirectory() as name:
        database = Path(name) / "evidence.db"
        build_database(read_corpus(invent_data(Path(name) / "data", 300)), database)
        with served(database) as server:
            quiet = _percentile(_times(server, pages, "quiet"))
            yield Row("strangers: p99 of a page not kept, without any, ms", quiet, "<= 250")
            for number in strangers:
                stop = threading.Event()
                threads = [
                    threading.Thread(target=_stranger, args=(server, stop)) for _ in range(number)
                ]
                for thread in threads:
                    thread.start()
                time.sleep(2)
                times = _times(server, pages, f"at{number}")
                bound = "<= 250" if number <= STRANGERS[0] else "<= 5000"
                what = f"strangers: p99 of a page not kept, with {number} slow queries, ms"
                yield Row(what, _percentile(times), bound)
                stop.set()
                for thread in threads:
                    thread.join()


def _times(server: Served, number: int, word: str) -> list[float]:
    """Return milliseconds of pages that are not kept; one that fails takes for ever."""
    found = []
    for each in range(number):
        path, query = random.Random(each).choice(
            [("/", {"vector": f"{word}{each}"}), ("/studies", {"q": f"model {word}{each}"})]
        )
        status, _, seconds = server.get(path, **query)
        found.append(1000 * seconds if status == 200 else float("inf"))
    return found


def _percentile(times: list[float]) -> float:
    return sorted(times)[int(0.99 * (len(times) - 1))]


def _stranger(server: Served, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            status, _, _ = server.get("/evidence/-/query.json", sql=ENDLESS)
        except OSError:
            continue
        if status == 503:
            stop.wait(1)
