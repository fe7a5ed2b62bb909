"""Building from large bibliographies, against the parser alone on the same files.

The floor is ``bibtexparser.parse_file`` with its default stack, in one process, in the same run.
"""

import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from bench.invent import ROOT, codebook_text
from bench.site import Row
from marginal_risk.read.coding_sheets import SCREENING_COLUMNS

_LETTERS = "aeioubcdfglmnprst"
_ACCENTS = ('{\\"u}', "{\\'e}", "\\~n", "{\\o}", "\\c{c}", "{\\ss}")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_PARSE = "import sys, bibtexparser\nfor path in sys.argv[1:]: bibtexparser.parse_file(path)\n"


class Cost(NamedTuple):
    """What a command cost, its child processes included."""

    seconds: float
    cpu_seconds: float


def measure(entries: int = 100_000, files: int = 10) -> Iterator[Row]:
    """Yield what it costs to build from ``entries`` in ``files`` files, and in one."""
    with tempfile.TemporaryDirectory(prefix="marginal-risk-bench-") as name:
        folder = Path(name)
        many = invent_bibliography(folder / "many", entries, files)
        one = invent_bibliography(folder / "one", entries, 1)
        tenth = invent_bibliography(folder / "tenth", entries // 10, 1)
        floor = run_python(_PARSE, *_bib_files(many))
        floor_of_one = run_python(_PARSE, *_bib_files(one))
        database = folder / "many.db"
        build = run_build(many, database)
        what = f"build of {files} files x {entries // files:,} entries"
        yield f"{what} / parsing them", build.seconds / floor.seconds, "<= 1.6"
        yield f"{what} / parsing them, CPU time", build.cpu_seconds / floor.cpu_seconds, ""
        again = run_build(many, database)
        yield "the same when nothing changed / the build", again.seconds / build.seconds, "<= 0.05"
        whole = run_build(one, folder / "one.db")
        what = f"build of one file of {entries:,} entries"
        yield f"{what} / parsing it", whole.seconds / floor_of_one.seconds, "<= 1.6"
        fifth = invent_bibliography(folder / "fifth", entries // 5, files)
        floor_of_fifth = run_python(_PARSE, *_bib_files(fifth))
        review = run_build(fifth, folder / "fifth.db")
        what = (
            f"build of {files} files x {entries // 5 // files:,} entries, each with a screening row"
        )
        yield f"{what} / parsing them", review.seconds / floor_of_fifth.seconds, "<= 2.0"
        small = run_build(tenth, folder / "tenth.db")
        per_entry = whole.seconds / (10 * small.seconds)
        yield f"time per entry at {entries:,} / at {entries // 10:,}", per_entry, "<= 1.1"
        peak = measure_peak(one, folder / "one.db") / 1e9
        yield f"peak memory at {entries:,} entries, GB, all processes", peak, "<= 1.2"


def run_build(data: Path, database: Path) -> Cost:
    """Build a database, in a process of its own."""
    return _run(_build(data, database))


def run_program(*words: str) -> Cost:
    """Run a command of the program."""
    return _run(_program(*words))


def measure_peak(data: Path, database: Path) -> int:
    """Build anew; return the most memory that was used, of all processes together, in bytes.

    It is the proportional set size, sampled: a run by itself, as looking takes time from it.
    """
    database.unlink(missing_ok=True)
    with _started(_build(data, database)) as process:
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        watcher.start()
        _end(process)
        watcher.join()
    return peak[0]


def run_python(code: str, *words: str) -> Cost:
    """Run a piece of Python."""
    return _run([sys.executable, "-c", code, *words])


def _program(*words: str) -> list[str]:
    return [sys.executable, "-m", "marginal_risk", *words]


def _build(data: Path, database: Path) -> list[str]:
    return _program("build", "--data", str(data), "--output", str(database))


def _run(words: list[str]) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with _started(words) as process:
        _end(process)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds, used)


def _started(words: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Wait for the end of a process.

    Raises:
        RuntimeError: it failed; the text has the last of what it said.
    """
    _, said = process.communicate()
    if process.returncode:
        raise RuntimeError(said.decode("utf-8", "replace")[-2000:])


def _watch(process: "subprocess.Popen[bytes]", peak: list[int]) -> None:
    """Keep the most memory that a process and its children have at one time; Linux only."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(memory_of, _family(process.pid))))
        time.sleep(0.05)


def _family(process: int) -> list[int]:
    found = [process]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:  # it has ended
                continue
    return found


def memory_of(process: int) -> int:
    """Return the bytes of memory that a process has, its share of what several have; Linux only."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if "Pss:" in line), 0)


def _bib_files(data: Path) -> list[str]:
    return [str(path) for path in sorted((data / "bib").glob("*.bib"))]


def invent_bibliography(data: Path, entries: int, files: int, seed: int = 0) -> Path:
    """Write a data directory with ``entries`` works that nobody wrote; return it.

    An entry has some 880 bytes: up to six authors, an abstract, a DOI, a month; one in ten has
    accents in LaTeX, one in fifty inherits its book's title.
    """
    choose = random.Random(seed)
    (data / "bib").mkdir(parents=True)
    (data / "codebook.yml").write_text(codebook_text(), "utf-8")
    for path in (ROOT / "data").glob("*.csv"):
        header = path.read_text("utf-8").partition("\n")[0]
        (data / path.name).write_text(f"{header}\n", "utf-8")
    words = ["".join(choose.choices(_LETTERS, k=choose.randint(4, 11))) for _ in range(30_000)]
    weights = list(accumulate(1 / (place + 5) for place in range(len(words))))
    screening = []
    for file in range(files):
        text = []
        for number in range(file * entries // files, (file + 1) * entries // files):
            text.append(_entry(number, choose, words, weights))
            decided = {"citekey": f"invented{number:06}", "decision": "candidate"}
            decided["found_via"] = "Invented"
            cells = (decided.get(column, "") for column in SCREENING_COLUMNS)
            screening.append(f"{','.join(cells)}\n")
        (data / "bib" / f"invented{file:02}.bib").write_text("\n".join(text), "utf-8")
    with (data / "screening.csv").open("a", encoding="utf-8") as sheet:
        sheet.writelines(screening)
    return data


def _entry(number: int, choose: random.Random, words: list[str], weights: list[float]) -> str:
    key = f"invented{number:06}"
    people = choose.choices(words, k=2 * choose.randint(1, 6))
    names = [f"{a.title()}, {b.title()}" for a, b in zip(people[::2], people[1::2], strict=True)]
    if number % 10 == 0:
        names[0] = f"{choose.choice(_ACCENTS)}{names[0]}"
    title = " ".join(
        choose.choices(words, cum_weights=weights, k=choose.randint(7, 14))
    ).capitalize()
    abstract = " ".join(choose.choices(words, cum_weights=weights, k=54))
    where = "journal = {Annals of Invention}"
    if number % 50 == 1:
        where = f"crossref = {{invented{number - 1:06}}}"
    return (
        f"@article{{{key},\n  author = {{{' and '.join(names)}}},\n  title = {{{title}}},\n"
        f"  year = {{{2000 + number % 25}}},\n  month = {_MONTHS[number % 12]},\n  {where},\n"
        f"  volume = {{{number % 90}}},\n  pages = {{{number % 800}--{number % 800 + 9}}},\n"
        f"  doi = {{10.5555/{key}}},\n  url = {{https://example.org/{key}}},\n"
        f"  abstract = {{{abstract}}},\n}}\n"
    )
