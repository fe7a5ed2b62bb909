"""Numbers by year as a picture: rows of bars, drawn by altair, put into the page."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

_SVG = "http://www.w3.org/2000/svg"
_YEAR, _LETTER = 44, 8
"""Width of a year, and greatest width of a letter, in pixels."""
_WIDE_YEAR, _HIGH = 58, 200
"""Width of a year, and height, of a picture of stacked bars, in pixels."""
_TALLEST, _STUDY = 44, 12
"""Greatest height of the tallest bar, and of one study, in pixels."""


def draw_years(years: Sequence[int], rows: Mapping[str, Sequence[int]], label: str) -> Markup:
    """Return an SVG element with a row of bars for each name, and the years below.

    It takes its colours from the page, light or dark. ``label`` is what a screen reader says.
    """
    import altair as alt
    import vl_convert

    values = [
        {"row": name, "year": str(year), "number": number}
        for name, numbers in rows.items()
        for year, number in zip(years, numbers, strict=True)
    ]
    longest = max(map(len, rows), default=0)
    wide = max(_YEAR * len(years), _LETTER * longest)
    most = max((max(numbers, default=0) for numbers in rows.values()), default=0)
    high = max(1, min(_TALLEST, _STUDY * most))
    ink = "currentColor"
    base = alt.Chart(alt.InlineData(values)).encode(
        x=alt.X("year:O", axis=alt.Axis(labelAngle=0, title=None, ticks=False)),
        y=alt.Y("number:Q", axis=None, scale=alt.Scale(domain=[0, max(most, 1)])),
    )
    bars = base.mark_bar(fill=ink, fillOpacity=0.3, stroke=ink, size=22)
    numbers = base.mark_text(dy=-7, color=ink, fontSize=12).encode(text="number:Q")
    chart = (
        alt.layer(bars, numbers, width=wide, height=high)
        .facet(
            row=alt.Row(
                "row:N",
                sort=list(rows),
                header=alt.Header(title=None, labelOrient="top", labelAnchor="start"),
            ),
            spacing=26,
        )
        .configure(background="transparent", font="sans-serif", padding={"top": 8})
        .configure_axis(labelColor=ink, domainColor=ink, grid=False, labelFontSize=12)
        .configure_header(labelColor=ink, labelFontSize=13, labelFontWeight=600, labelPadding=16)
        .configure_view(stroke=None)
    )
    drawn = vl_convert.vegalite_to_svg(chart.to_dict(validate=False), allowed_base_urls=[])
    return Markup(_as_one_image(drawn, label))  # noqa: S704  (vl-convert escapes the texts)


def draw_stacked(years: Sequence[int], parts: Mapping[str, Sequence[int]], label: str) -> Markup:
    """Return an SVG element with one bar a year, which has two parts, the lower one solid.

    Above each bar stands its sum. It takes its colours from the page, as ``draw_years`` does.
    """
    import altair as alt
    import vl_convert

    names = list(parts)
    values = [
        {"part": name, "place": place, "year": str(year), "number": number}
        for place, (name, numbers) in enumerate(parts.items())
        for year, number in zip(years, numbers, strict=True)
    ]
    sums = [
        {"year": str(year), "sum": total}
        for year, total in zip(years, map(sum, zip(*parts.values(), strict=True)), strict=True)
    ]
    ink = "currentColor"
    x = alt.X("year:O", axis=alt.Axis(labelAngle=0, title=None, ticks=False))
    bars = (
        alt.Chart(alt.InlineData(values))
        .mark_bar(stroke=ink, size=38)
        .encode(
            x=x,
            y=alt.Y("number:Q", axis=None),
            order=alt.Order("place:Q"),
            fill=alt.Fill(
                "part:N",
                scale=alt.Scale(domain=names, range=[ink, "transparent"]),
                legend=alt.Legend(title=None, orient="top", symbolType="square"),
            ),
        )
    )
    totals = (
        alt.Chart(alt.InlineData(sums))
        .mark_text(dy=-8, color=ink, fontSize=13)
        .encode(x=x, y=alt.Y("sum:Q", axis=None), text="sum:Q")
    )
    chart = (
        alt.layer(bars, totals, width=_WIDE_YEAR * len(years), height=_HIGH)
        .configure(background="transparent", font="sans-serif", padding={"top": 8})
        .configure_axis(labelColor=ink, domainColor=ink, grid=False, labelFontSize=13)
        .configure_legend(
            labelColor=ink,
            labelFontSize=13,
            symbolStrokeColor=ink,
            symbolStrokeWidth=1,
        )
        .configure_view(stroke=None)
    )
    drawn = vl_convert.vegalite_to_svg(chart.to_dict(validate=False), allowed_base_urls=[])
    return Markup(_as_one_image(drawn, label))  # noqa: S704  (vl-convert escapes the texts)


def _as_one_image(svg: str, label: str) -> str:
    """Return the SVG as one image with a label, instead of a tree of labelled parts."""
    ET.register_namespace("", _SVG)
    root: Any = ET.fromstring(svg)  # noqa: S314  (vl-convert wrote it)
    for element in root.iter():
        for name in [n for n in element.attrib if n == "role" or n.startswith("aria-")]:
            del element.attrib[name]
    root.attrib |= {"class": "chart", "role": "img", "aria-label": label}
    return ET.tostring(root, encoding="unicode")
