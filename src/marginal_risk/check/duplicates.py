"""The same work under two keys."""

from collections.abc import Iterable, Iterator, Sequence

from marginal_risk.problems import Problem
from marginal_risk.read.bibliography.same_work import near_pairs
from marginal_risk.rows import Reference


def find_duplicate_works(references: Iterable[Reference]) -> Iterator[Problem]:
    """Find works with one DOI or arXiv id, or with one title and year and nothing to tell apart."""
    for field, this, first in _pairs(references):
        if field != "title" or not _told_apart(this, first):
            yield this.place.problem(
                field,
                "duplicate-work",
                f"{this.study.citekey!r} looks like the same work as {first.study.citekey!r}, "
                f"at {first.place}.",
                f"Keep one, or add {_field(first)} if this is another version of it.",
            )


def find_same_titles(references: Iterable[Reference]) -> Iterator[Problem]:
    """Find works with one title and year, but different identifiers."""
    for field, this, first in _pairs(references):
        if field == "title" and _told_apart(this, first):
            yield this.place.problem(
                field,
                "same-title",
                f"{this.study.citekey!r} has the title and year of {first.study.citekey!r}, "
                f"at {first.place}, and another identifier.",
                f"If they are versions of one work, add {_field(first)} to this entry.",
            )


def find_near_duplicates(references: Sequence[Reference]) -> Iterator[Problem]:
    """Find works that look like one by their titles, under other years or slightly other words."""
    for this, first, reason in near_pairs(references):
        if _work(first) != _work(this):
            yield this.place.problem(
                "title",
                "near-duplicate",
                f"{this.study.citekey!r} may be the same work as {first.study.citekey!r}, "
                f"at {first.place}: {reason}.",
                f"If it is another version, add {_field(first)} to this entry.",
            )


def _pairs(references: Iterable[Reference]) -> Iterator[tuple[str, Reference, Reference]]:
    """Yield (the field they share, this one, the first that had it), once for each pair."""
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
                    yield field, this, first


def _work(reference: Reference) -> str:
    """Return the key of the work that a reference is, or is a version of."""
    return reference.study.version_of or reference.study.citekey


def _field(first: Reference) -> str:
    """Return the field that makes another entry a version of this one's work."""
    return f"'version_of = {{{_work(first)}}}'"


def _told_apart(this: Reference, first: Reference) -> bool:
    """Tell whether both have an identifier of one kind, and not the same."""
    pairs = (
        (this.study.doi, first.study.doi),
        (this.study.arxiv_id, first.study.arxiv_id),
    )
    return any(one and other and one != other for one, other in pairs)
