"""Work done by copies of this process, and by this one where there can be none."""

import subprocess
import sys
from pathlib import Path

import pytest

from marginal_risk.side_by_side import do_in_threads, doing_meanwhile

# In a process of its own: one with threads is not copied.
MEANWHILE = """
import os, signal, sys
from pathlib import Path
from marginal_risk import side_by_side

file, case = Path(sys.argv[1]), sys.argv[2]
here = os.getpid()
side_by_side._processors = lambda: 2

def work():
    if os.getpid() != here:
        if case == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if case == "failing":
            raise ValueError
        if case == "broken off":
            signal.pause()
    file.write_text("here" if os.getpid() == here else "copy")

with side_by_side.doing_meanwhile(work, is_large=case != "small"):
    if case == "broken off":
        raise KeyboardInterrupt
print(file.read_text())
"""


def do_meanwhile(file: Path, case: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", MEANWHILE, str(file), case]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("case", "who"), [("small", "here"), ("large", "copy"), ("killed", "here"), ("failing", "here")]
)
def test_what_is_done_meanwhile_is_done_once_the_block_is(
    tmp_path: Path, case: str, who: str
) -> None:
    done = do_meanwhile(tmp_path / "file", case)
    assert (done.stdout.strip(), done.stderr) == (who, "")


def test_a_block_that_is_broken_off_waits_for_nothing(tmp_path: Path) -> None:
    done = do_meanwhile(tmp_path / "file", "broken off")
    assert done.stderr.endswith("KeyboardInterrupt\n")
    assert not (tmp_path / "file").exists()


def test_where_the_block_fails_nothing_is_done_behind_it() -> None:
    def work() -> None:
        raise AssertionError("it was done")

    with pytest.raises(ValueError, match="block"), doing_meanwhile(work, is_large=False):
        raise ValueError("block")


def test_threads_do_all_and_the_first_failure_is_raised() -> None:
    done = []

    def fail(number: int) -> None:
        raise ValueError(number)

    with pytest.raises(ValueError, match="1"):
        do_in_threads(lambda: done.append(0), lambda: fail(1), lambda: fail(2))
    assert done == [0]
