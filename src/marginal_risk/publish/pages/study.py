"""The page of a study: its reference, how to cite it, its codings and their reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response
from datasette.app import Datasette
from datasette.utils import tilde_decode, tilde_encode

from marginal_risk.publish import framework
from marginal_risk.publish.formats.metadata import describe_work, highwire_tags
from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.pages.cells import Judgements
from marginal_risk.publish.pages.citing import coins, lead_to_renamed
from marginal_risk.publish.pages.review import review_path
from marginal_risk.publish.queries import evidence
from marginal_risk.publish.queries.comparisons import ShownComparison, read_comparisons
from marginal_risk.publish.queries.evidence import ShownJudgement
from marginal_risk.publish.queries.filters import WITH_PROVISIONAL
from marginal_risk.publish.queries.origins import (
    Given,
    Origin,
    describe_shared,
    read_given,
    read_origins,
)
from marginal_risk.publish.queries.screening_flow import ScreeningDecision, read_screening
from marginal_risk.publish.queries.study_list import read_listed_codings
from marginal_risk.publish.queries.vocabulary import FrameworkStep, Word, read_words
from marginal_risk.publish.queries.works import (
    CitedWork,
    OtherName,
    read_other_names,
    read_versions,
    read_works,
)

_DISPUTE_FORM = "dispute-a-coding.yml"
"""The repository's issue form, in .github/ISSUE_TEMPLATE."""


@dataclass(frozen=True)
class CoderColumn:
    """One coder of a study for a misuse vector."""

    judgement: ShownJudgement
    """One of the coder's judgements: it names the coder."""
    dispute_url: str | None
    """Where to dispute the coding; None where the site names no repository."""


@dataclass(frozen=True)
class VectorCodings:
    """How one study was coded for one misuse vector: all its coders side by side."""

    vector: Word
    coders: list[CoderColumn]
    """The consensus first, machines last."""
    rows: list[tuple[FrameworkStep, list[ShownJudgement | None]]]
    """The steps that somebody judged, with each coder's judgement; None is not coded."""
    not_coded: list[FrameworkStep]
    """The steps that nobody judged."""
    comparisons: list[ShownComparison]
    """What it compares, as those coders say who have the last word; empty is not coded."""

    @property
    def coders_with_notes(self) -> list[CoderColumn]:
        """The coders of whose coding there is more to say than the table does."""
        return [
            c
            for c in self.coders
            if c.dispute_url or c.judgement.coding_note or c.judgement.checked
        ]

    @staticmethod
    def agreed_level(judgements: Sequence[ShownJudgement | None]) -> str | None:
        """Return the level of a step on which two or more people or publications agree."""
        own = ("person", "published")
        levels = [j.level for j in judgements if j is not None and j.coder_kind in own]
        return levels[0] if len(levels) > 1 and len(set(levels)) == 1 else None


@dataclass(frozen=True)
class ScreenedFor:
    """What was decided about a study for one misuse vector."""

    vector: Word | None
    screened: ScreeningDecision
    decision: Word
    reason: Word | None
    study_type: Word | None


@dataclass(frozen=True)
class Framework:
    """What the paper of the framework says beyond its judgements."""

    analyses: list[tuple[FrameworkStep, str, str]]
    """By step, its own analyses of vulnerability detection and of altered intimate imagery."""
    properties: list[Word]
    limits: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class StudyPage(Page):
    """One study with all its codings."""

    study: CitedWork = described("The study, with its authors.")
    coins: str = described("The study as an OpenURL, for reference managers.")
    highwire: list[tuple[str, str]] = described("Names and contents of its citation_ meta tags.")
    json_ld: dict[str, Any] = described("The study as schema.org has it.")
    screening: list[ScreenedFor] = described("What was decided about it, by misuse vector.")
    version_of: CitedWork | None = described("The work that this is another version of.")
    versions: list[CitedWork] = described("Other versions of this work.")
    codings: list[VectorCodings] = described("Its codings, by misuse vector.")
    judgements: Judgements = described("All its judgements.")
    coder_notes: dict[str, str] = described("What a reader must know of the coders, by name.")
    other_names: list[OtherName] = described("Names of its people that other entries give.")
    shared: list[str] = described("Authors that it shares with a source of judgements.")
    origins: list[Origin] = described("What to know of what it gives to the map.")
    given: list[tuple[Given, Word]] = described("The studies it judged, if it is such a source.")
    framework: Framework | None = described("What it says beyond, if it is the framework's paper.")
    to_check: list[tuple[Word, str]] = described(
        "The misuse vectors that machines alone coded it for, and where a person checks that."
    )


async def study_page(datasette: Datasette, request: Request) -> Response:
    """Answer /studies/<citekey> with a study, its codings and its BibTeX."""
    return await cached_page(datasette, request, _render, ["codings"])


