"""Figures of agreement: published worked examples, other libraries and plain counting agree."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import permutations, product
from pathlib import Path
from random import Random

import krippendorff
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, text

from marginal_risk.store import agreement
from marginal_risk.store.agreement import (
    Figure,
    Figures,
    JudgedStep,
    Rating,
    count_by_group,
    gather,
    leave_each_out,
    load_agreement,
    ordinal_alpha,
    student_t,
    weighted_kappa,
)
from marginal_risk.store.conclusion import (
    FEWEST_FOR_CONCLUSION,
    FEWEST_FOR_INTERVAL,
    Estimate,
    conclude,
)
from marginal_risk.store.database import create_tables
from marginal_risk.store.loading import load_agreed_levels
from marginal_risk.store.views import create_views

# K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section D: four observers,
# twelve units, five values, some missing. The paper gives an ordinal alpha of 0.815, and so does
# kripp.alpha of the R package irr, whose help has the same data.
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
# By hand from the paper's coincidence matrix. Numbers of pairable values: 9, 13, 10, 5, 3; so
# ordinal distances between neighbours are 11, 11.5, 7.5 and 4. Coincidences off the diagonal,
# once each: 1-2 4/3, 1-3 1/3, 1-4 1/3, 2-3 4/3, 2-4 1/3, 3-4 1/3, each with its mirror image.
OFF_DIAGONAL = {(1, 2): 4, (1, 3): 1, (1, 4): 1, (2, 3): 4, (2, 4): 1, (3, 4): 1}
PAIRABLE = {1: 9, 2: 13, 3: 10, 4: 5, 5: 3}
APART = {1: Fraction(0), 2: Fraction(11), 3: Fraction(45, 2), 4: Fraction(30), 5: Fraction(34)}

# D. G. Altman, Practical Statistics for Medical Research (1991), table 14.2: two radiologists read
# 85 xeromammograms (data of Boyd et al. 1982). He gives 54/85 agreements, an unweighted kappa of
# 0.47, and with the weights used here 0.57 (section 14.3.3, formula in 14.3.4). By hand: observed
# (12+4+9+1+2 + 2*3) / 85 = 34/85; expected 6696/7225, of the totals 33 22 29 1 and 28 38 16 3.
XEROMAMMOGRAMS = ((21, 12, 0, 0), (4, 17, 1, 0), (3, 9, 15, 2), (0, 0, 0, 1))
# H. L. Kundel and M. Polansky, Measurement of Observer Agreement, Radiology 228 (2003), table A1:
# 110 mammograms. The R package vcdExtra has the table as Mammograms, and prints 0.5964 for it with
# "Equal-Spacing" weights, 1 - |i - j| / (r - 1), which are the linear ones:
# https://friendly.github.io/vcdExtra/reference/Mammograms.html
MAMMOGRAMS = ((34, 10, 2, 0), (6, 8, 8, 2), (2, 5, 4, 12), (0, 1, 2, 14))
# J. R. Landis and G. G. Koch, Biometrics 33 (1977): two neurologists on patients of Winnipeg and of
# New Orleans. vcdExtra prints 0.3797 and 0.4773 for them, with the same weights:
# https://friendly.github.io/vcdExtra/reference/print.Kappa.html
WINNIPEG = ((38, 5, 0, 1), (33, 11, 3, 0), (10, 14, 5, 6), (3, 7, 3, 10))
NEW_ORLEANS = ((5, 3, 0, 0), (3, 11, 4, 0), (2, 13, 3, 4), (1, 2, 4, 14))
# J. Cohen, Weighted kappa, Psychological Bulletin 70 (1968), Table 1: 200 cases, three levels.
# With linear weights by hand: observed (10+6+14+10 + 2*(2+18)) / 200 = 0.4; expected
# .5*.3 + .3*.1 + .3*.6 + .2*.3 + 2*(.5*.1 + .2*.6) = 0.76; 1 - 0.4/0.76 = 9/19.
DIAGNOSES = ((88, 10, 2), (14, 40, 6), (18, 10, 12))


def measure(ratings: Iterable[Rating]) -> Figures:
    return agreement.measure(gather(ratings))


def ratings_of(observers: Sequence[str]) -> list[Rating]:
    return [
        Rating((f"study{unit:02}", "forged_letters"), "threat", f"coder_{number}", int(value))
        for number, line in enumerate(observers)
        for unit, value in enumerate(line.split())
        if value != "."
    ]


def pairs_of(table: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    return [
        pair
        for row, numbers in enumerate(table, start=1)
        for column, number in enumerate(numbers, start=1)
        for pair in [(row, column)] * number
    ]


def as_ratings(pairs: Sequence[tuple[int, int]]) -> list[Rating]:
    return [
        Rating((f"study{unit:03}", "robot_calls"), "threat", coder, rank)
        for unit, pair in enumerate(pairs)
        for coder, rank in zip(("ada", "bo"), pair, strict=True)
    ]


# Published examples -------------------------------------------------------------------------


def test_alpha_is_that_of_krippendorffs_example() -> None:
    observed = sum(
        Fraction(2 * n, 3) * (APART[a] - APART[b]) ** 2 for (a, b), n in OFF_DIAGONAL.items()
    )
    expected = sum(
        PAIRABLE[a] * PAIRABLE[b] * (APART[a] - APART[b]) ** 2 for a, b in permutations(PAIRABLE, 2)
    )
    by_hand = 1 - (sum(PAIRABLE.values()) - 1) * observed / expected
    assert round(float(by_hand), 3) == 0.815
    figures = measure(ratings_of(OBSERVERS))
    assert figures.alpha.value == round(float(by_hand), 4) == 0.8154
    assert (figures.coders, figures.codings, figures.judgements) == (4, 11, 11)
    assert figures.kappa == Estimate()


@pytest.mark.parametrize(
    ("table", "published"),
    [
        (XEROMAMMOGRAMS, 0.5684),
        (MAMMOGRAMS, 0.5964),
        (WINNIPEG, 0.3797),
        (NEW_ORLEANS, 0.4773),
        (DIAGNOSES, round(9 / 19, 4)),
    ],
)
def test_kappa_is_that_of_published_tables(
    table: Sequence[Sequence[int]], published: float
) -> None:
    pairs = pairs_of(table)
    figures = measure(as_ratings(pairs))
    assert figures.kappa.value == published
    assert figures.pairs == sum(map(sum, table))
    assert figures.agreement == round(sum(a == b for a, b in pairs) / len(pairs), 4)


def judge(connection: Connection, ratings: Sequence[Rating]) -> None:
    """Store ratings of one step as judgements, on levels named after their ranks."""
    insert = "insert into {} ({}) values ({})"
    tables: dict[str, list[dict[str, object]]] = {
        "studies": [
            {"citekey": citekey, "short_citation": "-", "entry_type": "misc", "title": "-",
             "year": 2020, "publication_date": "2020", "has_more_authors": False,
             "reference": "-", "bibtex": "-", "bib_file": "-", "bib_line": 1}
            for citekey in sorted({rating.coding[0] for rating in ratings})
        ],
        "levels": [
            {"slug": f"level_{n}", "name": n, "definition": "-", "symbol": n, "rank": n,
             "position": n}
            for n in sorted({rating.rank for rating in ratings})
        ],
        "steps": [
            {"slug": "threat", "name": "T", "definition": "-", "full_name": "T", "question": "-",
             "is_marginal_risk": True, "position": 1},
        ],
        "vectors": [
            {"slug": "forged_letters", "name": "F", "definition": "-", "position": 1},
        ],
        "coders": [
            {"coder": coder, "name": coder, "kind": "person"}
            for coder in sorted({rating.coder for rating in ratings})
        ],
        "screening": [
            {"id": n, "citekey": coding[0], "misuse_vector": coding[1], "decision": "included",
             "found_via": "-"}
            for n, coding in enumerate(sorted({rating.coding for rating in ratings}))
        ],
    }  # fmt: skip
    keys = [
        {"citekey": r.coding[0], "misuse_vector": r.coding[1], "coder": r.coder} for r in ratings
    ]
    tables["codings"] = list(keys)
    tables["judgements"] = [
        {**key, "step": r.step, "level": f"level_{r.rank}", "confidence": "high", "locator": "-",
         "rationale": "-"}
        for key, r in zip(keys, ratings, strict=True)
    ]  # fmt: skip
    for table, rows in tables.items():
        names = list(rows[0])
        values = ", ".join(f":{name}" for name in names)
        connection.execute(text(insert.format(table, ", ".join(names), values)), rows)


def test_rows_of_a_database_become_the_published_figure(tmp_path: Path) -> None:
    ratings = ratings_of(OBSERVERS)
    # Foreign keys are not enforced here: the example has few words of the codebook.
    with create_engine(f"sqlite:///{tmp_path}/example.db").connect() as connection:
        create_tables(connection)
        judge(connection, ratings)
        create_views(connection)
        load_agreed_levels(connection)
        load_agreement(connection)
        query = text(
            "select scope, coders, codings, pairs, alpha, kappa from agreement"
            " where among = 'independent'"
        )
        found = {row.scope: tuple(row)[1:] for row in connection.execute(query)}
        counted = connection.execute(
            text("select sum(judgements) from confusion where coder = 'coder_0'"
                 " and other_coder = 'coder_1'")
        ).scalar()  # fmt: skip
    assert found["all"] == found["step"] == found["vector"] == (4, 11, 55, 0.8154, None)
    assert counted == 9
    # The last row is about coder_2 and coder_3, who share the units from the second on.
    assert found["coder"][:2] == (2, 10)


# Any data -----------------------------------------------------------------------------------

RANKS = st.integers(1, 3)


@given(st.lists(st.tuples(RANKS, RANKS), min_size=1, max_size=30))
def test_kappa_compares_with_every_pairing_of_the_two_coders(pairs: list[tuple[int, int]]) -> None:
    chance = [abs(a - b) for (a, _), (_, b) in product(pairs, pairs)]
    kappa = weighted_kappa(Counter(pairs))
    if not any(chance):
        assert kappa is None
    else:
        observed = Fraction(sum(abs(a - b) for a, b in pairs), len(pairs))
        expected = 1 - observed / Fraction(sum(chance), len(chance))
        assert kappa == pytest.approx(float(expected))


def plain_alpha(items: Sequence[Sequence[int]]) -> Fraction | None:
    """Krippendorff's definition, value by value: slow, and in fractions."""
    values = [rank for item in items for rank in item]
    number = {rank: values.count(rank) for rank in (1, 2, 3)}

    def apart(a: int, b: int) -> Fraction:
        low, high = sorted((a, b))
        between = sum(number[rank] for rank in range(low, high + 1))
        return (between - Fraction(number[low] + number[high], 2)) ** 2

    expected = sum(apart(a, b) for a, b in permutations(values, 2))
    if not expected:
        return None
    observed = sum(
        apart(a, b) / (len(item) - 1) for item in items for a, b in permutations(item, 2)
    )
    return 1 - (len(values) - 1) * observed / expected


