"""All works in the bibliography, to search and to sort, at /studies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.pages.citing import coins
from marginal_risk.publish.queries import study_list
from marginal_risk.publish.queries.filters import (
    COUNTED,
    LONGEST_SEARCH,
    WITH_PROVISIONAL,
    match_expression,
)
from marginal_risk.publish.queries.screening_flow import Flow
from marginal_risk.publish.queries.study_list import Window
from marginal_risk.publish.queries.vocabulary import Word
from marginal_risk.publish.queries.works import CitedWork, read_works
from marginal_risk.publish.sentences import are, count_of, in_layer

PAGE_LENGTH = 50
_MOST_WORDS = 20
_DIRECTIONS = {
    "author": ("Author", "A to Z", "Z to A"),
    "year": ("Year", "oldest first", "newest first"),
    "title": ("Title", "A to Z", "Z to A"),
    "steps": ("Steps addressed", "fewest first", "most first"),
}
_DESCENDING_FIRST = frozenset({"year", "steps"})
"""Columns that are first sorted from the highest value down."""


@dataclass(frozen=True)
class Listing:
    """What the reader asked for; a value that makes no sense is ignored."""

    text: str
    sort: str
    is_descending: bool
    page: int
    layer: str = COUNTED

    @classmethod
    def asked_for(cls, context: PageContext) -> Listing:
        """Read the address."""
        text = " ".join(context.first("q").replace("\0", " ").split())[:LONGEST_SEARCH]
        sort = context.first("sort")
        sort = sort if sort in _DIRECTIONS else "year"
        direction = context.first("dir")
        falls = (
            sort in _DESCENDING_FIRST if direction not in ("asc", "desc") else direction == "desc"
        )
        page = context.first("page")
        # No list has a page of more than six digits.
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
        return cls(text, sort, falls, max(number, 1), context.layer)

    @property
    def phrases(self) -> list[str]:
        """The words to find, each as an FTS5 expression in which nothing is syntax."""
        return match_expression(self.text).split()[:_MOST_WORDS]

    def query(self, sort: str, is_descending: bool, page: int = 1) -> str:
        """Return the query of an address for this search, in an order and at a page."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [("sort", sort), ("dir", "desc" if is_descending else "asc")]
        pairs += [("page", str(page))] if page > 1 else []
        pairs += [("codings", "provisional")] if self.layer == WITH_PROVISIONAL else []
        return f"?{urlencode(pairs)}"


@dataclass(frozen=True)
class SortLink:
    """A link that sorts the list, or turns its order round."""

    text: str
    order: str
    """How the list is sorted by it now, such as 'newest first'; '' where it is not."""
    aria_sort: str
    query: str


@dataclass(frozen=True)
class ListedStudy:
    """A work as the list shows it."""

    work: CitedWork
    openurl: str
    """The work for reference managers."""
    is_source: bool
    """Whether judgements on the map were taken from it."""
    codings: list[tuple[Word, int, bool]]
    """Each misuse vector it is coded for, with the number of steps it addresses there, and whether
    a step rests on machines alone."""


@dataclass(frozen=True, kw_only=True)
class StudyListPage(Page):
    """A part of the works in the bibliography."""

    listing: Listing = described("What the reader asked for.")
    longest_search: int = described("Number of characters that a search may have.")
    summary: str = described("How many works there are, or match.")
    uncoded: int = described("Number of studies found that nobody has coded.")
    uncoded_links: dict[str, str] = described("Where those studies are: table, JSON and CSV.")
    coded_links: dict[str, str] = described("Where the coded works are: table, JSON and CSV.")
    sorts: dict[str, SortLink] = described("The orders one can choose.")
    studies: list[ListedStudy] = described("The works of this page of the list.")
    downloads: dict[str, str] = described("Where all references are, by format.")
    position: str = described("Which of them these are; '' where they are all.")
    previous: str = described("Query of the page before this one; '' where there is none.")
    following: str = described("Query of the page after this one; '' where there is none.")


