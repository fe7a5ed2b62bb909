"""The one order and form of a BibTeX file."""

from bibtexparser.model import Block, Entry, ExplicitComment, ImplicitComment

from marginal_risk.read.bibliography.entries import parse_mended_blocks
from marginal_risk.read.bibliography.mending import MendedEntry
from marginal_risk.read.bibliography.recovery import unmarked

# What a reader looks for first; other fields follow in the order of the file.
_FIRST = ("author", "editor", "title", "subtitle", "year", "date", "month")
_LAST = ("doi", "eprint", "archiveprefix", "eprinttype", "primaryclass", "url", "note", "abstract")


def canonical_bibtex(text: str) -> str:
    """Return a file that reads without problems with its entries sorted by key.

    Values stay as they are written, @strings and preambles come first, and a comment stays
    with the block that it stands before. A remark inside an entry comes to stand before it.
    """
    head: list[str] = []
    entries: list[tuple[str, str]] = []
    comments: list[str] = []
    for block in parse_mended_blocks(text.lstrip("\ufeff")):
        if isinstance(block, (ImplicitComment, ExplicitComment)):
            comments.append(_raw(block))
            continue
        if isinstance(block, MendedEntry):
            comments += block.remarks
        if isinstance(block, Entry):
            entries.append((block.key, "\n".join([*comments, _entry(block)])))
        else:
            head.append("\n".join([*comments, _raw(block)]))
        comments = []
    blocks = [*head, *(entry for _, entry in sorted(entries)), *comments]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _raw(block: Block) -> str:
    return unmarked(block.raw).strip()


def _entry(block: Entry) -> str:
    fields = [(field.key.lower(), unmarked(field.value)) for field in block.fields]
    lines = [f"  {name} = {value}," for name, value in sorted(fields, key=_place)]
    return "\n".join([f"@{block.entry_type.lower()}{{{block.key},", *lines, "}"])


def _place(field: tuple[str, str]) -> int:
    name = field[0]
    if name in _FIRST:
        return _FIRST.index(name) - len(_FIRST)
    return _LAST.index(name) + 1 if name in _LAST else 0
