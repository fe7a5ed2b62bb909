"""The views, against the paper's own table, cases by hand, and an oracle without SQL."""

import csv
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import combinations, product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import marginal_risk.store.views
from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database, migrate, open_engine
from marginal_risk.store.tables import TABLES
from marginal_risk.store.views import VIEWS, create_views, drop_views, read_view

Row = tuple[Any, ...]


def build(data: Path, path: Path) -> sqlite3.Connection:
    build_database(read_corpus(data), path)
    return sqlite3.connect(path)


# The data as it began ----------------------------------------------------------------------

TABLE_1 = """
hazell2023   spear_phishing  ● ◐ ◐ ○ ◐ ○
seger2023    cybersecurity   ◐ ○ ◐ ○ ◐ ○
musser2023   disinformation  ● ◐ ◐ ◐ ◐ ●
gopal2023    biosecurity     ● ○ ◐ ○ ◐ ○
ovadya2019   voice_cloning   ● ◐ ◐ ◐ ◐ ●
lakatos2023  ncii            ● ◐ ○ ◐ ◐ ○
thiel2023    csam            ● ● ● ● ● ●
"""
"""Typed from the reference codings, in the shape of Table 1 of Kapoor et al. (2024)."""

CODED = [tuple(line.split()) for line in TABLE_1.split("\n") if line]
SYMBOLS = {"●": "addressed", "◐": "partial", "○": "absent"}


