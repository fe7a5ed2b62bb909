"""A PDF that is the same each time: the converter numbers the fonts of a page in any order."""

import re

_FONTS = re.compile(rb"(/Font <<\n)((?:\s+/\w+ \d+ 0 R\n)+)")
_PLACE = re.compile(rb"(\d{10}) 00000 n\r\n")
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")


def put_in_order(pdf: bytes) -> bytes:
    """Return a PDF of vl-convert with its objects numbered in the order in which they are met.

    The table of objects (ISO 32000-1, 7.5.4) says where each begins; it is written anew.
    """
    table = pdf.rindex(b"\nxref\n") + 1
    places = [int(place) for place in _PLACE.findall(pdf, table)]
    begins = sorted(places)
    ends = dict(zip(begins, [*begins[1:], table], strict=True))
    objects = {number: pdf[place : ends[place]] for number, place in enumerate(places, start=1)}
    trailer = pdf[pdf.rindex(b"trailer\n") : pdf.rindex(b"startxref")]
    numbers: dict[int, int] = {}
    waiting = _references(trailer)
    while waiting:
        number = waiting.pop(0)
        if number not in numbers:
            numbers[number] = len(numbers) + 1
            waiting += _references(objects[number])

    def renumber(text: bytes) -> bytes:
        return _REFERENCE.sub(lambda found: b"%d 0 R" % numbers[int(found[1])], text)

    written = pdf[: begins[0]]
    rows = [b"0000000000 65535 f\r\n"]
    for number, new in numbers.items():
        rows.append(b"%010d 00000 n\r\n" % len(written))
        head, stream = _split(objects[number])
        _, _, rest = renumber(_sorted(head)).partition(b" ")
        written += b"%d %b%b" % (new, rest, stream)
    start = len(written)
    table_head = b"xref\n0 %d\n" % len(rows)
    size = re.sub(rb"/Size \d+", b"/Size %d" % len(rows), renumber(trailer))
    return b"".join([written, table_head, *rows, size, b"startxref\n%d\n%%%%EOF" % start])


def _split(content: bytes) -> tuple[bytes, bytes]:
    """Return the dictionary of an object, and its stream, which is anything."""
    head, mark, stream = content.partition(b"\nstream\n")
    return head, mark + stream


def _sorted(head: bytes) -> bytes:
    return _FONTS.sub(lambda found: found[1] + b"".join(sorted(found[2].splitlines(True))), head)


def _references(content: bytes) -> list[int]:
    return [int(number) for number in _REFERENCE.findall(_sorted(_split(content)[0]))]
