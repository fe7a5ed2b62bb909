"""The second map, "Compared with what?", and what other pages say of comparisons."""

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from datasette.app import Datasette

from marginal_risk.publish.pages import comparisons
from marginal_risk.publish.paging import take_part
from pages import OpenSite, get, links, main_of, rows_of, text_of, texts

PROVISIONAL = "codings=provisional"


def matrix_of(page: Element) -> list[list[str]]:
    """Return the rows of the second map, each with what its cells say to a screen reader."""
    rows = []
    for row in main_of(page).iter("tr"):
        cells = [cell.attrib["aria-label"] for cell in row.iter("a") if "aria-label" in cell.attrib]
        if cells:
            rows.append(cells)
    return rows


async def test_each_cell_says_what_was_compared_and_what_came_out(site: Datasette) -> None:
    # Letters: two people coded one study; one says it measured more, the other that it measured
    # nothing. Calls: two people say that it compares with nothing. Maps: machines alone.
    assert matrix_of(await get(site, "/comparisons")) == [
        [
            "Forged letters, goose quills: more, 1 study",
            "Forged letters, closed models: not compared",
        ],
        ["Robot calls, goose quills: not compared", "Robot calls, closed models: not compared"],
        ["Fake maps, goose quills: not coded", "Fake maps, closed models: not coded"],
    ]


async def test_with_provisional_codings_a_cell_of_machines_is_marked_by_word_and_class(
    site: Datasette,
) -> None:
    page = await get(site, f"/comparisons?{PROVISIONAL}")
    assert matrix_of(page)[2] == [
        "Fake maps, goose quills: no difference, 1 study, provisional",
        "Fake maps, closed models: less, 1 study, provisional",
    ]
    assert matrix_of(page)[:2] == matrix_of(await get(site, "/comparisons"))[:2]
    marked = [a for a in main_of(page).iter("a") if "provisional" in a.attrib.get("class", "")]
    assert [a.attrib["href"] for a in marked] == [
        f"/comparisons/fake_maps/goose_quills?{PROVISIONAL}",
        f"/comparisons/fake_maps/closed_models?{PROVISIONAL}",
    ]
    assert all("provisional" in text_of(a) for a in marked)


async def test_sentences_on_top_say_what_no_study_compares_and_what_is_not_coded(
    site: Datasette,
) -> None:
    # Two studies of letters are read, and the comparisons of one are coded.
    answer, *_ = main_of(await get(site, "/comparisons")).iter("ul")
    assert texts(answer, "li") == [
        "No study whose comparisons are coded compares open models with closed models for 2 of 3"
        " misuse vectors: forged letters and robot calls.",
        "For 1 of 3 misuse vectors, no comparison is coded yet, which is not the same as none: fake"
        " maps.",
    ]
    answer, *_ = main_of(await get(site, f"/comparisons?{PROVISIONAL}")).iter("ul")
    assert texts(answer, "li") == [
        "With provisional codings, no study whose comparisons are coded compares open models with"
        " closed models for 2 of 3 misuse vectors: forged letters and robot calls.",
    ]


async def test_a_cell_leads_to_its_comparisons_with_note_and_locator(site: Datasette) -> None:
    page = await get(site, "/comparisons/forged_letters/goose_quills")
    table, *_ = main_of(page).iter("table")
    rows = rows_of(table)
    assert [row[1:] for row in rows] == [
        ["Open models", "▲ more (rests on: for all)", "Twelve letters a day, three by hand.",
         "section 4", "Person A (invented)"],
        ["Open models", "- not measured", "A baseline is mentioned and not used.", "section 4",
         "Person B (invented)"],
    ]  # fmt: skip
    assert links(main_of(page))[rows[0][0]] == "/studies/madeup2021"


async def test_what_is_behind_a_cell_stands_in_parts(
    tiny: Path, open_on: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        comparisons, "take_part", lambda total, asked, query: take_part(total, asked, query, 1)
    )
    site = await open_on(tiny)
    path = "/comparisons/forged_letters/goose_quills"
    first, second = [main_of(await get(site, f"{path}{query}")) for query in ("", "?page=2")]
    assert "Person A (invented)" in text_of(first)
    assert "Person B (invented)" not in text_of(first)
    assert "?page=2" in links(first).values()
    assert "Person B (invented)" in text_of(second)
    assert "Person A (invented)" not in text_of(second)
    # Those who compare with nothing come last.
    nothing = await get(site, "/comparisons/robot_calls/goose_quills?page=2")
    assert texts(main_of(nothing), "h2") == ["Compared with nothing"]


