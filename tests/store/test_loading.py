"""What a build stores of the records, row by row."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from pydantic import ValidationError

from marginal_risk.check.corpus import Corpus, read_corpus
from marginal_risk.store.database import build_database
from marginal_risk.store.provenance import program_version
from pages import screen

ROWS = {
    "vectors": 3,
    "steps": 3,
    "levels": 3,
    "confidences": 2,
    "coder_kinds": 4,
    "decisions": 4,
    "exclusion_reasons": 2,
    "study_types": 2,
    "gap_kinds": 6,
    "readings": 2,
    "examined_models": 4,
    "comparators": 3,
    "findings": 5,
    "properties": 1,
    "coding_rules": 9,
    "codebook_versions": 2,
    "earlier_rules": 3,
    "studies": 6,
    "screening": 5,
    "searches": 1,
    "authors": 9,
    "authorships": 9,
    "coders": 5,
    "codings": 7,
    "judgements": 14,
    "comparisons": 6,
}
"""Rows of each table, counted by hand in tests/data/tiny, in the order of loading."""


@pytest.fixture
def load(tiny: Path, tmp_path: Path) -> Iterator[Callable[[], sqlite3.Connection]]:
    """Return a function that builds from the data as it is then."""
    opened = []

    def build() -> sqlite3.Connection:
        path = tmp_path / f"evidence{len(opened)}.db"
        build_database(read_corpus(tiny), path)
        opened.append(sqlite3.connect(path))
        return opened[-1]

    yield build
    for connection in opened:
        connection.close()


Load = Callable[[], sqlite3.Connection]


def test_every_record_is_a_row(tiny: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    build_database(
        read_corpus(tiny),
        tmp_path / "evidence.db",
        lambda table, rows, _: told.append((table, rows)),
    )
    assert told == list(ROWS.items())
    with closing(sqlite3.connect(tmp_path / "evidence.db")) as connection:
        for table, rows in ROWS.items():
            assert connection.execute(f"select count(*) from {table}").fetchone() == (rows,)


def test_a_judgement_is_a_level_with_its_reason(load: Load) -> None:
    rows = load().execute("select * from judgements where citekey = 'madeup2021' order by 3, 4")
    unit = ("madeup2021", "forged_letters")
    assert rows.fetchall() == [
        (
            *(*unit, "consensus", "added_risk", "partial", "high", "section 4", None),
            "The baseline is named, but nothing is compared with it.",
        ),
        (
            *(*unit, "person_a", "added_risk", "addressed", "low", "section 4", None),
            "Names letters written by hand as the baseline.",
        ),
        (
            *(*unit, "person_a", "threat", "addressed", "high", "section 1", None),
            "Names forgers by trade and by post office.",
        ),
        (
            *(*unit, "person_b", "added_risk", "partial", "high", "section 4", None),
            "A baseline is mentioned and not used.",
        ),
        (
            *(*unit, "person_b", "threat", "addressed", "high", "section 1", None),
            "Describes a guild of forgers.",
        ),
    ]


def test_not_coded_is_no_row(load: Load) -> None:
    rows = load().execute("select citekey, coder from judgements where step = 'defense'")
    assert rows.fetchall() == [("invented2020", "tabulated2024")]


def test_a_coding_without_a_level_is_stored(tiny: Path, load: Load) -> None:
    with (tiny / "studies.csv").open("a", encoding="utf-8") as file:
        file.write("nobody2019,fake_maps,person_b,,,,,2,,,,Begun.\n")
    screen(tiny)
    connection = load()
    query = "select note from codings where citekey = 'nobody2019'"
    assert connection.execute(query).fetchall() == [("Begun.",)]
    assert connection.execute("select warnings from build").fetchone() == (1,)


def test_authors_are_numbered_by_name_and_listed_in_their_order(load: Load) -> None:
    connection = load()
    names = "select id, name, family, given, particle, suffix, is_corporate from authors"
    assert connection.execute(f"{names} order by id").fetchall() == [
        (1, "Institute of Nowhere", "Institute of Nowhere", None, None, None, 1),
        (2, "Invented, Ada", "Invented", "Ada", None, None, 0),
        (3, "Made-Up, Bo", "Made-Up", "Bo", None, None, 0),
        (4, "Madeup, Gil", "Madeup", "Gil", None, None, 0),
        (5, "Nobody, Dee", "Nobody", "Dee", None, None, 0),
        (6, "Pretend, Eve", "Pretend", "Eve", None, None, 0),
        (7, "Sans-Existence, Zoë", "Sans-Existence", "Zoë", None, None, 0),
        (8, "Tabulated, Fay", "Tabulated", "Fay", None, None, 0),
        (9, "von Fictive, Cleo", "Fictive", "Cleo", "von", None, 0),
    ]
    written = "select citekey, role, position, author_id from authorships where citekey in"
    assert connection.execute(
        f"{written} ('fictive2022', 'madeup2021') order by 1, 2, 3"
    ).fetchall() == [
        ("fictive2022", "author", 1, 9),
        ("fictive2022", "author", 2, 7),
        ("madeup2021", "author", 1, 3),
        ("madeup2021", "author", 2, 1),
    ]


def test_one_name_is_one_author_and_editors_are_told_apart(tiny: Path, load: Load) -> None:
    (tiny / "bib" / "more.bib").write_text(
        "@book{edited2018, author = {Invented, Ada}, editor = {{Nobody, Dee} and Invented, Ada"
        " and others}, title = {A Book}, year = {2018}, publisher = {Nowhere Press},}\n",
        encoding="utf-8",
    )
    screen(tiny)
    connection = load()
    same = "select count(*), max(is_corporate) from authors where name = ?"
    assert connection.execute(same, ["Invented, Ada"]).fetchone() == (1, 0)
    assert connection.execute(same, ["Nobody, Dee"]).fetchone() == (2, 1)  # a body has that name
    rows = connection.execute(
        "select role, position, name, is_corporate from authorships join authors on id = author_id"
        " where citekey = 'edited2018' order by 1, 2"
    )
    assert rows.fetchall() == [
        ("author", 1, "Invented, Ada", 0),
        ("editor", 1, "Nobody, Dee", 1),
        ("editor", 2, "Invented, Ada", 0),
    ]


def test_a_study_is_stored_with_where_it_was_read(load: Load) -> None:
    connection = load()
    where = "select citekey, bib_file, bib_line from studies"
    assert sorted(connection.execute(where)) == [
        # As the data directory has it: where that lies is nobody's business.
        ("fictive2022", "bib/invented.bib", 1),
        ("invented2020", "bib/invented.bib", 14),
        ("madeup2021", "bib/invented.bib", 23),
        ("nobody2019", "bib/invented.bib", 32),
        ("pretend2023", "bib/invented.bib", 40),
        ("tabulated2024", "bib/tables.bib", 1),
    ]
    facts = "select title, year, publication_date, venue, volume, number, pages, doi, arxiv_id"
    assert connection.execute(f"{facts} from studies where citekey = 'fictive2022'").fetchone() == (
        "A Robot Calls: Telephone Fraud in a Town That Is Not There",
        *(2022, "2022-03", "Annals of Invention", "7", "2", "11\u201319"),
        *("10.5555/fictive.2022.7", None),
    )


def test_a_decision_is_stored_with_its_words(tiny: Path, load: Load) -> None:
    with (tiny / "screening.csv").open("a", encoding="utf-8") as file:
        file.write(
            "nobody2019,fake_maps,excluded,duplicate_of pretend2023,argued,A talk,2024-05,Alike.\n"
        )
    rows = load().execute("select * from screening where citekey in ('nobody2019', 'madeup2021')")
    columns = [column[0] for column in rows.description]
    undecided = {"possible_duplicate_of": None, "screening_stage": None, "waiting_for": None}
    assert [dict(zip(columns, row, strict=True)) for row in rows] == [
        {
            **{"id": 3, "citekey": "madeup2021", "misuse_vector": "forged_letters"},
            **{"decision": "included", "reason": None, "other_study": None},
            **{"study_type": "measured", "found_via": "A search that nobody made"},
            **{"decided_on": "2024-04", "note": None, **undecided},
        },
        {
            **{"id": 4, "citekey": "nobody2019", "misuse_vector": "robot_calls"},
            **{"decision": "candidate", "reason": None, "other_study": None},
            **{"study_type": None, "found_via": "A search that nobody made"},
            **{"decided_on": None, "note": None, **undecided},
            **{"screening_stage": "title", "waiting_for": "first"},
        },
        {
            **{"id": 6, "citekey": "nobody2019", "misuse_vector": "fake_maps"},
            **{"decision": "excluded", "reason": "duplicate_of", "other_study": "pretend2023"},
            **{"study_type": "argued", "found_via": "A talk"},
            **{"decided_on": "2024-05", "note": "Alike.", **undecided},
        },
    ]


def test_a_search_is_stored_as_it_was_typed(load: Load) -> None:
    rows = load().execute(
        "select searched_on, source, query, hits, searched_by, note from searches"
    )
    assert rows.fetchall() == [
        (
            *("2024-03-01", "Index of Nowhere", 'robots AND (calls OR "fake maps")', 12),
            *("Person A (invented)", None),
        )
    ]


def test_a_version_may_stand_before_its_work(tiny: Path, load: Load) -> None:
    entry = "author = {von Fictive, Cleo}, year = {2021}, howpublished = {Nowhere Preprints}"
    (tiny / "bib" / "drafts.bib").write_text(
        f"@misc{{draft2021, {entry}, title = {{A Draft}}, version_of = {{fictive2022}}}}\n",
        encoding="utf-8",
    )
    connection = load()
    rows = connection.execute("select citekey, version_of from studies where version_of <> ''")
    assert rows.fetchall() == [("draft2021", "fictive2022")]
    assert connection.execute("pragma foreign_key_check").fetchall() == []
    # One study: the draft is in the bibliography, and no second find.
    assert connection.execute("select studies, found_studies from build").fetchone() == (7, 5)


def test_only_a_published_table_has_a_publication(load: Load) -> None:
    rows = load().execute("select coder, kind, publication from coders order by coder")
    assert rows.fetchall() == [
        ("consensus", "consensus", None),
        ("person_a", "person", None),
        ("person_b", "person", None),
        ("tabulated2024", "published", "tabulated2024"),
        ("toy_model", "machine", None),
    ]


def test_the_codebook_is_stored_in_its_order(load: Load) -> None:
    connection = load()
    steps = "select slug, name, full_name, position, is_marginal_risk from steps order by position"
    assert connection.execute(steps).fetchall() == [
        ("threat", "Threat", "Threat", 1, 0),
        ("added_risk", "Added risk", "Added risk of invented models", 2, 1),
        ("defense", "Defense", "Defense", 3, 0),
    ]
    levels = "select slug, symbol, rank, position from levels order by position"
    assert connection.execute(levels).fetchall() == [
        ("addressed", "●", 3, 1),
        ("partial", "◐", 2, 2),
        ("absent", "○", 1, 3),
    ]
    rules = "select level, rule from coding_rules where step = 'defense'"
    assert dict(connection.execute(rules).fetchall()) == {
        "addressed": "Says how, and how far it helps.",
        "partial": "Says how.",
        "absent": "Says nothing of defense.",
    }


def test_the_empty_string_is_stored_nowhere(load: Load) -> None:
    connection = load()
    for table in [*ROWS, "table_descriptions", "field_descriptions", "build"]:
        rows = connection.execute(f"select * from {table}")
        columns = [column[0] for column in rows.description]
        empty = [c for row in rows for c, value in zip(columns, row, strict=True) if value == ""]
        assert not empty, table


def test_a_build_says_what_it_was_made_of(
    tiny: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tiny.parent))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709337600")
    connection = load()
    connection.row_factory = sqlite3.Row
    assert [dict(row) for row in connection.execute("select * from build")] == [
        {
            "id": 1,
            "data_version": read_corpus(tiny).data_version,
            "data_date": "2024-03-02",
            "git_commit": None,
            "releases_version": None,
            "package_version": version("marginal-risk"),
            "program_version": program_version(),
            "studies": 6,
            "found_studies": 5,  # the published table is a source, and was not found
            "coded_studies": 3,  # pretend2023 was coded by a machine only
            "coders": 4,  # one is a machine
            "codings": 6,
            "judgements": 12,
            "warnings": 0,
        }
    ]


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        (
            "judgements",
            "level",
            "How far the study covers the step; says nothing about the size of the risk.",
        ),
        ("authors", "id", "Number of the name in this build."),
        ("disagreements", "settled_level", "The level of the consensus; NULL while there is none."),
        ("disagreements", "level", "The level that this coder gave."),
        ("gaps", "step", "The step."),
        ("study_coverage", "added_risk", "Does the study compare the harm with a baseline?"),
    ],
)
def test_a_column_is_described_from_its_one_home(
    load: Load, table: str, column: str, text: str
) -> None:
    query = "select description from field_descriptions where table_name = ? and column_name = ?"
    assert load().execute(query, [table, column]).fetchall() == [(text,)]


def test_a_table_is_described_by_its_class_and_a_view_by_its_question(load: Load) -> None:
    query = "select is_view, description from table_descriptions where table_name = ?"
    connection = load()
    assert connection.execute(query, ["studies"]).fetchall() == [
        (0, "The works in the bibliography.")
    ]
    assert connection.execute(query, ["gaps"]).fetchall() == [
        (1, "What is missing, in the order in which it matters?")
    ]


def test_a_record_that_a_reader_let_through_is_not_stored(tiny: Path, tmp_path: Path) -> None:
    corpus = read_corpus(tiny)
    first, *others = corpus.records.codings
    nobody = first.key._replace(coder=None)  # type: ignore[arg-type]
    codings = (first._replace(key=nobody), *others)
    wrong: Corpus = replace(corpus, records=replace(corpus.records, codings=codings))
    with pytest.raises(ValidationError):
        build_database(wrong, tmp_path / "evidence.db")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
