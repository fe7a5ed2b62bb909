"""The studies, what was decided about them, and how they were judged."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from marginal_risk import records, screening_records
from marginal_risk.store.tables.constraints import constraints_of

LAYER = "counted, or with_provisional: the same, and what machines coded where nobody else has."
AUTHORITY = "3 for a consensus, 2 for a person or publication, 1 for a machine."


def _of_coding(coder: str) -> tuple[ForeignKeyConstraint]:
    """Return the key of a coding, whose coder stands in the column named."""
    return (
        ForeignKeyConstraint(
            ["citekey", "misuse_vector", coder],
            ["codings.citekey", "codings.misuse_vector", "codings.coder"],
        ),
    )


class Study(records.Study, SQLModel, table=True):
    """The works in the bibliography."""

    __tablename__ = "studies"
    __table_args__ = tuple(constraints_of(records.Study))
    citekey: str = Field(primary_key=True)
    version_of: str | None = Field(foreign_key="studies.citekey", index=True)


class Screening(screening_records.Standing, SQLModel, table=True):
    """What stands decided about each study found, for each misuse vector it was found for."""

    __tablename__ = "screening"
    __table_args__ = (
        *constraints_of(screening_records.Standing),
        UniqueConstraint("citekey", "misuse_vector"),
        # PostgreSQL holds two NULLs apart in a unique constraint; the checks refuse that, too.
        CheckConstraint(
            "misuse_vector is not null or decision in ('candidate', 'excluded')",
            name="decided_for_a_vector",
        ),
        CheckConstraint("screening_stage in ('title', 'full_text')", name="screening_stage_known"),
        CheckConstraint(
            "waiting_for in ('first', 'second', 'settling', 'vector')", name="waiting_for_known"
        ),
    )
    id: int = Field(primary_key=True, description="Number of the row in this build.")
    citekey: str = Field(foreign_key="studies.citekey")
    misuse_vector: str | None = Field(foreign_key="vectors.slug", index=True)
    decision: str = Field(foreign_key="decisions.slug")
    reason: str | None = Field(foreign_key="exclusion_reasons.slug")
    other_study: str | None = Field(foreign_key="studies.citekey")
    study_type: str | None = Field(foreign_key="study_types.slug")
    possible_duplicate_of: str | None = Field(foreign_key="studies.citekey")


class ScreenerDecision(screening_records.ScreenerDecision, SQLModel, table=True):
    """What each screener decided about each study found, at each stage of screening."""

    __tablename__ = "screener_decisions"
    __table_args__ = (
        *constraints_of(screening_records.ScreenerDecision),
        UniqueConstraint("citekey", "misuse_vector", "stage", "screener"),
        CheckConstraint("stage in ('title', 'full_text')", name="stage_known"),
        CheckConstraint("decision in ('include', 'exclude', 'unsure')", name="decision_known"),
        CheckConstraint(
            "(decision = 'exclude') = (reason is not null)", name="exclusion_has_a_reason"
        ),
    )
    id: int = Field(primary_key=True, description="Number of the row in this build.")
    citekey: str = Field(foreign_key="studies.citekey")
    misuse_vector: str | None = Field(foreign_key="vectors.slug")
    screener: str = Field(foreign_key="coders.coder")
    reason: str | None = Field(foreign_key="exclusion_reasons.slug")
    other_study: str | None = Field(foreign_key="studies.citekey")


class Search(screening_records.Search, SQLModel, table=True):
    """The searches of the literature, and what became of the records that they found."""

    __tablename__ = "searches"
    __table_args__ = (
        *constraints_of(screening_records.Search),
        CheckConstraint("kind in ('systematic', 'informal')", name="kind_known"),
    )
    id: int = Field(primary_key=True, description="Number of the row in this build.")


class Author(records.Author, SQLModel, table=True):
    """The people and bodies as the references name them."""

    __tablename__ = "authors"
    __table_args__ = (*constraints_of(records.Author), UniqueConstraint("name", "is_corporate"))
    id: int = Field(primary_key=True, description="Number of the name in this build.")


class Authorship(SQLModel, table=True):
    """Who wrote or edited a study, in the order of the title page."""

    __tablename__ = "authorships"
    __table_args__ = (CheckConstraint("role in ('author', 'editor')", name="role_known"),)
    citekey: str = Field(primary_key=True, foreign_key="studies.citekey", description="The study.")
    role: str = Field(primary_key=True, description="author or editor.")
    position: int = Field(primary_key=True, description="Place in the list, from 1.")
    author_id: int = Field(foreign_key="authors.id", index=True, description="The name.")


class PersonName(records.PersonName, SQLModel, table=True):
    """Names in the references that are those of one person, or that look so and are not."""

    __tablename__ = "people"
    __table_args__ = (
        *constraints_of(records.PersonName),
        CheckConstraint("same in ('yes', 'no', 'unsure')", name="same_known"),
    )
    name: str = Field(primary_key=True)
    person: str = Field(primary_key=True, index=True)


class Renaming(records.Renaming, SQLModel, table=True):
    """Citekeys that works had: an address with one leads to the work."""

    __tablename__ = "renamed_studies"
    __table_args__ = tuple(constraints_of(records.Renaming))
    old_citekey: str = Field(primary_key=True)
    citekey: str = Field(foreign_key="studies.citekey", index=True)


class Coder(records.Coder, SQLModel, table=True):
    """Whoever made judgements: a published table, a person, a machine, or a consensus."""

    __tablename__ = "coders"
    __table_args__ = tuple(constraints_of(records.Coder))
    coder: str = Field(primary_key=True)
    kind: str = Field(foreign_key="coder_kinds.slug")
    settled_by: str | None = Field(foreign_key="coders.coder")
    publication: str | None = Field(
        foreign_key="studies.citekey", description="The work that published these judgements."
    )


class Coding(records.Coding, SQLModel, table=True):
    """One coder's reading of one study for one misuse vector. A machine's coding is provisional."""

    __tablename__ = "codings"
    __table_args__ = tuple(constraints_of(records.Coding))
    citekey: str = Field(primary_key=True, foreign_key="studies.citekey")
    misuse_vector: str = Field(primary_key=True, foreign_key="vectors.slug", index=True)
    coder: str = Field(primary_key=True, foreign_key="coders.coder", index=True)
    codebook: int | None = Field(foreign_key="codebook_versions.version")
    read: str | None = Field(foreign_key="readings.slug")


class CodingStart(SQLModel, table=True):
    """The machine codings that a person's coding began with: it is checked, not independent."""

    __tablename__ = "coding_starts"
    __table_args__ = (
        *_of_coding("coder"),
        *_of_coding("started_from"),
        CheckConstraint("coder <> started_from", name="of_another"),
    )
    citekey: str = Field(primary_key=True, foreign_key="studies.citekey", description="The study.")
    misuse_vector: str = Field(
        primary_key=True, foreign_key="vectors.slug", description="The misuse vector."
    )
    coder: str = Field(
        primary_key=True, foreign_key="coders.coder", description="Who checked, and coded."
    )
    started_from: str = Field(
        primary_key=True, foreign_key="coders.coder", description="Whose coding it began with."
    )