@given(st.lists(st.lists(RANKS, min_size=2, max_size=4), min_size=1, max_size=12))
def test_alpha_is_its_definition(items: list[list[int]]) -> None:
    expected = plain_alpha(items)
    alpha = ordinal_alpha(Counter(map(tuple, items)))
    assert (alpha is None) == (expected is None)
    if expected is not None:
        assert alpha == pytest.approx(float(expected))


def kappa_of_scikit_learn(items: Sequence[JudgedStep]) -> float | None:
    ranks = {rank for item in items for rank in item.ranks}
    if len(ranks) < 2:
        return None
    first, second = zip(*(item.ranks for item in items), strict=True)
    scale = range(min(ranks), max(ranks) + 1)
    # Not above: it is loaded in a second, by each worker that reads this module.
    from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415

    return float(cohen_kappa_score(first, second, labels=scale, weights="linear"))


def alpha_of_krippendorff(items: Sequence[JudgedStep]) -> float | None:
    ranks = sorted({rank for item in items for rank in item.ranks})
    if len(ranks) < 2:
        return None
    counts = [[item.ranks.count(rank) for rank in ranks] for item in items]
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="ordinal"))


Library = Callable[[Sequence[JudgedStep]], float | None]


def groups_of(items: Sequence[JudgedStep]) -> list[list[JudgedStep]]:
    """The items that are left out together: ranks are the number of their coding here."""
    codings = list(dict.fromkeys(item.coding for item in items))
    numbers = {coding: number for number, coding in enumerate(codings)}
    marked = [item._replace(ranks=(numbers[item.coding],)) for item in items]
    left_out = [{codings[number] for (number,) in group} for group in count_by_group(marked)]
    return [[item for item in items if item.coding in some] for some in left_out]


