"""The vocabulary and the rules of coding, at /codebook."""

from __future__ import annotations

from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.queries.filters import COUNTED
from marginal_risk.publish.queries.study_list import read_listed_codings
from marginal_risk.publish.queries.vocabulary import (
    BorderlineCase,
    CodebookVersion,
    EarlierWording,
    FrameworkStep,
    Word,
    read_borderline_cases,
    read_earlier_wordings,
    read_rules,
    read_versions_of_codebook,
    read_words,
)


@dataclass(frozen=True)
class WordSection:
    """The words of one table of the vocabulary."""

    prefix: str
    """Start of the anchor of each word, such as 'gap' in '#gap-absent'."""
    heading: str
    about: str
    terms: list[Word]
    data_links: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class CodebookPage(Page):
    """What the words mean, and how studies are coded."""

    steps: list[tuple[FrameworkStep, list[tuple[Word, str]]]] = described(
        "The steps, each with what earns each level."
    )
    counted: set[tuple[str, str]] = described(
        "Each study and misuse vector that people or publications coded."
    )
    borderline: dict[str, list[BorderlineCase]] = described(
        "Judgements that could have gone another way, by step."
    )
    versions: list[CodebookVersion] = described("The versions of the wording, the newest first.")
    earlier: list[EarlierWording] = described("What earlier versions said of a step.")
    earlier_links: dict[str, str] = described("Where all wordings are: table, JSON and CSV.")
    rules_links: dict[str, str] = described("Where those rules are: table, JSON and CSV.")
    vectors: WordSection = described("The misuse vectors.")
    levels: WordSection = described("The levels, with their symbols.")
    others: list[WordSection] = described("The other words, from confidences to kinds of gap.")


async def codebook_page(datasette: Datasette, request: Request) -> Response:
    """Answer /codebook with every word of the codebook, each with an anchor."""
    return await cached_page(datasette, request, _render)


async def _render(context: PageContext) -> Response:
    vocabulary = context.vocabulary
    rules = await context.read(read_rules)
    levels = next(iter(rules.values()))
    borderline = await context.read(read_borderline_cases)
    keys = [case.citekey for cases in borderline.values() for case in cases]
    counted = await context.read(read_listed_codings, COUNTED, keys)
    page = CodebookPage(
        **context.page_fields(
            title="Codebook",
            description="The misuse vectors, the steps, the levels, and what earns each level.",
            path="/codebook",
            data_links=context.data_links("steps"),
        ),
        steps=[
            (step, [(vocabulary.states[level], rule) for level, rule in rules[slug].items()])
            for slug, step in vocabulary.steps.items()
        ],
        counted={(key, vector) for key, codings in counted.items() for vector in codings},
        borderline=borderline,
        versions=await context.read(read_versions_of_codebook),
        earlier=await context.read(read_earlier_wordings),
        earlier_links=context.data_links("rules_by_version"),
        rules_links=context.data_links("coding_rules"),
        vectors=WordSection(
            "vector",
            "Misuse vectors",
            "The rows of the map.",
            list(vocabulary.vectors.values()),
            context.data_links("vectors"),
        ),
        levels=WordSection(
            "level",
            "Levels",
            "How far a study covers a step, in the judgement of a coder.",
            [vocabulary.states[level] for level in levels],
            context.data_links("levels"),
        ),
        others=[
            await _section(context, "confidence", "Confidence", "confidences"),
            await _section(context, "coder", "Kinds of coder", "coder_kinds"),
            await _section(context, "decision", "Decisions", "decisions"),
            await _section(
                context, "exclusion", "Reasons for leaving a study out", "exclusion_reasons"
            ),
            await _section(context, "type", "Types of study", "study_types"),
            await _section(context, "gap", "Kinds of gap", "gap_kinds"),
            await _section(context, "examined", "Models examined", "examined_models"),
            await _section(context, "comparator", "What models are compared with", "comparators"),
            await _section(context, "finding", "Findings", "findings"),
            await _section(context, "property", "Properties of open models", "properties"),
            await _section(context, "reading", "How much was read", "readings"),
        ],
    )
    return await context.render("codebook.html", page)


_ABOUT = {
    "confidences": "How sure a coder is of a judgement.",
    "coder_kinds": "Who makes judgements.",
    "decisions": "What is decided about a study that was found.",
    "exclusion_reasons": "Why a study that was found is not coded.",
    "study_types": "What kind of work a study is, as far as title and abstract tell.",
    "examined_models": "Which models a comparison examines.",
    "comparators": "The columns of the second map: what a study sets models against.",
    "findings": "What can come out of a comparison.",
    "properties": "What makes open models different, and what a difference can rest on.",
    "readings": "How much of a study a coder read.",
    "gap_kinds": "What can be missing in a cell of the map, the widest gap first.",
}


async def _section(context: PageContext, prefix: str, heading: str, table: str) -> WordSection:
    terms = await context.read(read_words, table)
    return WordSection(prefix, heading, _ABOUT[table], terms, context.data_links(table))


ROUTES = [(r"^/codebook$", codebook_page)]
