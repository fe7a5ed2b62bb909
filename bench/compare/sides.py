"""One of two programs that are compared: its processes, and the folder they work in."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.compare.commands import EXPORTS, Step

_ASK = Path(__file__).with_name("ask.py")
_RUN = Path(__file__).with_name("run.py")
_MOMENT = "2026-01-01T12:00:00+00:00"
"""When the data of both was committed."""
_NOBODY = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")


@dataclass
class Side:
    """One of the two programs, and the folder it works in."""

    checkout: Path
    python: Path
    folder: Path
    runner: subprocess.Popen[str] | None = None

    def environment(self) -> dict[str, str]:
        """Return what its processes see: nothing of the user's settings."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self.checkout / "src"),
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def run(self, step: Step) -> list[Any]:
        """Run a command in its folder; return exit code, standard output, standard error."""
        if step.words[0] == "marginal-risk":
            return self._run_forked(step)
        words = [str(self.python) if step.words[0] == "python" else step.words[0], *step.words[1:]]
        done = subprocess.run(
            words, cwd=self.folder, env=self.environment(), capture_output=True, check=False
        )
        return [done.returncode, done.stdout.decode(), done.stderr.decode()]

    def _run_forked(self, step: Step) -> list[Any]:
        if self.runner is None:
            self.runner = subprocess.Popen(
                [self.python, _RUN],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.runner.stdin is not None
        assert self.runner.stdout is not None
        self.runner.stdin.write(f"{json.dumps([step.words[1:], step.typed])}\n")
        self.runner.stdin.flush()
        answer: list[Any] = json.loads(self.runner.stdout.readline())
        return answer

    def close(self) -> None:
        """End what runs its commands."""
        if self.runner is not None:
            self.runner.communicate()

    def build(self, data: str, database: str) -> Path:
        """Build a data directory of its folder; return the database.

        Raises:
            RuntimeError: it cannot be built.
        """
        done = self.run(Step(("marginal-risk", "build", "--data", data, "--output", database)))
        if done[0]:
            raise RuntimeError(f"{self.checkout} does not build:\n{done[2]}")
        return self.folder / database

    def ask(self, database: Path, requests: list[dict[str, Any]], follow: int) -> list[Any]:
        """Return the site's answers to requests, and to as many links from them.

        Raises:
            RuntimeError: the site cannot be asked.
        """
        given = {
            "database": str(database),
            "settings": str(self.checkout / "datasette.yml"),
            "requests": requests,
            "follow": follow,
        }
        output = database.with_suffix(".answers")
        done = subprocess.run(
            [self.python, _ASK, output],
            cwd=self.folder,
            env=self.environment(),
            input=json.dumps(given).encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{self.checkout} does not answer:\n{done.stderr.decode()}")
        return [json.loads(line) for line in output.read_text("utf-8").splitlines()]


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of change of each file, without what git keeps."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def prepare(side: Side, data: Path, tests: Path, entry: str) -> None:
    """Fill the folder of a program: the data, committed, and the invented data."""
    side.folder.mkdir()
    shutil.copytree(data, side.folder / "data")
    (side.folder / "entry.bib").write_text(entry, "utf-8")
    (side.folder / "exports").mkdir()
    for name, text in EXPORTS.items():
        (side.folder / "exports" / name).write_text(text, "utf-8")
    moment = {"GIT_AUTHOR_DATE": _MOMENT, "GIT_COMMITTER_DATE": _MOMENT}
    for words in ("init --quiet", "add data", "commit --quiet --message data"):
        subprocess.run(
            [
                "git",
                "-c",
                "user.name=Nobody",
                "-c",
                "user.email=nobody@example.org",
                *words.split(),
            ],
            cwd=side.folder,
            env=side.environment() | moment,
            check=True,
        )
    shutil.copytree(tests / "data" / "tiny", side.folder / "tiny")
    for fault in (tests / "data" / "faults").iterdir():
        folder = side.folder / "faults" / fault.name
        shutil.copytree(tests / "data" / "tiny", folder)
        shutil.copytree(fault, folder, dirs_exist_ok=True)


def python_of(checkout: Path) -> Path:
    """Return the python of a checkout's own environment, or the one that runs this."""
    own = checkout / ".venv" / "bin" / "python"
    return own if own.exists() else Path(sys.executable)
