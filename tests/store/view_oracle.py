"""What the views must hold, worked out from the sheets in dictionaries and without SQL."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import NamedTuple

from view_cases import (
    GAP_KINDS,
    KINDS,
    LEVELS,
    MARGINAL,
    REASONS,
    STEPS,
    STUDIES,
    STUDY_TYPES,
    TYPES,
    VECTORS,
    Codings,
    Row,
    Screening,
    reason,
)

RANK = {"absent": 1, "partial": 2, "addressed": 3}


class Settled(NamedTuple):
    """What the coders of one study say together of one step."""

    level: str
    highest: str
    basis: str
    coders: int
    is_low: bool
    outcomes: frozenset[str]
    """Levels that settling it could give."""


def settle(judged: Mapping[str, tuple[str, str]]) -> Settled | None:
    """Return what level and confidence by coder come to."""
    agreed = {coder: said for coder, said in judged.items() if KINDS[coder] == "consensus"}
    people = {
        coder: said for coder, said in judged.items() if KINDS[coder] in ("person", "published")
    }
    rests_on = agreed or people
    if not rests_on:
        return None
    levels = sorted({level for level, _ in rests_on.values()}, key=RANK.__getitem__)
    if len(levels) > 1:
        basis = "contested"
    elif agreed:
        basis = "consensus"
    else:
        basis = "single_coder" if len(people) == 1 else "agreement"
    is_low = "low" in {confidence for _, confidence in rests_on.values()}
    return Settled(levels[0], levels[-1], basis, len(people), is_low, frozenset(levels))


_IN_SCOPE = ("candidate", "included")


class Oracle:
    """The views as a reader would work them out from the coding sheets."""

    def __init__(self, codings: Codings, screening: Screening) -> None:
        self.screening = screening
        on_the_map = {pair for pair, (decision, _) in screening.items() if decision == "included"}
        human = {
            unit: levels
            for unit, levels in codings.items()
            if KINDS[unit[2]] != "machine" and unit[:2] in on_the_map
        }
        self.coded = sorted({unit[:2] for unit in human})
        self.human = human
        self.settled = {
            (*pair, step): settle(
                {
                    u[2]: levels[step]
                    for u, levels in human.items()
                    if u[:2] == pair and step in levels
                }
            )
            for pair in self.coded
            for step in STEPS
        }

    def coders_of(self, pair: tuple[str, str]) -> int:
        return sum(u[:2] == pair and KINDS[u[2]] != "consensus" for u in self.human)

    def coded_studies(self) -> Iterator[Row]:
        for pair in self.coded:
            yield (*pair, self.coders_of(pair))

    def stage(self, citekey: str, vector: str | None) -> str:
        if (citekey, vector) not in self.coded:
            return self.screening[citekey, vector][0]
        return "coded" if self.coders_of((citekey, str(vector))) < 2 else "coded_twice"

    def found_studies(self) -> Iterator[Row]:
        for pair, (decision, why) in self.screening.items():
            coders = self.coders_of(pair) if pair in self.coded else 0
            # No screener has decided anything here, so no work stands at a stage or waits for one.
            said = (why, None, TYPES[pair[0]], "A search", None, None, None, None, None)
            yield (*pair, decision, self.stage(*pair), coders, *said)

    def stages(self, vector: str | None) -> dict[str, set[str]]:
        """Return how far each study has got: for a vector, or for any of them."""
        stages: dict[str, set[str]] = {}
        for citekey, found_for in self.screening:
            if vector in (None, found_for):
                stages.setdefault(citekey, set()).add(self.stage(citekey, found_for))
        return stages

    def screening_flow(self) -> Iterator[Row]:
        for vector in (*VECTORS, None):
            studies = [*self.stages(vector).values()]
            withdrawn = [s for s in studies if s == {"withdrawn"}]
            excluded = [s for s in studies if "excluded" in s and s <= {"excluded", "withdrawn"}]
            included = [s for s in studies if s & {"included", "coded", "coded_twice"}]
            yield (
                *(vector, len(studies) - len(withdrawn)),
                sum("candidate" in s for s in studies if s not in included),
                *(len(excluded), len(included)),
                sum(bool(s & {"coded", "coded_twice"}) for s in included),
                *(sum("coded_twice" in s for s in included), len(withdrawn)),
            )

    def exclusions(self) -> Iterator[Row]:
        for vector in (*VECTORS, None):
            left_out: dict[str, list[str | None]] = {}
            for (citekey, found_for), (decision, why) in self.screening.items():
                is_gone = self.stages(vector).get(citekey, set()) <= {"excluded", "withdrawn"}
                if decision == "excluded" and vector in (None, found_for) and is_gone:
                    left_out.setdefault(citekey, []).append(why)
            first = Counter(next(r for r in REASONS if r in why) for why in left_out.values())
            for why, studies in first.items():
                yield (vector, why, studies)

    def next_to_code(self) -> Iterator[Row]:
        reasons = ("no_evidence", "single_coder", "contested", "confirmation")
        shown = ("none", "not_coded", "contested", "partial", "addressed")
        turns: dict[tuple[str, str], list[str]] = {}
        types = (*STUDY_TYPES, None)
        for citekey, vector in sorted(
            (pair for pair in self.screening if pair[1]),
            key=lambda pair: (
                self.screening[pair][0] != "included",
                types.index(TYPES[pair[0]]),
                -STUDIES[pair[0]],
                pair[0],
            ),
        ):
            stage = self.stage(citekey, vector)
            judged = [self.settled.get((citekey, vector, step)) for step in STEPS]
            why = None
            if stage in ("candidate", "included"):
                why = "confirmation" if self.evidence(vector) == "addressed" else "no_evidence"
            elif "contested" in [found.basis for found in judged if found]:
                why = "contested"
            elif stage == "coded":
                why = "single_coder"
            if why:
                turns.setdefault((why, vector), []).append(citekey)
        jobs = sorted(
            (reasons.index(why), turn, shown.index(self.evidence(vector)), VECTORS.index(vector))
            for (why, vector), citekeys in turns.items()
            for turn, _ in enumerate(citekeys)
        )
        for priority, (why, turn, evidence, vector) in enumerate(jobs, start=1):
            citekey = turns[reasons[why], VECTORS[vector]][turn]
            decision, _ = self.screening[citekey, VECTORS[vector]]
            yield (
                *(priority, citekey, VECTORS[vector], reasons[why], shown[evidence]),
                *(decision, turn + 1),
            )

    def evidence(self, vector: str) -> str:
        state = str(self.cell(vector, MARGINAL)[1])
        return "none" if state == "absent" else state

    def agreed_judgements(self) -> Iterator[Row]:
        for key, found in self.settled.items():
            if found:
                yield (*key, *found[:4], int(found.is_low))

    def study_coverage(self) -> Iterator[Row]:
        for pair in self.coded:
            found = [self.settled[*pair, step] for step in STEPS]
            yield (*pair, *(f and f.level for f in found), self.coders_of(pair))

    def completeness(self) -> Iterator[Row]:
        for citekey, vector, *levels, _ in self.study_coverage():
            counts = [levels.count(level) for level in (*LEVELS, None)]
            yield (citekey, vector, *counts, len(STEPS), int(counts[0] == len(STEPS)))

    def cell(self, vector: str, step: str) -> Row:
        found = [self.settled[*pair, step] for pair in self.coded if pair[1] == vector]
        judged = [f for f in found if f]
        counts = [sum(f.level == level for f in judged) for level in LEVELS]
        level = max((f.level for f in judged), key=RANK.__getitem__, default=None)
        # Contested: settle every disagreement in every way, and see whether the cell changes.
        ways = product(*(f.outcomes for f in judged))
        shown = {max(way, key=RANK.__getitem__, default=None) for way in ways}
        in_scope = [
            pair
            for pair, (decision, _) in self.screening.items()
            if pair[1] == vector and decision in ("candidate", "included")
        ]
        waiting = sum(self.settled.get((*pair, step)) is None for pair in in_scope)
        if not in_scope:
            state = kind = "no_study"
        elif not judged:
            state = kind = "not_coded"
        elif len(shown) > 1:
            state = kind = "contested"
        else:
            state = str(level)
            one = "single_study" if counts[0] == 1 else None
            kind = {"absent": "absent", "partial": "partial_only"}.get(state, one)
        return (
            *(level, state, kind),
            # No search is on record here, so what was never found may still be there.
            kind and ("reading" if waiting or kind in ("contested", "no_study") else "literature"),
            *(len(in_scope), waiting),
            *(len(found), *counts, len(found) - len(judged)),
            sum(f.basis == "contested" for f in judged),
            sum(f.is_low for f in judged),
            sum(f.coders == 1 for f in judged),
        )

    def coverage_matrix(self) -> Iterator[Row]:
        for vector, step in product(VECTORS, STEPS):
            yield (vector, step, *self.cell(vector, step))

    def marginal_risk_gaps(self) -> Iterator[Row]:
        for vector in VECTORS:
            _, _, *counts = self.cell(vector, MARGINAL)
            yield (vector, self.evidence(vector), *counts[:9])

    def gaps(self) -> Iterator[Row]:
        priority = 0
        for is_later in (False, True):
            for kind, vector, step in product(GAP_KINDS, VECTORS, STEPS):
                cell = self.cell(vector, step)
                if cell[2] == kind and (step != MARGINAL) == is_later:
                    priority += 1
                    yield (priority, vector, step, *cell[2:7])

    def uncoded(self) -> Iterator[Row]:
        for pair in self.screening:
            if self.stage(*pair) in ("candidate", "included"):
                yield ("study", *pair, None)
        for key, found in self.settled.items():
            if not found:
                yield ("step", *key)

    def independent_judgements(self) -> Iterator[Row]:
        ranks = {level: rank for rank, level in enumerate(reversed(LEVELS), start=1)}
        for unit, levels in self.human.items():
            for step, (level, *_) in levels.items():
                if KINDS[unit[2]] != "consensus":
                    yield (*unit[:2], step, unit[2], level, ranks[level])

    def paired_judgements(self) -> Iterator[Row]:
        said = {(*row[:4],): row[4] for row in self.independent_judgements()}
        for one, other in combinations(sorted(said), 2):
            if one[:3] == other[:3]:
                yield (*one, said[one], other[3], said[other])

    def confusion(self) -> Iterator[Row]:
        pairs = [(row[3], row[4], row[5], row[6]) for row in self.paired_judgements()]
        for coder, other in sorted({(pair[0], pair[2]) for pair in pairs}):
            for level, other_level in product(LEVELS, LEVELS):
                key = (coder, level, other, other_level)
                yield (*key, pairs.count(key))

    def disagreements(self) -> Iterator[Row]:
        for citekey, vector, step, coder, level, other, other_level in self.paired_judgements():
            if level == other_level:
                continue
            one, two = (citekey, vector, coder), (citekey, vector, other)
            settled = self.settled[citekey, vector, step]
            is_settled = settled is not None and settled.basis == "consensus"
            panels = sorted(
                unit[2]
                for unit, levels in self.human.items()
                if unit[:2] == (citekey, vector)
                and KINDS[unit[2]] == "consensus"
                and step in levels
            )
            yield (
                *(citekey, vector, step),
                *(coder, level, reason(one, step)),
                *(other, other_level, reason(two, step)),
                settled.level if settled and is_settled else None,
                panels[0] if is_settled else None,
                reason((citekey, vector, panels[0]), step) if is_settled else None,
            )

    def publication_years(self) -> Iterator[Row]:
        for year in range(min(STUDIES.values()), max(STUDIES.values()) + 1):
            yield (year,)

    def coverage_by_year(self) -> Iterator[Row]:
        for (year,) in self.publication_years():
            published = [citekey for citekey in STUDIES if STUDIES[citekey] == year]
            states = [state for citekey in published if (state := self.state_of(citekey))]
            columns = (*LEVELS, "contested", "not_coded")
            found = {k for (k, _), (d, _) in self.screening.items() if d in _IN_SCOPE}
            in_scope = len(found & set(published))
            counts = (states.count(c) for c in columns)
            yield (year, len(published), in_scope, len(states), *counts)

    def state_of(self, citekey: str) -> str | None:
        """Return how far a study gives evidence for any vector; None where it is not coded."""
        pairs = [pair for pair in self.coded if pair[0] == citekey]
        judged = [f for pair in pairs if (f := self.settled[*pair, MARGINAL])]
        ways = product(*(f.outcomes for f in judged))
        shown = {max(way, key=RANK.__getitem__, default="not_coded") for way in ways}
        return None if not pairs else shown.pop() if len(shown) == 1 else "contested"

    def coded_by_vector_and_year(self) -> Iterator[Row]:
        for vector, (year,) in product(VECTORS, self.publication_years()):
            years = [STUDIES[citekey] for citekey, v in self.coded if v == vector]
            yield (vector, year, years.count(year), sum(y <= year for y in years))
