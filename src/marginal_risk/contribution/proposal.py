"""Answers -> what they would add to the data, and what is wrong with them.

The answers become rows of the sheets and are read by the sheets' own readers, then checked by
the rules of all data: no second copy of a rule is here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from marginal_risk.canonical import canonical_sheets
from marginal_risk.coding import read_coders, read_codings, read_rationales
from marginal_risk.contribution.answers import Answers, Judged, tidy
from marginal_risk.contribution.findings import Finding, Places, finding_of
from marginal_risk.contribution.study import read_study
from marginal_risk.problems import Place, Problem
from marginal_risk.readings import (
    CoderRow,
    CodingKey,
    CodingRow,
    RationaleRow,
    Records,
    Reference,
    ScreeningRow,
)
from marginal_risk.records import Coder, Coding, Screening
from marginal_risk.rules import check_records
from marginal_risk.screening import read_screening

DEFAULT_FOUND_VIA = "Offered by its coder"


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
        return self.new is not None and not any(f.is_error for f in self.findings)


def propose(records: Records, answers: Answers, today: date) -> Proposal:
    """Return what the answers would add to sound ``records``, and what is wrong with them.

    Never raises for what the answers hold.
    """
    answers = tidy(answers)
    findings: list[Finding] = []
    reference = read_study(records, answers, today, findings)
    key = CodingKey(
        reference.study.citekey if reference else answers.study,
        answers.misuse_vector,
        answers.coder,
    )
    is_new = bool(reference) and bool(answers.bibtex.strip())
    nothing = Proposal(records, tuple(findings), reference, is_new, key, None)
    if reference is None:
        return nothing
    new, problems = _read_rows(records, answers, key, reference if is_new else None, today)
    places = Places(tuple(_judged(records, answers)))
    if any(problem.rule == "missing-value" for problem in problems):
        found = [finding_of(problem, places) for problem in problems]
        return replace(nothing, findings=_in_order(records, [*findings, *found]))
    together = _join(records, new, key)
    before = set(check_records(records))
    problems += [problem for problem in check_records(together) if problem not in before]
    findings += [finding_of(problem, places) for problem in dict.fromkeys(problems)]
    findings += _missing_answers(records, answers, together)
    sound = replace(nothing, findings=_in_order(records, findings), records=together, new=new)
    return sound if sound.is_sound else replace(sound, records=records)


def _read_rows(
    records: Records, answers: Answers, key: CodingKey, new: Reference | None, today: date
) -> tuple[Records, list[Problem]]:
    """Return the records of the answers alone, read from sheets as a file would be."""
    steps = [step.slug for step in records.codebook.steps]
    judged = _judged(records, answers)
    codings = CodingRow(
        Coding.model_construct(**key._asdict(), coded_on=answers.coded_on, note=answers.note),
        {step: answer.level for step, answer in judged.items()},
        Place("", 1),
    )
    known_coders = {row.record.coder for row in records.coders}
    coder = Coder.model_construct(
        coder=key.coder, name=answers.coder_name, kind="person", url=answers.coder_url, note=None
    )
    given = Records(
        codebook=records.codebook,
        codings=(codings,),
        rationales=tuple(_reason(key, step, answer) for step, answer in judged.items()),
        coders=() if key.coder in known_coders else (CoderRow(coder, Place("", 1)),),
        screening=(ScreeningRow(_screening(records, answers, key), Place("", 1)),),
    )
    texts = dict(canonical_sheets(given))
    codings_read, problems = read_codings(texts["studies.csv"], Places.STUDIES, steps, today)
    reasons, found = read_rationales(texts["rationales.csv"], Places.RATIONALES)
    problems += found
    coders, found = read_coders(texts["coders.csv"], Places.CODERS)
    problems += found
    screening, found = read_screening(texts["screening.csv"], Places.SCREENING, today)
    problems += found
    return Records(
        codebook=records.codebook,
        references=(new,) if new else (),
        citekeys=frozenset([key.citekey] if new else []),
        codings=tuple(codings_read),
        rationales=tuple(reasons),
        coders=tuple(coders),
        screening=tuple(screening),
    ), problems


def _judged(records: Records, answers: Answers) -> dict[str, Judged]:
    """Return the answers that give a level, in the codebook's order."""
    given = ((step.slug, answers.steps.get(step.slug)) for step in records.codebook.steps)
    return {step: answer for step, answer in given if answer and answer.level}


