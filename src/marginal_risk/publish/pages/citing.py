"""Citing a study, the studies or the map: files for reference managers, and COinS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from datasette import NotFound, Request, Response
from datasette.app import Datasette
from datasette.utils import tilde_decode

from marginal_risk.publish.formats.citation_formats import FORMATS
from marginal_risk.publish.page import Desk, kept, security_headers
from marginal_risk.publish.queries.works import (
    Citable,
    Name,
    Work,
    address,
    database_work,
    kind_of,
    read_coded_citekeys,
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


def coins(study: Citable, authors: Sequence[Name]) -> str:
    """Return a work as an OpenURL: the title of a COinS span, not yet escaped for HTML."""
    form, key, genre, title, venue = _COINS[kind_of(study)]
    pairs: list[tuple[str, str | None]] = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"{_METADATA_FORMATS}{form}"),
        ("rft_id", f"info:doi/{study.doi}" if study.doi else None),
        ("rft_id", address(study)),
        (f"rft.{key}", genre or None),
        (f"rft.{title}", study.title),
        (f"rft.{venue}", study.venue),
        ("rft.date", study.publication_date),
    ]
    if form in ("journal", "book"):
        pairs += [("rft.volume", study.volume), ("rft.pages", study.pages)]
        if form == "journal":
            pairs.append(("rft.issue", study.number))
        if study.pages:
            pairs += zip(("rft.spage", "rft.epage"), split_pages(study.pages), strict=True)
    for name in authors:
        pairs.append(("rft.aucorp" if name.is_corporate else "rft.au", name.inverted))
    known = [(key, value) for key, value in pairs if value]
    # Zotero takes a plus sign for a space even where it is encoded, so spaces are %20.
    return urlencode(known, quote_via=quote, safe="")


async def study_citation(datasette: Datasette, request: Request) -> Response:
    """Answer /studies/<citekey>/cite.<extension> with one study."""
    return await kept(datasette, request, _study_citation)


async def study_list(datasette: Datasette, request: Request) -> Response:
    """Answer /studies.<extension> with all studies; with ``coded=1``, the coded ones."""
    return await kept(datasette, request, _study_list)


async def database_citation(datasette: Datasette, request: Request) -> Response:
    """Answer /cite.<extension> with the map itself."""
    return await kept(datasette, request, _database_citation)


async def _study_citation(desk: Desk) -> Response:
    citekey = tilde_decode(desk.request.url_vars["citekey"])
    works = await read_works(desk.database, [citekey])
    if not works:
        raise NotFound("No study has this key.")
    return _file(desk, works, citekey)


async def _study_list(desk: Desk) -> Response:
    is_coded = desk.request.args.get("coded") == "1"
    citekeys = await read_coded_citekeys(desk.database) if is_coded else None
    works = await read_works(desk.database, citekeys)
    return _file(desk, works, "coded-studies" if is_coded else "studies")


async def _database_citation(desk: Desk) -> Response:
    return _file(desk, [database_work(desk.build, desk.absolute("/"))], "marginal-risk")


def _file(desk: Desk, works: Sequence[Work], name: str) -> Response:
    """Return works in the format that the address names, as a file to download."""
    extension = desk.request.url_vars["extension"]
    form = FORMATS[extension]
    safe_name = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "study"
    disposition = f'{form.disposition}; filename="{safe_name}.{extension}"'
    return Response(
        form.write(works),
        headers={**security_headers(), "Content-Disposition": disposition},
        content_type=form.content_type,
    )


ROUTES = [
    (r"^/studies/(?P<citekey>[^/]+)/cite\.(?P<extension>bib|ris|json|txt)$", study_citation),
    (r"^/studies\.(?P<extension>bib|ris|json)$", study_list),
    (r"^/cite\.(?P<extension>bib|ris|json|txt)$", database_citation),
]
