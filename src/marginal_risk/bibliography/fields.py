"""The facts of a work, from whichever field its entry keeps them in."""

import re
from collections.abc import Iterator
from datetime import date

from marginal_risk.bibliography import identifiers
from marginal_risk.bibliography.citation import format_reference, short_citation
from marginal_risk.bibliography.entries import RawEntry
from marginal_risk.bibliography.latex import decode, decode_verbatim
from marginal_risk.bibliography.names import BadNameError, read_names
from marginal_risk.problems import Problem
from marginal_risk.records import FIRST_YEAR, Author, Reference, Study

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
    "journal",
    "journaltitle",
    "booktitle",
    "institution",
    "school",
    "organization",
    "publisher",
    "howpublished",
)


class EntryReader:
    """Reads one entry into a reference, gathering what is wrong with it."""

    def __init__(self, entry: RawEntry, today: date) -> None:
        self.entry = entry
        self.today = today
        self.problems: list[Problem] = []

    def report(self, field: str, rule: str, message: str, hint: str = "") -> None:
        """Add a problem at a field's line."""
        self.problems.append(self.entry.at(field).problem(field, rule, message, hint))

    def read(self) -> Reference | None:
        """Return the reference; None where an error leaves no citation to make."""
        authors, more_authors = self.names("author")
        editors, more_editors = self.names("editor")
        people = authors or editors
        if not people and not self.problems:
            self.report("author", "missing-field", "The entry has no author.", "Add its authors.")
        title = ": ".join(filter(None, (self.text("title"), self.text("subtitle"))))
        if not title:
            self.report("title", "missing-field", "The entry has no title.", "Add it.")
        published = self.publication_date()
        venue = self.venue()
        arxiv_id, doi, url = self.arxiv_id(), self.doi(), self.url()
        if not (venue or arxiv_id or doi or url):
            hint = "Add where it was published: a journal, an institution, a DOI or a URL."
            self.report("venue", "missing-venue", "The entry does not say where it appeared.", hint)
        if not (title and people and published):
            return None
        study = Study.model_construct(
            citekey=self.entry.key,
            entry_type=self.entry.entry_type,
            title=title,
            year=int(published[:4]),
            publication_date=published,
            venue=venue or ("arXiv" if arxiv_id else None),
            volume=self.text("volume"),
            number=self.text("number") or self.text("issue"),
            pages=self.text("pages") or self.text("eid"),
            doi=doi,
            arxiv_id=arxiv_id,
            url=url,
            abstract=self.text("abstract"),
            keywords=self.keywords(),
            language=self.text("language") or self.text("langid"),
            note=self.text("note"),
            has_more_authors=more_authors or (not authors and more_editors),
            bibtex=self.entry.raw,
            bib_file=self.entry.place.path,
            bib_line=self.entry.place.line,
        )
        study.short_citation = short_citation(study, people)
        study.reference = format_reference(study, people, is_edited=not authors)
        study = Study.model_validate(study.model_dump())
        return Reference(study, authors, editors, self.entry.place)

    def text(self, field: str) -> str | None:
        """Return what a field shows, or None where it shows nothing."""
        value = self.entry.fields.get(field, "")
        try:
            return decode(value) or None
        except ValueError as error:
            hint = "Check its braces, and the commands after each back slash."
            self.report(field, "bad-latex", f"The LaTeX cannot be read ({error}).", hint)
            return None

    def verbatim(self, field: str) -> str:
        """Return a field that is not typeset."""
        return decode_verbatim(self.entry.fields.get(field, ""))

    def names(self, field: str) -> tuple[tuple[Author, ...], bool]:
        """Return the people of a field, and whether there are more of them."""
        try:
            return read_names(self.entry.fields.get(field, ""))
        except BadNameError as error:
            hint = "Write 'Family, Given', names joined by ' and ', and a body in braces."
            self.report(field, "bad-name", f"A name cannot be read: {error}.", hint)
            return (), False

    def publication_date(self) -> str | None:
        """Return the date from ``year`` and ``month``, or from biblatex's ``date``."""
        field = "year" if self.entry.fields.get("year", "").strip() else "date"
        text = self.text(field)
        if text is None:
            if not self.entry.fields.get(field, "").strip():
                self.report("year", "missing-field", "The entry has no year.", "Add it.")
            return None
        found = identifiers.read_date(text)
        if found is None:
            hint = "Write four digits, or a date as YYYY-MM-DD."
            self.report(field, "bad-year", f"{text!r} is not a year.", hint)
            return None
        year = int(found[:5] if found.startswith("-") else found[:4])
        last = self.today.year + 1
        if not FIRST_YEAR <= year <= last:
            message = f"The year {year} is not between {FIRST_YEAR} and {last}."
            self.report(field, "year-out-of-range", message, "Check it against the work.")
            return None
        month = identifiers.read_month(self.entry.fields.get("month", ""))
        return f"{found}-{month}" if month and len(found) == 4 else found

    def venue(self) -> str | None:
        """Return the venue from the field that the entry's type uses."""
        for field in (*_VENUE.get(self.entry.entry_type, ()), *_ANY_VENUE):
            text = self.text(field)
            if text and not identifiers.find_url(text):
                return text
        return None

    def doi(self) -> str | None:
        """Return the bare DOI, from ``doi`` or an address of doi.org."""
        given = self.verbatim("doi")
        if not given:
            url = self.verbatim("url")
            return identifiers.read_doi(url) if identifiers.is_doi_address(url) else None
        found = identifiers.read_doi(given)
        if found is None:
            hint = "Write it bare, from '10.' on."
            self.report("doi", "bad-doi", f"{given!r} is not a DOI.", hint)
        return found

    def arxiv_id(self) -> str | None:
        """Return the arXiv identifier, wherever the entry has it."""
        eprint = self.verbatim("eprint")
        archive = self.verbatim("archiveprefix") or self.verbatim("eprinttype")
        if eprint and archive.lower() in ("arxiv", ""):
            found = identifiers.read_arxiv_id(eprint)
            if found is None and archive:
                hint = "Write it as 2403.07918, or as hep-th/9901001."
                message = f"{eprint!r} is not an arXiv identifier."
                self.report("eprint", "bad-arxiv-id", message, hint)
            if found or archive:
                return found
        fields = ("url", "doi", "journal", "journaltitle", "howpublished", "note", "number")
        texts = (self.entry.fields.get(field, "") for field in fields)
        return next(filter(None, map(identifiers.find_arxiv_id, texts)), None)

    def url(self) -> str | None:
        """Return the address, if it is safe to link to."""
        given = self.verbatim("url")
        if given:
            if identifiers.is_safe_url(given):
                return given
            hint = "Give an address that starts with http:// or https://, without spaces."
            self.report("url", "unsafe-url", f"{given[:80]!r} is not a safe address.", hint)
            return None
        for field in ("howpublished", "note"):
            found = identifiers.find_url(decode_verbatim(self.entry.fields.get(field, "")))
            if found and identifiers.is_safe_url(found):
                return found
        return None

    def keywords(self) -> str | None:
        """Return the keywords, separated by semicolons."""
        text = self.text("keywords") or self.text("keyword") or ""
        return "; ".join(_split_keywords(text)) or None


def _split_keywords(text: str) -> Iterator[str]:
    for word in re.split(r"\s*[;,]\s*", text):
        if word:
            yield word
