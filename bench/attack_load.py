"""Load: a database that is replaced under readers, a flood of addresses, and slow strangers."""

from __future__ import annotations

import http.client
import math
import random
import re
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import cycle, islice
from pathlib import Path

from bench.attack_connections import ENDLESS, Row, Served, served
from bench.invent import invent_data
from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database

READERS = 64
SECONDS = 60
SECONDS_BETWEEN_SWAPS = 5
REFUSED = 20_000
ANSWERED = 5_000
"""How many addresses of the flood are too long, and how many are not."""
LONG = 64_000
WITHIN = 32_000
"""Bytes of the longest addresses of both; the server takes 32,768 with the headers."""
STRANGERS = (64, 200)
"""How many slow queries run at once: within the bound of a page, and while pages answer at all."""
SLOW = (ENDLESS, f"{ENDLESS} where i like '%1'")
"""Queries that take all the time they get; in one, Python is called for each row."""
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


def measure_flood(
    database: Path, refused: int = REFUSED, answered: int = ANSWERED
) -> Iterator[Row]:
    """Yield what distinct addresses leave the server with: too long ones, and others."""
    choose = random.Random(0)
    with served(database) as server:
        for count, lengths, right, what in (
            (refused, (LONG,), {414, 431}, f"of {LONG:,} bytes, not refused"),
            (answered, (20, 2_000, WITHIN), {200}, f"of up to {WITHIN:,} bytes, not answered"),
        ):
            statuses = [_ask_at_length(server, n, choose.choice(lengths)) for n in range(count)]
            wrong = sum(status not in right for status in statuses)
            yield Row(f"flood: addresses {what}, of {count:,}", wrong, "== 0")
            yield Row(f"flood: memory after {count:,} of these, MB", server.megabytes(), "<= 250")
        yield Row("flood: the server is well (0: yes)", 0 if server.is_well() else 1, "== 0")


def _ask_at_length(server: Served, number: int, length: int) -> int:
    """Ask for a page at an address of about so many bytes, which no other number has."""
    path, word = (("/", "vector"), ("/", "x"), ("/studies", "q"))[number % 3]
    text = f"{number}x" * (length // (len(str(number)) + 1) + 1)
    status, _, _ = server.get(path, **{word: text[:length]})
    return status


def measure_memory(_: Path, pages: int = 100) -> Iterator[Row]:
    """Yield the pages that strangers kept from reading, who hold all memory that SQLite has."""
    with _large_site() as server:
        asked, failed = 0, 0
        for few in range(3):
            with _beside(server, [holding(60), holding(4 + 2 * few)]):
                times = _times(server, pages // 3, f"memory{few}")
            asked += len(times)
            failed += sum(math.isinf(each) for each in times)
        yield Row(f"memory: pages that failed beside who holds it, of {asked}", failed, "== 0")
        yield Row("memory: megabytes of the server", server.megabytes(), "<= 250")


def holding(arrays: int) -> str:
    """Return a statement that holds so many arrays, almost a megabyte each, for its whole time."""
    tables = ", ".join(f"json_each(t.a) a{number}" for number in range(arrays))
    doubled = "select '1', 0 union all select a || ',' || a, n + 1 from d where n < 15"
    whole = "t(a) as materialized (select '[' || a || ']' from d where n = 15)"
    return f"with recursive d(a, n) as ({doubled}), {whole} select count(*) from t, {tables}"


def measure_strangers(
    _: Path, strangers: Sequence[int] = STRANGERS, pages: int = 100
) -> Iterator[Row]:
    """Yield how long a page that is not kept takes beside strangers' slow queries."""
    with _large_site() as server:
        quiet = _percentile(_times(server, pages, "quiet"))
        yield Row("strangers: p99 of a page not kept, without any, ms", quiet, "<= 250")
        for number in strangers:
            with _beside(server, list(islice(cycle(SLOW), number))):
                times = _times(server, pages, f"at{number}")
            bound = "<= 250" if number <= STRANGERS[0] else "<= 5000"
            what = f"strangers: p99 of a page not kept, with {number} slow queries, ms"
            yield Row(what, _percentile(times), bound)


@contextmanager
def _large_site() -> Iterator[Served]:
    """Serve a map of some hundred studies."""
    with tempfile.TemporaryDirectory() as name:
        database = Path(name) / "evidence.db"
        build_database(read_corpus(invent_data(Path(name) / "data", 300)), database)
        with served(database) as server:
            yield server


@contextmanager
def _beside(server: Served, statements: Sequence[str]) -> Iterator[None]:
    """Have a stranger send each of these statements, again and again."""
    stop = threading.Event()
    threads = [threading.Thread(target=_stranger, args=(server, sql, stop)) for sql in statements]
    for thread in threads:
        thread.start()
    try:
        time.sleep(2)
        yield
    finally:
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


def _stranger(server: Served, sql: str, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            status, _, _ = server.get("/evidence/-/query.json", sql=sql)
        except OSError:
            continue
        if status == 503:
            stop.wait(1)
