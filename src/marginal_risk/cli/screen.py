"""``marginal-risk screen``."""

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import read_sound_corpus
from marginal_risk.cli.terminal import Terminal, say

if TYPE_CHECKING:
    from marginal_risk.contribute.screening.decided import ScreeningAnswers
    from marginal_risk.rows import Records


class Keyboard(Terminal):
    """A terminal that reads single keys."""

    def key(self, prompt: str, keys: str) -> str:
        """Return one of the keys, without waiting for Enter."""
        from marginal_risk.contribute.screening.session import SessionEnded

        while True:
            click.echo(f"{prompt}> ", nl=False)
            try:
                typed = click.getchar()
            except (EOFError, KeyboardInterrupt) as error:
                click.echo()
                raise SessionEnded from error
            if typed in ("", "\x03", "\x04"):
                click.echo()
                raise SessionEnded
            click.echo(typed if typed.isprintable() else "")
            if typed.lower() in keys:
                return typed.lower()

    def ask(self, prompt: str) -> str:
        """Return a line that is typed."""
        from marginal_risk.contribute.screening.session import SessionEnded

        try:
            return str(click.prompt(prompt, "", show_default=False, prompt_suffix="> "))
        except click.Abort as error:
            click.echo()
            raise SessionEnded from error


@click.command()
@options.data
@click.option("--vector", metavar="SLUG", help="Only what was found for this misuse vector.")
@click.option(
    "--stage",
    type=click.Choice(["title", "full_text"]),
    default="title",
    show_default=True,
    help="By title and abstract, or by the full text of what passed that.",
)
@click.option("--as", "screener", metavar="SCREENER", help="Who screens: a key in coders.csv.")
@click.option("--name", metavar="TEXT", help="The name that the pages show, for a new screener.")
@click.option("--conflicts", is_flag=True, help="Settle where two others differ.")
@click.option(
    "--order",
    type=click.Choice(["listed", "like", "random"]),
    default="listed",
    show_default=True,
    help="By key; by likeness to what is included; or at random, an order of your own.",
)
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of decisions, as the page /screen gives it: nothing is asked.",
)
@click.option(
    "--draft",
    "draft_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the decisions of a session in this file until they are written.",
)
@click.option("--yes", is_flag=True, help="Write without asking once more.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def screen(data_dir: Path, **given: Any) -> None:
    """Decide, one work after the other, what belongs on the map.

    Each work is shown with its links, the criteria, its versions and what may be the same work;
    a key decides. What others decided is not shown, but to whoever settles a conflict. Decisions
    are written at the end of the session, all of them or none; those of a session that was broken
    off are kept, and the next one goes on with them.

    Exits with 0 where the decisions are written, or there are none; with 1 where an answer is
    wrong, the screener leaves, or a file cannot be written.
    """
    from marginal_risk.contribute.writers import WriteError, only_writer

    draft = None
    if given["answers_file"]:
        answers = _read_file(given["answers_file"])
    else:
        records = read_sound_corpus(data_dir).records
        answers, draft = _screen(records, given)
    if not answers.decisions:
        click.echo("No decision was made; nothing is written.", err=True)
        return
    try:
        with only_writer(data_dir, "screen", say):
            _write(data_dir, answers, given["dry_run"])
    except WriteError as error:
        raise click.ClickException(f"Nothing is written: {error}.{_kept(draft)}") from error
    if draft and not given["dry_run"]:
        draft.unlink(missing_ok=True)


def _read_file(path: Path) -> "ScreeningAnswers":
    from marginal_risk.contribute.screening.decided import read_answers

    try:
        return read_answers(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path} holds no decisions: {error}.") from error


def _screen(records: "Records", given: dict[str, Any]) -> tuple["ScreeningAnswers", Path]:
    """Ask for decisions; return them, and the file that keeps them until they are written."""
    from marginal_risk.check.today import today_here
    from marginal_risk.contribute.screening.decided import ScreeningAnswers, task_of
    from marginal_risk.contribute.screening.queue import find_waiting
    from marginal_risk.contribute.screening.session import Session, SessionEnded
    from marginal_risk.contribute.writers import write_file
    from marginal_risk.problems import did_you_mean

    with suppress(ImportError):  # without it, a terminal cuts replies after 4,000 characters
        import readline  # noqa: F401
    vectors = [term.slug for term in records.codebook.misuse_vectors]
    if given["vector"] not in (None, *vectors):
        hint = did_you_mean(given["vector"], vectors)
        raise click.ClickException(f"{given['vector']!r} is not a vector in the codebook. {hint}")
    keyboard = Keyboard()
    try:
        screener = _read_screener(records, given, keyboard)
        answers = ScreeningAnswers(
            screener, given["stage"], given["conflicts"], given["name"] or ""
        )
        path = given["draft_file"] or _draft_path(answers)
        if path.exists():
            answers = _go_on(answers, _read_file(path), path)
            keyboard.say(f"Going on with {_count(answers)} from {path}.")
        if screener not in {row.record.coder for row in records.coders} and not answers.name:
            question = f"{screener!r} is new. The name that pages show"
            answers = replace(answers, name=keyboard.ask(question).strip())
            if not answers.name:
                raise SessionEnded
    except SessionEnded:
        raise click.ClickException("Nothing is written.") from None
    cards = find_waiting(records, task_of(answers, given["vector"]), given["order"])
    decided = {one.citekey for one in answers.decisions}
    # What was decided before the session was broken off comes first: 'back' leads to it.
    before = [card for card in cards if card.citekey in decided]
    after = [card for card in cards if card.citekey not in decided]
    keyboard.say(f"{len(after)} {'work waits' if len(after) == 1 else 'works wait'} for you.")

    def keep(so_far: ScreeningAnswers) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, so_far.as_json())

    session = Session(keyboard, records.codebook, [*before, *after], today_here(), keep)
    try:
        answers = session.run(answers, start=len(before))
        number = _count(answers)
        if answers.decisions and not given["yes"] and not keyboard.agrees(f"Write {number}?"):
            raise SessionEnded
    except SessionEnded:
        raise click.ClickException(f"Nothing is written.{_kept(path)}") from None
    except OSError as error:
        raise click.ClickException(f"The decisions cannot be kept: {error}") from error
    return answers, path


