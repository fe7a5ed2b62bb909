"""The page /contribute: the empty form, and the check of what is posted.

Nothing that is posted is stored or logged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote
from weakref import WeakKeyDictionary

from datasette import Request, Response
from datasette.app import Datasette
from datasette.utils.asgi import PayloadTooLarge

from marginal_risk.check.today import latest_today, today_here
from marginal_risk.contribute.coding.answers import Answers, ComparisonAnswer, number_of_part, tidy
from marginal_risk.contribute.coding.pasted import MOST_FOUND, find_pasted, search_studies
from marginal_risk.contribute.coding.proposal import Proposal, propose
from marginal_risk.contribute.coding.starting_codings import Sources, find_machines, find_sources
from marginal_risk.contribute.form.posted import (
    MAX_POST_BYTES,
    MOST_COMPARISONS,
    TOO_LONG,
    UPLOADED,
    field_of,
    is_upload,
    read_post,
    read_search,
    read_upload,
)
from marginal_risk.contribute.form.preview import Preview, read_preview
from marginal_risk.contribute.form.published_records import read_records
from marginal_risk.publish.page import Page, PageContext, cached_page, described, security_headers
from marginal_risk.publish.queries.vocabulary import FrameworkStep, Word, read_rules, read_words
from marginal_risk.rows import Records, StudyValues

_UNDERSTOOD = ("study", "vector", "today", "check", "settle")
"""What the form takes from its address: a study, and whether to check or settle its coding."""
_ROOM = 2
"""Comparisons that the form has room for beside those that are given."""


@dataclass(frozen=True)
class FormMessage:
    """A finding as the form shows it."""

    field: str
    """The id of the field that it is about."""
    question: str
    """The name of that field in words."""
    text: str
    is_error: bool


@dataclass(frozen=True, kw_only=True)
class ContributePage(Page):
    """The form with the answers so far."""

    heading: str = described("What the form is for; the title says what the check found, too.")
    answers: Answers = described("The answers so far.")
    find: str = described("The words by which a study was looked for.")
    found: list[tuple[str, str]] = described("Key and reference of each study with these words.")
    known: str | None = described("Reference of the study that is in the bibliography already.")
    study_links: list[tuple[str, str]] = described("Where to read that study: name and address.")
    sources: Sources = described("The codings that this one checks or settles, side by side.")
    is_checked: bool = described("Whether the answers were checked.")
    messages: list[FormMessage] = described("Errors and warnings, in the order of the form.")
    preview: Preview | None = described("What sound answers would add and change.")
    steps: list[tuple[FrameworkStep, list[tuple[Word, str]]]] = described(
        "The steps, each with what earns each level."
    )
    confidences: list[Word] = described("How sure a coder can be.")
    study_types: list[Word] = described("The kinds of work.")
    words: dict[str, dict[str, Word]] = described(
        "The words of readings and comparisons, by table and slug."
    )
    comparisons: list[ComparisonAnswer] = described("The comparisons so far, and room for more.")


async def contribute_page(datasette: Datasette, request: Request) -> Response:
    """Answer /contribute: the form, empty or for a study; posted, with what the check found."""
    if request.method == "POST":
        context = await PageContext.open(datasette, request)
        try:
            if is_upload(request):
                answers, find, is_search = await read_upload(request), "", False
            else:
                answers, find, is_search = await _read_post(context)
        except ValueError as error:
            response = await _render(context, Answers(), None, refusal=str(error))
            response.status = 400
        else:
            proposal = None if is_search else await _propose(context, answers)
            response = await _render(context, answers, proposal, find=find)
        response.headers["Cache-Control"] = "no-store"
        return response
    return await cached_page(datasette, request, _render_empty, _UNDERSTOOD)


async def answers_file(datasette: Datasette, request: Request) -> Response:
    """Answer /contribute.json, posted, with the answers as a file to keep or to send."""
    context = await PageContext.open(datasette, request)
    if request.method != "POST":
        return Response.redirect(context.path("/contribute"))
    try:
        answers = await _read_answers(context)
    except ValueError as error:
        return Response.text(str(error), status=400)
    headers = security_headers() | {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="coding.json"',
    }
    return Response(
        answers.as_json(), headers=headers, content_type="application/json; charset=utf-8"
    )


async def _read_answers(context: PageContext) -> Answers:
    answers, _, _ = await _read_post(context)
    return answers


async def _read_post(context: PageContext) -> tuple[Answers, str, bool]:
    """Return the answers, the words that a study is looked for by, and whether it is a search."""
    try:
        body = await context.request.post_body(max_bytes=MAX_POST_BYTES)
    except PayloadTooLarge as error:
        raise PayloadTooLarge(TOO_LONG) from error
    try:
        answers = read_post(body, context.vocabulary.steps)
        find, chosen = read_search(body)
    except ValueError as error:
        raise ValueError("The form has too many fields.") from error
    if chosen:
        answers = replace(answers, study=chosen, bibtex="")
    return answers, "" if chosen else find, bool(find or chosen)


async def _render_empty(context: PageContext) -> Response:
    asked = context.first
    vector = asked("vector")
    answers = Answers(
        study=asked("study")[:200],
        misuse_vector=vector if vector in context.vocabulary.vectors else "",
        coder_kind="consensus" if asked("settle") else "",
        coded_on=today_here().isoformat() if asked("today") else "",
    )
    if asked("check"):
        records = await read_kept_records(context)
        machines = find_machines(records, answers.study, answers.misuse_vector)
        answers = replace(answers, started_from=machines)
    return await _render(context, answers, None)


_records: WeakKeyDictionary[Datasette, Records] = WeakKeyDictionary()


async def read_kept_records(context: PageContext) -> Records:
    """Return the records of the database, read once while it cannot change."""
    records = _records.get(context.datasette)
    if records is None:
        records = await context.read(read_records)
        if not context.database.is_mutable:
            _records[context.datasette] = records
    return records


async def _propose(context: PageContext, answers: Answers) -> Proposal:
    """Check the answers in a thread of their own: other readers need not wait."""
    return await asyncio.to_thread(
        propose, await read_kept_records(context), answers, latest_today()
    )


async def _render(
    context: PageContext,
    answers: Answers,
    proposal: Proposal | None,
    *,
    refusal: str = "",
    find: str = "",
) -> Response:
    rules = await context.read(read_rules)
    states, steps = context.vocabulary.states, context.vocabulary.steps
    known, sources = None, Sources((), is_check=False)
    if answers.study and not answers.bibtex:
        records = await read_kept_records(context)
        references = (r.study for r in records.references if r.study.citekey == answers.study)
        known = next(references, None)
        sources = find_sources(records, tidy(answers), answers.study)
    messages = _messages(context, proposal) if proposal else []
    if refusal:
        messages = [FormMessage(UPLOADED, "the file of answers", refusal, is_error=True)]
    preview = None
    if proposal and proposal.is_sound:
        preview = await read_preview(
            context, tidy(answers), proposal, await read_kept_records(context)
        )
    heading = heading_of(sources)
    outcome = outcome_of(messages, is_sound=preview is not None)
    is_checked = proposal is not None or bool(refusal)
    page = ContributePage(
        **context.page_fields(
            title=f"{outcome}: {heading}" if is_checked else heading,
            description="Code a study for the map: judge each step, and say why and where.",
            path="/contribute",
            data_links=context.data_links("codings"),
        ),
        heading=heading,
        answers=answers,
        find=find,
        found=_search(await read_kept_records(context), find) if find else [],
        known=known.reference if known else None,
        study_links=list(_links_to(known)) if known else [],
        sources=sources,
        is_checked=is_checked,
        messages=messages,
        preview=preview,
        steps=[
            (step, [(states[level], rule) for level, rule in rules[slug].items()])
            for slug, step in steps.items()
        ],
        confidences=await context.read(read_words, "confidences"),
        study_types=await context.read(read_words, "study_types"),
        words={
            table: {word.slug: word for word in await context.read(read_words, table)}
            for table in ("readings", "examined_models", "comparators", "findings", "properties")
        },
        comparisons=[*answers.comparisons, *[ComparisonAnswer()] * _ROOM][:MOST_COMPARISONS],
    )
    return await context.render("contribute.html", page)


def outcome_of(messages: list[FormMessage], *, is_sound: bool) -> str:
    """Return what the check found, in the words with which the title of the page begins."""
    if is_sound:
        return "It will do"
    number = sum(message.is_error for message in messages)
    return f"Not yet, {number} thing{'' if number == 1 else 's'} to correct"


def _search(records: Records, words: str) -> list[tuple[str, str]]:
    """Return key and reference of the studies with these words, or of the one that they name."""
    found = search_studies(records, words)
    named = None if found else find_pasted(records, words)
    studies = [reference.study for reference in (found or ([named] if named else []))]
    return [(study.version_of or study.citekey, study.reference) for study in studies[:MOST_FOUND]]


def heading_of(sources: Sources) -> str:
    """Return what the form is for: a coding of one's own, a check of machines, or a consensus."""
    if sources.is_check:
        return "Check a provisional coding"
    return "Settle a coding" if len(sources.codings) > 1 else "Contribute a coding"


def _links_to(study: StudyValues) -> Iterator[tuple[str, str]]:
    if study.doi:
        yield f"DOI {study.doi}", f"https://doi.org/{quote(study.doi)}"
    if study.arxiv_id:
        yield f"arXiv {study.arxiv_id}", f"https://arxiv.org/abs/{quote(study.arxiv_id)}"
    if study.url:
        yield study.url, study.url


def _messages(context: PageContext, proposal: Proposal) -> list[FormMessage]:
    def question(finding_step: str, field: str) -> str:
        step = context.vocabulary.steps.get(finding_step)
        words = field.replace("_", " ")
        if number := number_of_part(finding_step):
            return f"comparison {number}, {words}"
        return f"{step.name}, {words}" if step else words

    return [
        FormMessage(
            field_of(finding),
            question(finding.step, finding.field),
            f"{finding.message} {finding.hint}".strip(),
            finding.is_error,
        )
        for finding in proposal.findings
    ]


ROUTES = [(r"^/contribute$", contribute_page), (r"^/contribute\.json$", answers_file)]
