"""The new works of an export, and the reason why each other record is none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from marginal_risk.check.published_text import formulas_of, is_local_file, is_under_notice
from marginal_risk.check.rules import severity
from marginal_risk.contribute.search_results.record import Refusal, SearchResults
from marginal_risk.problems import Place, Problem, Severity
from marginal_risk.read.bibliography import dates, identifiers
from marginal_risk.read.bibliography.citekeys import new_citekey
from marginal_risk.read.bibliography.entries import Entry
from marginal_risk.read.bibliography.fields import EntryReader
from marginal_risk.read.bibliography.latex import decode
from marginal_risk.read.bibliography.same_work import KnownWorks, Match
from marginal_risk.rows import Progress, Reference

# The fields of an entry that are imported, besides identifiers: not links to files, nor what a
# reference manager adds for itself.
_IMPORTED_FIELDS = (
    *("author", "editor", "title", "subtitle", "year", "date", "month", "journal", "journaltitle"),
    *("booktitle", "eventtitle", "institution", "school", "organization", "publisher"),
    *("howpublished", "series", "edition", "type", "volume", "number", "issue", "pages", "eid"),
    *("language", "langid", "note", "abstract", "keywords", "keyword"),
)
_REQUIRED_FIELDS = {"author", "editor", "title", "year", "date", "key", "entry"}
"""Fields that must be read; any other field that cannot be read is left out."""


@dataclass(frozen=True)
class NewWork:
    """A record that is a new work, as an entry of the bibliography."""

    citekey: str
    reference: Reference
    """The work as it was read, with the key that it has in the export."""
    bibtex: str
    left_out: tuple[str, ...]
    """Reasons why some of its fields are left out."""
    likeness: Match | None = None
    """The work that it may be, as far as titles tell: a person decides."""

    @property
    def possible_duplicate_of(self) -> str | None:
        """The key of the work that it may be."""
        return self.likeness.reference.study.citekey if self.likeness else None


@dataclass(frozen=True)
class KnownRecord:
    """A record of a work that the bibliography has, or that the export has twice."""

    place: Place
    title: str
    match: Match
    is_repeated: bool
    """Whether the match is another record of the export, not a work of the bibliography."""


@dataclass(frozen=True)
class Intake:
    """The records of an export, sorted by what becomes of them."""

    new: list[NewWork]
    known: list[KnownRecord]
    refused: list[Refusal]


def sort_records(
    export: SearchResults, known_works: Sequence[Reference], today: date, progress: Progress
) -> Intake:
    """Sort the records into new, known and unreadable; ``today`` bounds years of publication.

    Known is only what shares an identifier, or title, year and first author, with nothing against
    it. What merely looks like a known work is taken as new, and says which work that is: a person
    decides, and nothing is lost.
    """
    intake = Intake([], [], list(export.refusals))
    known, repeated = KnownWorks(known_works), KnownWorks()
    taken = {reference.study.citekey.lower() for reference in known_works}
    for number, entry in enumerate(export.entries, start=1):
        if number % 100 == 0:
            progress("records compared", number, len(export.entries))
        readable, left_out = _readable(entry, today)
        reader = EntryReader(readable, today)
        reference = reader.read()
        found = [*reader.problems, *(formulas_of(reference) if reference else ())]
        errors = [problem for problem in found if _is_error(problem)]
        if reference is None or errors:
            title = entry.fields.get("title", "") or entry.key
            reason = " ".join(dict.fromkeys(problem.message for problem in errors))
            intake.refused.append(Refusal(entry.place, title, reason))
            continue
        match, again = known.find(reference), repeated.find(reference)
        certain = next((m for m in (match, again) if m and m.is_certain), None)
        if certain:
            title = reference.study.title
            intake.known.append(KnownRecord(entry.place, title, certain, certain is again))
            continue
        citekey = new_citekey(reference, taken)
        # Under its new key: a later record may look like this one.
        renamed = reference._replace(study=reference.study._replace(citekey=citekey))
        repeated.add(renamed)
        bibtex = "\n".join(_lines(readable, reference, citekey))
        like = match or again
        intake.new.append(NewWork(citekey, reference, bibtex, tuple(left_out), like))
    return intake


def _readable(entry: Entry, today: date) -> tuple[Entry, list[str]]:
    """Return an entry without the fields that cannot be read, and why each is left out.

    Required fields stay, readable or not.
    """
    fields = {
        name: " ".join(text.split()) if name in _IMPORTED_FIELDS else text
        for name, text in entry.fields.items()
    }
    left_out = []
    for name, text in list(fields.items()):
        if is_local_file(name, text):
            left_out.append(f"{name}: It names a file on somebody's computer.")
        elif is_under_notice(name, text):
            left_out.append(f"{name}: It holds a notice of its publisher's rights.")
        else:
            continue
        del fields[name]
    for name in [
        name for name in _IMPORTED_FIELDS if name in fields and name not in _REQUIRED_FIELDS
    ]:
        try:
            decode(fields[name])
        except ValueError as error:
            left_out.append(f"{name}: The LaTeX cannot be read ({error}).")
            del fields[name]
    # A reader needs a key and a text; no export can say which work of ours this is a version of.
    entry = entry._replace(key=entry.key or "record", raw=entry.raw or "record", fields=fields)
    entry.fields.pop("version_of", None)
    reader = EntryReader(entry, today)
    reference = reader.read()
    for problem in [*reader.problems, *(formulas_of(reference) if reference else ())]:
        if _is_error(problem) and problem.field in fields and problem.field not in _REQUIRED_FIELDS:
            left_out.append(f"{problem.field}: {problem.message}")
            del fields[problem.field]
    return entry._replace(fields=fields), left_out


def _is_error(problem: Problem) -> bool:
    return severity(problem) is Severity.ERROR


def _lines(entry: Entry, reference: Reference, citekey: str) -> Iterator[str]:
    """Yield the lines of the new entry."""
    study = reference.study
    entry_type = entry.entry_type if entry.entry_type.isascii() else ""
    yield f"@{entry_type if entry_type.isalpha() else 'misc'}{{{citekey},"
    for name in _IMPORTED_FIELDS:
        text = entry.fields.get(name, "")
        month = dates.read_month(text) if name == "month" else None
        if month:
            yield f"  month = {list(dates.MONTHS)[int(month) - 1]},"
        elif text and name != "month":
            yield f"  {name} = {{{text}}},"
    yield from (f"  {name} = {{{text}}}," for name, text in _identifiers(entry, reference))
    if study.url and "url" in entry.fields and not _is_implied(reference):
        yield f"  url = {{{study.url}}},"
    yield "}"


def _identifiers(entry: Entry, reference: Reference) -> Iterable[tuple[str, str]]:
    study = reference.study
    if study.doi:
        yield "doi", study.doi
    if study.arxiv_id:
        yield "eprint", study.arxiv_id
        yield "archiveprefix", "arXiv"
        subject = entry.fields.get("primaryclass", "").strip()
        if subject.replace(".", "").replace("-", "").isalnum() and subject.isascii():
            yield "primaryclass", subject


def _is_implied(reference: Reference) -> bool:
    """Tell whether the address of a work only repeats its DOI or arXiv identifier."""
    study = reference.study
    url = study.url or ""
    if study.doi and identifiers.is_doi_address(url):
        return identifiers.read_doi(url) == study.doi
    return study.arxiv_id is not None and identifiers.find_arxiv_id(url) == study.arxiv_id
