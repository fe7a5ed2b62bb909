"""The views of what is covered: the cells of the map, studies and years, by hand."""

import sqlite3

import pytest
from view_cases import (
    CANDIDATE,
    LEFT_OUT,
    MARGINAL,
    STEPS,
    VECTORS,
    WITHDRAWN,
    A,
    B,
    C,
    Row,
    Screening,
    Unit,
    coding,
    put,
)

NOTHING_FOUND = (None, "no_study", "no_study", "reading", 0, 0)


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        # level, state, gap_kind, gap_in; in_scope, waiting; studies, addressed, partial, absent,
        # not_coded, contested, low_confidence, single_coder
        pytest.param({}, (*NOTHING_FOUND, 0, 0, 0, 0, 0, 0, 0, 0), id="no_study"),
        pytest.param(
            {(*A, "robot"): "●"},
            (None, "not_coded", "not_coded", "reading", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0),
            id="not_coded but by a machine",
        ),
        pytest.param(
            {(*A, "ada"): "-", (*B, "ben"): "-", (*A, "robot"): "●"},
            (None, "not_coded", "not_coded", "reading", 2, 2, 2, 0, 0, 0, 2, 0, 0, 0),
            id="not_coded",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*B, "ada"): "-"},
            ("absent", "absent", "absent", "reading", 2, 1, 2, 0, 0, 1, 1, 0, 0, 1),
            id="absent",
        ),
        pytest.param(
            {(*A, "ada"): "◐", (*B, "ada"): "○", (*C, "ada"): "◐"},
            ("partial", "partial", "partial_only", "literature", 3, 0, 3, 0, 2, 1, 0, 0, 0, 3),
            id="partial_only",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*A, "ben"): "◐"},
            ("absent", "contested", "contested", "reading", 1, 0, 1, 0, 0, 1, 0, 1, 0, 0),
            id="contested",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*A, "ben"): "●", (*B, "ada"): "◐"},
            ("partial", "contested", "contested", "reading", 2, 0, 2, 0, 1, 1, 0, 1, 0, 1),
            id="contested above another study",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*A, "ben"): "◐", (*B, "ada"): "◐"},
            ("partial", "partial", "partial_only", "literature", 2, 0, 2, 0, 1, 1, 0, 1, 0, 1),
            id="contested below another study",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*A, "ben"): "●", (*A, "panel"): "◐"},
            ("partial", "partial", "partial_only", "literature", 1, 0, 1, 0, 1, 0, 0, 0, 0, 0),
            id="settled",
        ),
        pytest.param(
            {(*A, "ada"): "●"},
            ("addressed", "addressed", "single_study", "literature", 1, 0, 1, 1, 0, 0, 0, 0, 0, 1),
            id="single_study",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*B, "ada"): "◐", (*B, "ben"): "●"},
            ("addressed", "addressed", "single_study", "literature", 2, 0, 2, 1, 1, 0, 0, 1, 0, 1),
            id="single_study beside a contested one",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "ben"): "●", (*B, "panel"): "●", (*C, "ada"): "○"},
            ("addressed", "addressed", None, None, 3, 0, 3, 2, 0, 1, 0, 0, 0, 1),
            id="no gap",
        ),
    ],
)
def test_what_a_cell_shows(
    small: sqlite3.Connection, codings: dict[Unit, str], expected: Row
) -> None:
    put(small, {unit: coding(f"- {symbol} -") for unit, symbol in codings.items()})
    cells = small.execute("select * from coverage_matrix").fetchall()
    assert len(cells) == len(VECTORS) * len(STEPS)
    assert [cell[2:] for cell in cells if cell[:2] == ("apple", MARGINAL)] == [expected]
    others = {(cell[0], cell[3]) for cell in cells if cell[0] != "apple"}
    assert others == {("zeppelin", "no_study"), ("moth", "no_study")}
    gaps = small.execute("select * from marginal_risk_gaps where misuse_vector = 'apple'")
    evidence = "none" if expected[1] == "absent" else expected[1]
    assert gaps.fetchall() == [("apple", evidence, *expected[2:11])]


