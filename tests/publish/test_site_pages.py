"""The rows and columns of the map, the codebook, the data, what the map is, and what goes wrong."""

import csv
import re
import sqlite3
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
import yaml
from datasette.app import Datasette

from marginal_risk.publish.page import Page
from marginal_risk.publish.pages import about, gaps, rows_and_columns
from marginal_risk.publish.pages import codebook as codebook_page
from marginal_risk.publish.pages import data as data_page
from marginal_risk.publish.pages import studies as study_list
from marginal_risk.publish.queries import inventory
from pages import (
    ROOT,
    TEMPLATES,
    OpenSite,
    get,
    links,
    main_of,
    opened,
    rows_of,
    site_on,
    text_of,
    texts,
)
from places import FROZEN, TINY

PATHS = (
    "/gaps",
    "/vectors/forged_letters",
    "/steps/added_risk",
    "/studies",
    "/studies?q=forgers",
    "/codebook",
    "/about",
    "/data",
)


# A row and a column of the map


def signs_of(main: Element) -> list[str]:
    """Return what the strip of signs says, in its order."""
    (strip,) = (ol for ol in main.iter("ol") if ol.get("class") == "strip")
    return texts(strip, "li")


def reasons_of(main: Element) -> dict[str, list[str]]:
    """Return the reasons that stand under each heading."""
    (found,) = (dl for dl in main.iter("dl") if dl.get("class") == "reasons-of")
    return {texts(div, "dt")[0]: texts(div, "dd") for div in found}


async def test_a_vector_shows_its_row_its_gaps_and_its_judgements(site: Datasette) -> None:
    main = main_of(await get(site, "/vectors/forged_letters"))
    assert "None of the 2 studies read so far gives more than partial evidence" in text_of(main)
    assert signs_of(main) == ["●ThreatAddressed", "◐Added riskPartial", "○DefenseAbsent"]
    reasons = reasons_of(main)
    assert list(reasons) == [
        "● Threat addressed: 2 studies: 2 addressed; 1 by one coder",
        "◐ Added risk partial: 2 studies: 2 partial; 1 by one coder",
        "○ Defense absent: 1 of 2 studies, 1 coder",
    ]
    assert [len(found) for found in reasons.values()] == [3, 4, 1]
    assert reasons["○ Defense absent: 1 of 2 studies, 1 coder"] == [
        "Does not discuss seals or signatures. Invented (2020), section 3."
        " Judged by Tabulated & Madeup (2024), Table 1, Appendix A."
    ]
    compared, missing = (ul for ul in main.iter("ul") if ul.get("class") == "prose")
    assert texts(compared, "li")[-1] == (
        "Open models were tested against goose quills by one study, which found more."
    )
    assert texts(missing, "li") == [
        "Nothing is missing: Threat. Several studies address this.",
        "Partial only: Added risk. Studies cover this step in part only."
        " A gap in the literature as found: all 2 studies found are judged here.",
        "Absent: Defense. No judged study covers this step."
        " A gap in our reading: 1 of 2 studies found is not judged here yet.",
    ]
    assert links(main)["Threat"] == "/vectors/forged_letters/threat"
    assert links(main)["Robot calls →"] == "/vectors/robot_calls"


async def test_a_step_shows_its_column_what_earns_each_level_and_its_judgements(
    site: Datasette,
) -> None:
    main = main_of(await get(site, "/steps/added_risk"))
    assert texts(main, "h1") == ["Added risk of invented models"]
    assert "Does the study compare the harm with a baseline?" in texts(main, "p")
    (rules,) = (dl for dl in main.iter("dl") if dl.get("class") == "earned")
    assert list(zip(texts(rules, "dt"), texts(rules, "dd"), strict=True)) == [
        ("● Addressed", "Compares the harm with a stated baseline."),
        ("◐ Partial", "Gives evidence of harm, without a baseline."),
        ("○ Absent", "Gives no evidence of harm."),
    ]
    assert signs_of(main) == [
        "◐Forged lettersPartial",
        "±Robot callsContested, low confidence",
        "?Fake mapsNot coded",
    ]
    reasons = reasons_of(main)
    assert list(reasons) == [
        "◐ Forged letters partial: 2 studies: 2 partial; 1 by one coder",
        "± Robot calls contested: 1 of 2 studies",
        "? Fake maps not coded: 1 study found, none judged",
    ]
    assert reasons["? Fake maps not coded: 1 study found, none judged"] == [
        "Nobody has judged this."
    ]
    assert links(main)["Robot calls"] == "/vectors/robot_calls/added_risk"


