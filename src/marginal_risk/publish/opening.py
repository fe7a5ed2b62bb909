"""What the map says before it shows itself: the answer on three cards, and how much was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marginal_risk.publish.queries.coverage import NO_MATCH, Coverage
from marginal_risk.publish.queries.evidence import Cell
from marginal_risk.publish.queries.filters import COUNTED
from marginal_risk.publish.queries.screening_flow import Flow
from marginal_risk.publish.queries.vocabulary import Word
from marginal_risk.publish.sentences import are, count_of, have, in_layer, what_came_out


@dataclass(frozen=True)
class VectorsCard:
    """The misuse vectors of which one thing is to be said."""

    state: str
    title: str
    basis: str
    """What that rests on, in a sentence; '' for no vector."""
    vectors: list[tuple[Word, str]]
    """Each with how many of its studies wait to be read."""
    came_out: dict[str, str]
    """By vector, what its comparisons measured; none is said where none is coded."""


_TITLES = {
    "addressed": "Evidence on marginal risk",
    "partial": "Partial evidence",
    "absent": "None in what was read so far",
    "contested": "Coders disagree",
    "not_coded": "Not judged yet",
    "no_study": "No study found",
    "no_match": "Nothing that matches",
}
_ALWAYS = ("addressed", "partial", "absent")
"""The cards of the whole map that are shown with no vector on them too."""

_OF_ONE = {
    "addressed": "The one study read{each} gives it, whatever it shows.",
    "partial": "The one study read{each} gives some.",
    "absent": "The one study read{each} gives none.",
}
_OF_SEVERAL = {
    "addressed": "At least one of the studies read gives it, whatever it shows.",
    "partial": "The studies read give some, and none gives more.",
    "absent": "None of the studies read gives any.",
    "contested": "Coders of the same study differ, and it is not settled.",
    "not_coded": "Studies were found, and nobody has judged one at this step.",
    "no_study": "The searches found none.",
    "no_match": "The filter leaves out all that was judged.",
}


def deal_cards(coverage: Coverage, is_filtered: bool = False) -> list[VectorsCard]:
    """Return the vectors by what was found on marginal risk, the most evidence first.

    The cards are about the step that asks for evidence on marginal risk; where a filter has
    taken that out of the vocabulary, about the first step left, which their titles then name.
    """
    step = coverage.vocabulary.focus
    cells = [
        (v, coverage.cells[slug, step.slug]) for slug, v in coverage.vocabulary.vectors.items()
    ]
    cards = []
    for state, title in _TITLES.items():
        chosen = [(vector, cell) for vector, cell in cells if cell.state == state]
        if chosen or (state in _ALWAYS and not is_filtered):
            cards.append(
                VectorsCard(
                    state,
                    title if step.is_marginal_risk else f"{step.name}: {_name(coverage, state)}",
                    in_layer(_basis(state, [cell for _, cell in chosen]), coverage.layer),
                    [(vector, describe_waiting(cell)) for vector, cell in chosen],
                    {
                        vector.slug: what_came_out(
                            coverage.vocabulary, coverage.outcomes.get(vector.slug, [])
                        )
                        for vector, _ in chosen
                        if step.is_marginal_risk
                    },
                )
            )
    return cards


def _name(coverage: Coverage, state: str) -> str:
    return coverage.vocabulary.states[state].name.lower() if state != "no_match" else "no match"


def _basis(state: str, cells: Sequence[Cell]) -> str:
    if not cells:
        return "No kind of misuse so far."
    if state in _OF_ONE and all(cell.judged == 1 for cell in cells):
        return _OF_ONE[state].format(each=" for each" if len(cells) > 1 else "")
    return _OF_SEVERAL[state]


def describe_waiting(cell: Cell) -> str:
    """Return how many studies of a cell wait to be read, as '14 wait'; '' behind a filter."""
    if cell.state == NO_MATCH.slug:
        return ""
    if not cell.in_scope:
        return "none found"
    if not cell.waiting:
        return "all read"
    return f"{cell.waiting} {'waits' if cell.waiting == 1 else 'wait'}"


_VERDICTS = {
    "addressed": (
        "The one study read so far gives evidence on marginal risk, whatever it shows.",
        "At least one of the {judged} studies read so far gives evidence on marginal risk, whatever"
        " it shows.",
    ),
    "partial": (
        "The one study read so far gives partial evidence on marginal risk.",
        "None of the {judged} studies read so far gives more than partial evidence on marginal"
        " risk.",
    ),
    "absent": (
        "The one study read so far gives no evidence on marginal risk.",
        "None of the {judged} studies read so far gives evidence on marginal risk.",
    ),
    "contested": (
        "Coders disagree whether the one study read so far gives evidence on marginal risk.",
        "Coders disagree whether the studies read so far give evidence on marginal risk.",
    ),
    "not_coded": ("No study has been judged on marginal risk yet.",) * 2,
    "no_study": ("No study of this misuse has been found.",) * 2,
}


def describe_verdict(cell: Cell, layer: str = COUNTED) -> str:
    """Return what a cell of the step for marginal risk says, and how many studies may change it."""
    said = in_layer(_VERDICTS[cell.state][cell.judged != 1].format(judged=cell.judged), layer)
    if not cell.waiting:
        return said
    more = "more " if cell.judged else ""
    waiting = f"{cell.waiting} {more}{'waits' if cell.waiting == 1 else 'wait'} to be read."
    return f"{said} {in_layer(waiting, layer)}"


def describe_reading(coverage: Coverage) -> str:
    """Return how many of the studies found were read, and what that makes of the gaps."""
    flow = coverage.flow
    found = count_of(flow.found, "study", "studies")
    if not flow.coded:
        said = [f"None of {found} found has been read and judged yet."]
    else:
        if flow.coded == 1:
            whole = "it addresses" if coverage.complete else "it does not address"
        else:
            whole = f"{coverage.complete or 'none'} of these"
            whole += " addresses" if coverage.complete < 2 else " address"
        said = [
            f"{flow.coded} of {found} found {have(flow.coded)} been read and judged,"
            f" and {whole} all {len(coverage.vocabulary.steps)} steps;"
            f" {flow.uncoded} {'waits' if flow.uncoded == 1 else 'wait'} to be read."
        ]
    gaps = [cell.gap_in for cell in coverage.cells.values() if cell.gap_in]
    ours = gaps.count("reading")
    if ours:
        which = f"all {ours}" if ours == len(gaps) else f"{ours} of the {len(gaps)}"
        which = "the one gap" if len(gaps) == 1 else f"{which} gaps"
        said.append(
            f"So {which} in the map {are(ours)} first of all"
            f" {'a gap' if ours == 1 else 'gaps'} in our reading, and not shown to be in the"
            " literature."
        )
    return " ".join(in_layer(sentence, coverage.layer) for sentence in said)


def count_provisional(counted: Coverage, with_provisional: Coverage) -> str:
    """Return how many more studies machines alone have coded; '' for none."""
    more = with_provisional.coded - counted.coded
    if not more:
        return ""
    studies = count_of(more, "more study", "more studies")
    return (
        f"{studies} {have(more)} provisional codings, by machines and checked by nobody;"
        f" {'it counts' if more == 1 else 'they count'} nowhere here."
    )


@dataclass(frozen=True)
class VectorProgress:
    """How many of the studies found for a misuse vector were read."""

    read: int
    waiting: int

    @classmethod
    def of(cls, flow: Flow) -> VectorProgress:
        """Return the progress of a flow; what was excluded is neither read nor waiting."""
        return cls(flow.coded, flow.uncoded)

    @property
    def total(self) -> int:
        """Number of studies, read or not."""
        return self.read + self.waiting

    @property
    def is_countable(self) -> bool:
        """Whether there are few enough to draw a dot for each."""
        return 0 < self.total <= 20

    def __str__(self) -> str:
        return f"{self.read} of {self.total} read" if self.total else "no study found"
