"""One BibTeX text -> entries with their values resolved + problems."""

import logging
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)

from marginal_risk.problems import Place, Problem
from marginal_risk.read.bibliography.plain_entries import PlainEntry, Stretch, cut
from marginal_risk.read.bibliography.raw_entry import EntryBlock, RawEntry
from marginal_risk.read.bibliography.recovery import (
    MARK,
    find_lost_entries,
    is_broken,
    is_followed_by_field,
    mended,
    unmarked,
)
from marginal_risk.read.bibliography.strings import BadValueError, Strings

# The parser also logs each failure, which a contributor would read twice.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_COSTS_NOTHING = {"duplicate-field", "mended-entry"}
# Without these there is no citation, or another one; any other field may be left out.
_NEEDED = {"author", "editor", "title", "year", "date", "crossref", "xdata"}
# The key of an entry that cannot be read, for want of a comma behind it, say.
_LOST_KEY = re.compile(r"@\s*[^\s@{}(),=]+\s*[{(]\s*([^\s,{}()]+)[\s,]")
_NO_KEY = re.compile(r"@\w+\s*[{(]\s*\w+\s*=")
# The parser takes a back slash before a line end, a quote, a comma or a brace for its escape:
# it then does not count the line, and does not see the brace that closes a value after '\\'.
# A mark comes between them and goes with each part.
_BACKSLASHES = re.compile(r"\\\\|\\(?=\n)")


class Parsed(NamedTuple):
    """What one file holds."""

    entries: list[RawEntry]
    """In order; two may have the same key."""
    problems: list[Problem]
    lost_keys: list[str]
    """Keys, as far as they can be told, of entries that could not be read."""
    keyless: list[RawEntry]
    """Entries that could be read, but for the key that they do not have."""


def parse_blocks(text: str) -> list[Block]:
    """Return the entries, comments and broken parts of a text; each part may hold marks."""
    marked = _BACKSLASHES.sub(lambda match: match.group() + MARK, text)
    return list(parse_string(marked, parse_stack=[]).blocks)


def parse_entries(text: str, path: str, line: int = 0) -> Parsed:
    """Return the entries of one file in order, and what is wrong with their syntax.

    An entry that cannot be read is a problem and costs no other entry; one that can be mended is
    read and told. Lines end in a line feed. The text may be a part of its file: ``line`` is then
    where it starts there, from 0.
    """
    file = _File(path)
    parts = [
        part if isinstance(part, PlainEntry) else _Parsed(part)
        for part in cut(unmarked(text), line)
    ]
    for part in parts:  # a @string counts for all entries, those before it included
        if isinstance(part, _Parsed):
            file.read_strings(part)
    for part in parts:
        if isinstance(part, _Parsed):
            file.read_stretch(part)
        else:
            file.read_plain_entry(part)
    return Parsed(file.entries, file.problems, file.lost_keys, file.keyless)


def parse_mended_blocks(text: str) -> list[Block]:
    """Return the blocks of a text, one for each entry that ``parse_entries`` reads."""
    blocks = [unwrapped(block) for block in parse_blocks(text)]
    return list(mended(text, blocks, lambda block: not is_broken(block)))


def unwrapped(block: Block) -> Block:
    """Return the entry behind a duplicate; duplicates are reported elsewhere."""
    if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
        return block.ignore_error_block or block
    return block


class _Parsed:
    """A stretch of text, and its blocks."""

    def __init__(self, stretch: Stretch) -> None:
        self.first_line = stretch.line + 1
        # What closes a block too late, or never, ends where the next one begins: with the parser
        # a small one stands for it.
        self.has_follower = bool(stretch.follower)
        self.text = f"{stretch.text}{stretch.follower}x}}" if self.has_follower else stretch.text
        self.blocks = [unwrapped(block) for block in parse_blocks(self.text)]


