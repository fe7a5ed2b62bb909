"""What changed, at /versions: the releases of the data, and the codings made or changed since.

An address under /v/<data version>/ leads to the page of that version: this one, or the frozen copy
of an earlier one where the site says that it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.frozen.addresses import SiteAddress
from marginal_risk.publish.frozen.file_names import Files
from marginal_risk.publish.page import Page, PageContext, cached_page, described
from marginal_risk.publish.queries.evidence import read_coders, read_newest_codings
from marginal_risk.publish.queries.filters import (
    PARAMETERS,
    MapFilter,
    read_filter,
    shorten_notices,
)
from marginal_risk.publish.queries.releases import ChangedCell, Release, add_up, read_releases

ASKED = (*PARAMETERS, "since")
"""What can be asked for: the filter of the map, and since when."""
MOST_CODINGS = 100
"""Codings on the page; the tables have all."""
_NOT_ON_MAP = "Not on the map"


class Since(NamedTuple):
    """From when on changes are asked for."""

    asked: str = ""
    """As it stands in the address; '' for all."""
    day: str = ""
    """The first day, YYYY-MM-DD; '' for all."""
    tag: str = ""
    """The release after which; '' where a day was asked for."""

    def keep(self, releases: list[Release]) -> list[Release]:
        """Return those of all releases, newest first, that came since."""
        tags = [release.tag for release in releases]
        if self.tag:
            return releases[: tags.index(self.tag)]
        return [release for release in releases if release.released_on >= self.day]


class NamedChange(NamedTuple):
    """A cell that changed, in words."""

    vector: str
    step: str
    path: str
    """The page of the cell; '' where it is no longer on the map."""
    before: str
    after: str


@dataclass(frozen=True)
class ShownRelease:
    """A release, with what it changed in words and where it is."""

    release: Release
    cells: list[NamedChange]
    path: str
    """Where its own pages are, under /v/."""
    repository_url: str
    """Where its files are; '' where the site names no repository."""


class ChangedCoding(NamedTuple):
    """A coding that was made or changed."""

    day: str
    citekey: str
    short_citation: str
    misuse_vector: str
    vector_name: str
    coder_name: str
    is_provisional: int
    """1 where a machine made it, else 0."""


@dataclass(frozen=True, kw_only=True)
class VersionsPage(Page):
    """The releases of the data, what each changed on the map, and what was coded since."""

    since: Since = described("From when on changes are asked for.")
    map_filter: MapFilter = described("The rows and columns that the reader wants to see.")
    notices: list[str] = described("What was left out of the address, and why.")
    releases: list[ShownRelease] = described("The releases, the newest first.")
    together: list[NamedChange] = described(
        "What all those changed; nothing where one alone changed any."
    )
    is_released: bool = described("Whether the data of this site is that of a release.")
    any_release: bool = described("Whether any release is known.")
    codings: list[ChangedCoding] = described("The codings made or changed, the newest first.")
    query: str = described("The filter as the query of an address.")
    most_codings: int = described("Number of codings shown at most.")


@dataclass(frozen=True, kw_only=True)
class VersionElsewherePage(Page):
    """A version of the data that this site does not hold."""

    version: str = described("The data version that was asked for.")
    release: Release | None = described("Its release; None where none is known.")
    repository_url: str = described("Where the files of the release are; '' where unknown.")
    here: str = described("The same page with the data as it is now.")


async def read_since(context: PageContext, map_filter: MapFilter) -> tuple[Since, list[str]]:
    """Return from when on the address asks for changes, and a sentence if that makes no sense."""
    asked = context.first("since").strip()
    if not asked:
        return Since(), []
    for release in await context.read(read_releases, map_filter):
        if asked in (release.tag, release.data_version):
            return Since(asked, release.released_on, release.tag), []
    day = f"{asked}-01-01"[:10] if re.fullmatch(r"\d{4}(-\d\d){0,2}", asked) else asked
    try:
        date.fromisoformat(day)
    except ValueError:
        return Since(), [
            f"“{asked[:60]}” is no day (such as 2026-11-28), and no release or version known here."
            " It was left out."
        ]
    return Since(asked, day), []


async def read_changed(
    context: PageContext,
) -> tuple[MapFilter, Since, list[str]]:
    """Return the filter of the address, from when on, and a sentence for each part left out."""
    coders = await context.read(read_coders, context.layer)
    map_filter, notices = read_filter(
        context.parameters, context.vocabulary, (slug for slug, _ in coders)
    )
    since, more = await read_since(context, map_filter)
    return map_filter, since, shorten_notices([*context.unknown, *notices, *more])


def query_of(map_filter: MapFilter, since: Since) -> str:
    """Return what is asked for as the query of an address."""
    return map_filter.query(since=since.asked)


async def versions_page(datasette: Datasette, request: Request) -> Response:
    """Answer /versions with the releases, and what changed since a day or a release."""
    return await cached_page(datasette, request, _versions, ASKED, tells_unknown=True)


async def _versions(context: PageContext) -> Response:
    map_filter, since, notices = await read_changed(context)
    known = await context.read(read_releases, map_filter)
    releases = since.keep(known)
    several = sum(bool(release.cells) for release in releases) > 1
    together = add_up(releases) if several else []
    rows = await context.read(
        read_newest_codings, context.build.data_date, MOST_CODINGS, map_filter, since.day
    )
    page = VersionsPage(
        **context.page_fields(
            title="What changed",
            description="The releases of the data, what each changed on the map cell by cell,"
            " and the codings made or changed since a day.",
            path="/versions",
            data_links=context.data_links("release_changes"),
        ),
        since=since,
        map_filter=map_filter,
        notices=notices,
        releases=[
            ShownRelease(
                release,
                [name_change(context, cell) for cell in release.cells],
                context.path(f"/v/{release.data_version}/"),
                release_url(context, release.tag),
            )
            for release in releases
        ],
        together=[name_change(context, cell) for cell in together],
        is_released=any(r.data_version == context.build.data_version for r in known),
        any_release=bool(known),
        codings=_codings(rows),
        query=query_of(map_filter, since),
        most_codings=MOST_CODINGS,
    )
    return await context.render("versions.html", page)


def _codings(rows: Sequence[Any]) -> list[ChangedCoding]:
    groups = groupby(rows, lambda row: (row["citekey"], row["misuse_vector"], row["coder"]))
    firsts = (next(group) for _, group in groups)
    return [ChangedCoding(*(first[name] for name in ChangedCoding._fields)) for first in firsts]


def name_change(context: PageContext, cell: ChangedCell) -> NamedChange:
    """Return a change in words; what the codebook no longer has is named by its slug."""
    vector = context.vocabulary.vectors.get(cell.misuse_vector)
    step = context.vocabulary.steps.get(cell.step)
    states = {**context.vocabulary.gap_kinds, **context.vocabulary.states}

    def called(state: str | None) -> str:
        if state is None:
            return _NOT_ON_MAP
        return states[state].name if state in states else state

    return NamedChange(
        vector.name if vector else cell.misuse_vector,
        step.name if step else cell.step,
        context.path(f"/vectors/{vector.slug}/{step.slug}") if vector and step else "",
        called(cell.state_before),
        called(cell.state_after),
    )


def release_url(context: PageContext, tag: str) -> str:
    """Return where the files of a release are; '' where the site names no repository."""
    repository = context.setting("repository") or ""
    if not repository.startswith(("https://", "http://")):
        return ""
    return f"{repository.rstrip('/')}/releases/tag/{quote(tag, safe='')}"


async def version_page(datasette: Datasette, request: Request) -> Response:
    """Answer /v/<data version>/<address> by leading to that version's page, if it is kept.

    The version that is served is here. Another one is where the setting ``copies`` says: its
    frozen copy, in a folder named by the version. Else a page says where to get it.
    """
    context = await PageContext.open(datasette, request)
    version = request.url_vars["version"]
    rest = f"/{(request.url_vars['rest'] or '').lstrip('/')}"
    query = parse_qsl(request.query_string, keep_blank_values=True)
    address = SiteAddress(rest, tuple(query))
    here = context.path(quote(rest, safe="/~")) + (f"?{urlencode(query)}" if query else "")
    if version == context.build.data_version:
        return Response.redirect(here)
    releases = await context.read(read_releases, MapFilter())
    release = next((r for r in releases if r.data_version == version), None)
    copies = context.setting("copies") or ""
    if release is not None and copies.startswith(("https://", "http://")):
        file = quote(Files(()).find(address).removesuffix("index.html"), safe="/~=,")
        return Response.redirect(f"{copies.rstrip('/')}/{version}/{file}")
    page = VersionElsewherePage(
        **context.page_fields(
            title=f"Version {version} is not here",
            description="Where an earlier version of the data is.",
            path="/versions",
            data_links=context.data_links("releases"),
        ),
        version=version,
        release=release,
        repository_url=release_url(context, release.tag) if release else "",
        here=here,
    )
    return await context.render("version_elsewhere.html", page, status=404)


ROUTES = [
    (r"^/versions$", versions_page),
    (r"^/v/(?P<version>[0-9a-f]{12})(?P<rest>/.*)?$", version_page),
]
