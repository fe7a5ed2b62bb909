"""build_database: a sound corpus -> a database file, all of it or nothing."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from marginal_risk.check.corpus import Corpus
from marginal_risk.rows import Progress, say_nothing
from marginal_risk.store.agreement import load_agreement
from marginal_risk.store.loading import (
    load_agreed_levels,
    load_build,
    load_descriptions,
    load_records,
)
from marginal_risk.store.provenance import read_provenance, shipped
from marginal_risk.store.screening_agreement import load_screening_agreement
from marginal_risk.store.search_index import create_search_index
from marginal_risk.store.unfinished import name_beside, remove_leftovers
from marginal_risk.store.verification import verify
from marginal_risk.store.views import create_views

_FIRST_BYTES = b"SQLite format 3\0"
_SIDE_FILES = ("-journal", "-wal", "-shm")
_PURPOSE = "building"
# Alembic's context belongs to the whole process, so threads build one after the other.
_ONE_AT_A_TIME = threading.RLock()


class BuildError(Exception):
    """A database cannot be written where it was asked for; the text says why."""


def build_database(corpus: Corpus, output: Path, progress: Progress = say_nothing) -> None:
    """Build a new database and put it in place of ``output`` in one step.

    It is written under another name in the same folder. A build that fails or is killed leaves
    ``output`` as it was. What a killed build leaves in the folder is removed by the next one.

    Raises:
        BuildError: ``output`` cannot be written, or is a file of another kind.
        ValueError: the corpus has errors.
    """
    if not corpus.is_sound:
        raise ValueError("the corpus has errors: see its problems")
    check_output(output)
    with _ONE_AT_A_TIME, _refusals_explained(output):
        remove_leftovers(output, _PURPOSE)
        unfinished = name_beside(output, _PURPOSE)
        unfinished.unlink(missing_ok=True)
        try:
            engine = open_engine(unfinished)
            with engine.connect() as connection:
                counts = _write(connection, corpus, progress)
            verify(engine, counts)
            _put_in_place(unfinished, output)
        finally:
            unfinished.unlink(missing_ok=True)


def check_output(output: Path) -> None:
    """Look whether ``output`` may be written: it is a database, or no file yet, in a folder.

    Raises:
        BuildError: it may not.
    """
    with _refusals_explained(output):
        folder = output.parent
        if not folder.is_dir():
            raise BuildError(f"{folder} is not a folder: create it first")
        if output.is_dir():
            raise BuildError(f"{output} is a folder: name a file")
        if output.exists() and not output.is_file():
            raise BuildError(f"{output} is not a file: name a file")
        if output.is_file():
            with output.open("rb") as file:
                start = file.read(len(_FIRST_BYTES))
            if start and start != _FIRST_BYTES:
                raise BuildError(
                    f"{output} is not a SQLite database, or no longer: delete it if it is a"
                    " damaged map, which is then built anew, or name another file"
                )


@contextmanager
def _refusals_explained(output: Path) -> Iterator[None]:
    """Raise what the disk or the system refuses as a BuildError."""
    try:
        yield
    except OSError as error:
        raise BuildError(f"{output} cannot be written: {error}") from error
    except (OperationalError, sqlite3.OperationalError) as error:
        cause = getattr(error, "orig", error)
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # wrong SQL: a mistake of the program, not of the disk
        raise BuildError(f"{output} cannot be written: {cause}") from error


def _write(connection: Connection, corpus: Corpus, progress: Progress) -> dict[str, int]:
    """Write a corpus into an empty database; return the number of rows of each table."""
    create_tables(connection)
    connection.commit()
    # verify looks at all foreign keys at once: that takes less time than row by row.
    connection.execute(text("pragma foreign_keys = off"))
    connection.execute(text("pragma cache_size = -100000"))
    provenance = read_provenance(corpus.data_dir)
    counts = load_records(connection, corpus, provenance, progress)
    create_views(connection)
    create_search_index(connection)
    load_agreed_levels(connection)
    load_agreement(connection)
    load_screening_agreement(connection)
    load_descriptions(connection)
    load_build(connection, corpus, provenance, counts)
    connection.commit()
    # SQLite need not look at more rows of a table to know how to read it.
    connection.execute(text("pragma analysis_limit = 1000"))
    connection.execute(text("analyze"))
    connection.commit()
    return counts


def _put_in_place(finished: Path, output: Path) -> None:
    with finished.open("rb") as file:
        os.fsync(file.fileno())
    # SQLite would play the journal of an old database into the new one:
    # https://sqlite.org/howtocorrupt.html, section 1.4.
    for ending in _SIDE_FILES:
        output.with_name(output.name + ending).unlink(missing_ok=True)
    finished.replace(output)


def open_engine(path: Path) -> Engine:
    """Return an engine for a database file that holds foreign keys and writes no side files."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma journal_mode = memory")
        connection.execute("pragma synchronous = off")

    return engine


def create_tables(connection: Connection) -> None:
    """Make all tables in an empty database, as the newest migration leaves them.

    It is within the transaction that is open, if one is; that stays open.
    """
    SQLModel.metadata.create_all(connection)
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.stamp(config, "head")
