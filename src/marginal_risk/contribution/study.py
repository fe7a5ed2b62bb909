"""The study that the answers are about: a new entry, or one that is in the bibliography."""

from datetime import date

from marginal_risk.bibliography import BibFile, read_references
from marginal_risk.bibliography.known import KnownWorks
from marginal_risk.contribution.answers import Answers
from marginal_risk.contribution.findings import Finding, Places, finding_of
from marginal_risk.problems import did_you_mean
from marginal_risk.readings import Records, Reference


def read_study(
    records: Records, answers: Answers, today: date, findings: list[Finding]
) -> Reference | None:
    """Return the study that the answers are about, new or known."""
    if answers.bibtex.strip():
        return _read_entry(records, answers.bibtex, today, findings)
    by_key = {reference.study.citekey: reference for reference in records.references}
    found = by_key.get(answers.study.strip())
    if found is None:
        if answers.study.strip():
            message = f"{answers.study.strip()!r} is not a key in the bibliography."
            hint = did_you_mean(answers.study.strip(), by_key, "Give its BibTeX entry instead.")
        else:
            message = "Which study is it?"
            hint = "Give its BibTeX entry, or the key of a study that is in the bibliography."
        findings.append(Finding("study", "", message, hint))
    elif found.study.version_of:
        message = f"{found.study.citekey!r} is a version of {found.study.version_of!r}."
        findings.append(Finding("study", "", message, "Code that one, and name the version."))
        return None
    return found


def _read_entry(
    records: Records, bibtex: str, today: date, findings: list[Finding]
) -> Reference | None:
    """Return the one entry that was given, if it is new."""
    read = read_references([BibFile(Places.BIB, bibtex)], today)
    findings += [finding_of(problem, Places(())) for problem in read.problems]
    if len(read.references) != 1 or len(read.citekeys) > 1:
        if not findings:
            message = f"There must be one BibTeX entry here, and there are {len(read.citekeys)}."
            findings.append(Finding("bibtex", "", message, "Code one study at a time."))
        return None
    reference = read.references[0]
    known = KnownWorks(records.references).find(reference)
    citekey = reference.study.citekey
    if known and known.is_certain:
        other = known.reference.study.citekey
        message = (
            f"This work is in the bibliography already, as {other!r}, known by {known.reason}."
        )
        findings.append(Finding("bibtex", "", message, f"Code the study {other!r} instead."))
        return None
    if citekey.lower() in {key.lower() for key in records.citekeys}:
        message = f"The key {citekey!r} is taken by another work."
        findings.append(Finding("bibtex", "", message, "Give the entry another key."))
        return None
    if known:
        other = known.reference.study.citekey
        message = f"This may be {other!r}, which has {known.reason}."
        hint = f"If it is the same work, code {other!r}; if it is another, go on."
        findings.append(Finding("bibtex", "", message, hint, is_error=False))
    return reference
