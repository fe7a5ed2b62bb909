"""The page /screen: works that wait for a screener, and what is decided about them, as lines.

Nothing that is posted is stored or logged, and what others decided is not shown.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from datasette import Request, Response
from datasette.app import Datasette
from datasette.utils.asgi import PayloadTooLarge

from marginal_risk.check.today import latest_today, today_here
from marginal_risk.contribute.form.contribute_page import read_kept_records
from marginal_risk.contribute.form.posted import MAX_POST_BYTES, TOO_LONG
from marginal_risk.contribute.screening.decided import (
    Decided,
    ScreeningAnswers,
    decide_on,
    new_lines,
)
from marginal_risk.contribute.screening.queue import ORDERS, Task, WaitingWork, find_waiting
from marginal_risk.publish.page import Page, PageContext, described, security_headers
from marginal_risk.records import STAGES, ExclusionReason
from marginal_risk.rows import Records
from marginal_risk.screening_records import VERDICTS

_AT_A_TIME = 10
"""Works of a page: enough for ten minutes."""
_MAX_FIELDS = 200
_UNDERSTOOD = ("as", "name", "stage", "vector", "order")
"""What the page takes from its address or form, beside the decisions."""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}")
STAGE_NAMES = {"title": "Title and abstract", "full_text": "Full text"}


@dataclass(frozen=True)
class Mistake:
    """What is to be mended before the decisions can be taken."""

    field: str
    """The id of the field."""
    text: str


@dataclass(frozen=True)
class ScreenedWork:
    """One work with what was chosen for it."""

    card: WaitingWork
    decision: str = ""
    reason: str = ""
    other: str = ""
    """Key of the study that the reason names."""


@dataclass(frozen=True, kw_only=True)
class ScreenPage(Page):
    """Works to decide on, with what was chosen so far."""

    task: Task = described("What the screener has set out to do.")
    name: str = described("Name of a new screener.")
    order: str = described("The order of the works.")
    orders: tuple[str, ...] = described("The orders that can be chosen.")
    stage_names: dict[str, str] = described("The stages of screening, by slug.")
    choices: list[ScreenedWork] = described("The works of this page.")
    waiting: int = described("Number of works that wait for this screener.")
    reasons: list[ExclusionReason] = described("The criteria, as reasons to leave a work out.")
    verdicts: tuple[str, ...] = described("What can be decided.")
    is_checked: bool = described("Whether decisions were posted.")
    mistakes: list[Mistake] = described("What is to be mended.")
    lines: dict[str, str] = described("Lines to add, by the file that they belong to.")


@dataclass(frozen=True)
class Asked:
    """What the address or the form says of the screener and the queue."""

    task: Task
    name: str
    order: str


async def screen_page(datasette: Datasette, request: Request) -> Response:
    """Answer /screen: works that wait; posted, the lines that the decisions make."""
    context = await PageContext.open(datasette, request, _UNDERSTOOD)
    given: Mapping[str, str] = {}
    if request.method == "POST":
        given = await _read_post(context)
    texts = {name: given.get(name) or context.first(name) for name in _UNDERSTOOD}
    response = await _render(context, _asked(context, texts), given)
    response.headers["Cache-Control"] = "no-store"
    return response


async def decisions_file(datasette: Datasette, request: Request) -> Response:
    """Answer /screen.json, posted, with the decisions as a file that ``screen --answers`` takes."""
    context = await PageContext.open(datasette, request)
    if request.method != "POST":
        return Response.redirect(context.path("/screen"))
    given = await _read_post(context)
    records = await read_kept_records(context)
    asked = _asked(context, given)
    answers, mistakes = _read_answers(records, asked, _choices(records, asked, given))
    if mistakes:
        return Response.text("\n".join(mistake.text for mistake in mistakes), status=400)
    headers = security_headers() | {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="screening.json"',
    }
    return Response(
        answers.as_json(), headers=headers, content_type="application/json; charset=utf-8"
    )


async def _read_post(context: PageContext) -> Mapping[str, str]:
    try:
        body = await context.request.post_body(max_bytes=MAX_POST_BYTES)
    except PayloadTooLarge as error:
        raise PayloadTooLarge(TOO_LONG) from error
    text = body.decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return {}
    return {name: " ".join(value.replace("\0", "").split()) for name, value in pairs}


def _asked(context: PageContext, texts: Mapping[str, str]) -> Asked:
    """Return what was asked for; a word that is not known stands for none."""
    vector, stage, order = (texts.get(name, "") for name in ("vector", "stage", "order"))
    task = Task(
        screener=texts.get("as", "")[:41],
        stage=stage if stage in STAGES else STAGES[0],
        vector=vector if vector in context.vocabulary.vectors else None,
    )
    return Asked(task, texts.get("name", "")[:200], order if order in ORDERS else ORDERS[0])


def _choices(records: Records, asked: Asked, given: Mapping[str, str]) -> list[ScreenedWork]:
    """Return the works that the form held, with what was chosen for each."""
    cards = {card.citekey: card for card in find_waiting(records, asked.task)}
    choices = []
    for number in range(1, _AT_A_TIME + 1):
        card = cards.get(given.get(f"work-{number}", ""))
        if card:
            words = (given.get(f"{name}-{number}", "") for name in ("decision", "reason", "other"))
            choices.append(ScreenedWork(card, *words))
    return choices


def _read_answers(
    records: Records, asked: Asked, choices: list[ScreenedWork]
) -> tuple[ScreeningAnswers, list[Mistake]]:
    """Return the decisions, and what is wrong with them."""
    mistakes = list(_find_mistakes(records, asked, choices))
    made: list[Decided] = []
    for choice in choices:
        if choice.decision in VERDICTS:
            reason = f"{choice.reason} {choice.other}".strip()
            is_out = choice.decision == "exclude"
            made += decide_on(choice.card, choice.decision, reason if is_out else "", today_here())
    task = asked.task
    return ScreeningAnswers(
        task.screener, task.stage, name=asked.name, decisions=tuple(made)
    ), mistakes


def _find_mistakes(
    records: Records, asked: Asked, choices: list[ScreenedWork]
) -> Iterator[Mistake]:
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    screener = asked.task.screener
    if not _KEY.fullmatch(screener):
        yield Mistake("as", "Say who screens: small letters, digits and _, such as nora.")
    elif kinds.get(screener, "person") != "person":
        yield Mistake("as", f"'{screener}' is no person, and people screen.")
    elif screener not in kinds and not asked.name:
        yield Mistake("name", f"'{screener}' is new: give the name that the pages show.")
    names_study = {term.slug: term.names_study for term in records.codebook.exclusion_reasons}
    for number, choice in enumerate(choices, start=1):
        key = choice.card.citekey
        if choice.decision != "exclude":
            continue
        if choice.reason not in names_study:
            yield Mistake(f"reason-{number}", f"Say why {key} is to be left out.")
        elif names_study[choice.reason] and choice.other not in records.citekeys:
            text = f"{key}: name the study to code instead, by its key in the bibliography."
            yield Mistake(f"other-{number}", text)
        elif not names_study[choice.reason] and choice.other:
            yield Mistake(f"other-{number}", f"{key}: this reason names no other study.")
    if not any(choice.decision in VERDICTS for choice in choices):
        yield Mistake("work-1", "Nothing is decided yet: choose for one work at least.")


async def _render(context: PageContext, asked: Asked, given: Mapping[str, str]) -> Response:
    records = await read_kept_records(context)
    cards = await asyncio.to_thread(find_waiting, records, asked.task, asked.order)
    choices = _choices(records, asked, given) or [ScreenedWork(card) for card in cards[:_AT_A_TIME]]
    mistakes: list[Mistake] = []
    lines: dict[str, str] = {}
    is_checked = context.request.method == "POST"
    if is_checked:
        answers, mistakes = _read_answers(records, asked, choices)
        if not mistakes:
            lines = new_lines(records, answers, latest_today())
    known = STAGES[: STAGES.index(asked.task.stage) + 1]
    heading = f"Screen by {STAGE_NAMES[asked.task.stage].lower()}"
    page = ScreenPage(
        **context.page_fields(
            title=f"Not yet: {heading}" if mistakes else heading,
            description="Decide, one work after the other, what belongs on the map.",
            path="/screen",
            data_links=context.data_links("found_studies"),
        ),
        task=asked.task,
        name=asked.name,
        order=asked.order,
        orders=ORDERS,
        stage_names=STAGE_NAMES,
        choices=choices,
        waiting=len(cards),
        reasons=[one for one in records.codebook.exclusion_reasons if one.stage in known],
        verdicts=VERDICTS,
        is_checked=is_checked,
        mistakes=mistakes,
        lines=lines,
    )
    response: Response = await context.render("screen.html", page)
    return response


ROUTES = [(r"^/screen$", screen_page), (r"^/screen\.json$", decisions_file)]
