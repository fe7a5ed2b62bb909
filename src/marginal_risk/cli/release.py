"""``marginal-risk release``."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from marginal_risk.cli import options


@click.command()
@click.argument("tag")
@options.data
@click.option(
    "--changelog",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Write what the release changes into this file, under '## Data', and make no tag.",
)
@click.option(
    "--check",
    "is_check",
    is_flag=True,
    help="Compare what the tag says with what its data says, and make no tag.",
)
def release(tag: str, data_dir: Path, changelog: Path | None, is_check: bool) -> None:
    """Make a release of the data: a tag that says what it holds and what it changes.

    TAG is data-YYYY-MM-DD, or data-YYYY-MM-DD.2 for a second one of that day. The data must be
    committed and sound. It is compared with the release before, as by 'marginal-risk diff'. The
    tag is made in your clone alone: to publish the release, push it.

    Exits with 1 where the release cannot be made, or its tag does not say what its data says.
    """
    from marginal_risk.contribute.changes.releasing import (
        ReleaseError,
        add_to_changelog,
        check_tag,
        make_tag,
        prepare_release,
    )
    from marginal_risk.store.database import BuildError

    if changelog is not None and is_check:
        raise click.UsageError("Give --changelog or --check, not both.")
    with TemporaryDirectory(prefix="marginal-risk-") as folder:
        try:
            prepared = prepare_release(tag, data_dir, Path(folder), is_made=is_check)
            if is_check:
                check_tag(prepared, data_dir)
                click.echo(f"{tag} says what its data says.", err=True)
            elif changelog is not None:
                text = add_to_changelog(prepared, changelog.read_text(encoding="utf-8"))
                changelog.write_text(text, encoding="utf-8")
                click.echo(f"{changelog}: look at it, and commit it before the tag.", err=True)
            else:
                make_tag(prepared, data_dir)
                click.echo(prepared.message)
                click.echo(f"To publish it: git push origin {tag}", err=True)
        except (ReleaseError, BuildError) as error:
            raise click.ClickException(str(error)) from error