async def test_one_caveat_stands_once_where_all_steps_share_it(
    paper_data: Path, tmp_path: Path
) -> None:
    async with site_on(paper_data, tmp_path) as site:
        text = text_of(main_of(await get(site, "/vectors/biosecurity")))
    # One study of 15 is judged, at all six steps, by one coder.
    assert text.count("14 of 15 studies found are not judged here yet.") == 1
    assert text.count("1 of 15 studies, 1 coder") == 1


async def test_a_vector_lists_every_study_that_waits_with_its_type_and_links(
    paper_data: Path, tmp_path: Path
) -> None:
    with (paper_data / "screening.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["misuse_vector"] == "biosecurity"]
    waiting = {row["citekey"] for row in rows if row["decision"] == "candidate"}
    async with site_on(paper_data, tmp_path) as site:
        main = main_of(await get(site, "/vectors/biosecurity"))
    (found,) = (ul for ul in main.iter("ul") if ul.get("class") == "waiting")
    shown = [links(item) for item in found]
    keys = [path for item in shown for path in item.values() if path.startswith("/studies/")]
    assert len(waiting) == 14
    assert sorted(keys) == sorted(f"/studies/{citekey}" for citekey in waiting)
    assert all(
        f"/contribute?study={key.removeprefix('/studies/')}&vector=biosecurity" in item.values()
        for key, item in zip(keys, shown, strict=True)
    )
    assert "14 studies wait" in texts(main, "h2")
    (hong,) = (item for item in found if "Hong et al. (2026)" in text_of(item))
    assert "Empirical study · arXiv" in text_of(hong)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/vectors/forged_letters", "Forged letters"),
        ("/vectors/forged_letters/added_risk", "Forged letters: Added risk"),
    ],
)
async def test_a_row_and_a_cell_can_be_cited_with_address_and_data_version(
    site: Datasette, path: str, title: str
) -> None:
    main = main_of(await get(site, path))
    version = (await site.client.get("/evidence/build.json?_shape=array")).json()[0]
    said = f"{title}, in: Marginal Risk Evidence Map, version {version['data_version']}"
    assert said in text_of(main)
    assert f"http://localhost{path}" in text_of(main)
    ris = (await site.client.get(links(main)["RIS"])).text.splitlines()
    assert f"TI  - {title}, in: Marginal Risk Evidence Map" in ris
    assert f"UR  - http://localhost{path}" in ris
    assert f"ET  - {version['data_version']} ({version['data_date']})" in ris
    bibtex = (await site.client.get(links(main)["BibTeX"])).text
    assert f"title = {{{{{title}, in: Marginal Risk Evidence Map}}}}" in bibtex
    assert f"url = {{http://localhost{path}}}" in bibtex
    plain = (await site.client.get(links(main)["Plain text"])).text
    assert plain.strip() in text_of(main)
    for missing in ("/vectors/nowhere/cite.ris", "/vectors/forged_letters/nostep/cite.ris"):
        assert (await site.client.get(missing)).status_code == 404


async def test_a_cell_leads_to_its_row_its_column_and_the_cells_beside_it(site: Datasette) -> None:
    main = main_of(await get(site, "/vectors/forged_letters/defense"))
    crumbs = next(p for p in main.iter("p") if p.get("class") == "crumbs")
    assert links(crumbs) == {
        "The map": "/",
        "Forged letters": "/vectors/forged_letters",
        "Defense": "/steps/defense",
    }
    around = next(nav for nav in main.iter("nav") if nav.get("class") == "around")
    assert links(around) == {
        "← Forged letters: Added risk": "/vectors/forged_letters/added_risk",
        "Robot calls: Threat →": "/vectors/robot_calls/threat",
    }


async def test_a_cell_explains_low_confidence_and_disagreement(site: Datasette) -> None:
    words = yaml.safe_load((TINY / "codebook.yml").read_text(encoding="utf-8"))
    (low,) = (word for word in words["confidences"] if word["slug"] == "low")
    (contested,) = (word for word in words["gap_kinds"] if word["slug"] == "contested")
    text = text_of(main_of(await get(site, "/vectors/robot_calls/added_risk")))
    assert " ".join(f"Low confidence: {low['definition']}".split()) in text
    assert " ".join(contested["definition"].split()) in text
    without = text_of(main_of(await get(site, "/vectors/forged_letters/threat")))
    assert "Low confidence" not in without


