"""Two states of the data -> the rows that are added, removed and changed, table by table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marginal_risk.contribute.changes.queries import KEYS
from marginal_risk.contribute.changes.snapshot import Row, Rows, Snapshot
from marginal_risk.records import VOCABULARIES


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
