"""The study that answers are about: from a new entry, or from the bibliography."""

from datetime import date
from pathlib import Path

from marginal_risk.check.published_text import is_local_file, is_under_notice
from marginal_risk.contribute.coding.answer_problems import (
    ENTRY,
    AnswerProblem,
    finding_of,
    missing,
)
from marginal_risk.contribute.coding.answers import Answers
from marginal_risk.contribute.coding.pasted import explain_entry, explain_key
from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.bibliography.canonical_bibtex import rewrite_entry, written_fields
from marginal_risk.read.bibliography.same_work import KnownWorks
from marginal_risk.read.encoding import decode_bibtex
from marginal_risk.rows import Records, Reference


def read_study(
    records: Records, answers: Answers, today: date
) -> tuple[Reference | None, list[AnswerProblem]]:
    """Return the study that the answers are about, and what is wrong with it.

    It is None where it cannot be read, is not in the bibliography, or is a known work again.
    """
    if not answers.bibtex.strip():
        return _find_entry(records, answers.study)
    if "@" not in answers.bibtex:
        return None, [explain_entry(records, answers.bibtex)]
    reference, findings = _read_entry(answers.bibtex, today)
    if reference is None:
        return None, findings
    if answers.study not in ("", reference.study.citekey):
        message = f"A BibTeX entry is given, too, so {answers.study!r} says nothing."
        findings.append(AnswerProblem("study", "", message, "Give one of the two.", is_error=False))
    found = _find_known_work(records, reference)
    is_refused = found is not None and found.is_error
    return None if is_refused else reference, [*findings, *([found] if found else [])]


def _find_entry(records: Records, key: str) -> tuple[Reference | None, list[AnswerProblem]]:
    """Return the study of the bibliography with this key, and what is wrong with the key."""
    if not key:
        hint = "Give its BibTeX entry, or the key of a study that is in the bibliography."
        return None, [missing("study", "", "Which study is it?", hint)]
    by_key = {reference.study.citekey: reference for reference in records.references}
    found = by_key.get(key)
    if found is None:
        return None, [explain_key(records, key)]
    if found.study.version_of:
        return None, [_version("study", key, found.study.version_of)]
    return found, []


def _read_entry(bibtex: str, today: date) -> tuple[Reference | None, list[AnswerProblem]]:
    """Return the study of the one entry in a text, and what is wrong with it."""
    read = read_references([BibFile(ENTRY, bibtex)], today)
    findings = [finding_of(problem, ()) for problem in read.problems]
    if len(read.references) != 1 or len(read.citekeys) > 1:
        if not any(finding.is_error for finding in findings):
            message = f"There must be one BibTeX entry here, and there are {len(read.citekeys)}."
            findings.append(AnswerProblem("bibtex", "", message, "Code one study at a time."))
        return None, findings
    # Only the entry goes into a file, without an @string or @xdata beside it: read it alone.
    bibtex, changes = _fit_to_publish(read.references[0])
    alone = read_references([BibFile(ENTRY, bibtex)], today)
    if not findings:
        findings = [finding_of(problem, ()) for problem in alone.problems]
    findings += changes
    is_whole = len(alone.references) == 1 and not any(f.is_error for f in findings)
    return alone.references[0] if is_whole else None, findings


def _fit_to_publish(reference: Reference) -> tuple[str, list[AnswerProblem]]:
    """Return an entry without what is not for public data, and what was changed in it."""
    bibtex, key = reference.study.bibtex, reference.study.citekey
    said = {}
    for name, text in written_fields(bibtex):
        if is_local_file(name, text):
            said[name] = f"{name} is left out: it names a file on somebody's computer."
        elif is_under_notice(name, text):
            said[name] = f"{name} is left out: it holds a notice of its publisher's rights."
    new_key = key.replace("/", "-")
    if said or new_key != key:
        bibtex = rewrite_entry(bibtex, new_key, said)
    if new_key != key:
        said["key"] = f"The key {key[:80]!r} becomes {new_key[:80]!r}: addresses escape a slash."
    return bibtex, [
        AnswerProblem("bibtex", "", message, is_error=False) for message in said.values()
    ]


def _find_known_work(records: Records, reference: Reference) -> AnswerProblem | None:
    """Return the finding that the bibliography has a work already, or may have it."""
    citekey = reference.study.citekey
    if reference.study.version_of:
        return _version("bibtex", citekey, reference.study.version_of)
    match = KnownWorks(records.references).find(reference)
    if match is None:
        if citekey.lower() not in {key.lower() for key in records.citekeys}:
            return None
        message = f"The key {citekey!r} is taken by another work."
        return AnswerProblem("bibtex", "", message, "Give the entry another key.")
    other = match.reference.study.citekey
    work = match.reference.study.version_of or other
    if match.is_certain:
        message = (
            f"This work is in the bibliography already, as {other!r}, known by {match.reason}."
        )
        hint = f"Code the study {work!r} instead."
        return AnswerProblem("bibtex", "", message, hint, known_as=work)
    if citekey.lower() in {key.lower() for key in records.citekeys}:
        message = f"The key {citekey!r} is taken, and {other!r} has {match.reason}."
        hint = f"If it is the same work, code {work!r}; if it is another, give it another key."
        return AnswerProblem("bibtex", "", message, hint, known_as=work)
    message = f"This may be {other!r}, which has {match.reason}."
    hint = f"If it is the same work, code {work!r}; if it is another, go on."
    return AnswerProblem("bibtex", "", message, hint, is_error=False, known_as=work)


def _version(field: str, key: str, work: str) -> AnswerProblem:
    message = f"{key!r} is a version of {work!r}."
    hint = f"Code {work!r}, and say in the locators which version they refer to."
    return AnswerProblem(field, "", message, hint, known_as=work)


def read_entry_file(path: Path) -> str:
    """Return the text of a file with a BibTeX entry, in any encoding that is recognized.

    Raises:
        ValueError: it cannot be read; the message says why.
    """
    try:
        return decode_entry(path.read_bytes(), str(path))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error


def decode_entry(content: bytes, name: str) -> str:
    """Return the text of a BibTeX entry; raise ValueError as ``read_entry_file`` does."""
    decoded = decode_bibtex(content, name)
    if decoded.text is None:
        raise ValueError(" ".join(map(str, decoded.problems)))
    return decoded.text
