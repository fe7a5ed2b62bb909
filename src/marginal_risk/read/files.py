"""The files that a build reads, and the hash that tells whether they have changed."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from marginal_risk.problems import Place, Problem

CHANGE = ".change"
"""The folder, in a data directory, of a change that is being written or was broken off."""
SHEETS = (
    *("studies.csv", "rationales.csv", "comparisons.csv"),
    *("coders.csv", "screening.csv", "decisions.csv", "searches.csv"),
    *("people.csv", "renamed.csv"),
)
LATER = frozenset({"comparisons.csv", "decisions.csv", "people.csv", "renamed.csv"})
"""Sheets that the data did not have from the start: older data is read without them."""

_PLAIN_FILE = "Put the file itself here."


class Version:
    """The hash of the inputs, file by file, in the order of ``input_paths``."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def add(self, name: str, content: bytes) -> None:
        """Add a file, under its path in the data directory."""
        # A name may hold bytes that are no text (surrogateescape).
        self.digest.update(os.fsencode(f"{name}\0{len(content)}\0"))
        self.digest.update(content)

    def __str__(self) -> str:
        """12 hexadecimal digits, the same wherever the files lie."""
        return self.digest.hexdigest()[:12]


def input_paths(data_dir: Path) -> list[Path]:
    """Return the files that a build reads, in order: codebook, sheets, bibliography."""
    fixed = [data_dir / name for name in ("codebook.yml", *SHEETS)]
    return fixed + sorted(filter(_is_of_bibliography, (data_dir / "bib").rglob("*")))


def _is_of_bibliography(path: Path) -> bool:
    """Tell whether a path ends in .bib, or may hide some: links to folders are not followed."""
    return path.is_symlink() if path.is_dir() else path.suffix == ".bib"


def read_input(path: Path, data_dir: Path) -> bytes | Problem:
    """Return what an input holds, or the problem that it is not there or must not be read.

    Nothing is read outside ``data_dir``, and nothing that could go on for ever, as a device does.
    """
    place = Place(str(path), 1)
    if not path.exists() and not path.is_symlink():
        hint = "Add it; data/README.md says what it holds."
        return place.problem("file", "missing-file", "The file is missing.", hint)
    try:
        if not path.resolve(strict=True).is_relative_to(data_dir.resolve()):
            message = "This is a link that leads out of the data directory."
            return place.problem("file", "unreadable-file", message, _PLAIN_FILE)
        if path.is_file():
            return path.read_bytes()
    except (OSError, RuntimeError) as error:  # the second for links in a circle
        why = getattr(error, "strerror", None) or "its links lead in a circle"
        hint = "Let whoever runs this program read it, or put the file here anew."
        return place.problem("file", "unreadable-file", f"The file cannot be read: {why}.", hint)
    what = "a link to a folder, which is not followed" if path.is_dir() else "a pipe or a device"
    return place.problem("file", "unreadable-file", f"This is {what}.", _PLAIN_FILE)


def find_unfinished_change(data_dir: Path) -> Iterator[Problem]:
    """Yield the problem that a command was killed while it changed the data, if one was."""
    if (data_dir / CHANGE).exists():
        message = "A change to the data was broken off: some of its files are not in their places."
        hint = "'marginal-risk format' finishes it, unless a command that writes is running now."
        yield Place(str(data_dir / CHANGE), 1).problem("change", "unfinished-change", message, hint)


def find_stray_files(data_dir: Path) -> Iterator[Problem]:
    """Yield each sheet or bibliography that lies where nothing reads it, such as a second copy.

    A folder that is named like a bibliography is one, too: it may have come about by a slip.
    """
    here = sorted(path for path in data_dir.glob("*.*") if path.suffix.lower() in (".csv", ".bib"))
    for path in here:
        if path.name in SHEETS or path.name.startswith("."):
            continue
        message = "Nothing reads this file."
        meant = next((name for name in SHEETS if _is_named_like(path, name)), None)
        if path.suffix.lower() == ".bib":
            hint = f"Put it into the folder {(data_dir / 'bib').as_posix()}, or remove it."
        elif meant:
            hint = f"If it is the newer {meant!r}, give it that name; else remove it."
        else:
            hint = "data/README.md names the sheets: take its rows to one of them, and remove it."
        yield Place(str(path), 1).problem("file", "stray-file", message, hint)
    for path in sorted((data_dir / "bib").rglob("*.bib")):
        if path.is_dir() and not path.is_symlink():
            message = "This is a folder, and no file of references."
            hint = "Give it a name without .bib: what is in it is read."
            yield Place(str(path), 1).problem("file", "stray-file", message, hint)


def _is_named_like(path: Path, name: str) -> bool:
    """Tell whether a file is named as copies of a sheet are: 'studies (1).csv', 'Studies.csv'."""
    words = re.match(r"[a-z]+", path.name.lower().removeprefix("copy of "))
    return words is not None and words[0] == name.removesuffix(".csv")


def data_version(data_dir: Path) -> str:
    """Return the hash of the inputs without reading what they mean."""
    version = Version()
    for path in input_paths(data_dir):
        content = read_input(path, data_dir)
        if isinstance(content, bytes):
            version.add(path.relative_to(data_dir).as_posix(), content)
        elif content.rule != "missing-file":  # nothing was ever built from it
            version.add(path.relative_to(data_dir).as_posix(), content.message.encode())
    return str(version)


@contextmanager
def rehearse(data_dir: Path, files: Mapping[Path, str]) -> Iterator[Path]:
    """Yield a copy of a data directory in which ``files`` have their new texts; then remove it.

    Raises:
        OSError: the copy cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="marginal-risk-") as name:
        copy = Path(name) / "data"
        for path in input_paths(data_dir):
            target = copy / path.relative_to(data_dir)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                shutil.copyfile(path, target)
        for path, text in files.items():
            target = copy / path.relative_to(data_dir)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        yield copy
