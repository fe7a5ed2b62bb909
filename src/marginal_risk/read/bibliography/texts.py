"""What the fields of one entry show: texts and people, and what is wrong with them."""

from collections.abc import Callable
from typing import TypeVar

from marginal_risk.problems import Problem
from marginal_risk.read.bibliography.latex import decode, decode_verbatim
from marginal_risk.read.bibliography.names import BadNameError, find_doubtful_body, read_names
from marginal_risk.read.bibliography.raw_entry import RawEntry
from marginal_risk.read.bibliography.unknown_commands import spell_out_unknown
from marginal_risk.rows import Person

Read = TypeVar("Read")


class EntryTexts:
    """Reads the fields of one entry, gathering what is wrong with them."""

    def __init__(self, entry: RawEntry) -> None:
        self.entry = entry
        self.problems: list[Problem] = []

    def report(self, field: str, rule: str, message: str, hint: str = "") -> None:
        """Add a problem at a field's line."""
        self.problems.append(self.entry.at(field).problem(field, rule, message, hint))

    def report_unknown(self, field: str, names: list[str]) -> None:
        """Tell that a field was read although nobody knows some of its commands."""
        shown = ", ".join(f"\\{name[:40]}" for name in names[:3])
        message = f"Of {shown}, which is not known, only the argument or the name is shown."
        self.report(field, "unknown-command", message, "Write what it shows.")

    def text(self, field: str) -> str | None:
        """Return what a field shows, or None where it shows nothing."""
        value = self.entry.fields.get(field)
        if not value:
            return None
        try:
            return self.read_field(field, value, decode) or None
        except ValueError as error:
            hint = "Check its braces, and the commands after each back slash."
            self.report(field, "bad-latex", f"The LaTeX cannot be read ({error}).", hint)
            return None

    def read_field(self, field: str, value: str, read: Callable[[str], Read]) -> Read:
        """Return what ``read`` makes of a field; if need be, of one in which no command is unknown.

        Raises:
            ValueError: as ``read`` does, in both cases.
        """
        try:
            return read(value)
        except ValueError:
            plain, unknown = spell_out_unknown(value)
            found = read(plain)
            if unknown:
                self.report_unknown(field, unknown)
            return found

    def verbatim(self, field: str) -> str:
        """Return a field that is not typeset."""
        value = self.entry.fields.get(field)
        return decode_verbatim(value) if value else ""

    def names(self, field: str) -> tuple[tuple[Person, ...], bool]:
        """Return the people of a field, and whether there are more of them."""
        text = self.entry.fields.get(field, "")
        if body := find_doubtful_body(text):
            hint = "Take the braces around people away; in a body's name, write {and}."
            self.report(field, "doubtful-name", f"{body[:80]!r} is read as one body.", hint)
        try:
            return self.read_field(field, text, read_names)
        except BadNameError as error:
            hint = "Write 'Family, Given', names joined by ' and ', and a body in braces."
            self.report(field, "bad-name", f"A name cannot be read: {error}.", hint)
            return (), False
