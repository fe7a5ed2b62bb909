"""Work on large inputs, done by several processes at once."""

import gc
import marshal
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

_work: Callable[[int], Any] | None = None
"""What the processes do: they are copies of this one, so that nothing has to be sent to them."""


def do_side_by_side(work: Callable[[int], Any], count: int, is_large: bool) -> Iterator[Any]:
    """Yield ``work(0)``, ``work(1)``, ... of ``count``: texts, numbers, and tuples of such.

    Where it is not large, or this process cannot be copied safely, one is done after the other.
    """
    processes = min(_processors(), count)
    if not is_large or processes < 2 or not _can_copy():
        yield from map(work, range(count))
        return
    global _work  # noqa: PLW0603  (the copies find it there)
    _work = work
    done = 0
    try:
        gc.freeze()
        with ProcessPoolExecutor(processes, get_context("fork"), _begin) as pool:
            for sent in pool.map(_do_one, range(count)):
                done += 1
                yield marshal.loads(sent)  # noqa: S302  (from our own copy, through a pipe)
    except (OSError, BrokenProcessPool):
        # No process can be started, or one was killed: then this one does what is left.
        pass
    finally:
        _work = None
        gc.unfreeze()
    yield from map(work, range(done, count))


@contextmanager
def without_looking_for_cycles() -> Iterator[None]:
    """Keep Python from looking for cycles of objects: of millions of records, none is in one.

    For a process that does nothing else.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _begin() -> None:
    """Leave Ctrl-C to the process that was started; look for no cycles, as there are none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _do_one(number: int) -> bytes:
    if _work is None:
        raise RuntimeError("there is nothing to do")
    return marshal.dumps(_work(number))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_copy() -> bool:
    """Tell whether a copy of this process works: on Linux, where no other thread holds a lock."""
    return sys.platform == "linux" and threading.active_count() == 1
