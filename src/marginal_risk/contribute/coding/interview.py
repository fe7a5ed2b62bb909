"""A coder is asked for a coding, and told at once what does not do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Protocol

from marginal_risk.contribute.coding.answers import Answers
from marginal_risk.contribute.coding.findings import Finding
from marginal_risk.contribute.coding.proposal import propose
from marginal_risk.contribute.coding.questions import (
    EMPTY,
    Question,
    answer_of,
    plan_questions,
    with_answer,
)
from marginal_risk.contribute.coding.study import read_entry_file, read_study
from marginal_risk.rows import Records, Reference

HELP = "At any question: ? says this, back goes to the question before, quit keeps your answers."
_STUDY = Question(
    "study",
    "Study",
    before=(
        "Paste the BibTeX entry of a new study, and an empty line after it;",
        "or give the name of a .bib file with it, or the key of a study in the bibliography.",
    ),
)
_YES = ("y", "yes")
_OF_THE_STUDY = {("study", ""), ("bibtex", "")}


class Talk(Protocol):
    """Whoever the coder talks to: a terminal, say."""

    def say(self, text: str) -> None:
        """Show a line, or lines."""

    def ask(self, prompt: str) -> str:
        """Return one line that is answered.

        Raises:
            Left: the coder has gone away.
        """


class Left(Exception):  # noqa: N818  (nobody has done anything wrong)
    """The coder leaves before the end."""


class _Back(Exception):  # noqa: N818
    """The coder wants the question before."""


class Interview:
    """Questions and answers, until the answers do.

    ``keep`` is called with the answers after each one, so that nothing is lost.
    """

    def __init__(
        self, talk: Talk, records: Records, today: date, keep: Callable[[Answers], None]
    ) -> None:
        self.talk = talk
        self.records = records
        self.today = today
        self.keep = keep

    def hold(self, answers: Answers) -> Answers:
        """Ask for what is not answered, or not well; return answers that may be written.

        Raises:
            Left: the coder leaves before the end.
        """
        self.talk.say(HELP)
        answers, reference = self._settle_study(self._without_unknown_steps(answers))
        given = plan_questions(self.records, answers, reference.study.citekey, self.today)
        done = {question.key for question in given if answer_of(answers, question)}
        trail: list[tuple[str, str]] = []
        refused: set[tuple[str, str]] = set()
        while True:
            citekey = reference.study.citekey
            plan = list(plan_questions(self.records, answers, citekey, self.today))
            question = next((q for q in plan if q.key not in done), None)
            previous = next((q for q in plan if trail and q.key == trail[-1]), None)
            again: set[tuple[str, str]] = set()
            if question is None:
                again = self._tell_missing(answers)
                if not again:
                    return answers
            elif previous and question.group != previous.group:
                again = self._tell_wrong(answers, done)
            if again & _OF_THE_STUDY:
                answers, reference = self._settle_study(replace(answers, study="", bibtex=""))
            if again:
                if ("level", "") in again:  # it is about all steps
                    again |= {q.key for q in plan if q.step}
                if not again & ({q.key for q in plan} | _OF_THE_STUDY):
                    raise Left  # nothing that is asked here can mend it
                done -= again
                refused |= again
                trail.clear()
                continue
            assert question is not None  # noqa: S101  (else there was an answer, or a question)
            try:
                stands = "" if question.key in refused else answer_of(answers, question)
                text = self._put(question, stands)
            except _Back:
                if trail:
                    done.discard(trail.pop())
                else:
                    self.talk.say("This is the first question.")
                continue
            answers = with_answer(answers, question, text)
            self.keep(answers)
            done.add(question.key)
            refused.discard(question.key)
            trail.append(question.key)

    def _without_unknown_steps(self, answers: Answers) -> Answers:
        known = {step.slug for step in self.records.codebook.steps}
        for slug in sorted(set(answers.steps) - known):
            self.talk.say(f"{slug!r} is not a step of the codebook: its answers are left out.")
        kept = {slug: judged for slug, judged in answers.steps.items() if slug in known}
        return replace(answers, steps=kept)

    def _settle_study(self, answers: Answers) -> tuple[Answers, Reference]:
        """Ask for the study until it is one that can be coded, and say what was read."""
        while True:
            if answers.bibtex.strip() or answers.study:
                reference, findings = read_study(self.records, answers, self.today)
                self._tell(findings)
                stands = next((f.stands_as for f in findings if f.stands_as), "")
                if stands and self._agrees(f"Code {stands!r} instead?"):
                    answers = replace(answers, bibtex="", study=stands)
                    continue
                if reference:
                    self.keep(answers)
                    self._show(reference)
                    return answers, reference
            answers = replace(answers, bibtex="", study="")
            try:
                reply = self._put(_STUDY, "")
            except _Back:
                continue
            answers = self._read_study_reply(answers, reply)

    def _read_study_reply(self, answers: Answers, reply: str) -> Answers:
        if "@" in reply:
            return replace(answers, bibtex=self._read_on(reply))
        path = Path(reply)
        if reply.endswith(".bib") or path.is_file():
            try:
                return replace(answers, bibtex=read_entry_file(path))
            except ValueError as error:
                self.talk.say(str(error))
                return answers
        return replace(answers, study=reply)

    def _read_on(self, first: str) -> str:
        """Return the entry that begins with a line: up to an empty one after its end."""
        lines = [first]
        while True:
            line = self.talk.ask("")
            text = "\n".join(lines)
            is_whole = text.count("{") <= text.count("}")
            if not line.strip() and (is_whole or not lines[-1].strip()):
                return text.rstrip() + "\n"
            lines.append(line)

    def _agrees(self, prompt: str) -> bool:
        try:
            return self._command(f"{prompt} [y/n]").lower() in _YES
        except _Back:
            return False

    def _put(self, question: Question, stands: str) -> str:
        """Ask a question until it has an answer of the right kind; return that."""
        question = replace(question, default=stands or question.default)
        for line in question.before:
            self.talk.say(line)
        for number, (word, meaning) in enumerate(question.choices.items(), start=1):
            self.talk.say(f"  {number}  {word}: {meaning}")
        default = f" [{question.default}]" if question.default else ""
        if not question.is_needed and default:
            default += f" ({EMPTY} empties it)"
        while True:
            text, wrong = question.read(self._command(f"{question.prompt}{default}"))
            if not wrong:
                return text
            self.talk.say(wrong)

    def _command(self, prompt: str) -> str:
        """Return a reply that is no command."""
        while True:
            reply = self.talk.ask(prompt).strip()
            if reply == "?":
                self.talk.say(HELP)
            elif reply == "quit":
                raise Left
            elif reply == "back":
                raise _Back
            else:
                return reply

    def _tell_wrong(self, answers: Answers, done: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Say what is wrong with the answers so far; return the questions to ask again."""
        asked = done | _OF_THE_STUDY
        found = self._errors(answers)
        wrong = [f for f in found if not f.is_missing and (f.field, f.step) in asked]
        self._tell(wrong)
        return {(finding.field, finding.step) for finding in wrong}

    def _tell_missing(self, answers: Answers) -> set[tuple[str, str]]:
        found = self._errors(answers)
        self._tell(found)
        return {(finding.field, finding.step) for finding in found}

    def _errors(self, answers: Answers) -> list[Finding]:
        return [f for f in propose(self.records, answers, self.today).findings if f.is_error]

    def _tell(self, findings: list[Finding]) -> None:
        for finding in findings:
            kind = "Mend" if finding.is_error else "Look"
            self.talk.say(f"{kind}: {finding}")

    def _show(self, reference: Reference) -> None:
        study = reference.study
        self.talk.say(f"Read as {study.citekey!r}: {study.reference}")
