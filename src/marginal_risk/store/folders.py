"""write_folder: a folder of files that a command makes, put in place whole or not at all.

``SHA256SUMS``, in the form that ``sha256sum --check`` reads, lists the files. So a folder that a
command made earlier is replaced, and one that holds anything else is left alone.
"""

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from marginal_risk.store.unfinished import name_beside, remove_leftovers

T = TypeVar("T")

SUMS = "SHA256SUMS"
"""The file that lists the others."""
_LINE = re.compile(r"[0-9a-f]{64}  (\S.*)")


class FolderError(Exception):
    """The files cannot be written where they were asked for; the text says why."""


def write_folder(folder: Path, write: Callable[[Path], T]) -> T:
    """Let ``write`` fill a new folder, put it in the place of ``folder``, and return its answer.

    Raises:
        FolderError: the folder cannot be written, or holds something else.
    """
    folder = folder.resolve()
    try:
        _check(folder)
        temporary = name_beside(folder, "writing")
        try:
            temporary.mkdir()
            answer = write(temporary)
            _write_sums(temporary)
            _replace(folder, temporary)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        for purpose in ("writing", "replaced"):
            remove_leftovers(folder, purpose)
    except OSError as error:
        raise FolderError(f"{folder} cannot be written: {error.strerror or error}") from error
    return answer


def _check(folder: Path) -> None:
    if not folder.parent.is_dir():
        raise FolderError(f"{folder.parent} is not a folder: create it first")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FolderError(f"{folder} is not a folder: name another")
    known = _listed(folder / SUMS)
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if _is_file(path))
    if foreign := sorted(set(found) - known):
        raise FolderError(
            f"{folder} holds {foreign[0]}, which no command wrote: name an empty folder"
        )


def _is_file(path: Path) -> bool:
    return path.is_symlink() or not path.is_dir()


def _listed(sums: Path) -> set[str]:
    """Return the paths of all files of an earlier folder; nothing where it is none."""
    try:
        lines = sums.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return set()
    return {SUMS, *(found[1] for line in lines if (found := _LINE.fullmatch(line)))}


def _write_sums(folder: Path) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{_hash(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _replace(folder: Path, made: Path) -> None:
    """Put a new folder in place of another, which is put back if that fails."""
    if not folder.exists():
        made.rename(folder)
        return
    old = name_beside(folder, "replaced")
    folder.rename(old)
    try:
        made.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old)
