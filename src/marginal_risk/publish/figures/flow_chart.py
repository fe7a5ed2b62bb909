"""The flow from found to coded twice, laid out as a PRISMA 2020 flow diagram.

Form after Page et al. (2021), "The PRISMA 2020 statement", https://doi.org/10.1136/bmj.n71:
each stage is a box, what leaves or waits there stands beside it. Lengths are in units of
the drawing, about a pixel each at full width.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from marginal_risk.publish.queries.screening_flow import Flow

WIDTH = 460
_LINE, _PADDING, _GAP = 17, 9, 22
_STAGES, _SIDE, _BOX = 30, 260, 198
"""Left edges of the boxes of the main line and of those beside it; width of both."""
_BASE = 13
"""Distance from the top of a line of text to its base line."""
_LETTERS = 27
"""Greatest number of letters in a line of a box."""
_MOST_WAYS = 4
_LOWEST = 40
_HEIGHTS = {"Identification": 96}
"""Least height of a row, so that the name of the band beside it fits."""


@dataclass(frozen=True)
class Box:
    """A box with its text."""

    x: int
    y: int
    height: int
    lines: list[tuple[int, str]]
    """Each line with its base line, from the top of the drawing."""
    width: int = _BOX


@dataclass(frozen=True)
class Band:
    """A stretch of the flow, with its name beside it, from the bottom up."""

    name: str
    y: int
    height: int


@dataclass(frozen=True)
class Chart:
    """The drawing."""

    height: int
    boxes: list[Box]
    bands: list[Band]
    arrows: list[tuple[int, int, int, int]]
    """From and to: x, y, x, y."""
    label: str
    """The drawing in words, for a screen reader."""
    width: int = WIDTH


def draw_flow(flow: Flow, ways: Sequence[str], exclusions: Sequence[str], label: str) -> Chart:
    """Return the flow; ``ways`` and ``exclusions`` are lines such as 'Not accessible: 2'."""
    shown = [
        *ways[:_MOST_WAYS],
        *([f"{len(ways) - _MOST_WAYS} more ways"] * (len(ways) > _MOST_WAYS)),
    ]
    rows = [
        (
            "Identification",
            [f"Found: {flow.found}", *shown],
            [f"Withdrawn later: {flow.withdrawn}"],
        ),
        (
            "Screening",
            [f"Decided on: {flow.found - flow.candidates}"],
            [f"Waiting for a decision: {flow.candidates}"],
        ),
        ("Screening", [f"Included: {flow.included}"], [f"Excluded: {flow.excluded}", *exclusions]),
        ("Coding", [f"Coded: {flow.coded}"], [f"Waiting for a coder: {flow.to_code}"]),
        ("Coding", [f"Coded twice: {flow.coded_twice}"], [f"Coded once: {flow.coded_once}"]),
    ]
    boxes: list[Box] = []
    bands: list[Band] = []
    arrows: list[tuple[int, int, int, int]] = []
    y = 1
    for band, main, beside in rows:
        needed = _HEIGHTS.get(band, _LOWEST)
        height = max(
            needed, *(2 * _PADDING + _LINE * len(_wrap(lines)) for lines in (main, beside))
        )
        stage, side = _box(_STAGES, y, height, main), _box(_SIDE, y, height, beside)
        arrows.append((_STAGES + _BOX, y + height // 2, _SIDE, y + height // 2))
        if boxes:
            above = boxes[-2]
            centre = _STAGES + _BOX // 2
            arrows.append((centre, above.y + above.height, centre, y))
        boxes += [stage, side]
        if bands and bands[-1].name == band:
            bands[-1] = Band(band, bands[-1].y, y + side.height - bands[-1].y)
        else:
            bands.append(Band(band, y, side.height))
        y += side.height + _GAP
    return Chart(y - _GAP + 1, boxes, bands, arrows, label)


def _wrap(texts: Sequence[str]) -> list[str]:
    return [line for text in texts for line in textwrap.wrap(text, _LETTERS)]


def _box(x: int, y: int, height: int, texts: Sequence[str]) -> Box:
    """Return a box with its lines in the middle of its height."""
    lines = _wrap(texts)
    first = y + (height - _LINE * len(lines)) // 2 + _BASE
    return Box(x, y, height, [(first + _LINE * n, line) for n, line in enumerate(lines)])
