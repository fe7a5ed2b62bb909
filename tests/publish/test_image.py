"""The image of the site: what goes into it is enough, and it is tried before it is published."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages import build
from places import ROOT, TINY
from servers import start_server

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COPIED = [
    name for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.M) for name in line.split()
]
BUILT = "evidence.db"


def smoke(address: str, database: Path) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, ".ci/smoke.py", address, str(database)]
    return subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve the invented data; return the address and the database."""
    folder = tmp_path_factory.mktemp("served")
    process, address = start_server("--data", str(TINY), cwd=folder)
    yield address, folder / BUILT
    process.terminate()
    process.communicate(timeout=60)


@pytest.mark.skipif(os.name != "posix", reason="signals differ elsewhere")
def test_a_site_that_serves_the_database_passes(served: tuple[str, Path]) -> None:
    done = smoke(*served)
    assert done.returncode == 0, done.stderr
    assert "a study and the map's JSON" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="signals differ elsewhere")
def test_a_site_that_serves_another_database_does_not(
    served: tuple[str, Path], published_data: Path, tmp_path: Path
) -> None:
    address, _ = served
    (tmp_path / "other").mkdir()
    done = smoke(address, build(published_data, tmp_path / "other"))
    assert done.returncode == 1
    assert "/health is not well, or not of the data version" in done.stderr


def test_what_the_image_copies_is_there_and_let_through() -> None:
    through = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.M)
    assert sorted(COPIED) == sorted(through)
    for name in COPIED:
        assert (ROOT / name).exists() or name == BUILT


def test_what_the_image_copies_is_enough_to_install_the_program(tmp_path: Path) -> None:
    for name in COPIED:
        if name != BUILT:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            (tmp_path / name).parent.mkdir(exist_ok=True)
            copy(ROOT / name, tmp_path / name)
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"marginal_risk/datasette.yml", "marginal_risk/migrations/env.py"} <= names


def test_the_image_is_run_by_nobody() -> None:
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.M)
    assert users == ["65534:65534"]
    assert DOCKERFILE.index("USER") > DOCKERFILE.index("pip install")
