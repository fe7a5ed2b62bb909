"""``marginal-risk export``."""

from pathlib import Path

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import build_if_needed


@click.command()
@options.data
@click.option(
    "--database",
    type=click.Path(path_type=Path),
    default="evidence.db",
    show_default=True,
    help="The database file; built if needed.",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(data_dir: Path, database: Path, folder: Path) -> None:
    """Write the data in every format into DIR, for other programs to read.

    Every table and view as CSV, JSON Lines and Parquet, with descriptions for Frictionless,
    Croissant, CSV on the Web and RO-Crate; the references as BibTeX, BibLaTeX, RIS and CSL-JSON;
    a workbook for a spreadsheet; and the database itself. DIR is made, or replaced where it holds
    an earlier export; all of it or nothing. Exits with 1 where the data has errors or DIR cannot
    be written.
    """
    from marginal_risk.cli.reporting import ProgressLine
    from marginal_risk.publish.formats.package import parquet_is_possible, write_package
    from marginal_risk.store.folders import FolderError, write_folder

    build_if_needed(data_dir, database)
    if not parquet_is_possible():
        message = "Parquet is left out. It needs pyarrow: pip install 'marginal-risk[parquet]'"
        click.echo(message, err=True)
    progress = ProgressLine()
    try:
        counts = write_folder(folder, lambda new: write_package(database, new, progress))
    except FolderError as error:
        raise click.ClickException(str(error)) from error
    finally:
        progress.clear()
    click.echo(f"{folder}: {len(counts)} tables and views, {sum(counts.values())} rows", err=True)
