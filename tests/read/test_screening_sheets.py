"""The readers of screening.csv and searches.csv."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.contribute.canonical import canonical_sheets
from marginal_risk.problems import Place, Problem
from marginal_risk.read.coding_sheets import (
    DECISIONS_COLUMNS,
    SCREENING_COLUMNS,
    SEARCHES_COLUMNS,
    read_decisions,
    read_screening,
    read_searches,
)
from marginal_risk.rows import Codebook, Records, ScreeningRow, SearchRow

TODAY = date(2025, 3, 15)
OLD_COLUMNS = ("searched_on", "source", "query", "hits", "searched_by", "note")
"""Those of searches.csv before anybody wrote down what became of the records."""


def written(columns: Sequence[str], *rows: Sequence[object]) -> str:
    """Return rows as csv writes them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([columns, *rows])
    return out.getvalue()


def screening(*rows: Sequence[object]) -> tuple[list[ScreeningRow], list[str]]:
    found, problems = read_screening(written(SCREENING_COLUMNS, *rows), "f.csv", TODAY)
    return found, said(problems)


def searches(
    *rows: Sequence[object], columns: Sequence[str] = SEARCHES_COLUMNS
) -> tuple[list[SearchRow], list[str]]:
    found, problems = read_searches(written(columns, *rows), "q.csv", TODAY)
    return found, said(problems)


def said(problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in problems]


def as_written(record: Any) -> tuple[str, ...]:
    """Return the cells that a row of screening.csv had."""
    reason = " ".join(filter(None, (record.reason, record.other_study)))
    return tuple(
        reason if column == "reason" else getattr(record, column) or ""
        for column in SCREENING_COLUMNS
    )


# What is read ------------------------------------------------------------------------------


def test_a_row_of_screening_is_a_decision() -> None:
    rows, problems = screening(
        (
            *("one2020", "maps", "excluded", "duplicate_of two2021", "survey", "A list"),
            *("three2022", "2024-05", "B"),
        )
    )
    assert problems == []
    assert rows[0].place == Place("f.csv", 2)
    assert rows[0].record._asdict() == {
        "citekey": "one2020",
        "misuse_vector": "maps",
        "decision": "excluded",
        "reason": "duplicate_of",
        "other_study": "two2021",
        "study_type": "survey",
        "found_via": "A list",
        "possible_duplicate_of": "three2022",
        "decided_on": "2024-05",
        "note": "B",
    }


def test_what_is_not_known_is_none() -> None:
    rows, problems = screening(("one2020", "", "candidate", "", "", "A list", "", "", ""))
    assert problems == []
    record = rows[0].record
    assert (record.misuse_vector, record.reason, record.other_study) == (None, None, None)
    assert (record.study_type, record.decided_on, record.note) == (None, None, None)


def test_a_row_of_decisions_is_what_one_screener_decided() -> None:
    found, problems = read_decisions(
        written(
            DECISIONS_COLUMNS,
            ("one2020", "maps", "title", "ada", "exclude", "duplicate_of two2021", "2024", "", ""),
            ("one2020", "", "full_text", "bob", "include", "", "2024-05-01", "yes", "A note"),
        ),
        "d.csv",
        TODAY,
    )
    assert problems == []
    assert [tuple(row.record) for row in found] == [
        (
            *("one2020", "maps", "title", "ada", "exclude", "duplicate_of", "two2021", "2024"),
            *(False, None),
        ),
        (
            *("one2020", None, "full_text", "bob", "include", None, None, "2024-05-01"),
            *(True, "A note"),
        ),
    ]


def test_a_sheet_from_before_duplicates_were_marked_is_read() -> None:
    old = [column for column in SCREENING_COLUMNS if column != "possible_duplicate_of"]
    row = ("one2020", "maps", "candidate", "", "", "A list", "", "")
    found, problems = read_screening(written(old, row), "f.csv", TODAY)
    assert (said(problems), found[0].record.possible_duplicate_of) == ([], None)


def test_a_row_of_searches_is_a_search() -> None:
    rows, problems = searches(
        (
            *("2024-03-01", "Nowhere", 'maps AND "robots"', "informal"),
            *("12", "9", "2", "0", "1", "Ada", ""),
        )
    )
    assert problems == []
    assert rows[0].place == Place("q.csv", 2)
    assert rows[0].record.model_dump() == {
        "searched_on": "2024-03-01",
        "source": "Nowhere",
        "query": 'maps AND "robots"',
        "kind": "informal",
        "hits": 12,
        "taken": 9,
        "known": 2,
        "repeated": 0,
        "refused": 1,
        "searched_by": "Ada",
        "note": None,
    }


def test_a_sheet_from_before_searches_were_counted_is_of_systematic_ones() -> None:
    rows, problems = searches(("2024", "Nowhere", "maps", "12", "Ada", ""), columns=OLD_COLUMNS)
    assert problems == []
    (search,) = (row.record for row in rows)
    assert (search.kind, search.hits, search.searched_by) == ("systematic", 12, "Ada")
    assert {search.taken, search.known, search.repeated, search.refused} == {None}


# What is not ---------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["citekey", "decision", "found_via"])
def test_a_decision_without_its_key_is_told_and_lost(column: str) -> None:
    row = dict.fromkeys(SCREENING_COLUMNS, "a") | {"decided_on": "2024", column: ""}
    assert screening([*row.values()]) == (
        [],
        [f"f.csv:2: {column}: This cell is empty. Fill it in. [missing-value]"],
    )


@pytest.mark.parametrize("column", ["searched_on", "source", "query", "hits", "searched_by"])
def test_a_search_that_says_too_little_is_told_and_lost(column: str) -> None:
    row = dict.fromkeys(SEARCHES_COLUMNS, "1") | {"searched_on": "2024", column: ""}
    assert searches([*row.values()]) == (
        [],
        [f"q.csv:2: {column}: This cell is empty. Fill it in. [missing-value]"],
    )


