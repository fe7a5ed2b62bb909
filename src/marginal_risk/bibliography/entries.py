"""One BibTeX text -> entries with their values resolved + problems."""

import logging
import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    Field,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)

from marginal_risk.bibliography.strings import BadValueError, Strings
from marginal_risk.problems import Place, Problem

# The parser also logs each failure, which a contributor would read twice.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_BAD_NAME = re.compile(r"[\s\"#%'(),={}~\\]")
_OPENING = re.compile(r"@\s*[^\s@{}(),=]+\s*[{(]\s*([^\s,{}()]+)\s*,")
# The key of an entry that cannot be read, for want of a comma behind it, say.
_LOST_KEY = re.compile(r"@\s*[^\s@{}(),=]+\s*[{(]\s*([^\s,{}()]+)[\s,]")
_NO_KEY = re.compile(r"@\w+\s*[{(]\s*\w+\s*=")
# What the parser passes over as a comment, although it was meant to be read.
_LOST_ENTRY = re.compile(r"^\s*@\s*(?!comment\b)\w|@\s*[^\s@{}(),=\"]+\s*[{(][^\s,{}()]*,", re.I)
_LOST_FIELD = re.compile(r"[\s}),]+[\w-]+\s*=\s*[\w{\"]")
# The parser takes a back slash before a line end, a quote, a comma or a brace for its escape:
# it then does not count the line, and does not see the brace that closes a value after '\\'.
# This mark, which is no character of Unicode, comes between them and goes with each part.
_MARK = "\uffff"
_BACKSLASHES = re.compile(r"\\\\|\\(?=\n)")


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

    def at(self, name: str) -> Place:
        """Return the place of a field, or of the entry where it has none such."""
        return replace(self.place, line=self.lines.get(name, self.place.line))


class Parsed(NamedTuple):
    """What one file holds."""

    entries: list[RawEntry]
    """In order; two may have the same key."""
    problems: list[Problem]
    lost_keys: list[str]
    """Keys, as far as they can be told, of entries that could not be read."""


def parse_blocks(text: str) -> list[Block]:
    """Return the entries, comments and broken parts of a text; each part may hold marks."""
    marked = _BACKSLASHES.sub(lambda match: match.group() + _MARK, text)
    return list(parse_string(marked, parse_stack=[]).blocks)


def unmarked(text: str | None) -> str:
    """Return a part of a text that was parsed, as it stands in the file."""
    return (text or "").replace(_MARK, "")


def parse_entries(text: str, path: str) -> Parsed:
    """Return the entries of one file in order, and what is wrong with their syntax.

    An entry that cannot be read is a problem and costs no other entry. Lines end in a line feed.
    """
    blocks = parse_blocks(text)
    file = _File(path)
    for block in blocks:
        file.read_string(block)
    previous: Block | None = None
    for block in map(unwrapped, blocks):
        file.read_block(block, previous)
        previous = block
    return Parsed(file.entries, file.problems, file.lost_keys)


def unwrapped(block: Block) -> Block:
    """Return the entry behind a duplicate; duplicates are reported elsewhere."""
    if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
        return block.ignore_error_block or block
    return block


