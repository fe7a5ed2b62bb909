"""The views: the questions the database answers, and the contract with every front end.

Each lives in its own .sql file. The first comment line is the question; further lines
``-- column: text`` say what a column means, where no table has a column of that name. It is a
number, or a text if ``(text)`` follows the name. A line that ends in ``-- for each step`` is
repeated for every step of the codebook.
"""

import re
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

from sqlalchemy import Connection, inspect, text

VIEWS = (
    "codings_by_layer",
    "studies_by_layer",
    "judgements_by_layer",
    "levels_by_layer",
    "coded_studies",
    "found_studies",
    "screening_flow",
    "exclusions",
    "identification",
    "waiting_candidates",
    "screening_conflicts",
    "agreed_judgements",
    "coverage_by_layer",
    "coverage_matrix",
    "study_coverage_by_layer",
    "study_coverage",
    "comparisons_by_layer",
    "comparison_matrix_by_layer",
    "comparison_matrix",
    "rules_by_version",
    "completeness",
    "marginal_risk_gaps",
    "gaps",
    "uncoded",
    "next_to_code",
    "next_to_check",
    "independent_judgements",
    "rechecked_codings",
    "judgement_pairs",
    "paired_judgements",
    "named_comparators",
    "confusion",
    "disagreements",
    "publication_years",
    "coverage_by_year",
    "coded_by_vector_and_year",
    "people_by_study",
    "similar_names",
)
"""Every view, each after those it reads."""

# SQLite's own order of texts, by the code points of UTF-8. A PostgreSQL database orders by its
# language, so there it gets a collation of that name.
_COLLATION = "binary"
_COLUMN = re.compile(r"-- (\w+)( \(text\))?: (.+)")


class ViewFile(NamedTuple):
    """A view as its file says it."""

    question: str
    columns: dict[str, str]
    """Descriptions of the columns that the file describes."""
    texts: frozenset[str]
    """Those of them that hold texts; the others hold numbers."""
    sql: str

    def type_of(self, column: str) -> str | None:
        """Return 'string' or 'integer', as the file says; None where it says nothing."""
        if column not in self.columns:
            return None
        return "string" if column in self.texts else "integer"


def read_view(name: str) -> ViewFile:
    """Return the view called ``name``.

    Raises:
        FileNotFoundError: there is no such view.
    """
    source = files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    comments = [line for line in source.splitlines() if line.startswith("-- ")]
    described = [match for line in comments[1:] if (match := _COLUMN.fullmatch(line))]
    columns = {match[1]: match[3] for match in described}
    texts = frozenset(match[1] for match in described if match[2])
    return ViewFile(comments[0].removeprefix("-- "), columns, texts, source)


def create_views(connection: Connection) -> None:
    """Create all views. The steps must be loaded: study_coverage has a column for each."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f'create collation if not exists "{_COLLATION}" from "C"'))
    steps = connection.execute(text("select slug from steps order by position")).scalars().all()
    for name in VIEWS:
        connection.execute(text(_repeat_for_steps(read_view(name).sql, steps)))


def drop_views(connection: Connection) -> None:
    """Drop all views that are there: a table that a view reads cannot be altered."""
    present = set(inspect(connection).get_view_names())
    for name in reversed(VIEWS):
        if name in present:
            connection.execute(text(f"drop view {name}"))
    drop_collation(connection)


def drop_collation(connection: Connection) -> None:
    """Drop what a PostgreSQL database has beside the views, if it is there."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f'drop collation if exists "{_COLLATION}"'))


def _repeat_for_steps(sql: str, steps: Sequence[str]) -> str:
    lines: list[str] = []
    for line in sql.splitlines():
        pattern, marker, _ = line.partition("-- for each step")
        if marker:
            # A slug is letters, digits and '_' (records.Slug): nothing that ends a quote.
            lines.extend(pattern.rstrip().replace("STEP", step) for step in steps)
        elif not line.startswith("--"):
            lines.append(line)
    return "\n".join(lines)
