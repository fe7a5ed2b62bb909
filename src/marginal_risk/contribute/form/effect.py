"""What a proposal would change on the map, counted by the map's own views."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marginal_risk.contribute.coding import Proposal
from marginal_risk.publish.page import PageContext
from marginal_risk.publish.queries.coverage import read_cells
from marginal_risk.publish.queries.evidence import FrameworkStep, Word
from marginal_risk.publish.sentences import describe_cell

# The rows of the tables that the views read, with those of the proposal. Each has only the
# columns that the views ask for.
_TABLES = (
    (
        "coders",
        "select coder, kind from main.coders union all select :coder, 'person'"
        " where not exists (select 1 from main.coders c where c.coder = :coder)",
    ),
    (
        "screening",
        "select citekey, misuse_vector, decision from main.screening"
        " where not (citekey = :study and (misuse_vector = :vector or misuse_vector is null))"
        " union all select :study, :vector, :decision",
    ),
    (
        "codings",
        "select citekey, misuse_vector, coder from main.codings"
        " union all select :study, :vector, :coder",
    ),
    (
        "judgements",
        "select citekey, misuse_vector, coder, step, level, confidence from main.judgements"
        " union all select :study, :vector, :coder, json_extract(value, '$[0]'),"
        " json_extract(value, '$[1]'), json_extract(value, '$[2]') from json_each(:judged)",
    ),
)


@dataclass(frozen=True)
class CellChange:
    """A cell of the map before and after."""

    step: FrameworkStep
    before: Word
    after: Word
    counted_before: str
    counted_after: str

    @property
    def is_other_state(self) -> bool:
        """Whether the cell would show another state."""
        return self.before != self.after


async def read_effect(context: PageContext, proposal: Proposal) -> list[CellChange]:
    """Return the cells of the proposal's misuse vector that would change."""
    if proposal.new is None:
        return []
    after = await context.read(read_cells, _TABLES, _parameters(proposal))
    return list(_changes(context, proposal.key.misuse_vector, after))


def _parameters(proposal: Proposal) -> dict[str, Any]:
    new = proposal.new
    confidence = {row.step: row.confidence for row in new.rationales} if new else {}
    levels = new.codings[0].levels if new and new.codings else {}
    judged = [[step, level, confidence.get(step, "")] for step, level in levels.items()]
    return {
        "study": proposal.key.citekey,
        "vector": proposal.key.misuse_vector,
        "coder": proposal.key.coder,
        "decision": new.screening[0].record.decision if new and new.screening else "included",
        "judged": json.dumps(judged),
    }


def _changes(context: PageContext, vector: str, after: dict[Any, Any]) -> Iterator[CellChange]:
    states = context.vocabulary.states
    for slug, step in context.vocabulary.steps.items():
        old, new = context.whole.cells[vector, slug], after[vector, slug]
        counted = describe_cell(old), describe_cell(new)
        if old.state != new.state or counted[0] != counted[1]:
            yield CellChange(step, states[old.state], states[new.state], *counted)
