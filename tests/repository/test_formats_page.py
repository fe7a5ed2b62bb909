"""Every example of docs/formats.md runs in an exported folder, and names files that are there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.formats.package import write_package
from marginal_risk.rows import say_nothing
from marginal_risk.store.database import build_database
from places import ROOT, TINY

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^## ([^\n]+)\n\n```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
RUNNERS = {"sh": ["sh", "-euc"], "python": [sys.executable, "-c"], "r": ["Rscript", "-e"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported folder."""
    place = tmp_path_factory.mktemp("formats")
    build_database(read_corpus(TINY), place / "built.db")
    (place / "out").mkdir()
    write_package(place / "built.db", place / "out", say_nothing)
    return place / "out"


def test_there_are_examples() -> None:
    assert {language for _, language, _ in EXAMPLES} == set(RUNNERS)


@pytest.mark.parametrize(
    ("language", "text"), [example[1:] for example in EXAMPLES], ids=[e[0] for e in EXAMPLES]
)
def test_an_example_runs(folder: Path, language: str, text: str) -> None:
    program = "sqlite3" if text.startswith("sqlite3 ") else RUNNERS[language][0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not on this machine")
    done = subprocess.run(
        [*RUNNERS[language], text], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_table_names_each_file_of_the_folder(folder: Path) -> None:
    named = set(re.findall(r"`([\w./-]+)`", PAGE.partition("\n\n| ")[2].partition("\n\n")[0]))
    found = {path.name for path in folder.iterdir() if path.is_file()}
    assert found <= named
    for directory in (path for path in folder.iterdir() if path.is_dir()):
        assert f"{directory.name}/NAME.{directory.name}" in named