def random_ratings(random: Random) -> list[Rating]:
    """Ratings of coders who agree more often than not, and leave some steps open."""
    codings, steps = random.choice([1, 2, 4, 6, 9, 12, 15, 120]), random.randint(1, 3)
    coders, ranks = random.randint(2, 4), random.randint(2, 5)
    return [
        Rating((f"study{coding}", "robot_calls"), f"step{step}", f"coder{coder}", rank)
        for coding in range(codings)
        for step in range(steps)
        for usual in [random.randint(1, ranks)]
        for coder in range(coders)
        for rank in [usual if random.random() < 0.7 else random.randint(1, ranks)]
        if random.random() < 0.9
    ]


def are_equal(ours: float | None, of_library: float | None) -> bool:
    if ours is None or of_library is None:
        return ours is of_library
    return abs(ours - of_library) < 1e-9


@pytest.mark.slow  # loads scikit-learn
def test_counts_give_what_libraries_give_of_the_rows() -> None:
    """Of 1,000 tables: each figure, and the figure with some codings left out."""
    compared = 0
    for seed in range(1000):
        random = Random(seed)  # noqa: S311  (no secret)
        items = gather(random_ratings(random))
        kinds: list[tuple[Figure, Library]] = [(ordinal_alpha, alpha_of_krippendorff)]
        if len({coder for item in items for coder in item.coders}) == 2:
            kinds.append((weighted_kappa, kappa_of_scikit_learn))
        counts, groups = count_by_group(items), groups_of(items)
        assert sorted(item for group in groups for item in group) == sorted(items)
        assert len(groups) == min(len({item.coding for item in items}), 100)
        some = random.sample(range(len(groups)), min(len(groups), 2))
        for figure, of_library in kinds:
            of_all = figure(Counter(item.ranks for item in items))
            assert are_equal(of_all, of_library(items)), seed
            left = [figure(others) for others in leave_each_out(counts)]
            assert len(left) == len(groups)
            for number in some:
                left_out = {item.coding for item in groups[number]}
                others = [item for item in items if item.coding not in left_out]
                assert are_equal(left[number], of_library(others)), seed
                compared += left[number] is not None
    assert compared > 2000


