"""What the workflows promise: nothing can write but what must, and nobody's code with a token."""

import hashlib
import os
import re
import shlex
import subprocess
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from marginal_risk.cli import main
from places import ROOT
from repositories import git

WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in WORKFLOWS}
each_workflow = pytest.mark.parametrize("name", TEXTS)

Mapping = dict[Any, Any]


def read(name: str) -> Mapping:
    workflow: Mapping = yaml.safe_load(TEXTS[name])
    return workflow


def jobs(name: str) -> dict[str, Mapping]:
    found: dict[str, Mapping] = read(name)["jobs"]
    return found


def steps(name: str) -> Iterator[Mapping]:
    for job in jobs(name).values():
        yield from job.get("steps", [])


def scripts(name: str) -> str:
    return "\n".join(step.get("run", "") for step in steps(name))


def test_there_are_ten_and_no_file_of_another_kind() -> None:
    assert list(TEXTS) == [
        *("audit.yml", "check.yml", "coding.yml", "comment.yml", "format.yml", "links.yml"),
        *("pages.yml", "propose.yml", "publish.yml", "release.yml"),
    ]


@each_workflow
def test_nothing_starts_a_workflow_that_gives_a_fork_a_token(name: str) -> None:
    """But for the comment, which has a token and nothing of the fork: see below."""
    triggers = read(name)[True]  # YAML 1.1 reads 'on' as a truth value
    if name in ("pages.yml", "propose.yml"):
        assert set(triggers) == {"workflow_call"}
        return
    assert (
        triggers
        == {
            "audit.yml": {
                "schedule": [{"cron": "17 5 * * 1"}],
                "push": {"branches": ["main"], "paths": ["requirements/**"]},
                "workflow_dispatch": None,
            },
            "check.yml": {"pull_request": None, "workflow_call": None},
            "coding.yml": {"issues": {"types": ["labeled"]}},
            "comment.yml": {
                "pull_request_target": {
                    "types": ["opened", "synchronize", "reopened"],
                    "paths": ["data/**"],
                }
            },
            "format.yml": {
                "workflow_dispatch": {
                    "inputs": {
                        "documents": {
                            "description": "Write the generated parts of the documents, too",
                            "type": "boolean",
                            "default": False,
                        }
                    }
                }
            },
            "links.yml": {"schedule": [{"cron": "41 4 * * 2"}], "workflow_dispatch": None},
            "publish.yml": {"push": {"branches": ["main"]}},
            "release.yml": {"push": {"tags": ["data-*"]}},
        }[name]
    )


@each_workflow
def test_a_workflow_may_do_nothing_and_each_job_says_what_it_may(name: str) -> None:
    assert read(name)["permissions"] == {}
    for job in jobs(name).values():
        assert isinstance(job["permissions"], dict)


@each_workflow
def test_every_permission_has_a_line_with_a_reason(name: str) -> None:
    granted = re.findall(r"^ {6}([a-z-]+: (?:read|write))(.*)$", TEXTS[name], re.MULTILINE)
    listed = [
        f"{what}: {how}" for j in jobs(name).values() for what, how in j["permissions"].items()
    ]
    assert [line for line, _ in granted] == listed
    assert all(re.match(r" # [a-z]\w* \w+", reason) for _, reason in granted)


@each_workflow
def test_a_job_that_may_write_runs_nothing_of_the_project(name: str) -> None:
    for job in jobs(name).values():
        if "write" in job["permissions"].values():
            if "uses" in job:
                called = job["uses"].removeprefix("$/.github/workflows/")
                assert called in ("pages.yml", "propose.yml")
                continue
            words = str(job["steps"])
            for own in ("checkout", "make ", "python", ".venv", ".ci", "pip", "npm", "docker run"):
                assert own not in words
        elif "steps" in job:
            assert job["permissions"] == {"contents": "read"}


def test_each_job_that_may_write_waits_for_those_that_run_code() -> None:
    writing = {
        (name, key): job
        for name in TEXTS
        for key, job in jobs(name).items()
        if "write" in job["permissions"].values()
    }
    assert {place: job.get("needs") for place, job in writing.items()} == {
        ("coding.yml", "propose"): "read",
        ("comment.yml", "comment"): "describe",
        ("format.yml", "propose"): "write",
        ("links.yml", "tell"): "ask",
        ("pages.yml", "publish"): "freeze",
        ("propose.yml", "propose"): None,  # it is called by the two that wait
        ("publish.yml", "publish"): ["check", "build"],
        ("publish.yml", "copy"): ["check", "build"],
        ("release.yml", "publish"): ["check", "build"],
    }
    assert writing["publish.yml", "publish"]["needs"] == ["check", "build"]
    assert set(jobs("publish.yml")) == {"check", "build", "publish", "copy"}


