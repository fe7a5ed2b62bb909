"""What was found for the map, and how far it has got: rows of the screening views."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from marginal_risk.publish.queries.evidence import columns


@dataclass(frozen=True)
class Flow:
    """How many studies were found, and how far they have got."""

    misuse_vector: str | None
    """The misuse vector; None for all studies."""
    found: int
    candidates: int
    excluded: int
    included: int
    coded: int
    coded_twice: int
    withdrawn: int

    @property
    def coded_once(self) -> int:
        """Number of those that one coder alone has coded."""
        return self.coded - self.coded_twice

    @property
    def to_code(self) -> int:
        """Number of included studies that nobody has coded."""
        return self.included - self.coded

    @property
    def uncoded(self) -> int:
        """Number of studies that wait: for a decision, or for a coder."""
        return self.candidates + self.to_code


@dataclass(frozen=True)
class Identification:
    """From where the studies found come, and what was removed before screening."""

    records: int
    duplicates: int
    unreadable: int
    taken: int
    in_other_ways: int

    @property
    def identified(self) -> int:
        """Number of all records: of searches, and works found in other ways."""
        return self.records + self.in_other_ways


@dataclass(frozen=True)
class WaitingCount:
    """How many candidates wait for the same."""

    screening_stage: str
    waiting_for: str
    studies: int


@dataclass(frozen=True)
class Conflict:
    """A study on which screeners differ."""

    citekey: str
    short_citation: str
    title: str
    misuse_vector: str | None
    screening_stage: str
    includes: int
    excludes: int
    unsure: int


Flows = dict[str | None, Flow]
"""The flow of each misuse vector, and of all studies under None."""


@dataclass(frozen=True)
class ScreeningDecision:
    """What was decided about one study for one misuse vector."""

    misuse_vector: str | None
    decision: str
    stage: str
    reason: str | None
    other_study: str | None
    study_type: str | None
    found_via: str
    decided_on: str | None
    note: str | None


@dataclass(frozen=True)
class LeftOut:
    """A study that was excluded or withdrawn."""

    citekey: str
    short_citation: str
    misuse_vector: str | None
    decision: str
    reason: str | None
    other_study: str | None
    decided_on: str | None
    note: str | None


@dataclass(frozen=True)
class ListedSearch:
    """A search of the literature, and what became of the records that it found."""

    searched_on: str
    source: str
    query: str
    kind: str
    hits: int
    taken: int | None
    known: int | None
    repeated: int | None
    refused: int | None
    searched_by: str
    note: str | None

    @property
    def is_systematic(self) -> bool:
        """Whether it was made by a query and in full."""
        return self.kind == "systematic"


def read_flows(connection: sqlite3.Connection) -> Flows:
    """Return how many studies were found, and how far they have got."""
    found = connection.execute(f"select {columns(Flow)} from screening_flow")
    return {row["misuse_vector"]: Flow(*row) for row in found}


@dataclass(frozen=True)
class Criterion:
    """What a work must meet, or else it is left out for a reason."""

    name: str
    """Name of the reason."""
    text: str
    stage: str


def read_criteria(connection: sqlite3.Connection) -> list[Criterion]:
    """Return the criteria in the codebook's order; one without a wording by its definition."""
    found = connection.execute(
        "select name, coalesce(criterion, definition) as text, stage from exclusion_reasons"
        " order by position",
    )
    return [Criterion(*row) for row in found]


def read_identification(connection: sqlite3.Connection) -> Identification:
    """Return from where the studies found come."""
    row = connection.execute(f"select {columns(Identification)} from identification").fetchone()
    return Identification(*row)


def read_waiting(connection: sqlite3.Connection, vector: str | None) -> list[WaitingCount]:
    """Return what the candidates wait for, the first stage first."""
    found = connection.execute(
        "select screening_stage, waiting_for, studies from waiting_candidates"
        " where misuse_vector is :vector order by screening_stage desc, waiting_for",
        {"vector": vector},
    )
    return [WaitingCount(*row) for row in found]


def read_conflicts(connection: sqlite3.Connection, vector: str | None) -> list[Conflict]:
    """Return the studies on which screeners differ; not who said what."""
    found = connection.execute(
        "select c.citekey, t.short_citation, t.title, c.misuse_vector, c.screening_stage,"
        " c.includes, c.excludes, c.unsure from screening_conflicts c"
        " join studies t on t.citekey = c.citekey"
        " where :vector is null or c.misuse_vector = :vector"
        " order by c.citekey, c.misuse_vector",
        {"vector": vector},
    )
    return [Conflict(*row) for row in found]


def read_screening(connection: sqlite3.Connection, citekey: str) -> list[ScreeningDecision]:
    """Return what was decided about a study, in the order of the codebook's vectors."""
    found = connection.execute(
        "select f.misuse_vector, f.decision, f.stage, f.reason, f.other_study, f.study_type,"
        " f.found_via, f.decided_on, f.note from found_studies f"
        " left join vectors v on v.slug = f.misuse_vector"
        " where f.citekey = :citekey order by v.position",
        {"citekey": citekey},
    )
    return [ScreeningDecision(*row) for row in found]


def read_exclusions(connection: sqlite3.Connection, vector: str | None) -> list[tuple[str, int]]:
    """Return how many studies were left out for each reason, in the codebook's order."""
    found = connection.execute(
        "select x.reason, x.studies from exclusions x"
        " join exclusion_reasons r on r.slug = x.reason"
        " where x.misuse_vector is :vector order by r.position",
        {"vector": vector},
    )
    return [(row["reason"], row["studies"]) for row in found]


def read_left_out(connection: sqlite3.Connection, vector: str | None) -> list[LeftOut]:
    """Return the studies that were excluded or withdrawn."""
    found = connection.execute(
        "select f.citekey, t.short_citation, f.misuse_vector, f.decision, f.reason, f.other_study,"
        " f.decided_on, f.note from found_studies f join studies t on t.citekey = f.citekey"
        " left join vectors v on v.slug = f.misuse_vector"
        " where f.decision in ('excluded', 'withdrawn')"
        " and (:vector is null or f.misuse_vector = :vector)"
        " order by f.decision, v.position, f.citekey",
        {"vector": vector},
    )
    return [LeftOut(*row) for row in found]


def read_searches(connection: sqlite3.Connection) -> list[ListedSearch]:
    """Return the searches, the last one first."""
    found = connection.execute(
        f"select {columns(ListedSearch)} from searches order by searched_on desc, id desc",
    )
    return [ListedSearch(*row) for row in found]


def read_ways(connection: sqlite3.Connection, vector: str | None) -> list[tuple[str, int]]:
    """Return how the studies were found, with their numbers, the most frequent way first."""
    found = connection.execute(
        "select found_via, count(distinct citekey) as studies from screening"
        " where decision <> 'withdrawn' and (:vector is null or misuse_vector = :vector)"
        " group by found_via order by studies desc, found_via",
        {"vector": vector},
    )
    return [(row["found_via"], row["studies"]) for row in found]
