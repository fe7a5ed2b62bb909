"""The list of all works: searching, sorting, turning pages."""

import asyncio
import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import rispy
from datasette.app import Datasette
from hypothesis import example, given
from hypothesis import strategies as st

from marginal_risk.publish.pages.studies import summarize
from marginal_risk.publish.queries.screening_flow import Flow
from marginal_risk.publish.queries.study_filter import StudyFilter
from pages import OpenSite, get, links, main_of, opened, rows_of, screen, site_on, text_of, texts

TABULATED, PRETEND = "Tabulated & Madeup (2024)", "Pretend (2023)"
FICTIVE, MADE_UP = "von Fictive & Sans-Existence (2022)", "Made-Up & Institute of Nowhere (2021)"
INVENTED, NOBODY = "Invented (2020)", "Nobody (2019)"


async def listed(site: Datasette, query: str = "") -> list[str]:
    """Return the short citations in the order of the list."""
    main = main_of(await get(site, f"/studies{query}"))
    tables = list(main.iter("table"))
    rows = [row for body in tables[0].iter("tbody") for row in body] if tables else []
    return [text_of(next(row.iter("a"))) for row in rows]


async def test_all_works_are_listed_the_newest_first(site: Datasette) -> None:
    main = main_of(await get(site, "/studies"))
    (table,) = main.iter("table")
    assert rows_of(table) == [
        [
            f"{TABULATED} A Table of Invented Judgements Annals of Invention",
            *("2024", "A source of judgements"),
        ],
        [
            f"{PRETEND} Maps of Places That Do Not Exist Argued · Nowhere Preprints",
            *("2023", "Fake maps"),
        ],
        [
            f"{FICTIVE} A Robot Calls: Telephone Fraud in a Town That Is Not There"
            " Measured · Annals of Invention",
            *("2022", "Robot calls"),
        ],
        [
            f"{MADE_UP} Forgers & <Other> Inventions Measured"
            " · Proceedings of the First Conference on Nothing",
            *("2021", "Forged letters"),
        ],
        [
            f"{INVENTED} Letters That Nobody Wrote Argued · Nowhere Preprints",
            *("2020", "Forged letters"),
        ],
        [f"{NOBODY} A Report That Nobody Has Coded Institute of Nowhere", "2019", "Robot calls"],
    ]
    assert "6 works in the bibliography; 3 of 5 studies found are coded." in text_of(main)
    assert links(main)[FICTIVE] == "/studies/fictive2022"
    chips = {text_of(a): a.get("href") for a in table.iter("a") if "chip" in (a.get("class") or "")}
    assert chips["Robot calls"] == "/vectors/robot_calls"


