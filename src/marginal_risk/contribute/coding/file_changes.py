"""A sound proposal -> the files that it changes, and the lines that it adds to each."""

from collections.abc import Iterator
from pathlib import Path

from marginal_risk.check.corpus import Corpus
from marginal_risk.contribute.canonical import canonical_sheets, is_changed
from marginal_risk.contribute.coding.proposal import Proposal
from marginal_risk.read.bibliography.canonical_bibtex import canonical_bibtex
from marginal_risk.read.encoding import decode_bibtex, state_utf8
from marginal_risk.rows import Records


def changed_files(corpus: Corpus, proposal: Proposal) -> dict[Path, str]:
    """Return the files that a sound proposal changes, each with its new text in canonical form.

    A sheet that it adds no row to stays as it is, in whatever form.
    """
    touched = {corpus.data_dir / name for name, _ in new_lines(proposal)}
    sheets = ((corpus.data_dir / n, text) for n, text in canonical_sheets(proposal.records))
    changed = {p: text for p, text in sheets if p in touched and is_changed(p, text)}
    if proposal.is_new_study and proposal.reference:
        path = corpus.data_dir / bib_file(proposal)
        old = path.read_bytes() if path.exists() else b""
        text = state_utf8(decode_bibtex(old, str(path)).text or "")
        changed[path] = canonical_bibtex(f"{text}\n\n{proposal.reference.study.bibtex}\n")
    return changed


def bib_file(proposal: Proposal) -> str:
    """Return the path of the file for a new entry, relative to the data directory."""
    return f"bib/{proposal.key.misuse_vector}.bib"


def new_lines(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Yield each file that a sound proposal adds to, with the lines to append.

    If screening.csv has a row for the study and vector already, the new row replaces it.
    ``marginal-risk format`` then puts the files into canonical order.
    """
    if proposal.new is None:
        return
    if proposal.is_new_study and proposal.reference:
        yield bib_file(proposal), canonical_bibtex(f"{proposal.reference.study.bibtex}\n")
    for name, text in canonical_sheets(proposal.new):
        _, _, rows = text.partition("\n")
        if rows:
            yield name, rows


def step_lines(records: Records, proposal: Proposal) -> list[str]:
    """Return a line for each step of the codebook: its judgement, or that it is not coded."""
    if proposal.new is None:
        return []
    levels = proposal.new.codings[0].levels
    reasons = {row.step: row for row in proposal.new.rationales}
    lines = []
    for step in records.codebook.steps:
        if step.slug in levels:
            row = reasons[step.slug]
            why = f"{row.rationale} ({row.locator}; confidence: {row.confidence})"
            lines.append(f"{step.name}: {levels[step.slug]}. {why}")
        else:
            lines.append(f"{step.name}: not coded.")
    return lines
