"""What a cell of the map opens in place: why it has its level."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from marginal_risk.publish.queries.coverage import Coverage, count_coverage, narrow_views
from marginal_risk.publish.queries.evidence import columns
from marginal_risk.publish.queries.filters import MapFilter

MOST = 2
"""Reasons to read of one cell: its own page has all of them."""


@dataclass(frozen=True)
class Reason:
    """Why a study was given its level at a step, as the one who judged it says."""

    misuse_vector: str
    step: str
    citekey: str
    short_citation: str
    level: str
    rationale: str
    locator: str
    confidence: str
    coder_name: str
    is_provisional: int
    """1 where a machine gave it, and nobody else has judged."""


def read_explained_map(
    connection: sqlite3.Connection, whole: Coverage, map_filter: MapFilter
) -> tuple[Coverage, dict[tuple[str, str], list[Reason]]]:
    """Return the map as the filter leaves it, and the first reasons of every cell.

    Those are by vector and step, those of the furthest study first. A judgement that a consensus
    overruled is left out, and so is a provisional one that is not in the layer shown, or not the
    last word there, and what the filter leaves out.
    """
    with narrow_views(connection, map_filter) as views:
        coverage = count_coverage(connection, views, whole, map_filter)
        return coverage, _read_reasons(connection, views, map_filter)


def _read_reasons(
    connection: sqlite3.Connection, views: str, map_filter: MapFilter
) -> dict[tuple[str, str], list[Reason]]:
    # Each study has a reason at least, so the first studies of a cell have its first reasons. The
    # cells are cross joined with all that follows: else SQLite looks for them once for each coder.
    found = connection.execute(
        f"""{views}
        select {columns(Reason)} from (
            select
                j.misuse_vector, j.step, j.citekey, t.short_citation, j.level, j.rationale,
                j.locator, j.confidence, c.name as coder_name, a.is_provisional,
                row_number() over (
                    partition by j.misuse_vector, j.step
                    order by a.rank desc, a.year, j.citekey, l.rank desc, k.position desc, j.coder
                ) as place
            from vectors v
            cross join steps s
            cross join json_each((
                select json_group_array(citekey) from (
                    select citekey from agreed_levels
                    where layer = :layer and misuse_vector = v.slug and step = s.slug
                    order by rank desc, year, citekey
                    limit {MOST}
                )
            )) first
            cross join agreed_levels a
                on a.layer = :layer and a.misuse_vector = v.slug and a.step = s.slug
                and a.citekey = first.value
            cross join judgements j
                on j.citekey = a.citekey and j.misuse_vector = a.misuse_vector and j.step = a.step
                and {map_filter.conditions_on_judgement()}
            cross join levels l on l.slug = j.level
            cross join studies t on t.citekey = j.citekey
            cross join coders c on c.coder = j.coder
            cross join coder_kinds k on k.slug = c.kind
            where (c.kind = 'machine') = (a.is_provisional = 1)
                and (c.kind = 'consensus' or a.basis <> 'consensus')
        )
        where place <= {MOST}
        order by misuse_vector, step, place""",
        map_filter.parameters(),
    )
    reasons: dict[tuple[str, str], list[Reason]] = {}
    for row in found:
        reason = Reason(*row)
        reasons.setdefault((reason.misuse_vector, reason.step), []).append(reason)
    return reasons
