"""Citations, read back by programs that did not write them."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import bibtexparser
import pytest
import rispy
import yaml
from datasette.app import Datasette

from marginal_risk.publish.formats.citation_formats import to_bibtex, to_csl, to_ris, to_text
from marginal_risk.publish.formats.metadata import describe_work, highwire_tags
from marginal_risk.publish.pages import study_files
from marginal_risk.publish.pages.citing import coins
from marginal_risk.publish.queries.works import (
    CitedName,
    CitedWork,
    address,
    read_works,
    split_pages,
)
from pages import OpenSite, screen
from places import FROZEN, ROOT

MAINTAINERS = "The Marginal Risk Evidence Map maintainers"
HOSTILE = (
    'A\nER  - \r\nTY  - JOUR\nAU  - Mallory, M.\u2028ER  - \x85\x1c</script><b>&amp; "100%" + {x'
)

# What CSL-JSON may hold: https://github.com/citation-style-language/schema, csl-data.json.
CSL_TYPES = {"article", "article-journal", "book", "chapter", "dataset", "document"} | {
    "paper-conference",
    "report",
    "thesis",
    "webpage",
}
CSL_TEXTS = {"id", "title", "container-title", "publisher", "volume", "issue", "number", "page"} | {
    "DOI",
    "URL",
    "version",
    "abstract",
    "keyword",
    "language",
    "note",
}
CSL_NAME_PARTS = {"family", "given", "non-dropping-particle", "suffix"}

ENTRIES = r"""
@article{lee/1+2:a.b,
  author = {van der Lee, Jr, Anna and {World, Health \& Body} and D'Arc, J. and others},
  editor = {Redact, Rex},
  title = {{ER  -} the \emph{end}: <i>Less</i> {\&} more},
  journal = {Journal of 100\% Invention},
  year = {2020}, month = dec, volume = {3}, number = {4}, pages = {5--19},
  doi = {10.5555/(SICI)<1>a;b},
  abstract = {First line.

    ER  -
    TY  - JOUR},
  keywords = {one; two},
  note = {A note},
  language = {en},
}

@phdthesis{thesis2021, author = {One, A.}, title = {T}, year = {2021}, school = {A School}}
@incollection{chapter2021, author = {One, A.}, title = {C}, year = {2021}, booktitle = {A Book}}
@online{page2021, author = {One, A.}, title = {P}, year = {2021}, url = {https://example.org/a?b=c&d}}
"""


@pytest.fixture
async def hostile_site(open_on: OpenSite, tiny: Path) -> Datasette:
    (tiny / "bib" / "hostile.bib").write_text(ENTRIES, encoding="utf-8")
    screen(tiny)
    return await open_on(tiny)


def work(**changes: object) -> CitedWork:
    facts = {
        "citekey": "made2020",
        "short_citation": "Made (2020)",
        "entry_type": "article",
        "title": "Made up",
        "publication_date": "2020",
        "reference": "Made (2020). Made up.",
        "bibtex": "@article{made2020}",
        "authors": (CitedName("Made", "Up"),),
    }
    return CitedWork(**{**facts, **changes})


async def get(site: Datasette, path: str):
    response = await site.client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response


HOSTILE_PATH = "/studies/lee~2F1~2B2~3Aa~2Eb"


# RIS


async def test_ris_is_read_back_with_every_fact(hostile_site: Datasette) -> None:
    (record,) = rispy.loads((await get(hostile_site, f"{HOSTILE_PATH}/cite.ris")).text)
    assert record["type_of_reference"] == "JOUR"
    assert record["title"] == "ER - the end: <i>Less</i> & more"
    assert record["authors"][0] == "van der Lee, Anna, Jr"
    assert record["authors"][1] == "World, Health & Body"
    assert record["authors"][2] == "D'Arc, J."
    assert record["secondary_authors"] == ["Redact, Rex"]
    assert record["secondary_title"] == "Journal of 100% Invention"
    assert (record["year"], record["date"]) == ("2020", "2020/12//")
    assert (record["volume"], record["number"]) == ("3", "4")
    assert (record["start_page"], record["end_page"]) == ("5", "19")
    assert record["doi"] == "10.5555/(sici)<1>a;b"
    assert record["abstract"] == "First line. ER - TY - JOUR"
    assert record["keywords"] == ["one", "two"]
    assert record["notes"] == ["A note", "The list of authors is not complete."]
    assert record["urls"] == ["https://doi.org/10.5555/(sici)%3C1%3Ea%3Bb"]
    assert record["language"] == "en"


@pytest.mark.parametrize(
    "field", ["title", "venue", "abstract", "note", "volume", "pages", "keywords", "citekey", "url"]
)
def test_no_text_can_break_a_ris_record(field: str) -> None:
    text = to_ris([work(**{field: HOSTILE}), work(citekey="second")])
    assert [line[:6] for line in text.split("\r\n") if line.startswith(("TY", "ER"))] == [
        "TY  - ",
        "ER  - ",
    ] * 2
    assert len(text.splitlines()) == text.count("\r\n")
    first, second = rispy.loads(text)
    assert first["authors"] == ["Made, Up"]
    assert second["id"] == "second"


def test_a_name_cannot_break_a_ris_record() -> None:
    (record,) = rispy.loads(
        to_ris([work(authors=(CitedName("Made\nER  - ", "Up\r"), CitedName("B")))])
    )
    assert record["authors"] == ["Made ER - , Up", "B"]


@pytest.mark.parametrize(
    ("entry_type", "arxiv_id", "venue", "ris", "csl"),
    [
        ("article", None, "Annals", "JOUR", "article-journal"),
        ("inproceedings", "2403.07918", "Proceedings", "CONF", "paper-conference"),
        ("conference", None, "Proceedings", "CONF", "paper-conference"),
        ("incollection", None, "A Book", "CHAP", "chapter"),
        ("book", None, "A Press", "BOOK", "book"),
        ("techreport", "2403.07918", "An Institute", "RPRT", "report"),
        ("phdthesis", None, "A School", "THES", "thesis"),
        ("misc", "2403.07918", "arXiv", "UNPB", "article"),
        ("article", "2403.07918", "arXiv preprint arXiv:2403.07918", "UNPB", "article"),
        ("misc", "2403.07918", "A Blog", "GEN", "document"),
        ("online", None, "A Blog", "ELEC", "webpage"),
        ("dataset", None, "An Archive", "DATA", "dataset"),
        ("unheard-of", None, None, "GEN", "document"),
    ],
)
def test_the_type_of_a_work(
    entry_type: str, arxiv_id: str | None, venue: str | None, ris: str, csl: str
) -> None:
    cited = work(entry_type=entry_type, arxiv_id=arxiv_id, venue=venue)
    (record,) = rispy.loads(to_ris([cited]))
    (item,) = json.loads(to_csl([cited]))
    assert (record["type_of_reference"], item["type"]) == (ris, csl)
    assert csl in CSL_TYPES
    assert highwire_tags(cited)
    assert describe_work(cited, "https://example.org/")["@type"]
    assert coins(cited)


# CSL-JSON


async def test_csl_json_is_read_back_with_every_fact(hostile_site: Datasette) -> None:
    (item,) = json.loads((await get(hostile_site, f"{HOSTILE_PATH}/cite.json")).text)
    assert item["id"] == "lee/1+2:a.b"
    assert item["type"] == "article-journal"
    assert item["author"] == [
        {"family": "Lee", "given": "Anna", "non-dropping-particle": "van der", "suffix": "Jr"},
        {"literal": "World, Health & Body"},
        {"family": "D'Arc", "given": "J."},
        {"literal": "others"},
    ]
    assert item["editor"] == [{"family": "Redact", "given": "Rex"}]
    assert item["issued"] == {"date-parts": [[2020, 12]]}
    assert item["container-title"] == "Journal of 100% Invention"
    assert (item["volume"], item["issue"], item["page"]) == ("3", "4", "5–19")  # noqa: RUF001
    assert item["DOI"] == "10.5555/(sici)<1>a;b"
    assert (item["keyword"], item["note"], item["language"]) == ("one; two", "A note", "en")


async def test_every_item_of_the_published_list_is_valid_csl_json(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    items = json.loads((await get(site, "/studies.json")).text)
    assert len(items) == len({item["id"] for item in items})
    for item in items:
        assert item["type"] in CSL_TYPES
        assert set(item) <= CSL_TEXTS | {"type", "author", "editor", "issued"}
        assert all(isinstance(item[key], str) and item[key] for key in set(item) & CSL_TEXTS)
        (parts,) = item["issued"]["date-parts"]
        assert 1 <= len(parts) <= 3
        assert all(isinstance(part, int) for part in parts)
        for name in item["author"]:
            assert set(name) == {"literal"} or ("family" in name and set(name) <= CSL_NAME_PARTS)


# BibTeX and the lists


async def test_the_bibtex_of_a_study_is_the_stored_entry(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    text = (await get(site, "/studies/thiel2023/cite.bib")).text
    source = (FROZEN / "bib/kapoor2024.bib").read_text(encoding="utf-8")
    assert text.strip() in source
    assert text.startswith("@techreport{thiel2023,")


async def test_the_lists_hold_all_studies_or_the_coded_ones(open_on: OpenSite, tiny: Path) -> None:
    site = await open_on(tiny)
    everything = {"fictive2022", "invented2020", "madeup2021", "nobody2019", "pretend2023"} | {
        "tabulated2024"
    }
    coded = {"fictive2022", "invented2020", "madeup2021"}  # a machine alone read pretend2023
    for query, expected in (
        ("", everything),
        ("?coded=1", coded),
        ("?coded=no", {"nobody2019", "pretend2023"}),
    ):
        bib = bibtexparser.parse_string((await get(site, f"/studies.bib{query}")).text)
        assert bib.failed_blocks == []
        assert set(bib.entries_dict) == expected
        records = rispy.loads((await get(site, f"/studies.ris{query}")).text)
        assert {record["id"] for record in records} == expected
        items = json.loads((await get(site, f"/studies.json{query}")).text)
        assert {item["id"] for item in items} == expected
    assert (await site.client.get("/studies.txt")).status_code == 404


@pytest.mark.parametrize("extension", ["bib", "ris", "json"])
@pytest.mark.parametrize("length", [1, 4, 6, 100])
async def test_a_list_that_is_made_in_parts_is_as_one_that_is_made_whole(
    open_on: OpenSite, tiny: Path, monkeypatch: pytest.MonkeyPatch, extension: str, length: int
) -> None:
    monkeypatch.setattr(study_files, "PART", length)
    site = await open_on(tiny)
    with closing(sqlite3.connect(site.databases["evidence"].path)) as connection:
        connection.row_factory = sqlite3.Row
        works = read_works(connection)
    assert len(works) == 6
    whole = {"bib": to_bibtex, "ris": to_ris, "json": to_csl}[extension](works)
    assert (await get(site, f"/studies.{extension}")).text == whole


# The map itself


async def test_the_map_is_cited_with_its_version_date_licence_and_address(
    open_on: OpenSite,
) -> None:
    site = await open_on(FROZEN)
    with closing(sqlite3.connect(site.databases["evidence"].path)) as connection:
        version, day = connection.execute("select data_version, data_date from build").fetchone()
    url = "http://localhost/"
    text = (await get(site, "/cite.txt")).text
    for part in (MAINTAINERS, "Marginal Risk Evidence Map", version, day, "CC BY 4.0", url):
        assert part in text
    (entry,) = bibtexparser.parse_string((await get(site, "/cite.bib")).text).entries
    assert entry.entry_type == "misc"
    assert entry["author"] == "{" + MAINTAINERS + "}"
    assert entry["year"] == day[:4]
    assert entry["url"] == url
    assert entry["howpublished"] == f"Data set, version {version} ({day})"
    assert entry["note"] == "CC BY 4.0"
    (record,) = rispy.loads((await get(site, "/cite.ris")).text)
    assert record["type_of_reference"] == "DATA"
    assert record["authors"] == [MAINTAINERS]
    assert record["edition"] == f"{version} ({day})"
    assert record["date"] == day.replace("-", "/") + "/"
    assert (record["urls"], record["notes"]) == ([url], ["CC BY 4.0"])
    (item,) = json.loads((await get(site, "/cite.json")).text)
    assert item["type"] == "dataset"
    assert item["author"] == [{"literal": MAINTAINERS}]
    assert item["issued"]["date-parts"] == [[int(part) for part in day.split("-")]]
    assert (item["version"], item["URL"]) == (f"{version} ({day})", url)


async def test_the_address_in_a_citation_is_the_one_that_was_asked(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    response = await site.client.get("/cite.bib", headers={"host": "map.example.org"})
    assert "url = {http://map.example.org/}" in response.text
    response = await site.client.get("/cite.bib", headers={"host": "a},b={c"})
    assert response.status_code == 400
    assert "b={c" not in response.text


# What a browser is told


@pytest.mark.parametrize(
    ("extension", "media_type", "disposition"),
    [
        ("bib", "application/x-bibtex; charset=utf-8", "attachment"),
        ("ris", "application/x-research-info-systems; charset=utf-8", "attachment"),
        ("json", "application/vnd.citationstyles.csl+json", "attachment"),
        ("txt", "text/plain; charset=utf-8", "inline"),
    ],
)
async def test_a_file_says_what_it_is_and_has_a_safe_name(
    hostile_site: Datasette, extension: str, media_type: str, disposition: str
) -> None:
    for path, name in (
        ("/studies/madeup2021/cite", "madeup2021"),
        (f"{HOSTILE_PATH}/cite", "lee-1-2-a-b"),
        ("/cite", "marginal-risk"),
    ):
        response = await get(hostile_site, f"{path}.{extension}")
        assert response.headers["content-type"] == media_type
        expected = f'{disposition}; filename="{name}.{extension}"'
        assert response.headers["content-disposition"] == expected
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_citation_that_a_browser_has_is_not_sent_again(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    tag = (await get(site, "/cite.ris")).headers["etag"]
    response = await site.client.get("/cite.ris", headers={"if-none-match": tag})
    assert response.status_code == 304


async def test_what_is_not_in_the_bibliography_cannot_be_cited(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    for path in ("/studies/nobody2000/cite.bib", "/studies/thiel2023/cite.exe", "/cite.xml"):
        assert (await site.client.get(path)).status_code == 404, path


# COinS, Highwire, schema.org


def read_coins(openurl: str) -> list[tuple[str, str]]:
    """Read an OpenURL as Zotero does: split, then decode; a plus sign would become a space."""
    pairs = [pair.partition("=") for pair in openurl.split("&")]
    decoded = [(key, unquote(value.replace("+", " "))) for key, _, value in pairs]
    assert decoded == parse_qsl(openurl, strict_parsing=True)
    return decoded


def test_coins_of_an_article_hold_its_facts_in_order() -> None:
    cited = work(
        title="C++ & <b>=100%",
        venue="Annals",
        volume="1",
        number="2",
        pages="3-9",
        doi="10.5555/x",
        authors=(
            CitedName("Fictive", "Cleo", "von"),
            CitedName("An Office", is_corporate=True),
            CitedName("C"),
        ),
    )
    assert read_coins(coins(cited)) == [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"),
        ("rft_id", "info:doi/10.5555/x"),
        ("rft_id", "https://doi.org/10.5555/x"),
        ("rft.genre", "article"),
        ("rft.atitle", "C++ & <b>=100%"),
        ("rft.jtitle", "Annals"),
        ("rft.date", "2020"),
        ("rft.volume", "1"),
        ("rft.pages", "3-9"),
        ("rft.issue", "2"),
        ("rft.spage", "3"),
        ("rft.epage", "9"),
        ("rft.au", "von Fictive, Cleo"),
        ("rft.aucorp", "An Office"),
        ("rft.au", "C"),
    ]


def test_coins_of_a_preprint_name_its_type_and_address() -> None:
    cited = work(entry_type="misc", arxiv_id="2403.07918", venue="arXiv")
    found = dict(read_coins(coins(cited)))
    assert found["rft_val_fmt"] == "info:ofi/fmt:kev:mtx:dc"
    assert found["rft.type"] == "preprint"
    assert found["rft.title"] == "Made up"
    assert found["rft_id"] == "https://arxiv.org/abs/2403.07918"


@pytest.mark.parametrize(
    ("entry_type", "tag"),
    [
        ("article", "citation_journal_title"),
        ("inproceedings", "citation_conference_title"),
        ("techreport", "citation_technical_report_institution"),
        ("phdthesis", "citation_dissertation_institution"),
        ("incollection", "citation_inbook_title"),
        ("misc", "citation_publisher"),
    ],
)
def test_the_tag_of_the_venue_follows_the_type(entry_type: str, tag: str) -> None:
    assert (tag, "Somewhere") in highwire_tags(work(entry_type=entry_type, venue="Somewhere"))


@pytest.mark.parametrize(
    ("date", "shown"), [("2023", "2023"), ("2023-12", "2023/12"), ("2023-12-01", "2023/12/01")]
)
def test_the_date_has_strokes(date: str, shown: str) -> None:
    tags = highwire_tags(work(publication_date=date))
    assert ("citation_publication_date", shown) in tags


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ("5--19", ("5", "19")),
        ("5 \u2013 19", ("5", "19")),
        ("e17", ("e17", None)),
        ("1-2-3", ("1", "2-3")),
    ],
)
def test_pages_are_split(pages: str, expected: tuple[str, str | None]) -> None:
    assert split_pages(pages) == expected


def test_an_address_is_the_doi_else_arxiv_else_the_url() -> None:
    cited = {"doi": "10.5555/a#b?c", "arxiv_id": "hep-th/9901001", "url": "https://example.org/"}
    assert address(work(**cited)) == "https://doi.org/10.5555/a%23b%3Fc"
    assert address(work(**{**cited, "doi": None})) == "https://arxiv.org/abs/hep-th/9901001"
    assert address(work(url="https://example.org/")) == "https://example.org/"
    assert address(work()) is None


def test_plain_text_is_one_line_for_each_work() -> None:
    assert to_text([work(reference="A\nB"), work()]) == "A B\nMade (2020). Made up.\n"


# CITATION.cff


def test_citation_cff_names_the_paper_as_the_bibliography_does() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["title"] == "Marginal Risk Evidence Map"
    assert citation["authors"] == [{"name": MAINTAINERS}]
    assert citation["license"] == "CC-BY-4.0"
    (paper,) = citation["references"]
    library = bibtexparser.parse_file(str(FROZEN / "bib/kapoor2024.bib"))
    entry = library.entries_dict["kapoor2024"]
    names = [tuple(re.split(", ", name)) for name in entry["author"].split(" and ")]
    assert [(a["family-names"], a["given-names"]) for a in paper["authors"]] == names
    assert len(names) == 25
    assert paper["title"] == entry["title"]
    assert str(paper["year"]) == entry["year"]
    assert paper["collection-title"] == entry["booktitle"]
    assert str(paper["volume"]) == entry["volume"]
    assert f"{paper['start']}--{paper['end']}" == entry["pages"]
    assert paper["identifiers"][0]["value"] == f"arXiv:{entry['eprint']}"
    assert paper["url"] == f"https://arxiv.org/abs/{entry['eprint']}"


def test_zenodo_is_told_what_citation_cff_says() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    zenodo = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    assert zenodo["title"] == citation["title"]
    assert zenodo["description"] == " ".join(citation["abstract"].split())
    assert zenodo["creators"] == citation["authors"]
    assert zenodo["license"] == citation["license"].lower()
    assert zenodo["keywords"] == citation["keywords"]
    (paper,) = citation["references"]
    (related,) = zenodo["related_identifiers"]
    assert related["identifier"] == paper["identifiers"][0]["value"]
