"""Works in the formats of reference managers: BibTeX, BibLaTeX, RIS, CSL-JSON and text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import rispy

from marginal_risk.publish.formats.biblatex import to_biblatex
from marginal_risk.publish.queries.works import CitedName, CitedWork, address, kind_of, split_pages

_RIS_TYPES = {
    "article": "JOUR",
    "paper": "CONF",
    "chapter": "CHAP",
    "book": "BOOK",
    "report": "RPRT",
    "thesis": "THES",
    "preprint": "UNPB",
    "webpage": "ELEC",
    "dataset": "DATA",
    "document": "GEN",
}
_CSL_TYPES = {
    "article": "article-journal",
    "paper": "paper-conference",
    "preprint": "article",  # https://docs.citationstyles.org/en/stable/specification.html
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_IN_A_CONTAINER = ("article", "paper", "chapter", "webpage")
"""Kinds of work whose venue contains them; the venue of other kinds is their publisher."""


@dataclass(frozen=True)
class CitationFormat:
    """A format of a citation."""

    content_type: str
    disposition: str
    """What a browser does with it: show it (inline) or save it (attachment)."""
    write_items: Callable[[Sequence[CitedWork]], str]
    """Writes works; a file may have several such parts."""
    begin: str = ""
    between: str = ""
    """What stands between two parts."""
    end: str = ""

    def write(self, works: Sequence[CitedWork]) -> str:
        """Return a file of these works."""
        return f"{self.begin}{self.write_items(works)}{self.end}"


def to_bibtex(works: Sequence[CitedWork]) -> str:
    """Return the BibTeX entries as they are stored."""
    return "\n\n".join(work.bibtex for work in works) + "\n"


def to_text(works: Sequence[CitedWork]) -> str:
    """Return the references, one a line."""
    return "".join(f"{_one_line(work.reference)}\n" for work in works)


def to_ris(works: Sequence[CitedWork]) -> str:
    """Return RIS; each value stays on one line, so no text in it can start a new field."""
    return str(_RisWriter().formats([dict(_ris_values(work)) for work in works]))


def to_csl(works: Sequence[CitedWork]) -> str:
    """Return CSL-JSON: an array of items."""
    return f"[\n{_csl_items(works)}\n]\n"


def _csl_items(works: Sequence[CitedWork]) -> str:
    items = [{key: value for key, value in _csl_values(work) if value} for work in works]
    return json.dumps(items, ensure_ascii=False, indent=2)[2:-2]  # without the brackets


class _RisWriter(rispy.RisWriter):  # type: ignore[misc]  # rispy has no types
    """RIS as specified: no numbers between records, and lines that end with CR LF."""

    NEWLINE = "\r\n"

    def set_header(self, count: int) -> str:  # noqa: ARG002  (the number is not wanted)
        """Return no header."""
        return ""


def _ris_values(work: CitedWork) -> Iterator[tuple[str, str | list[str]]]:
    """Yield the values of a record under rispy's names."""
    kind = kind_of(work)
    yield "type_of_reference", _RIS_TYPES[kind]
    yield "id", _one_line(work.citekey)
    yield "authors", [_ris_name(name) for name in work.authors]
    yield "secondary_authors", [_ris_name(name) for name in work.editors]
    yield "year", work.publication_date[:4]
    # The parts of a RIS date are year, month, day and other: always three strokes.
    yield "date", "/".join([*work.publication_date.split("-"), "", "", ""][:3]) + "/"
    first, last = split_pages(work.pages) if work.pages else (None, None)
    texts = {
        "title": work.title,
        "secondary_title" if kind in _IN_A_CONTAINER else "publisher": work.venue,
        "volume": work.volume,
        "number": work.number,
        "start_page": first,
        "end_page": last,
        "doi": work.doi,
        "accession_number": f"arXiv:{work.arxiv_id}" if work.arxiv_id else None,
        "edition": work.version,
        "language": work.language,
        "abstract": work.abstract,
    }
    yield from ((key, _one_line(text)) for key, text in texts.items() if text)
    yield "keywords", [_one_line(word) for word in (work.keywords or "").split("; ") if word]
    more = "The list of authors is not complete." if work.has_more_authors else None
    yield "notes", [_one_line(text) for text in (work.note, more) if text]
    addresses = dict.fromkeys(filter(None, (address(work), work.url)))
    # RIS separates the addresses of one line by semicolons.
    yield "urls", [_one_line(url).replace(";", "%3B") for url in addresses]


def _ris_name(name: CitedName) -> str:
    parts = (name.leading, name.given, name.suffix)
    return _one_line(", ".join(filter(None, parts)))


def _csl_values(work: CitedWork) -> Iterator[tuple[str, Any]]:
    """Yield the variables of an item; empty ones are left out.

    Names: https://github.com/citation-style-language/schema, csl-data.json.
    """
    kind = kind_of(work)
    authors = [_csl_name(name) for name in work.authors]
    editors = [_csl_name(name) for name in work.editors]
    if work.has_more_authors:  # as BibTeX says it, and pandoc reads it
        (authors or editors).append({"literal": "others"})
    yield "id", work.citekey
    yield "type", _CSL_TYPES.get(kind, kind)
    yield "title", work.title
    yield "author", authors
    yield "editor", editors
    yield "issued", {"date-parts": [[int(part) for part in work.publication_date.split("-")]]}
    yield "container-title" if kind in _IN_A_CONTAINER else "publisher", work.venue
    yield "volume", work.volume
    yield "issue" if kind == "article" else "number", work.number or _arxiv_number(work)
    yield "page", work.pages
    yield "DOI", work.doi
    yield "URL", work.url or address(work)
    yield "version", work.version
    yield "abstract", work.abstract
    yield "keyword", work.keywords
    yield "language", work.language
    yield "note", work.note


def _arxiv_number(work: CitedWork) -> str | None:
    return f"arXiv:{work.arxiv_id}" if work.arxiv_id and kind_of(work) == "preprint" else None


def _csl_name(name: CitedName) -> dict[str, str]:
    if name.is_corporate:
        return {"literal": name.family}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {key: text for key, text in parts.items() if text}


def _one_line(text: str) -> str:
    """Return text without control characters, and without line breaks of any kind."""
    return " ".join(_CONTROL.sub(" ", text).split())


FORMATS = {
    "bib": CitationFormat(
        "application/x-bibtex; charset=utf-8", "attachment", to_bibtex, between="\n"
    ),
    "biblatex": CitationFormat(
        "application/x-biblatex; charset=utf-8", "attachment", to_biblatex, between="\n"
    ),
    "ris": CitationFormat(
        "application/x-research-info-systems; charset=utf-8", "attachment", to_ris, between="\r\n"
    ),
    "json": CitationFormat(
        "application/vnd.citationstyles.csl+json",
        "attachment",
        _csl_items,
        begin="[\n",
        between=",\n",
        end="\n]\n",
    ),
    "txt": CitationFormat("text/plain; charset=utf-8", "inline", to_text),
}
"""The formats by extension."""
