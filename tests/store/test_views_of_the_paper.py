"""The views on the paper's own codings, against its Table 1 and counts by other programs."""

import csv
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from view_cases import SYMBOLS

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database


def build(data: Path, path: Path) -> sqlite3.Connection:
    build_database(read_corpus(data), path)
    return sqlite3.connect(path)


TABLE_1 = """
hazell2023   spear_phishing  ● ◐ ◐ ○ ◐ ○
seger2023    cybersecurity   ◐ ○ ◐ ○ ◐ ○
musser2023   disinformation  ● ◐ ◐ ◐ ◐ ●
gopal2023    biosecurity     ● ○ ◐ ○ ◐ ○
ovadya2019   voice_cloning   ● ◐ ◐ ◐ ◐ ●
lakatos2023  ncii            ● ◐ ○ ◐ ◐ ○
thiel2023    csam            ● ● ● ● ● ●
"""
"""Typed from the reference codings, in the shape of Table 1 of Kapoor et al. (2024)."""

CODED = [tuple(line.split()) for line in TABLE_1.split("\n") if line]


def test_the_map_is_table_1(published: sqlite3.Connection) -> None:
    table = published.execute(
        "select citekey, misuse_vector, threat_identification, existing_risk, existing_defenses,"
        " marginal_risk_evidence, ease_of_defense, uncertainty_assumptions from study_coverage"
    )
    expected = {
        (citekey, vector, *(SYMBOLS[symbol] for symbol in symbols))
        for citekey, vector, *symbols in CODED
    }
    assert len(expected) == 7
    assert set(table) == expected


def test_evidence_of_marginal_risk_by_vector(published: sqlite3.Connection) -> None:
    found = dict(published.execute("select misuse_vector, evidence from marginal_risk_gaps"))
    assert found == {
        "spear_phishing": "none",
        "cybersecurity": "none",
        "biosecurity": "none",
        "disinformation": "partial",
        "voice_cloning": "partial",
        "ncii": "partial",
        "csam": "addressed",
    }


def test_one_of_seven_studies_is_complete(published: sqlite3.Connection) -> None:
    rows = published.execute("select citekey, is_complete from completeness").fetchall()
    assert len(rows) == 7
    assert [citekey for citekey, is_complete in rows if is_complete] == ["thiel2023"]


def test_the_matrix_has_a_row_for_every_cell(published: sqlite3.Connection) -> None:
    assert published.execute("select count(*) from coverage_matrix").fetchone() == (42,)
    cells = published.execute(
        "select count(*) from (select distinct misuse_vector, step from coverage_matrix)"
    )
    assert cells.fetchone() == (42,)
    states = Counter(state for (state,) in published.execute("select state from coverage_matrix"))
    assert states == {"addressed": 13, "partial": 19, "absent": 10}


def test_the_first_gaps_are_those_in_evidence_of_marginal_risk(
    published: sqlite3.Connection,
) -> None:
    gaps = published.execute(
        "select misuse_vector, step, gap_kind from gaps order by priority limit 9"
    ).fetchall()
    assert gaps == [
        ("spear_phishing", "marginal_risk_evidence", "absent"),
        ("cybersecurity", "marginal_risk_evidence", "absent"),
        ("biosecurity", "marginal_risk_evidence", "absent"),
        ("disinformation", "marginal_risk_evidence", "partial_only"),
        ("voice_cloning", "marginal_risk_evidence", "partial_only"),
        ("ncii", "marginal_risk_evidence", "partial_only"),
        ("csam", "marginal_risk_evidence", "single_study"),
        ("spear_phishing", "uncertainty_assumptions", "absent"),
        ("cybersecurity", "existing_risk", "absent"),
    ]
    kinds = Counter(kind for (kind,) in published.execute("select gap_kind from gaps"))
    assert kinds == {"absent": 10, "partial_only": 19, "single_study": 13}


