"""A server as its users start it."""

import subprocess
import sys
from pathlib import Path


def start_server(*words: str, cwd: Path) -> tuple[subprocess.Popen[str], str]:
    """Start `serve` on a free port; return the process and the map's address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "marginal_risk", "serve", "--port", "0", *words],
        cwd=cwd,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("The map is at "):
            return process, line.split()[4]
    raise AssertionError("the server did not start")