class Judgement(records.Judgement, SQLModel, table=True):
    """How far a study covers a step, by one coder, and why. A machine's judgement is provisional.

    Steps not judged have no row.
    """

    __tablename__ = "judgements"
    __table_args__ = (
        *constraints_of(records.Judgement),
        *_of_coding("coder"),
        Index(None, "misuse_vector", "step"),
    )
    # The coding implies these keys; naming them one by one lets Datasette show names.
    citekey: str = Field(primary_key=True, foreign_key="studies.citekey")
    misuse_vector: str = Field(primary_key=True, foreign_key="vectors.slug")
    coder: str = Field(primary_key=True, foreign_key="coders.coder")
    step: str = Field(primary_key=True, foreign_key="steps.slug")
    level: str = Field(foreign_key="levels.slug")
    confidence: str = Field(foreign_key="confidences.slug")


class Comparison(records.Comparison, SQLModel, table=True):
    """What each coder says that a study compares, and what came out. No row means not coded."""

    __tablename__ = "comparisons"
    __table_args__ = (
        *constraints_of(records.Comparison),
        *_of_coding("coder"),
        CheckConstraint(
            "comparator <> 'none' or finding = 'not_measured'", name="nothing_is_not_measured"
        ),
        Index(None, "misuse_vector", "comparator"),
        Index(None, "citekey", "misuse_vector", "coder"),
    )
    id: int = Field(primary_key=True, description="Number of the row in this build.")
    citekey: str = Field(foreign_key="studies.citekey")
    misuse_vector: str = Field(foreign_key="vectors.slug")
    coder: str = Field(foreign_key="coders.coder")
    examined: str = Field(foreign_key="examined_models.slug")
    comparator: str = Field(foreign_key="comparators.slug")
    finding: str = Field(foreign_key="findings.slug")
    property: str | None = Field(foreign_key="properties.slug")


