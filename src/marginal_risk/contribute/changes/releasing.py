"""A release of the data: what it holds and changes, for its tag and for CHANGELOG.md.

What a release changes is what ``marginal-risk diff`` says: the data of the release before is
compared with that of this one.
"""

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from marginal_risk.check.rules import severity
from marginal_risk.contribute.changes.comparing import Changes, compare
from marginal_risk.contribute.changes.rendering import as_changelog, as_text
from marginal_risk.contribute.changes.sides import (
    ComparedSource,
    SourceError,
    find_source,
    read_source,
)
from marginal_risk.contribute.changes.snapshot import Snapshot, read_snapshot
from marginal_risk.git import ask_git
from marginal_risk.problems import Severity
from marginal_risk.publish.queries import open_database
from marginal_risk.publish.queries.evidence import Build, read_build
from marginal_risk.store.database import build_database
from marginal_risk.store.provenance import read_provenance
from marginal_risk.store.releases import (
    CellChange,
    Release,
    find_directory,
    order_of,
    read_releases,
    write_facts,
)

_DATA = "## Data\n"
"""The part of CHANGELOG.md on the data, the newest release first."""


class ReleaseError(Exception):
    """There is no such release to make or to check; the text says why."""


@dataclass(frozen=True)
class Prepared:
    """A release as its data says it is."""

    release: Release
    changes: Changes | None
    """What differs from the release before; None for the first."""
    directory: str
    """Where the data is in its repository."""

    @property
    def facts(self) -> str:
        """The lines for programs, at the end of the tag's message."""
        return write_facts(self.release, self.directory)

    @property
    def message(self) -> str:
        """The message of the tag."""
        what = as_text(self.changes) if self.changes else "The first release."
        return f"Data of {self.release.released_on}\n\n{what}\n\n{self.facts}\n"


def prepare_release(tag: str, data_dir: Path, folder: Path, *, is_made: bool) -> Prepared:
    """Return a release of the data as committed; of a tag that ``is_made``, of the data there.

    Databases are built in ``folder``.

    Raises:
        ReleaseError: the name is none, or the data is not committed, not sound or not there.
        BuildError: the folder cannot be written.
    """
    try:
        order = order_of(tag)
    except ValueError as error:
        raise ReleaseError(f"{error}.") from error
    directory = find_directory(data_dir)
    if directory is None:
        raise ReleaseError(f"Git knows no repository that holds {data_dir}.")
    known = read_releases(data_dir)
    if not is_made:
        _check_new(tag, data_dir, known)
    earlier = [release for release in known if order_of(release.tag) < order]
    after, build = _read(tag if is_made else "HEAD", tag, data_dir, folder)
    before = _read(earlier[0].tag, earlier[0].tag, data_dir, folder)[0] if earlier else None
    changes = compare(before, after) if before else None
    release = Release(
        tag,
        after.data_version,
        after.commit or "",
        build.found_studies,
        build.coded_studies,
        build.judgements,
        _changed_cells(changes),
    )
    return Prepared(release, changes, directory)


def make_tag(prepared: Prepared, data_dir: Path) -> None:
    """Make the tag of a release, in the repository that holds the data.

    Raises:
        ReleaseError: git refuses.
    """
    release = prepared.release
    words = ("tag", "--annotate", "--cleanup=verbatim", "--file=-", release.tag)
    if ask_git(data_dir, *words, release.git_commit, fed=prepared.message.encode()) is None:
        raise ReleaseError(
            f"Git does not make the tag {release.tag}. Does it know who you are"
            " (git config user.name), and may it write into the repository?"
        )


def check_tag(prepared: Prepared, data_dir: Path) -> None:
    """Compare what the tag of a release says with what its data says.

    Raises:
        ReleaseError: they differ; the text says in which line.
    """
    tag = prepared.release.tag
    answer = ask_git(data_dir, "for-each-ref", "--format=%(contents:body)", f"refs/tags/{tag}")
    said = os.fsdecode(answer or b"").rstrip().rpartition("\n\n")[2].splitlines()
    expected = prepared.facts.splitlines()
    lines = [f"  missing: {line}" for line in expected if line not in said]
    lines += [f"  not so: {line}" for line in said if line not in expected]
    if lines:
        found = "\n".join(lines)
        raise ReleaseError(f"The message of {tag} does not say what its data says:\n{found}")


def add_to_changelog(prepared: Prepared, text: str) -> str:
    """Return the text of CHANGELOG.md with the part on a release, before those of earlier ones.

    Raises:
        ReleaseError: it has no part on the data, or one on this release.
    """
    release = prepared.release
    heading = f"{release.released_on} ({release.tag})"
    if f"### {heading}\n" in text:
        raise ReleaseError(f"It has a part on {release.tag} already.")
    if text.count(_DATA) != 1:
        raise ReleaseError(f"It has not one line {_DATA.strip()!r}.")
    if prepared.changes:
        part = as_changelog(prepared.changes, heading)
    else:
        part = f"### {heading}\n\n- The first release."
    return text.replace(_DATA, f"{_DATA}\n{part}\n", 1)


def _check_new(tag: str, data_dir: Path, known: Sequence[Release]) -> None:
    if ask_git(data_dir, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}") is not None:
        raise ReleaseError(f"The tag {tag} is there already. A release is never changed.")
    if known and order_of(known[0].tag) > order_of(tag):
        raise ReleaseError(f"There is a later release already: {known[0].tag}.")
    if read_provenance(data_dir).git_commit is None:
        raise ReleaseError(f"{data_dir} is not as committed: commit or undo what differs.")


def _read(word: str, name: str, data_dir: Path, folder: Path) -> tuple[Snapshot, Build]:
    """Return the data of a revision, under a name, and what its build counts."""
    try:
        source: ComparedSource = find_source(word, data_dir, folder)
    except SourceError as error:
        raise ReleaseError(str(error)) from error
    corpus = read_source(source)
    if not corpus.is_sound:
        first = next(problem for problem in corpus.problems if severity(problem) is Severity.ERROR)
        raise ReleaseError(f"The data of {name} has errors, such as:\n{first}")
    database = folder / f"{name}.db"
    build_database(corpus, database)
    with closing(open_database(database)) as connection:
        return read_snapshot(connection, name, source.commit), read_build(connection)


def _changed_cells(changes: Changes | None) -> tuple[CellChange, ...]:
    if changes is None:
        return ()
    return tuple(
        CellChange(
            row.key["misuse_vector"],
            row.key["step"],
            None if row.before is None else row.before["state"],
            None if row.after is None else row.after["state"],
        )
        for row in changes.tables["cells"].all
    )
