"""What a sound proposal would add to the files and change on the map, and where to offer it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from marginal_risk.contribute.coding.answers import Answers
from marginal_risk.contribute.coding.file_changes import new_lines
from marginal_risk.contribute.coding.overlay import lay_over
from marginal_risk.contribute.coding.proposal import Proposal, is_second_coding
from marginal_risk.publish.page import PageContext
from marginal_risk.publish.queries import open_database
from marginal_risk.publish.queries.coverage import read_cells
from marginal_risk.publish.queries.evidence import Cell
from marginal_risk.publish.queries.vocabulary import FrameworkStep, Word, read_words
from marginal_risk.publish.sentences import describe_cell
from marginal_risk.rows import CodingKey, Records

ISSUE_FORM = "offer-a-coding.yml"
"""The repository's issue form for a coding, in .github/ISSUE_TEMPLATE."""
_LONGEST_LINK = 7500
"""Most characters of a link to an issue with its answers: GitHub refuses longer ones."""


@dataclass(frozen=True)
class CellPreview:
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


@dataclass(frozen=True)
class Preview:
    """What a sound proposal would add and change."""

    reference: str
    vector: Word
    rows: list[tuple[FrameworkStep, Word, str, str, str]]
    """Step, level, rationale, locator, confidence."""
    not_coded: list[FrameworkStep]
    comparisons: list[tuple[Word, Word, Word, str, str]]
    """Examined models, comparator, finding, locator and note."""
    checks: list[str]
    """Names of the coders whose codings this checks."""
    changes: list[CellPreview]
    """Empty for a second coder, who is not shown what the first one judged."""
    is_second: bool
    """Whether somebody else has judged the study for the vector on their own."""
    lines: list[tuple[str, str]]
    """Each file with the lines to append to it."""
    replaces: str
    """Start of the row of screening.csv that the new row replaces; '' for none."""
    issue_url: str | None
    """The repository's form for a coding, filled in; None where no repository is named."""
    fits_in_link: bool
    """Whether the issue holds the answers already; else they are to be pasted."""


async def read_preview(
    context: PageContext, answers: Answers, proposal: Proposal, records: Records
) -> Preview:
    """Return what the answers, a sound proposal, would add to ``records`` and change on the map."""
    new, reference = proposal.new, proposal.reference
    assert new is not None  # noqa: S101  (a sound proposal has both)
    assert reference is not None  # noqa: S101
    levels = new.codings[0].levels
    reasons = {row.step: row for row in new.rationales}
    steps, lines = context.vocabulary.steps, list(new_lines(proposal))
    screened = {(row.record.citekey, row.record.misuse_vector) for row in records.screening}
    key = proposal.key
    replaced = next(
        (vector for vector in (key.misuse_vector, None) if (key.citekey, vector) in screened), ""
    )
    if not new.screening:
        replaced = ""
    issue_url = _issue_url(context, answers, key)
    is_second = is_second_coding(records, proposal)
    changes: list[CellPreview] = []
    if not is_second:
        after = await asyncio.to_thread(_read_cells_after, context, proposal)
        changes = list(_find_changes(context, key.misuse_vector, after))
    return Preview(
        reference=reference.study.reference,
        vector=context.vocabulary.vectors[key.misuse_vector],
        rows=[
            (
                steps[step],
                context.vocabulary.states[level],
                reasons[step].rationale,
                reasons[step].locator,
                reasons[step].confidence,
            )
            for step, level in levels.items()
        ],
        not_coded=[step for slug, step in steps.items() if slug not in levels],
        comparisons=await _read_comparisons(context, new),
        checks=[
            row.record.name
            for row in records.coders
            if row.record.coder in new.codings[0].started_from
        ],
        changes=changes,
        is_second=is_second,
        lines=lines,
        replaces="" if replaced == "" else f"{key.citekey},{replaced or ''},",
        issue_url=issue_url,
        fits_in_link="answers=" in (issue_url or ""),
    )


async def _read_comparisons(
    context: PageContext, new: Records
) -> list[tuple[Word, Word, Word, str, str]]:
    """Return the new comparisons with the names of their words."""
    examined, comparators, findings = [
        {word.slug: word for word in await context.read(read_words, table)}
        for table in ("examined_models", "comparators", "findings")
    ]
    return [
        (
            examined[row.examined],
            comparators[row.comparator],
            findings[row.finding],
            row.locator,
            row.note or "",
        )
        for row in new.comparisons
    ]


def _read_cells_after(context: PageContext, proposal: Proposal) -> dict[tuple[str, str], Cell]:
    """Return the cells of the map as they would be, on a connection of their own."""
    with closing(open_database(Path(context.database.path))) as connection:
        lay_over(connection, proposal)
        return read_cells(connection)


def _find_changes(
    context: PageContext, vector: str, after: dict[tuple[str, str], Cell]
) -> Iterator[CellPreview]:
    """Yield the cells of a misuse vector that would change."""
    states = context.vocabulary.states
    for slug, step in context.vocabulary.steps.items():
        old, new = context.whole.cells[vector, slug], after[vector, slug]
        counted = describe_cell(old), describe_cell(new)
        if old.state != new.state or counted[0] != counted[1]:
            yield CellPreview(step, states[old.state], states[new.state], *counted)


def _issue_url(context: PageContext, answers: Answers, key: CodingKey) -> str | None:
    """Return the address of the repository's form for a coding, filled in as far as a link can.

    GitHub documents filling in the fields of a form by their ids:
    https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/configuring-issue-templates-for-your-repository
    """
    repository = context.setting("repository") or ""
    if not repository.startswith(("https://", "http://")):
        return None
    title = f"Coding: {key.citekey}, {key.misuse_vector}, {key.coder}"
    asked = {"template": ISSUE_FORM, "title": title}
    whole = urlencode({**asked, "answers": answers.as_brief_json()})
    query = whole if len(whole) <= _LONGEST_LINK else urlencode(asked)
    return f"{repository.rstrip('/')}/issues/new?{query}"
