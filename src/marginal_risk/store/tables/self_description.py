"""What the database says of itself."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

import marginal_risk.store.tables.constraints  # noqa: F401  (names the constraints of every table)


class TableDescription(SQLModel, table=True):
    """What each table and view holds."""

    __tablename__ = "table_descriptions"
    table_name: str = Field(primary_key=True, description="The table or view.")
    is_view: bool = Field(description="Whether it is a view, computed from the tables.")
    description: str = Field(description="What it holds, or the question it answers.")


class FieldDescription(SQLModel, table=True):
    """What each column of each table and view means."""

    __tablename__ = "field_descriptions"
    __table_args__ = (
        CheckConstraint("type in ('string', 'integer', 'number', 'boolean')", name="type_known"),
    )
    table_name: str = Field(
        primary_key=True,
        foreign_key="table_descriptions.table_name",
        description="The table or view.",
    )
    column_name: str = Field(primary_key=True, description="The column.")
    type: str = Field(
        description="What it holds, in the words of Frictionless's Table Schema: 'string',"
        " 'integer', 'number' or 'boolean'."
    )
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
    releases_version: str | None = Field(
        default=None,
        description="Hash of what the tags of all releases say; NULL where none is known.",
    )
    package_version: str = Field(description="Version of marginal-risk that built it.")
    program_version: str = Field(description="Hash of the program that built it.")
    studies: int = Field(description="Number of works in the bibliography.")
    found_studies: int = Field(description="Number of studies found; withdrawn ones left out.")
    coded_studies: int = Field(description="Number of studies coded by a person or publication.")
    coders: int = Field(description="Number of coders; machines are left out.")
    codings: int = Field(
        description="Number of codings: study, misuse vector and coder; machines left out."
    )
    judgements: int = Field(description="Number of judgements; those of machines are left out.")
    warnings: int = Field(description="Number of warnings that the checks gave.")
