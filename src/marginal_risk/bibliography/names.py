"""The people and bodies of an entry, in the parts that BibTeX gives a name."""

from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)

from marginal_risk.bibliography.latex import decode
from marginal_risk.records import Author


class BadNameError(ValueError):
    """A name that BibTeX cannot split; the text says why."""


def read_names(text: str) -> tuple[tuple[Author, ...], bool]:
    """Return the authors in order, and whether the list ends in 'and others'.

    A name that stands whole in braces is a body, not a person.

    Raises:
        BadNameError: a name cannot be split, or nothing of it would be shown.
    """
    authors = []
    has_more = False
    for name in split_multiple_persons_names(" ".join(text.split())):
        if name.lower() == "others":
            has_more = True
        else:
            authors.append(_read_name(name))
    return tuple(authors), has_more


def _read_name(name: str) -> Author:
    if _is_in_braces(name):
        whole = _shown(name, name)
        return Author(name=whole, family=whole, is_corporate=True)
    try:
        parts = parse_single_name_into_parts(name)
    except InvalidNameError as error:
        raise BadNameError(f"{name!r}: {error.reason}") from error
    family, given, particle, suffix = (
        _shown(" ".join(words), name) if words else None
        for words in (parts.last, parts.first, parts.von, parts.jr)
    )
    if family is None:
        raise BadNameError(f"{name!r}: it has no family name")
    leading = " ".join(part for part in (particle, family) if part)
    return Author(
        name=", ".join(part for part in (leading, suffix, given) if part),
        family=family,
        given=given,
        particle=particle,
        suffix=suffix,
    )


def _shown(text: str, name: str) -> str:
    try:
        shown = decode(text)
    except ValueError as error:
        raise BadNameError(f"{name!r}: its LaTeX cannot be read") from error
    if not shown:
        raise BadNameError(f"{name!r}: nothing of it would be shown")
    return shown


def _is_in_braces(name: str) -> bool:
    """Tell whether one pair of braces encloses the whole name."""
    if not (name.startswith("{") and name.endswith("}")) or name.startswith("{\\"):
        return False
    depth = 0
    for index, char in enumerate(name):
        depth += (char == "{") - (char == "}")
        if depth == 0 and index < len(name) - 1:
            return False
    return depth == 0
