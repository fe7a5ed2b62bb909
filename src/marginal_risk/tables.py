"""SQLModel tables, made from records.

A table class inherits the fields of its record and adds keys. It does not validate when it is
made (sqlmodel does that only without ``table=True``), so the constraints here make the
database refuse what a record would refuse.
"""

from collections.abc import Iterator
from typing import get_type_hints

from annotated_types import Ge, Le, MaxLen
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from marginal_risk import records

# Before any table: batch migrations need every constraint to have a name.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


def _limits(record: type[SQLModel]) -> Iterator[CheckConstraint]:
    """Yield what makes a table refuse what the record refuses, and the empty string anywhere.

    What is not known is NULL. Patterns are left to the records, but for addresses: SQLite and
    PostgreSQL have no regular expressions in common.
    """
    plain = get_type_hints(record)
    for name, field in record.model_fields.items():
        limits = {type(limit): limit for limit in field.metadata}
        if plain[name] in (str, str | None):
            yield CheckConstraint(f"{name} <> ''", name=f"{name}_filled")
        if MaxLen in limits:
            longest = limits[MaxLen].max_length
            yield CheckConstraint(f"length({name}) <= {longest}", name=f"{name}_short")
        bounds = [f"{name} >= {limits[Ge].ge}"] if Ge in limits else []
        bounds += [f"{name} <= {limits[Le].le}"] if Le in limits else []
        if bounds:
            yield CheckConstraint(" and ".join(bounds), name=f"{name}_in_range")
        if name == "url":
            is_http = "lower(url) like 'http://%' or lower(url) like 'https://%'"
            yield CheckConstraint(is_http, name="url_is_http")


