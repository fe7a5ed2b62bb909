"""Two states of the data -> the rows that are added, removed and changed, table by table."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from marginal_risk.check.corpus import Corpus
from marginal_risk.contribute.changes.snapshot import (
    KEYS,
    Row,
    Rows,
    Snapshot,
    read_snapshot,
)
from marginal_risk.contribute.coding.overlay import lay_over, measure_agreement
from marginal_risk.contribute.coding.proposal import Proposal
from marginal_risk.publish.queries import open_database
from marginal_risk.records import VOCABULARIES
from marginal_risk.store.database import build_database


@dataclass(frozen=True)
class RowChange:
    """A row that only one state has, or that differs between the two."""

    key: Row
    """Its key: column and value."""
    before: Row | None
    """Its other columns in the earlier state; None where that has no such row."""
    after: Row | None
    """Its other columns in the later state; None where that has no such row."""

    @property
    def values(self) -> Row:
        """Its columns in the later state, or in the earlier one where it was removed."""
        return self.before or {} if self.after is None else self.after

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """The columns that differ, each with its value before and after."""
        before, after = self.before or {}, self.after or {}
        columns = dict.fromkeys((*after, *before))
        pairs = {column: (before.get(column), after.get(column)) for column in columns}
        return {column: pair for column, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True)
class TableChanges:
    """How the rows of one table differ."""

    added: tuple[RowChange, ...] = ()
    removed: tuple[RowChange, ...] = ()
    changed: tuple[RowChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    @property
    def all(self) -> tuple[RowChange, ...]:
        """Every change: what was added, then changed, then removed."""
        return (*self.added, *self.changed, *self.removed)


@dataclass(frozen=True)
class Changes:
    """How two states of the data differ."""

    base: Snapshot
    head: Snapshot
    tables: dict[str, TableChanges]
    """By name of the table, including tables without a change."""
    names: dict[str, dict[str, str]]
    """The name of each vector, step and so on, by kind and slug; the later of two names."""

    @property
    def is_empty(self) -> bool:
        """Whether no row differs."""
        return not any(self.tables.values())


def compare(base: Snapshot, head: Snapshot) -> Changes:
    """Return the changes that turn ``base`` into ``head``."""
    tables = {
        table: _compare_rows(columns, base.tables[table], head.tables[table])
        for table, columns in KEYS.items()
    }
    tables["term_order"] = _compare_order(base, head)
    names = {kind: {**base.names[kind], **called} for kind, called in head.names.items()}
    return Changes(base, head, tables, names)


class Side(NamedTuple):
    """Sound data to compare, and its name."""

    name: str
    corpus: Corpus
    commit: str | None = None


def compare_sides(base: Side, head: Side, folder: Path) -> Changes:
    """Return the changes between two sides, whose databases are built in ``folder``.

    Raises:
        BuildError: the folder cannot be written.
    """
    snapshots = []
    for side in (base, head):
        database = folder / "side.db"
        build_database(side.corpus, database)
        with closing(open_database(database)) as connection:
            snapshots.append(read_snapshot(connection, side.name, side.commit))
    return compare(*snapshots)


def compare_with_coding(corpus: Corpus, proposal: Proposal, folder: Path) -> Changes:
    """Return what a sound proposal changes in sound data, whose database is built in ``folder``.

    Raises:
        BuildError: the folder cannot be written.
    """
    database = folder / "data.db"
    build_database(corpus, database)
    with closing(open_database(database)) as connection:
        base = read_snapshot(connection, "the data as it is")
        lay_over(connection, proposal)
        measure_agreement(connection)
        return compare(base, read_snapshot(connection, "the data with this coding"))


def _compare_rows(columns: tuple[str, ...], before: Rows, after: Rows) -> TableChanges:
    def change(key: tuple[Any, ...]) -> RowChange:
        named = dict(zip(columns, key, strict=True))
        return RowChange(named, before.get(key), after.get(key))

    return TableChanges(
        added=tuple(change(key) for key in after if key not in before),
        removed=tuple(change(key) for key in before if key not in after),
        changed=tuple(change(key) for key, row in after.items() if before.get(key, row) != row),
    )


def _compare_order(base: Snapshot, head: Snapshot) -> TableChanges:
    """Compare the order of the terms that both have: a new one shifts no other."""
    changed = []
    for section in VOCABULARIES:
        before = _order(base.tables["terms"], section, head.tables["terms"])
        after = _order(head.tables["terms"], section, base.tables["terms"])
        if before != after:
            changed.append(RowChange({"section": section}, {"order": before}, {"order": after}))
    return TableChanges(changed=tuple(changed))


def _order(terms: Rows, section: str, others: Mapping[tuple[Any, ...], Row]) -> str:
    return ", ".join(key[1] for key in terms if key[0] == section and key in others)
