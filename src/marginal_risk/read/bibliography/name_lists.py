"""A list of names, before its names are read: its accents, and where it is split."""

import re
from collections.abc import Iterator
from unicodedata import combining

from marginal_risk.read.bibliography.latex import decode

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


def spell_out_accents(text: str) -> str:
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


def without_more(name: str) -> tuple[str, bool]:
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
