"""Building again while the map is served, for the contributor who edits and looks.

Each build is a process of its own, the same that ``marginal-risk build`` starts: it writes what is
wrong with the data to this terminal, and replaces the database only when it is whole.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.forkserver import ensure_running
from pathlib import Path

import click

from marginal_risk.cli.build import build_if_needed

SECONDS_BETWEEN_LOOKS = 0.2
"""How often the data is looked at."""

_CAN_FORK = "forkserver" in get_all_start_methods()
"""Whether processes can be made from one that has loaded already what a build needs."""
_LOADED = [
    *("marginal_risk.check.corpus", "marginal_risk.cli.reporting"),
    *("marginal_risk.store.database", "marginal_risk.store.provenance"),
]

State = frozenset[tuple[str, int, int]]
"""Name, size and time of change of each file of the data."""


def read_state(data_dir: Path) -> State:
    """Return what changes when a file of the data does."""
    found = set()
    for pattern in ("*.yml", "*.csv", "bib/**/*.bib"):
        for path in data_dir.glob(pattern):
            try:
                status = path.stat()
            except OSError:
                continue  # it is being replaced, or leads nowhere: the build says so
            found.add((str(path), status.st_size, status.st_mtime_ns))
    return frozenset(found)


class Rebuilder:
    """Builds again when the data has changed, and has been still from one look to the next."""

    def __init__(self, data_dir: Path, build: Callable[[], None]) -> None:
        self._data_dir = data_dir
        self._build = build
        self._built = self._last = read_state(data_dir)

    def look(self) -> None:
        """Build where the data is not as it was when it was built last."""
        state = read_state(self._data_dir)
        is_still, self._last = state == self._last, state
        if is_still and state != self._built:
            self._built = state
            self._build()

    def start(self) -> None:
        """Look for ever, in a thread that ends with the program."""
        if _CAN_FORK:
            get_context("forkserver").set_forkserver_preload(_LOADED)
            ensure_running()
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(SECONDS_BETWEEN_LOOKS):
                self.look()

        threading.Thread(target=watch, name="rebuilding", daemon=True).start()


def build_beside(data_dir: Path, output: Path) -> None:
    """Build in a process of its own; its messages come to this terminal."""
    # A fork of a program that serves could wait for ever for a lock of one of its threads.
    context = get_context("forkserver") if _CAN_FORK else get_context("spawn")
    process = context.Process(target=_build, args=(data_dir, output))
    process.start()
    process.join()
    if process.exitcode:
        click.echo("The map stays as it was.", err=True)
    process.close()


def _build(data_dir: Path, output: Path) -> None:
    try:
        build_if_needed(data_dir, output)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
