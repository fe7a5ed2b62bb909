"""What can be wrong across the coding sheets: one small function for each rule."""

import re
from collections.abc import Iterable, Iterator

from marginal_risk.problems import Place, Problem, did_you_mean
from marginal_risk.readings import CodingKey, RationaleRow, Records

_PLACEHOLDER = re.compile(
    r"[\W_]*(?:(?:to ?do|tb[cda]|to be done|fixme|x+|n\W?a|not applicable|none|null|nil|unknown"
    r"|placeholder|test|ditto|same as above|see above|lorem ipsum.*)[\W_]*)?",
    re.IGNORECASE,
)


_KNOWN_AS = {
    "unknown-citekey": ("a key in the bibliography", "Add its entry to data/bib."),
    "unknown-coder": ("a coder in coders.csv", "Add a row for the coder there."),
    "unknown-vector": ("a vector in the codebook", ""),
    "unknown-coder-kind": ("a kind of coder in the codebook", ""),
}


def _keys(records: Records) -> Iterator[tuple[CodingKey, Place]]:
    """Yield study, vector and coder of every row of studies.csv and rationales.csv."""
    for row in records.codings:
        yield row.key, row.place
    for reason in records.rationales:
        yield reason.key, reason.place


def _unknown(place: Place, field: str, word: str, rule: str, known: Iterable[str]) -> Problem:
    where, otherwise = _KNOWN_AS.get(rule, (f"a {field} in the codebook", ""))
    hint = did_you_mean(word, known, otherwise)
    return place.problem(field, rule, f"{word!r} is not {where}.", hint)


def find_unknown_citekeys(records: Records) -> Iterator[Problem]:
    """Find rows whose study is not in the bibliography."""
    if "bib" in records.incomplete:
        return
    for key, place in _keys(records):
        if key.citekey not in records.citekeys:
            yield _unknown(place, "citekey", key.citekey, "unknown-citekey", records.citekeys)


def find_unknown_vectors(records: Records) -> Iterator[Problem]:
    """Find rows whose misuse vector is not in the codebook."""
    known = {vector.slug for vector in records.codebook.misuse_vectors}
    for key, place in _keys(records):
        if key.misuse_vector not in known:
            yield _unknown(place, "misuse_vector", key.misuse_vector, "unknown-vector", known)


def find_unknown_coders(records: Records) -> Iterator[Problem]:
    """Find rows whose coder is not in coders.csv."""
    if "coders.csv" in records.incomplete:
        return
    known = {row.record.coder for row in records.coders}
    for key, place in _keys(records):
        if key.coder not in known:
            yield _unknown(place, "coder", key.coder, "unknown-coder", known)


def find_unknown_steps(records: Records) -> Iterator[Problem]:
    """Find rationales whose step is not in the codebook."""
    known = {step.slug for step in records.codebook.steps}
    for row in records.rationales:
        if row.step not in known:
            yield _unknown(row.place, "step", row.step, "unknown-step", known)


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
            yield _unknown(row.place, "confidence", row.confidence, "unknown-confidence", known)


def find_unknown_coder_kinds(records: Records) -> Iterator[Problem]:
    """Find coders whose kind is not in the codebook."""
    known = {kind.slug for kind in records.codebook.coder_kinds}
    for row in records.coders:
        if row.record.kind not in known:
            yield _unknown(row.place, "kind", row.record.kind, "unknown-coder-kind", known)


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


def _repeated(
    rule: str, field: str, what: str, rows: Iterable[tuple[object, Place]]
) -> Iterator[Problem]:
    """Report each row whose key an earlier row has."""
    taken: dict[object, Place] = {}
    for key, place in rows:
        first = taken.setdefault(key, place)
        if first is not place:
            yield place.problem(field, rule, f"{what} at {first}.", "Keep one of the two rows.")


def find_duplicate_codings(records: Records) -> Iterator[Problem]:
    """Find a study that one coder coded twice for one vector."""
    rows = ((row.key, row.place) for row in records.codings)
    what = "The same study, vector and coder stand already"
    return _repeated("duplicate-coding", "citekey", what, rows)


def find_duplicate_rationales(records: Records) -> Iterator[Problem]:
    """Find judgements with two rationales."""
    rows = (((row.key, row.step), row.place) for row in records.rationales)
    return _repeated("duplicate-rationale", "step", "This judgement has a rationale already", rows)


