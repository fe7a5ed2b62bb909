"""What git is asked: fixed words, no shell, and nothing of the repository is run."""

import os
import subprocess
from pathlib import Path

# What a caller's environment may say of git; a hook's says which repository and index to use.
_SETTINGS = ("GIT_CONFIG", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES")


def ask_git(folder: Path, *words: str, fed: bytes = b"") -> bytes | None:
    """Return what git says in a folder, or None where git fails, or is not there.

    It runs no hook of the repository, takes no lock that another git may want, and fetches
    nothing. ``fed`` is what git reads from standard input.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_SETTINGS)
    }
    environment["GIT_NO_LAZY_FETCH"] = "1"
    options = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(folder)]
    try:
        done = subprocess.run(  # noqa: S603  (fixed words, no shell)
            ["git", *options, *words],  # noqa: S607  (wherever it is installed)
            capture_output=True,
            check=True,
            env=environment,
            input=fed,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