@pytest.mark.parametrize("degrees", range(2, 100))
def test_students_t_is_that_of_scipy(degrees: int) -> None:
    import scipy.stats  # noqa: PLC0415  (takes a second as well)

    assert student_t(degrees) == pytest.approx(scipy.stats.t.ppf(0.975, degrees), abs=1e-9, rel=0)


@pytest.mark.parametrize(
    ("degrees", "published"), [(2, 4.303), (4, 2.776), (9, 2.262), (30, 2.042), (60, 2.000)]
)
def test_students_t_is_that_of_printed_tables(degrees: int, published: float) -> None:
    assert round(student_t(degrees), 3) == published


@given(
    st.lists(
        st.builds(
            Rating,
            st.tuples(st.sampled_from("abcdefg"), st.just("robot_calls")),
            st.sampled_from(["threat", "defense"]),
            st.sampled_from(["ada", "bo", "cy"]),
            RANKS,
        ),
        max_size=60,
        unique_by=lambda rating: rating[:3],
    ),
    st.randoms(use_true_random=False),
)
def test_figures_do_not_depend_on_the_order_and_stay_in_their_bounds(ratings, random) -> None:
    figures = measure(ratings)
    random.shuffle(ratings)
    assert measure(ratings) == figures
    for estimate in (figures.kappa, figures.alpha):
        if estimate.low is not None:
            assert -1 <= estimate.low <= estimate.value <= estimate.high <= 1
            assert figures.codings >= FEWEST_FOR_INTERVAL
    assert (figures.agreement is None) == (figures.pairs == 0)


