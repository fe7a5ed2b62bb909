"""One BibTeX text -> entries with their values resolved + problems."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
)

from marginal_risk.bibliography.identifiers import read_month
from marginal_risk.problems import Place, Problem, did_you_mean

# The parser also logs each failure, which a contributor would read twice.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_BAD_KEY = re.compile(r"[\s\"#%'(),={}~\\\x00-\x1f\x7f]")
_OPENING = re.compile(r"@\w+\s*[{(]\s*([^\s,{}()]+)")
_DELIMITER = re.compile(r"\\.|[{}\"]", re.DOTALL)
# A value is pieces joined by '#': {...}, "...", a number, or the name of a @string.
_PIECE = re.compile(r"\s*(?:(?P<number>\d+)|(?P<macro>[^\s{}\"#,=%'()0-9][^\s{}\"#,=%'()]*))\s*")
_MAX_STRING = 100_000
"""Characters that one @string may grow to; hostile files double strings without end."""


@dataclass(frozen=True)
class RawEntry:
    """An entry as BibTeX means it: names in lower case, @strings and '#' resolved."""

    key: str
    entry_type: str
    fields: dict[str, str]
    lines: dict[str, int]
    """Line of each field."""
    raw: str
    place: Place

    def at(self, field: str) -> Place:
        """Return the place of a field, or of the entry where it has none such."""
        return replace(self.place, line=self.lines.get(field, self.place.line))


class Parsed(NamedTuple):
    """What one file holds."""

    entries: list[RawEntry]
    problems: list[Problem]
    lost_keys: list[str]
    """Keys, as far as they can be told, of entries that could not be read."""


def parse_entries(text: str, path: str) -> Parsed:
    """Return the entries of one file in order, and what is wrong with their syntax.

    An entry that cannot be read is a problem and costs no other entry.
    """
    library = parse_string(text, parse_stack=[])
    strings = _Strings({key.lower(): s.value for key, s in library.strings_dict.items()})
    entries: list[RawEntry] = []
    problems: list[Problem] = []
    lost_keys: list[str] = []
    for block in library.blocks:
        place = Place(path, (block.start_line or 0) + 1)
        if isinstance(block, ParsingFailedBlock):
            problems.append(_failure(block, place))
            lost_keys.extend(_OPENING.findall(block.raw or "")[:1])
        elif isinstance(block, ImplicitComment):
            problems.extend(_lost_text(block, place))
        elif isinstance(block, Entry):
            entry, found = _read_entry(block, place, strings)
            problems.extend(found)
            if entry:
                entries.append(entry)
            else:
                lost_keys.append(block.key.strip())
    return Parsed(entries, problems, lost_keys)


def _failure(block: ParsingFailedBlock, place: Place) -> Problem:
    if isinstance(block, DuplicateBlockKeyBlock):
        first = (block.previous_block.start_line or 0) + 1
        return place.problem(
            block.key,
            "duplicate-key",
            f"The key {block.key!r} is already taken, at {place.path}:{first}.",
            "Give one of them another key, or delete it if it is the same work.",
        )
    if isinstance(block, DuplicateFieldKeyBlock):
        fields = ", ".join(sorted(block.duplicate_keys))
        return place.problem(
            fields,
            "duplicate-field",
            "The entry gives this field more than once.",
            "Keep one of them.",
        )
    reason = str(getattr(block.error, "abort_reason", block.error)).rstrip(" .")
    return place.problem(
        "entry",
        "unreadable-entry",
        f"This entry cannot be read: {' '.join(reason.split())}.",
        "Check its commas, quotes and braces, up to the next entry.",
    )


def _lost_text(block: ImplicitComment, place: Place) -> Iterator[Problem]:
    """Report text between entries that looks like an entry without its opening brace."""
    for offset, line in enumerate(block.comment.splitlines()):
        if re.match(r"\s*@\w", line):
            yield replace(place, line=place.line + offset).problem(
                "entry",
                "unreadable-entry",
                f"This looks like an entry but opens no brace: {line.strip()[:40]!r}.",
                "Write @type{key, ... }, or start the line with % for a comment.",
            )


def _read_entry(
    block: Entry, place: Place, strings: "_Strings"
) -> tuple[RawEntry | None, list[Problem]]:
    key = block.key.strip()
    problems = []
    if not key or _BAD_KEY.search(key):
        problems.append(
            place.problem(
                "key",
                "bad-key",
                f"{key!r} cannot be a key." if key else "The entry has no key.",
                "Use letters, digits and - _ . : + / without spaces.",
            )
        )
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    for field in block.fields:
        name = field.key.lower()
        lines[name] = (field.start_line or 0) + 1
        try:
            values[name] = strings.resolve(field.value, is_month=name == "month")
        except UnresolvedError as error:
            at = replace(place, line=lines[name])
            problems.append(at.problem(name, "unresolved-string", str(error), error.hint))
    if problems:
        return None, problems
    raw = block.raw or ""
    return RawEntry(key, block.entry_type.lower(), values, lines, raw, place), []


class UnresolvedError(ValueError):
    """A value that names what is not there; the text says what, the hint how to mend it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class _Strings:
    """The @string definitions of one file."""

    def __init__(self, expressions: dict[str, str]) -> None:
        self.expressions = expressions
        self.values: dict[str, str] = {}

    def resolve(self, expression: str, is_month: bool = False) -> str:
        """Return the value of an expression, which may join pieces with '#'."""
        expression = expression.strip()
        if len(expression) >= 2 and _closing(expression, 0) == len(expression) - 1:
            return expression[1:-1]  # almost every value is one piece
        return "".join(self._pieces(expression, is_month))

    def _pieces(self, text: str, is_month: bool) -> Iterator[str]:
        index = 0
        while index < len(text):
            if text[index] in '{"':
                end = _closing(text, index)
                if end is None:
                    raise UnresolvedError(
                        "The value is not closed.", "Check its quotes and braces."
                    )
                yield text[index + 1 : end]
                index = end + 1
            elif match := _PIECE.match(text, index):
                yield match["number"] or self.look_up(match["macro"], is_month)
                index = match.end()
            else:
                raise UnresolvedError(f"{text[:40]!r} is not a value.", "Put it in braces: {...}.")
            rest = text[index:].lstrip()
            if rest and not rest.startswith("#"):
                raise UnresolvedError(
                    f"After a value stands {rest[:20]!r}.",
                    "Put the whole value in one pair of braces.",
                )
            index = len(text) - len(rest[1:].lstrip()) if rest else len(text)

    def look_up(self, name: str, is_month: bool) -> str:
        """Return what a @string stands for."""
        key = name.lower()
        if key in self.values:
            return self.values[key]
        if key not in self.expressions:
            if is_month or (len(key) == 3 and read_month(key)):
                return name
            hint = did_you_mean(key, self.expressions) or f"Put the text in braces: {{{name}}}."
            raise UnresolvedError(f"No @string defines {name!r}.", hint)
        expression = self.expressions.pop(key)  # a string that names itself finds nothing
        value = self.resolve(expression)
        if len(value) > _MAX_STRING:
            raise UnresolvedError(f"The @string {name!r} is longer than {_MAX_STRING} characters.")
        self.expressions[key] = expression
        self.values[key] = value
        return value


def _closing(text: str, start: int) -> int | None:
    """Return the index of what closes the brace or quote at ``start``."""
    opener = text[start]
    if opener not in '{"':
        return None
    depth = 0
    for match in _DELIMITER.finditer(text, start):
        char = match.group()
        depth += (char == "{") - (char == "}")
        if char == opener == '"' and depth == 0 and match.start() > start:
            return match.start()
        if char == "}" and opener == "{" and depth == 0:
            return match.start()
    return None
