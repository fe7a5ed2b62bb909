"""``marginal-risk format``."""

import sys
from pathlib import Path

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import read_sound_corpus


@click.command("format")
@options.data
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 instead.")
def format_data(data_dir: Path, only_check: bool) -> None:
    """Put the data files into canonical order and form, without changing a value."""
    from marginal_risk.contribute.canonical import canonical_files, write_files

    corpus = read_sound_corpus(data_dir)
    changed = {p: text for p, text in canonical_files(corpus) if p.read_bytes() != text.encode()}
    if not only_check:
        try:
            write_files(changed)
        except OSError as error:
            raise click.ClickException(f"Nothing was changed: {error}") from error
    for path in changed:
        if only_check:
            click.echo(f"{path}: not in canonical form. Run 'marginal-risk format'.")
        else:
            click.echo(f"{path}: put into canonical form")
    sys.exit(1 if only_check and changed else 0)
