"""Fields that an entry takes from another one: crossref and biblatex's xdata."""

from collections.abc import Iterator
from dataclasses import replace

from marginal_risk.bibliography.entries import RawEntry
from marginal_risk.problems import Problem, did_you_mean

RULE = "bad-crossref"
# What a part takes under another name (biblatex manual, appendix B).
_RENAMED = {
    "title": "booktitle",
    "subtitle": "booksubtitle",
    "titleaddon": "booktitleaddon",
    "booktitle": "booktitle",
}
_PARTS = {"inproceedings", "conference", "incollection", "inbook", "inreference"}
# What belongs to one entry alone.
_OWN = {"crossref", "xdata", "xref", "ids", "label", "keywords", "key", "note", "abstract"}


def inherit_fields(entries: list[RawEntry]) -> tuple[list[RawEntry], list[Problem]]:
    """Return the entries with the fields they inherit, in whichever order they stand.

    An entry's own field wins; ``xdata`` wins over ``crossref``. A parent that does not exist,
    or that leads back to the entry, is a problem, and nothing is inherited from it.
    ``@xdata`` entries are only there to be inherited from and are left out.
    """
    by_key: dict[str, RawEntry] = {}
    for entry in entries:
        by_key.setdefault(entry.key, entry)
    lower = {key.lower(): key for key in by_key}
    complete: dict[str, RawEntry] = {}
    problems: list[Problem] = []

    def parents(entry: RawEntry) -> Iterator[tuple[str, str]]:
        for field in ("xdata", "crossref"):
            for name in filter(None, (n.strip() for n in entry.fields.get(field, "").split(","))):
                key = name if name in by_key else lower.get(name.lower())
                if key is not None:
                    yield field, key
                    continue
                message = f"There is no entry {name!r} to take fields from."
                hint = did_you_mean(name, by_key)
                problems.append(entry.at(field).problem(field, RULE, message, hint))

    def finish(entry: RawEntry, links: list[tuple[str, str]]) -> None:
        fields = dict(entry.fields)
        for field, key in links:
            parent = complete.get(key)
            if parent is None:
                message = f"Taking fields from {key!r} leads back to this entry."
                hint = f"Delete this {field}."
                problems.append(entry.at(field).problem(field, RULE, message, hint))
                continue
            for name, value in parent.fields.items():
                if name not in _OWN:
                    fields.setdefault(_inherited_name(name, field, entry, parent), value)
        complete[entry.key] = replace(entry, fields=fields)

    for start in by_key.values():
        # Depth first without recursion: a chain may be as long as the file.
        stack = [(start, list(parents(start)))] if start.key not in complete else []
        open_keys = {start.key}
        while stack:
            entry, links = stack[-1]
            waiting = [k for _, k in links if k not in complete and k not in open_keys]
            if waiting:
                parent = by_key[waiting[0]]
                open_keys.add(parent.key)
                stack.append((parent, list(parents(parent))))
            else:
                finish(entry, links)
                open_keys.discard(entry.key)
                stack.pop()
    return [complete[e.key] for e in entries if e.entry_type != "xdata"], problems


def _inherited_name(name: str, field: str, entry: RawEntry, parent: RawEntry) -> str:
    if field == "xdata":
        return name
    if entry.entry_type in _PARTS:
        return _RENAMED.get(name, name)
    if entry.entry_type == "article" and parent.entry_type == "periodical" and name == "title":
        return "journal"
    return name
