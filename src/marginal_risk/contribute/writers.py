"""Who writes to the data: one command at a time, and all of a change or nothing of it.

A change is written in four steps, and a command that is killed at any of them loses nothing:

1. Its new files, and a copy of those that they replace, are written into a folder of their own
   within the data directory, and synced to the disk. Killed before the next step, the data is as
   it was, and the next writer removes the folder.
2. The folder gets the name CHANGE: the change now counts.
3. Its files take their places: first the bibliography, last the sheets that refer to it. Killed
   here, ``marginal-risk check`` names the command that does the rest: any that writes.
4. The folder is removed.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock, Timeout

from marginal_risk.read.files import CHANGE, SHEETS
from marginal_risk.store.unfinished import name_beside, remove_leftovers

WAIT = 60.0
"""Seconds to wait for another writer: an import of 10,000 works takes less."""
_LOCK = ".lock"
_STAGED = f"{CHANGE}-"
_NEW, _OLD = "new", "old"
# What a row names stands before it: studies, coders, then what is said about them.
_LAST = (
    *("coders.csv", "searches.csv", "screening.csv", "decisions.csv"),
    *("rationales.csv", "studies.csv"),
)


class WriteError(Exception):
    """The data cannot be changed; the text says why, and what to do."""


@contextmanager
def only_writer(
    data_dir: Path, command: str, say: Callable[[str], None], wait: float = WAIT
) -> Iterator[None]:
    """Let nobody else write to the data until the end: hold this to read, check and write.

    Who must wait is told for whom. What a killed command has left is removed, and a change that
    it has begun is finished. ``command`` is who writes, for the others' messages.

    Raises:
        WriteError: another command writes for longer than ``wait`` seconds, the folder cannot be
            written, or a change that was begun cannot be finished.
    """
    path = data_dir / _LOCK
    lock = FileLock(path)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            say(f"'marginal-risk {command}' waits for {_holder(path)}, which writes to {data_dir}.")
            lock.acquire(timeout=wait)
    except Timeout:
        raise WriteError(
            f"{_holder(path)} still writes to {data_dir}. Try again when it has ended"
        ) from None
    except OSError as error:
        raise WriteError(f"{data_dir} cannot be changed ({error.strerror or error})") from error
    try:
        _say_who_holds(path, command)
        with _refusals_explained(data_dir):
            for leftover in data_dir.glob(f"{_STAGED}*"):
                _remove(leftover)
            for name in _finish_change(data_dir):
                say(f"{data_dir / name}: written, to finish a change that was broken off")
        yield
    finally:
        # Removed while it is held: whoever waits then makes and locks a new one.
        with suppress(OSError):
            path.unlink()
        lock.release()


def write_files(folder: Path, texts: Mapping[Path, str]) -> None:
    """Replace all of these files below ``folder``, or none. Hold ``only_writer`` around it.

    Raises:
        OSError: a file cannot be written; all are as they were.
    """
    if not texts:
        return
    names = _in_order(path.relative_to(folder) for path in texts)
    staged = Path(mkdtemp(prefix=_STAGED, dir=folder))
    try:
        for name in names:
            _stage(staged / _NEW / name, texts[folder / name].encode(), like=folder / name)
            if (folder / name).exists():
                _stage(staged / _OLD / name, (folder / name).read_bytes(), like=folder / name)
        _sync(*(path for path in staged.rglob("*") if path.is_dir()), staged)
        staged.rename(folder / CHANGE)
    except BaseException:
        shutil.rmtree(staged)
        raise
    replaced: list[Path] = []
    try:
        _put_in_place(folder, names, replaced)
    except BaseException:
        # Where that fails, too, the change stays, and the next writer finishes it.
        for name in reversed(replaced):
            _put_back(folder, name)
        _discard(folder / CHANGE)
        raise
    _discard(folder / CHANGE)


def write_file(path: Path, text: str) -> None:
    """Replace one file outside the data, in one step; raise OSError and leave it as it was."""
    remove_leftovers(path, "writing")
    unfinished = name_beside(path, "writing")
    try:
        _stage(unfinished, text.encode(), like=path)
        unfinished.replace(path)
        _sync(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _put_in_place(folder: Path, names: Iterable[Path], replaced: list[Path]) -> None:
    """Move the files of a change to where they belong, noting each in ``replaced``."""
    _sync(folder)
    for name in names:
        (folder / CHANGE / _NEW / name).replace(folder / name)
        replaced.append(name)
    _sync(*{(folder / name).parent for name in replaced})


def _put_back(folder: Path, name: Path) -> None:
    """Give a file its old content; until then, the change has the new one again."""
    new, old = (folder / CHANGE / side / name for side in (_NEW, _OLD))
    if old.exists():
        again = old.with_name(f".{old.name}.again")
        os.link(folder / name, new)
        os.link(old, again)
        again.replace(folder / name)
    else:
        (folder / name).rename(new)


def _finish_change(folder: Path) -> list[Path]:
    """Finish the change that a killed command has begun; return the files that it lacked.

    Raises:
        WriteError: somebody has edited a file since; nothing is changed.
    """
    change = folder / CHANGE
    if not change.is_dir() or change.is_symlink():
        return []
    found = (path.relative_to(change / _NEW) for path in (change / _NEW).rglob("*.*"))
    names = _in_order(name for name in found if _is_input(folder, name))
    for name in names:
        if _content(folder / name) != _content(change / _OLD / name):
            raise WriteError(
                f"{folder / name} was edited after a change to it was broken off. Take what it"
                f" lacks from {change / _NEW / name}, and remove the folder {change}"
            )
    _put_in_place(folder, names, [])
    _discard(change)
    return names


def _is_input(folder: Path, name: Path) -> bool:
    """Tell whether a build reads a file of this name, and it lies within the folder."""
    is_input = str(name) in SHEETS or (name.parts[0] == "bib" and name.suffix == ".bib")
    place = (folder / name).parent.resolve()
    is_file = (folder / CHANGE / _NEW / name).is_file()
    return is_input and is_file and place.is_relative_to(folder.resolve())


def _in_order(names: Iterable[Path]) -> list[Path]:
    def place(name: Path) -> tuple[int, Path]:
        return (_LAST.index(str(name)) + 1 if str(name) in _LAST else 0), name

    return sorted(names, key=place)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _stage(path: Path, content: bytes, like: Path) -> None:
    """Write a file that is to replace ``like``, and wait until it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if like.exists():
        shutil.copymode(like, path)


