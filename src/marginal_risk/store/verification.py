"""A written database against what was to be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection, Engine, func, select, text

from marginal_risk.processes import do_in_threads
from marginal_risk.store.tables import TABLES, table_name

_MAPPED = 2**27
"""Bytes at the start of a file that are read where they lie; more would save little time."""


def verify(engine: Engine, counts: dict[str, int]) -> None:
    """Hold a SQLite database that was written against what was to be written.

    Raises:
        RuntimeError: it differs: a bug in the program, or a broken disk.
    """
    do_in_threads(partial(_verify_pages, engine), partial(_verify_rows, engine, counts))


def _verify_pages(engine: Engine) -> None:
    with _opened(engine) as connection:
        found = connection.execute(text("pragma integrity_check")).scalar()
    if found != "ok":
        raise RuntimeError(f"integrity check: {found}")


def _verify_rows(engine: Engine, counts: dict[str, int]) -> None:
    with _opened(engine) as connection:
        broken = connection.execute(text("pragma foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"foreign keys lead nowhere: {broken[:5]}")
        verify_counts(connection, counts)


@contextmanager
def _opened(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        # Every page is looked at: not to copy each takes a fifth off the time.
        connection.execute(text(f"pragma mmap_size = {_MAPPED}"))
        yield connection


def verify_counts(connection: Connection, counts: dict[str, int]) -> None:
    """Hold the numbers of rows against those that were to be written.

    Raises:
        RuntimeError: they differ.
    """
    for table in TABLES:
        name = table_name(table)
        written = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if written != counts.get(name, written):
            raise RuntimeError(f"{name} has {written} rows, not {counts[name]}")
