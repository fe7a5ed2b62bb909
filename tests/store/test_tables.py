"""The tables refuse what the records refuse, and every constraint has a name."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from marginal_risk import records, screening_records
from marginal_risk.store import tables
from marginal_risk.store.database import create_tables, open_engine

TERM = {"slug": "one", "name": "One", "definition": "The first.", "position": 1}
STUDY = {
    "citekey": "invented2020",
    "short_citation": "Invented (2020)",
    "entry_type": "misc",
    "title": "Nothing",
    "year": 2020,
    "publication_date": "2020",
    "has_more_authors": 0,
    "reference": "Invented (2020). Nothing.",
    "bibtex": "@misc{invented2020}",
    "bib_file": "bib/invented.bib",
    "bib_line": 1,
}
UNIT = {"citekey": "invented2020", "misuse_vector": "one", "coder": "ada"}
ROWS: dict[str, dict[str, Any]] = {
    "vectors": TERM,
    "steps": {**TERM, "full_name": "One", "question": "Which?", "is_marginal_risk": 1},
    "levels": {**TERM, "symbol": "x", "rank": 1},
    "confidences": TERM,
    "coder_kinds": TERM,
    "gap_kinds": TERM,
    "decisions": TERM,
    "exclusion_reasons": {**TERM, "names_study": 1, "stage": "title"},
    "study_types": TERM,
    "readings": TERM,
    "examined_models": TERM,
    "comparators": TERM,
    "findings": TERM,
    "properties": TERM,
    "codebook_versions": {"version": 1, "is_current": 1},
    "coding_rules": {"step": "one", "level": "one", "rule": "It does."},
    "earlier_rules": {
        **{"version": 1, "step": "one", "level": "one"},
        **{"question": "Which, then?", "rule": "It did."},
    },
    "studies": STUDY,
    "borderline_cases": {
        **{"step": "one", "position": 1, "citekey": "invented2020", "misuse_vector": "one"},
        **{"level": "one", "reason": "It is near."},
    },
    "screening": {
        **{"id": 1, "citekey": "invented2020", "misuse_vector": "one", "decision": "one"},
        **{"found_via": "A search"},
    },
    "searches": {
        **{"id": 1, "searched_on": "2024", "source": "Nowhere", "query": "robots", "hits": 0},
        **{"kind": "informal", "searched_by": "Ada"},
    },
    "authors": {"id": 1, "name": "Invented, Ada", "family": "Invented", "is_corporate": 0},
    "authorships": {"citekey": "invented2020", "role": "author", "position": 1, "author_id": 1},
    "people": {
        **{"name": "Invented, A.", "person": "Invented, Ada", "same": "yes"},
        **{"reason": "She says so."},
    },
    "renamed_studies": {
        **{"old_citekey": "invented1920", "citekey": "invented2020", "renamed_on": "2024"},
        **{"reason": "A slip."},
    },
    "coders": {"coder": "ada", "name": "Ada", "kind": "one"},
    "screener_decisions": {
        **{"id": 1, "citekey": "invented2020", "misuse_vector": "one", "stage": "title"},
        **{"screener": "ada", "decision": "include", "decided_on": "2024", "settles": 0},
    },
    "codings": UNIT,
    "judgements": {
        **{**UNIT, "step": "one", "level": "one", "confidence": "one"},
        **{"locator": "page 1", "rationale": "It says so."},
    },
    "comparisons": {
        **{**UNIT, "id": 1, "examined": "one", "comparator": "one", "finding": "one"},
        **{"locator": "page 1"},
    },
    "agreement": {
        **{
            "id": 1,
            "among": "machines",
            "scope": "all",
            "coders": 0,
            "codings": 0,
            "judgements": 0,
            "pairs": 0,
        },
        **{"conclusion": "No conclusion."},
    },
    "screening_agreement": {
        **{"id": 1, "stage": "title", "screeners": 0, "studies": 0, "pairs": 0},
        **{"conclusion": "No conclusion."},
    },
}
"""One sound row for each table that holds records; each after those it refers to."""

OF_RECORDS = {tables.table_name(t): t for t in tables.TABLES if t.__bases__ != (SQLModel,)}
TEXT_COLUMNS = [
    (name, column.name)
    for name, table in OF_RECORDS.items()
    for column in table.__table__.columns
    if isinstance(column.type, AutoString)
]


def insert(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" for _ in row)
    columns = ", ".join(row)
    connection.execute(f"insert into {table} ({columns}) values ({marks})", list(row.values()))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with one sound row in each table."""
    path = tmp_path_factory.mktemp("tables") / "one.db"
    with open_engine(path).connect() as connection:
        create_tables(connection)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("pragma foreign_keys = on")
        for table, row in ROWS.items():
            insert(connection, table, row)
    return path