@dataclass
class _File:
    """One file while it is read."""

    path: str
    strings: Strings = field(default_factory=Strings)
    entries: list[RawEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost_keys: list[str] = field(default_factory=list)

    def place(self, line: int | None) -> Place:
        return Place(self.path, (line or 0) + 1)  # the parser counts from 0

    def read_string(self, block: Block) -> None:
        """Take a block into account if it is a @string; of two with one name, the first."""
        place = self.place(block.start_line)
        if isinstance(block, DuplicateBlockKeyBlock) and isinstance(block.previous_block, String):
            first = self.place(block.previous_block.start_line)
            message = f"The @string {block.key[:80]!r} is already defined, at {first}."
            self.problems.append(place.problem(block.key, "duplicate-key", message, "Delete one."))
        elif isinstance(block, String):
            try:
                self.strings.define(block.key, unmarked(block.value))
            except BadValueError as error:
                self.problems.append(place.problem(block.key, error.rule, str(error), error.hint))

    def read_block(self, block: Block, previous: Block | None) -> None:
        """Take the entry of a block, and report what looks like a lost one."""
        place = self.place(block.start_line)
        if isinstance(block, (Entry, ParsingFailedBlock)) and self.is_in_comment(previous, place):
            message = "BibTeX reads this entry, although a % stands before it."
            self.lose(place, message, "Delete the entry, or the % sign.", block)
        elif isinstance(block, Entry):
            self.read_entry(block, place)
        elif isinstance(block, ParsingFailedBlock):
            reason = unmarked(str(getattr(block.error, "abort_reason", block.error)))
            if _NO_KEY.match(block.raw or ""):
                reason = "A field stands where its key should be"
            message = f"This entry cannot be read: {' '.join(reason.split()).rstrip(' .')}."
            hint = "Check its commas, quotes and braces, up to the next entry."
            self.lose(place, message, hint, block)
        elif isinstance(block, ImplicitComment):
            self.check_text_between(unmarked(block.comment), place, previous)
        else:
            name = re.split(r"[\s{(]", block.raw or "", maxsplit=1)[0]
            if name.lower() not in ("@comment", "@preamble", "@string"):
                # The parser looks at the first letters only.
                message = f"{name[:40]!r} is not a type of entry."
                self.lose(place, message, "Write another type.", block)

    def is_in_comment(self, previous: Block | None, place: Place) -> bool:
        """Tell whether a % stands before an entry, on its line."""
        if not isinstance(previous, ImplicitComment):
            return False
        *before, last = previous.comment.split("\n")
        line = self.place(previous.start_line).line + len(before)
        return line == place.line and last.lstrip().startswith("%")

    def lose(self, place: Place, message: str, hint: str, block: Block | None = None) -> None:
        """Report an entry that is not read, and remember its key."""
        self.problems.append(place.problem("entry", "unreadable-entry", message, hint))
        if block:
            self.lost_keys.extend(_LOST_KEY.findall(unmarked(block.raw)))

    def check_text_between(self, text: str, place: Place, previous: Block | None) -> None:
        """Report text that BibTeX takes for a comment, and that was not meant for one."""
        if isinstance(previous, Entry) and _LOST_FIELD.match(text):
            message = "After the end of the entry stands another field."
            self.lose(place, message, "Look for a brace before it that closes the entry too early.")
        for offset, line in enumerate(text.split("\n")):
            if _LOST_ENTRY.search(line):
                what = "is not read as one" if "{" in line else "opens no brace"
                message = f"This looks like an entry but {what}: {line.strip()[:40]!r}."
                hint = "Write @type{key, ... }, or start the line with % for a comment."
                self.lose(replace(place, line=place.line + offset), message, hint)

    def read_entry(self, block: Entry, place: Place) -> None:
        """Take an entry, if all of it can be read."""
        key = unmarked(block.key)
        entry = RawEntry(key, block.entry_type.lower(), {}, {}, unmarked(block.raw), place)
        before = len(self.problems)
        if not key or _BAD_NAME.search(key) or not key.isprintable():
            message = f"{key[:80]!r} cannot be a key." if key else "The entry has no key."
            hint = "Use letters, digits and - _ . : + / without spaces."
            self.problems.append(place.problem("key", "bad-key", message, hint))
        if not entry.entry_type:
            self.lose(place, "The entry has no type.", "Write one after the @, such as @misc.")
        for part in block.fields:
            self.read_field(part, entry)
        if all(problem.rule == "duplicate-field" for problem in self.problems[before:]):
            self.entries.append(entry)
        elif key:
            self.lost_keys.append(key)

    def read_field(self, part: Field, entry: RawEntry) -> None:
        """Add a field to its entry; of two with one name, the first."""
        name = unmarked(part.key).lower()
        place = self.place(part.start_line)
        if not name or _BAD_NAME.search(name):
            message = f"{name[:40]!r} cannot be the name of a field."
            hint = "Check the comma before it; inside an entry, % starts no comment."
            self.problems.append(place.problem("entry", "unreadable-entry", message, hint))
            return
        if name in entry.lines:
            message = "The entry gives this field more than once."
            self.problems.append(
                place.problem(name, "duplicate-field", message, "Keep one of them.")
            )
            return
        entry.lines[name] = place.line
        try:
            value = self.strings.resolve(unmarked(part.value), is_month=name == "month")
        except BadValueError as error:
            self.problems.append(place.problem(name, error.rule, str(error), error.hint))
            return
        entry.fields[name] = value
        if inner := _OPENING.search(value):
            message = f"Another entry seems to start in this value: {inner.group()[:40]!r}."
            hint = "Look for a brace or quote that is not closed."
            self.problems.append(place.problem(name, "unreadable-entry", message, hint))
            self.lost_keys.extend(_OPENING.findall(value))
