"""The text of an entry that is broken, read by rules that each pass over one slip and say so."""

import re
from dataclasses import dataclass, field

from bibtexparser.model import Field

from marginal_risk.read.bibliography.strings import find_closing

_WORD = r"[^\s,={}()\"#%~\\']+"
_NEXT_FIELD = re.compile(rf"{_WORD}\s*=")
_KEY_ALONE = re.compile(rf"(?P<key>{_WORD})\s+(?={_WORD}\s*=)")
_KEY = re.compile(r"(?P<key>[^,={}%\n]*+)\s*+(?:,|(?=\}))")
_NOT_IN_KEYS = re.compile(r"[\"#'()~\\]")
_NAME = re.compile(rf"(?P<name>{_WORD}?)(?P<sign>\s*:?=+\s*|\s*:?\s*(?=[{{\"]))")
_JOINT = re.compile(r"\s*#\s*")
_NAME_OR_NUMBER = re.compile(r"[0-9]+|[^\W\d][^\s,;={}()\"#%~\\']*")
# Values that lack their braces: a number that is none, and an address.
_BARE = re.compile(r"-?[0-9][^\s,;={}()\"#%~\\']*|https?://[^\s,;{}()\"\\]+", re.IGNORECASE)
_AFTER_VALUE = re.compile(rf"\s*(?:[,;}})%#]|{_WORD}\s*=|\"\s*[,}})]|$)")
# BibTeX takes no back slash for an escape: this brace closes, as of a path that ends in one.
_CLOSED_AFTER_BACKSLASH = re.compile(r"\{[^{}\n]*\\\}(?=\s*,?[ \t]*\n)")
_LAST_QUOTE = re.compile(rf"\"(?=\s*(?:,\s*(?:{_WORD}\s*=|[}})%])|[}})]\s*$))")
_FIELD_INSIDE = re.compile(rf"(?<![^\s,]){_WORD}+\s*+=\s*[\"{{\w]")
_STRAY_QUOTE = re.compile(r"\"(?=\s*[,})])")
_CLOSED_TOO_EARLY = re.compile(rf"[}})]\s*,(?=\s*{_WORD}\s*=)")
_BLANK = re.compile(r"\s*")
_NOTHING_MORE = re.compile(r"\s*$")
_REMARK = re.compile(r"%[^\n]*")
_CLOSERS = {"{": "}", "(": ")"}
_HINT = "Mend it, or let 'marginal-risk format' do it."


class Doubt(Exception):  # noqa: N818  (no error: the entry is then reported as it stands)
    """There is more than one thing that may have been meant."""


@dataclass(frozen=True)
class Change:
    """What was not taken as it stands."""

    line: int
    """From 0."""
    field: str
    message: str
    hint: str = _HINT


