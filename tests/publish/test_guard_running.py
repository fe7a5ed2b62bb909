"""Statements that run: who is late is ended from outside, and strangers end for a page's memory."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

import pytest
from bench.attack_connections import ENDLESS
from datasette.app import Datasette
from datasette.database import QueryInterrupted

from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.running import RUNNING, read_before_strangers
from marginal_risk.publish.guard.sql import GuardedConnection, guard
from marginal_risk.publish.reading import readers_of
from marginal_risk.publish.server import open_site, yield_to_pages
from places import ROOT

Open = Callable[[], GuardedConnection]


@pytest.fixture
def open_connection(database: Path) -> Iterator[Open]:
    """Return what opens a connection for pages; ``guard`` makes it one for strangers."""
    opened: list[GuardedConnection] = []

    def connect() -> GuardedConnection:
        uri = f"{database.as_uri()}?immutable=1"
        opened.append(
            sqlite3.connect(uri, uri=True, check_same_thread=False, factory=GuardedConnection)
        )
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


class Endless:
    """A statement without an end, in a thread of its own."""

    def __init__(self, connection: GuardedConnection) -> None:
        self.fault = ""
        self.is_seen = threading.Event()
        self._may_end = threading.Event()
        self._connection = connection
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self.is_seen.wait(timeout=60)

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def end(self) -> str:
        """Let its time be up, where it still runs; return how it ended."""
        self._may_end.set()
        self._thread.join(timeout=60)
        return self.fault

    def _run(self) -> None:
        self._connection.set_progress_handler(self._look, 1_000)
        try:
            self._connection.execute(ENDLESS).fetchone()
        except sqlite3.OperationalError as error:
            self.fault = str(error)
        finally:
            self._connection.set_progress_handler(None, 1_000)

    def _look(self) -> int:
        self.is_seen.set()
        return int(self._may_end.is_set())


def test_a_late_statement_is_ended_and_never_asks_by_itself(open_connection: Open) -> None:
    """A statement that asked would wait for Python's lock each time, and make pages wait for it."""
    connection = open_connection()
    guard(connection)
    asking: list[int] = []

    def look() -> int:
        asking.append(threading.get_ident())
        return int(len(asking) > 2)

    connection.set_progress_handler(look, 1)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        connection.execute(ENDLESS).fetchone()
    connection.set_progress_handler(None, 1)
    assert threading.get_ident() not in asking
    # The one after it has a clock of its own, or none.
    count = ENDLESS.replace("from n)", "from n limit 300000)")
    assert connection.execute(count).fetchone()[0] == 300_000


def test_for_a_page_strangers_statements_end_and_a_page_s_own_do_not(open_connection: Open) -> None:
    stranger, page = open_connection(), open_connection()
    guard(stranger)
    of_stranger, of_page = Endless(stranger), Endless(page)

    def read() -> str:
        if of_stranger.is_running:
            raise MemoryError
        return "read"

    assert read_before_strangers(read) == "read"
    assert of_stranger.fault == "interrupted"
    RUNNING.end_strangers()
    assert of_page.is_running
    assert of_page.end() == "interrupted"


async def test_a_page_reads_so(site: Datasette, open_connection: Open) -> None:
    stranger = open_connection()
    guard(stranger)
    endless = Endless(stranger)

    def read(connection: sqlite3.Connection) -> int:
        if endless.is_running:
            raise MemoryError
        return int(connection.execute("select 1").fetchone()[0])

    try:
        assert await readers_of(site.get_database("evidence")).read(read) == 1
    finally:
        endless.end()


def test_where_nothing_gives_memory_back_a_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0

    def read() -> None:
        nonlocal reads
        reads += 1
        raise MemoryError

    monkeypatch.setattr(limits, "SECONDS_BETWEEN_READS", 0)
    with pytest.raises(MemoryError):
        read_before_strangers(read)
    assert reads == limits.MOST_READS + 1


STRANGERS = """
import json, sqlite3, sys, threading
from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.process import limit_process
from marginal_risk.publish.guard.running import read_before_strangers
from marginal_risk.publish.guard.sql import GuardedConnection, guard

limits.MOST_HEAP = 16_000_000
limit_process(0)
words = f"file:{sys.argv[1]}?immutable=1"
stranger = sqlite3.connect(words, uri=True, check_same_thread=False, factory=GuardedConnection)
guard(stranger)
text = "[" + ",".join("1" * 40_000) + "]"

def ask(arrays):
    tables = ", ".join(f"json_each(:text) a{i}" for i in range(arrays))
    return stranger.execute(f"select 1 from {tables}", {"text": text})

def fits(arrays):
    try:
        return ask(arrays).fetchone()
    except MemoryError:
        return False

def hold(arrays):
    stranger.set_progress_handler(lambda: 0, 1)
    try:
        for _ in ask(arrays):  # that is, for years
            grown.set()
    except sqlite3.OperationalError as error:
        fault.append(str(error))
    finally:
        stranger.set_progress_handler(None, 1)

def read():
    page = sqlite3.connect(":memory:")
    try:
        arrays = ", ".join(f"json_each('{text}') a{i}" for i in range(3))
        return len(page.execute(f"select 1 from {arrays} limit 9").fetchall())
    finally:
        page.close()

fault, grown = [], threading.Event()
most = next(arrays for arrays in range(40, 0, -1) if fits(arrays))
holding = threading.Thread(target=hold, args=[most])
holding.start()
grown.wait()
try:
    without = read()
except MemoryError:
    without = "no memory"
found = read_before_strangers(read)
holding.join()
print(json.dumps([without, found, *fault]))
"""


def test_a_page_reads_though_a_stranger_has_all_of_sqlite_s_memory(database: Path) -> None:
    words = [sys.executable, "-c", STRANGERS, str(database)]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["no memory", 9, "interrupted"]


def cursors_of(traceback: TracebackType | None) -> Iterator[sqlite3.Cursor]:
    """Yield the cursors that the frames of an exception hold."""
    while traceback is not None:
        for value in traceback.tb_frame.f_locals.values():
            if isinstance(value, sqlite3.Cursor):
                yield value
        traceback = traceback.tb_next


async def test_an_error_holds_no_cursor_whose_end_waits_for_another_statement(
    site: Datasette,
) -> None:
    """The thread of all answers frees the error, and the cursor with it."""
    evidence = site.get_database("evidence")
    for sql in (ENDLESS, "select abs(-9223372036854775807 - 1)"):
        with pytest.raises((QueryInterrupted, sqlite3.Error)) as failed:
            await evidence.execute(sql, custom_time_limit=50)
        found = list(cursors_of(failed.value.__traceback__))
        context = failed.value.__context__
        found += cursors_of(context.__traceback__ if context else None)
        assert found
        for cursor in found:
            with pytest.raises(sqlite3.ProgrammingError, match="closed cursor"):
                cursor.fetchone()


def test_where_nothing_may_stand_back_strangers_sql_runs_all_the_same(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(_: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "nice", forbid)
    site = yield_to_pages(open_site(database, ROOT / "datasette.yml"))
    try:
        assert site.executor.submit(lambda: 1).result() == 1
    finally:
        site.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
def test_strangers_sql_stands_back_and_nothing_else_does(database: Path) -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    site = yield_to_pages(open_site(database, ROOT / "datasette.yml"))
    before = priority()
    try:
        found = site.executor.submit(priority).result()
        assert found == min(before + limits.NICENESS, 19)
        readers = readers_of(site.get_database("evidence"))
        assert readers._threads.submit(priority).result() == priority() == before
        assert site.executor._max_workers == site.setting("num_sql_threads")
        readers.close()
    finally:
        site.close()
