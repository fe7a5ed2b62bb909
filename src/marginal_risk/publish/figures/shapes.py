"""The shapes that pictures are drawn from: elements of SVG, with lengths in pixels of CSS."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

Element = ET.Element
SVG = "http://www.w3.org/2000/svg"
ET.register_namespace("", SVG)

_WIDTHS = {
    letter: width
    for letters, width in (
        ("'ijl|", 0.22),
        (' !,./:;I[\\]ft()-`r"{}*', 0.33),
        ("ABEKPSVXY&CDHNRUwGOQ", 0.75),
        ("MmW%@—…", 1.0),
    )
    for letter in letters
}
_LETTER, _WIDEST = 0.57, 1.0
"""Widths of letters against the size of the font: those of Arial, rounded up. Any other letter of
the Latin alphabet is as wide as a digit; one of another script may be as wide as it is high."""


def rect(x: float, y: float, width: float, height: float, **attributes: object) -> Element:
    """Return a rectangle."""
    return _element("rect", x=x, y=y, width=width, height=height, **attributes)


def path(line: str, x: float, y: float, **attributes: object) -> Element:
    """Return a line whose own origin is at a place."""
    return _element("path", d=line, transform=f"translate({_number(x)},{_number(y)})", **attributes)


def text(said: str, x: float, y: float, size: float, **attributes: object) -> Element:
    """Return a line of text, the middle of its letters at a height."""
    drawn = _element("text", x=x, y=y + round(0.3 * size), font_size=size, **attributes)
    drawn.text = printable(said)
    return drawn


def group(shapes: Iterable[Element], **attributes: object) -> Element:
    """Return shapes together."""
    drawn = _element("g", **attributes)
    drawn.extend(shapes)
    return drawn


def picture(
    width: float, height: float, shapes: Iterable[Element], **attributes: object
) -> Element:
    """Return a whole picture."""
    drawn = _element(
        "svg",
        width=width,
        height=height,
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        **attributes,
    )
    drawn.extend(shapes)
    return drawn


def written(drawn: Element) -> str:
    """Return a picture as text."""
    return ET.tostring(drawn, encoding="unicode")


def _element(tag: str, **attributes: object) -> Element:
    """Return an element; in the names of its attributes '_' stands for '-'."""
    found = {
        name.replace("_", "-"): _number(value) if isinstance(value, (int, float)) else str(value)
        for name, value in attributes.items()
        if value is not None
    }
    return ET.Element(f"{{{SVG}}}{tag}", found)


def _number(value: float) -> str:
    return f"{round(value, 2):g}"


def width_of(said: str, size: float) -> float:
    """Return about how wide a text is, rather too wide than too narrow."""
    letters = (_WIDTHS.get(c, _LETTER if c < "\u1100" else _WIDEST) for c in said)
    return size * sum(letters)


def shorten(said: str, size: float, limit: float) -> str:
    """Return a text, cut off where it is wider than the limit."""
    if width_of(said, size) <= limit:
        return said
    while said and width_of(f"{said}…", size) > limit:
        said = said[:-1]
    return f"{said.rstrip()}…"


def printable(said: str) -> str:
    """Return a text without the characters that XML does not have."""
    return "".join(char if char.isprintable() else "\ufffd" for char in said)
