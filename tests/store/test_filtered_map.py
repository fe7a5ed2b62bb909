"""A filtered map is the map of the sheets without what the filter leaves out."""

import sqlite3
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from view_cases import CODINGS, KINDS, LEVELS, STUDIES, Codings, Screening, included, put

from marginal_risk.publish.paging import take_part
from marginal_risk.publish.queries import narrowed_views
from marginal_risk.publish.queries.coverage import (
    Coverage,
    read_coded_studies,
    read_layers,
    read_whole,
)
from marginal_risk.publish.queries.filters import COUNTED, WITH_PROVISIONAL, MapFilter
from marginal_risk.publish.queries.reasons import Reason, read_explained_map
from marginal_risk.publish.queries.vocabulary import read_vocabulary

YEARS = st.none() | st.sampled_from(sorted(set(STUDIES.values())))
FILTERS = st.builds(
    MapFilter,
    levels=st.sets(st.sampled_from(LEVELS)).map(tuple),
    coders=st.sets(st.sampled_from([*KINDS])).map(tuple),
    confidence=st.sampled_from(["", "high", "low"]),
    first_year=YEARS,
    last_year=YEARS,
    layer=st.sampled_from([COUNTED, WITH_PROVISIONAL]),
)


def leave(codings: Codings, chosen: MapFilter) -> Codings:
    """Return the codings that a filter keeps, with the judgements that it keeps."""
    left = {}
    for unit, levels in codings.items():
        year = STUDIES[unit[0]]
        if not (chosen.first_year or year) <= year <= (chosen.last_year or year):
            continue
        if chosen.coders and unit[2] not in chosen.coders:
            continue
        kept = {
            step: (level, confidence)
            for step, (level, confidence) in levels.items()
            if (not chosen.levels or level in chosen.levels)
            and (not chosen.confidence or confidence == chosen.confidence)
        }
        if kept or not (chosen.levels or chosen.confidence):
            left[unit] = kept
    return left


def read(
    connection: sqlite3.Connection, codings: Codings, decided: Screening, chosen: MapFilter
) -> tuple[Coverage, dict[tuple[str, str], list[Reason]], list[object]]:
    """Return the map of these sheets, its reasons and its rows, study by study."""
    connection.row_factory = sqlite3.Row
    try:
        put(connection, codings, decided)
        whole = read_whole(connection, read_vocabulary(connection), chosen.layer)
        coverage, reasons = read_explained_map(connection, whole, chosen)
        part = take_part(coverage.codings, "1", str, 100)
        return coverage, reasons, read_coded_studies(connection, coverage, chosen, part)
    finally:
        connection.row_factory = None
        connection.rollback()


@pytest.mark.parametrize("few", [-1, 2_000], ids=["all_settled_anew", "few_settled_anew"])
@given(codings=CODINGS, chosen=FILTERS)
@settings(max_examples=300)
def test_a_filter_counts_as_if_the_rest_had_never_been_coded(
    codebook: sqlite3.Connection, few: int, codings: Codings, chosen: MapFilter
) -> None:
    decided = included(codings)
    with patch.object(narrowed_views, "_FEW", few):
        found, reasons, rows = read(codebook, codings, decided, chosen)
    expected = read(codebook, leave(codings, chosen), decided, MapFilter(layer=chosen.layer))
    no_match = {key for key, cell in found.cells.items() if cell.state == "no_match"}
    assert {key: cell for key, cell in found.cells.items() if key not in no_match} == {
        key: cell for key, cell in expected[0].cells.items() if key not in no_match
    }
    for key in no_match:
        cell = found.cells[key]
        assert replace(cell, state="", gap_kind="") == replace(
            expected[0].cells[key], state="", gap_kind=""
        )
        assert cell.judged == 0
    counts = [
        (coverage.coded, coverage.complete, coverage.single_coder, coverage.codings)
        for coverage in (found, expected[0])
    ]
    assert counts[0] == counts[1]
    assert reasons == expected[1]
    assert [
        replace(row, levels={s: None if v == "no_match" else v for s, v in row.levels.items()})
        for row in rows
    ] == expected[2]


@given(CODINGS)
@settings(max_examples=50)
def test_the_layers_are_what_each_is_by_itself(
    codebook: sqlite3.Connection, codings: Codings
) -> None:
    codebook.row_factory = sqlite3.Row
    try:
        put(codebook, codings)
        vocabulary = read_vocabulary(codebook)
        assert read_layers(codebook, vocabulary) == {
            layer: read_whole(codebook, vocabulary, layer) for layer in (COUNTED, WITH_PROVISIONAL)
        }
    finally:
        codebook.row_factory = None
        codebook.rollback()
