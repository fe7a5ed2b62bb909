"""How many connections the server holds, and how long a client may keep each waiting."""

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from bench.attack_connections import ENDLESS, served
from bench.attack_sql import measure_sql
from uvicorn.server import ServerState

from marginal_risk.publish.guard import limits, process
from marginal_risk.publish.guard.connections import NO_REQUEST, GuardedProtocol
from marginal_risk.publish.guard.gate import TOO_LONG
from places import ROOT

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
Connect = Callable[[], Any]


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read the request, and answer with a few bytes, or with more than any buffer holds."""
    while (await receive()).get("more_body"):
        pass
    size = 50_000_000 if scope["path"] == "/large" else 2
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x" * size})


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Connect, ServerState]]:
    """Listen with the protocol; yield what connects to it, and what the server holds."""
    config = uvicorn.Config(answer, lifespan="off", h11_max_incomplete_event_size=4_096)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: GuardedProtocol(config, state, {}), "127.0.0.1", 0, backlog=8
    )
    port = server.sockets[0].getsockname()[1]

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", port, limit=2**16)

    try:
        yield connect, state
    finally:
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await server.wait_closed()


async def closed(reader: asyncio.StreamReader) -> bytes:
    """Return what comes before the server closes the connection."""
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


async def test_a_connection_that_asks_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS_FOR_HEADERS", 0)
    async with listening() as (connect, _):
        reader, writer = await connect()
        assert await closed(reader) == b""
        writer.close()


async def test_headers_that_do_not_end_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS_FOR_HEADERS", 0.05)
    async with listening() as (connect, _):
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n")
        assert await closed(reader) == b""
        writer.close()


async def test_one_connection_too_many_closes_the_one_that_is_idle_for_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 2)
    async with listening() as (connect, _):
        (first, one), (_, two) = await connect(), await connect()
        reader, three = await connect()
        assert await closed(first) == b""
        three.write(WHOLE)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        for writer in (one, two, three):
            writer.close()


async def test_who_does_not_read_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS_FOR_READING", 0.05)
    async with listening() as (connect, state):
        reader, writer = await connect()
        writer.write(WHOLE.replace(b"/ ", b"/large "))
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        while state.connections:  # nothing more is read; the server gives up by itself
            await asyncio.sleep(0)
        writer.transport.abort()


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        (b"\x16\x03\x01\r\n\r\n", 400, NO_REQUEST),
        (b"GET / HTTP/1.1\r\n" + b"x" * 9_000, 431, TOO_LONG),
        (b"GET /?q=" + b"x" * 9_000, 431, TOO_LONG),
    ],
)
async def test_what_is_no_request_is_answered_with_the_headers(
    sent: bytes, status: int, sentence: str
) -> None:
    async with listening() as (connect, _):
        reader, writer = await connect()
        writer.write(sent)
        said = await closed(reader)
        assert said.startswith(f"HTTP/1.1 {status} ".encode())
        assert said.endswith(f"\r\n\r\n{sentence}\n".encode())
        assert b"content-security-policy: default-src 'none'" in said
        assert b"nosniff" in said
        writer.close()


CUT_SHORT = (
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nConte",
    b"G",
)


@pytest.mark.parametrize("sent", CUT_SHORT)
async def test_a_request_that_stops_before_its_end_is_answered(sent: bytes) -> None:
    async with listening() as (connect, state):
        reader, writer = await connect()
        writer.write(sent)
        writer.write_eof()
        said = await closed(reader)
        assert said.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n").startswith(b"HTTP/1.1 400")
        assert said.endswith(b"This is not a request that the site can read.\n")
        assert b"content-security-policy: default-src 'none'" in said
        writer.close()
        while state.tasks:  # what waited for the rest of the body has ended
            await asyncio.sleep(0)


async def test_a_connection_that_ends_between_requests_is_answered_nothing() -> None:
    async with listening() as (connect, _):
        reader, writer = await connect()
        writer.write_eof()
        assert await closed(reader) == b""
        writer.close()


@on_linux
def test_a_cut_short_post_is_answered_by_the_server_itself(database: Path) -> None:
    with served(database) as server, server.connect() as connection:
        connection.sendall(CUT_SHORT[0].replace(b"POST / ", b"POST /contribute "))
        connection.shutdown(socket.SHUT_WR)
        said = b"".join(iter(lambda: connection.recv(65_536), b""))
        assert said.startswith(b"HTTP/1.1 400")
        assert server.is_well()


@on_linux
def test_no_statement_ends_the_server_or_takes_its_memory(database: Path) -> None:
    """The list of bench/attack_sql.py; its time is held by make attack alone."""
    rows = {row.what.partition(" (")[0]: row for row in measure_sql(database)}
    assert rows["sql: memory of the server, MB"].is_kept, rows
    assert rows["sql: the server is well"].is_kept, rows
    assert len(rows) == 3, rows


@on_linux
def test_the_server_opens_enough_files_and_stops_while_queries_run(database: Path) -> None:
    with served(database) as server:
        hanging: list[socket.socket] = []
        line = "GET /evidence/-/query.json?sql=" + ENDLESS.replace(" ", "+").replace("++", "+%2B")
        for _ in range(60):
            connection = server.connect()
            connection.sendall(f"{line} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            hanging.append(connection)
        found = Path(f"/proc/{server.process.pid}/limits").read_text(encoding="ascii")
        rows = {line[:25].strip(): line[25:].split() for line in found.splitlines()}
        assert int(rows["Max open files"][0]) >= 1024
        assert rows["Max file size"][0] == str(limits.LONGEST_FILE)
        assert server.is_well()
        server.process.send_signal(signal.SIGTERM)
        # 60 queries of a second each would take twenty with three threads.
        assert server.process.wait(timeout=60) in (-signal.SIGTERM, 128 + signal.SIGTERM)
        for connection in hanging:
            connection.close()


IN_TURN = """
import sqlite3, threading
from pathlib import Path
from bench.attack_sql import bomb
from marginal_risk.publish.guard.process import limit_process

