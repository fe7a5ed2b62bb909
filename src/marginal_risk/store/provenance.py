"""What a database was built from: the versions of data and program, and the commit."""

import hashlib
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from marginal_risk.git import ask_git

PACKAGE = Path(__file__).parents[1]
# What counts as data, for git: a note beside it, or what an editor leaves there, does not.
_DATA = (":(glob)*.yml", ":(glob)*.csv", ":(glob)bib/**/*.bib")
# A line of 'git blame --porcelain' that says which commit wrote a line of the file.
_BLAMED = re.compile(r"(?P<commit>[0-9a-f]{40,64}) \d+ (?P<line>\d+)(?: \d+)?$")


class Provenance(NamedTuple):
    """Where the data stood when it was read."""

    git_commit: str | None
    """Last commit to the data; None where there is none, or the data differs from it."""
    data_date: str
    """Day of that commit, YYYY-MM-DD; else SOURCE_DATE_EPOCH's day, else today."""


def shipped(name: str) -> Path:
    """Return a folder or file that stands beside the package in a clone, inside it in a wheel.

    Raises:
        FileNotFoundError: it is in neither place.
    """
    for path in (PACKAGE / name, PACKAGE.parents[1] / name):
        if path.exists():
            return path
    raise FileNotFoundError(f"{name} is missing from this installation of marginal-risk")


@cache
def program_version() -> str:
    """Return the hash of the program's own files: 12 hexadecimal digits.

    A clone and a wheel made of it have the same.
    """
    migrations = shipped("migrations")
    paths = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*")}
    for path in migrations.rglob("*"):
        paths[path.relative_to(migrations.parent).as_posix()] = path
    digest = hashlib.sha256()
    for name, path in sorted(paths.items()):
        if path.suffix in {".py", ".sql"}:
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def read_provenance(data_dir: Path) -> Provenance:
    """Return the commit and day of the data."""
    changed = _git(data_dir, "status", "--porcelain", "--untracked-files=all", "--ignored")
    last = _git(data_dir, "rev-list", "--max-count=1", "--timestamp", "HEAD")
    if changed == "" and last:
        seconds, commit = last.split()
        return Provenance(commit, _day(int(seconds)))
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return Provenance(None, _day(int(epoch)))
    return Provenance(None, datetime.now(UTC).date().isoformat())


def read_changed_days(data_dir: Path, name: str) -> dict[int, str]:
    """Return the day of the last commit to each line of a data file, by its number from 1.

    Nothing comes back where git does not know the file.
    """
    told = _git(data_dir, "blame", "--porcelain", paths=(name,)) or ""
    commits: dict[int, str] = {}
    days: dict[str, str] = {}
    commit = ""
    for line in told.split("\n"):
        if header := _BLAMED.match(line):
            commit = header["commit"]
            commits[int(header["line"])] = commit
        elif line.startswith("committer-time "):
            days[commit] = _day(int(line.split()[1]))
    return {line: days[commit] for line, commit in commits.items()}


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _git(folder: Path, *words: str, paths: Sequence[str] = _DATA) -> str | None:
    """Return what git says of the data, or None where git or the repository is missing."""
    told = ask_git(folder, *words, "--", *paths)
    return None if told is None else told.decode("utf-8", "replace").strip()
