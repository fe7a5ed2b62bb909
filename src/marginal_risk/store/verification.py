"""A written database against what was to be written."""

from sqlalchemy import Connection, Engine, func, select, text

from marginal_risk.store.tables import TABLES, table_name

_MAPPED_BYTES = 2**27
"""At the start of a file: read in place, as copying each page takes a quarter longer."""


def verify(engine: Engine, counts: dict[str, int]) -> None:
    """Compare a SQLite database with the numbers of rows that were to be written.

    Its pages must be sound, too, and each foreign key must lead to a row.

    Raises:
        RuntimeError: it differs: a bug in the program, or a broken disk.
    """
    with engine.connect() as connection:
        connection.execute(text(f"pragma mmap_size = {_MAPPED_BYTES}"))
        found = connection.execute(text("pragma integrity_check")).scalar()
        if found != "ok":
            raise RuntimeError(f"integrity check: {found}")
        broken = connection.execute(text("pragma foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"foreign keys lead nowhere: {broken[:5]}")
        verify_counts(connection, counts)


def verify_counts(connection: Connection, counts: dict[str, int]) -> None:
    """Compare the numbers of rows with those that were to be written.

    Raises:
        RuntimeError: they differ.
    """
    for table in TABLES:
        name = table_name(table)
        written = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if written != counts.get(name, written):
            raise RuntimeError(f"{name} has {written} rows, not {counts[name]}")