@pytest.fixture
def rows(migrated: Path) -> Iterator[sqlite3.Connection]:
    """A connection to it; what a test changes is rolled back."""
    with closing(sqlite3.connect(migrated)) as connection:
        connection.execute("pragma foreign_keys = on")
        yield connection
        connection.rollback()


def test_every_table_of_records_has_a_sound_row_here() -> None:
    assert set(ROWS) == {*OF_RECORDS, "authorships"}
    assert {table for table, _ in TEXT_COLUMNS} == set(OF_RECORDS)


@pytest.mark.parametrize(("table", "column"), TEXT_COLUMNS)
def test_the_empty_string_is_refused(rows: sqlite3.Connection, table: str, column: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        rows.execute(f"update {table} set {column} = ''")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("judgements", "level", "nearly"),
        ("judgements", "step", "no_such_step"),
        ("judgements", "confidence", "middling"),
        ("codings", "misuse_vector", "no_such_vector"),
        ("codings", "coder", "nobody"),
        ("codings", "citekey", "nobody1999"),
        ("coders", "kind", "oracle"),
        ("coders", "publication", "nobody1999"),
        ("coding_rules", "step", "no_such_step"),
        ("coding_rules", "level", "nearly"),
        ("studies", "version_of", "nobody1999"),
        ("screening", "citekey", "nobody1999"),
        ("screening", "misuse_vector", "no_such_vector"),
        ("screening", "decision", "perhaps"),
        ("screening", "reason", "no_such_reason"),
        ("screening", "other_study", "nobody1999"),
        ("screening", "study_type", "opinion"),
        ("authorships", "citekey", "nobody1999"),
        ("authorships", "author_id", 2),
        ("authorships", "role", "translator"),
        ("people", "same", "perhaps"),
        ("renamed_studies", "citekey", "nobody1999"),
    ],
)
def test_an_unknown_word_is_refused(
    rows: sqlite3.Connection, table: str, column: str, value: object
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        rows.execute(f"update {table} set {column} = ?", [value])


def test_a_judgement_needs_its_coding(rows: sqlite3.Connection) -> None:
    insert(rows, "coders", {**ROWS["coders"], "coder": "ben"})
    judgement = {**ROWS["judgements"], "coder": "ben"}
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        insert(rows, "judgements", judgement)
    insert(rows, "codings", {**UNIT, "coder": "ben"})
    insert(rows, "judgements", judgement)


@pytest.mark.parametrize(
    ("table", "record", "field", "value"),
    [
        ("studies", records.Study, "year", 1800),
        ("studies", records.Study, "year", 2101),
        ("studies", records.Study, "bib_line", 0),
        ("levels", records.Level, "symbol", "xx"),
        ("levels", records.Level, "rank", 0),
        ("vectors", records.MisuseVector, "position", 0),
        ("steps", records.Step, "position", 0),
        ("gap_kinds", records.GapKind, "position", 0),
        ("searches", screening_records.Search, "hits", -1),
    ],
)
def test_a_value_is_refused_by_the_record_and_by_the_table(
    rows: sqlite3.Connection,
    table: str,
    record: type[SQLModel],
    field: str,
    value: object,
) -> None:
    record.model_validate(ROWS[table])
    with pytest.raises(ValidationError):
        record.model_validate({**ROWS[table], field: value})
    with pytest.raises(sqlite3.IntegrityError, match=f"ck_{table}_{field}"):
        rows.execute(f"update {table} set {field} = ?", [value])


@pytest.mark.parametrize("table", ["studies", "coders"])
@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://example.org/", "//example.org/", " http://example.org/"]
)
def test_an_address_that_is_not_http_is_refused(
    rows: sqlite3.Connection, table: str, url: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=f"ck_{table}_url_is_http"):
        rows.execute(f"update {table} set url = ?", [url])


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("studies", "year", 1950),
        ("studies", "year", 2100),
        ("studies", "url", "http://example.org/"),
        ("coders", "url", "https://example.org/"),
        ("coders", "url", "HTTPS://EXAMPLE.ORG/"),
        *[("studies", c, None) for c in ("venue", "doi", "arxiv_id", "url", "abstract", "note")],
        *[("authors", c, None) for c in ("given", "particle", "suffix")],
        *[("codings", "coded_on", None), ("codings", "note", None)],
        *[("judgements", "source", None), ("coders", "publication", None)],
        *[("screening", c, None) for c in ("reason", "other_study", "study_type", "decided_on")],
        *[("studies", "version_of", None), ("searches", "note", None)],
    ],
)
def test_a_sound_value_is_stored(
    rows: sqlite3.Connection, table: str, column: str, value: object
) -> None:
    rows.execute(f"update {table} set {column} = ?", [value])
    assert rows.execute(f"select {column} from {table}").fetchall() == [(value,)]


