"""A person checks what machines coded, and a consensus settles what coders differ on."""

import csv
import json
import re
import shutil
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import html5lib
import pytest
from click.testing import CliRunner
from datasette.app import Datasette

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from marginal_risk.contribute.coding.answers import (
    Answers,
    ComparisonAnswer,
    StepAnswer,
    read_answers,
)
from marginal_risk.contribute.coding.file_changes import changed_files
from marginal_risk.contribute.coding.proposal import propose
from marginal_risk.publish.pages import review
from marginal_risk.publish.paging import take_part
from marginal_risk.rows import Records
from pages import OpenSite, main_of, text_of, texts

TODAY = date(2025, 1, 1)
STARTED = Answers(
    study="pretend2023",
    misuse_vector="fake_maps",
    coder="rita",
    coder_name="Rita (invented)",
    coded_on="2024-12-31",
    version_read="Preprint of 2023",
    read="whole",
    started_from="toy_model",
    comparisons_as="toy_model",
    steps={
        "threat": StepAnswer("as toy_model"),
        "added_risk": StepAnswer("partial", "low", "page 9", "Sets one map beside another."),
        "defense": StepAnswer("not_coded"),
    },
)
FIELDS = {
    **{name: value for name, value in vars(STARTED).items() if isinstance(value, str)},
    "level-threat": "as toy_model",
    "level-added_risk": "partial",
    "confidence-added_risk": "low",
    "locator-added_risk": "page 9",
    "rationale-added_risk": "Sets one map beside another.",
    "level-defense": "not_coded",
}
REPLIES = (
    *("", "rita", "Rita (invented)", "", "2024-12-31", "Preprint of 2023", "whole", ""),
    *("as toy_model", "partial", "Sets one map beside another.", "page 9", "low"),
    *("toy_model", "not_coded"),
)


def records_of(data: Path) -> Records:
    return read_corpus(data, TODAY).records


def fields_of(data: Path, answers: Answers) -> list[tuple[str, str]]:
    return [(f.step, f.field) for f in propose(records_of(data), answers, TODAY).findings]


def files_after(data: Path, answers: Answers) -> dict[str, bytes]:
    """Return the files that answers change, with what they then hold."""
    corpus = read_corpus(data, TODAY)
    proposal = propose(corpus.records, answers, TODAY)
    assert proposal.is_sound, list(map(str, proposal.findings))
    return {p.name: text.encode() for p, text in changed_files(corpus, proposal).items()}


def rows_of_coder(text: bytes, coder: str) -> list[str]:
    return [line for line in text.decode().splitlines() if f",{coder}," in f",{line}"]


# Checking -------------------------------------------------------------------------------------


def test_a_check_is_a_persons_coding_that_says_what_it_began_with(tiny: Path) -> None:
    files = files_after(tiny, STARTED)
    assert rows_of_coder(files["studies.csv"], "rita") == [
        "pretend2023,fake_maps,rita,2024-12-31,addressed,partial,,2,"
        "Preprint of 2023,whole,toy_model,"
    ]
    original = (tiny / "rationales.csv").read_bytes()
    (theirs,) = (row for row in rows_of_coder(original, "toy_model") if ",threat," in row)
    assert rows_of_coder(files["rationales.csv"], "rita") == [
        theirs.replace("toy_model", "rita"),
        "pretend2023,fake_maps,rita,added_risk,low,page 9,,Sets one map beside another.",
    ]
    compared = rows_of_coder((tiny / "comparisons.csv").read_bytes(), "toy_model")
    assert [row.replace("toy_model", "rita") for row in compared] == rows_of_coder(
        files["comparisons.csv"], "rita"
    )
    for name, content in files.items():
        (tiny / name).write_bytes(content)
    assert read_corpus(tiny, TODAY).is_sound


def test_each_answer_of_a_check_needs_an_act(tiny: Path) -> None:
    bare = Answers(
        **{name: getattr(STARTED, name) for name in ("study", "misuse_vector", "started_from")},
        **{name: getattr(STARTED, name) for name in ("coder", "coder_name", "coded_on")},
    )
    assert fields_of(tiny, bare) == [
        *(("", name) for name in ("version_read", "read", "comparisons_as", "level")),
        *((step, "level") for step in ("threat", "added_risk", "defense")),
    ]


