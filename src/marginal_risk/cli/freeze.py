"""``marginal-risk freeze``."""

import re
from pathlib import Path

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import build_if_needed


class _Address(click.ParamType[str]):
    """An address on the web, without a query."""

    name = "URL"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address with a slash at its end."""
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?", value):
            self.fail(f"{value} is not an address such as https://example.org/map/", param, ctx)
        return f"{value.rstrip('/')}/"


@click.command()
@options.data
@options.built_database
@click.option(
    "--address",
    type=_Address(),
    help="Where the copy will be; its pages name this address.",
)
@click.option(
    "--live",
    type=_Address(),
    help="Where the site with a server is; its pages name that address, and readers are sent there"
    " for what needs a server.",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def freeze(
    data_dir: Path, database: Path, address: str | None, live: str | None, folder: Path
) -> None:
    """Write the whole site into DIR as files that need no server.

    It works on any host of files, under any prefix, and from a disk. DIR is made, or replaced
    where it holds an earlier copy; all of it or nothing. Exits with 1 where the data has errors
    or DIR cannot be written.
    """
    from marginal_risk.cli.reporting import ProgressLine
    from marginal_risk.publish.frozen.copying import CopyPlace, FreezeError, freeze_site
    from marginal_risk.store.folders import FolderError, write_folder
    from marginal_risk.store.provenance import shipped

    build_if_needed(data_dir, database)
    place = CopyPlace(address or "", live or "")
    config = shipped("datasette.yml")
    progress = ProgressLine()
    try:
        count = write_folder(
            folder, lambda new: freeze_site(database, config, new, place, progress)
        )
    except (FolderError, FreezeError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        progress.clear()
    click.echo(f"{folder}: {count} files; open {folder / 'index.html'}", err=True)
