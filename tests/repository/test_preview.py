"""The pages that a pull request changes, as files: which they are, and that they need no site."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from places import ROOT

PROGRAM = ROOT / ".ci" / "preview.py"
ENTRY = """@misc{fresh2024,
  author = {Fresh, Ida},
  title = {A <b>Fresh</b> Study},
  year = {2024},
  url = {https://example.org/fresh},
}
"""


def run(folder: Path) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, str(PROGRAM), "HEAD", "preview"]
    return subprocess.run(words, cwd=folder, check=False, capture_output=True, text=True)


def commit_all(folder: Path) -> None:
    told = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(folder))
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "Data"]):
        subprocess.run(["git", *told, *words], check=True, capture_output=True)


def test_the_map_and_the_study_that_is_new_are_drawn_and_stand_alone(tiny: Path) -> None:
    commit_all(tiny.parent)
    (tiny / "bib" / "fresh.bib").write_text(ENTRY, encoding="utf-8")
    with (tiny / "screening.csv").open("a", encoding="utf-8") as file:
        file.write("fresh2024,robot_calls,candidate,,,A test,,\n")
    done = run(tiny.parent)
    assert done.returncode == 0, done.stderr
    pages = {path.name: path.read_text("utf-8") for path in (tiny.parent / "preview").iterdir()}
    assert set(pages) == {"map.html", "studies-fresh2024.html"}
    study = pages["studies-fresh2024.html"]
    assert "A &lt;b&gt;Fresh&lt;/b&gt; Study" in study
    assert 'href="map.html"' in study
    for page in pages.values():
        assert "<style>" in page
        assert "<script" not in page
        assert not re.search(r'\s(?:href|src)="/', page)


def test_where_nothing_changes_nothing_is_drawn(tiny: Path) -> None:
    commit_all(tiny.parent)
    done = run(tiny.parent)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert not (tiny.parent / "preview").exists()


def test_a_changed_level_shows_on_its_study_and_its_cell() -> None:
    spec = importlib.util.spec_from_file_location("preview", PROGRAM)
    assert spec
    assert spec.loader
    preview: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(preview)
    nothing: dict[str, list[dict[str, str]]] = {"added": [], "changed": [], "removed": []}
    names = ("studies", "codings", "judgements", "screening", "comparisons", "cells")
    changes = {"is_empty": False, **dict.fromkeys(names, nothing)}
    changes["judgements"] = {**nothing, "changed": [{"citekey": "a/b", "step": "threat"}]}
    changes["cells"] = {**nothing, "changed": [{"misuse_vector": "robot_calls", "step": "threat"}]}
    assert list(preview.find_changed_pages(changes)) == [
        *("/", "/studies/a%2Fb", "/vectors/robot_calls/threat"),
    ]
    assert list(preview.find_changed_pages({"is_empty": True})) == []
