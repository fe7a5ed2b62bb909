"""What MAINTAINING.md says of the codebook: adding touches no Python, and what is in use stays."""

import re
import sqlite3
from pathlib import Path

import pytest

from marginal_risk.check.corpus import read_corpus
from pages import build

VECTOR = """  - slug: lost_keys
    name: Lost keys
    definition: Keys that nobody lost.
"""
STEP = """  - slug: cost
    name: Cost
    definition: Says what the harm costs.
    question: Does the study say what the harm costs?
    levels:
      addressed: Says it.
      partial: Hints at it.
      absent: Says nothing.
"""


def change(path: Path, pattern: str, replacement: str) -> None:
    text, times = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), flags=re.M)
    assert times
    path.write_text(text, encoding="utf-8")


def cells(data: Path, folder: Path, where: str) -> set[tuple[str, ...]]:
    connection = sqlite3.connect(build(data, folder))
    query = f"select misuse_vector, step, state from coverage_matrix where {where}"
    found = set(connection.execute(query).fetchall())
    connection.close()
    return found


def said(data: Path) -> set[str]:
    return {f"{Path(p.path).name}:{p.line} [{p.rule}]" for p in read_corpus(data).problems}


def test_a_new_misuse_vector_is_a_row_of_gaps(tiny: Path, tmp_path: Path) -> None:
    change(tiny / "codebook.yml", r"^(?=\nmarginal_risk_step:)", VECTOR)
    assert said(tiny) == set()
    assert cells(tiny, tmp_path, "misuse_vector = 'lost_keys'") == {
        ("lost_keys", step, "no_study") for step in ("threat", "added_risk", "defense")
    }


def test_a_new_step_asks_for_its_column_and_is_not_coded_yet(tiny: Path, tmp_path: Path) -> None:
    change(tiny / "codebook.yml", r"^(?=\nlevels:)", STEP)
    (problem,) = read_corpus(tiny).problems
    assert (problem.line, problem.field) == (1, "cost")
    assert "threat,added_risk,defense,cost,codebook" in problem.hint
    # No cell before it holds a comma here, so the empty column goes after the seventh.
    change(tiny / "studies.csv", r",(codebook,)", r",cost,\1")
    change(tiny / "studies.csv", r"^((?!citekey)(?:[^,\n]*,){7})", r"\1,")
    assert said(tiny) == set()
    assert cells(tiny, tmp_path, "step = 'cost'") == {
        (vector, "cost", "not_coded") for vector in ("forged_letters", "robot_calls", "fake_maps")
    }


@pytest.mark.parametrize("becomes", ["", "  - slug: forgeries\n    name: Forged letters\n"])
def test_a_vector_in_use_is_neither_removed_nor_renamed(tiny: Path, becomes: str) -> None:
    entry = r"^  - slug: forged_letters\n    name: Forged letters\n"
    change(tiny / "codebook.yml", entry if becomes else entry + r"    definition: .*\n", becomes)
    assert {line for line in said(tiny) if "[unknown-vector]" in line} == {
        *(f"rationales.csv:{line} [unknown-vector]" for line in range(6, 14)),
        *(f"studies.csv:{line} [unknown-vector]" for line in range(4, 8)),
        *(f"screening.csv:{line} [unknown-vector]" for line in (3, 4)),
        *(f"comparisons.csv:{line} [unknown-vector]" for line in (4, 5)),
    }


def test_a_step_in_use_is_neither_removed_nor_renamed(tiny: Path) -> None:
    change(tiny / "codebook.yml", r"slug: defense$", "slug: defence")
    assert said(tiny) == {"studies.csv:1 [wrong-columns]", "rationales.csv:8 [unknown-step]"}


def test_the_gaps_of_a_new_vector_are_ours_until_what_a_search_found_is_recorded(
    tiny: Path, tmp_path: Path
) -> None:
    """The invented data has a systematic search, of before the vector was thought of."""
    change(tiny / "codebook.yml", r"^(?=\nmarginal_risk_step:)", VECTOR)
    found: list[set[tuple[str, ...]]] = []
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
        connection = sqlite3.connect(build(tiny, tmp_path / folder))
        query = "select distinct gap_kind, gap_in from gaps where misuse_vector = 'lost_keys'"
        found.append(set(connection.execute(query).fetchall()))
        connection.close()
        with (tiny / "screening.csv").open("a", encoding="utf-8") as file:
            file.write("nobody2019,lost_keys,excluded,no_misuse,,A search of 2024,2024-06,\n")
    assert found == [{("no_study", "reading")}, {("no_study", "literature")}]
