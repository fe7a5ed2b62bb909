"""Every view on any small set of sheets, held against an oracle without SQL."""

import sqlite3
from collections import Counter

from hypothesis import given, settings
from view_cases import CODINGS, DECISIONS_BY_STUDY, Codings, Screening, included, put
from view_oracle import Oracle

from marginal_risk.store.views import VIEWS

# The layers of provisional codings, comparisons and checks: test_views_layers holds these by hand;
# the names, test_people; what screeners decided, contribute/test_screening.
BY_HAND = {
    "codings_by_layer",
    "comparison_matrix",
    "comparison_matrix_by_layer",
    "comparisons_by_layer",
    "coverage_by_layer",
    "identification",
    "judgement_pairs",
    "judgements_by_layer",
    "levels_by_layer",
    "named_comparators",
    "next_to_check",
    "people_by_study",
    "rechecked_codings",
    "rules_by_version",
    "screening_conflicts",
    "similar_names",
    "studies_by_layer",
    "study_coverage_by_layer",
    "waiting_candidates",
}


@given(CODINGS, DECISIONS_BY_STUDY)
@settings(max_examples=400)
def test_the_views_say_what_the_sheets_say(
    codebook: sqlite3.Connection, codings: Codings, decisions: dict[str, Screening]
) -> None:
    decided = {(citekey, *to): d for citekey, said in decisions.items() for to, d in said.items()}
    oracle = Oracle(codings, {**included(codings), **decided})
    try:
        put(codebook, codings, decided)
        for view in sorted(set(VIEWS) - BY_HAND):
            found = codebook.execute(f"select * from {view}").fetchall()
            assert Counter(found) == Counter(getattr(oracle, view)()), view
    finally:
        codebook.rollback()
