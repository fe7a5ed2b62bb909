"""The list of all works: searching, sorting, turning pages."""

import asyncio
import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from datasette.app import Datasette
from hypothesis import example, given
from hypothesis import strategies as st

from marginal_risk.publish.pages.studies import Listing, summarize
from marginal_risk.publish.queries.screening_flow import Flow
from pages import get, links, main_of, opened, rows_of, screen, site_on, text_of, texts

TABULATED, PRETEND = "Tabulated & Madeup (2024)", "Pretend (2023)"
FICTIVE, MADE_UP = "von Fictive & Sans-Existence (2022)", "Made-Up & Institute of Nowhere (2021)"
INVENTED, NOBODY = "Invented (2020)", "Nobody (2019)"


async def listed(site: Datasette, query: str = "") -> list[str]:
    """Return the short citations in the order of the list."""
    main = main_of(await get(site, f"/studies{query}"))
    tables = list(main.iter("table"))
    return [row[0] for row in rows_of(tables[0])] if tables else []


async def test_all_works_are_listed_the_newest_first(site: Datasette) -> None:
    main = main_of(await get(site, "/studies"))
    (table,) = main.iter("table")
    assert rows_of(table) == [
        [
            *(TABULATED, "A Table of Invented Judgements", "2024", "Annals of Invention"),
            "A source of judgements",
        ],
        [PRETEND, "Maps of Places That Do Not Exist", "2023", "Nowhere Preprints", "Not coded"],
        [
            *(FICTIVE, "A Robot Calls: Telephone Fraud in a Town That Is Not There", "2022"),
            *("Annals of Invention", "Robot calls: 1 of 3 steps addressed"),
        ],
        [
            *(MADE_UP, "Forgers & <Other> Inventions", "2021"),
            "Proceedings of the First Conference on Nothing",
            "Forged letters: 1 of 3 steps addressed",
        ],
        [
            *(INVENTED, "Letters That Nobody Wrote", "2020", "Nowhere Preprints"),
            "Forged letters: 1 of 3 steps addressed",
        ],
        [NOBODY, "A Report That Nobody Has Coded", "2019", "Institute of Nowhere", "Not coded"],
    ]
    assert "6 works in the bibliography; 3 of 5 studies found are coded." in texts(main, "p")
    assert links(main)[FICTIVE] == "/studies/fictive2022"
    assert links(main)["Robot calls"] == "/vectors/robot_calls"


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
    ("text", "expected"),
    [
        ("forgers", [MADE_UP, INVENTED]),  # a title, and a reason
        ("FORGER", [MADE_UP, INVENTED]),
        ("robo", [FICTIVE]),
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
    assert "No work matches “<b>unheard”. Clear the search" in texts(main, "p")
    assert links(main)["Clear the search"] == "/studies"
    assert [i.get("value") for i in main.iter("input") if i.get("name") == "q"] == ["<b>unheard"]


async def test_the_order_survives_a_search_and_the_search_a_new_order(site: Datasette) -> None:
    main = main_of(await get(site, "/studies?q=forgers&sort=title&dir=desc"))
    asked = {i.get("name"): i.get("value") for i in main.iter("input")}
    assert asked == {"q": "forgers", "sort": "title", "dir": "desc"}
    turned = parse_qs(urlsplit(links(main)["Title: Z to A"]).query)
    assert turned == {"q": ["forgers"], "sort": ["title"], "dir": ["asc"]}
    other = parse_qs(urlsplit(links(main)["Year"]).query)
    assert other == {"q": ["forgers"], "sort": ["year"], "dir": ["desc"]}
    sorted_by = {text_of(th): th.get("aria-sort") for th in main.iter("th") if th.get("aria-sort")}
    assert sorted_by["Title"] == "descending"
    assert sorted_by["Year"] == "none"


async def test_pages_of_50_lead_through_all_works_once(tiny: Path, tmp_path: Path) -> None:
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
            titles |= {row[1] for row in rows}
            query = links(main).get("Next works", "")
            assert links(main).get("Previous works") is not None or len(lengths) == 1
        assert lengths == [50, 50, 20]
        assert len(titles) == 120
        assert "Works 101 to 120 of 120" in texts(main, "span")
        assert len(await listed(site, "?page=9")) == 20
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
    anything = Listing("map", "year", True, 1)
    flow = Flow(None, 1, 0, 0, 1, 1, 0, 0)
    assert summarize(anything, 1, flow) == "1 work matches “map”."
    assert summarize(anything, 2, flow) == "2 works match “map”."
    assert summarize(anything, 0, flow) == "No work matches “map”."
    everything = Listing("", "year", True, 1)
    assert (
        summarize(everything, 1, flow) == "1 work in the bibliography; 1 of 1 study found is coded."
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
        @example(b"x " * 9_000)
        def search(text: bytes) -> None:
            response = runner.run(site.client.get(f"/studies?q={quote(text)}"))
            assert response.status_code == 200
            assert re.search(r"6 works in|[Nn]o work matches|works? match", response.text)

        search()
        runner.run(entered.__aexit__(None, None, None))