async def study_list_page(datasette: Datasette, request: Request) -> Response:
    """Answer /studies with the works that match, 50 at a time."""
    return await cached_page(datasette, request, _render, ["q", "sort", "dir", "page", "codings"])


async def _render(context: PageContext) -> Response:
    listing = Listing.asked_for(context)
    # A search without a letter or digit finds nothing, and not everything.
    is_idle = bool(listing.text) and not listing.phrases
    total = 0 if is_idle else await context.read(study_list.count_found, listing.phrases)
    pages = max(-(-total // PAGE_LENGTH), 1)
    page = min(listing.page, pages)
    first = (page - 1) * PAGE_LENGTH
    studies = await _read(context, listing, first) if total else []

    def turn(number: int) -> str:
        is_there = 1 <= number <= pages
        return listing.query(listing.sort, listing.is_descending, number) if is_there else ""

    summary = summarize(listing, total, context.coverage.flow)
    summary = summary if listing.text else in_layer(summary, listing.layer)
    found = StudyListPage(
        **context.page_fields(
            title="Studies",
            description=summary,
            path="/studies",
            data_links=_data_links(context, listing, studies),
        ),
        listing=listing,
        longest_search=LONGEST_SEARCH,
        summary=summary,
        uncoded=context.whole.flow.uncoded,
        uncoded_links=context.data_links("uncoded", what="study"),
        coded_links=context.data_links("completeness"),
        sorts={sort: _sort_link(listing, sort) for sort in _DIRECTIONS},
        studies=studies,
        downloads={
            name: context.path(f"/studies.{extension}")
            for name, extension in (("BibTeX", "bib"), ("RIS", "ris"), ("CSL-JSON", "json"))
        },
        position=f"{first + 1} to {first + len(studies)} of {total}" if pages > 1 else "",
        previous=turn(page - 1),
        following=turn(page + 1),
    )
    return await context.render("study_list.html", found)


async def _read(context: PageContext, listing: Listing, first: int) -> list[ListedStudy]:
    window = Window(listing.sort, context.layer, listing.is_descending, first, PAGE_LENGTH)
    keys = await context.read(study_list.read_citekeys, listing.phrases, window)
    codings = await context.read(study_list.read_listed_codings, context.layer, keys)
    vectors = context.vocabulary.vectors
    works = {work.citekey: work for work in await context.read(read_works, keys)}
    sources = await context.read(study_list.read_source_citekeys)
    return [
        ListedStudy(
            work,
            coins(work),
            key in sources,
            [
                (vectors[slug], addressed, marked)
                for slug, addressed, marked in codings.get(key, [])
            ],
        )
        for key, work in ((key, works[key]) for key in keys)
    ]


def summarize(listing: Listing, total: int, flow: Flow) -> str:
    """Return how many works match the search, or how many there are, found and coded."""
    works = count_of(total, "work")
    if not listing.text:
        found = count_of(flow.found, "study", "studies")
        return (
            f"{works} in the bibliography; {flow.coded} of {found} found {are(flow.coded)} coded."
        )
    verb = "matches" if total == 1 else "match"
    return f"{works if total else 'No work'} {verb if total else 'matches'} “{listing.text}”."


def _sort_link(listing: Listing, sort: str) -> SortLink:
    text, rising, falling = _DIRECTIONS[sort]
    if sort != listing.sort:
        query = listing.query(sort, sort in _DESCENDING_FIRST)
        return SortLink(text, "", "none", query)
    falls = listing.is_descending
    return SortLink(
        text,
        falling if falls else rising,
        "descending" if falls else "ascending",
        listing.query(sort, not falls),
    )


def _data_links(
    context: PageContext, listing: Listing, studies: list[ListedStudy]
) -> dict[str, str]:
    """Return where the rows are; of a search, those of this page of the list."""
    links = context.data_links("studies")
    if not listing.text:
        return links
    query = urlencode({"citekey__in": json.dumps([study.work.citekey for study in studies])})
    return {name: f"{link}?{query}" for name, link in links.items()}


ROUTES = [(r"^/studies$", study_list_page)]
