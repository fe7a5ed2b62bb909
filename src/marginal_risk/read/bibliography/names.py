"""The people and organisations of an entry, each name split into the parts that BibTeX knows."""

import re
from collections.abc import Iterator
from unicodedata import combining, is_normalized

from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

from marginal_risk.read.bibliography.latex import decode, without_entities
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

# What stands behind a name, such as Jr or III.
_SUFFIX = (
    r"(?:jn?r|j[u\u00fa]nior|sn?r|i{1,3}|iv|vi{0,3}|2nd|3rd|[4-8]th|esq|filho|neto|sobrinho|fils"
    r"|m\.?d|ph\.?d)\.?"
)
_SUFFIXES = re.compile(rf"{_SUFFIX}(?: {_SUFFIX})?", re.IGNORECASE)
_LATE_WORDS = ("Jr", "Jnr", "Sr", "Snr", "II", "III")
_LATE_SUFFIXES = frozenset([*_LATE_WORDS, *(f"{suffix}." for suffix in _LATE_WORDS)])
"""Suffixes that may stand behind a whole name; in capitals, 'JR' and 'SR' are initials."""
# 'Jane Doe, Jr.': BibTeX would take all before the comma for the family name, which it is in
# 'Doe J., Jr.', as far as can be told.
_LATE_SUFFIX = re.compile(
    rf"(?P<name>[^,={{}}\s]+\s[^,={{}}]*[^,={{}}\s.])\s*,\s*(?P<suffix>(?:{'|'.join(_LATE_WORDS)})\.?)"
)

_AND_OR_BRACE = re.compile(r"\\.|[{}]| and(?= )", re.DOTALL | re.IGNORECASE)
# A letter with its accent, which the library does not always take for one: a ~ is a space to it,
# and letters in two pairs of braces are in lower case. Inside other braces nothing is split.
_LETTER = r"(?:\{\s*(?:\\[ij]|[A-Za-z])\s*\}|\\[ij](?![A-Za-z])(?:\{\})?|(?<=[^A-Za-z])[A-Za-z])"
_ACCENTED = rf"\\(?:[`'^\"~=.]|[uvHcdbrk](?![A-Za-z])\s*){_LETTER}"
_GROUP = r"\{(?:\\.|[^\\{}])*+\}"
for _ in range(2):
    _GROUP = rf"\{{(?:\\.|[^\\{{}}]|{_GROUP})*+\}}"
_ACCENT_OR_GROUP = re.compile(
    rf"\{{\s*(?P<inside>{_ACCENTED})\s*\}}|{_GROUP}|(?P<bare>{_ACCENTED})|(?P<space>\\(?=\s))|\\.",
    re.DOTALL,
)

_OTHERS = re.compile(r"(?:[a-z]+|[0-9]+)\s+others")
_ET_AL = re.compile(r"(?:^|(?<![\s,~])[\s,~]++)et\.?[\s~]++al[.,;\s]*+\Z", re.IGNORECASE)
_IN_BRACES = re.compile(r"\{(?!\\)[^{}]*+\}")

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

    A name that stands whole in braces is an organisation, not a person. Some tools put braces
    around a whole list of people; commas, initials or 'and others' show that it is one.
    biblatex's form 'family=..., given=...' is read as well.

    Raises:
        BadNameError: a name cannot be split, or nothing of it would be shown.
    """
    text = _spell_out_accents(without_entities(text))
    if people := _read_plain_names(text):
        return people, False
    authors: list[Person] = []
    has_more = False
    for written in _split(text) if text else ():
        if people := _read_plain_names(written):
            authors.extend(people)
            continue
        name, goes_on = _without_more(written)
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
    """Return the people of a list if every name in it is plain; else none."""
    text = " ".join(text.split())
    if not _PLAIN_NAMES.fullmatch(text) or not (text.isascii() or is_normalized("NFC", text)):
        return ()
    people = []
    for name in text.split(" and "):
        family, _, given = name.partition(", ")
        if given in _LATE_SUFFIXES:
            return ()
        if given:
            people.append(Person(name, family, given))
        else:
            given, _, family = name.rpartition(" ")
            people.append(Person(f"{family}, {given}" if given else family, family, given or None))
    return tuple(people)


def _must_be_person(name: str) -> bool:
    """Tell whether only a person's name has this form: 'Family, Given' or 'G. Family'."""
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
    """Return the names in braces, read as a list; nothing where the braces enclose no name."""
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
    if late := _LATE_SUFFIX.fullmatch(name):
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
    if (
        parts.jr
        and not _SUFFIXES.fullmatch(found["suffix"])
        and _SUFFIXES.fullmatch(found["given"])
    ):
        found |= {"given": found["suffix"], "suffix": found["given"]}  # 'Family, Given, Jr.'
    if parts.jr and not _SUFFIXES.fullmatch(_shown(found["suffix"], name)):
        raise BadNameError(name, f"{found['suffix']!r} between its commas is no suffix like 'Jr'")
    return _author(name, _settle_particle(found, parts.von, outside))


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


