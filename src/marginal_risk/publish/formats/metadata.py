"""What a study's page says to machines: Highwire tags and schema.org."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marginal_risk.publish.queries.works import CitedName, CitedWork, address, kind_of, split_pages

_VENUE_TAGS = {
    "article": "citation_journal_title",
    "paper": "citation_conference_title",
    "chapter": "citation_inbook_title",
    "report": "citation_technical_report_institution",
    "thesis": "citation_dissertation_institution",
}
_TYPES = {
    "article": "ScholarlyArticle",
    "paper": "ScholarlyArticle",
    "preprint": "ScholarlyArticle",
    "chapter": "Chapter",
    "book": "Book",
    "report": "Report",
    "thesis": "Thesis",
    "webpage": "WebPage",
    "dataset": "Dataset",
    "document": "CreativeWork",
}
_CONTAINERS = {"article": "Periodical", "paper": "Book", "chapter": "Book"}


def highwire_tags(work: CitedWork) -> list[tuple[str, str]]:
    """Return names and contents of the meta tags that reference managers read, in order."""
    kind = kind_of(work)
    first, last = split_pages(work.pages) if work.pages else (None, None)
    is_report = kind == "report"
    tags = [
        ("citation_title", work.title),
        *(("citation_author", name.inverted) for name in work.authors),
        *(("citation_editor", name.inverted) for name in work.editors),
        ("citation_publication_date", work.publication_date.replace("-", "/")),
        (_VENUE_TAGS.get(kind, "citation_publisher"), work.venue),
        ("citation_volume", work.volume),
        ("citation_technical_report_number" if is_report else "citation_issue", work.number),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        ("citation_doi", work.doi),
        ("citation_arxiv_id", work.arxiv_id),
        ("citation_language", work.language),
        ("citation_keywords", work.keywords),
        # The address of the work itself: this site's page only describes it.
        ("citation_abstract_html_url", address(work)),
    ]
    return [(name, content) for name, content in tags if content]


def describe_work(work: CitedWork, page_url: str) -> dict[str, Any]:
    """Return a study in terms of schema.org, as JSON-LD for the page at ``page_url``.

    ``page_url`` is '' where the address of the page is not known.
    """
    return {
        "@context": "https://schema.org",
        **{key: value for key, value in _properties(work) if value},
        **({"mainEntityOfPage": page_url} if page_url else {}),
    }


def _properties(work: CitedWork) -> Iterator[tuple[str, Any]]:
    kind = kind_of(work)
    yield "@type", _TYPES[kind]
    yield "name", work.title
    yield "author", [_agent(name) for name in work.authors]
    yield "editor", [_agent(name) for name in work.editors]
    yield "datePublished", work.publication_date
    if work.venue and kind in _CONTAINERS:
        yield "isPartOf", {"@type": _CONTAINERS[kind], "name": work.venue}
    elif work.venue:
        yield "publisher", {"@type": "Organization", "name": work.venue}
    yield "pagination", work.pages
    yield "reportNumber", work.number if kind == "report" else None
    doi = f"doi:{work.doi}" if work.doi else None
    arxiv = f"arXiv:{work.arxiv_id}" if work.arxiv_id else None
    yield "identifier", [identifier for identifier in (doi, arxiv) if identifier]
    yield "url", address(work)
    yield "sameAs", work.url if work.url != address(work) else None
    yield "abstract", work.abstract
    yield "keywords", work.keywords
    yield "inLanguage", work.language


def _agent(name: CitedName) -> dict[str, str]:
    if name.is_corporate:
        return {"@type": "Organization", "name": name.family}
    parts = {
        "@type": "Person",
        "name": " ".join(filter(None, (name.given, name.leading, name.suffix))),
        "givenName": name.given,
        "familyName": name.leading,
        "honorificSuffix": name.suffix,
    }
    return {key: text for key, text in parts.items() if text}
