"""``marginal-risk check``."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marginal_risk.cli.build import without_collecting_garbage

if TYPE_CHECKING:
    from marginal_risk.check.block_counts import FileAccount
    from marginal_risk.check.corpus import Corpus


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default="data",
    show_default=True,
    help="The data directory.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print problems; github makes annotations of a pull request.",
)
@click.option(
    "--stats", "wants_stats", is_flag=True, help="Print what became of each BibTeX file's blocks."
)
def check(paths: tuple[Path, ...], data_dir: Path, output_format: str, wants_stats: bool) -> None:
    """Check the data and print every problem with its file, line and mend.

    With PATHS (BibTeX files, or folders of them), checks nothing but those, each file for itself.

    Exits with 0 where nothing stops a build, with 1 where something does.

    --stats counts, for each file: blocks seen (what starts like an entry at the start of a line,
    counted without reading any; what starts like one within a line; and each stretch of text
    between); blocks read (entries that became a reference or, as @xdata, serve others; @strings;
    @preambles); blocks reported, which were not read and have a problem that says why; and
    comments of both kinds. What was seen is always what was read, reported or a comment.
    Entries, strings and preambles are the parts of what was read. A file that cannot be decoded
    is one block, reported.
    """
    from marginal_risk.cli.reporting import as_json, encodable, problem_lines, summary

    corpus, accounts = _read(paths, data_dir, wants_stats)
    if output_format == "json":
        from marginal_risk.check.block_counts import accounts_as_json

        report = as_json(corpus)
        if wants_stats:
            report["files"] = accounts_as_json(accounts)
        click.echo(encodable(json.dumps(report, indent=2, ensure_ascii=False)))
    else:
        for line in problem_lines(corpus, output_format):
            click.echo(line)
        if wants_stats:
            from marginal_risk.check.block_counts import table_lines

            for line in table_lines(accounts):
                click.echo(line)
        click.echo(summary(corpus), err=True)
    adds_up = all(account.blocks.adds_up for account in accounts)
    sys.exit(0 if corpus.is_sound and adds_up else 1)


def _read(
    paths: tuple[Path, ...], data_dir: Path, wants_stats: bool
) -> tuple["Corpus", list["FileAccount"]]:
    """Return what was read, and the accounts of its BibTeX files if they are wanted."""
    if paths:
        from marginal_risk.check.block_counts import find_bib_files, read_accounts

        accounts, corpus = read_accounts(find_bib_files(paths), is_one_bibliography=False)
        return corpus, accounts
    if not data_dir.is_dir():
        raise click.BadParameter(
            f"Directory {str(data_dir)!r} does not exist.", param_hint="--data"
        )
    from marginal_risk.check.corpus import read_corpus
    from marginal_risk.cli.reporting import ProgressLine

    progress = ProgressLine()
    with without_collecting_garbage():
        corpus = read_corpus(data_dir, progress=progress)
    progress.clear()
    if not wants_stats:
        return corpus, []
    from marginal_risk.check.block_counts import find_bib_files, read_accounts

    bib = data_dir / "bib"
    accounts, _ = read_accounts(
        find_bib_files([bib if bib.is_dir() else data_dir]), is_one_bibliography=True
    )
    return corpus, accounts
