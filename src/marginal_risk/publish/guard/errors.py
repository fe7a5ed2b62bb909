"""How an exception is answered: one plain sentence, and nothing of Python.

What Datasette cannot make sense of is the request's fault (4xx). A fault of the map's own code,
or of its file, is the site's (5xx), and goes to the log with its traceback.
"""

from __future__ import annotations

import logging
import sqlite3
from types import TracebackType
from typing import Any

from datasette import Request, Response
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils import error_body
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from marginal_risk.publish.guard import limits

log = logging.getLogger("marginal_risk")

OURS = "marginal_risk."
_GUARD = f"{OURS}publish.guard."
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN}
_DAMAGED |= {sqlite3.SQLITE_IOERR}

NOT_UNDERSTOOD = "The site cannot make sense of this request."
TOO_LONG = (
    f"The query makes a value longer than {limits.LONGEST_VALUE:,} bytes, or compares two texts "
    "that are too long."
)
TOO_LARGE = "The query needs more memory than is left. Ask for less, or again in a minute."
TOO_SLOW = "The query took too long and was stopped."
OUR_FAULT = "Something went wrong here. The fault is this site's, not yours."
BUSY = "The site is busy. Try again in a minute."
DAMAGED = "The database cannot be read at the moment. Try again in a minute."


def explain(exception: Exception) -> tuple[int, str, str | None]:
    """Return the status, the sentence and the title of an exception's answer."""
    answer: tuple[int, str, str | None]
    match exception:
        case Base400():
            answer = exception.status, str(exception), None
        case DatasetteError():
            sentence = exception.plain_message or str(exception.message)
            answer = exception.status, sentence, exception.title
        case QueryInterrupted():
            answer = 400, TOO_SLOW, "SQL Interrupted"
        case MemoryError() if _is_ours(exception.__traceback__):
            answer = 503, BUSY, None  # a stranger's query has it all, for a moment
        case MemoryError():
            answer = 400, TOO_LARGE, None
        case sqlite3.Error() if _code(exception) in _DAMAGED:
            log.error("The database cannot be read: %s", exception)
            answer = 503, DAMAGED, None
        case _ if _is_ours(exception.__traceback__):
            log.error("A page failed", exc_info=exception)
            answer = 500, OUR_FAULT, None
        case sqlite3.Error() if _code(exception) == sqlite3.SQLITE_TOOBIG:
            answer = 400, TOO_LONG, None
        case sqlite3.Error():
            answer = 400, str(exception), None
        case _:
            log.warning("Datasette failed: %s", type(exception).__name__)
            answer = 400, NOT_UNDERSTOOD, None
    return answer


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's code of an error, without what it says more closely."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _is_ours(traceback: TracebackType | None) -> bool:
    """Whether code of the map had a part in a failure; the guard sees all requests, and none."""
    while traceback is not None:
        name = traceback.tb_frame.f_globals.get("__name__", "")
        if name.startswith(OURS) and not name.startswith(_GUARD):
            return True
        traceback = traceback.tb_next
    return False


async def respond(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """Answer an exception in the form that was asked for: JSON, text or a page."""
    status, sentence, title = explain(exception)
    path = request.path
    if path.endswith(".json"):
        return Response.json(error_body(sentence, status), status=status)
    if path.endswith(".csv"):
        return Response.text(sentence, status=status)
    environment: Any = datasette.get_jinja_environment(request)
    template = environment.select_template([f"{status}.html", "error.html"])
    context = {"ok": False, "error": sentence, "status": status, "title": title}
    html = await template.render_async({**context, "urls": datasette.urls, "menu_links": list})
    return Response.html(html, status=status)
