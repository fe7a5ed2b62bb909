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
from subprocess import PIPE, Popen
from typing import IO, TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # the other process does without
    from sqlalchemy import Connection

Statement: TypeAlias = tuple[str, list[tuple[object, ...]] | None]
"""SQL, and the rows that it is run for: texts, numbers and None; no rows where it has no marks."""
_FORMAT = 2
"""Of marshal: the last that does not look for what it has sent before, which takes longer."""
_LENGTH = 8
"""Bytes that say how long a statement is on its way to the other process."""


@contextmanager
def writing(path: Path, statements: Iterable[Statement], is_large: bool) -> Iterator[None]:
    """Run statements on a new file during the block; it is written when the block is left.

    Where they are not large, that is done before the block begins. Where the block fails, what
    is in the file is of no use.

    Raises:
        sqlite3.Error: a statement fails.
    """
    path.unlink(missing_ok=True)
    if not (is_large and sys.executable):
        _run(path, statements, lambda: False)
        yield
        return
    command = [sys.executable, "-P", "-m", __name__, str(path), str(os.getpid())]
    with Popen(command, stdin=PIPE, stdout=PIPE) as process:  # noqa: S603  (ourselves)
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


def take_tables(connection: "Connection", path: Path, tables: Iterable[str]) -> None:
    """Put the rows of such a file into the tables of the same names, and of the same shape.

    SQLite then copies them as they are. What is open on the connection is committed.
    """
    connection.commit()
    connection.exec_driver_sql("attach database ? as beside", (str(path.resolve()),))
    for table in tables:
        connection.exec_driver_sql(f"delete from main.{table}")  # noqa: S608  (our names)
        connection.exec_driver_sql(f"insert into main.{table} select * from beside.{table}")  # noqa: S608
    connection.commit()
    connection.exec_driver_sql("detach database beside")


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


def _received(sent: bytes) -> Iterator[Statement]:
    start, view = 0, memoryview(sent)
    while start < len(sent):
        length = int.from_bytes(view[start : start + _LENGTH], "big")
        start += _LENGTH + length
        yield marshal.loads(view[start - length : start])  # noqa: S302  (from our own process)


def _main() -> None:
    """Be the other process: take all, then run it, and write what fails to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    path, starter = sys.argv[1:]
    sent = sys.stdin.buffer.read()

    def is_vain() -> bool:
        """Tell whether nobody waits for the file any more."""
        return os.getppid() != int(starter)

    if is_vain():
        return
    try:
        _run(Path(path), _received(sent), is_vain)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        sys.stdout.buffer.write(marshal.dumps((str(error), code)))


if __name__ == "__main__":
    _main()
