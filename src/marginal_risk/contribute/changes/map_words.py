"""What a change does to the map: its sentences, numbers, cells and gaps."""

from collections.abc import Iterator

from marginal_risk.contribute.changes.comparing import Changes, RowChange
from marginal_risk.contribute.changes.snapshot import Row
from marginal_risk.contribute.changes.wording import Entry, Section, Wording, section

_OWNERS = {"literature": "in the literature as found", "reading": "in our reading"}


def describe_map(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield what changes in the answer that the map gives."""
    tables = changes.tables
    gaps = tables["gaps"]
    yield section("Headline", (_sentence(row, words) for row in tables["sentences"].all))
    yield section("Cells of the map", (_cell(row, words) for row in tables["cells"].all))
    yield section("Gaps opened", (_gap(row, words) for row in gaps.added))
    yield section("Gaps closed", (_gap(row, words) for row in gaps.removed))
    yield section("Gaps changed", (_gap(row, words) for row in gaps.changed))
    yield section("Numbers", (_count(row) for row in tables["counts"].all))


def _sentence(change: RowChange, words: Wording) -> Entry:
    before, after = (row and words.said(row["text"]) for row in (change.before, change.after))
    if before is None or after is None:
        return Entry(f"new: {after}" if after else f"gone: {before}")
    return Entry(f"now: {after}", (f"before: {before}",))


def _count(change: RowChange) -> Entry:
    before, after = change.fields["number"]
    return Entry(f"{change.key['count']}: {before} → {after}")


def _cell(change: RowChange, words: Wording) -> Entry:
    before, after = (
        "not on the map" if row is None else words.name("states", row["state"])
        for row in (change.before, change.after)
    )
    return Entry(f"{words.cell(change.key)}: {before} → {after}")


def _gap(change: RowChange, words: Wording) -> Entry:
    told = [_kind(row, words) for row in (change.before, change.after) if row is not None]
    return Entry(f"{words.cell(change.key)}: {' → '.join(told)}")


def _kind(row: Row, words: Wording) -> str:
    return f"{words.name('gap_kinds', row['gap_kind'])} ({_OWNERS[row['gap_in']]})"
