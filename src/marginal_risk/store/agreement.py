"""How far coders agree: figures of judgements that coders made independently.

- **Agreement** is the share of pairs of judgements that give the same level.
- **Krippendorff's alpha**, ordinal, takes any number of coders and steps that some left open.
- **Weighted kappa** (Cohen 1968) is for two coders, with linear weights: a level apart counts
  half of two apart. Quadratic weights would count it a quarter, and the disagreement between
  neighbours, which is the usual one, would hardly show.
- The **interval** (95 %) is a jackknife over codings (Miller 1974), with Student's t: the steps
  of a coding are not independent of each other, so whole codings are left out in turn. It
  needs no random numbers.

All of them are computed from counts: how often coders gave which ranks to the same step. There
are few different ranks, so the counts are small however many studies were coded, and what is
left when some codings are left out is a difference of counts.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import cos, fsum, pi, sin, sqrt, tan
from statistics import fmean
from typing import Any, NamedTuple
from zlib import crc32

from sqlalchemy import Connection, text

from marginal_risk.store.conclusion import (
    FEWEST_FOR_INTERVAL,
    OF_CODING,
    Estimate,
    Words,
    conclude,
)
from marginal_risk.store.inserting import Row, insert_rows
from marginal_risk.store.tables import Agreement

_MOST_LEFT_OUT = 100
"""Times that codings are left out; of more codings, several go at a time."""
_DIGITS = 4
_CONFIDENCE = 0.95

Coding = tuple[str, str]
"""Study and misuse vector."""
Ranks = tuple[int, ...]
"""Of the levels that coders gave to one step of one coding, the coders in alphabetical order."""
Counts = Mapping[Ranks, int]
"""How often coders gave such ranks."""
Figure = Callable[[Counts], float | None]


class Rating(NamedTuple):
    """The level that a coder gave at a step of a coding, as its rank."""

    coding: Coding
    step: str
    coder: str
    rank: int


class JudgedStep(NamedTuple):
    """A step of a coding that two or more coders judged."""

    coding: Coding
    step: str
    coders: tuple[str, ...]
    """In alphabetical order."""
    ranks: Ranks


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


def gather(ratings: Iterable[Rating]) -> list[JudgedStep]:
    """Return what two or more coders judged; give one rating a coder, coding and step.

    Items of one coding stand together. Codings are shuffled, and always in the same way, since
    neighbours in the alphabet may be alike.
    """
    found: dict[tuple[Coding, str], list[tuple[str, int]]] = defaultdict(list)
    for coding, step, coder, rank in ratings:
        found[coding, step].append((coder, rank))
    items = []
    for (coding, step), judged in found.items():
        if len(judged) > 1:
            coders, ranks = zip(*sorted(judged), strict=True)
            items.append(JudgedStep(coding, step, coders, ranks))
    codings = {item.coding for item in items}
    places = {coding: (crc32(repr(coding).encode()), coding) for coding in codings}
    items.sort(key=lambda item: places[item.coding])
    return items


def measure(items: Sequence[JudgedStep], words: Words = OF_CODING) -> Figures:
    """Return how far the coders of these items agree: some of those gathered, in their order.

    ``words`` are those of the conclusion.
    """
    coders = {coder for together in {item.coders for item in items} for coder in together}
    codings = len({item.coding for item in items})
    groups = count_by_group(items)
    counts = sum(groups, Counter[Ranks]())
    left = leave_each_out(groups)
    pairs = agreed = 0
    for ranks, times in counts.items():
        for first, second in combinations(ranks, 2):
            pairs += times
            agreed += times * (first == second)
    kappa = _estimate(weighted_kappa, counts, left) if len(coders) == 2 else Estimate()
    alpha = _estimate(ordinal_alpha, counts, left)
    return Figures(
        coders=len(coders),
        codings=codings,
        judgements=len(items),
        pairs=pairs,
        agreement=round(agreed / pairs, _DIGITS) if pairs else None,
        kappa=kappa,
        alpha=alpha,
        conclusion=conclude(codings, alpha, words),
    )


def weighted_kappa(counts: Counts) -> float | None:
    """Return Cohen's kappa of two coders with linear weights.

    None where both always give one level: then chance alone would make them agree.
    """
    total = observed = 0
    first: Counter[int] = Counter()
    second: Counter[int] = Counter()
    for (a, b), times in counts.items():
        total += times
        observed += times * abs(a - b)
        first[a] += times
        second[b] += times
    by_chance = sum(n * m * abs(a - b) for a, n in first.items() for b, m in second.items())
    return 1 - total * observed / by_chance if by_chance else None


def ordinal_alpha(counts: Counts) -> float | None:
    """Return Krippendorff's alpha, ordinal; each of the counts is of two ranks or more.

    None where there are no two ranks to tell apart.

    The ordinal distance of two ranks is the number of judgements between them, both ends counted
    half (Krippendorff 2011, section 5). So each rank has a place on a line: twice the number of
    judgements below its middle, which is a whole number.
    """
    number: Counter[int] = Counter()
    for ranks, times in counts.items():
        for rank in ranks:
            number[rank] += times
    if len(number) < 2:
        return None
    places, total = {}, 0
    for rank in sorted(number):
        places[rank] = 2 * total + number[rank]
        total += number[rank]
    expected = 0
    for a, b in combinations(number, 2):
        expected += number[a] * number[b] * (places[a] - places[b]) ** 2
    observed = []
    for ranks, times in counts.items():
        apart = sum([(places[a] - places[b]) ** 2 for a, b in combinations(ranks, 2)])
        observed.append(times * apart / (len(ranks) - 1))
    return 1 - (total - 1) * fsum(observed) / expected


def count_by_group(items: Iterable[JudgedStep]) -> list[Counter[Ranks]]:
    """Return the counts of each coding; of more than 100 codings, several have one in common."""
    groups: list[Counter[Ranks]] = []
    group_of: dict[Coding, Counter[Ranks]] = {}
    for coding, _, _, ranks in items:
        group = group_of.get(coding)
        if group is None:
            if len(group_of) < _MOST_LEFT_OUT:
                groups.append(Counter())
            group = group_of[coding] = groups[len(group_of) % _MOST_LEFT_OUT]
        group[ranks] += 1
    return groups


def leave_each_out(groups: Sequence[Counter[Ranks]]) -> list[Counter[Ranks]]:
    """Return the counts without the first group, without the second, and so on."""
    counts = sum(groups, Counter[Ranks]())
    return [counts - group for group in groups]


def _estimate(figure: Figure, counts: Counts, left: Sequence[Counts]) -> Estimate:
    """Return a figure with its jackknife interval, as far as both can be had.

    ``left`` are the counts without the first group of codings, without the second, and so on.
    """
    value = figure(counts)
    if value is None:
        return Estimate()
    groups = len(left)
    if groups < FEWEST_FOR_INTERVAL:
        return Estimate(round(value, _DIGITS))
    known = [other for other in map(figure, left) if other is not None]
    mean = fmean(known) if known else value
    spread = sum((other - mean) ** 2 for other in known)
    error = sqrt((groups - 1) / groups * spread)
    if len(known) < groups or error < 10**-_DIGITS:
        return Estimate(round(value, _DIGITS))
    margin = student_t(groups - 1) * error
    return Estimate(
        round(value, _DIGITS),
        round(max(value - margin, -1.0), _DIGITS),
        round(min(value + margin, 1.0), _DIGITS),
    )


@cache
def student_t(degrees: int) -> float:
    """Return how far from 0 Student's t lies in 95 % of cases, for 2 degrees of freedom or more.

    The distribution has a closed form: Abramowitz and Stegun, Handbook of Mathematical Functions
    (1964), 26.7.3 and 26.7.4. It is solved for t by halving; scipy and mpmath, which do the same,
    take longer to import than all figures to compute.
    """
    low, high = 0.0, pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if _share_within(middle, degrees) < _CONFIDENCE:
            low = middle
        else:
            high = middle
    return sqrt(degrees) * tan(low)


def _share_within(angle: float, degrees: int) -> float:
    """Return the share of cases in which t is between -x and x: x = sqrt(degrees) tan(angle)."""
    is_odd = degrees % 2
    term = cos(angle) if is_odd else 1.0
    total = term
    for power in range(is_odd, degrees - 2, 2):
        term *= cos(angle) ** 2 * (power + 1) / (power + 2)
        total += term
    return 2 / pi * (angle + sin(angle) * total) if is_odd else sin(angle) * total


_JUDGED = """
select citekey, misuse_vector, step, coder, rank
from placed_judgements
where layer = 'with_provisional' and authority = {authority}
    and (citekey, misuse_vector, coder) not in (select * from rechecked_codings)
