"""All works in the bibliography, to search, to narrow and to sort, at /studies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.pages.citing import coins
from marginal_risk.publish.places import find_places
from marginal_risk.publish.queries import study_list
from marginal_risk.publish.queries.filters import LONGEST_SEARCH, shorten_notices
from marginal_risk.publish.queries.screening_flow import Flow
from marginal_risk.publish.queries.search_words import correct, read_search_words
from marginal_risk.publish.queries.study_filter import (
    FACETS,
    PARAMETERS,
    StudyFilter,
    read_study_filter,
)
from marginal_risk.publish.queries.study_list import Found, ListedCoding, Window
from marginal_risk.publish.queries.vocabulary import FrameworkStep, MapVocabulary, Word, read_words
from marginal_risk.publish.queries.works import CitedWork, read_works
from marginal_risk.publish.sentences import are, count_of, in_layer

PAGE_LENGTH = 40
"""Works on one page: with style and type face, a first visit moves less than 60 kB."""
_DIRECTIONS = {
    "author": ("Author", "A to Z", "Z to A"),
    "year": ("Year", "oldest first", "newest first"),
    "title": ("Title", "A to Z", "Z to A"),
    "steps": ("Steps addressed", "fewest first", "most first"),
}
_DESCENDING_FIRST = frozenset({"year", "steps"})
"""Columns that are first sorted from the highest value down."""
_TITLES = {
    "vector": "Misuse",
    "type": "Type of study",
    "coded": "Read or not",
    "models": "Models examined",
    "year": "Year",
}
_CODED = {
    "yes": "Read and coded",
    "no": "Not read yet",
    "provisional": "Coded by machines only",
    "left_out": "Left out",
}
_MODELS = {"open": "Open", "closed": "Closed", "unclear": "Not clear which"}
"""The first two count a comparison of both."""
FORMATS = {
    **{"RIS": "ris", "BibTeX": "bib", "BibLaTeX": "biblatex", "CSL-JSON": "json"},
    **{"CSV": "csv", "feed": "atom"},
}
"""What a list can be had as: names with the extensions of /studies."""


@dataclass(frozen=True)
class Listing:
    """What the reader asked for; an order or a page that makes no sense is ignored."""

    filter: StudyFilter
    sort: str = "year"
    is_descending: bool = True
    page: int = 1

    @classmethod
    def asked_for(cls, context: PageContext, study_filter: StudyFilter) -> Listing:
        """Read the address."""
        sort = context.first("sort")
        sort = sort if sort in _DIRECTIONS else "year"
        direction = context.first("dir")
        falls = (
            sort in _DESCENDING_FIRST if direction not in ("asc", "desc") else direction == "desc"
        )
        page = context.first("page")
        # No list has a page of more than six digits.
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
        return cls(study_filter, sort, falls, max(number, 1))

    @property
    def text(self) -> str:
        """The words to search."""
        return self.filter.text

    @property
    def is_ordered(self) -> bool:
        """Whether an order other than the usual one was asked for."""
        return (self.sort, self.is_descending) != ("year", True)

    def query(self, **changes: str | bool | int) -> str:
        """Return the query of an address for this list, in an order and at a page."""
        changed = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        pairs = changed.filter.pairs()
        if changed.is_ordered:
            pairs += [
                ("sort", changed.sort),
                ("dir", "desc" if changed.is_descending else "asc"),
            ]
        pairs += [("page", str(changed.page))] if changed.page > 1 else []
        # An address without a query must still be a link, and not to this very page.
        return f"?{urlencode(pairs)}"


@dataclass(frozen=True)
class SortLink:
    """An order one can choose."""

    text: str
    order: str
    """How the list is sorted by it now; '' where it is not."""
    aria_sort: str
    query: str


@dataclass(frozen=True)
class FilterChoice:
    """A value that the list can be narrowed to, or is narrowed to."""

    name: str
    works: int
    """Number of works that have it, of those that the other facets leave."""
    is_chosen: bool
    query: str
    """Query of the list with it, or without it where it is chosen."""


@dataclass(frozen=True)
class FoundFor:
    """A misuse vector that a work was found for."""

    vector: Word
    is_left_out: bool
    levels: list[tuple[FrameworkStep, Word]]
    """What it reaches at each step; empty where nobody has coded it."""
    is_provisional: bool
    """Whether a step rests on machines alone."""

    @property
    def said(self) -> str:
        """The levels in words."""
        return "; ".join(f"{step.name}: {state.name.lower()}" for step, state in self.levels)

    @property
    def addressed(self) -> int:
        """Number of steps that it addresses."""
        return sum(state.slug == "addressed" for _, state in self.levels)


@dataclass(frozen=True)
class ListedStudy:
    """A work as the list shows it."""

    work: CitedWork
    openurl: str
    """The work for reference managers."""
    is_source: bool
    """Whether judgements on the map were taken from it."""
    types: list[str]
    vectors: list[FoundFor]


@dataclass(frozen=True, kw_only=True)
class StudyListPage(Page):
    """A part of the works in the bibliography."""

    listing: Listing = described("What the reader asked for.")
    longest_search: int = described("Number of characters that a search may have.")
    notices: list[str] = described("What was left out of the filter, and why; or a slip, mended.")
    summary: str = described("How many works there are, or match.")
    places: list[tuple[str, str]] = described(
        "Places of the map that a search names, with addresses."
    )
    facets: list[tuple[str, list[FilterChoice]]] = described("What the list can be narrowed by.")
    chosen: list[FilterChoice] = described("What it is narrowed by.")
    sorts: dict[str, SortLink] = described("The orders one can choose.")
    studies: list[ListedStudy] = described("The works of this page of the list.")
    downloads: dict[str, str] = described("Where the list is as a file, by format.")
    uncoded: int = described("Number of studies found that nobody has coded.")
    uncoded_links: dict[str, str] = described("Where those studies are: table, JSON and CSV.")
    coded_links: dict[str, str] = described("Where the coded works are: table, JSON and CSV.")
    position: str = described("Which of them these are; '' where they are all.")
    previous: str = described("Query of the page before this one; '' where there is none.")
    following: str = described("Query of the page after this one; '' where there is none.")


async def study_list_page(datasette: Datasette, request: Request) -> Response:
    """Answer /studies with the works that match, 40 at a time."""
    understood = (*PARAMETERS, "sort", "dir", "page")
    return await cached_page(datasette, request, _render, understood, tells_unknown=True)


async def read_asked(context: PageContext) -> tuple[StudyFilter, list[str]]:
    """Return the filter that an address asks for, and a sentence for each part left out."""
    types = [word.slug for word in await context.read(read_words, "study_types")]
    known = {
        "vector": context.vocabulary.vectors,
        "type": types,
        "coded": _CODED,
        "models": _MODELS,
    }
    found, notices = read_study_filter(context.parameters, known)
    return found, [*context.unknown, *notices]


async def _render(context: PageContext) -> Response:
    asked, notices = await read_asked(context)
    if context.first("sort") not in ("", *_DIRECTIONS):
        notices.append(f"“{context.first('sort')[:60]}” is no order of this list.")
    total = await _count(context, asked)
    if asked.phrases and not total:
        words = await context.read_once(read_search_words)
        text = await context.read(correct, words, asked.text)
        mended = replace(asked, text=text)
        if text and (total := await _count(context, mended)):
            notices.append(f"No work matches “{asked.text}”. Below is what matches “{text}”.")
            asked = mended
    listing = Listing.asked_for(context, asked)
    pages = max(-(-total // PAGE_LENGTH), 1)
    page = min(listing.page, pages)
    first = (page - 1) * PAGE_LENGTH
    studies = await _read(context, listing, first) if total else []
    facets = await _read_facets(context, listing)

    def turn(number: int) -> str:
        return listing.query(page=number) if 1 <= number <= pages else ""

    summary = summarize(asked, total, context.coverage.flow)
    summary = summary if asked else in_layer(summary, asked.layer)
    query = f"?{urlencode(asked.pairs())}" if asked.pairs() else ""
    found = StudyListPage(
        **context.page_fields(
            title="Studies",
            description=summary,
            path="/studies",
            data_links=_data_links(context, listing, studies),
        ),
        listing=listing,
        longest_search=LONGEST_SEARCH,
        notices=shorten_notices(notices),
        summary=summary,
        places=await find_places(context, asked.text),
        facets=[(_TITLES[facet], choices) for facet, choices in facets.items() if choices],
        chosen=[choice for choices in facets.values() for choice in choices if choice.is_chosen],
        sorts={sort: _sort_link(listing, sort) for sort in _DIRECTIONS},
        studies=studies,
        downloads={
            name: context.path(f"/studies.{extension}") + query
            for name, extension in FORMATS.items()
        },
        uncoded=context.whole.flow.uncoded,
        uncoded_links=context.data_links("uncoded", what="study"),
        coded_links=context.data_links("completeness"),
        position=f"{first + 1} to {first + len(studies)} of {total}" if pages > 1 else "",
        previous=turn(page - 1),
        following=turn(page + 1),
    )
    return await context.render("study_list.html", found)


async def _count(context: PageContext, study_filter: StudyFilter) -> int:
    if study_filter.finds_nothing:
        return 0
    return await context.read(study_list.count_found, study_filter)


async def _read(context: PageContext, listing: Listing, first: int) -> list[ListedStudy]:
    window = Window(listing.sort, listing.is_descending, first, PAGE_LENGTH)
    keys = await context.read(study_list.read_citekeys, listing.filter, window)
    codings = await context.read(study_list.read_listed_codings, context.layer, keys)
    works = {work.citekey: work for work in await context.read(read_works, keys)}
    sources = await context.read(study_list.read_source_citekeys)
    found = await context.read(study_list.read_found, keys)
    types = {word.slug: word.name for word in await context.read(read_words, "study_types")}
    return [
        ListedStudy(
            work,
            coins(work),
            key in sources,
            [
                types[slug]
                for slug in dict.fromkeys(row.study_type for row in found.get(key, ()))
                if slug
            ],
            list(_found_for(context.vocabulary, found.get(key, ()), codings.get(key, {}))),
        )
        for key, work in ((key, works[key]) for key in keys)
    ]


def _found_for(
    vocabulary: MapVocabulary, found: Sequence[Found], codings: Mapping[str, ListedCoding]
) -> Iterator[FoundFor]:
    """Yield what a work was found for, the vectors it is coded for first."""
    for row in sorted(found, key=lambda row: row.misuse_vector not in codings):
        if row.misuse_vector is None:
            continue
        coding = codings.get(row.misuse_vector)
        levels = (
            []
            if coding is None
            else [
                (step, vocabulary.states[coding.states.get(slug, "not_coded")])
                for slug, step in vocabulary.steps.items()
            ]
        )
        yield FoundFor(
            vocabulary.vectors[row.misuse_vector],
            row.decision in ("excluded", "withdrawn"),
            levels,
            bool(coding and coding.is_provisional),
        )


async def _read_facets(context: PageContext, listing: Listing) -> dict[str, list[FilterChoice]]:
    """Return what the list can be narrowed to, by facet; what is chosen is there in any case."""
    study_filter = listing.filter
    counts: Mapping[str, Mapping[str, int]] = {}
    if not study_filter:
        counts = await context.read_once(study_list.count_all_values, context.layer)
    elif not study_filter.finds_nothing:
        counts = await context.read(study_list.count_values, study_filter)
    names = {
        "vector": {slug: vector.name for slug, vector in context.vocabulary.vectors.items()},
        "type": {word.slug: word.name for word in await context.read(read_words, "study_types")},
        "coded": _CODED,
        "models": _MODELS,
    }

    def choice(facet: str, value: str, name: str) -> FilterChoice:
        return FilterChoice(
            name,
            counts.get(facet, {}).get(value, 0),
            value in study_filter.chosen(facet),
            listing.query(filter=study_filter.turned(facet, value)),  # type: ignore[arg-type]
        )

    facets = {}
    for facet in FACETS:
        values = names.get(facet) or {
            year: year
            for year in sorted({*counts.get(facet, ()), *study_filter.chosen(facet)}, reverse=True)
        }
        choices = [choice(facet, value, name) for value, name in values.items()]
        facets[facet] = [choice for choice in choices if choice.works or choice.is_chosen]
    return facets


def summarize(study_filter: StudyFilter, total: int, flow: Flow) -> str:
    """Return how many works match, or how many there are, found and coded."""
    works = count_of(total, "work")
    if not study_filter:
        found = count_of(flow.found, "study", "studies")
        return (
            f"{works} in the bibliography; {flow.coded} of {found} found {are(flow.coded)} coded."
        )
    what = f"“{study_filter.text}”" if study_filter.text else "what you chose"
    return f"{works if total else 'No work'} {'match' if total > 1 else 'matches'} {what}."


def _sort_link(listing: Listing, sort: str) -> SortLink:
    text, rising, falling = _DIRECTIONS[sort]
    if sort != listing.sort:
        query = listing.query(sort=sort, is_descending=sort in _DESCENDING_FIRST)
        return SortLink(text, "", "none", query)
    falls = listing.is_descending
    return SortLink(
        text,
        falling if falls else rising,
        "descending" if falls else "ascending",
        listing.query(is_descending=not falls),
    )


def _data_links(
    context: PageContext, listing: Listing, studies: list[ListedStudy]
) -> dict[str, str]:
    """Return where the rows are; of a narrowed list, those of this page of it."""
    links = context.data_links("studies")
    if not listing.filter:
        return links
    query = urlencode({"citekey__in": json.dumps([study.work.citekey for study in studies])})
    return {name: f"{link}?{query}" for name, link in links.items()}


ROUTES = [(r"^/studies$", study_list_page)]