async def test_judgements_of_machines_are_shown_when_asked_for_and_marked(site: Datasette) -> None:
    for path in ("/vectors/fake_maps", "/steps/threat"):
        without = text_of(main_of(await get(site, path)))
        assert "mapmaker" not in without
        assert "Show" in without
        asked = text_of(main_of(await get(site, f"{path}?codings=provisional")))
        assert "mapmaker" in asked
        assert "provisional" in asked


async def test_of_very_many_judgements_the_rest_is_a_link_away(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_and_columns, "_MOST_SHOWN", 2)
    main = main_of(await get(site, "/vectors/forged_letters"))
    assert links(main)["2 more for Added risk"] == "/vectors/forged_letters/added_risk"


# The codebook


async def test_the_codebook_has_an_anchor_for_every_word(site: Datasette) -> None:
    page = await get(site, "/codebook")
    anchors = {element.get("id") for element in page.iter() if element.get("id")}
    words = yaml.safe_load((TINY / "codebook.yml").read_text(encoding="utf-8"))
    kinds = {
        "misuse_vectors": "vector",
        "steps": "step",
        "levels": "level",
        "confidences": "confidence",
        "coder_kinds": "coder",
        "gap_kinds": "gap",
    }
    shown = text_of(main_of(page))
    for kind, prefix in kinds.items():
        for word in words[kind]:
            assert f"{prefix}-{word['slug']}" in anchors
            assert word["name"] in shown
            assert " ".join(word["definition"].split()) in shown
    for step in words["steps"]:
        for level, rule in step["levels"].items():
            assert f"step-{step['slug']}-{level}" in anchors
            assert rule in shown
    for path in links(main_of(page)).values():
        if path.startswith("#"):
            assert path[1:] in anchors


# What the map is


async def test_the_limits_of_the_map_are_counted(site: Datasette) -> None:
    main = main_of(await get(site, "/about"))
    coders, _, limits = list(main.iter("ul"))[:3]
    found = [text.partition(" Rows: ")[0] for text in texts(limits, "li")]
    # Letters has two studies, calls one, maps none; invented2020 has one coder, the others two.
    # Seven steps were judged; the two coders of added risk in calls left it at low confidence.
    assert found[:4] == [
        "3 of 5 studies found are coded. What is not coded was not judged, and what was not"
        " found was not read.",
        "1 of 3 codings is by one coder alone.",
        "Of 3 misuse vectors, 1 has a single coded study, which no other confirms; 1 has none.",
        "1 of 7 judged steps rests on low confidence: the wording leaves two readings open.",
    ]
    assert texts(coders, "li")[0] == (
        "Tabulated & Madeup (2024), Table 1, published table: 1 coding."
    )


async def test_the_published_map_owns_up_to_one_coder_and_where_its_levels_are_from(
    paper_data: Path, tmp_path: Path
) -> None:
    async with site_on(paper_data, tmp_path) as site:
        shown = text_of(main_of(await get(site, "/about")))
    assert "All codings come from one coder: Kapoor et al. (2024)." in shown
    assert "not from the printed symbols of Table 1" in shown
    assert "Of 7 misuse vectors, 7 have a single coded study, which no other confirms." in shown


async def test_the_repository_is_linked_where_it_is_known(database: Path) -> None:
    address = "https://example.org/evidence/map"
    async with opened(database, repository=address) as site:
        assert links(main_of(await get(site, "/about")))["repository"] == address


async def test_without_a_repository_the_page_says_what_to_do(site: Datasette) -> None:
    about = text_of(await get(site, "/about"))
    assert "Tell whoever runs this site, with the address of the page" in about
    assert "repository" not in about


async def test_the_page_says_how_to_cite_the_data_as_they_are(
    site: Datasette, database: Path
) -> None:
    connection = sqlite3.connect(database)
    version, day = connection.execute("select data_version, data_date from build").fetchone()
    connection.close()
    main = main_of(await get(site, "/about"))
    (citation,) = (text_of(p) for p in main.iter("p") if p.get("class") == "citation")
    assert f"version {version} ({day})" in citation
    assert links(main)["BibTeX"] == "/cite.bib"


