"""The views of what coders say together, and of where they differ, by hand."""

import sqlite3

import pytest
from view_cases import MARGINAL, A, Row, Unit, coding, put


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        pytest.param(
            {(*A, "ada"): "●"}, ("addressed", "addressed", "single_coder", 1, 0), id="one"
        ),
        pytest.param(
            {(*A, "ada"): "◐", (*A, "table"): "◐"},
            ("partial", "partial", "agreement", 2, 0),
            id="two agree",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "ben"): "○", (*A, "table"): "◐"},
            ("absent", "addressed", "contested", 3, 0),
            id="the lowest of three",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "ben"): "●", (*A, "panel"): "○"},
            ("absent", "absent", "consensus", 2, 0),
            id="consensus against all",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "ben"): "○", (*A, "panel"): "-"},
            ("absent", "addressed", "contested", 2, 0),
            id="consensus left this step open",
        ),
        pytest.param(
            {(*A, "panel"): "◐"}, ("partial", "partial", "consensus", 0, 0), id="consensus alone"
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "panel"): "◐", (*A, "panel_2"): "○"},
            ("absent", "partial", "contested", 1, 0),
            id="two consensuses",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "robot"): "○", (*A, "gadget"): "○"},
            ("addressed", "addressed", "single_coder", 1, 0),
            id="machines do not count",
        ),
        pytest.param({(*A, "robot"): "●"}, None, id="a machine alone"),
        pytest.param({(*A, "ada"): "-"}, None, id="not coded"),
    ],
)
def test_what_coders_say_together(
    small: sqlite3.Connection, codings: dict[Unit, str], expected: Row | None
) -> None:
    put(small, {unit: coding(f"- {symbol} -") for unit, symbol in codings.items()})
    rows = small.execute("select * from agreed_judgements").fetchall()
    assert rows == ([] if expected is None else [(*A, MARGINAL, *expected)])
    stored = sum(symbol != "-" for symbol in codings.values())
    assert small.execute("select count(*) from judgements").fetchone() == (stored,)


def test_low_confidence_is_that_of_the_judgements_it_rests_on(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ● ●", low="threat"),
            (*A, "ben"): coding("● ● ●", low="added"),
            (*A, "panel"): coding("- ● ●", low="defense"),
            (*A, "robot"): coding("- ● -", low="added"),
        },
    )
    found = dict(small.execute("select step, has_low_confidence from agreed_judgements"))
    assert found == {"threat": 1, "added": 0, "defense": 1}


def test_disagreements_are_between_people_and_tables(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "table"): coding("● ● -"),
            (*A, "ben"): coding("○ ● ◐"),
            (*A, "ada"): coding("◐ ● ●"),
            (*A, "panel"): coding("◐ ○ -"),
            (*A, "robot"): coding("○ ○ ○"),
        },
    )
    rows = small.execute(
        "select step, coder, level, other_coder, other_level, settled_level from disagreements"
    )
    assert sorted(rows, key=str) == [
        ("defense", "ada", "addressed", "ben", "partial", None),
        ("threat", "ada", "partial", "ben", "absent", "partial"),
        ("threat", "ada", "partial", "table", "addressed", "partial"),
        ("threat", "ben", "absent", "table", "addressed", "partial"),
    ]
    reasons = small.execute(
        "select rationale, other_rationale from disagreements where step = 'defense'"
    )
    assert reasons.fetchall() == [("study_a apple ada defense", "study_a apple ben defense")]
