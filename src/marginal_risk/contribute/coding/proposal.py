"""Answers -> what they would add to the data, and what is wrong with them.

The answers become rows of the sheets and are read by the sheets' own readers, then checked by
the rules of all data: no second copy of a rule is here.
"""

from dataclasses import dataclass, replace
from datetime import date

from marginal_risk.check.rules import check_records
from marginal_risk.contribute.coding.answers import Answers, Judged, find_unwritable, tidy
from marginal_risk.contribute.coding.findings import PLACES, Finding, finding_of, in_order, missing
from marginal_risk.contribute.coding.rows import join, read_rows, screened
from marginal_risk.contribute.coding.study import read_study
from marginal_risk.problems import Problem, did_you_mean
from marginal_risk.rows import CodingKey, Records, Reference

# Said in other words here, once for all steps.
_SAID_OTHERWISE = {"duplicate-coding", "duplicate-rationale", "empty-coding", "duplicate-screening"}
_SAID_OF_THE_ENTRY = {"duplicate-work", "same-title", "near-duplicate"}


@dataclass(frozen=True)
class Proposal:
    """What the answers would make of the data."""

    records: Records
    """All records with those of the answers; the old ones where the answers do not do."""
    findings: tuple[Finding, ...]
    """What is wrong or doubtful, in the order of the questions."""
    reference: Reference | None
    """The study, where it could be told."""
    is_new_study: bool
    """Whether its entry is new to the bibliography."""
    key: CodingKey
    new: Records | None
    """The records of the answers alone; None where they do not do."""

    @property
    def is_sound(self) -> bool:
        """Whether it may be written: no errors."""
        return self.new is not None


def propose(records: Records, answers: Answers, today: date) -> Proposal:
    """Return what the answers would add to sound ``records``, and what is wrong with them.

    Never raises for what the answers hold.
    """
    answers = tidy(answers)
    key = CodingKey(answers.study, answers.misuse_vector, answers.coder)
    steps = [step.slug for step in records.codebook.steps]
    findings = [Finding(*found) for found in find_unwritable(answers)]
    if findings:
        return Proposal(records, in_order(findings, steps), None, False, key, None)
    reference, findings = read_study(records, answers, today)
    if reference is None:
        return Proposal(records, in_order(findings, steps), None, False, key, None)
    key = key._replace(citekey=reference.study.citekey)
    is_new = bool(answers.bibtex.strip())
    judged = {
        slug: answers.steps[slug]
        for slug in steps
        if slug in answers.steps and answers.steps[slug].level
    }
    filled = {slug: _filled(answer, records) for slug, answer in judged.items()}
    new, problems = read_rows(records, replace(answers, steps=filled), key, today)
    if is_new:
        new = replace(new, references=(reference,), citekeys=frozenset([key.citekey]))
    together = join(records, new, key)
    problems += _newly_wrong(records, together, problems)
    findings += [finding_of(problem, list(judged)) for problem in problems]
    findings += _find_missing(records, answers, judged)
    findings += _find_unfit(records, answers, key, together)
    told = in_order(findings, steps)
    is_sound = not any(finding.is_error for finding in told)
    return Proposal(
        together if is_sound else records, told, reference, is_new, key, new if is_sound else None
    )


def _filled(judged: Judged, records: Records) -> Judged:
    """Return answers of which none is missing, so that the rules look at the others as well.

    What is missing is told apart, and then nothing of this is written.
    """
    confidence = judged.confidence or records.codebook.confidences[0].slug
    return replace(judged, locator=judged.locator or "?", confidence=confidence)


def _newly_wrong(records: Records, together: Records, problems: list[Problem]) -> list[Problem]:
    """Return the problems that the rules find with the answers, and not without."""
    broken = {problem.path for problem in problems if problem.rule == "missing-value"}
    lost = frozenset(sheet for sheet, path in PLACES.items() if path in broken)
    before = set(check_records(records))
    said = _SAID_OTHERWISE | _SAID_OF_THE_ENTRY
    found = check_records(replace(together, incomplete=lost))
    return [problem for problem in found if problem not in before and problem.rule not in said]


def _find_missing(records: Records, answers: Answers, judged: dict[str, Judged]) -> list[Finding]:
    """Return what must be answered, though a sheet may leave it empty."""
    found = []
    if not answers.coded_on:
        hint = "Write the day, as YYYY-MM-DD."
        found.append(missing("coded_on", "", "When was it coded?", hint))
    if not judged:
        hint = "Choose a level for at least one step."
        found.append(missing("level", "", "No step is coded.", hint))
    coders = {row.record.coder for row in records.coders}
    if answers.coder and answers.coder not in coders and not answers.coder_name:
        near = did_you_mean(answers.coder, coders, "Give the name that the pages show.")
        message = f"{answers.coder!r} is new in coders.csv, and has no name."
        found.append(missing("coder_name", "", message, near))
    for step, answer in judged.items():
        for field in ("locator", "confidence"):
            if not getattr(answer, field):
                found.append(missing(field, step))
        if not answer.rationale:
            hint = "Say in a sentence what the study does or leaves out."
            found.append(missing("rationale", step, "The reason is blank.", hint))
    return found


def _find_unfit(
    records: Records, answers: Answers, key: CodingKey, together: Records
) -> list[Finding]:
    """Return what no rule of the sheets forbids, and does not fit a new coding."""
    found = []
    coders = {row.record.coder: row.record for row in together.coders}
    kind = coders[key.coder].kind if key.coder in coders else "person"
    if kind not in ("person", "consensus"):
        message = f"{key.coder!r} is not a person, but of kind {kind!r}."
        found.append(Finding("coder", "", message, "Code under a name of your own."))
    for row in records.codings:
        if row.key == key:
            message = f"{key.coder!r} has coded this study for this misuse vector, at {row.place}."
            hint = "Change the rows there, or code under a name of your own."
            found.append(Finding("coder", "", message, hint))
    old = screened(records, key)
    if old and old.record.decision in ("excluded", "withdrawn"):
        message = f"The study is {old.record.decision}, at {old.place}."
        hint = "If it should be coded after all, change that row first."
        found.append(Finding("study", "", message, hint))
    slugs = {step.slug for step in records.codebook.steps}
    for step, judged in answers.steps.items():
        if step not in slugs:
            message = f"{step!r} is not a step of the codebook."
            found.append(Finding("level", step, message, did_you_mean(step, slugs)))
        elif not judged.level and (judged.rationale or judged.locator):
            message = "There is a reason here, but no level."
            hint = "Choose a level, or empty the reason: the step is then not coded."
            found.append(Finding("level", step, message, hint))
    return found + _find_ignored(records, answers, key)


def _find_ignored(records: Records, answers: Answers, key: CodingKey) -> list[Finding]:
    """Return the answers that change nothing, as the data has another one already."""
    stands = {}
    for row in records.coders:
        if row.record.coder == key.coder:
            coder = row.record
            stands = {
                "coder_name": coder.name,
                "coder_url": coder.url or "",
                "coder_kind": coder.kind,
                "settled_by": coder.settled_by or "",
            }
    old = screened(records, key)
    if old:
        stands["found_via"] = old.record.found_via
        if old.record.decision == "included":
            stands["study_type"] = old.record.study_type or ""
    found = []
    for field, value in stands.items():
        given = getattr(answers, field)
        if value and given not in ("", value):
            message = f"The data says {value!r} already, and that stays."
            hint = "Leave this empty, or change the data in a pull request of its own."
            found.append(Finding(field, "", message, hint, is_error=False))
    return found
