"""The words of the codebook: a table for each section."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from marginal_risk import records
from marginal_risk.store.tables.limits import limits


class MisuseVector(records.MisuseVector, table=True):
    """The kinds of intentional misuse: the rows of the map."""

    __tablename__ = "vectors"
    __table_args__ = (*limits(records.MisuseVector), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Step(records.Step, table=True):
    """The steps of the marginal-risk framework: the columns of the map."""

    __tablename__ = "steps"
    __table_args__ = (*limits(records.Step), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Level(records.Level, table=True):
    """How far a study covers a step. A step that nobody judged has no level."""

    __tablename__ = "levels"
    __table_args__ = (
        *limits(records.Level),
        UniqueConstraint("position"),
        UniqueConstraint("rank"),
    )
    slug: str = Field(primary_key=True)


class Confidence(records.Confidence, table=True):
    """How sure a coder is of a judgement."""

    __tablename__ = "confidences"
    __table_args__ = (*limits(records.Confidence), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class CoderKind(records.CoderKind, table=True):
    """The kinds of coder; the judgements of machines stay out of the map."""

    __tablename__ = "coder_kinds"
    __table_args__ = (*limits(records.CoderKind), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class Decision(records.Decision, table=True):
    """What can be decided about a study that was found."""

    __tablename__ = "decisions"
    __table_args__ = (*limits(records.Decision), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class ExclusionReason(records.ExclusionReason, table=True):
    """The reasons for which a study that was found is left out."""

    __tablename__ = "exclusion_reasons"
    __table_args__ = (*limits(records.ExclusionReason), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class StudyType(records.StudyType, table=True):
    """The kinds of work."""

    __tablename__ = "study_types"
    __table_args__ = (*limits(records.StudyType), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class GapKind(records.GapKind, table=True):
    """The kinds of gap, the widest first."""

    __tablename__ = "gap_kinds"
    __table_args__ = (*limits(records.GapKind), UniqueConstraint("position"))
    slug: str = Field(primary_key=True)


class CodingRule(records.CodingRule, table=True):
    """What earns each level at each step."""

    __tablename__ = "coding_rules"
    __table_args__ = tuple(limits(records.CodingRule))
    step: str = Field(primary_key=True, foreign_key="steps.slug")
    level: str = Field(primary_key=True, foreign_key="levels.slug")