# The data


async def test_every_table_and_view_is_listed_with_its_rows_and_columns(
    site: Datasette, database: Path
) -> None:
    main = main_of(await get(site, "/data"))
    listed = {row[0]: row for table in main.iter("table") for row in rows_of(table)}
    connection = sqlite3.connect(database)
    names = connection.execute(
        "select name from sqlite_master where type in ('table', 'view')"
        " and name not like 'sqlite%' and name not like 'studies_fts%'"
        " and name <> 'alembic_version'"
    ).fetchall()
    assert set(listed) == {name for (name,) in names}
    for name, row in listed.items():
        (count,) = connection.execute(f'select count(*) from "{name}"').fetchone()
        columns = [c[1] for c in connection.execute(f'pragma table_info("{name}")')]
        assert row[2] == str(count), name
        assert all(column in row[1] for column in columns), name
    connection.close()


def test_rows_are_counted_under_a_time_limit() -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "create view three as select 1 union all select 2 union all select 3; create view endless"
        " as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n;"
    )
    assert inventory.count_rows(connection, "three", 1000) == 3
    assert inventory.count_rows(connection, "endless", 10) is None
    assert inventory.count_rows(connection, "three", 1000) == 3
    with pytest.raises(sqlite3.OperationalError, match="no such table: none"):
        inventory.count_rows(connection, "none", 1000)
    connection.close()


async def test_a_view_that_takes_too_long_to_count_does_not_break_the_page(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory, "count_rows", lambda *_: None)
    table, *_ = main_of(await get(site, "/data")).iter("table")
    assert {row[2] for row in rows_of(table)} == {"many"}


async def test_every_stored_query_and_example_is_there_and_runs(site: Datasette) -> None:
    config = yaml.safe_load((ROOT / "datasette.yml").read_text(encoding="utf-8"))
    queries = config["databases"]["evidence"]["queries"]
    main = main_of(await get(site, "/data"))
    found = links(main)
    for name, query in queries.items():
        assert found[query["title"]] == f"/evidence/{name}"
        assert (await site.client.get(f"/evidence/{name}")).status_code == 200
    examples = [a.get("href") for a in main.iter("a") if "Run or change" in "".join(a.itertext())]
    assert len(examples) == len(data_page.EXAMPLES) == 3
    for path in examples:
        rows = (await site.client.get(path.replace("/-/query?", "/-/query.json?"))).json()
        assert rows["rows"], path


async def test_the_examples_answer_what_they_ask(site: Datasette) -> None:
    answers = []
    for sql in data_page.EXAMPLES.values():
        found = await site.client.get("/evidence/-/query.json", params={"sql": sql})
        answers.append([list(row.values()) for row in found.json()["rows"]])
    evidence, steps, years = answers
    assert evidence == [
        ["Invented (2020)", "Forged letters", "partial"],
        ["Made-Up & Institute of Nowhere (2021)", "Forged letters", "partial"],
    ]
    assert steps == [["Defense", 1, 0], ["Added risk", 0, 1], ["Threat", 0, 0]]
    assert years == [
        [2019, 1, 0],
        [2020, 1, 1],
        [2021, 1, 1],
        [2022, 1, 1],
        [2023, 1, 0],
        [2024, 1, 0],
    ]


async def test_the_database_can_be_downloaded(site: Datasette) -> None:
    path = links(main_of(await get(site, "/data")))["Download the database"]
    response = await site.client.get(path)
    assert response.content.startswith(b"SQLite format 3\0")


# What goes wrong


@pytest.mark.parametrize(
    "path",
    [
        "/no-such-page",
        "/studies/nobody2000",
        "/vectors/nowhere",
        "/steps/csam",
        "/evidence/nothing",
    ],
)
async def test_a_page_that_is_not_there_helps_to_find_another(site: Datasette, path: str) -> None:
    main = main_of(await get(site, path, status=404))
    assert texts(main, "h1") == ["There is nothing at this address"]
    assert {"/", "/studies", "/codebook", "/data"} <= set(links(main).values())
    (form,) = main.iter("form")
    assert (form.get("action"), form.get("method")) == ("/studies", "get")


