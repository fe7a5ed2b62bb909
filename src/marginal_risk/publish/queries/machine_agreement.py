"""How far machines agree: with each other, and with people and publications, step by step."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from marginal_risk.publish.queries.agreement import AgreementRow
from marginal_risk.publish.queries.evidence import columns
from marginal_risk.publish.queries.vocabulary import MapVocabulary, Word
from marginal_risk.publish.sentences import count_of


@dataclass(frozen=True)
class Agreed:
    """How many pairs of judgements, or of answers, agree on one thing."""

    name: str
    figures: AgreementRow
    same: int
    """Number of the pairs that are the same."""


@dataclass(frozen=True)
class CodingSide:
    """One side of a comparison: who coded, and what was read."""

    coder: str
    version_read: str | None


@dataclass(frozen=True)
class SideBySide:
    """A machine and somebody else on one study, step by step."""

    citekey: str
    short_citation: str
    vector: Word
    own: CodingSide
    other: CodingSide
    steps: list[tuple[str, Word, Word]]
    """Name of the step, and the level of each side."""

    @property
    def same(self) -> int:
        """Number of steps at which both give the same level."""
        return sum(level == other for _, level, other in self.steps)

    @property
    def reads_another_version(self) -> bool:
        """Whether the two read different versions of the study, as far as both say."""
        versions = self.own.version_read, self.other.version_read
        return None not in versions and versions[0] != versions[1]


@dataclass(frozen=True)
class MachineAgreement:
    """How far machines agree, which counts nowhere."""

    sentences: list[str]
    """What is known; empty where no two machines, and no machine and another, judged the same."""
    by_step: list[Agreed]
    by_comparator: list[Agreed]
    with_others: list[SideBySide]


def read_machine_agreement(
    connection: sqlite3.Connection, vocabulary: MapVocabulary
) -> MachineAgreement:
    """Return how far machines agree with each other, and with people and publications."""
    whole, by_step = read_by_step(connection, vocabulary)
    with_others = _read_with_others(connection, vocabulary)
    sentences = []
    if whole is not None and whole.figures.pairs:
        sentences.append(
            f"Machines have judged {count_of(whole.figures.judgements, 'step')} of"
            f" {count_of(whole.figures.codings, 'coding')} twice or more, and give the same level"
            f" in {whole.same} of {count_of(whole.figures.pairs, 'pair')} of judgements."
        )
    if sentences or with_others:
        sentences.append(
            "Two runs of one model that agree are no independent confirmation: they may be wrong"
            " together. That they agree says how clear the codebook is, not that they are right."
        )
    if any(pair.reads_another_version for pair in with_others):
        sentences.append(
            "Where a machine is set against a publication or a person, the two may have read"
            " different versions of the study: what each read stands beside its name."
        )
    return MachineAgreement(
        sentences, by_step, read_by_comparator(connection, vocabulary, "machines"), with_others
    )


def read_by_step(
    connection: sqlite3.Connection, vocabulary: MapVocabulary
) -> tuple[Agreed | None, list[Agreed]]:
    """Return the agreement of machines in all, if there is any, and at each step."""
    found = _read(connection, "machines", ("all", "step"))
    names: dict[str | None, str] = {slug: step.name for slug, step in vocabulary.steps.items()}
    names[None] = "All steps"
    rows = [_agreed(names[figures.step], figures) for figures in found if figures.pairs]
    return (rows[0], rows[1:]) if rows else (None, [])


def read_by_comparator(
    connection: sqlite3.Connection, vocabulary: MapVocabulary, among: str
) -> list[Agreed]:
    """Return the agreement on each comparator: does the study compare with it, or not?"""
    return [
        _agreed(
            vocabulary.comparators[figures.comparator].name
            if figures.comparator in vocabulary.comparators
            else "Nothing",
            figures,
        )
        for figures in _read(connection, among, ("comparator",))
        if figures.pairs
    ]


def _read(
    connection: sqlite3.Connection, among: str, scopes: tuple[str, ...]
) -> list[AgreementRow]:
    found = connection.execute(
        f"select {columns(AgreementRow)} from agreement where among = ? order by id", (among,)
    )
    return [figures for row in found if (figures := AgreementRow(*row)).scope in scopes]


def _agreed(name: str, figures: AgreementRow) -> Agreed:
    return Agreed(name, figures, round((figures.agreement or 0) * figures.pairs))


def _read_with_others(
    connection: sqlite3.Connection, vocabulary: MapVocabulary
) -> list[SideBySide]:
    found = connection.execute(
        """
        with p as materialized (
            select * from judgement_pairs where among = 'machine_and_independent'
        )
        select
            p.citekey, t.short_citation, p.misuse_vector, s.name as step, p.level, p.other_level,
            a.name as coder, b.name as other, ga.version_read, gb.version_read as other_version
        from p
        join studies t on t.citekey = p.citekey
        join vectors v on v.slug = p.misuse_vector
        join steps s on s.slug = p.step
        join coders a on a.coder = p.coder
        join coders b on b.coder = p.other_coder
        join codings ga
            on ga.citekey = p.citekey and ga.misuse_vector = p.misuse_vector and ga.coder = p.coder
        join codings gb
            on gb.citekey = p.citekey and gb.misuse_vector = p.misuse_vector
            and gb.coder = p.other_coder
        order by v.position, t.year, p.citekey, p.coder, p.other_coder, s.position
        """
    )
    pairs: dict[tuple[str, ...], SideBySide] = {}
    for row in found:
        key = (row["citekey"], row["misuse_vector"], row["coder"], row["other"])
        pair = pairs.setdefault(
            key,
            SideBySide(
                row["citekey"],
                row["short_citation"],
                vocabulary.vectors[row["misuse_vector"]],
                CodingSide(row["coder"], row["version_read"]),
                CodingSide(row["other"], row["other_version"]),
                [],
            ),
        )
        states = vocabulary.states
        pair.steps.append((row["step"], states[row["level"]], states[row["other_level"]]))
    return list(pairs.values())
