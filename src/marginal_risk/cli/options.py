"""Options that several commands have."""

from pathlib import Path

import click

data = click.option(
    "--data",
    "data_dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="data",
    show_default=True,
    help="The data directory.",
)
database = click.option(
    "--output",
    type=click.Path(path_type=Path),
    default="evidence.db",
    show_default=True,
    help="The database file.",
)

# For commands that read the database and write something else.
built_database = click.option(
    "--database",
    type=click.Path(path_type=Path),
    default="evidence.db",
    show_default=True,
    help="The database file; built if needed.",
)


def is_given(name: str) -> bool:
    """Tell whether the user typed this option of the command that runs."""
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE
