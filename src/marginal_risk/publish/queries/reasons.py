"""What a cell of the map opens in place: why it has its level."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from marginal_risk.publish.queries.evidence import columns
from marginal_risk.publish.queries.filters import MapFilter
from marginal_risk.publish.queries.narrowed_views import views_on

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


def read_reasons(
    connection: sqlite3.Connection, map_filter: MapFilter
) -> dict[tuple[str, str], list[Reason]]:
    """Return the first reasons of every cell by vector and step, those of the furthest study first.

    A judgement that a consensus overruled is left out, and so is a provisional one that is not in
    the layer shown, or not the last word there, and what the filter leaves out.
    """
    tables = map_filter.expressions() if map_filter.narrows_studies else ()
    found = connection.execute(
        f"""{views_on(connection, tables)}
        select {columns(Reason)} from (
            select
                j.misuse_vector, j.step, j.citekey, t.short_citation, j.level, j.rationale,
                j.locator, j.confidence, c.name as coder_name, a.is_provisional,
                row_number() over (
                    partition by j.misuse_vector, j.step
                    order by low.rank desc, t.year, j.citekey, l.rank desc, k.position desc, j.coder
                ) as place
            from judgements j
            join agreed_levels a
                on a.layer = :layer
                and a.citekey = j.citekey and a.misuse_vector = j.misuse_vector and a.step = j.step
            join levels low on low.slug = a.level
            join levels l on l.slug = j.level
            join studies t on t.citekey = j.citekey
            join coders c on c.coder = j.coder
            join coder_kinds k on k.slug = c.kind
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
