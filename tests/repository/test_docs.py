"""What the documents say, held against the program and the data."""

import re
import shlex
import sqlite3
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from marginal_risk.store.views import VIEWS, read_view
from places import LIVE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "MAINTAINING.md", "docs/scale.md")


def version_shown() -> str:
    """Return the version of the data that the answer and the picture in README.md are of."""
    found = re.search(r"Answer and picture are those of the data `([0-9a-f]{12})`", README)
    assert found is not None
    return found[1]


def test_what_is_generated_is_what_the_data_of_the_release_gives() -> None:
    """Held at a release: a pull request that changes the data need not touch a document."""
    if read_corpus(LIVE).data_version != version_shown():
        pytest.skip("the data has changed since README.md: see Releasing in MAINTAINING.md")
    words = [sys.executable, ".ci/docs.py", "--check"]
    done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_every_sql_example_of_the_readme_gives_rows(published: Path) -> None:
    examples = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    assert len(examples) == 3
    connection = sqlite3.connect(published)
    for sql in examples:
        assert connection.execute(sql).fetchall(), sql
    connection.close()


def test_every_command_is_in_the_readme_and_the_other_way_round() -> None:
    named = set(re.findall(r"^\| `marginal-risk (\w+)`", README, re.MULTILINE))
    assert named == set(main.commands)


def test_every_view_is_in_the_readme_with_its_question() -> None:
    named = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", README, re.MULTILINE))
    assert named == {name: read_view(name).question for name in VIEWS}


def test_every_file_of_the_data_is_in_its_readme() -> None:
    text = (LIVE / "README.md").read_text(encoding="utf-8")
    for path in LIVE.iterdir():
        if path.suffix in {".csv", ".yml"}:
            assert f"**`{path.name}`**" in text, path.name


def test_every_stored_query_gives_columns_and_has_a_title(published: Path) -> None:
    config = yaml.safe_load((ROOT / "datasette.yml").read_text(encoding="utf-8"))
    queries = config["databases"]["evidence"]["queries"]
    connection = sqlite3.connect(published)
    for name, query in queries.items():
        assert query["title"].endswith("?"), name
        parameters = dict.fromkeys(query.get("params", []), "")
        cursor = connection.execute(query["sql"], parameters)
        assert cursor.description, name
    connection.close()


def test_every_dependency_is_pinned_and_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    for requirement in wanted:
        if requirement.startswith(project["name"]):
            continue
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert name is not None
        assert name[0].lower().replace("_", "-") in pinned, requirement
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert "#" in line, f"{requirement}: say in one line what it is for"


def test_nothing_in_the_repository_names_where_packages_were_fetched() -> None:
    for name in ("constraints.txt", "pyproject.toml", "Makefile", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "index-url" not in text, name
        assert "file://" not in text, name


def test_the_picture_in_the_readme_shows_the_data_of_the_answer() -> None:
    picture = (ROOT / "docs" / "map.svg").read_text(encoding="utf-8")
    assert version_shown() in picture, (
        "'make docs' writes the answer, its version and the picture together."
    )


def commands_of(text: str) -> list[list[str]]:
    """Return the commands of a document: the lines of its examples, and those it names."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    named = re.findall(r"`((?:make|marginal-risk) [^`]+)`", text)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in [*lines, *named] if line]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_a_document_names_is_there_with_its_options(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = commands_of((ROOT / name).read_text(encoding="utf-8"))
    assert commands
    for program, *words in commands:
        if program == "make":
            assert re.search(rf"^{words[0]}:", makefile, re.MULTILINE), words
        elif program == "marginal-risk":
            command = main.commands[words[0]]
            command.make_context(words[0], words[1:], resilient_parsing=True)
            options = {
                option for each in command.params for option in (*each.opts, *each.secondary_opts)
            }
            assert {word for word in words if word.startswith("--")} <= options, words
        else:
            assert program in {"git", "docker", "gh"}


def test_maintaining_says_what_each_job_and_label_is_for() -> None:
    text = (ROOT / "MAINTAINING.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| ([A-Z][a-z ]+) \| ([A-Z][a-z ]+) \|", text, re.MULTILINE)
    workflows = [
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / ".github" / "workflows").iterdir())
    ]
    assert told == [
        (workflow["name"], job["name"])
        for workflow in workflows
        for job in workflow["jobs"].values()
        if "uses" not in job
    ]
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").iterdir():
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert all(f"`{label}`" in text for label in form.get("labels", []))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_that_a_document_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    told = re.findall(r"`((?:data|src|docs|tests|\.ci|\.github)/[^`<> ]*)`", text)
    told += re.findall(r"\]\(((?!http|#)[^)]+)\)", text)
    assert told
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
    beside = (ROOT / name).parent
    missing = [path for path in told if not ((ROOT / path).exists() or (beside / path).exists())]
    assert missing == []