def _read_screener(records: "Records", given: dict[str, Any], keyboard: Keyboard) -> str:
    """Return the key of the screener, who is a person or new."""
    screener = given["screener"] or keyboard.ask("Your key in coders.csv, such as nora").strip()
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    if not screener:
        raise click.ClickException("Nothing is written: say who screens, with --as.")
    if kinds.get(screener, "person") != "person":
        raise click.ClickException(f"{screener!r} is no person: people screen.")
    return str(screener)


def _go_on(
    answers: "ScreeningAnswers", begun: "ScreeningAnswers", path: Path
) -> "ScreeningAnswers":
    """Return the answers of a session that was broken off, if they are of this task."""
    this = (answers.screener, answers.stage, answers.settles)
    if (begun.screener, begun.stage, begun.settles) != this:
        raise click.ClickException(f"{path} keeps decisions of another session: write these first.")
    return replace(begun, name=answers.name or begun.name)


def _count(answers: "ScreeningAnswers") -> str:
    number = len(answers.decisions)
    return f"{number} decision{'' if number == 1 else 's'}"


def _draft_path(answers: "ScreeningAnswers") -> Path:
    kind = "conflicts" if answers.settles else answers.stage
    name = "".join(letter for letter in answers.screener if letter.isalnum() or letter in "_-")
    return Path(click.get_app_dir("marginal-risk")) / f"screening-{name}-{kind}.json"


def _kept(draft: Path | None) -> str:
    if draft is None or not draft.exists():
        return ""
    return f" Your decisions are kept in {draft}: 'marginal-risk screen' goes on with them."


def _write(data_dir: Path, answers: "ScreeningAnswers", dry_run: bool) -> None:
    """Write the decisions, or exit with 1 and the reasons why not."""
    from marginal_risk.check.today import latest_today
    from marginal_risk.contribute.screening.decided import new_lines, plan_decisions
    from marginal_risk.contribute.writers import write_files
    from marginal_risk.problems import printable

    corpus = read_sound_corpus(data_dir)
    files, problems = plan_decisions(corpus, answers, latest_today())
    for problem in problems:
        click.echo(printable(str(problem)), err=True)
    if problems:
        click.echo("Nothing is written.", err=True)
        sys.exit(1)
    if dry_run:
        for name, lines in new_lines(corpus.records, answers, latest_today()).items():
            click.echo(f"{name}:\n{printable_lines(lines)}")
        click.echo("Nothing is written (--dry-run).", err=True)
        return
    try:
        write_files(data_dir, files)
    except OSError as error:
        raise click.ClickException(f"Nothing is written: {error}") from error
    for path in files:
        click.echo(f"{path}: written", err=True)
    click.echo(f"{_count(answers)}.", err=True)


def printable_lines(text: str) -> str:
    """Return lines without what could steer a terminal."""
    from marginal_risk.problems import printable

    return "\n".join(map(printable, text.splitlines()))
