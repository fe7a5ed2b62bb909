"""GitHub's issue forms and pull request template: valid for GitHub, and true to the codebook."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from marginal_risk.cli import main
from places import ROOT

GITHUB = ROOT / ".github"
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").iterdir() if path.name != "config.yml")

Mapping = dict[str, Any]


def load(path: Path) -> Mapping:
    found: Mapping = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def fields(name: str) -> dict[str, Mapping]:
    body = load(GITHUB / "ISSUE_TEMPLATE" / name)["body"]
    return {field["id"]: field for field in body if "id" in field}


def test_there_is_a_form_for_each_thing_that_people_bring() -> None:
    assert [path.name for path in FORMS] == [
        "correct-a-reference.yml",
        "dispute-a-coding.yml",
        "offer-a-coding.yml",
        "report-a-fault.yml",
        "suggest-a-study.yml",
    ]


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("github-issue-forms", FORMS),
        ("github-issue-config", [GITHUB / "ISSUE_TEMPLATE" / "config.yml"]),
        ("dependabot", [GITHUB / "dependabot.yml"]),
        ("citation-file-format", [ROOT / "CITATION.cff"]),
    ],
)
def test_a_file_that_others_read_is_as_its_published_schema_asks(
    schema: str, paths: list[Path]
) -> None:
    words = ["--builtin-schema", f"vendor.{schema}", "--force-filetype", "yaml", *map(str, paths)]
    # Not above: it is loaded in two seconds, by each worker that reads this module.
    from check_jsonschema import main as check_jsonschema  # noqa: PLC0415

    done = CliRunner().invoke(check_jsonschema, words)
    assert done.exit_code == 0, done.output


def test_what_a_link_fills_in_is_text() -> None:
    # GitHub documents filling in for text, not for lists.
    disputed = fields("dispute-a-coding.yml")
    for name in ("study", "misuse_vector", "coder"):
        assert disputed[name]["type"] == "input"


def test_examples_in_the_forms_are_in_the_data(published_data: Path) -> None:
    sheet = (published_data / "studies.csv").read_text(encoding="utf-8")
    example = [
        field["attributes"]["placeholder"]
        for name, field in fields("dispute-a-coding.yml").items()
        if name in ("study", "misuse_vector", "coder")
    ]
    assert f"\n{','.join(example)}," in sheet


def test_a_pull_request_has_four_boxes_that_name_commands_that_are_there() -> None:
    text = (GITHUB / "pull_request_template.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^- \[ \] ", text, re.MULTILINE)) == 4
    assert set(re.findall(r"`marginal-risk (\w+)", text)) == {"check", "format"}
    assert {"check", "format"} <= set(main.commands)


def test_the_list_of_labels_has_those_that_forms_and_workflows_use() -> None:
    labels: list[Mapping] = yaml.safe_load((GITHUB / "labels.yml").read_text(encoding="utf-8"))
    given = {label for path in FORMS for label in load(path)["labels"]}
    texts = [path.read_text(encoding="utf-8") for path in (GITHUB / "workflows").iterdir()]
    used = {
        name for text in texts for name in re.findall(r"--label (\w+)|label\.name == '(\w+)'", text)
    }
    named = {name for pair in used for name in pair if name}
    assert {label["name"] for label in labels} == given | named
    for label in labels:
        assert set(label) == {"name", "description", "color"}
        assert len(label["description"]) <= 100  # GitHub's limit
        assert re.fullmatch(r"[0-9a-f]{6}", str(label["color"]))


def test_every_file_that_somebody_owns_is_there() -> None:
    lines = (GITHUB / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    rules = [line.split() for line in lines if line and not line.startswith("#")]
    assert rules[0][0] == "*"  # so that nothing is without an owner
    for pattern, *owners in rules[1:]:
        assert (ROOT / pattern.removeprefix("/")).exists()
        assert all(owner.startswith("@") for owner in owners)
