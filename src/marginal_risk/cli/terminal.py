"""A coder at a terminal: asked for a coding there, and for which unfinished one to go on with."""

import shutil
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marginal_risk.cli.answers import overlay, read_answers_file

if TYPE_CHECKING:
    from marginal_risk.contribute.coding import Answers
    from marginal_risk.rows import Records

_WIDEST = 96
"""Columns of the longest lines that read well; a narrower terminal has shorter ones."""


class Terminal:
    """Standard output and input."""

    def say(self, text: str) -> None:
        """Print lines; what goes on in another is set in a little."""
        from marginal_risk.cli.reporting import printable

        # COLUMNS says how wide it is, or else the terminal does.
        width = max(min(shutil.get_terminal_size((_WIDEST, 0)).columns, _WIDEST), 20)
        for line in text.split("\n"):
            margin = " " * (len(line) - len(line.lstrip()) + 4)
            wrapper = textwrap.TextWrapper(
                width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
            )
            click.echo(wrapper.fill(printable(line)))

    def agrees(self, prompt: str) -> bool:
        """Ask for yes or no; whoever breaks off does not agree."""
        try:
            return click.confirm(prompt)
        except click.Abort:
            click.echo()
            return False

    def ask(self, prompt: str) -> str:
        """Return a line that is typed; raise Left at its end, or when it is broken off."""
        from marginal_risk.contribute.coding.interview import Left

        try:
            suffix = "> " if prompt else ""
            reply: str = click.prompt(prompt, "", show_default=False, prompt_suffix=suffix)
        except click.Abort as error:
            click.echo()
            raise Left from error
        return reply


def interview(
    records: "Records", answers: "Answers", draft_file: Path | None
) -> tuple["Answers", Path]:
    """Ask for a coding; return the answers and the file that keeps them until they are written.

    Exits with 1 where the coder leaves; the answers are kept.
    """
    from marginal_risk.check.corpus import latest_today
    from marginal_risk.contribute.coding.drafts import keep_draft
    from marginal_risk.contribute.coding.interview import Interview, Left

    with suppress(ImportError):  # a terminal cuts lines after 4,000 characters; this does not
        import readline  # noqa: F401
    talk = Terminal()
    try:
        path, stands = _take_up(talk, draft_file)
    except Left:
        raise click.ClickException("Nothing is written.") from None
    try:
        hold = Interview(talk, records, latest_today(), lambda so_far: keep_draft(path, so_far))
        return hold.hold(overlay(stands, answers)), path
    except Left:
        raise click.ClickException(f"Nothing is written.{where(path)}") from None
    except OSError as error:
        raise click.ClickException(f"The answers cannot be kept: {error}") from error


def show(text: str) -> None:
    """Print lines: set as a terminal is wide, or as they are for a file or another program."""
    from marginal_risk.cli.reporting import printable

    if sys.stdout.isatty():
        Terminal().say(text)
    else:
        click.echo("\n".join(map(printable, text.split("\n"))))


def where(path: Path | None) -> str:
    """Return where answers are kept, as a sentence after another; '' if they are not."""
    if path is None or not path.exists():
        return ""
    return f" Your answers are kept in {path}: 'marginal-risk add' goes on with them."


def _take_up(talk: Terminal, draft_file: Path | None) -> tuple[Path, "Answers"]:
    """Return the file to keep answers in, and those that are there already."""
    from marginal_risk.contribute.coding import Answers
    from marginal_risk.contribute.coding.drafts import Draft, find_drafts, new_draft_path

    if draft_file:
        found = read_answers_file(draft_file) if draft_file.exists() else Answers()
        return draft_file, found
    folder = Path(click.get_app_dir("marginal-risk"))
    drafts: list[Draft] = []
    for draft in find_drafts(folder):
        if isinstance(draft, str):
            talk.say(f"Left alone: {draft}")
        else:
            drafts.append(draft)
    if not drafts:
        return new_draft_path(folder), Answers()
    talk.say(f"There are unfinished codings, as files in {folder}:")
    for number, draft in enumerate(drafts, start=1):
        talk.say(f"  {number}  {draft}")
    while True:
        reply = talk.ask("Number of the one to go on with, or Enter for a new one").strip()
        if not reply:
            return new_draft_path(folder), Answers()
        if reply.isdecimal() and 1 <= int(reply) <= len(drafts):
            draft = drafts[int(reply) - 1]
            return draft.path, draft.answers
        talk.say(f"{reply!r} is no number of an unfinished coding.")
