"""Words that must be known: to the codebook, the bibliography or another sheet."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from marginal_risk.problems import Place, Problem, did_you_mean
from marginal_risk.rows import CodingKey, Records

_KNOWN_AS = {
    "unknown-citekey": ("a key in the bibliography", "Add its entry to data/bib."),
    "unknown-coder": ("a coder in coders.csv", "Add a row for the coder there."),
    "bad-version": ("a key in the bibliography", "Add its entry to data/bib."),
    "unknown-vector": ("a vector in the codebook", ""),
    "unknown-coder-kind": ("a kind of coder in the codebook", ""),
    "unknown-reading": ("a word for how much was read in the codebook", ""),
}

_CODER = re.compile(r"[a-z][a-z0-9_]*")


def _keys(records: Records) -> Iterator[tuple[CodingKey, Place]]:
    """Yield study, vector and coder of every row of the sheets that hold codings."""
    for row in records.codings:
        yield row.key, row.place
    for reason in records.rationales:
        yield reason.key, reason.place
    for comparison in records.comparisons:
        yield comparison.key, comparison.place


def _citekeys(records: Records) -> Iterator[tuple[str, str, Place]]:
    """Yield (field, key, place) wherever a sheet or the codebook names a study."""
    for key, place in _keys(records):
        yield "citekey", key.citekey, place
    for row in records.screening:
        yield "citekey", row.record.citekey, row.place
        if row.record.other_study:
            yield "reason", row.record.other_study, row.place
        if row.record.possible_duplicate_of:
            yield "possible_duplicate_of", row.record.possible_duplicate_of, row.place
    for decision in records.decisions:
        yield "citekey", decision.record.citekey, decision.place
        if decision.record.other_study:
            yield "reason", decision.record.other_study, decision.place
    for case in records.codebook.borderline:
        yield "citekey", case.record.citekey, case.place


def _vectors(records: Records) -> Iterator[tuple[str, Place]]:
    """Yield each misuse vector that a sheet or a case of the codebook names."""
    for key, place in _keys(records):
        yield key.misuse_vector, place
    for row in records.screening:
        if row.record.misuse_vector:
            yield row.record.misuse_vector, row.place
    for decision in records.decisions:
        if decision.record.misuse_vector:
            yield decision.record.misuse_vector, decision.place
    for case in records.codebook.borderline:
        yield case.record.misuse_vector, case.place


def unknown_word(place: Place, field: str, word: str, rule: str, known: Iterable[str]) -> Problem:
    """Return the problem of a word that is none of those known."""
    field_name = {"examined": "word for models"}.get(field, field.replace("_", " "))
    where, otherwise = _KNOWN_AS.get(rule, (f"a {field_name} in the codebook", ""))
    hint = did_you_mean(word, known, otherwise)
    return place.problem(field, rule, f"{word!r} is not {where}.", hint)


def find_unknown_citekeys(records: Records) -> Iterator[Problem]:
    """Find rows whose study is not in the bibliography."""
    if "bib" in records.incomplete:
        return
    for field, citekey, place in _citekeys(records):
        if citekey not in records.citekeys:
            yield unknown_word(place, field, citekey, "unknown-citekey", records.citekeys)


def find_unknown_vectors(records: Records) -> Iterator[Problem]:
    """Find rows whose misuse vector is not in the codebook."""
    known = {vector.slug for vector in records.codebook.misuse_vectors}
    for vector, place in _vectors(records):
        if vector not in known:
            yield unknown_word(place, "misuse_vector", vector, "unknown-vector", known)


def find_unknown_coders(records: Records) -> Iterator[Problem]:
    """Find rows whose coder is not in coders.csv."""
    if "coders.csv" in records.incomplete:
        return
    known = {row.record.coder for row in records.coders}
    for key, place in _keys(records):
        if key.coder not in known:
            yield unknown_word(place, "coder", key.coder, "unknown-coder", known)
    for row in records.decisions:
        if row.record.screener not in known:
            screener = row.record.screener
            yield unknown_word(row.place, "screener", screener, "unknown-coder", known)


def find_misspelt_coders(records: Records) -> Iterator[Problem]:
    """Find coders whose short name is not spelt as all are; a published table is a citekey."""
    for row in records.coders:
        name = row.record.coder
        if row.record.kind != "published" and not _CODER.fullmatch(name):
            message = f"{name!r} is not spelt as the short names of coders are."
            letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
            likely = re.sub(r"[^a-z0-9]+", "_", letters).strip("_0123456789")
            hint = "Use small letters, digits and _, and begin with a letter"
            hint += f": {likely!r}, for instance." if likely else "."
            yield row.place.problem("coder", "bad-coder", message, hint)


def find_unknown_steps(records: Records) -> Iterator[Problem]:
    """Find rationales whose step is not in the codebook."""
    known = {step.slug for step in records.codebook.steps}
    for row in records.rationales:
        if row.step not in known:
            yield unknown_word(row.place, "step", row.step, "unknown-step", known)


def find_unknown_levels(records: Records) -> Iterator[Problem]:
    """Find cells of studies.csv that hold another word than a level."""
    known = {level.slug for level in records.codebook.levels}
    for row in records.codings:
        for step, level in row.levels.items():
            if level not in known:
                hint = f"{did_you_mean(level, known)} Leave the cell empty if nobody has judged."
                message = f"{level!r} is not a level in the codebook."
                yield row.place.problem(step, "unknown-level", message, hint)


def find_unknown_confidences(records: Records) -> Iterator[Problem]:
    """Find rationales whose confidence is not in the codebook."""
    known = {confidence.slug for confidence in records.codebook.confidences}
    for row in records.rationales:
        if row.confidence not in known:
            yield unknown_word(row.place, "confidence", row.confidence, "unknown-confidence", known)


def find_unknown_readings(records: Records) -> Iterator[Problem]:
    """Find codings that say how much was read in another word than the codebook's."""
    known = [term.slug for term in records.codebook.readings]
    for row in records.codings:
        if row.read and row.read not in known:
            yield unknown_word(row.place, "read", row.read, "unknown-reading", known)


def find_unknown_comparison_words(records: Records) -> Iterator[Problem]:
    """Find words of comparisons.csv that the codebook does not have."""
    codebook = records.codebook
    known = {
        "examined": [term.slug for term in codebook.examined],
        "comparator": [term.slug for term in codebook.comparators],
        "finding": [term.slug for term in codebook.findings],
        "property": [term.slug for term in codebook.properties],
    }
    for row in records.comparisons:
        for field, words in known.items():
            word = getattr(row, field)
            if word is not None and word not in words:
                yield unknown_word(row.place, field, word, "unknown-comparison-word", words)


def find_unknown_coder_kinds(records: Records) -> Iterator[Problem]:
    """Find coders whose kind is not in the codebook."""
    known = {kind.slug for kind in records.codebook.coder_kinds}
    for row in records.coders:
        if row.record.kind not in known:
            yield unknown_word(row.place, "kind", row.record.kind, "unknown-coder-kind", known)


def find_unnamed_publications(records: Records) -> Iterator[Problem]:
    """Find published tables that the bibliography does not have."""
    if "bib" in records.incomplete:
        return
    for row in records.coders:
        if row.record.kind == "published" and row.record.coder not in records.citekeys:
            yield row.place.problem(
                "coder",
                "published-without-reference",
                f"{row.record.coder!r} is a published table, but no key in the bibliography.",
                "Name it by the citekey of its publication, and add that to data/bib.",
            )
