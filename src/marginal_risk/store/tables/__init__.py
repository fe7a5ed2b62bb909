"""SQLModel tables, made from records.

A table class inherits the fields of its record and adds keys. It does not validate when it is
made (sqlmodel does that only without ``table=True``), so constraints make the database refuse
what a record would refuse.
"""

from pydantic import BaseModel
from sqlalchemy import Boolean, Float, Integer
from sqlmodel import SQLModel

from marginal_risk.store.tables.agreement import Agreement, ScreeningAgreement
from marginal_risk.store.tables.evidence import (
    AgreedLevel,
    Author,
    Authorship,
    Coder,
    Coding,
    CodingStart,
    Comparison,
    Judgement,
    PersonName,
    PlacedCoding,
    PlacedJudgement,
    Renaming,
    ScreenerDecision,
    Screening,
    Search,
    Study,
)
from marginal_risk.store.tables.releases import Release, ReleaseChange
from marginal_risk.store.tables.self_description import Build, FieldDescription, TableDescription
from marginal_risk.store.tables.vocabulary import (
    BorderlineCase,
    CodebookVersion,
    CoderKind,
    CodingRule,
    Comparator,
    Confidence,
    Decision,
    EarlierRule,
    Examined,
    ExclusionReason,
    Finding,
    GapKind,
    Level,
    MisuseVector,
    Property,
    Reading,
    Step,
    StudyType,
)

__all__ = [
    "TABLES",
    "AgreedLevel",
    "Agreement",
    "Author",
    "Authorship",
    "BorderlineCase",
    "Build",
    "CodebookVersion",
    "Coder",
    "CoderKind",
    "Coding",
    "CodingRule",
    "CodingStart",
    "Comparator",
    "Comparison",
    "Confidence",
    "Decision",
    "EarlierRule",
    "Examined",
    "ExclusionReason",
    "FieldDescription",
    "Finding",
    "GapKind",
    "Judgement",
    "Level",
    "MisuseVector",
    "PersonName",
    "PlacedCoding",
    "PlacedJudgement",
    "Property",
    "Reading",
    "Release",
    "ReleaseChange",
    "Renaming",
    "ScreenerDecision",
    "Screening",
    "ScreeningAgreement",
    "Search",
    "Step",
    "Study",
    "StudyType",
    "TableDescription",
    "describe_fields",
    "table_name",
    "types_of_fields",
]

TABLES: tuple[type[SQLModel], ...] = (
    *(MisuseVector, Step, Level, Confidence, CoderKind, GapKind, CodingRule),
    *(Decision, ExclusionReason, StudyType, Reading),
    *(Examined, Comparator, Finding, Property, CodebookVersion, EarlierRule),
    *(Study, Screening, Search, Author, Authorship, PersonName, Renaming),
    *(Coder, Coding, CodingStart, Judgement, ScreenerDecision),
    *(Comparison, PlacedCoding, PlacedJudgement, AgreedLevel, BorderlineCase),
    *(Release, ReleaseChange),
    *(Agreement, ScreeningAgreement, TableDescription, FieldDescription, Build),
)
"""Every table, each after those it refers to."""


def table_name(table: type[SQLModel]) -> str:
    """Return the name of a table in the database."""
    return str(table.__tablename__)


def describe_fields(table: type[SQLModel]) -> dict[str, str]:
    """Return what each column means: the text nearest to it in the line of its classes."""
    texts = {}
    for name in table.model_fields:
        for owner in table.__mro__:
            declared = owner.model_fields.get(name) if issubclass(owner, BaseModel) else None
            if declared is not None and declared.description:
                texts[name] = declared.description
                break
    return texts


def types_of_fields(table: type[SQLModel]) -> dict[str, str]:
    """Return what each column holds, in the words of Frictionless's Table Schema."""
    columns = SQLModel.metadata.tables[table_name(table)].columns
    return {column.name: _type_of(column.type) for column in columns}


def _type_of(stored: object) -> str:
    types = ((Boolean, "boolean"), (Integer, "integer"), (Float, "number"))
    return next((name for kind, name in types if isinstance(stored, kind)), "string")
