"""Fields that an entry takes from another one: crossref and biblatex's xdata."""

from collections.abc import Collection, Iterator
from typing import TypeAlias

from marginal_risk.problems import Problem, did_you_mean
from marginal_risk.read.bibliography.entries import Entry

# What a part takes from the whole. Identifiers, pages, abstract and note are not among them:
# those of the proceedings are not those of the paper.
_SHARED = {
    *("author", "editor", "title", "subtitle", "booktitle", "booksubtitle", "journal"),
    *("journaltitle", "publisher", "institution", "organization", "school", "series"),
    *("eventtitle", "howpublished", "volume", "number", "issue", "year", "date", "month"),
    *("language", "langid"),
}
# What @xdata, which is no work, gives to those who name it. Both sets are fixed, so that a long
# chain of entries does not gather ever more fields.
_GIVEN = _SHARED | {
    *("doi", "eprint", "archiveprefix", "eprinttype", "url", "pages", "eid", "abstract"),
    *("keywords", "keyword", "note"),
}
# What a part takes under another name (biblatex manual, appendix B).
_RENAMED = {"title": "booktitle", "subtitle": "booksubtitle"}
_PARTS = {
    *("inproceedings", "conference", "incollection", "inbook", "inreference", "bookinbook"),
    *("suppbook", "suppcollection"),
}
_DATES = {"year", "date", "month"}
_Link: TypeAlias = tuple[str, str]
"""The field that names a parent, and the parent's key."""
_BUDGET = 10_000_000
_BUDGET_PER_ENTRY = 2_000
"""Characters that may be inherited in all: hostile files hand one long list to every entry."""
_HINTS = 20
"""To look for the nearest key takes long where there are many."""


def inherit_fields(
    entries: Collection[Entry],
    lost_keys: Collection[str] = (),
) -> tuple[list[Entry], list[Problem]]:
    """Return the entries with the fields they inherit, in whichever order they stand.

    An entry's own field wins; ``xdata`` wins over ``crossref``. A parent that does not exist,
    is among the ``lost_keys`` or leads back to the entry is a problem, and nothing is inherited
    from it. ``@xdata`` entries are only there to be inherited from and are left out.
    """
    family = _Family(entries, lost_keys)
    for entry in entries:
        family.complete_entry(entry)
    complete = [family.complete[entry.key] for entry in entries if entry.entry_type != "xdata"]
    return complete, family.problems


class _Family:
    """Entries and the parents they name, while the inherited fields are gathered."""

    def __init__(
        self,
        entries: Collection[Entry],
        lost_keys: Collection[str],
    ) -> None:
        self.by_key = {entry.key: entry for entry in entries}
        self.spelling = {key.lower(): key for key in self.by_key}
        self.lost = {key.lower() for key in lost_keys}
        self.complete: dict[str, Entry] = {}
        self.problems: list[Problem] = []
        self.budget = _BUDGET + _BUDGET_PER_ENTRY * len(self.by_key)

    def complete_entry(self, start: Entry) -> None:
        """Complete an entry after its parents, and those after theirs."""
        if start.key in self.complete:
            return
        if not (start.fields.get("xdata") or start.fields.get("crossref")):  # as most entries
            self.complete[start.key] = start
            return
        # Depth first without recursion: a chain may be as long as the file.
        stack = [self.visit(start)]
        open_keys = {start.key}
        while stack:
            entry, links, waiting = stack[-1]
            for _, key in waiting:
                if key not in self.complete and key not in open_keys:
                    stack.append(self.visit(self.by_key[key]))
                    open_keys.add(key)
                    break
            else:
                stack.pop()
                open_keys.discard(entry.key)
                self.complete[entry.key] = self.inherited(entry, links)

    def visit(self, entry: Entry) -> tuple[Entry, list[_Link], Iterator[_Link]]:
        """Return an entry, its parents, and those of them that are still to be looked at."""
        links = list(self.parents(entry))
        return entry, links, iter(links)

    def parents(self, entry: Entry) -> Iterator[_Link]:
        """Yield the field that names each parent, and the parent's key."""
        for field in ("xdata", "crossref"):
            names = (name.strip() for name in entry.fields.get(field, "").split(","))
            for name in dict.fromkeys(filter(None, names)):
                key = name if name in self.by_key else self.spelling.get(name.lower())
                if key is None:
                    self.report_missing(entry, field, name)
                else:
                    yield field, key

    def report_missing(self, entry: Entry, field: str, name: str) -> None:
        if name.lower() in self.lost:
            message = f"The entry {name[:80]!r} to take fields from has problems of its own."
            hint = "Correct that entry first."
        else:
            message = f"There is no entry {name[:80]!r} to take fields from."
            hint = did_you_mean(name, sorted(self.by_key)) if len(self.problems) < _HINTS else ""
        self.problems.append(entry.at(field).problem(field, "bad-crossref", message, hint))

    def inherited(self, entry: Entry, links: list[_Link]) -> Entry:
        """Return an entry with the fields of its parents."""
        fields = dict(entry.fields)
        for field, key in links:
            parent = self.complete.get(key)
            if parent is None:
                message = f"Taking fields from {key[:80]!r} leads back to this entry."
                hint = f"Delete this {field}."
                self.problems.append(entry.at(field).problem(field, "bad-crossref", message, hint))
                continue
            shared = _shared_fields(parent, entry, field)
            if fields.keys() & {"year", "date"}:
                shared = {name: shared[name] for name in shared.keys() - _DATES}
            self.budget -= sum(map(len, shared.values()))
            if self.budget < 0:
                message = f"Taking fields from {key[:80]!r} makes the bibliography too large."
                hint = "Write shorter fields there, or give them to fewer entries."
                self.problems.append(entry.at(field).problem(field, "bad-crossref", message, hint))
                break
            fields = shared | fields
        return entry._replace(fields=fields)


def _shared_fields(parent: Entry, entry: Entry, field: str) -> dict[str, str]:
    """Return what an entry takes from a parent, under the names that it has there."""
    if field == "xdata":
        return {name: parent.fields[name] for name in _GIVEN & parent.fields.keys()}
    renamed = {}
    if entry.entry_type in _PARTS:
        renamed = _RENAMED
    elif entry.entry_type == "article" and parent.entry_type == "periodical":
        renamed = {"title": "journal"}
    names = sorted(_SHARED & parent.fields.keys(), key=lambda name: name not in renamed)
    # A booktitle that the parent has for its parts wins over the parent's title.
    shared = {renamed.get(name, name): parent.fields[name] for name in names}
    if "title" in entry.fields:  # the subtitle of the whole goes with its title
        shared.pop("subtitle", None)
    return shared
