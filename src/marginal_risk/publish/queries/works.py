"""The works that can be cited, with their people: the studies, and the map itself."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from urllib.parse import quote

from marginal_risk.publish.queries.evidence import Build

NAME = "Marginal Risk Evidence Map"
MAINTAINERS = f"The {NAME} maintainers"
LICENSE = "CC BY 4.0"

_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_IN_BIBTEX = re.compile(r"[\\{}%#$&~^_@\s]+")
"""What would be markup in a title of BibTeX."""

_KINDS = {
    "article": "article",
    "inproceedings": "paper",
    "conference": "paper",
    "incollection": "chapter",
    "inbook": "chapter",
    "book": "book",
    "techreport": "report",
    "report": "report",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "thesis": "thesis",
    "online": "webpage",
    "dataset": "dataset",
}


@dataclass(frozen=True)
class CitedName:
    """A person or body as one reference names it."""

    family: str
    given: str | None = None
    particle: str | None = None
    suffix: str | None = None
    is_corporate: bool = False

    @property
    def leading(self) -> str:
        """Particle and family name, or the name of a body."""
        return " ".join(filter(None, (self.particle, self.family)))

    @property
    def inverted(self) -> str:
        """The name family first, such as 'von Fictive, Cleo'; a body's as it is."""
        following = " ".join(filter(None, (self.given, self.suffix)))
        return f"{self.leading}, {following}" if following else self.leading


@dataclass(frozen=True, kw_only=True)
class CitedWork:
    """A work in the bibliography, or the map itself."""

    citekey: str
    short_citation: str
    entry_type: str
    title: str
    publication_date: str
    venue: str | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    url: str | None = None
    abstract: str | None = None
    keywords: str | None = None
    language: str | None = None
    note: str | None = None
    version_of: str | None = None
    has_more_authors: bool = False
    reference: str
    bibtex: str
    bib_file: str = ""
    bib_line: int = 0
    authors: tuple[CitedName, ...] = ()
    editors: tuple[CitedName, ...] = ()
    version: str | None = None
    """Version of a data set; studies have none."""


def kind_of(work: CitedWork) -> str:
    """Return what a work is, in one word: article, paper, preprint, report or another."""
    is_at_arxiv = work.arxiv_id and (work.venue or "arXiv").lower().startswith("arxiv")
    if is_at_arxiv and work.entry_type in ("article", "misc", "online", "unpublished"):
        return "preprint"
    return _KINDS.get(work.entry_type, "document")


def address(work: CitedWork) -> str | None:
    """Return where a work is found: by its DOI, else at arXiv, else its own address."""
    if work.doi:
        return f"https://doi.org/{quote(work.doi, safe='/:;()')}"
    if work.arxiv_id:
        return f"https://arxiv.org/abs/{quote(work.arxiv_id)}"
    return work.url


def split_pages(pages: str) -> tuple[str, str | None]:
    """Return the first and last page; None for the last where there is one number."""
    first, _, last = re.sub(r"\s*[-\u2013\u2014]+\s*", "-", pages.strip()).partition("-")
    return first, last or None


def read_works(
    connection: sqlite3.Connection, citekeys: Sequence[str] | None = None
) -> list[CitedWork]:
    """Return the named studies with their authors and editors, or all, by citekey."""
    columns = [f.name for f in fields(CitedWork) if f.name not in ("authors", "editors", "version")]
    where, params = _among(citekeys, "")
    found = connection.execute(
        f"select {', '.join(columns)} from studies{where} order by citekey", params
    )
    authors = _read_people(connection, "author", citekeys)
    editors = _read_people(connection, "editor", citekeys)
    return [
        CitedWork(
            **dict(zip(columns, row, strict=True)),
            authors=authors.get(row["citekey"], ()),
            editors=editors.get(row["citekey"], ()),
        )
        for row in found
    ]


def read_versions(connection: sqlite3.Connection, citekey: str) -> list[CitedWork]:
    """Return the works that are other versions of one work, the oldest first."""
    found = connection.execute(
        "select citekey from studies where version_of = :citekey order by year, citekey",
        {"citekey": citekey},
    )
    return read_works(connection, [row["citekey"] for row in found])


def read_all_citekeys(connection: sqlite3.Connection) -> list[str]:
    """Return the keys of all studies."""
    found = connection.execute("select citekey from studies order by citekey")
    return [row["citekey"] for row in found]


