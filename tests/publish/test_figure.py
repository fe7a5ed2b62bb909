"""The map as a figure: what it says, in which forms, and how it is served and written."""

import asyncio
import io
import re
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result
from datasette.app import Datasette
from pypdf import PdfReader

from marginal_risk.cli import main
from marginal_risk.publish.figures import map_layout
from marginal_risk.publish.figures.map_figure import draw
from marginal_risk.publish.figures.map_layout import Drawing
from marginal_risk.publish.pages import figure
from marginal_risk.publish.queries.evidence import Build, Cell
from marginal_risk.publish.queries.vocabulary import FrameworkStep, MapVocabulary, Word
from marginal_risk.publish.server import open_site
from pages import site_on
from places import FROZEN, ROOT, TINY

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>"

STATES = {
    "addressed": Word("addressed", "Addressed", "It is there.", "●"),
    "partial": Word("partial", "Partial", "It is half there.", "◐"),
    "absent": Word("absent", "Absent", "It is not there.", "○"),
    "contested": Word("contested", "Contested", "Coders disagree.", "±"),
    "not_coded": Word("not_coded", "Not coded", "Nobody has judged it.", "?"),
    "no_study": Word("no_study", "No study found", "Nobody has found a study.", "∅"),
}
BUILD = Build("0123456789ab", "2024-02-29", None, "0.1.0", 4, 3, 2, 9)


def draw_map(*parts: Any) -> bytes:
    """Draw what a Drawing of these parts holds."""
    return draw(Drawing(*parts))


def vocabulary(vectors: list[str], steps: list[str]) -> MapVocabulary:
    """Return a codebook with these names; the second step asks for marginal risk."""
    return MapVocabulary(
        {f"v{i}": Word(f"v{i}", name, "") for i, name in enumerate(vectors)},
        {
            f"s{i}": FrameworkStep(f"s{i}", n, "", is_marginal_risk=i == 1)
            for i, n in enumerate(steps)
        },
        STATES,
        {},
    )


def cell(vector: str, step: str, state: str, judged: int = 1, waiting: int = 0) -> Cell:
    """Return a cell where some studies were judged, and others wait."""
    counts = (judged + waiting, waiting, judged, judged, 0, 0, 0, 0, 0, 0)
    return Cell(vector, step, None, state, None, None, *counts)


def all_cells(words: MapVocabulary, state: str = "partial") -> dict[tuple[str, str], Cell]:
    return {(v, s): cell(v, s, state) for v in words.vectors for s in words.steps}


