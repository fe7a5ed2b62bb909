"""What is asked of the database of each state: rows with keys, from its tables and views."""

from typing import NamedTuple


class Query(NamedTuple):
    """What is asked for a table of the snapshot."""

    key: tuple[str, ...]
    """The columns that tell its rows apart."""
    sql: str
    left_out: frozenset[str] = frozenset()
    """Columns that follow from others, or from where a row stands in its file."""


PLACED = frozenset({"position", "rank"})
"""Columns of a term that say where it stands in the codebook."""
_CODING = ("citekey", "misuse_vector", "coder")
QUERIES = {
    "counts": Query(
        ("count",),
        """
        select 'studies in the bibliography' as count, count(*) as number from studies
        union all select 'studies found', found from screening_flow where misuse_vector is null
        union all select 'candidates', candidates from screening_flow where misuse_vector is null
        union all select 'excluded', excluded from screening_flow where misuse_vector is null
        union all select 'included', included from screening_flow where misuse_vector is null
        union all select 'coded', coded from screening_flow where misuse_vector is null
        union all select 'coded twice', coded_twice from screening_flow
            where misuse_vector is null
        union all select 'withdrawn', withdrawn from screening_flow where misuse_vector is null
        union all select 'codings', count(*) from codings
        union all select 'judgements', count(*) from judgements
        union all select 'gaps', count(*) from gaps
        union all select 'gaps in the literature', count(*) from gaps where gap_in = 'literature'
        union all select 'gaps in our reading', count(*) from gaps where gap_in = 'reading'
        """,
    ),
    "cells": Query(
        ("misuse_vector", "step"),
        """
        select m.misuse_vector, m.step, m.state
        from coverage_matrix m
        join vectors v on v.slug = m.misuse_vector
        join steps s on s.slug = m.step
        order by v.position, s.position
        """,
    ),
    "gaps": Query(
        ("misuse_vector", "step"),
        "select misuse_vector, step, gap_kind, gap_in from gaps order by priority",
    ),
    "studies": Query(
        ("citekey",),
        "select * from studies order by citekey",
        frozenset({"short_citation", "year", "reference", "bib_file", "bib_line"}),
    ),
    "screening": Query(
        ("citekey", "misuse_vector"),
        "select * from screening order by citekey, misuse_vector",
        frozenset({"id"}),
    ),
    "codings": Query(
        _CODING,
        "select * from codings order by citekey, misuse_vector, coder",
        frozenset({"changed_on"}),
    ),
    "judgements": Query(
        (*_CODING, "step"),
        """
        select j.*
        from judgements j
        join steps s on s.slug = j.step
        order by j.citekey, j.misuse_vector, j.coder, s.position
        """,
    ),
    "coders": Query(("coder",), "select * from coders order by coder", frozenset({"publication"})),
    "searches": Query(
        ("searched_on", "source", "query", "repeat"),
        """
        select searches.*, row_number() over (
            partition by searched_on, source, query order by hits, searched_by, note
        ) as repeat
        from searches
        order by searched_on, source, query, repeat
        """,
        frozenset({"id"}),
    ),
    "agreement": Query(
        ("scope", "step", "misuse_vector", "coder", "other_coder"),
        # Where no two coders judged the same, there is no figure.
        "select * from agreement where pairs > 0 order by id",
        frozenset({"id"}),
    ),
    "coding_rules": Query(("step", "level"), "select * from coding_rules order by step, level"),
}


KEYS: dict[str, tuple[str, ...]] = {
    "sentences": ("about",),
    **{name: query.key for name, query in QUERIES.items()},
    "terms": ("section", "slug"),
}
"""The columns of each table's key, in the order of the tables."""
