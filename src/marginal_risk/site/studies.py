"""The page of a study: its reference, its codings and their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasette import NotFound, Request, Response
from datasette.utils import tilde_decode, tilde_encode

from marginal_risk.site import evidence
from marginal_risk.site.cells import Judgements
from marginal_risk.site.evidence import Judgement, Study, Term
from marginal_risk.site.page import Desk, Page, shown

if TYPE_CHECKING:  # datasette is still being imported while it loads its plugins
    from datasette.app import Datasette


@dataclass(frozen=True, kw_only=True)
class StudyPage(Page):
    """One study with all its codings."""

    study: Study = shown("The study.")
    codings: list[tuple[Term, list[Judgement]]] = shown("Its judgements, by misuse vector.")
    judgements: Judgements = shown("All its judgements.")


async def study_page(datasette: Datasette, request: Request) -> Response:
    """Answer /studies/<citekey> with a study, its codings and its BibTeX."""
    desk = await Desk.open(datasette, request)
    study = await evidence.read_study(desk.database, tilde_decode(request.url_vars["citekey"]))
    if study is None:
        raise NotFound("No study has this key.")
    judgements = Judgements.asked_for(
        request, await evidence.read_study_judgements(desk.database, study.citekey)
    )
    page = StudyPage(
        **await desk.common(
            title=study.short_citation,
            description=f"{study.title}: how far it covers the steps of the framework.",
            path=f"/studies/{tilde_encode(study.citekey)}",
            data_links=desk.data_links("judgements", citekey=study.citekey),
        ),
        study=study,
        codings=[
            (vector, of_vector)
            for slug, vector in desk.codebook.vectors.items()
            if (of_vector := [j for j in judgements.shown if j.misuse_vector == slug])
        ],
        judgements=judgements,
    )
    return await desk.render("study.html", page)


ROUTES = [(r"^/studies/(?P<citekey>[^/]+)$", study_page)]
