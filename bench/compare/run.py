"""Run commands of the program that is on the path, each in a fork: bench.compare starts it.

Reads a JSON array from each line of standard input: the words of a command, and what is typed.
Answers with a line: exit code, standard output, standard error. A fork saves what most of a short
command is, the importing of libraries; the program itself is imported anew each time.
"""

import contextlib
import importlib
import json
import os
import sys
import tempfile
from typing import BinaryIO

_LIBRARIES = "alembic.config bibtexparser click pydantic rapidfuzz sqlmodel yaml".split()


def run_command(words: list[str], typed: str) -> list[object]:
    """Return what a command answers."""
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
        files[0].write(typed.encode())
        files[0].seek(0)
        child = os.fork()
        if child == 0:
            _become(words, files)
        _, status = os.waitpid(child, 0)
        printed = []
        for file in files[1:]:
            file.seek(0)
            printed.append(file.read().decode("utf-8", "backslashreplace"))
        return [os.waitstatus_to_exitcode(status), *printed]


def _become(words: list[str], files: list[BinaryIO]) -> None:
    for number, file in enumerate(files):
        os.dup2(file.fileno(), number)
    code = 1
    try:
        from marginal_risk.cli import main  # noqa: PLC0415 (in the child alone)

        main(words, prog_name="marginal-risk")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    for library in _LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(library)
    for line in sys.stdin:
        print(json.dumps(run_command(*json.loads(line))), flush=True)
