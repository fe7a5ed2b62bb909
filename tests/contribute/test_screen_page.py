"""/screen: works that wait, what is wrong with the decisions, their lines and their file."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from datasette.app import Datasette

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main as run_command
from marginal_risk.contribute.screening.decided import read_answers
from pages import get, main_of, parse, site_on, text_of, texts
from places import DATA

FORM = {"as": "nora", "name": "Nora N", "stage": "title", "work-1": "nobody2019"}
HEADER = "citekey,misuse_vector,stage,screener,decision,reason,decided_on,settles,note\n"


async def post(site: Datasette, fields: dict[str, str], path: str = "/screen"):
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return await site.client.post(path, content=urlencode(fields), headers=kind)


async def test_a_work_that_waits_is_shown_with_what_decides(site: Datasette) -> None:
    main = main_of(await get(site, "/screen"))
    text = text_of(main)
    assert "1 work waits." in text
    assert "Nobody, Dee (2019). A Report That Nobody Has Coded." in text
    assert "If not: No misuse." in text
    # Nothing is chosen for anybody.
    radios = [one for one in main.iter("input") if one.get("type") == "radio"]
    assert [(one.get("value"), one.get("checked") is not None) for one in radios] == [
        *[("include", False), ("exclude", False), ("unsure", False), ("", True)]
    ]


async def test_decisions_become_lines_and_a_file_that_the_command_takes(
    site: Datasette, tiny: Path, tmp_path: Path
) -> None:
    form = {**FORM, "decision-1": "exclude", "reason-1": "no_misuse", "order": "like"}
    page = await post(site, form)
    assert page.headers["cache-control"] == "no-store"
    lines = [pre.text or "" for pre in main_of(parse(page.text)).iter("pre")]
    assert lines[0] == "nora,Nora N,person,,,\n"
    assert lines[1].startswith("nobody2019,robot_calls,title,nora,exclude,no_misuse,20")
    file = await post(site, form, "/screen.json")
    assert "screening.json" in file.headers["content-disposition"]
    path = tmp_path / "screening.json"
    path.write_text(file.text, encoding="utf-8")
    assert read_answers(file.text).screener == "nora"
    words = ["screen", "--data", str(tiny), "--answers", str(path)]
    result = CliRunner().invoke(run_command, words)
    assert result.exit_code == 0, result.output
    assert (tiny / "decisions.csv").read_text(encoding="utf-8") == HEADER + lines[1]
    assert read_corpus(tiny).is_sound


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decision-1": ""}, ["Nothing is decided yet: choose for one work at least."]),
        (
            {"as": "", "decision-1": "include"},
            ["Say who screens: small letters, digits and _, such as nora."],
        ),
        (
            {"as": "toy_model", "decision-1": "include"},
            ["'toy_model' is no person, and people screen."],
        ),
        (
            {"name": "", "decision-1": "include"},
            ["'nora' is new: give the name that the pages show."],
        ),
        ({"decision-1": "exclude"}, ["Say why nobody2019 is to be left out."]),
        (
            {"decision-1": "exclude", "reason-1": "duplicate_of", "other-1": "<b>"},
            ["nobody2019: name the study to code instead, by its key in the bibliography."],
        ),
        (
            {"decision-1": "exclude", "reason-1": "no_misuse", "other-1": "pretend2023"},
            ["nobody2019: this reason names no other study."],
        ),
    ],
)
async def test_what_is_wrong_is_told_at_once_with_its_mend(
    site: Datasette, changes: dict[str, str], said: list[str]
) -> None:
    page = await post(site, FORM | changes)
    main = main_of(parse(page.text))
    (notice,) = (one for one in main.iter("div") if one.get("role") == "alert")
    assert texts(notice, "li") == said
    assert list(main.iter("pre")) == []
    refused = await post(site, FORM | changes, "/screen.json")
    assert (refused.status_code, refused.text) == (400, "\n".join(said))


async def test_what_others_decided_is_not_shown_and_what_oneself_decided_is_gone(
    tiny: Path, tmp_path: Path
) -> None:
    row = "nobody2019,robot_calls,title,person_a,exclude,no_misuse,2024-05-01,,A secret\n"
    (tiny / "decisions.csv").write_text(HEADER + row, encoding="utf-8")
    async with site_on(tiny, tmp_path) as site:
        other = await get(site, "/screen?as=person_b")
        own = text_of(main_of(await get(site, "/screen?as=person_a")))
    assert "0 works wait for person_a." in own
    text = text_of(main_of(other))
    assert "1 work waits for person_b." in text
    assert "A secret" not in text
    assert "Person A" not in text


async def test_hostile_words_are_shown_as_text_and_do_no_harm(site: Datasette) -> None:
    hostile = "<script>alert(1)</script>"
    fields = dict.fromkeys((*FORM, "decision-1", "reason-1", "other-1", "vector"), hostile)
    page = await post(site, fields)
    assert page.status_code == 200
    assert hostile not in page.text
    query = urlencode(dict.fromkeys(("as", "stage", "vector", "order"), hostile))
    assert hostile not in (await site.client.get(f"/screen?{query}")).text
    many = await post(site, {f"f{number}": "" for number in range(300)})
    assert many.status_code == 200
    assert (await site.client.get("/screen.json")).status_code == 302


async def test_an_imported_work_says_what_it_may_be_the_same_as(tiny: Path, tmp_path: Path) -> None:
    words = ["import", str(DATA / "scopus.ris"), "--data", str(tiny), "--no-input"]
    assert CliRunner().invoke(run_command, words).exit_code == 0
    async with site_on(tiny, tmp_path) as site:
        main = main_of(await get(site, "/screen?order=like"))
    text = text_of(main)
    assert "37 works wait." in text
    assert "The first 10 are here." in text
    assert "Possible duplicate of invented2020: Invented, Ada (2020)." in text
    assert "no single misuse vector" in text
