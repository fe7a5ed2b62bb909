"""What was found for the map, and how far it has got: rows of the screening views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marginal_risk.publish.queries.evidence import columns, rows

if TYPE_CHECKING:  # datasette is still being imported while it loads its plugins
    from datasette.database import Database


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


Flows = dict[str | None, Flow]
"""The flow of each misuse vector, and of all studies under None."""


@dataclass(frozen=True)
class Screened:
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


async def read_flows(database: Database) -> Flows:
    """Return how many studies were found, and how far they have got."""
    found = await rows(database, f"select {columns(Flow)} from screening_flow")
    return {row["misuse_vector"]: Flow(*row) for row in found}


async def read_screening(database: Database, citekey: str) -> list[Screened]:
    """Return what was decided about a study, in the order of the codebook's vectors."""
    found = await rows(
        database,
        "select f.misuse_vector, f.decision, f.stage, f.reason, f.other_study, f.study_type,"
        " f.found_via, f.decided_on, f.note from found_studies f"
        " left join vectors v on v.slug = f.misuse_vector"
        " where f.citekey = :citekey order by v.position",
        {"citekey": citekey},
    )
    return [Screened(*row) for row in found]