async def _render(context: PageContext) -> Response:
    citekey = tilde_decode(context.request.url_vars["citekey"])
    works = await context.read(read_works, [citekey])
    if not works:
        return await lead_to_renamed(context, citekey)
    study = works[0]
    path = f"/studies/{tilde_encode(study.citekey)}"
    judgements = Judgements.asked_for(
        context, await context.read(evidence.read_study_judgements, study.citekey)
    )
    listed = await context.read(read_listed_codings, WITH_PROVISIONAL, [study.citekey])
    page = StudyPage(
        **context.page_fields(
            title=study.short_citation,
            description=f"{study.title}: how far it covers the steps of the framework.",
            path=path,
            data_links=context.data_links("judgements", citekey=study.citekey),
        ),
        study=study,
        coins=coins(study),
        highwire=highwire_tags(study),
        json_ld=describe_work(study, context.absolute(path)),
        screening=await _read_screening(context, study.citekey),
        version_of=next(iter(await context.read(read_works, [study.version_of])), None)
        if study.version_of
        else None,
        versions=await context.read(read_versions, study.citekey),
        codings=list(
            _arrange(
                context,
                judgements.shown,
                await context.read(read_comparisons, context.layer, citekey=study.citekey),
            )
        ),
        judgements=judgements,
        other_names=await context.read(read_other_names, study.citekey),
        shared=await context.read(describe_shared, study.citekey),
        given=[
            (given, context.vocabulary.vectors[given.misuse_vector])
            for given in await context.read(read_given, study.citekey)
        ],
        origins=[
            origin
            for origin in await context.read_once(read_origins, context.layer)
            if origin.citekey == study.citekey
        ],
        framework=_framework(context) if study.citekey == framework.CITEKEY else None,
        to_check=[
            (
                context.vocabulary.vectors[vector],
                review_path(context, study.citekey, vector, "check"),
            )
            for vector, coding in listed.get(study.citekey, {}).items()
            if coding.is_provisional
        ],
        coder_notes={j.coder_name: j.coder_note for j in judgements.shown if j.coder_note},
    )
    return await context.render("study.html", page)


def _framework(context: PageContext) -> Framework:
    return Framework(
        [
            (step, *framework.ANALYSES[slug])
            for slug, step in context.vocabulary.steps.items()
            if slug in framework.ANALYSES
        ],
        list(context.vocabulary.properties.values()),
        framework.LIMITS,
    )


async def _read_screening(context: PageContext, citekey: str) -> list[ScreenedFor]:
    terms = {
        table: {term.slug: term for term in await context.read(read_words, table)}
        for table in ("decisions", "exclusion_reasons", "study_types")
    }
    return [
        ScreenedFor(
            context.vocabulary.vectors.get(screened.misuse_vector or ""),
            screened,
            terms["decisions"][screened.decision],
            terms["exclusion_reasons"].get(screened.reason or ""),
            terms["study_types"].get(screened.study_type or ""),
        )
        for screened in await context.read(read_screening, citekey)
    ]


def _arrange(
    context: PageContext,
    judgements: Sequence[ShownJudgement],
    comparisons: Sequence[ShownComparison],
) -> Iterator[VectorCodings]:
    """Yield the codings of each misuse vector, in the codebook's order."""
    for slug, vector in context.vocabulary.vectors.items():
        of_vector = [j for j in judgements if j.misuse_vector == slug]
        if not of_vector:
            continue
        coders = {j.coder: j for j in sorted(of_vector, key=_coder_order)}
        cells = {(j.step, j.coder): j for j in of_vector}
        judged = {j.step for j in of_vector}
        steps = context.vocabulary.steps.values()
        yield VectorCodings(
            vector=vector,
            coders=[CoderColumn(j, dispute_url(context, j)) for j in coders.values()],
            rows=[
                (step, [cells.get((step.slug, coder)) for coder in coders])
                for step in steps
                if step.slug in judged
            ],
            not_coded=[step for step in steps if step.slug not in judged],
            comparisons=[c for c in comparisons if c.misuse_vector == slug],
        )


def _coder_order(judgement: ShownJudgement) -> tuple[bool, bool, str]:
    is_consensus = judgement.coder_kind == "consensus"
    return judgement.is_provisional, not is_consensus, judgement.coder_name


def dispute_url(context: PageContext, judgement: ShownJudgement) -> str | None:
    """Return where to dispute a coding: the repository's issue form, filled in."""
    repository = context.setting("repository") or ""
    if not repository.startswith(("https://", "http://")):
        return None
    answers = {
        "template": _DISPUTE_FORM,
        "title": f"Dispute: {judgement.citekey}, {judgement.misuse_vector}, {judgement.coder}",
        "study": judgement.citekey,
        "misuse_vector": judgement.misuse_vector,
        "coder": judgement.coder,
    }
    return f"{repository.rstrip('/')}/issues/new?{urlencode(answers)}"


ROUTES = [(r"^/studies/(?P<citekey>[^/]+)$", study_page)]
