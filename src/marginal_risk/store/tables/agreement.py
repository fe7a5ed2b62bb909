"""How far coders agree: figures that SQL has no words for, computed when a database is built."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from marginal_risk.records import Record
from marginal_risk.store.tables.constraints import constraints_of


class AgreementFigures(Record):
    """How far coders agree: in all, by step, vector and comparator, and by pair."""

    among: str = Field(
        description="Whose codings: independent (people, publications), machines, or"
        " machine_and_independent."
    )
    scope: str = Field(
        description="What the row is about: all, step, vector, coder (a pair) or comparator."
    )
    step: str | None = Field(description="The step, in a row about a step.")
    misuse_vector: str | None = Field(
        description="The misuse vector, in a row about a misuse vector."
    )
    comparator: str | None = Field(
        description="The comparator, in a row on whether coders say that a study compares with it."
    )
    coder: str | None = Field(description="In a row about two coders: first in the alphabet.")
    other_coder: str | None = Field(description="The other coder.")
    coders: int = Field(ge=0, description="Number of coders who share a judgement with another.")
    codings: int = Field(
        ge=0, description="Number of studies, each for a misuse vector, that two or more coded."
    )
    judgements: int = Field(
        ge=0, description="Number of steps of these studies that two or more judged."
    )
    pairs: int = Field(ge=0, description="Number of pairs of judgements on one study and step.")
    agreement: float | None = Field(
        ge=0, le=1, description="Share of the pairs that give the same level."
    )
    kappa: float | None = Field(
        ge=-1, le=1, description="Cohen's kappa with linear weights, where there are two coders."
    )
    kappa_low: float | None = Field(ge=-1, le=1, description="Lower end of its 95 % interval.")
    kappa_high: float | None = Field(ge=-1, le=1, description="Upper end of its 95 % interval.")
    alpha: float | None = Field(
        ge=-1, le=1, description="Krippendorff's alpha, ordinal; coders may have left steps open."
    )
    alpha_low: float | None = Field(ge=-1, le=1, description="Lower end of its 95 % interval.")
    alpha_high: float | None = Field(ge=-1, le=1, description="Upper end of its 95 % interval.")
    conclusion: str = Field(description="Whether the codings allow a conclusion, and which.")


class ScreeningFigures(Record):
    """How far screeners agree at a stage of screening."""

    stage: str = Field(description="title (with abstract and keywords) or full_text.")
    screeners: int = Field(ge=0, description="Number of screeners who share a decision.")
    studies: int = Field(
        ge=0,
        description="Number of studies, each for a misuse vector, that two decided on.",
    )
    pairs: int = Field(ge=0, description="Number of pairs of decisions that this makes.")
    agreement: float | None = Field(
        ge=0, le=1, description="Share of the pairs that decide the same."
    )
    kappa: float | None = Field(
        ge=-1, le=1, description="Cohen's kappa with linear weights, where there are two screeners."
    )
    kappa_low: float | None = Field(ge=-1, le=1, description="Lower end of its 95 % interval.")
    kappa_high: float | None = Field(ge=-1, le=1, description="Upper end of its 95 % interval.")
    alpha: float | None = Field(
        ge=-1, le=1, description="Krippendorff's alpha, ordinal: exclude, unsure, include."
    )
    alpha_low: float | None = Field(ge=-1, le=1, description="Lower end of its 95 % interval.")
    alpha_high: float | None = Field(ge=-1, le=1, description="Upper end of its 95 % interval.")
    conclusion: str = Field(description="Whether the decisions allow a conclusion, and which.")


class ScreeningAgreement(ScreeningFigures, SQLModel, table=True):
    """How far screeners agree, who decided without knowing each other's decisions."""

    __tablename__ = "screening_agreement"
    __table_args__ = (
        *constraints_of(ScreeningFigures),
        CheckConstraint("stage in ('title', 'full_text')", name="stage_known"),
    )
    id: int = Field(primary_key=True, description="Number of the row in this build.")


class Agreement(AgreementFigures, SQLModel, table=True):
    """How far coders agree: in all, by step, vector and comparator, and by pair."""

    __tablename__ = "agreement"
    __table_args__ = (
        *constraints_of(AgreementFigures),
        CheckConstraint(
            "among in ('independent', 'machines', 'machine_and_independent')", name="among_known"
        ),
        CheckConstraint(
            "scope in ('all', 'step', 'vector', 'coder', 'comparator')", name="scope_known"
        ),
    )
    id: int = Field(primary_key=True, description="Number of the row in this build.")
    step: str | None = Field(foreign_key="steps.slug")
    misuse_vector: str | None = Field(foreign_key="vectors.slug")
    comparator: str | None = Field(foreign_key="comparators.slug")
    coder: str | None = Field(foreign_key="coders.coder")
    other_coder: str | None = Field(foreign_key="coders.coder")
