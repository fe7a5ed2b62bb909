"""What an entry must not bring into public data: formulas, paths of a computer, others' notices.

The text of an entry itself, which the site publishes as ``bibtex``, begins with an @ as all BibTeX
does. No spreadsheet takes it for a formula: a brace follows its type.
"""

import re
from collections.abc import Iterable, Iterator

from marginal_risk.problems import Place, Problem
from marginal_risk.read.bibliography.canonical_bibtex import written_fields
from marginal_risk.read.sheets import FORMULA_STARTS, explain_formula, starts_like_formula
from marginal_risk.rows import Reference

# Made by the program from the others, or the entry as it stands.
_NOT_WRITTEN = {"short_citation", "reference", "bibtex", "bib_file"}
# Where a fact may stand that has another name than its field.
_WRITTEN_AS = {
    "citekey": ("key",),
    "entry_type": ("entry",),
    "venue": (
        *("journal", "journaltitle", "booktitle", "eventtitle", "institution", "school"),
        *("organization", "publisher", "howpublished"),
    ),
    "number": ("number", "issue"),
    "pages": ("pages", "eid"),
    "keywords": ("keywords", "keyword"),
}
# Each part of a name stands in the whole of it, at its start or after a space.
_MAY_BE_FORMULA = re.compile(rf"(?:^|\s)[{re.escape(''.join(FORMULA_STARTS))}]")
# What reference managers write for themselves: JabRef, Zotero and Mendeley; BibDesk; Papers.
_LOCAL_FIELD = re.compile(r"file|attachment|localfile|local-url|bdsk-file-[0-9]+")
_NOTICE = re.compile(
    r"©|\\(?:text)?copyright\b|\(c\)\s*(?:19|20)[0-9]{2}|\bcopyright\s+(?:19|20)[0-9]{2}\b"
    r"|\ball rights reserved\b|\bpublished by elsevier\b",
    re.IGNORECASE,
)
# No entry without one of these words, in small letters, has such a field or such a notice: looking
# for plain words first is what makes a long bibliography no slower to check than to read.
_WORDS_OF_LOCAL_FIELDS = ("file", "attachment", "local-url")
_WORDS_OF_NOTICES = ("©", "copyright", "(c)", "all rights reserved", "published by elsevier")


def find_formulas(references: Iterable[Reference]) -> Iterator[Problem]:
    """Find texts of entries that a spreadsheet would run when it opens a table of the site."""
    for reference in references:
        yield from formulas_of(reference)


def formulas_of(reference: Reference) -> Iterator[Problem]:
    """Yield a problem for each text of one entry that starts like a formula."""
    study = reference.study
    written = []
    starting_so = [text for text in study if isinstance(text, str) and starts_like_formula(text)]
    if starting_so != [study.bibtex]:  # in nearly all entries, nothing else does
        for name, text in study._asdict().items():
            if isinstance(text, str) and name not in _NOT_WRITTEN:
                written.append((name, text))
    for field, people in (("author", reference.authors), ("editor", reference.editors)):
        for person in people:
            if _MAY_BE_FORMULA.search(person.name):
                parts = (person.name, person.family, person.given, person.particle, person.suffix)
                written += [(field, text) for text in dict.fromkeys(parts) if text]
    for name, text in written:
        if starts_like_formula(text):
            field, place = _place_of(reference, _WRITTEN_AS.get(name, (name,)))
            yield place.problem(field, "spreadsheet-formula", *explain_formula(text))


def find_local_files(references: Iterable[Reference]) -> Iterator[Problem]:
    """Find fields that name files on somebody's computer."""
    hint = "Delete the field: readers cannot open the file, and its path may name a person."
    for reference in references:
        for name, text in _fields_where(reference.study.bibtex, _WORDS_OF_LOCAL_FIELDS):
            if is_local_file(name, text):
                field, place = _place_of(reference, (name,))
                message = "This field names a file on somebody's computer."
                yield place.problem(field, "local-file", message, hint)


def find_notices(references: Iterable[Reference]) -> Iterator[Problem]:
    """Find abstracts that hold a notice of their publisher's rights."""
    hint = "Delete the abstract, or the notice if the abstract may be published without it."
    for reference in references:
        for name, text in _fields_where(reference.study.bibtex, _WORDS_OF_NOTICES):
            if is_under_notice(name, text):
                field, place = _place_of(reference, (name,))
                message = "The abstract holds a notice of its publisher's rights."
                yield place.problem(field, "publisher-notice", message, hint)


def find_slashes(references: Iterable[Reference]) -> Iterator[Problem]:
    """Find keys with a slash, which an address of a page cannot show as it is."""
    for reference in references:
        key = reference.study.citekey
        if "/" in key:
            message = f"The key {key[:80]!r} holds a slash, which addresses of pages escape."
            hint = f"Write {key.replace('/', '-')[:80]!r} here and in the sheets."
            yield reference.place.problem("key", "slash-in-key", message, hint)


def is_local_file(name: str, text: str) -> bool:
    """Tell whether a field names a file on somebody's computer."""
    is_address = re.match(r"[\s{\"]*https?://", text) is not None
    return _LOCAL_FIELD.fullmatch(name) is not None and not is_address


def is_under_notice(name: str, text: str) -> bool:
    """Tell whether a field is an abstract that holds a notice of its publisher's rights."""
    return name == "abstract" and _NOTICE.search(text) is not None


def _fields_where(bibtex: str, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the fields of an entry that has one of these words, else none."""
    lowered = bibtex.lower()
    return written_fields(bibtex) if any(word in lowered for word in words) else []


def _place_of(reference: Reference, names: tuple[str, ...]) -> tuple[str, Place]:
    """Return the first field of these that the entry has, and its place; else the entry's."""
    for name in names:
        bibtex = reference.study.bibtex
        if written := re.search(rf"^[ \t,]*({re.escape(name)})\s*=", bibtex, re.M | re.I):
            line = bibtex.count("\n", 0, written.start(1))
            return name, reference.place._replace(line=reference.place.line + line)
    return names[0], reference.place
