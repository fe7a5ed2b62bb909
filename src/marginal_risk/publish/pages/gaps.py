"""The gaps, in the order in which they matter, at /gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.compared import say_unmeasured
from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.queries.comparisons import read_compared_cells
from marginal_risk.publish.queries.evidence import Cell, ShownJudgement, read_judgements_of_cells
from marginal_risk.publish.queries.filters import COUNTED
from marginal_risk.publish.queries.origins import Origin, read_origins
from marginal_risk.publish.queries.vocabulary import FrameworkStep, MapVocabulary, Word, read_rules
from marginal_risk.publish.sentences import are, count_of, describe_owner

CLOSED_BY = {
    "no_study": "A search that finds a study of this misuse vector, or new research.",
    "not_coded": "A coding of a study that was found.",
    "absent": "A study that addresses this step, be it one that waits to be read or a new one.",
    "partial_only": "A study that addresses this step clearly.",
    "contested": "A consensus of the coders.",
    "single_study": "A second study that addresses this step.",
}
SECOND = "single_study"
"""The kind of gap in which nothing is missing but a study that confirms."""
_MOST_QUOTED = 6
"""Judgements to show in one block; the page of the cell has all of them."""


@dataclass(frozen=True)
class CountedGapKind:
    """A kind of gap, and how often it occurs."""

    term: Word
    closed_by: str
    gaps: int
    """Number of gaps of this kind."""
    in_reading: int
    """Number of those in our reading: studies found may still close them."""
    data_links: dict[str, str]


@dataclass(frozen=True)
class GapBlock:
    """A gap with what a reader needs to judge it."""

    vector: Word
    step: FrameworkStep
    kind: CountedGapKind
    state: Word
    is_ours: bool
    """Whether it is in our reading, and not shown to be in the literature."""
    gap_owner: str
    """The same in a sentence, with the reason."""
    judgements: list[ShownJudgement]
    more: int
    """Number of judgements that are not shown."""
    path: str


@dataclass(frozen=True, kw_only=True)
class GapsPage(Page):
    """What research is missing."""

    sentences: list[str] = described("How many gaps there are, and whose they are.")
    kinds: list[CountedGapKind] = described("The kinds of gap, the widest first.")
    step: FrameworkStep = described("The step that asks for evidence on marginal risk.")
    rule: str = described("What earns the strongest level at that step.")
    marginal: list[GapBlock] = described(
        "The gaps in evidence on marginal risk, the first one first."
    )
    others: list[tuple[FrameworkStep, list[tuple[CountedGapKind, list[GapBlock]]]]] = described(
        "The gaps of every other step, by kind."
    )
    unmeasured: list[str] = described(
        "For which vectors no study compares open models with closed ones, and with older means."
    )
    comparisons_links: dict[str, str] = described(
        "Where the comparisons are counted: table, JSON and CSV."
    )
    origins: list[Origin] = described("What to know of where the judgements come from.")
    uncoded: int = described("Number of studies found that nobody has coded.")
    uncoded_links: dict[str, str] = described("Where those studies are: table, JSON and CSV.")


async def gaps_page(datasette: Datasette, request: Request) -> Response:
    """Answer /gaps with what is missing, evidence on marginal risk first."""
    return await cached_page(datasette, request, _render)


async def _render(context: PageContext) -> Response:
    vocabulary, step = context.vocabulary, context.vocabulary.marginal_risk_step
    gaps = order_gaps(vocabulary, context.whole.cells)
    kinds = {slug: _kind(context, slug, gaps) for slug in vocabulary.gap_kinds}
    blocks = await _read_blocks(context, kinds, gaps)
    marginal = [block for block in blocks if block.step == step]
    lacking = sum(block.kind.term.slug != SECOND for block in marginal)
    sentences = summarize(list(kinds.values()), lacking, len(context.whole.cells))
    page = GapsPage(
        **context.page_fields(
            title="Gaps",
            description=sentences[0],
            path="/gaps",
            data_links=context.data_links("gaps"),
        ),
        sentences=sentences,
        kinds=list(kinds.values()),
        step=step,
        rule=next(iter((await context.read(read_rules))[step.slug].values())),
        marginal=marginal,
        others=[
            (other, _by_kind(kinds, [block for block in blocks if block.step == other]))
            for other in vocabulary.steps.values()
            if other != step
        ],
        unmeasured=say_unmeasured(
            await context.read_once(read_compared_cells, COUNTED), context.whole
        ),
        comparisons_links=context.data_links("comparison_matrix", measured="0"),
        origins=await context.read_once(read_origins),
        uncoded=context.whole.flow.uncoded,
        uncoded_links=context.data_links("uncoded", what="study"),
    )
    return await context.render("gaps.html", page)


def order_gaps(vocabulary: MapVocabulary, cells: Mapping[tuple[str, str], Cell]) -> list[Cell]:
    """Return the cells in which something is missing, in the order of the view ``gaps``."""
    kinds, steps, vectors = (
        list(vocabulary.gap_kinds),
        list(vocabulary.steps),
        list(vocabulary.vectors),
    )
    return sorted(
        (cell for cell in cells.values() if cell.gap_kind),
        key=lambda cell: (
            not vocabulary.steps[cell.step].is_marginal_risk,
            kinds.index(str(cell.gap_kind)),
            vectors.index(cell.misuse_vector),
            steps.index(cell.step),
        ),
    )


def summarize(kinds: Sequence[CountedGapKind], marginal: int, cells: int) -> list[str]:
    """Return whether something is missing in the literature, or only in what was read so far.

    ``marginal`` is the number of cells without a study that addresses the step on marginal risk.
    """
    total = sum(kind.gaps for kind in kinds)
    if not total:
        return ["No cell of the map is a gap: several studies address every step."]
    ours = sum(kind.in_reading for kind in kinds)
    seconds = sum(kind.gaps for kind in kinds if kind.term.slug == SECOND)
    return [
        *_say_whose(total - ours, ours),
        *_say_what(total - seconds, seconds, marginal, cells),
    ]


def _say_whose(theirs: int, ours: int) -> Iterator[str]:
    unread = (
        "studies that were found are not judged there yet, coders disagree, or nobody has searched"
    )
    if not theirs:
        yield (
            "Nothing is shown to be missing in the literature: wherever the map has a gap,"
            f" {unread}."
        )
        return
    yield (
        f"{count_of(theirs, 'gap')} {are(theirs)} in the literature, as far as it was searched:"
        " every study found was judged there, or none was found."
    )
    if ours:
        yield (
            f"{count_of(ours, 'gap')} {are(ours)} in our reading only: {unread}. That says nothing"
            " about the literature."
        )


def _say_what(lacking: int, seconds: int, marginal: int, cells: int) -> Iterator[str]:
    if lacking:
        have_none = "has" if lacking == 1 else "have"
        yield (
            f"{lacking} of {count_of(cells, 'cell')} of the map {have_none} no study, among those"
            f" read, that clearly addresses the step; {marginal or 'none'} of them"
            f" {are(marginal or lacking)} about evidence on marginal risk."
        )
    if seconds:
        cells_have, need = ("cell has", "needs") if seconds == 1 else ("cells have", "need")
        yield (
            f"{seconds} more {cells_have} one such study and {need} a second."
            if lacking
            else f"{seconds} of {cells} {cells_have} one study that addresses the step, and {need}"
            " a second."
        )


def _kind(context: PageContext, slug: str, gaps: Sequence[Cell]) -> CountedGapKind:
    return CountedGapKind(
        context.vocabulary.gap_kinds[slug],
        CLOSED_BY[slug],
        sum(gap.gap_kind == slug for gap in gaps),
        sum(gap.gap_kind == slug and gap.gap_in == "reading" for gap in gaps),
        context.data_links("gaps", gap_kind=slug),
    )


async def _read_blocks(
    context: PageContext, kinds: dict[str, CountedGapKind], gaps: Sequence[Cell]
) -> list[GapBlock]:
    marginal = context.vocabulary.marginal_risk_step.slug
    judgements = await context.read(
        read_judgements_of_cells,
        [(gap.misuse_vector, gap.step) for gap in gaps if gap.step == marginal],
    )

    def block(gap: Cell) -> GapBlock:
        counted = keep_settled(judgements.get((gap.misuse_vector, gap.step), ()))
        return GapBlock(
            context.vocabulary.vectors[gap.misuse_vector],
            context.vocabulary.steps[gap.step],
            kinds[str(gap.gap_kind)],
            context.vocabulary.states[gap.state],
            gap.gap_in == "reading",
            describe_owner(gap),
            counted[:_MOST_QUOTED],
            len(counted[_MOST_QUOTED:]),
            context.path(f"/vectors/{gap.misuse_vector}/{gap.step}"),
        )

    return [block(gap) for gap in gaps]


def keep_settled(judgements: Sequence[ShownJudgement]) -> list[ShownJudgement]:
    """Return the judgements that the map counts: those of a study's consensus, if it has one."""
    settled = {j.citekey for j in judgements if j.coder_kind == "consensus"}
    return [
        j
        for j in judgements
        if not j.is_provisional and (j.coder_kind == "consensus" or j.citekey not in settled)
    ]


def _by_kind(
    kinds: dict[str, CountedGapKind], blocks: Sequence[GapBlock]
) -> list[tuple[CountedGapKind, list[GapBlock]]]:
    grouped = ((kind, [block for block in blocks if block.kind == kind]) for kind in kinds.values())
    return [(kind, found) for kind, found in grouped if found]


ROUTES = [(r"^/gaps$", gaps_page)]
