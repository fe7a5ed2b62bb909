"""The records that a database was built from, read back from its tables.

The form checks answers against them: the site has no other data than its database.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast

from marginal_risk import records
from marginal_risk.problems import Place
from marginal_risk.read.bibliography.citation import make_reference
from marginal_risk.rows import (
    BorderlineRow,
    Codebook,
    CoderRow,
    CodingKey,
    CodingRow,
    ComparisonRow,
    DecisionRow,
    DecisionValues,
    Person,
    PersonRow,
    RationaleRow,
    Records,
    Reference,
    RenamingRow,
    ScreeningRow,
    ScreeningValues,
    SearchRow,
    StudyValues,
)
from marginal_risk.screening_records import Search

RecordType = TypeVar("RecordType", bound=records.Record)
_PLACE = "the published data"


def read_records(connection: sqlite3.Connection) -> Records:
    """Return all records of a database that ``marginal-risk build`` made.

    Their places do not name files and lines, only that they are published.
    """
    references = tuple(_references(connection))
    vocabularies: dict[str, Any] = {
        section: _terms(connection, vocabulary.table, vocabulary.record)
        for section, vocabulary in records.VOCABULARIES.items()
    }
    return Records(
        codebook=Codebook(
            **vocabularies,
            coding_rules=tuple(_read(connection, "coding_rules", records.CodingRule)),
            borderline=tuple(
                BorderlineRow(r, p)
                for r, p in _placed(connection, "borderline_cases", records.BorderlineCase)
            ),
            versions=tuple(_read(connection, "codebook_versions", records.CodebookVersion)),
            earlier_rules=tuple(_read(connection, "earlier_rules", records.EarlierRule)),
        ),
        references=references,
        citekeys=frozenset(reference.study.citekey for reference in references),
        coders=tuple(CoderRow(r, p) for r, p in _placed(connection, "coders", records.Coder)),
        codings=tuple(_codings(connection)),
        rationales=tuple(_rationales(connection)),
        comparisons=tuple(
            ComparisonRow._make((key, *values, place))
            for key, values, place in _keyed(connection, "comparisons", ComparisonRow._fields[1:-1])
        ),
        screening=tuple(_screening(connection)),
        decisions=tuple(_decisions(connection)),
        searches=tuple(SearchRow(r, p) for r, p in _placed(connection, "searches", Search)),
        people=tuple(PersonRow(r, p) for r, p in _placed(connection, "people", records.PersonName)),
        renamed=tuple(
            RenamingRow(r, p) for r, p in _placed(connection, "renamed_studies", records.Renaming)
        ),
    )


def _read(
    connection: sqlite3.Connection, table: str, record: type[RecordType], order: str = "rowid"
) -> Iterator[RecordType]:
    """Yield the rows of a table as records; they were valid when they were stored."""
    names = list(record.model_fields)
    sql = f"select {', '.join(names)} from {table} order by {order}"  # noqa: S608  (our words)
    for row in connection.execute(sql):
        yield cast(RecordType, record.model_construct(**dict(zip(names, row, strict=True))))


def _terms(
    connection: sqlite3.Connection, table: str, record: type[RecordType]
) -> tuple[RecordType, ...]:
    return tuple(_read(connection, table, record, "position"))


def _placed(
    connection: sqlite3.Connection, table: str, record: type[RecordType]
) -> Iterator[tuple[RecordType, Place]]:
    for number, found in enumerate(_read(connection, table, record), start=2):
        yield found, Place(_PLACE, number)


def _references(connection: sqlite3.Connection) -> Iterator[Reference]:
    columns = ", ".join(f"a.{name}" for name in Person._fields)
    people: dict[tuple[str, str], list[Person]] = {}
    for citekey, role, *values in connection.execute(
        f"select s.citekey, s.role, {columns} from authorships s"  # noqa: S608  (our words)
        " join authors a on a.id = s.author_id order by s.citekey, s.role, s.position"
    ):
        people.setdefault((citekey, role), []).append(Person._make(values))
    columns = ", ".join(StudyValues._fields)
    for row in connection.execute(
        f"select {columns} from studies order by citekey"  # noqa: S608  (our words)
    ):
        study = StudyValues._make(row)
        yield make_reference(
            study,
            tuple(people.get((study.citekey, "author"), ())),
            tuple(people.get((study.citekey, "editor"), ())),
        )


def _screening(connection: sqlite3.Connection) -> Iterator[ScreeningRow]:
    columns = ", ".join(ScreeningValues._fields)
    rows = connection.execute(f"select {columns} from screening order by id")  # noqa: S608  (ours)
    for number, row in enumerate(rows, start=2):
        yield ScreeningRow(ScreeningValues._make(row), Place(_PLACE, number))


def _decisions(connection: sqlite3.Connection) -> Iterator[DecisionRow]:
    columns = ", ".join(DecisionValues._fields)
    rows = connection.execute(
        f"select {columns} from screener_decisions order by id"  # noqa: S608  (our words)
    )
    for number, row in enumerate(rows, start=2):
        values = DecisionValues._make(row)
        values = values._replace(settles=bool(values.settles))
        yield DecisionRow(values, Place(_PLACE, number))


def _codings(connection: sqlite3.Connection) -> Iterator[CodingRow]:
    levels: dict[CodingKey, dict[str, str]] = {}
    for citekey, vector, coder, step, level in connection.execute(
        "select citekey, misuse_vector, coder, step, level from judgements"
    ):
        levels.setdefault(CodingKey(citekey, vector, coder), {})[step] = level
    starts: dict[CodingKey, tuple[str, ...]] = {}
    for citekey, vector, coder, source in connection.execute(
        "select citekey, misuse_vector, coder, started_from from coding_starts order by rowid"
    ):
        key = CodingKey(citekey, vector, coder)
        starts[key] = (*starts.get(key, ()), source)
    named = ("coded_on", "codebook", "version_read", "read", "note")
    for key, values, place in _keyed(connection, "codings", named):
        yield CodingRow._make((key, *values, levels.get(key, {}), starts.get(key, ()), place))


def _rationales(connection: sqlite3.Connection) -> Iterator[RationaleRow]:
    for key, values, place in _keyed(connection, "judgements", RationaleRow._fields[1:-1]):
        yield RationaleRow._make((key, *values, place))


def _keyed(
    connection: sqlite3.Connection, table: str, columns: Sequence[str]
) -> Iterator[tuple[CodingKey, Sequence[Any], Place]]:
    """Yield the coding that each row of a table is of, its values in columns, and its place."""
    names = ", ".join((*CodingKey._fields, *columns))
    rows = connection.execute(f"select {names} from {table} order by rowid")  # noqa: S608  (ours)
    for number, (citekey, vector, coder, *values) in enumerate(rows, start=2):
        yield CodingKey(citekey, vector, coder), values, Place(_PLACE, number)
