"""What was found and read by year of publication, at /trends: pictures, each with its numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datasette import Request, Response
from datasette.app import Datasette
from markupsafe import Markup

from marginal_risk.publish.figures.year_bars import draw_stacked, draw_years
from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.queries.coverage import (
    read_coded_by_vector_and_year,
    read_coverage_by_year,
)
from marginal_risk.publish.queries.vocabulary import MapVocabulary
from marginal_risk.publish.sentences import count_of, have, join_words

ENOUGH = 20
"""Coded studies from which on it says something how they divide by year."""


@dataclass(frozen=True)
class Series:
    """Numbers by year: a row of a table, and of the picture above it."""

    name: str
    numbers: tuple[int, ...]
    symbol: str = ""


@dataclass(frozen=True)
class Trend:
    """One question about the years: a sentence, a picture, a table, and where its data is."""

    slug: str
    title: str
    sentence: str
    caption: str
    years: tuple[int, ...]
    series: tuple[Series, ...]
    links: dict[str, str]
    note: str = ""
    is_stacked: bool = False
    """Whether its series are parts of a whole, drawn one on another."""

    def draw(self) -> Markup:
        """Return the picture."""
        rows = {f"{row.symbol} {row.name}".strip(): row.numbers for row in self.series}
        label = f"{self.caption} The numbers are in the table below."
        draw = draw_stacked if self.is_stacked else draw_years
        return draw(self.years, rows, label)


@dataclass(frozen=True, kw_only=True)
class TrendsPage(Page):
    """How coverage grew, by year of publication and by misuse vector."""

    trends: list[tuple[Trend, Markup]] = described("The trends, each with its picture.")
    enough: int = described(
        "Number of coded studies from which on there are more trends; 0 where there are."
    )


async def trends_page(datasette: Datasette, request: Request) -> Response:
    """Answer /trends with how coverage grew."""
    return await cached_page(datasette, request, _render)


async def _render(context: PageContext) -> Response:
    by_year = await context.read_once(read_coverage_by_year)
    by_vector = await context.read_once(read_coded_by_vector_and_year)
    years_links = context.data_links("coverage_by_year")
    vectors_links = context.data_links("coded_by_vector_and_year")
    trends = [count_found(by_year, years_links)]
    has_enough = context.whole.coded >= ENOUGH
    if has_enough:
        trends += [
            count_by_vector(context.vocabulary, by_year, by_vector, vectors_links),
            count_evidence(context.vocabulary, by_year, years_links),
        ]
    page = TrendsPage(
        **context.page_fields(
            title="Trends",
            description=trends[0].sentence,
            path="/trends",
            data_links=years_links,
        ),
        trends=[(trend, await asyncio.to_thread(trend.draw)) for trend in trends]
        if by_year
        else [],
        enough=0 if has_enough else ENOUGH,
    )
    return await context.render("trends.html", page)


def count_found(by_year: Sequence[Any], links: dict[str, str]) -> Trend:
    """Return how many studies were found, and how many of them have been read and coded."""
    read = _series("Read", by_year, "coded")
    unread = Series("Not read yet", tuple(row["in_scope"] - row["coded"] for row in by_year))
    found, coded = sum(row["in_scope"] for row in by_year), sum(read.numbers)
    years = [row["year"] for row in by_year if row["in_scope"]]
    if not found:
        sentence = "No study has been found yet."
    else:
        span = f"in {years[0]}" if len(years) == 1 else f"from {years[0]} to {years[-1]}"
        studies = "1 study was found," if found == 1 else f"{found} studies were found,"
        of_them = "It" if found == 1 else f"{coded or 'None'} of them"
        verb = have(max(coded, 1))
        not_yet = " not" if found == 1 and not coded else ""
        sentence = f"{studies} published {span}. {of_them} {verb}{not_yet} been read and coded."
    return Trend(
        slug="found",
        title="Found, read and unread",
        sentence=sentence,
        caption="Number of studies found, by year of publication: those read, and those not yet.",
        years=_years(by_year),
        series=(read, unread),
        links=links,
        note="Studies that were left out are not counted.",
        is_stacked=True,
    )


def count_by_vector(
    vocabulary: MapVocabulary,
    by_year: Sequence[Any],
    by_vector: Sequence[Any],
    links: dict[str, str],
) -> Trend:
    """Return how the number of coded studies of each misuse vector has grown."""
    series = tuple(
        _series(vector.name, [row for row in by_vector if row["misuse_vector"] == slug], _SO_FAR)
        for slug, vector in vocabulary.vectors.items()
    )
    years = _years(by_year)
    begun = sum(any(row.numbers) for row in series)
    of_all = f"{begun} of {count_of(len(series), 'misuse vector')}"
    return Trend(
        slug="vectors",
        title="Coded studies by misuse vector",
        sentence=f"By the end of {years[-1]}, {of_all} {have(begun)} a coded study."
        if begun
        else "No misuse vector has a coded study yet.",
        caption="Number of coded studies published up to the end of each year, by misuse vector.",
        years=years,
        series=series,
        links=links,
        note="A study that is coded for several misuse vectors counts for each of them.",
    )


def count_evidence(
    vocabulary: MapVocabulary, by_year: Sequence[Any], links: dict[str, str]
) -> Trend:
    """Return how far the coded studies of each year give evidence on marginal risk."""
    step = vocabulary.marginal_risk_step
    found = {
        slug: _series(state.name, by_year, slug, state.symbol)
        for slug, state in vocabulary.states.items()
        if slug in _AT_THE_STEP
    }
    totals = {slug: sum(series.numbers) for slug, series in found.items()}
    parts = [
        f"{total or 'none'} {one if total < 2 else many}".format(step=f"the step “{step.name}”")
        for slug, (one, many) in _AT_THE_STEP.items()
        if (total := totals[slug]) or slug == "addressed"
    ]
    coded = sum(totals.values())
    of_coded = f"Of {count_of(coded, 'coded study', 'coded studies')}"
    return Trend(
        slug="evidence",
        title=step.name,
        sentence=f"{of_coded}, {join_words(parts)}." if coded else "No study is coded yet.",
        caption=f"Number of coded studies by year and by what they reach at “{step.name}”.",
        years=_years(by_year),
        series=tuple(
            series for slug, series in found.items() if totals[slug] or slug not in _UNSETTLED
        ),
        links=links,
        note="A study counts once, at the strongest level that it reaches for any misuse vector.",
    )


_SO_FAR = "coded_so_far"
_UNSETTLED = {"contested", "not_coded"}
_AT_THE_STEP = {
    "addressed": ("addresses {step}", "address {step}"),
    "partial": ("covers it in part", "cover it in part"),
    "absent": ("leaves it out", "leave it out"),
    "contested": ("is contested", "are contested"),
    "not_coded": ("is not coded at this step", "are not coded at this step"),
}
"""What one study does at the step, and what several do, by the state it counts under."""


def _series(name: str, found: Sequence[Any], column: str, symbol: str = "") -> Series:
    return Series(name, tuple(int(row[column]) for row in found), symbol)


def _years(by_year: Sequence[Any]) -> tuple[int, ...]:
    return tuple(row["year"] for row in by_year)


ROUTES = [(r"^/trends$", trends_page)]
