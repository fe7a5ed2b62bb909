"""build_database: a sound corpus -> a database file, all of it or nothing."""

import os
import sqlite3
import threading
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from marginal_risk.comparison import load_agreement
from marginal_risk.corpus import Corpus
from marginal_risk.leftovers import name_beside, remove_leftovers
from marginal_risk.loading import (
    count_rows,
    in_stored_order,
    load_build,
    load_descriptions,
    load_records,
)
from marginal_risk.provenance import read_provenance, shipped
from marginal_risk.readings import Progress, say_nothing
from marginal_risk.search import index_documents, take_search_index, write_documents
from marginal_risk.side_by_side import do_in_threads, doing_meanwhile
from marginal_risk.tables import TABLES, table_name
from marginal_risk.views import create_views

_MAGIC = b"SQLite format 3\0"
_JOURNALS = ("-journal", "-wal", "-shm")
_TAKE_TURNS = threading.RLock()  # Alembic's context is one for the whole process


class BuildError(Exception):
    """A database cannot be written where it was asked for; the text says why."""


def build_database(corpus: Corpus, output: Path, progress: Progress = say_nothing) -> None:
    """Build a new database and put it in place of ``output`` in one step.

    A build that fails or is killed leaves ``output`` as it was. What a killed build leaves
    beside it is removed by the next one.

    Raises:
        BuildError: ``output`` cannot be written, or is a file of another kind.
        ValueError: the corpus has errors.
    """
    if not corpus.is_sound:
        raise ValueError("the corpus has errors: see its problems")
    try:
        _check_output(output)
        with _TAKE_TURNS:
            for doing in ("building", "indexing"):
                remove_leftovers(output, doing)
            _build_beside(corpus, output, progress)
    except OSError as error:
        raise BuildError(f"{output} cannot be written: {error}") from error
    except (OperationalError, sqlite3.OperationalError) as error:
        cause = getattr(error, "orig", error)
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # wrong SQL, and no fault of the disk
        raise BuildError(f"{output} cannot be written: {cause}") from error


def _build_beside(corpus: Corpus, output: Path, progress: Progress) -> None:
    """Build under another name in the same folder, then take the place of ``output``."""
    temporary, index = name_beside(output, "building"), name_beside(output, "indexing")
    try:
        temporary.unlink(missing_ok=True)
        _write(corpus, temporary, index, progress)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        # SQLite would play the journal of an old database into the new one:
        # https://sqlite.org/howtocorrupt.html, section 1.4.
        for ending in _JOURNALS:
            output.with_name(output.name + ending).unlink(missing_ok=True)
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)
        index.unlink(missing_ok=True)


def _check_output(output: Path) -> None:
    folder = output.parent
    if not folder.is_dir():
        raise BuildError(f"{folder} is not a folder: create it first")
    if output.is_dir():
        raise BuildError(f"{output} is a folder: name a file")
    if output.exists() and not output.is_file():
        raise BuildError(f"{output} is not a file: name a file")
    if output.is_file():
        with output.open("rb") as file:
            start = file.read(len(_MAGIC))
        if start and start != _MAGIC:
            raise BuildError(f"{output} is not a SQLite database: name another file")


def open_engine(path: Path) -> Engine:
    """Return an engine for a database file that holds foreign keys and writes no side files."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma journal_mode = memory")
        connection.execute("pragma synchronous = off")

    return engine


def _write(corpus: Corpus, path: Path, index: Path, progress: Progress) -> None:
    """Build into an empty file: migrate, load, create the views, verify.

    The search index is written meanwhile, into a file of its own.
    """
    provenance = read_provenance(corpus.data_dir)
    write_documents(index, corpus.records, in_stored_order(corpus.records.references))
    with open_engine(path).connect() as connection:
        migrate(connection)
        # Keys are looked at by verify, all at once: that takes less than row by row.
        connection.execute(text("pragma foreign_keys = off"))
        connection.execute(text("pragma cache_size = -100000"))
        with doing_meanwhile(partial(index_documents, index)):
            counts = load_records(connection, corpus, provenance, progress)
            create_views(connection)
        take_search_index(connection, index)
        index.unlink()
        load_agreement(connection)
        load_descriptions(connection)
        load_build(connection, corpus, provenance, counts)
        connection.commit()
        connection.execute(text("analyze"))
        connection.commit()
    verify(path, counts)


def migrate(connection: Connection) -> None:
    """Bring an empty or older database to the newest tables. Views must not be there."""
    run_migrations(connection)
    connection.commit()


def run_migrations(connection: Connection) -> None:
    """Do the same within the transaction that is open, if one is; it stays open."""
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _TAKE_TURNS:
        command.upgrade(config, "head")


def verify(path: Path, counts: dict[str, int]) -> None:
    """Hold a written database against what was to be written.

    Raises:
        RuntimeError: it differs: a bug in the program, or a broken disk.
    """
    engine = open_engine(path)

    def verify_pages() -> None:
        with engine.connect() as connection:
            found = connection.execute(text("pragma integrity_check")).scalar()
        if found != "ok":
            raise RuntimeError(f"integrity check: {found}")

    def verify_rows() -> None:
        with engine.connect() as connection:
            broken = connection.execute(text("pragma foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"foreign keys lead nowhere: {broken[:5]}")
            verify_counts(connection, counts)

    do_in_threads(verify_pages, verify_rows)


def verify_counts(connection: Connection, counts: dict[str, int]) -> None:
    """Hold the numbers of rows against those that were to be written.

    Raises:
        RuntimeError: they differ.
    """
    for table in TABLES:
        name, written = table_name(table), count_rows(connection, table)
        if written != counts.get(name, written):
            raise RuntimeError(f"{name} has {written} rows, not {counts[name]}")