# Interval and conclusion --------------------------------------------------------------------


def test_one_coder_has_no_figures() -> None:
    alone = [Rating((f"study{n}", "robot_calls"), "threat", "ada", 1 + n % 3) for n in range(20)]
    assert measure(alone) == Figures(
        0, 0, 0, 0, None, Estimate(), Estimate(),
        "No second coder has judged any of this: how far coders would agree is not known.",
    )  # fmt: skip


def test_the_interval_is_near_the_one_of_large_samples() -> None:
    # The standard error of Fleiss, Cohen and Everitt (1969) for DIAGNOSES with linear weights,
    # computed from their formula in fractions below, is an independent route to the interval.
    kappa = measure(as_ratings(pairs_of(DIAGNOSES))).kappa
    assert kappa.low is not None
    assert kappa.high is not None
    half = (kappa.high - kappa.low) / 2
    assert half == pytest.approx(1.96 * large_sample_error(DIAGNOSES), rel=0.15)


def large_sample_error(table: Sequence[Sequence[int]]) -> float:
    total, size = sum(map(sum, table)), len(table)
    share = [[number / total for number in row] for row in table]
    rows, columns = (
        [sum(row) for row in share],
        [sum(column) for column in zip(*share, strict=True)],
    )
    cells = list(product(range(size), repeat=2))
    weight = {(i, j): 1 - abs(i - j) / (size - 1) for i, j in cells}
    agreed = sum(weight[i, j] * share[i][j] for i, j in cells)
    chance = sum(weight[i, j] * rows[i] * columns[j] for i, j in cells)
    of_row = [sum(weight[i, j] * columns[j] for j in range(size)) for i in range(size)]
    of_column = [sum(weight[i, j] * rows[i] for i in range(size)) for j in range(size)]
    inner = sum(
        share[i][j] * (weight[i, j] * (1 - chance) - (of_row[i] + of_column[j]) * (1 - agreed)) ** 2
        for i, j in cells
    )
    outer = (agreed * chance - 2 * chance + agreed) ** 2
    return ((inner - outer) / total) ** 0.5 / (1 - chance) ** 2


def test_steps_of_one_coding_are_left_out_together() -> None:
    """Six steps judged alike are hardly more evidence than one."""
    pairs = pairs_of(((5, 1, 0), (1, 4, 1), (0, 1, 5)))
    once = as_ratings(pairs)
    often = [rating._replace(step=step) for step in "abcdef" for rating in once]
    narrow, wide = measure(once).alpha, measure(often).alpha
    assert None not in (narrow.low, narrow.high, wide.low, wide.high)
    assert wide.high - wide.low == pytest.approx(narrow.high - narrow.low, rel=0.1)


def test_few_codings_have_no_interval_and_no_conclusion() -> None:
    pairs = pairs_of(((2, 1, 0), (0, 2, 1), (0, 1, 2)))
    few = measure(as_ratings(pairs[: FEWEST_FOR_INTERVAL - 1])).alpha
    assert few.value is not None
    assert few.low is None
    assert measure(as_ratings(pairs)).alpha.low is not None
    assert len(pairs) < FEWEST_FOR_CONCLUSION
    assert measure(as_ratings(pairs)).conclusion.startswith("Too few for a conclusion: 9 codings")


@pytest.mark.parametrize(
    ("alpha", "said"),
    [
        (Estimate(), "No conclusion: 30 codings by two or more coders, but one level only"),
        (Estimate(1.0), "No conclusion: 30 codings by two or more coders show too little"),
        (Estimate(0.9, 0.8, 0.97), "Enough for a conclusion: the coders agree reliably"),
        (Estimate(0.9, 0.7, 0.97), "Enough for a conclusion: the coders agree enough"),
        (Estimate(0.3, 0.1, 0.5), "Enough for a conclusion: the coders agree too little"),
        (Estimate(0.7, 0.5, 0.9), "No conclusion: with 30 codings by two or more coders, alpha"),
    ],
)  # fmt: skip
def test_the_conclusion_follows_the_interval(alpha: Estimate, said: str) -> None:
    assert conclude(30, alpha).startswith(said)
