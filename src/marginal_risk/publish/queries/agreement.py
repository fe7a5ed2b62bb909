"""How far coders agree: what the page and the command show."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from marginal_risk.publish.queries.evidence import columns
from marginal_risk.publish.queries.vocabulary import MapVocabulary, Word
from marginal_risk.publish.sentences import count_of, have

SCOPES = ("step", "vector", "coder")
"""What figures can be split by; 'coder' is a row for each pair of coders."""


class _Measures:
    """What is printed of the measures of agreement, of coders as of screeners."""

    agreement: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None

    @property
    def agreement_text(self) -> str:
        """The share of pairs with the same level, or the same decision, as per cent."""
        return "" if self.agreement is None else f"{100 * self.agreement:.1f} %"

    @property
    def alpha_text(self) -> str:
        """Krippendorff's alpha with its interval, as far as there are any."""
        return _with_interval(self.alpha, self.alpha_low, self.alpha_high)

    @property
    def kappa_text(self) -> str:
        """Weighted kappa with its interval, as far as there are any."""
        return _with_interval(self.kappa, self.kappa_low, self.kappa_high)


@dataclass(frozen=True)
class AgreementRow(_Measures):
    """A row of the table ``agreement``."""

    scope: str
    step: str | None
    misuse_vector: str | None
    coder: str | None
    other_coder: str | None
    coders: int
    codings: int
    judgements: int
    pairs: int
    agreement: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    conclusion: str
    comparator: str | None = None


@dataclass(frozen=True)
class ScreeningAgreement(_Measures):
    """How far screeners agree at a stage."""

    stage: str
    screeners: int
    studies: int
    pairs: int
    agreement: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    conclusion: str


def read_screening_agreement(connection: sqlite3.Connection) -> list[ScreeningAgreement]:
    """Return how far screeners agree, by title first."""
    found = connection.execute(
        f"select {columns(ScreeningAgreement)} from screening_agreement order by id"
    )
    return [ScreeningAgreement(*row) for row in found]


@dataclass(frozen=True)
class CoderPair:
    """Two coders, and how often each pair of their levels occurs."""

    name: str
    other_name: str
    figures: AgreementRow
    rows: list[tuple[Word, list[int]]]
    """For each level of the one coder, how often the other gave each level, in that order."""


@dataclass(frozen=True)
class Disagreement:
    """A step at which two coders gave one study different levels."""

    citekey: str
    short_citation: str
    misuse_vector: str
    step: str
    coder: str
    level: str
    rationale: str
    other_coder: str
    other_level: str
    other_rationale: str
    settled_level: str | None
    settled_rationale: str | None
    consensus: str | None
    settled_by: str | None


@dataclass(frozen=True)
class AgreementReport:
    """How far coders agree, in figures and sentences."""

    sentences: list[str]
    """Whether anything is known, and whether it allows a conclusion."""
    whole: AgreementRow
    parts: dict[str, list[tuple[str, AgreementRow]]]
    """For each of SCOPES, the figures with what they are about; empty where nothing is known."""
    comparisons: list[CoderPair]


def read_agreement(connection: sqlite3.Connection, vocabulary: MapVocabulary) -> AgreementReport:
    """Return how far coders agree, with names instead of slugs."""
    found = connection.execute(
        f"select {columns(AgreementRow)} from agreement where among = 'independent'"
        " and scope <> 'comparator' order by id"
    )
    whole, *others = (AgreementRow(*row) for row in found)
    names = {row[0]: row[1] for row in connection.execute("select coder, name from coders")}
    parts: dict[str, list[tuple[str, AgreementRow]]] = {scope: [] for scope in SCOPES}
    for figures in others if whole.pairs else ():
        parts[figures.scope].append((_about(figures, vocabulary, names), figures))
    return AgreementReport(
        sentences=_summarize(connection, whole, names),
        whole=whole,
        parts=parts,
        comparisons=[
            _compare(connection, vocabulary, names, figures) for _, figures in parts["coder"]
        ],
    )


