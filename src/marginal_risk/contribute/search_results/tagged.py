"""Search results whose lines start with a tag: RIS, and the NBIB of PubMed."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import rispy

from marginal_risk.contribute.search_results.bibtex_text import body, name
from marginal_risk.contribute.search_results.record import (
    PlainRecord,
    Refusal,
    SearchResults,
    to_entry,
)
from marginal_risk.problems import Place
from marginal_risk.rows import Progress

_RIS_TAG = re.compile(r"([A-Z][A-Z0-9])  -(?: |$)")
_NBIB_TAG = re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)")
_RIS_TYPES = {
    **dict.fromkeys(("JOUR", "EJOUR", "MGZN", "NEWS", "INPR", "ABST", "JFULL"), "article"),
    **dict.fromkeys(("CONF", "CPAPER"), "inproceedings"),
    **dict.fromkeys(("CHAP", "ECHAP"), "incollection"),
    **dict.fromkeys(("BOOK", "EBOOK", "EDBOOK"), "book"),
    **dict.fromkeys(("RPRT", "GOVDOC", "STAND"), "techreport"),
    **dict.fromkeys(("ELEC", "BLOG", "ICOMM"), "online"),
    "THES": "phdthesis",
    "DATA": "dataset",
}
_INCOMPLETE = "The list of authors is not complete."


class _Lines(NamedTuple):
    """The lines of one record, and the number of the first."""

    first: int
    lines: list[str]
    is_whole: bool


def read_ris(text: str, path: str, progress: Progress) -> SearchResults:
    """Return the records of RIS, each from its TY line to its ER line or the next TY."""
    export = SearchResults([], [])
    for record in _ris_records(text):
        place = Place(path, record.first)
        if not record.is_whole:
            reason = "Lines of an entry stand outside of one: no 'TY  - ' comes before them."
            export.refusals.append(Refusal(place, record.lines[0][:60], reason))
            continue
        [values] = rispy.loads("\n".join([*record.lines, "ER  - "]), skip_unknown_tags=True)
        export.entries.append(to_entry(_ris_record(values, place)))
        _report(progress, export)
    return export


def _ris_records(text: str) -> Iterator[_Lines]:
    record: _Lines | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        match = _RIS_TAG.match(line)
        tag = match[1] if match else None
        if tag == "TY":
            if record:
                yield record
            record = _Lines(number, [line], is_whole=True)
        elif tag == "ER":
            if record:
                yield record
            record = None
        elif record:
            record.lines.append(line)
        elif tag:
            record = _Lines(number, [line], is_whole=False)
    if record:
        yield record


def _ris_record(values: dict[str, object], place: Place) -> PlainRecord:
    def first(*names: str) -> str:
        return next(filter(None, (_text(values.get(name)) for name in names)), "")

    def each(*names: str) -> list[str]:
        return [text for name in names for text in _texts(values.get(name)) if text.strip()]

    authors = list(map(name, each("first_authors", "authors")))
    if _INCOMPLETE in each("notes"):
        authors.append("others")
    pages = "-".join(filter(None, (first("start_page"), first("end_page"))))
    return PlainRecord(
        entry_type=_RIS_TYPES.get(first("type_of_reference"), "misc"),
        place=place,
        key=first("id"),
        title=first("title", "primary_title"),
        venue=first(
            *("secondary_title", "journal_name", "alternate_title3", "alternate_title2"),
            *("tertiary_title", "custom3"),
        ),
        publisher=first("publisher"),
        dates=(first("year"), first("publication_year"), first("date")),
        authors=authors,
        editors=list(map(name, each("secondary_authors"))),
        plain={
            "volume": first("volume"),
            "number": first("number"),
            "abstract": first("abstract", "notes_abstract"),
            "language": first("language"),
        },
        pages=pages,
        keywords=each("keywords"),
        doi=first("doi"),
        urls=each("urls"),
        may_name_arxiv=each("accession_number", "secondary_title", "publisher", "note"),
    )


def read_nbib(text: str, path: str, progress: Progress) -> SearchResults:
    """Return the records of NBIB, each from its PMID to the next.

    A line that starts with white space continues the value before it. Tags:
    https://www.nlm.nih.gov/bsd/mms/medlineelements.html
    """
    export = SearchResults([], [])
    values: dict[str, list[str]] | None = None
    last: list[str] | None = None
    place = Place(path, 1)
    for number, line in enumerate([*text.split("\n"), "PMID- "], start=1):
        match = _NBIB_TAG.match(line) if line[4:5] == "-" else None
        if match and match[1] == "PMID":
            if values:
                export.entries.append(to_entry(_nbib_record(values, place)))
                _report(progress, export)
            values, place = defaultdict(list), Place(path, number)
        if not match:
            if last and line[:1].isspace():
                last[-1] = f"{last[-1]} {line.strip()}"
        elif values is None:
            reason = "Lines of an entry stand before the first 'PMID- '."
            if not export.refusals:
                export.refusals.append(Refusal(Place(path, number), line[:60], reason))
        else:
            last = values[match[1]]
            last.append(match[2].strip())
    return export


def _nbib_record(values: dict[str, list[str]], place: Place) -> PlainRecord:
    def first(*tags: str) -> str:
        return next(filter(None, (text for tag in tags for text in values.get(tag, ()))), "")

    def each(*tags: str) -> list[str]:
        return next(filter(None, (values.get(tag) for tag in tags)), [])

    identifiers = [text.split() for text in (*values.get("LID", ()), *values.get("AID", ()))]
    dois = [words[0] for words in identifiers if words[1:] == ["[doi]"]]
    title = first("TI", "BTI").strip("[]")
    pmid = first("PMID")
    return PlainRecord(
        entry_type="incollection" if "BTI" in values and "TI" in values else "article",
        place=place,
        key=pmid,
        title=title[:-1].rstrip("]") if title.endswith(".") and title[-3:] != "..." else title,
        venue=first("BTI") if "TI" in values and "BTI" in values else first("JT", "TA", "PB"),
        dates=(first("DP"), first("DEP")),
        authors=[*map(name, each("FAU", "AU")), *map(body, each("CN"))],
        editors=list(map(name, each("FED", "ED"))),
        plain={
            "volume": first("VI"),
            "number": first("IP"),
            "abstract": first("AB"),
            "language": first("LA"),
        },
        pages=first("PG"),
        keywords=[text.lstrip("*") for text in each("OT")],
        doi=dois[0] if dois else "",
        urls=[f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"] if pmid.isdecimal() else [],
    )  # fmt: skip


def _text(value: object) -> str:
    return " ".join(_texts(value))


def _texts(value: object) -> list[str]:
    return [str(text) for text in value] if isinstance(value, list) else [str(value or "")]


def _report(progress: Progress, export: SearchResults) -> None:
    if len(export.entries) % 500 == 0:
        progress("records read", len(export.entries), 0)
