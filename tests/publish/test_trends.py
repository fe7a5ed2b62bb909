"""How coverage grew: the views' numbers, the sentences, and pictures that match their tables."""

import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import html5lib
import pytest
from datasette.app import Datasette

from marginal_risk.publish.page import Page
from marginal_risk.publish.pages import trends
from marginal_risk.publish.queries.vocabulary import FrameworkStep, MapVocabulary, Word
from pages import build as build_in
from pages import screen, start
from places import FROZEN, ROOT

TEMPLATES = ROOT / "src" / "marginal_risk" / "publish" / "templates" / "marginal_risk"
HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"

OpenSite = Callable[[Path], Awaitable[Datasette]]
BuildViews = Callable[[Path], sqlite3.Connection]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[BuildViews]:
    """Build a data directory and open the database."""
    opened: list[sqlite3.Connection] = []

    def build(data: Path) -> sqlite3.Connection:
        if data != FROZEN:
            screen(data)
        folder = tmp_path / f"views{len(opened)}"
        folder.mkdir()
        opened.append(sqlite3.connect(build_in(data, folder)))
        return opened[-1]

    yield build
    for connection in opened:
        connection.close()


@pytest.fixture
async def open_on(build: BuildViews):
    """Build a data directory and open the site on it."""
    opened: list[Datasette] = []

    async def open_on(data: Path) -> Datasette:
        path = Path(build(data).execute("pragma database_list").fetchone()[2])
        opened.append(await start(path))
        return opened[-1]

    yield open_on
    for site in opened:
        site.close()


def add(data: Path, name: str, line: str) -> None:
    with (data / name).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def code_for_robot_calls(data: Path, citekey: str, level: str, coder: str = "person_a") -> None:
    """Let a coder judge another study for another vector, at the marginal-risk step."""
    add(data, "studies.csv", f"{citekey},robot_calls,{coder},2024-05-03,,{level},,1,,whole,,")
    add(
        data,
        "rationales.csv",
        f"{citekey},robot_calls,{coder},added_risk,high,page 9,,Says something of {coder}.",
    )
    add(data, "comparisons.csv", f"{citekey},robot_calls,{coder},open,goose_quills,more,,page 9,")


# The numbers -----------------------------------------------------------------------------


def test_each_year_has_a_row_with_studies_or_without(build: BuildViews, tiny: Path) -> None:
    bib = tiny / "bib" / "invented.bib"
    text = bib.read_text(encoding="utf-8")
    bib.write_text(text.replace("year = {2019}", "year = {2016}"), encoding="utf-8")
    found = list(build(tiny).execute("select year from publication_years order by year"))
    assert found == [(year,) for year in range(2016, 2025)]


def test_coverage_by_year_of_the_invented_data(build: BuildViews, tiny: Path) -> None:
    # By hand: nobody2019 and tabulated2024 are not coded; pretend2023 only by a machine;
    # invented2020 is partial, madeup2021 partial by consensus, and on fictive2022 the coders
    # disagree (partial, absent).
    found = build(tiny).execute(
        "select year, studies, in_scope, coded, addressed, partial, absent, contested, not_coded"
        " from coverage_by_year order by year"
    )
    # tabulated2024 is in the bibliography as the source of judgements, and was not found.
    assert list(found) == [
        (2019, 1, 1, 0, 0, 0, 0, 0, 0),
        (2020, 1, 1, 1, 0, 1, 0, 0, 0),
        (2021, 1, 1, 1, 0, 1, 0, 0, 0),
        (2022, 1, 1, 1, 0, 0, 0, 1, 0),
        (2023, 1, 1, 0, 0, 0, 0, 0, 0),
        (2024, 1, 0, 0, 0, 0, 0, 0, 0),
    ]


