"""A reference in words: in short, in full, and as it is compared."""

from collections.abc import Sequence

from marginal_risk.bibliography.identifiers import normalise_title
from marginal_risk.readings import Person, Reference, Work


def make_reference(
    study: Work, authors: tuple[Person, ...], editors: tuple[Person, ...]
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


def format_reference(study: Work, people: Sequence[Person], is_edited: bool) -> str:
    """Return the whole reference as plain text: people, year, title, venue, identifier."""
    names = [person.name for person in people]
    who = "; ".join([*names, "et al."] if study.has_more_authors else names)
    if is_edited:
        who += " (eds.)" if len(names) > 1 else " (ed.)"
    published = "" if study.venue == "arXiv" else study.venue or ""
    if study.volume:
        published += f" {study.volume}"
    if study.number:
        published += f"({study.number})" if study.volume else f" {study.number}"
    if study.pages:
        published += f", {study.pages}"
    stops = "" if study.title.endswith((".", "?", "!")) else "."
    parts = [f"{who} ({study.year}). {study.title}{stops}"]
    if published:
        parts.append(f"{published.strip(' ,').rstrip('.')}.")
    if study.doi:
        parts.append(f"https://doi.org/{study.doi}")
    elif study.arxiv_id:
        parts.append(f"arXiv:{study.arxiv_id}")
    elif study.url:
        parts.append(study.url)
    return " ".join(parts)
