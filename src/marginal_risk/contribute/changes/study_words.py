"""What a change does to the studies: their references, decisions and codings."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from marginal_risk.contribute.changes.comparing import Changes, RowChange
from marginal_risk.contribute.changes.snapshot import Row
from marginal_risk.contribute.changes.wording import Entry, Section, Wording, section

_CODING = ("citekey", "misuse_vector", "coder")
_SHOWN_WHEN_ADDED = ("authors", "editors", "publication_date", "venue", "doi", "arxiv_id", "url")
_RESOLVERS = {"doi": "https://doi.org/", "arxiv_id": "https://arxiv.org/abs/"}


def describe_studies(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield what changes in the bibliography and in what was decided about its studies."""
    studies, screening = changes.tables["studies"], changes.tables["screening"]
    yield section("Studies added", (_study(row, words) for row in studies.added))
    yield section("Studies removed", (_study(row, words) for row in studies.removed))
    yield section("References corrected", (_reference(row, words) for row in studies.changed))
    decided = [row for row in screening.changed if "decision" in row.fields]
    noted = [row for row in screening.changed if "decision" not in row.fields]
    yield section("Studies found", (_found(row, words) for row in screening.added))
    yield section("Decisions changed", (_decided(row, words) for row in decided))
    yield section("Screening corrected", (_noted(row, words) for row in noted))
    yield section(
        "No longer among the studies found", (_found(r, words) for r in screening.removed)
    )


def _study(change: RowChange, words: Wording) -> Entry:
    row = change.values
    facts = [_fact(column, row[column], words) for column in _SHOWN_WHEN_ADDED if row[column]]
    if row["version_of"]:
        facts.append(f"a version of {words.study(row['version_of'])}")
    return Entry(
        f"{words.study(change.key['citekey'])}: {words.said(row['title'])}", (". ".join(facts),)
    )


def _fact(column: str, value: str, words: Wording) -> str:
    text = words.text(value)
    resolver = _RESOLVERS.get(column)
    return words.link(text, f"{resolver}{quote(value, safe='/')}") if resolver else text


def _reference(change: RowChange, words: Wording) -> Entry:
    details = list(words.differences(change, "bibtex"))
    if not details:
        # A field that the map does not show: then the lines of the entry tell.
        before, after = (text.splitlines() for text in change.fields["bibtex"])
        old = " ".join(line for line in before if line not in after)
        new = " ".join(line for line in after if line not in before)
        details = [f"BibTeX: {words.said(old)} → {words.said(new)}"]
    return Entry(words.study(change.key["citekey"]), tuple(details))


def _found(change: RowChange, words: Wording) -> Entry:
    row = change.values
    return Entry(
        f"{words.for_vector(change.key)}: {_outcome(row, words)}",
        (f"found via {words.said(row['found_via'])}", *_note(row, words)),
    )


def _decided(change: RowChange, words: Wording) -> Entry:
    before, after = (_outcome(row, words) for row in (change.before, change.after) if row)
    return Entry(
        f"{words.for_vector(change.key)}: {before} → {after}", tuple(_note(change.values, words))
    )


def _noted(change: RowChange, words: Wording) -> Entry:
    return Entry(words.for_vector(change.key), tuple(words.differences(change)))


def _outcome(row: Row, words: Wording) -> str:
    """Return what was decided and why."""
    outcome = words.name("decisions", row["decision"])
    if row["reason"]:
        outcome += f": {words.name('exclusion_reasons', row['reason'])}"
    if row["other_study"]:
        outcome += f", {words.study(row['other_study'])}"
    return outcome


def _note(row: Row, words: Wording) -> Iterator[str]:
    if row["note"]:
        yield f"note: {words.said(row['note'])}"


def describe_codings(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield what changes in the codings: new ones, other levels, other reasons."""
    codings = changes.tables["codings"]
    judged: dict[tuple[Any, ...], list[RowChange]] = {}
    for change in changes.tables["judgements"].all:
        judged.setdefault(_coding(change), []).append(change)

    new_or_gone = {_coding(row) for row in (*codings.added, *codings.removed)}

    def entry(change: RowChange) -> Entry:
        is_whole = _coding(change) in new_or_gone
        details = (_judgement(row, words, is_whole) for row in judged.get(_coding(change), ()))
        own = () if is_whole else words.differences(change)
        return Entry(
            f"{words.for_vector(change.key)}, by {words.name('coders', change.key['coder'])}",
            (*details, *own),
        )

    kept = {_coding(row): row for row in codings.changed}
    for key in judged:
        if key not in new_or_gone:
            named = dict(zip(_CODING, key, strict=True))
            kept.setdefault(key, RowChange(named, None, None))
    recoded = {key for key, rows in judged.items() if any("level" in row.fields for row in rows)}
    others = [row for key, row in kept.items() if key not in recoded]
    yield section("Codings added", map(entry, codings.added))
    yield section("Recoded", (entry(row) for key, row in kept.items() if key in recoded))
    yield section("Reasons of codings changed", map(entry, others))
    yield section("Codings removed", map(entry, codings.removed))


def _coding(change: RowChange) -> tuple[Any, ...]:
    return tuple(change.key[column] for column in _CODING)


def _judgement(change: RowChange, words: Wording, is_whole: bool) -> str:
    """Return a level, from what to what, with the reason for the one that stands.

    Where the whole coding came or went, there is no level to come from or go to.
    """
    step = words.name("steps", change.key["step"])
    if "level" not in change.fields:
        return f"{step}: {'; '.join(words.differences(change))}"
    levels = [
        "Not coded" if level is None else words.name("levels", level)
        for level in change.fields["level"]
        if not is_whole or level
    ]
    if change.after is None:
        return f"{step}: {' → '.join(levels)}"
    row = change.after
    confidence = words.name("confidences", row["confidence"])
    where = f"{words.text(row['locator'])}; confidence: {confidence}"
    return f"{step}: {' → '.join(levels)} ({where}): {words.said(row['rationale'])}"
