"""Changing the links of a page, and nothing else of it: every other byte stays as it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

Resolve = Callable[[str, bool], str | None]
"""Returns what to write in place of a link; None where it stays as it is.

It is told whether a form is sent to it.
"""

_LINKS = frozenset({"data", "href", "poster", "src", "xlink:href"})
_FORMS = frozenset({"action", "formaction"})
# A comment, or a tag; what is inside a script or style is neither.
_TAG = re.compile(
    r"""<!--.*?-->|<(?P<raw>script|style)\b(?:[^"'>]|"[^"]*"|'[^']*')*>.*?(?=</(?P=raw)\b)"""
    r"""|<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*>""",
    re.DOTALL | re.IGNORECASE,
)
_HAS_LINK = re.compile(
    r"""[\s"'/](?:action|content|data|formaction|href|poster|src|srcset|style|xlink:href)\s*=""",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""(?<=[\s"'/])([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'<>]+)""")
_KEPT = re.compile(r"<link\s[^>]*\brel=[\"']?canonical\b", re.IGNORECASE)
_IN_STYLE = re.compile(
    r"""(url\(\s*)(["']?)([^"')]+)(["']?\s*\))|(@import\s+)(["'])([^"']+)(["'])"""
)
_REFRESH = re.compile(r"(\s*[\d.]+\s*;\s*url\s*=\s*)(.+)", re.IGNORECASE)


def rewrite_html(text: str, resolve: Resolve) -> str:
    """Return a page, or a picture in SVG, whose links are those that ``resolve`` returns.

    The address that a page gives itself for search engines stays. The pages are the site's own,
    and valid: a parser of HTML would take ten times as long for all tags than for this.
    """

    def change_tag(found: re.Match[str]) -> str:
        tag = found[0]
        if tag.startswith("<!--") or not _HAS_LINK.search(tag) or _KEPT.match(tag):
            return tag
        if not found["raw"]:
            return _ATTRIBUTE.sub(change, tag)
        opening, mark, inside = tag.partition(">")
        return _ATTRIBUTE.sub(change, opening) + mark + inside

    def change(found: re.Match[str]) -> str:
        name, equals, value = found.groups()
        quoted = value[0] in "\"'"
        new = _change(name.lower(), unescape(value[1:-1] if quoted else value), resolve)
        return found[0] if new is None else f'{name}{equals}"{escape(new)}"'

    return _TAG.sub(change_tag, text)


def rewrite_css(text: str, resolve: Resolve) -> str:
    """Return a stylesheet whose links are those that ``resolve`` returns."""

    def change(found: re.Match[str]) -> str:
        before, quote, link, after = [group for group in found.groups() if group is not None]
        return f"{before}{quote}{resolve(link, False) or link}{after}"

    return _IN_STYLE.sub(change, text)


def _change(name: str, value: str, resolve: Resolve) -> str | None:
    """Return the new value of an attribute; None where it stays."""
    if name in _LINKS:
        return resolve(value.strip(), False)
    if name in _FORMS:
        return resolve(value.strip(), True)
    if name == "srcset":
        pictures = [picture.split() for picture in value.split(",") if picture.strip()]
        return ", ".join(
            " ".join([resolve(link, False) or link, *size]) for link, *size in pictures
        )
    if name == "style":
        return rewrite_css(value, resolve)
    if name == "content" and (found := _REFRESH.fullmatch(value)):
        return found[1] + (resolve(found[2], False) or found[2])
    return None
