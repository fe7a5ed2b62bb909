"""Independent judgements in the database -> the rows of the table ``agreement``."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text

from marginal_risk.store.agreement import Figures, Rating, measure
from marginal_risk.store.inserting import Row, insert_rows
from marginal_risk.store.tables import Agreement

# Ordered, and by the code points everywhere: the rows are the same on any server.
_JUDGED = text("""
select citekey, misuse_vector, step, coder, rank from independent_judgements
order by
    citekey collate "binary", misuse_vector collate "binary", step collate "binary",
    coder collate "binary"
""")
_STEPS = text("select slug from steps order by position")
_VECTORS = text("select slug from vectors order by position")
_PAIRS = text("""
select coder, other_coder from confusion
group by coder, other_coder
order by coder collate "binary", other_coder collate "binary"
""")


def load_agreement(connection: Connection) -> None:
    """Store how far coders agree: in all, by step, by vector, by pair; views must be there."""
    ratings = [
        Rating((row.citekey, row.misuse_vector), row.step, row.coder, row.rank)
        for row in connection.execute(_JUDGED)
    ]
    steps = connection.execute(_STEPS).scalars().all()
    vectors = connection.execute(_VECTORS).scalars().all()
    pairs = [(row.coder, row.other_coder) for row in connection.execute(_PAIRS)]
    blank = dict.fromkeys(("step", "misuse_vector", "coder", "other_coder"))
    rows = [
        {"id": number, **blank, **about, **_columns(measure(found))}
        for number, (about, found) in enumerate(_split(ratings, steps, vectors, pairs), start=1)
    ]
    insert_rows(connection, Agreement, rows)


def _split(
    ratings: Sequence[Rating],
    steps: Sequence[str],
    vectors: Sequence[str],
    pairs: Sequence[tuple[str, str]],
) -> Iterator[tuple[Row, list[Rating]]]:
    """Yield what each row is about, with the ratings that it measures."""
    yield {"scope": "all"}, list(ratings)
    for step in steps:
        yield {"scope": "step", "step": step}, [r for r in ratings if r.step == step]
    for vector in vectors:
        about = {"scope": "vector", "misuse_vector": vector}
        yield about, [r for r in ratings if r.coding[1] == vector]
    for pair in pairs:
        about = {"scope": "coder", "coder": pair[0], "other_coder": pair[1]}
        yield about, [r for r in ratings if r.coder in pair]


def _columns(figures: Figures) -> Row:
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
