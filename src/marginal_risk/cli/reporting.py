"""What commands print: problems as text, JSON or annotations, and progress."""

import sys
import time
from collections.abc import Iterator

from marginal_risk.check.corpus import Corpus
from marginal_risk.check.rules import severity
from marginal_risk.problems import Problem, Severity, printable

_BAR = 20
"""Width in characters of the bar that shows how much is done."""


def summary(corpus: Corpus) -> str:
    """Return how many errors and warnings there are."""
    counts = [(corpus.count(kind), kind.value) for kind in Severity]
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts)


def problem_lines(corpus: Corpus, output_format: str) -> Iterator[str]:
    """Yield a line for each problem, as ``text`` or as an annotation for ``github``."""
    for problem in corpus.problems:
        yield encodable(_annotation(problem) if output_format == "github" else _line(problem))


def encodable(text: str) -> str:
    """Return text that can be written as UTF-8: the name of a file may hold other bytes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _line(problem: Problem) -> str:
    text = printable(str(problem))
    return f"{text} (warning)" if severity(problem) is Severity.WARNING else text


def _annotation(problem: Problem) -> str:
    """Return a workflow command of GitHub Actions, with its escapes."""

    def escape(text: str, more: str = "") -> str:
        for char in "%\r\n" + more:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    where = f"file={escape(problem.path, ':,')},line={problem.line}"
    title = escape(f"{problem.field} [{problem.rule}]", ":,")
    text = escape(f"{problem.message} {problem.hint}".strip())
    return f"::{severity(problem)} {where},title={title}::{text}"


def as_json(corpus: Corpus) -> dict[str, object]:
    """Return the problems and their counts, ready for ``json.dumps``."""
    return {
        "errors": corpus.count(Severity.ERROR),
        "warnings": corpus.count(Severity.WARNING),
        "problems": [
            {
                "path": problem.path,
                "line": problem.line,
                "field": problem.field,
                "rule": problem.rule,
                "severity": severity(problem).value,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in corpus.problems
        ],
    }


class ProgressLine:
    """Shows on a terminal how far a command is and how long it still takes, after a second."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.shown = False
        self.what = ""
        self.began = self.start
        """When ``what`` began."""

    def __call__(self, what: str, number: int, total: int) -> None:
        """Show that ``number`` of ``what`` are done, of ``total`` where that is not 0."""
        now = time.monotonic()
        if what != self.what:
            self.what, self.began = what, now if self.what else self.start
        if sys.stderr.isatty() and now - self.start > 1:
            line = f"{what}: {number:,}"
            if total:
                line += f" of {total:,}{_bar(number, total)}"
                line += _time_left((now - self.began) / max(number, 1) * (total - number))
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
            self.shown = True

    def clear(self) -> None:
        """Remove the line."""
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self.shown = False


def _bar(number: int, total: int) -> str:
    done = min(number * _BAR // total, _BAR)
    return f" [{'#' * done}{' ' * (_BAR - done)}]"


def _time_left(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if seconds < 1:
        return ""
    return f" {minutes} min {rest} s left" if minutes else f" {rest} s left"
