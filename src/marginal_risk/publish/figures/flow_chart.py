"""The flow from identified to coded twice, laid out as a PRISMA 2020 flow diagram.

Form after Page et al. (2021), "The PRISMA 2020 statement", https://doi.org/10.1136/bmj.n71:
each stage is a box, what leaves or waits there stands beside it. Lengths are in units of
the drawing, about a pixel each at full width.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marginal_risk.publish.queries.screening_flow import Flow, Identification

WIDTH = 500
_LINE, _PADDING, _GAP = 17, 9, 22
_STAGES, _SIDE, _BOX = 30, 282, 216
"""Left edges of the boxes of the main line and of those beside it; width of both."""
_BASE = 13
"""Distance from the top of a line of text to its base line."""
_LETTERS = 24
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


@dataclass(frozen=True)
class Lines:
    """What stands in the boxes beside their numbers, each a line such as 'Not accessible: 2'."""

    ways: Sequence[str] = ()
    waiting: Sequence[str] = ()
    exclusions: Sequence[str] = ()


def draw_flow(flow: Flow, source: Identification | None, lines: Lines, label: str) -> Chart:
    """Return the flow. ``source`` says where all studies come from; None for those of a vector."""
    boxes: list[Box] = []
    bands: list[Band] = []
    arrows: list[tuple[int, int, int, int]] = []
    y, above = 1, None
    for band, main, beside in _rows(flow, source, lines):
        height = max(
            _HEIGHTS.get(band, _LOWEST),
            *(2 * _PADDING + _LINE * len(_wrap(texts)) for texts in (main, beside)),
        )
        stage = _box(_STAGES, y, height, main)
        boxes.append(stage)
        if above:
            centre = _STAGES + _BOX // 2
            arrows.append((centre, above.y + above.height, centre, y))
        if beside:
            boxes.append(_box(_SIDE, y, height, beside))
            arrows.append((_STAGES + _BOX, y + height // 2, _SIDE, y + height // 2))
        if bands and bands[-1].name == band:
            bands[-1] = Band(band, bands[-1].y, y + height - bands[-1].y)
        else:
            bands.append(Band(band, y, height))
        above = stage
        y += height + _GAP
    return Chart(y - _GAP + 1, boxes, bands, arrows, label)


def _rows(
    flow: Flow, source: Identification | None, lines: Lines
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each row from the top: its band, its box, and what leaves or waits beside it.

    A box is the one above it without what stands beside that one.
    """
    withdrawn = f"Withdrawn later: {flow.withdrawn}"
    if source:
        identified = [
            f"Identified: {source.identified}",
            f"Records of searches: {source.records}",
            f"Found in other ways: {source.in_other_ways}",
        ]
        removed = [f"Duplicates removed: {source.duplicates}", f"Unreadable: {source.unreadable}"]
    else:
        identified, removed = [f"Identified: {flow.found + flow.withdrawn}"], []
    more = [f"{len(lines.ways) - _MOST_WAYS} more ways"] * (len(lines.ways) > _MOST_WAYS)
    yield "Identification", identified, [*removed, withdrawn]
    yield (
        "Screening",
        [f"Found: {flow.found}", *lines.ways[:_MOST_WAYS], *more],
        [f"Waiting for a decision: {flow.candidates}", *lines.waiting],
    )
    yield (
        "Screening",
        [f"Decided on: {flow.found - flow.candidates}"],
        [f"Excluded: {flow.excluded}", *lines.exclusions],
    )
    yield "Coding", [f"Included: {flow.included}"], [f"Waiting for a coder: {flow.to_code}"]
    yield "Coding", [f"Coded: {flow.coded}"], [f"Coded once: {flow.coded_once}"]
    yield "Coding", [f"Coded twice: {flow.coded_twice}"], []


def _wrap(texts: Sequence[str]) -> list[str]:
    """Return the lines of the texts; a number stays with the word before it."""
    held = ("\N{NO-BREAK SPACE}".join(text.rsplit(" ", 1)) for text in texts)
    lines = (line for text in held for line in textwrap.wrap(text, _LETTERS))
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _box(x: int, y: int, height: int, texts: Sequence[str]) -> Box:
    """Return a box with its lines in the middle of its height."""
    lines = _wrap(texts)
    first = y + (height - _LINE * len(lines)) // 2 + _BASE
    return Box(x, y, height, [(first + _LINE * n, line) for n, line in enumerate(lines)])
