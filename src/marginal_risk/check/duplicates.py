"""The same work under two keys: told at the newer entry, and never at the established one.

Newer is the entry that git saw last, or has not seen; where git says nothing, the one that nobody
has coded, then the one that nobody has screened, then the later of the two.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path

from marginal_risk.git import ask_git
from marginal_risk.problems import Problem
from marginal_risk.read.bibliography.same_work import near_pairs
from marginal_risk.rows import Records, Reference

RULES_OF_DUPLICATES = frozenset({"duplicate-work", "same-title", "near-duplicate"})
"""Names of the rules that report a pair of entries."""
Seniority = Callable[[Reference], tuple[float, bool, bool]]
"""What entries are sorted by, from the established to the newest."""

_ADDED = re.compile(rb"^\+[ \t]*@\w+[ \t]*[{(][ \t]*([^\s,{}()]+)[ \t]*,", re.MULTILINE)
_NEVER = float("inf")


def seniority_of(records: Records) -> Seniority:
    """Return what tells which of two entries is the established one."""
    coded = {row.key.citekey for row in records.codings}
    screened = {row.record.citekey for row in records.screening}
    seen = records.first_seen

    def rank(reference: Reference) -> tuple[float, bool, bool]:
        key = reference.study.citekey
        age = seen.get(key, _NEVER) if seen else 0
        return age, key not in coded, key not in screened

    return rank


def find_first_seen(data_dir: Path) -> dict[str, int]:
    """Return when git first saw each entry of the bibliography, as the number of the commit.

    An entry that no commit has is not among them; nothing is where git knows no history.
    """
    which = ("--reverse", "--first-parent", "--diff-merges=first-parent")
    how = ("--no-textconv", "--no-ext-diff", "--no-color", "--format=%x00", "-p", "-U0")
    said = ask_git(data_dir, "log", *which, *how, "--", "bib")
    found: dict[str, int] = {}
    for number, commit in enumerate((said or b"").split(b"\0")):
        for key in _ADDED.findall(commit):
            found.setdefault(key.decode("utf-8", "replace"), number)
    return found


def _of_equal_age(_: Reference) -> tuple[float, bool, bool]:
    return 0, False, False


def find_duplicate_works(
    references: Iterable[Reference], seniority: Seniority = _of_equal_age
) -> Iterator[Problem]:
    """Find works with one DOI or arXiv id, or with one title and year and nothing to tell apart."""
    for field, newer, older in _pairs(references, seniority):
        if field != "title" or not _told_apart(newer, older):
            yield newer.place.problem(
                field,
                "duplicate-work",
                f"{newer.study.citekey!r} looks like the same work as {older.study.citekey!r}, "
                f"at {older.place}.",
                f"Keep that one, or add {_field(older)} if this is another version of it.",
            )


def find_same_titles(
    references: Iterable[Reference],
    seniority: Seniority = _of_equal_age,
    seen: Container[frozenset[str]] = frozenset(),
) -> Iterator[Problem]:
    """Find works with one title and year, but different identifiers or first authors.

    Pairs of keys that were ``seen`` are left out.
    """
    for field, newer, older in _pairs(references, seniority):
        is_seen = frozenset((newer.study.citekey, older.study.citekey)) in seen
        if field == "title" and _told_apart(newer, older) and not is_seen:
            yield newer.place.problem(
                field,
                "same-title",
                f"{newer.study.citekey!r} has the title and year of {older.study.citekey!r}, "
                f"at {older.place}, and another identifier or first author.",
                f"If they are versions of one work, add {_field(older)} to this entry.",
            )


def find_near_duplicates(
    references: Sequence[Reference],
    seniority: Seniority = _of_equal_age,
    seen: Container[frozenset[str]] = frozenset(),
) -> Iterator[Problem]:
    """Find works that look like one by their titles, under other years or slightly other words.

    Pairs of keys that were ``seen`` are left out.
    """
    for this, first, reason in near_pairs(references):
        is_seen = frozenset((this.study.citekey, first.study.citekey)) in seen
        if _work(first) != _work(this) and not is_seen:
            newer, older = _in_order(this, first, seniority)
            yield newer.place.problem(
                "title",
                "near-duplicate",
                f"{newer.study.citekey!r} may be the same work as {older.study.citekey!r}, "
                f"at {older.place}: {reason}.",
                f"If it is another version, add {_field(older)} to this entry.",
            )


def _pairs(
    references: Iterable[Reference], seniority: Seniority
) -> Iterator[tuple[str, Reference, Reference]]:
    """Yield (the field they share, the newer, the established one), once for each pair."""
    taken: dict[tuple[str, object], Reference] = {}
    for this in references:
        study = this.study
        reported = {study.citekey}
        title = this.plain_title
        for field, value in (
            ("doi", study.doi),
            ("eprint", study.arxiv_id),
            ("title", title and (title, study.year)),
        ):
            if value:
                first = taken.setdefault((field, value), this)
                if first.study.citekey not in reported and _work(first) != _work(this):
                    reported.add(first.study.citekey)
                    yield field, *_in_order(this, first, seniority)


def _in_order(
    this: Reference, first: Reference, seniority: Seniority
) -> tuple[Reference, Reference]:
    """Return the newer of two entries and the established one; of equals, ``first`` is that."""
    return (first, this) if seniority(first) > seniority(this) else (this, first)


def _work(reference: Reference) -> str:
    """Return the key of the work that a reference is, or is a version of."""
    return reference.study.version_of or reference.study.citekey


def _field(older: Reference) -> str:
    """Return the field that makes another entry a version of this one's work."""
    return f"'version_of = {{{_work(older)}}}'"


def pairs_of_screeners(records: Records) -> frozenset[frozenset[str]]:
    """Return the pairs of works that screening says are, or may be, the same.

    Whoever screens decides on these, or has decided: they need no warning.
    """
    named = [
        *((row.record.citekey, row.record.possible_duplicate_of) for row in records.screening),
        *((row.record.citekey, row.record.other_study) for row in records.screening),
        *((row.record.citekey, row.record.other_study) for row in records.decisions),
    ]
    return frozenset(frozenset((one, other)) for one, other in named if other)


def _told_apart(newer: Reference, older: Reference) -> bool:
    """Tell whether they have other first authors, or identifiers of one kind, and not the same."""
    if newer.plain_family != older.plain_family:
        return True
    pairs = (
        (newer.study.doi, older.study.doi),
        (newer.study.arxiv_id, older.study.arxiv_id),
    )
    return any(one and other and one != other for one, other in pairs)
