"""The words of the codebook: a table for each section."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from marginal_risk import records
from marginal_risk.store.tables.constraints import constraints_of


class MisuseVector(records.MisuseVector, SQLModel, table=True):
    """The kinds of intentional misuse: the rows of the map."""

    __tablename__ = "vectors"
    __table_args__ = (*constraints_of(records.MisuseVector), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Step(records.Step, SQLModel, table=True):
    """The steps of the marginal-risk framework: the columns of the map."""

    __tablename__ = "steps"
    __table_args__ = (*constraints_of(records.Step), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Level(records.Level, SQLModel, table=True):
    """How far a study covers a step. A step that nobody judged has no level."""

    __tablename__ = "levels"
    __table_args__ = (
        *constraints_of(records.Level),
        UniqueConstraint("position"),
        UniqueConstraint("rank"),
    )
    slug: str = Field(primary_key=True)


class Confidence(records.Confidence, SQLModel, table=True):
    """How sure a coder is of a judgement."""

    __tablename__ = "confidences"
    __table_args__ = (*constraints_of(records.Confidence), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class CoderKind(records.CoderKind, SQLModel, table=True):
    """The kinds of coder; the judgements of machines stay out of the map."""

    __tablename__ = "coder_kinds"
    __table_args__ = (*constraints_of(records.CoderKind), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Decision(records.Decision, SQLModel, table=True):
    """What can be decided about a study that was found."""

    __tablename__ = "decisions"
    __table_args__ = (*constraints_of(records.Decision), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class ExclusionReason(records.ExclusionReason, SQLModel, table=True):
    """The reasons for which a study that was found is left out."""

    __tablename__ = "exclusion_reasons"
    __table_args__ = (
        *constraints_of(records.ExclusionReason),
        UniqueConstraint("position"),
        CheckConstraint("stage in ('title', 'full_text')", name="stage_known"),
    )
    slug: str = Field(primary_key=True)


class StudyType(records.StudyType, SQLModel, table=True):
    """The kinds of work."""

    __tablename__ = "study_types"
    __table_args__ = (*constraints_of(records.StudyType), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class GapKind(records.GapKind, SQLModel, table=True):
    """The kinds of gap, the widest first."""

    __tablename__ = "gap_kinds"
    __table_args__ = (*constraints_of(records.GapKind), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class CodingRule(records.CodingRule, SQLModel, table=True):
    """What earns each level at each step."""

    __tablename__ = "coding_rules"
    __table_args__ = tuple(constraints_of(records.CodingRule))
    step: str = Field(primary_key=True, foreign_key="steps.slug")
    level: str = Field(primary_key=True, foreign_key="levels.slug")


class Reading(records.Reading, SQLModel, table=True):
    """How much of a study a coder read."""

    __tablename__ = "readings"
    __table_args__ = (*constraints_of(records.Reading), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Examined(records.Examined, SQLModel, table=True):
    """Which models a comparison examines."""

    __tablename__ = "examined_models"
    __table_args__ = (*constraints_of(records.Examined), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Comparator(records.Comparator, SQLModel, table=True):
    """What models are compared with."""

    __tablename__ = "comparators"
    __table_args__ = (*constraints_of(records.Comparator), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Finding(records.Finding, SQLModel, table=True):
    """What can come out of a comparison."""

    __tablename__ = "findings"
    __table_args__ = (*constraints_of(records.Finding), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Property(records.Property, SQLModel, table=True):
    """The distinctive properties of open models, which a difference can rest on."""

    __tablename__ = "properties"
    __table_args__ = (*constraints_of(records.Property), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class CodebookVersion(records.CodebookVersion, SQLModel, table=True):
    """The versions of the codebook's wording, and what each of them changed."""

    __tablename__ = "codebook_versions"
    __table_args__ = tuple(constraints_of(records.CodebookVersion))
    version: int = Field(primary_key=True)


class EarlierRule(records.EarlierRule, SQLModel, table=True):
    """What earned a level under an earlier version, where a later one says something else."""

    __tablename__ = "earlier_rules"
    __table_args__ = tuple(constraints_of(records.EarlierRule))
    version: int = Field(primary_key=True, foreign_key="codebook_versions.version")
    step: str = Field(primary_key=True, foreign_key="steps.slug")
    level: str = Field(primary_key=True, foreign_key="levels.slug")


class BorderlineCase(records.BorderlineCase, SQLModel, table=True):
    """Judgements that could have gone another way, and what decides them."""

    __tablename__ = "borderline_cases"
    __table_args__ = tuple(constraints_of(records.BorderlineCase))
    step: str = Field(primary_key=True, foreign_key="steps.slug")
    position: int = Field(primary_key=True)
    citekey: str = Field(foreign_key="studies.citekey")
    misuse_vector: str = Field(foreign_key="vectors.slug")
    level: str = Field(foreign_key="levels.slug")
