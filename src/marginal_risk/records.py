"""What one valid record is. Every field says what it means: the only home of that text.

A record validates when it is made and is not stored; the tables inherit from it and store
(SQLModel classes with ``table=True`` do not validate).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Field, SQLModel

from marginal_risk.problems import Place

SLUG = r"^[a-z][a-z0-9_]*$"
FIRST_YEAR = 1950
"""No study of the misuse of foundation models is older; an earlier year is a slip."""


class Term(SQLModel):
    """One word of the codebook."""

    slug: str = Field(regex=SLUG, description="Short name, used in the data and in addresses.")
    name: str = Field(min_length=1, description="Name, as the pages show it.")
    definition: str = Field(min_length=1, description="What it means.")
    position: int = Field(ge=1, description="Place in the codebook's order, from 1.")


class MisuseVector(Term):
    """A kind of intentional misuse: a row of the map."""


class Step(Term):
    """A step of the marginal-risk framework: a column of the map."""

    full_name: str = Field(min_length=1, description="Name in full, as the paper gives it.")
    question: str = Field(min_length=1, description="The question that a coder asks of a study.")
    is_marginal_risk: bool = Field(
        description="Whether this is the step that asks for evidence of marginal risk."
    )


class Level(Term):
    """How far a study covers a step; it rates neither the risk nor the study."""

    symbol: str = Field(min_length=1, max_length=1, description="Symbol on the map.")
    rank: int = Field(ge=1, description="Higher covers more of the step.")


class Confidence(Term):
    """How sure a coder is of a judgement."""


class CoderKind(Term):
    """What a coder is: a published table, a person, a machine or a consensus."""


class GapKind(Term):
    """What can be missing in a cell of the map."""


class CodingRule(SQLModel):
    """What earns a level at a step."""

    step: str = Field(description="The step.")
    level: str = Field(description="The level.")
    rule: str = Field(min_length=1, description="What earns this level at this step.")


class Author(SQLModel):
    """A person or body as one reference names it; nobody is guessed to be the same person."""

    name: str = Field(
        min_length=1, description="Name in sorting order: particle family, suffix, given."
    )
    family: str = Field(min_length=1, description="Family name, or the whole name of a body.")
    given: str | None = Field(default=None, description="Given names or initials.")
    particle: str | None = Field(default=None, description="Particle, such as von or de.")
    suffix: str | None = Field(default=None, description="Suffix, such as Jr or III.")
    is_corporate: bool = Field(
        default=False, description="Whether it is a body (a name in braces), not a person."
    )


class Study(SQLModel):
    """A work in the bibliography."""

    citekey: str = Field(min_length=1, description="Key of the BibTeX entry.")
    short_citation: str = Field(min_length=1, description="Authors and year, in short.")
    entry_type: str = Field(min_length=1, description="Type of the BibTeX entry, lower case.")
    title: str = Field(min_length=1, description="Title, with LaTeX decoded.")
    year: int = Field(ge=FIRST_YEAR, le=2100, description="Year of publication.")
    publication_date: str = Field(
        regex=r"^\d{4}(-\d\d(-\d\d)?)?$",
        description="Date of publication as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD.",
    )
    venue: str | None = Field(
        default=None, description="Journal, proceedings, institution or site that published it."
    )
    volume: str | None = Field(default=None, description="Volume.")
    number: str | None = Field(default=None, description="Issue, or number of the report.")
    pages: str | None = Field(default=None, description="Pages or article number.")
    doi: str | None = Field(
        default=None, regex=r"^10\.\d{4,9}/\S+$", description="DOI, bare and in lower case."
    )
    arxiv_id: str | None = Field(default=None, description="arXiv identifier, without a version.")
    url: str | None = Field(
        default=None, regex=r"^https?://", description="Address, http or https only."
    )
    abstract: str | None = Field(default=None, description="Abstract, with LaTeX decoded.")
    keywords: str | None = Field(default=None, description="Keywords, separated by semicolons.")
    language: str | None = Field(default=None, description="Language, as the entry gives it.")
    note: str | None = Field(default=None, description="Note of the BibTeX entry.")
    has_more_authors: bool = Field(
        default=False, description="Whether the entry's author list ends in 'and others'."
    )
    reference: str = Field(min_length=1, description="Formatted reference, plain text.")
    bibtex: str = Field(min_length=1, description="The BibTeX entry, unchanged.")
    bib_file: str = Field(min_length=1, description="File that holds the entry.")
    bib_line: int = Field(ge=1, description="Line of that file where the entry starts.")


class Coder(SQLModel):
    """Whoever made a judgement."""

    coder: str = Field(min_length=1, description="Short name of the coder.")
    name: str = Field(min_length=1, description="Name of the coder, as the pages show it.")
    kind: str = Field(description="Published table, person, machine or consensus.")
    url: str | None = Field(
        default=None, regex=r"^https?://", description="Address of the coder or the publication."
    )
    note: str | None = Field(default=None, description="What a reader must know of this coder.")


class Coding(SQLModel):
    """One coder's reading of one study for one misuse vector: the unit that is coded."""

    citekey: str = Field(description="The study.")
    misuse_vector: str = Field(description="The misuse vector the study was coded for.")
    coder: str = Field(description="Who coded it.")
    coded_on: str | None = Field(
        default=None,
        regex=r"^\d{4}(-\d\d(-\d\d)?)?$",
        description="When the judgements were made or published: YYYY, YYYY-MM or YYYY-MM-DD.",
    )
    note: str | None = Field(default=None, description="What a reader must know of this coding.")