def test_coverage_by_year_of_the_published_table(build: BuildViews, paper_data: Path) -> None:
    # By hand from Table 1: Ovadya & Whittlestone (2019) is partial. Of the six of 2023, Thiel
    # et al. address the step, Musser and Lakatos cover it in part, Hazell, Seger et al. and
    # Gopal et al. leave it out.
    found = build(paper_data).execute(
        "select year, coded, addressed, partial, absent, contested, not_coded"
        " from coverage_by_year where year in (2019, 2020, 2023) order by year"
    )
    assert list(found) == [
        (2019, 1, 0, 1, 0, 0, 0),
        (2020, 0, 0, 0, 0, 0, 0),
        (2023, 6, 1, 2, 3, 0, 0),
    ]


@pytest.mark.parametrize(
    ("level", "state"), [("addressed", "addressed"), ("partial", "partial"), ("absent", "partial")]
)
def test_a_study_counts_once_at_the_strongest_level_of_its_vectors(
    build: BuildViews, tiny: Path, level: str, state: str
) -> None:
    code_for_robot_calls(tiny, "invented2020", level)  # partial for forged letters
    connection = build(tiny)
    row = connection.execute(
        f"select coded, {state}, addressed + partial + absent + contested + not_coded"
        " from coverage_by_year where year = 2020"
    )
    assert row.fetchone() == (1, 1, 1)
    by_vector = connection.execute(
        "select misuse_vector, coded from coded_by_vector_and_year where year = 2020 and coded > 0"
        " order by misuse_vector"
    )
    assert list(by_vector) == [("forged_letters", 1), ("robot_calls", 1)]


def test_a_settled_higher_level_for_another_vector_ends_the_doubt(
    build: BuildViews, tiny: Path
) -> None:
    add(
        tiny, "studies.csv", "fictive2022,forged_letters,person_a,2024-05-03,,addressed,,1,,whole,,"
    )
    add(
        tiny,
        "rationales.csv",
        "fictive2022,forged_letters,person_a,added_risk,high,page 9,,Compares letters and calls.",
    )
    add(
        tiny, "comparisons.csv", "fictive2022,forged_letters,person_a,open,goose_quills,more,,p. 9,"
    )
    row = build(tiny).execute("select addressed, contested from coverage_by_year where year = 2022")
    assert row.fetchone() == (1, 0)


def test_a_coded_study_without_a_judgement_at_the_step_is_not_coded_there(
    build: BuildViews, tiny: Path
) -> None:
    add(tiny, "studies.csv", "nobody2019,fake_maps,person_a,2024-05-03,addressed,,,1,,whole,,")
    add(
        tiny,
        "rationales.csv",
        "nobody2019,fake_maps,person_a,threat,high,page 9,,Names a threat.",
    )
    row = build(tiny).execute(
        "select coded, absent, not_coded from coverage_by_year where year = 2019"
    )
    assert row.fetchone() == (1, 0, 1)


def test_coded_studies_add_up_year_by_year(build: BuildViews, tiny: Path) -> None:
    code_for_robot_calls(tiny, "madeup2021", "partial", "person_b")
    found = build(tiny).execute(
        "select misuse_vector, year, coded, coded_so_far from coded_by_vector_and_year"
        " where misuse_vector <> 'forged_letters' order by misuse_vector, year"
    )
    assert list(found) == [
        *[("fake_maps", year, 0, 0) for year in range(2019, 2025)],
        ("robot_calls", 2019, 0, 0),
        ("robot_calls", 2020, 0, 0),
        ("robot_calls", 2021, 1, 1),
        ("robot_calls", 2022, 1, 2),
        ("robot_calls", 2023, 0, 2),
        ("robot_calls", 2024, 0, 2),
    ]


def test_the_years_add_up_to_what_the_build_counted(
    build: BuildViews, published_data: Path
) -> None:
    connection = build(published_data)
    years = connection.execute(
        "select sum(studies), sum(in_scope), sum(coded) from coverage_by_year"
    ).fetchone()
    counted = "select studies, (select found - excluded from screening_flow"
    counted += " where misuse_vector is null), coded_studies from build"
    assert years == connection.execute(counted).fetchone()


# The sentences ---------------------------------------------------------------------------


