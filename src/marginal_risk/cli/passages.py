"""``marginal-risk passages``."""

from pathlib import Path

import click

from marginal_risk.cli.answer_options import read_answers_file

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("answers", type=_FILE)
@click.argument("text", type=_FILE)
def passages(answers: Path, text: Path) -> None:
    """Look up the passages that a file of ANSWERS quotes in the TEXT of the study.

    TEXT is a text file in UTF-8, or a PDF (with the extra 'pdf'). Line breaks, hyphens,
    ligatures and kinds of quotation marks do not count. No passage is stored.

    Exits with 0 where all are there; with 1 where one is not, where there is none to look up, or
    where a file cannot be read.
    """
    from marginal_risk.contribute.coding.passages import look_up_passages, read_text
    from marginal_risk.problems import printable

    offered = read_answers_file(answers)
    try:
        found = list(look_up_passages(offered, read_text(text)))
    except ImportError as error:
        hint = 'Install it with: pip install "marginal-risk[pdf]", or give the text as a file.'
        raise click.ClickException(f"A PDF needs pypdf. {hint}") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    for passage in found:
        state = "found" if passage.is_found else "NOT THERE"
        click.echo(printable(f"{passage.step}: {state}: {passage.text}"))
    if not found:
        raise click.ClickException(f"{answers} quotes no passage.")
    lost = sum(not passage.is_found for passage in found)
    click.echo(f"{len(found) - lost} of {len(found)} passages are in {text}.")
    if lost:
        raise click.exceptions.Exit(1)
