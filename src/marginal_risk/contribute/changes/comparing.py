"""Two states of the data -> what is added, removed and changed, table by table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marginal_risk.contribute.changes.queries import KEYS, VOCABULARIES
from marginal_risk.contribute.changes.snapshot import Row, Rows, Snapshot


@dataclass(frozen=True)
class RowChange:
    """A row that is there in one state only, or says something else in the other."""

    key: Row
    """What tells the row apart: column and value."""
    before: Row | None
    """What it said; None where it was not there."""
    after: Row | None
    """What it says; None where it is gone."""

    @property
    def values(self) -> Row:
        """What it says, or said last."""
        return self.before or {} if self.after is None else self.after

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """What differs, by column: before and after."""
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
    """By name of the table; those without a change too."""
    names: dict[str, dict[str, str]]
    """What readers call a vector, step, ...: the later name, where there are two."""

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not any(self.tables.values())


def compare(base: Snapshot, head: Snapshot) -> Changes:
    """Return what has to change in ``base`` to give ``head``."""
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
