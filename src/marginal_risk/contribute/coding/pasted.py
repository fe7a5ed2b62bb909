"""What people paste in place of a key or a BibTeX entry: a title, an author, a DOI, a reference.

It is understood where the bibliography has the study, and answered with what to do where not.
"""

import re
from collections.abc import Iterable

from marginal_risk.contribute.coding.answer_problems import AnswerProblem
from marginal_risk.problems import did_you_mean
from marginal_risk.read.bibliography.identifiers import (
    find_arxiv_id,
    normalise_title,
    read_arxiv_id,
    read_doi,
)
from marginal_risk.rows import Records, Reference

MOST_FOUND = 10
"""Most studies that a search shows."""
_DOI_IN_TEXT = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>{}]+", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_TELLING = 3
"""Words that a title must have to be looked for in a text."""
_LONG = 4
"""Words from which on a text is a reference, and no key that is misspelt."""


def search_studies(records: Records, words: str) -> list[Reference]:
    """Return the studies of whose key, people, title and year all words are a part, by key.

    Versions of a study are left out: the study itself is coded.
    """
    wanted = normalise_title(words).split()
    if not wanted:
        return []
    return [
        reference
        for reference in records.references
        if not reference.study.version_of and all(word in _searched(reference) for word in wanted)
    ]


def _searched(reference: Reference) -> str:
    study = reference.study
    people = " ".join(person.name for person in reference.people)
    return normalise_title(f"{study.citekey} {people} {study.year} {study.title}")


def find_pasted(records: Records, text: str) -> Reference | None:
    """Return the one study that a text names, by an identifier or its title; None for none."""
    doi, arxiv_id = _read_identifiers(text)
    plain = f" {normalise_title(text)} "
    for reference in records.references:
        study = reference.study
        if (doi and study.doi == doi) or (arxiv_id and study.arxiv_id == arxiv_id):
            return reference
    for reference in records.references:
        title = reference.plain_title
        if len(title.split()) >= _TELLING and f" {title} " in plain:
            return reference
    return None


def explain_key(records: Records, text: str) -> AnswerProblem:
    """Return the finding that no study has this key, with the study that is likely meant."""
    message = f"{text[:200]!r} is not a key in the bibliography."
    found = find_pasted(records, text)
    if found:
        return _known("study", found)
    many = search_studies(records, text)
    if len(many) == 1:
        return _known("study", many[0])
    if many:
        return AnswerProblem("study", "", message, f"Give one of these keys: {_listed(many)}.")
    doi, arxiv_id = _read_identifiers(text)
    if doi or arxiv_id or len(text.split()) >= _LONG:
        return AnswerProblem("study", "", message, _how_to_get_an_entry(text))
    keys = [reference.study.citekey for reference in records.references]
    return AnswerProblem(
        "study", "", message, did_you_mean(text, keys, "Give its BibTeX entry instead.")
    )


def explain_entry(records: Records, text: str) -> AnswerProblem:
    """Return the finding that a text is no BibTeX entry, and what to put in its place."""
    found = find_pasted(records, text)
    if found:
        return _known("bibtex", found)
    message = "This is no BibTeX entry, which begins with '@'."
    return AnswerProblem("bibtex", "", message, _how_to_get_an_entry(text))


def _known(field: str, reference: Reference) -> AnswerProblem:
    study = reference.study
    work = study.version_of or study.citekey
    message = f"This study is in the bibliography, as {study.citekey!r}: {study.reference}"
    return AnswerProblem(field, "", message, f"Code the study {work!r}.", known_as=work)


def _listed(references: Iterable[Reference]) -> str:
    keys = [reference.study.citekey for reference in references]
    more = f" and {len(keys) - MOST_FOUND} more" if len(keys) > MOST_FOUND else ""
    return ", ".join(keys[:MOST_FOUND]) + more


def _read_identifiers(text: str) -> tuple[str | None, str | None]:
    """Return the DOI and the arXiv identifier that a text names."""
    match = _DOI_IN_TEXT.search(text)
    doi = read_doi(text) or (read_doi(match[0]) if match else None)
    prefix = "10.48550/arxiv."
    if doi and doi.startswith(prefix):
        return doi, read_arxiv_id(doi.removeprefix(prefix))
    return doi, read_arxiv_id(text) or find_arxiv_id(text)


def _how_to_get_an_entry(text: str) -> str:
    """Return where the BibTeX entry of a study is to be had, as far as the text names it."""
    doi, arxiv_id = _read_identifiers(text)
    if arxiv_id:
        return f"Copy the entry from https://arxiv.org/bibtex/{arxiv_id} and paste it here."
    if doi:
        # https://www.crossref.org/documentation/retrieve-metadata/content-negotiation/
        address = f"https://api.crossref.org/works/{doi}/transform/application/x-bibtex"
        return f"Copy the entry from {address} (or from the publisher's page) and paste it here."
    year = _YEAR.search(text)
    return (
        "Look the study up in Google Scholar or at its publisher, choose 'Cite' and then 'BibTeX',"
        " and paste that here; or write it: @misc{key, author = {Family, Given}, title = {...},"
        f" year = {{{year[0] if year else '...'}}}, url = {{https://...}}}}."
    )
