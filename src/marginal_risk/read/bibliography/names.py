"""The people and bodies of an entry, in the parts that BibTeX gives a name."""

import re
from collections.abc import Iterator
from unicodedata import is_normalized

from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

from marginal_risk.read.bibliography.latex import decode, without_entities
from marginal_risk.read.bibliography.name_lists import spell_out_accents, split_names, without_more
from marginal_risk.read.bibliography.particles import settle_particle
from marginal_risk.read.bibliography.suffixes import LATE, LATE_SUFFIX, SUFFIX
from marginal_risk.rows import Person

_NAMED_PART = re.compile(r"[\"\s]*[a-z]+(?:-i)?\s*=", re.IGNORECASE)
# What follows the comma in the name of a body, and what only looks like initials.
_COMPANIES = {"inc", "ltd", "llc", "gmbh", "corp", "co", "plc", "ag", "sa"}
_COUNTRIES = {"U.S.", "U.K.", "U.N.", "E.U."}
_MAY_END_BODY = re.compile(r"\}\s*(?:\Z|and\s)", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)+")
_PARTICLES = {
    *("van", "von", "de", "den", "der", "des", "di", "da", "do", "dos", "du", "la", "le", "el"),
    *("al", "bin"),
}
# What stands between names, or after the last, by mistake.
_SEPARATORS = {
    re.compile(r";"): "names are joined by ' and ', not by ';'",
    re.compile(
        r"(?<!\S)\\?&|&(?!\S)"
    ): "names are joined by ' and ', not by '&', and a body stands in braces",
    re.compile(r"(?:^|\s)and(?:\s|$)", re.IGNORECASE): "a name is missing beside an 'and'",
    re.compile(r"(?:^|\s)et\.?[\s~]+al\b", re.IGNORECASE): "a list goes on with 'and others'",
}


# A name that leaves nothing to decide: words with a capital at their start, without LaTeX and
# without what joins names; and a list of such. One match for all is a third of one for each.
_WORD = r"(?!(?:[Aa][Nn][Dd]|[Ee][Tt])\b)[A-Z](?:[a-z.]++|[^\W\d_]++|-(?!-)|'(?!'))*+"
_NAME = rf"(?!(?i:others)(?: and |\Z)){_WORD}(?: {_WORD})*+(?:, {_WORD}(?: {_WORD})*+)?"
_PLAIN_NAMES = re.compile(rf"{_NAME}(?: and {_NAME})*+")


class BadNameError(ValueError):
    """A name that BibTeX cannot split; the text says why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name[:60]!r}: {reason}")


def read_names(text: str) -> tuple[tuple[Person, ...], bool]:
    """Return the authors in order, and whether the list ends in 'and others'.

    A name that stands whole in braces is a body, not a person; but tools put braces around a
    whole list of people, too, which its commas, its initials or its 'and others' tell.
    biblatex's form 'family=..., given=...' is read as well.

    Raises:
        BadNameError: a name cannot be split, or nothing of it would be shown.
    """
    text = spell_out_accents(without_entities(text))
    if people := _read_plain_names(text):
        return people, False
    authors: list[Person] = []
    has_more = False
    for written in _split(text) if text else ():
        if people := _read_plain_names(written):
            authors.extend(people)
            continue
        name, goes_on = without_more(written)
        has_more |= goes_on
        if name:
            authors.append(_read_name(name))
    return tuple(authors), has_more


def find_doubtful_body(text: str) -> str | None:
    """Return the first body whose name could be a list of people, such as '{Ann B and Bob C}'."""
    for name in _split(text) if _MAY_END_BODY.search(text) else ():
        people = _listed_in_braces(name)
        if len(people) > 1 and all(map(_could_be_person, people)):
            return name
    return None


def _split(text: str) -> Iterator[str]:
    """Yield the names of a list; where braces enclose several people, each of them."""
    for name in split_names(" ".join(text.split())):
        people = _listed_in_braces(name)
        is_list = len(people) > 1 and (
            people[-1].lower() == "others" or all(map(_must_be_person, people))
        )
        yield from people if is_list else [name]


def _read_plain_names(text: str) -> tuple[Person, ...]:
    """Return the people of a list in which no name leaves anything to decide; else none."""
    text = " ".join(text.split())
    if not _PLAIN_NAMES.fullmatch(text) or not (text.isascii() or is_normalized("NFC", text)):
        return ()
    people = []
    for name in text.split(" and "):
        family, _, given = name.partition(", ")
        if given in LATE:
            return ()
        if given:
            people.append(Person(name, family, given))
        else:
            given, _, family = name.rpartition(" ")
            people.append(Person(f"{family}, {given}" if given else family, family, given or None))
    return tuple(people)


def _must_be_person(name: str) -> bool:
    """Tell whether a name has a form that no body's has: 'Family, Given' or 'G. Family'."""
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma:
        return bool(family and given) and given.replace(".", "").lower() not in _COMPANIES
    words = name.split()
    return any(_INITIALS.fullmatch(w) and w not in _COUNTRIES for w in words[:-1])


