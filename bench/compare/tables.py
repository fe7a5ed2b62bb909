"""``python -m bench.compare.tables OLD.db NEW.db``: two databases, row by row.

Both are built from the same data by two states of the program, such as the large review of
``bench.invent``. Every table and view is compared with the rows in any order; the columns that
name the program, and the texts that define and describe, are left out. Exits with 1 where rows
differ, or where a table or view of the old database is not in the new one.
"""

import argparse
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.compare.databases import read_tables

OF_PROGRAM = {"", "build", "alembic_version", "table_descriptions", "field_descriptions"}
"""Definitions, and the tables that say something of the program itself."""


def main() -> None:
    """Print how many rows of each table and view were compared, and which differ."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare.tables")
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    given = parser.parse_args()
    with closing(sqlite3.connect(given.old)) as old, closing(sqlite3.connect(given.new)) as new:
        differences = list(compare(old, new))
    for difference in differences:
        print(difference)
    sys.exit(1 if differences else 0)


def compare(old: sqlite3.Connection, new: sqlite3.Connection) -> Iterator[str]:
    """Yield what differs, a line for each table or view; print what was compared."""
    before, after = dict(read_tables(old)), dict(read_tables(new))
    compared = [
        name
        for name in before
        if name in after and name not in OF_PROGRAM and not name.startswith("sqlite_")
    ]
    print(
        f"{len(compared)} tables and views with {sum(len(before[name]) for name in compared):,}"
        f" rows compared; only in the new one: {', '.join(after.keys() - before) or 'none'}"
    )
    for name in sorted(before.keys() - after):
        yield f"{name} is not in the new database"
    for name in compared:
        gone, come = Counter(before[name]), Counter(after[name])
        if gone != come:
            lost, added = gone - come, come - gone
            yield (
                f"{name}: {lost.total()} rows gone, {added.total()} new, such as"
                f" {next(iter(lost), '')[:200]} and {next(iter(added), '')[:200]}"
            )


if __name__ == "__main__":
    main()
