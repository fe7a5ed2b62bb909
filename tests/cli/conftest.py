"""What the tests of several commands share: a command that runs beside its data."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from marginal_risk.cli import main
from repositories import commit, git


@pytest.fixture
def run(tiny: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command in the folder that holds data/."""
    monkeypatch.chdir(tiny.parent)

    def run(*words: str):
        return CliRunner().invoke(main, list(words))

    return run


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep out the caller's settings of git, and any repository around the folder."""
    for name in [*os.environ]:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


@pytest.fixture
def repository(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The invented data in data/ of a repository, with a commit tagged 'start'; we are in it."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tiny.parent
    monkeypatch.chdir(folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    git(folder, "tag", "start")
    return folder
