"""The facts of a work, from whichever field its entry keeps them in."""

import re
from collections.abc import Callable
from datetime import date
from operator import itemgetter
from typing import Any, TypeVar

from marginal_risk.problems import Problem
from marginal_risk.read.bibliography import dates, identifiers
from marginal_risk.read.bibliography.citation import (
    format_reference,
    make_reference,
    short_citation,
)
from marginal_risk.read.bibliography.entries import Entry
from marginal_risk.read.bibliography.latex import decode, decode_verbatim, spell_out_unknown
from marginal_risk.read.bibliography.names import BadNameError, find_doubtful_body, read_names
from marginal_risk.records import FIRST_YEAR
from marginal_risk.rows import Person, Reference, StudyValues

# Where each type keeps its venue; biblatex names beside BibTeX's. Any other type, or a type
# without its own, takes the first of _ANY_VENUE.
_VENUE = {
    "article": ("journal", "journaltitle"),
    "inproceedings": ("booktitle", "eventtitle"),
    "conference": ("booktitle", "eventtitle"),
    "incollection": ("booktitle",),
    "inbook": ("booktitle", "publisher"),
    "techreport": ("institution",),
    "report": ("institution",),
    "phdthesis": ("school", "institution"),
    "mastersthesis": ("school", "institution"),
    "thesis": ("institution", "school"),
    "book": ("publisher",),
    "online": ("organization", "publisher"),
}
_ANY_VENUE = (
    *("journal", "journaltitle", "booktitle", "institution", "school", "organization"),
    *("publisher", "howpublished"),
)
_MAY_NAME_ARXIV = (
    *("url", "doi", "journal", "journaltitle", "howpublished", "note", "number", "volume"),
)
_OF_BODIES = ("manual", "proceedings")
_MAY_BE_DOI = ("url", "ee", "howpublished", "note", "bdsk-url-1")
"""``ee`` is DBLP's of old, and the last is BibDesk's."""

_Read = TypeVar("_Read")
_IN_ORDER = itemgetter(*StudyValues._fields)


