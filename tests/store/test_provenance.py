"""Which commit and day a build names, whatever git is told by others."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store import provenance
from marginal_risk.store.database import build_database
from marginal_risk.store.provenance import (
    program_version,
    read_changed_days,
    read_provenance,
    shipped,
)

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

COMMITTED = "2024-03-01T23:30:00-05:00"  # already the 2nd in UTC
DAY = "2024-03-02"


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep out the caller's settings, and any repository around the temporary folder."""
    for name in [*os.environ]:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


def git(folder: Path, *words: str, day: str = COMMITTED) -> str:
    """Run git as the test's own author; return what it prints."""
    who = {
        f"GIT_{role}_{what}": "ada@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    when = {"GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z", "GIT_COMMITTER_DATE": day}
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE")
    }
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**environment, **who, **when},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def committed(tiny: Path) -> Path:
    """The data directory in a repository where everything is committed."""
    git(tiny.parent, "init", "--quiet")
    git(tiny.parent, "add", ".")
    git(tiny.parent, "commit", "--quiet", "--message", "Add the data")
    return tiny


def head(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD")


@needs_git
def test_the_commit_and_its_day_in_utc(committed: Path) -> None:
    assert read_provenance(committed) == (head(committed), DAY)


@needs_git
def test_the_last_commit_to_the_data_not_the_last_of_all(committed: Path) -> None:
    before = head(committed)
    (committed.parent / "program.py").write_text("pass\n")
    (committed / "README.md").write_text("Not an input.\n")
    git(committed.parent, "add", ".")
    later = "2024-05-01T00:00:00Z"
    git(committed.parent, "commit", "--quiet", "--message", "Other things", day=later)
    assert head(committed) != before
    assert read_provenance(committed) == (before, DAY)
    with (committed / "bib" / "invented.bib").open("a") as file:
        file.write("\n")
    git(committed.parent, "commit", "--quiet", "--all", "--message", "The data", day=later)
    assert read_provenance(committed) == (head(committed), "2024-05-01")


def change(data: Path) -> None:
    with (data / "studies.csv").open("a") as file:
        file.write("\n")


def stage(data: Path) -> None:
    change(data)
    git(data, "add", ".")


def add_untracked(data: Path) -> None:
    (data / "bib" / "new.bib").write_text("@misc{x}\n")


def add_sheet(data: Path) -> None:
    (data / "new.csv").write_text("a\n")


def add_ignored(data: Path) -> None:
    (data.parent / ".git" / "info" / "exclude").write_text("private*.bib\n")
    (data / "bib" / "private.bib").write_text("@misc{x}\n")


def delete(data: Path) -> None:
    (data / "bib" / "tables.bib").unlink()


@needs_git
@pytest.mark.parametrize("act", [change, stage, add_untracked, add_sheet, add_ignored, delete])
def test_data_that_is_not_as_committed_has_no_commit(committed: Path, act: object) -> None:
    assert callable(act)
    act(committed)
    assert read_provenance(committed).git_commit is None


@needs_git
@pytest.mark.parametrize("setting", ["status.showUntrackedFiles=no", "status.branch=true"])
def test_what_a_user_has_set_for_status_changes_nothing(committed: Path, setting: str) -> None:
    git(committed, "config", *setting.split("="))
    assert read_provenance(committed).git_commit == head(committed)
    add_untracked(committed)
    assert read_provenance(committed).git_commit is None


@needs_git
def test_a_file_that_is_no_input_takes_no_commit_away(committed: Path) -> None:
    (committed / "bib" / "invented.bib.orig").write_text("left by a merge\n")
    assert read_provenance(committed).git_commit == head(committed)


@needs_git
def test_a_data_directory_that_git_ignores_has_no_commit(committed: Path) -> None:
    root = committed.parent
    (root / ".gitignore").write_text("out/\n")
    copy = shutil.copytree(committed, root / "out" / "data")
    assert read_provenance(Path(copy)).git_commit is None


@needs_git
def test_a_data_directory_that_git_does_not_track_has_no_commit(committed: Path) -> None:
    copy = shutil.copytree(committed, committed.parent / "copy")
    assert read_provenance(Path(copy)).git_commit is None


@needs_git
def test_a_repository_without_a_commit(tiny: Path) -> None:
    git(tiny, "init", "--quiet")
    assert read_provenance(tiny).git_commit is None


@needs_git
def test_a_hooks_environment_does_not_lead_to_another_repository(
    committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    (other / "studies.csv").write_text("other\n")
    git(other, "add", ".")
    git(other, "commit", "--quiet", "--message", "Another repository")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    assert read_provenance(committed) == (head(committed), DAY)


@needs_git
def test_no_hook_of_the_repository_is_run(committed: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n")
    trap.chmod(0o755)
    hooks = committed.parent / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "post-checkout", "pre-commit", "fsmonitor-watchman"):
        shutil.copy(trap, hooks / hook)
    git(committed, "config", "core.fsmonitor", str(trap))
    git(committed, "config", "log.showSignature", "true")
    git(committed, "config", "gpg.program", str(trap))
    os.utime(committed / "studies.csv", (0, 0))  # makes git look into the file again
    assert read_provenance(committed).git_commit
    assert not (tmp_path / "sprung").exists()


@needs_git
def test_the_index_is_left_alone(committed: Path) -> None:
    index = committed.parent / ".git" / "index"
    before = index.read_bytes()
    os.utime(committed / "studies.csv", (0, 0))
    assert read_provenance(committed).git_commit
    assert index.read_bytes() == before


def test_without_a_repository_the_day_is_that_of_the_build(tiny: Path) -> None:
    before = datetime.now(UTC).date().isoformat()
    commit, day = read_provenance(tiny)
    assert commit is None
    assert before <= day <= datetime.now(UTC).date().isoformat()


@needs_git
def test_without_git_there_is_no_commit(
    committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert read_provenance(committed).git_commit is None


@pytest.mark.parametrize(("epoch", "day"), [("0", "1970-01-01"), ("1709337600", "2024-03-02")])
def test_source_date_epoch_is_honoured(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, epoch: str, day: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert read_provenance(tiny) == (None, day)


@pytest.mark.parametrize("epoch", ["", "soon", "-1", "1.5"])
def test_a_source_date_epoch_that_is_none_is_ignored(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert read_provenance(tiny).data_date >= "2024"


@needs_git
def test_a_commit_goes_before_source_date_epoch(
    committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert read_provenance(committed) == (head(committed), DAY)


# The program -----------------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the program as a clone has it, which the functions here look at."""
    package = Path(shutil.copytree(provenance.PACKAGE, tmp_path / "clone/src/marginal_risk"))
    shutil.copytree(shipped("migrations"), tmp_path / "clone/migrations")
    monkeypatch.setattr(provenance, "PACKAGE", package)
    program_version.cache_clear()
    yield tmp_path / "clone"
    program_version.cache_clear()


@pytest.mark.parametrize(
    "name",
    [
        "src/marginal_risk/store/views/gaps.sql",
        "src/marginal_risk/store/loading.py",
        "migrations/env.py",
        "migrations/versions/0001_first_tables.py",
    ],
)
def test_the_version_changes_with_the_program(clone: Path, name: str) -> None:
    before = program_version()
    program_version.cache_clear()
    with (clone / name).open("a") as file:
        file.write("\n")
    assert program_version() != before


def test_the_version_does_not_change_with_what_is_no_program(clone: Path) -> None:
    before = program_version()
    program_version.cache_clear()
    (clone / "src/marginal_risk/notes.txt").write_text("notes\n")
    assert program_version() == before


def test_a_clone_and_a_wheel_have_one_version(clone: Path) -> None:
    before = program_version()
    program_version.cache_clear()
    (clone / "migrations").rename(clone / "src/marginal_risk/migrations")
    assert program_version() == before


def test_the_version_is_twelve_hexadecimal_digits() -> None:
    assert len(bytes.fromhex(program_version())) == 6


@pytest.mark.usefixtures("clone")
def test_what_is_not_shipped() -> None:
    with pytest.raises(FileNotFoundError, match=r"no_such_thing is missing"):
        shipped("no_such_thing")


@needs_git
def test_each_line_of_a_sheet_has_the_day_of_the_last_commit_to_it(committed: Path) -> None:
    sheet = committed / "studies.csv"
    lines = sheet.read_text("utf-8").splitlines(keepends=True)
    assert read_changed_days(committed, "studies.csv") == dict.fromkeys(
        range(1, len(lines) + 1), DAY
    )
    lines[2] = lines[2].rstrip("\n") + " \n"
    sheet.write_text("".join(lines), "utf-8")
    git(committed, "commit", "--all", "--quiet", "--message", "x", day="2025-02-03T12:00:00Z")
    days = read_changed_days(committed, "studies.csv")
    assert days.pop(3) == "2025-02-03"
    assert set(days.values()) == {DAY}


def test_lines_of_a_sheet_that_git_does_not_know_have_no_day(tiny: Path) -> None:
    assert read_changed_days(tiny, "studies.csv") == {}


@needs_git
def test_a_coding_changed_on_the_day_of_the_last_commit_to_it_or_its_reasons(
    committed: Path, tmp_path: Path
) -> None:
    reasons = committed / "rationales.csv"
    header, first, *rest = reasons.read_text("utf-8").splitlines(keepends=True)
    cells = first.rstrip("\n").rpartition(",")
    changed = f"{cells[0]},Now for another invented reason\n"
    reasons.write_text("".join([header, changed, *rest]), "utf-8")
    git(committed, "commit", "--all", "--quiet", "--message", "x", day="2025-02-03T12:00:00Z")
    corpus = read_corpus(committed)
    assert corpus.problems == ()
    build_database(corpus, tmp_path / "out.db")
    connection = sqlite3.connect(tmp_path / "out.db")
    days = dict(connection.execute("select citekey || ' ' || coder, changed_on from codings"))
    connection.close()
    citekey, _, coder, *_ = first.split(",")
    assert days.pop(f"{citekey} {coder}") == "2025-02-03"
    assert set(days.values()) == {DAY}
