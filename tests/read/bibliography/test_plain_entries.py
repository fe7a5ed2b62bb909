"""Entries of plain form are read without the parser, and the parser would read the same."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from marginal_risk.read.bibliography import entries
from marginal_risk.read.bibliography.entries import parse_entries
from marginal_risk.read.bibliography.plain_entries import PlainEntry, Stretch, cut, find_values

PLAIN = """@Article{doe2020,
  Author = "Doe, {\\"U}. and {The {Old} Guild}",
  title  = {A, b = \\{c, {D {e}} 5\\%},
  month = jan, year = 2020,
  note = j-made.up
}
"""
PIECES = (
    *("@article{", "@Misc {", "@misc(", "@string{s = ", "@comment{", "@preamble{", "@x{y}", "@"),
    *("k1,", "k2 ,", "s", "title = ", "year=", "title = {a},", "note = s,", "note = none,"),
    *("month = jan", "month = {jan} # s,", "{", "}", '"', "\\", "\\\\", '\\"', "\\{", "{\\'e}"),
    *(",", "=", "#", "%", "(", ")", "~", "1999", "-1", " ", "\n", "\n\n", "\n ", "\t", "\f", "é"),
    *("\u2028", "\xa0", "\uffff", "\n@article{k3,", "\n@string{s = {v}}\n", "\n}\n", "% no\n"),
    *(PLAIN, PLAIN.replace("doe2020", "roe2020"), "a@b.c", "\n@misc{k4}\n", "@ misc{k5, a={b}}"),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=25).map("".join)


def seen(text: str) -> object:
    """Return all that is read of a text."""
    found = parse_entries(text, "a.bib")
    read = [
        (e.key, e.entry_type, e.fields, [e.at(name) for name in e.fields], e.raw, e.place)
        for e in found.entries
    ]
    keyless = [(entry.raw, entry.place) for entry in found.keyless]
    return read, sorted(found.problems), sorted(found.lost_keys), keyless


def has_quote_in_quotes(text: str) -> bool:
    """Tell whether the parser would end a value of a plain entry where BibTeX does not."""
    values = [
        value
        for part in cut(text)
        if isinstance(part, PlainEntry)
        for _, value in find_values(part.raw)
    ]
    return any(value[0] == '"' and re.search(r'(?<!\\)"', value[1:-1]) for value in values)


@given(TEXTS)
@example(PLAIN + "@misc{open, title = {a\n" + PLAIN)
@example(PLAIN + ", title = {b}}\n" + PLAIN)
@example("@comment{\n" + PLAIN + "}\n@misc(a, b = {c)\n" + PLAIN)
@example("@ misc{k5, a={b}}\uffff@")
@example("@string{none = {@misc{k, }}}\n@misc{a,\nnote = none}\n")
@example("@string{s = {1}}\n@string{s = {2}}\n" + PLAIN + "@string{S = {3}} @string{s = 4}")
def test_the_parser_reads_the_same(text: str) -> None:
    assume(not has_quote_in_quotes(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entries, "cut", lambda text: [Stretch(text, 0, "")])
        expected = seen(text)
    assert seen(text) == expected


@given(TEXTS)
def test_nothing_is_lost_when_a_text_is_cut(text: str) -> None:
    whole = "".join(part.raw if isinstance(part, PlainEntry) else part.text for part in cut(text))
    assert "".join(whole.split()) == "".join(text.split())


def test_an_entry_of_plain_form() -> None:
    (entry,) = cut(f"\n\n{PLAIN}")
    assert entry == PlainEntry(
        key="doe2020",
        entry_type="article",
        fields={
            "author": 'Doe, {\\"U}. and {The {Old} Guild}',
            "title": "A, b = \\{c, {D {e}} 5\\%",
            "month": "jan",
            "year": "2020",
            "note": "j-made.up",
        },
        words={"month": "jan", "note": "j-made.up"},
        raw=PLAIN.rstrip(),
        line=2,
    )


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("j-made.up", "a # b"),
        PLAIN.replace("{A,", "{A@b,"),
        PLAIN.replace("year", "Month"),
        PLAIN.replace("doe2020,", "doe,2020,"),
        PLAIN.replace("month", "% month"),
        PLAIN.replace("Article{", "Article("),
        PLAIN.replace("Article", "Commentary"),
        PLAIN.replace("{D {e}}", "{D {{{e}}}}"),
        PLAIN.rstrip("}\n"),
        PLAIN + "and more",
    ],
)
def test_what_is_not_plain_goes_to_the_parser(text: str) -> None:
    assert [type(part) for part in cut(text)] == [Stretch]