@pytest.mark.parametrize(
    "table",
    [
        *("vectors", "steps", "levels", "confidences", "coder_kinds", "gap_kinds"),
        *("decisions", "exclusion_reasons", "study_types"),
    ],
)
def test_two_terms_cannot_share_a_position(rows: sqlite3.Connection, table: str) -> None:
    rank = {"rank": 2} if table == "levels" else {}
    with pytest.raises(sqlite3.IntegrityError, match=f"UNIQUE.*{table}.position"):
        insert(rows, table, {**ROWS[table], "slug": "two"} | rank)


def test_two_levels_cannot_share_a_rank(rows: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE.*levels\.rank"):
        insert(rows, "levels", {**ROWS["levels"], "slug": "two", "position": 2})


def test_a_study_is_screened_once_for_a_vector(rows: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE.*screening\.citekey"):
        insert(rows, "screening", {**ROWS["screening"], "id": 2})


@pytest.mark.parametrize(
    ("decision", "is_stored"),
    [("candidate", True), ("excluded", True), ("included", False), ("withdrawn", False)],
)
def test_only_what_waits_or_is_left_out_may_have_no_vector(
    rows: sqlite3.Connection, decision: str, is_stored: bool
) -> None:
    insert(rows, "decisions", {**TERM, "slug": decision, "position": 2})
    row = {**ROWS["screening"], "id": 2, "misuse_vector": None, "decision": decision}
    if is_stored:
        insert(rows, "screening", row)
    else:
        with pytest.raises(sqlite3.IntegrityError, match="ck_screening_decided_for_a_vector"):
            insert(rows, "screening", row)


def test_a_name_stands_once_but_a_body_may_share_it(rows: sqlite3.Connection) -> None:
    insert(rows, "authors", {**ROWS["authors"], "id": 2, "is_corporate": 1})
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        insert(rows, "authors", {**ROWS["authors"], "id": 3})


def test_a_build_has_one_row(rows: sqlite3.Connection) -> None:
    row: dict[str, Any] = {"data_version": "0", "data_date": "2024-01-01", "package_version": "0"}
    row |= {"program_version": "0", "studies": 0, "found_studies": 0, "coded_studies": 0}
    row |= {"coders": 0, "codings": 0, "judgements": 0, "warnings": 0}
    insert(rows, "build", {"id": 1, **row})
    with pytest.raises(sqlite3.IntegrityError, match="ck_build_one_row"):
        insert(rows, "build", {"id": 2, **row})


def test_a_table_class_does_not_validate_which_is_why_the_database_does() -> None:
    assert tables.Study(year="never").year == "never"


NAMES = {
    "PrimaryKeyConstraint": r"pk_{table}",
    "ForeignKeyConstraint": r"fk_{table}_\w+",
    "UniqueConstraint": r"uq_{table}_\w+",
    "CheckConstraint": r"ck_{table}_\w+",
}


@pytest.mark.parametrize("table", tables.TABLES, ids=tables.table_name)
def test_every_constraint_and_index_is_named_by_the_convention(table: type[SQLModel]) -> None:
    model = table.__table__
    # Unnamed constraints get their names when the table is written out.
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        SQLModel.metadata.create_all(connection)
        written = inspect(connection)
        names = [written.get_pk_constraint(model.name)["name"]]
        names += [key["name"] for key in written.get_foreign_keys(model.name)]
        names += [key["name"] for key in written.get_unique_constraints(model.name)]
        names += [key["name"] for key in written.get_check_constraints(model.name)]
    engine.dispose()
    patterns = [NAMES[type(c).__name__].format(table=model.name) for c in model.constraints]
    assert len(names) == len(patterns)
    assert len(set(names)) == len(names)
    for name in names:
        assert any(re.fullmatch(pattern, name or "") for pattern in patterns), name
    for index in model.indexes:
        assert re.fullmatch(rf"ix_{model.name}_\w+", index.name)


def test_tables_stand_after_those_they_refer_to_and_none_is_forgotten() -> None:
    names = [tables.table_name(table) for table in tables.TABLES]
    assert sorted(names) == sorted(SQLModel.metadata.tables)
    for table in tables.TABLES:
        before = names[: names.index(tables.table_name(table))]
        for key in table.__table__.foreign_keys:
            is_itself = key.column.table is table.__table__  # a version names its work
            assert is_itself or key.column.table.name in before


def test_a_column_is_described_by_the_text_nearest_to_it() -> None:
    judgement = tables.describe_fields(tables.Judgement)
    assert judgement["citekey"] == "The study."  # redeclared as a key, described by the record
    assert judgement["confidence"] == "How sure the coder is."
    assert tables.describe_fields(tables.Author)["id"] == "Number of the name in this build."


@pytest.mark.parametrize("table", tables.TABLES, ids=tables.table_name)
def test_every_column_is_described(table: type[SQLModel]) -> None:
    assert list(tables.describe_fields(table)) == [c.name for c in table.__table__.columns]
    assert table.__doc__