def year(year: int, studies: int = 0, in_scope: int | None = None, **counts: int) -> dict[str, int]:
    """Return a row of the view; all works of the year were found, unless it is said."""
    words = ("addressed", "partial", "absent", "contested", "not_coded")
    known = {word: counts.get(word, 0) for word in words}
    found = studies if in_scope is None else in_scope
    return {
        **{"year": year, "studies": studies, "in_scope": found},
        **{"coded": sum(known.values()), **known},
    }


CODEBOOK = MapVocabulary(
    {"one": Word("one", "One", ""), "two": Word("two", "Two", "")},
    {"proof": FrameworkStep("proof", "Proof", "", is_marginal_risk=True)},
    {
        slug: Word(slug, slug.replace("_", " ").capitalize(), "", symbol)
        for slug, symbol in [
            *[("addressed", "●"), ("partial", "◐"), ("absent", "○")],
            *[("contested", "±"), ("not_coded", "?"), ("no_study", "∅")],
        ]
    },
    {},
)


@pytest.mark.parametrize(
    ("years", "sentence"),
    [
        ([], "No study has been found yet."),
        ([year(2020, 1, 0)], "No study has been found yet."),  # a work, and no study found
        (
            [year(2020, 1)],
            "1 study was found, published in 2020. It has not been read and coded.",
        ),
        (
            [year(2020, 1, absent=1)],
            "1 study was found, published in 2020. It has been read and coded.",
        ),
        (
            [year(2020, 3)],
            "3 studies were found, published in 2020. None of them has been read and coded.",
        ),
        (
            [year(2020, 2), year(2021), year(2022, 1, partial=1), year(2023, 1, 0)],
            "3 studies were found, published from 2020 to 2022. 1 of them has been read and coded.",
        ),
        (
            [year(2020, 2, absent=2), year(2021, 1)],
            "3 studies were found, published from 2020 to 2021."
            " 2 of them have been read and coded.",
        ),
    ],
)
def test_the_sentence_about_studies(years: list[dict[str, int]], sentence: str) -> None:
    trend = trends.count_found(years, {})
    assert trend.sentence == sentence
    read, unread = trend.series
    assert read.numbers == tuple(row["coded"] for row in years)
    assert [sum(pair) for pair in zip(read.numbers, unread.numbers, strict=True)] == [
        row["in_scope"] for row in years
    ]


@pytest.mark.parametrize(
    ("one", "two", "sentence"),
    [
        ([0, 0], [0, 0], "No misuse vector has a coded study yet."),
        ([0, 1], [0, 0], "By the end of 2021, 1 of 2 misuse vectors has a coded study."),
        ([1, 1], [0, 2], "By the end of 2021, 2 of 2 misuse vectors have a coded study."),
    ],
)
def test_the_sentence_about_vectors(one: list[int], two: list[int], sentence: str) -> None:
    rows = [
        {"misuse_vector": slug, "year": 2020 + place, "coded_so_far": number}
        for slug, numbers in (("one", one), ("two", two))
        for place, number in enumerate(numbers)
    ]
    trend = trends.count_by_vector(CODEBOOK, [year(2020), year(2021)], rows, {})
    assert trend.sentence == sentence
    assert [series.numbers for series in trend.series] == [tuple(one), tuple(two)]


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({}, "No study is coded yet."),
        ({"addressed": 1}, "Of 1 coded study, 1 addresses the step “Proof”."),
        (
            {"addressed": 2, "partial": 1, "absent": 1},
            "Of 4 coded studies, 2 address the step “Proof”, 1 covers it in part and 1 leaves it"
            " out.",
        ),
        (
            {"partial": 2, "contested": 1},
            "Of 3 coded studies, none addresses the step “Proof”, 2 cover it in part and 1 is"
            " contested.",
        ),
        (
            {"absent": 3, "contested": 2, "not_coded": 2},
            "Of 7 coded studies, none addresses the step “Proof”, 3 leave it out, 2 are contested"
            " and 2 are not coded at this step.",
        ),
    ],
)
def test_the_sentence_about_evidence(counts: dict[str, int], sentence: str) -> None:
    trend = trends.count_evidence(CODEBOOK, [year(2020, **counts)], {})
    assert trend.sentence == sentence
    shown = [series.name for series in trend.series]
    assert shown[:3] == ["Addressed", "Partial", "Absent"]
    assert ("Contested" in shown, "Not coded" in shown) == (
        "contested" in counts,
        "not_coded" in counts,
    )


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show all trends of the invented data, though so few studies are coded."""
    monkeypatch.setattr(trends, "ENOUGH", 3)


# The page --------------------------------------------------------------------------------


def text_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


async def read_page(site: Datasette) -> Any:
    response = await site.client.get("/trends")
    assert response.status_code == 200
    return html5lib.HTMLParser(strict=True).parse(response.text)


def table_numbers(table: Any) -> tuple[list[str], dict[str, list[int]]]:
    """Return the years of a table's head, and its rows by name."""
    head, body = table.find(f"{HTML}thead"), table.find(f"{HTML}tbody")
    years = list(head.iter(f"{HTML}th"))
    assert {th.get("scope") for th in years} == {"col"}
    rows = {}
    for row in body.iter(f"{HTML}tr"):
        name = row.find(f"{HTML}th")
        assert name.get("scope") == "row"
        rows[text_of(name)] = [int(text_of(cell)) for cell in row.iter(f"{HTML}td")]
    return [text_of(th) for th in years], rows


