"""Answers -> the records that they would add to the data, and what is wrong with them.

The answers become rows of the sheets. Those pass the checks of the sheets and then the rules of
all data, so no rule is written a second time here.
"""

from dataclasses import dataclass, replace
from datetime import date

from marginal_risk.check.rules import check_records
from marginal_risk.contribute.coding.answer_problems import (
    PATHS,
    AnswerProblem,
    finding_of,
    in_order,
    missing,
)
from marginal_risk.contribute.coding.answer_rows import (
    add_rows,
    find_screening_row,
    kind_of,
    read_answer_rows,
)
from marginal_risk.contribute.coding.answers import Answers, StepAnswer, find_unwritable, tidy
from marginal_risk.contribute.coding.coded_study import read_study
from marginal_risk.contribute.coding.starting_codings import (
    Sources,
    find_sources,
    find_unanswered,
    take_over,
)
from marginal_risk.problems import Problem, did_you_mean
from marginal_risk.rows import INDEPENDENT, CodingKey, Records, Reference

# This module reports these in words that fit a question; coded_study does for the entry.
_REPORTED_HERE = {"duplicate-coding", "duplicate-rationale", "empty-coding", "duplicate-screening"}
_REPORTED_FOR_THE_ENTRY = {"duplicate-work", "same-title", "near-duplicate"}


@dataclass(frozen=True)
class Proposal:
    """What the answers would add to the data."""

    records: Records
    """All records with those of the answers; without them where the answers have errors."""
    findings: tuple[AnswerProblem, ...]
    """Errors and warnings, in the order of the questions."""
    reference: Reference | None
    """The study; None where it is not known which one it is."""
    is_new_study: bool
    """Whether the answers bring its entry."""
    key: CodingKey
    new: Records | None
    """The records of the answers alone; None where the answers have errors."""

    @property
    def is_sound(self) -> bool:
        """Whether it may be written: the answers have no errors."""
        return self.new is not None


def propose(records: Records, answers: Answers, today: date) -> Proposal:
    """Return what the answers would add to sound ``records``, and what is wrong with them.

    Whatever the answers hold, nothing is raised.
    """
    answers = tidy(answers)
    key = CodingKey(answers.study, answers.misuse_vector, answers.coder)
    steps = [step.slug for step in records.codebook.steps]
    findings = [AnswerProblem(*found) for found in find_unwritable(answers)]
    if findings:
        return Proposal(records, in_order(findings, steps), None, False, key, None)
    reference, findings = read_study(records, answers, today)
    if reference is None:
        findings += _check_the_rest(records, answers, today)
        return Proposal(records, in_order(findings, steps), None, False, key, None)
    if not (answers.misuse_vector and answers.coder):  # no row is whole then
        findings += _check_the_rest(records, answers, today)
    key = key._replace(citekey=reference.study.citekey)
    is_new = bool(answers.bibtex.strip())
    sources = find_sources(records, answers, key.citekey)
    findings += find_unanswered(answers, sources, steps)
    answers, unknown = take_over(answers, sources)
    findings += unknown
    judged = {
        slug: answers.steps[slug]
        for slug in steps
        if slug in answers.steps and answers.steps[slug].level
    }
    filled = {slug: _with_placeholders(answer, records) for slug, answer in judged.items()}
    new, problems = read_answer_rows(records, replace(answers, steps=filled), key, today)
    if is_new:
        new = replace(new, references=(reference,), citekeys=frozenset([key.citekey]))
    together = add_rows(records, new, key)
    problems += _find_broken_rules(records, together, problems)
    findings += [finding_of(problem, list(judged)) for problem in problems]
    findings += _find_missing(records, answers, judged)
    findings += _find_unfit(records, answers, key, together)
    ordered = in_order(findings, steps)
    is_sound = not any(finding.is_error for finding in ordered)
    return Proposal(
        together if is_sound else records,
        ordered,
        reference,
        is_new,
        key,
        new if is_sound else None,
    )


def _check_the_rest(records: Records, answers: Answers, today: date) -> list[AnswerProblem]:
    """Return what is wrong with the answers on their own, where study, vector or coder is missing.

    So whoever forgot one thing is told all the others in the same run.
    """
    _, unknown = take_over(answers, Sources((), is_check=False))
    told = _find_unknown_steps(records, answers) + unknown
    told += [missing(name) for name in ("misuse_vector", "coder") if not getattr(answers, name)]
    judged = {slug: judged for slug, judged in answers.steps.items() if judged.level}
    known = [step.slug for step in records.codebook.steps if step.slug in judged]
    filled = {slug: _with_placeholders(judged[slug], records) for slug in known}
    vector = answers.misuse_vector or records.codebook.misuse_vectors[0].slug
    alone = replace(answers, steps=filled, misuse_vector=vector, coder=answers.coder or _SOMEBODY)
    key = CodingKey(_SOME_STUDY, vector, alone.coder)
    new, problems = read_answer_rows(records, alone, key, today)
    together = add_rows(replace(records, citekeys=records.citekeys | {_SOME_STUDY}), new, key)
    problems += _find_broken_rules(records, together, problems)
    of_answers = [
        finding_of(problem, known)
        for problem in problems
        if problem.path in PATHS.values() and _names_nothing_made_up(problem)
    ]
    return told + of_answers + _find_missing(records, answers, judged)


