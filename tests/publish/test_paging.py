"""Long lists in parts: nothing is left out, nothing is shown twice, and each page is small."""

from pathlib import Path

import pytest
from bench.invent import invent_data

from marginal_risk.publish.paging import take_part
from pages import OpenSite, get, main_of

LEVELS = ("addressed", "partial", "absent")


def query(number: str) -> str:
    return f"?page={number}" if number else ""


@pytest.mark.parametrize(
    ("total", "asked", "position", "previous", "following"),
    [
        (0, "", "", "", ""),
        (10, "", "", "", ""),
        (11, "", "1 to 10 of 11", "", "?page=2"),
        (11, "2", "11 to 11 of 11", "?", ""),
        (3000, "3", "21 to 30 of 3,000", "?page=2", "?page=4"),
        (25, "99", "21 to 25 of 25", "?page=2", ""),
        *((25, asked, "1 to 10 of 25", "", "?page=2") for asked in ("0", "-1", "x", "²", "9" * 50)),
    ],
)
def test_a_part_says_where_it_is(
    total: int, asked: str, position: str, previous: str, following: str
) -> None:
    part = take_part(total, asked, query, 10)
    assert (part.position, part.previous, part.following) == (position, previous, following)


def test_the_parts_together_are_the_list() -> None:
    rows = list(range(25))
    parts = [take_part(25, str(number), query, 10).of(rows) for number in (1, 2, 3)]
    assert [len(part) for part in parts] == [10, 10, 5]
    assert [row for part in parts for row in part] == rows


async def test_each_coded_study_is_on_one_page_of_the_map_and_pages_are_small(
    open_on: OpenSite, tmp_path: Path
) -> None:
    site = await open_on(invent_data(tmp_path / "data", 130))
    seen: list[str] = []
    path = "/?view=studies&from=2010"
    for number in (1, 2, 3):
        response = await site.client.get(path)
        assert len(response.content) < 200_000
        main = main_of(await get(site, path))
        rows = [row for row in main.iter("tr") if row.find("th[@scope='row']") is not None]
        found = [row.find("th[@scope='row']/a").get("href") for row in rows]
        seen += [href for href in found if "/studies/invented" in href]
        pagers = [nav for nav in main.iter("nav") if nav.get("class") == "pager"]
        assert len(pagers) == 2
        following = [a.get("href") for a in pagers[0].iter("a") if a.get("rel") == "next"]
        assert len(following) == (number < 3)
        if following:
            assert "from=2010" in following[0]
            path = f"/{following[0]}"
    assert len(seen) == len(set(seen)) == 130
    assert "/evidence/study_coverage.csv" in {a.get("href") for a in main.iter("a")}


async def test_the_judgements_of_a_cell_are_shown_a_hundred_at_a_time(
    open_on: OpenSite, tmp_path: Path
) -> None:
    site = await open_on(invent_data(tmp_path / "data", 900))
    cells = (await site.client.get("/evidence/coverage_matrix.json?_shape=array")).json()
    cell = max(cells, key=lambda cell: sum(cell[level] for level in LEVELS))
    path = f"/vectors/{cell['misuse_vector']}/{cell['step']}"
    judged = sum(cell[level] for level in LEVELS)
    assert 100 < judged <= 200  # 900 studies among seven misuse vectors
    for query, number in (("", 100), ("?page=2", judged - 100)):
        (table,) = main_of(await get(site, path + query)).iter("table")
        assert len(list(table.find("tbody"))) == number
    last = await site.client.get(f"{path}?page=2")
    assert f"Judgements 101 to {judged} of {judged}" in last.text
    assert (await site.client.get(f"{path}?page=3")).text == last.text