def picture_numbers(picture: Any) -> tuple[list[str], dict[str, list[int]], list[float]]:
    """Return what a picture says: its years, its rows by name, and the heights of its bars."""
    *rows, years = ([text_of(t) for t in g.iter(f"{SVG}text")] for g in picture.iter(f"{SVG}g"))
    heights = [float(bar.get("height")) for bar in picture.iter(f"{SVG}rect")]
    return years, {name: [int(number) for number in numbers] for name, *numbers in rows}, heights


async def test_every_picture_shows_the_numbers_of_its_table(open_on: OpenSite, tiny: Path) -> None:
    page = await read_page(await open_on(tiny))
    pictures = [s for s in page.iter(f"{SVG}svg") if s.get("class") == "chart"]
    tables = list(page.iter(f"{HTML}table"))
    assert len(pictures) == len(tables) == 3
    for picture, table in zip(pictures, tables, strict=True):
        assert picture.get("role") == "img"
        assert picture.get("aria-label").startswith(text_of(table.find(f"{HTML}caption")))
    for picture, table in zip(pictures[1:], tables[1:], strict=True):
        years, rows, heights = picture_numbers(picture)
        assert (years, rows) == table_numbers(table)
        drawn = [number for numbers in rows.values() for number in numbers]
        assert len(heights) == len(drawn)
        unit = max(heights) / max(drawn)
        assert heights == pytest.approx([number * unit for number in drawn], abs=0.1)


async def test_the_first_picture_shows_read_and_unread_on_one_another(
    open_on: OpenSite, tiny: Path
) -> None:
    page = await read_page(await open_on(tiny))
    picture = next(s for s in page.iter(f"{SVG}svg") if s.get("class") == "chart")
    years, rows = table_numbers(next(page.iter(f"{HTML}table")))
    groups = list(picture.iter(f"{SVG}g"))
    first_name, first_bars, second_name, second_bars, sums, below = (
        [text_of(text) for text in group.iter(f"{SVG}text")]
        or [(bar.get("fill"), float(bar.get("height"))) for bar in group.iter(f"{SVG}rect")]
        for group in groups
    )
    assert first_name + second_name == list(rows) == ["Read", "Not read yet"]
    assert below == years
    assert sums == [str(sum(pair)) for pair in zip(*rows.values(), strict=True)]
    # Every bar but the last is one study high, and it has one part of height 0.
    assert first_bars == [("currentColor", 200.0 * number) for number in rows["Read"]]
    assert second_bars == [("none", 200.0 * number) for number in rows["Not read yet"]]


async def test_with_few_coded_studies_there_is_one_picture(
    open_on: OpenSite, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trends, "ENOUGH", 4)  # three are coded
    page = await read_page(await open_on(tiny))
    assert len([s for s in page.iter(f"{SVG}svg") if s.get("class") == "chart"]) == 1
    prose = text_of(page.find(f".//{HTML}main"))
    assert "Once 4 studies are coded, this page also shows" in prose
    assert "By the end of 2024" not in prose


