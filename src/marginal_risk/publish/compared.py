"""Compared with what, in sentences: what no study measures yet, and what came out elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marginal_risk.publish.queries.comparisons import ComparedCell, Outcome
from marginal_risk.publish.queries.coverage import Coverage
from marginal_risk.publish.queries.vocabulary import MapVocabulary
from marginal_risk.publish.sentences import (
    count_of,
    examined_models,
    in_a_sentence,
    in_layer,
    join_words,
)

ASKED = ("closed_models", "web_search", "older_technology")
"""The comparators that the definition of marginal risk names: what open models add *to*."""

Cells = Mapping[tuple[str, str], ComparedCell]
"""The cells of the second map by vector and comparator."""


def say_unmeasured(cells: Cells, coverage: Coverage, vector: str | None = None) -> list[str]:
    """Return for which vectors, or whether for one, nobody measured open models against ASKED.

    A vector whose comparisons nobody has coded is in a sentence of its own: that is not none.
    """
    vocabulary = coverage.vocabulary
    vectors = [slug for slug in vocabulary.vectors if vector in (slug, None)]
    asked = [slug for slug in ASKED if slug in vocabulary.comparators]
    by_rest: dict[tuple[str, str, str], list[str]] = {}
    for comparator in asked:
        if rest := _lacking(cells, coverage, vectors, comparator):
            name = in_a_sentence(vocabulary.comparators[comparator].name)
            by_rest.setdefault(rest, []).append(name)
    said = [
        f"{who} {verb} {join_words(against, 'or')} for {names}."
        for (who, verb, names), against in by_rest.items()
    ]
    if asked:
        said += _say_uncoded(cells, vocabulary, vectors, asked[0])
    return [in_layer(sentence, coverage.layer) for sentence in said if sentence]


def _lacking(
    cells: Cells, coverage: Coverage, vectors: Sequence[str], comparator: str
) -> tuple[str, str, str] | None:
    """Return who does not compare, the verb, and for which vectors; None where none is lacking."""
    found = [cells[vector, comparator] for vector in vectors]
    lacking = [cell for cell in found if cell.coded and not cell.open_measured]
    if not lacking:
        return None
    vocabulary = coverage.vocabulary
    notes = [_what_there_is(cell) for cell in lacking]
    verb = "measures open models against" if any(notes) else "compares open models with"
    step = vocabulary.focus.slug
    has_all = all(c.coded >= coverage.cells[c.misuse_vector, step].studies for c in lacking)
    who = "No study read so far" if has_all else "No study whose comparisons are coded"
    names = join_words(
        in_a_sentence(vocabulary.vectors[cell.misuse_vector].name) + (f" ({note})" if note else "")
        for cell, note in zip(lacking, notes, strict=True)
    )
    if len(vectors) > 1:
        names = f"{len(lacking)} of {len(vectors)} misuse vectors: {names}"
    return who, verb, names


def _what_there_is(cell: ComparedCell) -> str:
    """Return what there is in place of a measurement of open models; '' where there is nothing."""
    if cell.measured:
        return "closed models alone" if cell.examined_closed else "unclear which models"
    return "argued, not measured" if cell.examines_open else ""


def _say_uncoded(
    cells: Cells, vocabulary: MapVocabulary, vectors: Sequence[str], comparator: str
) -> list[str]:
    """Return of which vectors nothing can be said, as no comparison is coded or no study found."""
    said = []
    for state, what in (
        ("not_coded", "no comparison is coded yet, which is not the same as none"),
        ("no_study", "no study has been found yet"),
    ):
        names = [
            in_a_sentence(vocabulary.vectors[vector].name)
            for vector in vectors
            if cells[vector, comparator].state == state
        ]
        if names:
            of_all = f"{len(names)} of {len(vectors)} misuse vectors" if len(vectors) > 1 else ""
            said.append(
                f"For {of_all}, {what}: {join_words(names)}."
                if of_all
                else f"For {names[0]}, {what}."
            )
    return said


def say_outcomes(vocabulary: MapVocabulary, outcomes: Sequence[Outcome], layer: str) -> list[str]:
    """Return what came out of the comparisons of one vector, a sentence for each pair compared."""
    pairs: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        pairs.setdefault((outcome.examined, outcome.comparator), []).append(outcome)
    said = []
    for (examined, comparator), found in pairs.items():
        models = examined_models(vocabulary, examined)
        against = in_a_sentence(vocabulary.comparators[comparator].name)
        start = f"{models[:1].upper()}{models[1:]} were tested against {against}"
        findings = [(_finding(vocabulary, one.finding), one.studies) for one in found]
        if len(findings) == 1 and findings[0][1] == 1:
            sentence = f"{start} by one study, which found {findings[0][0]}."
        else:
            counts = (f"{count_of(n, 'study', 'studies')} found {what}" for what, n in findings)
            sentence = f"{start}: {join_words(counts)}."
        said.append(in_layer(sentence, layer))
    return said


def _finding(vocabulary: MapVocabulary, finding: str) -> str:
    name = in_a_sentence(vocabulary.findings[finding].name)
    return "mixed results" if finding == "mixed" else name
