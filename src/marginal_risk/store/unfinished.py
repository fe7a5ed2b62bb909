"""What is left beside an output when a process is killed while it writes under another name."""

import os
import shutil
from glob import escape
from pathlib import Path


def name_beside(output: Path, purpose: str) -> Path:
    """Return the name in the same folder under which this process works on ``output``."""
    return output.with_name(f".{output.name}.{purpose}-{os.getpid()}")


def remove_leftovers(output: Path, purpose: str) -> None:
    """Remove what processes left that were killed; those still running keep theirs."""
    for leftover in output.parent.glob(f".{escape(output.name)}.{purpose}-*"):
        process = leftover.name.rpartition("-")[2]
        if process.isdecimal() and not _is_running(int(process)):
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover)
            else:
                leftover.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if os.name != "posix":
        return True  # signal 0 is a question on POSIX only
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
