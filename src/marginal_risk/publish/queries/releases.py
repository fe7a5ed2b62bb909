"""The releases of the data, and what each changed on the map."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from marginal_risk.publish.queries.filters import MapFilter


@dataclass(frozen=True)
class ChangedCell:
    """A cell of the map whose state a release, or several, changed."""

    misuse_vector: str
    step: str
    state_before: str | None
    """None where it was not on the map."""
    state_after: str | None
    """None where it is no longer on the map."""


@dataclass(frozen=True)
class Release:
    """A release of the data."""

    tag: str
    released_on: str
    data_version: str
    git_commit: str
    found_studies: int
    coded_studies: int
    judgements: int
    tag_before: str | None
    cells: tuple[ChangedCell, ...] = ()
    """The cells that it changed, against the release before."""


_RELEASES = """
with recursive line as (
    select *, 1 as number from releases where tag_before is null
    union all
    select later.*, line.number + 1 from releases later join line on later.tag_before = line.tag
)
select
    tag, released_on, data_version, git_commit, found_studies, coded_studies, judgements, tag_before
from line order by number desc
"""
_CHANGES = """
select c.tag, c.misuse_vector, c.step, c.state_before, c.state_after
from release_changes c
left join vectors v on v.slug = c.misuse_vector
left join steps s on s.slug = c.step
order by v.position, c.misuse_vector, s.position, c.step
"""


def read_releases(connection: sqlite3.Connection, map_filter: MapFilter) -> list[Release]:
    """Return all releases, the newest first; of their changes those in rows and columns kept."""
    changed: dict[str, list[ChangedCell]] = {}
    for tag, vector, step, before, after in connection.execute(_CHANGES):
        is_kept = vector in (map_filter.vectors or (vector,)) and step in (
            map_filter.steps or (step,)
        )
        if is_kept:
            changed.setdefault(tag, []).append(ChangedCell(vector, step, before, after))
    return [
        Release(**dict(row), cells=tuple(changed.get(row["tag"], ())))
        for row in connection.execute(_RELEASES)
    ]


def add_up(releases: list[Release]) -> list[ChangedCell]:
    """Return how cells changed from before the last of these releases to the first of them.

    ``releases`` come newest first. A cell that changed and changed back is left out.
    """
    together: dict[tuple[str, str], ChangedCell] = {}
    for release in reversed(releases):
        for cell in release.cells:
            key = cell.misuse_vector, cell.step
            before = together[key].state_before if key in together else cell.state_before
            together[key] = ChangedCell(*key, before, cell.state_after)
    return [cell for cell in together.values() if cell.state_before != cell.state_after]
