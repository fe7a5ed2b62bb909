"""The decisions of screeners: each is on something found, by a person, once, and says why."""

from collections.abc import Iterator

from marginal_risk.check.repeats import repeated
from marginal_risk.check.standing import group_decisions, is_conflict
from marginal_risk.check.words import unknown_word
from marginal_risk.problems import Problem, did_you_mean
from marginal_risk.records import STAGES
from marginal_risk.rows import DecisionRow, Records
from marginal_risk.screening_records import VERDICTS


def find_unknown_words(records: Records) -> Iterator[Problem]:
    """Find stages and decisions that the program does not know, and unknown reasons."""
    rule = "unknown-screening-word"
    reasons = [term.slug for term in records.codebook.exclusion_reasons]
    for row in records.decisions:
        for field, words in (("stage", STAGES), ("decision", VERDICTS)):
            word = getattr(row.record, field)
            if word not in words:
                message = f"{word!r} is no {field} of a screener."
                yield row.place.problem(field, rule, message, did_you_mean(word, words))
        if row.record.reason and row.record.reason not in reasons:
            yield unknown_word(row.place, "reason", row.record.reason, rule, reasons)


def find_incomplete(records: Records) -> Iterator[Problem]:
    """Find decisions that do not say why, or say it where nothing is left out."""
    names_study = {term.slug: term.names_study for term in records.codebook.exclusion_reasons}
    for row in records.decisions:
        made = row.record
        message = hint = ""
        if made.decision == "exclude" and not made.reason:
            message = f"{made.citekey!r} is to be excluded, without a reason."
            hint = "Give one of the codebook's exclusion_reasons."
        elif made.decision in ("include", "unsure") and made.reason:
            message = f"The decision is {made.decision!r}, but it has a reason to leave out."
            hint = "Delete the reason, or exclude the study."
        elif names_study.get(made.reason or "") and not made.other_study:
            message = f"{made.reason!r} must name a study."
            hint = f"Write '{made.reason}' and a citekey, with a space between."
        elif names_study.get(made.reason or "") is False and made.other_study:
            message = f"{made.reason!r} names no other study, so {made.other_study!r} says nothing."
            hint = "Move it to the note."
        if message:
            yield row.place.problem("reason", "incomplete-decision", message, hint)


def find_repeated(records: Records) -> Iterator[Problem]:
    """Find decisions that one screener made twice, and conflicts that are settled twice."""
    rule = "duplicate-decision"
    rows = ((_key(row, row.record.screener), row.place) for row in records.decisions)
    what = "This screener has decided on it at this stage already"
    yield from repeated(rule, "screener", what, rows)
    rows = ((_key(row, ""), row.place) for row in records.decisions if row.record.settles)
    yield from repeated(rule, "settles", "It is settled already", rows)


def _key(row: DecisionRow, whose: str) -> tuple[str | None, ...]:
    return (row.record.citekey, row.record.misuse_vector, row.record.stage, whose)


def find_bad(records: Records) -> Iterator[Problem]:
    """Find decisions on what was not found, and decisions of somebody who is no person."""
    units = {(row.record.citekey, row.record.misuse_vector) for row in records.screening}
    studies = {citekey for citekey, _ in units}
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    vectors = {term.slug for term in records.codebook.misuse_vectors}
    for row in records.decisions:
        made = row.record
        is_known = made.citekey in records.citekeys and (made.misuse_vector or None) in {
            None,
            *vectors,
        }
        was_found = (made.citekey, made.misuse_vector) in units or (
            made.misuse_vector is None and made.citekey in studies
        )
        if is_known and not was_found and "screening.csv" not in records.incomplete:
            where = f"for {made.misuse_vector!r}" if made.misuse_vector else "at all"
            message = f"{made.citekey!r} was not found {where}: screening.csv has no such row."
            hint = "Add a row there, as a candidate, or delete this decision."
            yield row.place.problem("citekey", "bad-decision", message, hint)
        if kinds.get(made.screener, "person") != "person":
            message = f"{made.screener!r} is no person: a {kinds[made.screener]} cannot screen."
            hint = "Two people decide; what a machine thinks belongs in no decision."
            yield row.place.problem("screener", "bad-decision", message, hint)


def find_settled_without_conflict(records: Records) -> Iterator[Problem]:
    """Find decisions that settle what nobody disputes."""
    grouped = group_decisions(records)
    for row in records.decisions:
        made = row.record
        if not made.settles or (made.citekey, made.misuse_vector) not in grouped:
            continue
        others = [
            one
            for one in grouped[made.citekey, made.misuse_vector]
            if one.stage == made.stage and not one.settles
        ]
        if not is_conflict(others, made.stage):
            message = "This settles a conflict, and there is none: the others do not differ."
            hint = "Delete the row, or the word in 'settles'."
            yield row.place.problem("settles", "settled-without-conflict", message, hint)
