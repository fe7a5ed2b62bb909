"""What Datasette's page to write SQL on opens with: the question of the map, and its answer."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlencode

from datasette import Response

from marginal_risk.publish.guard.gate import Application, Receive, Scope, Send

QUESTION = """-- Which kinds of misuse have evidence on marginal risk, and how many studies wait?
select v.name as misuse, m.evidence, m.studies as studies_read, m.waiting as studies_waiting
from marginal_risk_gaps m
join vectors v on v.slug = m.misuse_vector
order by v.position"""

_QUERY_PAGE = re.compile(r"(?P<page>.*/[^/]+/-/query)(?P<extension>\.json)?", re.DOTALL)


def begin_with_question(application: Application) -> Application:
    """Return the application with an answer where its page to write SQL on is asked nothing.

    A browser is led to the question of the map. A program gets an error with an example: it
    would take an answer to a question that it never asked for its own.
    """

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        found = _QUERY_PAGE.fullmatch(scope.get("path", "")) if scope["type"] == "http" else None
        if (
            found is None
            or scope["method"] not in ("GET", "HEAD")
            or b"sql" in parse_qs(scope["query_string"], keep_blank_values=True)
        ):
            await application(scope, receive, send)
            return
        page = quote(found["page"], safe="/~-._")
        example = f"{page}{found['extension'] or ''}?{urlencode({'sql': QUESTION})}"
        response = Response.redirect(example)
        if found["extension"]:
            said = "Write a query into the address, as ?sql=select ...; the example asks one."
            response = Response.json({"ok": False, "error": said, "example": example}, status=400)
        await response.asgi_send(send)

    return answered