def parse(svg: bytes | str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  (our own)


def texts(svg: bytes | str) -> list[str]:
    """Return every text that is drawn."""
    return ["".join(text.itertext()) for text in parse(svg).iter(f"{SVG}text")]


def in_words(svg: bytes | str) -> str:
    return parse(svg).find(f"{SVG}desc").text


# What a figure says ----------------------------------------------------------------------


def test_a_cell_has_a_symbol_a_word_a_shade_and_a_number() -> None:
    words = vocabulary(["Row"], ["First", "Second"])
    cells = {
        ("v0", "s0"): cell("v0", "s0", "addressed", 3),
        ("v0", "s1"): cell("v0", "s1", "partial"),
    }
    svg = draw_map(words, cells, BUILD, "svg")
    drawn = texts(svg)
    assert (drawn.count("3 studies"), drawn.count("1 study")) == (1, 1)
    # Each twice: in the cell and in the legend; the filling of a sign has the ink of its shade.
    fills = [box.get("fill") for box in parse(svg).iter(f"{SVG}rect")]
    assert fills.count("#0f6271") == 2
    assert fills.count("#cde3e4") == 2
    fillings = [p.get("fill") for p in parse(svg).iter(f"{SVG}path") if not p.get("stroke")]
    assert sorted(fillings) == ["#0b4550", "#0b4550", "#ffffff", "#ffffff"], "half and full circles"


def test_the_colours_are_those_of_the_stylesheet_and_legible() -> None:
    sheet = (ROOT / "src/marginal_risk/publish/static/house.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", sheet.partition("@media")[0]))
    tokens |= {"not_coded": tokens["none"], "no_study": tokens["none"]}

    def luminance(colour: str) -> float:
        # https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for state, shade in map_layout._SHADES.items():
        assert shade == tokens[state], state
        ink = map_layout._INKS.get(state, tokens["ink"])
        assert ink == tokens.get(f"on-{state}", tokens["ink"]), state
        dark, light = sorted((luminance(shade), luminance(ink)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, state


def test_low_confidence_is_a_dotted_frame_and_said() -> None:
    words = vocabulary(["Row"], ["First", "Second"])
    cells = all_cells(words)
    sure = draw_map(words, cells, BUILD, "svg")
    cells["v0", "s0"] = replace(cells["v0", "s0"], low_confidence=1)
    unsure = draw_map(words, cells, BUILD, "svg")
    dotted = [
        sum(box.get("stroke-dasharray") is not None for box in parse(svg).iter(f"{SVG}rect"))
        for svg in (sure, unsure)
    ]
    assert dotted == [0, 1]
    said = "A dotted frame marks low confidence"
    assert [any(t.startswith(said) for t in texts(svg)) for svg in (sure, unsure)] == [False, True]


def test_every_state_is_a_word_in_its_cell_and_in_the_legend() -> None:
    words = vocabulary(["Row"], ["A", "B", "C", "D", "E", "F"])
    cells = {
        ("v0", step): cell("v0", step, state, 0 if state in ("no_study", "not_coded") else 1)
        for step, state in zip(words.steps, STATES, strict=True)
    }
    drawn = texts(draw_map(words, cells, BUILD, "svg"))
    assert [drawn.count(state.name) for state in STATES.values()] == [2] * 6
    assert [drawn.count(state.definition) for state in STATES.values()] == [1] * 6
    assert drawn.count("1 study") == 4
    assert {drawn.count("±"), drawn.count("?")} == {2}
    assert not {"●", "◐", "○", "∅"} & set(drawn), "these are drawn as circles: fonts lack them"


def test_the_source_and_the_version_stand_below() -> None:
    words = vocabulary(["Row"], ["First", "Second"])
    drawn = " ".join(texts(draw_map(words, all_cells(words), BUILD, "svg", "A <note>.")))
    assert "Kapoor, Bommasani et al. (2024), arXiv 2403.07918" in drawn
    assert "Marginal Risk Evidence Map, data version 0123456789ab of 2024-02-29" in drawn
    assert "says nothing about how large the risk" in drawn
    assert "A <note>." in drawn


def test_the_marginal_risk_column_is_bold_and_framed() -> None:
    words = vocabulary(["Row"], ["First", "Second"])
    root = parse(draw_map(words, all_cells(words), BUILD, "svg"))
    weights = {"".join(t.itertext()): t.get("font-weight") for t in root.iter(f"{SVG}text")}
    assert (weights["First"], weights["Second"]) == ("normal", "bold")
    frames = [box for box in root.iter(f"{SVG}rect") if box.get("stroke-width") == "2.5"]
    assert len(frames) == 1
    without = {key: c for key, c in all_cells(words).items() if key[1] == "s0"}
    other = parse(draw_map(words, without, BUILD, "svg"))
    assert not [box for box in other.iter(f"{SVG}rect") if box.get("stroke-width") == "2.5"]


def test_the_cells_given_are_the_rows_and_columns_in_the_codebook_s_order() -> None:
    words = vocabulary(["Alpha", "Beta", "Gamma"], ["One", "Two", "Three"])
    chosen = [("v2", "s2"), ("v2", "s0"), ("v0", "s2"), ("v0", "s0")]
    cells = {(v, s): cell(v, s, "absent") for v, s in chosen}
    root = parse(draw_map(words, cells, BUILD, "svg"))
    place = {
        "".join(text.itertext()): (float(text.get("x")), float(text.get("y")))
        for text in root.iter(f"{SVG}text")
    }
    assert not {"Beta", "Two"} & set(place)
    assert place["Alpha"][1] < place["Gamma"][1]
    assert place["One"][0] < place["Three"][0]


def test_the_figure_is_told_in_words_too() -> None:
    words = vocabulary(["Alpha", "Beta"], ["One", "Two"])
    cells = {
        ("v0", "s0"): cell("v0", "s0", "addressed", 2),
        ("v0", "s1"): cell("v0", "s1", "contested", 1, waiting=4),
        ("v1", "s0"): cell("v1", "s0", "no_study", 0),
        ("v1", "s1"): cell("v1", "s1", "not_coded", 0, waiting=1),
    }
    root = parse(draw_map(words, cells, BUILD, "svg", "A note."))
    assert root.get("role") == "img"
    named = {e.get("id") for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")}
    assert named == set(root.get("aria-labelledby").split())
    assert root.find(f"{SVG}title").text == "Marginal Risk Evidence Map"
    assert in_words(ET.tostring(root)) == (
        "A note. Alpha: One, Addressed (2 studies); Two, Contested (1 of 5 studies). "
        "Beta: One, No study found; Two, Not coded."
    )


HOSTILE_NAMES = [
    HOSTILE,
    "& < > \" ' ]]>",
    "datum.x; {{7*7}} ${y}",
    "bell \x07, null \x00, \ufffe, lone \ud800",
    "a\nb\tc",
    "W" * 300,
    "偽造された手紙",
    "\u202ereversed",
    " ",
]


def test_hostile_text_stays_text() -> None:
    words = vocabulary(HOSTILE_NAMES, [HOSTILE, "W" * 300])
    states = {**STATES, "partial": Word("partial", HOSTILE, HOSTILE_NAMES[3], "<")}
    words = replace(words, states=states)
    cells = all_cells(words)
    svg = draw_map(words, cells, BUILD, "svg", " ".join(HOSTILE_NAMES))
    root = parse(svg)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "g", "rect", "path", "text", "tspan"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    assert re.findall(r"(?:https?|data|file):\S+", svg.decode()) == ['http://www.w3.org/2000/svg"']
    assert draw_map(words, cells, BUILD, "pdf", HOSTILE)


def test_hostile_text_is_told_whole_in_words() -> None:
    words = vocabulary([HOSTILE], ["First", "Second"])
    assert HOSTILE in in_words(draw_map(words, all_cells(words), BUILD, "svg"))


def test_a_text_that_is_too_wide_is_cut_off() -> None:
    # A cell is 86 pixels wide; a W is as wide as the 9.5 pixels of its letters, and an i a fifth.
    words = vocabulary(["W" * 19, "i" * 19], ["W" * 16, "Second"])
    drawn = texts(draw_map(words, all_cells(words), BUILD, "svg"))
    assert [text for text in drawn if set(text) <= set("Wi…")] == [
        "W" * 10 + "…",
        "i" * 19,
        "W" * 7 + "…",
    ]


def test_what_cannot_be_drawn_is_refused() -> None:
    words = vocabulary(["Row"], ["First", "Second"])
    with pytest.raises(ValueError, match="'gif' is not one of svg, png, pdf, preview"):
        draw_map(words, all_cells(words), BUILD, "gif")
    with pytest.raises(ValueError, match="at least one cell"):
        draw_map(words, {}, BUILD, "svg")


# Its forms -------------------------------------------------------------------------------


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_six_steps_are_17_cm_wide_in_every_form() -> None:
    words = vocabulary(["Row"] * 7, ["Step"] * 6)
    cells = all_cells(words)
    svg = parse(draw_map(words, cells, BUILD, "svg"))
    assert float(svg.get("width")) / 96 * 2.54 == pytest.approx(17, abs=0.1)
    png = draw_map(words, cells, BUILD, "png")
    assert size_of(png)[0] / 400 * 2.54 == pytest.approx(17, abs=0.1)
    dots_a_metre = struct.unpack(">I", png[png.index(b"pHYs") + 4 :][:4])[0]
    assert dots_a_metre * 0.0254 == pytest.approx(400, abs=0.1)
    pdf = draw_map(words, cells, BUILD, "pdf")
    assert pdf.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert float(box[1]) / 72 * 2.54 == pytest.approx(17, abs=0.1)


@pytest.mark.parametrize(("vectors", "steps"), [(1, 1), (1, 6), (20, 6)])
def test_a_preview_is_1200_by_630_whatever_it_shows(vectors: int, steps: int) -> None:
    words = vocabulary(["Row"] * vectors, ["Step"] * steps)
    assert size_of(draw_map(words, all_cells(words), BUILD, "preview")) == (1200, 630)


def test_the_same_drawing_gives_the_same_bytes() -> None:
    words = vocabulary(["Row"], ["First", "Second"])
    for form in ("svg", "preview", "png"):
        first = draw_map(words, all_cells(words), BUILD, form)
        assert draw_map(words, all_cells(words), BUILD, form) == first, form
    # The converter puts the two fonts of a PDF in one order or the other, by chance.
    pdfs = {draw_map(words, all_cells(words), BUILD, "pdf") for _ in range(6)}
    assert len(pdfs) == 1


def test_a_preview_of_seven_rows_and_six_columns_has_less_than_150_kilobytes() -> None:
    words = vocabulary(["Child sexual abuse material"] * 7, ["Evidence on marginal risk"] * 6)
    cells = all_cells(words)
    for state, key in zip(["partial", "absent", "addressed"] * 14, cells, strict=True):
        cells[key] = replace(cells[key], state=state, partial=14, in_scope=30, waiting=1)
    assert 50_000 < len(draw_map(words, cells, BUILD, "preview")) < 150_000


def test_the_table_of_a_pdf_says_where_each_object_is() -> None:
    words = vocabulary(["Row"], ["First", "Second"])
    pdf = draw_map(words, all_cells(words), BUILD, "pdf")
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\s*$", pdf)[1])
    assert pdf[start:].startswith(b"xref\n0 ")
    places = re.findall(rb"(\d{10}) 00000 n", pdf[start:])
    assert len(places) > 10
    for number, place in enumerate(places, start=1):
        assert pdf[int(place) :].startswith(b"%d 0 obj" % number)
    text = PdfReader(io.BytesIO(pdf), strict=True).pages[0].extract_text()
    assert "First" in text
    assert "Second" in text


def test_nothing_waits_for_the_library_that_draws() -> None:
    program = (
        "import sys, datasette.app, marginal_risk.publish, marginal_risk.cli;"
        "print([m for m in ('vl_convert',) if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# On the site -----------------------------------------------------------------------------


@pytest.fixture
async def site(tiny: Path, tmp_path: Path) -> AsyncIterator[Datasette]:
    """The site on the invented data, in which one vector has a hostile name."""
    words = tiny / "codebook.yml"
    text = words.read_text(encoding="utf-8")
    words.write_text(text.replace("name: Fake maps", f"name: {HOSTILE}"), encoding="utf-8")
    async with site_on(tiny, tmp_path) as site:
        yield site


async def test_the_svg_shows_what_the_views_say(site: Datasette) -> None:
    response = await site.client.get("/map.svg")
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert in_words(response.text) == (
        "Forged letters: Threat, Addressed (2 studies); Added risk, Partial (2 studies); "
        "Defense, Absent (1 of 2 studies). "
        "Robot calls: Threat, Addressed (1 of 2 studies); Added risk, Contested (1 of 2 studies); "
        "Defense, Not coded. "
        f"{HOSTILE}: Threat, Not coded; Added risk, Not coded; Defense, Not coded."
    )
    drawn = texts(response.text)
    assert {"Forged letters", "Robot calls", "Threat", "Added risk", "Defense"} <= set(drawn)
    legend_and_cells = {"Addressed": 3, "Partial": 2, "Absent": 2, "Contested": 2}
    legend_and_cells |= {"Not coded": 5}
    assert {word: drawn.count(word) for word in legend_and_cells} == legend_and_cells


async def test_a_filter_in_the_address_changes_the_figure(site: Datasette) -> None:
    whole = await site.client.get("/map.svg")
    part = await site.client.get("/map.svg?vector=robot_calls&step=threat&step=defense")
    assert in_words(part.text) == (
        "Filtered, to show only: vector robot_calls, step threat, step defense. "
        "Robot calls: Threat, Addressed (1 of 2 studies); Defense, Not coded."
    )
    assert part.headers["etag"] != whole.headers["etag"]
    assert "No match" not in whole.text
    emptied = await site.client.get("/map.svg?level=absent&q=robot")
    assert "Robot calls: Threat, No match" in in_words(emptied.text)
    assert "Filtered, to show only: level absent, text robot." in texts(emptied.text)
    assert "Studies are coded here, but the filter leaves none." in texts(emptied.text)
    unknown = await site.client.get("/map.svg?vector=nowhere")
    assert unknown.text == whole.text


async def test_the_figure_can_be_drawn_study_by_study(site: Datasette) -> None:
    response = await site.client.get("/map.svg?view=studies&vector=robot_calls")
    assert in_words(response.text) == (
        "Filtered, to show only: vector robot_calls."
        " von Fictive & Sans-Existence (2022): Robot calls:"
        " Threat, Addressed; Added risk, Contested; Defense, Not coded."
    )
    page = (await site.client.get("/?view=studies&vector=robot_calls")).text
    assert 'href="/map.svg?vector=robot_calls&amp;view=studies"' in page
    assert (await site.client.get("/map.svg?view=studies&from=2049")).status_code == 404
    whole = await site.client.get("/map.svg?view=studies")
    assert in_words(whole.text).count("Threat, ") == 3  # two codings of letters, one of calls
    assert all(texts(whole.text))  # no place is taken by a text of no letters


async def test_a_figure_says_where_only_the_filter_left_nothing_of_a_study(site: Datasette) -> None:
    # It is partial there, and the other study of the cell is not.
    drawn = await site.client.get("/map.svg?view=studies&level=addressed&level=absent")
    assert "Threat, Addressed; Added risk, No match; Defense, Absent" in in_words(drawn.text)


async def test_a_figure_of_very_many_studies_says_how_many_it_leaves_out(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure, "_MOST_ROWS", 2)
    drawn = await site.client.get("/map.svg?view=studies")
    assert in_words(drawn.text).startswith("1 coding more is left out. ")


async def test_the_png_is_a_preview(site: Datasette) -> None:
    response = await site.client.get("/map.png")
    assert response.headers["content-type"] == "image/png"
    assert size_of(response.content) == (1200, 630)


async def test_the_map_s_page_offers_a_figure_for_slides_and_for_print(site: Datasette) -> None:
    page = (await site.client.get("/?vector=robot_calls")).text
    for path in ("/map.svg", "/map-large.png", "/map.pdf"):
        assert f'href="{path}?vector=robot_calls"' in page
    large = await site.client.get("/map-large.png")
    assert large.headers["content-type"] == "image/png"
    pdf = await site.client.get("/map.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    words = vocabulary(["Row"] * 7, ["Step"] * 6)
    assert size_of(draw_map(words, all_cells(words), BUILD, "png"))[0] >= 2400


@pytest.mark.parametrize("path", ["/map.svg", "/map.png", "/map.pdf", "/map-large.png"])
async def test_a_figure_that_the_reader_has_is_not_sent_again(site: Datasette, path: str) -> None:
    tag = (await site.client.get(path)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await site.client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b""), known
        assert again.headers["etag"] == tag
    fresh = await site.client.get(path, headers={"If-None-Match": '"other"'})
    assert fresh.status_code == 200


async def test_a_figure_is_drawn_once_for_all_who_ask(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Drawing] = []

    def draw(drawing: Drawing) -> bytes:
        drawn.append(drawing)
        return b"<svg/>"

    figure._draw_and_tag.cache_clear()
    monkeypatch.setattr(figure, "draw", draw)
    paths = ["/map.svg", "/map.svg", "/map.svg?vector=&q=", "/map.svg?step=threat"] * 3
    answers = await asyncio.gather(*(site.client.get(path) for path in paths))
    figure._draw_and_tag.cache_clear()
    assert {answer.content for answer in answers} == {b"<svg/>"}
    assert sorted(len(drawing.steps) for drawing in drawn) == [1, 3]


def test_no_more_than_a_few_figures_are_kept() -> None:
    assert figure._draw_and_tag.cache_info().maxsize == 32


# The command -----------------------------------------------------------------------------


@pytest.fixture
def run(tiny: Path, monkeypatch: pytest.MonkeyPatch):
    """Run the command in the folder that holds data/."""
    monkeypatch.chdir(tiny.parent)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["figure", *words])

    return run


@pytest.mark.parametrize(
    ("form", "start"), [("svg", b"<svg "), ("png", b"\x89PNG"), ("pdf", b"%PDF-")]
)
def test_the_command_writes_a_picture_and_prints_its_path(
    run, tmp_path: Path, form: str, start: bytes
) -> None:
    result = run("--format", form)
    assert (result.stdout, result.exit_code) == (f"map.{form}\n", 0)
    assert (tmp_path / f"map.{form}").read_bytes().startswith(start)


@pytest.mark.parametrize("data", [TINY, FROZEN], ids=["invented", "published"])
def test_the_command_draws_what_the_site_shows(run, tmp_path: Path, data: Path) -> None:
    assert run("--data", str(data), "--output", "one.svg").exit_code == 0

    async def served() -> bytes:
        site = open_site(tmp_path / "evidence.db", ROOT / "datasette.yml")
        try:
            return (await site.client.get("/map.svg")).content
        finally:
            site.close()

    drawn = (tmp_path / "one.svg").read_bytes()
    assert drawn == asyncio.run(served())
    # Where levels come from is told wherever they are shown.
    assert (b"Appendix B" in drawn) == (data == FROZEN)


def test_the_command_writes_over_an_old_picture(run, tmp_path: Path) -> None:
    (tmp_path / "map.svg").write_text("old", encoding="utf-8")
    assert run("--database", "other.db").exit_code == 0
    assert (tmp_path / "map.svg").read_bytes().startswith(b"<svg ")
    assert (tmp_path / "other.db").is_file()
    assert not (tmp_path / "evidence.db").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--output", "data/studies.csv"],
            "Error: data/studies.csv does not end in .svg: name it so, or choose another --format",
        ),
        (
            ["--output", "map.png"],
            "Error: map.png does not end in .svg: name it so, or choose another --format",
        ),
        (
            ["--output", "nowhere/map.svg"],
            "Error: nowhere/map.svg cannot be written: No such file or directory",
        ),
    ],
)
def test_a_picture_that_cannot_be_written_is_said(
    run, tiny: Path, words: list[str], message: str
) -> None:
    before = (tiny / "studies.csv").read_bytes()
    result = run(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == message
    assert (tiny / "studies.csv").read_bytes() == before


def test_data_with_errors_is_not_drawn(run, tiny: Path, tmp_path: Path) -> None:
    path = tiny / "studies.csv"
    path.write_text(path.read_text("utf-8").replace("robot_calls", "robot_cals"), "utf-8")
    result = run()
    assert result.exit_code == 1
    assert "[unknown-vector]" in result.stderr
    assert not (tmp_path / "map.svg").exists()
