"""Whether two titles name one work, although they are not the same."""

import re
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from marginal_risk.read.bibliography.identifiers import normalise_title
from marginal_risk.rows import Reference

_FILLERS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at by for from in into is it its of on or s the their this to via with",
    )
)
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=\w)")
_SUBTITLE = re.compile(r"[:?!\u2013\u2014]|\.\s|\s-\s")
# What stands at the end of a title for the state of the text, not for what it is about.
_VERSION = re.compile(
    r"[\s,:(\[]{0,3}\b(?:(?:v|ver|version|rev|revision|draft)[.\s]?\d+(?:\.\d+)*"
    r"|pre-?print|working paper|technical report"
    r"|(?:extended|full|long|short|revised|updated|corrected) version)\b[\s.)\]]*$",
    re.IGNORECASE,
)
_LABELS = frozenset(
    re.findall(
        r"\w+",
        "zero one two three four five six seven eight nine ten first second third fourth fifth"
        " sixth ii iii iv v vi vii viii ix x"
        " addendum comment commentary corrigendum correction erratum rejoinder reply response"
        " retraction review supplement supplementary",
    )
)
_SERIAL = frozenset(("annual", "daily", "monthly", "quarterly", "weekly", "yearly"))
_PARTS = frozenset(("appendix", "book", "chapter", "part", "phase", "series", "study", "volume"))
_LETTERS_PER_SLIP = 5
_MAX_SLIPS = 3
_TELLING = 3
"""Words that a title must have, so that two works with the same are one."""
_LONG = 6
"""Words that are enough, whoever wrote them."""


@dataclass(frozen=True)
class Likeness:
    """What of a work is compared."""

    words: tuple[str, ...]
    """Words of the title that say something, in order."""
    main: tuple[str, ...]
    """Those before the subtitle; all where there is none."""
    labels: frozenset[str]
    """What tells the works of a series apart: numbers, and words such as 'reply'."""
    families: tuple[str, ...]
    year: int
    is_serial: bool
    """Whether works with this title may appear every year."""


def likeness(reference: Reference) -> Likeness:
    """Return what is compared of a work."""
    study = reference.study
    title = _VERSION.sub("", _APOSTROPHE.sub("", study.title)) or study.title
    words, labels = _words(title)
    main, _ = _words(_SUBTITLE.split(title, maxsplit=1)[0])
    people = reference.people
    return Likeness(
        words=words,
        main=main or words,
        labels=labels,
        families=tuple(normalise_title(person.family) for person in people),
        year=study.year,
        is_serial=not _SERIAL.isdisjoint(words) or all(person.is_corporate for person in people),
    )


def _words(title: str) -> tuple[tuple[str, ...], frozenset[str]]:
    found = normalise_title(title).split()
    labels = {word for word in found if word in _LABELS or not word.isalpha()}
    labels |= {
        after for word, after in pairwise(found)
        if word in _PARTS and len(after) == 1
    }  # fmt: skip
    return tuple(word for word in found if word not in _FILLERS), frozenset(labels)


def compare(one: Likeness, other: Likeness) -> str | None:
    """Return in words why two works look like the same one; None where they do not.

    The numbers in both titles must be the same: the parts and years of a series are not one work.
    """
    if one.labels != other.labels or not one.words or not other.words:
        return None
    if one.year != other.year and (one.is_serial or other.is_serial):
        return None
    share = _shared_authors(one, other)
    if share or min(len(one.words), len(other.words)) >= _LONG:
        if one.words == other.words:
            return "the titles say the same" if len(one.words) >= _TELLING else None
        if _differ_by_slips(one.words, other.words):
            return "the titles differ by a slip"
    is_same_team = share >= 0.5 and one.families[:1] == other.families[:1]
    return _longer_by(one, other) if is_same_team else None


def _longer_by(one: Likeness, other: Likeness) -> str | None:
    """Return what one of two titles by the same people has more than the other."""
    shorter, longer = sorted((one.words, other.words), key=len)
    if one.main == other.main and len(one.main) >= (2 if shorter == one.main else _TELLING):
        return "the titles differ in the subtitle"
    if len(shorter) >= 4 and len(shorter) * 2 > len(longer) and set(shorter) < set(longer):
        return "one title has words more than the other"
    return None


def _shared_authors(one: Likeness, other: Likeness) -> float:
    """Return how many of the shorter list of authors are in the other list, from 0 to 1."""
    first, second = set(one.families), set(other.families)
    return len(first & second) / (min(len(first), len(second)) or 1)


def _differ_by_slips(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether what only one of two titles has is what the other has, misspelt."""
    # Joined, so that 'deep fakes' is 'deepfakes'.
    here = "".join(word for word in one if word not in other)
    there = "".join(word for word in other if word not in one)
    slips = min(len(here), len(there)) // _LETTERS_PER_SLIP
    slips = min(slips, _MAX_SLIPS)
    return here == there or (bool(slips) and OSA.distance(here, there, score_cutoff=slips) <= slips)