def _summarize(
    connection: sqlite3.Connection, whole: AgreementRow, names: dict[str, str]
) -> list[str]:
    """Return whether two coders can be compared, and what that allows to conclude."""
    coded = connection.execute(
        "select count(*) as codings, count(case when coders > 1 then 1 end) as twice"
        " from coded_studies where coders > 0",
    ).fetchone()
    coders = connection.execute("select distinct coder from independent_judgements")
    return summarize(
        whole, coded["codings"], coded["twice"], sorted(names[row["coder"]] for row in coders)
    )


def summarize(whole: AgreementRow, codings: int, twice: int, coders: Sequence[str]) -> list[str]:
    """Return what is known of agreement; or, without any figure, what is missing."""
    if whole.pairs:
        return [
            f"{twice} of {count_of(codings, 'coding')} {have(twice)} two coders or more, who give"
            f" the same level in {whole.agreement_text} of their pairs of judgements.",
            whole.conclusion,
        ]
    missing = (
        "What is missing is a second coder who judges the same studies for the same misuse"
        " vectors, without seeing what the first one wrote."
    )
    if not coders:
        return ["No study is coded yet.", missing]
    if len(coders) == 1:
        return [f"Every judgement is by one coder: {coders[0]}.", whole.conclusion, missing]
    return ["No two coders have judged the same step of a study.", whole.conclusion, missing]


def describe(figures: AgreementRow) -> str:
    """Return the figures in one sentence, with the numbers behind them."""
    counted = (
        f"{count_of(figures.codings, 'coding')}, {count_of(figures.judgements, 'step')} judged by"
        f" two coders or more, {count_of(figures.pairs, 'pair')} of judgements"
    )
    said = [f"same level in {figures.agreement_text}"]
    said += [f"weighted kappa {figures.kappa_text}"] if figures.kappa_text else []
    said += [f"Krippendorff's alpha {figures.alpha_text}"] if figures.alpha_text else []
    return f"{counted}: {', '.join(said)}."


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if low is None else f"{value:.4f} [{low:.4f}, {high:.4f}]"


def _about(figures: AgreementRow, vocabulary: MapVocabulary, names: dict[str, str]) -> str:
    if figures.step:
        return vocabulary.steps[figures.step].name
    if figures.misuse_vector:
        return vocabulary.vectors[figures.misuse_vector].name
    return f"{names[str(figures.coder)]} and {names[str(figures.other_coder)]}"


def _compare(
    connection: sqlite3.Connection,
    vocabulary: MapVocabulary,
    names: dict[str, str],
    figures: AgreementRow,
) -> CoderPair:
    found = connection.execute(
        "select level, other_level, judgements from confusion"
        " where coder = :coder and other_coder = :other_coder",
        {"coder": figures.coder, "other_coder": figures.other_coder},
    )
    counts = {(row["level"], row["other_level"]): row["judgements"] for row in found}
    levels = [slug for slug in vocabulary.states if (slug, slug) in counts]
    return CoderPair(
        names[str(figures.coder)],
        names[str(figures.other_coder)],
        figures,
        [(vocabulary.states[one], [counts[one, other] for other in levels]) for one in levels],
    )


def count_disagreements(connection: sqlite3.Connection) -> int:
    """Return at how many steps of studies two coders gave different levels."""
    (number,) = connection.execute("select count(*) from disagreements").fetchone()
    return int(number)


def read_disagreements(
    connection: sqlite3.Connection, first: int = 0, length: int = -1
) -> list[Disagreement]:
    """Return the disagreements, in the order of the map, without the first so many of them."""
    found = connection.execute(
        "with d as materialized (select * from disagreements)"
        " select d.citekey, t.short_citation, d.misuse_vector, d.step, a.name, d.level,"
        " d.rationale, b.name, d.other_level, d.other_rationale, d.settled_level,"
        " d.settled_rationale, c.name, p.name"
        " from d"
        " join studies t on t.citekey = d.citekey"
        " join vectors v on v.slug = d.misuse_vector"
        " join steps s on s.slug = d.step"
        " join coders a on a.coder = d.coder"
        " join coders b on b.coder = d.other_coder"
        " left join coders c on c.coder = d.consensus"
        " left join coders p on p.coder = c.settled_by"
        " order by v.position, t.year, d.citekey, s.position, d.coder, d.other_coder"
        " limit :length offset :first",
        {"first": first, "length": length},
    )
    return [Disagreement(*row) for row in found]