@pytest.fixture(scope="module")
def published(
    paper_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("published") / "evidence.db"
    with closing(build(paper_data, path)) as connection:
        yield connection


def test_the_map_is_table_1(published: sqlite3.Connection) -> None:
    table = published.execute(
        "select citekey, misuse_vector, threat_identification, existing_risk, existing_defenses,"
        " marginal_risk_evidence, ease_of_defense, uncertainty_assumptions from study_coverage"
    )
    expected = {
        (citekey, vector, *(SYMBOLS[symbol] for symbol in symbols))
        for citekey, vector, *symbols in CODED
    }
    assert len(expected) == 7
    assert set(table) == expected


def test_evidence_of_marginal_risk_by_vector(published: sqlite3.Connection) -> None:
    found = dict(published.execute("select misuse_vector, evidence from marginal_risk_gaps"))
    assert found == {
        "spear_phishing": "none",
        "cybersecurity": "none",
        "biosecurity": "none",
        "disinformation": "partial",
        "voice_cloning": "partial",
        "ncii": "partial",
        "csam": "addressed",
    }


def test_one_of_seven_studies_is_complete(published: sqlite3.Connection) -> None:
    rows = published.execute("select citekey, is_complete from completeness").fetchall()
    assert len(rows) == 7
    assert [citekey for citekey, is_complete in rows if is_complete] == ["thiel2023"]


def test_the_matrix_has_a_row_for_every_cell(published: sqlite3.Connection) -> None:
    assert published.execute("select count(*) from coverage_matrix").fetchone() == (42,)
    cells = published.execute(
        "select count(*) from (select distinct misuse_vector, step from coverage_matrix)"
    )
    assert cells.fetchone() == (42,)
    states = Counter(state for (state,) in published.execute("select state from coverage_matrix"))
    assert states == {"addressed": 13, "partial": 19, "absent": 10}


def test_the_first_gaps_are_those_in_evidence_of_marginal_risk(
    published: sqlite3.Connection,
) -> None:
    gaps = published.execute(
        "select misuse_vector, step, gap_kind from gaps order by priority limit 9"
    ).fetchall()
    assert gaps == [
        ("spear_phishing", "marginal_risk_evidence", "absent"),
        ("cybersecurity", "marginal_risk_evidence", "absent"),
        ("biosecurity", "marginal_risk_evidence", "absent"),
        ("disinformation", "marginal_risk_evidence", "partial_only"),
        ("voice_cloning", "marginal_risk_evidence", "partial_only"),
        ("ncii", "marginal_risk_evidence", "partial_only"),
        ("csam", "marginal_risk_evidence", "single_study"),
        ("spear_phishing", "uncertainty_assumptions", "absent"),
        ("cybersecurity", "existing_risk", "absent"),
    ]
    kinds = Counter(kind for (kind,) in published.execute("select gap_kind from gaps"))
    assert kinds == {"absent": 10, "partial_only": 19, "single_study": 13}


def read_sheet(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_sheet(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(("citekey", "vector"), [coded[:2] for coded in CODED])
@pytest.mark.parametrize("is_found", [True, False])
def test_a_vector_without_its_study_stays_on_the_map(
    paper_data: Path, tmp_path: Path, citekey: str, vector: str, is_found: bool
) -> None:
    data = Path(shutil.copytree(paper_data, tmp_path / "data"))
    for name in ("studies.csv", "rationales.csv"):
        rows = read_sheet(data / name)
        write_sheet(data / name, [row for row in rows if row["citekey"] != citekey])
    if not is_found:  # whatever was found for the vector is left out
        rows = read_sheet(data / "screening.csv")
        left_out = {"decision": "excluded", "reason": "not_about_misuse", "decided_on": "2026"}
        rows = [row | left_out if row["misuse_vector"] == vector else row for row in rows]
        write_sheet(data / "screening.csv", rows)
    state, where = ("not_coded", "reading") if is_found else ("no_study", "literature")
    with closing(build(data, tmp_path / "evidence.db")) as connection:
        cells = connection.execute(
            "select misuse_vector, state, gap_kind, gap_in from coverage_matrix"
        ).fetchall()
        gaps = dict(connection.execute("select misuse_vector, evidence from marginal_risk_gaps"))
    assert len(cells) == 42
    assert Counter(cells)[vector, state, state, where] == 6
    assert Counter(found for _, found, _, _ in cells)[state] == 6
    assert len(gaps) == 7
    assert [v for v, evidence in gaps.items() if evidence == state] == [vector]


FOUND = {
    "spear_phishing": 9,
    "cybersecurity": 13,
    "disinformation": 14,
    "biosecurity": 15,
    "voice_cloning": 10,
    "ncii": 10,
    "csam": 13,
    None: 69,
}
"""Rows of data/screening.csv by vector, and studies in it, as cut, sort and uniq count them."""


def test_as_many_studies_are_found_as_the_sheet_has(published: sqlite3.Connection) -> None:
    rows = published.execute("select * from screening_flow").fetchall()
    # found, candidates, excluded, included, coded, coded_twice, withdrawn
    assert {vector: counts for vector, *counts in rows} == {
        vector: [found, found - 1, 0, 1, 1, 0, 0] for vector, found in FOUND.items() if vector
    } | {None: [69, 62, 0, 7, 7, 0, 0]}
    assert published.execute("select found_studies, coded_studies from build").fetchone() == (69, 7)
    assert published.execute("select * from exclusions").fetchall() == []


def test_every_gap_of_today_is_one_in_our_reading(published: sqlite3.Connection) -> None:
    cells = published.execute(
        "select misuse_vector, gap_in, in_scope, waiting, studies from coverage_matrix"
    )
    assert set(cells) == {
        (vector, "reading", found, found - 1, 1) for vector, found in FOUND.items() if vector
    }


def test_what_to_code_next_starts_where_evidence_is_missing(published: sqlite3.Connection) -> None:
    rows = published.execute(
        "select citekey, misuse_vector, why, evidence, turn from next_to_code order by priority"
    ).fetchall()
    # Each vector has its turn: without evidence first, then with a part of it. Of its candidates
    # come the types in the codebook's order (empirical first), the newest, then the alphabet.
    assert rows[:9] == [
        ("afane2024", "spear_phishing", "no_evidence", "none", 1),
        ("zhu2024teams", "cybersecurity", "no_evidence", "none", 1),
        ("hong2026", "biosecurity", "no_evidence", "none", 1),
        ("hackenburg2025levers", "disinformation", "no_evidence", "partial", 1),
        ("barrington2025", "voice_cloning", "no_evidence", "partial", 1),
        ("gibson2025", "ncii", "no_evidence", "partial", 1),
        ("bethany2024", "spear_phishing", "no_evidence", "none", 2),
        ("fang2024oneday", "cybersecurity", "no_evidence", "none", 2),
        ("zhang2026uplift", "biosecurity", "no_evidence", "none", 2),
    ]
    # After the candidates of six vectors: one coder has read seven studies, and csam has evidence.
    whys = [why for _, _, why, _, _ in rows]
    assert whys == ["no_evidence"] * 65 + ["single_coder"] * 7 + ["confirmation"] * 12
    assert {vector for _, vector, why, _, _ in rows if why == "confirmation"} == {"csam"}
    assert "chan2023" not in {citekey for citekey, *_ in rows}  # it belongs to no single vector


def test_a_withdrawn_study_leaves_map_and_counts_and_keeps_its_codings(
    paper_data: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(paper_data, tmp_path / "data"))
    rows = read_sheet(data / "screening.csv")
    withdrawn = {"decision": "withdrawn", "note": "Taken back by its authors."}
    write_sheet(
        data / "screening.csv",
        [row | withdrawn if row["citekey"] == "thiel2023" else row for row in rows],
    )
    with closing(build(data, tmp_path / "evidence.db")) as connection:
        flow = "select found, coded, withdrawn from screening_flow where misuse_vector"
        assert connection.execute(f"{flow} = 'csam'").fetchone() == (12, 0, 1)
        assert connection.execute(f"{flow} is null").fetchone() == (68, 6, 1)
        states = "select distinct state from coverage_matrix where misuse_vector = 'csam'"
        assert connection.execute(states).fetchall() == [("not_coded",)]
        for view in ("coded_studies", "study_coverage", "completeness", "agreed_judgements"):
            query = f"select count(*) from {view} where citekey = 'thiel2023'"
            assert connection.execute(query).fetchone() == (0,), view
        for table, kept in (("codings", 1), ("judgements", 6), ("found_studies", 1)):
            query = f"select count(*) from {table} where citekey = 'thiel2023'"
            assert connection.execute(query).fetchone() == (kept,), table
        assert connection.execute("select coded_studies from build").fetchone() == (6,)


# Small corpora ---------------------------------------------------------------------------

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


def coding(text: str, low: str = "") -> Levels:
    """Return levels from symbols, one for each step; '-' is not coded, ``low`` unsure steps."""
    return {
        step: (SYMBOLS[symbol], "low" if step == low else "high")
        for step, symbol in zip(STEPS, text.split(), strict=True)
        if symbol != "-"
    }


@pytest.fixture(scope="module")
def codebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A database with a codebook, coders, studies and views, but no codings."""
    path = tmp_path_factory.mktemp("views") / "small.db"
    with open_engine(path).connect() as connection:
        migrate(connection)
    with closing(sqlite3.connect(path)) as raw, raw:
        for table, slugs in (
            ("vectors", VECTORS),
            ("levels", LEVELS),
            ("confidences", ("high", "low")),
            ("coder_kinds", ("published", "person", "machine", "consensus")),
            ("gap_kinds", GAP_KINDS),
            ("decisions", DECISIONS),
            ("study_types", STUDY_TYPES),
        ):
            extra = ", symbol, rank" if table == "levels" else ""
            for position, slug in enumerate(slugs, start=1):
                more = f", '{slug[0]}', {4 - position}" if extra else ""
                raw.execute(
                    f"insert into {table} (slug, name, definition, position{extra})"
                    f" values ('{slug}', 'A name', 'A text', {position}{more})"
                )
        raw.executemany(
            "insert into exclusion_reasons values (?, 'A name', 'A text', ?, 0)",
            [(slug, position) for position, slug in enumerate(REASONS, start=1)],
        )
        raw.executemany(
            "insert into steps values (?, 'A name', 'A text', ?, 'A name', ?, ?)",
            [(s, n, f"Why {s}?", s == MARGINAL) for n, s in enumerate(STEPS, start=1)],
        )
        raw.executemany(
            "insert into studies (citekey, short_citation, entry_type, title, year,"
            " publication_date, has_more_authors, reference, bibtex, bib_file, bib_line)"
            " values (?, 'A', 'misc', 'A', ?, '2020', 0, 'A.', '@misc{a}', 'a.bib', 1)",
            STUDIES.items(),
        )
        raw.executemany(
            "insert into coders (coder, name, kind, publication) values (?, 'A name', ?, ?)",
            [(c, k, c if k == "published" else None) for c, k in KINDS.items()],
        )
    with open_engine(path).connect() as connection:
        create_views(connection)
        connection.commit()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("pragma foreign_keys = on")
        yield raw


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


def reason(unit: Unit, step: str) -> str:
    return " ".join((*unit, step))


@pytest.fixture
def small(codebook: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    yield codebook
    codebook.rollback()


A = ("study_a", "apple")
B = ("study_b", "apple")
C = ("study_c", "apple")
NOTHING_FOUND = (None, "no_study", "no_study", "literature", 0, 0)


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        pytest.param(
            {(*A, "ada"): "●"}, ("addressed", "addressed", "single_coder", 1, 0), id="one"
        ),
        pytest.param(
            {(*A, "ada"): "◐", (*A, "table"): "◐"},
            ("partial", "partial", "agreement", 2, 0),
            id="two agree",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "ben"): "○", (*A, "table"): "◐"},
            ("absent", "addressed", "contested", 3, 0),
            id="the lowest of three",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "ben"): "●", (*A, "panel"): "○"},
            ("absent", "absent", "consensus", 2, 0),
            id="consensus against all",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "ben"): "○", (*A, "panel"): "-"},
            ("absent", "addressed", "contested", 2, 0),
            id="consensus left this step open",
        ),
        pytest.param(
            {(*A, "panel"): "◐"}, ("partial", "partial", "consensus", 0, 0), id="consensus alone"
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "panel"): "◐", (*A, "panel_2"): "○"},
            ("absent", "partial", "contested", 1, 0),
            id="two consensuses",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "robot"): "○", (*A, "gadget"): "○"},
            ("addressed", "addressed", "single_coder", 1, 0),
            id="machines do not count",
        ),
        pytest.param({(*A, "robot"): "●"}, None, id="a machine alone"),
        pytest.param({(*A, "ada"): "-"}, None, id="not coded"),
    ],
)
def test_what_coders_say_together(
    small: sqlite3.Connection, codings: dict[Unit, str], expected: Row | None
) -> None:
    put(small, {unit: coding(f"- {symbol} -") for unit, symbol in codings.items()})
    rows = small.execute("select * from agreed_judgements").fetchall()
    assert rows == ([] if expected is None else [(*A, MARGINAL, *expected)])
    stored = sum(symbol != "-" for symbol in codings.values())
    assert small.execute("select count(*) from judgements").fetchone() == (stored,)


def test_low_confidence_is_that_of_the_judgements_it_rests_on(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ● ●", low="threat"),
            (*A, "ben"): coding("● ● ●", low="added"),
            (*A, "panel"): coding("- ● ●", low="defense"),
            (*A, "robot"): coding("- ● -", low="added"),
        },
    )
    found = dict(small.execute("select step, has_low_confidence from agreed_judgements"))
    assert found == {"threat": 1, "added": 0, "defense": 1}


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        # level, state, gap_kind, gap_in; in_scope, waiting; studies, addressed, partial, absent,
        # not_coded, contested, low_confidence, single_coder
        pytest.param({}, (*NOTHING_FOUND, 0, 0, 0, 0, 0, 0, 0, 0), id="no_study"),
        pytest.param(
            {(*A, "robot"): "●"},
            (None, "not_coded", "not_coded", "reading", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0),
            id="not_coded but by a machine",
        ),
        pytest.param(
            {(*A, "ada"): "-", (*B, "ben"): "-", (*A, "robot"): "●"},
            (None, "not_coded", "not_coded", "reading", 2, 2, 2, 0, 0, 0, 2, 0, 0, 0),
            id="not_coded",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*B, "ada"): "-"},
            ("absent", "absent", "absent", "reading", 2, 1, 2, 0, 0, 1, 1, 0, 0, 1),
            id="absent",
        ),
        pytest.param(
            {(*A, "ada"): "◐", (*B, "ada"): "○", (*C, "ada"): "◐"},
            ("partial", "partial", "partial_only", "literature", 3, 0, 3, 0, 2, 1, 0, 0, 0, 3),
            id="partial_only",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*A, "ben"): "◐"},
            ("absent", "contested", "contested", "reading", 1, 0, 1, 0, 0, 1, 0, 1, 0, 0),
            id="contested",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*A, "ben"): "●", (*B, "ada"): "◐"},
            ("partial", "contested", "contested", "reading", 2, 0, 2, 0, 1, 1, 0, 1, 0, 1),
            id="contested above another study",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*A, "ben"): "◐", (*B, "ada"): "◐"},
            ("partial", "partial", "partial_only", "literature", 2, 0, 2, 0, 1, 1, 0, 1, 0, 1),
            id="contested below another study",
        ),
        pytest.param(
            {(*A, "ada"): "○", (*A, "ben"): "●", (*A, "panel"): "◐"},
            ("partial", "partial", "partial_only", "literature", 1, 0, 1, 0, 1, 0, 0, 0, 0, 0),
            id="settled",
        ),
        pytest.param(
            {(*A, "ada"): "●"},
            ("addressed", "addressed", "single_study", "literature", 1, 0, 1, 1, 0, 0, 0, 0, 0, 1),
            id="single_study",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*B, "ada"): "◐", (*B, "ben"): "●"},
            ("addressed", "addressed", "single_study", "literature", 2, 0, 2, 1, 1, 0, 0, 1, 0, 1),
            id="single_study beside a contested one",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*A, "ben"): "●", (*B, "panel"): "●", (*C, "ada"): "○"},
            ("addressed", "addressed", None, None, 3, 0, 3, 2, 0, 1, 0, 0, 0, 1),
            id="no gap",
        ),
    ],
)
def test_what_a_cell_shows(
    small: sqlite3.Connection, codings: dict[Unit, str], expected: Row
) -> None:
    put(small, {unit: coding(f"- {symbol} -") for unit, symbol in codings.items()})
    cells = small.execute("select * from coverage_matrix").fetchall()
    assert len(cells) == len(VECTORS) * len(STEPS)
    assert [cell[2:] for cell in cells if cell[:2] == ("apple", MARGINAL)] == [expected]
    others = {(cell[0], cell[3]) for cell in cells if cell[0] != "apple"}
    assert others == {("zeppelin", "no_study"), ("moth", "no_study")}
    gaps = small.execute("select * from marginal_risk_gaps where misuse_vector = 'apple'")
    evidence = "none" if expected[1] == "absent" else expected[1]
    assert gaps.fetchall() == [("apple", evidence, *expected[2:11])]


CANDIDATE = ("candidate", None)
LEFT_OUT = ("excluded", "lost")
WITHDRAWN = ("withdrawn", None)


@pytest.mark.parametrize(
    ("codings", "decided", "expected"),
    [
        # level, state, gap_kind, gap_in; in_scope, waiting; studies
        pytest.param(
            {}, {A: CANDIDATE}, (None, "not_coded", "not_coded", "reading", 1, 1, 0), id="waiting"
        ),
        pytest.param({}, {A: LEFT_OUT}, (*NOTHING_FOUND, 0), id="left out"),
        pytest.param({(*A, "ada"): "●"}, {A: WITHDRAWN}, (*NOTHING_FOUND, 0), id="withdrawn"),
        pytest.param({}, {("study_a", None): CANDIDATE}, (*NOTHING_FOUND, 0), id="of no vector"),
        pytest.param({}, {("study_a", "moth"): CANDIDATE}, (*NOTHING_FOUND, 0), id="of another"),
        pytest.param(
            {(*A, "ada"): "○"},
            {B: CANDIDATE, C: ("included", None)},
            ("absent", "absent", "absent", "reading", 3, 2, 1),
            id="a gap that reading may close",
        ),
        pytest.param(
            {(*A, "ada"): "○"},
            {B: LEFT_OUT, C: WITHDRAWN},
            ("absent", "absent", "absent", "literature", 1, 0, 1),
            id="a gap that no reading will close",
        ),
        pytest.param(
            {(*A, "ada"): "●", (*B, "ada"): "●"},
            {C: CANDIDATE},
            ("addressed", "addressed", None, None, 3, 1, 2),
            id="no gap, whatever waits",
        ),
    ],
)
def test_whether_a_gap_is_in_the_literature_or_in_our_reading(
    small: sqlite3.Connection, codings: dict[Unit, str], decided: Screening, expected: Row
) -> None:
    put(small, {unit: coding(f"- {symbol} -") for unit, symbol in codings.items()}, decided)
    cells = small.execute(
        "select level, state, gap_kind, gap_in, in_scope, waiting, studies from coverage_matrix"
        " where misuse_vector = 'apple' and step = 'added'"
    )
    assert cells.fetchall() == [expected]


def test_a_study_counts_once_in_all_and_at_its_furthest(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ● ●"),
            (*A, "ben"): coding("● ● ●"),
            (*A, "robot"): coding("○ ○ ○"),
            ("study_b", "moth", "ada"): coding("● ● ●"),
        },
        {
            ("study_a", "moth"): ("excluded", "lost"),
            B: ("excluded", "off_topic"),
            C: ("excluded", "lost"),
            ("study_c", "zeppelin"): ("excluded", "off_topic"),
            ("study_c", "moth"): WITHDRAWN,
            ("table", "zeppelin"): WITHDRAWN,
        },
    )
    # found, candidates, excluded, included, coded, coded_twice, withdrawn
    flow = small.execute("select * from screening_flow").fetchall()
    assert {vector: counts for vector, *counts in flow} == {
        "zeppelin": [1, 0, 1, 0, 0, 0, 1],
        "apple": [3, 0, 2, 1, 1, 1, 0],
        "moth": [2, 0, 1, 1, 1, 0, 1],
        None: [3, 0, 1, 2, 2, 1, 1],
    }
    # study_c is left out everywhere: in all, for the reason that comes first.
    assert sorted(small.execute("select * from exclusions"), key=str) == [
        ("apple", "lost", 1),
        ("apple", "off_topic", 1),
        ("moth", "lost", 1),
        ("zeppelin", "off_topic", 1),
        (None, "off_topic", 1),
    ]
    stages = small.execute("select citekey, misuse_vector, stage, coders from found_studies")
    assert sorted(stages) == [
        ("study_a", "apple", "coded_twice", 2),
        ("study_a", "moth", "excluded", 0),
        ("study_b", "apple", "excluded", 0),
        ("study_b", "moth", "coded", 1),
        ("study_c", "apple", "excluded", 0),
        ("study_c", "moth", "withdrawn", 0),
        ("study_c", "zeppelin", "excluded", 0),
        ("table", "zeppelin", "withdrawn", 0),
    ]


def test_what_to_code_next_by_reason_and_turn(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ● ●"),  # a second coder is missing
            ("study_a", "moth", "ada"): coding("● ○ ●"),
            ("study_a", "moth", "ben"): coding("○ ○ ●"),  # a consensus is missing
            ("study_b", "moth", "ada"): coding("● ○ ●"),
            ("study_b", "moth", "ben"): coding("● ○ ●"),  # done
        },
        {
            B: CANDIDATE,
            ("study_c", "moth"): CANDIDATE,
            ("table", "moth"): ("included", None),
            ("study_b", "zeppelin"): CANDIDATE,
            ("study_c", "zeppelin"): CANDIDATE,
            ("table", "zeppelin"): LEFT_OUT,
        },
    )
    assert small.execute("select * from next_to_code order by priority").fetchall() == [
        (1, "table", "moth", "no_evidence", "none", "included", 1),
        (2, "study_c", "zeppelin", "no_evidence", "not_coded", "candidate", 1),
        (3, "study_c", "moth", "no_evidence", "none", "candidate", 2),
        (4, "study_b", "zeppelin", "no_evidence", "not_coded", "candidate", 2),
        (5, "study_a", "apple", "single_coder", "addressed", "included", 1),
        (6, "study_a", "moth", "contested", "none", "included", 1),
        (7, "study_b", "apple", "confirmation", "addressed", "candidate", 1),
    ]


def test_gaps_stand_in_the_order_in_which_they_matter(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            ("study_a", "zeppelin", "ada"): coding("◐ ● ○"),
            ("study_a", "apple", "ada"): coding("● ○ ●"),
            ("study_b", "apple", "ada"): coding("● - ○"),
        },
    )
    assert small.execute("select * from gaps order by priority").fetchall() == [
        (1, "moth", "added", "no_study", "literature", 0, 0, 0),
        (2, "apple", "added", "absent", "reading", 2, 1, 2),
        (3, "zeppelin", "added", "single_study", "literature", 1, 0, 1),
        (4, "moth", "threat", "no_study", "literature", 0, 0, 0),
        (5, "moth", "defense", "no_study", "literature", 0, 0, 0),
        (6, "zeppelin", "defense", "absent", "literature", 1, 0, 1),
        (7, "zeppelin", "threat", "partial_only", "literature", 1, 0, 1),
        (8, "apple", "defense", "single_study", "literature", 2, 0, 2),
    ]


def test_disagreements_are_between_people_and_tables(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "table"): coding("● ● -"),
            (*A, "ben"): coding("○ ● ◐"),
            (*A, "ada"): coding("◐ ● ●"),
            (*A, "panel"): coding("◐ ○ -"),
            (*A, "robot"): coding("○ ○ ○"),
        },
    )
    rows = small.execute(
        "select step, coder, level, other_coder, other_level, settled_level from disagreements"
    )
    assert sorted(rows, key=str) == [
        ("defense", "ada", "addressed", "ben", "partial", None),
        ("threat", "ada", "partial", "ben", "absent", "partial"),
        ("threat", "ada", "partial", "table", "addressed", "partial"),
        ("threat", "ben", "absent", "table", "addressed", "partial"),
    ]
    reasons = small.execute(
        "select rationale, other_rationale from disagreements where step = 'defense'"
    )
    assert reasons.fetchall() == [("study_a apple ada defense", "study_a apple ben defense")]


def test_uncoded_works_and_steps(small: sqlite3.Connection) -> None:
    put(
        small,
        {(*A, "ada"): coding("● - ●"), (*B, "robot"): coding("● ● ●")},
        {
            ("study_c", None): CANDIDATE,
            ("study_a", "moth"): CANDIDATE,
            ("study_b", "moth"): LEFT_OUT,
        },
    )
    assert sorted(small.execute("select * from uncoded"), key=str) == [
        ("step", "study_a", "apple", "added"),
        ("study", "study_a", "moth", None),
        ("study", "study_b", "apple", None),  # coded by a machine only
        ("study", "study_c", None, None),
    ]


def test_completeness_counts_every_step_once(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ● ●"),
            (*A, "ben"): coding("● ● ◐"),
            ("study_a", "moth", "ada"): coding("● ● ●"),
            ("study_a", "moth", "robot"): coding("○ ○ ○"),
            (*B, "panel"): coding("○ - -"),
        },
    )
    assert sorted(small.execute("select * from completeness")) == [
        ("study_a", "apple", 2, 1, 0, 0, 3, 0),
        ("study_a", "moth", 3, 0, 0, 0, 3, 1),
        ("study_b", "apple", 0, 0, 1, 2, 3, 0),
    ]
    assert sorted(small.execute("select * from coded_studies")) == [
        ("study_a", "apple", 2),
        ("study_a", "moth", 1),
        ("study_b", "apple", 0),
    ]
    assert sorted(small.execute("select * from study_coverage"), key=str) == [
        ("study_a", "apple", "addressed", "addressed", "partial", 2),
        ("study_a", "moth", "addressed", "addressed", "addressed", 1),
        ("study_b", "apple", "absent", None, None, 0),
    ]


def test_every_year_is_counted_those_without_a_publication_too(small: sqlite3.Connection) -> None:
    put(
        small,
        {
            (*A, "ada"): coding("● ◐ ●"),
            ("study_a", "moth", "ada"): coding("● ○ ●"),  # the study counts once, at its best
            (*B, "ada"): coding("- ○ -"),
            (*B, "ben"): coding("- ● -"),
            (*C, "ada"): coding("● - -"),
            (*C, "robot"): coding("● ● ●"),
        },
    )
    # studies, coded; addressed, partial, absent, contested, not_coded
    assert small.execute("select * from coverage_by_year order by year").fetchall() == [
        (2019, 2, 2, 0, 0, 0, 1, 1),
        (2020, 0, 0, 0, 0, 0, 0, 0),
        (2021, 1, 0, 0, 0, 0, 0, 0),
        (2022, 1, 1, 0, 1, 0, 0, 0),
    ]
    grown = small.execute(
        "select * from coded_by_vector_and_year where misuse_vector <> 'zeppelin' order by 1, 2"
    )
    assert grown.fetchall() == [
        *[("apple", 2019, 2, 2), ("apple", 2020, 0, 2), ("apple", 2021, 0, 2)],
        *[("apple", 2022, 1, 3), ("moth", 2019, 0, 0), ("moth", 2020, 0, 0)],
        *[("moth", 2021, 0, 0), ("moth", 2022, 1, 1)],
    ]


# An oracle in dictionaries ---------------------------------------------------------------

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
            said = (why, None, TYPES[pair[0]], "A search", None, None)
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
            kind and ("reading" if waiting or kind == "contested" else "literature"),
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
            yield (year, len(published), len(states), *(states.count(c) for c in columns))

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


@given(CODINGS, DECISIONS_BY_STUDY)
@settings(max_examples=400)
def test_the_views_say_what_the_sheets_say(
    codebook: sqlite3.Connection, codings: Codings, decisions: dict[str, Screening]
) -> None:
    decided = {(citekey, *to): d for citekey, said in decisions.items() for to, d in said.items()}
    oracle = Oracle(codings, {**included(codings), **decided})
    try:
        put(codebook, codings, decided)
        for view in VIEWS:
            found = codebook.execute(f"select * from {view}").fetchall()
            assert Counter(found) == Counter(getattr(oracle, view)()), view
    finally:
        codebook.rollback()


# The files -------------------------------------------------------------------------------

FOLDER = Path(marginal_risk.store.views.__file__).parent
# Words that SQLite knows and PostgreSQL does not, or means something else by.
SQLITE_ONLY = {
    *("autoincrement", "changes", "date", "datetime", "glob", "group_concat", "hex", "ifnull"),
    *("iif", "indexed", "instr", "json_each", "json_extract", "julianday", "last_insert_rowid"),
    *("likelihood", "likely", "match", "nocase", "oid", "pragma", "printf", "quote", "random"),
    *("randomblob", "regexp", "replace", "rowid", "rtrim", "sqlite_master", "sqlite_schema"),
    *("strftime", "substr", "temp", "time", "total", "typeof", "unicode", "unixepoch", "unlikely"),
    *("without", "zeroblob", "_rowid_"),
}


def sql_words(name: str) -> list[str]:
    """Return the words of a view's statement, without comments and quoted texts."""
    text = re.sub(r"--.*", "", (FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    return re.findall(r"\w+", re.sub(r"'[^']*'", "", text).lower())


def test_every_file_is_a_view_and_every_view_a_file() -> None:
    assert sorted(VIEWS) == sorted(path.stem for path in FOLDER.glob("*.sql"))


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_sql_that_postgresql_runs_too(name: str) -> None:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    assert not SQLITE_ONLY & set(sql_words(name))
    assert not re.search(r"[`\[\]]|==|--\S", text)
    assert re.search(rf"^create view {name} as$", text, re.MULTILINE)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_reads_only_views_made_before_it(name: str) -> None:
    read = set(sql_words(name)) & set(VIEWS) - {name}
    assert read <= set(VIEWS[: VIEWS.index(name)])


@pytest.mark.parametrize("name", VIEWS)
def test_a_file_starts_with_its_question_and_describes_columns_that_exist(
    small: sqlite3.Connection, name: str
) -> None:
    view = read_view(name)
    first = (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"-- {view.question}"
    assert "?" in view.question
    columns = [column[0] for column in small.execute(f"select * from {name}").description]
    assert set(view.columns) <= set(columns)


def test_a_view_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        read_view("no_such_view")


def test_views_can_be_dropped_and_made_again(tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "evidence.db"
    build_database(read_corpus(tiny), path)
    names = "select name from sqlite_master where type = 'view'"
    with open_engine(path).connect() as connection:
        raw = connection.connection
        before = {view: raw.execute(f"select * from {view}").fetchall() for view in VIEWS}
        drop_views(connection)
        assert raw.execute(names).fetchall() == []
        drop_views(connection)  # nothing there is no error
        create_views(connection)
        assert {view: raw.execute(f"select * from {view}").fetchall() for view in VIEWS} == before


def test_a_step_may_have_a_name_that_sql_uses(tiny: Path, tmp_path: Path) -> None:
    for path in (tiny / "codebook.yml", tiny / "studies.csv", tiny / "rationales.csv"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("slug: defense", "slug: order").replace(",defense,", ",order,")
        path.write_text(text, encoding="utf-8")
    with closing(build(tiny, tmp_path / "evidence.db")) as connection:
        rows = connection.execute('select citekey, "order" from study_coverage')
        assert dict(rows)["invented2020"] == "absent"


def test_every_column_of_every_table_and_view_is_described(published: sqlite3.Connection) -> None:
    own = {"alembic_version", "sqlite_stat1", "sqlite_stat4"}
    present = {
        (name, kind == "view"): {row[1] for row in published.execute(f"pragma table_info({name})")}
        for name, kind in published.execute("select name, type from sqlite_master")
        if kind in ("table", "view") and name not in own and not name.startswith("studies_fts")
    }
    assert len(present) == len(TABLES) + len(VIEWS)
    described: dict[Row, set[str]] = {}
    for name, is_view, column in published.execute(
        "select table_name, is_view, column_name from table_descriptions t"
        " join field_descriptions f using (table_name) where f.description <> ''"
        " and t.description <> ''"
    ):
        described.setdefault((name, bool(is_view)), set()).add(column)
    assert described == present
