"""Builds and writers that are killed at any moment: nothing that was there may be lost or torn."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from bench.attack_connections import Row
from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main as command_line
from marginal_risk.contribute.writers import only_writer
from marginal_risk.store.database import build_database

TINY = Path(__file__).parents[1] / "tests" / "data" / "tiny"
KILLS = 200
"""Half of them of builds, half of writers."""
FOUND = "TY  - JOUR\nAU  - Writer, Ida\nTI  - Wax seals of small towns\nPY  - 2020\nER  - \n"
Act = Callable[[], object]


def measure_kills(_: Path, kills: int = KILLS) -> Iterator[Row]:
    """Yield what was damaged where builds and writers were killed."""
    with tempfile.TemporaryDirectory() as name:
        yield from _kill_builds(Path(name), kills // 2)
        yield from _kill_writers(Path(name), kills // 2)


def _kill_builds(folder: Path, kills: int) -> Iterator[Row]:
    database = folder / "evidence.db"

    def build() -> None:
        build_database(read_corpus(TINY), database)

    seconds = _time(build)
    (whole,) = {_read(database)}
    choose = random.Random(0)
    killed = damaged = tries = 0
    while killed < kills and tries < 10 * kills:
        tries += 1
        killed += _kill(build, seconds * choose.random())
        damaged += _read(database) != whole
    build()
    left = [path.name for path in folder.iterdir() if path != database]
    yield Row(f"kills: builds that could not be killed, of {kills}", kills - killed, "== 0")
    yield Row(f"kills: databases damaged by {killed} killed builds", damaged, "== 0")
    yield Row("kills: files left behind after the next build", len(left), "== 0")


def _kill_writers(folder: Path, kills: int) -> Iterator[Row]:
    found = folder / "found.ris"
    found.write_text(FOUND, encoding="utf-8")

    def write(data: Path) -> Act:
        words = ["import", str(found), "--data", str(data)]
        return lambda: command_line.main(words, standalone_mode=False)

    after = shutil.copytree(TINY, folder / "after")
    seconds = _time(write(after))
    wholes = [_content(TINY), _content(after)]
    assert wholes[0] != wholes[1]
    choose = random.Random(1)
    killed = lost = unsaid = finished = tries = 0
    while killed < kills and tries < 10 * kills:
        tries += 1
        data = shutil.copytree(TINY, folder / str(tries))
        # Most of its time it reads; what is torn would be torn at its end.
        was_killed = _kill(write(data), seconds * max(choose.random(), choose.random()))
        killed += was_killed
        corpus = read_corpus(data)
        is_named = any(problem.rule == "unfinished-change" for problem in corpus.problems)
        unsaid += not (is_named or (corpus.is_sound and _content(data) in wholes))
        with only_writer(data, "format", lambda _: None):  # what any command that writes does
            pass
        finished += was_killed and _content(data) == wholes[1]
        lost += _content(data) not in wholes or not read_corpus(data).is_sound
        shutil.rmtree(data)
    what = f"kills: data lost or torn by {killed} killed imports, of which {finished} were done"
    yield Row(f"kills: writers that could not be killed, of {kills}", kills - killed, "== 0")
    yield Row(what, lost, "== 0")
    yield Row("kills: of which nobody was told", unsaid, "== 0")


def _time(act: Act) -> float:
    """Return the seconds of an act in a process of its own."""
    begin = time.monotonic()
    assert os.waitstatus_to_exitcode(os.waitpid(_start(act), 0)[1]) == 0
    return time.monotonic() - begin


def _kill(act: Act, seconds: float) -> bool:
    """Kill an act after so many seconds; return whether it was not over."""
    child = _start(act)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _start(act: Act) -> int:
    """Begin an act in a process of its own, which has all modules already; return its number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
                act()
            code = 0
        finally:
            os._exit(code)
    return child


def _read(database: Path) -> object:
    """Return what a database says of itself; its fault, where it has one."""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as file:
            fault = file.execute("pragma integrity_check").fetchone()
            rows = file.execute("select count(*) from judgements").fetchone()
            return fault, rows, file.execute("select data_version from build").fetchone()
    except sqlite3.Error as error:
        return str(error)


def _content(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder that are not for the program alone."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in files
        if not path.relative_to(folder).parts[0].startswith(".")
    }
