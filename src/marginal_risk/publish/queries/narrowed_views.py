"""The views of the map on fewer rows: how a filter counts without a second copy of the rules.

A filtered map is counted by the very views of the database: their SQL is put into one query
in which the tables they read are narrowed.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

_VIEWS = (
    *("codings_by_layer", "studies_by_layer", "levels_by_layer", "agreed_levels"),
    *("coded_studies", "agreed_judgements", "coverage_by_layer", "coverage_matrix"),
    *("study_coverage_by_layer", "study_coverage"),
    *("comparisons_by_layer", "comparison_matrix_by_layer"),
)
_CREATE = re.compile(r"\s*create\s+view\s+\S+\s+as\s", re.IGNORECASE)


def views_on(connection: sqlite3.Connection, tables: Iterable[tuple[str, str]]) -> str:
    """Return a WITH clause in which the views read other rows for the tables named.

    A common table expression hides the table of its name from the view bodies beside it;
    ``main.`` reaches the table itself.
    """
    expressions = list(tables)
    if not expressions:
        return ""
    names = ", ".join(f"'{name}'" for name in _VIEWS)
    found = connection.execute(f"select name, sql from sqlite_master where name in ({names})")
    bodies = {row["name"]: _CREATE.sub("", row["sql"], count=1) for row in found}
    # The table keeps the rows of the view: with other rows below, the view is asked itself.
    bodies["agreed_levels"] = "select * from levels_by_layer"
    expressions += ((name, bodies[name]) for name in _VIEWS)
    return "with " + ", ".join(f"{name} as ({body})" for name, body in expressions)
