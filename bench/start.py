"""How soon commands start, against Python with the libraries that they need."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.invent import ROOT, invent_review
from bench.site import Row

_STUDIES = 3_000
_ROUNDS = 10
_PROGRAM = (sys.executable, "-m", "marginal_risk")
_LOADED = (
    "import bibtexparser, click, pylatexenc.latexwalker, rapidfuzz, yaml\n"
    "from pydantic import BaseModel, Field, StringConstraints\n"
)
"""What a check loads."""
_LIBRARIES = f"{_LOADED}import alembic, sqlmodel\n"
"""What a build loads, too: the program with all its libraries."""


def measure() -> Iterator[Row]:
    """Yield the ratios in CPU time, each the least of several runs, and the seconds of ``add``."""
    click = cpu_seconds(sys.executable, "-c", "import click")
    yield "--help / importing click, CPU time", cpu_seconds(*_PROGRAM, "--help") / click, "<= 2"
    libraries = cpu_seconds(sys.executable, "-c", _LIBRARIES)
    check = cpu_seconds(*_PROGRAM, "check", "--data", str(ROOT / "data"))
    what = "check of the published data / starting with its libraries, CPU time"
    yield what, check / libraries, "<= 1.3"
    loaded = cpu_seconds(sys.executable, "-c", _LOADED)
    yield "the same / starting with those that a check loads, CPU time", check / loaded, ""
    with tempfile.TemporaryDirectory(prefix="marginal-risk-bench-") as name:
        data = invent_review(Path(name) / "data", _STUDIES)
        asked = statistics.median(seconds_to_question(data, Path(name)) for _ in range(3))
    yield f"add, seconds to its first question, {_STUDIES:,} studies", asked, "<= 0.5"


def cpu_seconds(*words: str) -> float:
    """Return the least CPU time of several runs of a program, its own and the system's for it."""
    taken = []
    for _ in range(_ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)


def seconds_to_question(data: Path, home: Path) -> float:
    """Return how long ``add`` takes until it asks; ``home`` is a folder without earlier answers."""
    words = (*_PROGRAM, "add", "--data", str(data), "--input")
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    start = time.perf_counter()
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        said = b""
        while not said.endswith(b"> "):
            more = process.stdout.read(1)
            if not more:
                raise RuntimeError("add has asked nothing")
            said += more
        taken = time.perf_counter() - start
        process.kill()
    return taken


if __name__ == "__main__":
    for what, ratio, bound in measure():
        print(f"{ratio:8.2f}  {bound:<8} {what}", flush=True)
