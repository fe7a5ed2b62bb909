"""``marginal-risk diff``: directories and git revisions, and what cannot be compared."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from changes_of import edit
from marginal_risk.cli import main
from marginal_risk.contribute.changes.sides import SourceError, find_source
from places import TINY
from repositories import commit, git

pytestmark = pytest.mark.usefixtures("environment")

SAME = "Nothing changes: the data is the same."
PARTIAL = ("2024-05-02,addressed,absent", "2024-05-02,addressed,partial")
CHANGED = "  Robot calls, Added risk: Contested → Partial\n"


def diff(*words: str) -> Result:
    return CliRunner().invoke(main, ["diff", *words])


def test_a_revision_against_the_data_as_it_is(repository: Path) -> None:
    edit(repository / "data" / "studies.csv", *PARTIAL)
    result = diff("start")
    assert result.exit_code == 0, result.output
    short = git(repository, "rev-parse", "--short=7", "start")
    assert result.stdout.startswith(f"What changes on the map. From start ({short}) to data.\n\n")
    assert CHANGED in result.stdout
    assert result.stderr == ""


def test_two_revisions_leave_the_working_tree_and_the_index_as_they_are(repository: Path) -> None:
    edit(repository / "data" / "studies.csv", *PARTIAL)
    commit(repository)
    (repository / "data" / "studies.csv").write_text("being edited", encoding="utf-8")
    (repository / "data" / "new.csv").write_text("new", encoding="utf-8")
    before = git(repository, "status", "--porcelain", "--branch", "--untracked-files=all")
    assert CHANGED in diff("start", "HEAD").stdout
    assert "Partial → Contested" in diff("HEAD", "start").stdout
    assert git(repository, "status", "--porcelain", "--branch", "--untracked-files=all") == before
    assert git(repository, "worktree", "list").count("\n") == 0
    assert (repository / "data" / "studies.csv").read_text(encoding="utf-8") == "being edited"


def test_a_merge_against_its_first_parent_is_what_the_branch_changes(repository: Path) -> None:
    git(repository, "switch", "--quiet", "--create", "change")
    edit(repository / "data" / "studies.csv", *PARTIAL)
    commit(repository)
    git(repository, "switch", "--quiet", "main")
    edit(repository / "data" / "coders.csv", "Toy model 0.1", "Toy model 0.2")
    commit(repository)
    git(repository, "merge", "--quiet", "--no-edit", "change")
    shown = diff("HEAD^1").stdout
    assert CHANGED in shown
    assert "Toy model" not in shown


def test_directories_need_no_repository(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.parent)
    assert diff(str(TINY)).stdout.endswith(f"{SAME}\n")
    edit(tiny / "studies.csv", *PARTIAL)
    assert CHANGED in diff(str(TINY), "data").stdout
    assert CHANGED in diff(str(TINY), "--data", str(tiny)).stdout


def test_the_three_forms(repository: Path) -> None:
    assert diff("start").stdout.endswith(f"\n{SAME}\n")
    markdown = diff("start", "--format", "markdown")
    assert markdown.stdout.startswith("## What changes on the map\n\nFrom start (")
    assert markdown.stdout.endswith(f"\n\n{SAME}\n")
    told = json.loads(diff("start", "--format", "json").stdout)
    assert told["base"]["commit"] == git(repository, "rev-parse", "start")
    assert told["head"] == {
        "name": "data",
        "commit": None,
        "data_version": told["base"]["data_version"],
    }


def test_a_directory_is_taken_before_a_branch_of_its_name(repository: Path) -> None:
    edit(repository / "data" / "studies.csv", *PARTIAL)
    git(repository, "branch", "data")
    assert diff("data").stdout.endswith(f"{SAME}\n")
    assert CHANGED in diff("refs/heads/data").stdout


def test_data_at_the_root_of_a_repository(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tiny, "init", "--quiet")
    commit(tiny)
    edit(tiny / "studies.csv", *PARTIAL)
    monkeypatch.chdir(tiny)
    assert CHANGED in diff("HEAD", "--data", ".").stdout


@pytest.mark.parametrize(
    "revision",
    [
        "nowhere",
        "",
        "-x",
        "--upload-pack=touch pwned",
        "--output=pwned",
        "--all",
        "start..main",
        "^start",
        "start; touch pwned",
        "$(touch pwned)",
        "start\0",
        "start\nmain",
        "HEAD:data",
        "\x1b[31m",
        "@{99.years.ago}@{upstream}",
    ],
)
def test_what_is_no_revision_is_refused_with_exit_code_2(repository: Path, revision: str) -> None:
    result = diff("--", revision)
    assert result.exit_code == 2
    assert "is neither a directory nor a revision" in result.stderr.replace("\n", " ")
    assert "\x1b" not in result.stderr
    assert result.stdout == ""
    assert sorted(path.name for path in repository.iterdir()) == [".git", "data"]


def test_without_a_repository_the_message_says_so(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.parent)
    result = diff("HEAD")
    assert result.exit_code == 2
    assert "git knows no repository that holds data" in result.stderr.replace("\n", " ")


def test_a_revision_without_the_data_says_so(repository: Path) -> None:
    git(repository, "rm", "-r", "--quiet", "--cached", "data")
    git(repository, "commit", "--quiet", "--message", "Remove the data")
    result = diff("HEAD")
    assert result.exit_code == 2
    assert "At revision 'HEAD' there is no data in data." in result.stderr


def test_data_with_errors_is_named_as_the_user_knows_it(repository: Path) -> None:
    edit(
        repository / "data" / "studies.csv", "fictive2022,robot_calls,person_b", "no,robot_calls,b"
    )
    commit(repository)
    for words, name in ((("main", "start"), "main"), (("start", "main"), "main")):
        result = diff(*words)
        assert result.exit_code == 2
        assert f"'{name}' cannot be compared: its data has errors." in result.stderr
        assert "main:data/studies.csv:3: citekey: 'no' is not" in result.stderr
        assert "/" not in result.stderr.replace("data/", "").replace("bib/", "")
        assert "name a later revision" in result.stderr
        assert result.stdout == ""
    result = diff("start")
    assert result.exit_code == 2
    assert "data/studies.csv:3: citekey: 'no' is not" in result.stderr
    assert "name a later revision" not in result.stderr


def test_data_of_an_older_form_is_refused_and_says_what_is_missing(repository: Path) -> None:
    (repository / "data" / "screening.csv").unlink()
    commit(repository)
    git(repository, "tag", "older")
    git(repository, "checkout", "--quiet", "start", "--", "data")
    result = diff("older")
    assert result.exit_code == 2
    assert "older:data/screening.csv:1: file: The file is missing." in result.stderr


def test_many_errors_are_counted_and_not_all_printed(repository: Path) -> None:
    path = repository / "data" / "coders.csv"
    path.write_text(path.read_text(encoding="utf-8") + "X x,,nokind,,\n" * 30, encoding="utf-8")
    result = diff("start")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) < 25
    assert "\nand " in result.stderr


def test_links_and_other_files_of_a_revision_are_not_copied(
    repository: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a secret", encoding="utf-8")
    (repository / "data" / "searches.csv").unlink()
    (repository / "data" / "searches.csv").symlink_to(secret)
    (repository / "data" / "run.py").write_text("raise SystemExit", encoding="utf-8")
    commit(repository)
    copies = tmp_path / "copies"
    source = find_source("HEAD", repository / "data", copies)
    copied = {path.relative_to(source.data_dir).as_posix() for path in copies.rglob("*.*")}
    assert copied == {
        *("codebook.yml", "studies.csv", "rationales.csv", "coders.csv", "screening.csv"),
        *("comparisons.csv", "decisions.csv", "people.csv", "renamed.csv"),
        *("bib/invented.bib", "bib/tables.bib"),
    }


def test_a_tree_that_names_a_file_outside_writes_nothing_there(
    repository: Path, tmp_path: Path
) -> None:
    blob = git(repository, "hash-object", "-w", "--stdin", fed=b"bad")
    # Git's own commands refuse such a name: the tree is written as bytes.
    entry = b"100644 ../evil.csv\0" + bytes.fromhex(blob)
    tree = git(repository, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", fed=entry)
    whole = git(repository, "mktree", fed=f"040000 tree {tree}\tdata\n".encode())
    bad = git(repository, "commit-tree", whole, "-m", "bad")
    copies = tmp_path / "copies"
    with pytest.raises(SourceError):
        find_source(bad, repository / "data", copies)
    assert not [*tmp_path.rglob("evil.csv")]


def test_files_are_read_as_they_were_committed(repository: Path, tmp_path: Path) -> None:
    (repository / ".gitattributes").write_text(
        "data/studies.csv export-ignore\n*.csv eol=crlf ident export-subst filter=evil\n",
        encoding="utf-8",
    )
    git(repository, "config", "filter.evil.smudge", "touch pwned")
    commit(repository)
    source = find_source("HEAD", repository / "data", tmp_path / "copies")
    assert (source.data_dir / "studies.csv").read_bytes() == (TINY / "studies.csv").read_bytes()
    assert not [*tmp_path.rglob("pwned")]
