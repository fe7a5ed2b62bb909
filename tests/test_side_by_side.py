"""Work done at once, and what becomes of it where something fails."""

import threading

import pytest

from marginal_risk.side_by_side import do_in_threads, doing_meanwhile


def test_what_is_done_meanwhile_is_done_behind_the_block() -> None:
    done = []
    begun = threading.Event()

    def work(_: threading.Event) -> None:
        begun.set()
        done.append(threading.current_thread())

    with doing_meanwhile(work):
        assert begun.wait(60)  # during the block, not behind it
    assert done[0] is not threading.current_thread()


def test_what_fails_meanwhile_fails_behind_the_block() -> None:
    def work(_: threading.Event) -> None:
        raise ValueError("meanwhile")

    lines = []
    with pytest.raises(ValueError, match="meanwhile"), doing_meanwhile(work):
        lines.append("block")
    assert lines == ["block"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_where_the_block_fails_the_work_is_told(error: type[BaseException]) -> None:
    told = []

    def work(is_vain: threading.Event) -> None:
        told.append(is_vain.wait(60))

    with pytest.raises(error, match="block"), doing_meanwhile(work):
        raise error("block")
    assert told == [True]


def test_threads_do_all_and_the_first_failure_is_raised() -> None:
    done = []

    def fail(number: int) -> None:
        raise ValueError(number)

    with pytest.raises(ValueError, match="1"):
        do_in_threads(lambda: done.append(0), lambda: fail(1), lambda: fail(2))
    assert done == [0]
