"""/agreement and the command of the same name: the figures as people see them."""

import json
import re
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.app import Datasette

from marginal_risk.cli import main as command
from marginal_risk.publish.page import find_map_data
from marginal_risk.publish.pages.agreement import AgreementPage
from marginal_risk.publish.queries.agreement import AgreementRow, summarize
from marginal_risk.publish.sentences import describe_cell
from marginal_risk.store import conclusion
from pages import TEMPLATES, OpenSite, get, links, main_of, rows_of, text_of, texts

# Two of the invented data's three codings have two coders. They agree on both threats and
# differ by a level on both added risks: 2 of 4 pairs. Weighted kappa by hand: observed distance
# 2/4, expected distance of (3, 3, 3, 2) and (3, 3, 2, 1) 3/4, so 1/3.
TWO_THIRDS = "2 of 3 codings have two coders or more, who give the same level in 50.0 % of"
TOO_FEW = "Too few for a conclusion: 2 codings by two or more coders, and 10 are the least."


async def test_figures_stand_with_their_numbers_and_what_follows(site: Datasette) -> None:
    main = main_of(await get(site, "/agreement"))
    first, second, *_ = texts(main, "li")
    assert first.startswith(TWO_THIRDS)
    assert second == TOO_FEW
    by_step, by_vector, by_pair, *_ = (rows_of(table) for table in main.iter("table"))
    assert by_step[0] == ["Whole map", "2", "2", "4", "4", "50.0 %", "0.5972", "0.3333", TOO_FEW]
    assert [row[0] for row in by_step] == ["Whole map", "Threat", "Added risk", "Defense"]
    # One level only cannot be told from chance; nobody judged defense twice.
    assert by_step[1][5:8] == ["100.0 %", "none", "none"]
    assert by_step[3][1:8] == ["0", "0", "0", "0", "none", "none", "none"]
    assert [row[0] for row in by_vector] == ["Forged letters", "Robot calls", "Fake maps"]
    assert by_pair == [["Person A (invented) and Person B (invented)", *by_step[0][1:]]]


async def test_the_confusion_table_counts_who_says_what(site: Datasette) -> None:
    main = main_of(await get(site, "/agreement"))
    table = [*main.iter("table")][3]
    assert rows_of(table) == [
        ["● Addressed", "2", "1", "0"],
        ["◐ Partial", "0", "0", "1"],
        ["○ Absent", "0", "0", "0"],
    ]
    assert [text_of(head) for head in table.iter("th")][:2] == [
        "Person A (invented)",
        "Person B (invented): ● Addressed",
    ]


async def test_disagreements_show_both_reasons_and_how_they_were_settled(site: Datasette) -> None:
    main = main_of(await get(site, "/agreement"))
    table = [*main.iter("table")][4]
    letters, calls = rows_of(table)
    assert letters == [
        "Made-Up & Institute of Nowhere (2021), Forged letters: Added risk",
        "● Addressed Person A (invented) Names letters written by hand as the baseline.",
        "◐ Partial Person B (invented) A baseline is mentioned and not used.",
        "◐ Partial Consensus of A and B, settled by the coders themselves"
        " The baseline is named, but nothing is compared with it.",
    ]
    assert calls[3] == "± Contested Not settled."
    address = links(table)["Made-Up & Institute of Nowhere (2021)"]
    assert address == "/studies/madeup2021#forged_letters-added_risk"
    page = await get(site, "/studies/madeup2021")
    assert "forged_letters-added_risk" in {element.get("id") for element in page.iter()}


async def test_every_number_can_be_had_as_json_and_csv(site: Datasette) -> None:
    page = await get(site, "/agreement")
    targets = [a.get("href") or "" for a in page.iter("a")]
    for table in ("agreement", "confusion", "paired_judgements", "disagreements"):
        for ending in (".json", ".csv"):
            assert f"/evidence/{table}{ending}" in targets
            assert (await site.client.get(f"/evidence/{table}{ending}")).status_code == 200
    found = (await site.client.get("/evidence/agreement.json?scope=all&_shape=objects")).json()
    assert (found["rows"][0]["agreement"], found["rows"][0]["kappa"]) == (0.5, 0.3333)


async def test_one_coder_shows_what_is_missing_and_no_figure(
    paper_data: Path, open_on: OpenSite
) -> None:
    main = main_of(await get(await open_on(paper_data), "/agreement"))
    said = texts(main, "li")
    assert said[0].startswith("Every judgement is by one coder: Kapoor et al. (2024).")
    assert said[2].startswith("What is missing is a second coder")
    assert [*main.iter("table")] == []
    shown = text_of(main).partition("How it is measured")[0].replace("(2024)", "")
    assert not re.search(r"\d", shown)


def settle(data: Path, settler: str) -> None:
    """Let somebody settle the consensus of the invented data."""
    path = data / "coders.csv"
    text = path.read_text(encoding="utf-8")
    text = text.replace("A and B,consensus,,", f"A and B,consensus,{settler},")
    path.write_text(f"{text}person_c,Person C (invented),person,,,\n", encoding="utf-8")


async def test_who_settled_it_is_named(tiny: Path, open_on: OpenSite) -> None:
    settle(tiny, "person_c")
    site = await open_on(tiny)
    found = rows_of([*main_of(await get(site, "/agreement")).iter("table")][4])[0][3]
    assert "Consensus of A and B, settled by Person C (invented)" in found
    (head, *_) = main_of(await get(site, "/studies/madeup2021")).iter("thead")
    assert "Consensus of A and B consensus settled by Person C (invented)" in text_of(head)


