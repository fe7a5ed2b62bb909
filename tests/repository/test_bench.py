"""What is measured: its data is sound, its history survives damage, its numbers are in the docs."""

import re
from datetime import date
from pathlib import Path

import pytest
from bench import readers, review
from bench.bibliography import invent_bibliography
from bench.history import is_kept, keep_run, read_history
from bench.invent import invent_review
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


def test_of_the_invented_review_every_other_study_is_coded_by_two(tmp_path: Path) -> None:
    corpus = read_corpus(invent_review(tmp_path / "data", 50), date(2026, 1, 1))
    assert corpus.is_sound
    coders: dict[str, dict[str, dict[str, str]]] = {}
    for row in corpus.records.codings:
        coders.setdefault(row.key.citekey, {})[row.key.coder] = dict(row.levels)
    assert [len(coders[key]) for key in sorted(coders)] == [2, 1] * 25
    pairs = [
        (levels["inventor"][step], levels["second"][step])
        for levels in coders.values()
        if len(levels) == 2
        for step in levels["second"]
    ]
    assert 0.7 < sum(one == other for one, other in pairs) / len(pairs) < 0.9
    assert len(corpus.records.comparisons) == len(corpus.records.codings) == 75


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


def goals_on_the_page(module: str) -> list[tuple[str, str, str]]:
    """Return the last measured number of each row, its goal, and what is said of it."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in read_table(module).splitlines()
        if line.startswith("| ")
    ]
    return [(ratio, goal, word) for *_, ratio, goal, word in rows[2:] if goal]


def test_the_page_says_of_each_goal_whether_it_is_kept() -> None:
    goals = goals_on_the_page("bench --write")
    assert len(goals) > 8
    for ratio, goal, word in [*goals, *goals_on_the_page("bench.review")]:
        assert word == ("kept" if is_kept(float(ratio), goal) else "missed")


def test_a_table_of_reviews_has_a_column_for_each_size_and_judges_the_largest() -> None:
    pages = {**dict.fromkeys([*review.PAGES, *review.PEERS], 2.0), "gaps": 21.0}
    small = review.Measured(7, 0.5, 1.0, 0.01, 90.0, dict.fromkeys(pages, 1.0), 0.003, 2.0)
    large = review.Measured(3000, 1.0, 3.0, 0.1, 120.0, pages, 0.003, 2.0)
    table = review.as_markdown([small, large], 2, "3")
    assert "| what | 7 | 3,000 | goal |  |" in table
    assert "| build / check | 2.00 | 3.00 | <= 2.5 | missed |" in table
    assert "| gaps / the floor | 1.00 | 21.00 | <= 20 | missed |" in table
    assert "| trends / the floor | 1.00 | 2.00 | <= 20 | kept |" in table
    (_, median, _), (_, most, _) = review.measure_growth([small, large])
    assert (median, most) == (2.0, 21.0)


FIGURES = readers.Measured(9000, 6000, 800, 100, 90, (9000, *range(3000, 6000, 30)), 4000, 9500)


def test_a_day_of_readers_is_the_same_each_time_and_adds_up() -> None:
    day = readers.simulate(FIGURES, 20_000, 600)
    assert day == readers.simulate(FIGURES, 20_000, 600)
    assert day.misses != readers.simulate(FIGURES, 20_000, 600, seed=1).misses
    assert (day.styles, day.filters, day.queries) == (20_000, 1_800, 120)
    assert day.requests == pytest.approx(80_000)  # three pages and a style sheet for each
    assert day.hit_rate == 1 - (sum(day.misses) + 1_920) / day.requests
    smallest, largest = 60_000 * 3000 + 20_000 * 4000, 60_000 * 9500 + 20_000 * 4000
    assert smallest < day.sent < largest


def test_a_cache_misses_a_page_once_in_its_lifetime_and_never_oftener() -> None:
    lonely = FIGURES._replace(sizes=(9000,))
    assert sum(readers.simulate(lonely, 1_000_000, readers.DAY).misses) == 1
    misses = readers.simulate(lonely, 1_000_000, readers.HOUR).misses
    assert 23 <= sum(misses) <= 24
    assert max(misses) == 1
    # Where a page is forgotten at once, each of its requests is a miss.
    forgetful = readers.simulate(lonely, 20_000, 0)
    assert sum(forgetful.misses) == pytest.approx(forgetful.pages, rel=0.02)
    assert max(forgetful.misses) / forgetful.pages == pytest.approx(1.8 / 24, rel=0.05)


def test_a_longer_lifetime_never_lowers_what_the_cache_answers() -> None:
    rates = [
        readers.simulate(FIGURES, 20_000, lifetime).hit_rate
        for lifetime in (0, 10, 60, 600, 3600, readers.DAY)
    ]
    assert rates == sorted(rates)
    assert rates[0] < 0.5 < rates[-1]
    bound = 1 - (60_000 * (readers.FILTERS + readers.QUERIES)) / 80_000
    assert rates[-1] <= bound


def test_the_page_on_scale_has_the_day_that_was_worked_out() -> None:
    day = readers.simulate(FIGURES, 1_000, 60)
    form = readers.as_markdown(FIGURES, [day] * len(readers.LIFETIMES))
    number = r"[0-9][0-9.,]*"
    assert re.sub(number, "#", read_table("bench.readers")) == re.sub(number, "#", form)
