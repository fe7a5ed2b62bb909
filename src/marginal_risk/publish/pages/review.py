"""What waits for a person at /review: provisional codings to check, and codings to settle."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.paging import Part, take_part
from marginal_risk.publish.queries.vocabulary import Word
from marginal_risk.publish.queries.works import CitedWork, read_works
from marginal_risk.publish.sentences import are, count_of

RULE = (
    "First come studies whose provisional judgements, if they stood, would change most cells of"
    " the map: cells that would show a level for the first time, or a stronger one. Of equals,"
    " those come first that change the step of marginal risk, then those on which the machines"
    " differ least, then newer before older. Where the machines differ, the lower level is counted"
    " on."
)


@dataclass(frozen=True)
class ToReview:
    """A study that waits for a person, for a misuse vector."""

    priority: int
    work: CitedWork
    vector: Word
    why: str
    form: str
    """Address of the form, with the codings beside its questions."""


@dataclass(frozen=True, kw_only=True)
class ReviewPage(Page):
    """What waits for a person."""

    summary: str = described("How many codings wait.")
    rule: str = described("What decides the order.")
    checks: int = described("How many provisional codings wait, shown or not.")
    part: Part = described("Which of all that waits is shown.")
    to_check: list[ToReview] = described("Provisional codings, the one first that changes most.")
    to_settle: list[ToReview] = described("Codings on which people differ.")


async def review_page(datasette: Datasette, request: Request) -> Response:
    """Answer /review with what waits for a person."""
    return await cached_page(datasette, request, _render, ["page"])


async def _render(context: PageContext) -> Response:
    check = await context.read_once(read_next_to_check)
    settle = await context.read_once(read_to_settle)
    part = take_part(
        len(check) + len(settle),
        context.first("page"),
        lambda number: f"?page={number}" if number else "",
    )
    shown = part.of([*((row, "check") for row in check), *((row, "settle") for row in settle)])
    keys = list(dict.fromkeys(row["citekey"] for row, _ in shown))
    works = {work.citekey: work for work in await context.read(read_works, keys)}

    def waiting(act: str) -> list[ToReview]:
        return [
            ToReview(
                row["priority"],
                works[row["citekey"]],
                context.vocabulary.vectors[row["misuse_vector"]],
                _why_check(row) if act == "check" else _why_settle(row),
                review_path(context, row["citekey"], row["misuse_vector"], act),
            )
            for row, asked in shown
            if asked == act
        ]

    summary = summarize(len(check), len(settle))
    page = ReviewPage(
        **context.page_fields(
            title="Check provisional codings",
            description=summary,
            path="/review",
            data_links=context.data_links("next_to_check"),
        ),
        summary=summary,
        rule=RULE,
        checks=len(check),
        part=part,
        to_check=waiting("check"),
        to_settle=waiting("settle"),
    )
    return await context.render("review.html", page)


def read_next_to_check(connection: sqlite3.Connection) -> list[Any]:
    """Return the provisional codings that wait to be checked, in order."""
    return connection.execute("select * from next_to_check order by priority").fetchall()


def read_to_settle(connection: sqlite3.Connection) -> list[Any]:
    """Return the studies on which coders differ, with the number of steps."""
    return connection.execute(
        "select row_number() over (order by a.citekey, v.position) as priority, a.citekey,"
        " a.misuse_vector, count(*) as steps from agreed_judgements a"
        " join vectors v on v.slug = a.misuse_vector where a.basis = 'contested'"
        " group by a.citekey, a.misuse_vector, v.position order by priority"
    ).fetchall()


def summarize(check: int, settle: int) -> str:
    """Return how many codings wait for a person."""
    if not check and not settle:
        return "Nothing waits for a person."
    parts = [
        f"{count_of(number, 'coding')} {are(number)} waiting {to}"
        for number, to in ((check, "to be checked"), (settle, "to be settled"))
        if number
    ]
    return f"{' and '.join(parts)}."


def _why_check(row: Any) -> str:
    cells = count_of(row["cells_changed"], "cell")
    evidence = ", that of the step of marginal risk among them" if row["evidence_changed"] else ""
    would = (
        f"If it stood, {cells} of the map would change{evidence}."
        if row["cells_changed"]
        else ("If it stood, no cell of the map would show another level.")
    )
    differ = (
        f" The machines differ at {count_of(row['differing'], 'step')} of {row['steps']}."
        if row["differing"]
        else f" The machines agree at {count_of(row['steps'], 'step')}."
        if row["machines"] > 1
        else " One machine coded it."
    )
    return would + differ


def _why_settle(row: Any) -> str:
    return f"Its coders differ at {count_of(row['steps'], 'step')}."


def review_path(context: PageContext, citekey: str, vector: str, act: str) -> str:
    """Return the address of the form that checks or settles (``act``) a study's coding."""
    query = urlencode({"study": citekey, "vector": vector, act: 1})
    return f"{context.path('/contribute')}?{query}"


ROUTES = [(r"^/review$", review_page)]
