"""A reference in words: in short, in full, and as it is compared."""

from collections.abc import Mapping, Sequence
from typing import Any

from marginal_risk.read.bibliography.identifiers import normalise_title
from marginal_risk.rows import Person, Reference, StudyValues


def make_reference(
    study: StudyValues, authors: tuple[Person, ...], editors: tuple[Person, ...]
) -> Reference:
    """Return a work with its people, of whom there is at least one."""
    first = (authors or editors)[0]
    return Reference(
        study, authors, editors, normalise_title(study.title), normalise_title(first.family)
    )


def short_citation(people: Sequence[Person], year: int, has_more: bool) -> str:
    """Return authors and year, such as 'Thiel, Stroebel & Portnoff (2023)'."""
    families = [f"{p.particle} {p.family}" if p.particle else p.family for p in people]
    if len(families) > 3 or has_more:
        who = f"{families[0]} et al."
    elif len(families) > 1:
        who = f"{', '.join(families[:-1])} & {families[-1]}"
    else:
        who = families[0]
    return f"{who} ({year})"


def format_reference(facts: Mapping[str, Any], people: Sequence[Person], is_edited: bool) -> str:
    """Return the whole reference as plain text: people, year, title, venue, identifier.

    The facts are those of a ``StudyValues``, under the names of its fields.
    """
    names = [person.name for person in people]
    who = "; ".join([*names, "et al."] if facts["has_more_authors"] else names)
    if is_edited:
        who += " (eds.)" if len(names) > 1 else " (ed.)"
    published = "" if facts["venue"] == "arXiv" else facts["venue"] or ""
    if facts["volume"]:
        published += f" {facts['volume']}"
    if facts["number"]:
        published += f"({facts['number']})" if facts["volume"] else f" {facts['number']}"
    if facts["pages"]:
        published += f", {facts['pages']}"
    stops = "" if facts["title"].endswith((".", "?", "!")) else "."
    parts = [f"{who} ({facts['year']}). {facts['title']}{stops}"]
    if published:
        parts.append(f"{published.strip(' ,').rstrip('.')}.")
    if facts["doi"]:
        parts.append(f"https://doi.org/{facts['doi']}")
    elif facts["arxiv_id"]:
        parts.append(f"arXiv:{facts['arxiv_id']}")
    elif facts["url"]:
        parts.append(facts["url"])
    return " ".join(parts)