def _sync(*folders: Path) -> None:
    """Wait until the names in these folders are on the disk, where a system can be asked to."""
    if os.name != "posix":
        return
    for folder in folders:
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _discard(change: Path) -> None:
    """Remove a change. It first gets a name under which it does not count."""
    _remove(change.rename(change.with_name(f"{_STAGED}{os.getpid()}")))


def _remove(leftover: Path) -> None:
    if leftover.is_dir() and not leftover.is_symlink():
        shutil.rmtree(leftover)
    else:
        leftover.unlink(missing_ok=True)


def _say_who_holds(path: Path, command: str) -> None:
    """Write into the lock who has it: only messages to others need it."""
    now = datetime.now().astimezone()
    with suppress(OSError):
        text = f"'marginal-risk {command}' (process {os.getpid()}, since {now:%H:%M})"
        path.write_text(text, encoding="utf-8")


def _holder(path: Path) -> str:
    """Return who holds the lock, as it has said there."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")[:100] or "another command"
    except OSError:
        return "another command"


@contextmanager
def _refusals_explained(folder: Path) -> Iterator[None]:
    """Raise what the disk or the system refuses as a WriteError."""
    try:
        yield
    except OSError as error:
        raise WriteError(f"{folder} cannot be changed ({error.strerror or error})") from error
