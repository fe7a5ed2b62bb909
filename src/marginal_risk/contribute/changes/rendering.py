"""A comparison as text for terminals, as Markdown for a pull request, and as JSON for programs.

In the JSON, ``format`` is 1 until a key changes its meaning; keys may be added. ``base`` and
``head`` say what was compared: ``name``, ``commit`` (null for a directory) and ``data_version``.
``is_empty`` is true where both say the same, ``is_same_data`` where not even the files differ.

Each table has ``added`` and ``removed``, lists of rows, and ``changed``, a list of keys with
``fields``: for each column that differs, ``from`` and ``to``. The tables are

- ``sentences``: the headline, keyed by what each sentence is about;
- ``counts``: the numbers of the whole;
- ``cells``: the state of each cell of the map;
- ``gaps``: the cells that are gaps; one that is added has opened, one that is removed has closed;
- ``studies``, ``screening``, ``codings``, ``judgements``, ``comparisons``, ``coders``,
  ``people``, ``searches``: the records;
- ``terms``, ``term_order``, ``coding_rules``: the codebook;
- ``agreement``: how far coders agree.

Columns mean what they mean in the database. Nothing is shortened or escaped.
"""

import re
from collections.abc import Iterator
from typing import Any

from marginal_risk.contribute.changes.comparing import Changes, RowChange
from marginal_risk.contribute.changes.description import (
    TITLE,
    describe,
    describe_nothing,
    describe_sides,
)
from marginal_risk.contribute.changes.snapshot import Snapshot
from marginal_risk.contribute.changes.wording import Section, bounded

FORMAT = 1
"""Version of the JSON; it changes when a key changes its meaning."""
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
_ZERO_WIDTH_SPACE = "&#8203;"
"""A space without width: text that it divides is not linked, and no reader sees it."""
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

    Only studies and the identifiers of a new one are links, to the two resolvers that a reviewer
    asks.
    """
    lines = [f"## {TITLE}", "", describe_sides(changes, escape)]
    if changes.is_empty:
        lines += ["", describe_nothing(changes)]
    for section in describe(changes, escape, _linked):
        lines += ["", f"### {_heading(section)}", "", *_lines(section, "", "- ")]
    return "\n".join(lines)


def as_changelog(changes: Changes, heading: str) -> str:
    """Return the part of CHANGELOG.md on a release: a heading, and a line for each change."""
    lines = [f"### {heading}", ""]
    if changes.is_empty:
        lines.append(f"- {describe_nothing(changes)}")
    for section in describe(changes, escape, _linked):
        entries, more = bounded(section.entries)
        lines += [f"- {section.title}: {entry.text}" for entry in entries]
        lines += [f"- {section.title}: and {more} more"] if more else []
    return "\n".join(lines)


def as_json(changes: Changes) -> dict[str, Any]:
    """Return the comparison as JSON can hold it."""
    base, head = changes.base, changes.head
    return {
        "format": FORMAT,
        "base": _side(base),
        "head": _side(head),
        "is_empty": changes.is_empty,
        "is_same_data": base.data_version == head.data_version,
        **{
            table: {
                "added": [{**row.key, **row.values} for row in found.added],
                "removed": [{**row.key, **row.values} for row in found.removed],
                "changed": [_changed_row(row) for row in found.changed],
            }
            for table, found in changes.tables.items()
        },
    }


def escape(text: str) -> str:
    """Return one line of text so that Markdown shows it and does nothing else with it.

    It makes no markup, HTML, link, mention, reference, emoji or formula, neither at the start
    of a line nor in a cell of a table. GitHub links mentions and issues in what Markdown has
    produced, where a backslash no longer helps: a space without width divides these.
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
        return f"{found}{_ZERO_WIDTH_SPACE}"
    return f"\\#{_ZERO_WIDTH_SPACE}" if found == "#" else f"\\{found}"


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


def _side(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "name": snapshot.name,
        "commit": snapshot.commit,
        "data_version": snapshot.data_version,
    }


def _changed_row(row: RowChange) -> dict[str, Any]:
    fields = {column: {"from": old, "to": new} for column, (old, new) in row.fields.items()}
    return {**row.key, "fields": fields}