async def test_the_tables_show_the_invented_data(open_on: OpenSite, tiny: Path) -> None:
    page = await read_page(await open_on(tiny))
    years = ["2019", "2020", "2021", "2022", "2023", "2024"]
    assert [table_numbers(table) for table in page.iter(f"{HTML}table")] == [
        (years, {"Read": [0, 1, 1, 1, 0, 0], "Not read yet": [1, 0, 0, 0, 1, 0]}),
        (
            years,
            {
                "Forged letters": [0, 1, 2, 2, 2, 2],
                "Robot calls": [0, 0, 0, 1, 1, 1],
                "Fake maps": [0, 0, 0, 0, 0, 0],
            },
        ),
        (
            years,
            {
                "● Addressed": [0, 0, 0, 0, 0, 0],
                "◐ Partial": [0, 1, 1, 0, 0, 0],
                "○ Absent": [0, 0, 0, 0, 0, 0],
                "± Contested": [0, 0, 0, 1, 0, 0],
            },
        ),
    ]
    prose = text_of(page.find(f".//{HTML}main"))
    assert "5 studies were found, published from 2019 to 2023. 3 of them have been read" in prose
    assert "By the end of 2024, 2 of 3 misuse vectors have a coded study." in prose
    assert "Of 3 coded studies, none addresses the step “Added risk”, 2 cover it" in prose
    assert prose.count("says nothing about how large the risk") == 1


async def test_the_numbers_can_be_had_as_table_json_and_csv(open_on: OpenSite, tiny: Path) -> None:
    site = await open_on(tiny)
    page = await read_page(site)
    found = [a.get("href") for a in page.find(f".//{HTML}main").iter(f"{HTML}a")]
    wanted = [
        f"/evidence/{view}{ending}"
        for view in ("coverage_by_year", "coded_by_vector_and_year", "coverage_by_year")
        for ending in ("", ".json", ".csv")
    ]
    assert found == wanted
    for link in set(wanted):
        assert (await site.client.get(link)).status_code == 200, link
    rows = (await site.client.get("/evidence/coverage_by_year.json?_shape=array")).json()
    assert [row["coded"] for row in rows if row["year"] == 2021] == [1]


async def test_a_hostile_name_stays_text(open_on: OpenSite, tiny: Path) -> None:
    attack = "</text></svg><script>alert(1)</script>"
    words = tiny / "codebook.yml"
    text = words.read_text(encoding="utf-8").replace("name: Fake maps", f"name: {attack}")
    words.write_text(text, encoding="utf-8")
    page = await read_page(await open_on(tiny))
    assert not list(page.find(f".//{HTML}main").iter(f"{HTML}script"))
    assert attack in [text_of(t) for t in page.iter(f"{SVG}text")]


async def test_without_a_coding_the_page_says_so(
    open_on: OpenSite, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trends, "ENOUGH", 0)
    for name in ("studies.csv", "rationales.csv", "comparisons.csv"):
        path = tiny / name
        path.write_text(path.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    page = text_of(await read_page(await open_on(tiny)))
    assert "5 studies were found, published from 2019 to 2023. None of them has been read" in page
    assert "No misuse vector has a coded study yet." in page
    assert "No study is coded yet." in page


async def test_the_page_is_kept_and_sent_once(open_on: OpenSite, tiny: Path) -> None:
    site = await open_on(tiny)
    first = await site.client.get("/trends")
    again = await site.client.get("/trends", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")
    assert not re.search(r"<(?:style|script)\b|\sstyle=", first.text)


def test_every_field_of_the_context_has_a_help_text_and_is_used() -> None:
    source = "".join((TEMPLATES / n).read_text("utf-8") for n in ("trends.html", "house.html"))
    shared = {field.name for field in fields(Page)}
    for field in (field for field in fields(trends.TrendsPage) if field.name not in shared):
        assert field.metadata["help"].endswith("."), field.name
        assert re.search(rf"\b{field.name}\b", source), f"{field.name} is not rendered"
