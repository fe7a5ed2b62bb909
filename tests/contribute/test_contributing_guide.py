"""CONTRIBUTING.md, followed to the letter; and four ways to add a study, with the same result."""

import asyncio
import csv
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from datasette.app import Datasette

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from places import FROZEN, ROOT, TINY

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLE = GUIDE[GUIDE.index("\n## An example") : GUIDE.index("\n## In the browser")]


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", EXAMPLE, re.DOTALL | re.MULTILINE)


def commands() -> Iterator[tuple[list[str], str]]:
    """Yield each command of the example with what it is said to print."""
    for console in examples("console"):
        for part in console.split("$ ")[1:]:
            command, _, shown = part.partition("\n")
            yield shlex.split(command), shown


def test_the_example_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_names_open(shutil.copytree(FROZEN, tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (entry,) = examples("bibtex")
    Path("entry.bib").write_text(entry, encoding="utf-8")
    (row,) = examples("csv")
    rationales = ""
    for words, shown in commands():
        if words[0] == "marginal-risk":
            result = CliRunner().invoke(main, words[1:])
            assert matches(shown, result.output), f"{words}\n{result.output}"
        else:
            assert words[0] in {"cp", "rm"}
            subprocess.run(words, check=True)
        sheet = Path("copy/rationales.csv")
        rationales = sheet.read_text("utf-8") if sheet.exists() else rationales
    assert next(csv.reader([row])) in list(csv.reader(rationales.splitlines()))
    assert not Path("copy").exists()


def leave_names_open(data: Path) -> None:
    """Say of all likely pairs of names that it is not known: no warning is left."""
    problems = read_corpus(data).problems
    assert {problem.rule for problem in problems} == {"likely-same-person"}
    pairs = [re.findall(r"'([^']+)'", problem.message)[:2] for problem in problems]
    rows = [[*pair, "unsure", "Nobody looked."] for pair in pairs]
    with (data / "people.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([["name", "person", "same", "reason"], *sorted(rows)])


def matches(shown: str, printed: str) -> bool:
    """Tell whether a program printed what is shown; a line '...' stands for any lines."""
    parts = re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)
    pattern = "(?:.*\n)*".join(map(re.escape, parts))
    return re.fullmatch(pattern, printed) is not None


def test_the_error_that_is_explained_is_one_that_the_check_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(FROZEN, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    _, explained = GUIDE.split("\n## How to read an error\n")
    explained, *_ = explained.split("\n## ")
    (shown,) = re.findall(r"^```text\n(.*?)\n```", explained, re.DOTALL | re.MULTILINE)
    number = int(shown.split(":")[1]) - 1
    sheet = Path("data/studies.csv")
    lines = sheet.read_text(encoding="utf-8").splitlines()
    cells = lines[number].split(",")
    lines[number] = ",".join([cells[0], "biosec", *cells[2:]])
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert shown in CliRunner().invoke(main, ["check"]).stdout.splitlines()


# Four ways ----------------------------------------------------------------------------------

ENTRY = """@article{unheard2024,
  author = {Unheard, Ida},
  title = {Maps Drawn by Nobody: "Empty" Paper, Surveyed},
  year = {2024},
  journal = {Annals of Invention},
  doi = {10.5555/unheard.2024},
}
"""
WHY = 'Names the "mapmaker", who misleads ships; and why.'
SETTLED = {
    "misuse_vector": "fake_maps",
    "study_type": "measured",
    "found_via": "Read on a train",
    "coder": "ada",
    "coder_name": "Ada Müller (invented)",
    "coded_on": "2024-12-31",
}
JUDGED = {
    "threat": {"level": "addressed", "rationale": WHY, "locator": "page 3", "confidence": "high"},
    "defense": {"level": "absent", "rationale": "Has none.", "locator": "all", "confidence": "low"},
}


def add_by_options(data: Path) -> None:
    data.with_name("entry.bib").write_text(ENTRY, encoding="utf-8")
    words = ["add", str(data.with_name("entry.bib")), "--data", str(data), "--no-input"]
    for name, text in SETTLED.items():
        words += [f"--{name.removeprefix('misuse_').replace('_', '-')}", text]
    for step, judged in JUDGED.items():
        for name, text in judged.items():
            words += [f"--{name}", f"{step}={text}"]
    invoke(words)


def add_by_questions(data: Path) -> None:
    replies = [*ENTRY.splitlines(), "", "fake_maps", "measured", "Read on a train"]
    replies += ["ada", "Ada Müller (invented)", "", "2024-12-31", "", "", ""]
    for step in ("threat", "added_risk", "defense"):
        replies += list(JUDGED.get(step, {"level": ""}).values())
    invoke(["add", "--data", str(data), "--input"], "".join(f"{r}\n" for r in [*replies, "y"]))


def invoke(words: list[str], fed: str = "") -> None:
    result = CliRunner().invoke(main, words, input=fed)
    assert result.exit_code == 0, result.output


async def download_from_form(site: Datasette) -> bytes:
    """Fill in the form; return the file of answers that it gives."""
    fields = {"bibtex": ENTRY.replace("\n", "\r\n"), **SETTLED}
    for step, judged in JUDGED.items():
        fields |= {f"{name}-{step}": text for name, text in judged.items()}
    response = await site.client.post(
        "/contribute.json",
        content=urlencode(fields),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert json.loads(response.content)["coder"] == "ada"
    return response.content


def add_by_form(data: Path, downloaded: bytes) -> None:
    answers = data.with_name("coding.json")
    answers.write_bytes(downloaded)
    invoke(["add", "--answers", str(answers), "--data", str(data), "--no-input"])


def add_by_spreadsheet(data: Path) -> None:
    """Append rows with CRLF line ends, each cell in quotes, in no order; then format."""
    (data / "bib" / "fake_maps.bib").write_text(ENTRY.replace("  ", "\t"), encoding="utf-8")
    coding = ["unheard2024", "fake_maps", "ada"]
    rows = {
        "studies.csv": [[*coding, "2024-12-31", "addressed", "", "absent", "2", "", "", "", ""]],
        "rationales.csv": [
            [*coding, step, j["confidence"], j["locator"], "", j["rationale"]]
            for step, j in reversed(JUDGED.items())
        ],
        "coders.csv": [["ada", "Ada Müller (invented)", "person", "", "", ""]],
        "screening.csv": [[*coding[:2], "candidate", "", "measured", "Read on a train", "", ""]],
    }
    for name, more in rows.items():
        path = data / name
        with path.open(encoding="utf-8", newline="") as file:
            header, *old = csv.reader(file)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *more, *old])
    invoke(["format", "--data", str(data)])


async def test_program_form_and_spreadsheet_give_the_same_files(
    tmp_path: Path, site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    ways = {}
    for way in ("options", "questions", "form", "spreadsheet"):
        ways[way] = Path(shutil.copytree(TINY, tmp_path / way / "data"))
    downloaded = await download_from_form(site)
    # The program runs an event loop of its own.
    await asyncio.to_thread(add_by_options, ways["options"])
    await asyncio.to_thread(add_by_questions, ways["questions"])
    await asyncio.to_thread(add_by_form, ways["form"], downloaded)
    add_by_spreadsheet(ways["spreadsheet"])
    contents = [
        {p.relative_to(data).as_posix(): p.read_bytes() for p in data.rglob("*.*")}
        for data in ways.values()
    ]
    assert b"unheard2024" in contents[0]["studies.csv"]
    assert contents[0] == contents[1] == contents[2] == contents[3]
