"""The answer in sentences, generated from the map: the only prose with numbers in it.

No sentence says that a risk was shown. A study that addresses the step on marginal risk gives
evidence *on* it, and a finding of no difference is such evidence. Where comparisons are coded, the
sentence says what came out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from marginal_risk.publish.queries.comparisons import Outcome
from marginal_risk.publish.queries.coverage import NO_MATCH, Coverage
from marginal_risk.publish.queries.evidence import Cell
from marginal_risk.publish.queries.filters import COUNTED
from marginal_risk.publish.queries.vocabulary import MapVocabulary

WHAT_ADDRESSED_MEANS = (
    "“Addressed” rates how far a study covers a step. It says nothing about how large the risk "
    "is or how good the study is; and a step that is absent or partial does not mean that the "
    "study is wrong."
)


@dataclass(frozen=True)
class Sentence:
    """One finding."""

    state: str
    """The state that it is about; or 'studies', or 'reading'."""
    text: str


def headline(coverage: Coverage, is_filtered: bool = False) -> list[Sentence]:
    """Return one sentence for each finding: what the studies show of marginal risk.

    The finding is about the step that asks for evidence on marginal risk; where a filter has
    taken that out of the codebook, it is about the first step left.
    """
    vocabulary, cells = coverage.vocabulary, coverage.cells
    step = vocabulary.focus
    by_state: dict[str, list[str]] = {}
    for slug, vector in vocabulary.vectors.items():
        name = in_a_sentence(vector.name)
        state = cells[slug, step.slug].state
        if step.is_marginal_risk and state in _MARGINAL_RISK:
            found = what_came_out(vocabulary, coverage.outcomes.get(slug, []))
            name += f" ({found})" if found else ""
        by_state.setdefault(state, []).append(name)
    wording = _MARGINAL_RISK if step.is_marginal_risk else _ANY_STEP
    total = len(vocabulary.vectors)
    of_total = f" of {total} misuse vectors" if total > 1 else " misuse vector"
    sentences = [
        Sentence(
            state,
            text.format(
                vectors=f"{len(names)}{of_total}",
                names=join_words(names),
                step=in_a_sentence(step.name),
            ),
        )
        for state, text in {**wording, **_NO_EVIDENCE}.items()
        if (names := by_state.get(state))
    ]
    sentences.append(Sentence("studies", count_studies(coverage, is_filtered)))
    sentences += () if is_filtered else _whose_gaps(coverage)
    return [replace(said, text=in_layer(said.text, coverage.layer)) for said in sentences]


def in_layer(text: str, layer: str) -> str:
    """Return a sentence as it stands, or begun with "With provisional codings"."""
    if layer == COUNTED or not text:
        return text
    text = text.removeprefix("So ")
    return f"With provisional codings, {text[:1].lower()}{text[1:]}"


_MARGINAL_RISK = {
    "absent": "For {vectors}, no coded study gives evidence on marginal risk: {names}.",
    "partial": "For {vectors}, the evidence on marginal risk is partial: {names}.",
    "contested": "For {vectors}, coders disagree on the evidence on marginal risk: {names}.",
    "addressed": "For {vectors}, a coded study gives evidence on marginal risk, whatever it shows:"
    " {names}.",
}
_ANY_STEP = {
    "absent": "For {vectors}, no coded study covers {step}: {names}.",
    "partial": "For {vectors}, coded studies cover {step} in part: {names}.",
    "contested": "For {vectors}, coders disagree on {step}: {names}.",
    "addressed": "For {vectors}, a coded study addresses {step}: {names}.",
}
_NO_EVIDENCE = {
    "not_coded": "For {vectors}, nobody has judged {step} yet: {names}.",
    "no_study": "For {vectors}, no study has been found yet: {names}.",
    "no_match": "For {vectors}, no judgement of {step} matches the filter: {names}.",
}


def what_came_out(vocabulary: MapVocabulary, outcomes: Sequence[Outcome]) -> str:
    """Return what was measured, such as 'open models against closed models: less'; '' for nothing.

    A comparison whose study does not say which models it examines is said to be of 'models'.
    """
    findings = {slug: in_a_sentence(word.name) for slug, word in vocabulary.findings.items()}
    pairs: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        found = pairs.setdefault((outcome.examined, outcome.comparator), [])
        found.append(findings[outcome.finding])
    return "; ".join(
        f"{examined_models(vocabulary, examined)}"
        f" against {in_a_sentence(vocabulary.comparators[comparator].name)}: {join_words(found)}"
        for (examined, comparator), found in pairs.items()
    )


def examined_models(vocabulary: MapVocabulary, examined: str) -> str:
    """Return which models a comparison examines: 'models' where the study does not say."""
    return "models" if examined == "unclear" else in_a_sentence(vocabulary.examined[examined].name)


def count_studies(coverage: Coverage, is_filtered: bool = False) -> str:
    """Return how many studies are coded, and how many of them address every step."""
    coded, complete, found = coverage.coded, coverage.complete, coverage.flow.found
    if is_filtered and not coded:
        return "No coded study matches the filter."
    if is_filtered:
        said = f"coded {'study matches' if coded == 1 else 'studies match'} the filter"
    elif not coded:
        return f"None of {count_of(found, 'study', 'studies')} found is coded yet."
    else:
        said = f"of {count_of(found, 'study', 'studies')} found {are(coded)} coded"
    address = "addresses" if complete == 1 else "address"
    whole = f"{complete} of them {address}" if complete else "none of them addresses"
    count = len(coverage.vocabulary.steps)
    steps = "the step shown" if count == 1 else f"all {count} steps"
    return f"{coded} {said}; {whole} {steps}."


def _whose_gaps(coverage: Coverage) -> Iterator[Sentence]:
    """Yield whether the gaps are the literature's or ours: studies found may still fill ours."""
    gaps = [cell.gap_in for cell in coverage.cells.values() if cell.gap_in]
    ours, waiting = gaps.count("reading"), coverage.flow.uncoded
    if not ours:
        return
    which = (
        f"All {len(gaps)} gaps" if ours == len(gaps) else f"{ours} of {count_of(len(gaps), 'gap')}"
    )
    if len(gaps) == 1:
        which = "The one gap"
    why = (
        f"{count_of(waiting, 'study', 'studies')} found {are(waiting)} not coded yet"
        if waiting
        else "steps are not judged yet, coders disagree, or nobody has searched"
    )
    text = (
        f"{which} of the map {are(ours)} in our reading, not shown to be in the literature: {why}."
    )
    yield Sentence("reading", text)


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
        )
        if number
    ]
    if not cell.judged:
        found = count_of(cell.in_scope, "study", "studies")
        return f"{found} found, none judged" if cell.in_scope else "no study"
    if cell.judged == 1:
        return f"{count_judged(cell)}, 1 coder" if cell.single_coder else count_judged(cell)
    return f"{count_judged(cell)}: {', '.join(parts)}{_describe_coders(cell)}"


