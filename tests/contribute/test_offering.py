"""From /contribute to a merged coding without git: the form, an issue, and one command."""

import asyncio
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import yaml
from click.testing import CliRunner

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from pages import OpenSite, main_of, parse, text_of
from places import ROOT

FORM = ROOT / ".github" / "ISSUE_TEMPLATE" / "offer-a-coding.yml"
CODING = {
    "study": "nobody2019",
    "misuse_vector": "robot_calls",
    "study_type": "measured",
    "coder": "sam",
    "coder_name": "Sam (invented, a social scientist)",
    "coded_on": "2024-06-01",
    "version_read": "the report",
    "read": "whole",
    "level-threat": "partial",
    "confidence-threat": "high",
    "locator-threat": "pages 3-4",
    "rationale-threat": 'Names the calls; "robots" do not say who they work for.',
}


def git(folder: Path, *words: str) -> str:
    told = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(folder))
    done = subprocess.run(["git", *told, *words], check=True, capture_output=True, text=True)
    return done.stdout


def as_github_writes_it(fields: dict[str, str]) -> str:
    """Return the text of an issue that GitHub makes of the form: a heading for each field.

    A field with 'render' becomes a block of code, and an empty one says '_No response_'.
    """
    parts = []
    for field in yaml.safe_load(FORM.read_text(encoding="utf-8"))["body"]:
        if "id" not in field:
            continue
        text = fields.get(field["id"], "") or "_No response_"
        language = field["attributes"].get("render")
        if language and text != "_No response_":
            text = f"```{language}\n{text}\n```"
        parts.append(f"### {field['attributes']['label']}\n\n{text}")
    return "\n\n".join(parts).replace("\n", "\r\n")


async def test_a_coding_goes_from_the_form_to_the_data_with_one_command(
    open_on: OpenSite, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = tiny.parent
    monkeypatch.chdir(repository)
    git(repository, "init", "--quiet", "--initial-branch", "main")
    git(repository, "add", "data")
    git(repository, "commit", "--quiet", "--message", "The data")
    # The contributor: the form, and the issue that it opens, filled in.
    site = await open_on(tiny, repository="https://example.org/owner/map")
    page = await site.client.post(
        "/contribute",
        content=urlencode(CODING),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    (link,) = (
        a for a in main_of(parse(page.text)).iter("a")
        if text_of(a) == "Open an issue with this coding"
    )  # fmt: skip
    asked = {name: text for name, (text,) in parse_qs(urlsplit(link.get("href")).query).items()}
    assert asked["template"] == FORM.name
    issue = as_github_writes_it({**asked, "remarks": "I know nobody who wrote it."})
    # The maintainer: one command, fed with the issue.
    words = ["add", "--answers", "-", "--no-input"]
    result = await asyncio.to_thread(CliRunner().invoke, main, words, input=issue)
    assert result.exit_code == 0, result.output
    assert "nobody2019" in result.output
    changed = set(git(repository, "diff", "--name-only").split())
    names = ("studies", "rationales", "screening", "coders", "searches")
    assert changed <= {f"data/{name}.csv" for name in names}
    git(repository, "commit", "--quiet", "--all", "--message", "Code nobody2019")
    corpus = read_corpus(tiny)
    assert corpus.is_sound, corpus.problems
    (judgement,) = (j for j in corpus.records.judgements() if j.coder == "sam")
    assert (judgement.level, judgement.locator) == ("partial", "pages 3-4")
    assert judgement.rationale == CODING["rationale-threat"]
    assert (judgement.citekey, judgement.step) == ("nobody2019", "threat")


@pytest.mark.parametrize(
    ("issue", "said"),
    [
        (as_github_writes_it({}), "- is no file of answers"),
        (
            as_github_writes_it({"answers": '{"study": "nobody2019"}'}),
            "--vector: This is not answered yet.",
        ),
    ],
)
def test_an_issue_without_a_whole_coding_changes_nothing_and_says_why(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, issue: str, said: str
) -> None:
    monkeypatch.chdir(tiny.parent)
    before = {path: path.read_bytes() for path in tiny.rglob("*.*")}
    result = CliRunner().invoke(main, ["add", "--answers", "-", "--no-input"], input=issue)
    assert result.exit_code == 1
    assert said in result.output
    assert {path: path.read_bytes() for path in tiny.rglob("*.*")} == before
