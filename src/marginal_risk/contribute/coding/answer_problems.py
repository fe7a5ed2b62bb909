"""Findings: what is wrong with answers, each naming the answer to mend."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marginal_risk.check.rules import severity
from marginal_risk.contribute.coding.answers import QUESTIONS, comparison_part, number_of_part
from marginal_risk.problems import Problem, Severity

ENTRY = "the BibTeX entry"
"""The path that problems of the given entry name."""
_SHEETS = ("studies.csv", "rationales.csv", "coders.csv", "screening.csv", "comparisons.csv")
PATHS = {name: f"the answers ({name})" for name in _SHEETS}
"""The path that problems name in place of a sheet that is made from answers, by its name."""
_STUDIES, _RATIONALES, _CODERS, _SCREENING, _COMPARISONS = PATHS.values()
# The answer that a column comes from, where it has another name.
_ANSWER_OF_COLUMN = {
    (_STUDIES, "citekey"): "study",
    (_STUDIES, "row"): "level",
    (_RATIONALES, "citekey"): "study",
    (_RATIONALES, "step"): "level",
    (_CODERS, "name"): "coder_name",
    (_CODERS, "url"): "coder_url",
    (_CODERS, "kind"): "coder_kind",
    (_CODERS, "note"): "coder_note",
    (_COMPARISONS, "citekey"): "study",
    (_SCREENING, "citekey"): "study",
    (_SCREENING, "decision"): "study",
    (_SCREENING, "reason"): "study",
    (_SCREENING, "decided_on"): "coded_on",
}
_SAME_AT_ALL_STEPS = ("citekey", "misuse_vector", "coder")


@dataclass(frozen=True)
class AnswerProblem:
    """One thing to mend in the answers."""

    field: str
    """The answer it is about: a field of Answers, or of StepAnswer where ``step`` is given."""
    step: str
    """The step or the comparison (``comparison-1``) it is about; '' for none."""
    message: str
    hint: str = ""
    is_error: bool = True
    is_missing: bool = False
    """Whether the answer is needed and not given yet."""
    known_as: str = ""
    """Key of the work in the bibliography that a new entry repeats, or may repeat."""

    def __str__(self) -> str:
        where = f"{self.step}, {self.field}" if self.step else self.field
        return f"{where}: {self.message} {self.hint}".strip()


def missing(field: str, step: str = "", message: str = "", hint: str = "") -> AnswerProblem:
    """Return the finding that an answer is still missing."""
    return AnswerProblem(field, step, message or "This is not answered yet.", hint, is_missing=True)


def finding_of(problem: Problem, steps: Sequence[str]) -> AnswerProblem:
    """Return a problem as a finding about the answer that it comes from.

    ``steps`` are those that have a level, in the order of their rows.
    """
    is_error = severity(problem) is Severity.ERROR
    message = problem.message
    if problem.path == ENTRY:
        message = f"Line {problem.line}, {problem.field}: {message}"
        return AnswerProblem("bibtex", "", message, problem.hint, is_error)
    if problem.path not in PATHS.values():  # a row of the data that the answers make wrong
        field = problem.field if problem.field in QUESTIONS else "study"
        message = f"{problem.path}:{problem.line}: {message}"
        return AnswerProblem(field, "", message, problem.hint, is_error)
    for line, slug in enumerate(steps, start=2):
        message = message.replace(f"{_RATIONALES}:{line}.", f"{slug!r}.")
    for place in re.findall(rf"{re.escape(_COMPARISONS)}:[0-9]+", message):
        number = int(place.rpartition(":")[2]) - 1
        message = message.replace(place, f"comparison {number}")
    field, step = _ANSWER_OF_COLUMN.get((problem.path, problem.field), problem.field), ""
    if problem.path == _STUDIES and problem.field in steps:
        field, step = "level", problem.field
    elif problem.path == _RATIONALES and problem.field not in _SAME_AT_ALL_STEPS:
        step = steps[problem.line - 2]
    elif problem.path == _COMPARISONS and problem.field not in _SAME_AT_ALL_STEPS:
        step = comparison_part(problem.line - 1)
    if problem.rule == "missing-value":
        return missing(field, step)
    return AnswerProblem(field, step, message, problem.hint, is_error)


def in_order(findings: Iterable[AnswerProblem], steps: Sequence[str]) -> tuple[AnswerProblem, ...]:
    """Return findings in the order of the questions, each once; ``steps`` are the codebook's.

    For an answer that is missing, only the last finding is kept: it says most.
    """
    found = list(dict.fromkeys(findings))
    missing_ones = {(f.field, f.step): f for f in found if f.is_missing}
    order = ["", *steps]

    def place(finding: AnswerProblem) -> tuple[int, int, int, bool]:
        part = order.index(finding.step) if finding.step in order else len(order)
        number = number_of_part(finding.step)
        return part, number, QUESTIONS.index(finding.field), not finding.is_error

    kept = (f for f in found if missing_ones.get((f.field, f.step), f) is f)
    return tuple(sorted(kept, key=place))
