"""/screening and /next: what was found, what was decided, what to code next."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from datasette.app import Datasette

from marginal_risk.publish.figures.flow_chart import Lines, draw_flow
from marginal_risk.publish.pages import screening
from marginal_risk.publish.pages.screening import ListedSearch, describe_screening
from marginal_risk.publish.queries import screening_flow
from marginal_risk.publish.queries.screening_flow import Conflict, Flow, Identification
from pages import get, links, main_of, rows_of, site_on, text_of, texts

# Of the invented data: letters has two studies coded (one of them twice), calls one coded twice
# and one candidate, maps one included study that only a machine has coded.


async def test_the_list_of_conflicts_has_an_end(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    differ = [
        Conflict(f"work{n}", f"Work {n}", "Title", "robot_calls", "title", 1, 1, 0)
        for n in range(3)
    ]
    monkeypatch.setattr(screening_flow, "read_conflicts", lambda _connection, _vector: differ)
    monkeypatch.setattr(screening, "ROWS", 2)
    text = text_of(main_of(await get(site, "/screening")))
    assert "Work 1" in text
    assert "Work 2" not in text
    assert "And 1 more. All conflicts: table" in text


async def test_the_flow_is_told_in_a_sentence_a_diagram_and_a_table(site: Datasette) -> None:
    main = main_of(await get(site, "/screening"))
    first, last = texts(main, "li")[:2]
    assert first == (
        "3 of 5 studies found are coded, 2 of them by two coders or more; 1 waits for a decision,"
        " and none is excluded."
    )
    assert last == "The last systematic search was made on 2024-03-01, in Index of Nowhere."
    stages, vectors, searches = main.iter("table")
    assert [row[:2] for row in rows_of(stages)] == [
        ["Identified", "5"],
        ["Records of searches", "0"],
        ["Found in other ways", "5"],
        ["Duplicates removed", "0"],
        ["Unreadable", "0"],
        ["Withdrawn later", "0"],
        ["Found", "5"],
        ["Waiting for a decision", "1"],
        ["Decided on", "4"],
        ["Excluded", "0"],
        ["Included", "4"],
        ["Waiting for a coder", "1"],
        ["Coded", "3"],
        ["Coded once", "1"],
        ["Coded twice", "2"],
    ]
    (svg,) = (e for e in main.iter() if str(e.tag).endswith("svg"))
    drawn = [(e.text or "").strip() for e in svg.iter() if str(e.tag).endswith("text")]
    for stage, number, _ in rows_of(stages):
        # A text that is too long for its box goes on in the next line of it.
        said = r"\s".join(map(re.escape, f"{stage}: {number}".split()))
        assert re.search(f"^{said}$", "\n".join(drawn), re.MULTILINE), stage
    assert not [line for line in drawn if line.isdecimal()]  # no number without its words
    assert rows_of(vectors) == [
        ["Forged letters", "2", "0", "0", "2", "2", "1"],
        ["Robot calls", "2", "1", "0", "1", "1", "1"],
        ["Fake maps", "1", "0", "0", "1", "0", "0"],
        ["All studies", "5", "1", "0", "4", "3", "2"],
    ]
    assert rows_of(searches) == [
        [
            *("2024-03-01", "Index of Nowhere", 'robots AND (calls OR "fake maps")'),
            *("Systematic", "12", *["not counted"] * 4, "Person A (invented)"),
        ]
    ]


async def test_one_vector_is_shown_on_request_and_any_other_word_shows_all(
    site: Datasette,
) -> None:
    main = main_of(await get(site, "/screening?vector=robot_calls"))
    assert texts(main, "li")[0].startswith("1 of 2 studies found for Robot calls is coded")
    assert links(main)["What to code next"] == "/next?vector=robot_calls"
    other = main_of(await get(site, "/screening?vector=<b>"))
    assert texts(other, "li")[0].startswith("3 of 5 studies found are coded")


async def test_what_was_left_out_keeps_its_reason_and_its_page(tiny: Path, tmp_path: Path) -> None:
    sheet = tiny / "screening.csv"
    text = sheet.read_text(encoding="utf-8")
    text = text.replace(
        "nobody2019,robot_calls,candidate,,,A search that nobody made,,",
        "nobody2019,robot_calls,excluded,duplicate_of fictive2022,,A search,2024-05-01,",
    ).replace(
        "madeup2021,forged_letters,included,,measured,A search that nobody made,2024-04,",
        "madeup2021,forged_letters,withdrawn,,measured,A search,2024-04,Retracted by <nobody>.",
    )
    sheet.write_text(text, encoding="utf-8")
    async with site_on(tiny, tmp_path) as site:
        main = main_of(await get(site, "/screening"))
        study = text_of(main_of(await get(site, "/studies/madeup2021")))
        excluded = text_of(main_of(await get(site, "/studies/nobody2019")))
        front = text_of(main_of(await get(site, "/")))
    assert rows_of([*main.iter("table")][2]) == [
        [
            *("Nobody (2019)", "Robot calls", "Excluded, 2024-05-01"),
            "Duplicate: fictive2022.",
        ],
        [
            *("Made-Up & Institute of Nowhere (2021)", "Forged letters", "Withdrawn, 2024-04"),
            "Retracted by <nobody>.",
        ],
    ]
    assert texts(main, "li")[0] == (
        "2 of 4 studies found are coded, 1 of them by two coders or more; none waits for a"
        " decision, and 1 is excluded."
    )
    assert "Withdrawn for Forged letters (2024-04)." in study
    assert "Retracted by <nobody>." in study
    assert "Names forgers by trade and by post office." in study
    assert "Excluded for Robot calls (2024-05-01): duplicate (fictive2022)." in excluded
    assert "2 of 4 studies found have been read and judged" in front


async def test_without_a_search_it_says_so(paper_data: Path, tmp_path: Path) -> None:
    async with site_on(paper_data, tmp_path) as site:
        main = main_of(await get(site, "/screening"))
    assert "No systematic search of the literature has been made yet" in text_of(main)
    assert [row[:2] for row in rows_of(next(main.iter("table")))].count(["Found", "69"]) == 1


async def test_a_look_around_is_shown_and_is_no_systematic_search(
    tiny: Path, tmp_path: Path
) -> None:
    (tiny / "searches.csv").write_text(
        "searched_on,source,query,kind,hits,taken,known,repeated,refused,searched_by,note\n"
        "2024,Nowhere,maps,informal,9,4,3,1,1,Ada,\n",
        encoding="utf-8",
    )
    async with site_on(tiny, tmp_path) as site:
        main = main_of(await get(site, "/screening"))
    assert "No systematic search of the literature has been made yet" in text_of(main)
    assert rows_of([*main.iter("table")][-1])[0][3:9] == ["Informal", "9", "4", "3", "1", "1"]


@pytest.mark.parametrize(
    ("candidates", "excluded", "end"),
    [
        (0, 0, "none waits for a decision, and none is excluded."),
        (1, 1, "1 waits for a decision, and 1 is excluded."),
        (2, 2, "2 wait for a decision, and 2 are excluded."),
    ],
)
def test_the_sentence_agrees_with_its_numbers(candidates: int, excluded: int, end: str) -> None:
    flow = Flow(None, 4, candidates, excluded, 0, 0, 0, 0)
    search = ListedSearch(
        *("2024", "Nowhere", "x", "systematic", 1, None, None, None, None, "Nobody", None)
    )
    assert describe_screening(flow, None, [search])[0].endswith(end)


def test_the_boxes_of_the_diagram_do_not_overlap_and_hold_their_lines() -> None:
    many = [f"Reason number {n} with a name that is long: {n}" for n in range(9)]
    lines = Lines(many, many[:3], many)
    chart = draw_flow(
        Flow(None, 99, 1, 50, 48, 7, 0, 3), Identification(99, 9, 1, 89, 13), lines, "A flow"
    )
    main, beside = ([b for b in chart.boxes if (b.x < 200) is left] for left in (True, False))
    assert [len(main), len(beside)] == [6, 5]
    for column in (main, beside):
        for above, below in pairwise(column):
            assert above.y + above.height < below.y
    for box in chart.boxes:
        assert box.lines
        assert all(box.y < y < box.y + box.height for y, _ in box.lines)
        assert all(len(line) * 7 < box.width for _, line in box.lines)
    assert max(box.y + box.height for box in chart.boxes) < chart.height
    assert sum(line.startswith("Reason") for _, line in beside[2].lines) == 9
    assert sum(line.startswith("Reason") for _, line in beside[1].lines) == 3
    assert "5 more ways" in [line for _, line in main[1].lines]
    # What waits hangs on what was found: the arrow leaves that box.
    waits = next(a for a in chart.arrows if a[2] == beside[1].x and a[1] == a[3] > beside[1].y)
    assert main[1].y < waits[1] < main[1].y + main[1].height


# What to code next


async def test_the_queue_says_what_each_coding_could_change(site: Datasette) -> None:
    main = main_of(await get(site, "/next"))
    # Maps has no evidence and one study, calls is contested and has one waiting; then comes what
    # one coder alone has judged, then what coders disagree on.
    assert texts(main, "h2") == [
        "Maps of Places That Do Not Exist",
        "A Report That Nobody Has Coded",
        "Letters That Nobody Wrote",
        "A Robot Calls: Telephone Fraud in a Town That Is Not There",
    ]
    items = texts(main, "li")[-4:]
    assert "Fake maps: No coded study of this misuse vector addresses marginal risk." in items[0]
    assert "Nobody has decided yet whether this study belongs on the map." in items[1]
    assert "One coder alone has judged it" in items[2]
    assert "Its coders disagree" in items[3]
    assert "4 codings are wanted." in text_of(main)


async def test_each_leads_to_the_study_and_to_the_form_filled_in(site: Datasette) -> None:
    main = main_of(await get(site, "/next?vector=robot_calls"))
    found = links(main)
    assert found["Code this study"] == "/contribute?study=nobody2019&vector=robot_calls"
    assert found["DOI"] == "https://doi.org/10.5555/nobody.2019"
    assert len(texts(main, "h2")) == 2


async def test_the_first_of_the_paper_data_is_a_vector_without_evidence(
    paper_data: Path, tmp_path: Path
) -> None:
    async with site_on(paper_data, tmp_path) as site:
        main = main_of(await get(site, "/next"))
        shown = texts(main, "li")[-20:]
        rows = (await site.client.get("/evidence/next_to_code.json?_shape=array&_size=max")).json()
    assert "No coded study of this misuse vector addresses marginal risk." in shown[0]
    # 77 further pairs of study and vector wait, and each of the seven wants a second coder.
    why = [row["why"] for row in rows]
    assert (why.count("no_evidence"), why.count("single_coder")) == (65, 7)
    assert why.count("confirmation") == 12
    assert {row["misuse_vector"] for row in rows[:3]} == {
        "spear_phishing",
        "cybersecurity",
        "biosecurity",
    }
