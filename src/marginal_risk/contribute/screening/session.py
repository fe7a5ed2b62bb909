"""Screening at a terminal: one work after the other, a key for each decision."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from marginal_risk.contribute.screening.decided import ScreeningAnswers, decide_on
from marginal_risk.contribute.screening.queue import WaitingWork
from marginal_risk.records import STAGES, ExclusionReason
from marginal_risk.rows import Codebook, Reference

KEYS = {
    "i": "include",
    "e": "exclude",
    "u": "unsure",
    "s": "skip",
    "b": "back",
    "c": "criteria in full",
    "q": "end",
}
STAGE_NAMES = {"title": "title and abstract", "full_text": "full text"}
_LONGEST_ABSTRACT = 1500


class SessionEnded(Exception):  # noqa: N818  (a decision of the screener, not an error)
    """The screener broke off, or the input has ended."""


class ScreenerTerminal(Protocol):
    """Where the works are shown and keys are read."""

    def say(self, text: str) -> None:
        """Print lines."""

    def key(self, prompt: str, keys: str) -> str:
        """Return one of the keys; raise SessionEnded at the end of input or on Ctrl-C."""

    def ask(self, prompt: str) -> str:
        """Return a line that is typed; raise SessionEnded at the end of input or on Ctrl-C."""


class Session:
    """A screener's way through the works that wait."""

    def __init__(
        self,
        terminal: ScreenerTerminal,
        codebook: Codebook,
        cards: Sequence[WaitingWork],
        today: date,
        save: Callable[[ScreeningAnswers], None],
    ) -> None:
        """Take what is shown and where; ``save`` keeps the answers after each decision."""
        self._terminal, self._codebook, self._cards = terminal, codebook, cards
        self._today, self._save = today, save

    def run(self, answers: ScreeningAnswers, start: int = 0) -> ScreeningAnswers:
        """Return the answers with a decision on each work that was not skipped.

        ``start`` is the place of the first work to show; those before it can be gone back to.
        """
        place = start
        while place < len(self._cards):
            card = self._cards[place]
            self._show(card, place, answers)
            keys = "".join(KEYS) if place else "".join(KEYS).replace("b", "")
            key = self._terminal.key(_prompt(keys), keys)
            if key == "q":
                break
            if key == "c":
                self._show_criteria(answers.stage)
            elif key == "b":
                place -= 1
            elif key == "s":
                place += 1
            elif (
                reason := self._read_reason(card, answers.stage) if key == "e" else ""
            ) is not None:
                kept = [one for one in answers.decisions if one.citekey != card.citekey]
                new = decide_on(card, KEYS[key], reason, self._today)
                answers = replace(answers, decisions=(*kept, *new))
                self._save(answers)
                place += 1
        return answers

    def _show(self, card: WaitingWork, place: int, answers: ScreeningAnswers) -> None:
        names = {term.slug: term.name for term in self._codebook.misuse_vectors}
        vectors = ", ".join(names.get(v or "", "no single misuse vector") for v in card.vectors)
        self._terminal.say(f"\n{place + 1} of {len(self._cards)}, by {STAGE_NAMES[answers.stage]}")
        self._terminal.say(f"{card.reference.study.reference} [{card.citekey}]")
        self._terminal.say(f"  Found for: {vectors}; via: {card.found_via}")
        for line in _details(card):
            self._terminal.say(f"  {line}")
        for made in card.decisions:
            why = f" ({made.reason})" if made.reason else ""
            self._terminal.say(f"  {made.screener} said: {made.decision}{why}")
        for one in answers.decisions:
            if one.citekey == card.citekey:
                self._terminal.say(f"  You said: {one.decision} {one.reason}".rstrip())
                break
        names_of = (f"{n} {r.name}" for n, r in enumerate(self._reasons(answers.stage), start=1))
        self._terminal.say(f"  Leave out for: {'; '.join(names_of)}")

    def _show_criteria(self, stage: str) -> None:
        self._terminal.say("A study belongs on the map if:")
        for reason in self._reasons(stage):
            self._terminal.say(f"  {reason.criterion or reason.definition}")

    def _reasons(self, stage: str) -> list[ExclusionReason]:
        """Return the reasons that may be given at a stage: those of the stages before it, too."""
        known = STAGES[: STAGES.index(stage) + 1]
        return [reason for reason in self._codebook.exclusion_reasons if reason.stage in known]

    def _read_reason(self, card: WaitingWork, stage: str) -> str | None:
        """Return the reason as the sheet has it; None where the screener went back."""
        reasons = self._reasons(stage)
        keys = "".join(str(number) for number in range(1, len(reasons) + 1))
        key = self._terminal.key(f"Why? 1 to {len(reasons)}, or b to go back", f"{keys}b")
        if key == "b":
            return None
        reason = reasons[int(key) - 1]
        if not reason.names_study:
            return reason.slug
        likely = card.possible_duplicates[0].study.citekey if card.possible_duplicates else ""
        offer = f", or Enter for {likely}" if likely else ""
        other = self._terminal.ask(f"Key of the study to code instead{offer}").strip() or likely
        return f"{reason.slug} {other}" if other else None


def _prompt(keys: str) -> str:
    return "  ".join(f"{key} {KEYS[key]}" for key in keys)


def _details(card: WaitingWork) -> Iterator[str]:
    """Yield what else tells whether a work belongs on the map."""
    study = card.reference.study
    links = (
        f"https://doi.org/{study.doi}" if study.doi else "",
        f"https://arxiv.org/abs/{study.arxiv_id}" if study.arxiv_id else "",
        study.url or "",
    )
    others = (link for link in dict.fromkeys(links) if link and link not in study.reference)
    if shown := " ".join(others):
        yield shown
    if study.abstract:
        yield f"Abstract: {study.abstract[:_LONGEST_ABSTRACT]}"
    if study.keywords:
        yield f"Keywords: {study.keywords}"
    for other in card.versions:
        yield f"Another version: {_named(other)}"
    for other in card.possible_duplicates:
        yield f"Possible duplicate of: {_named(other)}"
    for note in card.notes:
        yield f"Note: {note}"


def _named(other: Reference) -> str:
    return f"{other.study.reference} [{other.study.citekey}]"