_SOME_STUDY, _SOMEBODY = "the study", "the coder"
"""What stands for an answer that is missing while the others are checked; no key has a space."""


def _names_nothing_made_up(problem: Problem) -> bool:
    said = f"{problem.message} {problem.hint}"
    if repr(_SOME_STUDY) in said or repr(_SOMEBODY) in said:
        return False
    return (problem.path, problem.field) != (PATHS["coders.csv"], "name")


def is_second_coding(records: Records, proposal: Proposal) -> bool:
    """Tell whether somebody else has judged the study for the vector, on their own.

    What they said is not to be seen before the second coding is written: it would lean on theirs.
    """
    kinds = {row.record.coder: row.record.kind for row in proposal.records.coders}
    if kinds.get(proposal.key.coder) == "consensus":
        return False
    others = (row.key for row in records.codings if row.key.coder != proposal.key.coder)
    return any(
        key[:2] == proposal.key[:2] and kinds.get(key.coder) in INDEPENDENT for key in others
    )


def _with_placeholders(answer: StepAnswer, records: Records) -> StepAnswer:
    """Return the answers about a step with something in place of each missing one.

    A row with an empty cell would not be checked further. ``_find_missing`` reports what is
    missing, and then nothing is written.
    """
    confidence = answer.confidence or records.codebook.confidences[0].slug
    return replace(answer, locator=answer.locator or "all", confidence=confidence)


def _find_broken_rules(
    records: Records, together: Records, problems: list[Problem]
) -> list[Problem]:
    """Return the problems that the rules find with the new rows, and not without them."""
    broken = {problem.path for problem in problems if problem.rule == "missing-value"}
    lost = frozenset(sheet for sheet, path in PATHS.items() if path in broken)
    before = set(check_records(records))
    reported = _REPORTED_HERE | _REPORTED_FOR_THE_ENTRY
    found = check_records(replace(together, incomplete=lost))
    return [problem for problem in found if problem not in before and problem.rule not in reported]


def _find_missing(
    records: Records, answers: Answers, judged: dict[str, StepAnswer]
) -> list[AnswerProblem]:
    """Return the answers that are missing, including those that a sheet may leave empty."""
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
    is_machine = answers.coder_kind == "machine"
    if is_machine and answers.coder not in coders and not answers.coder_note:
        hint = "Say what it is, its task, the protocol, how it was validated and who checked it."
        found.append(missing("coder_note", "", "Nothing is said of this machine.", hint))
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
) -> list[AnswerProblem]:
    """Return what no rule of the data forbids, but a new coding may not do."""
    found = []
    kind = kind_of(together, answers)
    # A machine is taken only where the answers say that it is one: nobody codes under its name.
    if kind not in ("person", "consensus") and (kind, answers.coder_kind) != ("machine",) * 2:
        message = f"{key.coder!r} is not a person, but of kind {kind!r}."
        found.append(AnswerProblem("coder", "", message, "Code under a name of your own."))
    for row in records.codings:
        if row.key == key:
            message = f"{key.coder!r} has coded this study for this misuse vector, at {row.place}."
            hint = "Change the rows there, or code under a name of your own."
            found.append(AnswerProblem("coder", "", message, hint))
    old = find_screening_row(records, key)
    if old and old.record.decision in ("excluded", "withdrawn"):
        message = f"The study is {old.record.decision}, at {old.place}."
        hint = "If it should be coded after all, change that row first."
        found.append(AnswerProblem("study", "", message, hint))
    found += _find_unknown_steps(records, answers)
    return found + _find_ignored(records, answers, key)


def _find_unknown_steps(records: Records, answers: Answers) -> list[AnswerProblem]:
    """Return the steps that the codebook does not have, and those with a reason for no level."""
    found = []
    slugs = {step.slug for step in records.codebook.steps}
    for step, judged in answers.steps.items():
        if step not in slugs:
            message = f"{step!r} is not a step of the codebook."
            found.append(AnswerProblem("level", step, message, did_you_mean(step, slugs)))
        elif not judged.level and (judged.rationale or judged.locator):
            message = "There is a reason here, but no level."
            hint = "Choose a level, or empty the reason: the step is then not coded."
            found.append(AnswerProblem("level", step, message, hint))
    return found


def _find_ignored(records: Records, answers: Answers, key: CodingKey) -> list[AnswerProblem]:
    """Return the answers that change nothing: the data has another value, which stays."""
    existing = {}
    for row in records.coders:
        if row.record.coder == key.coder:
            coder = row.record
            existing = {
                "coder_name": coder.name,
                "coder_url": coder.url or "",
                "coder_kind": coder.kind,
                "coder_note": coder.note or "",
                "settled_by": coder.settled_by or "",
            }
    old = find_screening_row(records, key)
    if old:
        existing["found_via"] = old.record.found_via
        existing["study_type"] = old.record.study_type or ""
    found = []
    for field, value in existing.items():
        given = getattr(answers, field)
        if value and given not in ("", value):
            message = f"The data says {value!r} already, and that stays."
            hint = "Leave this empty, or change the data in a pull request of its own."
            found.append(AnswerProblem(field, "", message, hint, is_error=False))
    return found
