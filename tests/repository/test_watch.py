"""The weekly look at links, DOIs and retractions, on recorded answers: no network is asked."""

import importlib.util
import json
from datetime import date
from types import ModuleType

import pytest

from marginal_risk.read.bibliography import BibFile, read_references
from places import ROOT

ANSWERS = ROOT / "tests" / "data" / "watched.json"
BIBTEX = """
@article{well2020, author = {A, B}, title = {All Is Well}, year = 2020, doi = {10.5555/well},
  url = {https://example.org/well}}
@article{taken2021, author = {A, B}, title = {Taken Back}, year = 2021, doi = {10.5555/taken}}
@article{lost2022, author = {A, B}, title = {Lost}, year = 2022, doi = {10.5555/lost}}
@misc{paper2023, author = {A, B}, title = {A Paper}, year = 2023, eprint = {2301.00001},
  eprinttype = {arxiv}}
@misc{gone2023, author = {A, B}, title = {A Paper That Is Gone}, year = 2023,
  eprint = {2301.00002}, eprinttype = {arxiv}}
@misc{back2023, author = {A, B}, title = {A Paper Taken Back}, year = 2023, eprint = {2301.00003},
  eprinttype = {arxiv}}
@misc{dead2024, author = {A, B}, title = {A Dead *Link*}, year = 2024,
  url = {https://example.org/dead_*page*}}
@misc{shy2024, author = {A, B}, title = {A Page That Refuses Programs}, year = 2024,
  url = {https://example.org/shy}}
"""


@pytest.fixture(scope="module")
def watch() -> ModuleType:
    """Return the program that the workflow *Links* runs."""
    spec = importlib.util.spec_from_file_location("watch", ROOT / ".ci" / "watch.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def references(bibtex: str = BIBTEX):
    read = read_references([BibFile("a.bib", bibtex)], date(2025, 1, 1))
    assert not [p for p in read.problems if p.rule != "missing-venue"], read.problems
    return read.references


def test_what_is_lost_retracted_or_withdrawn_is_told_and_nothing_else(watch: ModuleType) -> None:
    recorded = json.loads(ANSWERS.read_text(encoding="utf-8"))
    asked = []

    def ask(address: str):
        asked.append(address)
        status, body = recorded[address]  # an address that nobody recorded is an error
        return watch.Answer(status, body.encode())

    assert watch.write_report(references(), ask).splitlines() == [
        "Look at each before anything is changed: a page may only have moved.",
        "",
        "- `taken2021`: it was retracted, as 10.5555/notice says",
        "- `gone2023`: arXiv does not have 2301.00002",
        "- `back2023`: its authors withdrew arXiv 2301.00003",
        "- `lost2022`: the DOI 10.5555/lost leads nowhere",
        "- `dead2024`: there is no page at https:&#8203;//example.org/dead\\_\\*page\\*",
    ]
    assert sorted(asked) == sorted(recorded)


def test_where_all_is_well_nothing_is_printed(watch: ModuleType) -> None:
    assert watch.write_report(references(), lambda _: watch.Answer(200, b"{}")) == ""


@pytest.mark.parametrize(
    "answer", [(0, b""), (503, b"<html>"), (429, b"[]"), (200, b"\xff"), (200, b'{"message": 1}')]
)
def test_what_cannot_be_asked_is_no_finding(watch: ModuleType, answer: tuple[int, bytes]) -> None:
    assert watch.write_report(references(), lambda _: watch.Answer(*answer)) == ""


def test_papers_are_asked_for_some_at_a_time(watch: ModuleType) -> None:
    many = "".join(
        f"@misc{{p{n}, author = {{A, B}}, title = {{T{n}}}, year = 2023, url = {{https://e.org}},"
        f" eprint = {{2301.{n:05}}}, eprinttype = {{arxiv}}}}\n"
        for n in range(1, 121)
    )
    asked = []

    def ask(address: str):
        asked.append(address)
        return watch.Answer(0)

    assert list(watch.find_withdrawn_papers(references(many), ask)) == []
    assert [address.count("2301.") for address in asked] == [50, 50, 20]
