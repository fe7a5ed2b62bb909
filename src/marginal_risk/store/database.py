"""build_database: a sound corpus -> a database file, all of it or nothing."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from marginal_risk.check.corpus import Corpus
from marginal_risk.processes import do_in_threads
from marginal_risk.rows import Progress, Records, say_nothing
from marginal_risk.store.comparison import load_agreement
from marginal_risk.store.loading import (
    in_stored_order,
    load_build,
    load_descriptions,
    load_without_people,
)
from marginal_risk.store.people import people_statements
from marginal_risk.store.provenance import read_provenance, shipped
from marginal_risk.store.search_index import index_statements, take_search_index
from marginal_risk.store.unfinished import name_beside, remove_leftovers
from marginal_risk.store.verification import verify
from marginal_risk.store.views import create_views
from marginal_risk.store.writing import writing

_MAGIC = b"SQLite format 3\0"
_JOURNALS = ("-journal", "-wal", "-shm")
_DOINGS = ("building", "indexing")
"""What is done under another name: the database, and its search index."""
_MANY = 5_000
"""Works from which on processes of their own write the search index and the tables of people."""
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
    with building(output, progress) as build:
        build.finish(corpus)


@contextmanager
def building(output: Path, progress: Progress = say_nothing) -> Iterator["Build"]:
    """Yield a build of ``output``, which is finished during the block, or comes to nothing.

    Raises:
        BuildError: as ``build_database`` does.
    """
    try:
        _check_output(output)
        with _TAKE_TURNS:
            for doing in _DOINGS:
                remove_leftovers(output, doing)
            build = Build(output, progress)
            try:
                with build.indexing, build.naming:
                    yield build
            finally:
                for path in build.paths:
                    path.unlink(missing_ok=True)
    except OSError as error:
        raise BuildError(f"{output} cannot be written: {error}") from error
    except (OperationalError, sqlite3.OperationalError) as error:
        cause = getattr(error, "orig", error)
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # wrong SQL, and no fault of the disk
        raise BuildError(f"{output} cannot be written: {cause}") from error


class Build:
    """A new database under another name in the same folder, until it takes its place."""

    def __init__(self, output: Path, progress: Progress) -> None:
        self.output = output
        self.progress = progress
        self.paths = [name_beside(output, doing) for doing in _DOINGS]
        self.indexing, self.naming = ExitStack(), ExitStack()
        """What waits for the search index, and for the tables of people."""
        self.counts: dict[str, int] = {}
        self.has_begun = False

    def begin(self, records: Records) -> None:
        """Begin to write what becomes of these records, if the checks find no error in them."""
        path, index = self.paths
        for anew in self.paths:
            anew.unlink(missing_ok=True)
        with open_engine(path).connect() as connection:
            migrate(connection)
        references = records.references
        is_large = len(references) > _MANY
        people = people_statements(references, self.counts, self.progress)
        self.naming.enter_context(writing(path, people, is_large))
        documents = index_statements(records, in_stored_order(references))
        self.indexing.enter_context(writing(index, documents, is_large, may_wait=True))
        self.has_begun = True

    def finish(self, corpus: Corpus) -> None:
        """Write all of a corpus, verify it and put it in place.

        Raises:
            ValueError: the corpus has errors.
        """
        if not corpus.is_sound:
            raise ValueError("the corpus has errors: see its problems")
        if not self.has_begun:
            self.begin(corpus.records)
        self.write(corpus)
        path = self.paths[0]
        do_in_threads(partial(verify, open_engine(path), self.counts), partial(_sync, path))
        # SQLite would play the journal of an old database into the new one:
        # https://sqlite.org/howtocorrupt.html, section 1.4.
        for ending in _JOURNALS:
            self.output.with_name(self.output.name + ending).unlink(missing_ok=True)
        path.replace(self.output)

    def write(self, corpus: Corpus) -> None:
        """Load the other records, create the views, and take the search index."""
        path, index = self.paths
        self.naming.close()  # SQLite takes rows from one process at a time
        provenance = read_provenance(corpus.data_dir)
        with open_engine(path).connect() as connection:
            # Keys are looked at by verify, all at once: that takes less than row by row.
            connection.execute(text("pragma foreign_keys = off"))
            connection.execute(text("pragma cache_size = -100000"))
            self.counts |= load_without_people(connection, corpus, provenance, self.progress)
            create_views(connection)
            self.indexing.close()
            take_search_index(connection, index)
            index.unlink()
            load_agreement(connection)
            load_descriptions(connection)
            load_build(connection, corpus, provenance, self.counts)
            connection.commit()
            # It counts no more of each table than tells how to read it.
            connection.execute(text("pragma analysis_limit = 1000"))
            connection.execute(text("analyze"))
            connection.commit()


def _sync(path: Path) -> None:
    """Have a file written to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


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