async def test_signs_show_how_far_a_study_covers_each_step(site: Datasette) -> None:
    main = main_of(await get(site, "/studies"))
    signs = {
        text_of(row[0]).split(" (")[0]: [
            (found.get("aria-label"), [i.get("class") for i in found.iter("i")])
            for found in row.iter("span")
            if found.get("class") == "fingerprint"
        ]
        for row in main.iter("tr")
    }
    # Two coders of fictive2022 differ on the added risk, and nobody judged its defense.
    assert signs["von Fictive & Sans-Existence"] == [
        (
            "Threat: addressed; Added risk: contested; Defense: not coded",
            ["symbol s-addressed", "symbol s-contested", "symbol s-not_coded"],
        )
    ]
    assert signs["Pretend"] == []  # a machine alone read it
    with_machines = main_of(await get(site, "/studies?codings=provisional&q=pretend"))
    (found,) = (s for s in with_machines.iter("span") if s.get("class") == "fingerprint")
    assert found.get("aria-label") == "Threat: addressed; Added risk: absent; Defense: not coded"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=author", [INVENTED, MADE_UP, NOBODY, PRETEND, TABULATED, FICTIVE]),
        ("sort=author&dir=desc", [FICTIVE, TABULATED, PRETEND, NOBODY, MADE_UP, INVENTED]),
        ("sort=year&dir=asc", [NOBODY, INVENTED, MADE_UP, FICTIVE, PRETEND, TABULATED]),
        ("sort=title", [NOBODY, FICTIVE, TABULATED, MADE_UP, INVENTED, PRETEND]),
        ("sort=steps", [FICTIVE, MADE_UP, INVENTED, TABULATED, PRETEND, NOBODY]),
        ("sort=steps&dir=asc", [TABULATED, PRETEND, NOBODY, FICTIVE, MADE_UP, INVENTED]),
        # What is no order, direction or page is as if it were not asked.
        ("sort=rowid;drop&dir=up", [TABULATED, PRETEND, FICTIVE, MADE_UP, INVENTED, NOBODY]),
        ("page=-1&sort=", [TABULATED, PRETEND, FICTIVE, MADE_UP, INVENTED, NOBODY]),
        ("page=99999999999999999999", [TABULATED, PRETEND, FICTIVE, MADE_UP, INVENTED, NOBODY]),
        ("page=%C2%B2", [TABULATED, PRETEND, FICTIVE, MADE_UP, INVENTED, NOBODY]),
    ],
)
async def test_the_list_is_sorted_as_asked(
    site: Datasette, query: str, expected: list[str]
) -> None:
    assert await listed(site, f"?{query}") == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("vector=robot_calls", [FICTIVE, NOBODY]),
        ("vector=robot_calls&vector=fake_maps", [PRETEND, FICTIVE, NOBODY]),
        ("type=argued", [PRETEND, INVENTED]),
        ("type=argued&vector=forged_letters", [INVENTED]),
        ("year=2019&year=2021", [MADE_UP, NOBODY]),
        ("coded=yes", [FICTIVE, MADE_UP, INVENTED]),
        ("coded=1", [FICTIVE, MADE_UP, INVENTED]),  # as it was once written
        ("coded=no", [PRETEND, NOBODY]),
        ("coded=provisional", []),  # counted nowhere, unless they are asked for
        ("coded=provisional&codings=provisional", [PRETEND]),
        ("coded=left_out", []),
        ("q=measured&vector=forged_letters", [MADE_UP]),
    ],
)
async def test_the_list_is_narrowed_as_asked(
    site: Datasette, query: str, expected: list[str]
) -> None:
    assert await listed(site, f"?{query}") == expected


async def test_each_choice_says_how_many_works_it_leaves(site: Datasette) -> None:
    async def counted(query: str) -> dict[str, dict[str, str]]:
        main = main_of(await get(site, f"/studies{query}"))
        (facets,) = (nav for nav in main.iter("nav") if nav.get("class") == "facets")
        titles = texts(facets, "h2")
        return {
            title: {text_of(li[0]): text_of(li[1]) for li in ul.iter("li")}
            for title, ul in zip(titles, facets.iter("ul"), strict=True)
        }

    assert await counted("") == {
        "Misuse": {"Forged letters": "2", "Robot calls": "2", "Fake maps": "1"},
        "Type of study": {"Measured": "2", "Argued": "2"},
        "Read or not": {"Read and coded": "3", "Not read yet": "2"},
        "Models examined": {"Open": "1", "Not clear which": "1"},
        "Year": dict.fromkeys(("2024", "2023", "2022", "2021", "2020", "2019"), "1"),
    }
    provisional = await counted("?codings=provisional")
    assert provisional["Read or not"]["Coded by machines only"] == "1"
    narrowed = await counted("?vector=robot_calls")
    # The other misuse vectors say what choosing them too would count for them.
    assert narrowed["Misuse"] == {"Forged letters": "2", "Robot calls": "2", "Fake maps": "1"}
    assert narrowed["Year"] == {"2022": "1", "2019": "1"}
    assert narrowed["Read or not"] == {"Read and coded": "1", "Not read yet": "1"}


