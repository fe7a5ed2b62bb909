"""The views of what was found and how far it has got, by hand."""

import sqlite3

from view_cases import WITHDRAWN, A, B, C, coding, put


def test_a_study_counts_once_in_all_and_at_its_furthest(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ● ●"),
            (*A, "ben"): coding("● ● ●"),
            (*A, "robot"): coding("○ ○ ○"),
            ("study_b", "moth", "ada"): coding("● ● ●"),
        },
        {
            ("study_a", "moth"): ("excluded", "lost"),
            B: ("excluded", "off_topic"),
            C: ("excluded", "lost"),
            ("study_c", "zeppelin"): ("excluded", "off_topic"),
            ("study_c", "moth"): WITHDRAWN,
            ("table", "zeppelin"): WITHDRAWN,
        },
    )
    # found, candidates, excluded, included, coded, coded_twice, withdrawn
    flow = small.execute("select * from screening_flow").fetchall()
    assert {vector: counts for vector, *counts in flow} == {
        "zeppelin": [1, 0, 1, 0, 0, 0, 1],
        "apple": [3, 0, 2, 1, 1, 1, 0],
        "moth": [2, 0, 1, 1, 1, 0, 1],
        None: [3, 0, 1, 2, 2, 1, 1],
    }
    # study_c is left out everywhere: in all, for the reason that comes first.
    assert sorted(small.execute("select * from exclusions"), key=str) == [
        ("apple", "lost", 1),
        ("apple", "off_topic", 1),
        ("moth", "lost", 1),
        ("zeppelin", "off_topic", 1),
        (None, "off_topic", 1),
    ]
    stages = small.execute("select citekey, misuse_vector, stage, coders from found_studies")
    assert sorted(stages) == [
        ("study_a", "apple", "coded_twice", 2),
        ("study_a", "moth", "excluded", 0),
        ("study_b", "apple", "excluded", 0),
        ("study_b", "moth", "coded", 1),
        ("study_c", "apple", "excluded", 0),
        ("study_c", "moth", "withdrawn", 0),
        ("study_c", "zeppelin", "excluded", 0),
        ("table", "zeppelin", "withdrawn", 0),
    ]
