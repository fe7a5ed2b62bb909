"""How far coders agree, at /agreement."""

from __future__ import annotations

from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Desk, Page, kept, shown
from marginal_risk.publish.queries.agreement import Agreement, read_agreement


@dataclass(frozen=True, kw_only=True)
class AgreementPage(Page):
    """How far coders agree."""

    agreement: Agreement = shown("The figures, the pairs of coders and the disagreements.")
    pairs_links: dict[str, str] = shown("Where the compared judgements are: table, JSON and CSV.")
    confusion_links: dict[str, str] = shown("Where the counts by level are: table, JSON and CSV.")
    disagreements_links: dict[str, str] = shown("Where the disagreements are: table, JSON, CSV.")


async def agreement_page(datasette: Datasette, request: Request) -> Response:
    """Answer /agreement with figures, confusion tables and disagreements."""
    return await kept(datasette, request, _render)


async def _render(desk: Desk) -> Response:
    agreement = await read_agreement(desk.database, desk.codebook)
    page = AgreementPage(
        **await desk.common(
            title="Agreement between coders",
            description=agreement.sentences[0],
            path="/agreement",
            data_links=desk.data_links("agreement"),
        ),
        agreement=agreement,
        pairs_links=desk.data_links("paired_judgements"),
        confusion_links=desk.data_links("confusion"),
        disagreements_links=desk.data_links("disagreements"),
    )
    return await desk.render("agreement.html", page)


ROUTES = [(r"^/agreement$", agreement_page)]