class MisuseVector(records.MisuseVector, table=True):
    """The kinds of intentional misuse: the rows of the map."""

    __tablename__ = "vectors"
    __table_args__ = (*_limits(records.MisuseVector), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Step(records.Step, table=True):
    """The steps of the marginal-risk framework: the columns of the map."""

    __tablename__ = "steps"
    __table_args__ = (*_limits(records.Step), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Level(records.Level, table=True):
    """How far a study covers a step. A step that nobody judged has no level."""

    __tablename__ = "levels"
    __table_args__ = (
        *_limits(records.Level),
        UniqueConstraint("position"),
        UniqueConstraint("rank"),
    )
    slug: str = Field(primary_key=True)


class Confidence(records.Confidence, table=True):
    """How sure a coder is of a judgement."""

    __tablename__ = "confidences"
    __table_args__ = (*_limits(records.Confidence), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class CoderKind(records.CoderKind, table=True):
    """The kinds of coder; the judgements of machines stay out of the map."""

    __tablename__ = "coder_kinds"
    __table_args__ = (*_limits(records.CoderKind), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class GapKind(records.GapKind, table=True):
    """The kinds of gap, the widest first."""

    __tablename__ = "gap_kinds"
    __table_args__ = (*_limits(records.GapKind), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class CodingRule(records.CodingRule, table=True):
    """What earns each level at each step."""

    __tablename__ = "coding_rules"
    __table_args__ = tuple(_limits(records.CodingRule))
    step: str = Field(primary_key=True, foreign_key="steps.slug")
    level: str = Field(primary_key=True, foreign_key="levels.slug")


class Study(records.Study, table=True):
    """The works in the bibliography."""

    __tablename__ = "studies"
    __table_args__ = tuple(_limits(records.Study))
    citekey: str = Field(primary_key=True)


class Author(records.Author, table=True):
    """The people and bodies as the references name them."""

    __tablename__ = "authors"
    __table_args__ = (*_limits(records.Author), UniqueConstraint("name", "is_corporate"))
    id: int = Field(primary_key=True, description="Number of the name in this build.")


class Authorship(SQLModel, table=True):
    """Who wrote or edited a study, in the order of the title page."""

    __tablename__ = "authorships"
    __table_args__ = (CheckConstraint("role in ('author', 'editor')", name="role_known"),)
    citekey: str = Field(primary_key=True, foreign_key="studies.citekey", description="The study.")
    role: str = Field(primary_key=True, description="author or editor.")
    position: int = Field(primary_key=True, description="Place in the list, from 1.")
    author_id: int = Field(foreign_key="authors.id", index=True, description="The name.")


class Coder(records.Coder, table=True):
    """Whoever made judgements: a published table, a person, a machine, or a consensus."""

    __tablename__ = "coders"
    __table_args__ = tuple(_limits(records.Coder))
    coder: str = Field(primary_key=True)
    kind: str = Field(foreign_key="coder_kinds.slug")
    publication: str | None = Field(
        foreign_key="studies.citekey", description="The work that published these judgements."
    )


class Coding(records.Coding, table=True):
    """One coder's reading of one study for one misuse vector: the unit that is coded."""

    __tablename__ = "codings"
    __table_args__ = tuple(_limits(records.Coding))
    citekey: str = Field(primary_key=True, foreign_key="studies.citekey")
    misuse_vector: str = Field(primary_key=True, foreign_key="vectors.slug", index=True)
    coder: str = Field(primary_key=True, foreign_key="coders.coder", index=True)


class Judgement(records.Judgement, table=True):
    """How far a study covers a step, by one coder, and why. Not coded is no row."""

    __tablename__ = "judgements"
    __table_args__ = (
        *_limits(records.Judgement),
        ForeignKeyConstraint(
            ["citekey", "misuse_vector", "coder"],
            ["codings.citekey", "codings.misuse_vector", "codings.coder"],
        ),
        Index(None, "misuse_vector", "step"),
    )
    # The coding implies these keys; naming them one by one lets Datasette show names.
    citekey: str = Field(primary_key=True, foreign_key="studies.citekey")
    misuse_vector: str = Field(primary_key=True, foreign_key="vectors.slug")
    coder: str = Field(primary_key=True, foreign_key="coders.coder")
    step: str = Field(primary_key=True, foreign_key="steps.slug")
    level: str = Field(foreign_key="levels.slug")
    confidence: str = Field(foreign_key="confidences.slug")


class TableDescription(SQLModel, table=True):
    """What each table and view holds."""

    __tablename__ = "table_descriptions"
    table_name: str = Field(primary_key=True, description="The table or view.")
    is_view: bool = Field(description="Whether it is a view, computed from the tables.")
    description: str = Field(description="What it holds, or the question it answers.")


class FieldDescription(SQLModel, table=True):
    """What each column of each table and view means."""

    __tablename__ = "field_descriptions"
    table_name: str = Field(
        primary_key=True,
        foreign_key="table_descriptions.table_name",
        description="The table or view.",
    )
    column_name: str = Field(primary_key=True, description="The column.")
    description: str = Field(description="What the column means.")


class Build(SQLModel, table=True):
    """One row about this database: what it was built from."""

    __tablename__ = "build"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: int = Field(default=1, primary_key=True, description="Always 1.")
    data_version: str = Field(description="Hash of the input files, 12 hexadecimal digits.")
    data_date: str = Field(
        description="Day of the last commit to the data; without one, the day of the build."
    )
    git_commit: str | None = Field(
        description="Last commit to the data; NULL where the data is not as committed."
    )
    package_version: str = Field(description="Version of marginal-risk that built it.")
    program_version: str = Field(description="Hash of the program that built it.")
    studies: int = Field(description="Number of works in the bibliography.")
    coded_studies: int = Field(description="Number of works coded by a person or publication.")
    coders: int = Field(description="Number of coders.")
    codings: int = Field(description="Number of codings: study, misuse vector and coder.")
    judgements: int = Field(description="Number of judgements.")
    warnings: int = Field(description="Number of warnings that the checks gave.")


TABLES: tuple[type[SQLModel], ...] = (
    *(MisuseVector, Step, Level, Confidence, CoderKind, GapKind, CodingRule),
    *(Study, Author, Authorship, Coder, Coding, Judgement),
    *(TableDescription, FieldDescription, Build),
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
            declared = owner.model_fields.get(name) if issubclass(owner, SQLModel) else None
            if declared is not None and declared.description:
                texts[name] = declared.description
                break
    return texts
