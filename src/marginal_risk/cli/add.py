"""``marginal-risk add``."""

import re
import shlex
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginal_risk.cli import options
from marginal_risk.cli.answer_options import (
    answer_options,
    finding_line,
    read_answers_file,
    read_given,
)
from marginal_risk.cli.build import read_sound_corpus
from marginal_risk.cli.terminal import Terminal, interview, say, show, where_kept

if TYPE_CHECKING:
    from marginal_risk.check.corpus import Corpus
    from marginal_risk.contribute.coding.answers import Answers
    from marginal_risk.contribute.coding.proposal import Proposal
    from marginal_risk.rows import CodingKey


@click.command()
@options.data
@click.argument("entry", required=False)
@answer_options
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A file of answers, as the form on the site gives it, or an issue that holds them; - is"
    " standard input. Options come before it.",
)
@click.option(
    "--draft",
    "draft_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep unfinished answers in this file, and go on with those in it.",
)
@click.option(
    "--input/--no-input",
    "asks",
    default=None,
    help="Ask for what is not answered.  [default: ask in a terminal]",
)
@click.option("--another-work", is_flag=True, help="A known work with a near title is another one.")
@click.option("--yes", is_flag=True, help="Write without asking once more.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def add(data_dir: Path, entry: str | None, **given: Any) -> None:
    """Add the coding of one study.

    ENTRY is a file with its BibTeX entry, or - for standard input. In a terminal, what is not
    given is asked for, and unfinished answers are kept and can be taken up again. The data is
    changed at the end only, in all its files or in none, after a check by its own rules.

    Exits with 0 where the coding is written, or would be with --dry-run; with 1 where an answer
    is missing or wrong, the coder leaves, or a file cannot be written.
    """
    from marginal_risk.contribute.coding.answers import merge_answers
    from marginal_risk.contribute.writers import WriteError, only_writer

    answers = read_given(entry, given)
    if given["answers_file"]:
        answers = merge_answers(read_answers_file(given["answers_file"]), answers)
    asks = sys.stdin.isatty() if given["asks"] is None else given["asks"]
    draft = None
    if asks:
        answers, draft = interview(data_dir, answers, given["draft_file"])
    elif given["draft_file"]:
        raise click.UsageError("--draft is for being asked; --answers takes a file of answers.")
    try:
        # What the interview knew may have changed while the coder was reading.
        with nullcontext() if given["dry_run"] else only_writer(data_dir, "add", say):
            _add_coding(data_dir, answers, draft, {**given, "asks": asks})
    except WriteError as error:
        raise click.ClickException(f"Nothing is written: {error}.{where_kept(draft)}") from error


def _add_coding(
    data_dir: Path, answers: "Answers", draft: Path | None, given: dict[str, Any]
) -> None:
    """Write the coding that the answers give, or exit with 1 and the reasons why not."""
    from marginal_risk.check.today import latest_today
    from marginal_risk.contribute.coding.file_changes import changed_files
    from marginal_risk.contribute.coding.proposal import is_second_coding, propose
    from marginal_risk.contribute.writers import write_files
    from marginal_risk.problems import printable

    corpus = read_sound_corpus(data_dir)
    proposal = propose(corpus.records, answers, latest_today())
    for finding in proposal.findings:
        click.echo(printable(finding_line(finding)), err=True)
    # In an interview, the coder has said already that it is another work.
    may_be_known = any(finding.known_as for finding in proposal.findings)
    if may_be_known and proposal.is_sound and not given["asks"] and not given["another_work"]:
        hint = "Code the one that stands, with --study; if it is another, say --another-work."
        raise click.ClickException(f"Nothing is written. {hint}")
    if not proposal.is_sound:
        raise click.ClickException(f"Nothing is written.{where_kept(draft)}")
    files = changed_files(corpus, proposal)
    is_second = is_second_coding(corpus.records, proposal)
    changes = _describe_changes(corpus, proposal)
    _show_coding(corpus, proposal)
    show(f"\n{_SHOWN_LATER if is_second else changes}\n")
    if given["dry_run"]:
        click.echo(f"Nothing is written (--dry-run).{where_kept(draft)}", err=True)
        return
    if given["asks"] and not given["yes"] and not Terminal().agrees("Write this?"):
        raise click.ClickException(f"Nothing is written.{where_kept(draft)}")
    try:
        write_files(data_dir, files)
    except OSError as error:
        why = f"{data_dir} cannot be changed ({error.strerror or error})"
        raise click.ClickException(f"Nothing is written: {why}.{where_kept(draft)}") from error
    for path in files:
        click.echo(f"{path}: written", err=True)
    if draft:
        draft.unlink(missing_ok=True)
    if is_second:
        show(f"\n{changes}\n")
    click.echo(_next_steps(data_dir, files, proposal.key))


_SHOWN_LATER = (
    "Somebody else has coded this study for this misuse vector. What that changes on the map, and"
    " how far you agree, is shown once this is written: two codings count for more than one only"
    " where neither leans on the other."
)


def _show_coding(corpus: "Corpus", proposal: "Proposal") -> None:
    """Print the coding itself."""
    from marginal_risk.contribute.coding.file_changes import step_lines

    if proposal.reference:
        show(proposal.reference.study.reference)
    for line in step_lines(corpus.records, proposal):
        show(f"  {line}")


def _describe_changes(corpus: "Corpus", proposal: "Proposal") -> str:
    """Return what the coding changes on the map, or exit with 1 and why that cannot be told."""
    from tempfile import TemporaryDirectory

    from marginal_risk.contribute.changes.comparing import compare_with_coding
    from marginal_risk.contribute.changes.rendering import as_text
    from marginal_risk.store.database import BuildError

    try:
        with TemporaryDirectory(prefix="marginal-risk-") as folder:
            return as_text(compare_with_coding(corpus, proposal, Path(folder)))
    except (OSError, BuildError) as error:
        raise click.ClickException(f"Nothing is written: {error}") from error


def _next_steps(data_dir: Path, files: Iterable[Path], key: "CodingKey") -> str:
    """Return the commands that offer the files as a pull request."""
    from marginal_risk.git import ask_git

    if ask_git(data_dir, "rev-parse", "--git-dir") is None:
        return "To offer it, put these files into a clone of the repository, and commit them there."
    # What git takes in the name of a branch: https://git-scm.com/docs/git-check-ref-format
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", f"{key.citekey}-{key.misuse_vector}-{key.coder}")
    message = f"Code {key.citekey} for {key.misuse_vector}, by {key.coder}"
    commands = (
        ("git", "switch", "--create", f"coding-{name.strip('-')}"),
        ("git", "add", *map(str, files)),
        ("git", "commit", "--message", message),
        ("git", "push", "--set-upstream", "origin", "HEAD"),
    )
    lines = (f"  {shlex.join(words)}" for words in commands)
    return "\n".join(["To offer it as a pull request:", *lines])
