"""What the fields of one entry show: texts and people, and what is wrong with them."""

from marginal_risk.bibliography.latex import decode, decode_verbatim
from marginal_risk.bibliography.names import BadNameError, find_doubtful_body, read_names
from marginal_risk.bibliography.raw_entries import RawEntry
from marginal_risk.bibliography.unknown_commands import spell_out_unknown
from marginal_risk.problems import Problem
from marginal_risk.readings import Person


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
            return decode(value) or None
        except ValueError as error:
            return self.text_of_unknown(field, value, error)

    def text_of_unknown(self, field: str, value: str, error: ValueError) -> str | None:
        """Return what a field shows without the commands that nobody knows, if that can be read."""
        plain, unknown = spell_out_unknown(value)
        if unknown:
            try:
                shown = decode(plain)
            except ValueError as second_error:
                error = second_error
            else:
                self.report_unknown(field, unknown)
                return shown or None
        hint = "Check its braces, and the commands after each back slash."
        self.report(field, "bad-latex", f"The LaTeX cannot be read ({error}).", hint)
        return None

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
            return read_names(text)
        except BadNameError as error:
            return self.names_of_unknown(field, text, error)

    def names_of_unknown(
        self, field: str, text: str, error: BadNameError
    ) -> tuple[tuple[Person, ...], bool]:
        """Return the people of a field without the commands that nobody knows."""
        plain, unknown = spell_out_unknown(text)
        if unknown:
            try:
                people = read_names(plain)
            except BadNameError as second_error:
                error = second_error
            else:
                self.report_unknown(field, unknown)
                return people
        hint = "Write 'Family, Given', names joined by ' and ', and a body in braces."
        self.report(field, "bad-name", f"A name cannot be read: {error}.", hint)
        return (), False
