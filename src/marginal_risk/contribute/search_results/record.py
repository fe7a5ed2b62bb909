"""A record of search results, and the BibTeX entry that is made from it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from marginal_risk.contribute.search_results.bibtex_text import to_latex
from marginal_risk.problems import Place
from marginal_risk.read.bibliography.dates import MONTHS, read_month
from marginal_risk.read.bibliography.entries import Entry
from marginal_risk.read.bibliography.identifiers import find_arxiv_id, is_safe_url, read_doi

_MACROS = tuple(MONTHS)
_DATE = re.compile(r"\s*([0-9]{4})(?:[/\s-]+([0-9]{1,2}|[A-Za-z]{3,9})\b)?(?:[/\s-]+([0-9]{1,2}))?")
_PAGES = re.compile(r"\s*[-\u2013\u2014]+\s*")
_VENUES = {
    "article": "journal",
    "inproceedings": "booktitle",
    "incollection": "booktitle",
    "techreport": "institution",
    "phdthesis": "school",
    "book": "publisher",
    "online": "organization",
}
"""The field for the venue of each type; other types use ``howpublished``."""


class Refusal(NamedTuple):
    """A record that cannot be imported, and why."""

    place: Place
    what: str
    """Its title or key, or the start of its text."""
    reason: str


class SearchResults(NamedTuple):
    """The records of an export, as entries; and those that cannot be read."""

    entries: list[Entry]
    refusals: list[Refusal]


@dataclass
class PlainRecord:
    """What a record says about a work, in plain text; only names are in BibTeX already."""

    entry_type: str
    place: Place
    key: str = ""
    title: str = ""
    venue: str = ""
    publisher: str = ""
    dates: tuple[str, ...] = ()
    """From the most reliable to the least, each as its format writes it."""
    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    plain: dict[str, str] = field(default_factory=dict)
    """Other BibTeX fields that hold text: volume, number, abstract, language, note."""
    pages: str = ""
    keywords: list[str] = field(default_factory=list)
    doi: str = ""
    urls: list[str] = field(default_factory=list)
    may_name_arxiv: Iterable[str] = ()


def to_entry(record: PlainRecord) -> Entry:
    """Return the record as an entry, without identifiers and addresses that are invalid."""
    venue = _VENUES.get(record.entry_type, "howpublished")
    texts = {"title": record.title, venue: record.venue or record.publisher, **record.plain}
    fields = {name: to_latex(text) for name, text in texts.items()}
    fields["author"] = _joined(record.authors)
    fields["editor"] = _joined(record.editors)
    fields["pages"] = "--".join(map(to_latex, _PAGES.split(record.pages.strip(), maxsplit=1)))
    fields["keywords"] = ", ".join(filter(None, map(to_latex, record.keywords)))
    fields |= _date_fields(record.dates)
    fields["doi"] = read_doi(record.doi) or ""
    fields["url"] = next((url for url in map(str.strip, record.urls) if is_safe_url(url)), "")
    named = (find_arxiv_id(text) for text in (*record.may_name_arxiv, record.doi, *record.urls))
    fields["eprint"] = next(filter(None, named), "")
    if fields["eprint"]:
        fields["archiveprefix"] = "arXiv"
    key = to_latex(record.key)
    filled = {name: text for name, text in fields.items() if text}
    return Entry(key, record.entry_type, filled, {}, key or record.entry_type, record.place)


def _joined(names: Iterable[str]) -> str:
    return " and ".join(name for name in names if name.strip("{}, "))


def _date_fields(texts: Iterable[str]) -> dict[str, str]:
    """Return the fields year, month and date, each from the first text that gives it."""
    found: dict[str, str] = {}
    for text in texts:
        match = _DATE.match(text)
        if not match or found.get("year", match[1]) != match[1]:
            continue
        found["year"] = match[1]
        month = read_month(match[2]) if match[2] else None
        if month and "month" not in found:
            found["month"] = _MACROS[int(month) - 1]
            if match[3] and _is_day(match[1], month, match[3]):
                found["date"] = f"{match[1]}-{month}-{int(match[3]):02d}"
    return found


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
