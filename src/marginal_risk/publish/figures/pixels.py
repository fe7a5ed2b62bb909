"""A picture as pixels or for print: with the library's own letters, and in few bytes."""

from __future__ import annotations

import os
import struct
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from types import ModuleType

_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
"""Where Linux has its typefaces."""
_SETTING = "FONTCONFIG_FILE"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIZE_AND_KIND = ">IIBBBBB"
_WITH_ALPHA, _WITHOUT = 6, 2
_SUB = 1
"""Number of the filter that writes a pixel as its difference from the one before."""


@cache
def load_converter() -> ModuleType:
    """Return the library that makes pixels of SVG, with its own typeface before the system's.

    So letters look the same on every machine, and are drawn in half the time: of the system's
    typefaces it opens the file anew for each letter. Theirs are drawn that it lacks. Where
    FONTCONFIG_FILE is set, the typefaces are those it names, before all others.
    """
    import vl_convert

    if not sys.platform.startswith("linux") or _SETTING in os.environ:
        return vl_convert
    with as_file(files(__package__).joinpath("no_fonts.conf")) as none:
        os.environ[_SETTING] = str(none)
        try:  # the typefaces are looked for as soon as a text is drawn
            vl_convert.svg_to_png(
                '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>a</text></svg>'
            )
        finally:
            os.environ.pop(_SETTING, None)
    for folder in map(Path, map(os.path.expanduser, _FONTS)):
        if folder.is_dir():
            vl_convert.register_font_directory(str(folder))
    return vl_convert


def shrink(png: bytes) -> bytes:
    """Return an opaque PNG of the library in a third of its bytes, pixel by pixel the same.

    The library writes how opaque each pixel is, and packs in haste. A picture that is not like
    its others, or not opaque, comes back as it is.
    """
    chunks = list(_chunks(png))
    width, height, *kind = struct.unpack(_SIZE_AND_KIND, chunks[0][1])
    if kind != [8, _WITH_ALPHA, 0, 0, 0]:
        return png
    rows = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    length = 1 + 4 * width
    packer = zlib.compressobj()
    packed = []
    for start in range(0, len(rows), length):
        row = rows[start : start + length]
        # The first pixel is opaque, and none differs from the one before it.
        if row[0] != _SUB or row[4::4].rstrip(b"\0") != b"\xff":
            return png
        opaque = bytearray(1 + 3 * width)
        opaque[0] = _SUB
        for colour in (1, 2, 3):
            opaque[colour::3] = row[colour::4]
        packed.append(packer.compress(opaque))
    head = struct.pack(_SIZE_AND_KIND, width, height, 8, _WITHOUT, 0, 0, 0)
    kept = [(name, body) for name, body in chunks[1:] if name not in (b"IDAT", b"IEND")]
    body = b"".join((*packed, packer.flush()))
    return _SIGNATURE + b"".join(
        _chunk(*chunk) for chunk in ((b"IHDR", head), *kept, (b"IDAT", body), (b"IEND", b""))
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the body of each part of a PNG."""
    place = len(_SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