def _spell_out_accents(text: str) -> str:
    """Return a list of names with its accents as letters, where they do not stand within braces."""
    return _ACCENT_OR_GROUP.sub(_spelt_out, text) if "\\" in text else text


def _spelt_out(match: re.Match[str]) -> str:
    """Return the letter that an accent and its letter are; anything else as it is."""
    if match["space"]:
        return ""
    letter = match["inside"] or match["bare"]
    shown = decode(letter) if letter else ""
    is_letter = len(shown) == 1 or (len(shown) == 2 and combining(shown[1]))
    return shown if is_letter else match.group()


def split_names(text: str) -> Iterator[str]:
    r"""Yield the names of a list in one line, split at each 'and' that stands outside of braces.

    As bibtexparser does, but for what it loses: a command where a name begins, as in '\O. Berg'.
    """
    depth, start = 0, 0
    for match in _AND_OR_BRACE.finditer(text):
        piece = match.group()
        depth += (piece == "{") - (piece == "}")
        if piece[0] == " " and depth == 0 and text[start : match.start()].strip():
            yield text[start : match.start()].strip()
            start = match.end()
    if text[start:].strip():
        yield text[start:].strip()


def _without_more(name: str) -> tuple[str, bool]:
    """Return a name without an 'et al.' behind it, and whether the list goes on.

    The name is '' for 'others', and for 'ten others' or '12 others'. A semicolon behind the name
    is left out, too, and a comma that is its only one.
    """
    if name.lower() == "others" or _OTHERS.fullmatch(name):
        return "", True
    found = _ET_AL.search(name)
    name = name[: found.start()] if found else name
    shorter = name.rstrip("; ")
    if shorter.endswith(",") and shorter.count(",") == 1:
        shorter = shorter[:-1].rstrip()
    return (shorter or name), bool(found)


def _settle_particle(parts: dict[str, str], particle: list[str], outside: str) -> dict[str, str]:
    """Return the parts of a name that the library split, with the particle that BibTeX sees.

    ``particle`` has the words of the library's one, and ``outside`` the whole name without what
    stands in its braces.
    """
    is_bare = "," not in outside
    given, prefix, family = parts["given"], parts["prefix"], parts["family"]
    if is_bare and len(outside.split()) == 2 and outside[0].islower() and not family[0].islower():
        # The library takes the first of two words for the given name, whatever its case, and
        # BibTeX one in lower case for the particle. Both in lower case is a name: 'danah boyd'.
        return parts | {"given": "", "prefix": given}
    if prefix and not any(map(str.islower, prefix)):
        # The library takes letters of scripts without case for letters in lower case.
        if is_bare:
            return parts | {"prefix": "", "given": f"{given} {prefix}".strip()}
        return parts | {"prefix": "", "family": f"{prefix} {family}"}
    if is_bare and len(particle) > 1:
        # Where the last word is in lower case, the library takes all before it for the particle.
        end = len(particle)
        while end > 1 and not _is_lower(particle[end - 1]):
            end -= 1
        family = " ".join([*particle[end:], family])
        return parts | {"prefix": " ".join(particle[:end]), "family": family}
    return parts


def _is_lower(word: str) -> bool:
    """Tell whether the first letter of a word is in lower case; those in braces do not count."""
    try:
        return next(filter(str.isalpha, decode(_IN_BRACES.sub("", word))), "").islower()
    except ValueError:  # which is reported when the name is shown
        return True
