"""How far coders agree, at /agreement."""

from __future__ import annotations

from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.paging import Part, take_part
from marginal_risk.publish.queries.agreement import (
    AgreementReport,
    Disagreement,
    ScreeningAgreement,
    count_disagreements,
    read_agreement,
    read_disagreements,
    read_screening_agreement,
)
from marginal_risk.publish.queries.machine_agreement import (
    Agreed,
    MachineAgreement,
    read_by_comparator,
    read_machine_agreement,
)


@dataclass(frozen=True, kw_only=True)
class AgreementPage(Page):
    """How far coders agree."""

    agreement: AgreementReport = described(
        "The figures, the pairs of coders and the disagreements."
    )
    part: Part = described("Which of the disagreements are shown.")
    disagreements: list[Disagreement] = described("The disagreements of this page of the list.")
    by_comparator: list[Agreed] = described(
        "How far people and publications agree on what studies compare with."
    )
    machines: MachineAgreement = described("How far machines agree, which counts nowhere.")
    machine_links: dict[str, str] = described(
        "Where the pairs of judgements with a machine are: table, JSON and CSV."
    )
    screening: list[ScreeningAgreement] = described("How far screeners agree, by stage.")
    screening_links: dict[str, str] = described(
        "Where the figures of screening are: table, JSON and CSV."
    )
    pairs_links: dict[str, str] = described(
        "Where the compared judgements are: table, JSON and CSV."
    )
    confusion_links: dict[str, str] = described(
        "Where the counts by level are: table, JSON and CSV."
    )
    disagreements_links: dict[str, str] = described(
        "Where the disagreements are: table, JSON, CSV."
    )


async def agreement_page(datasette: Datasette, request: Request) -> Response:
    """Answer /agreement with figures, confusion tables and disagreements."""
    return await cached_page(datasette, request, _render, ["page"])


async def _render(context: PageContext) -> Response:
    agreement = await context.read_once(read_agreement, context.vocabulary)
    part = take_part(
        await context.read_once(count_disagreements),
        context.first("page"),
        lambda number: f"?page={number}" if number else "",
    )
    page = AgreementPage(
        **context.page_fields(
            title="Agreement between coders",
            description=agreement.sentences[0],
            path="/agreement",
            data_links=context.data_links("agreement"),
        ),
        agreement=agreement,
        part=part,
        disagreements=await context.read(read_disagreements, part.first, part.length),
        by_comparator=await context.read_once(
            read_by_comparator, context.vocabulary, "independent"
        ),
        machines=await context.read_once(read_machine_agreement, context.vocabulary),
        machine_links=context.data_links("judgement_pairs", among="machines"),
        screening=await context.read(read_screening_agreement),
        screening_links=context.data_links("screening_agreement"),
        pairs_links=context.data_links("paired_judgements"),
        confusion_links=context.data_links("confusion"),
        disagreements_links=context.data_links("disagreements"),
    )
    return await context.render("agreement.html", page)


ROUTES = [(r"^/agreement$", agreement_page)]
