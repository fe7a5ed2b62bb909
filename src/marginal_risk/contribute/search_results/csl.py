"""Search results in CSL-JSON: one item, or an array of items.

Fields: https://github.com/citation-style-language/schema, csl-data.json. The dialect of
Crossref, in which a title is a list, is read as well.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from marginal_risk.contribute.search_results.bibtex_text import body, person
from marginal_risk.contribute.search_results.record import (
    PlainRecord,
    Refusal,
    SearchResults,
    to_entry,
)
from marginal_risk.problems import Place
from marginal_risk.rows import Progress

_TYPES = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "journal-article": "article",
    "paper-conference": "inproceedings",
    "proceedings-article": "inproceedings",
    "chapter": "incollection",
    "book-chapter": "incollection",
    "book": "book",
    "report": "techreport",
    "thesis": "phdthesis",
    "webpage": "online",
    "post-weblog": "online",
    "dataset": "dataset",
}
# The markup that the schema allows, and that of Crossref's abstracts.
_MARKUP = re.compile(r"</?(?:i|b|sub|sup|sc|jats:[a-z]+)>|</?span(?: [^<>]*)?>")
_BLANK = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def read_csl(text: str, path: str, progress: Progress) -> SearchResults:
    """Return the items, up to where the JSON can no longer be read."""
    export = SearchResults([], [])
    try:
        for line, item in _items(text):
            place = Place(path, line)
            if not isinstance(item, dict):
                reason = "An item must be an object in braces."
                export.refusals.append(Refusal(place, str(item)[:60], reason))
                continue
            export.entries.append(to_entry(_plain_record(item, place)))
            if len(export.entries) % 500 == 0:
                progress("records read", len(export.entries), 0)
    except _BrokenJsonError as error:
        reason = f"From here on the JSON cannot be read: {error.reason}."
        export.refusals.append(Refusal(Place(path, error.line), "JSON", reason))
    return export


class _BrokenJsonError(Exception):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """Yield (line, item) one by one, so that a broken item costs none before it."""
    index = _after_blank(text, 0)
    is_array = text.startswith("[", index)
    index = _after_blank(text, index + is_array)
    line, counted = 1, 0
    while index < len(text) and not (is_array and text[index] == "]"):
        line += text.count("\n", counted, index)
        counted = index
        try:
            item, index = _DECODER.raw_decode(text, index)
        except json.JSONDecodeError as error:
            raise _BrokenJsonError(error.lineno, error.msg) from error
        except (
            ValueError,
            RecursionError,
        ) as error:  # too many digits, or too deeply nested
            raise _BrokenJsonError(line, "a value is too long or too deep") from error
        yield line, item
        index = _after_blank(text, index)
    if is_array and index >= len(text):
        raise _BrokenJsonError(text.count("\n") + 1, "the array is not closed")


def _after_blank(text: str, index: int) -> int:
    match = _BLANK.match(text, index)
    return match.end() if match else index


def _plain_record(item: dict[str, Any], place: Place) -> PlainRecord:
    def text(*names: str) -> str:
        found = (_MARKUP.sub("", _text(item.get(name))) for name in names)
        return next(filter(None, found), "")

    number = text("issue", "number")
    dates = (_date(item.get(name)) for name in ("issued", "published", "published-print"))
    return PlainRecord(
        entry_type=_TYPES.get(text("type"), "misc"),
        place=place,
        key=text("id"),
        title=text("title"),
        venue=text("container-title"),
        publisher=text("publisher", "institution"),
        dates=tuple(filter(None, dates)),
        authors=list(_names(item.get("author"))),
        editors=list(_names(item.get("editor"))),
        plain={
            "volume": text("volume"),
            "number": number if not number.startswith("arXiv:") else "",
            "abstract": text("abstract"),
            "language": text("language"),
        },
        pages=text("page", "article-number"),
        keywords=re.split(r"\s*[;,]\s*", text("keyword")),
        doi=text("DOI"),
        urls=[text("URL")],
        may_name_arxiv=[number, text("archive_location"), text("container-title"), text("note")],
    )


def _names(value: object) -> Iterator[str]:
    for found in value if isinstance(value, list) else ():
        if not isinstance(found, dict):
            continue
        parts = {part: _text(text) for part, text in found.items()}
        whole = parts.get("literal") or parts.get("name", "")
        if whole == "others":
            yield "others"
        elif whole.strip():
            yield body(whole)
        elif parts.get("family", "").strip():
            particle = parts.get("non-dropping-particle") or parts.get("dropping-particle", "")
            given, suffix = parts.get("given", ""), parts.get("suffix", "")
            yield person(parts["family"], given, particle, suffix)


def _date(value: object) -> str:
    """Return a date as year-month-day, or its first parts where the others are missing."""
    if isinstance(value, dict):
        parts = value.get("date-parts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            return "-".join(map(_text, parts[0][:3]))
        value = value.get("raw") or value.get("literal")
    return _text(value)


def _text(value: object) -> str:
    """Return a text or number as text, the first one of a list, and '' for any other value."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value)
