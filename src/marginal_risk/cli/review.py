"""``marginal-risk review``."""

from pathlib import Path
from typing import Any

import click

from marginal_risk.cli import options
from marginal_risk.cli.add import add
from marginal_risk.cli.build import read_sound_corpus


@click.command()
@options.data
@click.argument("citekey")
@click.option("--vector", metavar="SLUG", help="The misuse vector, where there are several.")
@click.option(
    "--draft",
    "draft_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep unfinished answers in this file, and go on with those in it.",
)
@click.option("--yes", is_flag=True, help="Write without asking once more.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def review(data_dir: Path, citekey: str, vector: str | None, **given: Any) -> None:
    """Check the provisional coding of the study CITEKEY.

    What machines coded is shown at each question, and every one is asked: take over what a
    machine said, or answer yourself. The result is a coding of your own that says what it began
    with. 'marginal-risk add' goes on with unfinished answers.

    Exits with 0 where the coding is written, or would be with --dry-run; with 1 where nothing
    waits to be checked, the coder leaves, or a file cannot be written.
    """
    from marginal_risk.contribute.coding.starting_codings import find_machines
    from marginal_risk.problems import did_you_mean, printable

    records = read_sound_corpus(data_dir).records
    machines = {row.record.coder for row in records.coders if row.record.kind == "machine"}
    waiting = [row.key for row in records.codings if row.key.coder in machines]
    vectors = sorted({key.misuse_vector for key in waiting if key.citekey == citekey})
    if not vectors:
        hint = did_you_mean(citekey, sorted({key.citekey for key in waiting}))
        message = f"No machine has coded {citekey!r}: nothing waits to be checked. {hint}"
        raise click.ClickException(printable(message.strip()))
    if vector is None and len(vectors) > 1:
        raise click.UsageError(f"Say which with --vector: {', '.join(vectors)}.")
    vector = vector or vectors[0]
    if vector not in vectors:
        hint = f"It is coded for: {', '.join(vectors)}."
        message = f"No machine has coded {citekey!r} for {vector!r}. {hint}"
        raise click.ClickException(printable(message))
    study = next(r.study for r in records.references if r.study.citekey == citekey)
    arxiv = f"https://arxiv.org/abs/{study.arxiv_id}" if study.arxiv_id else None
    doi = f"https://doi.org/{study.doi}" if study.doi else None
    for link in filter(None, (doi, arxiv, study.url)):
        click.echo(printable(f"Open the study, and read it: {link}"))
    started_from = find_machines(records, citekey, vector)
    answers = {"study": citekey, "misuse_vector": vector, "started_from": started_from}
    click.get_current_context().invoke(add, data_dir=data_dir, **answers, **given, asks=True)
