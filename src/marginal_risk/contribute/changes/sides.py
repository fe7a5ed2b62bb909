"""The two sides of a comparison: a data directory, or the data of a git revision."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from marginal_risk.check.corpus import Corpus, read_corpus
from marginal_risk.git import ask_git
from marginal_risk.problems import Problem

_KINDS = {".yml", ".csv", ".bib"}
# A line of 'git ls-tree' for a regular file: no link, and no other repository.
_FILE = re.compile(rb"100(?:644|755) blob (?P<blob>[0-9a-f]{40,64})\t(?P<name>.+)", re.DOTALL)
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


class SourceError(Exception):
    """A side names no data that can be read; the message says why."""


@dataclass(frozen=True)
class ComparedSource:
    """One side of a comparison."""

    name: str
    """The directory or the revision, as it was typed."""
    data_dir: Path
    """Where its files lie."""
    commit: str | None = None
    """The commit, where it is a revision."""
    prefix: str = ""
    """What problems show in place of ``data_dir`` for a revision, such as ``main:data/``."""


def find_source(word: str, data_dir: Path, copies: Path) -> ComparedSource:
    """Return the data that ``word`` names.

    A directory that exists is a data directory. Any other word is a revision of the repository
    that holds ``data_dir``: its files are copied into a folder of ``copies``, and the working
    tree stays as it is.

    Raises:
        SourceError: it is neither, or the revision has no such directory.
    """
    folder = Path(word)
    if word and folder.is_dir():
        return ComparedSource(word, folder)
    commit = _find_commit(word, data_dir)
    copy = copies / commit
    copied = 0
    try:
        for name, content in _read_files(commit, data_dir):
            path = copy / name
            if path.resolve().is_relative_to(copy.resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                copied += 1
    except OSError as error:
        raise SourceError(f"The files of {word!r} cannot be copied: {error}") from error
    if not copied:
        raise SourceError(f"At revision {word!r} there is no data in {data_dir}.")
    inside = ask_git(data_dir, "rev-parse", "--show-prefix") or b""
    return ComparedSource(word, copy, commit, f"{word}:{os.fsdecode(inside).strip()}")


def read_source(source: ComparedSource) -> Corpus:
    """Return the data of one side, checked; problems name files as the user typed them."""
    corpus = read_corpus(source.data_dir)
    if source.commit is None:
        return corpus
    copied = f"{source.data_dir}{os.sep}"

    def named(problem: Problem) -> Problem:
        texts = {
            field: getattr(problem, field).replace(copied, source.prefix)
            for field in ("path", "message", "hint")
        }
        return replace(problem, **texts)

    return replace(corpus, problems=tuple(named(problem) for problem in corpus.problems))


def _find_commit(word: str, data_dir: Path) -> str:
    if ask_git(data_dir, "rev-parse", "--git-dir") is None:
        raise SourceError(
            f"{word!r} is no directory, and no revision either: git knows no repository that"
            f" holds {data_dir}."
        )
    # Git would take a word that starts with '-' for an option; no revision has such a name.
    usable = word and "\0" not in word and not word.startswith("-")
    if usable:
        asked = ("--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}")
        commit = (ask_git(data_dir, "rev-parse", *asked) or b"").decode("ascii", "replace").strip()
        if _COMMIT.fullmatch(commit):
            return commit
    raise SourceError(
        f"{word!r} is neither a directory nor a revision of the repository that holds"
        f" {data_dir}. A shallow clone lacks older revisions: 'git fetch --unshallow' brings them."
    )


def _read_files(commit: str, data_dir: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each data file of a commit, unchanged by filters of git."""
    listed = ask_git(data_dir, "ls-tree", "-r", "-z", commit) or b""
    files = [match for line in listed.split(b"\0") if (match := _FILE.fullmatch(line))]
    wanted = [
        (os.fsdecode(file["name"]), file["blob"])
        for file in files
        if PurePosixPath(os.fsdecode(file["name"])).suffix in _KINDS
    ]
    asked = b"".join(blob + b"\n" for _, blob in wanted)
    output = ask_git(data_dir, "cat-file", "--batch", fed=asked) or b""
    for name, blob in wanted:
        header, _, rest = output.partition(b"\n")
        if header[: len(blob) + 6] != blob + b" blob ":
            raise SourceError(f"Git cannot read {name!r} of commit {commit}.")
        size = int(header.rpartition(b" ")[2])
        yield name, rest[:size]
        output = rest[size + 1 :]
