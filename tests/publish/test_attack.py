"""Short forms of the parts of ``make attack`` that have no test of their own.

The list of SQL is in test_guard_connections.py, odd requests in test_guard_requests.py, and the
functions in test_guard_sql.py. What a machine that is busy may miss, a time, is left to the attack.
"""

import math
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from bench.attack import PARTS
from bench.attack_connections import Row
from bench.attack_kills import measure_kills
from bench.attack_load import measure_flood, measure_memory, measure_strangers, measure_swap

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and forks")


def figures(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the rows by the word that begins what they count, such as 'failed'."""
    return {row.what.partition(": ")[2].split()[0].strip(","): row for row in rows}


def test_under_readers_no_swap_fails_or_tears_an_answer(database: Path) -> None:
    rows = figures(measure_swap(database, readers=4, seconds=4, between=1))
    for word in ("failed", "torn", "memory"):
        assert rows[word].is_kept, rows[word]
    assert int(rows["failed"].what.split()[3].replace(",", "")) > 4
    assert rows["torn"].what.endswith("at 3 swaps")


def test_a_flood_of_long_addresses_takes_no_memory(database: Path) -> None:
    rows = list(measure_flood(database, refused=100, answered=200))
    assert [row.what.split()[1] for row in rows] == [*(["addresses", "memory"] * 2), "the"]
    assert all(row.is_kept for row in rows), rows


def test_beside_strangers_every_page_answers(database: Path) -> None:
    rows = list(measure_strangers(database, strangers=(4, 12), pages=4))
    assert len(rows) == 3
    assert all(math.isfinite(row.figure) for row in rows), rows


def test_who_holds_sqlite_s_memory_keeps_no_page_from_answering(database: Path) -> None:
    rows = figures(measure_memory(database, pages=6))
    assert set(rows) == {"pages", "megabytes"}
    assert all(row.is_kept for row in rows.values()), rows


def test_killed_builds_and_writers_lose_nothing(database: Path) -> None:
    rows = figures(measure_kills(database, kills=6))
    assert set(rows) == {"builds", "databases", "files", "writers", "data", "of"}
    assert all(row.is_kept for row in rows.values()), rows


def test_a_figure_is_held_to_its_bound() -> None:
    assert Row("", 2, "<= 2").is_kept
    assert not Row("", 2.1, "<= 2").is_kept
    assert not Row("", math.inf, "<= 5000").is_kept
    assert not Row("", -1, "<= 2").is_kept  # what was not measured
    assert Row("", 0, "== 0").is_kept
    assert not Row("", 1, "== 0").is_kept
    assert set(PARTS) == {
        *("functions", "sql", "connections", "requests", "swap", "flood", "strangers", "kills"),
        "memory",
    }
