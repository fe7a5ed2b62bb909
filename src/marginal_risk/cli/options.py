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

# Of commands that write something else, and read the database.
built_database = click.option(
    "--database",
    type=click.Path(path_type=Path),
    default="evidence.db",
    show_default=True,
    help="The database file; built if needed.",
)


def is_given(name: str) -> bool:
    """Tell whether the caller of this command has typed an option, rather than its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE
