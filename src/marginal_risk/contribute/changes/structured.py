"""A comparison as JSON: the form that programs read.

``format`` is 1 until a key changes its meaning; keys may be added. ``base`` and ``head`` say what
was compared: ``name``, ``commit`` (null for a directory) and ``data_version``. ``is_empty`` is
true where both say the same, ``is_same_data`` where not even the files differ.

Each table has ``added`` and ``removed``, lists of rows, and ``changed``, a list of keys with
``fields``: for each column that differs, ``from`` and ``to``. The tables are

- ``sentences``: the headline, keyed by what each sentence is about;
- ``counts``: the numbers of the whole;
- ``cells``: the state of each cell of the map;
- ``gaps``: the cells that are gaps; one that is added has opened, one that is removed has closed;
- ``studies``, ``screening``, ``codings``, ``judgements``, ``coders``, ``searches``: the records;
- ``terms``, ``term_order``, ``coding_rules``: the codebook;
- ``agreement``: how far coders agree.

Columns mean what they mean in the database. Nothing is shortened or escaped.
"""

from typing import Any

from marginal_risk.contribute.changes.comparing import Changes, RowChange
from marginal_risk.contribute.changes.snapshot import Snapshot

FORMAT = 1


def as_json(changes: Changes) -> dict[str, Any]:
    """Return the comparison as JSON can hold it."""
    base, head = changes.base, changes.head
    return {
        "format": FORMAT,
        "base": _side(base),
        "head": _side(head),
        "is_empty": changes.is_empty,
        "is_same_data": base.data_version == head.data_version,
        **{
            table: {
                "added": [{**row.key, **row.values} for row in found.added],
                "removed": [{**row.key, **row.values} for row in found.removed],
                "changed": [_changed(row) for row in found.changed],
            }
            for table, found in changes.tables.items()
        },
    }


def _side(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "name": snapshot.name,
        "commit": snapshot.commit,
        "data_version": snapshot.data_version,
    }


def _changed(row: RowChange) -> dict[str, Any]:
    fields = {column: {"from": old, "to": new} for column, (old, new) in row.fields.items()}
    return {**row.key, "fields": fields}
