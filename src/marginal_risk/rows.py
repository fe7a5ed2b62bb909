"""What was read, where it was read: records as the checks look at them and a build stores them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from marginal_risk.problems import Place
from marginal_risk.records import (
    BorderlineCase,
    CodebookVersion,
    Coder,
    CoderKind,
    Coding,
    CodingRule,
    Comparator,
    Comparison,
    Confidence,
    Decision,
    EarlierRule,
    Examined,
    ExclusionReason,
    Finding,
    GapKind,
    Judgement,
    Level,
    MisuseVector,
    PersonName,
    Property,
    Reading,
    Renaming,
    Step,
    StudyType,
)
from marginal_risk.screening_records import Search

Progress = Callable[[str, int, int], None]
"""Called now and then with what is being done, how many of it are done, and of how many: 0 where
that is not known."""


def say_nothing(_what: str, _number: int, _total: int) -> None:
    """Show no progress: for callers that nobody watches."""


INDEPENDENT = frozenset({"published", "person"})
"""Kinds of coders who judge on their own."""


class CodingKey(NamedTuple):
    """What identifies a coding."""

    citekey: str
    misuse_vector: str
    coder: str


JudgementKey = tuple[CodingKey, str]
"""What identifies a judgement: its coding and its step."""


class Person(NamedTuple):
    """The values of a ``records.Author`` as they were read: one who wrote or edited a work."""

    name: str
    family: str
    given: str | None = None
    particle: str | None = None
    suffix: str | None = None
    is_corporate: bool = False


class StudyValues(NamedTuple):
    """The values of a ``records.Study`` as they were read, in the order of its fields."""

    citekey: str
    short_citation: str
    entry_type: str
    title: str
    year: int
    publication_date: str
    venue: str | None
    volume: str | None
    number: str | None
    pages: str | None
    doi: str | None
    arxiv_id: str | None
    url: str | None
    abstract: str | None
    keywords: str | None
    language: str | None
    note: str | None
    version_of: str | None
    has_more_authors: bool
    reference: str
    bibtex: str
    bib_file: str
    bib_line: int


class Reference(NamedTuple):
    """A study with its people."""

    study: StudyValues
    authors: tuple[Person, ...]
    editors: tuple[Person, ...]
    plain_title: str
    """Letters and digits of the title, for comparing."""
    plain_family: str
    """The same of the family name that it is cited by first."""

    @property
    def people(self) -> tuple[Person, ...]:
        """Whoever it is cited by: its authors, or else its editors."""
        return self.authors or self.editors

    @property
    def place(self) -> Place:
        """Where it was read."""
        return Place(self.study.bib_file, self.study.bib_line)


class CodingRow(NamedTuple):
    """One row of studies.csv: a coding and its levels, step by step."""

    key: CodingKey
    coded_on: str | None
    codebook: int | None
    version_read: str | None
    read: str | None
    note: str | None
    levels: dict[str, str]
    """Level by step; a step that was not coded is not in it."""
    started_from: tuple[str, ...]
    """The coders whose codings of the same study and vector this one began with."""
    place: Place

    def to_record(self) -> Coding:
        """The coding as a record, validated."""
        return Coding(
            **self.key._asdict(),
            coded_on=self.coded_on,
            codebook=self.codebook,
            version_read=self.version_read,
            read=self.read,
            note=self.note,
        )


class RationaleRow(NamedTuple):
    """One row of rationales.csv: why a level was given, and where in the study."""

    key: CodingKey
    step: str
    confidence: str
    locator: str
    source: str | None
    rationale: str
    place: Place


class ComparisonRow(NamedTuple):
    """One row of comparisons.csv."""

    key: CodingKey
    """What identifies the coding that it belongs to."""
    examined: str
    comparator: str
    finding: str
    property: str | None
    locator: str
    note: str | None
    place: Place

    def to_record(self) -> Comparison:
        """The comparison as a record, validated."""
        return Comparison(
            **self.key._asdict(),
            examined=self.examined,
            comparator=self.comparator,
            finding=self.finding,
            property=self.property,
            locator=self.locator,
            note=self.note,
        )


class CoderRow(NamedTuple):
    """One row of coders.csv."""

    record: Coder
    place: Place


class ScreeningValues(NamedTuple):
    """The values of a ``screening_records.Screening`` as read, in the order of its fields."""

    citekey: str
    misuse_vector: str | None
    decision: str
    reason: str | None
    other_study: str | None
    study_type: str | None
    found_via: str
    possible_duplicate_of: str | None
    decided_on: str | None
    note: str | None


class ScreeningRow(NamedTuple):
    """One row of screening.csv."""

    record: ScreeningValues
    place: Place


class DecisionValues(NamedTuple):
    """The values of a ``screening_records.ScreenerDecision``, in the order of its fields."""

    citekey: str
    misuse_vector: str | None
    stage: str
    screener: str
    decision: str
    reason: str | None
    other_study: str | None
    decided_on: str
    settles: bool
    note: str | None


class DecisionRow(NamedTuple):
    """One row of decisions.csv."""

    record: DecisionValues
    place: Place


class SearchRow(NamedTuple):
    """One row of searches.csv."""

    record: Search
    place: Place


class PersonRow(NamedTuple):
    """One row of people.csv."""

    record: PersonName
    place: Place


class RenamingRow(NamedTuple):
    """One row of renamed.csv."""

    record: Renaming
    place: Place


class BorderlineRow(NamedTuple):
    """One borderline case of the codebook."""

    record: BorderlineCase
    place: Place


@dataclass(frozen=True)
class Codebook:
    """The vocabulary, in the codebook's order."""

    misuse_vectors: tuple[MisuseVector, ...] = ()
    steps: tuple[Step, ...] = ()
    levels: tuple[Level, ...] = ()
    confidences: tuple[Confidence, ...] = ()
    coder_kinds: tuple[CoderKind, ...] = ()
    decisions: tuple[Decision, ...] = ()
    exclusion_reasons: tuple[ExclusionReason, ...] = ()
    study_types: tuple[StudyType, ...] = ()
    gap_kinds: tuple[GapKind, ...] = ()
    readings: tuple[Reading, ...] = ()
    examined: tuple[Examined, ...] = ()
    comparators: tuple[Comparator, ...] = ()
    findings: tuple[Finding, ...] = ()
    properties: tuple[Property, ...] = ()
    coding_rules: tuple[CodingRule, ...] = ()
    borderline: tuple[BorderlineRow, ...] = ()
    versions: tuple[CodebookVersion, ...] = ()
    """All versions of the wording, the current one last."""
    earlier_rules: tuple[EarlierRule, ...] = ()


