"""``marginal-risk check``."""

import json
import sys
from pathlib import Path

import click

from marginal_risk.cli import options


@click.command()
@options.data
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print problems; github makes annotations of a pull request.",
)
def check(data_dir: Path, form: str) -> None:
    """Check the data and print every problem with its file, line and mend.

    Exits with 0 where nothing stops a build, with 1 where something does.
    """
    from marginal_risk.corpus import read_corpus
    from marginal_risk.reporting import Progress, as_json, problem_lines, summary

    progress = Progress()
    corpus = read_corpus(data_dir, progress=progress)
    progress.clear()
    if form == "json":
        click.echo(json.dumps(as_json(corpus), indent=2, ensure_ascii=False))
    else:
        for line in problem_lines(corpus, form):
            click.echo(line)
        click.echo(summary(corpus), err=True)
    sys.exit(0 if corpus.is_sound else 1)
