"""Citing a study, a part of the map or all of it: files for reference managers, and COinS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from datasette import NotFound, Request, Response
from datasette.app import Datasette
from datasette.utils import tilde_decode

from marginal_risk.publish.formats.citation_formats import FORMATS
from marginal_risk.publish.page import PageContext, cached_page, security_headers
from marginal_risk.publish.queries.vocabulary import Word
from marginal_risk.publish.queries.works import (
    CitedWork,
    address,
    database_work,
    kind_of,
    read_present_citekey,
    read_works,
    split_pages,
)

_METADATA_FORMATS = "info:ofi/fmt:kev:mtx:"
# By kind of work: the OpenURL format, the genre (or the type) that Zotero reads from it, and
# the keys of its title and venue. (https://github.com/zotero/utilities, openurl.js)
_COINS = {
    "article": ("journal", "genre", "article", "atitle", "jtitle"),
    "paper": ("book", "genre", "proceeding", "atitle", "btitle"),
    "chapter": ("book", "genre", "bookitem", "atitle", "btitle"),
    "book": ("book", "genre", "book", "btitle", "pub"),
    "report": ("book", "genre", "report", "btitle", "pub"),
    "thesis": ("dissertation", "", "", "title", "inst"),
    "preprint": ("dc", "type", "preprint", "title", "publisher"),
    "webpage": ("dc", "type", "webpage", "title", "publisher"),
    "dataset": ("dc", "type", "dataset", "title", "publisher"),
    "document": ("dc", "type", "document", "title", "publisher"),
}


def coins(work: CitedWork) -> str:
    """Return a work as an OpenURL: the title of a COinS span, not yet escaped for HTML."""
    form, key, genre, title, venue = _COINS[kind_of(work)]
    pairs: list[tuple[str, str | None]] = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"{_METADATA_FORMATS}{form}"),
        ("rft_id", f"info:doi/{work.doi}" if work.doi else None),
        ("rft_id", address(work)),
        (f"rft.{key}", genre or None),
        (f"rft.{title}", work.title),
        (f"rft.{venue}", work.venue),
        ("rft.date", work.publication_date),
    ]
    if form in ("journal", "book"):
        pairs += [("rft.volume", work.volume), ("rft.pages", work.pages)]
        if form == "journal":
            pairs.append(("rft.issue", work.number))
        if work.pages:
            pairs += zip(("rft.spage", "rft.epage"), split_pages(work.pages), strict=True)
    for name in work.authors:
        pairs.append(("rft.aucorp" if name.is_corporate else "rft.au", name.inverted))
    known = [(key, value) for key, value in pairs if value]
    # Zotero takes a plus sign for a space even where it is encoded, so spaces are %20.
    return urlencode(known, quote_via=quote, safe="")


async def study_citation(datasette: Datasette, request: Request) -> Response:
    """Answer /studies/<citekey>/cite.<extension> with one study."""
    return await cached_page(datasette, request, _study_citation)


async def database_citation(datasette: Datasette, request: Request) -> Response:
    """Answer /cite.<extension> with the map itself."""
    return await cached_page(datasette, request, _database_citation)


async def _study_citation(context: PageContext) -> Response:
    citekey = tilde_decode(context.request.url_vars["citekey"])
    works = await context.read(read_works, [citekey])
    if not works:
        extension = context.request.url_vars["extension"]
        return await lead_to_renamed(context, citekey, f"/cite.{extension}")
    return _file(context, works, citekey)


async def lead_to_renamed(context: PageContext, citekey: str, rest: str = "") -> Response:
    """Return what leads on to the present address of a study whose key was changed.

    ``rest`` is what follows the key in the address.

    Raises:
        NotFound: no study has this key, and none had it.
    """
    present = await context.read(read_present_citekey, citekey)
    if present is None:
        raise NotFound("No study has this key.")
    return Response.redirect(context.study_path(present) + rest, status=301)


async def _database_citation(context: PageContext) -> Response:
    return _file(context, [database_work(context.build, context.absolute("/"))], "marginal-risk")


async def part_citation(datasette: Datasette, request: Request) -> Response:
    """Answer /vectors/<vector>[/<step>]/cite.<extension> with a row or a cell of the map."""
    return await cached_page(datasette, request, _part_citation)


async def _part_citation(context: PageContext) -> Response:
    asked = context.request.url_vars
    vector = context.vocabulary.vectors.get(asked["vector"])
    step = context.vocabulary.steps.get(asked["step"]) if asked["step"] else None
    if vector is None or (asked["step"] and step is None):
        raise NotFound("The codebook has no such misuse vector or step.")
    work = cite_part(context, vector, step)
    return _file(context, [work], work.citekey)


def cite_part(context: PageContext, vector: Word, step: Word | None) -> CitedWork:
    """Return a row of the map, or with a step a cell of it, as a work to cite."""
    path, part = f"/vectors/{vector.slug}", vector.name
    if step:
        path, part = f"{path}/{step.slug}", f"{part}: {step.name}"
    return database_work(context.build, context.absolute(path), part)


def _file(context: PageContext, works: Sequence[CitedWork], name: str) -> Response:
    """Return works in the format that the address names, as a file to download."""
    form = FORMATS[context.request.url_vars["extension"]]
    headers = headers_of(context, name, form.disposition)
    return Response(form.write(works), headers=headers, content_type=form.content_type)


def headers_of(context: PageContext, name: str, disposition: str = "attachment") -> dict[str, str]:
    """Return the headers of a file to download, of this name without an extension."""
    extension = context.request.url_vars["extension"]
    safe_name = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "study"
    named = f'{disposition}; filename="{safe_name}.{extension}"'
    return {**security_headers(), "Content-Disposition": named}


ROUTES = [
    (
        r"^/studies/(?P<citekey>[^/]+)/cite\.(?P<extension>bib|biblatex|ris|json|txt)$",
        study_citation,
    ),
    (
        r"^/vectors/(?P<vector>[a-z0-9_]+)(?:/(?P<step>[a-z0-9_]+))?"
        r"/cite\.(?P<extension>bib|biblatex|ris|json|txt)$",
        part_citation,
    ),
    (r"^/cite\.(?P<extension>bib|biblatex|ris|json|txt)$", database_citation),
]
