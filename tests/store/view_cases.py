"""A small vocabulary, and any sheets in it, for tests of the views."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from marginal_risk.store.loading import FILLS

Row = tuple[Any, ...]
SYMBOLS = {"●": "addressed", "◐": "partial", "○": "absent"}
# Their order in the codebook is not the order of the alphabet.
VECTORS = ("zeppelin", "apple", "moth")
STEPS = ("threat", "added", "defense")
MARGINAL = "added"
LEVELS = ("addressed", "partial", "absent")
GAP_KINDS = ("no_study", "not_coded", "absent", "partial_only", "contested", "single_study")
KINDS = {
    "ada": "person",
    "ben": "person",
    "table": "published",
    "robot": "machine",
    "gadget": "machine",
    "panel": "consensus",
    "panel_2": "consensus",
}
DECISIONS = ("candidate", "included", "excluded", "withdrawn")
REASONS = ("off_topic", "lost")
STUDY_TYPES = ("measured", "argued")
TYPES = {"study_a": "argued", "study_b": None, "study_c": "measured", "table": "argued"}
"""Type of each study, wherever it is screened."""
STUDIES = {"study_a": 2022, "study_b": 2019, "study_c": 2019, "table": 2021}
"""Year of publication by citekey; nothing was published in 2020."""

Unit = tuple[str, str, str]
"""Study, misuse vector and coder."""
Levels = Mapping[str, tuple[str, str]]
"""Level and confidence by step."""
Codings = Mapping[Unit, Levels]
Screening = Mapping[tuple[str, str | None], tuple[str, str | None]]
"""Decision and reason by study and misuse vector."""

A = ("study_a", "apple")
B = ("study_b", "apple")
C = ("study_c", "apple")

CANDIDATE = ("candidate", None)
LEFT_OUT = ("excluded", "lost")
WITHDRAWN = ("withdrawn", None)


def coding(text: str, low: str = "") -> Levels:
    """Return levels from symbols, one for each step; '-' is not coded, ``low`` unsure steps."""
    return {
        step: (SYMBOLS[symbol], "low" if step == low else "high")
        for step, symbol in zip(STEPS, text.split(), strict=True)
        if symbol != "-"
    }


def included(codings: Codings) -> Screening:
    """Return that every study is included for every vector it was coded for."""
    return {unit[:2]: ("included", None) for unit in codings}


def put(connection: sqlite3.Connection, codings: Codings, decided: Screening | None = None) -> None:
    """Insert codings, and what was decided beside that every study coded is included."""
    connection.executemany(
        "insert into screening (citekey, misuse_vector, decision, reason, study_type, found_via)"
        " values (?, ?, ?, ?, ?, 'A search')",
        [
            (*key, *said, TYPES[key[0]])
            for key, said in {**included(codings), **(decided or {})}.items()
        ],
    )
    connection.executemany(
        "insert into codings (citekey, misuse_vector, coder) values (?, ?, ?)", codings
    )
    connection.executemany(
        "insert into judgements (citekey, misuse_vector, coder, step, level, confidence, locator,"
        " rationale) values (?, ?, ?, ?, ?, ?, 'page 1', ?)",
        [
            (*unit, step, level, confidence, reason(unit, step))
            for unit, levels in codings.items()
            for step, (level, confidence) in levels.items()
        ],
    )
    for table, fill in FILLS.items():
        connection.execute(f"delete from {table}")
        connection.execute(fill)


def reason(unit: Unit, step: str) -> str:
    return " ".join((*unit, step))


CODINGS = st.dictionaries(
    st.tuples(st.sampled_from([*STUDIES]), st.sampled_from(VECTORS[:2]), st.sampled_from([*KINDS])),
    st.dictionaries(
        st.sampled_from(STEPS),
        st.tuples(st.sampled_from(LEVELS), st.sampled_from(["high", "low"])),
    ),
    max_size=24,
)


DECIDED = st.one_of(
    st.sampled_from([CANDIDATE, ("included", None), WITHDRAWN]),
    st.tuples(st.just("excluded"), st.sampled_from(REASONS)),
)
FOR_VECTORS = st.dictionaries(st.tuples(st.sampled_from(VECTORS)), DECIDED)
FOR_NONE = DECIDED.filter(lambda decided: decided[0] in ("candidate", "excluded"))
DECISIONS_BY_STUDY = st.dictionaries(
    st.sampled_from([*STUDIES]), st.one_of(FOR_VECTORS, FOR_NONE.map(lambda d: {(None,): d}))
)
"""What was decided of some studies: for some vectors, or for no single one."""
