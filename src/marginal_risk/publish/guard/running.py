"""The statements that run now: each is ended when its time is up, a stranger's for a page too.

SQLite can ask by itself, after so many steps, whether to go on (a progress handler). Each answer
takes Python's lock, thousands of times a second, and whoever renders a page waits for that lock.
Here one thread looks at the clocks of all statements, and ends those that are late from outside
(https://sqlite.org/c3ref/interrupt.html).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from marginal_risk.publish.guard import limits

T = TypeVar("T")
Ask = Callable[[], int | None]
"""Whether the time of a statement is up: 1, or 0 or None. Datasette has one for each statement."""


@dataclass(frozen=True)
class _Statement:
    is_over: Ask
    is_strangers: bool


class Running:
    """The connections on which a statement with a time limit runs."""

    def __init__(self) -> None:
        self._statements: dict[sqlite3.Connection, _Statement] = {}
        self._changed = threading.Condition()
        self._looking: threading.Thread | None = None

    def begin(self, connection: sqlite3.Connection, is_over: Ask, *, is_strangers: bool) -> None:
        """Look at the clock of a connection's statement, from now on."""
        with self._changed:
            self._statements[connection] = _Statement(is_over, is_strangers)
            # After a fork the thread is not there any more.
            if self._looking is None or not self._looking.is_alive():
                self._looking = threading.Thread(target=self._look, name="clock", daemon=True)
                self._looking.start()
            self._changed.notify()

    def end(self, connection: sqlite3.Connection) -> None:
        """Look no more; the connection's next statement is not ended for the sake of this one."""
        with self._changed:
            self._statements.pop(connection, None)

    def end_strangers(self) -> None:
        """End the statements of strangers that run."""
        with self._changed:
            for connection, statement in self._statements.items():
                if statement.is_strangers:
                    connection.interrupt()

    def _look(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._statements)
                for connection, statement in self._statements.items():
                    if statement.is_over():
                        connection.interrupt()
            time.sleep(limits.SECONDS_TO_NOTICE)


RUNNING = Running()
"""Those of this process."""


def read_before_strangers(query: Callable[[], T]) -> T:
    """Return what a query of a page finds; strangers' statements end where they have its memory.

    SQLite has one bound on the memory of all connections together, and no bound on that of one.

    Raises:
        MemoryError: there is still too little, though strangers' statements were ended.
    """
    for _ in range(limits.MOST_READS):
        try:
            return query()
        except MemoryError:
            RUNNING.end_strangers()
            time.sleep(limits.SECONDS_BETWEEN_READS)
    return query()
