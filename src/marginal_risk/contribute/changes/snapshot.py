"""One state of the data, as tables of rows with keys, ready to be compared with another.

The rows come from the tables and views of a built database: the SQL that counts the map also
counts a change.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote

from marginal_risk.publish.queries.coverage import read_whole
from marginal_risk.publish.queries.vocabulary import read_vocabulary
from marginal_risk.publish.sentences import headline
from marginal_risk.read.bibliography.canonical_bibtex import canonical_bibtex
from marginal_risk.records import VOCABULARIES

RESOLVERS = {"doi": "https://doi.org/", "arxiv_id": "https://arxiv.org/abs/"}
"""Where the identifiers of a study lead."""

Row: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = dict[Key, Row]


class Query(NamedTuple):
    """The query for a table of the snapshot."""

    key: tuple[str, ...]
    """The columns that identify a row."""
    sql: str
    left_out: frozenset[str] = frozenset()
    """Columns to leave out: they follow from others, or from the place of a row in its file."""


_PLACE_COLUMNS = frozenset({"position", "rank"})
"""Columns of a term that give its place in the codebook."""
_CODING = ("citekey", "misuse_vector", "coder")
_COMPARED = ("comparator", "examined", "finding", "locator")
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
        """
        select g.*, coalesce((
            select group_concat(started_from, ' ') from (
                select s.started_from from coding_starts s
                where s.citekey = g.citekey and s.misuse_vector = g.misuse_vector
                    and s.coder = g.coder
                order by s.started_from
            )
        ), '') as started_from
        from codings g
        order by g.citekey, g.misuse_vector, g.coder
        """,
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
    "comparisons": Query(
        (*_CODING, *_COMPARED, "repeat"),
        """
        select comparisons.*, row_number() over (
            partition by citekey, misuse_vector, coder, comparator, examined, finding, locator
            order by property, note
        ) as repeat
        from comparisons
        order by citekey, misuse_vector, coder, comparator, examined, finding, locator, repeat
        """,
        frozenset({"id"}),
    ),
    "coders": Query(("coder",), "select * from coders order by coder", frozenset({"publication"})),
    "people": Query(("name", "person"), "select * from people order by name, person"),
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
        # Where no two coders judged the same, there is no figure. Machines are counted nowhere.
        "select * from agreement where among = 'independent' and scope <> 'comparator'"
        " and pairs > 0 order by id",
        frozenset({"id", "among", "comparator"}),
    ),
    "coding_rules": Query(("step", "level"), "select * from coding_rules order by step, level"),
}


KEYS: dict[str, tuple[str, ...]] = {
    "sentences": ("about",),
    **{name: query.key for name, query in QUERIES.items()},
    "terms": ("section", "slug"),
}
"""The columns of each table's key, in the order of the tables."""


@dataclass(frozen=True)
class Snapshot:
    """One state of the data."""

    name: str
    """The directory or the revision, as it was typed."""
    commit: str | None
    """The commit, where it is a revision."""
    data_version: str
    """Hash of the files that it was read from."""
    tables: dict[str, Rows]
    """Rows by table and key."""
    names: dict[str, dict[str, str]]
    """The name of each vector, step, state and so on, by kind and slug."""


def read_snapshot(connection: sqlite3.Connection, name: str, commit: str | None = None) -> Snapshot:
    """Return what a built database says, under the name that the user gave it."""
    tables = {table: _ask(connection, query) for table, query in QUERIES.items()}
    tables["terms"] = _read_terms(connection)
    _complete_studies(connection, tables["studies"])
    names = _read_names(connection, tables["terms"])
    version = connection.execute("select data_version from build").fetchone()[0]
    tables["sentences"] = _read_sentences(connection)
    return Snapshot(name, commit, version, {table: tables[table] for table in KEYS}, names)


def _ask(connection: sqlite3.Connection, query: Query) -> Rows:
    return {
        tuple(row[column] for column in query.key): {
            column: row[column]
            for column in row.keys()  # noqa: SIM118  (a Row iterates over its values)
            if column not in query.left_out and column not in query.key
        }
        for row in connection.execute(query.sql)
    }


def _read_terms(connection: sqlite3.Connection) -> Rows:
    terms: Rows = {}
    for section, vocabulary in VOCABULARIES.items():
        sql = f"select * from {vocabulary.table} order by position"  # noqa: S608  (our words)
        query = Query(("slug",), sql, _PLACE_COLUMNS)
        terms |= {(section, *key): row for key, row in _ask(connection, query).items()}
    return terms


def _complete_studies(connection: sqlite3.Connection, studies: Rows) -> None:
    """Add the people, and put the BibTeX into canonical form."""
    for row in studies.values():
        row |= {"authors": "", "editors": "", "bibtex": canonical_bibtex(row["bibtex"])}
    for row in connection.execute(
        "select p.citekey, p.role, a.name from authorships p join authors a on a.id = p.author_id"
        " order by p.citekey, p.role, p.position"
    ):
        study, people = studies[(row["citekey"],)], f"{row['role']}s"
        study[people] = "; ".join(filter(None, (study[people], row["name"])))


def _read_names(connection: sqlite3.Connection, terms: Rows) -> dict[str, dict[str, str]]:
    def called(section: str) -> dict[str, str]:
        return {slug: row["name"] for (where, slug), row in terms.items() if where == section}

    def pairs(sql: str) -> dict[str, str]:
        return dict(map(tuple, connection.execute(sql)))

    return {
        **{section: called(section) for section in VOCABULARIES},
        # A cell's state is a level, or the kind of a gap.
        "states": {**called("gap_kinds"), **called("levels")},
        "studies": pairs("select citekey, short_citation from studies"),
        "coders": pairs("select coder, name from coders"),
        # Where a reviewer asks for the study itself.
        "addresses": {
            citekey: f"{RESOLVERS[resolver]}{quote(identifier, safe='/')}"
            for citekey, resolver, identifier in connection.execute(
                "select citekey, case when doi is null then 'arxiv_id' else 'doi' end,"
                " coalesce(doi, arxiv_id) from studies where coalesce(doi, arxiv_id) is not null"
            )
        },
    }


def _read_sentences(connection: sqlite3.Connection) -> Rows:
    """Return the sentences of the site's first page, by what each is about."""
    sentences = headline(read_whole(connection, read_vocabulary(connection)))
    return {(sentence.state,): {"text": sentence.text} for sentence in sentences}
