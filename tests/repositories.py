"""Repositories that tests make, apart from any other on the machine."""

import subprocess
from pathlib import Path


def git(folder: Path, *words: str, fed: bytes | None = None) -> str:
    who = [
        "-c",
        "user.name=Ada",
        "-c",
        "user.email=ada@example.org",
        "-c",
        "core.hooksPath=/dev/null",
    ]
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], check=True, capture_output=True, input=fed
    )
    return done.stdout.decode().strip()


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Change the data")
