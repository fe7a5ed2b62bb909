"""The one order and form of a BibTeX file."""

from collections.abc import Collection, Iterable, Iterator

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
        if isinstance(part, PlainEntry | model.Entry):
            written = _entry(part.entry_type, part.key, _values(part))
            entries.append((part.key, "\n".join([*comments, written])))
        else:
            head.append("\n".join([*comments, _raw(part)]))
        comments = []
    blocks = [*head, *(entry for _, entry in sorted(entries)), *comments]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def written_fields(bibtex: str) -> list[tuple[str, str]]:
    """Return the fields of the entries in a text: names in lower case, values as written."""
    parts = (part for part in _parts(bibtex) if isinstance(part, PlainEntry | model.Entry))
    return [(name.lower(), value) for part in parts for name, value in _values(part)]


def rewrite_entry(bibtex: str, key: str, left_out: Collection[str]) -> str:
    """Return the one entry of a text under another key, without the fields ``left_out``."""
    for part in _parts(bibtex):
        if isinstance(part, PlainEntry | model.Entry):
            values = (field for field in _values(part) if field[0].lower() not in left_out)
            return _entry(part.entry_type, key, values)
    raise ValueError("the text holds no entry")


def _values(part: PlainEntry | model.Entry) -> Iterable[tuple[str, str]]:
    if isinstance(part, PlainEntry):
        return find_values(part.raw)
    return [(field.key, unmarked(field.value)) for field in part.fields]


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