@dataclass(frozen=True)
class Records:
    """All that was read: what the checks look at and a build stores."""

    codebook: Codebook
    references: tuple[Reference, ...] = ()
    coders: tuple[CoderRow, ...] = ()
    codings: tuple[CodingRow, ...] = ()
    rationales: tuple[RationaleRow, ...] = ()
    comparisons: tuple[ComparisonRow, ...] = ()
    screening: tuple[ScreeningRow, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()
    searches: tuple[SearchRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    renamed: tuple[RenamingRow, ...] = ()
    citekeys: frozenset[str] = frozenset()
    """Keys of all entries in the bibliography, those with problems of their own included."""
    incomplete: frozenset[str] = frozenset()
    """Inputs (a sheet, or 'bib') of which some records could not be read."""
    first_seen: Mapping[str, int] = field(default_factory=dict)
    """When git first saw each entry, as the number of the commit; empty where nobody asked."""

    @cached_property
    def judged(self) -> frozenset[JudgementKey]:
        """What studies.csv has a level for."""
        return frozenset((row.key, step) for row in self.codings for step in row.levels)

    @cached_property
    def reasoned(self) -> frozenset[JudgementKey]:
        """What rationales.csv has a reason for."""
        return frozenset((row.key, row.step) for row in self.rationales)

    def joined_names(self) -> dict[str, str]:
        """Return by which name a person goes, for each other name of theirs: as its first row."""
        rows = (row.record for row in reversed(self.people))
        return {one.name: one.person for one in rows if one.same == "yes"}

    def judgements(self) -> Iterator[Judgement]:
        """Yield each level of studies.csv with its row of rationales.csv; ask when checked."""
        reasons = {(row.key, row.step): row for row in self.rationales}
        for row in self.codings:
            for step, level in row.levels.items():
                reason = reasons[row.key, step]
                yield Judgement(
                    citekey=row.key.citekey,
                    misuse_vector=row.key.misuse_vector,
                    coder=row.key.coder,
                    step=step,
                    level=level,
                    confidence=reason.confidence,
                    locator=reason.locator,
                    source=reason.source,
                    rationale=reason.rationale,
                )
