"""What the scripts of the workflows do, run as GitHub's runner runs them, beside stand-ins."""

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from places import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in WORKFLOWS}

Mapping = dict[Any, Any]


def jobs(name: str) -> dict[str, Mapping]:
    found: dict[str, Mapping] = yaml.safe_load(TEXTS[name])["jobs"]
    return found


def steps(name: str) -> Iterator[Mapping]:
    for job in jobs(name).values():
        yield from job.get("steps", [])


def scripts(name: str) -> str:
    return "\n".join(step.get("run", "") for step in steps(name))


def script_of(name: str, step_name: str) -> str:
    """Return what a step runs."""
    (step,) = [step for step in steps(name) if step.get("name") == step_name]
    return str(step["run"])


def run_script(script: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a step as GitHub's runner does with 'shell: bash'."""
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    environment = {**os.environ, "RUNNER_TEMP": str(folder), **variables}
    return subprocess.run(
        words, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )


def program(folder: Path, name: str, text: str) -> None:
    """Write a program for a script to start."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


posix_only = pytest.mark.skipif(os.name != "posix", reason="GitHub's runner has a POSIX shell")


def git(folder: Path, *words: str) -> str:
    told = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(folder))
    done = subprocess.run(["git", *told, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@posix_only
@pytest.mark.parametrize(
    ("event", "changed", "code"),
    [
        ("pull_request", ["data/studies.csv", "data/bib/new.bib", "data/codebook.yml"], "false"),
        ("pull_request", ["data/published/kapoor2024.csv", "data/bib/a/b c.bib"], "false"),
        ("pull_request", ["data/studies.csv", "src/x.py"], "true"),
        ("pull_request", ["data/README.md"], "true"),
        ("pull_request", ["data/bib/run.sh"], "true"),
        ("pull_request", ["src/data/studies.csv"], "true"),
        ("push", ["data/studies.csv"], "true"),
    ],
)
def test_a_change_of_data_alone_runs_what_concerns_data(
    tmp_path: Path, event: str, changed: list[str], code: str
) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "Begin")
    for name in changed:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Change")
    script = script_of("check.yml", "Look whether anything but data changes")
    output = tmp_path / "output"
    done = run_script(script, tmp_path, GITHUB_EVENT_NAME=event, GITHUB_OUTPUT=str(output))
    assert done.returncode == 0, done.stderr
    assert output.read_text(encoding="utf-8") == f"code={code}\n"
    job = jobs("check.yml")["tests"]
    assert (job["needs"], job["if"]) == ("changed", "needs.changed.outputs.code == 'true'")


@posix_only
@pytest.mark.parametrize(("status", "code"), [(0, 0), (1, 0), (2, 2)])
def test_files_that_are_not_in_order_are_a_warning_and_stop_nothing(
    tmp_path: Path, status: int, code: int
) -> None:
    program(tmp_path, ".venv/bin/marginal-risk", f'#!/bin/sh\necho "$*"\nexit {status}\n')
    script = script_of("check.yml", "Look whether the files are in canonical order")
    done = run_script(script, tmp_path)
    assert done.stdout == "format --check --format github\n"
    # Of several commands, '||' gives the last one's status: 1 where that is not 1.
    assert bool(done.returncode) == bool(code)


GH = """#!/bin/sh
# Note what is asked, and keep what a request holds.
echo "$*" >> "$RUNNER_TEMP/asked"
for word in "$@"; do
  case "$word" in */request) cp "$word" "$RUNNER_TEMP/sent" ;; esac
