"""Problems of the sheets, said of the questions that the answers belong to."""

from dataclasses import dataclass
from typing import ClassVar

from marginal_risk.problems import Problem, Severity
from marginal_risk.rules import severity


@dataclass(frozen=True)
class Finding:
    """One thing to mend in the answers."""

    field: str
    """The answer it is about: a field of Answers, or of Judged where there is a step."""
    step: str
    """The step it is about; '' for none."""
    message: str
    hint: str = ""
    is_error: bool = True

    def __str__(self) -> str:
        where = f"{self.step}, {self.field}" if self.step else self.field
        return f"{where}: {self.message} {self.hint}".strip()


@dataclass(frozen=True)
class Places:
    """Where the answers stand while they are read: a sheet each, a row for each judged step."""

    steps: tuple[str, ...]
    """The steps that have a level, in the order of their rows."""
    BIB: ClassVar[str] = "the BibTeX entry"
    STUDIES: ClassVar[str] = "the answers (studies.csv)"
    RATIONALES: ClassVar[str] = "the answers (rationales.csv)"
    CODERS: ClassVar[str] = "the answers (coders.csv)"
    SCREENING: ClassVar[str] = "the answers (screening.csv)"


# Columns under whose name there is no answer.
_ASKED_AS = {
    (Places.STUDIES, "citekey"): "study",
    (Places.STUDIES, "row"): "level",
    (Places.CODERS, "name"): "coder_name",
    (Places.CODERS, "url"): "coder_url",
    (Places.SCREENING, "citekey"): "study",
    (Places.SCREENING, "decided_on"): "coded_on",
    (Places.SCREENING, "decision"): "study",
    (Places.SCREENING, "reason"): "study",
    (Places.RATIONALES, "step"): "level",
}


def finding_of(problem: Problem, places: Places) -> Finding:
    """Return a problem as a finding about the answer that it comes from."""
    is_error = severity(problem) is Severity.ERROR
    field = _ASKED_AS.get((problem.path, problem.field), problem.field)
    step = ""
    if problem.path == Places.BIB:
        message = f"Line {problem.line}, {problem.field}: {problem.message}"
        return Finding("bibtex", "", message, problem.hint, is_error)
    if problem.path == Places.STUDIES and problem.field in places.steps:
        field, step = "level", problem.field
    elif problem.path == Places.RATIONALES:
        row = problem.line - 2
        step = places.steps[row] if 0 <= row < len(places.steps) else ""
        if problem.field in ("citekey", "misuse_vector", "coder"):
            step = ""
    return Finding(field, step, problem.message, problem.hint, is_error)
