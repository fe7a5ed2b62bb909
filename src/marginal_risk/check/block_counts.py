"""What became of every block of BibTeX files, as ``check --stats`` shows it: none may disappear."""

import os
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path

from marginal_risk.check.corpus import Corpus
from marginal_risk.check.today import latest_today
from marginal_risk.problems import Place, Problem, printable
from marginal_risk.read.bibliography import BibFile, Bibliography, read_references
from marginal_risk.read.bibliography.blocks import BlockKind, PlacedBlock, find_blocks
from marginal_risk.read.encoding import decode_bibtex
from marginal_risk.rows import Codebook, Records

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


@dataclass(frozen=True)
class FileAccount:
    """What one file is written in, and what became of its blocks."""

    encoding: str | None
    """None where it could not be decoded: its whole text is one block, which is reported."""
    blocks: Account


COLUMNS = {
    column.name: column.metadata["help"] for column in fields(Account) if "help" in column.metadata
}
"""The counts of each file, and what they mean."""


def find_bib_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files among ``paths``, and the .bib files in those that are folders."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.suffix.lower() == ".bib")
            found.extend(sorted(p for p in inside if not p.is_dir()))
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def read_accounts(
    paths: Iterable[Path], is_one_bibliography: bool, today: date | None = None
) -> tuple[list[FileAccount], Corpus]:
    """Return what became of each file, and a corpus of nothing but their problems.

    Files of one bibliography share keys and inherit from one another; others are read each for
    itself.
    """
    today = today or latest_today()
    files: dict[BibFile, str] = {}
    accounts: dict[str, FileAccount] = {}
    problems: list[Problem] = []
    names = []
    for path in paths:
        # A name may hold bytes that are no text.
        name = os.fsencode(path).decode("utf-8", "backslashreplace")
        names.append(name)
        text, encoding, found = _read(path, name)
        problems.extend(found)
        if text is None or encoding is None:
            accounts[name] = FileAccount(None, Account(name, seen=1, reported=1))
        else:
            files[BibFile(name, text)] = encoding
    for group in [list(files)] if is_one_bibliography else [[file] for file in files]:
        bibliography = read_references(group, today)
        problems.extend(bibliography.problems)
        for file, account in zip(group, account_for(group, bibliography), strict=True):
            accounts[file.path] = FileAccount(files[file], account)
    records = Records(Codebook(), references=())
    corpus = Corpus(Path(), records, tuple(sorted(set(problems))), "")
    return [accounts[name] for name in names], corpus


def _read(path: Path, name: str) -> tuple[str | None, str | None, list[Problem]]:
    if path.exists() and not path.is_file():
        message, hint = "This is a pipe or a device.", "Save it as a file, and name that."
        return None, None, [Place(name, 1).problem("file", "unreadable-file", message, hint)]
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"The file cannot be read: {error.strerror}."
        return None, None, [Place(name, 1).problem("file", "missing-file", message)]
    return decode_bibtex(content, name)


def table_lines(accounts: list[FileAccount]) -> Iterator[str]:
    """Yield a table: a row for each file, its counts, and their sums."""
    total = Account("all files")
    for account in accounts:
        for name in COLUMNS:
            counted = getattr(total, name) + getattr(account.blocks, name)
            setattr(total, name, counted)
    rows = [["file", "encoding", *COLUMNS, ""]]
    rows += [_row(account.blocks, account.encoding or "not text") for account in accounts]
    rows += [_row(total, "")]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, encoding, *counts in rows:
        cells = [name.ljust(widths[0]), encoding.ljust(widths[1])]
        cells += [cell.rjust(width) for cell, width in zip(counts, widths[2:], strict=True)]
        yield "  ".join(cells).rstrip()


def _row(account: Account, encoding: str) -> list[str]:
    # The name of a file must not drive the terminal.
    name = printable(account.path)
    said = "" if account.adds_up else "DOES NOT ADD UP"
    return [name, encoding, *(str(getattr(account, column)) for column in COLUMNS), said]


def accounts_as_json(accounts: list[FileAccount]) -> list[dict[str, object]]:
    """Return the accounts as JSON can hold them."""
    return [
        {"path": account.blocks.path, "encoding": account.encoding}
        | {name: getattr(account.blocks, name) for name in COLUMNS}
        for account in accounts
    ]


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
    """Count a file's blocks; ``read`` has line and key of each reference, ``lines`` of problems."""
    account = Account(file.path)
    starts = {match.start(1) for match in _START.finditer(file.text)}
    account.seen = len(starts)
    previous: PlacedBlock | None = None
    for block in find_blocks(file.text):
        if previous and previous.kind is BlockKind.BROKEN and block.kind is BlockKind.TEXT:
            continue  # the remains of a broken block, up to the next one
        previous = block
        index = bisect_left(lines, block.first_line)
        is_reported = index < len(lines) and lines[index] <= block.last_line
        account.seen += block.start not in starts
        if block.kind is BlockKind.ENTRY:
            reference = (block.first_line, block.key)
            is_read = read[reference] > 0
            read[reference] -= is_read
            if is_read or (block.entry_type == "xdata" and not is_reported):
                account.read += 1
                account.entries += 1
            else:
                account.reported += is_reported
        elif is_reported:
            account.reported += 1
        elif block.kind in (BlockKind.STRING, BlockKind.PREAMBLE):
            account.read += 1
            account.strings += block.kind is BlockKind.STRING
            account.preambles += block.kind is BlockKind.PREAMBLE
        elif block.kind in (BlockKind.COMMENT, BlockKind.TEXT):
            account.comments += 1
    return account