async def test_a_choice_can_be_made_and_taken_away_by_a_link(site: Datasette) -> None:
    main = main_of(await get(site, "/studies?q=nobody&sort=title&dir=asc"))
    chosen = links(main)["Robot calls"]
    assert parse_qs(urlsplit(chosen).query) == {
        "q": ["nobody"],
        "vector": ["robot_calls"],
        "sort": ["title"],
        "dir": ["asc"],
    }
    narrowed = main_of(await get(site, f"/studies{chosen}"))
    assert "1 work matches “nobody”." in text_of(narrowed)
    (away,) = (a for a in narrowed.iter("a") if a.get("class") == "chip chosen")
    assert "vector" not in parse_qs(urlsplit(away.get("href") or "").query)
    asked = {i.get("name"): i.get("value") for i in narrowed.iter("input")}
    assert asked["vector"] == "robot_calls"  # a new search keeps it


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("vektor=robot_calls", "“vektor” is no part of a filter here"),
        ("vector=robots", "“robots” is not a misuse vector"),
        ("type=guess", "“guess” is not a type of study"),
        ("year=20x3", "“20x3” is not a year"),
        ("coded=perhaps", "“perhaps” is not yes, no, provisional or left_out"),
        ("models=ajar", "“ajar” is not a kind of model"),
        ("codings=all", "“all” is no kind of codings"),
    ],
)
async def test_what_an_address_asks_in_vain_is_told(site: Datasette, query: str, told: str) -> None:
    main = main_of(await get(site, f"/studies?{query}"))
    (notice,) = (div for div in main.iter("div") if div.get("class") == "notice")
    assert told in text_of(notice)
    for extension in ("bib", "ris", "json", "csv", "atom"):
        response = await site.client.get(f"/studies.{extension}?{query}")
        assert response.status_code == 400
        assert told in response.text


async def test_what_a_newsletter_adds_to_a_link_is_nothing_to_tell(site: Datasette) -> None:
    page = (await site.client.get("/studies?utm_source=letter")).text
    assert page == (await site.client.get("/studies")).text


async def test_a_slip_finds_its_neighbour(site: Datasette) -> None:
    for slip, meant, expected in (
        ("telepone", "telephone", [FICTIVE]),
        ("telehpone", "telephone", [FICTIVE]),
        ("forgd", "forged", [MADE_UP, INVENTED]),
        ("robot telephoen", "robot telephone", [FICTIVE]),
    ):
        main = main_of(await get(site, f"/studies?q={quote(slip)}"))
        assert f"No work matches “{slip}”. Below is what matches “{meant}”." in texts(main, "p")
        assert await listed(site, f"?q={quote(slip)}") == expected
    # Too short, or too far away: it is not guessed.
    assert await listed(site, "?q=zox") == []
    assert await listed(site, "?q=xylophone") == []


async def test_a_search_names_the_places_of_the_map_that_it_means(site: Datasette) -> None:
    async def places(text: str) -> dict[str, str]:
        main = main_of(await get(site, f"/studies?q={quote(text)}"))
        found = [p for p in main.iter("p") if p.get("class") == "places"]
        return links(found[0]) if found else {}

    assert await places("forged") == {"Forged letters (row)": "/vectors/forged_letters"}
    assert await places("added risk") == {"Added risk (column)": "/steps/added_risk"}
    assert await places("robot threat") == {"Robot calls: Threat": "/vectors/robot_calls/threat"}
    assert await places("person b") == {"What Person B (invented) judged": "/?coder=person_b"}
    assert await places("telephone") == {}


async def test_the_published_list_finds_every_study_of_a_misuse(
    open_on: OpenSite, paper_data: Path
) -> None:
    site = await open_on(paper_data)
    for text, vector, number in (
        ("voice cloning", "voice_cloning", 10),
        ("biosecurity", "biosecurity", 15),
        ("disinformation", "disinformation", 14),
        ("cybersecurity", "cybersecurity", 13),
    ):
        # In the sheet by hand: rows of the vector that are not excluded.
        with (paper_data / "screening.csv").open(encoding="utf-8", newline="") as file:
            found = {
                row["citekey"] for row in csv.DictReader(file) if row["misuse_vector"] == vector
            }
        assert len(found) == number
        for query in (f"q={quote(text)}", f"vector={vector}"):
            records = rispy.loads((await site.client.get(f"/studies.ris?{query}")).text)
            assert {record["id"] for record in records} == found
    slip = main_of(await get(site, "/studies?q=biosecurty"))
    assert "15 works match “biosecurity”." in text_of(slip)


