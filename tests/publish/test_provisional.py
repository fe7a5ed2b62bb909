"""The layer of provisional codings: counted nowhere, and shown beside what counts on request."""

from pathlib import Path
from xml.etree.ElementTree import Element

from datasette.app import Datasette

from pages import OpenSite, get, links, main_of, rows_of, text_of, texts

PROVISIONAL = "codings=provisional"
# By hand: the paper coded 7 studies, each for one vector. Two machines coded ten studies, one of
# which (hazell2023) the paper coded too.
MORE = (
    "9 more studies have provisional codings, by machines and checked by nobody; they count"
    " nowhere here. Show the map with them"
)


def take_out(element: Element, name: str) -> list[str]:
    """Remove the elements of a class; return their texts."""
    taken = []
    for parent in list(element.iter()):
        for child in list(parent):
            if name in (child.get("class") or "").split():
                taken.append(text_of(child))
                parent.remove(child)
    return taken


def labels(page: Element) -> list[str]:
    """Return what the cells of a map say to a screen reader."""
    return [
        cell.attrib["aria-label"]
        for table in main_of(page).iter("table")
        for cell in table.iter()
        if "aria-label" in cell.attrib
    ]


async def test_without_asking_every_page_is_as_before_but_for_one_line(
    open_on: OpenSite, paper_data: Path, machine_data: Path
) -> None:
    before, after = await open_on(paper_data), await open_on(machine_data)
    for path, line in (("/", [MORE]), ("/gaps", []), ("/studies", [])):
        old, new = main_of(await get(before, path)), main_of(await get(after, path))
        assert take_out(new, "layer-link") == line, path
        assert text_of(new) == text_of(old), path
        assert labels(await get(before, path)) == labels(await get(after, path)), path
    assert not any("provisional" in label for label in labels(await get(after, "/")))


async def test_with_provisional_codings_each_sentence_and_each_cell_says_so(
    open_on: OpenSite, machine_data: Path
) -> None:
    site = await open_on(machine_data)
    page = await get(site, f"/?{PROVISIONAL}")
    main = main_of(page)
    cells = labels(page)
    assert len(cells) == 42
    # Each of the seven vectors has a study that machines alone coded, at every step.
    assert all(cell.endswith("in part provisional") for cell in cells)
    said = [text_of(p) for card in main.iter("section") for p in card.iter("p")]
    assert said
    assert all(sentence.startswith("With provisional codings, ") for sentence in said)
    assert (
        "With provisional codings, 16 of 69 studies found have been read and judged, and 1 of these"
        " addresses all 6 steps; 53 wait to be read." in text_of(main)
    )
    assert "open models against closed models: less" in text_of(main)


async def test_two_studies_measure_open_models_against_closed_ones(
    open_on: OpenSite, machine_data: Path
) -> None:
    # By hand from comparisons.csv: fang2024oneday finds less, hazell2023 mixed.
    site = await open_on(machine_data)
    page = await get(site, f"/comparisons?{PROVISIONAL}&examined=open&examined=both")
    closed = [cell for cell in labels(page) if ", closed models: " in cell]
    assert [cell for cell in closed if "less" in cell or "mixed" in cell] == [
        "Spear-phishing scams, closed models: mixed, 1 study, provisional",
        "Cybersecurity risk, closed models: less, 1 study; not measured, 2 studies, provisional",
    ]


async def test_the_parameter_holds_on_figure_frame_list_and_in_links(site: Datasette) -> None:
    # In the invented data a machine alone coded maps: threat addressed, added risk absent.
    figure = (await site.client.get(f"/map.svg?{PROVISIONAL}")).text
    assert "Fake maps: Threat, Addressed (1 study), provisional" in figure
    assert "With provisional codings" in figure
    assert "provisional" not in (await site.client.get("/map.svg")).text
    frame = await get(site, f"/embed?{PROVISIONAL}")
    assert "Fake maps, Threat: Addressed, provisional" in labels(frame)
    assert "with provisional codings, which machines made and nobody has checked" in text_of(frame)
    studies = main_of(await get(site, f"/studies?{PROVISIONAL}"))
    assert "Fake maps provisional" in text_of(studies)
    signs = [s.get("aria-label") for s in studies.iter("span") if s.get("role") == "img"]
    assert "Threat: addressed; Added risk: absent; Defense: not coded" in signs
    by_study = await get(site, f"/?view=studies&{PROVISIONAL}")
    assert any("Fake maps, Threat: Addressed, provisional" in cell for cell in labels(by_study))
    found = links(main_of(await get(site, f"/?{PROVISIONAL}")))
    assert found["Fake maps"] == f"/vectors/fake_maps?{PROVISIONAL}"
    assert found["JSON"] == "/evidence/coverage_by_layer.json?layer__exact=with_provisional"


