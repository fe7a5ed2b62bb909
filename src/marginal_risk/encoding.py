"""Bytes -> text + problems: every file of the data is UTF-8 without a mark."""

import codecs

from marginal_risk.problems import Place, Problem


def decode_text(content: bytes, path: str) -> tuple[str | None, list[Problem]]:
    """Return the text of a file, or None where it is not UTF-8.

    A byte-order mark is reported and left out. Every line end becomes a line feed.
    """
    problems = []
    if content.startswith(codecs.BOM_UTF8):
        content = content.removeprefix(codecs.BOM_UTF8)
        problems.append(
            Place(path, 1).problem(
                "file",
                "byte-order-mark",
                "The file starts with a byte-order mark.",
                "Save it as 'UTF-8', not as 'UTF-8 with BOM'.",
            )
        )
    # Before decoding, so that an undecodable byte is counted to the right line.
    content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return content.decode("utf-8"), problems
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.append(
            Place(path, line).problem(
                "file",
                "not-utf8",
                f"The byte 0x{content[error.start]:02x} is not UTF-8 text.",
                "Save the file in the encoding UTF-8.",
            )
        )
        return None, problems
