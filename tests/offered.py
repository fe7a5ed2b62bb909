"""Invented answers without errors, and how the tests offer and write them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from marginal_risk.check.corpus import read_corpus
from marginal_risk.contribute.canonical import canonical_files
from marginal_risk.contribute.coding.answers import Answers, StepAnswer
from marginal_risk.contribute.coding.file_changes import changed_files
from marginal_risk.contribute.coding.proposal import Proposal, propose
from marginal_risk.contribute.writers import write_files

TODAY = date(2025, 1, 1)
BIBTEX = """@article{unheard2024,
  author = {Unheard, Ida},
  title = {Maps Drawn by Nobody: A Survey of Empty Paper},
  year = {2024},
  journal = {Annals of Invention},
  doi = {10.5555/unheard.2024},
}
"""
THREAT = StepAnswer("addressed", "high", "page 3", "Names the mapmaker who misleads ships.")
ADDED_RISK = StepAnswer(
    "partial", "low", "page 7", "Compares one map with a lie told in a harbour."
)
ANSWERS = Answers(
    bibtex=BIBTEX,
    misuse_vector="fake_maps",
    study_type="measured",
    coder="person_a",
    coded_on="2024-12-31",
    steps={"threat": THREAT, "added_risk": ADDED_RISK},
)


def offer(data: Path, answers: Answers = ANSWERS) -> Proposal:
    """Return what answers would add to the data."""
    return propose(read_corpus(data, TODAY).records, answers, TODAY)


def findings_of(data: Path, answers: Answers) -> list[tuple[str, str]]:
    """Return the (step, field) of each finding about answers."""
    return [(finding.step, finding.field) for finding in offer(data, answers).findings]


def with_step(step: str, judged: StepAnswer) -> Answers:
    """Return the answers with another one at a step."""
    return replace(ANSWERS, steps={**ANSWERS.steps, step: judged})


def take(data: Path, answers: Answers = ANSWERS) -> list[str]:
    """Write a sound proposal; return the names of the files that it changed."""
    corpus = read_corpus(data, TODAY)
    proposal = propose(corpus.records, answers, TODAY)
    assert proposal.is_sound, list(map(str, proposal.findings))
    changed = changed_files(corpus, proposal)
    write_files(data, changed)
    return sorted(path.relative_to(data).as_posix() for path in changed)


def assert_in_order(data: Path) -> None:
    """Assert that data has no errors and is in canonical form."""
    corpus = read_corpus(data, TODAY)
    assert corpus.is_sound, corpus.problems
    for path, text in canonical_files(corpus):
        # The invented screening.csv has no column for possible duplicates until a row is added.
        if path.name != "screening.csv" or b"possible_duplicate_of" in path.read_bytes():
            assert path.read_bytes() == text.encode(), path