class EntryReader:
    """Reads one entry into a reference, gathering what is wrong with it."""

    def __init__(self, entry: Entry, today: date) -> None:
        self.entry = entry
        self.problems: list[Problem] = []
        self.today = today
        self.is_of_body = False
        """Whether its author is the organization that stands behind it."""

    def report_missing(self, fields: tuple[str, ...], message: str, hint: str) -> None:
        """Report that the first of some fields is missing, unless one has a problem already."""
        if not any(problem.field in fields for problem in self.problems):
            self.report(fields[0], "missing-field", message, hint)

    def report_missing_venue(self) -> None:
        """Report that no field says where the work appeared, unless one says it wrongly."""
        told = {problem.field for problem in self.problems}
        if not self.is_of_body and not told & {"doi", "eprint", "url", *_ANY_VENUE}:
            hint = "Add where it was published: a journal, an institution, a DOI or a URL."
            self.report("venue", "missing-venue", "The entry does not say where it appeared.", hint)

    def read(self) -> Reference | None:
        """Return the reference; None where an error leaves no citation to make."""
        authors, more_authors = self.names("author")
        editors, more_editors = self.names("editor")
        authors = authors or (() if editors else self.body())
        people = authors or editors
        if not people:
            hint = "Add its authors, or its editors."
            self.report_missing(("author", "editor"), "The entry has no author.", hint)
        title = self.text("title")
        if not title:
            self.report_missing(("title",), "The entry has no title.", "Add it.")
        published = self.publication_date()
        facts = self.facts()
        if not any(facts[fact] for fact in ("venue", "arxiv_id", "doi", "url")):
            self.report_missing_venue()
        if not (title and people and published):
            return None
        year = dates.year_of(published)
        has_more = more_authors or (not authors and more_editors)
        if subtitle := self.text("subtitle"):
            title = f"{title}: {subtitle}"
        facts |= {"title": title, "year": year, "has_more_authors": has_more}
        facts |= {
            "citekey": self.entry.key,
            "short_citation": short_citation(people, year, has_more),
            "entry_type": self.entry.entry_type,
            "publication_date": published,
            "reference": format_reference(facts, people, is_edited=not authors),
            "bibtex": self.entry.raw,
            "bib_file": self.entry.place.path,
            "bib_line": self.entry.place.line,
        }
        return make_reference(StudyValues._make(_IN_ORDER(facts)), authors, editors)

    def body(self) -> tuple[Person, ...]:
        """Return the body that BibTeX's styles name where a work of its type has no people."""
        name = self.text("organization") if self.entry.entry_type in _OF_BODIES else None
        self.is_of_body = name is not None
        return (Person(name, name, is_corporate=True),) if name else ()

    def facts(self) -> dict[str, Any]:
        """Return the optional facts of a work, under the names of Study's fields."""
        arxiv_id = self.arxiv_id()
        return {
            "venue": self.venue() or ("arXiv" if arxiv_id else None),
            "volume": self.unless_arxiv("volume"),
            "number": self.unless_arxiv("number") or self.text("issue"),
            "pages": self.text("pages") or self.text("eid"),
            "doi": self.doi(),
            "arxiv_id": arxiv_id,
            "url": self.url(),
            "abstract": self.text("abstract"),
            "keywords": self.keywords(),
            "language": self.text("language") or self.text("langid"),
            "note": self.text("note"),
            "version_of": self.verbatim("version_of") or None,
        }

    def publication_date(self) -> str | None:
        """Return the date from ``year`` and ``month``, or from biblatex's ``date``."""
        year, full = self.date_in("year"), self.date_in("date")
        if year is None and full is None:
            self.report_missing(("year", "date"), "The entry has no year.", "Add it.")
            return None
        if year and full and dates.year_of(year) != dates.year_of(full):
            message = (
                f"The date is of {dates.year_of(full)}, and the year is {dates.year_of(year)}."
            )
            self.report("date", "bad-year", message, "Keep the right one of them.")
            year = None  # biblatex, which alone reads 'date', prefers it
        found = max(filter(None, (year, full)), key=len)
        if "-" in found[1:]:
            return found
        written = self.entry.fields.get("month", "")
        is_plain = "\\" not in written and "{" not in written
        month = written if is_plain else self.text("month") or ""
        return dates.with_month(found, month, self.entry.fields.get("day", ""))

    def date_in(self, field: str) -> str | None:
        """Return the date of a field, if it is one; report a date that is too early or too late."""
        text = self.text(field)
        if text is None:
            return None
        found = dates.read_written_date(text)
        if found is None and field == "date":
            found = dates.read_decade(text)
        if found is None:
            hint = "Write four digits, or a date as YYYY-MM-DD."
            self.report(field, "bad-year", f"{text[:40]!r} is not a year.", hint)
            return None
        year = dates.year_of(found)
        last = self.today.year + 1
        if not FIRST_YEAR <= year <= last:
            message = f"The year {year} is not between {FIRST_YEAR} and {last}."
            self.report(field, "year-out-of-range", message, "Check it against the work.")
        return found

    def venue(self) -> str | None:
        """Return the venue from the field that the entry's type uses."""
        for field in (*_VENUE.get(self.entry.entry_type, ()), *_ANY_VENUE):
            if field == "organization" and self.is_of_body:
                continue
            text = self.unless_arxiv(field)
            if text and not identifiers.find_url(text):
                return text
        return None

    def unless_arxiv(self, field: str) -> str | None:
        """Return what a field shows, or None where it says no more than the arXiv identifier."""
        text = self.text(field)
        return text if text and not identifiers.find_arxiv_id(text) else None

    def doi(self) -> str | None:
        """Return the bare DOI, from ``doi`` or a field that is nothing but one."""
        given = self.verbatim("doi")
        if not given:
            fields = (field for field in _MAY_BE_DOI if "10." in self.entry.fields.get(field, ""))
            return next(filter(None, map(self.doi_in, fields)), None)
        found = identifiers.read_doi(given)
        if found is None:
            hint = "Write it bare, from '10.' on."
            self.report("doi", "bad-doi", f"{given[:80]!r} is not a DOI.", hint)
        return found

    def doi_in(self, field: str) -> str | None:
        """Return the DOI that a field is, or that one of its addresses has."""
        text = self.verbatim(field)
        found = identifiers.read_doi(text)
        if found is None and field == "url":
            parts = map(identifiers.read_doi, text.split())
            return next(filter(None, parts), None)
        return found

    def arxiv_id(self) -> str | None:
        """Return the arXiv identifier, wherever the entry has it."""
        other = self.verbatim("arxivid") or self.verbatim("arxiv")  # as Mendeley names it, or hands
        eprint = self.verbatim("eprint") or other
        archive = self.verbatim("archiveprefix") or self.verbatim("eprinttype")
        if eprint and archive.lower() in ("arxiv", ""):
            found = identifiers.read_arxiv_id(eprint) or identifiers.find_arxiv_id(eprint)
            if found is None and (other or archive):
                # Before 2007 the archive is a part, which some leave out or write beside it.
                within = self.verbatim("primaryclass") or self.verbatim("eprintclass")
                whole = f"{within.partition('.')[0]}/{eprint}"
                found = identifiers.read_arxiv_id(other) or identifiers.read_arxiv_id(whole)
            if found is None and archive:
                hint = "Write it as 2403.07918, or as hep-th/9901001."
                message = f"{eprint[:40]!r} is not an arXiv identifier."
                self.report("eprint", "bad-arxiv-id", message, hint)
            if found or archive:
                return found
        for field in _MAY_NAME_ARXIV:
            text = self.entry.fields.get(field)
            if text:
                plain = text.replace("{", "").replace("}", "").strip()
                if found := identifiers.find_arxiv_id(plain):
                    return found
        return None

    def url(self) -> str | None:
        """Return the address, if it is safe to link to."""
        given = self.verbatim("url")
        if given:
            if found := identifiers.read_url(given):
                return found
            hint = "Give an address that starts with http:// or https://, without spaces."
            self.report("url", "unsafe-url", f"{given[:80]!r} is not a safe address.", hint)
            return None
        for field in ("howpublished", "note"):
            found = identifiers.find_url(self.verbatim(field))
            if found and identifiers.is_safe_url(found):
                return found
        return None

    def keywords(self) -> str | None:
        """Return the keywords, separated by semicolons."""
        text = self.text("keywords") or self.text("keyword")
        if text is None:
            return None
        return "; ".join(filter(None, re.split(r"\s*[;,]\s*", text))) or None

    def report(self, field: str, rule: str, message: str, hint: str = "") -> None:
        """Add a problem at a field's line."""
        self.problems.append(self.entry.at(field).problem(field, rule, message, hint))

    def report_unknown(self, field: str, names: list[str]) -> None:
        """Report that a field was read although some of its commands are unknown."""
        shown = ", ".join(f"\\{name[:40]}" for name in names[:3])
        message = f"Of {shown}, which is not known, only the argument or the name is shown."
        self.report(field, "unknown-command", message, "Write what it shows.")

    def text(self, field: str) -> str | None:
        """Return what a field shows, or None where it shows nothing."""
        value = self.entry.fields.get(field)
        if not value:
            return None
        try:
            return self.read_field(field, value, decode) or None
        except ValueError as error:
            hint = "Check its braces, and the commands after each back slash."
            self.report(field, "bad-latex", f"The LaTeX cannot be read ({error}).", hint)
            return None

    def read_field(self, field: str, value: str, read: Callable[[str], _Read]) -> _Read:
        """Return what ``read`` makes of a field; a second time without its unknown commands.

        Raises:
            ValueError: as ``read`` does, in both cases.
        """
        try:
            return read(value)
        except ValueError:
            plain, unknown = spell_out_unknown(value)
            found = read(plain)
            if unknown:
                self.report_unknown(field, unknown)
            return found

    def verbatim(self, field: str) -> str:
        """Return a field that is not typeset."""
        value = self.entry.fields.get(field)
        return decode_verbatim(value) if value else ""

    def names(self, field: str) -> tuple[tuple[Person, ...], bool]:
        """Return the people of a field, and whether there are more of them."""
        text = self.entry.fields.get(field, "")
        if body := find_doubtful_body(text):
            hint = "Take the braces around people away; in a body's name, write {and}."
            self.report(field, "doubtful-name", f"{body[:80]!r} is read as one body.", hint)
        try:
            return self.read_field(field, text, read_names)
        except BadNameError as error:
            hint = "Write 'Family, Given', names joined by ' and ', and a body in braces."
            self.report(field, "bad-name", f"A name cannot be read: {error}.", hint)
            return (), False