@dataclass
class _File:
    """One file while it is read."""

    path: str
    strings: Strings = field(default_factory=Strings)
    entries: list[RawEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost_keys: list[str] = field(default_factory=list)
    keyless: list[RawEntry] = field(default_factory=list)
    defined: dict[str, Place] = field(default_factory=dict)
    """Where each @string is defined."""
    first_line: int = 1
    """Where the stretch begins that is being read."""
    reading: EntryBlock | None = None
    """The entry that was last read, or tried."""

    def place(self, line: int | None) -> Place:
        return Place(self.path, self.first_line + (line or 0))  # the parser counts from 0

    def read_strings(self, stretch: _Parsed) -> None:
        """Take the @strings of a stretch into account; of two with one name, the first."""
        self.first_line = stretch.first_line
        for block in stretch.blocks:
            if isinstance(block, String):
                self.read_string(block, self.place(block.start_line))

    def read_string(self, block: String, place: Place) -> None:
        first = self.defined.setdefault(block.key, place)
        if first is not place:
            if self.strings.has(block.key, unmarked(block.value)):
                return
            message = f"The @string {block.key[:80]!r} is already defined, at {first}."
            self.problems.append(place.problem(block.key, "duplicate-key", message, "Delete one."))
            return
        try:
            self.strings.define(block.key, unmarked(block.value))
        except BadValueError as error:
            self.problems.append(place.problem(block.key, error.rule, str(error), error.hint))

    def read_stretch(self, stretch: _Parsed) -> None:
        """Take the entries of a stretch, and report what is wrong with it."""
        self.first_line = stretch.first_line
        previous: Block | None = None
        follower = stretch.blocks[-1] if stretch.has_follower else None
        for block in mended(stretch.text, stretch.blocks, self.is_sound):
            if block is not follower:
                self.read_block(block, previous)
                previous = block

    def read_plain_entry(self, entry: PlainEntry) -> None:
        """Take an entry, after the parser's look where it names something unknown."""
        for name, word in entry.words.items():
            try:
                value = self.strings.resolve(word, is_month=name == "month")
            except BadValueError:
                value = "@"
            if "@" in value:
                self.read_stretch(_Parsed(Stretch(entry.raw, entry.line, "")))
                return
            entry.fields[name] = value
        place = Place(self.path, entry.line + 1)
        raw = RawEntry(entry.key, entry.entry_type, entry.fields, None, entry.raw, place)
        self.entries.append(raw)

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
                hint = "Check its commas, quotes and braces, up to the next entry."
                self.lose(place, f"This {name[:40]!r} cannot be read.", hint, block)

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
        if isinstance(previous, Entry) and is_followed_by_field(text):
            message = "After the end of the entry stands another field."
            self.lose(place, message, "Look for a brace before it that closes the entry too early.")
        for offset, message in find_lost_entries(text):
            hint = "Write @type{key, ... }, or start the line with % for a comment."
            self.lose(place._replace(line=place.line + offset), message, hint)

    def is_sound(self, block: Block) -> bool:
        """Tell whether a block needs no mending; an entry is then read."""
        if not isinstance(block, Entry):
            return not is_broken(block)
        self.reading = EntryBlock(
            self.strings, block, self.place(block.start_line), self.first_line
        )
        return not self.reading.problems or not is_broken(block)

    def read_entry(self, block: Entry, place: Place) -> None:
        """Take an entry, if all of it can be read."""
        reading = self.reading
        if reading is None or reading.block is not block:
            reading = EntryBlock(self.strings, block, place, self.first_line)
        self.problems.extend(reading.problems)
        if any(map(_costs_entry, reading.problems)):
            self.lost_keys.extend([*filter(None, [reading.entry.key]), *reading.lost_keys])
        else:
            (self.entries if reading.entry.key else self.keyless).append(reading.entry)


def _costs_entry(problem: Problem) -> bool:
    """Tell whether an entry with this problem is not read."""
    if problem.rule == "unresolved-string":
        return problem.field in _NEEDED
    return problem.rule not in _COSTS_NOTHING
