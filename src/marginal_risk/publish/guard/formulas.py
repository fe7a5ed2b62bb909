"""No cell of a CSV that leaves the site is run by a spreadsheet, whoever made up its text.

The data has no such text, as the checks refuse it. A stranger's SQL can select one, and a link to
its CSV can be sent to somebody else. So what comes from an address with .csv goes through here,
a row at a time, as Datasette sends it: https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from marginal_risk.publish.guard.gate import Application, Message, Receive, Scope, Send

MARK = b"'"
"""What a cell begins with that would be run otherwise; a spreadsheet takes it for text then."""

_WIDE = rb"\xef\xbc[\x9d\x8b\x8d\xa0]"
"""=, +, - and @ in full width, in UTF-8: the signs of East Asian keyboards."""
_SUSPECT = re.compile(rb'(?:^|[,\r\n])"?(?:[=+\-@\t\r\n]|' + _WIDE + rb")")
"""What may be the beginning of such a cell; within quotes, it is none."""
_CELL = re.compile(rb'("[^"]*(?:""[^"]*)*"?|[^,\r\n]*)(,|\r\n?|\n|\Z)')
_FORMULA = re.compile(
    rb'"?(?:[=\t\r\n]|[+-](?!(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"?\Z)|@(?![A-Za-z]+\{)|'
    + _WIDE
    + rb")",
    re.IGNORECASE,
)
"""The beginning of a cell that is run; a number is none, nor is an entry of BibTeX."""


def escape_formulas(application: Application) -> Application:
    """Return the application with a mark before each such cell of its CSV."""

    async def escaped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(".csv"):
            await application(scope, receive, send)
            return
        cells: Cells | None = None

        async def send_escaped(message: Message) -> None:
            nonlocal cells
            if message["type"] == "http.response.start" and message["status"] == 200:
                cells = None if _is_encoded(message["headers"]) else Cells()
            elif cells is not None:
                is_last = not message.get("more_body", False)
                body = cells.take(message.get("body", b""), is_last)
                message = {**message, "body": body}
            await send(message)

        await application(scope, receive, send_escaped)

    return escaped


def _is_encoded(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return whether an answer is compressed: our own files are, which hold the data alone."""
    return any(name.lower() == b"content-encoding" for name, _ in headers)


class Cells:
    """The cells of one file, as its bytes arrive."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, body: bytes, is_last: bool) -> bytes:
        """Take some more of the file; return the whole rows that can be sent now."""
        self._rest += body
        # A row ends at the end of a line, unless that stands between quotes.
        is_whole = self._rest.endswith(b"\n") and self._rest.count(b'"') % 2 == 0
        if not (is_whole or is_last):
            return b""
        rows, self._rest = self._rest, b""
        return _CELL.sub(_mark, rows) if _SUSPECT.search(rows) else rows


def _mark(cell: re.Match[bytes]) -> bytes:
    text, end = cell.groups()
    if not _FORMULA.match(text):
        return cell[0]
    is_quoted = text.startswith(b'"')
    return (b'"' if is_quoted else b"") + MARK + (text[1:] if is_quoted else text) + end
