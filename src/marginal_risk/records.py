"""What one valid record is. Every field says what it means: the only home of that text.

A record validates when it is made and is not stored; the tables of ``store`` inherit from it and
store (SQLModel classes with ``table=True`` do not validate). Reading and checking need no library
that stores.
"""

from typing import Annotated, NamedTuple

from pydantic import BaseModel, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
PartialDate = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"(?i)^https?://")]
FIRST_YEAR = 1950
"""No study of the misuse of foundation models is older; an earlier year is a slip."""


class Record(BaseModel, defer_build=True):
    """What every record is.

    The validator of a kind is built when the first is validated: most commands validate few kinds.
    """


class Term(Record):
    """One word of the codebook."""

    slug: Slug = Field(description="Short name, used in the data and in addresses.")
    name: str = Field(min_length=1, description="Name, as the pages show it.")
    definition: str = Field(min_length=1, description="What it means.")
    position: int = Field(ge=1, description="Place in the codebook's order, from 1.")


class MisuseVector(Term):
    """A kind of intentional misuse: a row of the map."""


class Step(Term):
    """A step of the marginal-risk framework: a column of the map."""

    full_name: str = Field(min_length=1, description="Name in full, as the paper gives it.")
    question: str = Field(min_length=1, description="The question that a coder asks of a study.")
    note: str | None = Field(
        default=None, min_length=1, description="What else decides, beside what earns a level."
    )
    is_marginal_risk: bool = Field(
        description="Whether this is the step that asks for evidence on marginal risk."
    )


class Level(Term):
    """How far a study covers a step; it rates neither the risk nor the study."""

    symbol: str = Field(min_length=1, max_length=1, description="Symbol on the map.")
    rank: int = Field(ge=1, description="Higher covers more of the step.")


class Confidence(Term):
    """How sure a coder is of a judgement."""


class CoderKind(Term):
    """What a coder is: a published table, a person, a machine or a consensus."""


class Decision(Term):
    """What was decided about a study that was found: see it, code it, or leave it out."""


Stage = Annotated[str, StringConstraints(pattern=r"^(title|full_text)$")]
STAGES = ("title", "full_text")
"""Stages of screening: by title and abstract, then by the full text."""


class ExclusionReason(Term):
    """Why a study that was found is not to be coded."""

    criterion: str | None = Field(
        default=None,
        min_length=1,
        description="What a study must meet, or else it is left out for this reason.",
    )
    stage: Stage = Field(
        default="title",
        description="From which stage of screening on it may be given: title or full_text.",
    )
    names_study: bool = Field(
        default=False,
        description="Whether the reason names another study: the one to code instead.",
    )


class StudyType(Term):
    """What kind of work a study is."""


class GapKind(Term):
    """What can be missing in a cell of the map."""


class Reading(Term):
    """How much of a study a coder read."""


class Examined(Term):
    """Which models a comparison examines, by whether anyone can download them."""


class Comparator(Term):
    """What a study compares the models that it examines with."""


class Finding(Term):
    """What came out of a comparison."""


class Property(Term):
    """A property of open models that a difference can rest on."""


class Vocabulary(NamedTuple):
    """One section of the codebook: a list of terms."""

    record: type[Term]
    table: str
    """The table that stores it."""


VOCABULARIES = {
    "misuse_vectors": Vocabulary(MisuseVector, "vectors"),
    "steps": Vocabulary(Step, "steps"),
    "levels": Vocabulary(Level, "levels"),
    "confidences": Vocabulary(Confidence, "confidences"),
    "coder_kinds": Vocabulary(CoderKind, "coder_kinds"),
    "decisions": Vocabulary(Decision, "decisions"),
    "exclusion_reasons": Vocabulary(ExclusionReason, "exclusion_reasons"),
    "study_types": Vocabulary(StudyType, "study_types"),
    "gap_kinds": Vocabulary(GapKind, "gap_kinds"),
    "readings": Vocabulary(Reading, "readings"),
    "examined": Vocabulary(Examined, "examined_models"),
    "comparators": Vocabulary(Comparator, "comparators"),
    "findings": Vocabulary(Finding, "findings"),
    "properties": Vocabulary(Property, "properties"),
}
"""The vocabularies by their section in the codebook, which is their name in ``rows.Codebook``."""
LEVELS = ("addressed", "partial", "absent")
"""The levels: the views give them a meaning, so no codebook has others."""
NOTHING_COMPARED = "none"
"""The comparator of a study that compares with nothing: it stands alone."""
NOT_MEASURED = "not_measured"
"""The finding of a comparison that is argued or reported, and not measured."""


class CodebookVersion(Record):
    """A version of the codebook's wording."""

    version: int = Field(ge=1, description="Number of the version.")
    is_current: bool = Field(description="Whether it is the wording in force.")
    changed_on: PartialDate | None = Field(
        default=None, description="When the next version took its place; NULL for the current one."
    )
    change: str | None = Field(
        default=None, description="What the next version changed, and why; NULL for the current."
    )


class CodingRule(Record):
    """What earns a level at a step."""

    step: str = Field(description="The step.")
    level: str = Field(description="The level.")
    rule: str = Field(min_length=1, description="What earns this level at this step.")


class EarlierRule(Record):
    """What earned a level at a step up to a version, and does so no longer."""

    version: int = Field(ge=1, description="The last version of the codebook that said so.")
    step: str = Field(description="The step.")
    level: str = Field(description="The level.")
    question: str = Field(min_length=1, description="The question that a coder asked then.")
    rule: str = Field(min_length=1, description="What earned this level at this step then.")


