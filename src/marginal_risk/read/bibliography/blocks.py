"""The blocks of a BibTeX text, as bibtexparser sees them: entries, @strings, comments, broken ones.

Entries of plain form do not go through the parser: see ``plain_entries``.
"""

import logging
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from bibtexparser import model
from bibtexparser.entrypoint import parse_string

from marginal_risk.read.bibliography.plain_entries import PlainEntry, Stretch, cut

# The parser also logs each failure, which a contributor would read twice.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

# The parser takes a back slash before a line end, a quote, a comma or a brace for its escape:
# it then does not count the line, and does not see the brace that closes a value after '\\'.
# A mark comes between them and goes with each part. It is no character of Unicode.
_MARK = "\uffff"
_BACKSLASHES = re.compile(r"\\\\|\\(?=\n)")


class BlockKind(StrEnum):
    """What a block is."""

    ENTRY = "entry"
    STRING = "string"
    PREAMBLE = "preamble"
    COMMENT = "comment"
    TEXT = "text"
    """What stands between blocks, and BibTeX passes over."""
    BROKEN = "broken"


class PlacedBlock(NamedTuple):
    """A block and where it stands."""

    kind: BlockKind
    key: str
    """Of an entry; '' of anything else."""
    entry_type: str
    """Of an entry, in lower case; '' of anything else."""
    start: int
    """The index of its first character."""
    first_line: int
    """From 1."""
    last_line: int


def unmarked(text: str | None) -> str:
    """Return a part of a text that was parsed, as it stands in the file."""
    return (text or "").replace(_MARK, "")


def parse_blocks(text: str) -> list[model.Block]:
    """Return the blocks of a text; each part of them may hold marks (see ``unmarked``).

    Of two entries with one key, or of an entry with a field given twice, the entry itself is
    returned: who reads them reports that.
    """
    marked = _BACKSLASHES.sub(lambda match: match.group() + _MARK, text)
    return [_without_duplicate(block) for block in parse_string(marked, parse_stack=[]).blocks]


def _without_duplicate(block: model.Block) -> model.Block:
    if isinstance(block, model.DuplicateBlockKeyBlock | model.DuplicateFieldKeyBlock):
        return block.ignore_error_block or block
    return block


def parse_stretch(stretch: Stretch) -> list[model.Block]:
    """Return the blocks of what stands between entries of plain form.

    A block that is closed too late, or never, ends where the next one begins. So a small block
    stands for the next one while the stretch is parsed.
    """
    if not stretch.follower:
        return parse_blocks(stretch.text)
    return parse_blocks(f"{stretch.text}{stretch.follower[:-1]}{{x}}")[:-1]


def find_blocks(text: str) -> Iterator[PlacedBlock]:
    """Yield the blocks of a text in order, each with its place."""
    text = unmarked(text)
    position = line = line_start = 0
    for kind, key, entry_type, raw, block_line in _blocks(text):
        while line < block_line:
            line_start = text.find("\n", line_start) + 1
            line += 1
        start = text.find(raw, max(position, line_start))
        last_line = line + 1 + text.count("\n", start, start + len(raw))
        yield PlacedBlock(kind, key, entry_type, start, line + 1, last_line)
        # A broken block may end within the next one.
        position = start + (1 if kind is BlockKind.BROKEN else len(raw))


def _blocks(text: str) -> Iterator[tuple[BlockKind, str, str, str, int]]:
    """Yield kind, key, type, text and line (from 0) of each block."""
    for part in cut(text):
        if isinstance(part, PlainEntry):
            yield BlockKind.ENTRY, part.key, part.entry_type, part.raw, part.line
            continue
        for block in parse_stretch(part):
            key = entry_type = ""
            if isinstance(block, model.Entry):
                key, entry_type = unmarked(block.key), block.entry_type.lower()
            line = part.line + (block.start_line or 0)
            yield _kind(block), key, entry_type, unmarked(block.raw), line


def _kind(block: model.Block) -> BlockKind:
    for block_type, kind in _KINDS.items():
        if isinstance(block, block_type):
            return kind
    return BlockKind.BROKEN


_KINDS = {
    model.Entry: BlockKind.ENTRY,
    model.String: BlockKind.STRING,
    model.Preamble: BlockKind.PREAMBLE,
    model.ExplicitComment: BlockKind.COMMENT,
    model.ImplicitComment: BlockKind.TEXT,
}
