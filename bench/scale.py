"""What one file serves: measures it, and writes the numbers into docs/scale.md.

``python -m bench.scale``: the numbers are those of one run on one machine; the ratios among them
say more than the seconds.
"""

import os
import platform
import tempfile
from pathlib import Path
from typing import NamedTuple

from bench.invent import invent_data
from bench.page import as_table, put_table
from bench.site import rate, serving
from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.formats.package import write_package
from marginal_risk.rows import say_nothing
from marginal_risk.store.database import build_database

SIZES = (100, 1_000, 3_000)
"""Coded studies; the published map has fewer than the first."""


class Measured(NamedTuple):
    """What serving so many coded studies takes."""

    studies: int
    bytes_of_database: int
    bytes_of_parquet: int
    kept: float
    """Requests per second for the map, asked again."""
    uncached: float
    """Requests per second for the map, each with another filter."""
    searched: float
    """Requests per second for the list of studies with a word, each with another address."""
    constant: float
    """Requests per second for a constant of the map's size, by the same server."""


def main() -> None:
    """Measure, and put the table into the page."""
    rows = [measure(studies) for studies in SIZES]
    table = as_markdown(rows, os.cpu_count() or 1, platform.python_version())
    put_table("bench.scale", table)
    print(table)


def measure(studies: int) -> Measured:
    """Build, export and serve invented data with so many coded studies."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database, package = folder / "evidence.db", folder / "package"
        package.mkdir()
        build_database(read_corpus(invent_data(folder / "data", studies)), database)
        write_package(database, package, say_nothing)
        with serving(database, size=1) as get:
            size = len(get("/"))
        numbers = iter(range(1_000_000))
        with serving(database, size=size) as get:
            return Measured(
                studies,
                database.stat().st_size,
                sum(path.stat().st_size for path in (package / "parquet").iterdir()),
                rate(get, "/", 300),
                rate(get, "/?to=3{:03}", 20, numbers),
                rate(get, "/studies?q=model&page={}", 20, numbers),
                rate(get, "/constant", 300),
            )


def as_markdown(rows: list[Measured], cores: int, python: str) -> str:
    """Return the table of the page."""
    head = (
        *("coded studies", "database, MB", "kB a study", "Parquet / database"),
        *("map, kept / constant", "map, uncached, a second", "search, uncached, a second"),
    )
    cells = [
        (
            f"{row.studies:,}",
            f"{row.bytes_of_database / 1e6:.1f}",
            f"{row.bytes_of_database / row.studies / 1e3:.1f}",
            f"{row.bytes_of_parquet / row.bytes_of_database:.2f}",
            f"{row.kept / row.constant:.2f}",
            f"{row.uncached:.0f}",
            f"{row.searched:.0f}",
        )
        for row in rows
    ]
    told = f"One run, one server process, a machine of {cores} cores, Python {python}."
    return f"{as_table(head, cells)}\n{told}\n"


if __name__ == "__main__":
    main()