"""
_NAMED = """
select citekey, misuse_vector, comparator, coder, is_named from named_comparators
where among = '{among}'
"""
# A machine and somebody else are compared pair by pair: but for a coding and what it began with.
_ACROSS = """
select p.citekey, p.misuse_vector, p.step, p.coder, p.other_coder, a.rank, b.rank
from judgement_pairs p
join levels a on a.slug = p.level
join levels b on b.slug = p.other_level
where p.among = 'machine_and_independent'
"""
_ANY_MACHINE = "select 1 from placed_judgements where authority = 1 limit 1"
_AUTHORITIES = {"independent": 2, "machines": 1}
_STEPS = "select slug from steps order by position"
_VECTORS = "select slug from vectors order by position"
_COMPARATORS = "select slug from comparators order by position"
_Ask = Callable[[str], Iterable[Sequence[Any]]]


def load_agreement(connection: Connection) -> None:
    """Store how far coders agree: in all, by step, vector, pair and comparator.

    The views must be there.
    """
    rows = agreement_rows(lambda sql: connection.execute(text(sql)))
    insert_rows(connection, Agreement, rows)


def agreement_rows(ask: _Ask) -> list[Row]:
    """Return the rows of the table ``agreement``; ``ask`` returns what a database answers.

    People and publications are measured among themselves, and machines among themselves.
    """
    found = [part for among in _AUTHORITIES for part in _among(ask, among)]
    across: dict[tuple[str, str], list[JudgedStep]] = defaultdict(list)
    # Without a machine there are no such pairs, and to look for them takes as long as all others.
    pairs = ask(_ACROSS) if list(ask(_ANY_MACHINE)) else ()
    for citekey, vector, step, coder, other, rank, other_rank in pairs:
        item = JudgedStep((citekey, vector), step, (coder, other), (rank, other_rank))
        across[coder, other].append(item)
    for coder, other in sorted(across):
        pair = {"scope": "coder", "coder": coder, "other_coder": other}
        found.append(({"among": "machine_and_independent", **pair}, across[coder, other]))
    blank = dict.fromkeys(("step", "misuse_vector", "comparator", "coder", "other_coder"))
    return [
        {"id": number, **blank, **about, **columns_of(measure(items))}
        for number, (about, items) in enumerate(found, start=1)
    ]


def _among(ask: _Ask, among: str) -> Iterator[tuple[Row, Sequence[JudgedStep]]]:
    """Yield what each row about one group of coders is about, with the items that it measures."""
    items = gather(
        Rating((citekey, vector), step, coder, rank)
        for citekey, vector, step, coder, rank in ask(_JUDGED.format(authority=_AUTHORITIES[among]))
    )
    steps = [slug for (slug,) in ask(_STEPS)]
    vectors = [slug for (slug,) in ask(_VECTORS)]
    for about, some in _split(items, steps, vectors):
        yield {"among": among, **about}, some
    # Whether a coder names a comparator or not is rated like a step, with two ranks.
    named = gather(
        Rating((citekey, vector), comparator, coder, is_named)
        for citekey, vector, comparator, coder, is_named in ask(_NAMED.format(among=among))
    )
    for (slug,) in ask(_COMPARATORS):
        about = {"among": among, "scope": "comparator", "comparator": slug}
        yield about, [item for item in named if item.step == slug]


def _split(
    items: Sequence[JudgedStep], steps: Sequence[str], vectors: Sequence[str]
) -> Iterator[tuple[Row, Sequence[JudgedStep]]]:
    """Yield what each row is about, with the items that it measures."""
    yield {"scope": "all"}, items
    for step in steps:
        yield {"scope": "step", "step": step}, [item for item in items if item.step == step]
    for vector in vectors:
        about = {"scope": "vector", "misuse_vector": vector}
        yield about, [item for item in items if item.coding[1] == vector]
    by_pair: dict[tuple[str, str], list[JudgedStep]] = defaultdict(list)
    for coding, step, coders, ranks in items:
        for pair, of_pair in zip(combinations(coders, 2), combinations(ranks, 2), strict=True):
            by_pair[pair].append(JudgedStep(coding, step, pair, of_pair))
    for coder, other in sorted(by_pair):
        yield {"scope": "coder", "coder": coder, "other_coder": other}, by_pair[coder, other]


def columns_of(figures: Figures) -> Row:
    """Return figures as columns of a table."""
    return {
        "coders": figures.coders,
        "codings": figures.codings,
        "judgements": figures.judgements,
        "pairs": figures.pairs,
        "agreement": figures.agreement,
        "kappa": figures.kappa.value,
        "kappa_low": figures.kappa.low,
        "kappa_high": figures.kappa.high,
        "alpha": figures.alpha.value,
        "alpha_low": figures.alpha.low,
        "alpha_high": figures.alpha.high,
        "conclusion": figures.conclusion,
    }
