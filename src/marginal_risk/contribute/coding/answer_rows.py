"""Answers as rows of the sheets: checked as such, and put among the other rows."""

from dataclasses import asdict, replace
from datetime import date

from marginal_risk.contribute.canonical import screening_cells
from marginal_risk.contribute.coding.answer_problems import PATHS
from marginal_risk.contribute.coding.answers import Answers, ComparisonAnswer
from marginal_risk.problems import Problem
from marginal_risk.read.coding_sheets import (
    read_coders,
    read_codings,
    read_comparisons,
    read_rationales,
    read_screening,
)
from marginal_risk.records import NOT_MEASURED, NOTHING_COMPARED
from marginal_risk.rows import (
    CodingKey,
    Records,
    ScreeningRow,
    ScreeningValues,
)

DEFAULT_FOUND_VIA = "Offered by its coder"


def read_answer_rows(
    records: Records, answers: Answers, key: CodingKey, today: date
) -> tuple[Records, list[Problem]]:
    """Return the rows that the answers make, and what is wrong with them.

    Every step of the answers must have a level and be one of the codebook.
    """
    steps = [step.slug for step in records.codebook.steps if step.slug in answers.steps]
    levels = {step: answers.steps[step].level for step in steps}
    coding = {
        **{**key._asdict(), **levels, "coded_on": answers.coded_on, "note": answers.note},
        "codebook": str(records.codebook.versions[-1].version),
        "version_read": answers.version_read,
        "read": answers.read,
        "started_from": answers.started_from,
    }
    reasons = [
        {
            **key._asdict(),
            "step": step,
            "confidence": answers.steps[step].confidence,
            "locator": answers.steps[step].locator,
            "rationale": answers.steps[step].rationale,
        }
        for step in steps
    ]
    all_steps = [step.slug for step in records.codebook.steps]
    codings, problems = read_codings([coding], PATHS["studies.csv"], all_steps, today)
    rationales, found = read_rationales(reasons, PATHS["rationales.csv"])
    problems += found
    coders, found = read_coders(_new_coders(records, answers), PATHS["coders.csv"])
    problems += found
    compared = [
        {**key._asdict(), **asdict(row), "finding": row.finding or _finding_of(row)}
        for row in answers.comparisons
    ]
    comparisons, found = read_comparisons(compared, PATHS["comparisons.csv"])
    problems += found
    screened = _screening_rows(records, answers, key)
    screening, found = read_screening(screened, PATHS["screening.csv"], today)
    problems += found
    return Records(
        codebook=records.codebook,
        codings=tuple(codings),
        rationales=tuple(rationales),
        comparisons=tuple(comparisons),
        coders=tuple(coders),
        screening=tuple(screening),
    ), problems


def add_rows(records: Records, new: Records, key: CodingKey) -> Records:
    """Return all records with the new ones; a new screening row replaces the one it updates."""
    replaced = (key.misuse_vector, None) if new.screening else ()
    kept = tuple(
        row
        for row in records.screening
        if row.record.citekey != key.citekey or row.record.misuse_vector not in replaced
    )
    references = (*records.references, *new.references)
    return replace(
        records,
        references=tuple(sorted(references, key=lambda reference: reference.study.citekey)),
        citekeys=records.citekeys | new.citekeys,
        coders=(*records.coders, *new.coders),
        codings=(*records.codings, *new.codings),
        rationales=(*records.rationales, *new.rationales),
        comparisons=(*records.comparisons, *new.comparisons),
        screening=(*kept, *new.screening),
    )


def find_screening_row(records: Records, key: CodingKey) -> ScreeningRow | None:
    """Return the study's screening row for the vector, or else its row without a vector."""
    rows = {
        row.record.misuse_vector: row
        for row in records.screening
        if row.record.citekey == key.citekey
    }
    return rows.get(key.misuse_vector) or rows.get(None)


def kind_of(records: Records, answers: Answers) -> str:
    """Return the kind of the coder: as coders.csv says, or else as a new coder says."""
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    return kinds.get(answers.coder) or answers.coder_kind or "person"


def _finding_of(row: ComparisonAnswer) -> str:
    """Return the only finding that a comparison with nothing can have; '' for another one."""
    return NOT_MEASURED if row.comparator == NOTHING_COMPARED else ""


def _new_coders(records: Records, answers: Answers) -> list[dict[str, str]]:
    """Return the row of the coder, if coders.csv does not have it yet."""
    if answers.coder in {"", *(row.record.coder for row in records.coders)}:
        return []
    return [
        {
            "coder": answers.coder,
            "name": answers.coder_name,
            "kind": answers.coder_kind or "person",
            "settled_by": answers.settled_by,
            "url": answers.coder_url,
            "note": answers.coder_note,
        }
    ]


def _screening_rows(records: Records, answers: Answers, key: CodingKey) -> list[dict[str, str]]:
    """Return the row that the study needs in screening.csv; none where it has one.

    That somebody coded a candidate includes it: its row need not say so, and two who code it do
    not edit one line.
    """
    row = find_screening_row(records, key)
    old = row.record if row else None
    if old and old.misuse_vector == key.misuse_vector:
        is_told = bool(answers.study_type) and not old.study_type
        new = old._replace(study_type=answers.study_type) if is_told else None
    elif old and old.decision != "candidate":
        new = None
    else:
        new = ScreeningValues(
            citekey=key.citekey,
            misuse_vector=key.misuse_vector,
            decision="candidate",
            reason=None,
            other_study=None,
            study_type=(old.study_type if old else None) or answers.study_type,
            found_via=(old.found_via if old else "") or answers.found_via or DEFAULT_FOUND_VIA,
            possible_duplicate_of=old.possible_duplicate_of if old else None,
            decided_on=None,
            note=old.note if old else None,
        )
    return [screening_cells(new)] if new else []
