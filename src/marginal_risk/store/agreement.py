"""How far coders agree: figures of judgements that coders made independently.

- **Agreement** is the share of pairs of judgements that give the same level.
- **Krippendorff's alpha**, ordinal, takes any number of coders and steps that some left open.
- **Weighted kappa** (Cohen 1968) is for two coders, with linear weights: a level apart counts
  half of two apart. Quadratic weights would count it a quarter, and the disagreement between
  neighbours, which is the usual one, would hardly show.
- The **interval** (95 %) is a jackknife over codings (Miller 1974), with Student's t: the steps
  of a coding are not independent of each other, so whole codings are left out in turn. It
  needs no random numbers.

The figures and Student's t come from libraries; they are large, and loaded only where there is
something to measure.

Imports nothing of the package: it knows ranks, and no database.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from statistics import fmean
from typing import NamedTuple
from zlib import crc32

TENTATIVE, RELIABLE = 0.667, 0.8
"""What alpha must reach for tentative conclusions, and for firm ones (Krippendorff 2004)."""
FEWEST_FOR_INTERVAL, FEWEST_FOR_CONCLUSION = 5, 10
"""Codings by two or more coders: with fewer, an interval would be a guess."""
_MOST_LEFT_OUT = 100
"""Times that codings are left out; of more codings, several go at a time."""
_DIGITS = 4


class Rating(NamedTuple):
    """The level that a coder gave at a step of a coding, as its rank."""

    coding: tuple[str, str]
    """Study and misuse vector."""
    step: str
    coder: str
    rank: int


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval of 95 %; None where there is none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Figures:
    """How far coders agree, and on how much that rests."""

    coders: int
    """Number of coders who share a judgement with another one."""
    codings: int
    """Number of codings that two or more made: studies, each for one misuse vector."""
    judgements: int
    """Number of steps of these codings that two or more judged."""
    pairs: int
    """Number of pairs of judgements that this makes."""
    agreement: float | None
    kappa: Estimate
    alpha: Estimate
    conclusion: str
    """A sentence on what the figures allow to conclude."""


Pair = tuple[int, int]
_Items = dict[tuple[tuple[str, str], str], dict[str, int]]
"""Rank by coder, of each step of each coding that two or more judged."""


def measure(ratings: Iterable[Rating]) -> Figures:
    """Return how far the coders of these ratings agree; one rating a coder, coding and step."""
    items: _Items = defaultdict(dict)
    for rating in sorted(ratings):
        items[rating.coding, rating.step][rating.coder] = rating.rank
    items = {item: ranks for item, ranks in items.items() if len(ranks) > 1}
    pairs = _pairs(items)
    coders = {coder for ranks in items.values() for coder in ranks}
    codings = len({coding for coding, _ in items})
    are_two = len(coders) == 2
    kappa = _estimate(items, lambda kept: weighted_kappa(_pairs(kept)) if are_two else None)
    alpha = _estimate(items, lambda kept: ordinal_alpha([[*r.values()] for r in kept.values()]))
    return Figures(
        coders=len(coders),
        codings=codings,
        judgements=len(items),
        pairs=len(pairs),
        agreement=round(fmean(a == b for a, b in pairs), _DIGITS) if pairs else None,
        kappa=kappa,
        alpha=alpha,
        conclusion=conclude(codings, alpha),
    )


def weighted_kappa(pairs: Sequence[Pair]) -> float | None:
    """Return Cohen's kappa of two coders with linear weights.

    ``pairs`` are their ranks, the first coder's first. None where both always give one level:
    then chance alone would make them agree.
    """
    ranks = {rank for pair in pairs for rank in pair}
    if len(ranks) < 2:
        return None
    from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415

    first, second = zip(*pairs, strict=True)
    scale = range(min(ranks), max(ranks) + 1)  # a rank that nobody gave is a step, too
    return float(cohen_kappa_score(first, second, labels=scale, weights="linear"))


def ordinal_alpha(items: Sequence[Sequence[int]]) -> float | None:
    """Return Krippendorff's alpha, ordinal, of the ranks that each item was given.

    None where there are no two ranks to tell apart.
    """
    ranks = sorted({rank for item in items for rank in item})
    if len(ranks) < 2:
        return None
    import krippendorff  # noqa: PLC0415

    counts = [[item.count(rank) for rank in ranks] for item in items]
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="ordinal"))


def _pairs(items: _Items) -> list[Pair]:
    """Return every two judgements of the same step, coders in the order of the alphabet."""
    return [
        (ranks[a], ranks[b]) for ranks in items.values() for a, b in combinations(sorted(ranks), 2)
    ]


def _estimate(items: _Items, figure: Callable[[_Items], float | None]) -> Estimate:
    """Return a figure with its jackknife interval, as far as both can be had."""
    value = figure(items)
    if value is None:
        return Estimate()
    # Shuffled, and always in the same way: neighbours in the alphabet may be alike.
    codings = sorted(
        {coding for coding, _ in items}, key=lambda coding: crc32(repr(coding).encode())
    )
    groups = min(len(codings), _MOST_LEFT_OUT)
    if len(codings) < FEWEST_FOR_INTERVAL:
        return Estimate(round(value, _DIGITS))
    group_of = {coding: number % groups for number, coding in enumerate(codings)}
    found = [
        figure({item: ranks for item, ranks in items.items() if group_of[item[0]] != left_out})
        for left_out in range(groups)
    ]
    known = [other for other in found if other is not None]
    mean = fmean(known) if known else value
    error = sqrt((groups - 1) / groups * sum((other - mean) ** 2 for other in known))
    if len(known) < groups or error < 10**-_DIGITS:
        return Estimate(round(value, _DIGITS))
    from scipy.stats import t  # noqa: PLC0415

    margin = float(t.ppf(0.975, groups - 1)) * error
    return Estimate(
        round(value, _DIGITS),
        round(max(value - margin, -1.0), _DIGITS),
        round(min(value + margin, 1.0), _DIGITS),
    )


def conclude(codings: int, alpha: Estimate) -> str:
    """Return in a sentence whether the number of codings allows a conclusion, and which."""
    if not codings:
        return "No second coder has judged any of this: how far coders would agree is not known."
    number = f"{codings} coding{'' if codings == 1 else 's'} by two or more coders"
    if codings < FEWEST_FOR_CONCLUSION:
        return f"Too few for a conclusion: {number}, and {FEWEST_FOR_CONCLUSION} are the least."
    if alpha.value is None:
        return f"No conclusion: {number}, but one level only: no telling agreement from chance."
    if alpha.low is None or alpha.high is None:
        return f"No conclusion: {number} show too little disagreement to estimate an interval."
    if alpha.low < TENTATIVE <= alpha.high:
        return (
            f"No conclusion: with {number}, alpha may lie on either side of {TENTATIVE}, from "
            "which on conclusions are tentative."
        )
    return f"Enough for a conclusion: {_reliability(alpha.low)}"


def _reliability(low: float) -> str:
    """Return what an alpha of at least ``low`` allows to say, on one side of TENTATIVE."""
    if low >= RELIABLE:
        return f"the coders agree reliably (alpha of {RELIABLE} or more)."
    if low >= TENTATIVE:
        return f"the coders agree enough for tentative statements (alpha of {TENTATIVE} or more)."
    return f"the coders agree too little (alpha under {TENTATIVE})."
