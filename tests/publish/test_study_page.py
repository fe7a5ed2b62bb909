"""The page of a study: what readers see of its codings, and machines of the study."""

import json
import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import html5lib
import pytest
import yaml
from datasette.app import Datasette

from changes_of import make_hostile
from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.pages import study as studies
from pages import OpenSite
from places import FROZEN, ROOT

TEMPLATES = ROOT / "src/marginal_risk/publish/templates/marginal_risk"
TINY = ROOT / "tests/data/tiny"
REPOSITORY = "https://example.org/evidence/map"


async def get(site: Datasette, path: str):
    response = await site.client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(response.text)


def text_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


def table_of(page) -> list[list[str]]:
    """Return the texts of the table of judgements, without labels that only phones show.

    A table of comparisons may follow it, and no other.
    """
    table, *others = page.iter("table")
    assert all(text_of(other).startswith("What the study compares") for other in others)
    for cell in table.iter("td"):
        for label in cell.findall("span[@class='stack-label']"):
            for child in list(label):
                label.remove(child)
            label.text = ""
    return [[text_of(cell) for cell in row if cell.tag in ("th", "td")] for row in table.iter("tr")]


def json_ld(page) -> dict:
    (block,) = (s for s in page.iter("script") if s.get("type") == "application/ld+json")
    return json.loads(block.text)


def metas(page, prefix: str) -> list[tuple[str, str]]:
    found = (
        (m.get("name") or m.get("property") or "", m.get("content")) for m in page.iter("meta")
    )
    return [(name, content) for name, content in found if name.startswith(prefix)]


# The codings


async def test_one_coder_has_a_line_for_each_step(open_on: OpenSite) -> None:
    page = await get(await open_on(TINY), "/studies/invented2020")
    assert table_of(page) == [
        ["Step", "Level", "Why", "Where in the study", "Judged by"],
        [
            "Threat",
            "● Addressed",
            "Clear threat: forgers without a pen.",
            "section 1",
            "Tabulated & Madeup (2024), Table 1, Appendix A",
        ],
        [
            "Added risk",
            "◐ Partial",
            "Gives evidence of forged letters, without a baseline.",
            "section 2",
            "Tabulated & Madeup (2024), Table 1, Appendix A",
        ],
        [
            "Defense",
            "○ Absent",
            "Does not discuss seals or signatures.",
            "section 3",
            "Tabulated & Madeup (2024), Table 1, Appendix A",
        ],
    ]


async def test_several_coders_stand_side_by_side_the_consensus_first(open_on: OpenSite) -> None:
    page = await get(await open_on(TINY), "/studies/madeup2021")
    assert table_of(page) == [
        ["Step", "Consensus of A and B consensus", "Person A (invented)", "Person B (invented)"],
        [
            "Threat",
            "Agreed: ● Addressed The coders gave the same level: nothing was to be settled.",
            "● Addressed Names forgers by trade and by post office. Where: section 1",
            "● Addressed Describes a guild of forgers. Where: section 1",
        ],
        [
            "Added risk",
            "◐ Partial The baseline is named, but nothing is compared with it. Where: section 4"
            " Settled: the coders gave Addressed and Partial.",
            "● Addressed, low confidence Names letters written by hand as the baseline."
            " Where: section 4",
            "◐ Partial A baseline is mentioned and not used. Where: section 4",
        ],
    ]
    shown = text_of(page)
    assert "Not coded: Defense." in shown
    assert "Consensus of A and B: Settled in a talk." in shown
    assert "Person B (invented): Coded without seeing what A had written." in shown


