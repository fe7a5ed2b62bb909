"""The blocks of a file, those that are broken as they were meant."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from bibtexparser.model import Block, Entry, ImplicitComment, ParsingFailedBlock

from marginal_risk.read.bibliography.mending import MendedEntry, mend_entry
from marginal_risk.read.bibliography.strings import is_expression

MARK = "\uffff"
"""What stands in parsed text behind some back slashes; no character of Unicode."""
_BAD_NAME = re.compile(r"[\s\"#%'(),={}~\\]")
# What the parser passes over as a comment, and what follows an entry closed too early.
_LOST_ENTRY = re.compile(r"(?:^[ \t]*(?=@)|(?=@[ \t]*\n))(?=@\s*[\w.:*+-]+\s*[{(])", re.MULTILINE)
# Of such types, as of biblatex's @commentary, the parser looks at the first letters only.
_MISREAD = re.compile(r"@(?:comment|preamble|string)\w", re.IGNORECASE)
_LOST_LINE = re.compile(r"^\s*@\s*(?!comment\b)\w|@\s*[^\s@{}(),=\"]+\s*[{(][^\s,{}()]*,", re.I)
_LOST_HEAD = re.compile(r"@\s*[^\s@{}(),=\"]+\s*[{(]\s*[^\s,{}()=]+\s*,")
_LOST_FIELD = re.compile(r"[\s}),]+[\w-]+\s*=\s*[\w{\"]")


class Span(NamedTuple):
    """A block and where it stands."""

    block: Block
    start: int
    line: int
    """From 0."""
    length: int


def unmarked(text: str | None) -> str:
    """Return a part of a text that was parsed, as it stands in the file."""
    return (text or "").replace(MARK, "")


def is_key(key: str) -> bool:
    """Tell whether an entry can have this key."""
    return bool(key) and not _BAD_NAME.search(key) and key.isprintable()


def is_field_name(name: str) -> bool:
    """Tell whether a field can have this name."""
    return bool(name) and not _BAD_NAME.search(name)


def is_followed_by_field(text: str) -> bool:
    """Tell whether the text behind an entry begins with a field."""
    return bool(_LOST_FIELD.match(text))


def find_lost_entries(text: str) -> Iterator[tuple[int, str]]:
    """Yield (a line from 0, what is wrong there) where a comment was not meant for one."""
    end = -1
    for number, line in enumerate(text.split("\n")):
        end += len(line) + 1
        at_sign = text.rfind("@", end - len(line), end)
        is_line = _LOST_LINE.search(line)
        if is_line or (at_sign >= 0 and _LOST_HEAD.match(text, at_sign)):
            what = "opens no brace" if is_line and "{" not in line else "is not read as one"
            yield number, f"This looks like an entry but {what}: {line.strip()[:40]!r}."


def is_broken(block: Block) -> bool:
    """Tell whether the syntax of a block is broken, or may be something else than it seems."""
    if not isinstance(block, Entry):
        is_misread = not isinstance(block, ImplicitComment) and _MISREAD.match(block.raw or "")
        return isinstance(block, ParsingFailedBlock) or bool(is_misread)
    return not is_key(unmarked(block.key)) or not all(
        is_field_name(unmarked(part.key)) and is_expression(unmarked(part.value))
        for part in block.fields
    )


def mended(
    text: str, blocks: Sequence[Block], is_sound: Callable[[Block], bool]
) -> Iterator[Block]:
    """Yield the blocks of a text; in place of those that are not sound, what was meant.

    ``is_sound`` is asked about each block once, right before it is yielded or replaced. What
    cannot be mended is yielded as it is.
    """
    spans: list[Span] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        behind = blocks[index + 1] if index + 1 < len(blocks) else None
        comment = behind if isinstance(behind, ImplicitComment) else None
        needs_more = comment and isinstance(block, Entry) and is_followed_by_field(comment.comment)
        is_lost = isinstance(block, ImplicitComment) and _LOST_ENTRY.search(block.comment)
        found: list[Block] = []
        if not is_sound(block) or needs_more or is_lost:
            spans = spans or list(find_spans(text, blocks))
            after = index + 1 + (comment is not None)
            end = spans[after].start if after < len(spans) else None
            found = list(_mended_blocks(text, spans[index], end))
            index += comment is not None and bool(found)
        yield from found or [block]
        index += 1


def _mended_blocks(text: str, span: Span, end: int | None) -> Iterator[Block]:
    """Yield what a block and the comment behind it hold; nothing if nothing can be mended.

    The next block starts at ``end``; None at the end of the file.
    """
    done = span.start
    starts = [span.start]
    if isinstance(span.block, ImplicitComment):
        comment = text[span.start : span.start + span.length]
        starts = [span.start + match.end() for match in _LOST_ENTRY.finditer(comment)]
    counted, line = span.start, span.line
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        line += text.count("\n", counted, start)
        counted = start
        entry = mend_entry(text[start:stop], line, is_last=stop is None)
        if entry:
            yield from _comment(text, done, start, line)
            yield entry
            done = start + len(entry.original)
    if done > span.start:
        stop = len(text) if end is None else end
        yield from _comment(text, done, stop, line + text.count("\n", counted, stop))


def _comment(text: str, start: int, stop: int, line: int) -> Iterator[Block]:
    """Yield what stands between two places, of which the second is in the given line."""
    comment = text[start:stop]
    if comment.strip():
        behind = comment.lstrip()
        first = line - behind.count("\n")
        yield ImplicitComment(comment.strip(), first, comment.strip())


def find_spans(text: str, blocks: Iterable[Block]) -> Iterator[Span]:
    """Yield the blocks of a text with their places in it."""
    line, line_start, position = 0, 0, 0
    for block in blocks:
        raw = block.original if isinstance(block, MendedEntry) else unmarked(block.raw)
        while line < (block.start_line or 0):
            line_start = text.find("\n", line_start) + 1
            line += 1
        start = text.find(raw, max(position, line_start))
        yield Span(block, start, line, len(raw))
        # A broken block may end within the next one.
        position = start + (1 if isinstance(block, ParsingFailedBlock) else len(raw))
