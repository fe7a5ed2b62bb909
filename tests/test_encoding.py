import codecs

import pytest

from marginal_risk.encoding import decode_text

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
