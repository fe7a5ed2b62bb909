"""What one state of the data says, as tables of rows with keys: what two states are compared by.

The rows come from the tables and views of a built database, so that a change is counted by the
same SQL that counts the map.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from marginal_risk.contribute.changes.queries import KEYS, PLACED, QUERIES, Query
from marginal_risk.publish.queries import open_database
from marginal_risk.publish.queries.coverage import read_whole
from marginal_risk.publish.queries.evidence import read_vocabulary
from marginal_risk.publish.sentences import headline
from marginal_risk.read.bibliography.canonical_bibtex import canonical_bibtex
from marginal_risk.records import VOCABULARIES

Row: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = dict[Key, Row]


@dataclass(frozen=True)
class Snapshot:
    """One state of the data."""

    name: str
    """The directory or the revision, as it was typed."""
    commit: str | None
    """The commit, where it is a revision."""
    data_version: str
    """Hash of the files it was read from."""
    tables: dict[str, Rows]
    """Rows by table and key."""
    names: dict[str, dict[str, str]]
    """What readers call a vector, step, state, ...: by kind and slug."""


def read_snapshot(database: Path, name: str, commit: str | None = None) -> Snapshot:
    """Return what a built database says, under the name that the user gave it."""
    with closing(open_database(database)) as connection:
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
        query = Query(("slug",), f"select * from {vocabulary.table} order by position", PLACED)  # noqa: S608
        terms |= {(section, *key): row for key, row in _ask(connection, query).items()}
    return terms


def _complete_studies(connection: sqlite3.Connection, studies: Rows) -> None:
    """Add the people; of the BibTeX, keep what its canonical form says."""
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
        # A cell's state is a level, or what stands in the way of one.
        "states": {**called("gap_kinds"), **called("levels")},
        "studies": pairs("select citekey, short_citation from studies"),
        "coders": pairs("select coder, name from coders"),
    }


def _read_sentences(connection: sqlite3.Connection) -> Rows:
    """Return the sentences of the site's first page, by what each is about."""
    sentences = headline(read_whole(connection, read_vocabulary(connection)))
    return {(sentence.state,): {"text": sentence.text} for sentence in sentences}