def read_present_citekey(connection: sqlite3.Connection, citekey: str) -> str | None:
    """Return the key that a work has now, by one that it had; None where none had it."""
    sql = "select citekey from renamed_studies where old_citekey = ?"
    found = connection.execute(sql, (citekey,)).fetchone()
    return found[0] if found else None


def read_old_citekeys(connection: sqlite3.Connection) -> list[str]:
    """Return the keys that works had, in alphabetical order."""
    found = connection.execute("select old_citekey from renamed_studies order by old_citekey")
    return [old for (old,) in found]


def database_work(build: Build, url: str, part: str = "") -> CitedWork:
    """Return the map as a work to cite: its data version and date, its licence and address.

    ``url`` is '' where the address is not known. ``part`` names a row or a cell of the map, whose
    own address ``url`` then is.
    """
    year = build.data_date[:4]
    version = f"{build.data_version} ({build.data_date})"
    title = f"{part}, in: {NAME}" if part else NAME
    slug = f"_{_SLUG.sub('_', part.lower()).strip('_')}" if part else ""
    citekey = f"marginal_risk_evidence_map_{build.data_version}{slug}"
    reference = f"{MAINTAINERS} ({year}). {title}, version {version} [Data set]. {LICENSE}."
    reference += f" {url}" if url else ""
    # The host in the address comes from the request; nothing of it may end a BibTeX field.
    safe_url = quote(url, safe=":/?#[]@!$&'()*+,;=%~")
    address_field = f"\n  url = {{{safe_url}}}," if url else ""
    bibtex = f"""@misc{{{citekey},
  author = {{{{{MAINTAINERS}}}}},
  title = {{{{{_NOT_IN_BIBTEX.sub(" ", title)}}}}},
  year = {{{year}}},
  howpublished = {{Data set, version {version}}},
  note = {{{LICENSE}}},{address_field}
}}"""
    return CitedWork(
        citekey=citekey,
        short_citation=f"{NAME} ({year})",
        entry_type="dataset",
        title=title,
        publication_date=build.data_date,
        url=safe_url or None,
        note=LICENSE,
        reference=reference,
        bibtex=bibtex,
        authors=(CitedName(family=MAINTAINERS, is_corporate=True),),
        version=version,
    )


def _read_people(
    connection: sqlite3.Connection, role: str, citekeys: Sequence[str] | None
) -> dict[str, tuple[CitedName, ...]]:
    where, params = _among(citekeys, "s.")
    found = connection.execute(
        "select s.citekey, a.family, a.given, a.particle, a.suffix, a.is_corporate"
        " from authorships s join authors a on a.id = s.author_id"
        f"{where or ' where 1 = 1'} and s.role = :role order by s.citekey, s.position",
        {**params, "role": role},
    )
    people: dict[str, tuple[CitedName, ...]] = {}
    for citekey, *parts in found:
        people[citekey] = (*people.get(citekey, ()), CitedName(*parts))
    return people


@dataclass(frozen=True)
class OtherName:
    """A name under which an author or editor of a study stands in other entries."""

    written: str
    """The name in this study's entry."""
    other: str
    reason: str
    """How it is known that both are one person's."""
    studies: tuple[tuple[str, str], ...]
    """Citekey and short citation of the studies under the other name."""


def read_other_names(connection: sqlite3.Connection, citekey: str) -> list[OtherName]:
    """Return by what other names the people of a study stand in other entries."""
    found: dict[tuple[str, str, str], tuple[tuple[str, str], ...]] = {}
    for written, other, reason, key, short_citation in connection.execute(
        "select distinct here.written, there.written, p.reason, t.citekey, t.short_citation"
        " from people_by_study here"
        " join people_by_study there"
        " on there.person = here.person and there.written <> here.written"
        " and not there.is_corporate"
        " join people p on p.same = 'yes' and p.person = here.person"
        " and p.name = case when there.written = here.person then here.written"
        " else there.written end"
        " join studies t on t.citekey = there.citekey"
        " where here.citekey = :citekey and not here.is_corporate order by 1, 2, 4",
        {"citekey": citekey},
    ):
        names = (written, other, reason)
        found[names] = (*found.get(names, ()), (key, short_citation))
    return [OtherName(*names, studies) for names, studies in found.items()]


def _among(citekeys: Sequence[str] | None, alias: str) -> tuple[str, dict[str, str]]:
    """Return a WHERE clause that keeps these keys, with its parameters; none for all."""
    if citekeys is None:
        return "", {}
    clause = f" where {alias}citekey in (select value from json_each(:citekeys))"
    return clause, {"citekeys": json.dumps(list(citekeys))}