@pytest.mark.parametrize(
    ("codings", "decided", "expected"),
    [
        # level, state, gap_kind, gap_in; in_scope, waiting; studies
        pytest.param(
            {}, {A: CANDIDATE}, (None, "not_coded", "not_coded", "reading", 1, 1, 0), id="waiting"
        ),
        pytest.param({}, {A: LEFT_OUT}, (*NOTHING_FOUND, 0), id="left out"),
        pytest.param({(*A, "ada"): "●"}, {A: WITHDRAWN}, (*NOTHING_FOUND, 0), id="withdrawn"),
        pytest.param({}, {("study_a", None): CANDIDATE}, (*NOTHING_FOUND, 0), id="of no vector"),
        pytest.param({}, {("study_a", "moth"): CANDIDATE}, (*NOTHING_FOUND, 0), id="of another"),
        pytest.param(
            {(*A, "ada"): "○"},
            {B: CANDIDATE, C: ("included", None)},
            ("absent", "absent", "absent", "reading", 3, 2, 1),
            id="a gap that reading may close",
        ),
        pytest.param(
            {(*A, "ada"): "○"},
            {B: LEFT_OUT, C: WITHDRAWN},
            ("absent", "absent", "absent", "literature", 1, 0, 1),
            id="a gap that no reading will close",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*B, "ada"): "●"},
            {C: CANDIDATE},
            ("addressed", "addressed", None, None, 3, 1, 2),
            id="no gap, whatever waits",
        ),
    ],
)
def test_whether_a_gap_is_in_the_literature_or_in_our_reading(
    small: sqlite3.Connection, codings: dict[Unit, str], decided: Screening, expected: Row
) -> None:
    put(small, {unit: coding(f"- {symbol} -") for unit, symbol in codings.items()}, decided)
    cells = small.execute(
        "select level, state, gap_kind, gap_in, in_scope, waiting, studies from coverage_matrix"
        " where misuse_vector = 'apple' and step = 'added'"
    )
    assert cells.fetchall() == [expected]


@pytest.mark.parametrize(
    ("kind", "decided", "gap_in"),
    [
        pytest.param("systematic", {A: LEFT_OUT}, "literature", id="searched, and none fits"),
        pytest.param("systematic", {}, "reading", id="a vector that no search was made for"),
        pytest.param("systematic", {("study_a", "moth"): LEFT_OUT}, "reading", id="another vector"),
        pytest.param("informal", {A: LEFT_OUT}, "reading", id="a look around is no search"),
        pytest.param(None, {A: LEFT_OUT}, "reading", id="nobody searched"),
    ],
)
def test_where_no_study_was_found_the_literature_lacks_it_only_if_somebody_searched(
    small: sqlite3.Connection, kind: str | None, decided: Screening, gap_in: str
) -> None:
    put(small, {}, decided)
    if kind:
        small.execute(
            "insert into searches (searched_on, source, query, kind, hits, searched_by)"
            " values ('2024', 'Index of Nowhere', 'apples', ?, 1, 'Ada')",
            [kind],
        )
    cells = small.execute(
        "select gap_kind, gap_in, in_scope from coverage_matrix where misuse_vector = 'apple'"
    )
    assert cells.fetchall() == [("no_study", gap_in, 0)] * 3


def test_completeness_counts_every_step_once(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ● ●"),
            (*A, "ben"): coding("● ● ◐"),
            ("study_a", "moth", "ada"): coding("● ● ●"),
            ("study_a", "moth", "robot"): coding("○ ○ ○"),
            (*B, "panel"): coding("○ - -"),
        },
    )
    assert sorted(small.execute("select * from completeness")) == [
        ("study_a", "apple", 2, 1, 0, 0, 3, 0),
        ("study_a", "moth", 3, 0, 0, 0, 3, 1),
        ("study_b", "apple", 0, 0, 1, 2, 3, 0),
    ]
    assert sorted(small.execute("select * from coded_studies")) == [
        ("study_a", "apple", 2),
        ("study_a", "moth", 1),
        ("study_b", "apple", 0),
    ]
    assert sorted(small.execute("select * from study_coverage"), key=str) == [
        ("study_a", "apple", "addressed", "addressed", "partial", 2),
        ("study_a", "moth", "addressed", "addressed", "addressed", 1),
        ("study_b", "apple", "absent", None, None, 0),
    ]


def test_every_year_is_counted_those_without_a_publication_too(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ◐ ●"),
            ("study_a", "moth", "ada"): coding("● ○ ●"),  # the study counts once, at its best
            (*B, "ada"): coding("- ○ -"),
            (*B, "ben"): coding("- ● -"),
            (*C, "ada"): coding("● - -"),
            (*C, "robot"): coding("● ● ●"),
        },
    )
    # studies, in_scope, coded; addressed, partial, absent, contested, not_coded
    assert small.execute("select * from coverage_by_year order by year").fetchall() == [
        (2019, 2, 2, 2, 0, 0, 0, 1, 1),
        (2020, 0, 0, 0, 0, 0, 0, 0, 0),
        (2021, 1, 0, 0, 0, 0, 0, 0, 0),
        (2022, 1, 1, 1, 0, 1, 0, 0, 0),
    ]
    grown = small.execute(
        "select * from coded_by_vector_and_year where misuse_vector <> 'zeppelin' order by 1, 2"
    )
    assert grown.fetchall() == [
        *[("apple", 2019, 2, 2), ("apple", 2020, 0, 2), ("apple", 2021, 0, 2)],
        *[("apple", 2022, 1, 3), ("moth", 2019, 0, 0), ("moth", 2020, 0, 0)],
        *[("moth", 2021, 0, 0), ("moth", 2022, 1, 1)],
    ]
