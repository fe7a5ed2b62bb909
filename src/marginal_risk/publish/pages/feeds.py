"""What feed readers and search engines fetch: three feeds, /sitemap.xml and /robots.txt."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from datasette import NotFound, Request, Response
from datasette.app import Datasette
from datasette.utils import tilde_encode
from jinja2 import Template

from marginal_risk.publish.kept_pages import LongFile
from marginal_risk.publish.page import PageContext, cached_page, security_headers
from marginal_risk.publish.pages.studies import read_asked
from marginal_risk.publish.pages.versions import ASKED, name_change, query_of, read_changed
from marginal_risk.publish.queries.evidence import read_newest_codings
from marginal_risk.publish.queries.releases import read_releases
from marginal_risk.publish.queries.study_filter import PARAMETERS
from marginal_risk.publish.queries.study_list import Window, read_citekeys
from marginal_risk.publish.queries.vocabulary import MapVocabulary
from marginal_risk.publish.queries.works import (
    LICENSE,
    MAINTAINERS,
    NAME,
    read_all_citekeys,
    read_works,
)

ENTRIES = 100
"""Number of codings, or of works, in a feed: the newest."""
PART = 200
"""Addresses of the sitemap that are written at once."""
PAGES = (
    *("/", "/comparisons", "/gaps", "/studies", "/agreement", "/trends", "/codebook", "/data"),
    "/versions",
    "/about",
)

_WHAT_LEVELS_MEAN = "A level rates how far a study covers a step, not how large the risk is."
_TAG_YEAR = "2026"
"""A year in which the host of the site was its owner's, as a tag must name one."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class _Tags:
    """Identifiers that stay the same from one release of the data to the next (RFC 4151)."""

    authority: str

    @classmethod
    def of_host(cls, host: str) -> _Tags:
        """Return the tags of a host, whatever its port."""
        name = host.rpartition("@")[2].partition(":")[0].lower()
        return cls(name if re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", name) else "localhost")

    def tag(self, *parts: str) -> str:
        name = "/".join(quote(part, safe="") for part in parts)
        return f"tag:{self.authority},{_TAG_YEAR}:{name}"


async def feed(datasette: Datasette, request: Request) -> Response:
    """Answer /feed.atom with the newest codings that the filter of the address keeps."""
    return await cached_page(datasette, request, _feed, ASKED, tells_unknown=True)


async def releases_feed(datasette: Datasette, request: Request) -> Response:
    """Answer /versions.atom with the releases, and what each changed on the map."""
    return await cached_page(datasette, request, _releases_feed, ASKED, tells_unknown=True)


async def list_feed(datasette: Datasette, request: Request) -> Response:
    """Answer /studies.atom with the newest works that the filter of the address keeps."""
    return await cached_page(datasette, request, _list_feed, PARAMETERS, tells_unknown=True)


async def sitemap(datasette: Datasette, request: Request) -> Response:
    """Answer /sitemap.xml with every page."""
    return await cached_page(datasette, request, _sitemap)


async def robots(datasette: Datasette, request: Request) -> Response:
    """Answer /robots.txt: the pages are open; endless queries of the database are not."""
    return await cached_page(datasette, request, _robots)


async def _feed(context: PageContext) -> Response:
    _need_host(context)
    build = context.build
    map_filter, since, notices = await read_changed(context)
    if notices:
        return _refuse(notices)
    tags = _Tags.of_host(context.request.host or "")
    found = await context.read(read_newest_codings, build.data_date, ENTRIES, map_filter, since.day)
    codings = [
        list(group)
        for _, group in groupby(
            found, lambda row: (row["citekey"], row["misuse_vector"], row["coder"])
        )
    ]
    newest = max([build.data_date, *(coding[0]["day"] for coding in codings)])
    version = f"Data version {build.data_version}, {build.data_date}."
    query = query_of(map_filter, since)
    identifier = tags.tag("feed", query.removeprefix("?")) if query else tags.tag("feed")
    root = _begin_feed(context, identifier, f"/feed.atom{query}", f"/{map_filter.query()}")
    _add(root, "title", f"{NAME}: codings{' that match a filter' if query else ''}")
    _add(root, "subtitle", f"The newest codings. {_WHAT_LEVELS_MEAN} {version}")
    _add(root, "updated", f"{newest}T00:00:00Z")
    for coding in codings:
        await _add_entry(context, root, tags, coding)
    return _xml(root, "application/atom+xml")


def _begin_feed(context: PageContext, identifier: str, path: str, page: str) -> ET.Element:
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    _add(root, "id", identifier)
    _add(root, "link", rel="self", type="application/atom+xml", href=context.absolute(path))
    _add(root, "link", rel="alternate", type="text/html", href=context.absolute(page))
    _add(_add(root, "author"), "name", MAINTAINERS)
    _add(root, "rights", LICENSE)
    _add(root, "generator", "marginal-risk", version=context.build.package_version)
    return root


async def _list_feed(context: PageContext) -> Response:
    _need_host(context)
    study_filter, notices = await read_asked(context)
    if notices:
        return _refuse(notices)
    query = f"?{urlencode(study_filter.pairs())}" if study_filter.pairs() else ""
    keys = (
        []
        if study_filter.finds_nothing
        else await context.read(read_citekeys, study_filter, Window("year", True, 0, ENTRIES))
    )
    works = {work.citekey: work for work in await context.read(read_works, keys)}
    tags = _Tags.of_host(context.request.host or "")
    identifier = tags.tag("studies", urlencode(study_filter.pairs()))
    root = _begin_feed(context, identifier, f"/studies.atom{query}", f"/studies{query}")
    _add(root, "title", f"{NAME}: studies{' that match a filter' if study_filter else ''}")
    _add(root, "updated", f"{context.build.data_date}T00:00:00Z")
    for work in (works[key] for key in keys):
        entry = _add(root, "entry")
        _add(entry, "title", f"{work.short_citation}: {work.title}")
        _add(entry, "id", tags.tag("study", work.citekey))
        # Nobody notes when a work came into the bibliography; a feed reader sees that it is new.
        _add(entry, "updated", f"{work.publication_date}-01-01"[:10] + "T00:00:00Z")
        for name in work.authors or work.editors:
            _add(_add(entry, "author"), "name", name.inverted)
        page = context.absolute(f"/studies/{tilde_encode(work.citekey)}")
        _add(entry, "link", rel="alternate", type="text/html", href=page)
        _add(entry, "summary", work.reference)
    return _xml(root, "application/atom+xml")


async def _releases_feed(context: PageContext) -> Response:
    _need_host(context)
    map_filter, since, notices = await read_changed(context)
    if notices:
        return _refuse(notices)
    tags = _Tags.of_host(context.request.host or "")
    query = query_of(map_filter, since)
    identifier = tags.tag("versions", query.removeprefix("?")) if query else tags.tag("versions")
    root = _begin_feed(context, identifier, f"/versions.atom{query}", f"/versions{query}")
    _add(root, "title", f"{NAME}: releases{' that match a filter' if query else ''}")
    releases = since.keep(await context.read(read_releases, map_filter))
    if map_filter:
        releases = [release for release in releases if release.cells]
    newest = releases[0].released_on if releases else context.build.data_date
    _add(root, "updated", f"{newest}T00:00:00Z")
    template = _template(context, "feed_release.html")
    for release in releases:
        entry = _add(root, "entry")
        _add(entry, "title", f"{release.tag}: data version {release.data_version}")
        _add(entry, "id", tags.tag("release", release.tag))
        _add(entry, "updated", f"{release.released_on}T00:00:00Z")
        page = f"{context.absolute('/versions')}#{release.tag}"
        _add(entry, "link", rel="alternate", type="text/html", href=page)
        changes = [name_change(context, cell) for cell in release.cells]
        html = await template.render_async(release=release, changes=changes)
        _add(entry, "content", html, type="html")
    return _xml(root, "application/atom+xml")


def _refuse(notices: Sequence[str]) -> Response:
    """Return why a feed cannot be what its address asks for."""
    said = "".join(f"{notice}\n" for notice in notices)
    return Response.text(said, status=400, headers=security_headers())


def _template(context: PageContext, name: str) -> Template:
    environment = context.datasette.get_jinja_environment(context.request)
    template: Template = environment.get_template(f"marginal_risk/{name}")
    return template


async def _add_entry(
    context: PageContext, root: ET.Element, tags: _Tags, coding: list[Any]
) -> None:
    first = coding[0]
    page = f"/studies/{tilde_encode(first['citekey'])}"
    entry = _add(root, "entry")
    _add(
        entry,
        "title",
        f"{first['short_citation']}: {first['vector_name']}, by {first['coder_name']}"
        + (" (provisional: by a machine)" if first["is_provisional"] else ""),
    )
    _add(entry, "id", tags.tag("coding", first["citekey"], first["misuse_vector"], first["coder"]))
    _add(entry, "updated", f"{first['day']}T00:00:00Z")
    _add(_add(entry, "author"), "name", first["coder_name"])
    address = f"{context.absolute(page)}#{first['misuse_vector']}"
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    _add(entry, "category", term=first["misuse_vector"], label=first["vector_name"])
    template = _template(context, "feed_entry.html")
    judgements = [row for row in coding if row["step_name"]]
    html = await template.render_async(coding=first, judgements=judgements)
    _add(entry, "content", html, type="html")


async def _sitemap(context: PageContext) -> LongFile:
    _need_host(context)
    citekeys = await context.read(read_all_citekeys)
    content_type = "application/xml; charset=utf-8"
    return LongFile(_write_sitemap(context, citekeys), security_headers(), content_type)


async def _write_sitemap(context: PageContext, citekeys: list[str]) -> AsyncIterator[str]:
    """Yield the text of the sitemap, some hundred addresses at a time."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    day = escape(context.build.data_date)
    places = every_place(context.vocabulary, citekeys)
    while part := list(islice(places, PART)):
        yield "".join(
            f"<url><loc>{escape(context.absolute(place))}</loc><lastmod>{day}</lastmod></url>"
            for place in part
        )
        await asyncio.sleep(0)  # others go on in between
    yield "</urlset>\n"


def every_place(vocabulary: MapVocabulary, citekeys: Sequence[str]) -> Iterator[str]:
    """Yield the address of every page below the site's root."""
    vectors, steps = vocabulary.vectors, vocabulary.steps
    yield from PAGES
    yield from (f"/vectors/{vector}" for vector in vectors)
    yield from (f"/steps/{step}" for step in steps)
    yield from (f"/vectors/{vector}/{step}" for vector in vectors for step in steps)
    for vector in vectors:
        yield from (f"/comparisons/{vector}/{comparator}" for comparator in vocabulary.comparators)
    yield from (f"/studies/{tilde_encode(citekey)}" for citekey in citekeys)


async def _robots(context: PageContext) -> Response:
    data = str(context.datasette.urls.database(context.database.name))
    lines = [
        "User-agent: *",
        f"Allow: {context.path('/')}",
        # Stylesheets and scripts, without which a page cannot be judged.
        f"Allow: {context.path('/-/static')}",
        f"Disallow: {context.path('/-/')}",
        # Facets, orders, filters and SQL: any query of the database's own pages.
        f"Disallow: {data}?",
        f"Disallow: {data}/*?",
        f"Disallow: {data}/-/",
    ]
    if sitemap := context.absolute("/sitemap.xml"):
        lines += ["", f"Sitemap: {sitemap}"]
    return Response(
        "\n".join(lines) + "\n",
        headers=security_headers(),
        content_type="text/plain; charset=utf-8",
    )


def _need_host(context: PageContext) -> None:
    if not context.absolute("/"):
        raise NotFound("This file names the site's address, and the request does not.")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """Add an element; what XML cannot hold becomes the replacement character."""
    clean = {key: _NOT_XML.sub("\ufffd", value) for key, value in attributes.items()}
    element = ET.SubElement(parent, name, clean)
    element.text = _NOT_XML.sub("\ufffd", text) or None
    return element


def _xml(root: ET.Element, content_type: str) -> Response:
    body = ET.tostring(root, encoding="unicode")
    return Response(
        f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n',
        headers=security_headers(),
        content_type=f"{content_type}; charset=utf-8",
    )


ROUTES = [
    (r"^/feed\.atom$", feed),
    (r"^/versions\.atom$", releases_feed),
    (r"^/studies\.atom$", list_feed),
    (r"^/sitemap\.xml$", sitemap),
    (r"^/robots\.txt$", robots),
]
