"""Entries that leave nothing to find out, read without the parser: most of any bibliography.

Wherever ``@name{`` or ``@name(`` stands at the start of a line, bibtexparser begins a block,
whatever stands before it. So a text can be cut there. A piece that is one entry of plain form is
read here; what is left goes to the parser in stretches. What is plain is decided narrowly: the
parser must give the same (tests hold both against each other), but for a quote in braces within
a value in quotes: the parser takes it for the end of the value, and here it is read as BibTeX does.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BEHIND_BOUNDARY = re.compile(r"\w*[ \t]*[{(]")
# No '@' within, which might begin another entry; no doubtful sign in key or name.
_HEAD = re.compile(
    r"@(?!comment|string|preamble)([A-Za-z]+)[ \t]*([{(])\s*([^\s\"#%'(),={}~\\@]+)\s*,\s*",
    re.IGNORECASE,
)


_CLOSERS = {"{": "}", "(": ")"}


def _nested(outside: str) -> str:
    """Return a pattern of characters, escapes, and braces around others, up to three deep."""
    inside = r"(?:[^{}@\\]++|\\[^\n@])"
    for _ in range(2):
        inside = rf"(?:[^{{}}@\\]++|\\[^\n@]|\{{{inside}*+\}})"
    return rf"(?:{outside}++|\\[^\n@]|\{{{inside}*+\}})*+"


_BRACED = _nested(r"[^{}@\\]")
_QUOTED = _nested(r"[^{}@\\\"]")
_BARE = r"[0-9]+|[A-Za-z][\w:.-]*"
_FIELD = re.compile(
    rf"(([A-Za-z][A-Za-z0-9_-]*+)\s*+=\s*+"
    rf"(?:\{{([^{{}}@\\]*+|{_BRACED})\}}|\"({_QUOTED})\"|({_BARE}))\s*+(?:,\s*+|\Z))"
)


class PlainEntry(NamedTuple):
    """An entry of plain form, its names in lower case."""

    key: str
    entry_type: str
    fields: dict[str, str]
    """Values without their braces or quotes."""
    words: dict[str, str]
    """Values that stand bare: the names of @strings, or of months."""
    raw: str
    line: int
    """From 0."""


class Stretch(NamedTuple):
    """What stands between plain entries, for the parser."""

    text: str
    line: int
    """From 0."""
    follower: str
    """How the entry behind it begins, with its brace; '' at the end of the text."""


def cut(text: str) -> Iterator[PlainEntry | Stretch]:
    """Yield a text in parts, in order: entries of plain form, and what is left between them."""
    left: list[str] = []
    line = left_line = 0
    for piece in _split(text):
        entry = read_plain_entry(piece, line)
        if entry is None:
            if not left:
                left_line = line
            left.append(piece)
        else:
            if left:
                yield from _stretch(left, left_line, _beginning(piece))
                left = []
            yield entry
        line += piece.count("\n")
    yield from _stretch(left, left_line, "")


def _split(text: str) -> Iterator[str]:
    """Yield the text in pieces; each but the first begins where a block begins."""
    first, *parts = text.split("\n@")
    piece = [first]
    for part in parts:
        if _BEHIND_BOUNDARY.match(part):
            yield "".join((*piece, "\n"))
            piece = ["@", part]
        else:
            piece += ("\n@", part)
    yield "".join(piece)


def _beginning(entry: str) -> str:
    """Return how an entry begins, with its brace."""
    match = _BEHIND_BOUNDARY.match(entry, 1)
    return entry[: match.end()] if match else ""


def _stretch(pieces: list[str], line: int, follower: str) -> Iterator[Stretch]:
    text = "".join(pieces)
    if text and not text.isspace():
        yield Stretch(text, line, follower)


def find_field_line(raw: str, field: str) -> int | None:
    """Return the line of a field's '=' in an entry of plain form, from 0; None if it has none."""
    head = _HEAD.match(raw)
    for match in _FIELD.finditer(raw, head.end(), len(raw) - 1) if head else ():
        if match[2].lower() == field:
            return raw.count("\n", 0, raw.index("=", match.end(2)))
    return None


def find_values(raw: str) -> Iterator[tuple[str, str]]:
    """Yield each field's name and value in an entry of plain form, both as they are written."""
    head = _HEAD.match(raw)
    for match in _FIELD.finditer(raw, head.end(), len(raw) - 1) if head else ():
        yield match[2], match[1].partition("=")[2].strip().removesuffix(",").rstrip()


def read_plain_entry(piece: str, line: int) -> PlainEntry | None:
    """Return the entry that a piece of text is; None where the parser must look at it."""
    head = _HEAD.match(piece)
    raw = piece.rstrip()
    if head is None or raw[-1] != _CLOSERS[head[2]]:
        return None
    found = _FIELD.findall(raw, head.end(), len(raw) - 1)
    if sum([len(parts[0]) for parts in found]) != len(raw) - 1 - head.end():
        return None
    entry_type, _, key = head.groups()
    fields: dict[str, str] = {}
    words: dict[str, str] = {}
    for _, name, braced, quoted, bare in found:
        fields[name.lower()] = braced or quoted or bare
        if bare and not bare.isdigit():
            words[name.lower()] = bare
    if len(fields) != len(found) or not key.isprintable():
        return None
    return PlainEntry(key, entry_type.lower(), fields, words, raw, line)
