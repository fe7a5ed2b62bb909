"""What the tests of contributions share: the invented data as one side of a comparison."""

import pytest

from changes_of import snapshot_of
from marginal_risk.contribute.changes.snapshot import Snapshot
from places import TINY


@pytest.fixture(scope="session")
def before() -> Snapshot:
    """Return the invented data as it is."""
    return snapshot_of(TINY)
