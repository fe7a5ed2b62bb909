"""Where the tests find the repository, and the data that they run on.

Tests of the program run on frozen data, so that no legal change of ``data/`` can fail one. What
the repository publishes (LIVE) is held to by ``marginal-risk check``, and read by few tests:
tests/repository/test_frozen_data.py names them.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
LIVE = ROOT / "data"
DATA = ROOT / "tests" / "data"
TINY = DATA / "tiny"
FROZEN = DATA / "frozen"
FAULTS = DATA / "faults"
