"""Whether a work is known already: as which entry, and by what.

``KnownWorks(references).find(reference)`` answers for one work at a time; ``near_pairs`` looks at
a whole bibliography. Both compare a title only with those that stand near it when titles are
sorted: from their beginning, from their end, and among those of one first author. So time grows
with the number of works, not with its square.
"""

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from marginal_risk.read.bibliography.identifiers import normalise_title
from marginal_risk.rows import Reference

_WINDOW = 3
"""Neighbours on one side that a title is compared with."""
_SMALL = 8
"""Works of one first author that are all compared with each other."""
_START = 10
"""Characters that neighbours must share to be looked at, unless their first author is the same."""
_BEGINNING = 24
"""Characters that make titles worth comparing, whatever follows."""
_LIKE = 80
"""How like other titles must be to be worth comparing, in per cent."""
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
_FEWEST_INITIALS, _MOST_INITIALS = 2, 5
"""Letters of an abbreviation: AI, LLM, CSAM."""
_LETTERS_PER_SLIP = 5
_MAX_SLIPS = 3
_TELLING = 3
"""Words that a title must have, so that two works with the same are one."""
_LONG = 6
"""Words that are enough, whoever wrote them."""


@dataclass(frozen=True)
class Match:
    """A known entry that is the same work, or looks like it."""

    reference: Reference
    reason: str
    """What they share, as it follows on 'by': 'its DOI', 'a near title (...)'."""
    is_certain: bool
    """Whether they share an identifier, or title, year and author; else somebody must look."""


class KnownWorks:
    """Works that are known, and the question whether another is among them."""

    def __init__(self, references: Iterable[Reference] = ()) -> None:
        self._exact: dict[tuple[str, object], list[Reference]] = defaultdict(list)
        self._works = list(references)
        self._titles = _TitleIndex(self._works)
        for reference in self._works:
            self._remember_identities(reference)

    def add(self, reference: Reference) -> None:
        """Take one more work for known."""
        self._remember_identities(reference)
        self._titles.add(reference, len(self._works))
        self._works.append(reference)

    def find(self, reference: Reference) -> Match | None:
        """Return the known work that this one is, with the reason; None where it is new.

        An identifier decides before title and year, and these before a title that is near. Title
        and year are not certain where the first authors or the identifiers differ.
        """
        doubtful: Match | None = None
        for fact, value, reason in identities(reference):
            for known in self._exact.get((fact, value), ()):
                if fact != "title" or not _speaks_against(reference, known):
                    return Match(known, reason, is_certain=True)
                doubtful = doubtful or Match(known, reason, is_certain=False)
        if doubtful:
            return doubtful
        own = likeness(reference)
        near = (number for _, _, number in self._titles.find_neighbours(reference))
        for number in dict.fromkeys(near):
            if why := compare(own, likeness(self._works[number])):
                return Match(self._works[number], f"a near title ({why})", is_certain=False)
        return None

    def _remember_identities(self, reference: Reference) -> None:
        for fact, value, _ in identities(reference):
            self._exact[fact, value].append(reference)


