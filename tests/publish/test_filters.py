"""The filter of the map: from an address and back, and what it leaves."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.publish.paging import take_part
from marginal_risk.publish.queries import open_database
from marginal_risk.publish.queries.coverage import (
    CodedStudy,
    read_coded_studies,
    read_map_cells,
    read_whole,
)
from marginal_risk.publish.queries.filters import MapFilter, match_expression, read_filter
from marginal_risk.publish.queries.vocabulary import read_vocabulary
from pages import build
from places import FROZEN

CODEBOOK = SimpleNamespace(
    vectors=dict.fromkeys(["alpha", "beta"]),
    steps=dict.fromkeys(["one", "two"]),
    states=dict.fromkeys(["addressed", "partial", "absent", "contested", "not_coded", "no_study"]),
)
CODERS = ["ann", "bob"]


def parameters(query: str) -> dict[str, list[str]]:
    return parse_qs(query.removeprefix("?"), keep_blank_values=True)


def subsets(*words: str):
    return st.sets(st.sampled_from(words)).map(
        lambda chosen: tuple(w for w in words if w in chosen)
    )


filters = st.builds(
    MapFilter,
    vectors=subsets("alpha", "beta"),
    steps=subsets("one", "two"),
    levels=subsets("addressed", "partial", "absent"),
    coders=subsets("ann", "bob"),
    confidence=st.sampled_from(["", "high", "low"]),
    first_year=st.none() | st.integers(1000, 9999),
    last_year=st.none() | st.integers(1000, 9999),
    text=st.text(min_size=1, max_size=60)
    .map(lambda t: " ".join(t.split()))
    .filter(match_expression)
    | st.just(""),
).filter(lambda f: not (f.first_year and f.last_year and f.first_year > f.last_year))


@given(filters)
def test_a_filter_written_to_an_address_is_read_back_the_same(wanted: MapFilter) -> None:
    found, notices = read_filter(parameters(wanted.query()), CODEBOOK, CODERS)
    assert found == wanted
    assert notices == []


@given(st.text(max_size=100))
def test_any_query_is_read_and_what_is_unknown_is_said(text: str) -> None:
    found, notices = read_filter(parameters("?vector=nope&from=" + "%20" * len(text)), CODEBOOK, [])
    assert not found
    assert notices == ["“nope” is not a misuse vector, and was left out of the filter."]


def test_years_in_the_wrong_order_are_said() -> None:
    found, notices = read_filter(parameters("?from=2025&to=2020&q=calls"), CODEBOOK, CODERS)
    assert found == MapFilter(text="calls")
    assert notices == ["No year is from 2025 and up to 2020; both were left out of the filter."]
    found, notices = read_filter(parameters("?from=2020&to=2020"), CODEBOOK, CODERS)
    assert (found.first_year, found.last_year, notices) == (2020, 2020, [])


def test_years_must_be_years() -> None:
    found, notices = read_filter(parameters("?from=20x3&to=2023"), CODEBOOK, CODERS)
    assert (found.first_year, found.last_year) == (None, 2023)
    assert notices == ["“20x3” is not a year, and was left out of the filter."]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(build(FROZEN, tmp_path))) as connection:
        yield connection


def states(connection, map_filter: MapFilter, step: str) -> dict[str, str]:
    vocabulary = read_vocabulary(connection)
    coverage = read_map_cells(connection, read_whole(connection, vocabulary), map_filter)
    return {v: cell.state for (v, s), cell in coverage.cells.items() if s == step}


def studies(connection, map_filter: MapFilter) -> list[CodedStudy]:
    whole = read_whole(connection, read_vocabulary(connection))
    coverage = read_map_cells(connection, whole, map_filter)
    found = read_coded_studies(
        connection, coverage, map_filter, take_part(coverage.codings, "1", str)
    )
    assert len(found) == coverage.codings
    return found


def test_an_empty_filter_leaves_what_the_view_says(connection: sqlite3.Connection) -> None:
    rows = connection.execute("select misuse_vector, step, state from coverage_matrix")
    vocabulary = read_vocabulary(connection)
    coverage = read_map_cells(connection, read_whole(connection, vocabulary), MapFilter())
    assert {(v, s, cell.state) for (v, s), cell in coverage.cells.items()} == {
        tuple(row) for row in rows
    }


def test_what_only_the_filter_empties_says_no_match_not_not_coded(connection) -> None:
    found = states(connection, MapFilter(first_year=2020), "existing_risk")
    assert found["voice_cloning"] == "no_match"  # its one study is of 2019
    assert found["csam"] == "addressed"
    found = states(connection, MapFilter(levels=("addressed",)), "existing_risk")
    assert found == {
        **dict.fromkeys(found, "no_match"),
        "csam": "addressed",
    }


def test_words_are_searched_in_titles_authors_and_reasons(connection) -> None:
    def found(text: str) -> set[str]:
        return {study.citekey for study in studies(connection, MapFilter(text=text))}

    assert found("undressing") == {"lakatos2023"}
    assert found("Esvelt") == {"gopal2023"}
    assert found("bug bounties") == {"seger2023"}
    assert found("hEigeartaigh") == {"seger2023"}
    assert found("nothing of the kind") == set()


def test_a_confidence_leaves_only_its_judgements(connection) -> None:
    left = {
        (study.citekey, step)
        for study in studies(connection, MapFilter(confidence="low"))
        for step, level in study.levels.items()
        if level != "no_match"
    }
    assert left == {
        ("hazell2023", "existing_defenses"),
        ("seger2023", "uncertainty_assumptions"),
        ("musser2023", "existing_defenses"),
        ("gopal2023", "ease_of_defense"),
        ("lakatos2023", "ease_of_defense"),
    }


def test_vectors_and_steps_choose_rows_and_columns(connection) -> None:
    vocabulary = read_vocabulary(connection)
    chosen = MapFilter(vectors=("csam", "ncii"), steps=("existing_risk",))
    coverage = read_map_cells(connection, read_whole(connection, vocabulary), chosen)
    assert set(coverage.cells) == {("ncii", "existing_risk"), ("csam", "existing_risk")}
    assert [study.citekey for study in studies(connection, chosen)] == ["lakatos2023", "thiel2023"]


@given(text=st.text(max_size=80))
def test_no_text_is_syntax_of_the_search(text: str) -> None:
    expression = match_expression(text)
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table t using fts5(x)")
    if expression:
        connection.execute("select * from t where t match ?", [expression]).fetchall()
    connection.close()
