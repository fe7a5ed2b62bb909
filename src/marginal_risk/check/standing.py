"""What stands decided about each study that was found: the one rule, for builds and commands.

1. A decision that screening.csv itself holds stands: ``included``, ``excluded`` or ``withdrawn``.
2. Otherwise two screeners decide, each alone, first by title and abstract and then by the full
   text. Where they differ, a third decision settles it. Unsure by title and abstract counts like
   include: the full text decides.
3. A candidate that a person or a publication has coded is included: it was read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from marginal_risk.records import STAGES
from marginal_risk.rows import INDEPENDENT, DecisionValues, Records, ScreeningValues

SCREENERS = 2
"""Screeners who decide on a study, each alone."""

Unit = tuple[str, str | None]
"""A study that was found, and the misuse vector it was found for."""


class StandingValues(NamedTuple):
    """The values of a ``screening_records.Standing``, in the order of its fields."""

    citekey: str
    misuse_vector: str | None
    decision: str
    reason: str | None
    other_study: str | None
    study_type: str | None
    found_via: str
    possible_duplicate_of: str | None
    decided_on: str | None
    note: str | None
    screening_stage: str | None
    waiting_for: str | None


@dataclass(frozen=True)
class StageOutcome:
    """What the decisions of one stage come to."""

    decision: str | None = None
    """include, exclude or unsure; None while it is open."""
    waiting_for: str | None = None
    """While it is open: first, second or settling."""
    decisive: DecisionValues | None = None
    """Of the decisions that brought it about, the one whose reason stands."""


def decide_stage(
    decisions: Sequence[DecisionValues], stage: str, reasons: Sequence[str] = ()
) -> StageOutcome:
    """Return what the decisions of one stage on one study come to.

    ``reasons`` are the slugs of the reasons in the codebook's order: of two, the first stands.
    """
    settled = [one for one in decisions if one.settles]
    alone = [one for one in decisions if not one.settles]
    if is_conflict(alone, stage):
        if not settled:
            return StageOutcome(waiting_for="settling")
        return StageOutcome(settled[-1].decision, None, settled[-1])
    if len(alone) < SCREENERS:
        return StageOutcome(waiting_for="second" if alone else "first")
    places = {slug: place for place, slug in enumerate(reasons)}
    decisive = min(alone, key=lambda one: (places.get(one.reason or "", -1), one.screener))
    return StageOutcome(alone[0].decision, None, decisive)


def is_conflict(alone: Sequence[DecisionValues], stage: str) -> bool:
    """Tell whether those who decided alone differ, or cannot tell from the full text."""
    if len(alone) < SCREENERS:
        return False
    if stage == STAGES[0]:
        return len({one.decision == "exclude" for one in alone}) > 1
    return len({one.decision for one in alone}) > 1 or alone[0].decision == "unsure"


def group_decisions(records: Records) -> dict[Unit, list[DecisionValues]]:
    """Return the decisions on each study and vector that was found.

    One made while a study had no misuse vector counts for each that it was given since, but
    where its screener has decided on that vector.
    """
    made: dict[Unit, list[DecisionValues]] = defaultdict(list)
    for row in records.decisions:
        made[row.record.citekey, row.record.misuse_vector].append(row.record)
    found: dict[Unit, list[DecisionValues]] = {}
    for screened in records.screening if made else ():
        unit = screened.record.citekey, screened.record.misuse_vector
        own = made.get(unit, [])
        if unit[1] is not None:
            taken = {(one.stage, one.screener) for one in own}
            before = made.get((unit[0], None), [])
            own = [*own, *(one for one in before if (one.stage, one.screener) not in taken)]
        if own:
            found[unit] = own
    return found


def read_standing(records: Records) -> Iterator[StandingValues]:
    """Yield what stands decided about each row of screening.csv, in their order."""
    decisions = group_decisions(records)
    reasons = [term.slug for term in records.codebook.exclusion_reasons]
    coded = _first_coded(records)
    for row in records.screening:
        record = row.record
        unit = record.citekey, record.misuse_vector
        if record.decision != "candidate":
            yield _stand(record)
            continue
        screened = decide(record, decisions.get(unit, ()), reasons)
        if screened.decision == "candidate" and unit in coded:
            screened = _stand(record, decision="included", decided_on=coded[unit])
        yield screened


def decide(
    record: ScreeningValues, decisions: Sequence[DecisionValues], reasons: Sequence[str]
) -> StandingValues:
    """Return what its screeners' decisions make of a candidate."""
    outcome = StageOutcome()
    for stage in STAGES:
        of_stage = [one for one in decisions if one.stage == stage]
        outcome = decide_stage(of_stage, stage, reasons)
        is_passed = stage == STAGES[0] and len(of_stage) < len(decisions)
        if outcome.decision is None and is_passed:
            continue  # whoever decides by the full text has seen the title, too
        if outcome.decision is None:
            return _stand(record, screening_stage=stage, waiting_for=outcome.waiting_for)
        if outcome.decision == "exclude" and outcome.decisive:
            why = outcome.decisive
            return _stand(
                record,
                decision="excluded",
                reason=why.reason,
                other_study=why.other_study,
                decided_on=max(one.decided_on for one in of_stage),
                note=why.note or record.note,
                screening_stage=stage,
            )
    if outcome.decision != "include":
        return _stand(record, screening_stage=STAGES[-1], waiting_for="settling")
    if record.misuse_vector is None:
        return _stand(record, screening_stage=STAGES[-1], waiting_for="vector")
    last = max(one.decided_on for one in decisions)
    return _stand(record, decision="included", decided_on=last)


def _stand(record: ScreeningValues, **changes: str | None) -> StandingValues:
    values = {**record._asdict(), "screening_stage": None, "waiting_for": None}
    return StandingValues(**{**values, **changes})


def _first_coded(records: Records) -> Mapping[Unit, str | None]:
    """Return the study and vector of each coding by a person or publication, with its first day."""
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    days: dict[Unit, list[str | None]] = defaultdict(list)
    for row in records.codings:
        if kinds.get(row.key.coder) in INDEPENDENT:
            days[row.key.citekey, row.key.misuse_vector].append(row.coded_on)
    return {unit: _earliest(found) for unit, found in days.items()}


def _earliest(days: Iterable[str | None]) -> str | None:
    return min((day for day in days if day), default=None)