@pytest.mark.parametrize("coder", ["person_a", "nobody", ""])
def test_only_what_is_shown_can_be_taken_over(tiny: Path, coder: str) -> None:
    steps = {**STARTED.steps, "threat": StepAnswer(f"as {coder}")}
    answers = Answers(**{**vars(STARTED), "steps": steps})
    assert ("threat", "level") in fields_of(tiny, answers)


def test_what_is_written_beside_an_answer_replaces_a_part_of_it(tiny: Path) -> None:
    steps = {**STARTED.steps, "threat": StepAnswer("as toy_model", locator="page 77")}
    files = files_after(tiny, Answers(**{**vars(STARTED), "steps": steps}))
    (row,) = (r for r in rows_of_coder(files["rationales.csv"], "rita") if ",threat," in r)
    original = (tiny / "rationales.csv").read_bytes()
    (theirs,) = (r for r in rows_of_coder(original, "toy_model") if ",threat," in r)
    ours, original_cells = (next(csv.reader([line])) for line in (row, theirs))
    assert ours[5] == "page 77"
    assert [*ours[3:5], *ours[6:]] == [*original_cells[3:5], *original_cells[6:]]


# The terminal, the form and the file of answers -----------------------------------------------


async def test_terminal_form_and_file_give_the_same_files_byte_by_byte(
    site: Datasette, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = files_after(tiny, STARTED)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    by_terminal, by_file = (shutil.copytree(tiny, tmp_path / name) for name in ("one", "two"))
    draft = str(tmp_path / "draft.json")
    words = ("review", "pretend2023", "--data", str(by_terminal), "--draft", draft, "--yes")
    result = CliRunner().invoke(main, words, input="".join(f"{line}\n" for line in REPLIES))
    assert result.exit_code == 0, result.output
    assert "toy_model: addressed." in result.output
    response = await site.client.post(
        "/contribute.json",
        content=urlencode(FIELDS),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert read_answers(response.text) == STARTED
    (tmp_path / "coding.json").write_text(response.text, encoding="utf-8")
    words = ("add", "--answers", str(tmp_path / "coding.json"), "--data", str(by_file))
    assert CliRunner().invoke(main, [*words, "--no-input"]).exit_code == 0
    for data in (by_terminal, by_file):
        assert {name: (data / name).read_bytes() for name in expected} == expected


async def test_the_form_shows_the_coding_beside_each_question_and_chooses_nothing(
    site: Datasette,
) -> None:
    page = await site.client.get("/contribute?study=pretend2023&vector=fake_maps&check=1")
    main_part = main_of(html5lib.HTMLParser(namespaceHTMLElements=False).parse(page.text))
    assert texts(main_part, "h1") == ["Check a provisional coding"]
    radios = [f for f in main_part.iter("input") if f.get("type") == "radio"]
    assert not [f for f in radios if f.get("checked") is not None]
    choices = [f.get("value") for f in radios if f.get("name") == "level-threat"]
    assert choices == ["as toy_model", "addressed", "partial", "absent", "not_coded"]
    assert [f.get("value") for f in radios if f.get("name") == "comparisons_as"] == [
        *("toy_model", "own", "not_coded"),
    ]
    hidden = [f for f in main_part.iter("input") if f.get("name") == "started_from"]
    assert [f.get("value") for f in hidden] == ["toy_model"]


def test_a_study_without_a_provisional_coding_is_refused_with_its_name(tiny: Path) -> None:
    result = CliRunner().invoke(main, ["review", "pretend2032", "--data", str(tiny)])
    assert result.exit_code == 1
    assert "'pretend2032'" in result.output
    assert "Did you mean 'pretend2023'?" in result.output


# Afterwards -----------------------------------------------------------------------------------


@pytest.fixture
def checked(tiny: Path) -> Path:
    for name, content in files_after(tiny, STARTED).items():
        (tiny / name).write_bytes(content)
    return tiny


async def test_a_check_counts_is_marked_and_is_paired_with_nothing_it_began_with(
    open_on: OpenSite, checked: Path
) -> None:
    site = await open_on(checked)
    page = await site.client.get("/studies/pretend2023")
    assert "checked, not independent" in page.text
    assert "this coding began with that of Toy model 0.1" in page.text
    cell = await site.client.get("/vectors/fake_maps/threat")
    assert "checked, not independent" in cell.text
    database = next(d for n, d in site.databases.items() if n != "_internal")
    rows = await database.execute(
        "select * from judgement_pairs where 'rita' in (coder, other_coder)"
    )
    assert list(rows) == []
    rows = await database.execute(
        "select level, basis from agreed_judgements where citekey = 'pretend2023' order by step"
    )
    assert [tuple(row) for row in rows] == [
        ("partial", "single_coder"),
        ("addressed", "single_coder"),
    ]
    rows = await database.execute("select * from next_to_check")
    assert list(rows) == []


async def test_two_who_checked_one_machine_are_not_compared_with_each_other(
    open_on: OpenSite, checked: Path
) -> None:
    second = Answers(**{**vars(STARTED), "coder": "sam", "coder_name": "Sam (invented)"})
    steps = {**second.steps, "added_risk": StepAnswer("as toy_model")}
    for name, content in files_after(checked, Answers(**{**vars(second), "steps": steps})).items():
        (checked / name).write_bytes(content)
    site = await open_on(checked)
    database = next(d for n, d in site.databases.items() if n != "_internal")
    for sql in (
        "select * from paired_judgements where citekey = 'pretend2023'",
        "select * from agreement where coder = 'rita' and other_coder = 'sam'",
        "select * from agreement where coder = 'sam' or other_coder = 'sam'",
    ):
        assert list(await database.execute(sql)) == [], sql


# What waits -----------------------------------------------------------------------------------


async def test_review_lists_what_waits_and_leads_to_the_form(site: Datasette) -> None:
    page = await site.client.get("/review")
    main_part = main_of(html5lib.HTMLParser(namespaceHTMLElements=False).parse(page.text))
    # Maps have no judgement that counts: both steps would show a level for the first time.
    assert (
        "Fake maps: If it stood, 2 cells of the map would change, that of the step of marginal"
        " risk among them. One machine coded it."
    ) in [re.sub(r"\s+", " ", text) for text in texts(main_part, "p")]
    targets = {a.get("href") for a in main_part.iter("a")}
    assert "/contribute?study=pretend2023&vector=fake_maps&check=1" in targets
    # Calls are contested at one step.
    assert "/contribute?study=fictive2022&vector=robot_calls&settle=1" in targets


async def test_what_waits_stands_in_parts_checks_before_what_is_to_be_settled(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        review, "take_part", lambda total, asked, query: take_part(total, asked, query, 1)
    )
    parts = []
    for path in ("/review", "/review?page=2"):
        page = await site.client.get(path)
        parts.append(main_of(html5lib.HTMLParser(namespaceHTMLElements=False).parse(page.text)))
    assert [texts(part, "h2") for part in parts] == [["To check"], ["To settle"]]
    links = [{a.get("href") for a in part.iter("a")} for part in parts]
    assert "?page=2" in links[0]
    assert "/contribute?study=pretend2023&vector=fake_maps&check=1" in links[0]
    assert "/contribute?study=fictive2022&vector=robot_calls&settle=1" in links[1]
    assert links[1] & {"?", "/review"}  # back to the first part


# A consensus ----------------------------------------------------------------------------------


async def test_a_consensus_is_asked_only_where_its_coders_differ(site: Datasette) -> None:
    page = await site.client.get("/contribute?study=fictive2022&vector=robot_calls&settle=1")
    main_part = main_of(html5lib.HTMLParser(namespaceHTMLElements=False).parse(page.text))
    assert texts(main_part, "h1") == ["Settle a coding"]
    asked = {f.get("name") for f in main_part.iter("input") if f.get("type") == "radio"}
    assert asked == {"level-added_risk"}
    assert "The coders agree: ● Addressed. There is nothing to settle." in text_of(main_part)
    values = [f.get("value") for f in main_part.iter("input") if f.get("type") == "radio"]
    assert values == [
        *("as person_a", "as person_b", "addressed", "partial", "absent", "not_coded"),
    ]


async def test_a_step_that_was_agreed_reads_so_beside_a_consensus(site: Datasette) -> None:
    page = await site.client.get("/studies/madeup2021")
    text = text_of(main_of(html5lib.HTMLParser(namespaceHTMLElements=False).parse(page.text)))
    assert "Agreed: ● Addressed" in text
    assert "Settled: the coders gave Addressed and Partial." in text
    cell = await site.client.get("/vectors/forged_letters/added_risk")
    said = text_of(main_of(html5lib.HTMLParser(namespaceHTMLElements=False).parse(cell.text)))
    assert "consensus, where the coders gave Addressed and Partial" in said


# Comparisons of one's own ---------------------------------------------------------------------

OWN = Answers(
    study="nobody2019",
    misuse_vector="robot_calls",
    coder="person_a",
    coded_on="2024-12-31",
    steps={"added_risk": StepAnswer("addressed", "high", "page 2", "Calls by a machine and not.")},
    comparisons=(
        ComparisonAnswer("closed_models", "open", "less", "", "page 2", "Ten calls a day."),
    ),
)


def test_comparisons_become_rows(tiny: Path) -> None:
    assert rows_of_coder(files_after(tiny, OWN)["comparisons.csv"], "person_a")[-1] == (
        "nobody2019,robot_calls,person_a,open,closed_models,less,,page 2,Ten calls a day."
    )


def test_a_comparison_with_nothing_measures_nothing(tiny: Path) -> None:
    nothing = ComparisonAnswer("none", "unclear", "", "", "page 2", "")
    steps = {"added_risk": StepAnswer("absent", "high", "page 2", "Calls, and nothing beside.")}
    answers = Answers(**{**vars(OWN), "steps": steps, "comparisons": (nothing,)})
    assert rows_of_coder(files_after(tiny, answers)["comparisons.csv"], "person_a")[-1] == (
        "nobody2019,robot_calls,person_a,unclear,none,not_measured,,page 2,"
    )


def test_a_fault_in_a_comparison_names_it(tiny: Path) -> None:
    wrong = (*OWN.comparisons, ComparisonAnswer("closed_model", "open", "less", "", "", ""))
    answers = Answers(**{**vars(OWN), "comparisons": wrong})
    assert ("comparison-2", "locator") in fields_of(tiny, answers)
    told = (*OWN.comparisons, ComparisonAnswer("closed_model", "open", "less", "", "page 3", ""))
    proposal = propose(records_of(tiny), Answers(**{**vars(OWN), "comparisons": told}), TODAY)
    (finding,) = (f for f in proposal.findings if f.is_error)
    assert (finding.step, finding.field) == ("comparison-2", "comparator")
    assert "Did you mean 'closed_models'?" in str(finding)


def test_options_give_comparisons(tiny: Path) -> None:
    row = 'open,closed_models,less,,"page 2, Table 1",Ten calls a day.'
    words = [
        *("add", "--data", str(tiny), "--study", "nobody2019", "--vector", "robot_calls"),
        *("--coder", "person_a", "--coded-on", "2024-12-31", "--no-input"),
        *("--level", "added_risk=addressed", "--confidence", "added_risk=high"),
        *("--locator", "added_risk=page 2", "--rationale", "added_risk=Calls and no calls."),
        *("--version-read", "Print", "--read", "part", "--comparison", row),
    ]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    text = (tiny / "comparisons.csv").read_text(encoding="utf-8")
    assert f"nobody2019,robot_calls,person_a,{row}\n" in text
    assert "comparison, new: " in result.output


# A model of one's own -------------------------------------------------------------------------

MACHINE = {
    "study": "nobody2019",
    "misuse_vector": "robot_calls",
    "coder": "toy_model_2",
    "coder_name": "Toy model 2",
    "coder_kind": "machine",
    "coder_note": "Invented; checked by nobody.",
    "coded_on": "2024-12-31",
    "steps": {
        "threat": {
            "level": "partial",
            "confidence": "high",
            "locator": "page 1",
            "rationale": "Says who calls, and not why.",
            "passage": "the caller of efficient offi-\nces",
        },
        "defense": {
            "level": "absent",
            "confidence": "high",
            "locator": "pages 1 to 9",
            "rationale": "Looked for ways to hang up.",
            "passage": "hang up at once",
        },
    },
}


def test_a_machines_answer_is_provisional_and_decides_nothing(tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "coding.json"
    path.write_text(json.dumps(MACHINE), encoding="utf-8")
    before = (tiny / "screening.csv").read_bytes()
    words = ["add", "--answers", str(path), "--data", str(tiny), "--no-input"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert (tiny / "screening.csv").read_bytes() == before
    assert "toy_model_2,Toy model 2,machine,,,Invented; checked by nobody." in (
        tiny / "coders.csv"
    ).read_text(encoding="utf-8")
    for file in tiny.rglob("*.csv"):
        assert "efficient" not in file.read_text(encoding="utf-8"), file
    assert read_corpus(tiny, TODAY).is_sound


def test_nobody_codes_under_the_name_of_a_machine(tiny: Path) -> None:
    assert ("", "coder") in fields_of(tiny, Answers(**{**vars(OWN), "coder": "toy_model"}))


def test_the_task_holds_the_words_of_the_codebook_and_the_form_of_the_answer(tiny: Path) -> None:
    words = ["task", "nobody2019", "--vector", "robot_calls", "--data", str(tiny)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "Does the study compare the harm with a baseline?" in result.output
    assert "- addressed: Compares the harm with a stated baseline." in result.output
    form = read_answers(result.output.partition("```json\n")[2].partition("```")[0])
    assert (form.study, form.misuse_vector) == ("nobody2019", "robot_calls")
    assert form.coder_kind == "machine"
    assert list(form.steps) == ["threat", "added_risk", "defense"]
    unknown = CliRunner().invoke(main, [*words[:1], "nobody2091", *words[2:]])
    assert unknown.exit_code == 1
    assert "Did you mean 'nobody2019'?" in unknown.output


def test_passages_are_found_whatever_a_page_does_to_them(tmp_path: Path) -> None:
    answers, text = tmp_path / "coding.json", tmp_path / "text.txt"
    answers.write_text(json.dumps(MACHINE), encoding="utf-8")
    text.write_text("It was the caller of e\ufb03cient\n o\ufb03\u00ad\nces, who hung up.", "utf-8")
    result = CliRunner().invoke(main, ["passages", str(answers), str(text)])
    assert result.exit_code == 1
    assert "threat: found: " in result.output
    assert "defense: NOT THERE: hang up at once" in result.output
    assert "1 of 2 passages are in" in result.output
    text.write_text("The caller of efficient offices will hang up at once.", encoding="utf-8")
    # The first letter is another one: the passage is not there letter by letter.
    result = CliRunner().invoke(main, ["passages", str(answers), str(text)])
    assert "defense: found" in result.output
    assert "threat: NOT THERE" in result.output


def pdf_of(text: str) -> bytes:
    """Return the smallest PDF whose one page shows a line of text in Helvetica."""
    drawn = f"BT /F 12 Tf 50 700 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return content + end % (table, len(content))


def test_passages_are_looked_up_in_a_pdf(tmp_path: Path) -> None:
    answers, study = tmp_path / "coding.json", tmp_path / "study.pdf"
    answers.write_text(json.dumps(MACHINE), encoding="utf-8")
    study.write_bytes(pdf_of("Then the callers will hang up at once."))
    result = CliRunner().invoke(main, ["passages", str(answers), str(study)])
    assert result.exit_code == 1
    assert "defense: found: hang up at once" in result.output
    assert "threat: NOT THERE" in result.output
    study.write_bytes(b"%PDF-1.4\nand then nothing")
    result = CliRunner().invoke(main, ["passages", str(answers), str(study)])
    assert result.exit_code != 0
    assert "study.pdf is a PDF that cannot be read" in result.output