async def test_a_machine_stands_last_and_only_when_asked_for(open_on: OpenSite, tiny: Path) -> None:
    with (tiny / "studies.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("fictive2022,robot_calls,toy_model,2024-01-01,partial,,,2,,whole,,\n")
    with (tiny / "rationales.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("fictive2022,robot_calls,toy_model,threat,high,page 1,,Beeps of a caller.\n")
    site = await open_on(tiny)
    page = await get(site, "/studies/fictive2022")
    assert table_of(page)[0] == ["Step", "Person A (invented)", "Person B (invented)"]
    assert "Beep" not in text_of(page)
    assert "Show 1 provisional judgement by machines" in text_of(page)
    asked = table_of(await get(site, "/studies/fictive2022?codings=provisional"))
    assert asked[0][-1] == "Toy model 0.1 provisional"
    assert asked[1][-1] == "◐ Partial Beeps of a caller. Where: page 1"
    assert asked[2][-1] == "? Not coded"


async def test_a_study_that_machines_alone_coded_is_not_coded(open_on: OpenSite) -> None:
    site = await open_on(TINY)
    page = await get(site, "/studies/pretend2023")
    assert list(page.iter("table")) == []
    assert "Only machines have coded this study; nobody has checked that." in text_of(page)
    links = {text_of(a): a.get("href") for a in page.iter("a")}
    check = "/contribute?study=pretend2023&vector=fake_maps&check=1"
    assert links["Check the provisional coding for Fake maps"] == check
    assert (await site.client.get(check)).status_code == 200
    asked = table_of(await get(site, "/studies/pretend2023?codings=provisional"))
    assert asked[1][-1] == "Toy model 0.1; provisional"
    assert "Nobody has coded this study yet." in text_of(await get(site, "/studies/nobody2019"))


async def test_the_map_s_links_lead_to_a_step_of_a_study(open_on: OpenSite) -> None:
    site = await open_on(TINY)
    links = {
        link.get("href")
        for link in (await get(site, "/?view=studies")).iter("a")
        if (link.get("href") or "").startswith("/studies/") and "#" in link.get("href")
    }
    assert links
    for link in links:
        path, _, name = link.partition("#")
        page = await get(site, path)
        assert name in {element.get("id") for element in page.iter()}, link


# Dispute


async def test_each_coding_can_be_disputed_in_the_repository(open_on: OpenSite) -> None:
    site = await open_on(TINY, repository=f"{REPOSITORY}/")
    page = await get(site, "/studies/madeup2021")
    links = [link for link in page.iter("a") if text_of(link).startswith("Dispute")]
    assert [text_of(link) for link in links] == [
        f"Dispute this coding of Forged letters by {name}"
        for name in ("Consensus of A and B", "Person A (invented)", "Person B (invented)")
    ]
    address = urlsplit(links[1].get("href"))
    assert address._replace(query="").geturl() == f"{REPOSITORY}/issues/new"
    assert parse_qs(address.query, strict_parsing=True) == {
        "template": ["dispute-a-coding.yml"],
        "title": ["Dispute: madeup2021, forged_letters, person_a"],
        "study": ["madeup2021"],
        "misuse_vector": ["forged_letters"],
        "coder": ["person_a"],
    }


@pytest.mark.parametrize("settings", [{}, {"repository": "javascript:alert(1)"}])
async def test_without_a_repository_there_is_no_link(open_on: OpenSite, settings) -> None:
    page = await get(await open_on(TINY, **settings), "/studies/madeup2021")
    assert "Dispute" not in text_of(page)


# What machines read


async def test_reference_managers_find_one_item(open_on: OpenSite) -> None:
    page = await get(await open_on(FROZEN), "/studies/kapoor2024")
    (span,) = (s for s in page.iter("span") if s.get("class") == "Z3988")
    found = parse_qsl(span.get("title"), strict_parsing=True)
    assert found[0] == ("ctx_ver", "Z39.88-2004")
    assert ("rft.genre", "proceeding") in found
    assert len([value for key, value in found if key == "rft.au"]) == 25
    tags = metas(page, "citation_")
    authors = [content for name, content in tags if name == "citation_author"]
    assert (authors[0], authors[-1], len(authors)) == ("Kapoor, Sayash", "Narayanan, Arvind", 25)
    assert [tag for tag in tags if tag[0] != "citation_author"] == [
        ("citation_title", "Position: On the Societal Impact of Open Foundation Models"),
        ("citation_publication_date", "2024"),
        (
            "citation_conference_title",
            "Proceedings of the 41st International Conference on Machine Learning",
        ),
        ("citation_volume", "235"),
        ("citation_firstpage", "23082"),
        ("citation_lastpage", "23104"),
        ("citation_arxiv_id", "2403.07918"),
        ("citation_abstract_html_url", "https://arxiv.org/abs/2403.07918"),
    ]


async def test_search_engines_read_the_study_as_a_work(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    report = json_ld(await get(site, "/studies/thiel2023"))
    assert report["@context"] == "https://schema.org"
    assert report["@type"] == "Report"
    assert report["name"] == "Generative ML and CSAM: Implications and Mitigations"
    assert [author["name"] for author in report["author"]] == [
        "David Thiel",
        "Melissa Stroebel",
        "Rebecca Portnoff",
    ]
    assert report["publisher"]["name"] == "Stanford Internet Observatory and Thorn"
    assert report["identifier"] == ["doi:10.25740/jv206yg3793"]
    assert report["url"] == "https://doi.org/10.25740/jv206yg3793"
    assert report["mainEntityOfPage"] == "http://localhost/studies/thiel2023"
    assert json_ld(await get(site, "/studies/hazell2023"))["@type"] == "ScholarlyArticle"


@pytest.mark.parametrize("base_url", ["/", "/maps/"])
async def test_search_engines_read_the_map_as_a_data_set(open_on: OpenSite, base_url: str) -> None:
    site = await open_on(FROZEN)
    site._settings["base_url"] = base_url
    place = f"http://localhost{base_url}"
    found = json_ld(await get(site, "/"))
    corpus = read_corpus(FROZEN)
    assert found["@type"] == "Dataset"
    assert found["name"] == "Marginal Risk Evidence Map"
    assert found["url"] == place
    assert 50 <= len(found["description"]) <= 5000
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["creator"]["name"] == "The Marginal Risk Evidence Map maintainers"
    assert found["version"] == corpus.data_version
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["dateModified"])
    (paper,) = (r for r in corpus.records.references if r.study.citekey == "kapoor2024")
    assert found["isBasedOn"] == found["citation"]
    assert found["citation"]["name"] == paper.study.title
    assert found["citation"]["identifier"] == f"arXiv:{paper.study.arxiv_id}"
    kinds = {d["encodingFormat"]: d["contentUrl"] for d in found["distribution"]}
    assert set(kinds) == {"application/vnd.sqlite3", "text/csv", "application/json"}
    for address in kinds.values():
        assert address.startswith(place)
        response = await site.client.get("/" + address.removeprefix(place))
        assert response.status_code == 200, address
        assert response.content


async def test_hostile_text_ends_no_script_and_no_attribute(open_on: OpenSite, tiny: Path) -> None:
    make_hostile(tiny)
    page = await get(await open_on(tiny), "/studies/madeup2021")
    assert json_ld(page)["name"].startswith("</script><script>alert(1)</script>")
    assert len([s for s in page.iter("script") if s.get("src") is None]) == 1
    (title,) = (content for name, content in metas(page, "citation_title"))
    assert title == json_ld(page)["name"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "website"),
        ("/studies/thiel2023", "article"),
        ("/vectors/csam/existing_risk", "website"),
    ],
)
async def test_every_page_can_be_shared(open_on: OpenSite, path: str, kind: str) -> None:
    page = await get(await open_on(FROZEN), f"{path}?codings=provisional")
    shared = dict(metas(page, "og:"))
    assert shared["og:type"] == kind
    assert shared["og:url"] == f"http://localhost{path}"
    assert shared["og:image"] == "http://localhost/map.png"
    assert all(shared[name] for name in ("og:title", "og:description", "og:image:alt"))
    assert metas(page, "twitter:") == [("twitter:card", "summary_large_image")]
    links = {link.get("rel"): link for link in page.iter("link")}
    assert links["canonical"].get("href") == f"http://localhost{path}"
    assert links["alternate"].get("type") == "application/atom+xml"
    assert links["alternate"].get("href") == "/feed.atom"