def _describe_coders(cell: Cell) -> str:
    """Return how many studies of a cell rest on one coder, and on how many coders disagree."""
    marks = []
    if cell.single_coder == cell.judged:
        marks.append("each by one coder")
    elif cell.single_coder:
        marks.append(f"{cell.single_coder} by one coder")
    if cell.contested:
        marks.append(f"{cell.contested} contested")
    return f"; {', '.join(marks)}" if marks else ""


def describe_provisional(cell: Cell) -> str:
    """Return how much of a cell is provisional: '', 'provisional' or 'in part provisional'."""
    if not cell.provisional:
        return ""
    return "provisional" if cell.provisional >= cell.judged else "in part provisional"


def count_judged(cell: Cell) -> str:
    """Return how many of a cell's studies are judged, such as '1 of 15 studies' or '2 studies'."""
    if cell.waiting and cell.judged:
        return f"{cell.judged} of {cell.in_scope} studies"
    return count_of(cell.judged, "study", "studies") if cell.judged else ""


def describe_owner(cell: Cell) -> str:
    """Return whether the gap in a cell is the literature's or ours, and why; '' without a gap."""
    if cell.gap_in is None:
        return ""
    if cell.gap_in == "literature":
        if not cell.in_scope:
            return "A gap in the literature, as far as it was searched: no study was found."
        found = count_of(cell.in_scope, "study", "studies")
        which = "the one study" if cell.in_scope == 1 else f"all {found}"
        return f"A gap in the literature as found: {which} found {are(cell.in_scope)} judged here."
    if cell.waiting:
        of_all = f"{cell.waiting} of {count_of(cell.in_scope, 'study', 'studies')} found"
        return f"A gap in our reading: {of_all} {are(cell.waiting)} not judged here yet."
    if not cell.in_scope:
        return "A gap in our reading: no search for studies of this misuse is on record."
    return "A gap in our reading: the coders disagree, and it is not settled."


def join_words(words: Iterable[str], link: str = "and") -> str:
    """Join words for a sentence: 'a', 'a and b', 'a, b and c'."""
    *most, last = words
    return f"{', '.join(most)} {link} {last}" if most else last


def in_a_sentence(name: str) -> str:
    """Return a name with a small first letter, unless it is an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def count_of(number: int, one: str, many: str = "") -> str:
    """Return '1 gap', '2 gaps' or '0 gaps'; ``many`` is an irregular plural."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def are(number: int) -> str:
    """Return the verb after a number of things: 'is' after one, 'are' after any other."""
    return "is" if number == 1 else "are"


def have(number: int) -> str:
    """Return the verb after a number of things: 'has' after one, 'have' after any other."""
    return "has" if number == 1 else "have"
