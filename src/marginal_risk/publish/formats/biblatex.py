"""Works as BibLaTeX: dates, names and identifiers in fields of their own, for biber.

Written from what the entries mean, not from how they were typed: names of types and fields are
those of BibLaTeX's own data model (https://ctan.org/pkg/biblatex, chapter 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from marginal_risk.publish.queries.works import CitedName, CitedWork, kind_of, split_pages

# By kind of work: the type of entry, and the field of its venue.
_TYPES = {
    "article": ("article", "journaltitle"),
    "paper": ("inproceedings", "booktitle"),
    "chapter": ("incollection", "booktitle"),
    "book": ("book", "publisher"),
    "report": ("report", "institution"),
    "thesis": ("thesis", "institution"),
    "preprint": ("online", "organization"),
    "webpage": ("online", "organization"),
    "dataset": ("dataset", "publisher"),
    "document": ("misc", "organization"),
}
_TYPES_OF_THESES = {"phdthesis": "phdthesis", "mastersthesis": "mathesis"}
_LITERAL = {
    **{char: f"\\{char}" for char in "$&#_%"},
    # biber counts braces, those behind a backslash too.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIAL = re.compile(r"[\\{}$&#_%~^]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_IN_KEY = re.compile(r"""[\s"#%'(),={}\\~]""")
_AND = re.compile(r"\band\b", re.IGNORECASE)


def to_biblatex(works: Sequence[CitedWork]) -> str:
    """Return BibLaTeX entries; no text in them can end a field or run a command."""
    return "\n".join(_entry(work) for work in works)


def _entry(work: CitedWork) -> str:
    entry_type, _ = _TYPES[kind_of(work)]
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(work))
    return f"@{entry_type}{{{_NOT_IN_KEY.sub('_', work.citekey)},\n{fields}}}\n"


def _fields(work: CitedWork) -> Iterator[tuple[str, str]]:
    kind = kind_of(work)
    entry_type, venue = _TYPES[kind]
    for role, names in (("author", work.authors), ("editor", work.editors)):
        if names:
            is_cut = work.has_more_authors and role == ("author" if work.authors else "editor")
            yield role, " and ".join([*map(_name, names), *(["others"] if is_cut else [])])
    yield "title", f"{{{_text(work.title)}}}"
    yield "date", work.publication_date
    if kind == "thesis":
        yield "type", _TYPES_OF_THESES.get(work.entry_type, "phdthesis")
    elif kind == "report":
        yield "type", "techreport"
    texts = {
        venue: work.venue,
        "volume": work.volume if entry_type != "online" else None,
        "number": work.number if entry_type != "online" else None,
        "version": work.version,
        "abstract": work.abstract,
        "keywords": (work.keywords or "").replace(";", ","),
        "note": work.note,
    }
    for name, text in texts.items():
        if text:
            yield name, _text(text)
    if work.pages:
        yield "pages", "--".join(_text(page) for page in split_pages(work.pages) if page)
    if work.doi:
        yield "doi", _verbatim(work.doi)
    if work.arxiv_id:
        yield "eprint", _verbatim(work.arxiv_id)
        yield "eprinttype", "arxiv"
    if work.url:
        yield "url", _verbatim(work.url)


def _name(name: CitedName) -> str:
    """Return a name, its parts told apart by commas; one that would be read otherwise in braces."""
    if name.is_corporate:
        return f"{{{_text(name.family)}}}"
    leading = " ".join(filter(None, (name.particle and _text(name.particle), _part(name.family))))
    parts = (leading, *(_part(part) for part in (name.suffix, name.given) if part))
    return ", ".join(parts)


def _part(text: str) -> str:
    """Return a part of a name; 'and' or a comma in it does not divide names."""
    is_divided = "," in text or _AND.search(text) or text[:1].islower()
    return f"{{{_text(text)}}}" if is_divided else _text(text)


def _text(text: str) -> str:
    """Return text in one line as LaTeX sets it."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return _SPECIAL.sub(lambda found: _LITERAL[found[0]], line)


def _verbatim(text: str) -> str:
    """Return an address or identifier, which BibLaTeX takes as it stands, without braces."""
    return quote(_CONTROL.sub("", text), safe=":/?#[]@!$&'()*+,;=%~.-_<>")
