"""The filter of the map: from an address and back, and what it leaves."""

import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest
from datasette.app import Datasette
from datasette.utils.asgi import Request
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.queries import evidence
from marginal_risk.publish.queries.coverage import read_coverage, read_whole
from marginal_risk.publish.queries.filters import MapFilter, match_expression, read_filter
from marginal_risk.publish.server import open_site
from marginal_risk.store.database import build_database
from places import ROOT

CODEBOOK = SimpleNamespace(
    vectors=dict.fromkeys(["alpha", "beta"]),
    steps=dict.fromkeys(["one", "two"]),
    states=dict.fromkeys(["addressed", "partial", "absent", "contested", "not_coded", "no_study"]),
)
CODERS = ["ann", "bob"]


def request(query: str) -> Request:
    return Request.fake(f"/{query}")


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
)


@given(filters)
def test_a_filter_written_to_an_address_is_read_back_the_same(wanted: MapFilter) -> None:
    found, notices = read_filter(request(wanted.query()), CODEBOOK, CODERS)
    assert found == wanted
    assert notices == []


@given(st.text(max_size=100))
def test_any_query_is_read_and_what_is_unknown_is_said(text: str) -> None:
    found, notices = read_filter(request("?vector=nope&from=" + "%20" * len(text)), CODEBOOK, [])
    assert not found
    assert notices == ["“nope” is not a misuse vector, and was left out of the filter."]


def test_years_must_be_years() -> None:
    found, notices = read_filter(request("?from=20x3&to=2023"), CODEBOOK, CODERS)
    assert (found.first_year, found.last_year) == (None, 2023)
    assert notices == ["“20x3” is not a year, and was left out of the filter."]


@pytest.fixture
async def database(tmp_path: Path):
    output = tmp_path / "evidence.db"
    build_database(read_corpus(ROOT / "data"), output)
    site = open_site(output, ROOT / "datasette.yml")
    await site.invoke_startup()
    yield site.get_database("evidence")
    site.close()


async def states(database, map_filter: MapFilter, step: str) -> dict[str, str]:
    codebook = await evidence.read_codebook(database)
    coverage = await read_coverage(database, await read_whole(database, codebook), map_filter)
    return {v: cell.state for (v, s), cell in coverage.cells.items() if s == step}


async def test_an_empty_filter_leaves_what_the_view_says(database: Datasette) -> None:
    rows = await evidence.rows(database, "select misuse_vector, step, state from coverage_matrix")
    codebook = await evidence.read_codebook(database)
    coverage = await read_coverage(database, await read_whole(database, codebook), MapFilter())
    assert {(v, s, cell.state) for (v, s), cell in coverage.cells.items()} == {
        tuple(row) for row in rows
    }


async def test_what_only_the_filter_empties_says_no_match_not_not_coded(database) -> None:
    found = await states(database, MapFilter(first_year=2020), "existing_risk")
    assert found["voice_cloning"] == "no_match"  # its one study is of 2019
    assert found["csam"] == "addressed"
    found = await states(database, MapFilter(levels=("addressed",)), "existing_risk")
    assert found == {
        **dict.fromkeys(found, "no_match"),
        "csam": "addressed",
    }


async def test_words_are_searched_in_titles_authors_and_reasons(database) -> None:
    codebook = await evidence.read_codebook(database)

    async def found(text: str) -> set[str]:
        coverage = await read_coverage(
            database, await read_whole(database, codebook), MapFilter(text=text)
        )
        return {study.citekey for study in coverage.studies}

    assert await found("undressing") == {"lakatos2023"}
    assert await found("Esvelt") == {"gopal2023"}
    assert await found("bug bounties") == {"seger2023"}
    assert await found("hEigeartaigh") == {"seger2023"}
    assert await found("nothing of the kind") == set()


async def test_a_confidence_leaves_only_its_judgements(database) -> None:
    codebook = await evidence.read_codebook(database)
    coverage = await read_coverage(
        database, await read_whole(database, codebook), MapFilter(confidence="low")
    )
    left = {
        (study.citekey, step)
        for study in coverage.studies
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


async def test_vectors_and_steps_choose_rows_and_columns(database) -> None:
    codebook = await evidence.read_codebook(database)
    chosen = MapFilter(vectors=("csam", "ncii"), steps=("existing_risk",))
    coverage = await read_coverage(database, await read_whole(database, codebook), chosen)
    assert set(coverage.cells) == {("ncii", "existing_risk"), ("csam", "existing_risk")}
    assert [study.citekey for study in coverage.studies] == ["lakatos2023", "thiel2023"]


@given(text=st.text(max_size=80))
def test_no_text_is_syntax_of_the_search(text: str) -> None:
    expression = match_expression(text)
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table t using fts5(x)")
    if expression:
        connection.execute("select * from t where t match ?", [expression]).fetchall()
    connection.close()
