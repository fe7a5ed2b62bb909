import shutil
from pathlib import Path

import pytest
from hypothesis import settings

DATA = Path(__file__).parent / "data"

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, max_examples=100
)
settings.load_profile("repeatable")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return a copy of the invented data, small and complete, that a test may change."""
    return Path(shutil.copytree(DATA / "tiny", tmp_path / "data"))


@pytest.fixture(scope="session")
def published_data() -> Path:
    """Return the data that this repository publishes; not to be changed."""
    return Path(__file__).parent.parent / "data"
