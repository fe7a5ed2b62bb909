"""What a figure of the map shows, and where: the chart that altair describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from marginal_risk.publish.queries.evidence import Build, Cell
from marginal_risk.publish.queries.vocabulary import FrameworkStep, MapVocabulary, Word
from marginal_risk.publish.queries.works import NAME
from marginal_risk.publish.sentences import WHAT_ADDRESSED_MEANS, count_judged, describe_provisional

if TYPE_CHECKING:
    import altair as alt

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

_CIRCLE = "M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0Z"
_OUTLINES = {"●": _CIRCLE, "◐": _CIRCLE, "○": _CIRCLE, "∅": f"{_CIRCLE}M-1.1,1.1L1.1,-1.1"}
_FILLINGS = {"●": _CIRCLE, "◐": "M0,-1A1,1,0,0,0,0,1Z"}
"""Paths for symbols that fonts lack or draw in different sizes; other symbols are text."""

_LABEL, _CELL, _ROW, _LINE = 112, 86, 46, 11
"""Widths and heights in pixels of CSS, 96 an inch: with six steps the figure is 17 cm wide."""
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


def specify_figure(drawing: Drawing) -> dict[str, Any]:
    """Return a figure in Vega-Lite: the matrix and, but for a preview, legend and notes."""
    import altair as alt

    parts = [_matrix(drawing)]
    if drawing.form != "preview":
        parts += [_legend(drawing), _notes(drawing)]
    subtitle = "How far the studies read cover each step that evidence on marginal risk needs"
    figure = alt.vconcat(*parts, spacing=14, title=alt.Title(NAME, subtitle=subtitle))
    look = alt.Config(
        aria=False,
        background="white",
        font="Liberation Sans, Arial, Helvetica, sans-serif",
        padding=6,
        text=alt.MarkConfig(color=_INK, fontSize=9.5),
        title=alt.TitleConfig(
            anchor="start", color=_INK, subtitleColor=_SOFT, fontSize=15, offset=10
        ),
        view=alt.ViewConfig(stroke=None),
    )
    # Validation would take as long as drawing, and the structure is the same every time.
    return figure.properties(config=look).to_dict(validate=False)


def _matrix(drawing: Drawing) -> Any:
    import altair as alt

    band = alt.Scale(paddingInner=0.05, paddingOuter=0.025)
    x = alt.X("step:N", sort=[step.slug for step in drawing.steps], axis=None, scale=band)
    y = alt.Y("vector:N", sort=[vector.slug for vector in drawing.vectors], axis=None, scale=band)
    cells = _data(
        {
            "vector": cell.misuse_vector,
            "step": cell.step,
            "studies": _count(cell),
            "is_low": cell.low_confidence > 0,
            "provisional": describe_provisional(cell),
            **_look(drawing.vocabulary.states[cell.state]),
        }
        for cell in drawing.cells.values()
    ).encode(x, y)
    vectors = _data(
        {"vector": vector.slug, "text": text, "dy": dy}
        for vector in drawing.vectors
        for text, dy in _lines(vector.name, 20, above=0.5)
    )
    steps = _data(
        {"step": step.slug, "text": text, "dy": dy, "is_key": step.is_marginal_risk}
        for step in drawing.steps
        for text, dy in _lines(step.name, 16, above=1)
    ).encode(x)
    key_step = _data({"step": step.slug} for step in drawing.steps if step.is_marginal_risk)
    weight = alt.ExprRef("datum.is_key ? 'bold' : 'normal'")
    dy = alt.ExprRef("datum.dy")
    ink = alt.Color("ink:N", scale=None)
    return alt.layer(
        cells.mark_rect(cornerRadius=4, strokeWidth=0.8).encode(
            fill=alt.Fill("shade:N", scale=None), stroke=alt.Stroke("edge:N", scale=None)
        ),
        cells.transform_filter("datum.is_low").mark_rect(
            fill=None, stroke=_WARM, strokeWidth=1.2, strokeDash=[1.5, 2], cornerRadius=4
        ),
        cells.transform_filter("datum.provisional").mark_rect(
            fill=None, stroke=_INK, strokeWidth=1.4, strokeDash=[5, 3], cornerRadius=4
        ),
        *_symbols(cells, height=13),
        cells.mark_text(dy=4, fontWeight="bold", limit=_CELL - 4).encode(text="word:N", color=ink),
        cells.mark_text(dy=15, fontSize=9, limit=_CELL - 4).encode(text="studies:N", color=ink),
        key_step.mark_rect(fill=None, stroke=_ACCENT, strokeWidth=2.5, cornerRadius=5).encode(x),
        steps.mark_text(y=-8, dy=dy, fontWeight=weight, limit=_CELL).encode(text="text:N"),
        vectors.mark_text(
            x=-_LABEL, dy=dy, align="left", fontWeight="bold", limit=_LABEL - 4
        ).encode(y, text="text:N"),
    ).properties(width=alt.Step(_CELL), height=alt.Step(_ROW))


def _count(cell: Cell) -> str:
    """Return what stands under a cell's word: its studies, and whether they are provisional."""
    if not cell.provisional:
        return count_judged(cell)
    word = "provisional" if cell.provisional >= cell.judged else "part prov."
    if not cell.judged:
        return word
    return f"{cell.judged} of {cell.in_scope}, {word}"


