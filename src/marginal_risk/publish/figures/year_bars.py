"""Numbers by year as a picture: bars, put into the page.

A picture takes its colours from the page, light or dark; ``label`` is what a screen reader says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil

from markupsafe import Markup

from marginal_risk.publish.figures.shapes import (
    Element,
    group,
    path,
    picture,
    rect,
    text,
    width_of,
    written,
)

_INK = "currentColor"
_YEAR, _BAR, _LETTERS = 44, 22, 12
"""Width of a year and of its bar, and size of the letters, in pixels."""
_TALLEST, _STUDY, _ABOVE = 44, 12, 56
"""Greatest heights of the tallest bar and of one study, and the room between two rows of bars."""
_WIDE_YEAR, _WIDE_BAR, _WIDE_LETTERS = 58, 38, 13
"""Width of a year and of its bar, and size of the letters, where bars are stacked."""
_HIGH, _LEGEND = 200, 40
"""Height of the tallest bar there, and of the legend above it."""


def draw_years(years: Sequence[int], rows: Mapping[str, Sequence[int]], label: str) -> Markup:
    """Return an SVG element with a row of bars for each name, and the years below."""
    most = max((max(numbers, default=0) for numbers in rows.values()), default=0)
    study = min(_TALLEST / max(most, 1), _STUDY)
    shapes, bottom = [], -6.0
    for name, numbers in rows.items():
        top = bottom + _ABOVE
        bottom = top + study * most
        heights = [study * number for number in numbers]
        bars = ((bottom - high, high) for high in heights)
        shapes.append(
            group(
                [
                    text(name, 0, top - 36, _WIDE_LETTERS, font_weight=600),
                    *_bars(bars, _YEAR, _BAR, fill=_INK, fill_opacity=0.3),
                    *_numbers(numbers, heights, bottom, _YEAR, _LETTERS),
                ]
            )
        )
        shapes.append(_base(bottom, _YEAR * len(years)))
    shapes.append(group(_names(years, bottom, _YEAR, _LETTERS)))
    widths = [_YEAR * len(years), *(width_of(name, _WIDE_LETTERS) for name in rows)]
    return _as_image(max(widths), bottom + 15, shapes, label)


def draw_stacked(years: Sequence[int], parts: Mapping[str, Sequence[int]], label: str) -> Markup:
    """Return an SVG element with one bar a year, which has two parts, the lower one solid.

    Above each bar stands its sum.
    """
    sums = [sum(numbers) for numbers in zip(*parts.values(), strict=True)]
    study, bottom = _HIGH / max([1, *sums]), _LEGEND + _HIGH
    shapes, left, tops = [], 1.5, [float(bottom)] * len(years)
    for (name, numbers), fill in zip(parts.items(), (_INK, "none"), strict=True):
        sign = rect(left, 9.5, 10, 10, fill=fill, stroke=_INK)
        shapes.append(group([sign, text(name, left + 15.5, 14.5, _WIDE_LETTERS)]))
        left += 26.5 + width_of(name, _WIDE_LETTERS)
        tops = [top - study * number for top, number in zip(tops, numbers, strict=True)]
        bars = zip(tops, (study * number for number in numbers), strict=True)
        shapes.append(group(_bars(bars, _WIDE_YEAR, _WIDE_BAR, fill=fill)))
    heights = [study * total for total in sums]
    shapes += (
        group(_numbers(sums, heights, bottom, _WIDE_YEAR, _WIDE_LETTERS)),
        _base(bottom, _WIDE_YEAR * len(years)),
        group(_names(years, bottom, _WIDE_YEAR, _WIDE_LETTERS)),
    )
    return _as_image(max(_WIDE_YEAR * len(years), left), bottom + 15, shapes, label)


def _bars(
    bars: Iterable[tuple[float, float]], year: float, width: float, **look: object
) -> Iterator[Element]:
    """Yield a bar for each year, given its top and its height."""
    for place, (top, high) in enumerate(bars):
        yield rect(year * (place + 0.5) - width / 2, top, width, high, stroke=_INK, **look)


def _numbers(
    numbers: Sequence[int], heights: Sequence[float], bottom: float, year: float, size: float
) -> Iterator[Element]:
    """Yield the number above each bar."""
    for place, (number, high) in enumerate(zip(numbers, heights, strict=True)):
        x, y = year * (place + 0.5), bottom - high - 7
        yield text(str(number), x, y, size, text_anchor="middle")


def _names(years: Sequence[int], bottom: float, year: float, size: float) -> Iterator[Element]:
    """Yield each year below its bars."""
    for place, name in enumerate(years):
        yield text(str(name), year * (place + 0.5), bottom + 8.5, size, text_anchor="middle")


def _base(bottom: float, width: float) -> Element:
    """Return the line on which bars stand."""
    return path(f"M0,0h{width:g}", 0, bottom + 0.5, stroke=_INK, fill="none")


def _as_image(width: float, height: float, shapes: Iterable[Element], label: str) -> Markup:
    """Return a picture as one image with a label."""
    look = {"font_family": "sans-serif", "fill": _INK, "class": "chart", "role": "img"}
    drawn = picture(ceil(width), ceil(height), shapes, **look, aria_label=label)
    return Markup(written(drawn))  # noqa: S704  (ElementTree escapes the texts)
