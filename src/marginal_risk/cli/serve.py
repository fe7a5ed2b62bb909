"""``marginal-risk serve``."""

from pathlib import Path

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import build_if_needed


@click.command()
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default="data",
    show_default=True,
    help="The data directory; not needed with --no-build.",
)
@options.database
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the map in a browser.")
@click.option("--no-build", is_flag=True, help="Serve the file as it is, without its data.")
@click.option(
    "--reload/--no-reload",
    default=True,
    show_default=True,
    help="Build again when the data changes; never with --no-build.",
)
def serve(  # noqa: PLR0913  (one parameter an option)
    data_dir: Path,
    output: Path,
    *,
    host: str,
    port: int,
    open_browser: bool,
    no_build: bool,
    reload: bool,
) -> None:
    """Check the data, build the database if needed, and serve the map read-only.

    Where another database takes the file's place, it is served from then on. Where the data
    changes, the database is built again; as long as the data has errors, they are printed, and
    the map stays as it was.
    """
    from marginal_risk.publish.copies import UnreadableError
    from marginal_risk.publish.server import AddressError, Server
    from marginal_risk.store.provenance import shipped

    if no_build and not output.is_file():
        raise click.ClickException(f"{output} is not there: name the database with --output")
    if not no_build:
        if not data_dir.is_dir():
            message = f"Directory '{data_dir}' does not exist."
            raise click.BadParameter(message, param_hint="'--data'")
        build_if_needed(data_dir, output)
    try:
        server = Server(output, shipped("datasette.yml"), host, port)
    except (AddressError, UnreadableError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The map is at {server.url} (stop with Ctrl-C)", err=True)
    if reload and not no_build:
        from marginal_risk.cli.rebuilding import Rebuilder, build_beside

        Rebuilder(data_dir, lambda: build_beside(data_dir, output)).start()
    if open_browser:
        server.open_browser()
    server.run()
