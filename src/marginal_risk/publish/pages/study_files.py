"""The list of studies as a file, for reference managers and spreadsheets, at /studies.<format>."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette
from datasette.utils import tilde_encode

from marginal_risk.publish.formats.citation_formats import FORMATS
from marginal_risk.publish.kept_pages import LongFile
from marginal_risk.publish.page import PageContext, cached_page, security_headers
from marginal_risk.publish.pages.citing import headers_of
from marginal_risk.publish.pages.studies import read_asked
from marginal_risk.publish.queries.filters import COUNTED
from marginal_risk.publish.queries.study_filter import PARAMETERS, StudyFilter
from marginal_risk.publish.queries.study_list import (
    Window,
    read_citekeys,
    read_found,
    read_listed_codings,
)
from marginal_risk.publish.queries.works import address, read_works

PART = 100
"""Works of a long file that are read and written at once."""
COLUMNS = (
    *("citekey", "citation", "title", "authors", "year", "published_in", "doi", "arxiv_id"),
    *("address", "study_types", "found_for", "coded_for", "page"),
)
"""Columns of the list as CSV; several values of one cell stand between semicolons."""


@dataclass(frozen=True)
class _ListFormat:
    content_type: str
    disposition: str
    write: Callable[[sqlite3.Connection, Sequence[str]], str]
    """Writes the works of these keys."""
    begin: str = ""
    between: str = ""
    end: str = ""


async def study_file(datasette: Datasette, request: Request) -> Response:
    """Answer /studies.<format> with the works that the filter of the address keeps.

    An address that asks for what there is not gets a sentence for each such part, and no file: a
    reference manager would take too long a list as readily as the right one.
    """
    return await cached_page(datasette, request, _render, PARAMETERS, tells_unknown=True)


async def _render(context: PageContext) -> Response | LongFile:
    study_filter, notices = await read_asked(context)
    if notices:
        said = "".join(f"{notice}\n" for notice in notices)
        return Response.text(said, status=400, headers=security_headers())
    citekeys = await context.read(read_keys, study_filter)
    form = _choose_format(context)
    headers = headers_of(context, name_of(study_filter), form.disposition)
    return LongFile(_write_parts(context, form, citekeys), headers, form.content_type)


def read_keys(connection: sqlite3.Connection, study_filter: StudyFilter) -> list[str]:
    """Return the keys of all works that a filter keeps, in their order."""
    if study_filter.finds_nothing:
        return []
    everything = Window("citekey", False, 0, -1)
    return read_citekeys(connection, study_filter, everything)


def name_of(study_filter: StudyFilter) -> str:
    """Return the name of a file with the works that a filter keeps, without an extension."""
    if not study_filter:
        return "studies"
    said = [value for name, value in study_filter.pairs() if name in ("vector", "type", "year")]
    if study_filter.chosen("coded") == ("yes",):
        said.insert(0, "coded")
    return "-".join([*said[:4], "studies"] if said else ["some", "studies"])


def _choose_format(context: PageContext) -> _ListFormat:
    extension = context.request.url_vars["extension"]
    if extension == "csv":
        return _ListFormat(
            *("text/csv; charset=utf-8", "attachment", _csv_writer(context)),
            begin=",".join(COLUMNS) + "\r\n",
        )
    form = FORMATS[extension]
    return _ListFormat(
        form.content_type,
        form.disposition,
        lambda connection, keys: form.write_items(read_works(connection, keys)),
        *(form.begin, form.between, form.end),
    )


async def _write_parts(
    context: PageContext, form: _ListFormat, citekeys: Sequence[str]
) -> AsyncIterator[str]:
    """Yield the text of a file of many works."""
    yield form.begin
    for first in range(0, len(citekeys), PART):
        if first:
            yield form.between
        yield await context.read(form.write, citekeys[first : first + PART])
    yield form.end


def _csv_writer(context: PageContext) -> Callable[[sqlite3.Connection, Sequence[str]], str]:
    """Return what writes works as rows of CSV (RFC 4180)."""
    vectors = context.vocabulary.vectors

    def write(connection: sqlite3.Connection, citekeys: Sequence[str]) -> str:
        found = read_found(connection, citekeys)
        coded = read_listed_codings(connection, COUNTED, citekeys)
        rows = io.StringIO()
        writer = csv.writer(rows)
        for work in read_works(connection, citekeys):
            screened = found.get(work.citekey, ())
            kept = [row for row in screened if row.decision in ("candidate", "included")]
            writer.writerow(
                _mark_formula(value)
                for value in [
                    *(work.citekey, work.short_citation, work.title),
                    "; ".join(name.inverted for name in work.authors),
                    *(work.publication_date[:4], work.venue, work.doi, work.arxiv_id),
                    address(work),
                    "; ".join(dict.fromkeys(row.study_type for row in kept if row.study_type)),
                    "; ".join(row.misuse_vector for row in kept if row.misuse_vector),
                    "; ".join(slug for slug in vectors if slug in coded.get(work.citekey, ())),
                    context.absolute(f"/studies/{tilde_encode(work.citekey)}"),
                ]
            )
        return rows.getvalue()

    return write


def _mark_formula(value: str | None) -> str:
    """Return a cell that no spreadsheet runs; as guard.formulas does where nothing is packed."""
    text = value or ""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


ROUTES = [(r"^/studies\.(?P<extension>bib|biblatex|ris|json|csv)$", study_file)]