async def test_the_page_of_a_cell_says_what_is_provisional(site: Datasette) -> None:
    path = "/vectors/fake_maps/threat"
    counted = text_of(main_of(await get(site, path)))
    assert "1 study found, none judged." in counted
    asked = text_of(main_of(await get(site, f"{path}?{PROVISIONAL}")))
    assert "provisional With provisional codings, 1 study, 1 coder." in asked


async def test_a_filter_and_the_layer_go_together_and_a_wrong_layer_is_said(
    site: Datasette,
) -> None:
    page = await get(site, f"/?{PROVISIONAL}&level=absent&vector=fake_maps")
    assert labels(page) == [
        "Fake maps, Threat: No match",
        "Fake maps, Added risk: Absent, low confidence, provisional",
        "Fake maps, Defense: Not coded",
    ]
    wrong = text_of(main_of(await get(site, "/?codings=all")))
    assert "“all” is no kind of codings; those that count are shown." in wrong


async def test_machines_that_agree_are_counted_apart_and_confirm_nothing(
    open_on: OpenSite, machine_data: Path
) -> None:
    main = main_of(await get(await open_on(machine_data), "/agreement"))
    (section,) = (found for found in main.iter("section") if found.get("id") == "machines")
    said = text_of(section)
    assert "give the same level in 97 of 102 pairs of judgements" in said
    assert "Two runs of one model that agree are no independent confirmation" in said
    steps, comparators, paper, _ = section.iter("table")
    assert [row[1] for row in rows_of(steps)] == [
        *("16 of 17", "17 of 17", "15 of 17", "17 of 17", "15 of 17", "17 of 17")
    ]
    assert [row[0] for row in rows_of(comparators)][:2] == ["Nothing", "People without help"]
    assert (
        "Another version of the study was read. Kapoor et al. (2024): Version of May 2023." in said
    )
    assert text_of(next(paper.iter("caption"))) == "The same level at 3 of 6 steps."
    # What people and publications agree on is as it was.
    assert "Every judgement is by one coder: Kapoor et al. (2024)." in text_of(main)


async def test_the_codebook_shows_borderline_cases_and_earlier_wordings(
    open_on: OpenSite, machine_data: Path
) -> None:
    main = main_of(await get(await open_on(machine_data), "/codebook"))
    assert "A trial of GPT-4 with the internet against the internet alone." in text_of(main)
    headings = texts(main, "h3")
    assert [text for text in headings if text.endswith("version 1")] == [
        "Existing defenses, version 1",
        "Evidence on marginal risk, version 1",
        "Ease of defense, version 1",
    ]
    assert "Gives evidence of the added harm against a stated baseline." in text_of(main)


async def test_a_judgement_by_an_earlier_wording_names_its_version(
    tiny: Path, open_on: OpenSite
) -> None:
    # Only the wording of defense has changed.
    sheet = tiny / "studies.csv"
    text = sheet.read_text(encoding="utf-8")
    coded = "tabulated2024,2024,addressed,partial,absent,"
    assert f"{coded},,,," in text
    text = text.replace(f"{coded},", f"{coded}1,")
    sheet.write_text(text, encoding="utf-8")
    site = await open_on(tiny)
    for path, times in (
        ("/studies/invented2020", 1),
        ("/vectors/forged_letters/defense", 1),
        ("/vectors/forged_letters/threat", 0),
    ):
        main = main_of(await get(site, path))
        assert text_of(main).count("by the wording of version 1") == times, path
