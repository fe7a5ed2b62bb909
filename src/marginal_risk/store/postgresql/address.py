"""Where a PostgreSQL database is, and a connection to it; passwords are never repeated."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, Connection, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from marginal_risk.store.database import BuildError

DRIVER = "postgresql+psycopg"
_SHAPE = f"{DRIVER}://USER@HOST:PORT/DATABASE"
_SECONDS_TO_CONNECT = "10"
# Classes of SQLSTATE that are our own mistakes: a broken rule, and wrong SQL; but for the one
# of a permission. https://www.postgresql.org/docs/current/errcodes-appendix.html
_OUR_MISTAKES = ("23", "42")
_NO_PERMISSION = "42501"


class DatabaseAddress:
    """The address of a PostgreSQL database. As text it has no user, password or option."""

    def __init__(self, given: str) -> None:
        """Read an address.

        Raises:
            BuildError: it cannot be read. The text does not repeat it: a password may be anywhere.
        """
        try:
            url = make_url(given)
        except (ArgumentError, ValueError):
            raise BuildError(f"The database URL cannot be read: write {_SHAPE}") from None
        if url.drivername not in (DRIVER, "postgresql"):
            raise BuildError(f"The database URL must begin with {DRIVER}://; a file is --output")
        if "@" in (url.host or ""):
            raise BuildError("The database URL has a second '@': in a password, write %40")
        if not url.database:
            raise BuildError(f"The database URL names no database: write {_SHAPE}")
        url = url.set(drivername=DRIVER)
        self.url: URL = url.update_query_dict({"connect_timeout": _SECONDS_TO_CONNECT, **url.query})

    def __str__(self) -> str:
        host = self.url.query.get("host") or self.url.host or "the local server"
        return f"Database {self.url.database} on {host if isinstance(host, str) else host[0]}"

    def without_password(self, message: str) -> str:
        """Return a message on one line, without the password if it has it."""
        line = " ".join(message.split())
        for secret in (self.url.password, self.url.query.get("password")):
            line = line.replace(str(secret), "***") if secret else line
        return line


@contextmanager
def connected(address: DatabaseAddress) -> Iterator[Connection]:
    """Yield a connection. What is not committed on it is undone.

    Raises:
        BuildError: the server cannot be reached, or refuses what is asked of it.
    """
    try:
        with create_engine(address.url, poolclass=NullPool).connect() as connection:
            yield connection
    except (DBAPIError, psycopg.Error) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        state = getattr(reason, "sqlstate", None) or ""
        if state.startswith(_OUR_MISTAKES) and state != _NO_PERMISSION:
            raise
        message = address.without_password(str(reason))
        raise BuildError(f"{address} cannot be written: {message}") from None
