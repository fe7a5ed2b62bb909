"""The answer in sentences, generated from the map: the only prose with numbers in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marginal_risk.site.evidence import Cell, Codebook, CodedStudy

WHAT_ADDRESSED_MEANS = (
    "“Addressed” rates how far a study covers a step. It says nothing about how large the risk "
    "is or how good the study is; and a step that is absent or partial does not mean that the "
    "study is wrong."
)


@dataclass(frozen=True)
class Sentence:
    """One finding."""

    state: str
    """The state it speaks of, or 'studies'."""
    text: str


def headline(
    codebook: Codebook, cells: Mapping[tuple[str, str], Cell], studies: Sequence[CodedStudy]
) -> list[Sentence]:
    """Return one sentence for each finding: what the studies show of marginal risk."""
    step = codebook.marginal_risk_step
    by_state: dict[str, list[str]] = {state: [] for state in codebook.states}
    for slug, vector in codebook.vectors.items():
        by_state[cells[slug, step.slug].state].append(_in_a_sentence(vector.name))
    wording = {
        "absent": "For {}, no coded study gives evidence of marginal risk: {}.",
        "partial": "For {}, the evidence is partial: {}.",
        "contested": "For {}, coders disagree on the evidence: {}.",
        "not_coded": "For {}, nobody has judged the evidence yet: {}.",
        "no_study": "For {}, no study is coded: {}.",
        "addressed": "For {}, a coded study gives evidence of marginal risk: {}.",
    }
    total = len(codebook.vectors)
    sentences = [
        Sentence(
            state,
            wording[state].format(f"{len(names)} of {total} misuse vectors", join_words(names)),
        )
        for state in wording
        if (names := by_state[state])
    ]
    return [*sentences, Sentence("studies", count_studies(codebook, studies))]


def count_studies(codebook: Codebook, studies: Sequence[CodedStudy]) -> str:
    """Return how many studies are coded, and how many of them address every step."""
    keys = {study.citekey for study in studies}
    complete = {
        study.citekey
        for study in studies
        if set(study.levels.values()) == {"addressed"} and not study.contested
    }
    steps = len(codebook.steps)
    if not keys:
        return "No study is coded yet."
    are = "study is" if len(keys) == 1 else "studies are"
    address = "addresses" if len(complete) == 1 else "address"
    whole = f"{len(complete)} of them {address}" if complete else "none of them addresses"
    return f"{len(keys)} {are} coded; {whole} all {steps} steps."


def describe_cell(cell: Cell) -> str:
    """Return how the studies of a cell divide: '3 studies: 1 partial, 2 absent', or '1 study'."""
    parts = [
        f"{number} {word}"
        for number, word in (
            (cell.addressed, "addressed"),
            (cell.partial, "partial"),
            (cell.absent, "absent"),
            (cell.not_coded, "not coded"),
        )
        if number
    ]
    if cell.studies == 1:
        return "1 study"
    return f"{cell.studies} studies: {', '.join(parts)}" if parts else "no study"


def join_words(words: Iterable[str]) -> str:
    """Join words as a sentence does: 'a', 'a and b', 'a, b and c'."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _in_a_sentence(name: str) -> str:
    """Return a vector's name with a small first letter, unless it is an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
