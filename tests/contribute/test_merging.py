"""Two contributors at once: what git makes of their branches, with real git."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from marginal_risk.check.corpus import read_corpus
from marginal_risk.check.standing import read_standing
from marginal_risk.cli import main
from marginal_risk.contribute.canonical import canonical_files
from places import ROOT

Change = Callable[[Path], None]


class Repository:
    """A repository with the invented data under data/, as this one has the published data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        shutil.copy(ROOT / ".gitattributes", folder)
        self.git("init", "--quiet", "--initial-branch=main")
        self.format()  # the invented sheets of searches and screening are in an older form
        self.commit("The data")

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        own = {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Invented",
            "GIT_AUTHOR_EMAIL": "invented@example.org",
            "GIT_COMMITTER_NAME": "Invented",
            "GIT_COMMITTER_EMAIL": "invented@example.org",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        return subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env=kept | own,
            check=False,
            capture_output=True,
            text=True,
        )

    def git(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")

    def branch(self, name: str, change: Change) -> None:
        """Make a change on a branch of its own, in canonical form, and go back to main."""
        self.git("switch", "--quiet", "--create", name, "main")
        change(self.data)
        self.format()
        self.commit(name)
        self.git("switch", "--quiet", "main")

    def format(self) -> None:
        result = CliRunner().invoke(main, ["format", "--data", str(self.data)])
        assert result.exit_code == 0, result.output

    def merge(self, *names: str) -> list[str]:
        """Merge branches one after another; return the files in conflict of the last one."""
        for name in names[:-1]:
            self.git("merge", "--quiet", "--no-edit", name)
        self.run("merge", "--quiet", "--no-edit", names[-1])
        return self.git("diff", "--name-only", "--diff-filter=U").split()

    def problems(self) -> list[tuple[str, str]]:
        """Return file and rule of all that is wrong."""
        return [(Path(p.path).name, p.rule) for p in read_corpus(self.data).problems]

    def is_canonical(self) -> bool:
        corpus = read_corpus(self.data)
        return all(path.read_bytes() == text.encode() for path, text in canonical_files(corpus))

    def codings(self) -> list[str]:
        return [row.key.citekey for row in read_corpus(self.data).records.codings]


@pytest.fixture
def repository(tiny: Path) -> Repository:
    return Repository(tiny.parent)


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def adding(citekey: str, bib: str = "invented.bib") -> Change:
    """Return the change that adds a study, its screening, its coding and its rationale."""

    def change(data: Path) -> None:
        author = citekey[:-4].title()
        key = f"{citekey},fake_maps"
        append(
            data / "bib" / bib,
            f"\n@misc{{{citekey},\n  author = {{{author}, Ann}},\n"
            f"  title = {{The Invention of {author}}},\n  year = {{2024}},\n"
            f"  howpublished = {{Nowhere Preprints}},\n  doi = {{10.5555/{citekey}}},\n}}\n",
        )
        append(data / "screening.csv", f"{key},included,,argued,By chance,,2024,\n")
        append(data / "studies.csv", f"{key},person_a,2024,addressed,,,2,,,,\n")
        reason = f"Names the maps of {author}."
        append(data / "rationales.csv", f"{key},person_a,threat,high,page 1,,{reason}\n")

    return change


def replacing(name: str, old: str, new: str) -> Change:
    def change(data: Path) -> None:
        text = (data / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (data / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def test_studies_whose_rows_are_not_neighbours_merge_without_a_hand(
    repository: Repository,
) -> None:
    repository.branch("one", adding("aardvark2024"))
    repository.branch("two", adding("zebra2024"))
    assert repository.merge("one", "two") == []
    assert repository.problems() == []
    assert repository.is_canonical()
    assert repository.codings()[0] == "aardvark2024"
    assert repository.codings()[-1] == "zebra2024"


def test_that_needs_no_help_from_attributes(repository: Repository) -> None:
    (repository.folder / ".gitattributes").unlink()
    repository.commit("No attributes")
    repository.branch("one", adding("aardvark2024"))
    repository.branch("two", adding("zebra2024"))
    assert repository.merge("one", "two") == []
    assert repository.problems() == []


def test_neighbouring_rows_are_both_kept_and_format_puts_them_in_order(
    repository: Repository,
) -> None:
    repository.branch("one", adding("hollow2024", "invented.bib"))
    repository.branch("two", adding("gone2024", "tables.bib"))
    assert repository.merge("one", "two") == []
    assert repository.problems() == []
    assert not repository.is_canonical()
    repository.format()
    assert repository.is_canonical()
    assert repository.codings()[2:5] == ["gone2024", "hollow2024", "invented2020"]


def test_neighbouring_entries_conflict_and_are_mended_by_deleting_the_marks(
    repository: Repository,
) -> None:
    repository.branch("one", adding("hollow2024"))
    repository.branch("two", adding("gone2024"))
    assert repository.merge("one", "two") == ["data/bib/invented.bib"]
    # As MAINTAINING.md says it: whole entries between the marks, then no marks.
    repository.git("checkout", "--conflict=diff3", "data/bib")
    path = repository.data / "bib" / "invented.bib"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    marks = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
    path.write_text("".join(s for s in lines if not s.startswith(marks)), encoding="utf-8")
    assert repository.problems() == []
    repository.format()
    assert repository.codings()[2:5] == ["gone2024", "hollow2024", "invented2020"]


@pytest.mark.parametrize(
    ("name", "rule", "old", "new"),
    [
        ("studies.csv", "duplicate-coding", "Settled in a talk.", "Settled in {} talks."),
        ("rationales.csv", "duplicate-rationale", "without a pen", "with {} pens"),
        ("coders.csv", "duplicate-coder", "Invented, like", "Invented {} times, like"),
        ("screening.csv", "duplicate-screening", "made,,,\npretend", "made,,,{} ways.\npretend"),
    ],
)
def test_a_row_that_both_changed_stands_twice_and_check_says_so(
    repository: Repository, name: str, rule: str, old: str, new: str
) -> None:
    repository.branch("one", replacing(name, old, new.format("two")))
    repository.branch("two", replacing(name, old, new.format("three")))
    assert repository.merge("one", "two") == []
    assert repository.problems() == [(name, rule)]


def coding(coder: str) -> Change:
    """Return the change of somebody who codes a candidate."""

    def change(data: Path) -> None:
        words = ["--study", "nobody2019", "--vector", "robot_calls", "--coder", coder]
        words += ["--coder-name", coder.title()] * (coder not in ("person_a", "person_b"))
        words += ["--coded-on", "2024-05-01", "--level", "threat=partial"]
        words += ["--rationale", f"threat=Names no caller, says {coder}."]
        words += ["--locator", "threat=page 2", "--confidence", "threat=high"]
        words += ["--version-read", "The report", "--read", "whole"]
        result = CliRunner().invoke(main, ["add", "--data", str(data), "--no-input", *words])
        assert result.exit_code == 0, result.output

    return change


def test_two_who_code_one_candidate_edit_no_line_of_each_other(repository: Repository) -> None:
    before = (repository.data / "screening.csv").read_bytes()
    repository.branch("one", coding("person_a"))
    repository.branch("two", coding("person_b"))
    assert repository.merge("one", "two") == []
    assert repository.problems() == []
    assert (repository.data / "screening.csv").read_bytes() == before
    stands = {row[:3] for row in read_standing(read_corpus(repository.data).records)}
    assert ("nobody2019", "robot_calls", "included") in stands


def screening(screener: str, decision: str) -> Change:
    row = f"nobody2019,robot_calls,title,{screener},{decision},,2024-05-01,,\n"
    return lambda data: append(data / "decisions.csv", row)


def test_two_who_screen_one_candidate_keep_both_decisions(repository: Repository) -> None:
    repository.branch("one", screening("person_a", "include"))
    repository.branch("two", screening("person_b", "unsure"))
    assert repository.merge("one", "two") == []
    assert repository.problems() == []
    assert len(read_corpus(repository.data).records.decisions) == 2


def test_entries_kept_line_by_line_would_be_braided_so_they_are_not(
    repository: Repository,
) -> None:
    append(repository.folder / ".gitattributes", "*.bib merge=union\n")
    repository.commit("Keep the lines of both sides in .bib files, too")
    repository.branch("one", adding("hollow2024"))
    repository.branch("two", adding("gone2024"))
    assert repository.merge("one", "two") == []
    # The brace between the two is lost.
    assert ("invented.bib", "unreadable-entry") in repository.problems()


def test_a_sheet_that_an_editor_saved_for_windows_enters_the_history_with_line_feeds(
    repository: Repository,
) -> None:
    path = repository.data / "coders.csv"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"\n", b"\r\n"))
    repository.commit("Saved by a spreadsheet")
    assert repository.git("show", "HEAD:data/coders.csv").encode() == before