class Judgement(SQLModel):
    """How far one study covers one step, by one coder, and why."""

    citekey: str = Field(description="The study.")
    misuse_vector: str = Field(description="The misuse vector the study was coded for.")
    coder: str = Field(description="Who judged it.")
    step: str = Field(description="The step of the framework.")
    level: str = Field(
        description="How far the study covers the step; says nothing about the size of the risk."
    )
    confidence: str = Field(description="How sure the coder is.")
    locator: str = Field(min_length=1, description="Where in the study the judgement rests.")
    source: str | None = Field(default=None, description="Where the judgement was published.")
    rationale: str = Field(min_length=1, description="Why this level.")


class CodingKey(NamedTuple):
    """What identifies a coding."""

    citekey: str
    misuse_vector: str
    coder: str


@dataclass(frozen=True)
class Reference:
    """A study with its people, where it was read."""

    study: Study
    authors: tuple[Author, ...]
    editors: tuple[Author, ...]
    place: Place


@dataclass(frozen=True)
class CodingRow:
    """One row of studies.csv: a coding and its levels, step by step."""

    coding: Coding
    levels: dict[str, str]
    """Level by step; a step that was not coded is not in it."""
    place: Place

    @property
    def key(self) -> CodingKey:
        """What identifies the coding."""
        return CodingKey(self.coding.citekey, self.coding.misuse_vector, self.coding.coder)


@dataclass(frozen=True)
class RationaleRow:
    """One row of rationales.csv: why a level was given, and where in the study."""

    key: CodingKey
    step: str
    confidence: str
    locator: str
    source: str | None
    rationale: str
    place: Place


@dataclass(frozen=True)
class CoderRow:
    """One row of coders.csv."""

    record: Coder
    place: Place


@dataclass(frozen=True)
class Codebook:
    """The vocabulary, in the codebook's order."""

    misuse_vectors: tuple[MisuseVector, ...] = ()
    steps: tuple[Step, ...] = ()
    levels: tuple[Level, ...] = ()
    confidences: tuple[Confidence, ...] = ()
    coder_kinds: tuple[CoderKind, ...] = ()
    gap_kinds: tuple[GapKind, ...] = ()
    coding_rules: tuple[CodingRule, ...] = ()


@dataclass(frozen=True)
class Records:
    """All that was read: what the checks look at and a build stores."""

    codebook: Codebook
    references: tuple[Reference, ...] = ()
    coders: tuple[CoderRow, ...] = ()
    codings: tuple[CodingRow, ...] = ()
    rationales: tuple[RationaleRow, ...] = ()
    citekeys: frozenset[str] = frozenset()
    """Keys of all entries in the bibliography, those with problems of their own included."""
    incomplete: frozenset[str] = frozenset()
    """Inputs (a sheet, or 'bib') of which some records could not be read."""

    def judgements(self) -> Iterator[Judgement]:
        """Yield each level of studies.csv with its row of rationales.csv; ask when checked."""
        reasons = {(row.key, row.step): row for row in self.rationales}
        for row in self.codings:
            for step, level in row.levels.items():
                reason = reasons[row.key, step]
                yield Judgement(
                    citekey=row.coding.citekey,
                    misuse_vector=row.coding.misuse_vector,
                    coder=row.coding.coder,
                    step=step,
                    level=level,
                    confidence=reason.confidence,
                    locator=reason.locator,
                    source=reason.source,
                    rationale=reason.rationale,
                )
