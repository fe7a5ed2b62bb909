"""What the server's process asks of the system, and how it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sqlite3
import sys
import threading
from types import FrameType

import uvicorn

from marginal_risk.publish.guard import limits

_M_ARENA_MAX = -8
"""What malloc.h calls the number of parts that memory is given from."""


class GuardedServer(uvicorn.Server):
    """uvicorn, which ends in time whatever still runs."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; the process ends a few seconds later at the latest."""
        timer = threading.Timer(limits.SECONDS_TO_DIE, os._exit, [128 + signal.Signals(sig)])
        timer.daemon = True
        timer.start()
        super().handle_exit(sig, frame)


def stand_back() -> None:
    """Let the other threads of the process go before this one, where the system can (Linux)."""
    if sys.platform == "linux":  # elsewhere, this is of the whole process
        with contextlib.suppress(OSError):  # a sandbox may forbid it; all works without
            os.nice(limits.NICENESS)


def limit_process(size: int) -> None:
    """Let the process open many connections, write no large file, and SQLite take little memory.

    ``size`` is that of the database in bytes: a copy of one that has grown must be let through.
    Windows knows the last of these only.
    """
    connection = sqlite3.connect(":memory:")
    connection.execute(f"pragma hard_heap_limit = {limits.MOST_HEAP}")
    connection.close()
    if os.name != "posix":
        return
    # GNU's C library gives threads memory of their own, and each keeps what it has freed: the bound
    # on SQLite's memory would hold for each by itself.
    with contextlib.suppress(OSError, AttributeError):  # of another library, there is no such call
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    import resource

    _set(resource.RLIMIT_NOFILE, limits.MOST_FILES, raised=True)
    _set(resource.RLIMIT_FSIZE, max(limits.LONGEST_FILE, limits.GROWTH * size), raised=False)


def _set(what: int, wanted: int, *, raised: bool) -> None:
    """Raise or lower a limit of the system, as far as the system lets this process."""
    import resource

    soft, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    is_less = soft != resource.RLIM_INFINITY and soft < wanted
    if is_less == raised:
        resource.setrlimit(what, (wanted, hard))
