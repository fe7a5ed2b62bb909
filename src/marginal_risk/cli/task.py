"""``marginal-risk task``."""

from pathlib import Path

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import read_sound_corpus


@click.command()
@options.data
@click.argument("citekey")
@click.option("--vector", metavar="SLUG", required=True, help="The misuse vector.")
def task(data_dir: Path, citekey: str, vector: str) -> None:
    """Print the task of coding the study CITEKEY, for a model that you run.

    It holds the questions and rules of the codebook, and the form of the answer, which
    'marginal-risk add --answers' takes.

    Exits with 0, or with 1 where the study or the misuse vector is unknown.
    """
    from marginal_risk.contribute.coding.task import write_task

    try:
        click.echo(write_task(read_sound_corpus(data_dir).records, citekey, vector), nl=False)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
