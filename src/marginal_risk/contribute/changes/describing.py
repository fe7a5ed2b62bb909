"""A comparison in the reader's words: sections of entries, for the renderings to print."""

from collections.abc import Iterator

from marginal_risk.contribute.changes.comparing import Changes
from marginal_risk.contribute.changes.map_words import describe_map
from marginal_risk.contribute.changes.other_words import (
    describe_agreement,
    describe_codebook,
    describe_people_and_searches,
)
from marginal_risk.contribute.changes.snapshot import Snapshot
from marginal_risk.contribute.changes.study_words import describe_codings, describe_studies
from marginal_risk.contribute.changes.wording import Link, Quote, Section, Wording, without_link

_PARTS = (
    describe_map,
    describe_studies,
    describe_codings,
    describe_agreement,
    describe_people_and_searches,
    describe_codebook,
)
TITLE = "What changes on the map"


def describe(changes: Changes, quote: Quote, link: Link = without_link) -> Iterator[Section]:
    """Yield the sections that have an entry, the map first."""
    words = Wording(changes, quote, link)
    for part in _PARTS:
        yield from (section for section in part(changes, words) if section.entries)


def describe_sides(changes: Changes, quote: Quote) -> str:
    """Return what was compared."""
    words = Wording(changes, quote, without_link)

    def called(side: Snapshot) -> str:
        commit = side.commit or side.name
        is_hash = commit.startswith(side.name)
        return words.text(side.name if is_hash else f"{side.name} ({commit[:7]})")

    return f"From {called(changes.base)} to {called(changes.head)}."


def describe_nothing(changes: Changes) -> str:
    """Return what an empty comparison says."""
    if changes.base.data_version == changes.head.data_version:
        return "Nothing changes: the data is the same."
    return (
        "Nothing changes: the files differ in form only (order, layout, comments, or the file that"
        " holds an entry)."
    )
