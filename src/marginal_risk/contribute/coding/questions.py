"""The questions to a coder, one for each answer, in the words of the codebook."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marginal_risk.check.corpus import today_here
from marginal_risk.contribute.coding.answer_rows import DEFAULT_FOUND_VIA, find_screening_row
from marginal_risk.contribute.coding.answers import Answers, StepAnswer
from marginal_risk.problems import did_you_mean
from marginal_risk.records import Step
from marginal_risk.rows import INDEPENDENT, CodingKey, Records

EMPTY = "none"
"""The reply that empties an answer that is not needed."""


@dataclass(frozen=True)
class Question:
    """A question, and the answer that it asks for."""

    field: str
    """A field of Answers, or of StepAnswer where ``step`` is given."""
    prompt: str
    step: str = ""
    before: tuple[str, ...] = ()
    """Lines that are shown before the prompt."""
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The words to choose from, each with its meaning; empty for free text."""
    default: str = ""
    """The answer that an empty reply gives."""
    is_needed: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the question: field and step."""
        return self.field, self.step

    @property
    def group(self) -> str:
        """Name of the questions that are checked together once all are answered."""
        return self.step or self.field

    def read(self, reply: str) -> tuple[str, str]:
        """Return the answer that a reply gives, and what is wrong with the reply ('' if nothing).

        A choice may be given as its word, its number, or letters with which no other word begins.
        """
        if reply == EMPTY and not self.is_needed:
            return "", ""
        if not reply:
            wrong = "This is needed." if self.is_needed and not self.default else ""
            return self.default, wrong
        return self._choose(reply) if self.choices else (reply, "")

    def _choose(self, reply: str) -> tuple[str, str]:
        words = list(self.choices)
        if reply.isdecimal() and 1 <= int(reply) <= len(words):
            return words[int(reply) - 1], ""
        starting = [word for word in words if word.startswith(reply.lower())]
        if reply.lower() in words or len(starting) == 1:
            return (reply.lower() if reply.lower() in words else starting[0]), ""
        if starting:
            return "", f"{reply!r} may be {' or '.join(starting)}."
        return "", f"{reply!r} is none of these. {did_you_mean(reply, words)}".strip()


def answer_of(answers: Answers, question: Question) -> str:
    """Return the answer that a question has so far; '' for none."""
    of = answers.steps.get(question.step, StepAnswer()) if question.step else answers
    found: str = getattr(of, question.field)
    return found


def with_answer(answers: Answers, question: Question, text: str) -> Answers:
    """Return the answers with ``text`` for a question; a step without a level is emptied."""
    if not question.step:
        changed: dict[str, Any] = {question.field: text}
        return replace(answers, **changed)
    judged = answers.steps.get(question.step, StepAnswer())
    judged = replace(judged, **{question.field: text})
    if question.field == "level" and not text:
        judged = StepAnswer()
    return replace(answers, steps={**answers.steps, question.step: judged})


def plan_questions(
    records: Records, answers: Answers, citekey: str, today: date
) -> Iterator[Question]:
    """Yield the questions about a study in order; earlier answers decide which are asked."""
    yield from _about_the_study(records, answers, citekey)
    yield from _about_the_coder(records, answers, citekey, today)
    steps = records.codebook.steps
    for number, step in enumerate(steps, start=1):
        heading = f"Step {number} of {len(steps)}: {step.name}"
        yield from _about_a_step(records, answers, step, heading)


def _about_the_study(records: Records, answers: Answers, citekey: str) -> Iterator[Question]:
    codebook = records.codebook
    found_for = [
        row.record.misuse_vector
        for row in records.screening
        if row.record.citekey == citekey and row.record.misuse_vector
    ]
    yield Question(
        "misuse_vector",
        "Misuse vector",
        choices={term.slug: term.definition for term in codebook.misuse_vectors},
        default=found_for[0] if len(found_for) == 1 else "",
    )
    row = find_screening_row(records, CodingKey(citekey, answers.misuse_vector, ""))
    existing = row.record if row else None
    if not existing or not existing.study_type or existing.decision == "candidate":
        yield Question(
            "study_type",
            "Type of study",
            choices={term.slug: term.definition for term in codebook.study_types},
            default=(existing.study_type or "") if existing else "",
            is_needed=False,
        )
    if not existing or not existing.found_via:
        yield Question("found_via", "How you found it", default=DEFAULT_FOUND_VIA)


def _about_the_coder(
    records: Records, answers: Answers, citekey: str, today: date
) -> Iterator[Question]:
    coders = {row.record.coder for row in records.coders if row.record.kind == "person"}
    known = f"So far there are: {', '.join(sorted(coders))}." if 0 < len(coders) <= 10 else ""
    words = "Your short name as a coder, the same each time: small letters, digits and _."
    yield Question("coder", "Coder", before=(f"{words} {known}".strip(),))
    if answers.coder and answers.coder not in {row.record.coder for row in records.coders}:
        yield Question("coder_name", "Your name, as the pages show it")
        page = "Address of a page about you, if there is one"
        yield Question("coder_url", page, is_needed=False)
        yield from _about_a_consensus(records, answers, citekey)
    day = min(today, today_here()).isoformat()
    yield Question("coded_on", "Day of the coding", default=day)
    what = "What a reader must know of this coding, such as the version that you read"
    yield Question("note", what, is_needed=False)


def _about_a_consensus(records: Records, answers: Answers, citekey: str) -> Iterator[Question]:
    """Ask about a consensus, where two or more have coded the study; else it is a person."""
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    others = [
        row.key.coder
        for row in records.codings
        if (row.key.citekey, row.key.misuse_vector) == (citekey, answers.misuse_vector)
        and kinds.get(row.key.coder) in INDEPENDENT
    ]
    if len(others) < 2 and not answers.coder_kind:
        return
    yield Question(
        "coder_kind",
        "Your own coding, or a consensus",
        before=(f"Coded already by {' and by '.join(others)}." if others else "",),
        choices={
            term.slug: term.definition
            for term in records.codebook.coder_kinds
            if term.slug in ("person", "consensus")
        },
        default="person",
    )
    if answers.coder_kind == "consensus":
        who = "Short name of the person who settled it; nothing if the coders did"
        yield Question("settled_by", who, is_needed=False)


def _about_a_step(
    records: Records, answers: Answers, step: Step, heading: str
) -> Iterator[Question]:
    codebook = records.codebook
    rules = {rule.level: rule.rule for rule in codebook.coding_rules if rule.step == step.slug}
    not_coded = "No answer: not coded. Nobody has judged it then, which is not the same as absent."
    yield Question(
        "level",
        "Level",
        step.slug,
        ("", heading, step.question, not_coded),
        {level.slug: rules.get(level.slug, level.definition) for level in codebook.levels},
        is_needed=False,
    )
    if not answers.steps.get(step.slug, StepAnswer()).level:
        return
    what = "Why: what the study does or leaves out, in a sentence"
    yield Question("rationale", what, step.slug)
    yield Question("locator", "Where in the study: pages or sections", step.slug)
    sure = {term.slug: term.definition for term in codebook.confidences}
    yield Question("confidence", "How sure you are", step.slug, choices=sure)