def find_duplicate_coders(records: Records) -> Iterator[Problem]:
    """Find coders that stand twice in coders.csv."""
    rows = ((row.record.coder, row.place) for row in records.coders)
    return _repeated("duplicate-coder", "coder", "This coder stands already", rows)


_Words = tuple[str, str, str, str]
"""Study, vector, coder and step of a judgement."""


def _judged(records: Records) -> set[_Words]:
    return {(*row.key, step) for row in records.codings for step in row.levels}


def _reasoned(records: Records) -> set[_Words]:
    return {(*row.key, row.step) for row in records.rationales}


def _lacking(records: Records, ours: set[_Words], theirs: set[_Words]) -> set[_Words]:
    """Return which of one sheet's judgements the other sheet does not have.

    Left out are those that it may have but for a word that is unknown on either side: that is
    reported where it stands, and would be the same mistake said twice.
    """
    known = (
        records.citekeys,
        {vector.slug for vector in records.codebook.misuse_vectors},
        {row.record.coder for row in records.coders},
        {step.slug for step in records.codebook.steps},
    )

    def by_gaps(sheet: set[_Words]) -> dict[frozenset[int], set[_Words]]:
        """Group by the positions of unknown words."""
        groups: dict[frozenset[int], set[_Words]] = {}
        for words in sheet:
            gaps = frozenset(i for i, word in enumerate(words) if word not in known[i])
            groups.setdefault(gaps, set()).add(words)
        return groups

    def blank(words: _Words, gaps: frozenset[int]) -> tuple[str, ...]:
        return tuple("" if i in gaps else word for i, word in enumerate(words))

    explained: set[_Words] = set()
    their_groups = by_gaps(theirs - ours)
    for our_gaps, our_group in by_gaps(ours - theirs).items():
        for their_gaps, their_group in their_groups.items():
            gaps = our_gaps | their_gaps
            seen = {blank(words, gaps) for words in their_group}
            explained.update(words for words in our_group if blank(words, gaps) in seen)
    return ours - theirs - explained


def find_judgements_without_rationale(records: Records) -> Iterator[Problem]:
    """Find levels that nobody gave a reason for."""
    if "rationales.csv" in records.incomplete:
        return
    lacking = _lacking(records, _judged(records), _reasoned(records))
    for row in records.codings:
        for step, level in row.levels.items():
            if (*row.key, step) in lacking:
                yield row.place.problem(
                    step,
                    "judgement-without-rationale",
                    f"{row.key.citekey!r} is {level!r} here, without a rationale.",
                    "Add a row to rationales.csv, or leave the cell empty (not coded).",
                )


def find_rationales_without_judgement(records: Records) -> Iterator[Problem]:
    """Find reasons for a level that is not in studies.csv."""
    if "studies.csv" in records.incomplete:
        return
    steps = {step.slug for step in records.codebook.steps}
    lacking = _lacking(records, _reasoned(records), _judged(records))
    for row in records.rationales:
        if (*row.key, row.step) in lacking and row.step in steps:
            yield row.place.problem(
                "step",
                "rationale-without-judgement",
                f"studies.csv has no level for {row.key.citekey!r} at {row.step!r} "
                f"by {row.key.coder!r}.",
                "Add the level there, or delete this row.",
            )


def find_placeholder_rationales(records: Records) -> Iterator[Problem]:
    """Find rationales that are blank or stand for a text still to come."""
    for row in records.rationales:
        if _PLACEHOLDER.fullmatch(row.rationale):
            said = f"{row.rationale!r} is no reason." if row.rationale else "The reason is blank."
            hint = "Say in a sentence what the study does or leaves out."
            yield row.place.problem("rationale", "placeholder-rationale", said, hint)


def find_repeated_rationales(records: Records) -> Iterator[Problem]:
    """Find two judgements with the same words for a reason."""
    taken: dict[str, RationaleRow] = {}
    for row in records.rationales:
        words = " ".join(re.findall(r"\w+", row.rationale.casefold()))
        first = taken.setdefault(words, row)
        is_other = (row.key, row.step) != (first.key, first.step)
        if is_other and not _PLACEHOLDER.fullmatch(row.rationale):
            message = f"The same text stands at {first.place}."
            hint = "Say what is particular to this judgement."
            yield row.place.problem("rationale", "repeated-rationale", message, hint)


def find_empty_codings(records: Records) -> Iterator[Problem]:
    """Find codings without a single level."""
    for row in records.codings:
        if not row.levels:
            message = f"{row.key.citekey!r} has a row, but no step is coded."
            yield row.place.problem("row", "empty-coding", message, "Code a step, or delete it.")
