"""The data of this repository: free of errors, and equal to the judgements of the paper."""

import csv
from collections import Counter
from pathlib import Path

from marginal_risk.check.corpus import read_corpus
from places import DATA

# The paper's judgements (Kapoor, Bommasani et al. 2024, Table 1 and Appendix B), one a line in
# the order of the paper, kept apart from data/ so that a slip in either shows.
EXPECTED = DATA / "kapoor2024_expected.csv"


def expected_judgements() -> list[dict[str, str]]:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_published_data_has_no_errors(published_data: Path) -> None:
    """A warning stops nothing: whoever merges decides on it."""
    corpus = read_corpus(published_data)
    assert corpus.is_sound, [str(problem) for problem in corpus.problems]


def test_the_data_as_it_began_has_no_problems(paper_data: Path) -> None:
    corpus = read_corpus(paper_data)
    assert [str(problem) for problem in corpus.problems] == []
    assert len(corpus.records.codings) == 7
    assert len({row.record.citekey for row in corpus.records.screening}) == 69


def test_the_published_data_equals_the_papers_judgements_cell_by_cell(
    published_data: Path,
) -> None:
    found = [
        judgement.model_dump()
        for judgement in read_corpus(published_data).records.judgements()
        if judgement.coder == "kapoor2024"
    ]
    expected = [{**row, "coder": "kapoor2024"} for row in expected_judgements()]
    assert len(expected) == 42

    def key(row: dict[str, str]) -> tuple[str, str]:
        return row["citekey"], row["step"]

    assert sorted(found, key=key) == sorted(expected, key=key)


def test_the_paper_coded_seven_studies_for_one_vector_each_at_every_step(
    published_data: Path,
) -> None:
    records = read_corpus(published_data).records
    rows = [row for row in records.codings if row.key.coder == "kapoor2024"]
    assert {row.key.citekey: row.key.misuse_vector for row in rows} == {
        "hazell2023": "spear_phishing",
        "seger2023": "cybersecurity",
        "musser2023": "disinformation",
        "gopal2023": "biosecurity",
        "ovadya2019": "voice_cloning",
        "lakatos2023": "ncii",
        "thiel2023": "csam",
    }
    assert all(len(row.levels) == 6 for row in rows)
    assert {row.coding.coded_on for row in rows} == {"2024"}


def test_the_levels_add_up(published_data: Path) -> None:
    records = read_corpus(published_data).records
    levels = Counter(j.level for j in records.judgements() if j.coder == "kapoor2024")
    # Counted by hand, study by study in the order of the paper: 1+0+2+1+2+1+6 addressed,
    # 3+3+4+2+4+3+0 partial, 2+3+0+3+0+2+0 absent.
    assert levels == {"addressed": 13, "partial": 19, "absent": 10}


def test_one_study_alone_is_complete(published_data: Path) -> None:
    complete = {
        row.key.citekey
        for row in read_corpus(published_data).records.codings
        if row.key.coder == "kapoor2024" and set(row.levels.values()) == {"addressed"}
    }
    assert complete == {"thiel2023"}


def test_the_vocabulary_is_the_papers_in_its_order(published_data: Path) -> None:
    codebook = read_corpus(published_data).records.codebook
    assert [vector.slug for vector in codebook.misuse_vectors] == [
        *("spear_phishing", "cybersecurity", "disinformation", "biosecurity", "voice_cloning"),
        *("ncii", "csam"),
    ]
    assert [step.slug for step in codebook.steps] == [
        *("threat_identification", "existing_risk", "existing_defenses"),
        *("marginal_risk_evidence", "ease_of_defense", "uncertainty_assumptions"),
    ]
    assert [step.slug for step in codebook.steps if step.is_marginal_risk] == [
        "marginal_risk_evidence"
    ]
    assert [(level.slug, level.symbol) for level in codebook.levels] == [
        ("addressed", "●"),
        ("partial", "◐"),
        ("absent", "○"),
    ]
