"""The command line: parse arguments, call, print, set the exit code."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from marginal_risk.corpus import Corpus
    from marginal_risk.reporting import Progress

# The modules behind each command are imported when it runs: `check` starts faster without
# a web server, and `--help` without anything.

_data = click.option(
    "--data",
    "data_dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="data",
    show_default=True,
    help="The data directory.",
)
_output = click.option(
    "--output",
    type=click.Path(path_type=Path),
    default="evidence.db",
    show_default=True,
    help="The database file.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="marginal-risk")
def main() -> None:
    """Check, build and publish the marginal risk evidence map."""


@main.command()
@_data
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


@main.command()
@_data
@_output
def build(data_dir: Path, output: Path) -> None:
    """Build the database from the data, unless it is up to date.

    The old file stays as it is until the new one is whole. Exits with 1 where the data has
    errors or the file cannot be written.
    """
    _build(data_dir, output)


@main.command()
@_data
@_output
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the map in a browser.")
def serve(data_dir: Path, output: Path, host: str, port: int, open_browser: bool) -> None:
    """Check the data, build the database if needed, and serve the map read-only."""
    from marginal_risk.provenance import shipped
    from marginal_risk.server import AddressError, Server

    _build(data_dir, output)
    try:
        server = Server(output, shipped("datasette.yml"), host, port)
    except AddressError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The map is at {server.url} (stop with Ctrl-C)", err=True)
    if open_browser:
        server.open_browser()
    server.run()


@main.command()
@_data
@click.option(
    "--format",
    "form",
    type=click.Choice(["svg", "png", "pdf"]),
    default="svg",
    show_default=True,
    help="What to draw; png has 300 dots an inch.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The picture.  [default: map.<format>]",
)
@click.option(
    "--database",
    type=click.Path(path_type=Path),
    default="evidence.db",
    show_default=True,
    help="The database file; built if needed.",
)
def figure(data_dir: Path, form: str, output: Path | None, database: Path) -> None:
    """Draw the map as a figure for papers and slides, 17 cm wide.

    A picture that is there is written over. Exits with 1 where the data has errors or a file
    cannot be written.
    """
    import asyncio

    from marginal_risk.provenance import shipped
    from marginal_risk.server import open_site
    from marginal_risk.site.figure import draw, read_drawing

    picture = output or Path(f"map.{form}")
    if picture.suffix.lower() != f".{form}":
        raise click.ClickException(
            f"{picture} does not end in .{form}: name it so, or choose another --format"
        )
    _build(data_dir, database)
    site = open_site(database, shipped("datasette.yml"))
    try:
        drawing = asyncio.run(read_drawing(site, form))
    finally:
        site.close()
    try:
        picture.write_bytes(draw(drawing))
    except OSError as error:
        raise click.ClickException(f"{picture} cannot be written: {error.strerror}") from error
    click.echo(picture)


@main.command("format")
@_data
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 instead.")
def format_data(data_dir: Path, only_check: bool) -> None:
    """Put the data files into canonical order and form, without changing a value."""
    from marginal_risk.canonical import canonical_files, write_file

    corpus = _sound_corpus(data_dir)
    changed = [(p, text) for p, text in canonical_files(corpus) if p.read_bytes() != text.encode()]
    for path, text in changed:
        if only_check:
            click.echo(f"{path}: not in canonical form. Run 'marginal-risk format'.")
        else:
            write_file(path, text)
            click.echo(f"{path}: put into canonical form")
    sys.exit(1 if only_check and changed else 0)


def _build(data_dir: Path, output: Path) -> None:
    """Build ``output`` if it is not current, or exit with 1 and the reason."""
    from marginal_risk.database import BuildError, build_database, is_current
    from marginal_risk.reporting import Progress

    if is_current(output, data_dir):
        click.echo(f"{output} is up to date: the data has not changed", err=True)
        return
    progress = Progress()
    corpus = _sound_corpus(data_dir, progress)
    try:
        build_database(corpus, output, progress)
    except BuildError as error:
        raise click.ClickException(str(error)) from error
    finally:
        progress.clear()
    studies = len(corpus.records.references)
    judgements = sum(len(row.levels) for row in corpus.records.codings)
    click.echo(
        f"{output}: {studies} studies, {judgements} judgements, data version {corpus.data_version}",
        err=True,
    )


def _sound_corpus(data_dir: Path, progress: "Progress | None" = None) -> "Corpus":
    """Read and check the data; print its problems, and exit with 1 where one is an error."""
    from marginal_risk.corpus import read_corpus
    from marginal_risk.reporting import Progress, problem_lines, summary

    progress = progress or Progress()
    corpus = read_corpus(data_dir, progress=progress)
    progress.clear()
    for line in problem_lines(corpus, "text"):
        click.echo(line, err=True)
    if corpus.problems:
        click.echo(summary(corpus), err=True)
    if not corpus.is_sound:
        sys.exit(1)
    return corpus
