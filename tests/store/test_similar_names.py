"""Names that may be those of one person, for somebody to look at."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database
from pages import screen

PAIRS = [
    ("Doe, J.", "Doe, Jane", True),
    ("Doe, J.", "Doe, Jane Q.", True),
    ("Doe, J. Q.", "Doe, Jane", True),
    ("Doe, Fred", "Doe, Fredrik", True),
    ("Doe, Jane", "Doe, Jane Q.", True),
    ("Doe, J.", "Doe, Mary", False),  # another initial
    ("Doe, Jon", "Doe, Jane", False),  # neither is short for the other
    ("Doe, J.", "Roe, Jane", False),
    ("Doe, J.", "van Doe, Jane", False),
    ("Doe, J. Q.", "Doe, J. R. S.", False),  # initials alone say too little
    ("{Doe Institute}", "{Doe Institute of Nowhere}", False),
]


@pytest.mark.parametrize(("one", "other", "is_pair"), PAIRS)
def test_a_pair_is_told_where_one_given_name_is_short_for_the_other(
    tiny: Path, tmp_path: Path, one: str, other: str, is_pair: bool
) -> None:
    entries = (
        f"@misc{{{key}2018, author = {{{name}}}, title = {{Work {key}}}, year = {{2018}},\n"
        f"  doi = {{10.5555/{key}}}}}\n"
        for key, name in (("one", one), ("other", other))
    )
    (tiny / "bib" / "pairs.bib").write_text("\n".join(entries), encoding="utf-8")
    screen(tiny)
    path = tmp_path / "evidence.db"
    build_database(read_corpus(tiny), path)
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "select name, citekey, other_name, other_citekey from similar_names"
        ).fetchall()
    assert found == ([(one, "one2018", other, "other2018")] if is_pair else [])
