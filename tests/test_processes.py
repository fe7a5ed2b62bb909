"""Work done at once, and what becomes of it where something fails."""

import pytest

from marginal_risk.processes import do_in_threads


def test_threads_do_all_and_the_first_failure_is_raised() -> None:
    done = []

    def fail(number: int) -> None:
        raise ValueError(number)

    with pytest.raises(ValueError, match="1"):
        do_in_threads(lambda: done.append(0), lambda: fail(1), lambda: fail(2))
    assert done == [0]