@dataclass
class BrokenEntry:
    """The text of an entry while it is read: what stands before ``index`` is done."""

    text: str
    line: int
    is_last: bool
    opener: str
    index: int
    key: str = ""
    fields: list[Field] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What was passed over behind a %, with it."""
    counted: tuple[int, int] = (0, 0)
    """An index, and the number of line feeds before it."""

    def current_line(self) -> int:
        """Return the number of the line that is read."""
        index, lines = self.counted
        self.counted = self.index, lines + self.text.count("\n", index, self.index)
        return self.line + self.counted[1]

    def note(self, name: str, message: str, hint: str = _HINT) -> None:
        """Tell of a change in this line."""
        self.changes.append(Change(self.current_line(), name, message, hint))

    def here(self) -> str:
        """Return the next character; at the end, none."""
        return self.text[self.index : self.index + 1]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Go behind what stands here, if it is of this form."""
        if match := pattern.match(self.text, self.index):
            self.index = match.end()
        return match

    def pass_blank(self) -> None:
        """Go behind white space, and behind remarks after a %."""
        while self.take(_BLANK) and self.here() == "%":
            line = self.current_line()
            remark = self.take(_REMARK)
            text = remark.group() if remark else ""
            if "@" in text or '"' in text or not _is_balanced(text):
                raise Doubt  # it may have been the start of more than this line
            hint = "For BibTeX, % starts no remark inside an entry: move it before the entry."
            self.changes.append(Change(line, "entry", f"Passed over: {text[:40]!r}.", hint))
            self.remarks.append(text.strip())

    def read_key(self) -> None:
        """Read the key and the comma behind it; where there is none, nothing."""
        self.pass_blank()
        if _NEXT_FIELD.match(self.text, self.index):
            return
        line = self.current_line()
        alone = self.take(_KEY_ALONE)
        found = alone or self.take(_KEY)
        if not found:
            raise Doubt
        if not found["key"].strip():
            return
        shown = "".join(c for c in found["key"] if c.isprintable() or c.isspace())
        self.key = "_".join(_NOT_IN_KEYS.sub("", shown).split())
        if alone and self.key == alone["key"]:
            message = f"Read as if a comma stood after the key {self.key[:80]!r}."
        else:
            message = f"The key {found['key'].strip()[:80]!r} is read as {self.key[:80]!r}."
        if self.key != found["key"].strip() or not found.group().strip().endswith(","):
            self.changes.append(Change(line, "key", message))

    def is_closed(self) -> bool:
        """Tell whether the entry ends here, and go behind its end."""
        self.pass_blank()
        while self.here() == ",":
            self.note("entry", "A comma too many is passed over.")
            self.index += 1
            self.pass_blank()
        char = self.here()
        if char == "":
            self.close()
            return True
        if char not in "})":
            return False
        if self.fields and self.take(_CLOSED_TOO_EARLY):
            # What follows can only be of this entry.
            self.note("entry", f"{char!r} before a comma is passed over.")
            self.pass_blank()
            return False
        self.index += 1
        if char != _CLOSERS[self.opener]:
            if not _NOTHING_MORE.match(self.text, self.index):
                raise Doubt
            self.note("entry", f"Read as if {_CLOSERS[self.opener]!r} closed it.")
        return True

    def close(self) -> None:
        """Take the end of the text for the end of the entry."""
        # At the end of the file, more may be missing; and the brace may be missing further up.
        if self.is_last or any(_FIELD_INSIDE.search(part.value) for part in self.fields):
            raise Doubt
        self.index = len(self.text.rstrip())
        self.counted = (0, 0)
        self.note("entry", "Read as if a brace closed it before the next one.")

    def read_field(self) -> None:
        """Read a field and the comma behind it."""
        found = self.take(_NAME)
        if not found:
            raise Doubt
        name = found["name"]
        self.index = found.end("name")
        line = self.current_line()
        self.index = found.end()
        if found["sign"].strip() != "=":
            self.changes.append(Change(line, name, f"Read as if '=' stood after {name[:40]!r}."))
        is_next = self.is_at_field()
        if is_next or self.here() in ",})":
            message = "Passed over, as it has no value."
            self.changes.append(Change(line, name, message, "Delete it, or write one."))
        else:
            self.fields.append(Field(name, self.read_value(name), line))
        if not is_next:
            self.end_field()

    def is_at_field(self) -> bool:
        """Tell whether a field starts here, and no address, which may hold an equals sign."""
        is_bare = _BARE.match(self.text, self.index)
        return not is_bare and bool(_NEXT_FIELD.match(self.text, self.index))

    def read_value(self, name: str) -> str:
        """Return an expression that BibTeX can read."""
        pieces = [self.read_piece(name)]
        while self.take(_JOINT):
            pieces.append(self.read_piece(name))
        return " # ".join(pieces)

    def read_piece(self, name: str) -> str:
        """Return a piece of an expression, as it is or with its braces."""
        start = self.index
        if self.take(_CLOSED_AFTER_BACKSLASH):
            self.note(name, "Read as if the brace behind its last back slash closed it.")
            return f"{self.text[start : self.index - 1]} }}"  # else it would be an escape again
        if self.here() in ("{", '"'):
            end = find_closing(self.text, start)
            if end is not None and _AFTER_VALUE.match(self.text, end + 1):
                self.index = end + 1
                return self.text[start : self.index]
            return self.read_quoted(name)
        bare = _BARE.match(self.text, start)
        if bare and not bare.group().isdigit():
            self.note(name, f"Read as if braces stood around {bare.group()[:40]!r}.")
            self.index = bare.end()
            return f"{{{bare.group()}}}"
        found = self.take(_NAME_OR_NUMBER)
        if not found:
            raise Doubt
        return found.group()

    def read_quoted(self, name: str) -> str:
        """Read a value in quotes that has quotes within it."""
        start = self.index + 1
        end = _LAST_QUOTE.search(self.text, start) if self.here() == '"' else None
        inside = self.text[start : end.start()] if end else "{"
        if not end or _FIELD_INSIDE.search(inside) or not _is_balanced(inside):
            raise Doubt
        self.note(name, "Read as if braces stood around the value, not quotes.")
        self.index = end.end()
        return f"{{{inside}}}"

    def end_field(self) -> None:
        """Go behind the comma after a field; before the end of the entry it may be missing."""
        self.pass_blank()
        if self.take(_STRAY_QUOTE):
            self.note("entry", "A quote behind a value is passed over.")
            self.pass_blank()
        char = self.here()
        if char == ";":
            self.note("entry", "Read as if a comma stood for ';'.")
        if char in (",", ";"):
            self.index += 1
        elif found := _NEXT_FIELD.match(self.text, self.index):
            name = found.group().rstrip("= \t\n")
            self.note("entry", f"Read as if a comma stood before {name[:40]!r}.")
        elif char not in ("", "}", ")"):
            raise Doubt


def _is_balanced(text: str) -> bool:
    """Tell whether each brace of a text is closed in it."""
    whole = f"{{{text}}}"
    return find_closing(whole, 0) == len(whole) - 1
