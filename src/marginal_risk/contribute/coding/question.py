"""One question to a coder, and the answer that it has among the others."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marginal_risk.contribute.coding.answers import (
    AS,
    NOT_CODED,
    OWN,
    Answers,
    ComparisonAnswer,
    StepAnswer,
    number_of_part,
)
from marginal_risk.problems import did_you_mean

EMPTY = "none"
"""The reply that empties an answer that is not needed."""


@dataclass(frozen=True)
class Question:
    """A question, and the answer that it asks for."""

    field: str
    """A field of Answers; or of StepAnswer or ComparisonAnswer, where ``step`` is given."""
    prompt: str
    step: str = ""
    """The step, or the comparison (``comparison-1``), that it is about."""
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
    def name(self) -> str:
        """The same as one text, as a file of answers has it."""
        return f"{self.field} {self.step}".rstrip()

    @property
    def group(self) -> str:
        """Name of the questions that are checked together once all are answered."""
        return self.step or self.field

    def read(self, reply: str) -> tuple[str, str]:
        """Return the answer that a reply gives, and what is wrong with the reply ('' if nothing).

        A choice may be given as its word, its number, or letters with which no other word begins.
        """
        if reply == EMPTY and not self.is_needed and EMPTY not in self.choices:
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


def is_answered(answers: Answers, question: Question) -> bool:
    """Tell whether a question needs not be asked: it has an answer, or was left empty."""
    return bool(answer_of(answers, question)) or question.name in answers.left_empty


def answer_of(answers: Answers, question: Question) -> str:
    """Return the answer that a question has so far; '' for none."""
    number = number_of_part(question.step)
    of: Answers | StepAnswer | ComparisonAnswer = answers
    if number:
        of = (*answers.comparisons, ComparisonAnswer())[min(number - 1, len(answers.comparisons))]
    elif question.step:
        of = answers.steps.get(question.step, StepAnswer())
    found: str = getattr(of, question.field)
    return found


def with_answer(answers: Answers, question: Question, text: str) -> Answers:
    """Return the answers with ``text`` for a question.

    A step without a level, or with one that is taken over, is emptied; a comparison without a
    comparator, and those after it, are left out.
    """
    changed: dict[str, Any] = {question.field: text}
    empty = [name for name in answers.left_empty if name != question.name]
    answers = replace(answers, left_empty=(*empty, *([] if text else [question.name])))
    if number := number_of_part(question.step):
        rows = [*answers.comparisons, ComparisonAnswer()][: len(answers.comparisons) + 1]
        rows[number - 1] = replace(rows[number - 1], **changed)
        if not rows[number - 1].comparator:
            rows = rows[: number - 1]
        kept = (row for row in rows if row != ComparisonAnswer())
        return replace(answers, comparisons=tuple(kept))
    if not question.step:
        if question.field == "comparisons_as" and text != OWN:
            changed["comparisons"] = ()
        return replace(answers, **changed)
    judged = answers.steps.get(question.step, StepAnswer())
    judged = replace(judged, **changed)
    if question.field == "level" and (text in ("", NOT_CODED) or text.startswith(AS)):
        judged = StepAnswer(text)
    return replace(answers, steps={**answers.steps, question.step: judged})
