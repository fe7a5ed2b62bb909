"""What a database was built from: the versions of data and program, and the commit."""

import hashlib
import os
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parent


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
    """Return the hash of the program's own files: 12 hexadecimal digits."""
    digest = hashlib.sha256()
    folders = (PACKAGE, shipped("migrations"))
    for path in sorted(p for folder in folders for p in folder.rglob("*")):
        if path.suffix in {".py", ".sql"}:
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def read_provenance(data_dir: Path) -> Provenance:
    """Return the commit and day of the data."""
    changed = _git(data_dir, "status", "--porcelain", "--", ".")
    last = _git(data_dir, "log", "-1", "--format=%H %ct", "--", ".")
    if changed == "" and last:
        commit, seconds = last.split()
        return Provenance(commit, _day(int(seconds)))
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return Provenance(None, _day(int(epoch)))
    return Provenance(None, datetime.now(UTC).date().isoformat())


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _git(folder: Path, *words: str) -> str | None:
    """Return what git prints, or None where git or the repository is missing."""
    try:
        done = subprocess.run(  # noqa: S603  (fixed words, no shell)
            ["git", "-C", str(folder), *words],  # noqa: S607  (git, wherever it is installed)
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
