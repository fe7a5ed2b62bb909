"""What to code next, for someone with one free afternoon, at /next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response
from datasette.app import Datasette
from datasette.database import Database

from marginal_risk.publish.counting import are, count_of
from marginal_risk.publish.page import Desk, Page, kept, shown
from marginal_risk.publish.queries.evidence import Term, rows
from marginal_risk.publish.queries.works import Work, read_works

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
    "First come studies of misuse vectors for which no coded study addresses marginal risk, then"
    " studies that one coder alone has judged, then those whose coders disagree, then the rest."
    " Within each of these, every misuse vector has its turn, those without any evidence first;"
    " and of its studies, those that are included come before candidates, then empirical studies"
    " and the other types in the codebook's order, then newer before older."
)


@dataclass(frozen=True)
class Waiting:
    """A study that waits to be coded for a misuse vector."""

    priority: int
    work: Work
    vector: Term
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

    vector: Term | None = shown("The misuse vector asked for; None for all.")
    summary: str = shown("How many studies wait.")
    rule: str = shown("What decides the order.")
    waiting: list[Waiting] = shown("The studies, the first one first.")
    more: int = shown("Number of studies that are not shown.")


async def next_page(datasette: Datasette, request: Request) -> Response:
    """Answer /next, for all misuse vectors or for the ``vector`` of the address."""
    return await kept(datasette, request, _render)


async def _render(desk: Desk) -> Response:
    vector = desk.codebook.vectors.get(desk.request.args.get("vector") or "")
    exact = {"misuse_vector": vector.slug} if vector else {}
    found = await _read_queue(desk.database, vector.slug if vector else None)
    first = found[:_MOST_SHOWN]
    keys = list(dict.fromkeys(row["citekey"] for row in first))
    works = {work.citekey: work for work in await read_works(desk.database, keys)}
    summary = summarize(len(found), vector)
    page = NextPage(
        **await desk.common(
            title=f"What to code next: {vector.name}" if vector else "What to code next",
            description=summary,
            path="/next",
            data_links=desk.data_links("next_to_code", **exact),
        ),
        vector=vector,
        summary=summary,
        rule=RULE,
        waiting=[
            Waiting(
                row["priority"],
                works[row["citekey"]],
                desk.codebook.vectors[row["misuse_vector"]],
                WHY[row["why"]],
                row["type_name"],
                row["decision"] == "candidate",
                row["note"],
                contribution_path(desk, row["citekey"], row["misuse_vector"]),
            )
            for row in first
        ],
        more=len(found) - len(first),
    )
    return await desk.render("next.html", page)


def summarize(number: int, vector: Term | None) -> str:
    """Return how many codings are wanted."""
    where = f" for {vector.name}" if vector else ""
    if not number:
        return f"Nothing waits to be coded{where}."
    return f"{count_of(number, 'coding')}{where} {are(number)} wanted."


def contribution_path(desk: Desk, citekey: str, vector: str) -> str:
    """Return the address of the contribution form, filled in for a study and a vector."""
    return f"{desk.path('/contribute')}?{urlencode({'study': citekey, 'vector': vector})}"


async def _read_queue(database: Database, vector: str | None) -> list[Any]:
    return await rows(
        database,
        "select n.priority, n.citekey, n.misuse_vector, n.why, n.decision, f.note,"
        " y.name as type_name from next_to_code n join screening f"
        " on f.citekey = n.citekey and f.misuse_vector = n.misuse_vector"
        " left join study_types y on y.slug = f.study_type"
        " where :vector is null or n.misuse_vector = :vector order by n.priority",
        {"vector": vector},
    )


ROUTES = [(r"^/next$", next_page)]
