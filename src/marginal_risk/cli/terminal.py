"""An interview at a terminal, from the choice of an unfinished coding to the last answer."""

import shutil
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marginal_risk.cli.answer_options import read_answers_file
from marginal_risk.cli.build import begin_reading

if TYPE_CHECKING:
    from marginal_risk.contribute.coding.answers import Answers

_WIDEST = 96
"""Most columns of a line: longer lines are hard to read."""


class Terminal:
    """Standard output and input."""

    def say(self, text: str) -> None:
        """Print lines, each wrapped with its continuation indented."""
        from marginal_risk.problems import printable

        # The width is what COLUMNS says, or else the width of the terminal.
        width = max(min(shutil.get_terminal_size((_WIDEST, 0)).columns, _WIDEST), 20)
        for line in text.split("\n"):
            margin = " " * (len(line) - len(line.lstrip()) + 4)
            wrapper = textwrap.TextWrapper(
                width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
            )
            click.echo(wrapper.fill(printable(line)))

    def agrees(self, prompt: str) -> bool:
        """Ask for yes or no; breaking off is a no."""
        try:
            return click.confirm(prompt)
        except click.Abort:
            click.echo()
            return False

    def ask(self, prompt: str) -> str:
        """Return a line that is typed; raise InterviewEnded at the end of input or on Ctrl-C."""
        from marginal_risk.contribute.coding.interview import InterviewEnded

        try:
            suffix = "> " if prompt else ""
            reply: str = click.prompt(prompt, "", show_default=False, prompt_suffix=suffix)
        except click.Abort as error:
            click.echo()
            raise InterviewEnded from error
        return reply


def interview(
    data_dir: Path, answers: "Answers", draft_file: Path | None
) -> tuple["Answers", Path]:
    """Ask for a coding; return the answers and the file that keeps them until they are written.

    The data is read while the coder replies to the first question. Exits with 1 where the data has
    errors or the coder leaves; the answers are kept.
    """
    from marginal_risk.check.today import latest_today
    from marginal_risk.contribute.coding.answers import merge_answers
    from marginal_risk.contribute.coding.drafts import save_draft
    from marginal_risk.contribute.coding.interview import Interview, InterviewEnded

    with suppress(ImportError):  # without it, a terminal cuts replies after 4,000 characters
        import readline  # noqa: F401
    terminal = Terminal()
    try:
        path, begun = _choose_draft(terminal, draft_file)
    except InterviewEnded:
        raise click.ClickException("Nothing is written.") from None
    try:
        reading = begin_reading(data_dir)
        questions = Interview(
            terminal,
            lambda: reading().records,
            latest_today(),
            lambda so_far: save_draft(path, so_far),
        )
        return questions.run(merge_answers(begun, answers)), path
    except (SystemExit, KeyboardInterrupt):  # at the wait for the data
        say(f"Nothing is written.{where_kept(path)}")
        raise
    except InterviewEnded:
        raise click.ClickException(f"Nothing is written.{where_kept(path)}") from None
    except OSError as error:
        raise click.ClickException(f"The answers cannot be kept: {error}") from error


def say(text: str) -> None:
    """Print a line on standard error, for the user and no other program."""
    from marginal_risk.problems import printable

    click.echo(printable(text), err=True)


def show(text: str) -> None:
    """Print lines: wrapped in a terminal, unchanged into a file or another program."""
    from marginal_risk.problems import printable

    if sys.stdout.isatty():
        Terminal().say(text)
    else:
        click.echo("\n".join(map(printable, text.split("\n"))))


def where_kept(path: Path | None) -> str:
    """Return a sentence that says where answers are kept, after a space; '' if nowhere."""
    if path is None or not path.exists():
        return ""
    return f" Your answers are kept in {path}: 'marginal-risk add' goes on with them."


def _choose_draft(terminal: Terminal, draft_file: Path | None) -> tuple[Path, "Answers"]:
    """Return the file to keep answers in, and the answers that it holds already."""
    from marginal_risk.contribute.coding.answers import Answers
    from marginal_risk.contribute.coding.drafts import Draft, find_drafts, new_draft_path

    if draft_file:
        found = read_answers_file(draft_file) if draft_file.exists() else Answers()
        return draft_file, found
    folder = Path(click.get_app_dir("marginal-risk"))
    drafts: list[Draft] = []
    for draft in find_drafts(folder):
        if isinstance(draft, str):
            terminal.say(f"Left alone: {draft}")
        else:
            drafts.append(draft)
    if not drafts:
        return new_draft_path(folder), Answers()
    terminal.say(f"There are unfinished codings, as files in {folder}:")
    for number, draft in enumerate(drafts, start=1):
        terminal.say(f"  {number}  {draft}")
    while True:
        reply = terminal.ask("Number of the one to go on with, or Enter for a new one").strip()
        if not reply:
            return new_draft_path(folder), Answers()
        if reply.isdecimal() and 1 <= int(reply) <= len(drafts):
            draft = drafts[int(reply) - 1]
            return draft.path, draft.answers
        terminal.say(f"{reply!r} is no number of an unfinished coding.")
