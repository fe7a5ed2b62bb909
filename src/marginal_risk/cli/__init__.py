"""The command line: parse arguments, call, print, set the exit code.

Each command has a module, which imports what it needs when it runs: ``check`` starts faster
without a web server, and ``--help`` without anything.
"""

import errno
import os
import sys
from contextlib import suppress
from typing import Any

import click

from marginal_risk.cli.add import add
from marginal_risk.cli.agreement import agreement
from marginal_risk.cli.build import build
from marginal_risk.cli.check import check
from marginal_risk.cli.diff import diff
from marginal_risk.cli.export import export
from marginal_risk.cli.figure import figure
from marginal_risk.cli.format import format_data
from marginal_risk.cli.freeze import freeze
from marginal_risk.cli.import_ import import_export
from marginal_risk.cli.passages import passages
from marginal_risk.cli.release import release
from marginal_risk.cli.review import review
from marginal_risk.cli.screen import screen
from marginal_risk.cli.serve import serve
from marginal_risk.cli.task import task

_REFUSED = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What a full or broken disk says; a pipe that is closed is click's to handle."""


class _Commands(click.Group):
    """Commands that say in a line where what they print cannot be written."""

    def main(self, *args: Any, **named: Any) -> Any:
        """Run a command; exit with 1 where its output is lost."""
        try:
            try:
                return super().main(*args, **named)
            finally:
                sys.stdout.flush()
        except OSError as error:
            if error.errno not in _REFUSED or error.filename is not None:
                raise
            with suppress(OSError):
                click.echo(f"Error: the output cannot be written: {error.strerror}.", err=True)
            # Python tries once more when it ends: https://docs.python.org/3/library/signal.html
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="marginal-risk")
def main() -> None:
    """Check, build and publish the marginal risk evidence map."""


COMMANDS = (
    *(check, build, serve, freeze, figure, agreement, export),
    *(add, review, task, passages, import_export, screen, format_data, diff, release),
)
for command in COMMANDS:
    main.add_command(command)
