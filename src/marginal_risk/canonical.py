"""The one order and form of the data files, so that a diff shows only what changed."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from marginal_risk.bibliography.canonical import canonical_bibtex
from marginal_risk.coding import CODERS_COLUMNS, RATIONALES_COLUMNS, studies_columns
from marginal_risk.corpus import Corpus, input_paths


def canonical_files(corpus: Corpus) -> Iterator[tuple[Path, str]]:
    """Yield every file that has a canonical form, with its text in that form.

    Rows are sorted by study, then by vector and step in the codebook's order, then by coder;
    entries by key. No value is changed. The codebook keeps its own order.
    """
    records = corpus.records
    vectors = {vector.slug: vector.position for vector in records.codebook.misuse_vectors}
    steps = {step.slug: step.position for step in records.codebook.steps}
    codings = sorted(
        records.codings,
        key=lambda row: (row.key.citekey, vectors[row.key.misuse_vector], row.key.coder),
    )
    rationales = sorted(
        records.rationales,
        key=lambda row: (
            row.key.citekey,
            vectors[row.key.misuse_vector],
            row.key.coder,
            steps[row.step],
        ),
    )
    coders = sorted(records.coders, key=lambda row: row.record.coder)
    yield (
        corpus.data_dir / "studies.csv",
        _csv(
            studies_columns(list(steps)),
            (
                [*row.key, row.coding.coded_on, *map(row.levels.get, steps), row.coding.note]
                for row in codings
            ),
        ),
    )
    yield (
        corpus.data_dir / "rationales.csv",
        _csv(
            RATIONALES_COLUMNS,
            (
                [*row.key, row.step, row.confidence, row.locator, row.source, row.rationale]
                for row in rationales
            ),
        ),
    )
    yield (
        corpus.data_dir / "coders.csv",
        _csv(
            CODERS_COLUMNS,
            ([getattr(row.record, column) for column in CODERS_COLUMNS] for row in coders),
        ),
    )
    for path in input_paths(corpus.data_dir):
        if path.suffix == ".bib":
            yield path, canonical_bibtex(path.read_text(encoding="utf-8"))


def write_file(path: Path, text: str) -> None:
    """Replace a file in one step, so that no reader and no crash sees half of it."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """Return CSV with a quote only where one is needed, and a line feed at every end."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
