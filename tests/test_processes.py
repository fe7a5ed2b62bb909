"""Work done by several processes at once, and by this one where there cannot be several."""

import subprocess
import sys

import pytest

from marginal_risk import processes
from marginal_risk.processes import do_side_by_side, without_looking_for_cycles

PROGRAM = """
import os, sys
from marginal_risk import processes
processes._processors = lambda: 3
is_large = sys.argv[1] == "large"
results = list(processes.do_side_by_side(lambda number: (number, os.getpid()), 20, is_large))
assert [number for number, _ in results] == list(range(20))
print(os.getpid() in {process for _, process in results}, len({p for _, p in results}) <= 3)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")
@pytest.mark.parametrize(("size", "is_done_here"), [("large", False), ("small", True)])
def test_large_work_is_done_by_other_processes_in_order(size: str, is_done_here: bool) -> None:
    words = [sys.executable, "-W", "error", "-c", PROGRAM, size]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(is_done_here), "True"]


def test_a_mistake_in_the_work_is_raised() -> None:
    def fail(number: int) -> None:
        raise ValueError(number)

    with pytest.raises(ValueError, match="0"):
        list(do_side_by_side(fail, 2, is_large=False))


def test_python_looks_for_cycles_again_afterwards() -> None:
    assert processes.gc.isenabled()
    with without_looking_for_cycles():
        assert not processes.gc.isenabled()
    assert processes.gc.isenabled()
