"""``make attack``: attack the site on this machine, and print each figure with its bound.

It takes about ten minutes, on loopback alone. It exits with 1 where a bound is not kept.
A part can be had by itself, such as: python -m bench.attack sql swap
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.attack_connections import Row, measure_connections
from bench.attack_kills import measure_kills
from bench.attack_load import measure_flood, measure_memory, measure_strangers, measure_swap
from bench.attack_sql import measure_sql
from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database

ROOT = Path(__file__).parents[1]
REQUESTS = 20_000


def _run(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


def measure_functions(_: Path) -> Iterator[Row]:
    """Yield the worst call of a function."""
    code, said = _run("bench.attack_functions")
    slowest, memory = re.search(r"slowest: (\d+) ms", said), re.search(r"memory: (\d+) MB", said)
    yield Row("functions: slowest call, ms", float(slowest[1]) if slowest else -1, "<= 1500")
    yield Row("functions: memory of all calls, MB", float(memory[1]) if memory else -1, "<= 200")
    yield Row("functions: that did not end", code, "== 0")


def measure_requests(_: Path) -> Iterator[Row]:
    """Yield the faults of odd requests."""
    code, said = _run("bench.attack_requests", str(REQUESTS))
    faults = re.search(r"([\d,]+) faults", said)
    print(said, file=sys.stderr)
    number = float(faults[1].replace(",", "")) if faults else code
    yield Row(f"requests: faults of {REQUESTS:,}", number, "== 0")


PARTS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "functions": measure_functions,
    "sql": measure_sql,
    "connections": measure_connections,
    "requests": measure_requests,
    "swap": measure_swap,
    "flood": measure_flood,
    "strangers": measure_strangers,
    "memory": measure_memory,
    "kills": measure_kills,
}


def main(names: list[str]) -> None:
    """Attack, and print a table."""
    kept = True
    with tempfile.TemporaryDirectory() as name:
        database = Path(name) / "evidence.db"
        build_database(read_corpus(ROOT / "data"), database)
        for part in names or PARTS:
            for row in PARTS[part](database):
                kept &= row.is_kept
                word = "kept" if row.is_kept else "MISSED"
                print(f"{row.figure:10.2f}  {row.bound:<8} {word:<7} {row.what}", flush=True)
    sys.exit(not kept)


if __name__ == "__main__":
    main(sys.argv[1:])
