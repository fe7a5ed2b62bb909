"""Reading for the pages of the site itself: threads and connections that are theirs alone.

Strangers' SQL runs in Datasette's threads. However many of its queries wait there, none of them
is in the way of a page.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from datasette.database import Database

from marginal_risk.publish.guard.running import read_before_strangers

P = ParamSpec("P")
T = TypeVar("T")

READERS = 3
"""Queries of the site's own pages that run at once."""


class Readers:
    """Threads that read one database, each through a connection of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="pages")
        self._of_thread = threading.local()

    async def read(
        self,
        query: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what a query of ``publish.queries`` finds.

        The limits on time, rows and functions are for the SQL of strangers, and do not hold here.
        """

        def ask() -> T:
            return read_before_strangers(lambda: query(self._connection(), *args, **kwargs))

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    def close(self) -> None:
        """End the threads; the database closes the connections."""
        self._threads.shutdown()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._of_thread, "connection", None)
        if connection is None:
            connection = self._database.connect()
            connection.row_factory = sqlite3.Row
            self._of_thread.connection = connection
        return connection


def readers_of(database: Database) -> Readers:
    """Return the threads that read a database for the site's pages.

    They are an attribute of the database: of the keys of a dictionary, even of a weak one, none
    is let go while its value leads back to it.
    """
    readers: Readers | None = getattr(database, "marginal_risk_readers", None)
    if readers is None:
        readers = database.marginal_risk_readers = Readers(database)
    return readers
