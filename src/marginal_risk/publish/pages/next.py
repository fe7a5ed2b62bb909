"""What to code next, for someone with one free afternoon, at /next."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.queries.study_list import read_next_to_code
from marginal_risk.publish.queries.vocabulary import Word
from marginal_risk.publish.queries.works import CitedWork, read_works
from marginal_risk.publish.sentences import are, count_of

_MOST_SHOWN = 20
"""Studies to show; the view has all of them."""

WHY = {
    "no_evidence": "No coded study of this misuse vector addresses marginal risk.",
    "single_coder": "One coder alone has judged it; a second coder could confirm or dispute that.",
    "contested": "Its coders disagree; a consensus would settle it.",
    "confirmation": "A coded study of this misuse vector addresses marginal risk; another could"
    " confirm it.",
}
RULE = (
    "First come studies of misuse vectors for which no coded study addresses marginal risk; then"
    " studies that only one coder has judged; then those whose coders disagree; then the rest."
    " Within each group the misuse vectors take turns, those without any evidence first. Of one"
    " vector, included studies come before candidates, empirical studies before other types, and"
    " newer studies before older ones."
)


@dataclass(frozen=True)
class WaitingStudy:
    """A study that waits to be coded for a misuse vector."""

    priority: int
    work: CitedWork
    vector: Word
    why: str
    study_type: str | None
    is_candidate: bool
    note: str | None
    """What is not verified, for instance."""
    contribute: str
    """Address of the contribution form, filled in."""


@dataclass(frozen=True, kw_only=True)
class NextPage(Page):
    """What to code next."""

    vector: Word | None = described("The misuse vector asked for; None for all.")
    summary: str = described("How many studies wait.")
    rule: str = described("What decides the order.")
    waiting: list[WaitingStudy] = described("The studies, the first one first.")
    more: int = described("Number of studies that are not shown.")


async def next_page(datasette: Datasette, request: Request) -> Response:
    """Answer /next, for all misuse vectors or for the ``vector`` of the address."""
    return await cached_page(datasette, request, _render, ["vector", "page"])


async def _render(context: PageContext) -> Response:
    vector = context.vocabulary.vectors.get(context.first("vector"))
    exact = {"misuse_vector": vector.slug} if vector else {}
    first, number = await context.read_once(
        read_next_to_code, vector.slug if vector else None, tuple(WHY), _MOST_SHOWN
    )
    keys = list(dict.fromkeys(row["citekey"] for row in first))
    works = {work.citekey: work for work in await context.read(read_works, keys)}
    summary = summarize(number, vector)
    page = NextPage(
        **context.page_fields(
            title=f"What to code next: {vector.name}" if vector else "What to code next",
            description=summary,
            path="/next",
            data_links=context.data_links("next_to_code", **exact),
        ),
        vector=vector,
        summary=summary,
        rule=RULE,
        waiting=[
            WaitingStudy(
                row["priority"],
                works[row["citekey"]],
                context.vocabulary.vectors[row["misuse_vector"]],
                WHY[row["why"]],
                row["type_name"],
                row["decision"] == "candidate",
                row["note"],
                contribution_path(context, row["citekey"], row["misuse_vector"]),
            )
            for row in first
        ],
        more=number - len(first),
    )
    return await context.render("next.html", page)


def summarize(number: int, vector: Word | None) -> str:
    """Return how many codings are wanted."""
    where = f" for {vector.name}" if vector else ""
    if not number:
        return f"Nothing waits to be coded{where}."
    return f"{count_of(number, 'coding')}{where} {are(number)} wanted."


def contribution_path(context: PageContext, citekey: str, vector: str) -> str:
    """Return the address of the contribution form, filled in for a study and a vector."""
    return f"{context.path('/contribute')}?{urlencode({'study': citekey, 'vector': vector})}"


ROUTES = [(r"^/next$", next_page)]
