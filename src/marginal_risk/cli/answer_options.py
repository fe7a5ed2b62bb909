"""An option for every answer of a coding, and the answers that options and files give."""

import csv
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from marginal_risk.contribute.coding.answer_problems import AnswerProblem
    from marginal_risk.contribute.coding.answers import Answers, ComparisonAnswer

# The option for each answer that is one text, and for each answer that every step has.
_TEXT_OPTIONS = {
    "study": ("--study", "CITEKEY", "A study in the bibliography, in place of ENTRY."),
    "misuse_vector": ("--vector", "SLUG", "The misuse vector it is coded for."),
    "study_type": ("--study-type", "SLUG", "The kind of work."),
    "found_via": ("--found-via", "TEXT", "How it was found, for a new study."),
    "coder": ("--coder", "NAME", "The short name of the coder."),
    "coder_name": ("--coder-name", "TEXT", "The name that pages show, for a new coder."),
    "coder_url": ("--coder-url", "URL", "A page about the coder, for a new one."),
    "coder_kind": (
        "--coder-kind",
        "SLUG",
        "A new coder's kind: person, consensus or machine.",
    ),
    "coder_note": ("--coder-note", "TEXT", "What a reader must know of a new coder."),
    "settled_by": ("--settled-by", "NAME", "The person who settled a new consensus."),
    "coded_on": ("--coded-on", "DATE", "The day of the coding, as YYYY-MM-DD."),
    "version_read": ("--version-read", "TEXT", "Which version of the study was read."),
    "read": ("--read", "SLUG", "Whether the whole of it was read, or a part."),
    "started_from": ("--started-from", "NAMES", "The machines whose codings this checks."),
    "comparisons_as": ("--comparisons-as", "NAME", "Whose comparisons to take over, or 'own'."),
    "note": ("--note", "TEXT", "What a reader must know of this coding."),
}
_STEP_OPTIONS = {
    "level": ("--level", "STEP=LEVEL", "The level of a step; once for each step."),
    "rationale": ("--rationale", "STEP=TEXT", "Why the step has that level."),
    "locator": ("--locator", "STEP=TEXT", "Where in the study: pages or sections."),
    "confidence": ("--confidence", "STEP=SLUG", "How sure the coder is."),
}


_COMPARISON = "--comparison"
_CELLS = ("examined", "comparator", "finding", "property", "locator", "note")
"""The cells of a comparison, as they stand in comparisons.csv."""


def answer_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every answer."""
    command = click.option(
        _COMPARISON,
        "comparisons",
        metavar="ROW",
        multiple=True,
        help="A comparison, once for each: its cells as in comparisons.csv, from 'examined' on.",
    )(command)
    for name, (option, metavar, what) in reversed(_STEP_OPTIONS.items()):
        command = click.option(option, name, metavar=metavar, help=what, multiple=True)(command)
    for name, (option, metavar, what) in reversed(_TEXT_OPTIONS.items()):
        command = click.option(option, name, metavar=metavar, help=what)(command)
    return command


def read_given(entry: str | None, given: Mapping[str, Any]) -> "Answers":
    """Return the answers of the entry ('-' is standard input) and of the options.

    Exits with 2 where an option cannot be read, with 1 where the entry cannot.
    """
    from marginal_risk.contribute.coding.answers import Answers, StepAnswer

    steps: dict[str, StepAnswer] = {}
    for name, (option, metavar, _) in _STEP_OPTIONS.items():
        for text in given[name]:
            step, equals, value = text.partition("=")
            if not equals:
                raise click.BadParameter(f"{text!r} is not {metavar}", param_hint=option)
            steps[step] = replace(steps.get(step, StepAnswer()), **{name: value})
    texts = {name: given[name] for name in _TEXT_OPTIONS if given[name] is not None}
    if entry and given["study"]:
        raise click.UsageError("Give ENTRY or --study, not both.")
    if entry:
        texts["bibtex"] = _read_entry(entry)
    comparisons = tuple(map(_read_comparison, given["comparisons"]))
    return Answers(**texts, steps=steps, comparisons=comparisons)


def _read_entry(entry: str) -> str:
    from marginal_risk.contribute.coding.coded_study import decode_entry, read_entry_file

    try:
        if entry != "-":
            return read_entry_file(Path(entry))
        bibtex = decode_entry(sys.stdin.buffer.read(), "standard input")
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    _read_replies_from_the_terminal()
    return bibtex


def _read_comparison(row: str) -> "ComparisonAnswer":
    from marginal_risk.contribute.coding.answers import ComparisonAnswer

    cells = [cell.strip() for cell in next(csv.reader([row]), [])]
    if len(cells) > len(_CELLS):
        message = f"{row!r} has {len(cells)} cells, and these are asked for: {', '.join(_CELLS)}"
        raise click.BadParameter(message, param_hint=_COMPARISON)
    return ComparisonAnswer(**dict(zip(_CELLS, cells, strict=False)))


def read_answers_file(path: Path) -> "Answers":
    """Return the answers of a file, or exit with 1 and the reason."""
    from marginal_risk.contribute.coding.drafts import read_draft

    try:
        return read_draft(path).answers
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def finding_line(finding: "AnswerProblem") -> str:
    """Return a finding in one line, under the option of the answer that it is about."""
    options = {"bibtex": ("ENTRY",), **_TEXT_OPTIONS, **_STEP_OPTIONS}
    option, *_ = options.get(finding.field, (finding.field,))
    step = f" {finding.step}=" if finding.step else ""
    if finding.step.startswith("comparison-"):
        option, step = _COMPARISON, f" {finding.step.rpartition('-')[2]}, {finding.field}"
    warning = "" if finding.is_error else " (warning)"
    return f"{option}{step}: {finding.message} {finding.hint}".rstrip() + warning


def _read_replies_from_the_terminal() -> None:
    """Replies come from the terminal, if there is one: standard input is at its end."""
    try:
        sys.stdin = Path("/dev/tty").open(encoding="utf-8")  # noqa: SIM115  (open to the end)
    except OSError:
        return
