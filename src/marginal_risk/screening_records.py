"""What one valid record of the search for studies is, from a search to what stands decided.

As in ``records``, every field says what it means.
"""

from pydantic import Field

from marginal_risk.records import PartialDate, Record

VERDICTS = ("include", "exclude", "unsure")
"""What a screener can decide. Unsure, at the first stage, is decided by the full text."""


class Screening(Record):
    """One study that was found, for one misuse vector, and what stands decided about it."""

    citekey: str = Field(description="The study.")
    misuse_vector: str | None = Field(
        default=None,
        description="The misuse vector that the study was found for; NULL if it has no single one.",
    )
    decision: str = Field(
        description="candidate, included, excluded or withdrawn: as screening.csv says, or else as"
        " its screeners decided; a candidate that somebody coded is included."
    )
    reason: str | None = Field(default=None, description="Why it was excluded.")
    other_study: str | None = Field(
        default=None, description="The study that the reason names: the one to code instead."
    )
    study_type: str | None = Field(
        default=None, description="Kind of work, as far as it is known from title and abstract."
    )
    found_via: str = Field(min_length=1, description="How it was found.")
    possible_duplicate_of: str | None = Field(
        default=None,
        description="The work that its record looked like when it was taken in; a person decides.",
    )
    decided_on: PartialDate | None = Field(
        default=None, description="When it was decided: YYYY, YYYY-MM or YYYY-MM-DD."
    )
    note: str | None = Field(default=None, description="What a reader must know of the decision.")


class Standing(Screening):
    """What stands decided about one study that was found, for one misuse vector."""

    screening_stage: str | None = Field(
        default=None,
        description="title or full_text: where a candidate stands, or its screeners excluded it.",
    )
    waiting_for: str | None = Field(
        default=None,
        description="What a candidate waits for: first or second (a screener), settling (they"
        " differ), or vector (they included it, and it has no misuse vector).",
    )


class ScreenerDecision(Record):
    """What one screener decided about one study, for one misuse vector, at one stage."""

    citekey: str = Field(description="The study.")
    misuse_vector: str | None = Field(
        default=None, description="The misuse vector; NULL for a study that had no single one."
    )
    stage: str = Field(description="title (with abstract and keywords) or full_text.")
    screener: str = Field(description="Who decided.")
    decision: str = Field(description="include, exclude or unsure.")
    reason: str | None = Field(default=None, description="Why it is to be left out.")
    other_study: str | None = Field(
        default=None, description="The study that the reason names: the one to code instead."
    )
    decided_on: PartialDate = Field(description="When: YYYY, YYYY-MM or YYYY-MM-DD.")
    settles: bool = Field(
        default=False,
        description="Whether it was made knowing the others, to settle where they differ.",
    )
    note: str | None = Field(default=None, description="What a reader must know of it.")


SEARCH_KINDS = ("systematic", "informal")
"""Kinds of search: the views give them a meaning, so no codebook has others."""


class Search(Record):
    """One search of the literature, and what became of the records that it found."""

    searched_on: PartialDate = Field(description="When it was made: YYYY-MM-DD, as far as known.")
    source: str = Field(min_length=1, description="Database, register or list that was searched.")
    query: str = Field(min_length=1, description="The query, as it was typed.")
    kind: str = Field(
        default="systematic",
        description="systematic, by a query and in full; or informal, a look around.",
    )
    hits: int = Field(ge=0, description="Number of records that it found.")
    taken: int | None = Field(
        default=None,
        ge=0,
        description="Number of records taken as new works; NULL where nobody counted.",
    )
    known: int | None = Field(
        default=None, ge=0, description="Number of records of works that were known already."
    )
    repeated: int | None = Field(
        default=None, ge=0, description="Number of records that stood twice in what was found."
    )
    refused: int | None = Field(
        default=None, ge=0, description="Number of records that could not be read."
    )
    searched_by: str = Field(min_length=1, description="Who searched.")
    note: str | None = Field(default=None, description="What a reader must know of the search.")
