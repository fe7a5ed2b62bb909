"""Checked records -> rows of the tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from marginal_risk.check.corpus import Corpus
from marginal_risk.check.standing import StandingValues, read_standing
from marginal_risk.problems import Severity
from marginal_risk.records import VOCABULARIES, Record
from marginal_risk.rows import (
    CodingKey,
    DecisionValues,
    Person,
    Progress,
    Records,
    Reference,
    StudyValues,
)
from marginal_risk.store import tables
from marginal_risk.store.inserting import TableRows, Values, insert_rows, insert_table
from marginal_risk.store.provenance import Provenance, program_version, read_changed_days
from marginal_risk.store.releases import Release, read_releases, releases_version
from marginal_risk.store.views import VIEWS, read_view


def load_records(
    connection: Connection, corpus: Corpus, provenance: Provenance, progress: Progress
) -> dict[str, int]:
    """Insert all records of a sound corpus; return the number of rows of each table."""
    changed_days = _changed_days(corpus, provenance)
    return {
        tables.table_name(what.table): insert_table(connection, what, progress)
        for what in _tables(corpus, changed_days)
    }


def _tables(corpus: Corpus, days: Mapping[CodingKey, str]) -> Iterator[TableRows]:
    """Yield what goes into each table, after those it refers to."""
    records, codebook = corpus.records, corpus.records.codebook
    by_name = {tables.table_name(table): table for table in tables.TABLES}
    for section, vocabulary in VOCABULARIES.items():
        yield _dumped(by_name[vocabulary.table], getattr(codebook, section))
    yield _dumped(tables.CodingRule, codebook.coding_rules)
    yield _dumped(tables.CodebookVersion, codebook.versions)
    yield _dumped(tables.EarlierRule, codebook.earlier_rules)
    yield TableRows(tables.Study, StudyValues._fields, _studies(corpus), len(records.references))
    yield _dumped(tables.BorderlineCase, (row.record for row in codebook.borderline))
    standing = ((number, *values) for number, values in enumerate(read_standing(records), 1))
    columns = ("id", *StandingValues._fields)
    yield TableRows(tables.Screening, columns, standing, len(records.screening))
    yield _numbered(_dumped(tables.Search, (row.record for row in records.searches)))
    people = _different_people(records.references)
    yield _authors(people)
    yield _authorships(records.references, people)
    yield _dumped(tables.PersonName, (row.record for row in records.people))
    yield _dumped(tables.Renaming, (row.record for row in records.renamed))
    yield _coders(records)
    decided = ((number, *row.record) for number, row in enumerate(records.decisions, 1))
    of_decisions = ("id", *DecisionValues._fields)
    yield TableRows(tables.ScreenerDecision, of_decisions, decided, len(records.decisions))
    yield _codings(records, days)
    starts = ((*row.key, source) for row in records.codings for source in row.started_from)
    of_starts = ("citekey", "misuse_vector", "coder", "started_from")
    yield TableRows(tables.CodingStart, of_starts, starts)
    yield _rows_of(tables.Judgement, records.judgements())
    yield _numbered(_rows_of(tables.Comparison, (r.to_record() for r in records.comparisons)))


def _rows_of(table: type[SQLModel], made: Iterable[Record]) -> TableRows:
    """Return rows of records that were validated when they were made."""
    fields = tuple(cast(type[Record], table.__bases__[0]).model_fields)
    return TableRows(table, fields, map(itemgetter(*fields), map(vars, made)))


def _dumped(table: type[SQLModel], made: Iterable[Record]) -> TableRows:
    """Return rows of records. Each is validated here: a reader may have made it without."""
    validator = TypeAdapter(cast(type[Record], table.__bases__[0]))
    return _rows_of(table, (validator.validate_python(vars(one)) for one in made))


def _numbered(what: TableRows) -> TableRows:
    rows = ((number, *row) for number, row in enumerate(what.rows, start=1))
    return what._replace(columns=("id", *what.columns), rows=rows)


def _studies(corpus: Corpus) -> Iterator[Values]:
    """Yield the works, each after the one it is a version of.

    A file is named from the data directory, wherever that lies.
    """
    references = corpus.records.references
    paths = {reference.study.bib_file for reference in references}
    files = {path: Path(path).relative_to(corpus.data_dir).as_posix() for path in paths}
    for is_version in (False, True):
        for study, *_ in references:
            if bool(study.version_of) is is_version:
                yield study._replace(bib_file=files[study.bib_file])


def _different_people(references: Iterable[Reference]) -> list[Person]:
    """Return the different people and bodies in alphabetical order, persons before bodies.

    Each is as the first reference has it.
    """
    people: dict[tuple[str, bool], Person] = {}
    for reference in references:
        for person in (*reference.authors, *reference.editors):
            people.setdefault((person.name, person.is_corporate), person)
    return [people[key] for key in sorted(people)]


def _authors(people: Sequence[Person]) -> TableRows:
    rows = ((number, *person) for number, person in enumerate(people, start=1))
    return TableRows(tables.Author, ("id", *Person._fields), rows, len(people))


def _authorships(references: Sequence[Reference], people: Sequence[Person]) -> TableRows:
    numbers = {(p.name, p.is_corporate): number for number, p in enumerate(people, start=1)}
    rows = (
        (reference.study.citekey, role, position, numbers[person.name, person.is_corporate])
        for reference in references
        for role, named in (("author", reference.authors), ("editor", reference.editors))
        for position, person in enumerate(named, start=1)
    )
    columns = ("citekey", "role", "position", "author_id")
    expected = sum(len(one.authors) + len(one.editors) for one in references)
    return TableRows(tables.Authorship, columns, rows, expected)


def _coders(records: Records) -> TableRows:
    """Return the coders, each after the one who settled it."""
    _, columns, rows, _ = _dumped(tables.Coder, (row.record for row in records.coders))
    coders = [dict(zip(columns, row, strict=True)) for row in rows]
    coders.sort(key=lambda coder: coder["settled_by"] is not None)
    complete = (
        (*coder.values(), coder["coder"] if coder["kind"] == "published" else None)
        for coder in coders
    )
    return TableRows(tables.Coder, (*columns, "publication"), complete)


def _codings(records: Records, days: Mapping[CodingKey, str]) -> TableRows:
    made = (
        row.to_record().model_copy(update={"changed_on": days.get(row.key)})
        for row in records.codings
    )
    return _rows_of(tables.Coding, made)


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


def _fill(table: type[SQLModel], view: str) -> str:
    columns = ", ".join(table.model_fields)
    return f"insert into {tables.table_name(table)} ({columns}) select {columns} from {view}"  # noqa: S608


FILLS = {
    "placed_codings": _fill(tables.PlacedCoding, "codings_by_layer"),
    "placed_judgements": _fill(tables.PlacedJudgement, "judgements_by_layer"),
    "agreed_levels": _fill(tables.AgreedLevel, "levels_by_layer"),
}
"""The tables that keep the rows of views, each after those its view reads, and what fills them."""


def load_agreed_levels(connection: Connection) -> None:
    """Keep codings and judgements by layer, and what they come to; the views must be there."""
    for sql in FILLS.values():
        connection.execute(text(sql))


_FOUND = text("select found from screening_flow where misuse_vector is null")
_QUESTIONS = text("select slug, question from steps")


def load_descriptions(connection: Connection) -> None:
    """Store what every table, view and column holds and means; the views must be there."""
    fields: dict[str, str] = {}
    types: dict[str, str] = {}
    described: list[tuple[str, bool, str, dict[str, str], dict[str, str]]] = []
    for table in tables.TABLES:
        own, own_types = tables.describe_fields(table), tables.types_of_fields(table)
        fields, types = {**own, **fields}, {**own_types, **types}
        what = " ".join((table.__doc__ or "").split())
        described.append((tables.table_name(table), False, what, own, own_types))
    steps = {row.slug: row.question for row in connection.execute(_QUESTIONS)}
    for name in VIEWS:
        view = read_view(name)
        columns = connection.execute(text(f"select * from {name} limit 0")).keys()  # noqa: S608
        own = {c: view.columns.get(c) or fields.get(c) or steps[c] for c in columns}
        # What neither a table nor the view's file knows is a step, and holds levels.
        own_types = {c: types.get(c) or view.type_of(c) or "string" for c in columns}
        described.append((name, True, view.question, own, own_types))
    for name, is_view, what, own, own_types in described:
        row = {"table_name": name, "is_view": is_view, "description": what}
        insert_rows(connection, tables.TableDescription, [row])
        rows = [
            {"table_name": name, "column_name": c, "type": own_types[c], "description": d}
            for c, d in own.items()
        ]
        insert_rows(connection, tables.FieldDescription, rows)


_COUNTED = (
    "select count(*) from coders c where c.kind <> 'machine' and c.coder in"
    " (select coder from codings)",  # a person may only screen
    "select count(*) from codings g join coders c on c.coder = g.coder where c.kind <> 'machine'",
    "select count(*) from judgements j join coders c on c.coder = j.coder"
    " where c.kind <> 'machine'",
)


def _count_people(connection: Connection) -> Iterator[int]:
    """Yield the numbers of coders, codings and judgements; those of machines are in no count."""
    for sql in _COUNTED:
        yield connection.execute(text(sql)).scalar_one()


def load_build(
    connection: Connection, corpus: Corpus, provenance: Provenance, counts: dict[str, int]
) -> None:
    """Store the one row about this build, and the releases before it; the views must be there."""
    releases = read_releases(corpus.data_dir)
    coded = connection.execute(text("select count(distinct citekey) from coded_studies")).scalar()
    found = connection.execute(_FOUND).scalar()
    row = {
        "id": 1,
        "data_version": corpus.data_version,
        "data_date": provenance.data_date,
        "git_commit": provenance.git_commit,
        "releases_version": releases_version(releases),
        "package_version": version("marginal-risk"),
        "program_version": program_version(),
        "studies": counts["studies"],
        "found_studies": found,
        "coded_studies": coded,
        **dict(zip(("coders", "codings", "judgements"), _count_people(connection), strict=True)),
        "warnings": corpus.count(Severity.WARNING),
    }
    insert_rows(connection, tables.Build, [row])
    _load_releases(connection, releases)


def _load_releases(connection: Connection, releases: Sequence[Release]) -> None:
    figures = ("found_studies", "coded_studies", "judgements")
    named = ("tag", "released_on", "data_version", "git_commit", *figures)
    before: str | None = None
    rows = []
    for release in reversed(releases):
        rows.append({**{name: getattr(release, name) for name in named}, "tag_before": before})
        before = release.tag
    insert_rows(connection, tables.Release, rows)
    changes = [{"tag": release.tag, **vars(cell)} for release in releases for cell in release.cells]
    insert_rows(connection, tables.ReleaseChange, changes)