class PlacedCoding(SQLModel, table=True):
    """The rows of the view codings_by_layer, kept: what counts studies and comparisons reads it."""

    __tablename__ = "placed_codings"
    __table_args__ = (
        CheckConstraint("layer in ('counted', 'with_provisional')", name="layer_known"),
        CheckConstraint("authority between 1 and 3", name="authority_known"),
        *_of_coding("coder"),
        # The rows lie in the order of the key, so the codings of a study are counted in one pass.
        {"sqlite_with_rowid": False},
    )
    layer: str = Field(primary_key=True, description=LAYER)
    citekey: str = Field(primary_key=True, description="The study.")
    misuse_vector: str = Field(primary_key=True, description="The misuse vector.")
    coder: str = Field(primary_key=True, description="Who coded.")
    authority: int = Field(description=AUTHORITY)


class PlacedJudgement(SQLModel, table=True):
    """The rows of the view judgements_by_layer, kept in the order in which filters count them."""

    __tablename__ = "placed_judgements"
    __table_args__ = (
        CheckConstraint("layer in ('counted', 'with_provisional')", name="layer_known"),
        CheckConstraint("authority between 1 and 3", name="authority_known"),
        ForeignKeyConstraint(
            ["citekey", "misuse_vector", "coder", "step"],
            [f"judgements.{name}" for name in ("citekey", "misuse_vector", "coder", "step")],
        ),
        # The rows lie in the order of the key, so the levels of a cell are settled in one pass.
        {"sqlite_with_rowid": False},
    )
    layer: str = Field(primary_key=True, description=LAYER)
    misuse_vector: str = Field(primary_key=True, description="The misuse vector.")
    step: str = Field(primary_key=True, description="The step.")
    citekey: str = Field(primary_key=True, description="The study.")
    coder: str = Field(primary_key=True, description="Who judged.")
    rank: int = Field(description="Rank of the level; higher covers more of the step.")
    confidence: str = Field(description="Confidence of the judgement.")
    authority: int = Field(description=AUTHORITY)
    year: int = Field(description="Year of publication of the study.")


class AgreedLevel(SQLModel, table=True):
    """The rows of the view levels_by_layer, kept: what the map is counted from."""

    __tablename__ = "agreed_levels"
    __table_args__ = (
        CheckConstraint("layer in ('counted', 'with_provisional')", name="layer_known"),
        CheckConstraint(
            "basis in ('consensus', 'agreement', 'single_coder', 'contested')", name="basis_known"
        ),
        Index(None, "citekey", "misuse_vector"),
        {"sqlite_with_rowid": False},
    )
    layer: str = Field(primary_key=True, description=LAYER)
    misuse_vector: str = Field(
        primary_key=True, foreign_key="vectors.slug", description="The misuse vector."
    )
    step: str = Field(primary_key=True, foreign_key="steps.slug", description="The step.")
    citekey: str = Field(primary_key=True, foreign_key="studies.citekey", description="The study.")
    level: str = Field(
        foreign_key="levels.slug",
        description="The consensus if there is one, else the level all coders agree on, else the"
        " lowest.",
    )
    highest_level: str = Field(
        foreign_key="levels.slug",
        description="The highest level that a coder gave; differs from level where contested.",
    )
    rank: int = Field(description="Rank of the level; higher covers more of the step.")
    highest_rank: int = Field(description="Rank of the highest level.")
    basis: str = Field(description="consensus, agreement, single_coder or contested.")
    coders: int = Field(description="Number of coders who judged it.")
    has_low_confidence: int = Field(
        description="1 where a judgement it rests on has low confidence, else 0."
    )
    is_provisional: int = Field(
        description="1 where it rests on judgements of machines alone, else 0."
    )
    year: int = Field(description="Year of publication of the study.")
