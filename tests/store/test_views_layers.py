"""Two layers: what counts, and what machines coded beside it; who has the last word on a step."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from view_cases import CANDIDATE, LEFT_OUT, WITHDRAWN, A, B, C, Codings, coding, put

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database
from marginal_risk.store.views import VIEWS

MACHINES: Codings = {
    (*A, "ada"): coding("● ◐ -"),
    (*A, "robot"): coding("○ ● ◐"),
    (*B, "robot"): coding("● ● -", low="added"),
    (*B, "gadget"): coding("● ◐ -"),
}


def levels(connection: sqlite3.Connection, layer: str) -> set[tuple[object, ...]]:
    return set(
        connection.execute(
            "select citekey, step, level, highest_level, basis, coders, has_low_confidence,"
            " is_provisional from levels_by_layer where layer = ?",
            (layer,),
        )
    )


def test_a_machine_has_the_word_only_where_nobody_else_judged(small: sqlite3.Connection) -> None:
    put(small, MACHINES)
    counted = {
        ("study_a", "threat", "addressed", "addressed", "single_coder", 1, 0, 0),
        ("study_a", "added", "partial", "partial", "single_coder", 1, 0, 0),
    }
    assert levels(small, "counted") == counted
    assert levels(small, "with_provisional") == counted | {
        ("study_a", "defense", "partial", "partial", "single_coder", 1, 0, 1),
        ("study_b", "threat", "addressed", "addressed", "agreement", 2, 0, 1),
        ("study_b", "added", "partial", "addressed", "contested", 2, 1, 1),
    }


def test_a_consensus_has_the_last_word_over_coders_and_machines(
    small: sqlite3.Connection,
) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● - -"),
            (*A, "ben"): coding("○ - -"),
            (*A, "panel"): coding("◐ - -"),
            (*A, "robot"): coding("● - -"),
        },
    )
    said = {("study_a", "threat", "partial", "partial", "consensus", 2, 0, 0)}
    assert levels(small, "counted") == levels(small, "with_provisional") == said


def test_a_machine_may_code_a_candidate_and_puts_nothing_on_the_map_that_is_off_it(
    small: sqlite3.Connection,
) -> None:
    codings: Codings = {
        (*study, "robot"): coding("● - -") for study in (A, B, C, ("table", "apple"))
    }
    put(small, codings, {A: CANDIDATE, B: LEFT_OUT, C: WITHDRAWN})
    found = small.execute(
        "select layer, citekey, coders, is_provisional from studies_by_layer order by citekey"
    ).fetchall()
    assert found == [
        ("with_provisional", "study_a", 1, 1),
        ("with_provisional", "table", 1, 1),
    ]
    cells = "select studies, waiting, provisional, state from coverage_by_layer"
    where = "where misuse_vector = 'apple' and step = 'threat' order by layer"
    assert small.execute(f"{cells} {where}").fetchall() == [
        (0, 2, 0, "not_coded"),
        (2, 0, 2, "addressed"),
    ]


def test_a_view_without_a_layer_is_the_counted_one(small: sqlite3.Connection) -> None:
    put(small, MACHINES)
    for name in ("coverage", "study_coverage", "comparison"):
        single = name if name == "study_coverage" else f"{name}_matrix"
        layered = f"{name}_matrix_by_layer" if name == "comparison" else f"{name}_by_layer"
        one = small.execute(f"select * from {single}")
        columns = ", ".join(column[0] for column in one.description)
        both = small.execute(f"select {columns} from {layered} where layer = 'counted'")
        assert Counter(one) == Counter(both), name


def test_the_table_keeps_what_the_rule_says(small: sqlite3.Connection) -> None:
    put(small, MACHINES)
    columns = ", ".join(row[1] for row in small.execute("pragma table_info(agreed_levels)"))
    kept = small.execute(f"select {columns} from agreed_levels").fetchall()
    assert len(kept) == 7
    assert Counter(kept) == Counter(small.execute(f"select {columns} from levels_by_layer"))


def test_each_judgement_stands_in_its_layers_with_its_authority(small: sqlite3.Connection) -> None:
    put(small, {(*A, "ada"): coding("● - -"), (*A, "robot"): coding("○ - -")})
    placed = "select layer, citekey, step, coder, rank, confidence, authority from"
    found = small.execute(f"{placed} judgements_by_layer").fetchall()
    assert set(found) == {
        ("counted", "study_a", "threat", "ada", 3, "high", 2),
        ("with_provisional", "study_a", "threat", "ada", 3, "high", 2),
        ("with_provisional", "study_a", "threat", "robot", 1, "high", 1),
    }
    assert Counter(found) == Counter(small.execute(f"{placed} placed_judgements"))


def test_each_coding_stands_in_its_layers_with_its_authority(small: sqlite3.Connection) -> None:
    put(small, {(*A, "ada"): coding("● - -"), (*A, "robot"): coding("○ - -")})
    placed = "select layer, citekey, misuse_vector, coder, authority from"
    found = small.execute(f"{placed} placed_codings").fetchall()
    assert set(found) == {
        ("counted", *A, "ada", 2),
        ("with_provisional", *A, "ada", 2),
        ("with_provisional", *A, "robot", 1),
    }
    assert Counter(found) == Counter(small.execute(f"{placed} codings_by_layer"))


def test_a_coding_is_not_paired_with_what_it_began_with(small: sqlite3.Connection) -> None:
    put(small, {(*A, who): coding("● - -") for who in ("ada", "ben", "robot", "gadget")})
    small.execute("insert into coding_starts values ('study_a', 'apple', 'ada', 'robot')")
    pairs = "select among, coder, other_coder from judgement_pairs"
    assert set(small.execute(pairs)) == {
        ("independent", "ada", "ben"),
        ("machines", "gadget", "robot"),
        ("machine_and_independent", "ada", "gadget"),
        ("machine_and_independent", "ben", "gadget"),
        ("machine_and_independent", "ben", "robot"),
    }
    assert set(small.execute("select coder, other_coder from paired_judgements")) == {
        ("ada", "ben"),
    }


# Invented comparisons ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coders", "counted", "with_provisional"),
    [
        (["ada", "ben", "panel"], {"panel"}, {"panel"}),
        (["ada", "ben", "robot"], {"ada", "ben"}, {"ada", "ben"}),
        (["robot", "gadget"], set(), {"robot", "gadget"}),
    ],
)
def test_of_those_who_coded_what_a_study_compares_the_highest_have_the_last_word(
    small: sqlite3.Connection, coders: list[str], counted: set[str], with_provisional: set[str]
) -> None:
    # Whoever has judged steps, and no comparison, has no word in it.
    judged = ("ada", "ben", "panel", "robot", "gadget")
    for table in ("examined_models", "comparators", "findings"):
        small.execute(
            f"insert into {table} (slug, name, definition, position) values ('x', 'X', 'x', 1)"
        )
    put(small, {(*A, who): coding("● - -") for who in judged})
    small.executemany(
        "insert into comparisons (citekey, misuse_vector, coder, examined, comparator, finding,"
        " locator) values (?, ?, ?, 'x', 'x', 'x', 'page 1')",
        [(*A, who) for who in coders],
    )
    found = small.execute("select layer, coder, is_provisional from comparisons_by_layer")
    is_provisional = int("ada" not in coders)
    assert sorted(found) == sorted(
        [
            *(("counted", who, 0) for who in counted),
            *(("with_provisional", who, is_provisional) for who in with_provisional),
        ]
    )


def test_what_is_compared_in_the_invented_data(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            "select misuse_vector, comparator, state, coded, compare_nothing, studies, measured,"
            " open_measured, more, not_measured from comparison_matrix"
        ).fetchall()
        machine = connection.execute(
            "select comparator, state, coded, studies, open_measured, examined_closed, less,"
            " no_difference, provisional from comparison_matrix_by_layer"
            " where misuse_vector = 'fake_maps' and layer = 'with_provisional'"
        ).fetchall()
    assert set(found) == {
        ("forged_letters", "goose_quills", "measured", 1, 0, 1, 1, 1, 1, 0),
        ("forged_letters", "closed_models", "not_compared", 1, 0, 0, 0, 0, 0, 0),
        ("robot_calls", "goose_quills", "not_compared", 1, 1, 0, 0, 0, 0, 0),
        ("robot_calls", "closed_models", "not_compared", 1, 1, 0, 0, 0, 0, 0),
        ("fake_maps", "goose_quills", "not_coded", 0, 0, 0, 0, 0, 0, 0),
        ("fake_maps", "closed_models", "not_coded", 0, 0, 0, 0, 0, 0, 0),
    }
    assert set(machine) == {
        ("goose_quills", "measured", 1, 1, 0, 1, 0, 1, 1),
        ("closed_models", "measured", 1, 1, 1, 0, 1, 0, 1),
    }


def test_a_judgement_can_be_shown_with_the_wording_that_it_was_made_by(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            "select version, level, question, rule, is_in_force from rules_by_version"
            " where step = 'defense' and level in ('absent', 'partial') order by version, level"
        ).fetchall()
        same = connection.execute(
            "select count(*) from rules_by_version where is_in_force = 0 and step <> 'defense'"
        ).fetchone()
    now = "Does the study say how to defend against the added risk?"
    assert found == [
        (1, "absent", "Is there a defense?", "There is none.", 0),
        (1, "partial", "Is there a defense?", "There may be one.", 0),
        (2, "absent", now, "Says nothing of defense.", 1),
        (2, "partial", now, "Says how.", 1),
    ]
    assert same == (0,)


# Two machines on real studies ----------------------------------------------------------------


@pytest.fixture(scope="module")
def machines(
    machine_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("machines") / "evidence.db"
    build_database(read_corpus(machine_data), path)
    with closing(sqlite3.connect(path)) as connection:
        yield connection


_OF_BOTH = ("_by_layer", "judgement_pairs", "named_comparators", "next_to_check")


@pytest.mark.parametrize("view", [name for name in VIEWS if not name.endswith(_OF_BOTH)])
def test_no_cell_that_counts_changes_by_what_machines_code(
    machines: sqlite3.Connection, published: sqlite3.Connection, view: str
) -> None:
    found = machines.execute(f"select * from {view}").fetchall()
    assert Counter(found) == Counter(published.execute(f"select * from {view}"))


def test_seventeen_studies_are_coded_by_two_machines_and_every_vector_has_one(
    machines: sqlite3.Connection,
) -> None:
    coded = machines.execute(
        "select citekey, misuse_vector from codings_by_layer where authority = 1"
        " group by citekey, misuse_vector having count(*) = 2"
    ).fetchall()
    assert len(coded) == 17
    assert len({vector for _, vector in coded}) == 7


def test_two_machines_agree_on_97_of_102_judgements(machines: sqlite3.Connection) -> None:
    rows = machines.execute(
        "select scope, step, codings, pairs, agreement from agreement"
        " where among = 'machines' and scope in ('all', 'step') order by id"
    ).fetchall()
    same = [round(agreement * pairs) for _, _, _, pairs, agreement in rows]
    assert same == [97, 16, 17, 15, 17, 15, 17]
    assert [row[2:4] for row in rows] == [(17, 102), *[(17, 17)] * 6]
    assert [row[1] for row in rows[1:]] == [
        *("threat_identification", "existing_risk", "existing_defenses"),
        *("marginal_risk_evidence", "ease_of_defense", "uncertainty_assumptions"),
    ]


def test_among_people_nothing_of_machines_is_counted(machines: sqlite3.Connection) -> None:
    rows = machines.execute(
        "select sum(pairs), sum(codings) from agreement where among = 'independent'"
    ).fetchone()
    assert rows == (0, 0)


def test_a_machine_against_the_published_table_is_told_of_one_study(
    machines: sqlite3.Connection,
) -> None:
    # hazell2023: both machines and the table agree on three steps of six.
    rows = machines.execute(
        "select scope, coder, other_coder, codings, pairs, agreement from agreement"
        " where among = 'machine_and_independent'"
    ).fetchall()
    assert rows == [
        ("coder", "kapoor2024", "machine_a", 1, 6, 0.5),
        ("coder", "kapoor2024", "machine_b", 1, 6, 0.5),
    ]


def test_agreement_on_what_is_compared_is_told_for_each_comparator(
    machines: sqlite3.Connection,
) -> None:
    rows = machines.execute(
        "select comparator, pairs, agreement from agreement"
        " where among = 'machines' and scope = 'comparator'"
    ).fetchall()
    # Counted by hand in the sheets: for how many of 17 both name it, or neither does.
    assert {comparator: round(share * pairs) for comparator, pairs, share in rows} == {
        "none": 15,
        "unaided": 17,
        "web_search": 17,
        "older_technology": 15,
        "human_work": 17,
        "closed_models": 14,
        "earlier_open_models": 16,
    }


def test_nothing_that_counts_is_measured_against_anything_yet(
    machines: sqlite3.Connection,
) -> None:
    found = machines.execute(
        "select misuse_vector, count(*), sum(measured), max(coded), max(compare_nothing)"
        " from comparison_matrix group by misuse_vector"
    ).fetchall()
    coded = {"cybersecurity": 1, "biosecurity": 1, "ncii": 1}
    assert {row[0]: row[1:] for row in found} == {
        vector: (6, 0, coded.get(vector, 0), coded.get(vector, 0))
        for vector in (
            *("spear_phishing", "cybersecurity", "disinformation", "biosecurity"),
            *("voice_cloning", "ncii", "csam"),
        )
    }


def test_two_studies_measure_open_models_against_closed_ones(
    machines: sqlite3.Connection,
) -> None:
    found = machines.execute(
        "select misuse_vector, less, mixed, open_measured, provisional"
        " from comparison_matrix_by_layer where layer = 'with_provisional'"
        " and comparator = 'closed_models' and open_measured > 0"
    ).fetchall()
    assert {row[:4] for row in found} == {("cybersecurity", 1, 0, 1), ("spear_phishing", 0, 1, 1)}
    studies = machines.execute(
        "select distinct citekey, misuse_vector, finding from comparisons_by_layer"
        " where layer = 'with_provisional' and comparator = 'closed_models'"
        " and examined in ('open', 'both') and finding <> 'not_measured'"
    ).fetchall()
    assert set(studies) == {
        ("fang2024oneday", "cybersecurity", "less"),
        ("hazell2023", "spear_phishing", "mixed"),
    }
