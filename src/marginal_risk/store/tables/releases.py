"""The releases of the data before this build, and what each changed on the map."""

from sqlmodel import Field, SQLModel

import marginal_risk.store.tables.constraints  # noqa: F401  (names the constraints of every table)


class Release(SQLModel, table=True):
    """One release of the data: a tag of the repository that it was built from."""

    __tablename__ = "releases"
    tag: str = Field(primary_key=True, description="Name of the tag, such as data-2026-11-28.")
    released_on: str = Field(description="Day of the release, YYYY-MM-DD.")
    data_version: str = Field(
        description="Hash of the input files of the release, 12 hexadecimal digits."
    )
    git_commit: str = Field(description="The commit that was released.")
    found_studies: int = Field(description="Number of studies found; withdrawn ones left out.")
    coded_studies: int = Field(description="Number of studies coded by a person or publication.")
    judgements: int = Field(description="Number of judgements; those of machines are left out.")
    tag_before: str | None = Field(
        default=None,
        foreign_key="releases.tag",
        description="The release before, which its changes are against; NULL for the first.",
    )


class ReleaseChange(SQLModel, table=True):
    """One cell of the map whose state a release changed."""

    __tablename__ = "release_changes"
    tag: str = Field(
        primary_key=True, foreign_key="releases.tag", description="The release that changed it."
    )
    misuse_vector: str = Field(
        primary_key=True, description="The misuse vector, as the codebook called it then."
    )
    step: str = Field(primary_key=True, description="The step, as the codebook called it then.")
    state_before: str | None = Field(
        default=None,
        description="State of the cell in the release before: a level, or the kind of a gap; NULL"
        " where it was not on the map.",
    )
    state_after: str | None = Field(
        default=None,
        description="State of the cell in the release; NULL where it is no longer on the map.",
    )