async def test_a_third_coder_and_hostile_text(tiny: Path, open_on: OpenSite) -> None:
    settle(tiny, "")
    coders = tiny / "coders.csv"
    coders.write_text(
        coders.read_text(encoding="utf-8").replace("Person C (invented)", "<script>C</script>"),
        encoding="utf-8",
    )
    with (tiny / "studies.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("fictive2022,robot_calls,person_c,2024,absent,,,2,,,,\n")
    with (tiny / "rationales.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("fictive2022,robot_calls,person_c,threat,high,page 1,,<b>No</b> caller.\n")
    main = main_of(await get(await open_on(tiny), "/agreement"))
    tables = [*main.iter("table")]
    whole = rows_of(tables[0])[0]
    # Four pairs of A and B, and C with each of them.
    assert (whole[1:5], whole[7]) == (["3", "2", "4", "6"], "for two coders only")
    assert [row[1:5] for row in rows_of(tables[2])] == [
        ["2", "2", "4", "4"],
        ["2", "1", "1", "1"],
        ["2", "1", "1", "1"],
    ]
    assert "<b>No</b> caller." in text_of(main)
    assert "<script>C</script>" in text_of(main)


def test_coders_who_never_met_have_no_figure() -> None:
    numbers = dict.fromkeys(("coders", "codings", "judgements", "pairs"), 0)
    empty = {field.name: None for field in fields(AgreementRow)} | numbers
    whole = AgreementRow(**empty | {"scope": "all", "conclusion": "Not known."})  # type: ignore[arg-type]
    assert summarize(whole, 0, 0, [])[0] == "No study is coded yet."
    assert summarize(whole, 2, 0, ["Ada", "Bo"])[0] == (
        "No two coders have judged the same step of a study."
    )


def test_the_method_names_the_bounds_that_are_used() -> None:
    said = " ".join((TEMPLATES / "agreement.html").read_text(encoding="utf-8").split())
    assert f"at {conclusion.RELIABLE} or more, the coders agree reliably" in said
    assert f"at {conclusion.TENTATIVE} or more, tentative statements" in said
    assert f"fewer than {conclusion.FEWEST_FOR_INTERVAL} codings there is no interval" in said
    assert f"at least {conclusion.FEWEST_FOR_CONCLUSION} codings" in said


def test_every_field_of_the_page_has_a_help_text_and_is_used() -> None:
    names = ("agreement.html", "house.html")
    source = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)
    for field in fields(AgreementPage):
        assert field.metadata["help"].endswith("."), field.name
        used = field.name in {"vocabulary", "meaning"} or re.search(rf"\b{field.name}\b", source)
        assert used, f"{field.name} is not rendered"


@pytest.mark.parametrize(
    ("judged", "single", "contested", "said"),
    [
        (3, 3, 0, "3 studies: 3 partial; each by one coder"),
        (3, 1, 2, "3 studies: 3 partial; 1 by one coder, 2 contested"),
        (3, 0, 0, "3 studies: 3 partial"),
        (1, 1, 0, "1 study, 1 coder"),
    ],
)
async def test_the_map_marks_single_coders_and_contested_studies(
    site: Datasette, judged: int, single: int, contested: int, said: str
) -> None:
    cell = (await find_map_data(site)).whole.cells["forged_letters", "added_risk"]
    made = replace(
        cell, studies=judged, addressed=0, partial=judged, absent=0, not_coded=0,
        in_scope=judged, waiting=0, single_coder=single, contested=contested,
    )  # fmt: skip
    assert describe_cell(made) == said


# The command --------------------------------------------------------------------------------


@pytest.fixture
def run(tiny: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tiny.parent)
    return lambda *words: CliRunner().invoke(command, ["agreement", *words])


def test_the_command_says_what_the_page_says(run) -> None:
    result = run()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith(TWO_THIRDS)
    assert lines[1:3] == [
        TOO_FEW,
        "2 codings, 4 steps judged by two coders or more, 4 pairs of judgements: same level in"
        " 50.0 %, weighted kappa 0.3333, Krippendorff's alpha 0.5972.",
    ]
    assert "Addressed          2          1          0" in lines
    assert "    Person B (invented): partial. A baseline is mentioned and not used." in lines
    assert "    Not settled." in lines


@pytest.mark.parametrize(
    ("by", "about"),
    [
        ("step", ["Threat", "Added risk", "Defense"]),
        ("vector", ["Forged letters", "Robot calls", "Fake maps"]),
        ("coder", ["Person A (invented) and Person B (invented)"]),
    ],
)
def test_the_command_splits_by_what_is_asked(run, by: str, about: list[str]) -> None:
    lines = run("--by", by).stdout.splitlines()
    found = [line.partition(":")[0] for line, under in pairwise(lines)
             if under.startswith(("  Too few", "  No second"))]  # fmt: skip
    assert found == about


def test_the_command_gives_json(run) -> None:
    found = json.loads(run("--format", "json").stdout)
    assert found["whole"]["kappa"] == 0.3333
    assert len(found["disagreements"]) == 2
    assert found["parts"]["coder"][0][1]["pairs"] == 4


def test_the_command_shows_no_figure_of_one_coder(run, paper_data: Path) -> None:
    result = run("--data", str(paper_data), "--by", "step")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 3
    assert not re.search(r"\d", result.stdout.replace("(2024)", ""))