async def test_an_error_names_the_site_s_pages_as_every_page_does(site: Datasette) -> None:
    def bar(page) -> list[tuple[str, str]]:
        groups = next(page.iter("nav")).find("ul")
        return [(text_of(a), a.get("href")) for a in groups.iter("a")]

    error = await get(site, "/no-such-page", status=404)
    assert bar(error) == bar(await get(site, "/"))
    assert [name for name, _ in bar(error)] == ["Map", "Studies", "Method", "Data", "Contribute"]


_MAP_PAGES = ["The map", "Compared with what?", "Gaps", "Trends"]


@pytest.mark.parametrize(
    ("path", "group", "pages"),
    [
        ("/", "Map", _MAP_PAGES),
        (
            "/vectors/forged_letters/defense",
            "Map",
            _MAP_PAGES,
        ),
        ("/studies/madeup2021", "Studies", ["All studies", "Screening", "What to code next"]),
        ("/codebook", "Method", ["About", "Codebook", "Agreement", "Checklist"]),
        ("/data", "Data", ["Tables and downloads", "What changed", "SQL"]),
    ],
)
async def test_a_page_shows_the_pages_of_its_group_and_the_search(
    site: Datasette, path: str, group: str, pages: list[str]
) -> None:
    page = await get(site, path)
    nav = next(page.iter("nav"))
    groups, below = nav.iter("ul")
    assert [text_of(a) for a in groups.iter("a") if a.get("aria-current")] == [group]
    assert texts(below, "a") == pages
    here = [a.get("href") for a in nav.iter("a") if a.get("aria-current") == "page"]
    assert set(here) <= {path}
    form = next(nav.iter("form"))
    assert (form.get("action"), form.get("role")) == ("/studies", "search")
    assert [i.get("name") for i in form.iter("input")] == ["q"]
    for target in links(below).values():
        # The page to write SQL on leads on to the question of the map.
        response = await site.client.get(target, follow_redirects=True)
        assert response.status_code == 200, target


@pytest.mark.parametrize("path", ["/nothing.json", "/evidence/nothing.json"])
async def test_who_asks_for_json_gets_an_error_as_json(site: Datasette, path: str) -> None:
    response = await site.client.get(path)
    assert response.status_code == 404
    assert response.json()["ok"] is False


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        (
            "/evidence/studies?_sort=<script>alert(1)</script>",
            400,
            "This request cannot be answered",
        ),
        ("/-/create-token", 403, "This is not allowed"),
    ],
)
async def test_an_error_says_what_is_wrong_and_nothing_in_it_is_run(
    site: Datasette, path: str, status: int, heading: str
) -> None:
    page = await get(site, path, status=status)
    assert texts(page, "h1") == [heading]
    assert not list(page.iter("script"))
    assert texts(main_of(page), "div")


async def test_a_query_that_takes_too_long_says_so(site: Datasette) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    response = await site.client.get("/evidence/-/query", params={"sql": endless})
    assert response.status_code == 400
    assert "This query took too long" in response.text
    assert "<script" not in response.text


async def test_a_fault_of_the_program_is_not_shown(
    site: Datasette, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret <b>")

    monkeypatch.setattr(codebook_page, "read_rules", fail)
    page = await get(site, "/codebook", status=500)
    assert texts(page, "h1") == ["Something went wrong here"]
    assert "secret" not in text_of(page)
    assert "a secret" in caplog.text  # for who runs the site


async def test_a_form_from_elsewhere_is_refused_in_the_same_house(site: Datasette) -> None:
    response = await site.client.post("/gaps", headers={"Origin": "http://example.org"})
    assert response.status_code == 403
    assert "This form came from elsewhere" in response.text


# What holds for all of these pages


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_has_one_h1_and_no_heading_skips_a_rank(site: Datasette, path: str) -> None:
    page = await get(site, path)
    ranks = [int(h.tag[1]) for h in page.iter() if re.fullmatch(r"h[1-6]", str(h.tag))]
    assert ranks.count(1) == 1
    assert ranks[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))
    for table in page.iter("table"):
        assert table.find("caption") is not None
        assert all(th.get("scope") for th in table.iter("th"))


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/data"])
async def test_a_page_says_once_what_addressed_does_not_mean(site: Datasette, path: str) -> None:
    assert (await site.client.get(path)).text.count("says nothing about how large the risk") == 1