@each_workflow
def test_every_action_is_githubs_own_and_pinned_by_its_commit(name: str) -> None:
    used = re.findall(r"^\s*(?:- )?uses: (.+)$", TEXTS[name], re.MULTILINE)
    assert used
    for action in used:
        pinned = re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)
        own = r"\$/\.github/workflows/(?:check|pages|propose)\.yml # of the same commit"
        assert pinned or re.fullmatch(own, action)


def test_an_action_has_one_version_in_all_workflows() -> None:
    used = set(
        re.findall(r"uses: (actions/[a-z-]+)@(.+)$", "\n".join(TEXTS.values()), re.MULTILINE)
    )
    assert len(used) == len({action for action, _ in used})


@each_workflow
def test_no_checkout_leaves_its_token_behind_and_each_has_the_history(name: str) -> None:
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"fetch-depth": 0, "persist-credentials": False}


@each_workflow
def test_no_script_is_put_together_from_what_others_write(name: str) -> None:
    assert "${{" not in scripts(name)


@each_workflow
def test_a_pipe_that_breaks_stops_a_job(name: str) -> None:
    if " | " in scripts(name):
        assert read(name)["defaults"] == {"run": {"shell": "bash"}}


@each_workflow
def test_nothing_asks_for_a_secret(name: str) -> None:
    assert not re.search(r"secrets\s*[.\[:]", TEXTS[name])


@each_workflow
def test_every_job_has_an_end_and_a_runner_that_stays_the_same(name: str) -> None:
    assert read(name)["concurrency"]["group"]
    for job in jobs(name).values():
        if "uses" not in job:
            assert job["timeout-minutes"] <= 40
            assert re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"])


def test_a_pull_request_is_told_its_problems_and_whether_tests_pass() -> None:
    told = scripts("check.yml").splitlines()
    assert ".venv/bin/marginal-risk check --format github" in told
    assert ".venv/bin/python .ci/published_tables.py" in told
    assert ".ci/run" in told


