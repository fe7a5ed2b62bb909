"""What the tests of the repository are given: a database, and its wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database
from places import FROZEN, ROOT


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database of the frozen data."""
    output = tmp_path_factory.mktemp("published") / "evidence.db"
    build_database(read_corpus(FROZEN), output)
    return output


@pytest.fixture(scope="module")
def unzipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this clone, made without a network and unzipped."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("marginal_risk-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        archive.extractall(folder / "unzipped")
    return folder / "unzipped"
