"""Copies of the database that is served, each in a folder that only its server has.

A server that is killed leaves its copies. The next one to start removes them: a living server
holds a lock on each of its own.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import tempfile
import time
from pathlib import Path

from filelock import FileLock, Timeout

Mark = tuple[int, int, int, int]
"""What tells one file from another: device, number, size and time of change."""

SCHEMA = "0011"
"""The last migration of the databases that the pages read: others have other tables."""
PREFIX = "marginal-risk-"
"""How the names of the folders begin."""
_LOCK = "lock"
_SECONDS_TO_LOCK = 3_600
"""Seconds after which a folder without a lock is not one that is just being made."""


class UnreadableError(Exception):
    """The file is no sound database with a map; the text says why, and what to do."""


class StillChangingError(Exception):
    """The file changed while it was copied."""


class Copy:
    """A sound copy of a database, for this process alone."""

    def __init__(self, path: Path) -> None:
        """Copy the file at a path.

        Raises:
            UnreadableError: it is no sound database.
            StillChangingError: it changed while it was copied.
            OSError: there is no room for it.
        """
        before = read_mark(path)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.path = self.folder / path.name
        self._lock = FileLock(self.folder / _LOCK, thread_local=False)
        self._lock.acquire()
        try:
            shutil.copyfile(path, self.path)
            if before != read_mark(path):
                raise StillChangingError
            check(self.path, path)
        except BaseException as error:
            self.remove()
            if isinstance(error, FileNotFoundError):
                raise StillChangingError from error
            if isinstance(error, (PermissionError, IsADirectoryError)):
                raise UnreadableError(f"{path} cannot be read: {error.strerror}.") from error
            raise

    def remove(self) -> None:
        """Delete the copy and its folder."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)


def remove_leftovers() -> None:
    """Delete the copies of servers that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_left(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Whether a folder is of a server that is no more."""
    try:
        found = folder.lstat()
        # Where all may write, anybody may make such a name.
        is_ours = os.name != "posix" or found.st_uid == os.getuid()
        if not (stat.S_ISDIR(found.st_mode) and is_ours):
            return False
        if not (folder / _LOCK).exists():
            return time.time() - found.st_mtime > _SECONDS_TO_LOCK
        with FileLock(folder / _LOCK, timeout=0):
            return True
    except (OSError, Timeout):
        return False


def explain(error: OSError) -> str:
    """Return why a file could not be copied."""
    if error.errno == errno.EFBIG:
        return "it is larger than this server may write; start it again to serve the file"
    return error.strerror or str(error)


def read_mark(path: Path) -> Mark | None:
    """Return what tells the file at a path from others; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


_SCHEMA_OF = "select max(version_num) from alembic_version"


def check(copy: Path, path: Path) -> None:
    """Look through every page of a copied file.

    Raises:
        UnreadableError: it is damaged, no database, or one without a map or with other tables.
    """
    address = f"{copy.absolute().as_uri()}?immutable=1"
    connection = sqlite3.connect(address, uri=True)
    try:
        found = connection.execute("pragma quick_check(1)").fetchone()[0]
        sql = "select count(*) from sqlite_schema where name = 'coverage_matrix'"
        has_map = connection.execute(sql).fetchone()[0]
        schema = connection.execute(_SCHEMA_OF).fetchone()[0] if has_map else SCHEMA
    except sqlite3.Error as error:
        found = str(error)
    finally:
        connection.close()
    if found != "ok":
        raise UnreadableError(f"{path} is damaged, or no database: {build_again(path)}")
    if not has_map:
        raise UnreadableError(f"{path} holds no map: {build_again(path)}")
    if schema != SCHEMA:
        message = f"{path} was built by another version of this program"
        raise UnreadableError(f"{message} (tables {schema}, not {SCHEMA}): {build_again(path)}")


def build_again(path: Path) -> str:
    """Return what to do with a file that cannot be read."""
    return f"delete it and run 'marginal-risk build --output {os.fspath(path)}'."