@each_workflow
def test_everything_that_a_script_starts_is_there(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake (\S+)", scripts(name)):
        rule = target.replace(".venv/", "$(VENV)/")
        assert re.search(rf"^(?:\w+ := )?{re.escape(rule)}", makefile, re.MULTILINE), target
    for path in re.findall(r"\.ci/\S+", scripts(name)):
        assert (ROOT / path).is_file()
    for command in re.findall(r"bin/marginal-risk (\S+)", scripts(name)):
        assert command in main.commands


@pytest.mark.skipif(os.name != "posix", reason="GitHub's runner has a POSIX shell")
@pytest.mark.parametrize("live", ["", "https://map.example.org/"])
def test_the_copy_for_the_hosts_pages_is_packed_as_the_host_wants_it(
    tmp_path: Path, live: str
) -> None:
    done, packed, kept = list(steps("pages.yml"))[2:5]
    program = tmp_path / ".venv" / "bin" / "marginal-risk"
    program.parent.mkdir(parents=True)
    program.write_text(
        '#!/bin/sh\necho "$@" > words\nmkdir site; echo map > site/index.html\n', encoding="utf-8"
    )
    program.chmod(0o755)
    (tmp_path / "Makefile").write_text(".venv/.ready-to-run:\n\ttouch $@\n", encoding="utf-8")
    environment = {**os.environ, "ADDRESS": "https://owner.example.org/map/", "LIVE": live}
    for step in (done, packed):
        subprocess.run(["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=environment, check=True)
    command, *words = shlex.split((tmp_path / "words").read_text(encoding="utf-8"))
    context = main.commands[command].make_context(command, words, resilient_parsing=True)
    assert context.params["address"] == "https://owner.example.org/map/"
    assert context.params["live"] == (live or None)
    with tarfile.open(tmp_path / kept["with"]["path"]) as file:
        assert "./index.html" in file.getnames()
    # https://github.com/actions/deploy-pages takes the artifact of this name.
    assert kept["with"]["name"] == "github-pages"
    assert jobs("publish.yml")["copy"]["if"].startswith("${{ vars.COPY_ADDRESS != '' && !")


@pytest.mark.skipif(os.name != "posix", reason="GitHub's runner has a POSIX shell")
def test_a_release_has_the_database_the_packages_the_site_and_their_hashes(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "Begin")
    message = "Data of 2024-06-01\n\nThe **first** release."
    git(tmp_path, "tag", "--annotate", "--message", message, "data-2024-06-01")
    program = tmp_path / "program"
    program.write_text(
        '#!/bin/sh\necho "$@" >> words\nfor last; do :; done\n'
        'if [ "$1" = build ]; then echo data > "$last"; else\n'
        'mkdir "$last"; echo b > "$last/b"; echo "$1" > "$last/a"; fi\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    (tmp_path / "Makefile").write_text("sbom:\n\techo parts > sbom.cdx.json\n", encoding="utf-8")
    environment = {**os.environ, "MARGINAL_RISK": str(program)}
    made = []
    for folder in ("one", "two"):
        words = [str(ROOT / ".ci" / "release"), "data-2024-06-01", folder]
        subprocess.run(words, cwd=tmp_path, env=environment, check=True, capture_output=True)
        files = sorted((tmp_path / folder).rglob("*"))
        made.append({f.relative_to(tmp_path / folder).as_posix(): f for f in files if f.is_file()})
    one, two = made
    names = ["data-2024-06-01-site.tar.gz", "data-2024-06-01.tar.gz", "evidence.db"]
    expected = [*(f"files/{name}" for name in names), "files/sbom.cdx.json", "notes.md"]
    assert sorted(one) == ["files/SHA256SUMS", *expected]
    assert one.keys() == two.keys()
    assert all(one[name].read_bytes() == two[name].read_bytes() for name in one)
    assert one["notes.md"].read_text("utf-8").rstrip() == "    The **first** release."
    sums = dict(line.split()[::-1] for line in one["files/SHA256SUMS"].read_text().splitlines())
    assert sums == {
        name: hashlib.sha256(one[f"files/{name}"].read_bytes()).hexdigest()
        for name in [*names, "sbom.cdx.json"]
    }
    with tarfile.open(one["files/data-2024-06-01-site.tar.gz"]) as file:
        assert [member.name for member in file][1:] == [f"{names[0][:-7]}/a", f"{names[0][:-7]}/b"]
    for line in (tmp_path / "words").read_text("utf-8").splitlines():
        command, *words = shlex.split(line)
        (tmp_path / "data").mkdir(exist_ok=True)
        main.commands[command].make_context(command, words, resilient_parsing=True)


def test_a_tag_that_says_something_else_than_its_data_is_not_released() -> None:
    told = [step.get("run", "") for step in steps("release.yml")]
    (held,) = [n for n, run in enumerate(told) if 'release --check "$GITHUB_REF_NAME"' in run]
    (made,) = [n for n, run in enumerate(told) if run.startswith(".ci/release ")]
    assert held < made
    (signed,) = [s for s in steps("release.yml") if "subject-checksums" in s.get("with", {})]
    assert signed["with"]["subject-checksums"] == "release/files/SHA256SUMS"


def test_the_bill_of_materials_is_kept_with_the_run_and_signed() -> None:
    told = list(steps("publish.yml"))
    (made,) = [step for step in told if step.get("run") == "make sbom"]
    (kept,) = [step for step in told if step.get("with", {}).get("name") == "sbom"]
    (signed,) = [step for step in told if "predicate-path" in step.get("with", {})]
    assert told.index(made) < told.index(kept) < told.index(signed)
    assert kept["with"]["path"] == "sbom.cdx.json"
    assert signed["with"]["predicate-path"] == "artifacts/sbom/sbom.cdx.json"
    assert signed["with"]["subject-digest"] == "${{ steps.push.outputs.digest }}"


def test_the_workflows_and_the_image_have_the_oldest_python_that_is_promised() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=")
    assert set(re.findall(r'python-version: "(.+?)"', "".join(TEXTS.values()))) == {oldest}
    assert f"\nFROM python:{oldest}-" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_update_of_actions_is_asked_for() -> None:
    text = (ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8")
    (update,) = yaml.safe_load(text)["updates"]
    assert update["package-ecosystem"] == "github-actions"