done
"""


def change_folder(folder: Path, files: dict[str, str]) -> None:
    """Lay out what .ci/pack makes, as the artifact gives it to propose.yml."""
    (folder / "change" / "files").mkdir(parents=True)
    (folder / "change" / "head").write_text("0123abcd\n", encoding="utf-8")
    (folder / "change" / "body.md").write_text("Closes #7.\n", encoding="utf-8")
    for name, text in files.items():
        path = folder / "change" / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def propose(folder: Path) -> "subprocess.CompletedProcess[str]":
    program(folder, "bin/gh", GH)
    return run_script(
        script_of("propose.yml", "Hand the files to GitHub"),
        folder,
        PATH=f"{folder / 'bin'}:{os.environ['PATH']}",
        GITHUB_REPOSITORY="owner/map",
        BASE="main",
        BRANCH="coding-7",
        TITLE='Take "it" $(touch x)',
    )


@posix_only
@pytest.mark.skipif(shutil.which("jq") is None, reason="GitHub's runner has jq")
def test_files_become_one_commit_on_a_branch_of_their_own(tmp_path: Path) -> None:
    text = 'citekey\nA "quoted" line $(touch x)\n' + "x" * 200_000
    files = {"data/studies.csv": text, "data/bib/new.bib": "@misc{a}\n"}
    change_folder(tmp_path, files)
    done = propose(tmp_path)
    assert done.returncode == 0, done.stderr
    sent = json.loads((tmp_path / "sent").read_text(encoding="utf-8"))["variables"]["input"]
    assert sent["branch"] == {"repositoryNameWithOwner": "owner/map", "branchName": "coding-7"}
    assert sent["expectedHeadOid"] == "0123abcd"
    assert sent["message"] == {"headline": 'Take "it" $(touch x)'}
    assert {
        one["path"]: base64.b64decode(one["contents"]).decode()
        for one in sent["fileChanges"]["additions"]
    } == files
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[0].startswith("api repos/owner/map/git/refs --raw-field ref=refs/heads/coding-7")
    assert asked[-1].startswith("pr create --repo owner/map --base main --head coding-7")
    assert not (tmp_path / "change" / "x").exists()


@posix_only
@pytest.mark.parametrize(
    "name",
    [".github/workflows/check.yml", "src/x.py", "data/run.sh", "data/bib/a\nb.bib", "Makefile"],
)
def test_nothing_but_data_and_documents_is_handed_on(tmp_path: Path, name: str) -> None:
    change_folder(tmp_path, {name: "x"})
    done = propose(tmp_path)
    assert done.returncode == 1
    assert not (tmp_path / "asked").exists()


@posix_only
def test_what_changed_in_a_clone_is_packed_with_the_commit_it_was_made_on(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "data" / "bib").mkdir(parents=True)
    (tmp_path / "data" / "a.csv").write_text("1\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    (tmp_path / "data" / "a.csv").write_text("2\n", encoding="utf-8")
    (tmp_path / "data" / "bib" / "new.bib").write_text("@misc{a}\n", encoding="utf-8")
    (tmp_path / "other").write_text("not of the data\n", encoding="utf-8")
    (tmp_path / "change").mkdir()
    done = run_script(f"{ROOT / '.ci' / 'pack'} change", tmp_path)
    assert done.returncode == 0, done.stderr
    found = {
        p.relative_to(tmp_path / "change").as_posix() for p in (tmp_path / "change").rglob("*.*")
    }
    assert found == {"files/data/a.csv", "files/data/bib/new.bib"}
    head = (tmp_path / "change" / "head").read_text(encoding="utf-8").strip()
    assert head == git(tmp_path, "rev-parse", "HEAD")


@posix_only
def test_an_issue_is_read_as_data_and_never_run(tmp_path: Path) -> None:
    (step,) = [step for step in steps("coding.yml") if "BODY" in step.get("env", {})]
    assert step["env"]["BODY"] == "${{ github.event.issue.body }}"
    assert jobs("coding.yml")["read"]["if"] == "github.event.label.name == 'take'"
    given = {
        label
        for path in (ROOT / ".github" / "ISSUE_TEMPLATE").iterdir()
        for label in yaml.safe_load(path.read_text(encoding="utf-8")).get("labels", [])
    }
    assert "take" not in given
    program(tmp_path, ".venv/bin/marginal-risk", '#!/bin/sh\necho "$*" >> told\n')
    program(tmp_path, ".ci/pack", "#!/bin/sh\n")
    body = "$(touch ran) `touch ran` '; touch ran; ' %s \\n"
    done = run_script(step["run"], tmp_path, BODY=body, NUMBER="7")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "issue.md").read_text(encoding="utf-8") == body
    assert not (tmp_path / "ran").exists()
    told = (tmp_path / "told").read_text(encoding="utf-8").splitlines()
    assert told[0] == f"add --answers {tmp_path}/issue.md --no-input"
    assert (tmp_path / "change" / "body.md").read_text("utf-8").startswith("Closes #7.")


@posix_only
@pytest.mark.parametrize(("ids", "method"), [("", "POST"), ("41\n42\n", "PATCH")])
def test_the_comment_is_made_once_and_then_written_anew(
    tmp_path: Path, ids: str, method: str
) -> None:
    (tmp_path / "ids.txt").write_text(ids, encoding="utf-8")
    said = 'case "$*" in *--paginate*) cat ids.txt ;; *) echo "$*" >> asked ;; esac\n'
    program(tmp_path, "bin/gh", f"#!/bin/sh\n{said}")
    done = run_script(
        script_of("comment.yml", "Comment, or write the comment anew"),
        tmp_path,
        PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        GITHUB_REPOSITORY="owner/map",
        NUMBER="7",
    )
    assert done.returncode == 0, done.stderr
    place = "comments/41" if ids else "7/comments"
    (asked,) = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked == (
        f"api --method {method} repos/owner/map/issues/{place} --field body=@comment/comment.md"
    )


def test_the_comment_checks_out_and_runs_nothing_of_the_fork() -> None:
    """With 'pull_request_target', a checkout is that of the branch which the change is for."""
    for step in steps("comment.yml"):
        assert set(step.get("with", {})) <= {
            *("fetch-depth", "persist-credentials", "python-version"),
            *("name", "path", "if-no-files-found", "retention-days"),
        }
    script = scripts("comment.yml")
    assert not re.search(r"git (?:checkout|switch|merge|pull|restore|worktree)\b(?!-)", script)
    assert "github.head_ref" not in TEXTS["comment.yml"]
    assert "pull_request.head" not in TEXTS["comment.yml"]


@posix_only
@pytest.mark.parametrize(
    ("report", "opened", "asked"),
    [
        ("- one\n", "", "issue create"),
        ("- one\n", "12", "issue edit 12"),
        ("", "12", "issue close 12"),
        ("", "", ""),
    ],
)
def test_what_is_found_of_links_stands_in_one_issue(
    tmp_path: Path, report: str, opened: str, asked: str
) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "issue.md").write_text(report, encoding="utf-8")
    said = f'case "$*" in "issue list"*) echo "{opened}" ;; *) echo "$*" >> asked ;; esac\n'
    program(tmp_path, "bin/gh", f"#!/bin/sh\n{said}")
    done = run_script(
        script_of("links.yml", "Open the issue, or write it anew"),
        tmp_path,
        PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        GITHUB_REPOSITORY="owner/map",
    )
    assert done.returncode == 0, done.stderr
    path = tmp_path / "asked"
    assert (path.read_text(encoding="utf-8") if path.exists() else "").startswith(asked)


PROGRAM = """#!/bin/sh
[ "$*" = "diff HEAD^1 --format markdown" ] || exit 9
[ "$STATUS" = 0 ] && echo "One cell changes."
exit "$STATUS"
"""


@pytest.mark.skipif(os.name != "posix", reason="GitHub's runner has a POSIX shell")
@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(0, 0, "One cell changes.\n"), (2, 0, "cannot be read in the form after it"), (1, 1, "")],
)
def test_the_summary_of_a_pull_request_is_what_it_changes_on_the_map(
    tmp_path: Path, status: int, code: int, said: str
) -> None:
    (step,) = (step for step in steps("check.yml") if "GITHUB_STEP_SUMMARY" in str(step))
    # A merge's first parent is the branch that it is for: tests/test_diff.py.
    assert step["if"] == "github.event_name == 'pull_request'"
    program = tmp_path / ".venv" / "bin" / "marginal-risk"
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    summary = tmp_path / "summary.md"
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=tmp_path,
        env={**os.environ, "STATUS": str(status), "GITHUB_STEP_SUMMARY": str(summary)},
        check=False,
    )
    assert done.returncode == code
    assert said in summary.read_text(encoding="utf-8")