async def test_the_list_is_had_as_a_table(site: Datasette) -> None:
    response = await site.client.get("/studies.csv?vector=robot_calls")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="robot_calls-studies.csv"' in response.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [row["citekey"] for row in rows] == ["fictive2022", "nobody2019"]
    first, second = rows
    assert first["title"] == "A Robot Calls: Telephone Fraud in a Town That Is Not There"
    assert (first["year"], first["study_types"]) == ("2022", "measured")
    assert (first["found_for"], first["coded_for"]) == ("robot_calls", "robot_calls")
    assert (second["found_for"], second["coded_for"]) == ("robot_calls", "")
    assert first["page"] == "http://localhost/studies/fictive2022"


async def test_the_list_has_a_feed_of_its_own(site: Datasette) -> None:
    page = await get(site, "/studies?vector=robot_calls")
    (feed,) = (
        link.get("href") or ""
        for link in page.iter("link")
        if link.get("title") == "The studies of this list"
    )
    root = ET.fromstring((await site.client.get(feed)).content)  # noqa: S314  (our own)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = [
        (entry.findtext(f"{atom}title"), entry.findtext(f"{atom}updated"))
        for entry in root.iter(f"{atom}entry")
    ]
    assert entries == [
        (
            f"{FICTIVE}: A Robot Calls: Telephone Fraud in a Town That Is Not There",
            "2022-03-01T00:00:00Z",
        ),
        (f"{NOBODY}: A Report That Nobody Has Coded", "2019-01-01T00:00:00Z"),
    ]
    other = ET.fromstring((await site.client.get("/studies.atom")).content)  # noqa: S314
    assert other.findtext(f"{atom}id") != root.findtext(f"{atom}id")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("forgers", [MADE_UP, INVENTED]),  # a title, and a reason
        ("FORGER", [MADE_UP, INVENTED]),
        ("robo", [FICTIVE, NOBODY]),  # a title, and what it was found for
        ("telephones", [FICTIVE]),
        ("forged letters", [MADE_UP, INVENTED]),  # a misuse vector
        ("added risk", [FICTIVE, MADE_UP, INVENTED]),  # a step
        ("person b", [FICTIVE, MADE_UP]),  # a coder
        ("measured", [FICTIVE, MADE_UP]),  # a type of study
        ("annals", [TABULATED, FICTIVE]),  # where it was published
        ("Nobody 2019", [NOBODY]),  # authors and year, as a citation has them
        ("(2020)", [INVENTED]),
        ("Made-Up & Institute of Nowhere (2021)", [MADE_UP]),
        ("fictive2022", [FICTIVE]),
        ("zoe", [FICTIVE]),  # Zoë, without the diaeresis
        ("forgers robot", []),
        ("numbers found by the machine", []),  # reasons of machines are not searched
        ("*", []),
        ("title:forgers", []),
        ("forgers OR robot", []),
    ],
)
async def test_a_search_finds_the_works_that_have_every_word(
    site: Datasette, text: str, expected: list[str]
) -> None:
    assert await listed(site, f"?q={quote(text)}") == expected


async def test_a_search_that_finds_nothing_says_so_and_offers_to_clear(site: Datasette) -> None:
    main = main_of(await get(site, "/studies?q=%3Cb%3Eunheard"))
    assert "No work matches “<b>unheard”. Clear the search" in text_of(main)
    assert links(main)["Clear the search"] == "/studies"
    assert [i.get("value") for i in main.iter("input") if i.get("name") == "q"] == ["<b>unheard"]


async def test_the_order_survives_a_search_and_the_search_a_new_order(site: Datasette) -> None:
    main = main_of(await get(site, "/studies?q=forgers&sort=title&dir=desc"))
    asked = {i.get("name"): i.get("value") for i in main.iter("input")}
    assert asked == {"q": "forgers", "sort": "title", "dir": "desc"}
    turned = parse_qs(urlsplit(links(main)["Title: Z to A"]).query)
    assert turned == {"q": ["forgers"], "sort": ["title"], "dir": ["asc"]}
    other = parse_qs(urlsplit(links(main)["Year"]).query)
    assert other == {"q": ["forgers"]}  # the usual order needs no word
    sorted_by = {text_of(th): th.get("aria-sort") for th in main.iter("th") if th.get("aria-sort")}
    assert sorted_by["Study"] == "descending"
    assert sorted_by["Year"] == "none"


