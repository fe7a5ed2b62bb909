"""What the tests of several commands share: a command that runs beside its data."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from marginal_risk.cli import main


@pytest.fixture
def run(tiny: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command in the folder that holds data/."""
    monkeypatch.chdir(tiny.parent)

    def run(*words: str):
        return CliRunner().invoke(main, list(words))

    return run
