"""A comparison as text for terminals and as Markdown for the summary of a pull request."""

import re
from collections.abc import Iterator

from marginal_risk.contribute.changes.comparing import Changes
from marginal_risk.contribute.changes.describing import (
    TITLE,
    describe,
    describe_nothing,
    describe_sides,
)
from marginal_risk.contribute.changes.wording import Section, bounded

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
_NOTHING = "&#8203;"
"""A space without width: it parts what would be linked, and nobody sees it."""
_SPECIAL = re.compile(
    r"""
    [&<>$] | [\\`*_{}\[\]|~!^]         # HTML, formulas and markup
    | [#] | [@:](?!\s)                 # an issue, a mention, an address, a picture's short name
    | \bwww(?=\.) | \bgh(?=-\d)        # an address or an issue without any of those
    | ^[-+=] | ^\d+(?=[.)])            # lists and headings, at the start only
    """,
    re.VERBOSE | re.IGNORECASE,
)


def as_text(changes: Changes) -> str:
    """Return the comparison for a terminal."""
    lines = [f"{TITLE}. {describe_sides(changes, str)}"]
    if changes.is_empty:
        lines.append(describe_nothing(changes))
    for section in describe(changes, str):
        lines += ["", _heading(section), *_lines(section, "  ")]
    return "\n".join(lines)


def as_markdown(changes: Changes) -> str:
    """Return the comparison as GitHub's Markdown; text from the data stays text.

    Only the identifiers of a new study are links, to the two resolvers that a reviewer asks.
    """
    lines = [f"## {TITLE}", "", describe_sides(changes, escape)]
    if changes.is_empty:
        lines += ["", describe_nothing(changes)]
    for section in describe(changes, escape, _linked):
        lines += ["", f"### {_heading(section)}", "", *_lines(section, "", "- ")]
    return "\n".join(lines)


def escape(text: str) -> str:
    """Return one line of text so that Markdown shows it and does nothing else with it.

    No markup, HTML, link, mention, reference, emoji or formula comes of it, at the start of a
    line and in a cell of a table as well. GitHub links mentions and issues in what Markdown has
    become, where a backslash helps no more: these are parted.
    """
    return _SPECIAL.sub(_escaped, text)


def _linked(text: str, address: str) -> str:
    return f"[{text}]({address})"


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    if found in _HTML:
        return _HTML[found]
    if found.isdigit():
        return f"{found}\\"
    if found in "@:" or found.isalpha():
        return f"{found}{_NOTHING}"
    return f"\\#{_NOTHING}" if found == "#" else f"\\{found}"


def _heading(section: Section) -> str:
    return f"{section.title} ({len(section.entries)})"


def _lines(section: Section, margin: str, mark: str = "") -> Iterator[str]:
    entries, more = bounded(section.entries)
    for entry in entries:
        yield f"{margin}{mark}{entry.text}"
        details, more_details = bounded(entry.details)
        yield from (f"{margin}  {mark}{detail}" for detail in details)
        if more_details:
            yield f"{margin}  {mark}and {more_details} more"
    if more:
        yield f"{margin}{mark}and {more} more"
