"""Databases that several tests of the views read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from view_cases import (
    DECISIONS,
    GAP_KINDS,
    KINDS,
    LEVELS,
    MARGINAL,
    REASONS,
    STEPS,
    STUDIES,
    STUDY_TYPES,
    VECTORS,
)

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database, create_tables, open_engine
from marginal_risk.store.views import create_views


@pytest.fixture(scope="session")
def published(
    paper_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("published") / "evidence.db"
    build_database(read_corpus(paper_data), path)
    with closing(sqlite3.connect(path)) as connection:
        yield connection


@pytest.fixture(scope="session")
def codebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A database with a codebook, coders, studies and views, but no codings."""
    path = tmp_path_factory.mktemp("views") / "small.db"
    with open_engine(path).connect() as connection:
        create_tables(connection)
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
            "insert into exclusion_reasons (slug, name, definition, position, names_study, stage)"
            " values (?, 'A name', 'A text', ?, 0, 'title')",
            [(slug, position) for position, slug in enumerate(REASONS, start=1)],
        )
        raw.executemany(
            "insert into steps (slug, name, definition, position, full_name, question,"
            " is_marginal_risk) values (?, 'A name', 'A text', ?, 'A name', ?, ?)",
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


@pytest.fixture
def small(codebook: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    yield codebook
    codebook.rollback()