@pytest.mark.parametrize("day", ["2025-03-16", "2024-02-30", "May 2024"])
def test_a_day_that_is_none_is_told_in_both_sheets(day: str) -> None:
    _, of_decision = screening(("one2020", "maps", "included", "", "", "A list", "", day, ""))
    _, of_search = searches((day, "Nowhere", "maps", "1", "Ada", ""), columns=OLD_COLUMNS)
    assert [line.split(": ")[:2] for line in of_decision] == [["f.csv:2", "decided_on"]]
    assert [line.split(": ")[:2] for line in of_search] == [["q.csv:2", "searched_on"]]


@pytest.mark.parametrize(
    "hits",
    [
        *("1,200", "1.200", "1 200", "about 12", "12.0", "1e3", "0x1F", "n/a", "1_000"),
        *("\u00b2", "\u0661\u0662", "１２", "1" * 10),  # noqa: RUF001  (digits, but not 0 to 9)
    ],
)
def test_hits_are_told_that_are_no_whole_number(hits: str) -> None:
    rows, problems = searches(("2024", "Nowhere", "maps", hits, "Ada", ""), columns=OLD_COLUMNS)
    assert problems == [
        f"q.csv:2: hits: {hits!r} is not a whole number. "
        "Write it in digits alone, such as 1200. [bad-number]"
    ]
    assert rows[0].record.hits == 0


@given(st.text(st.sampled_from("019.,-+e x\u0661"), min_size=1))
def test_hits_are_a_number_or_told(text: str) -> None:
    rows, problems = searches(("2024", "Nowhere", "maps", text, "Ada", ""), columns=OLD_COLUMNS)
    cell = " ".join(text.split())
    is_number = set(cell) <= set("0123456789") and 0 < len(cell) <= 9
    assert any("[bad-number]" in line for line in problems) == (bool(cell) and not is_number)
    assert [row.record.hits for row in rows] == ([int(cell)] if is_number else [0] * bool(cell))


# Whatever csv writes -------------------------------------------------------------------------

_SAFE = st.text(st.sampled_from('abü09,;"|数'), min_size=1, max_size=8)
WORDS = st.lists(_SAFE, min_size=1, max_size=3).map(" ".join)
MAYBE = st.one_of(st.just(""), WORDS)
DAYS = st.dates(date(1900, 1, 1), TODAY).flatmap(
    lambda day: st.sampled_from([str(day), str(day)[:7], str(day)[:4]])
)
DECISIONS = st.tuples(
    *(_SAFE, MAYBE, _SAFE, MAYBE, MAYBE, WORDS),
    *(st.one_of(st.just(""), _SAFE), st.one_of(st.just(""), DAYS), MAYBE),
)
_NUMBER = st.integers(0, 999_999_999).map(str)
_COUNT = st.one_of(st.just(""), _NUMBER)
SEARCHES = st.tuples(
    *(DAYS, WORDS, WORDS, _SAFE, _NUMBER, _COUNT, _COUNT, _COUNT, _COUNT, WORDS, MAYBE)
)


@given(st.lists(DECISIONS))
def test_decisions_that_csv_writes_are_read_back(rows: list[tuple[str, ...]]) -> None:
    found, problems = screening(*rows)
    assert problems == []
    assert [as_written(row.record) for row in found] == rows


@given(st.lists(SEARCHES))
def test_searches_that_csv_writes_are_read_back(rows: list[tuple[str, ...]]) -> None:
    found, problems = searches(*rows)
    assert problems == []
    assert [
        tuple(
            "" if cell is None else str(cell)
            for cell in (getattr(row.record, column) for column in SEARCHES_COLUMNS)
        )
        for row in found
    ] == rows


@given(st.lists(DECISIONS.map(lambda cells: (cells[0], "", *cells[2:]))), st.lists(SEARCHES))
def test_the_canonical_form_keeps_every_row_and_is_its_own(
    decisions: list[tuple[str, ...]], hunts: list[tuple[str, ...]]
) -> None:
    def canonical(decided: str, searched: str) -> dict[str, str]:
        found, _ = read_screening(decided, "f.csv", TODAY)
        hunted, _ = read_searches(searched, "q.csv", TODAY)
        records = Records(Codebook(), screening=tuple(found), searches=tuple(hunted))
        return dict(canonical_sheets(records))

    once = canonical(written(SCREENING_COLUMNS, *decisions), written(SEARCHES_COLUMNS, *hunts))
    kept = [tuple(row) for row in csv.reader(io.StringIO(once["screening.csv"]))][1:]
    assert sorted(kept) == sorted(decisions)
    assert [row[0] for row in kept] == sorted(row[0] for row in decisions)
    kept = [tuple(row) for row in csv.reader(io.StringIO(once["searches.csv"]))][1:]
    assert sorted(kept) == sorted(hunts)
    assert [row[0] for row in kept] == sorted(row[0] for row in hunts)
    assert canonical(once["screening.csv"], once["searches.csv"]) == once


@given(st.text(st.sampled_from('ab,"; \t\n\0'), max_size=60))
def test_no_text_makes_a_reader_raise(text: str) -> None:
    for columns, read in ((SCREENING_COLUMNS, read_screening), (SEARCHES_COLUMNS, read_searches)):
        for header in ("", ",".join(columns) + "\n"):
            rows, problems = read(header + text, "f.csv", TODAY)
            lines = (header + text).count("\n") + 1
            assert all(1 <= problem.line <= lines for problem in problems)
            assert all(1 < row.place.line <= lines for row in rows)
