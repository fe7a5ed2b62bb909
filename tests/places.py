"""Where the tests find the repository and their frozen data."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
TINY = DATA / "tiny"
FAULTS = DATA / "faults"