def read_sheet(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_sheet(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(("citekey", "vector"), [coded[:2] for coded in CODED])
@pytest.mark.parametrize("is_found", [True, False])
def test_a_vector_without_its_study_stays_on_the_map(
    paper_data: Path, tmp_path: Path, citekey: str, vector: str, is_found: bool
) -> None:
    data = Path(shutil.copytree(paper_data, tmp_path / "data"))
    for name in ("studies.csv", "rationales.csv", "comparisons.csv"):
        rows = read_sheet(data / name)
        write_sheet(data / name, [row for row in rows if row["citekey"] != citekey])
    if not is_found:  # whatever was found for the vector is left out
        rows = read_sheet(data / "screening.csv")
        left_out = {"decision": "excluded", "reason": "not_about_misuse", "decided_on": "2026"}
        rows = [row | left_out if row["misuse_vector"] == vector else row for row in rows]
        write_sheet(data / "screening.csv", rows)
    state, where = ("not_coded", "reading") if is_found else ("no_study", "reading")
    with closing(build(data, tmp_path / "evidence.db")) as connection:
        cells = connection.execute(
            "select misuse_vector, state, gap_kind, gap_in from coverage_matrix"
        ).fetchall()
        gaps = dict(connection.execute("select misuse_vector, evidence from marginal_risk_gaps"))
    assert len(cells) == 42
    assert Counter(cells)[vector, state, state, where] == 6
    assert Counter(found for _, found, _, _ in cells)[state] == 6
    assert len(gaps) == 7
    assert [v for v, evidence in gaps.items() if evidence == state] == [vector]


FOUND = {
    "spear_phishing": 9,
    "cybersecurity": 13,
    "disinformation": 14,
    "biosecurity": 15,
    "voice_cloning": 10,
    "ncii": 10,
    "csam": 13,
    None: 69,
}
"""Rows of data/screening.csv by vector, and studies in it, as cut, sort and uniq count them."""


def test_as_many_studies_are_found_as_the_sheet_has(published: sqlite3.Connection) -> None:
    rows = published.execute("select * from screening_flow").fetchall()
    # found, candidates, excluded, included, coded, coded_twice, withdrawn
    assert {vector: counts for vector, *counts in rows} == {
        vector: [found, found - 1, 0, 1, 1, 0, 0] for vector, found in FOUND.items() if vector
    } | {None: [69, 62, 0, 7, 7, 0, 0]}
    assert published.execute("select found_studies, coded_studies from build").fetchone() == (69, 7)
    assert published.execute("select * from exclusions").fetchall() == []


def test_every_gap_of_today_is_one_in_our_reading(published: sqlite3.Connection) -> None:
    cells = published.execute(
        "select misuse_vector, gap_in, in_scope, waiting, studies from coverage_matrix"
    )
    assert set(cells) == {
        (vector, "reading", found, found - 1, 1) for vector, found in FOUND.items() if vector
    }


def test_what_to_code_next_starts_where_evidence_is_missing(published: sqlite3.Connection) -> None:
    rows = published.execute(
        "select citekey, misuse_vector, why, evidence, turn from next_to_code order by priority"
    ).fetchall()
    # Each vector has its turn: without evidence first, then with a part of it. Of its candidates
    # come the types in the codebook's order (empirical first), the newest, then the alphabet.
    assert rows[:9] == [
        ("afane2024", "spear_phishing", "no_evidence", "none", 1),
        ("zhu2024teams", "cybersecurity", "no_evidence", "none", 1),
        ("hong2026", "biosecurity", "no_evidence", "none", 1),
        ("hackenburg2025levers", "disinformation", "no_evidence", "partial", 1),
        ("barrington2025", "voice_cloning", "no_evidence", "partial", 1),
        ("gibson2025", "ncii", "no_evidence", "partial", 1),
        ("bethany2024", "spear_phishing", "no_evidence", "none", 2),
        ("fang2024oneday", "cybersecurity", "no_evidence", "none", 2),
        ("zhang2026uplift", "biosecurity", "no_evidence", "none", 2),
    ]
    # After the candidates of six vectors: one coder has read seven studies, and csam has evidence.
    whys = [why for _, _, why, _, _ in rows]
    assert whys == ["no_evidence"] * 65 + ["single_coder"] * 7 + ["confirmation"] * 12
    assert {vector for _, vector, why, _, _ in rows if why == "confirmation"} == {"csam"}
    assert "chan2023" not in {citekey for citekey, *_ in rows}  # it belongs to no single vector


def test_a_withdrawn_study_leaves_map_and_counts_and_keeps_its_codings(
    paper_data: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(paper_data, tmp_path / "data"))
    rows = read_sheet(data / "screening.csv")
    withdrawn = {"decision": "withdrawn", "note": "Taken back by its authors."}
    write_sheet(
        data / "screening.csv",
        [row | withdrawn if row["citekey"] == "thiel2023" else row for row in rows],
    )
    with closing(build(data, tmp_path / "evidence.db")) as connection:
        flow = "select found, coded, withdrawn from screening_flow where misuse_vector"
        assert connection.execute(f"{flow} = 'csam'").fetchone() == (12, 0, 1)
        assert connection.execute(f"{flow} is null").fetchone() == (68, 6, 1)
        states = "select distinct state from coverage_matrix where misuse_vector = 'csam'"
        assert connection.execute(states).fetchall() == [("not_coded",)]
        for view in ("coded_studies", "study_coverage", "completeness", "agreed_judgements"):
            query = f"select count(*) from {view} where citekey = 'thiel2023'"
            assert connection.execute(query).fetchone() == (0,), view
        for table, kept in (("codings", 1), ("judgements", 6), ("found_studies", 1)):
            query = f"select count(*) from {table} where citekey = 'thiel2023'"
            assert connection.execute(query).fetchone() == (kept,), table
        assert connection.execute("select coded_studies from build").fetchone() == (6,)
