"""A broken entry -> the entry that was meant, where there is no doubt about it.

Each rule passes over one slip, such as a comma that is missing, and says so. No text goes to
another entry, and none is left out but names of fields without a value and remarks behind a %.
Where a rule would have to guess there is no entry, and what is broken is reported instead.
"""

import re

from bibtexparser.model import Entry

from marginal_risk.read.bibliography.broken_entries import BrokenEntry, Change, Doubt

_HEAD = re.compile(r"@(?P<before>\s*)(?P<type>[\w.:*+-]+)(?P<behind>\s*)(?P<opener>[{(])")
_NO_ENTRY = re.compile(r"(?:comment|preamble|string)(?!\w)", re.IGNORECASE)
# Types that are sound, and that the parser does not know as such.
_UNUSUAL_TYPE = re.compile(r"(?:comment|preamble|string)\w+|.*[^\w]", re.IGNORECASE)


class MendedEntry(Entry):
    """An entry that was read although its syntax is broken; without a key if it has none."""

    def __init__(self, entry: Entry, original: str, broken: BrokenEntry) -> None:
        super().__init__(entry.entry_type, entry.key, entry.fields, entry.start_line, entry.raw)
        self.original = original
        """The text of the file that it was read from; ``raw`` is what it was meant to be."""
        self.changes = broken.changes
        self.remarks = broken.remarks


def mend_entry(text: str, line: int, is_last: bool) -> MendedEntry | None:
    """Return the entry that a text begins with, as it was meant; None where that is in doubt.

    The text goes up to the next entry, or to the end of the file if it ``is_last``; ``line`` is
    the number of its first line. Time and memory grow with the text, not with its square.
    """
    head = _HEAD.match(text)
    if not head or _NO_ENTRY.match(head["type"]):
        return None
    broken = BrokenEntry(text, line, is_last, head["opener"], head.end())
    try:
        if head["before"] or "\n" in head["behind"]:
            message = f"Read as if it began with '@{head['type'][:40]}{head['opener']}'."
            broken.changes.append(Change(line, "entry", message))
        broken.read_key()
        while not broken.is_closed():
            broken.read_field()
    except Doubt:
        return None
    original = text[: broken.index]
    if broken.key and not broken.changes:
        # The parser takes a quote within braces for the end of a value in quotes.
        has_quotes = any('"' in part.value[1:-1] for part in broken.fields)
        if not has_quotes and not _UNUSUAL_TYPE.match(head["type"]):
            return None  # what is wrong with it is no slip of this kind
        entry = Entry(head["type"], broken.key, broken.fields, line, original)
        return MendedEntry(entry, original, broken)
    if len({part.key.lower() for part in broken.fields}) < len(broken.fields):
        return None  # what stands twice may be of another entry
    fields = "".join(f"  {part.key} = {part.value},\n" for part in broken.fields)
    raw = f"@{head['type']}{{{broken.key},\n{fields}}}"
    entry = Entry(head["type"], broken.key, broken.fields, line, raw)
    return MendedEntry(entry, original, broken)
