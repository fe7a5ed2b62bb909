# ruff: noqa: RUF001  (letters that look like others are meant)
"""The encoding of a file: told, guessed or refused."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.read.encoding import decode_bibtex, decode_text, state_utf8

SAID_OF_MARK = (
    "a.csv:1: file: The file starts with a byte-order mark. "
    "Save it as 'UTF-8', not as 'UTF-8 with BOM'. [byte-order-mark]"
)


def said_of_byte(line: int, byte: str) -> str:
    return (
        f"a.csv:{line}: file: The byte 0x{byte} is not UTF-8 text. "
        "Save the file in the encoding UTF-8. [not-utf8]"
    )


def decode(content: bytes) -> tuple[str | None, list[str]]:
    text, problems = decode_text(content, "a.csv")
    return text, [str(problem) for problem in problems]


def test_utf8_is_read_as_it_is() -> None:
    assert decode("Zoë ● 漢字 🙂\n".encode()) == ("Zoë ● 漢字 🙂\n", [])
    assert decode(b"") == ("", [])


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_becomes_a_line_feed(end: bytes) -> None:
    assert decode(end.join([b"a", b"b", b""])) == ("a\nb\n", [])


def test_other_characters_that_end_a_line_elsewhere_stay() -> None:
    text = "a\x0b\x0c\x1c\x85\u2028\u2029b"
    assert decode(text.encode()) == (text, [])


def test_a_byte_order_mark_is_told_and_left_out() -> None:
    assert decode(codecs.BOM_UTF8 + b"a\n") == ("a\n", [SAID_OF_MARK])


def test_only_a_mark_at_the_start_is_one() -> None:
    text, said = decode("a\ufeffb".encode())
    assert (text, said) == ("a\ufeffb", [])


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_byte_that_is_no_text_is_told_at_its_line(end: bytes) -> None:
    content = end.join([b"a", b"b", "café".encode("latin-1"), b"d"])
    assert decode(content) == (None, [said_of_byte(3, "e9")])


def test_an_empty_first_line_is_counted() -> None:
    assert decode(b"\n\xff") == (None, [said_of_byte(2, "ff")])


def test_utf16_is_told_at_its_first_byte() -> None:
    assert decode("a,b\n".encode("utf-16-le")) == ("a\0,\0b\0\n\0", [])  # valid UTF-8, by chance
    assert decode(codecs.BOM_UTF16_LE + "a,b\n".encode("utf-16-le")) == (
        None,
        [said_of_byte(1, "ff")],
    )


@pytest.mark.parametrize(
    "content", [b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"]
)
def test_what_only_looks_like_utf8_is_refused(content: bytes) -> None:
    assert decode(content) == (None, [said_of_byte(1, f"{content[0]:02x}")])


def test_mark_and_bad_byte_are_both_told() -> None:
    assert decode(codecs.BOM_UTF8 + b"a\n\xff") == (None, [SAID_OF_MARK, said_of_byte(2, "ff")])


WORK = "@misc{%s, author = {%s}, title = {%s}}\n"
PLAIN = (WORK % ("smith2001", "Smith, John", "A Title in Plain English")) * 20

# How tools of a region save, and the names of works as they have them.
SAMPLES = [
    ("cp1252", "Müller, Jürgen and Größe, Zoë", "Über die Größe der Häuser"),
    ("cp1252", "Lefèvre, François", "Étude théorique de la géométrie"),
    ("cp1252", "O’Brien, Pat", "It’s a title – with “quotes”"),
    ("cp1252", "Peña, Ana", "A title"),
    ("cp1252", "Strömberg, Åsa", "Något på svenska"),
    ("cp1252", "Søgaard, Ib", "A title"),
    ("cp1250", "Łuczak, Ewa", "A title"),
    ("iso2022_jp_ext", "山田太郎 and 鈴木花子", "機械学習の研究"),
    ("mac-roman", "Müller, Jürgen", "Über die Größe der Häuser"),
    ("mac-roman", "Lefèvre, François", "Étude théorique de la géométrie"),
    ("gb18030", "张伟 and 王芳", "深度学习的研究综述"),
    ("gb18030", "李明", "机器学习"),
    ("cp932", "山田太郎 and 鈴木花子", "機械学習の研究"),
    ("cp932", "山田, 太郎", "ロボット"),
    ("cp949", "김철수 and 이영희", "기계 학습의 연구"),
    ("big5hkscs", "王小明 and 陳美麗", "機器學習之研究"),
    ("cp1251", "Иванов, Иван", "О машинном обучении"),
    ("koi8-r", "Иванов, Иван", "О машинном обучении"),
    ("cp1250", "Dvořák, Jiří and Łukasiewicz, Jan", "Příspěvek k řešení"),
]


@pytest.mark.parametrize(("encoding", "author", "title"), SAMPLES)
def test_bibtex_in_an_encoding_that_is_not_stated_is_read_and_told(
    encoding: str, author: str, title: str
) -> None:
    text = PLAIN + WORK % ("a", author, title)
    decoded = decode_bibtex(text.encode(encoding), "a.bib")
    assert decoded.text == text
    assert decoded.encoding == encoding
    assert [str(problem) for problem in decoded.problems] == [
        f"a.bib:1: file: The file is not UTF-8 and was read as {encoding}, the likeliest encoding. "
        "Look at its accents; if they are right, 'marginal-risk format' saves it as UTF-8. "
        "[doubtful-encoding]"
    ]


@pytest.mark.parametrize(
    ("stated", "encoding"),
    [
        ("Cp1252", "cp1252"),
        ("windows-1252", "cp1252"),
        ("ISO8859_1", "cp1252"),  # as browsers do: who says Latin-1 means Windows'
        ("ISO-8859-15", "iso8859-15"),
        ("MacRoman", "mac-roman"),
        ("x-MacRoman", "mac-roman"),
        ("UTF-8", "utf-8"),
        ("UTF8", "utf-8"),
    ],
)
def test_a_line_of_jabref_says_the_encoding(stated: str, encoding: str) -> None:
    text = f"% This file was written by a tool.\n% Encoding: {stated}\n" + WORK % ("a", "É", "Zoë")
    for end in ("\n", "\r\n"):
        content = text.replace("\n", end).encode(encoding)
        assert decode_bibtex(content, "a.bib") == (text, encoding, [])


def test_a_line_is_not_believed_against_the_text() -> None:
    text = "% Encoding: Cp1252\n" + WORK % ("a", "Lefèvre, François", "Étude")
    decoded = decode_bibtex(text.encode(), "a.bib")
    assert (decoded.text, decoded.encoding) == (text, "utf-8")
    assert [str(problem) for problem in decoded.problems] == [
        "a.bib:1: file: A line says that this file is cp1252, and it is UTF-8. Make the line say "
        "'% Encoding: UTF-8', or run 'marginal-risk format'. [doubtful-encoding]"
    ]
    assert decode_bibtex(b"% Encoding: Cp1252\n@misc{a}", "a.bib").problems == []
    text = text.replace("Cp1252", "UTF-8")
    decoded = decode_bibtex(text.encode("latin-1"), "a.bib")
    assert (decoded.text, decoded.encoding) == (text, "cp1252")
    assert [problem.rule for problem in decoded.problems] == ["doubtful-encoding"]


@pytest.mark.parametrize("name", ["rot13", "punycode", "utf-7", "undefined", "hex", "nothing"])
def test_a_line_that_names_no_encoding_of_text_is_passed_over(name: str) -> None:
    text = f"% Encoding: {name}\n" + WORK % ("a", "Müller, Jürgen", "Über die Größe")
    assert decode_bibtex(text.encode("cp1252"), "a.bib").text == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_bibtex_with_a_mark_is_read_without_a_word(mark: bytes, encoding: str) -> None:
    text = "% Encoding: Cp1252\n" + WORK % ("a", "山田", "Zoë 🙂")
    content = mark + text.replace("\n", "\r\n").encode(encoding)
    assert decode_bibtex(content, "a.bib") == (text, encoding, [])
    assert decode_bibtex(mark, "a.bib") == ("", encoding, [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read_and_told(encoding: str) -> None:
    text = WORK % ("a", "Müller", "Über die Größe")
    decoded = decode_bibtex(text.encode(encoding), "a.bib")
    assert (decoded.text, decoded.encoding) == (text, encoding)
    assert [problem.rule for problem in decoded.problems] == ["doubtful-encoding"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        # UTF-8 with a damaged byte is not made into another language.
        ("größer\nGröße\nMaß ".encode() + b"\xe9", "a.bib:3: file: The byte 0xe9 is not UTF-8"),
        (codecs.BOM_UTF16_LE + b"a\0\n\0\0\xd8", "a.bib:2: file: The byte 0x00 is not utf-16-le"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\xff\xd8\xc3" * 9, "a.bib:1: file: The byte 0x89 is not UTF-8"),
    ],
)
def test_what_cannot_be_decoded_is_told_with_its_byte(content: bytes, said: str) -> None:
    decoded = decode_bibtex(content, "a.bib")
    assert (decoded.text, decoded.encoding) == (None, None)
    assert [str(problem) for problem in decoded.problems] == [
        f"{said} text. Save the file in the encoding UTF-8. [not-utf8]"
    ]


def test_a_brace_is_not_taken_for_half_of_a_character() -> None:
    text = WORK % ("a", "Zoë", "Gödel")  # as Big5, each last letter would swallow a brace
    assert decode_bibtex(text.encode("cp1252"), "a.bib").text == text


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_are_read_or_told(content: bytes) -> None:
    text, encoding, problems = decode_bibtex(content, "a.bib")
    assert (text is None) == (encoding is None)
    if text is None:
        assert [problem.rule for problem in problems] == ["not-utf8"]
    else:
        assert "\r" not in text


@given(st.text().filter(lambda text: "\0" not in text and text[:1] != "\ufeff"))
def test_utf8_is_never_taken_for_something_else(text: str) -> None:
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert decode_bibtex(text.encode(), "a.bib") == (expected, "utf-8", [])


def test_the_line_on_the_encoding_is_made_to_say_utf8() -> None:
    assert state_utf8("% Encoding: Cp1252 \n@misc{a}\n") == "% Encoding: UTF-8 \n@misc{a}\n"
    assert state_utf8("@misc{a, note = {encoding: x}}") == "@misc{a, note = {encoding: x}}"
    assert state_utf8("") == ""


def test_a_guess_where_nothing_fits_says_nothing_of_its_own() -> None:
    assert decode_bibtex(b"\x00\xc2\x80", "a.bib") == ("\0\x80", "utf-8", [])