def most():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024

def ask(done):
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(bomb(30)).fetchone()
    except (sqlite3.Error, MemoryError):
        pass
    connection.close()
    done.set()
    end.wait()

limit_process(0)
before, end = most(), threading.Event()
for _ in range(8):
    done = threading.Event()
    threading.Thread(target=ask, args=[done], daemon=True).start()
    done.wait()
print(most() - before)
"""


@on_linux
def test_no_thread_keeps_the_memory_that_a_statement_has_freed() -> None:
    """Eight in turn take what one takes: the bound on SQLite's memory, and little more."""
    words = [sys.executable, "-c", IN_TURN]
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT)
    assert 8 < int(done.stdout) <= 2 * limits.MOST_HEAP // limits.MEGABYTE


GROWN = """
import resource, sys
from pathlib import Path
from marginal_risk.publish.copies import Copy, explain
from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.process import limit_process
path = Path(sys.argv[1])
size = path.stat().st_size
limits.LONGEST_FILE = size
limit_process(size // 4 + 1)
Copy(path).remove()
assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] >= size
limit_process(size // 8)
resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1, resource.RLIM_INFINITY))
try:
    Copy(path)
except OSError as error:
    print(explain(error))
"""


@on_linux
def test_a_database_that_has_grown_beyond_the_limit_is_named(database: Path) -> None:
    words = [sys.executable, "-c", GROWN, str(database)]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (
        0,
        "it is larger than this server may write; start it again to serve the file\n",
    ), done.stderr


@on_linux
def test_the_limit_of_a_file_follows_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[int, int] = {}
    monkeypatch.setattr(process, "_set", lambda what, wanted, **_: asked.update({what: wanted}))
    monkeypatch.setattr(limits, "MOST_HEAP", 0)  # as set: it would hold for all tests after this
    for size, limit in ((1, 256_000_000), (64_000_000, 256_000_000), (100_000_000, 400_000_000)):
        process.limit_process(size)
        assert asked[resource.RLIMIT_FSIZE] == limit


@pytest.mark.skipif(os.name != "posix", reason="signals differ elsewhere")
def test_the_process_ends_whatever_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    done = threading.Event()

    def end(code: int) -> None:
        ended.append(code)
        done.set()

    monkeypatch.setattr(limits, "SECONDS_TO_DIE", 0)
    monkeypatch.setattr(process.os, "_exit", end)
    server = process.GuardedServer(uvicorn.Config(answer))
    server.handle_exit(signal.SIGTERM, None)
    assert done.wait(timeout=60)
    assert ended == [143]
    assert server.should_exit