class BorderlineCase(Record):
    """A judgement that could have gone another way, and what decides it."""

    step: str = Field(description="The step.")
    position: int = Field(ge=1, description="Place among the cases of the step, from 1.")
    citekey: str = Field(min_length=1, description="The study.")
    misuse_vector: str = Field(description="The misuse vector the study is judged for.")
    level: str = Field(description="The level that the rules give the study at this step.")
    reason: str = Field(min_length=1, description="Why this level, and not the next one.")


class Author(Record):
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


SAME = ("yes", "no", "unsure")
"""Whether two names are those of one person."""


class PersonName(Record):
    """Whether a name that entries give is that of a person whom other entries name otherwise."""

    name: str = Field(min_length=1, description="The name as entries give it: family, given.")
    person: str = Field(
        min_length=1, description="The name as other entries give it: family, given."
    )
    same: str = Field(
        description="yes: one person, who goes by the second name; no: two people; unsure."
    )
    reason: str = Field(min_length=1, description="How that is known, or what was looked at.")


class Renaming(Record):
    """A citekey that a work had, and the one that it has now."""

    old_citekey: str = Field(min_length=1, description="The citekey that the work had.")
    citekey: str = Field(min_length=1, description="The citekey that it has now.")
    renamed_on: PartialDate = Field(description="When it was renamed: YYYY, YYYY-MM or YYYY-MM-DD.")
    reason: str = Field(min_length=1, description="Why it was renamed.")


class Study(Record):
    """A work in the bibliography."""

    citekey: str = Field(min_length=1, description="Key of the BibTeX entry.")
    short_citation: str = Field(min_length=1, description="Authors and year, in short.")
    entry_type: str = Field(min_length=1, description="Type of the BibTeX entry, lower case.")
    title: str = Field(min_length=1, description="Title, with LaTeX decoded.")
    year: int = Field(ge=FIRST_YEAR, le=2100, description="Year of publication.")
    publication_date: PartialDate = Field(
        description="Date of publication as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD.",
    )
    venue: str | None = Field(
        default=None, description="Journal, proceedings, institution or site that published it."
    )
    volume: str | None = Field(default=None, description="Volume.")
    number: str | None = Field(default=None, description="Issue, or number of the report.")
    pages: str | None = Field(default=None, description="Pages or article number.")
    doi: Doi | None = Field(default=None, description="DOI, bare and in lower case.")
    arxiv_id: str | None = Field(default=None, description="arXiv identifier, without a version.")
    url: WebAddress | None = Field(default=None, description="Address, http or https only.")
    abstract: str | None = Field(default=None, description="Abstract, with LaTeX decoded.")
    keywords: str | None = Field(default=None, description="Keywords, separated by semicolons.")
    language: str | None = Field(default=None, description="Language, as the entry gives it.")
    note: str | None = Field(default=None, description="Note of the BibTeX entry.")
    version_of: str | None = Field(
        default=None,
        min_length=1,
        description="The work that this entry is another version of; NULL where it stands alone.",
    )
    has_more_authors: bool = Field(
        default=False, description="Whether the entry's author list ends in 'and others'."
    )
    reference: str = Field(min_length=1, description="Formatted reference, plain text.")
    bibtex: str = Field(min_length=1, description="The BibTeX entry, unchanged.")
    bib_file: str = Field(min_length=1, description="File that holds the entry.")
    bib_line: int = Field(ge=1, description="Line of that file where the entry starts.")


class Coder(Record):
    """Whoever made a judgement."""

    coder: str = Field(min_length=1, description="Short name of the coder.")
    name: str = Field(min_length=1, description="Name of the coder, as the pages show it.")
    kind: str = Field(description="Published table, person, machine or consensus.")
    settled_by: str | None = Field(
        default=None,
        description="Who settled a consensus; NULL where the coders did so between themselves.",
    )
    url: WebAddress | None = Field(
        default=None, description="Address of the coder or the publication."
    )
    note: str | None = Field(default=None, description="What a reader must know of this coder.")


class Coding(Record):
    """One coder's reading of one study for one misuse vector: the unit that is coded."""

    citekey: str = Field(description="The study.")
    misuse_vector: str = Field(description="The misuse vector the study was coded for.")
    coder: str = Field(description="Who coded the study.")
    coded_on: PartialDate | None = Field(
        default=None,
        description="When the judgements were made or published: YYYY, YYYY-MM or YYYY-MM-DD.",
    )
    changed_on: str | None = Field(
        default=None,
        description="Day of the last commit to the coding or its reasons, where git knows it.",
    )
    codebook: int | None = Field(
        default=None,
        ge=1,
        description="Version of the codebook it was made under; NULL for a published table.",
    )
    version_read: str | None = Field(
        default=None,
        description="Which version of the study the coder read; locators refer to it.",
    )
    read: str | None = Field(
        default=None, description="How much of the study the coder read: whole or part."
    )
    note: str | None = Field(default=None, description="What a reader must know of this coding.")


class Comparison(Record):
    """One comparison that a study makes or sets out, as one coder reads it."""

    citekey: str = Field(description="The study.")
    misuse_vector: str = Field(description="The misuse vector the study was coded for.")
    coder: str = Field(description="Who coded it.")
    examined: str = Field(description="Which models it examines: open, closed, both or unclear.")
    comparator: str = Field(
        description="What they are compared with; none where the study compares with nothing."
    )
    finding: str = Field(description="What came out; not_measured where nothing was measured.")
    property: str | None = Field(
        default=None, description="The property of open models that the difference rests on."
    )
    locator: str = Field(min_length=1, description="Where in the study the comparison stands.")
    note: str | None = Field(default=None, description="What was compared, and what came out.")


class Judgement(Record):
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
