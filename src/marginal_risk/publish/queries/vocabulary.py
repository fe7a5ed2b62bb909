"""The words of the codebook, and the rules by which levels are earned."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace

FINDING_SYMBOLS = {
    "more": "▲",
    "no_difference": "=",
    "less": "▼",
    "mixed": "◆",
    "not_measured": "-",
}
"""What each finding is drawn as, beside its word; any other is a dash."""
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
    comparators: dict[str, Word] = field(default_factory=dict)
    """What models are compared with; 'none' is left out."""
    findings: dict[str, Word] = field(default_factory=dict)
    """What can come out of a comparison."""
    examined: dict[str, Word] = field(default_factory=dict)
    """Which models a comparison examines."""
    properties: dict[str, Word] = field(default_factory=dict)
    """The properties of open models that a difference can rest on."""

    @property
    def marginal_risk_step(self) -> FrameworkStep:
        """The step that asks for evidence on marginal risk."""
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
        comparators={
            word.slug: word for word in read_words(connection, "comparators") if word.slug != "none"
        },
        findings={
            word.slug: replace(word, symbol=FINDING_SYMBOLS.get(word.slug, "-"))
            for word in read_words(connection, "findings")
        },
        examined={word.slug: word for word in read_words(connection, "examined_models")},
        properties={word.slug: word for word in read_words(connection, "properties")},
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


@dataclass(frozen=True)
class BorderlineCase:
    """A judgement that could have gone another way, and what decides it."""

    step: str
    citekey: str
    short_citation: str
    misuse_vector: str
    level: str
    reason: str


def read_borderline_cases(connection: sqlite3.Connection) -> dict[str, list[BorderlineCase]]:
    """Return the borderline cases of each step, in the codebook's order."""
    cases: dict[str, list[BorderlineCase]] = {}
    for row in connection.execute(
        "select b.step, b.citekey, t.short_citation, b.misuse_vector, b.level, b.reason"
        " from borderline_cases b join studies t on t.citekey = b.citekey"
        " order by b.step, b.position"
    ):
        cases.setdefault(row["step"], []).append(BorderlineCase(*row))
    return cases


@dataclass(frozen=True)
class EarlierWording:
    """What an earlier version of the codebook said of a step, where a later one says otherwise."""

    step: str
    version: int
    question: str
    rules: dict[str, str]
    """What earned each level, the strongest level first."""


@dataclass(frozen=True)
class CodebookVersion:
    """A version of the codebook's wording."""

    version: int
    changed_on: str | None
    """When a later version took its place; None for the one in force."""
    change: str | None
    """What the later one changed, and why."""


def read_versions_of_codebook(connection: sqlite3.Connection) -> list[CodebookVersion]:
    """Return the versions of the codebook, the newest first."""
    found = connection.execute(
        "select version, changed_on, change from codebook_versions order by version desc"
    )
    return [CodebookVersion(*row) for row in found]


def read_earlier_wordings(connection: sqlite3.Connection) -> list[EarlierWording]:
    """Return what earlier versions said of steps that a later one worded anew, newest first."""
    wordings: dict[tuple[int, str], EarlierWording] = {}
    for row in connection.execute(
        "select r.version, r.step, r.level, r.question, r.rule from rules_by_version r"
        " join steps s on s.slug = r.step join levels l on l.slug = r.level"
        " where exists (select 1 from rules_by_version o where o.version = r.version"
        " and o.step = r.step and o.is_in_force = 0)"
        " order by r.version desc, s.position, l.position"
    ):
        key = row["version"], row["step"]
        wording = EarlierWording(row["step"], row["version"], row["question"], {})
        wordings.setdefault(key, wording).rules[row["level"]] = row["rule"]
    return list(wordings.values())


def read_words(connection: sqlite3.Connection, table: str) -> list[Word]:
    """Return the words that a table of the vocabulary holds, in the codebook's order.

    ``table`` is a name that the program wrote: it goes into the SQL as it stands.
    """
    sql = f"select slug, name, definition from {table} order by position"
    return [Word(*row) for row in connection.execute(sql)]
