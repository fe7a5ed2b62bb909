"""What a figure of the map shows, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, NamedTuple

from marginal_risk.publish.figures.shapes import (
    Element,
    group,
    path,
    picture,
    rect,
    shorten,
    text,
    width_of,
)
from marginal_risk.publish.queries.evidence import Build, Cell
from marginal_risk.publish.queries.vocabulary import FrameworkStep, MapVocabulary, Word
from marginal_risk.publish.queries.works import NAME
from marginal_risk.publish.sentences import WHAT_ADDRESSED_MEANS, count_judged

_SHADES = {
    "addressed": "#0f6271",
    "partial": "#cde3e4",
    "contested": "#f2dfba",
    "not_coded": "#ebebe6",
    "no_study": "#ebebe6",
}
"""Those of the stylesheet in the light; every other state is white."""
_INKS = {"addressed": "#ffffff", "partial": "#0b4550", "contested": "#4f3608"}
"""What is legible on them; on every other state, the ink of the text."""

_LOW = "A dotted frame marks low confidence: the wording of a study leaves two readings open."

_CIRCLE = "M6.9,0A6.9,6.9,0,1,1,-6.9,0A6.9,6.9,0,1,1,6.9,0Z"
_DISC = "M7.6,0A7.6,7.6,0,1,1,-7.6,0A7.6,7.6,0,1,1,7.6,0Z"
_OUTLINES = {"◐": _CIRCLE, "○": _CIRCLE, "∅": f"{_CIRCLE}M-7.6,7.6L7.6,-7.6"}
_FILLINGS = {"●": _DISC, "◐": "M0,-6.9A6.9,6.9,0,0,0,0,6.9Z"}
"""Paths for symbols that fonts lack or draw in different sizes; other symbols are text."""

_LABEL, _CELL, _ROW, _LINE = 112, 86, 46, 11
"""Widths and heights in pixels of CSS, 96 an inch: with six steps the figure is 17 cm wide."""
_WIDE, _HIGH = 81.7, 43.7
"""Those of what is drawn of a cell."""
_MARGIN, _SIZE, _SMALL = 7, 9.5, 9
"""The margin, and the sizes of texts."""
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_INK, _SOFT, _LINE_COLOUR, _ACCENT, _WARM = "#17212b", "#55616d", "#c9cac4", "#0b5665", "#a8460f"


@dataclass(frozen=True)
class Drawing:
    """What a figure is drawn from; equal drawings make the same figure."""

    vocabulary: MapVocabulary
    """Has every state that a cell is in."""
    cells: Mapping[tuple[str, str], Cell]
    build: Build
    form: str
    note: str = ""

    def __hash__(self) -> int:
        return hash((self.build, self.form, self.note, tuple(self.cells)))

    @property
    def vectors(self) -> list[Word]:
        """The rows: the vectors that have cells, in the codebook's order."""
        shown = {vector for vector, _ in self.cells}
        return [term for slug, term in self.vocabulary.vectors.items() if slug in shown]

    @property
    def steps(self) -> list[FrameworkStep]:
        """The columns: the steps that have cells, in the codebook's order."""
        shown = {step for _, step in self.cells}
        return [term for slug, term in self.vocabulary.steps.items() if slug in shown]


def lay_out(drawing: Drawing) -> Element:
    """Return a figure: the title, the matrix and, but for a preview, legend and notes."""
    subtitle = "How far the studies read cover each step that evidence on marginal risk needs"
    names = {step.slug: _lines(step.name, 16) for step in drawing.steps}
    left, top = _MARGIN + _LABEL, 47 + _LINE * max(map(len, names.values()))
    shapes = [
        text(NAME, _MARGIN, 14, 15, font_weight="bold"),
        text(subtitle, _MARGIN, 29, 12, fill=_SOFT),
        *_rows(drawing, left, top),
        *_columns(drawing, names, left, top),
    ]
    width: float = left + _CELL * len(drawing.steps)
    height: float = top + _ROW * len(drawing.vectors)
    if drawing.form == "preview":
        width = max(width, _MARGIN + width_of(subtitle, 12))
    else:
        width = max(width, left + _CELL * 6)  # the legend needs no less
        for part in (_legend(drawing), _notes(drawing)):
            shapes.append(group(part.shapes, transform=f"translate({_MARGIN},{height + 18})"))
            height += 18 + part.height
    width, height = width + 6, height + 8
    paper = rect(0, 0, width, height, fill="white")
    look = {"font_family": _FONT, "fill": _INK, "stroke_miterlimit": 10}
    return picture(width, height, [paper, *shapes], **look)


def _rows(drawing: Drawing, left: float, top: float) -> Iterator[Element]:
    for row, vector in enumerate(drawing.vectors):
        middle = top + _ROW * (row + 0.5)
        lines = _lines(vector.name, 20)
        first = middle - _LINE * (len(lines) - 1) / 2
        for number, line in enumerate(lines):
            said = shorten(line, _SIZE, _LABEL - 4)
            yield text(said, _MARGIN, first + _LINE * number, _SIZE, font_weight="bold")
        for column, step in enumerate(drawing.steps):
            x = left + _CELL * (column + 0.5)
            yield from _cell(drawing.cells[vector.slug, step.slug], drawing.vocabulary, x, middle)


