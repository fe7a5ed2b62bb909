"""/contribute: the form, its check, its preview and its file; nothing is stored."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import html5lib
import pytest
from datasette.app import Datasette
from datasette.utils import tilde_encode
from hypothesis import given, settings
from hypothesis import strategies as st

from marginal_risk.check.corpus import read_corpus
from marginal_risk.contribute.canonical import canonical_sheets
from marginal_risk.contribute.coding.answers import read_answers, tidy
from marginal_risk.contribute.coding.file_changes import changed_files
from marginal_risk.contribute.coding.proposal import propose
from marginal_risk.contribute.form.published_records import read_records
from pages import OpenSite, get, links, main_of, opened, rows_of, text_of, texts
from places import TINY

NEW = """@misc{newly2024,
  author = {Newly, Ned},
  title = {Clouds Mistaken for Castles},
  year = {2024},
  doi = {10.5555/newly.2024},
}"""
SOUND = {
    "bibtex": NEW,
    "misuse_vector": "fake_maps",
    "coder": "person_c",
    "coder_name": "Person C (invented)",
    "coded_on": "2024-06-01",
    "level-threat": "addressed",
    "confidence-threat": "high",
    "locator-threat": "page 3",
    "rationale-threat": "Says which <clouds> were sold as castles, and by whom.",
}


async def post(site: Datasette, fields: dict[str, str], path: str = "/contribute"):
    return await site.client.post(
        path,
        content=urlencode(fields),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )


def parse(text: str):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


async def test_the_form_is_filled_in_for_a_study_that_waits(site: Datasette) -> None:
    main = main_of(await get(site, "/contribute?study=nobody2019&vector=robot_calls"))
    fields = {field.get("name"): field.get("value") for field in main.iter("input")}
    assert fields["study"] == "nobody2019"
    assert "A Report That Nobody Has Coded" in text_of(main)
    chosen = [text_of(o) for o in main.iter("option") if o.get("selected") is not None]
    assert "Robot calls" in chosen
    # Each step asks the codebook's question, and says what earns each level.
    assert "Does the study compare the harm with a baseline?" in texts(main, "p")
    assert "Compares the harm with a stated baseline." in text_of(main)


async def test_a_study_s_page_leads_to_the_form_for_it(open_on: OpenSite, tiny: Path) -> None:
    """Also where its key is one that a publisher gives, which addresses escape."""
    key = "10.1145/3442188"
    with (tiny / "bib" / "invented.bib").open("a", encoding="utf-8") as file:
        file.write(f"@misc{{{key}, author = {{A, B}}, title = {{A Key with a Slash}}, ")
        file.write("year = {2020}, url = {https://example.org/slash}}\n")
    with (tiny / "screening.csv").open("a", encoding="utf-8") as file:
        file.write(f"{key},robot_calls,candidate,,,A test,,\n")
    site = await open_on(tiny)
    for citekey in (key, "nobody2019"):
        page = await get(site, f"/studies/{tilde_encode(citekey)}")
        target = links(main_of(page))["Code this study"]
        main = main_of(await get(site, target))
        fields = {field.get("name"): field.get("value") for field in main.iter("input")}
        assert fields["study"] == citekey


async def test_sound_answers_are_shown_as_what_they_become(site: Datasette) -> None:
    response = await post(site, SOUND)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    main = main_of(parse(response.text))
    assert "It will do" in texts(main, "h2")
    judged, changed = main.iter("table")
    assert rows_of(judged) == [
        [
            *("Threat", "● Addressed"),
            *("Says which <clouds> were sold as castles, and by whom.", "page 3"),
        ]
    ]
    # Maps had one study that only a machine has coded, and now has two.
    assert rows_of(changed) == [
        ["Threat", "? Not coded 1 study found, none judged", "● Addressed 1 of 2 studies, 1 coder"],
        *(
            [
                step,
                "? Not coded 1 study found, none judged",
                "? Not coded 2 studies found, none judged",
            ]
            for step in ("Added risk", "Defense")
        ),
    ]
    lines = texts(main, "pre")
    assert "newly2024,fake_maps,person_c,2024-06-01,addressed,,,2,,,," in lines
    assert any(line.startswith("person_c,Person C (invented),person,") for line in lines)


async def test_a_second_coder_is_not_shown_what_the_first_one_judged(site: Datasette) -> None:
    second = {**SOUND, "bibtex": "", "study": "madeup2021", "misuse_vector": "forged_letters"}
    main = main_of(parse((await post(site, second)).text))
    assert "It will do" in " ".join(texts(main, "h2"))
    assert len(list(main.iter("table"))) == 1  # the coder's own judgements
    assert "Somebody else has coded this study for this misuse vector." in text_of(main)
    assert "No cell of the map changes." not in text_of(main)
    assert "Contested" not in text_of(main)
    # A machine is nobody: its codings count nowhere.
    first = {**SOUND, "bibtex": "", "study": "pretend2023"}
    main = main_of(parse((await post(site, first)).text))
    assert "Somebody else has coded" not in text_of(main)


async def test_a_new_consensus_settles_a_contested_cell(site: Datasette) -> None:
    settled = {
        "study": "fictive2022",
        "misuse_vector": "robot_calls",
        "coder": "consensus_c",
        "coder_name": "Consensus of A and B, again (invented)",
        "coder_kind": "consensus",
        "coded_on": "2024-06-01",
        "level-added_risk": "partial",
        "confidence-added_risk": "high",
        "locator-added_risk": "page 12",
        "rationale-added_risk": "Counts calls, and compares them with nothing.",
    }
    main = main_of(parse((await post(site, settled)).text))
    _, changed = main.iter("table")
    assert rows_of(changed) == [
        ["Added risk", "± Contested 1 of 2 studies", "◐ Partial 1 of 2 studies"],
    ]


async def issue_link(site: Datasette, answers: dict[str, str]) -> str:
    main = main_of(parse((await post(site, answers)).text))
    (link,) = (a for a in main.iter("a") if text_of(a) == "Open an issue with this coding")
    return str(link.get("href"))


async def test_without_a_clone_an_issue_is_offered_that_holds_the_answers(
    open_on: OpenSite,
) -> None:
    site = await open_on(TINY, repository="https://example.org/map/")
    address = urlsplit(await issue_link(site, SOUND))
    assert address._replace(query="").geturl() == "https://example.org/map/issues/new"
    asked = parse_qs(address.query, strict_parsing=True)
    assert asked["template"] == ["offer-a-coding.yml"]
    assert asked["title"] == ["Coding: newly2024, fake_maps, person_c"]
    downloaded = await post(site, SOUND, "/contribute.json")
    assert read_answers(asked["answers"][0]).bibtex == NEW
    whole = tidy(read_answers(downloaded.text))
    judged = {slug: answer for slug, answer in whole.steps.items() if answer.level}
    assert replace(whole, steps=judged) == read_answers(asked["answers"][0])
    # What is too long for a link is asked for as the file's content.
    long = SOUND | {"rationale-threat": "Names them, page by page. " * 400}
    link = await issue_link(site, long)
    assert len(link) < 500
    assert set(parse_qs(urlsplit(link).query)) == {"template", "title"}


async def test_without_a_repository_the_file_is_to_be_sent_and_no_issue_is_offered(
    site: Datasette,
) -> None:
    main = main_of(parse((await post(site, SOUND)).text))
    assert "Open an issue" not in text_of(main)
    *_, offers = main.iter("ol")
    first, *_ = texts(offers, "li")
    assert first.startswith("Download the answers above, and send the file coding.json")
    assert "clone" not in first


async def test_every_finding_leads_to_its_field(site: Datasette) -> None:
    wrong = SOUND | {"coded_on": "June", "rationale-threat": "todo", "bibtex": NEW + NEW}
    main = main_of(parse((await post(site, wrong)).text))
    (notice,) = (d for d in main.iter("div") if d.get("id") == "answers")
    ids = {element.get("id") for element in main.iter() if element.get("id")}
    assert links(notice)
    assert all(target.removeprefix("#") in ids for target in links(notice).values())
    assert "Not yet" in texts(main, "h2")
    assert not list(main.iter("pre"))


async def test_answers_can_be_checked_at_each_step_which_is_then_shown_again(
    site: Datasette,
) -> None:
    main = main_of(parse((await site.client.get("/contribute")).text))
    ids = {element.get("id") for element in main.iter() if element.get("id")}
    places = [
        button.get("formaction") for button in main.iter("button") if "so far" in text_of(button)
    ]
    assert places == [
        "/contribute",
        *(f"/contribute#step-{step}" for step in ("threat", "added_risk")),
        *("/contribute#comparisons", "/contribute#step-defense"),
    ]
    assert all(place.partition("#")[2] in ids for place in places[1:])
    # Enter in a field does what the first button of its form does: it checks, and shows the top.
    *_, form = main.iter("form")
    assert next(form.iter("button")).get("formaction") == "/contribute"
    done = "Checked: nothing to correct at this step."
    assert texts(main_of(parse((await post(site, SOUND)).text)), "p").count(done) == 1
    wrong = SOUND | {"rationale-threat": "todo"}
    assert done not in texts(main_of(parse((await post(site, wrong)).text)), "p")


async def test_an_empty_form_is_told_each_thing_that_is_missing(site: Datasette) -> None:
    page = parse((await post(site, {})).text)
    (notice,) = (d for d in page.iter("div") if d.get("id") == "answers")
    assert [text_of(item).partition(":")[0] for item in notice.iter("li")] == [
        *("study", "misuse vector", "coder", "coded on", "level"),
    ]
    # The title says so, and focus goes to the summary: no script is needed for either.
    (title,) = texts(page, "title")
    assert title.startswith("Not yet, 5 things to correct: Contribute a coding")
    assert (notice.get("autofocus"), notice.get("tabindex")) == ("", "-1")
    assert texts(main_of(page), "h1") == ["Contribute a coding"]


@pytest.mark.parametrize("lacks", ["bibtex", "misuse_vector", "coder", "coded_on"])
async def test_a_reason_that_is_none_is_told_whatever_else_is_missing(
    site: Datasette, lacks: str
) -> None:
    wrong = {**SOUND, "rationale-threat": "N/A", lacks: ""}
    main = main_of(parse((await post(site, wrong)).text))
    (notice,) = (d for d in main.iter("div") if d.get("id") == "answers")
    assert "Threat, rationale: 'N/A' is no reason." in text_of(notice)
    assert "'the study'" not in text_of(notice)
    assert "'the coder'" not in text_of(notice)


async def test_the_title_says_that_it_will_do(site: Datasette) -> None:
    (title,) = texts(parse((await post(site, SOUND)).text), "title")
    assert title.startswith("It will do: Contribute a coding")


async def test_no_confidence_is_chosen_for_the_coder(site: Datasette) -> None:
    main = main_of(await get(site, "/contribute?study=nobody2019&vector=robot_calls"))
    chosen = {
        select.get("name"): next(o.get("value") for o in select.iter("option"))
        for select in main.iter("select")
        if (select.get("name") or "").startswith("confidence-")
    }
    assert chosen == {f"confidence-{step}": "" for step in ("threat", "added_risk", "defense")}
    assert not [o for o in main.iter("option") if o.get("selected") and o.get("value") == "high"]
    unsaid = {**SOUND, "confidence-threat": ""}
    (notice,) = (
        d
        for d in main_of(parse((await post(site, unsaid)).text)).iter("div")
        if d.get("id") == "answers"
    )
    assert "Threat, confidence: This is not answered yet." in text_of(notice)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("forgers", ["madeup2021"]),
        ("Made-Up 2021", ["madeup2021"]),
        ("sans existence robot", ["fictive2022"]),
        ("invented 2020", ["invented2020"]),
        ("https://doi.org/10.5555/nobody.2019", ["nobody2019"]),
        ("Nobody, D. (2019). A report that nobody has coded. Institute.", ["nobody2019"]),
        ("zebra", []),
    ],
)
async def test_a_study_is_found_by_title_author_or_identifier(
    site: Datasette, words: str, keys: list[str]
) -> None:
    asked = {**SOUND, "bibtex": "", "find": words, "search": "yes"}
    page = parse((await post(site, asked)).text)
    main = main_of(page)
    found = [b.get("value") for b in main.iter("button") if b.get("name") == "found"]
    assert found == keys
    # A search is no check: nothing is told of the other answers, and none is lost.
    assert not [d for d in main.iter("div") if d.get("id") == "answers"]
    assert any(f.get("value") == "person_c" for f in main.iter("input"))
    assert ("No study in the bibliography" in text_of(main)) == (not keys)


async def test_a_study_that_is_chosen_takes_the_place_of_an_entry(site: Datasette) -> None:
    main = main_of(parse((await post(site, {**SOUND, "found": "nobody2019"})).text))
    fields = {field.get("name"): field.get("value") for field in main.iter("input")}
    assert fields["study"] == "nobody2019"
    assert "@misc{newly2024" not in text_of(main)
    assert "A Report That Nobody Has Coded" in text_of(main)


@pytest.mark.parametrize("field", ["bibtex", "study"])
@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("10.5555/NOBODY.2019", "in the bibliography, as 'nobody2019'"),
        ("https://doi.org/10.5555/nobody.2019", "in the bibliography, as 'nobody2019'"),
        (
            "Nobody, D. (2019). A report that nobody has coded. Institute of Nowhere.",
            "in the bibliography, as 'nobody2019'",
        ),
        (
            "https://doi.org/10.1000/never.seen",
            "https://api.crossref.org/works/10.1000/never.seen/transform/application/x-bibtex",
        ),
        ("arXiv:2301.00001v2", "https://arxiv.org/bibtex/2301.00001"),
        ("https://arxiv.org/abs/2301.00001", "https://arxiv.org/bibtex/2301.00001"),
        (
            "Unseen, U. (2021). A title that nobody knows. Journal of Nothing, 3(1), 1-9.",
            "year = {2021}",
        ),
    ],
)
async def test_what_is_pasted_in_place_of_an_entry_is_understood_or_answered(
    site: Datasette, field: str, pasted: str, said: str
) -> None:
    answers = {**SOUND, "bibtex": "", field: pasted}
    main = main_of(parse((await post(site, answers)).text))
    (notice,) = (d for d in main.iter("div") if d.get("id") == "answers")
    assert said in text_of(notice)
    assert links(notice) == {"study" if field == "study" else "bibtex": f"#{field}"}


async def test_a_known_work_is_refused_and_named(site: Datasette) -> None:
    known = NEW.replace("10.5555/newly.2024", "10.5555/NOBODY.2019")
    main = main_of(parse((await post(site, SOUND | {"bibtex": known})).text))
    (notice,) = (d for d in main.iter("div") if d.get("id") == "answers")
    assert "'nobody2019'" in text_of(notice)


async def test_hostile_text_stays_text(site: Datasette) -> None:
    attack = "</textarea><script>alert(1)</script>\"'>"
    for name in SOUND:
        page = (await post(site, SOUND | {name: attack})).text
        assert "<script>alert" not in page, name


async def test_a_post_that_is_too_large_is_refused(site: Datasette) -> None:
    refused = await post(site, {"note": "x" * 70_000})
    assert refused.status_code == 413
    assert "The answers have more than 64000 bytes. Go back in your browser" in refused.text
    assert (await post(site, {f"f{n}": "" for n in range(600)})).status_code == 400


async def test_the_file_of_answers_gives_what_the_lines_and_the_form_give(
    site: Datasette, tiny: Path
) -> None:
    response = await post(site, SOUND, "/contribute.json")
    assert "attachment" in response.headers["content-disposition"]
    assert response.headers["cache-control"] == "no-store"
    answers = read_answers(response.text)
    corpus = read_corpus(tiny)
    files = changed_files(corpus, propose(corpus.records, answers, date(2025, 1, 1)))
    # By hand: the lines of the page at the end of each file, then canonical order. The invented
    # sheet of screening is in an older form, without a column that the lines have.
    sheet = tiny / "screening.csv"
    sheet.write_text(dict(canonical_sheets(corpus.records))[sheet.name], encoding="utf-8")
    main = main_of(parse((await post(site, SOUND)).text))
    names = [text_of(p) for p in main.iter("p") if p.get("class") == "label"]
    for name, text in zip(names, (pre.text or "" for pre in main.iter("pre")), strict=True):
        path = tiny.parent / name
        with path.open("a", encoding="utf-8") as file:
            file.write(text.lstrip("\n"))
    by_hand = read_corpus(tiny)
    assert by_hand.is_sound, by_hand.problems
    for name, text in canonical_sheets(by_hand.records):
        assert files.get(tiny / name, (tiny / name).read_text(encoding="utf-8")) == text
    assert (tiny / "bib" / "fake_maps.bib").read_text(encoding="utf-8") == files[
        tiny / "bib" / "fake_maps.bib"
    ]


def test_the_records_read_back_are_those_that_were_stored(database: Path) -> None:
    corpus = read_corpus(TINY)
    with closing(sqlite3.connect(database)) as connection:
        stored = read_records(connection)
    assert dict(canonical_sheets(stored)) == dict(canonical_sheets(corpus.records))
    assert stored.codebook == corpus.records.codebook
    assert [(r.study.citekey, r.study.bibtex, r.authors, r.editors) for r in stored.references] == [
        (r.study.citekey, r.study.bibtex, r.authors, r.editors) for r in corpus.records.references
    ]


def test_whatever_is_posted_is_answered(database: Path) -> None:
    names = st.sampled_from([*SOUND, "study", "note", "level-none", "x"])
    with asyncio.Runner() as runner:
        site = runner.run((entered := opened(database)).__aenter__())

        @settings(max_examples=60)
        @given(st.dictionaries(names, st.text(max_size=60)), st.booleans())
        def check(fields: dict[str, str], is_sound: bool) -> None:
            given_fields = SOUND | fields if is_sound else fields
            for path in ("/contribute", "/contribute.json"):
                raw = {k: v.encode("utf-8", "replace") for k, v in given_fields.items()}
                response = runner.run(post(site, raw, path))
                assert response.status_code == 200
                if path.endswith("json"):
                    json.loads(response.text)

        check()
        runner.run(entered.__aexit__(None, None, None))


async def upload(site: Datasette, content: bytes, name: str = "answers_file"):
    return await site.client.post(
        "/contribute", files={name: ("coding.json", content, "application/json")}
    )


async def test_a_downloaded_file_fills_the_form_again(site: Datasette) -> None:
    downloaded = await post(site, SOUND, "/contribute.json")
    main = main_of(parse((await upload(site, downloaded.content)).text))
    assert "It will do" in texts(main, "h2")
    fields = {field.get("name"): field.get("value") for field in main.iter("input")}
    assert (fields["coder"], fields["coded_on"]) == ("person_c", "2024-06-01")
    assert "@misc{newly2024," in text_of(main)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This is no file of answers: line 1: it is not JSON"),
        (b"<script>", "This is no file of answers: line 1: it is not JSON"),
        (b"\xff\xfe{}", "The file is not UTF-8 text."),
        (b"[" * 50_000, "This is no file of answers"),
        (b'{"steps": []}', "This is no file of answers: 'steps' must hold"),
        (b" " * 70_000, "The file cannot be taken"),
    ],
)
async def test_a_file_that_holds_no_answers_is_told(
    site: Datasette, content: bytes, said: str
) -> None:
    response = await upload(site, content)
    assert response.status_code == 400
    main = main_of(parse(response.text))
    assert said in text_of(main)
    field = next(f for f in main.iter("input") if f.get("id") == "answers_file")
    assert field.get("aria-invalid") == "true"


async def test_a_post_without_a_file_says_so(site: Datasette) -> None:
    response = await upload(site, b"{}", "another")
    assert response.status_code == 400
    assert "No file was chosen." in response.text


async def test_the_file_of_the_form_is_what_the_program_takes(site: Datasette) -> None:
    main = main_of(parse((await post(site, SOUND)).text))
    assert "marginal-risk add --answers coding.json" in texts(main, "code")
