"""The entries of one text: what is read, what is reported, and that no entry costs a neighbour."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.read.bibliography.entries import ParsedFile, parse_entries


def parse(text: str) -> ParsedFile:
    return parse_entries(text, "a.bib")


def problems(text: str) -> list[str]:
    return [str(problem) for problem in sorted(parse(text).problems)]


def test_an_entry_keeps_its_text_and_its_lines() -> None:
    raw = '@Article{Key-1,\n  Author = {A, B},\n\n  TITLE\n  =  "C" # { D},\n  year = 2020\n}'
    parsed = parse(f"% a comment\n\n{raw}\n\n@comment{{x}}\n")
    (entry,) = parsed.entries
    assert (entry.key, entry.entry_type, entry.raw) == ("Key-1", "article", raw)
    assert entry.fields == {"author": "A, B", "title": "C D", "year": "2020"}
    assert entry.lines == {"author": 4, "title": 7, "year": 8}
    assert str(entry.place) == "a.bib:3"
    assert str(entry.at("title")) == "a.bib:7"
    assert str(entry.at("editor")) == "a.bib:3"
    assert parsed.problems == []


@pytest.mark.parametrize(
    "key",
    [
        "DBLP:conf/nips/Smith-Jones20",
        "bender-etal-2021-dangers",
        "10.1145/3442188.3445922",
        "a_b+c",
        "Müller2020",
        "2020",
        "山田2020",
    ],
)
def test_keys_that_tools_write(key: str) -> None:
    parsed = parse(f"@misc{{{key},\n title = {{A}}}}")
    assert [entry.key for entry in parsed.entries] == [key]
    assert parsed.problems == []


@pytest.mark.parametrize(
    "text",
    [
        '@misc(k, title = {A (b)}, note = "c) d")',
        "@MISC {k, TITLE = {A}, }",
        "@misc { k , title={A}}",
        "@misc{k,title=a#{}}@string{a={A}}",
        '@misc{k, title = {A}, note = "a {"} b" }',
        "@misc{k, title = {mail a@b.org {x} @c}}",
        '@preamble{"\\newcommand{\\noopsort}[1]{} "}\n@misc{k, title = {A}}',
        "@comment{@misc{old, title = {B}}}\n@misc{k, title = {A}}",
        "@Comment{jabref-meta: grouping:\n0 AllEntriesGroup:;\n1 S:a\\;0\\;;\n}\n@misc{k}",
        "% Encoding: UTF-8\n@comment no braces\n@misc{k}\nfree text, a@b.org",
        "\n\n\n@misc{k}},\n",
    ],
)
def test_habits_that_are_no_mistakes(text: str) -> None:
    parsed = parse(text)
    keys = [entry.key for entry in parsed.entries]
    assert (keys, [str(problem) for problem in parsed.problems]) == (["k"], [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "@misc{a,\n title = {A},\n author = Smith}",
            "a.bib:3: author: No @string defines 'Smith'. Put the text in braces: {Smith}. "
            "[unresolved-string]",
        ),
        (
            "@{a, title = {A}}",
            "a.bib:1: entry: The entry has no type. Write one after the @, such as @misc. "
            "[unreadable-entry]",
        ),
        (
            "@commented{a, title}",
            "a.bib:1: entry: This '@commented' cannot be read. Check its commas, quotes and "
            "braces, up to the next entry. [unreadable-entry]",
        ),
        (
            "@preambles{a, title}",
            "a.bib:1: entry: This '@preambles' cannot be read. Check its commas, quotes and "
            "braces, up to the next entry. [unreadable-entry]",
        ),
        (
            "@in-book{a, title}",
            "a.bib:1: entry: This looks like an entry but is not read as one: '@in-book{a, title}'."
            " Write @type{key, ... }, or start the line with % for a comment. "
            "[unreadable-entry]",
        ),
        (
            "x @ misc{a, b}",
            "a.bib:1: entry: This looks like an entry but is not read as one: 'x @ misc{a, b}'. "
            "Write @type{key, ... }, or start the line with % for a comment. [unreadable-entry]",
        ),
        (
            "% @misc{a, title = {A}}",
            "a.bib:1: entry: BibTeX reads this entry, although a % stands before it. Delete the "
            "entry, or the % sign. [unreadable-entry]",
        ),
        (
            "@misc{a, title = {A, note = {@misc{b, title = {B}}}\n}",
            "a.bib:1: entry: This entry cannot be read: Unexpectedly reached end of file. Check "
            "its commas, quotes and braces, up to the next entry. [unreadable-entry]",
        ),
        (
            "@misc{a, title = {A @misc{b, year = {2020}}}}",
            "a.bib:1: title: Another entry seems to start in this value: '@misc{b,'. Look for a "
            "brace or quote that is not closed. [unreadable-entry]",
        ),
        (
            "@string{a = b}",
            "a.bib:1: a: No @string defines 'b'. Put the text in braces: {b}. [unresolved-string]",
        ),
        (
            "@string{a}",
            "a.bib:1: entry: This entry cannot be read: Expected equals sign after field key, but "
            "found }. Check its commas, quotes and braces, up to the next entry. "
            "[unreadable-entry]",
        ),
    ],
)
def test_an_entry_that_cannot_be_read_is_reported(text: str, message: str) -> None:
    assert parse(text).entries == []
    assert problems(text) == [message]


@pytest.mark.parametrize("text", ["@commentary", "@comments here", "@stringy\n", "@preambles."])
def test_what_only_begins_like_a_type_is_told(text: str) -> None:
    (said,) = problems(f"{text}\n@misc{{b, title = {{B}}}}")
    assert "looks like an entry but opens no brace" in said


@pytest.mark.parametrize("name", ["commentary", "Commented", "preambles", "strings", "in-book"])
def test_an_unusual_type_is_told_and_costs_no_neighbour(name: str) -> None:
    """The parser looks at the first letters only, and knows no hyphen."""
    text = f"x\n\n@{name}{{a,\n title = {{A}}}}\n@misc{{b, title = {{B}}}}"
    parsed = parse(text)
    assert [(entry.key, entry.place.line) for entry in parsed.entries] == [("b", 5)]
    (problem,) = parsed.problems
    assert (problem.line, problem.rule) == (3, "unreadable-entry")


def test_a_quote_in_braces_does_not_end_a_value_in_quotes() -> None:
    for text in (
        '@misc{k, title = "a {"} b", note = {c}}',
        '@misc(k, title = "a {"} b", note = "c")',
    ):
        (entry,) = parse(text).entries
        assert entry.fields == {"title": 'a {"} b', "note": "c"}
        assert parse(text).problems == []


@pytest.mark.parametrize(
    ("broken", "keys"),
    [
        ("@misc{a, title = {A, year = {2020}}", ["a"]),
        ('@misc{a, title = "A, year = 2020}', ["a"]),
        ("@misc{a", ["a"]),
        ("@misc{a, title = {A} 1 year = 2020}", ["a"]),
        ("@misc{a b title = {A}}", ["a"]),
        ("@comment{a, title = {A}", ["a"]),
        ("@string{a, title = {A}}", ["a"]),
        ("@preamble{a", []),
        ("@misc{a, title = nowhere}", ["a"]),
    ],
)
def test_a_broken_entry_costs_no_neighbour(broken: str, keys: list[str]) -> None:
    before, after = "@misc{one, title = {One}}", "@misc{two,\n title = nowhere # {Two}}"
    parsed = parse(f'@string{{nowhere = ""}}\n{before}\n{broken}\n{after}\n@misc{{three}}')
    read = [
        (entry.key, entry.place.line) for entry in parsed.entries if entry.key in "one two three"
    ]
    lines = 4 + broken.count("\n")
    assert read == [("one", 2), ("two", lines), ("three", lines + 2)]
    if "nowhere" not in broken:
        assert {problem.line for problem in parsed.problems} == {3}
        assert parsed.lost_keys == keys


def test_a_field_given_twice_keeps_the_first_whatever_its_case() -> None:
    text = "@misc{a,\n title = {A},\n year = 2020,\n Title = {B},\n title = {C},\n}"
    assert parse(text).entries[0].fields == {"title": "A", "year": "2020"}
    said = "title: The entry gives this field more than once. Keep one of them. [duplicate-field]"
    assert problems(text) == [f"a.bib:4: {said}", f"a.bib:5: {said}"]


def test_both_entries_with_one_key_are_kept_for_the_reader_to_report() -> None:
    parsed = parse("@misc{a, title = {A}}\n@misc{a, title = {B}}")
    assert [(entry.key, entry.place.line) for entry in parsed.entries] == [("a", 1), ("a", 2)]


def test_a_string_may_be_defined_twice_as_the_same() -> None:
    twice = '@string{j = {J}}\n@string{j = "J"}\n@misc{a, title = j}'
    parsed = parse(twice)
    assert (parsed.entries[0].fields, parsed.problems) == ({"title": "J"}, [])
    (said,) = problems(twice.replace('"J"', '"K"'))
    assert said == (
        "a.bib:2: j: The @string 'j' is already defined, at a.bib:1. Delete one. [duplicate-key]"
    )


def test_a_string_defined_twice_is_reported() -> None:
    text = "@string{j = {One}}\n@string{J = {Two}}\n@string{j = {Three}}\n@misc{k, title = j}"
    assert parse(text).entries[0].fields == {"title": "Two"}
    assert problems(text) == [
        "a.bib:3: j: The @string 'j' is already defined, at a.bib:1. Delete one. [duplicate-key]"
    ]


def test_a_brace_that_closes_the_entry_early_is_reported() -> None:
    text = "@misc{a,\n title = {A}},\n doi = {10.5555/a},\n title = {B},\n}\n@misc{b}"
    assert [entry.key for entry in parse(text).entries] == ["a", "b"]
    assert problems(text) == [
        "a.bib:2: entry: After the end of the entry stands another field. Look for a brace before "
        "it that closes the entry too early. [unreadable-entry]"
    ]


def test_lines_are_right_after_a_back_slash_at_the_end_of_one() -> None:
    text = "@misc{a,\n note = {one \\\n two \\\\\n three \\\\},\n url = nowhere,\n}\n@misc{b,c}"
    assert [problem.line for problem in sorted(parse(text).problems)] == [5, 7]
    (entry,) = parse(text.replace("nowhere", "{x}")).entries
    assert entry.fields["note"] == "one \\\n two \\\\\n three \\\\"
    assert entry.raw == text.replace("nowhere", "{x}").split("\n@misc")[0]


def test_lines_are_counted_by_line_feeds_alone() -> None:
    text = "a\u2028b\x0c\x85c\n@misc no brace\n@misc{a b}"
    assert [problem.line for problem in sorted(parse(text).problems)] == [2, 3]


LOOKS_LIKE_AN_ENTRY = re.compile(r"(?m)^[ \t]*@(?!comment|string|preamble)\w+[ \t]*[{(]", re.I)
FRAGMENTS = [
    *("@misc{a,", "\n@misc{b,", "\n@article(c,", "\n@", "@comment{", "\n@string{", "\n@preamble{"),
    *(" title = {A}", ' note = "B"', " year = 2020", ",", "{", "}", "(", ")", '"', "=", "#", "\n"),
    *("\\", "\\\\", "%", " ", "a", "é", "}\n", "},\n", "\n@misc{d, title={D}}\n", "\n @ misc{e,"),
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_every_entry_is_read_or_reported(text: str) -> None:
    parsed = parse(text)
    entries = [*parsed.entries, *parsed.keyless]
    lines = {entry.place.line for entry in entries}
    lines |= {problem.line for problem in parsed.problems}
    starts = [match.start() for match in LOOKS_LIKE_AN_ENTRY.finditer(text)]
    assert len(entries) + len(parsed.problems) >= len(starts)
    first_lines = [text.count("\n", 0, start) + 1 for start in starts]
    for line, end in pairwise([*first_lines, text.count("\n") + 2]):
        assert lines & set(range(line, end))  # a problem may be told at a field


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
def test_what_is_kept_stands_in_the_file(text: str) -> None:
    for entry in parse(text).entries:
        assert text.split("\n", entry.place.line - 1)[-1].find(entry.raw.split("\n")[0]) >= 0
        assert entry.raw in text


@pytest.mark.parametrize(
    "part",
    ["@", "@{", "@{\n", "@a(", "{", "}", '"', ",", "(", "\\", "@a{b\n", "@a\n", "@ ", "%@a{b}\n"],
)
def test_hostile_files_are_read(part: str) -> None:
    for before in ("", "@misc{a,", "@misc{a, title = {", "@misc{a},"):
        parsed = parse(before + part * 2000)
        assert all(len(str(problem)) < 300 for problem in parsed.problems)