async def test_pages_of_40_lead_through_all_works_once(tiny: Path, tmp_path: Path) -> None:
    entries = [
        f"@misc{{more{n},\n  author = {{More, Mo}},\n  title = {{Work number {n}}},\n"
        f"  year = {{2018}},\n  doi = {{10.5555/more.{n}}},\n}}\n"
        for n in range(114)
    ]
    (tiny / "bib" / "more.bib").write_text("\n".join(entries), encoding="utf-8")
    screen(tiny)
    async with site_on(tiny, tmp_path) as site:
        lengths, titles, query = [], set(), "?sort=year"
        while query:
            main = main_of(await get(site, f"/studies{query}"))
            (table,) = main.iter("table")
            rows = rows_of(table)
            lengths.append(len(rows))
            titles |= {row[0] for row in rows}
            query = links(main).get("Next works", "")
            assert links(main).get("Previous works") is not None or len(lengths) == 1
        assert lengths == [40, 40, 40]
        assert len(titles) == 120
        assert "Works 81 to 120 of 120" in texts(main, "span")
        assert len(await listed(site, "?page=9")) == 40
        found = main_of(await get(site, "/studies?q=work+number&page=2"))
        assert "114 works match “work number”." in text_of(found)
        assert "page" not in links(found)["Previous works"]


async def test_every_row_has_its_reference_for_reference_managers(site: Datasette) -> None:
    main = main_of(await get(site, "/studies"))
    spans = [span for span in main.iter("span") if span.get("class") == "Z3988"]
    titles = [
        next(v for k, v in parse_qs(span.get("title") or "").items() if k.endswith("title"))
        for span in spans
    ]
    assert len(spans) == 6
    assert ["Letters That Nobody Wrote"] in titles


async def test_the_rows_of_a_search_can_be_had_as_data(site: Datasette) -> None:
    page = await get(site, "/studies?q=forgers")
    path = links(page)["JSON"]
    found = (await site.client.get(f"{path}&_shape=array")).json()
    assert {row["citekey"] for row in found} == {"madeup2021", "invented2020"}


def test_the_summary_counts_in_words() -> None:
    anything = StudyFilter("map")
    flow = Flow(None, 1, 0, 0, 1, 1, 0, 0)
    assert summarize(anything, 1, flow) == "1 work matches “map”."
    assert summarize(anything, 2, flow) == "2 works match “map”."
    assert summarize(anything, 0, flow) == "No work matches “map”."
    chosen = StudyFilter(values={"year": ("2020",)})
    assert summarize(chosen, 2, flow) == "2 works match what you chose."
    assert (
        summarize(StudyFilter(), 1, flow)
        == "1 work in the bibliography; 1 of 1 study found is coded."
    )


def test_whatever_is_searched_for_is_answered(database: Path) -> None:
    with asyncio.Runner() as runner:
        site = runner.run((entered := opened(database)).__aenter__())

        @given(st.one_of(st.text().map(lambda text: text.encode()), st.binary()))
        @example(b'"')
        @example(b'""""')
        @example(b"*")
        @example(b"AND OR NOT")
        @example(b"NEAR(forgers calls, 5)")
        @example(b"NEAR(")
        @example(b"-forgers")
        @example(b"title : forgers")
        @example(b"{title authors} : forgers")
        @example(b"^forgers + calls")
        @example(b"forgers\0calls")
        @example(b"'; drop table studies; --")
        @example(b"\xff\xfe\xed\xa0\x80")
        @example(b"x" * 9_000)
        @example(b"x " * 8_000)
        def search(text: bytes) -> None:
            response = runner.run(site.client.get(f"/studies?q={quote(text)}"))
            assert response.status_code == 200
            assert re.search(r"6 works in|[Nn]o work matches|works? match", response.text)

        search()
        runner.run(entered.__aexit__(None, None, None))
