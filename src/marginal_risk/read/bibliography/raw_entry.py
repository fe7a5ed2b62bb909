"""The block of an entry -> its values resolved, and what is wrong with them."""

import re
from typing import NamedTuple

from bibtexparser.model import Entry, Field

from marginal_risk.problems import Place, Problem
from marginal_risk.read.bibliography.mending import MendedEntry
from marginal_risk.read.bibliography.plain_entries import find_field_line
from marginal_risk.read.bibliography.recovery import is_field_name, is_key, unmarked
from marginal_risk.read.bibliography.strings import BadValueError, Strings

_OPENING = re.compile(r"@\s*[^\s@{}(),=]+\s*[{(]\s*([^\s,{}()]+)\s*,")


class RawEntry(NamedTuple):
    """An entry as BibTeX means it: names in lower case, @strings and '#' resolved."""

    key: str
    entry_type: str
    fields: dict[str, str]
    lines: dict[str, int] | None
    """Line of each field; None where the entry has plain form, and they can be looked up."""
    raw: str
    place: Place

    def at(self, name: str) -> Place:
        """Return the place of a field, or of the entry where it has none such."""
        if self.lines is None:
            line = find_field_line(self.raw, name) or 0
            return self.place._replace(line=self.place.line + line)
        return self.place._replace(line=self.lines.get(name, self.place.line))


class EntryBlock:
    """An entry while it is read."""

    def __init__(self, strings: Strings, block: Entry, place: Place, first_line: int) -> None:
        """Read a block of a text that begins at a line of its file, from 1."""
        self.strings = strings
        self.block = block
        self.problems: list[Problem] = []
        self.lost_keys: list[str] = []
        key = unmarked(block.key)
        self.fields: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        self.entry = RawEntry(
            key, block.entry_type.lower(), self.fields, self.lines, unmarked(block.raw), place
        )
        if isinstance(block, MendedEntry):
            for change in block.changes:
                at = place._replace(line=first_line + change.line)
                self.report(at, change.field, "mended-entry", change.message, change.hint)
        if not is_key(key) and (key or not isinstance(block, MendedEntry)):
            message = f"{key[:80]!r} cannot be a key." if key else "The entry has no key."
            hint = "Use letters, digits and - _ . : + / without spaces."
            self.report(place, "key", "bad-key", message, hint)
        if not self.entry.entry_type:
            hint = "Write one after the @, such as @misc."
            self.report(place, "entry", "unreadable-entry", "The entry has no type.", hint)
        for part in block.fields:
            self.read_field(part, place._replace(line=first_line + (part.start_line or 0)))

    def report(self, place: Place, field: str, rule: str, message: str, hint: str) -> None:
        """Add a problem."""
        self.problems.append(place.problem(field, rule, message, hint))

    def read_field(self, part: Field, place: Place) -> None:
        """Add a field to its entry; of two with one name, the first."""
        name = unmarked(part.key).lower()
        if not is_field_name(name):
            message = f"{name[:40]!r} cannot be the name of a field."
            hint = "Check the comma before it; inside an entry, % starts no comment."
            self.report(place, "entry", "unreadable-entry", message, hint)
            return
        if name in self.lines:
            message = "The entry gives this field more than once."
            self.report(place, name, "duplicate-field", message, "Keep one of them.")
            return
        self.lines[name] = place.line
        try:
            value = self.strings.resolve(unmarked(part.value), is_month=name == "month")
        except BadValueError as error:
            self.report(place, name, error.rule, str(error), error.hint)
            return
        self.fields[name] = value
        if inner := _OPENING.search(value):
            message = f"Another entry seems to start in this value: {inner.group()[:40]!r}."
            hint = "Look for a brace or quote that is not closed."
            self.report(place, name, "unreadable-entry", message, hint)
            self.lost_keys.extend(_OPENING.findall(value))
