"""Checked records -> rows of the tables."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlmodel import SQLModel

from marginal_risk import __version__, tables
from marginal_risk.corpus import Corpus
from marginal_risk.insertion import Row, insert_rows
from marginal_risk.problems import Severity
from marginal_risk.provenance import Provenance, program_version, read_changed_days
from marginal_risk.readings import CodingKey, Person, Progress, Records
from marginal_risk.views import VIEWS, read_view

_AT_A_TIME = 10_000
"""Rows that are in memory as such at one time."""


def load_records(
    connection: Connection, corpus: Corpus, provenance: Provenance, progress: Progress
) -> dict[str, int]:
    """Insert all records of a sound corpus; return the number of rows of each table."""
    counts: dict[str, int] = {}
    for table, rows in _rows(corpus, _changed_days(corpus, provenance)):
        name = tables.table_name(table)
        counts[name] = 0
        remaining = iter(rows)
        while some := list(islice(remaining, _AT_A_TIME)):
            insert_rows(connection, table, some)
            counts[name] += len(some)
            progress(name, counts[name])
    return counts


def _rows(
    corpus: Corpus, days: Mapping[CodingKey, str]
) -> Iterator[tuple[type[SQLModel], Iterable[Row]]]:
    """Yield the rows of each table, after those it refers to."""
    records, codebook = corpus.records, corpus.records.codebook
    yield tables.MisuseVector, _dump(codebook.misuse_vectors)
    yield tables.Step, _dump(codebook.steps)
    yield tables.Level, _dump(codebook.levels)
    yield tables.Confidence, _dump(codebook.confidences)
    yield tables.CoderKind, _dump(codebook.coder_kinds)
    yield tables.GapKind, _dump(codebook.gap_kinds)
    yield tables.CodingRule, _dump(codebook.coding_rules)
    yield tables.Decision, _dump(codebook.decisions)
    yield tables.ExclusionReason, _dump(codebook.exclusion_reasons)
    yield tables.StudyType, _dump(codebook.study_types)
    yield tables.Study, _studies(corpus)
    yield tables.Screening, _numbered(_dump(row.record for row in records.screening))
    yield tables.Search, _numbered(_dump(row.record for row in records.searches))
    names = _number_authors(records)
    yield tables.Author, ({"id": n, **author._asdict()} for author, n in names.values())
    yield tables.Authorship, _authorships(records, names)
    yield tables.Coder, _coders(records)
    yield tables.Coding, _codings(records, days)
    yield tables.Judgement, _dump(records.judgements())


def _dump(made: Iterable[SQLModel]) -> Iterator[Row]:
    """Yield rows of records; making each anew validates what a reader only gathered."""
    for record in made:
        yield type(record).model_validate(record.model_dump()).model_dump()


def _numbered(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        yield {"id": number, **row}


def _studies(corpus: Corpus) -> Iterator[Row]:
    """Yield the works, each after the one it is a version of.

    A file is named from the data directory, wherever that lies.
    """
    files: dict[str, str] = {}
    for reference in corpus.records.references:
        path = reference.study.bib_file
        files[path] = files.get(path) or Path(path).relative_to(corpus.data_dir).as_posix()
    studies = (reference.study for reference in corpus.records.references)
    for study in sorted(studies, key=lambda study: study.version_of is not None):
        yield {**study._asdict(), "bib_file": files[study.bib_file]}


_Names = dict[tuple[str, bool], tuple[Person, int]]


def _number_authors(records: Records) -> _Names:
    """Number the different names in alphabetical order."""
    found: dict[tuple[str, bool], Person] = {}
    for reference in records.references:
        for author in (*reference.authors, *reference.editors):
            found.setdefault((author.name, author.is_corporate), author)
    return {key: (found[key], number) for number, key in enumerate(sorted(found), start=1)}


def _authorships(records: Records, names: _Names) -> Iterator[Row]:
    for reference in records.references:
        people = (("author", reference.authors), ("editor", reference.editors))
        for role, listed in people:
            for position, author in enumerate(listed, start=1):
                yield {
                    "citekey": reference.study.citekey,
                    "role": role,
                    "position": position,
                    "author_id": names[author.name, author.is_corporate][1],
                }


def _coders(records: Records) -> Iterator[Row]:
    """Yield the coders, each after the one who settled it."""
    coders = (row.record for row in records.coders)
    for row in sorted(_dump(coders), key=lambda row: row["settled_by"] is not None):
        yield {**row, "publication": row["coder"] if row["kind"] == "published" else None}


def _codings(records: Records, days: Mapping[CodingKey, str]) -> Iterator[Row]:
    codings = records.codings
    for row, values in zip(codings, _dump(row.coding for row in codings), strict=True):
        yield {**values, "changed_on": days.get(row.key)}


def _changed_days(corpus: Corpus, provenance: Provenance) -> dict[CodingKey, str]:
    """Return the day of the last commit to each coding: to its row, or to one of its reasons."""
    if provenance.git_commit is None:
        return {}
    records = corpus.records
    days: dict[CodingKey, str] = {}
    for name, sheet in (("studies.csv", records.codings), ("rationales.csv", records.rationales)):
        by_line = read_changed_days(corpus.data_dir, name)
        for row in sheet:
            day = by_line.get(row.place.line, "")
            days[row.key] = max(day, days.get(row.key, ""))
    return {key: day for key, day in days.items() if day}


_FOUND = text("select found from screening_flow where misuse_vector is null")
_QUESTIONS = text("select slug, question from steps")


def load_descriptions(connection: Connection) -> None:
    """Store what every table, view and column means; the views must be there."""
    fields: dict[str, str] = {}
    described: list[tuple[str, bool, str, dict[str, str]]] = []
    for table in tables.TABLES:
        own = tables.describe_fields(table)
        fields = {**own, **fields}
        what = " ".join((table.__doc__ or "").split())
        described.append((tables.table_name(table), False, what, own))
    steps = {row.slug: row.question for row in connection.execute(_QUESTIONS)}
    for name in VIEWS:
        view = read_view(name)
        columns = connection.execute(text(f"select * from {name} limit 0")).keys()  # noqa: S608
        own = {c: view.columns.get(c) or fields.get(c) or steps[c] for c in columns}
        described.append((name, True, view.question, own))
    for name, is_view, what, own in described:
        row = {"table_name": name, "is_view": is_view, "description": what}
        insert_rows(connection, tables.TableDescription, [row])
        rows = [{"table_name": name, "column_name": c, "description": d} for c, d in own.items()]
        insert_rows(connection, tables.FieldDescription, rows)


def load_build(
    connection: Connection, corpus: Corpus, provenance: Provenance, counts: dict[str, int]
) -> None:
    """Store the one row about this build; the views must be there."""
    coded = connection.execute(text("select count(distinct citekey) from coded_studies")).scalar()
    found = connection.execute(_FOUND).scalar()
    row = {
        "id": 1,
        "data_version": corpus.data_version,
        "data_date": provenance.data_date,
        "git_commit": provenance.git_commit,
        "package_version": __version__,
        "program_version": program_version(),
        "found_studies": found,
        "coded_studies": coded,
        "warnings": corpus.count(Severity.WARNING),
        **{name: counts[name] for name in ("studies", "coders", "codings", "judgements")},
    }
    insert_rows(connection, tables.Build, [row])


def count_rows(connection: Connection, table: type[SQLModel]) -> int:
    """Return the number of rows of a table."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