def _reason(key: CodingKey, step: str, answer: Judged) -> RationaleRow:
    return RationaleRow(
        key, step, answer.confidence, answer.locator, None, answer.rationale, Place("", 1)
    )


def _screening(records: Records, answers: Answers, key: CodingKey) -> Screening:
    """Return the row that includes the study; what stands in a candidate's row is kept."""
    old = _screened(records, key)
    if old and old.decision in ("included", "withdrawn"):
        return old
    return Screening.model_construct(
        citekey=key.citekey,
        misuse_vector=key.misuse_vector,
        decision="included",
        reason=None,
        other_study=None,
        study_type=answers.study_type or (old.study_type if old else None),
        found_via=(old.found_via if old else "") or answers.found_via or DEFAULT_FOUND_VIA,
        decided_on=answers.coded_on,
        note=old.note if old else None,
    )


def _screened(records: Records, key: CodingKey) -> Screening | None:
    """Return the study's row for the vector, or the one that names no vector yet."""
    rows = {
        row.record.misuse_vector: row.record
        for row in records.screening
        if row.record.citekey == key.citekey
    }
    return rows.get(key.misuse_vector) or rows.get(None)


def _join(records: Records, new: Records, key: CodingKey) -> Records:
    """Return all records with the new ones, in the place of rows that these stand for."""
    replaced = (key.misuse_vector, None)
    kept = tuple(
        row
        for row in records.screening
        if row.record.citekey != key.citekey or row.record.misuse_vector not in replaced
    )
    references = sorted(
        (*records.references, *new.references), key=lambda reference: reference.study.citekey
    )
    return replace(
        records,
        references=tuple(references),
        citekeys=records.citekeys | new.citekeys,
        coders=(*records.coders, *new.coders),
        codings=(*records.codings, *new.codings),
        rationales=(*records.rationales, *new.rationales),
        screening=(*kept, *new.screening),
    )


def _missing_answers(records: Records, answers: Answers, together: Records) -> Iterator[Finding]:
    """Yield what no rule of the sheets demands, and a new coding needs."""
    if not answers.coded_on:
        yield Finding("coded_on", "", "When was it coded?", "Write the day, as YYYY-MM-DD.")
    kinds = {row.record.coder: row.record.kind for row in together.coders}
    kind = kinds.get(answers.coder)
    if kind not in (None, "person", "consensus"):
        message = f"{answers.coder!r} is not a person, but of kind {kind!r}."
        yield Finding("coder", "", message, "Code under a name of your own.")
    for step, judged in answers.steps.items():
        if not judged.level and (judged.rationale or judged.locator):
            message = "There is a reason here, but no level."
            hint = "Choose a level, or empty the reason: the step is then not coded."
            yield Finding("level", step, message, hint)
    unknown = set(answers.steps) - {step.slug for step in records.codebook.steps}
    for step in sorted(unknown):
        yield Finding("level", step, f"{step!r} is not a step of the codebook.", "Leave it out.")
    if not any(judged.level for judged in answers.steps.values()):
        yield Finding("level", "", "No step is coded.", "Choose a level for at least one step.")


def _in_order(records: Records, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings in the order of the questions, each once."""
    steps = ["", *(step.slug for step in records.codebook.steps)]
    return tuple(
        sorted(
            dict.fromkeys(findings),
            key=lambda f: (steps.index(f.step) if f.step in steps else len(steps), not f.is_error),
        )
    )
