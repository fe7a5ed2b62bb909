"""What became of every block of a BibTeX file: none may disappear."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bibtexparser.model import (
    Block,
    Entry,
    ExplicitComment,
    ImplicitComment,
    ParsingFailedBlock,
    Preamble,
    String,
)

from marginal_risk.read.bibliography.entries import parse_mended_blocks
from marginal_risk.read.bibliography.pieces import BibFile
from marginal_risk.read.bibliography.reading import Bibliography
from marginal_risk.read.bibliography.recovery import find_spans, unmarked

# Where a line starts like this, a block starts, whatever stands before it: a block that is not
# closed costs no neighbour. So blocks can be counted without reading any.
_START = re.compile(r"^[^\S\n]*(@)\w*[ \t]*[{(]", re.MULTILINE)


@dataclass
class Account:
    """What became of the blocks of one file; each is in one count only of three."""

    path: str
    seen: int = field(
        default=0,
        metadata={
            "help": "blocks: what starts like an entry at the start of a line, counted without "
            "reading any, what starts like one within a line, and each stretch of text between"
        },
    )
    read: int = field(
        default=0,
        metadata={
            "help": "blocks that were read: entries that became a reference or, as @xdata, serve "
            "others, and @strings and @preambles"
        },
    )
    reported: int = field(
        default=0, metadata={"help": "blocks that were not read, with a problem that says why"}
    )
    comments: int = field(
        default=0, metadata={"help": "@comments, and stretches of text between blocks"}
    )
    entries: int = field(default=0, metadata={"help": "of those read: entries"})
    strings: int = field(default=0, metadata={"help": "of those read: @strings"})
    preambles: int = field(default=0, metadata={"help": "of those read: @preambles"})

    @property
    def adds_up(self) -> bool:
        """Whether every block seen was read, is reported or is a comment."""
        return self.seen == self.read + self.reported + self.comments


def account_for(files: Iterable[BibFile], bibliography: Bibliography) -> list[Account]:
    """Return what became of each file's blocks when the bibliography was read from them."""
    read: defaultdict[str, Counter[tuple[int, str]]] = defaultdict(Counter)
    for reference in bibliography.references:
        read[reference.place.path][reference.place.line, reference.study.citekey] += 1
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for problem in bibliography.problems:
        lines[problem.path].append(problem.line)
    return [_account(file, read[file.path], sorted(lines[file.path])) for file in files]


def _account(file: BibFile, read: Counter[tuple[int, str]], lines: list[int]) -> Account:
    account = Account(file.path)
    text = unmarked(file.text)
    starts = {match.start(1) for match in _START.finditer(text)}
    account.seen = len(starts)
    previous: Block | None = None
    for span in find_spans(text, parse_mended_blocks(text)):
        block = span.block
        if isinstance(previous, ParsingFailedBlock) and isinstance(block, ImplicitComment):
            continue  # the remains of a broken block, up to the next one
        previous = block
        first_line = span.line + 1
        last_line = first_line + text.count("\n", span.start, span.start + span.length)
        index = bisect_left(lines, first_line)
        is_reported = index < len(lines) and lines[index] <= last_line
        account.seen += span.start not in starts
        if isinstance(block, Entry):
            reference = (first_line, unmarked(block.key))
            is_read = read[reference] > 0
            read[reference] -= is_read
            if is_read or (block.entry_type.lower() == "xdata" and not is_reported):
                account.read += 1
                account.entries += 1
            else:
                account.reported += is_reported
        elif is_reported:
            account.reported += 1
        elif isinstance(block, String | Preamble):
            account.read += 1
            account.strings += isinstance(block, String)
            account.preambles += isinstance(block, Preamble)
        elif isinstance(block, ExplicitComment | ImplicitComment):
            account.comments += 1
    return account
