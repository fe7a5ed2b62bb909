"""The wheel holds all that a build needs, and nothing of the clone it was made from."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from marginal_risk.store.provenance import program_version
from places import ROOT

BUILD = """
import json, sqlite3, sys
from contextlib import closing
from pathlib import Path

import marginal_risk
from marginal_risk.store import provenance
from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database

data, output = map(Path, sys.argv[1:])
build_database(read_corpus(data), output)
with closing(sqlite3.connect(output)) as connection:
    views = connection.execute("select count(*) from sqlite_master where type = 'view'")
    print(json.dumps({
        "package": marginal_risk.__file__,
        "migrations": str(provenance.shipped("migrations")),
        "settings": str(provenance.shipped("datasette.yml")),
        "program_version": provenance.program_version(),
        "is_current": provenance.is_current(output, data),
        "views": views.fetchone()[0],
        "studies": connection.execute("select count(*) from studies").fetchone()[0],
    }))
"""


def inside(unzipped: Path) -> set[str]:
    return {p.relative_to(unzipped).as_posix() for p in unzipped.rglob("*") if p.is_file()}


def test_what_is_in_it(unzipped: Path) -> None:
    package = ROOT / "src" / "marginal_risk"
    needed = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for path in (ROOT / "migrations").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            needed.add(path.relative_to(ROOT).as_posix())
    needed.add("datasette.yml")
    assert {
        "py.typed",
        "store/views/gaps.sql",
        "migrations/env.py",
        "publish/__init__.py",
    } <= needed
    present = {n.removeprefix("marginal_risk/") for n in inside(unzipped) if ".dist-info" not in n}
    assert present == needed


def test_what_is_not_in_it(unzipped: Path) -> None:
    names = inside(unzipped)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"marginal_risk"}
    for name in names:
        assert not name.endswith((".pyc", ".csv", ".bib", ".db"))
        assert "tests" not in name.split("/")
        assert "data" not in name.split("/") or name.endswith("/licenses/data/LICENSE")


def test_licenses_of_code_and_data_are_in_it(unzipped: Path) -> None:
    licenses = sorted(n.split("/licenses/")[1] for n in inside(unzipped) if "/licenses/" in n)
    assert licenses == ["LICENSE", "data/LICENSE"]


def test_it_builds_a_database_away_from_the_clone(
    unzipped: Path, tiny: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    output = elsewhere / "evidence.db"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BUILD, str(tiny), str(output)],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(unzipped), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    package = unzipped / "marginal_risk"
    assert json.loads(done.stdout) == {
        "package": str(package / "__init__.py"),
        "migrations": str(package / "migrations"),
        "settings": str(package / "datasette.yml"),
        "program_version": program_version(),
        "is_current": True,
        "views": len(list((package / "store" / "views").glob("*.sql"))),
        "studies": 6,
    }
    assert [path.name for path in elsewhere.iterdir()] == ["evidence.db"]


def test_a_damaged_installation_says_what_is_missing(
    unzipped: Path, tiny: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(unzipped, tmp_path / "installed"))
    shutil.rmtree(copy / "marginal_risk" / "migrations")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(tiny), str(tmp_path / "evidence.db")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "FileNotFoundError: migrations is missing from this installation" in done.stderr
    assert not (tmp_path / "evidence.db").exists()