# The page as a whole


async def test_the_page_leads_to_every_format(open_on: OpenSite) -> None:
    site = await open_on(TINY)
    page = await get(site, "/studies/madeup2021")
    targets = {link.get("href") for link in page.iter("a")}
    for base in ("/studies/madeup2021/cite", "/cite"):
        for extension in ("bib", "ris", "json", "txt"):
            assert f"{base}.{extension}" in targets
            assert (await site.client.get(f"{base}.{extension}")).status_code == 200


def test_every_field_of_the_page_has_a_help_text_and_is_used() -> None:
    names = ("study.html", "source.html", "judgements.html", "house.html")
    source = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)
    for field in fields(studies.StudyPage):
        assert field.metadata["help"].endswith("."), field.name
        assert re.search(rf"\b{field.name}\b", source), f"{field.name} is not rendered"


# The source of judgements


async def test_the_paper_of_the_framework_says_what_it_gives_to_the_map(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    page = await get(site, "/studies/kapoor2024")
    said = text_of(page)
    assert "42 judgements on 7 studies, the six steps, and the three levels" in said
    assert "read from the written justifications in Appendix B, not from the printed" in said
    (table,) = page.iter("table")
    rows = [[text_of(cell) for cell in row if cell.tag != "thead"] for row in table.iter("tr")]
    assert [row[0] for row in rows[1:]] == [
        *("Threat identification", "Existing risk", "Existing defenses"),
        *("Evidence on marginal risk", "Ease of defense", "Uncertainty and assumptions"),
        "Conclusion",
    ]
    assert "The marginal risk is low at present." in rows[-1][1]
    assert "The marginal risk is considerable" in rows[-1][2]
    assert "They are no judgements of a study, and count nowhere on the map." in said
    for name in ("Broader access", "Greater customizability", "Local adaptation and inference"):
        assert name in said
    assert "it does not weigh benefits against risks" in said
    assert "Nobody has coded" not in said
    other = text_of(await get(site, "/studies/gopal2023"))
    assert "What it gives to the map" not in other


async def test_other_names_of_its_people_are_told_and_count_as_the_same_author(
    open_on: OpenSite, tiny: Path
) -> None:
    bib = tiny / "bib" / "invented.bib"
    text = bib.read_text(encoding="utf-8")
    assert text.count("author = {Nobody, Dee}") == 1
    text = text.replace("author = {Nobody, Dee}", "author = {Nobody, Dee and Tabulated, F.}")
    bib.write_text(text, encoding="utf-8")
    row = '"Tabulated, F.","Tabulated, Fay",yes,She <says> so.'
    (tiny / "people.csv").write_text(f"name,person,same,reason\n{row}\n", encoding="utf-8")
    site = await open_on(tiny)
    page = await get(site, "/studies/nobody2019")
    assert (
        "Tabulated, F. is also written Tabulated, Fay, in Tabulated & Madeup (2024). She <says>"
        in (text_of(page))
    )
    assert "It shares 1 author with Tabulated & Madeup (2024)" in text_of(page)
    assert "Nobody, Dee; Tabulated, F. (2019)" in text_of(page)  # cited as it is written
    other = text_of(await get(site, "/studies/tabulated2024"))
    assert "Tabulated, Fay is also written Tabulated, F., in Nobody & Tabulated (2019)." in other
    assert "also written" not in text_of(await get(site, "/studies/fictive2022"))


async def test_authors_in_common_with_a_source_of_judgements_are_told(
    open_on: OpenSite, tiny: Path
) -> None:
    bib = tiny / "bib" / "invented.bib"
    text = bib.read_text(encoding="utf-8")
    table = (tiny / "bib" / "tables.bib").read_text(encoding="utf-8")
    (author,) = re.findall(r"author = \{(.+?) and ", table)
    nobody = text.index("{nobody2019")
    at = text.index("author = {", nobody) + len("author = {")
    bib.write_text(f"{text[:at]}{author} and {text[at:]}", encoding="utf-8")
    site = await open_on(tiny)
    told = "It shares 1 author with Tabulated & Madeup (2024), from whose table judgements on this"
    assert told in text_of(await get(site, "/studies/nobody2019"))
    assert "It shares" not in text_of(await get(site, "/studies/fictive2022"))
    assert "It shares" not in text_of(await get(site, "/studies/tabulated2024"))
    assert "It shares" not in text_of(await get(site, "/"))  # no coding rests on it


async def test_where_a_fact_comes_from_stands_on_each_page_that_shows_it(
    open_on: OpenSite,
) -> None:
    site = await open_on(FROZEN)
    levels = "read from the written justifications in Appendix B, not from the printed symbols"
    malware = "Coded for its cybersecurity part (malware) only"
    for path in (
        *("/", "/?view=studies", "/gaps", "/vectors/cybersecurity"),
        *("/steps/existing_risk", "/vectors/cybersecurity/existing_risk", "/studies/seger2023"),
    ):
        said = text_of(await get(site, path))
        assert said.count(levels) == 1, path
        assert said.count(malware) == 1, path
    # What is of one study is not said of another row.
    said = text_of(await get(site, "/vectors/csam"))
    assert (levels in said, malware in said) == (True, False)
    figure = re.sub(
        r"\s+", " ", " ".join(re.findall(">([^<]+)<", (await site.client.get("/map.svg")).text))
    )
    assert levels in figure


def test_the_issue_form_has_the_fields_that_the_dispute_link_fills() -> None:
    path = ROOT / ".github" / "ISSUE_TEMPLATE" / "dispute-a-coding.yml"
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"study", "misuse_vector", "coder"} <= {field["id"] for field in form["body"]}