def _columns(
    drawing: Drawing, names: Mapping[str, Sequence[str]], left: float, top: float
) -> Iterator[Element]:
    for column, step in enumerate(drawing.steps):
        x, lines = left + _CELL * (column + 0.5), names[step.slug]
        first = top - 8 - _LINE * (len(lines) - 1)
        weight = "bold" if step.is_marginal_risk else "normal"
        for number, line in enumerate(lines):
            yield _centred(line, x, first + _LINE * number, _SIZE, font_weight=weight)
        if step.is_marginal_risk:
            frame = _frame(_ACCENT, 2.5) | {"rx": 5}
            yield rect(x - _WIDE / 2, top, _WIDE, _ROW * len(drawing.vectors), **frame)


def _cell(cell: Cell, vocabulary: MapVocabulary, x: float, y: float) -> Iterator[Element]:
    """Yield what is drawn of a cell, given its middle."""
    state = vocabulary.states[cell.state]
    box = x - _WIDE / 2, y - _HIGH / 2, _WIDE, _HIGH
    yield _ground(state, box, 4)
    if cell.low_confidence:
        yield rect(*box, **_frame(_WARM, 1.2), stroke_dasharray="1.5,2")
    if cell.provisional:
        yield rect(*box, **_frame(_INK, 1.4), stroke_dasharray="5,3")
    ink = _INKS.get(state.slug, _INK)
    yield from _symbol(state, x, y - 13)
    yield _centred(state.name, x, y + 4, _SIZE, font_weight="bold", fill=ink)
    if counted := _count(cell):
        yield _centred(counted, x, y + 15, _SMALL, fill=ink)


def _count(cell: Cell) -> str:
    """Return what stands under a cell's word: its studies, and whether they are provisional."""
    if not cell.provisional:
        return count_judged(cell)
    word = "provisional" if cell.provisional >= cell.judged else "part prov."
    if not cell.judged:
        return word
    return f"{cell.judged} of {cell.in_scope}, {word}"


class _Part(NamedTuple):
    """What stands below the matrix, from its own upper left corner."""

    shapes: list[Element]
    height: float


def _legend(drawing: Drawing) -> _Part:
    """Return what each state means, in two columns."""
    states = list(drawing.vocabulary.states.values())
    texts = [_lines(state.definition, 66) for state in states]
    high = _LINE * (max(map(len, texts)) + 1) + 8
    shapes = []
    for number, (state, lines) in enumerate(zip(states, texts, strict=True)):
        x, y = 320 * (number % 2), high * (number // 2) + 11
        shapes.append(_ground(state, (x + 0.5, y - 10.5, 21, 21)))
        shapes += _symbol(state, x + 11, y)
        shapes.append(text(state.name, x + 28, y - 6, _SIZE, font_weight="bold"))
        shapes += (
            text(shorten(line, _SMALL, 290), x + 28, y + 5 + _LINE * place, _SMALL)
            for place, line in enumerate(lines)
        )
    return _Part(shapes, high * -(-len(states) // 2) - 3)


def _notes(drawing: Drawing) -> _Part:
    build = drawing.build
    paragraphs = [
        drawing.note,
        _LOW if any(cell.low_confidence for cell in drawing.cells.values()) else "",
        WHAT_ADDRESSED_MEANS,
        f"Source: {NAME}, data version {build.data_version} of {build.data_date}, CC BY 4.0.",
        "Framework: Kapoor, Bommasani et al. (2024), arXiv 2403.07918.",
    ]
    lines = [
        shorten(line, _SMALL, _LABEL + 6 * _CELL)
        for paragraph in paragraphs
        for line in _lines(paragraph, 138)
    ]
    shapes = [text(line, 0, _LINE * number, _SMALL) for number, line in enumerate(lines)]
    return _Part(shapes, _LINE * len(lines) - 2)


def _symbol(state: Word, x: float, y: float) -> Iterator[Element]:
    """Yield the symbol of a state around a place."""
    ink = _INKS.get(state.slug, _INK)
    if state.symbol not in {*_OUTLINES, *_FILLINGS}:
        yield _centred(state.symbol, x, y, 14, font_weight="bold", fill=ink)
        return
    if state.symbol in _OUTLINES:
        yield path(_OUTLINES[state.symbol], x, y, **_frame(ink, 1.4))
    if state.symbol in _FILLINGS:
        yield path(_FILLINGS[state.symbol], x, y, fill=ink)


def _ground(state: Word, box: tuple[float, float, float, float], corner: float = 0) -> Element:
    """Return what stands behind a state: its shade, or white with a thin line around it."""
    shade, (x, y, width, height) = _SHADES.get(state.slug), box
    if shade is None:
        line: dict[str, Any] = {"stroke": _LINE_COLOUR, "stroke_width": 0.8}
        return rect(*box, fill="#ffffff", **line, rx=corner or None)
    # As large as with a line of the same colour, which takes long to draw.
    around = corner + 0.4 if corner else None
    return rect(x - 0.4, y - 0.4, width + 0.8, height + 0.8, fill=shade, rx=around)


def _frame(colour: str, width: float) -> dict[str, Any]:
    return {"fill": "none", "stroke": colour, "stroke_width": width, "rx": 4}


def _centred(said: str, x: float, y: float, size: float, **look: str) -> Element:
    """Return a text in the middle of a column."""
    return text(shorten(said, size, _CELL - 4), x, y, size, text_anchor="middle", **look)


def _lines(said: str, width: int) -> list[str]:
    """Return up to four lines of a text, each of so many letters."""
    return wrap(said, width, max_lines=4, placeholder="…")
