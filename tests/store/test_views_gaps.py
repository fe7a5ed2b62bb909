"""The views of what is missing and what to code next, by hand."""

import sqlite3

from view_cases import CANDIDATE, LEFT_OUT, A, B, coding, put


def test_gaps_stand_in_the_order_in_which_they_matter(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            ("study_a", "zeppelin", "ada"): coding("◐ ● ○"),
            ("study_a", "apple", "ada"): coding("● ○ ●"),
            ("study_b", "apple", "ada"): coding("● - ○"),
        },
    )
    assert small.execute("select * from gaps order by priority").fetchall() == [
        (1, "moth", "added", "no_study", "reading", 0, 0, 0),
        (2, "apple", "added", "absent", "reading", 2, 1, 2),
        (3, "zeppelin", "added", "single_study", "literature", 1, 0, 1),
        (4, "moth", "threat", "no_study", "reading", 0, 0, 0),
        (5, "moth", "defense", "no_study", "reading", 0, 0, 0),
        (6, "zeppelin", "defense", "absent", "literature", 1, 0, 1),
        (7, "zeppelin", "threat", "partial_only", "literature", 1, 0, 1),
        (8, "apple", "defense", "single_study", "literature", 2, 0, 2),
    ]


def test_what_to_code_next_by_reason_and_turn(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ● ●"),  # a second coder is missing
            ("study_a", "moth", "ada"): coding("● ○ ●"),
            ("study_a", "moth", "ben"): coding("○ ○ ●"),  # a consensus is missing
            ("study_b", "moth", "ada"): coding("● ○ ●"),
            ("study_b", "moth", "ben"): coding("● ○ ●"),  # done
        },
        {
            B: CANDIDATE,
            ("study_c", "moth"): CANDIDATE,
            ("table", "moth"): ("included", None),
            ("study_b", "zeppelin"): CANDIDATE,
            ("study_c", "zeppelin"): CANDIDATE,
            ("table", "zeppelin"): LEFT_OUT,
        },
    )
    assert small.execute("select * from next_to_code order by priority").fetchall() == [
        (1, "table", "moth", "no_evidence", "none", "included", 1),
        (2, "study_c", "zeppelin", "no_evidence", "not_coded", "candidate", 1),
        (3, "study_c", "moth", "no_evidence", "none", "candidate", 2),
        (4, "study_b", "zeppelin", "no_evidence", "not_coded", "candidate", 2),
        (5, "study_a", "apple", "single_coder", "addressed", "included", 1),
        (6, "study_a", "moth", "contested", "none", "included", 1),
        (7, "study_b", "apple", "confirmation", "addressed", "candidate", 1),
    ]


def test_uncoded_works_and_steps(small: sqlite3.Connection) -> None:
    put(
        small,
        {(*A, "ada"): coding("● - ●"), (*B, "robot"): coding("● ● ●")},
        {
            ("study_c", None): CANDIDATE,
            ("study_a", "moth"): CANDIDATE,
            ("study_b", "moth"): LEFT_OUT,
        },
    )
    assert sorted(small.execute("select * from uncoded"), key=str) == [
        ("step", "study_a", "apple", "added"),
        ("study", "study_a", "moth", None),
        ("study", "study_b", "apple", None),  # coded by a machine only
        ("study", "study_c", None, None),
    ]
