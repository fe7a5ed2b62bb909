"""The canonical text of each data file, in one order, so that a diff shows only real changes."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from marginal_risk.check.corpus import Corpus
from marginal_risk.read.bibliography.canonical_bibtex import canonical_bibtex
from marginal_risk.read.coding_sheets import (
    CODERS_COLUMNS,
    COMPARISONS_COLUMNS,
    DECISIONS_COLUMNS,
    PEOPLE_COLUMNS,
    RATIONALES_COLUMNS,
    RENAMED_COLUMNS,
    SCREENING_COLUMNS,
    SEARCHES_COLUMNS,
    SETTLES,
    studies_columns,
)
from marginal_risk.read.encoding import decode_bibtex, state_utf8
from marginal_risk.read.files import input_paths
from marginal_risk.records import STAGES, Record
from marginal_risk.rows import CodingKey, DecisionValues, Records, ScreeningValues


def canonical_files(corpus: Corpus) -> Iterator[tuple[Path, str]]:
    """Yield every file of the data with its canonical text, to be written as UTF-8.

    No value is changed. The codebook is not among the files: it keeps its own order.
    """
    for name, text in canonical_sheets(corpus.records):
        yield corpus.data_dir / name, text
    for path in input_paths(corpus.data_dir):
        if path.suffix == ".bib":
            bibtex = decode_bibtex(path.read_bytes(), str(path)).text
            if bibtex is not None:
                yield path, canonical_bibtex(state_utf8(bibtex))


def canonical_sheets(records: Records) -> Iterator[tuple[str, str]]:
    """Yield the file name and the canonical text of each sheet.

    Rows are sorted by study, then by vector and step in the order of the codebook, then by coder;
    comparisons after that by comparator, decisions by stage, and searches by day. A word that the
    codebook lacks comes first.
    """
    vectors: dict[str | None, int] = {None: 0}
    vectors |= {vector.slug: vector.position for vector in records.codebook.misuse_vectors}
    steps = {step.slug: step.position for step in records.codebook.steps}
    comparators = {term.slug: term.position for term in records.codebook.comparators}
    examined = {term.slug: term.position for term in records.codebook.examined}
    findings = {term.slug: term.position for term in records.codebook.findings}

    def place(key: CodingKey) -> tuple[str, int, str]:
        return key.citekey, vectors.get(key.misuse_vector, 0), key.coder

    codings = sorted(records.codings, key=lambda row: place(row.key))
    yield (
        "studies.csv",
        _csv(
            studies_columns(list(steps)),
            (
                [
                    *(*row.key, row.coded_on, *map(row.levels.get, steps)),
                    *(row.codebook, row.version_read, row.read),
                    *(" ".join(row.started_from), row.note),
                ]
                for row in codings
            ),
        ),
    )
    reasons = sorted(records.rationales, key=lambda row: (*place(row.key), steps.get(row.step, 0)))
    yield (
        "rationales.csv",
        _csv(
            RATIONALES_COLUMNS,
            (
                [*row.key, row.step, row.confidence, row.locator, row.source, row.rationale]
                for row in reasons
            ),
        ),
    )
    comparisons = sorted(
        records.comparisons,
        key=lambda one: (
            *place(one.key),
            comparators.get(one.comparator, 0),
            *(examined.get(one.examined, 0), findings.get(one.finding, 0)),
            *(one.locator, one.note or ""),
        ),
    )
    yield "comparisons.csv", _csv(COMPARISONS_COLUMNS, ([*r.key, *r[1:-1]] for r in comparisons))
    coders = sorted((row.record for row in records.coders), key=lambda coder: coder.coder)
    yield "coders.csv", _csv_of(CODERS_COLUMNS, coders)
    screening = sorted(
        (row.record for row in records.screening),
        key=lambda record: (record.citekey, vectors.get(record.misuse_vector, 0)),
    )
    yield (
        "screening.csv",
        _csv(
            SCREENING_COLUMNS,
            (
                [screening_cells(record)[column] for column in SCREENING_COLUMNS]
                for record in screening
            ),
        ),
    )
    decisions = sorted(
        (row.record for row in records.decisions),
        key=lambda one: (
            one.citekey,
            vectors.get(one.misuse_vector, 0),
            STAGES.index(one.stage) if one.stage in STAGES else -1,
            one.settles,
            one.screener,
        ),
    )
    yield "decisions.csv", _csv(DECISIONS_COLUMNS, map(_decision_cells, decisions))
    searches = sorted(
        (row.record for row in records.searches),
        key=lambda search: (search.searched_on, search.source, search.query),
    )
    yield "searches.csv", _csv_of(SEARCHES_COLUMNS, searches)
    people = sorted((row.record for row in records.people), key=lambda one: (one.name, one.person))
    yield "people.csv", _csv_of(PEOPLE_COLUMNS, people)
    renamed = sorted((row.record for row in records.renamed), key=lambda one: one.old_citekey)
    yield "renamed.csv", _csv_of(RENAMED_COLUMNS, renamed)


def screening_cells(record: ScreeningValues) -> dict[str, str]:
    """Return the row of screening.csv for a record, each cell by its column."""
    reason = " ".join(filter(None, (record.reason, record.other_study)))
    cells = {**record._asdict(), "reason": reason}
    return {column: cells[column] or "" for column in SCREENING_COLUMNS}


def _decision_cells(record: DecisionValues) -> list[str]:
    """Return the row of decisions.csv for a record."""
    reason = " ".join(filter(None, (record.reason, record.other_study)))
    settles = SETTLES if record.settles else ""
    cells = {**record._asdict(), "reason": reason, "settles": settles}
    return [cells[column] or "" for column in DECISIONS_COLUMNS]


def is_changed(path: Path, text: str) -> bool:
    """Tell whether a file is to be written for it to hold this text."""
    return not path.exists() or path.read_bytes() != text.encode()


def _csv_of(columns: Sequence[str], records: Iterable[Record]) -> str:
    """Return CSV of records whose fields are its columns."""
    return _csv(columns, ([getattr(record, name) for name in columns] for record in records))


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV with quotes only where they are needed, and lines that end in a line feed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
