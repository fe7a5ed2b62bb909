"""A server as its users start it, and clients that hold its connections."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

IDLE = 1_300
SLOW = 60
# sqlite-utils, which Datasette brings, loads pandas where it is installed, and that takes 70 MB.
# The tests need pandas; the image has none.
_AS_IN_THE_IMAGE = (
    "import sys; sys.modules['pandas'] = None; from marginal_risk.cli import main; main()"
)
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"


@dataclass(frozen=True)
class Row:
    """A figure, and the bound that it is held to: a comparison and a number."""

    what: str
    figure: float
    bound: str

    @property
    def is_kept(self) -> bool:
        """Whether the bound is kept."""
        comparison, number = self.bound.split()
        if comparison == "==":
            return self.figure == float(number)
        return 0 <= self.figure <= float(number)


class Served:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address.rstrip("/")
        self.port = int(self.address.rpartition(":")[2])

    def get(self, path: str, **query: str) -> tuple[int, bytes, float]:
        """Return status, body and seconds of an answer."""
        begin = time.monotonic()
        words = f"?{urlencode(query)}" if query else ""
        try:
            with urlopen(f"{self.address}{path}{words}", timeout=120) as response:
                status, body = response.status, response.read()
        except HTTPError as error:
            status, body = error.code, error.read()
        return status, body, time.monotonic() - begin

    def megabytes(self) -> int:
        """Return the most memory that the process had."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024

    def files(self) -> int:
        """Return the number of its open files and connections."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))  # noqa: PTH208

    def connect(self) -> socket.socket:
        """Return a connection on which nothing was sent."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def is_well(self) -> bool:
        """Whether it says so."""
        status, body, _ = self.get("/health")
        return status == 200 and bool(json.loads(body)["ok"])


@contextmanager
def served(database: Path) -> Iterator[Served]:
    """Serve a database as the image does, on a free port."""
    words = ["serve", "--no-build", "--output", str(database), "--port", "0"]
    with started(words, database.parent) as server:
        yield server


@contextmanager
def started(words: list[str], folder: Path) -> Iterator[Served]:
    """Start the program with some words, in a folder, and wait until it serves."""
    process = subprocess.Popen(
        [sys.executable, "-c", _AS_IN_THE_IMAGE, *words],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines = process.stderr
    address = next(line.split()[4] for line in lines if line.startswith("The map is at "))
    reader = threading.Thread(target=lambda: list(lines), daemon=True)
    reader.start()
    server = Served(process, address)
    assert server.is_well()
    try:
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join()
        lines.close()


def measure_connections(database: Path) -> Iterator[Row]:
    """Yield what idle connections and slow queries do to a server."""
    with served(database) as server:
        idle = [server.connect() for _ in range(IDLE)]
        _, _, seconds = server.get("/health")
        yield Row(f"connections: an answer with {IDLE:,} idle ones, s", seconds, "<= 5")
        yield Row("connections: files open then", server.files(), "<= 1024")
        for each in idle:
            each.close()
    with served(database) as server:
        server.get("/")  # kept from now on
        slow = [
            threading.Thread(
                target=_ignore, args=(server, "/evidence/-/query.json", ENDLESS), daemon=True
            )
            for _ in range(SLOW)
        ]
        for thread in slow:
            thread.start()
        time.sleep(1)
        _, _, seconds = server.get("/")
        yield Row(f"connections: a kept page with {SLOW} slow queries, s", seconds, "<= 1")
        begin = time.monotonic()
        server.process.terminate()
        server.process.wait()
        yield Row("connections: seconds to stop with them", time.monotonic() - begin, "<= 8")


def _ignore(server: Served, path: str, sql: str) -> None:
    try:
        server.get(path, sql=sql)
    except OSError:
        return  # the server has stopped
