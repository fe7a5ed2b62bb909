"""The headers of every answer, and the one-time word that lets Datasette's scripts and styles in.

A page of the house has no script and no style in its HTML, and brings its own policy. Datasette's
pages have both there: each is given the answer's nonce when its *template* is read, so nothing
that gets into a page in another way is run, or changes how the page looks. Its editor of SQL makes
a style when it starts; static/datasette.js gives that the nonce. Styles in attributes cannot have
one: they are taken out of the templates, and static/datasette.css has what they did.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from contextvars import ContextVar
from typing import Any

from jinja2 import Environment
from jinja2.ext import Extension

Headers = list[tuple[bytes, bytes]]

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For what is no page: data, pictures, scripts."""
_ON_CLICK = "openColumnChooser()"
"""The one script in an attribute of Datasette's pages (templates/table.html)."""
_TAB_SIZE = "tab-size: 4"
"""The one style in an attribute that stays: the editor of SQL makes it (cm-editor)."""

_TO_JUMP = re.compile(
    r"<script [^>]*navigation-search\.js[^>]*></script>"
    r"|<navigation-search .*?</navigation-search>"
    r"|<li><button [^>]*data-navigation-search-open.*?</li>"
)
"""What leads to /-/jump, which is closed (templates/base.html)."""

_HEIGHT = re.compile(r' style="height: (\{\{ [^}]* \}\})em"')
"""The height of the field for SQL (templates/query.html), which HTML can say without a style."""
_STYLE = re.compile(r''' style="(?:\{\{.*?\}\}|\{%.*?%\}|[^"{])*"''')
"""A style in an attribute; what Jinja prints there may have quotes of its own."""

_ANY_ORIGIN = (b"access-control-allow-origin", b"*")

_nonce: ContextVar[str] = ContextVar("nonce", default="")


def begin_answer() -> None:
    """Choose the nonce of the answer that begins."""
    _nonce.set(secrets.token_urlsafe(16))


def _policy_of_datasette() -> str:
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{_nonce.get()}'; "
        f"script-src-attr 'unsafe-hashes' '{_hash(_ON_CLICK)}'; "
        f"style-src 'self' 'nonce-{_nonce.get()}'; "
        f"style-src-attr 'unsafe-hashes' '{_hash(_TAB_SIZE)}'; "
        "connect-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def complete(headers: Any) -> Headers:
    """Return the headers of an answer with those that every answer has.

    What a page says for itself stays, if it is a whole policy. A cookie is closed to scripts and
    to other sites.
    """
    given = [(name.lower(), value) for name, value in headers]
    names = dict(given)
    media_type = names.get(b"content-type", b"").partition(b";")[0]
    policy = names.get(b"content-security-policy", b"")
    if b"default-src" not in policy:
        given = [pair for pair in given if pair[0] != b"content-security-policy"]
        given.append((b"content-security-policy", _policy_for(media_type).encode()))
    for name, value in (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
    ):
        if name not in names:
            given.append((name, value))
    # Data is open to a program on any site. It is sent without cookies, and nobody signs in.
    if media_type not in (b"", b"text/html") and _ANY_ORIGIN[0] not in names:
        given.append(_ANY_ORIGIN)
    return [(n, _close(v) if n == b"set-cookie" else v) for n, v in given]


def _policy_for(media_type: bytes) -> str:
    return _policy_of_datasette() if media_type == b"text/html" else _NOTHING


def _close(cookie: bytes) -> bytes:
    for word in (b"HttpOnly", b"SameSite=Lax"):
        if word.lower().partition(b"=")[0] not in cookie.lower():
            cookie += b"; " + word
    return cookie


class NonceExtension(Extension):
    """Puts the nonce into Datasette's templates, and takes out what the policy or we close."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Change the text of a template of Datasette as it is read."""
        if (name or "").startswith("marginal_risk/"):
            return source
        source = _TO_JUMP.sub("", source)
        source = _STYLE.sub("", _HEIGHT.sub(r' rows="\1"', source))
        return re.sub(r"<(script|style)(?=[ >])", r'<\1 nonce="{{ csp_nonce() }}"', source)


def prepare_templates(environment: Environment) -> None:
    """Let Datasette's templates name the nonce."""
    environment.globals["csp_nonce"] = _nonce.get
    environment.add_extension(NonceExtension)
