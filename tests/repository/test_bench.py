"""What is measured: its data is sound, its history survives damage, its numbers are in the docs."""

import re
from datetime import date
from pathlib import Path

import pytest
from bench.bibliography import invent_bibliography
from bench.history import is_kept, keep_run, read_history
from bench.page import read_table
from bench.scale import SIZES, Measured, as_markdown

from marginal_risk.check.corpus import read_corpus


def test_the_invented_bibliography_is_sound_and_of_the_size_that_is_said(tmp_path: Path) -> None:
    data = invent_bibliography(tmp_path / "data", 500, 3)
    corpus = read_corpus(data, date(2026, 1, 1))
    assert corpus.is_sound
    assert len(corpus.records.references) == len(corpus.records.screening) == 500
    files = list((data / "bib").glob("*.bib"))
    assert len(files) == 3
    assert 800 <= sum(path.stat().st_size for path in files) / 500 <= 1000
    inherits = [r.study for r in corpus.records.references if r.study.citekey == "invented000051"]
    assert inherits[0].venue == "Annals of Invention"


@pytest.mark.parametrize(
    ("ratio", "bound", "kept"),
    [
        (0.9, "<= 0.9", True),
        (0.91, "<= 0.9", False),
        (2.5, ">= 2.5", True),
        (2.4, ">= 2.5", False),
        (7.0, "", None),
    ],
)
def test_a_goal_is_kept_or_missed(ratio: float, bound: str, kept: bool | None) -> None:
    assert is_kept(ratio, bound) is kept


def test_runs_are_kept_in_order_and_a_damaged_history_is_none(tmp_path: Path) -> None:
    path = tmp_path / "new" / "history.json"
    assert read_history(path) == []
    for number in range(25):
        keep_run({"what": float(number)}, path)
    assert read_history(path) == [{"what": float(number)} for number in range(5, 25)]
    for damaged in ("", "{}x", "3", '[["a"]]', '[{"a": "b"}]'):
        path.write_text(damaged, "utf-8")
        assert read_history(path) == []


def test_the_page_on_scale_has_the_table_that_was_measured() -> None:
    block = read_table("bench.scale")
    form = as_markdown([Measured(size, 1, 1, 1, 1, 1, 1) for size in SIZES], 2, "3")
    assert re.sub(r"[0-9][0-9.,]*", "#", block) == re.sub(r"[0-9][0-9.,]*", "#", form)
    assert [int(n.replace(",", "")) for n in re.findall(r"^\| ([0-9,]+) \|", block, re.M)] == [
        *SIZES
    ]


def test_the_page_says_of_each_goal_whether_it_is_kept() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in read_table("bench --write").splitlines()
        if line.startswith("| ")
    ]
    goals = [(ratio, goal, word) for _, ratio, goal, word in rows[2:] if goal]
    assert len(goals) > 8
    for ratio, goal, word in goals:
        assert word == ("kept" if is_kept(float(ratio), goal) else "missed")
