"""The decisions of one session: as a file of answers, and as rows of the data."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from marginal_risk.check.corpus import Corpus, read_corpus
from marginal_risk.check.rules import severity
from marginal_risk.contribute.canonical import canonical_sheets
from marginal_risk.contribute.screening.queue import Task, WaitingWork
from marginal_risk.problems import Problem, Severity
from marginal_risk.read.coding_sheets import SETTLES, read_coders, read_decisions
from marginal_risk.read.files import rehearse
from marginal_risk.records import STAGES
from marginal_risk.rows import Records

_KEY = ("citekey", "misuse_vector")
_CELLS = (*_KEY, "decision", "reason", "decided_on", "note")


@dataclass(frozen=True)
class Decided:
    """One decision, as cells of decisions.csv."""

    citekey: str
    misuse_vector: str
    decision: str
    reason: str = ""
    """The slug, and the key of another study where the reason names one."""
    decided_on: str = ""
    note: str = ""


@dataclass(frozen=True)
class ScreeningAnswers:
    """What one screener has decided in one session: the content of a file of answers."""

    screener: str
    stage: str = STAGES[0]
    settles: bool = False
    name: str = ""
    """The screener's name for the pages, where coders.csv does not have it."""
    decisions: tuple[Decided, ...] = field(default_factory=tuple)

    def as_json(self) -> str:
        """Return the text of a file of answers."""
        return json.dumps({"screening": asdict(self)}, ensure_ascii=False, indent=1) + "\n"


def read_answers(text: str) -> ScreeningAnswers:
    """Return the answers in a file of them.

    Raises:
        ValueError: it holds none; the message says what is wrong.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON ({error})") from error
    given = found.get("screening") if isinstance(found, dict) else None
    if not isinstance(given, dict) or not isinstance(given.get("decisions"), list):
        raise ValueError("it has no 'screening' with a list of 'decisions'")
    decisions = []
    for number, one in enumerate(given["decisions"], start=1):
        cells = {name: one.get(name, "") for name in _CELLS} if isinstance(one, dict) else {}
        if not cells or not all(isinstance(text, str) for text in cells.values()):
            raise ValueError(f"decision {number} is no object of texts")
        decisions.append(Decided(**cells))
    texts: dict[str, Any] = {name: given.get(name, "") for name in ("screener", "stage", "name")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("screener, stage and name must be texts")
    return ScreeningAnswers(
        **texts, settles=given.get("settles") is True, decisions=tuple(decisions)
    )


def decide_on(
    card: WaitingWork, decision: str, reason: str, today: date, note: str = ""
) -> list[Decided]:
    """Return a decision on a work for each misuse vector that it waits for."""
    return [
        Decided(card.citekey, vector or "", decision, reason, str(today), note)
        for vector in card.vectors
    ]


def as_rows(answers: ScreeningAnswers) -> list[dict[str, str]]:
    """Return the rows of decisions.csv, each cell by its column."""
    whose = {
        "stage": answers.stage,
        "screener": answers.screener,
        "settles": SETTLES if answers.settles else "",
    }
    return [{**asdict(one), **whose} for one in answers.decisions]


def new_lines(records: Records, answers: ScreeningAnswers, today: date) -> dict[str, str]:
    """Return each file that the answers add to, with the lines to append."""
    decided, _ = read_decisions(as_rows(answers), "decisions.csv", today)
    coders, _ = read_coders(_new_coders(records, answers), "coders.csv")
    added = Records(records.codebook, coders=tuple(coders), decisions=tuple(decided))
    lines = {name: text.partition("\n")[2] for name, text in canonical_sheets(added)}
    return {name: text for name, text in lines.items() if text}


def plan_decisions(
    corpus: Corpus, answers: ScreeningAnswers, today: date
) -> tuple[dict[Path, str], list[Problem]]:
    """Return the new text of each file, and the errors that the data would then have.

    With an error, write nothing: a session is written as a whole.
    """
    sheet = str(corpus.data_dir / "decisions.csv")
    decided, problems = read_decisions(as_rows(answers), sheet, today)
    coders, found = read_coders(
        _new_coders(corpus.records, answers), str(corpus.data_dir / "coders.csv")
    )
    problems += found
    records = replace(
        corpus.records,
        coders=(*corpus.records.coders, *coders),
        decisions=(*corpus.records.decisions, *decided),
    )
    names = ["decisions.csv", *(["coders.csv"] if coders else [])]
    files = {
        corpus.data_dir / name: text for name, text in canonical_sheets(records) if name in names
    }
    if not problems:
        problems = list(_errors_after(corpus, files, today))
    return files, problems


def _new_coders(records: Records, answers: ScreeningAnswers) -> list[dict[str, str]]:
    if answers.screener in {row.record.coder for row in records.coders}:
        return []
    return [{"coder": answers.screener, "name": answers.name, "kind": "person"}]


def _errors_after(corpus: Corpus, files: dict[Path, str], today: date) -> Iterable[Problem]:
    """Yield the errors that a copy of the data has with the new files."""
    with rehearse(corpus.data_dir, files) as copy:
        for problem in read_corpus(copy, today).problems:
            if severity(problem) is Severity.ERROR:
                path = corpus.data_dir / Path(problem.path).relative_to(copy)
                yield replace(problem, path=str(path))


def task_of(answers: ScreeningAnswers, vector: str | None = None) -> Task:
    """Return the task that the answers belong to."""
    return Task(answers.screener, answers.stage, vector, answers.settles)
