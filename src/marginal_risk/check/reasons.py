"""Levels and their reasons: each needs the other, and a reason must be one."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache

from marginal_risk.problems import Problem
from marginal_risk.rows import JudgementKey, RationaleRow, Records

_PLACEHOLDER = re.compile(
    r"[\W_]*(?:(?:to ?do|tb[cda]|to be done|fixme|x+|n\W?a|not applicable|none|null|nil|unknown"
    r"|placeholder|test|ditto|same as above|see above|lorem ipsum.*)[\W_]*)?",
    re.IGNORECASE,
)

_BEGUN = re.compile(r"[\W_]*(?:to ?do|tbd|tba|fixme)\b.*", re.IGNORECASE)
"""A note to oneself, with what is still to be done."""
_HINT = "Say in a sentence what the study does or leaves out."


def _lacking(
    records: Records, ours: AbstractSet[JudgementKey], theirs: AbstractSet[JudgementKey]
) -> set[JudgementKey]:
    """Return which of one sheet's judgements the other sheet does not have.

    Left out are those that it may have but for a word that is unknown on either side: that is
    reported where it stands, and would be the same mistake said twice.
    """
    if ours <= theirs:
        return set()
    known = (
        records.citekeys,
        {vector.slug for vector in records.codebook.misuse_vectors},
        {row.record.coder for row in records.coders},
        {step.slug for step in records.codebook.steps},
    )

    def by_gaps(sheet: AbstractSet[JudgementKey]) -> dict[frozenset[int], set[JudgementKey]]:
        """Group by the positions of unknown words."""
        groups: dict[frozenset[int], set[JudgementKey]] = {}
        for coding, step in sheet:
            words = (*coding, step)
            gaps = frozenset(i for i, word in enumerate(words) if word not in known[i])
            groups.setdefault(gaps, set()).add((coding, step))
        return groups

    def blank(judgement: JudgementKey, gaps: frozenset[int]) -> tuple[str, ...]:
        coding, step = judgement
        return tuple("" if i in gaps else word for i, word in enumerate((*coding, step)))

    explained: set[JudgementKey] = set()
    their_groups = by_gaps(theirs - ours)
    for our_gaps, our_group in by_gaps(ours - theirs).items():
        for their_gaps, their_group in their_groups.items():
            gaps = our_gaps | their_gaps
            seen = {blank(judgement, gaps) for judgement in their_group}
            explained.update(ours for ours in our_group if blank(ours, gaps) in seen)
    return set(ours - theirs) - explained


def find_judgements_without_rationale(records: Records) -> Iterator[Problem]:
    """Find levels that nobody gave a reason for."""
    if "rationales.csv" in records.incomplete:
        return
    lacking = _lacking(records, records.judged, records.reasoned)
    for row in records.codings:
        for step, level in row.levels.items():
            if (row.key, step) in lacking:
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
    lacking = _lacking(records, records.reasoned, records.judged)
    for row in records.rationales:
        if (row.key, row.step) in lacking and row.step in steps:
            yield row.place.problem(
                "step",
                "rationale-without-judgement",
                f"studies.csv has no level for {row.key.citekey!r} at {row.step!r} "
                f"by {row.key.coder!r}.",
                "Add the level there, or delete this row.",
            )


def is_placeholder(text: str) -> bool:
    """Tell whether a text is blank or stands for one that is still to come."""
    return bool(_PLACEHOLDER.fullmatch(text) or _BEGUN.fullmatch(text))


def find_placeholder_rationales(records: Records) -> Iterator[Problem]:
    """Find rationales that are blank or one word, or stand for a text still to come."""
    for row in records.rationales:
        if is_placeholder(row.rationale):
            said = f"{row.rationale!r} is no reason." if row.rationale else "The reason is blank."
        elif _is_one_word(row.rationale):
            said = f"{row.rationale!r} is one word, and no reason."
        else:
            continue
        yield row.place.problem("rationale", "placeholder-rationale", said, _HINT)


_WORD = re.compile(r"\w+")
_ONE_WORD = re.compile(r"\W*+(\w++)\W*+")


def _is_one_word(text: str) -> bool:
    """Tell whether a text is one word, in a script that puts spaces between words."""
    word = _ONE_WORD.fullmatch(text)
    return word is not None and word[1].lower() != word[1].upper()


def find_copied_rationales(records: Records) -> Iterator[Problem]:
    """Find rationales that only repeat what the codebook says of every study."""
    codebook = records.codebook
    sentences = {plain(step.definition): "what the step is" for step in codebook.steps}
    sentences |= {plain(step.question): "what is asked" for step in codebook.steps}
    sentences |= {plain(rule.rule): "what earned a level" for rule in codebook.earlier_rules}
    sentences |= {plain(rule.rule): "what earns a level" for rule in codebook.coding_rules}
    for row in records.rationales:
        if where := sentences.get(plain(row.rationale)):
            message = f"This is the codebook's own sentence on {where}."
            yield row.place.problem("rationale", "copied-rationale", message, _HINT)


@lru_cache(maxsize=2**16)  # two rules ask for each reason
def plain(text: str) -> str:
    """Return the words of a text, as texts are compared."""
    return " ".join(_WORD.findall(text.casefold()))


def find_repeated_rationales(records: Records) -> Iterator[Problem]:
    """Find two judgements with the same words for a reason.

    Who checks or settles a judgement may take over its reason.
    """
    origins = {row.key: {row.key.coder, *row.started_from} for row in records.codings}
    settling = {row.record.coder for row in records.coders if row.record.kind == "consensus"}

    def is_taken_over(one: RationaleRow, other: RationaleRow) -> bool:
        if (one.key[:2], one.step) != (other.key[:2], other.step):
            return False
        if {one.key.coder, other.key.coder} & settling:
            return True
        return bool(origins.get(one.key, set()) & origins.get(other.key, set()))

    taken: dict[str, RationaleRow] = {}
    for row in records.rationales:
        words = plain(row.rationale)
        first = taken.setdefault(words, row)
        is_other = (row.key, row.step) != (first.key, first.step)
        if is_other and not is_taken_over(row, first) and not is_placeholder(row.rationale):
            message = f"The same text stands at {first.place}."
            hint = "Say what is particular to this judgement."
            yield row.place.problem("rationale", "repeated-rationale", message, hint)


def find_empty_codings(records: Records) -> Iterator[Problem]:
    """Find codings without a single level."""
    for row in records.codings:
        if not row.levels:
            message = f"{row.key.citekey!r} has a row, but no step is coded."
            yield row.place.problem("row", "empty-coding", message, "Code a step, or delete it.")
