"""The page of the gaps."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from datasette.app import Datasette

from marginal_risk.publish.pages.gaps import CountedGapKind, keep_settled, summarize
from marginal_risk.publish.queries.vocabulary import Word
from pages import get, links, main_of, parse, rows_of, site_on, text_of, texts
from places import FROZEN, TINY


async def test_the_page_counts_the_gaps_and_says_whose_they_are(site: Datasette) -> None:
    # Letters: added risk in part, defense left out. Calls: threat by one study, added risk
    # contested, defense not judged. Maps: three cells that no person has judged. Both studies of
    # letters are coded; for calls, one is and one waits.
    main = main_of(await get(site, "/gaps"))
    answer, *_ = main.iter("ul")
    assert texts(answer, "li") == [
        "1 gap is in the literature, as far as it was searched: every study found was judged"
        " there, or none was found.",
        "7 gaps are in our reading only: studies that were found are not judged there yet,"
        " coders disagree, or nobody has searched. That says nothing about the literature.",
        "7 of 9 cells of the map have no study, among those read, that clearly addresses the"
        " step; 3 of them are about evidence on marginal risk.",
        # Not missing: a study addresses it, and no other confirms that.
        "1 more cell has one such study and needs a second.",
    ]
    table, *_ = main.iter("table")
    assert [row[:2] + row[3:4] for row in rows_of(table)] == [
        ["Not coded", "4", "our reading"],
        ["Absent", "1", "our reading"],
        ["Partial only", "1", "the literature"],
        ["Contested", "1", "our reading"],
        ["Single study", "1", "our reading"],
    ]


async def test_marginal_risk_comes_first_then_the_other_steps(site: Datasette) -> None:
    main = main_of(await get(site, "/gaps"))
    assert texts(main, "h2") == [
        "First: added risk of invented models",
        "Compared with what?",
        "Then: the other steps",
        "What is only unread",
    ]
    assert texts(main, "h3") == ["Fake maps", "Forged letters", "Robot calls", "Threat", "Defense"]
    threat, defense = ([*found.iter("div")] for found in main.iter("dl"))
    assert [text_of(line) for line in threat] == [
        "? Not coded Fake maps",
        "● Single study Robot calls",
    ]
    assert [text_of(line) for line in defense] == [
        "? Not coded Robot calls · Fake maps",
        "○ Absent Forged letters",
    ]


async def test_a_block_says_what_the_studies_do_instead_and_leads_to_cell_and_study(
    site: Datasette,
) -> None:
    main = main_of(await get(site, "/gaps"))
    maps, letters, calls = main.iter("section")
    assert "A gap in our reading: 1 of 1 study found is not judged here yet." in text_of(maps)
    assert texts(maps, "li") == []
    # The consensus stands for its two coders.
    assert texts(letters, "li") == [
        "Invented (2020), partial: Gives evidence of forged letters, without a baseline."
        " (section 2; judged by Tabulated & Madeup (2024), Table 1, Appendix A)",
        "Made-Up & Institute of Nowhere (2021), partial: The baseline is named, but nothing is"
        " compared with it. (section 4; judged by Consensus of A and B; consensus, where the coders"
        " gave Addressed and Partial)",
    ]
    assert "A gap in the literature as found: all 2 studies found are judged here." in text_of(
        letters
    )
    assert "A gap in our reading: 1 of 2 studies found is not judged here yet." in text_of(calls)
    assert links(letters)["Forged letters"] == "/vectors/forged_letters/added_risk"
    assert links(letters)["Invented (2020)"] == "/studies/invented2020"
    assert "What the coders say:" in text_of(calls)
    assert len(texts(calls, "li")) == 2


async def test_without_its_study_a_vector_is_a_gap_in_our_reading_and_not_absent(
    published_data: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(published_data, tmp_path / "data"))
    for name in ("studies.csv", "rationales.csv", "comparisons.csv"):
        lines = (data / name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(line for line in lines if not line.startswith("gopal2023"))
        (data / name).write_text(kept, encoding="utf-8")
    async with site_on(data, tmp_path) as site:
        main = main_of(await get(site, "/gaps"))
    first, *_ = main.iter("section")
    assert "Biosecurity risk ? Not coded" in text_of(first)
    assert "A gap in our reading: 15 of 15 studies found are not judged" in text_of(first)
    assert "bsent" not in text_of(first)


async def test_every_number_leads_to_as_many_rows(site: Datasette) -> None:
    main = main_of(await get(site, "/gaps"))
    table, *_ = main.iter("table")
    for row in table.iter("tr"):
        for link in (a for cell in row.iter("td") for a in cell.iter("a")):
            path = (link.get("href") or "").replace("/gaps?", "/gaps.json?_shape=array&")
            found = (await site.client.get(path)).json()
            assert str(len(found)) == text_of(link)
    uncoded = (await site.client.get("/evidence/uncoded.json?what=study&_shape=array")).json()
    assert len(uncoded) == 2
    assert "2 studies that were found wait to be read." in text_of(main)


@pytest.mark.parametrize("data", [FROZEN, TINY])
async def test_the_page_has_the_order_of_the_view(data: Path, tmp_path: Path) -> None:
    async with site_on(data, tmp_path) as site:
        page = (await site.client.get("/gaps")).text
    sql = "select misuse_vector, step from gaps order by priority"
    connection = sqlite3.connect(tmp_path / "evidence.db")
    expected = [f"/vectors/{vector}/{step}" for vector, step in connection.execute(sql)]
    connection.close()
    shown = re.findall(r'href="(/vectors/\w+/\w+)"', page)
    assert sorted(shown) == sorted(expected)
    step = expected[0].rpartition("/")[2]
    marginal = [path for path in expected if path.endswith(f"/{step}")]
    assert shown[: len(marginal)] == expected[: len(marginal)] == marginal


def kind(slug: str, gaps: int, in_reading: int) -> CountedGapKind:
    return CountedGapKind(Word(slug, slug, "It is missing."), "A study.", gaps, in_reading, {})


def test_one_gap_is_singular_and_no_gap_is_a_sentence() -> None:
    assert summarize([kind("absent", 1, 0)], 1, 1) == [
        "1 gap is in the literature, as far as it was searched: every study found was judged"
        " there, or none was found.",
        "1 of 1 cell of the map has no study, among those read, that clearly addresses the step;"
        " 1 of them is about evidence on marginal risk.",
    ]
    assert summarize([kind("not_coded", 2, 2)], 0, 6) == [
        "Nothing is shown to be missing in the literature: wherever the map has a gap, studies"
        " that were found are not judged there yet, coders disagree, or nobody has searched.",
        "2 of 6 cells of the map have no study, among those read, that clearly addresses the"
        " step; none of them are about evidence on marginal risk.",
    ]
    assert summarize([kind("single_study", 3, 3)], 0, 6)[1:] == [
        "3 of 6 cells have one study that addresses the step, and need a second."
    ]
    assert summarize([kind("absent", 0, 0)], 0, 6) == [
        "No cell of the map is a gap: several studies address every step."
    ]


def test_of_no_judgements_none_is_kept() -> None:
    assert keep_settled([]) == []


async def test_hostile_text_stays_text(tiny: Path, tmp_path: Path) -> None:
    path = tiny / "rationales.csv"
    text = path.read_text(encoding="utf-8")
    attack = "<script>alert(1)</script>"
    path.write_text(text.replace("The count of calls", f"{attack} The count"), encoding="utf-8")
    async with site_on(tiny, tmp_path) as site:
        page = (await site.client.get("/gaps")).text
    assert attack not in page
    assert attack in text_of(parse(page))
