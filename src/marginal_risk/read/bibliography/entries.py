"""One BibTeX text in; entries with their values resolved, and problems, out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bibtexparser import model

from marginal_risk.problems import Place, Problem
from marginal_risk.read.bibliography.blocks import parse_stretch, unmarked
from marginal_risk.read.bibliography.plain_entries import (
    PlainEntry,
    Stretch,
    cut,
    find_field_line,
)
from marginal_risk.read.bibliography.strings import BadValueError, Strings

# Without these there is no citation, or another one; any other field may be left out.
_NEEDED = {"author", "editor", "title", "year", "date", "crossref", "xdata"}
_NOT_IN_NAMES = re.compile(r"[\s\"#%'(),={}~\\]")
# Another entry within a value: a brace or a quote is missing before it.
_OPENING = re.compile(r"@\s*[^\s@{}(),=]+\s*[{(]\s*([^\s,{}()]+)\s*,")
# The key of an entry that cannot be read, for want of a comma behind it, say.
_LOST_KEY = re.compile(r"@\s*[^\s@{}(),=]+\s*[{(]\s*([^\s,{}()]+)[\s,]")
_NO_KEY = re.compile(r"@\w+\s*[{(]\s*\w+\s*=")
# What the parser passes over as a comment, and what follows an entry closed too early.
_LOST_LINE = re.compile(r"^\s*@\s*(?!comment\b)\w|@\s*[^\s@{}(),=\"]+\s*[{(][^\s,{}()]*,", re.I)
_LOST_HEAD = re.compile(r"@\s*[^\s@{}(),=\"]+\s*[{(]\s*[^\s,{}()=]+\s*,")
_LOST_FIELD = re.compile(r"[\s}),]+[\w-]+\s*=\s*[\w{\"]")
_CHECK_ALL = "Check its commas, quotes and braces, up to the next entry."


class Entry(NamedTuple):
    """An entry as BibTeX means it: names in lower case, @strings and '#' resolved."""

    key: str
    entry_type: str
    fields: dict[str, str]
    lines: dict[str, int] | None
    """Line of each field; None where the entry has plain form, and they can be looked up."""
    raw: str
    place: Place

    def at(self, name: str) -> Place:
        """Return the place of a field, or that of the entry where it lacks the field."""
        if self.lines is None:
            line = find_field_line(self.raw, name) or 0
            return self.place._replace(line=self.place.line + line)
        return self.place._replace(line=self.lines.get(name, self.place.line))


class ParsedFile(NamedTuple):
    """What one file holds."""

    entries: list[Entry]
    """In order; two may have the same key."""
    problems: list[Problem]
    lost_keys: list[str]
    """Keys, as far as they can be told, of entries that could not be read."""
    keyless: list[Entry]
    """Entries that could be read, but for the key that they do not have."""


def parse_entries(text: str, path: str) -> ParsedFile:
    """Return the entries of one file in order, and what is wrong with their syntax.

    An entry that cannot be read is a problem and costs no other entry. Lines end in a line feed.
    """
    reader = _FileReader(path)
    parts = [
        part if isinstance(part, PlainEntry) else _ParsedStretch(part)
        for part in cut(unmarked(text))
    ]
    for part in parts:  # a @string counts for all entries, those before it included
        if isinstance(part, _ParsedStretch):
            reader.read_strings(part)
    for part in parts:
        if isinstance(part, _ParsedStretch):
            reader.read_stretch(part)
        else:
            reader.read_plain_entry(part)
    return reader.found


class _ParsedStretch:
    """What stands between entries of plain form, and its blocks."""

    def __init__(self, stretch: Stretch) -> None:
        self.first_line = stretch.line + 1
        self.blocks = parse_stretch(stretch)


@dataclass
class _FileReader:
    """Reads the parts of one file, gathering entries and problems."""

    path: str
    strings: Strings = field(default_factory=Strings)
    found: ParsedFile = field(default_factory=lambda: ParsedFile([], [], [], []))
    defined: dict[str, Place] = field(default_factory=dict)
    """Where each @string is defined."""

    def read_strings(self, stretch: _ParsedStretch) -> None:
        """Take the @strings of a stretch into account; of two with one name, the first."""
        for block in stretch.blocks:
            if isinstance(block, model.String):
                self.read_string(block, self.place(stretch, block))

    def place(self, stretch: _ParsedStretch, part: model.Block | model.Field) -> Place:
        """Return the place of a part of a stretch, whose lines the parser counts from 0."""
        return Place(self.path, stretch.first_line + (part.start_line or 0))

    def report(self, place: Place, name: str, rule: str, message: str, hint: str) -> None:
        """Add a problem."""
        self.found.problems.append(place.problem(name, rule, message, hint))

    def read_string(self, block: model.String, place: Place) -> None:
        first = self.defined.setdefault(block.key, place)
        if first is not place:
            if not self.strings.has(block.key, unmarked(block.value)):
                message = f"The @string {block.key[:80]!r} is already defined, at {first}."
                self.report(place, block.key, "duplicate-key", message, "Delete one.")
            return
        try:
            self.strings.define(block.key, unmarked(block.value))
        except BadValueError as error:
            self.report(place, block.key, error.rule, str(error), error.hint)

    def read_plain_entry(self, entry: PlainEntry) -> None:
        """Take an entry; let the parser look at it first where it names something unknown."""
        for name, word in entry.words.items():
            try:
                value = self.strings.resolve(word, is_month=name == "month")
            except BadValueError:
                value = "@"
            if "@" in value:
                self.read_stretch(_ParsedStretch(Stretch(entry.raw, entry.line, "")))
                return
            entry.fields[name] = value
        place = Place(self.path, entry.line + 1)
        self.found.entries.append(
            Entry(entry.key, entry.entry_type, entry.fields, None, entry.raw, place)
        )

    def read_stretch(self, stretch: _ParsedStretch) -> None:
        """Take the entries of a stretch, and report what is wrong with it."""
        previous: model.Block | None = None
        for block in stretch.blocks:
            place = self.place(stretch, block)
            is_entry = isinstance(block, model.Entry | model.ParsingFailedBlock)
            if is_entry and self.is_in_comment(place, stretch, previous):
                message = "BibTeX reads this entry, although a % stands before it."
                self.lose(place, message, "Delete the entry, or the % sign.", block)
            elif isinstance(block, model.Entry):
                self.read_entry(block, stretch)
            else:
                self.read_other_block(block, place, previous)
            previous = block

    def read_other_block(
        self, block: model.Block, place: Place, previous: model.Block | None
    ) -> None:
        """Report what is wrong with a block that is no entry, or a broken one."""
        if isinstance(block, model.ParsingFailedBlock):
            reason = unmarked(str(getattr(block.error, "abort_reason", block.error)))
            if _NO_KEY.match(block.raw or ""):
                reason = "A field stands where its key should be"
            message = f"This entry cannot be read: {' '.join(reason.split()).rstrip(' .')}."
            self.lose(place, message, _CHECK_ALL, block)
        elif isinstance(block, model.ImplicitComment):
            self.check_text_between(unmarked(block.comment), place, previous)
        else:
            name = re.split(r"[\s{(]", block.raw or "", maxsplit=1)[0]
            if name.lower() not in ("@comment", "@preamble", "@string"):
                # The parser looks at the first letters only.
                self.lose(place, f"This {name[:40]!r} cannot be read.", _CHECK_ALL, block)

    def is_in_comment(
        self, place: Place, stretch: _ParsedStretch, previous: model.Block | None
    ) -> bool:
        """Tell whether a % stands before an entry, on its line."""
        if not isinstance(previous, model.ImplicitComment):
            return False
        *before, last = previous.comment.split("\n")
        last_line = self.place(stretch, previous).line + len(before)
        return last_line == place.line and last.lstrip().startswith("%")

    def lose(self, place: Place, message: str, hint: str, block: model.Block | None = None) -> None:
        """Report an entry that is not read, and remember its key."""
        self.report(place, "entry", "unreadable-entry", message, hint)
        if block:
            self.found.lost_keys.extend(_LOST_KEY.findall(unmarked(block.raw)))

    def check_text_between(self, text: str, place: Place, previous: model.Block | None) -> None:
        """Report text that BibTeX takes for a comment, and that was not meant for one."""
        if isinstance(previous, model.Entry) and _LOST_FIELD.match(text):
            message = "After the end of the entry stands another field."
            self.lose(place, message, "Look for a brace before it that closes the entry too early.")
        for offset, message in _find_lost_entries(text):
            hint = "Write @type{key, ... }, or start the line with % for a comment."
            self.lose(place._replace(line=place.line + offset), message, hint)

    def read_entry(self, block: model.Entry, stretch: _ParsedStretch) -> None:
        """Take an entry, if all of it can be read."""
        problems: list[Problem] = []
        place = self.place(stretch, block)
        key = unmarked(block.key)
        entry = Entry(key, block.entry_type.lower(), {}, {}, unmarked(block.raw), place)
        lost_keys = [key] if key else []
        if key and (_NOT_IN_NAMES.search(key) or not key.isprintable()):
            hint = "Use letters, digits and - _ . : + / without spaces."
            problems.append(place.problem("key", "bad-key", f"{key[:80]!r} cannot be a key.", hint))
        if not entry.entry_type:
            hint = "Write one after the @, such as @misc."
            message = "The entry has no type."
            problems.append(place.problem("entry", "unreadable-entry", message, hint))
        for part in block.fields:
            problems.extend(self.read_field(part, self.place(stretch, part), entry))
            lost_keys.extend(_OPENING.findall(entry.fields.get(unmarked(part.key).lower(), "")))
        self.found.problems.extend(problems)
        if any(map(_costs_entry, problems)):
            self.found.lost_keys.extend(lost_keys)
        else:
            (self.found.entries if key else self.found.keyless).append(entry)

    def read_field(self, part: model.Field, place: Place, entry: Entry) -> Iterator[Problem]:
        """Add a field to its entry; of two with one name, the first."""
        name = unmarked(part.key).lower()
        lines = entry.lines if entry.lines is not None else {}
        if not name or _NOT_IN_NAMES.search(name):
            message = f"{name[:40]!r} cannot be the name of a field."
            hint = "Check the comma before it; inside an entry, % starts no comment."
            yield place.problem("entry", "unreadable-entry", message, hint)
            return
        if name in lines:
            message = "The entry gives this field more than once."
            yield place.problem(name, "duplicate-field", message, "Keep one of them.")
            return
        lines[name] = place.line
        try:
            value = self.strings.resolve(unmarked(part.value), is_month=name == "month")
        except BadValueError as error:
            yield place.problem(name, error.rule, str(error), error.hint)
            return
        entry.fields[name] = value
        if inner := _OPENING.search(value):
            message = f"Another entry seems to start in this value: {inner.group()[:40]!r}."
            hint = "Look for a brace or quote that is not closed."
            yield place.problem(name, "unreadable-entry", message, hint)


def _find_lost_entries(text: str) -> Iterator[tuple[int, str]]:
    """Yield (a line from 0, what is wrong there) where a comment was not meant for one."""
    end = -1
    for number, line in enumerate(text.split("\n")):
        end += len(line) + 1
        at_sign = text.rfind("@", end - len(line), end)
        is_line = _LOST_LINE.search(line)
        if is_line or (at_sign >= 0 and _LOST_HEAD.match(text, at_sign)):
            what = "opens no brace" if is_line and "{" not in line else "is not read as one"
            yield number, f"This looks like an entry but {what}: {line.strip()[:40]!r}."


def _costs_entry(problem: Problem) -> bool:
    """Tell whether an entry with this problem is not read."""
    if problem.rule == "unresolved-string":
        return problem.field in _NEEDED
    return problem.rule != "duplicate-field"
