"""``marginal-risk figure``."""

from pathlib import Path

import click

from marginal_risk.cli import options
from marginal_risk.cli.build import build_if_needed


@click.command()
@options.data
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["svg", "png", "pdf"]),
    default="svg",
    show_default=True,
    help="What to draw; png has 400 dots an inch.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The picture.  [default: map.<format>]",
)
@options.built_database
def figure(data_dir: Path, output_format: str, output: Path | None, database: Path) -> None:
    """Draw the map as a figure for papers and slides, 17 cm wide.

    A picture that is there is written over. Exits with 1 where the data has errors or a file
    cannot be written.
    """
    from contextlib import closing

    from marginal_risk.publish.figures.map_figure import draw, read_drawing
    from marginal_risk.publish.queries import open_database

    picture = output or Path(f"map.{output_format}")
    if picture.suffix.lower() != f".{output_format}":
        raise click.ClickException(
            f"{picture} does not end in .{output_format}: name it so, or choose another --format"
        )
    build_if_needed(data_dir, database)
    with closing(open_database(database)) as connection:
        drawing = read_drawing(connection, output_format)
    try:
        picture.write_bytes(draw(drawing))
    except OSError as error:
        raise click.ClickException(f"{picture} cannot be written: {error.strerror}") from error
    click.echo(picture)
