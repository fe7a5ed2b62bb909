"""What the map is, how it was made and what it cannot say, at /about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette
from datasette.version import __version__ as datasette_version

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.queries import inventory
from marginal_risk.publish.queries.coverage import Coverage
from marginal_risk.publish.queries.evidence import Build
from marginal_risk.publish.queries.inventory import ListedCoder
from marginal_risk.publish.queries.screening_flow import Criterion, read_criteria
from marginal_risk.publish.queries.works import database_work
from marginal_risk.publish.sentences import are, count_of, have


@dataclass(frozen=True)
class Limit:
    """Something the map cannot say, and the rows that show it."""

    text: str
    data_links: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class AboutPage(Page):
    """What the map is."""

    coders: list[tuple[ListedCoder, dict[str, str]]] = described(
        "Who coded, and where the codings are."
    )
    limits: list[Limit] = described("What the map cannot say, with its numbers.")
    criteria: list[Criterion] = described("What a work must meet to be on the map.")
    datasette_version: str = described("Version of Datasette that serves the map.")
    citation: str = described("How to cite the map, as text.")
    downloads: dict[str, str] = described("Where that citation is, by format.")
    repository: str | None = described("Address of the repository.")


async def about_page(datasette: Datasette, request: Request) -> Response:
    """Answer /about."""
    return await cached_page(datasette, request, _render)


async def _render(context: PageContext) -> Response:
    # A person may only screen.
    coders = [coder for coder in await context.read(inventory.read_coders) if coder.codings]
    texts = describe_limits(
        context.build, context.whole, [c.name for c in coders if c.is_independent]
    )
    links = {
        "studies": context.data_links("coded_studies"),
        "coders": context.data_links("coded_studies", coders="1"),
        "vectors": context.data_links("marginal_risk_gaps", studies="1"),
        "confidence": context.data_links("agreed_judgements", has_low_confidence="1"),
    }
    page = AboutPage(
        **context.page_fields(
            title="About",
            description="What the map answers, how it was made, and what it cannot say.",
            path="/about",
            data_links=context.data_links("build"),
        ),
        coders=[(coder, context.data_links("codings", coder=coder.coder)) for coder in coders],
        limits=[Limit(text, links[subject]) for subject, text in texts.items()],
        criteria=await context.read(read_criteria),
        datasette_version=datasette_version,
        citation=database_work(context.build, context.absolute("/")).reference,
        downloads={
            name: context.path(f"/cite.{extension}")
            for name, extension in (("BibTeX", "bib"), ("RIS", "ris"), ("CSL-JSON", "json"))
        },
        repository=context.setting("repository"),
    )
    return await context.render("about.html", page)


def describe_limits(build: Build, whole: Coverage, coders: Sequence[str]) -> dict[str, str]:
    """Return what cannot be concluded from the numbers of the map, by subject.

    ``coders`` are the persons and publications that coded independently.
    """
    coded = build.coded_studies
    found = count_of(whole.flow.found, "study", "studies")
    texts = {
        "studies": f"{coded} of {found} found {are(coded)} coded. What is not coded was not"
        " judged, and what was not found was not read.",
        "coders": _describe_coders(whole, coders),
        "vectors": _describe_vectors(whole),
    }
    low = sum(cell.low_confidence for cell in whole.cells.values())
    if low:
        judged = sum(c.addressed + c.partial + c.absent for c in whole.cells.values())
        steps, rest = count_of(judged, "judged step"), "rests" if low == 1 else "rest"
        texts["confidence"] = (
            f"{low} of {steps} {rest} on low confidence: the wording leaves two readings open."
        )
    return {subject: text for subject, text in texts.items() if text}


def _describe_coders(whole: Coverage, coders: Sequence[str]) -> str:
    if len(coders) == 1:
        return f"All codings come from one coder: {coders[0]}."
    alone, codings = whole.single_coder, count_of(whole.codings, "coding")
    return f"{alone} of {codings} {are(alone)} by one coder alone." if alone else ""


def _describe_vectors(whole: Coverage) -> str:
    step = whole.vocabulary.focus.slug
    studies = [whole.cells[vector, step].studies for vector in whole.vocabulary.vectors]
    one, none = studies.count(1), studies.count(0)
    parts = [f"{one} {have(one)} a single coded study, which no other confirms"] if one else []
    parts += [f"{none} {have(none)} none"] if none else []
    total = count_of(len(studies), "misuse vector")
    return f"Of {total}, {'; '.join(parts)}." if parts else ""


ROUTES = [(r"^/about$", about_page)]
