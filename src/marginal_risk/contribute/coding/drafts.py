"""Unfinished codings: files of answers in the folder of the user's settings."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from marginal_risk.contribute.coding.answers import Answers, read_answers
from marginal_risk.contribute.writers import write_file


@dataclass(frozen=True)
class Draft:
    """A file of answers that are not written into the data yet."""

    path: Path
    answers: Answers

    def __str__(self) -> str:
        key = re.search(r"@\s*\w+\s*[{(]\s*([^\s,{}]+)", self.answers.bibtex)
        entry = f"new: {key[1]}" if key else " ".join(self.answers.bibtex.split())[:50]
        steps = sum(bool(judged.level) for judged in self.answers.steps.values())
        about = self.answers.study or entry or "no study yet"
        vector = self.answers.misuse_vector or "no misuse vector yet"
        return f"{about}, {vector}, {steps} step{'' if steps == 1 else 's'} judged"


def read_draft(path: Path) -> Draft:
    """Return the answers in a file; '-' is standard input.

    Raises:
        ValueError: it cannot be read or holds no answers; the message says why.
    """
    try:
        if str(path) == "-":
            return Draft(path, read_answers(sys.stdin.buffer.read().decode("utf-8-sig")))
        return Draft(path, read_answers(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{path} is no file of answers: {error}") from error


def find_drafts(folder: Path) -> Iterator[Draft | str]:
    """Yield the drafts of a folder by name; for a damaged file, a message in its place."""
    for path in sorted(folder.glob("coding-*.json")):
        try:
            yield read_draft(path)
        except ValueError as error:
            yield str(error)


def new_draft_path(folder: Path) -> Path:
    """Return the first free name for a draft in a folder."""
    number = 1
    while (path := folder / f"coding-{number:03}.json").exists():
        number += 1
    return path


def save_draft(path: Path, answers: Answers) -> None:
    """Write the answers into a file; if that fails, the file stays as it was.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, answers.as_json())
