"""A SQLite file written by a process of its own, while this one goes on.

SQLite and Python take turns in one process, however many threads it has: what each of many rows
costs, one of them waits for. So this process sends all that is to be written, and another one,
which holds nothing else, runs it.
"""

import marshal
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import SimpleQueue
from subprocess import PIPE, Popen
from threading import Thread
from typing import IO, TypeAlias

Statement: TypeAlias = tuple[str, list[tuple[object, ...]] | None]
"""SQL, and the rows that it is run for: texts, numbers and None; no rows where it has no marks."""
_FORMAT = 2
"""Of marshal: the last that does not look for what it has sent before, which takes longer."""
_PATIENCE = 10
"""How far behind others a process stands that may wait: 19 is the farthest."""
_LENGTH = 8
"""Bytes that say how long a statement is on its way to the other process."""


@contextmanager
def writing(
    path: Path, statements: Iterable[Statement], is_large: bool, may_wait: bool = False
) -> Iterator[None]:
    """Run statements on a file during the block; it is written when the block is left.

    Where they are not large, or no process can be started, that is done before the block begins.
    Where they may wait, other processes go before. Where the block fails, what is in the file is
    of no use.

    Raises:
        sqlite3.Error: a statement fails.
    """
    process = _start(path, _PATIENCE if may_wait else 0) if is_large else None
    if process is None:
        _run(path, statements, lambda: False)
        yield
        return
    with process:
        try:
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("a process has no pipes")
            _send(statements, process.stdin)
            yield
            said = process.stdout.read()
        except BaseException:
            process.kill()
            raise
    if said:
        _raise(*marshal.loads(said))  # noqa: S302  (from our own process, through a pipe)
    if process.returncode:
        raise RuntimeError(f"the process that writes {path} ended with {process.returncode}")


def _start(path: Path, patience: int) -> "Popen[bytes] | None":
    command = [sys.executable, "-P", "-m", __name__, str(path), str(os.getpid()), str(patience)]
    try:
        return Popen(command, stdin=PIPE, stdout=PIPE)  # noqa: S603  (ourselves)
    except OSError:
        return None


def _send(statements: Iterable[Statement], pipe: IO[bytes]) -> None:
    try:
        with pipe:
            for statement in statements:
                sent = marshal.dumps(statement, _FORMAT)
                pipe.write(len(sent).to_bytes(_LENGTH, "big"))
                pipe.write(sent)
    except BrokenPipeError:
        pass  # it has failed, and says why


def _raise(message: str, code: int | None) -> None:
    error = sqlite3.OperationalError(message)
    if code is not None:
        error.sqlite_errorcode = code
    raise error


def _run(path: Path, statements: Iterable[Statement], is_vain: Callable[[], bool]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.set_progress_handler(is_vain, 1_000_000)
        connection.execute("pragma journal_mode = off")
        connection.execute("pragma synchronous = off")
        connection.execute("pragma cache_size = -50000")
        for sql, rows in statements:
            if rows is None:
                connection.execute(sql)
            else:
                connection.executemany(sql, rows)
        connection.commit()


def _received(pipe: IO[bytes]) -> Iterator[Statement]:
    """Yield what is sent, which a thread takes at once: who sends does not wait."""
    waiting: SimpleQueue[bytes] = SimpleQueue()

    def take() -> None:
        while length := pipe.read(_LENGTH):
            waiting.put(pipe.read(int.from_bytes(length, "big")))
        waiting.put(b"")

    Thread(target=take, daemon=True).start()
    while sent := waiting.get():
        yield marshal.loads(sent)  # noqa: S302  (from our own process, through a pipe)


def _main() -> None:
    """Be the other process: run what is sent, and write what fails to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    path, starter, patience = sys.argv[1:]
    if hasattr(os, "nice"):
        os.nice(int(patience))

    def is_vain() -> bool:
        """Tell whether nobody waits for the file any more."""
        return os.getppid() != int(starter)

    try:
        _run(Path(path), _received(sys.stdin.buffer), is_vain)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        sys.stdout.buffer.write(marshal.dumps((str(error), code)))


if __name__ == "__main__":
    _main()
