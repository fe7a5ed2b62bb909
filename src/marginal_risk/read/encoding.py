"""Bytes -> text + problems: the data is UTF-8, or what tools and spreadsheets write."""

import codecs
import re
import warnings
from dataclasses import replace
from itertools import islice, pairwise
from math import inf
from typing import NamedTuple

from marginal_risk.problems import Place, Problem

_MARKS = {  # the longer first, as that of UTF-32 starts with that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_STATED = re.compile(rb"^[ \t]*%+[ \t]*encoding:[ \t]*(?:x-)?([\w.:-]{1,40})[ \t\r]*$", re.I | re.M)
_STATED_TEXT = re.compile(r"^([ \t]*%+[ \t]*encoding:[ \t]*)[\w.:-]+(?=[ \t]*$)", re.I | re.M)
_HEAD = 4096
"""Bytes at the start of a file among which a line may state its encoding."""
# What programs call by the first name is most often the second, which has more characters.
_WIDER = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# What BibTeX is found in; the more there are to choose from, the more often a guess is wrong.
_OF_ONE_BYTE = (
    *("cp1252", "mac-roman", "cp1250", "iso8859-2", "cp1251", "koi8-r", "cp1253", "cp1254"),
    *("cp1255", "cp1256", "cp1257"),
)
_OF_LATIN = ("cp1250", "iso8859-2", "cp1254", "cp1257")
_FEW = 3
_LIKELY = (*_OF_ONE_BYTE, "gb18030", "big5hkscs", "cp932", "euc_jis_2004", "cp949")
_LIKELY_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_SHIFT = b"\x1b$"
"""How ISO-2022, which has no bytes but those of ASCII, begins two bytes a character."""
_SAMPLE = 200_000
"""Bytes that a guess rests on."""


class Decoded(NamedTuple):
    """What became of a file."""

    text: str | None
    """The text with a line feed at every line end; None where it cannot be told."""
    encoding: str | None
    """Name of the encoding it was read in."""
    problems: list[Problem]


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
    try:
        return _with_line_feeds(content.decode("utf-8")), problems
    except UnicodeDecodeError as error:
        return None, [*problems, _undecodable(error, path)]


def decode_sheet(content: bytes, path: str) -> tuple[str | None, list[Problem]]:
    """Return the text of a CSV file as spreadsheets save it, or None where it cannot be told.

    It is UTF-8, or has a mark that says what it is, or the likeliest encoding is taken, as that of
    a BibTeX file is. The latter two are told as warnings.
    """
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            text, _, problems = _decode(content[len(mark) :], encoding, path)
            if text is not None:
                message = f"The file starts with a byte-order mark: it is {encoding.upper()}."
                hint = "'marginal-risk format' saves it as UTF-8 without one."
                told = Place(path, 1).problem("file", "spreadsheet-form", message, hint)
                problems.append(told)
            return text, problems
    decoded = _decode(content, "utf-8", path)
    if decoded.text is None and (guessed := _guess(content)):
        decoded = _told_as_guessed(_decode(content, guessed, path), path)
        return decoded.text, decoded.problems
    hint = "Save it as 'CSV UTF-8' (Excel), or with the character set UTF-8 (LibreOffice)."
    return decoded.text, [replace(problem, hint=hint) for problem in decoded.problems]


_MARK = re.compile(r"^(?:<{7}(?: |$)|\|{7}(?: |$)|={7}$|>{7}(?: |$))", re.MULTILINE)
"""What git leaves in a file that two changes have edited."""


def find_merge_marks(text: str, path: str) -> list[Problem]:
    """Return the problem that a merge was not finished; its marks are in the text."""
    if not re.search(r"^<{7}(?: |$)", text, re.MULTILINE):
        return []
    places = [text.count("\n", 0, match.start()) + 1 for match in _MARK.finditer(text)]
    if len(places) < 3:
        return []
    message = f"A merge left its marks here, the last in line {places[-1]}: nothing is read."
    hint = (
        "Keep what is meant between '<<<<<<<' and '>>>>>>>' (of a sheet, most often the rows of"
        " both sides), delete the lines of marks, and run 'marginal-risk format'."
    )
    return [Place(path, places[0]).problem("file", "merge-marks", message, hint)]


def decode_bibtex(content: bytes, path: str) -> Decoded:
    """Return the text of a BibTeX file in whichever encoding a tool wrote it.

    A byte-order mark decides; else the text is UTF-8, where it can be; else a line such as
    '% Encoding: Cp1252', which JabRef writes, says what it is; else the likeliest encoding is
    taken and told as a problem. So is a line that says something else than the text is.
    """
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return _decode(content[len(mark) :], encoding, path)
    decoded = _decode(content, "utf-8", path)
    stated = _stated_encoding(content)
    if decoded.text is not None and "\0" not in decoded.text:
        if _SHIFT in content and content.isascii():
            shifted = _decode(content, "iso2022_jp_ext", path)
            if shifted.text is not None:
                return _told_as_guessed(shifted, path)
        if not content.isascii() and stated not in (None, "utf-8"):
            message = f"A line says that this file is {stated}, and it is UTF-8."
            hint = "Make the line say '% Encoding: UTF-8', or run 'marginal-risk format'."
            decoded.problems.append(_doubt(path, message, hint))
        return decoded
    if stated and stated != "utf-8":
        as_stated = _decode(content, stated, path)
        if as_stated.text is not None:
            return as_stated
    guessed = _guess(content)
    if guessed is None:
        return decoded
    return _told_as_guessed(_decode(content, guessed, path), path)


def _told_as_guessed(decoded: Decoded, path: str) -> Decoded:
    """Return what was decoded, with the problem that its encoding is a guess."""
    if decoded.text is not None:
        message = (
            f"The file is not UTF-8 and was read as {decoded.encoding}, the likeliest encoding."
        )
        hint = "Look at its accents; if they are right, 'marginal-risk format' saves it as UTF-8."
        decoded.problems.append(_doubt(path, message, hint))
    return decoded


def state_utf8(text: str) -> str:
    """Return a text whose line on its encoding, if it has one, says UTF-8."""
    return _STATED_TEXT.sub(r"\1UTF-8", text[:_HEAD]) + text[_HEAD:]


def _decode(content: bytes, encoding: str, path: str) -> Decoded:
    try:
        return Decoded(_with_line_feeds(content.decode(encoding)), encoding, [])
    except UnicodeDecodeError as error:
        return Decoded(None, None, [_undecodable(error, path)])


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _undecodable(error: UnicodeDecodeError, path: str) -> Problem:
    before = error.object[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    name = "UTF-8" if error.encoding == "utf-8" else error.encoding
    return Place(path, before.count(b"\n") + 1).problem(
        "file",
        "not-utf8",
        f"The byte 0x{error.object[error.start]:02x} is not {name} text.",
        "Save the file in the encoding UTF-8.",
    )


def _doubt(path: str, message: str, hint: str) -> Problem:
    return Place(path, 1).problem("file", "doubtful-encoding", message, hint)


def _stated_encoding(content: bytes) -> str | None:
    """Return the encoding that a comment at the start of a file names, as Python calls it."""
    match = _STATED.search(content[:_HEAD])
    if not match:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
        name = _WIDER.get(name, name)
        # The line was found as ASCII; what reads ASCII otherwise (UTF-7, base64) is not it.
        plain = bytes(range(32, 127))
        return name if plain.decode(name) == plain.decode("ascii") else None
    except (LookupError, UnicodeError, ValueError):
        return None


def _guess(content: bytes) -> str | None:
    """Return the likeliest encoding of what is not UTF-8; None where it looks like no text."""
    if b"\0" in content[:_SAMPLE]:
        return _likeliest(content[:_SAMPLE], _LIKELY_WIDE)
    # Words in ASCII say nothing about the others, and drown them.
    words = (match.group() for match in re.finditer(rb"\S+", content))
    telling = list(islice((word for word in words if not word.isascii()), _SAMPLE // 10))
    if 2 * sum(map(_is_utf8, telling)) > len(telling):
        return None  # UTF-8 with a damaged byte
    sample = b" ".join(telling)[:_SAMPLE]
    found = _likeliest(sample, _LIKELY)
    if found and found not in _OF_ONE_BYTE and content.count(b"{") == content.count(b"}"):
        text = content.decode(found, "replace")
        if text.count("{") != text.count("}"):  # it takes a letter and its brace for one character
            found = _likeliest(sample, _OF_ONE_BYTE)
    # A few words say too little to tell encodings of the Latin script apart.
    if found in _OF_LATIN and len(telling) <= _FEW and _are_words(sample, "cp1252"):
        return "cp1252"
    # As likely by its letters alone, the other of the two is told by where they stand.
    if found == "mac-roman" and _misplaced(sample, "cp1252") < _misplaced(sample, "mac-roman"):
        return "cp1252"
    return found


def _likeliest(sample: bytes, encodings: tuple[str, ...]) -> str | None:
    # It takes long to import, and almost no file needs it.
    import chardet  # noqa: PLC0415

    with warnings.catch_warnings(action="ignore", category=UserWarning):  # where nothing fits
        found = chardet.detect(sample, include_encodings=encodings, compat_names=False)
    return found["encoding"]


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _misplaced(sample: bytes, encoding: str) -> float:
    """Count signs and capitals, none of them ASCII, that follow a small letter."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return inf
    return sum(
        before.islower() and not (char.isascii() or char.islower())
        for before, char in pairwise(text)
    )


def _are_words(sample: bytes, encoding: str) -> bool:
    """Tell whether all that is not ASCII is a letter, in an encoding of one byte a character."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return all(char.isascii() or char.isalpha() for char in text)
