"""Tests of the program run on frozen data: a legal change of data/ fails none of them."""

import re
import shutil
from pathlib import Path

import pytest

from marginal_risk.check.corpus import read_corpus
from places import FROZEN, LIVE, ROOT

# They hold what is published, and what the documents say of it at a release.
READ_WHAT_IS_PUBLISHED = {
    "tests/places.py",
    "tests/repository/test_addresses.py",
    "tests/repository/test_docs.py",
    "tests/repository/test_frozen_data.py",
    "tests/repository/test_published_data.py",
}
LIVE_DATA = re.compile(
    r"from places import .*\bLIVE\b|^LIVE = ROOT|ROOT\s*/\s*[\"']data\b", re.MULTILINE
)
STUDY = """
@misc{legal2024,
  author = {Legal, Ida},
  title = {An Invented Study without a Venue},
  year = {2024},
}
"""


def test_no_test_of_the_program_reads_what_is_published() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("*.py")
        if LIVE_DATA.search(path.read_text(encoding="utf-8"))
    }
    assert found == READ_WHAT_IS_PUBLISHED


def test_the_frozen_data_has_no_column_that_what_is_published_lacks() -> None:
    """A column that came later may be missing: data of an older form is read without it."""
    for frozen in sorted(FROZEN.glob("*.csv")):
        header, *_ = (LIVE / frozen.name).read_text(encoding="utf-8").splitlines()
        columns, *_ = frozen.read_text(encoding="utf-8").splitlines()
        assert set(columns.split(",")) <= set(header.split(",")), frozen.name


@pytest.mark.parametrize("data", [LIVE, FROZEN], ids=["published", "frozen"])
def test_a_study_without_a_venue_is_a_warning_and_stops_nothing(data: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    (copy / "bib" / "legal.bib").write_text(STUDY, encoding="utf-8")
    with (copy / "screening.csv").open("a", encoding="utf-8") as file:
        columns = (copy / "screening.csv").read_text("utf-8").partition("\n")[0].split(",")
        row = {"citekey": "legal2024", "decision": "candidate", "found_via": "A test"}
        file.write(",".join(row.get(column, "") for column in columns) + "\n")
    corpus = read_corpus(copy)
    assert [p.rule for p in corpus.problems if p.path.endswith("legal.bib")] == ["missing-venue"]
    assert corpus.is_sound