def _could_be_person(name: str) -> bool:
    """Tell whether a name is a few words with capitals, and particles."""
    words = name.split()
    return 2 <= len(words) <= 4 and all(
        word in _PARTICLES or word != word.lower() for word in words
    )


def _listed_in_braces(name: str) -> list[str]:
    """Return what a name in braces would be if it were a list; empty where it is no body."""
    if not name.endswith("}"):
        return []
    inside = name
    for _ in range(3):  # nobody writes more braces, and hostile files write millions
        if inside.startswith("{") and re.fullmatch(r"\{\.*\}", _outside_braces(inside)):
            inside = inside[1:-1].strip()
    return list(split_names(inside)) if inside != name else []


def _read_name(name: str) -> Person:
    outside = _outside_braces(name)
    if _is_body(name, outside):
        if _NAMED_PART.match(name, 1) and (person := _read_braced_parts(name[1:-1])):
            return person
        whole = _shown(name, name)
        return Person(name=whole, family=whole, is_corporate=True)
    if _NAMED_PART.match(outside):
        return _read_named_parts(name, outside)
    for pattern, reason in _SEPARATORS.items():
        if pattern.search(outside):
            raise BadNameError(name, reason)
    if late := LATE_SUFFIX.fullmatch(name):
        person = _read_name(late["name"])
        return _person(person.family, person.given, person.particle, late["suffix"])
    try:
        parts = parse_single_name_into_parts(name)
    except InvalidNameError as error:
        raise BadNameError(name, error.reason) from error
    found = {
        "family": " ".join(parts.last),
        "given": " ".join(parts.first),
        "prefix": " ".join(parts.von),
        "suffix": " ".join(parts.jr),
    }
    if parts.jr and not SUFFIX.fullmatch(found["suffix"]) and SUFFIX.fullmatch(found["given"]):
        found |= {"given": found["suffix"], "suffix": found["given"]}  # 'Family, Given, Jr.'
    if parts.jr and not SUFFIX.fullmatch(_shown(found["suffix"], name)):
        raise BadNameError(name, f"{found['suffix']!r} between its commas is no suffix like 'Jr'")
    return _author(name, settle_particle(found, parts.von, outside))


def _read_named_parts(name: str, outside: str) -> Person:
    """Read a name with its parts named (biblatex manual, section 3.4)."""
    parts = {}
    start = 0
    for end in [*(match.start() for match in re.finditer(",", outside)), len(name)]:
        label, _, value = name[start:end].partition("=")
        parts[label.strip('" ').lower()] = value.strip('" ')
        start = end + 1
    family = parts.get("family", "")
    if parts.keys() == {"family"} and _is_body(family, _outside_braces(family)):
        return _read_name(family)
    return _author(name, parts)


def _read_braced_parts(name: str) -> Person | None:
    """Read a name with its parts named that stood in braces; None where it has no family name."""
    outside = _outside_braces(name)
    is_named = re.search(r"(?<![a-z])family\s*=", outside, re.IGNORECASE)
    return _read_named_parts(name, outside) if is_named else None


def _author(name: str, parts: dict[str, str]) -> Person:
    """Return a person from the parts of a name, as LaTeX shows them."""
    family, given, particle, suffix = (
        _shown(parts[part], name) if parts.get(part) else None
        for part in ("family", "given", "prefix", "suffix")
    )
    if family is None:
        raise BadNameError(name, "it has no family name")
    return _person(family, given, particle, suffix)


def _person(family: str, given: str | None, particle: str | None, suffix: str | None) -> Person:
    """Return a person, whose name has its parts in sorting order."""
    leading = " ".join(filter(None, (particle, family)))
    name = ", ".join(filter(None, (leading, suffix, given)))
    return Person(name, family, given, particle, suffix)


def _shown(text: str, name: str) -> str:
    try:
        shown = decode(text)
    except ValueError as error:
        raise BadNameError(name, f"its LaTeX cannot be read ({error})") from error
    if not shown:
        raise BadNameError(name, "nothing of it would be shown")
    return shown


def _outside_braces(name: str) -> str:
    """Return a name with dots for all that stands inside its braces."""
    shown = []
    depth = 0
    for piece in re.findall(r"\\.|[{}]|[^\\{}]+|\\$", name, re.DOTALL):
        depth -= piece == "}"
        shown.append("." * len(piece) if depth > 0 else piece)
        depth += piece == "{"
    return "".join(shown)


def _is_body(name: str, outside: str) -> bool:
    r"""Tell whether one pair of braces encloses the whole name, and no mere letter.

    '{\'E}' and '{\relax Ch}' are letters; '{\"Osterreichische Akademie}' is a body.
    """
    if not re.fullmatch(r"\{\.*\}", outside):
        return False
    return not name.startswith("{\\") or " " in _shown(name, name)
