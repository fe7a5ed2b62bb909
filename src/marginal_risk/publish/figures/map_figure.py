"""The map as a figure for papers, slides and link previews, and their forms."""

from __future__ import annotations

import sqlite3
from xml.etree import ElementTree as ET

from marginal_risk.publish.figures.map_layout import Drawing, lay_out
from marginal_risk.publish.figures.pdf_order import put_in_order
from marginal_risk.publish.figures.pixels import load_converter, shrink
from marginal_risk.publish.figures.shapes import SVG, Element, printable, written
from marginal_risk.publish.queries.coverage import read_whole
from marginal_risk.publish.queries.evidence import read_build
from marginal_risk.publish.queries.origins import read_table_notes
from marginal_risk.publish.queries.vocabulary import read_vocabulary
from marginal_risk.publish.queries.works import NAME
from marginal_risk.publish.sentences import count_judged, describe_provisional

FORMS = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "preview": "image/png",
}
"""What a figure can be drawn as; a preview is what other sites show beside a link."""

DOTS_AN_INCH = 400
"""Of a PNG: 17 cm are then more than 2400 pixels wide, which fills any slide."""

PREVIEW = (1200, 630)
"""Size of a preview in pixels, as Open Graph has it."""


def draw(drawing: Drawing) -> bytes:
    """Return the map as a figure: SVG, PDF, PNG with 400 dots an inch, or a preview.

    It has the vectors and steps of the drawing's cells, and is 17 cm wide with six steps.

    Raises:
        ValueError: there is no such form, or no cell.
    """
    form = drawing.form
    if form not in FORMS:
        raise ValueError(f"{form!r} is not one of {', '.join(FORMS)}")
    if not drawing.cells:
        raise ValueError("a figure needs at least one cell")
    svg = written(_finish(lay_out(drawing), drawing))
    if form == "svg":
        return svg.encode()
    converter = load_converter()
    if form == "pdf":
        return put_in_order(bytes(converter.svg_to_pdf(svg)))
    if form == "png":
        # The converter counts 72 pixels of CSS to the inch, not 96.
        return shrink(bytes(converter.svg_to_png(svg, scale=72 / 96, ppi=DOTS_AN_INCH)))
    return shrink(bytes(converter.svg_to_png(svg)))


def _finish(root: Element, drawing: Drawing) -> Element:
    """Return the picture with a title and a text for screen readers, in the size of its form."""
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    if drawing.form == "preview":
        _fit(root, *PREVIEW)
    elif drawing.form == "pdf":
        _fit(root, width * 72 / 96, height * 72 / 96)  # a PDF has 72 points to the inch
    root.attrib |= {"role": "img", "aria-labelledby": "map-title map-text"}
    title = ET.Element(f"{{{SVG}}}title", id="map-title")
    title.text = NAME
    described = ET.Element(f"{{{SVG}}}desc", id="map-text")
    described.text = _in_words(drawing)
    root[:0] = [title, described]
    return root


def _fit(root: Element, width: float, height: float) -> None:
    """Put a picture into the middle of one of another size, on the paper that it lies on."""
    own_width, own_height = float(root.attrib["width"]), float(root.attrib["height"])
    scale = min(width / own_width, height / own_height)
    wide, high = width / scale, height / scale
    left, top = (own_width - wide) / 2, (own_height - high) / 2
    sizes = {"x": left, "y": top, "width": wide, "height": high}
    paper = {name: str(value) for name, value in sizes.items()}
    root[0].attrib |= paper
    root.attrib |= {"width": str(width), "height": str(height)}
    root.attrib["viewBox"] = " ".join(paper.values())


def _in_words(drawing: Drawing) -> str:
    """Return the figure as text, for those who cannot see it."""
    sentences = [drawing.note] if drawing.note else []
    for vector in drawing.vectors:
        said = []
        for step in drawing.steps:
            cell = drawing.cells[vector.slug, step.slug]
            state = drawing.vocabulary.states[cell.state].name
            counted = f" ({count_judged(cell)})" if cell.judged else ""
            if cell.provisional:
                counted += f", {describe_provisional(cell)}"
            said.append(f"{step.name}, {state}{counted}")
        sentences.append(f"{vector.name}: {'; '.join(said)}.")
    return printable(" ".join(sentences))


def read_drawing(connection: sqlite3.Connection, form: str) -> Drawing:
    """Return what the whole map is drawn from."""
    vocabulary = read_vocabulary(connection)
    whole = read_whole(connection, vocabulary)
    notes = " ".join(read_table_notes(connection))
    return Drawing(vocabulary, whole.cells, read_build(connection), form, notes)
