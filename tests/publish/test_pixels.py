"""The figures as pixels: in few bytes, and with the same letters on every machine."""

import hashlib
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from marginal_risk.publish.figures.pixels import load_converter, shrink

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">{ground}'
    '<circle cx="20" cy="15" r="9" fill="#0f6271"/>'
    '<text x="25" y="20" font-family="Liberation Sans" font-size="12">aĝ</text></svg>'
)
WHITE = '<rect width="60" height="30" fill="white"/>'


def drawn(ground: str) -> bytes:
    return bytes(load_converter().svg_to_png(PICTURE.format(ground=ground)))


def parts(png: bytes) -> list[tuple[bytes, bytes]]:
    found, place = [], 8
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        name, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert png[place + 8 + length : place + 12 + length] == struct.pack(
            ">I", zlib.crc32(name + body)
        )
        found.append((name, body))
        place += length + 12
    return found


def pixels(png: bytes) -> list[tuple[int, ...]]:
    """Return the colours of a PNG row by row, by the standard; each row is written by Sub."""
    head, *others = parts(png)
    width, _height, depth, kind = struct.unpack_from(">IIBB", head[1])
    assert depth == 8
    values = {2: 3, 6: 4}[kind]
    rows = zlib.decompress(b"".join(body for name, body in others if name == b"IDAT"))
    found = []
    for start in range(0, len(rows), 1 + values * width):
        assert rows[start] == 1
        last = (0,) * values
        for place in range(start + 1, start + 1 + values * width, values):
            change = rows[place : place + values]
            last = tuple((a + b) % 256 for a, b in zip(last, change, strict=True))
            found.append(last)
    return found


def test_a_smaller_file_has_the_same_pixels() -> None:
    png = drawn(WHITE)
    small = shrink(png)
    assert len(small) < len(png)
    assert [(*colour, 255) for colour in pixels(small)] == pixels(png)
    assert len(set(pixels(small))) > 10  # letters and the circle have soft edges
    names = [name for name, _ in parts(small)]
    assert names == [name for name, _ in parts(png)]


def test_a_picture_that_lets_the_page_through_stays_as_it_is() -> None:
    png = drawn("")
    assert shrink(png) == png
    half = drawn(WHITE.replace("/>", ' fill-opacity="0.5"/>'))
    assert shrink(half) == half


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of how Linux finds typefaces")
def test_letters_are_those_of_the_library_whatever_the_system_has(tmp_path: Path) -> None:
    none = tmp_path / "none.conf"
    none.write_text(f"<fontconfig><dir>{tmp_path / 'nowhere'}</dir></fontconfig>")
    print_hash = (
        "import hashlib, sys, vl_convert;"
        "print(hashlib.sha256(bytes(vl_convert.svg_to_png(sys.argv[1]))).hexdigest())"
    )
    alone = subprocess.run(
        [sys.executable, "-c", print_hash, PICTURE.format(ground=WHITE)],
        env={"FONTCONFIG_FILE": str(none)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert alone.stdout.strip() == hashlib.sha256(drawn(WHITE)).hexdigest()