def _legend(drawing: Drawing) -> Any:
    """Return what each state means, in two columns."""
    import altair as alt

    states = list(drawing.vocabulary.states.values())
    texts = [list(_lines(state.definition, 66)) for state in states]
    row = _LINE * (max(map(len, texts)) + 1) + 8
    places = [(320 * (i % 2) - _LABEL, row * (i // 2)) for i in range(len(states))]
    marks = _data(
        {"x": x + 11, "y": y + 6, **_look(state)}
        for (x, y), state in zip(places, states, strict=True)
    ).encode(_pixels("x"), _pixels("y"))
    definitions = _data(
        {"x": x + 28, "y": y + _LINE + dy, "text": text}
        for (x, y), lines in zip(places, texts, strict=True)
        for text, dy in lines
    ).encode(_pixels("x"), _pixels("y"), text="text:N")
    return alt.layer(
        marks.mark_point(shape="square", size=441, opacity=1, strokeWidth=0.8).encode(
            fill=alt.Fill("shade:N", scale=None), stroke=alt.Stroke("edge:N", scale=None)
        ),
        *_symbols(marks),
        marks.mark_text(dx=17, dy=-6, align="left", fontWeight="bold").encode(text="word:N"),
        definitions.mark_text(align="left", fontSize=9, limit=290),
    ).properties(width=1, height=row * -(-len(states) // 2) - 8)


def _notes(drawing: Drawing) -> Any:
    build = drawing.build
    paragraphs = [
        drawing.note,
        _LOW if any(cell.low_confidence for cell in drawing.cells.values()) else "",
        WHAT_ADDRESSED_MEANS,
        f"Source: {NAME}, data version {build.data_version} of {build.data_date}, CC BY 4.0.",
        "Framework: Kapoor, Bommasani et al. (2024), arXiv 2403.07918.",
    ]
    lines = [line for text in paragraphs for line, _ in _lines(text, 138)]
    rows = ({"y": _LINE * number, "text": line} for number, line in enumerate(lines))
    return (
        _data(rows)
        .mark_text(x=-_LABEL, align="left", fontSize=9, limit=_LABEL + 6 * _CELL)
        .encode(_pixels("y"), text="text:N")
        .properties(width=1, height=_LINE * len(lines))
    )


def _symbols(base: alt.Chart, height: float = 0) -> list[alt.Chart]:
    """Return the layers that draw the symbols of ``_look``."""
    import altair as alt

    outlines = base.transform_filter("datum.outline").mark_point(
        size=190, yOffset=-height, fill=None, strokeWidth=1.4, opacity=1
    )
    fillings = base.transform_filter("datum.filling").mark_point(
        size=190, yOffset=-height, stroke=None, opacity=1
    )
    signs = base.mark_text(dy=-height, fontSize=14, fontWeight="bold")
    stroke, fill = alt.Stroke("ink:N", scale=None), alt.Fill("ink:N", scale=None)
    return [
        outlines.encode(shape=alt.Shape("outline:N", scale=None), stroke=stroke),
        fillings.encode(shape=alt.Shape("filling:N", scale=None), fill=fill),
        signs.encode(text="sign:N", color=alt.Color("ink:N", scale=None)),
    ]


def _data(rows: Iterable[dict[str, Any]]) -> alt.Chart:
    """Return a chart with its rows inside the specification; text in them is never read as code."""
    import altair as alt

    return alt.Chart(alt.InlineData(list(rows)))


def _pixels(axis: str) -> Any:
    import altair as alt

    channel = alt.X if axis == "x" else alt.Y
    return channel(f"{axis}:Q", scale=None, axis=None)


def _look(state: Word) -> dict[str, str | None]:
    """Return how a state is drawn: its word, its colours and its symbol."""
    is_path = state.symbol in _OUTLINES
    return {
        "word": printable(state.name),
        "shade": _SHADES.get(state.slug, "#ffffff"),
        "ink": _INKS.get(state.slug, _INK),
        "edge": _SHADES.get(state.slug, _LINE_COLOUR),
        "outline": _OUTLINES.get(state.symbol),
        "filling": _FILLINGS.get(state.symbol),
        "sign": "" if is_path else printable(state.symbol),
    }


def _lines(text: str, width: int, *, above: float = 0) -> Iterator[tuple[str, float]]:
    """Yield up to four lines of a text with their offsets; ``above`` is the share above zero."""
    lines = wrap(printable(text), width, max_lines=4, placeholder="…")
    for number, line in enumerate(lines):
        yield line, _LINE * (number - above * (len(lines) - 1))


def printable(text: str) -> str:
    """Return a text without the characters that XML does not have."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
