"""The data of this repository: free of errors, and equal to the judgements of the paper."""

import csv
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database
from places import FROZEN, LIVE, ROOT

# The paper's judgements (Kapoor, Bommasani et al. 2024, Table 1 and Appendix B), one a line in
# the order of the paper, typed apart from the sheets so that a slip in either shows.
EXPECTED = LIVE / "published" / "kapoor2024.csv"


def expected_judgements() -> list[dict[str, str]]:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_published_data_has_no_errors() -> None:
    """A warning stops nothing: whoever merges decides on it."""
    corpus = read_corpus(LIVE)
    assert corpus.is_sound, [str(problem) for problem in corpus.problems]


def test_the_data_as_it_began_has_no_problems(paper_data: Path) -> None:
    corpus = read_corpus(paper_data)
    wrong = [problem for problem in corpus.problems if problem.rule != "likely-same-person"]
    assert [str(problem) for problem in wrong] == []
    # Kapoor, S. and Kapoor, Sayash: such names were completed later, or joined by people.csv.
    assert len(corpus.problems) == 19
    assert len(corpus.records.codings) == 7
    assert len({row.record.citekey for row in corpus.records.screening}) == 69


def test_the_published_data_equals_the_papers_judgements_cell_by_cell() -> None:
    """Both are data: to correct what was read wrongly is a pull request of data alone."""
    found = [
        judgement.model_dump()
        for judgement in read_corpus(LIVE).records.judgements()
        if judgement.coder == "kapoor2024"
    ]
    expected = [{**row, "coder": "kapoor2024"} for row in expected_judgements()]
    assert len(expected) == 42

    def key(row: dict[str, str]) -> tuple[str, str]:
        return row["citekey"], row["step"]

    assert sorted(found, key=key) == sorted(expected, key=key)


def test_the_paper_coded_seven_studies_for_one_vector_each_at_every_step() -> None:
    records = read_corpus(LIVE).records
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
    assert {row.coded_on for row in rows} == {"2024"}


def test_the_levels_add_up_as_they_were_read_first() -> None:
    records = read_corpus(FROZEN).records
    levels = Counter(j.level for j in records.judgements() if j.coder == "kapoor2024")
    # Counted by hand, study by study in the order of the paper: 1+0+2+1+2+1+6 addressed,
    # 3+3+4+2+4+3+0 partial, 2+3+0+3+0+2+0 absent.
    assert levels == {"addressed": 13, "partial": 19, "absent": 10}


def test_one_study_alone_was_complete() -> None:
    complete = {
        row.key.citekey
        for row in read_corpus(FROZEN).records.codings
        if row.key.coder == "kapoor2024" and set(row.levels.values()) == {"addressed"}
    }
    assert complete == {"thiel2023"}


def test_the_vocabulary_holds_the_papers_in_its_order() -> None:
    """Others may stand among them."""
    codebook = read_corpus(LIVE).records.codebook
    vectors = [
        *("spear_phishing", "cybersecurity", "disinformation", "biosecurity", "voice_cloning"),
        *("ncii", "csam"),
    ]
    steps = [
        *("threat_identification", "existing_risk", "existing_defenses"),
        *("marginal_risk_evidence", "ease_of_defense", "uncertainty_assumptions"),
    ]
    assert [v.slug for v in codebook.misuse_vectors if v.slug in vectors] == vectors
    assert [step.slug for step in codebook.steps if step.slug in steps] == steps
    assert [step.slug for step in codebook.steps if step.is_marginal_risk] == [
        "marginal_risk_evidence"
    ]
    assert [(level.slug, level.symbol) for level in codebook.levels] == [
        ("addressed", "●"),
        ("partial", "◐"),
        ("absent", "○"),
    ]


def compare(data: Path) -> "subprocess.CompletedProcess[str]":
    """Run what a pull request is told with, where the data is called 'data'."""
    words = [sys.executable, str(ROOT / ".ci" / "published_tables.py")]
    return subprocess.run(words, cwd=data.parent, check=False, capture_output=True, text=True)


def test_a_correction_in_one_place_is_told_with_its_line_and_in_both_is_none(
    tmp_path: Path,
) -> None:
    data = Path(shutil.copytree(FROZEN, tmp_path / "data"))
    shutil.copytree(LIVE / "published", data / "published")
    second = data / "published" / "kapoor2024.csv"
    shutil.copy(EXPECTED, second)
    was, becomes = "hazell2023,spear_phishing,existing_risk,partial", "absent"
    text = second.read_text(encoding="utf-8")
    assert text.splitlines()[2].startswith(was)
    first = compare(data)
    second.write_text(text.replace(was, was.replace("partial", becomes)), encoding="utf-8")
    done = compare(data)
    assert (first.returncode, first.stdout) == (0, "")
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    sheet = (data / "rationales.csv").read_text(encoding="utf-8").splitlines()
    begins = "hazell2023,spear_phishing,kapoor2024,existing_risk,"
    number = 1 + [row.startswith(begins) for row in sheet].index(True)
    assert line == (
        f"::error file=data/rationales.csv,line={number},title=published table::hazell2023 for "
        "spear_phishing, existing_risk: level is 'partial' here, and 'absent' in "
        "data/published/kapoor2024.csv:3. If the publication was read wrongly, correct both; "
        "another opinion is another coder."
    )
    rows = (data / "studies.csv").read_text(encoding="utf-8")
    assert "hazell2023,spear_phishing,kapoor2024,2024,addressed,partial," in rows
    corrected = rows.replace(
        "hazell2023,spear_phishing,kapoor2024,2024,addressed,partial,",
        "hazell2023,spear_phishing,kapoor2024,2024,addressed,absent,",
    )
    (data / "studies.csv").write_text(corrected, encoding="utf-8")
    assert compare(data).returncode == 0


def test_a_judgement_that_stands_in_one_place_alone_is_told(tmp_path: Path) -> None:
    data = Path(shutil.copytree(FROZEN, tmp_path / "data"))
    (data / "published").mkdir()
    lines = EXPECTED.read_text(encoding="utf-8").splitlines(keepends=True)
    (data / "published" / "kapoor2024.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    done = compare(data)
    assert done.returncode == 1
    assert "data/published/kapoor2024.csv has no such judgement. Add it there" in done.stdout


def test_the_paper_of_the_framework_and_a_study_have_their_authors_in_common(
    tmp_path: Path,
) -> None:
    path = tmp_path / "evidence.db"
    build_database(read_corpus(LIVE), path)
    with closing(sqlite3.connect(path)) as connection:
        shared = connection.execute(
            "select a.name from authors a join authorships s on s.author_id = a.id"
            " join authorships o on o.author_id = a.id"
            " where s.citekey = 'kapoor2024' and o.citekey = 'peppin2025' order by a.name"
        ).fetchall()
    assert shared == [("Bommasani, Rishi",), ("Kapoor, Sayash",)]
