"""What a coding begins with: the codings that it checks, or those that it settles.

A person checks what machines coded (``started_from``), and a consensus settles what coders
judged on their own. Either sees these codings side by side, and may take over an answer.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from marginal_risk.contribute.coding.answer_problems import AnswerProblem, missing
from marginal_risk.contribute.coding.answer_rows import kind_of
from marginal_risk.contribute.coding.answers import (
    AS,
    NOT_CODED,
    OWN,
    Answers,
    ComparisonAnswer,
    StepAnswer,
)
from marginal_risk.problems import did_you_mean
from marginal_risk.records import Coder
from marginal_risk.rows import INDEPENDENT, CodingRow, ComparisonRow, RationaleRow, Records


@dataclass(frozen=True)
class StartingCoding:
    """A coding that another begins with."""

    coder: Coder
    row: CodingRow
    reasons: dict[str, RationaleRow]
    """The reason for each level, by step."""
    comparisons: tuple[ComparisonRow, ...]

    @property
    def name(self) -> str:
        """Short name of the coder."""
        return self.row.key.coder


@dataclass(frozen=True)
class Sources:
    """The codings that another begins with, in the order of their coders; there may be none."""

    codings: tuple[StartingCoding, ...]
    is_check: bool
    """Whether a person checks machines; else a consensus settles what coders differ on."""

    def __bool__(self) -> bool:
        return bool(self.codings)

    def levels(self, step: str) -> dict[str, str]:
        """Return the levels that were given at a step, by coder."""
        return {s.name: s.row.levels[step] for s in self.codings if step in s.row.levels}

    def differ(self, step: str) -> bool:
        """Tell whether two of them judge a step differently."""
        return len(set(self.levels(step).values())) > 1

    def asks(self, step: str) -> bool:
        """Tell whether a step is to be answered: a consensus only settles what differs."""
        return self.is_check or len(self.codings) < 2 or self.differ(step)

    @property
    def compared(self) -> tuple[StartingCoding, ...]:
        """Those of them that say what the study compares."""
        return tuple(source for source in self.codings if source.comparisons)

    @property
    def asks_for_comparisons(self) -> bool:
        """Tell whether the comparisons are to be answered."""
        told = [set(map(_words_of, source.comparisons)) for source in self.compared]
        return bool(told) if self.is_check else any(one != told[0] for one in told)


def _words_of(comparison: ComparisonRow) -> tuple[str, ...]:
    """Return what a comparison says in the words of the codebook."""
    said = (comparison.examined, comparison.comparator, comparison.finding)
    return (*said, comparison.property or "")


def find_sources(records: Records, answers: Answers, citekey: str) -> Sources:
    """Return the codings that the answers begin with."""
    started_from = answers.started_from.split()
    kinds = {row.record.coder: row.record for row in records.coders}
    if started_from:
        wanted = set(started_from)
    elif kind_of(records, answers) == "consensus":
        wanted = {name for name, coder in kinds.items() if coder.kind in INDEPENDENT}
    else:
        return Sources((), is_check=False)
    found = []
    for row in records.codings:
        is_of_study = row.key[:2] == (citekey, answers.misuse_vector)
        if is_of_study and row.key.coder in wanted & kinds.keys():
            reasons = {one.step: one for one in records.rationales if one.key == row.key}
            compared = tuple(one for one in records.comparisons if one.key == row.key)
            found.append(StartingCoding(kinds[row.key.coder], row, reasons, compared))
    ordered = sorted(found, key=lambda source: source.name)
    return Sources(tuple(ordered), is_check=bool(started_from))


def find_machines(records: Records, citekey: str, vector: str) -> str:
    """Return the machines that coded a study for a misuse vector, with spaces between."""
    machines = {row.record.coder for row in records.coders if row.record.kind == "machine"}
    codings = (row.key for row in records.codings if row.key[:2] == (citekey, vector))
    return " ".join(sorted(key.coder for key in codings if key.coder in machines))


def take_over(answers: Answers, sources: Sources) -> tuple[Answers, list[AnswerProblem]]:
    """Return the answers with what they take over from other coders in full.

    What cannot be taken over is a finding, and is left out.
    """
    steps, findings = {}, []
    by_name = {source.name: source for source in sources.codings}
    for slug, answer in answers.steps.items():
        if answer.level == NOT_CODED:
            steps[slug] = replace(answer, level="")
            continue
        if not answer.level.startswith(AS):
            steps[slug] = answer
            continue
        coder = answer.level.removeprefix(AS)
        source = by_name.get(coder)
        if source and slug in source.row.levels:
            steps[slug] = _as_coded(source, slug, answer)
            continue
        steps[slug] = StepAnswer()
        message = f"{coder!r} has no judgement here to take over."
        hint = did_you_mean(coder, sources.levels(slug), "Choose a level.")
        findings.append(AnswerProblem("level", slug, message, hint))
    answers = replace(answers, steps=steps)
    coder = answers.comparisons_as
    if coder in ("", OWN):
        return answers, findings
    if coder != NOT_CODED and not (coder in by_name and by_name[coder].comparisons):
        message = f"{coder!r} has no comparisons here to take over."
        hint = did_you_mean(coder, [source.name for source in sources.compared])
        return answers, [*findings, AnswerProblem("comparisons_as", "", message, hint)]
    if answers.comparisons:
        message = "There are comparisons of your own as well."
        hint = "Choose your own, or empty them."
        return answers, [*findings, AnswerProblem("comparisons_as", "", message, hint)]
    taken = by_name[coder].comparisons if coder != NOT_CODED else ()
    return replace(answers, comparisons=tuple(map(_answer_of, taken))), findings


def _as_coded(source: StartingCoding, step: str, answer: StepAnswer) -> StepAnswer:
    reason = source.reasons[step]
    return StepAnswer(
        source.row.levels[step],
        answer.confidence or reason.confidence,
        answer.locator or reason.locator,
        answer.rationale or reason.rationale,
    )


def _answer_of(comparison: ComparisonRow) -> ComparisonAnswer:
    names = asdict(ComparisonAnswer())
    return ComparisonAnswer(**{name: getattr(comparison, name) or "" for name in names})


def find_unanswered(
    answers: Answers, sources: Sources, steps: Sequence[str]
) -> list[AnswerProblem]:
    """Return what a person who checks machines has not answered: each answer needs an act."""
    if not sources.is_check:
        return []
    needed = {
        "version_read": "Which version of the study did you read?",
        "read": "Did you read the whole of it, or a part?",
    }
    found = [
        missing(field, "", question)
        for field, question in needed.items()
        if not getattr(answers, field)
    ]
    hint = "Take over an answer, give your own, or say that you leave it open."
    for step in steps:
        if not answers.steps.get(step, StepAnswer()).level:
            found.append(missing("level", step, hint=hint))
    if sources.asks_for_comparisons and not (answers.comparisons_as or answers.comparisons):
        found.append(missing("comparisons_as", "", "What does the study compare?", hint))
    return found
