"""Releases of the data: tags of git that say what each holds, and what it changed.

A release is an annotated tag named by its day, such as ``data-2026-11-28``; a second one of that
day is ``data-2026-11-28.2``. Its message ends with facts for programs, a line each, as git's
trailers are written:

    Directory: data/
    Data-Version: 0123456789ab
    Studies-Found: 110
    Studies-Coded: 7
    Judgements: 42
    Cell: biosecurity, existing_risk: partial -> addressed

So a build knows every release by one question to git. It need not build the data of each anew,
which a later program may not be able to read any more. ``marginal-risk release`` writes the
message, and the workflow of a release refuses one that says something else than the data does.

Each start reads them, to know whether a database is current: nothing large is imported here.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from marginal_risk.git import ask_git

_TAG = re.compile(r"data-(?P<day>\d{4}-\d{2}-\d{2})(?:\.(?P<number>[2-9]|[1-9]\d{1,2}))?")
_FIGURES = {
    "Studies-Found": "found_studies",
    "Studies-Coded": "coded_studies",
    "Judgements": "judgements",
}
_ABSENT = "none"
"""What stands for the state of a cell that is not on the map."""
_CELL = re.compile(
    r"(?P<vector>[a-z0-9_]{1,60}), (?P<step>[a-z0-9_]{1,60}):"
    r" (?P<before>[a-z0-9_]{1,60}) -> (?P<after>[a-z0-9_]{1,60})"
)
_ASKED = "%(refname:strip=2)%00%(*objectname)%00%(contents:body)%00%00"


@dataclass(frozen=True)
class CellChange:
    """How a release changed a cell of the map."""

    misuse_vector: str
    step: str
    state_before: str | None
    """The state in the release before; None where the cell was not on the map."""
    state_after: str | None
    """The state in this release; None where the cell is no longer on the map."""


@dataclass(frozen=True)
class Release:
    """A release of the data, as its tag says."""

    tag: str
    data_version: str
    git_commit: str
    """The commit that the tag is on."""
    found_studies: int
    coded_studies: int
    judgements: int
    cells: tuple[CellChange, ...] = ()
    """The cells that it changed; none for the first release."""

    @property
    def released_on(self) -> str:
        """The day that its name gives, YYYY-MM-DD."""
        return order_of(self.tag)[0]


def order_of(tag: str) -> tuple[str, int]:
    """Return the day and number that the name of a release gives, by which releases are ordered.

    Raises:
        ValueError: it is no name of a release; the text says what such a name is.
    """
    found = _TAG.fullmatch(tag)
    try:
        day = date.fromisoformat(found["day"]).isoformat() if found else ""
    except ValueError:
        day = ""
    if found is None or not day:
        raise ValueError(
            f"{tag!r} is no name of a release: those are data-YYYY-MM-DD, and"
            " data-YYYY-MM-DD.2 for a second one of that day"
        )
    return day, int(found["number"] or 1)


def write_facts(release: Release, directory: str) -> str:
    """Return the end of a tag's message; ``directory`` is where the data is in its repository."""
    lines = [f"Directory: {directory}", f"Data-Version: {release.data_version}"]
    lines += [f"{name}: {getattr(release, field)}" for name, field in _FIGURES.items()]
    lines += [
        f"Cell: {cell.misuse_vector}, {cell.step}:"
        f" {cell.state_before or _ABSENT} -> {cell.state_after or _ABSENT}"
        for cell in release.cells
    ]
    return "\n".join(lines)


def read_releases(data_dir: Path) -> tuple[Release, ...]:
    """Return the releases of the data that the present commit comes after, the newest first.

    There are none where git or the repository is missing. A tag of another form is no release,
    nor is one of data that lies in another directory of the repository.
    """
    directory = find_directory(data_dir)
    if directory is None:
        return ()
    asked = ("--merged=HEAD", f"--format={_ASKED}", "refs/tags/data-*")
    answer = (ask_git(data_dir, "for-each-ref", *asked) or b"").decode("utf-8", "replace")
    found = (_read_release(tag.lstrip("\n"), directory) for tag in answer.split("\0\0"))
    releases = [release for release in found if release]
    return tuple(sorted(releases, key=lambda release: order_of(release.tag), reverse=True))


def find_directory(data_dir: Path) -> str | None:
    """Return where the data is in its repository, such as ``data/``; None without a repository."""
    answer = ask_git(data_dir, "rev-parse", "--show-prefix")
    return None if answer is None else os.fsdecode(answer).strip() or "./"


def releases_version(releases: Sequence[Release]) -> str | None:
    """Return what tells one list of releases from another; None where there are none."""
    if not releases:
        return None
    return hashlib.sha256(repr(releases).encode()).hexdigest()[:12]


def _read_release(text: str, directory: str) -> Release | None:
    tag, _, rest = text.partition("\0")
    commit, _, message = rest.partition("\0")
    facts = dict(_read_facts(message))
    try:
        order_of(tag)
        figures = {field: _read_number(facts, name) for name, field in _FIGURES.items()}
    except ValueError:
        return None
    version = facts.get("Data-Version", "")
    if facts.get("Directory") != directory or not re.fullmatch(r"[0-9a-f]{12}", version):
        return None
    cells = {(cell.misuse_vector, cell.step): cell for cell in _read_cells(message)}
    return Release(tag, version, commit, **figures, cells=tuple(cells.values()))


def _read_facts(message: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each line of a message's last paragraph."""
    for line in message.rstrip().rpartition("\n\n")[2].splitlines():
        name, mark, value = line.partition(": ")
        if mark:
            yield name, value


def _read_number(facts: Mapping[str, str], name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", facts.get(name, "")):
        raise ValueError(f"{name} is no number")
    return int(facts[name])


def _read_cells(message: str) -> Iterator[CellChange]:
    for name, value in _read_facts(message):
        found = _CELL.fullmatch(value) if name == "Cell" else None
        if found:
            before, after = (None if s == _ABSENT else s for s in found.group("before", "after"))
            yield CellChange(found["vector"], found["step"], before, after)