async def test_comparisons_of_machines_are_shown_only_to_who_asks(site: Datasette) -> None:
    path = "/comparisons/fake_maps/closed_models"
    page = main_of(await get(site, path))
    assert "less" not in text_of(page)
    assert "Show 1 provisional comparison by machines" in text_of(page)
    asked = text_of(main_of(await get(site, f"{path}?{PROVISIONAL}")))
    assert "With provisional codings, 1 of 1 study whose comparisons are coded compare" in asked
    assert "▼ less" in asked
    assert "Toy model 0.1; provisional" in asked


async def test_a_filter_that_leaves_no_comparison_says_so_and_never_none(site: Datasette) -> None:
    page = await get(site, "/comparisons?examined=closed&examined=nonsense")
    assert matrix_of(page)[0] == [
        "Forged letters, goose quills: no match",
        "Forged letters, closed models: not compared",
    ]
    assert "“nonsense” names no models, and was left out of the filter." in text_of(page)
    only = await get(site, f"/comparisons?vector=fake_maps&examined=open&{PROVISIONAL}")
    assert matrix_of(only) == [
        [
            "Fake maps, goose quills: no match",
            "Fake maps, closed models: less, 1 study, provisional",
        ]
    ]


async def test_numbers_are_there_as_json_and_csv_of_the_layer_shown(site: Datasette) -> None:
    for query, view, extra in (
        ("", "comparison_matrix", ""),
        (f"?{PROVISIONAL}", "comparison_matrix_by_layer", "?layer__exact=with_provisional"),
    ):
        found = links(main_of(await get(site, f"/comparisons{query}")))
        assert f"/evidence/{view}.json{extra}" in found.values()
        assert f"/evidence/{view}.csv{extra}" in found.values()


async def test_row_and_gaps_say_what_no_study_compares_with(site: Datasette) -> None:
    calls = text_of(main_of(await get(site, "/vectors/robot_calls")))
    assert "No study read so far compares open models with closed models for robot calls." in calls
    letters = text_of(main_of(await get(site, "/vectors/forged_letters")))
    assert "Open models were tested against goose quills by one study, which found more." in letters
    maps = text_of(main_of(await get(site, f"/vectors/fake_maps?{PROVISIONAL}")))
    assert (
        "With provisional codings, open models were tested against closed models by one study,"
        " which found less." in maps
    )
    gaps = text_of(main_of(await get(site, "/gaps")))
    assert (
        "No study whose comparisons are coded compares open models with closed models for 2 of 3"
        " misuse vectors: forged letters and robot calls." in gaps
    )


async def test_a_study_shows_what_it_compares_or_that_this_is_not_coded(site: Datasette) -> None:
    study = text_of(main_of(await get(site, "/studies/fictive2022")))
    assert "Calls are counted and set against nothing." in study
    other = text_of(main_of(await get(site, "/studies/invented2020")))
    assert "What the study compares for Forged letters is not coded." in other


async def test_a_closed_trial_without_a_difference_is_not_read_as_a_risk_shown(
    tiny: Path, open_on: OpenSite
) -> None:
    # Both people find that the calls of closed models were tested against quills, to no effect.
    edit(tiny / "comparisons.csv", "unclear,none,not_measured", "closed,goose_quills,no_difference")
    edit(tiny / "studies.csv", "addressed,partial,,1,Preprint", "addressed,addressed,,1,Preprint")
    edit(tiny / "studies.csv", "addressed,absent,,1,,whole", "addressed,addressed,,1,,whole")
    site = await open_on(tiny)
    main = text_of(main_of(await get(site, "/")))
    assert "gives it, whatever it shows" in main
    assert "closed models against goose quills: no difference" in main
    row = text_of(main_of(await get(site, "/vectors/robot_calls")))
    assert "gives evidence on marginal risk, whatever it shows" in row
    assert "Closed models were tested against goose quills by one study" in row
    for page in ("/", "/vectors/robot_calls", "/gaps", "/comparisons", "/map.svg", "/feed.atom"):
        text = (await site.client.get(page)).text
        assert "evidence of marginal risk" not in text, page


def edit(sheet: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = sheet.read_text(encoding="utf-8")
    assert old in text
    sheet.write_text(text.replace(old, new), encoding="utf-8")
