"""The answer in sentences, generated from the map: the only prose with numbers in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from marginal_risk.site.coverage import NO_MATCH, Coverage
from marginal_risk.site.evidence import Cell

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


def headline(coverage: Coverage, is_filtered: bool = False) -> list[Sentence]:
    """Return one sentence for each finding: what the studies show of marginal risk.

    The finding is about the step that asks for evidence of marginal risk; where a filter has
    taken that out of the codebook, it is about the first step left.
    """
    codebook, cells = coverage.codebook, coverage.cells
    step = codebook.focus
    by_state: dict[str, list[str]] = {}
    for slug, vector in codebook.vectors.items():
        by_state.setdefault(cells[slug, step.slug].state, []).append(_in_a_sentence(vector.name))
    wording = _MARGINAL_RISK if step.is_marginal_risk else _ANY_STEP
    total = len(codebook.vectors)
    of_total = f" of {total} misuse vectors" if total > 1 else " misuse vector"
    sentences = [
        Sentence(
            state,
            text.format(
                vectors=f"{len(names)}{of_total}",
                names=join_words(names),
                step=_in_a_sentence(step.name),
            ),
        )
        for state, text in {**wording, **_NO_EVIDENCE}.items()
        if (names := by_state.get(state))
    ]
    return [*sentences, Sentence("studies", count_studies(coverage, is_filtered))]


_MARGINAL_RISK = {
    "absent": "For {vectors}, no coded study gives evidence of marginal risk: {names}.",
    "partial": "For {vectors}, the evidence of marginal risk is partial: {names}.",
    "contested": "For {vectors}, coders disagree on the evidence of marginal risk: {names}.",
    "addressed": "For {vectors}, a coded study gives evidence of marginal risk: {names}.",
}
_ANY_STEP = {
    "absent": "For {vectors}, no coded study covers {step}: {names}.",
    "partial": "For {vectors}, coded studies cover {step} in part: {names}.",
    "contested": "For {vectors}, coders disagree on {step}: {names}.",
    "addressed": "For {vectors}, a coded study addresses {step}: {names}.",
}
_NO_EVIDENCE = {
    "not_coded": "For {vectors}, nobody has judged {step} yet: {names}.",
    "no_study": "For {vectors}, no study is coded yet: {names}.",
    "no_match": "For {vectors}, no judgement of {step} matches the filter: {names}.",
}


def count_studies(coverage: Coverage, is_filtered: bool = False) -> str:
    """Return how many studies are coded, and how many of them address every step."""
    coded, complete = coverage.coded, coverage.complete
    if not coded:
        return "No coded study matches the filter." if is_filtered else "No study is coded yet."
    if is_filtered:
        are = f"coded {'study matches' if coded == 1 else 'studies match'} the filter"
    else:
        are = "study is coded" if coded == 1 else "studies are coded"
    address = "addresses" if complete == 1 else "address"
    whole = f"{complete} of them {address}" if complete else "none of them addresses"
    count = len(coverage.codebook.steps)
    steps = "the step shown" if count == 1 else f"all {count} steps"
    return f"{coded} {are}; {whole} {steps}."


def describe_cell(cell: Cell) -> str:
    """Return how the studies of a cell divide, such as '3 studies: 1 partial, 2 absent'."""
    if cell.state == NO_MATCH.slug:
        return "left out by the filter"
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
        return "1 study, 1 coder" if cell.single_coder else "1 study"
    return f"{cell.studies} studies: {', '.join(parts)}" if parts else "no study"


def join_words(words: Iterable[str]) -> str:
    """Join words as a sentence does: 'a', 'a and b', 'a, b and c'."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _in_a_sentence(name: str) -> str:
    """Return a vector's name with a small first letter, unless it is an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