class _TitleIndex:
    """The titles of works, sorted: from their beginning, from their end, and by first author."""

    def __init__(self, references: Sequence[Reference]) -> None:
        self._beginnings: list[tuple[str, int]] = []
        self._endings: list[tuple[str, int]] = []
        self._by_family: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for number, reference in enumerate(references):
            title = reference.plain_title
            self._beginnings.append((title, number))
            self._endings.append((title[::-1], number))
            self._by_family[reference.plain_family].append((title, number))
        for titles in (self._beginnings, self._endings, *self._by_family.values()):
            titles.sort()

    def add(self, reference: Reference, number: int) -> None:
        """Take in the title of one more work, under its number."""
        title = reference.plain_title
        insort(self._beginnings, (title, number))
        insort(self._endings, (title[::-1], number))
        insort(self._by_family[reference.plain_family], (title, number))

    def find_pairs(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield (title, title, number, number) of works whose titles stand near each other.

        As ``find_neighbours`` would find them, asked of each work; a pair may come more than once.
        """
        for titles, width, shared in (
            (self._beginnings, _WINDOW, _START),
            (self._endings, _WINDOW, _START),
            *((titles, _reach(titles), 0) for titles in self._by_family.values()),
        ):
            for place, (title, number) in enumerate(titles):
                start = title[:shared]
                for near, other in titles[place + 1 : place + 1 + width]:
                    if not near.startswith(start):
                        break  # they are sorted: nor does any that follows
                    yield title, near, number, other

    def find_neighbours(self, reference: Reference) -> Iterator[tuple[str, str, int]]:
        """Yield (own title, title, number) of the works whose titles stand near one.

        Both titles are written backwards where they are near from their end. A work may come
        more than once.
        """
        title = reference.plain_title
        same_family = self._by_family.get(reference.plain_family, [])
        for titles, own, width, shared in (
            (self._beginnings, title, _WINDOW, _START),
            (self._endings, title[::-1], _WINDOW, _START),
            (same_family, title, _reach(same_family), 0),
        ):
            place = bisect_left(titles, (own,))
            start = own[:shared]
            # One more behind it: the work itself may be among them.
            for near, number in titles[max(place - width, 0) : place + width + 1]:
                if near.startswith(start):
                    yield own, near, number


def _reach(same_family: Sequence[object]) -> int:
    """Return how many neighbours on one side are compared among the works of one author."""
    return _SMALL if len(same_family) <= _SMALL else _WINDOW


def _speaks_against(one: Reference, other: Reference) -> bool:
    """Tell whether two works of one title and year may be two: by their authors or identifiers."""
    if one.plain_family != other.plain_family:
        return True
    pairs = ((one.study.doi, other.study.doi), (one.study.arxiv_id, other.study.arxiv_id))
    return any(here and there and here != there for here, there in pairs)


def identities(reference: Reference) -> Iterator[tuple[str, object, str]]:
    """Yield (field, value, in words) of all by which a work is known for certain."""
    study = reference.study
    if study.doi:
        yield "doi", study.doi, "its DOI"
    if study.arxiv_id:
        yield "eprint", study.arxiv_id, "its arXiv identifier"
    # A title may have no letter at all.
    title = reference.plain_title or study.title
    yield "title", (title, study.year), "its title and year"


def near_pairs(
    references: Sequence[Reference],
) -> Iterator[tuple[Reference, Reference, str]]:
    """Yield (the later, the earlier, why) for works that look the same by their titles.

    Those that share an identifier, or title and year, are not among them.
    """
    likenesses: dict[int, Likeness] = {}

    def likeness_of(number: int) -> Likeness:
        if number not in likenesses:
            likenesses[number] = likeness(references[number])
        return likenesses[number]

    near = {
        (max(one, other), min(one, other))
        for title, other_title, one, other in _TitleIndex(references).find_pairs()
        if _worth_comparing(title, other_title)
    }
    for later, earlier in sorted(near):
        if set(identities(references[later])).isdisjoint(identities(references[earlier])):
            reason = compare(likeness_of(earlier), likeness_of(later))
            if reason:
                yield references[later], references[earlier], reason


def _worth_comparing(one: str, other: str) -> bool:
    """Tell whether two titles begin with the same words or are much alike."""
    return (
        one[:_BEGINNING] == other[:_BEGINNING]
        or other.startswith(one)
        or one.startswith(other)
        or fuzz.ratio(one, other, score_cutoff=_LIKE) > 0
    )


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
    one, other = _spelled_alike(one, other)
    if share or min(len(one.words), len(other.words)) >= _LONG:
        if one.words == other.words:
            return "the titles say the same" if len(one.words) >= _TELLING else None
        if _differ_by_slips(one.words, other.words):
            return "the titles differ by a slip"
    is_same_team = share >= 0.5 and one.families[:1] == other.families[:1]
    return _longer_by(one, other) if is_same_team else None


def _spelled_alike(one: Likeness, other: Likeness) -> tuple[Likeness, Likeness]:
    """Return both with what one of them writes out and the other abbreviates, abbreviated."""
    return _abbreviated(one, other.words), _abbreviated(other, one.words)


def _abbreviated(one: Likeness, words: tuple[str, ...]) -> Likeness:
    """Return what is compared of a work, with the abbreviations that other words use."""
    for word in dict.fromkeys(words):
        short = word.removesuffix("s") if len(word) > 2 else word
        if word in one.words or not _FEWEST_INITIALS <= len(short) <= _MOST_INITIALS:
            continue
        one = replace(
            one, words=_shortened(one.words, short, word), main=_shortened(one.main, short, word)
        )
    return one


def _shortened(words: tuple[str, ...], initials: str, word: str) -> tuple[str, ...]:
    """Return words in which the first run with these initials is one word."""
    size = len(initials)
    for start in range(len(words) - size + 1):
        run = words[start : start + size]
        if "".join(part[0] for part in run) == initials:
            return (*words[:start], word, *words[start + size :])
    return words


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
