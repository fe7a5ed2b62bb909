"""Serving one database file, read-only, through Datasette."""

import logging
import os
import socket
import sqlite3
import sys
import webbrowser
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import parse_metadata

from marginal_risk.publish.copies import UnreadableError
from marginal_risk.publish.editions import Editions
from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.connections import GuardedProtocol
from marginal_risk.publish.guard.process import GuardedServer, limit_process, stand_back
from marginal_risk.publish.guard.sql import GuardedDatabase

DATABASE = "evidence"
"""The database's name in addresses, whatever its file is called."""


class AddressError(Exception):
    """The address cannot be listened on; the text says why."""


class NotesDatabase(Database):  # type: ignore[misc]
    """Datasette's own notes, which it makes anew at each start: nobody waits for the disk."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Return a connection whose commits do not wait until the disk has them."""
        connection: sqlite3.Connection = super().connect(write)
        connection.execute("pragma synchronous = off")
        return connection


def open_site(
    database: Path,
    config: Path,
    notes: Path | None = None,
    settings: Mapping[str, object] | None = None,
) -> Datasette:
    """Return the site on a database file: immutable, with the settings of ``config``.

    ``notes`` is the file in which Datasette keeps notes of its own; else a temporary one.
    ``settings`` of Datasette go before those of ``config``.
    """
    configured = parse_metadata(config.read_text(encoding="utf-8"))
    configured["settings"] = {**configured.get("settings", {}), **(settings or {})}
    site = Datasette(config=configured, internal=str(notes) if notes else None)
    if notes:
        name = site.get_internal_database().name
        site._internal_database = NotesDatabase(site, path=str(notes), mode="rwc")
        site.get_internal_database().name = name
    site.remove_database("_memory")
    site.add_database(GuardedDatabase(site, str(database), is_mutable=False), name=DATABASE)
    return site


def yield_to_pages(site: Datasette) -> Datasette:
    """Have a site that was not asked anything yet run strangers' SQL in threads that stand back."""
    site.executor.shutdown()
    site.executor = ThreadPoolExecutor(site.setting("num_sql_threads"), initializer=stand_back)
    return site


class Server:
    """A web server that listens on its address as soon as it is created."""

    def __init__(self, database: Path, config: Path, host: str, port: int) -> None:
        """Listen on the address now, so that no other program takes it before ``run``.

        Raises:
            AddressError: the port is in use, or the host is not one of this machine's.
            UnreadableError: the database is damaged, or holds no map.
        """
        self.socket = listen(host, port)
        self.port = self.socket.getsockname()[1]
        self.host = host
        self.database = database
        try:
            self.site = Editions(
                database, lambda copy, notes: yield_to_pages(open_site(copy, config, notes))
            )
        except UnreadableError:
            self.socket.close()
            raise

    @property
    def url(self) -> str:
        """Where a browser finds the map."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        return f"http://{host}:{self.port}/"

    def open_browser(self) -> None:
        """Open the map in the user's browser; without a screen, do nothing."""
        has_screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if has_screen or sys.platform in ("darwin", "win32"):
            webbrowser.open(self.url)

    def run(self) -> None:
        """Serve until interrupted, within the limits of ``guard``."""
        limit_process(self.database.stat().st_size)
        log = logging.getLogger("marginal_risk")
        log.setLevel(logging.INFO)
        log.addHandler(logging.StreamHandler())
        config = uvicorn.Config(
            self.site,
            log_level="warning",
            lifespan="on",
            http=GuardedProtocol,
            ws="none",
            server_header=False,
            h11_max_incomplete_event_size=limits.LONGEST_HEADERS,
            backlog=limits.MOST_WAITING,
            timeout_keep_alive=limits.SECONDS_IDLE,
            timeout_graceful_shutdown=limits.SECONDS_TO_STOP,
        )
        GuardedServer(config).run(sockets=[self.socket])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one.

    The protocol is named (TCP, not 0): only then does asyncio send small packets at once.

    Raises:
        AddressError: the port is in use, or the host is not one of this machine's.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, proto)
    except OSError as error:
        raise AddressError(f"{host} is not an address of this machine: {error.strerror}") from error
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise AddressError(
            f"Port {port} on {host} cannot be used ({error.strerror}): if the map is open already,"
            f" look at http://{host}:{port}; else name another port, with --port or, for make, as"
            f" 'make serve PORT={port % 65535 + 1}'"
        ) from error
    return listener
