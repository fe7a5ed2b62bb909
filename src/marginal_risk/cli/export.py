"""``marginal-risk export``."""

from pathlib import Path

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import build_if_needed


@click.command()
@options.data
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["parquet"]),
    default="parquet",
    show_default=True,
    help="What to write.",
)
@click.option(
    "--database",
    type=click.Path(path_type=Path),
    default="evidence.db",
    show_default=True,
    help="The database file; built if needed.",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(data_dir: Path, output_format: str, database: Path, folder: Path) -> None:
    """Write every table and view as a file into DIR, for other engines to read.

    DIR is made, or replaced where it holds an earlier export; all of it or nothing. Exits with
    1 where the data has errors or DIR cannot be written.
    """
    try:
        from marginal_risk.store.parquet import ExportError, write_parquet
    except ImportError as error:
        message = f"--format {output_format} needs pyarrow: pip install 'marginal-risk[parquet]'"
        raise click.ClickException(message) from error
    from marginal_risk.cli.reporting import Progress

    build_if_needed(data_dir, database)
    progress = Progress()
    try:
        counts = write_parquet(database, folder, progress)
    except ExportError as error:
        raise click.ClickException(str(error)) from error
    finally:
        progress.clear()
    click.echo(f"{folder}: {len(counts)} files, {sum(counts.values())} rows", err=True)
