"""The works that wait for one screener, each with what is needed to decide on it."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from marginal_risk.check.standing import StandingValues, group_decisions, read_standing
from marginal_risk.contribute.screening.ranking import rank_by_likeness
from marginal_risk.rows import DecisionValues, Records, Reference

ORDERS = ("listed", "like", "random")
"""By citekey; by likeness to what is included; at random, for each screener another."""


@dataclass(frozen=True)
class Task:
    """What a screener has set out to do."""

    screener: str
    stage: str = "title"
    vector: str | None = None
    """Only what was found for this misuse vector; None for everything."""
    settles: bool = False
    """Whether conflicts of others are to be settled, in place of deciding alone."""


@dataclass(frozen=True)
class WaitingWork:
    """One work that waits."""

    reference: Reference
    vectors: tuple[str | None, ...]
    """The misuse vectors that the decision is on; None for a work without a single one."""
    versions: tuple[Reference, ...]
    """Other versions of the work."""
    possible_duplicates: tuple[Reference, ...]
    found_via: str
    study_type: str | None
    notes: tuple[str, ...]
    decisions: tuple[DecisionValues, ...]
    """What others decided: only for whoever settles a conflict."""

    @property
    def citekey(self) -> str:
        """Key of the work."""
        return self.reference.study.citekey


def find_waiting(records: Records, task: Task, order: str = "listed") -> list[WaitingWork]:
    """Return the works that wait for the screener of a task, in one of the ORDERS.

    What others decided is on no card, unless a conflict is to be settled.
    """
    references = {reference.study.citekey: reference for reference in records.references}
    versions: dict[str, list[Reference]] = defaultdict(list)
    for reference in records.references:
        if reference.study.version_of:
            versions[reference.study.version_of].append(reference)
    waiting: dict[str, list[StandingValues]] = defaultdict(list)
    decisions = group_decisions(records)
    standing = list(read_standing(records))
    for row in standing:
        made = decisions.get((row.citekey, row.misuse_vector), [])
        if row.citekey in references and _waits(row, made, task):
            waiting[row.citekey].append(row)
    # A record taken later may look like this one: each sees the other.
    alike: dict[str, set[str]] = defaultdict(set)
    for row in standing:
        if row.possible_duplicate_of:
            alike[row.citekey].add(row.possible_duplicate_of)
            alike[row.possible_duplicate_of].add(row.citekey)
    cards = [
        WaitingWork(
            reference=references[citekey],
            vectors=tuple(row.misuse_vector for row in rows),
            versions=tuple(versions[citekey]),
            possible_duplicates=tuple(
                references[key] for key in sorted(alike[citekey]) if key in references
            ),
            found_via=rows[0].found_via,
            study_type=rows[0].study_type,
            notes=tuple(dict.fromkeys(row.note for row in rows if row.note)),
            decisions=tuple(_shown(decisions, rows, task)),
        )
        for citekey, rows in sorted(waiting.items())
    ]
    return _in_order(cards, order, task, _included(standing, references))


def _waits(row: StandingValues, made: Sequence[DecisionValues], task: Task) -> bool:
    """Tell whether one row of screening.csv waits for the screener of a task."""
    if row.decision != "candidate" or row.screening_stage != task.stage:
        return False
    if task.vector is not None and row.misuse_vector != task.vector:
        return False
    if any(one.screener == task.screener and one.stage == task.stage for one in made):
        return False
    return row.waiting_for in (("settling",) if task.settles else ("first", "second"))


def _shown(
    decisions: dict[tuple[str, str | None], list[DecisionValues]],
    rows: Iterable[StandingValues],
    task: Task,
) -> Iterator[DecisionValues]:
    """Yield what others decided, where a conflict is to be settled."""
    for row in rows if task.settles else ():
        for made in decisions.get((row.citekey, row.misuse_vector), []):
            if made.stage == task.stage:
                yield made


def _included(
    standing: Iterable[StandingValues], references: dict[str, Reference]
) -> list[Reference]:
    keys = {row.citekey for row in standing if row.decision == "included"}
    return [references[key] for key in sorted(keys) if key in references]


def _in_order(
    cards: list[WaitingWork], order: str, task: Task, included: Sequence[Reference]
) -> list[WaitingWork]:
    if order == "random":
        # Of the screener's own: neither in the alphabet nor in another's queue lies a criterion.
        shuffled = list(cards)
        random.Random(f"{task.screener} {task.stage}").shuffle(shuffled)  # noqa: S311  (no secret)
        return shuffled
    if order == "like":
        places = rank_by_likeness([card.reference for card in cards], included)
        return [cards[place] for place in places]
    return cards