async def test_every_link_of_the_published_pages_leads_somewhere(
    published_data: Path, tmp_path: Path
) -> None:
    paths = ("/gaps", "/vectors/csam", "/steps/existing_risk", "/studies?q=risk", "/codebook")
    targets: set[str] = set()
    async with site_on(published_data, tmp_path) as site:
        for path in (*paths, "/about", "/data", "/studies"):
            page = await get(site, path)
            anchors = {element.get("id") for element in page.iter()}
            for link in main_of(page).iter("a"):
                target = link.get("href") or ""
                if target.startswith("#"):
                    assert target[1:] in anchors, (path, target)
                elif target.startswith("?"):
                    targets.add(path.partition("?")[0] + target)
                elif not urlsplit(target).netloc:
                    targets.add(target.partition("#")[0])
        for target in sorted(targets):
            # The page to write SQL on leads to a question, where it is asked nothing.
            found = await site.client.get(target, follow_redirects=True)
            assert found.status_code == 200, target
            assert not found.history or target == "/evidence/-/query", target


@pytest.mark.parametrize("path", PATHS)
async def test_the_pages_work_below_a_base_url(site: Datasette, path: str) -> None:
    site._settings["base_url"] = "/maps/"
    page = (await site.client.get(path)).text
    targets = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
    assert targets
    assert [target for target in targets if not target.startswith("/maps/")] == []


async def test_an_error_page_works_below_a_base_url(site: Datasette) -> None:
    site._settings["base_url"] = "/maps/"
    page = (await site.client.get("/nothing-here")).text
    targets = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
    assert [target for target in targets if not target.startswith("/maps/")] == []


@pytest.mark.parametrize(
    ("context", "templates"),
    [
        (gaps.GapsPage, ["gaps.html"]),
        (rows_and_columns.VectorPage, ["vector.html", "line_parts.html"]),
        (rows_and_columns.StepPage, ["step.html", "line_parts.html"]),
        (study_list.StudyListPage, ["study_list.html"]),
        (codebook_page.CodebookPage, ["codebook.html"]),
        (about.AboutPage, ["about.html"]),
        (data_page.DataPage, ["data.html"]),
    ],
)
def test_every_field_of_a_page_s_context_has_a_help_text_and_is_used(
    context: type[Page], templates: list[str]
) -> None:
    shared = ["house.html", "list_parts.html"]
    source = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in templates + shared)
    for field in fields(context):
        assert field.metadata["help"].endswith("."), field.name
        used = field.name in {"vocabulary", "meaning"} or re.search(rf"\b{field.name}\b", source)
        assert used, f"{field.name} is not rendered"


async def test_a_borderline_case_leads_to_the_judgement_that_it_is_about(
    open_on: OpenSite,
) -> None:
    site = await open_on(FROZEN)
    page = await get(site, "/codebook")
    cases = [
        link.get("href") or ""
        for details in page.iter("details")
        if (details.get("id") or "").startswith("borderline-")
        for link in details.iter("a")
    ]
    assert len(cases) > 10
    for path in cases:
        target = await get(site, path.partition("#")[0])
        anchor = path.partition("#")[2]
        rows = [row for row in target.iter("tr") if row.get("id") == anchor]
        assert len(rows) == 1, path
    # People judged Gopal et al.; machines alone read Ho and Berg.
    assert any(path.startswith("/studies/gopal2023#") for path in cases)
    assert any(path.startswith("/studies/ho2025?codings=provisional#") for path in cases)


async def test_the_protocol_gives_the_criteria_of_the_codebook(site: Datasette) -> None:
    text = text_of(main_of(await get(site, "/about")))
    assert "A work belongs on the map if each of these holds" in text
    for name in ("no misuse", "duplicate"):
        assert f"If not: {name}." in text


async def test_the_checklist_tells_what_the_map_lacks(site: Datasette) -> None:
    main = main_of(await get(site, "/checklist"))
    rows = rows_of(next(main.iter("table")))
    assert {row[2] for row in rows} == {"Has it", "In part", "Lacks it"}
    assert [row[0] for row in rows if row[2] == "Lacks it"] == ["Living mode parameters (L1)"]
    named = {word for row in rows for word in ("L1", "L2", "L3", "L4") if f"({word})" in row[0]}
    assert named == {"L1", "L2", "L3", "L4"}
    for target in {a.get("href") for a in main.iter("a") if (a.text or "").startswith("See ")}:
        assert (await site.client.get(str(target))).status_code == 200
