"""``marginal-risk format``."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import read_sound_corpus
from marginal_risk.cli.terminal import say

if TYPE_CHECKING:
    from marginal_risk.check.corpus import Corpus

_NOT_IN_FORM = (
    "This file is not in canonical order or form. 'marginal-risk format' writes it so; without"
    " Python, leave it: whoever merges runs the workflow 'Format'."
)


def _read_corpus_to_write(data_dir: Path) -> "Corpus":
    """Return the data where its only errors are of a form that writing it mends; else exit."""
    from marginal_risk.check.corpus import read_corpus
    from marginal_risk.check.rules import severity
    from marginal_risk.problems import Severity
    from marginal_risk.read.sheets import MENDED

    corpus = read_corpus(data_dir)
    errors = [problem for problem in corpus.problems if severity(problem) is Severity.ERROR]
    if errors and all(problem.hint.endswith(MENDED) for problem in errors):
        return corpus
    return read_sound_corpus(data_dir)


@click.command("format")
@options.data
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 instead.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="How --check prints; github makes annotations of a pull request.",
)
def format_data(data_dir: Path, only_check: bool, output_format: str) -> None:
    """Put the data files into canonical order and form, without changing a value.

    A date as a spreadsheet writes it, such as 23.11.2026, becomes an ISO date where it can be one
    date only.
    """
    from marginal_risk.contribute.canonical import canonical_files, is_changed
    from marginal_risk.contribute.writers import WriteError, only_writer, write_files

    try:
        with nullcontext() if only_check else only_writer(data_dir, "format", say):
            corpus = _read_corpus_to_write(data_dir)
            files = canonical_files(corpus)
            changed = {path: text for path, text in files if is_changed(path, text)}
            if not only_check:
                write_files(data_dir, changed)
    except (OSError, WriteError) as error:
        raise click.ClickException(f"Nothing was changed: {error}.") from error
    for path in changed:
        if only_check and output_format == "github":
            click.echo(f"::warning file={path},line=1,title=canonical form::{_NOT_IN_FORM}")
        elif only_check:
            click.echo(f"{path}: not in canonical form. Run 'marginal-risk format'.")
        else:
            click.echo(f"{path}: put into canonical form")
    sys.exit(1 if only_check and changed else 0)
