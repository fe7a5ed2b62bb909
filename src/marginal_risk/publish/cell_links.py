"""In Datasette's own tables, links from studies, misuse vectors and steps to their pages."""

from __future__ import annotations

import re
from typing import Any

from datasette.app import Datasette
from datasette.utils import tilde_encode
from markupsafe import Markup

STUDIES = frozenset({"citekey", "publication", "other_study", "version_of"})
"""Columns that hold the key of a study."""
_SLUG = re.compile(r"[a-z0-9_]+")


def link_cell(datasette: Datasette, row: Any, column: str, value: Any) -> Markup | None:
    """Return a cell as a link to the page of what it names; None for a cell that names nothing.

    ``value`` is a dictionary with ``value`` and ``label`` where Datasette looked up a foreign key.
    """
    name, label = value, value
    if isinstance(value, dict):
        name, label = value.get("value"), value.get("label") or value.get("value")
    path = _find_page(row, column, name)
    if path is None:
        return None
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(path), label)


def _find_page(row: Any, column: str, name: Any) -> str | None:
    columns = set(row.keys())

    def beside(other: str) -> Any:
        found = row[other] if other in columns else None
        return found.get("value") if isinstance(found, dict) else found

    citekey = name if column in STUDIES else beside("citekey")
    path = None
    if column in STUDIES or column == "short_citation":
        path = (
            f"/studies/{tilde_encode(citekey)}"
            if isinstance(citekey, str) and citekey and name
            else None
        )
    elif column in ("misuse_vector", "step") and _is_slug(name):
        vector = beside("misuse_vector")
        if column == "misuse_vector":
            path = f"/vectors/{name}"
        else:
            path = f"/vectors/{vector}/{name}" if _is_slug(vector) else f"/steps/{name}"
    return path


def _is_slug(value: Any) -> bool:
    return isinstance(value, str) and _SLUG.fullmatch(value) is not None
