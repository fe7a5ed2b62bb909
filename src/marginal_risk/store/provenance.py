"""What a database was built from: the versions of data and program, and the commit.

Each start asks whether a database is current, so nothing large is imported here.
"""

import hashlib
import os
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from marginal_risk.git import ask_git
from marginal_risk.read.files import data_version
from marginal_risk.store.releases import read_releases, releases_version

PACKAGE = Path(__file__).parents[1]
BUILT_FROM = (
    "select data_version, program_version, git_commit, data_date, releases_version from build"
)
_LOOKED_AT = 2**26
"""Bytes of the largest file whose pages are looked at when a program starts: about 0.1 s."""
# What counts as data, for git: a note beside it, or what an editor leaves there, does not.
_DATA = (":(glob)*.yml", ":(glob)*.csv", ":(glob)bib/**/*.bib")
# A line of 'git blame --porcelain' that says which commit wrote a line of the file.
_BLAMED_LINE = re.compile(r"(?P<commit>[0-9a-f]{40,64}) \d+ (?P<line>\d+)(?: \d+)?$")


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


def is_current(output: Path, data_dir: Path) -> bool:
    """Tell whether ``output`` was built by this program from the inputs as they are now.

    Whether it is damaged since, ``find_damage`` tells.
    """
    if not output.is_file():
        return False
    try:
        with closing(_look_at(output)) as connection:
            row = connection.execute(BUILT_FROM).fetchone()
    except sqlite3.Error:
        return False
    return is_same_build(row, data_dir)


def find_damage(output: Path, is_thorough: bool = False) -> str | None:
    """Return what is wrong with a database file, or None where nothing is found.

    Its length is compared with what it says, and the structure of its pages is looked at unless
    it is too large for that at each start. A thorough look reads all of any file, and also
    compares each index with its table and follows each foreign key. A text that was changed in
    place without either is not found.
    """
    try:
        size = output.stat().st_size
        with closing(_look_at(output)) as connection:
            (page_size,) = connection.execute("pragma page_size").fetchone()
            with output.open("rb") as file:
                says = int.from_bytes(file.read(32)[28:], "big") * page_size
            if size != says:
                return f"it has {size} bytes, and says that it has {says}"
            found = ("ok",)
            if is_thorough:
                found = connection.execute("pragma integrity_check(1)").fetchone()
            elif size <= _LOOKED_AT:
                found = connection.execute("pragma quick_check(1)").fetchone()
            if found != ("ok",):
                return " ".join(str(found[0]).split())
            if is_thorough and connection.execute("pragma foreign_key_check").fetchone():
                return "a row names another one that is missing"
    except (OSError, sqlite3.Error) as error:
        return str(error)
    return None


def _look_at(output: Path) -> sqlite3.Connection:
    """Open a database file so that nothing is written beside it."""
    address = f"file:{quote(str(output.resolve()))}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True)


def is_same_build(row: Sequence[str | None] | None, data_dir: Path) -> bool:
    """Tell whether a row of ``build``, read as BUILT_FROM, is what a build would write now."""
    if row is None or tuple(row[:2]) != (data_version(data_dir), program_version()):
        return False
    commit, day = read_provenance(data_dir)
    # Without a commit the day says when it was built, which is no reason to build again.
    if row[2] != commit or (commit is not None and row[3] != day):
        return False
    return row[4] == releases_version(read_releases(data_dir))


def read_changed_days(data_dir: Path, name: str) -> dict[int, str]:
    """Return the day of the last commit to each line of a data file, by its number from 1.

    Nothing comes back where git does not know the file.
    """
    blamed = _git(data_dir, "blame", "--porcelain", paths=(name,)) or ""
    commits: dict[int, str] = {}
    days: dict[str, str] = {}
    commit = ""
    for line in blamed.split("\n"):
        if header := _BLAMED_LINE.match(line):
            commit = header["commit"]
            commits[int(header["line"])] = commit
        elif line.startswith("committer-time "):
            days[commit] = _day(int(line.split()[1]))
    return {line: days[commit] for line, commit in commits.items()}


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _git(folder: Path, *words: str, paths: Sequence[str] = _DATA) -> str | None:
    """Return what git says of the data, or None where git or the repository is missing."""
    answer = ask_git(folder, *words, "--", *paths)
    return None if answer is None else answer.decode("utf-8", "replace").strip()
