"""The one order and form of a BibTeX file."""

from collections.abc import Iterable, Iterator

from bibtexparser import model

from marginal_risk.read.bibliography.blocks import parse_stretch, unmarked
from marginal_risk.read.bibliography.plain_entries import PlainEntry, cut, find_values

# What a reader looks for first; other fields follow in the order of the file.
_FIRST = ("author", "editor", "title", "subtitle", "year", "date", "month")
_LAST = ("doi", "eprint", "archiveprefix", "eprinttype", "primaryclass", "url", "note", "abstract")


def canonical_bibtex(text: str) -> str:
    """Return a file that reads without problems with its entries sorted by key.

    Values stay as they are written, @strings and preambles come first, and a comment stays
    with the block that it stands before.
    """
    head: list[str] = []
    entries: list[tuple[str, str]] = []
    comments: list[str] = []
    for part in _parts(text.lstrip("\ufeff")):
        if isinstance(part, model.ImplicitComment | model.ExplicitComment):
            comments.append(_raw(part))
            continue
        if isinstance(part, PlainEntry):
            written = _entry(part.entry_type, part.key, find_values(part.raw))
            entries.append((part.key, "\n".join([*comments, written])))
        elif isinstance(part, model.Entry):
            values = [(field.key, unmarked(field.value)) for field in part.fields]
            written = _entry(part.entry_type, part.key, values)
            entries.append((part.key, "\n".join([*comments, written])))
        else:
            head.append("\n".join([*comments, _raw(part)]))
        comments = []
    blocks = [*head, *(entry for _, entry in sorted(entries)), *comments]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _parts(text: str) -> Iterator[PlainEntry | model.Block]:
    for part in cut(unmarked(text)):
        if isinstance(part, PlainEntry):
            yield part
        else:
            yield from parse_stretch(part)


def _raw(block: model.Block) -> str:
    return unmarked(block.raw).strip()


def _entry(entry_type: str, key: str, values: Iterable[tuple[str, str]]) -> str:
    fields = [(name.lower(), value) for name, value in values]
    lines = [f"  {name} = {value}," for name, value in sorted(fields, key=_place)]
    return "\n".join([f"@{entry_type.lower()}{{{key},", *lines, "}"])


def _place(field: tuple[str, str]) -> int:
    name = field[0]
    if name in _FIRST:
        return _FIRST.index(name) - len(_FIRST)
    return _LAST.index(name) + 1 if name in _LAST else 0
