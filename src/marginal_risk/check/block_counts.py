"""BibTeX files -> what became of their blocks: what ``check --stats`` shows."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from marginal_risk.check.accounting import Account, account_for
from marginal_risk.check.corpus import Corpus, latest_today
from marginal_risk.problems import Place, Problem
from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.encoding import decode_bibtex
from marginal_risk.rows import Codebook, Records


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
    paths: Iterable[Path], are_one: bool, today: date | None = None
) -> tuple[list[FileAccount], Corpus]:
    """Return what became of each file, and a corpus of nothing but their problems.

    Files that ``are_one`` bibliography share keys, and inherit from one another; others are
    read each for itself.
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
    for group in [list(files)] if are_one else [[file] for file in files]:
        bibliography = read_references(group, today)
        problems.extend(bibliography.problems)
        for file, account in zip(group, account_for(group, bibliography), strict=True):
            accounts[file.path] = FileAccount(files[file], account)
    records = Records(Codebook(), references=())
    corpus = Corpus(Path(), records, tuple(sorted(set(problems))), "")
    return [accounts[name] for name in names], corpus


def _read(path: Path, name: str) -> tuple[str | None, str | None, list[Problem]]:
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
    name = "".join(char if char.isprintable() else "\ufffd" for char in account.path)
    said = "" if account.adds_up else "DOES NOT ADD UP"
    return [name, encoding, *(str(getattr(account, column)) for column in COLUMNS), said]


def accounts_as_json(accounts: list[FileAccount]) -> list[dict[str, object]]:
    """Return the accounts as JSON can hold them."""
    return [
        {"path": account.blocks.path, "encoding": account.encoding}
        | {name: getattr(account.blocks, name) for name in COLUMNS}
        for account in accounts
    ]
