"""The command line: parse arguments, call, print, set the exit code.

Each command has a module, which imports what it needs when it runs: ``check`` starts faster
without a web server, and ``--help`` without anything.
"""

import click

from marginal_risk.cli.add import add
from marginal_risk.cli.agreement import agreement
from marginal_risk.cli.build import build
from marginal_risk.cli.check import check
from marginal_risk.cli.diff import diff
from marginal_risk.cli.export import export
from marginal_risk.cli.figure import figure
from marginal_risk.cli.format import format_data
from marginal_risk.cli.import_ import import_export
from marginal_risk.cli.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="marginal-risk")
def main() -> None:
    """Check, build and publish the marginal risk evidence map."""


COMMANDS = (
    *(check, build, serve, figure, agreement, export),
    *(add, import_export, format_data, diff),
)
for command in COMMANDS:
    main.add_command(command)
