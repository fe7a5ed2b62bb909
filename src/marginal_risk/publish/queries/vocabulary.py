"""The words of the codebook, and the rules by which levels are earned."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

SYMBOLS = {"contested": "±", "not_coded": "?", "no_study": "∅"}
"""Symbols of the states that are not levels; those of the levels are in the database."""


@dataclass(frozen=True)
class Word:
    """A word of the codebook."""

    slug: str
    name: str
    definition: str
    symbol: str = ""


@dataclass(frozen=True)
class FrameworkStep(Word):
    """A step of the framework."""

    full_name: str = ""
    question: str = ""
    is_marginal_risk: bool = False


@dataclass(frozen=True)
class MapVocabulary:
    """The vocabulary, in the codebook's order."""

    vectors: dict[str, Word]
    steps: dict[str, FrameworkStep]
    states: dict[str, Word]
    """The levels, then contested, not_coded and no_study."""
    gap_kinds: dict[str, Word]

    @property
    def marginal_risk_step(self) -> FrameworkStep:
        """The step that asks for evidence of marginal risk."""
        return next(step for step in self.steps.values() if step.is_marginal_risk)

    @property
    def focus(self) -> FrameworkStep:
        """The step on marginal risk; if a filter leaves it out, the first step that is left."""
        steps = self.steps.values()
        return next((step for step in steps if step.is_marginal_risk), next(iter(steps)))


def read_vocabulary(connection: sqlite3.Connection) -> MapVocabulary:
    """Return the vocabulary."""
    vectors = connection.execute("select slug, name, definition from vectors order by position")
    steps = connection.execute(
        "select slug, name, definition, full_name, question, is_marginal_risk from steps"
        " order by position",
    )
    levels = connection.execute(
        "select slug, name, definition, symbol from levels order by position"
    )
    kinds = connection.execute("select slug, name, definition from gap_kinds order by position")
    gap_kinds = {row["slug"]: Word(*row) for row in kinds}
    states = {row["slug"]: Word(*row) for row in levels}
    for slug, symbol in SYMBOLS.items():
        kind = gap_kinds[slug]
        states[slug] = Word(slug, kind.name, kind.definition, symbol)
    return MapVocabulary(
        vectors={row["slug"]: Word(*row) for row in vectors},
        steps={
            row["slug"]: FrameworkStep(
                slug=row["slug"],
                name=row["name"],
                definition=row["definition"],
                full_name=row["full_name"],
                question=row["question"],
                is_marginal_risk=bool(row["is_marginal_risk"]),
            )
            for row in steps
        },
        states=states,
        gap_kinds=gap_kinds,
    )


def read_rules(connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Return what earns each level, by step and level, the strongest level first."""
    rules: dict[str, dict[str, str]] = {}
    for row in connection.execute(
        "select r.step, r.level, r.rule from coding_rules r join levels l on l.slug = r.level"
        " order by l.position",
    ):
        rules.setdefault(row["step"], {})[row["level"]] = row["rule"]
    return rules


def read_words(connection: sqlite3.Connection, table: str) -> list[Word]:
    """Return the words that a table of the vocabulary holds, in the codebook's order.

    ``table`` is a name that the program wrote: it goes into the SQL as it stands.
    """
    sql = f"select slug, name, definition from {table} order by position"
    return [Word(*row) for row in connection.execute(sql)]
