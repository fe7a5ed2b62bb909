"""A coder is asked for a coding question by question, and told at once what is wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from marginal_risk.contribute.coding.answers import Answers
from marginal_risk.contribute.coding.question import (
    EMPTY,
    Question,
    answer_of,
    is_answered,
    with_answer,
)

# What reads and checks is imported where it is used: the first question waits for none of it.
if TYPE_CHECKING:
    from marginal_risk.contribute.coding.answer_problems import AnswerProblem
    from marginal_risk.rows import Records, Reference

HELP = "At any question: ? says this, back goes to the question before, quit keeps your answers."
QuestionKey = tuple[str, str]
"""Field and step of a question: see ``Question.key``."""
_STUDY = Question(
    "study",
    "Study",
    before=(
        "Paste the BibTeX entry of a new study, and an empty line after it;",
        "or give the name of a .bib file with it, or the key of a study in the bibliography.",
    ),
)
_YES = ("y", "yes")
_ABOUT_THE_STUDY = {("study", ""), ("bibtex", "")}


class Conversation(Protocol):
    """The means by which a coder is spoken to, such as a terminal."""

    def say(self, text: str) -> None:
        """Show a line, or several."""

    def ask(self, prompt: str) -> str:
        """Return the line that the coder replies.

        Raises:
            InterviewEnded: the coder has left.
        """


class InterviewEnded(Exception):  # noqa: N818  (leaving is no error)
    """The coder leaves before the last question."""


class _PreviousQuestion(Exception):  # noqa: N818  (going back is no error)
    """The coder asks for the previous question."""


class Interview:
    """Asks questions until the answers make a sound coding.

    ``read_records`` is called when the first answer is there: the first question needs none.
    ``save`` is called with all answers after each new one, so that none is lost.
    """

    def __init__(
        self,
        conversation: Conversation,
        read_records: Callable[[], "Records"],
        today: date,
        save: Callable[[Answers], None],
    ) -> None:
        self.conversation = conversation
        self.read_records = read_records
        self.today = today
        self.save = save

    @cached_property
    def records(self) -> "Records":
        """The records that the coding is added to."""
        return self.read_records()

    def run(self, answers: Answers) -> Answers:
        """Ask for what is missing or wrong in ``answers``; return answers that may be written.

        ``back`` leads to every answer that is given already, also to those of an earlier day.

        Raises:
            InterviewEnded: the coder leaves, or a fault remains that no question can mend.
        """
        self.conversation.say(HELP)
        answers, reference = self._settle_study(self._without_unknown_steps(answers))
        from marginal_risk.contribute.coding.questions import plan_questions

        given = plan_questions(self.records, answers, reference.study.citekey, self.today)
        answered = {question.key for question in given if is_answered(answers, question)}
        refused: set[QuestionKey] = set()
        while True:
            citekey = reference.study.citekey
            plan = list(plan_questions(self.records, answers, citekey, self.today))
            question = next((q for q in plan if q.key not in answered), None)
            before = plan[: plan.index(question)] if question else plan
            previous = before[-1] if before else None
            again: set[QuestionKey] = set()
            if question is None:
                again = self._report_errors(answers)
                if not again:
                    return answers
            elif previous and question.group != previous.group:
                again = self._report_errors(answers, answered | _ABOUT_THE_STUDY)
            if again & _ABOUT_THE_STUDY:
                answers, reference = self._settle_study(replace(answers, study="", bibtex=""))
            if again:
                if ("level", "") in again:  # it is about all steps
                    again |= {q.key for q in plan if q.step}
                if not again & ({q.key for q in plan} | _ABOUT_THE_STUDY):
                    raise InterviewEnded  # no question can mend it
                answered -= again
                refused |= again
                continue
            assert question is not None  # noqa: S101  (else the answers were returned above)
            try:
                default = "" if question.key in refused else answer_of(answers, question)
                text = self._ask(question, default)
            except _PreviousQuestion:
                if previous:
                    answered.discard(previous.key)
                else:
                    self.conversation.say("This is the first question.")
                continue
            answers = with_answer(answers, question, text)
            self.save(answers)
            answered.add(question.key)
            refused.discard(question.key)

    def _without_unknown_steps(self, answers: Answers) -> Answers:
        if not answers.steps:
            return answers
        known = {step.slug for step in self.records.codebook.steps}
        for slug in sorted(set(answers.steps) - known):
            message = f"{slug!r} is not a step of the codebook: its answers are left out."
            self.conversation.say(message)
        kept = {slug: answer for slug, answer in answers.steps.items() if slug in known}
        return replace(answers, steps=kept)

    def _settle_study(self, answers: Answers) -> tuple[Answers, "Reference"]:
        """Ask for the study until it is one that can be coded; show how it was read."""
        while True:
            if answers.bibtex.strip() or answers.study:
                from marginal_risk.contribute.coding.coded_study import read_study

                records = self._records_or_save(answers)
                reference, findings = read_study(records, answers, self.today)
                self._report(findings)
                known_as = next((f.known_as for f in findings if f.known_as), "")
                if known_as and self._confirm(f"Code {known_as!r} instead?"):
                    answers = replace(answers, bibtex="", study=known_as)
                    continue
                if reference:
                    self.save(answers)
                    study = reference.study
                    self.conversation.say(f"Read as {study.citekey!r}: {study.reference}")
                    return answers, reference
            answers = replace(answers, bibtex="", study="")
            try:
                reply = self._ask(_STUDY, "")
            except _PreviousQuestion:
                continue
            answers = self._read_study_reply(answers, reply)

    def _records_or_save(self, answers: Answers) -> "Records":
        """Return the records; whatever ends the wait for them, the answers are saved."""
        try:
            return self.records
        except BaseException:
            self.save(answers)
            raise

    def _read_study_reply(self, answers: Answers, reply: str) -> Answers:
        if "@" in reply:
            return replace(answers, bibtex=self._read_pasted_entry(reply))
        path = Path(reply)
        if reply.endswith(".bib") or path.is_file():
            from marginal_risk.contribute.coding.coded_study import read_entry_file

            try:
                return replace(answers, bibtex=read_entry_file(path))
            except ValueError as error:
                self.conversation.say(str(error))
                return answers
        return replace(answers, study=reply)

    def _read_pasted_entry(self, first: str) -> str:
        """Return the entry that begins with the line ``first``.

        It ends with an empty line once its braces are closed, or with two empty lines.
        """
        lines = [first]
        while True:
            line = self.conversation.ask("")
            text = "\n".join(lines)
            is_closed = text.count("{") <= text.count("}")
            if not line.strip() and (is_closed or not lines[-1].strip()):
                return text.rstrip() + "\n"
            lines.append(line)

    def _confirm(self, prompt: str) -> bool:
        try:
            return self._read_reply(f"{prompt} [y/n]").lower() in _YES
        except _PreviousQuestion:
            return False

    def _ask(self, question: Question, default: str) -> str:
        """Ask a question until the reply is an answer to it; return that."""
        question = replace(question, default=default or question.default)
        for line in question.before:
            self.conversation.say(line)
        for number, (word, meaning) in enumerate(question.choices.items(), start=1):
            self.conversation.say(f"  {number}  {word}: {meaning}")
        hint = f" [{question.default}]" if question.default else ""
        if not question.is_needed and hint:
            hint += f" ({EMPTY} empties it)"
        while True:
            text, wrong = question.read(self._read_reply(f"{question.prompt}{hint}"))
            if not wrong:
                return text
            self.conversation.say(wrong)

    def _read_reply(self, prompt: str) -> str:
        """Return the next reply that is none of the commands ?, back and quit; obey those."""
        while True:
            reply = self.conversation.ask(prompt).strip()
            if reply == "?":
                self.conversation.say(HELP)
            elif reply == "quit":
                raise InterviewEnded
            elif reply == "back":
                raise _PreviousQuestion
            else:
                return reply

    def _report_errors(
        self, answers: Answers, asked: set[QuestionKey] | None = None
    ) -> set[QuestionKey]:
        """Report the errors of the answers; return the questions that must be asked again.

        While questions are left, ``asked`` are those that were asked: only errors of theirs
        count, and nothing counts as missing yet.
        """
        from marginal_risk.contribute.coding.proposal import propose

        errors = [f for f in propose(self.records, answers, self.today).findings if f.is_error]
        if asked is not None:
            errors = [f for f in errors if not f.is_missing and (f.field, f.step) in asked]
        self._report(errors)
        return {(finding.field, finding.step) for finding in errors}

    def _report(self, findings: list["AnswerProblem"]) -> None:
        for finding in findings:
            kind = "To fix" if finding.is_error else "Please check"
            self.conversation.say(f"{kind}: {finding}")
