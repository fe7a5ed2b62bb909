# ruff: noqa: RUF001  (the characters that look like others are meant)
"""What people really have in their files: each habit, and what is made of it."""

from datetime import date

import pytest

from marginal_risk.check.block_counts import account_for
from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.bibliography.references import Bibliography

TODAY = date(2026, 1, 1)
BEFORE = "@misc{before, author = {B}, title = {Before}, year = 2020, publisher = {P}}\n"
AFTER = "\n@misc{after, author = {C}, title = {After}, year = 2020, publisher = {P}}\n"


def read(text: str) -> Bibliography:
    """Read a text between two sound entries: neither is ever lost, and every block is told."""
    file = BibFile("a.bib", BEFORE + text + AFTER)
    bibliography = read_references([file], TODAY)
    assert {"before", "after"} <= {found.study.citekey for found in bibliography.references}
    (account,) = account_for([file], bibliography)
    assert account.adds_up
    return bibliography


REST = "author = {Doe, Jane}, title = {T}, year = 2020, publisher = {P}"
SAME = "Doe, Jane (2020). T. P."

# Each is read without a word, as the reference beside it.
READ = {
    "parentheses": (f"@misc(k, {REST})", SAME),
    "parentheses within them": (
        '@misc(k, author = {Doe, Jane}, title = "a) (b", year = 2020, publisher = {c)})',
        "Doe, Jane (2020). a) (b. c).",
    ),
    "strings and their concatenation": (
        '@string{a = "X"}\n@STRING(b = A # { Y} # 1)\n'
        '@article{k, author = {Doe, Jane}, title = "T" # b, year = 2 # 020, journal = a # "Z"}',
        "Doe, Jane (2020). TX Y1. XZ.",
    ),
    "a string defined after its use": (
        "@article{k, author = {Doe, Jane}, title = {T}, year = 2020, journal = p}\n@string{p={P}}",
        SAME,
    ),
    "a preamble": (f'@preamble{{"\\newcommand{{\\x}}[1]{{#1}}" # " y"}}\n@misc{{k, {REST}}}', SAME),
    "a preamble in parentheses": (f'@preamble( "x" )\n@misc{{k, {REST}}}', SAME),
    "comments of both kinds": (
        f"% jane@example.org wrote\n@comment{{x {{y}} @misc{{z}}}}\n@comment z\n@misc{{k, {REST}}}",
        SAME,
    ),
    "groups of JabRef": (
        f"@Comment{{jabref-meta: grouping:\n0 AllEntriesGroup:;\n1 StaticGroup:a\\;0\\;;\n}}\n"
        f"@misc{{k, {REST}, groups = {{a}}}}\n@Comment{{jabref-meta: databaseType:bibtex;}}",
        SAME,
    ),
    "nested braces": (
        "@misc{k, author = {{Doe}, {J{a}ne}}, title = {{{T}}}, year = {{2020}}, publisher = {{P}}}",
        SAME,
    ),
    "quotes in braces": (
        '@misc{k, author = "Doe, Jane", title = "A {"}b{"} {c "d"}", year = "2020", '
        'publisher = {P "Q"}}',
        'Doe, Jane (2020). A "b" c "d". P "Q".',
    ),
    "a quote in braces in quotes": (
        '@misc{k, author = "Doe, Jane", title = "{A m{"a}rz {\\"u}}ber 5{" x 3"} {"o}", '
        'year = "2020", publisher = "P"}',
        'Doe, Jane (2020). A m"arz \u00fcber 5" x 3" "o. P.',
    ),
    "at signs in a value": (
        "@misc{k, author = {Doe, Jane}, title = {a@b.org @home{now}}, year = 2020, "
        "publisher = {P}}",
        "Doe, Jane (2020). a@b.org @homenow. P.",
    ),
    "upper case everywhere": (
        "@MISC{K, AUTHOR = {DOE, JANE}, TITLE = {T}, YEAR = 2020, MONTH = JAN, PUBLISHER = {P}}",
        "DOE, JANE (2020). T. P.",
    ),
    "spaces everywhere": (f" @misc {{ k , {REST.replace(' = ', '   =')} , }}", SAME),
    "fields of BibDesk and others": (
        f"@misc{{k, {REST}, bdsk-url-1 = {{x}}, a:b = {{}}, x+y = {{}}, _z = {{}}}}",
        SAME,
    ),
    "empty values": (f'@misc{{k, {REST}, volume = {{}}, number = "", doi = {{}}}}', SAME),
    "escaped braces": (
        r"@misc{k, author = {Doe, Jane}, title = {\{T\}}, year = 2020, publisher = {P}}",
        "Doe, Jane (2020). {T}. P.",
    ),
    "xdata behind the entry": (
        "@misc{k, xdata = {x}, author = {Doe, Jane}, title = {T}}\n"
        "@xdata{x, year = 2020, xdata = {y}}\n@xdata{y, publisher = {P}}",
        SAME,
    ),
    "corporate authors": (
        "@misc{k, author = {{World Health Organization} and {Simon and Schuster}}, title = {T}, "
        "year = 2020, publisher = {P}}",
        "World Health Organization; Simon and Schuster (2020). T. P.",
    ),
    "names in biblatex's extended form": (
        "@misc{k, author = {family=Doe, given=Jane, given-i=J, prefix=van, useprefix=true and "
        '"family={Roe, X}", given=Bob and others}, title = {T}, date = 2020, publisher = {P}}',
        "van Doe, Jane; Roe, X, Bob; et al. (2020). T. P.",
    ),
    "verbatim fields": (
        r"@misc{k, author = {Doe, Jane}, title = {T}, year = 2020, "
        r"url = {https://example.org/a_b%20c?x=1&y=~z#f}, file = {C:\x\{y\}.pdf}}",
        "Doe, Jane (2020). T. https://example.org/a_b%20c?x=1&y=~z#f",
    ),
    "an address in a command": (
        r"@misc{k, author = {Doe, Jane}, title = {T}, year = 2020, "
        r"howpublished = {Online: \url{https://example.org/a_b%}}}",
        "Doe, Jane (2020). T. https://example.org/a_b%",
    ),
    "math, ligatures and accents": (
        r"@misc{k, author = {Dvo{\v{r}}{\'a}k, J\o rgen and Erd\H{o}s, P. and {\AE}lf, \L{}.},"
        r' title = "$\mathcal{O}(n)$ -- ``\ss{}\"{u}\~n\c{c}{\aa}\.z\k{a}\=o\r{u}\d{h}\th\'\i"'
        r" # {''}, year = 2020, publisher = {P}}",
        "Dvořák, Jørgen; Erdős, P.; Ælf, Ł. (2020). 𝒪(n) – “ßüñçåżąōůḥþí”. P.",
    ),
    "right to left, and CJK": (
        "@misc{ключ山, author = {علي, محمد and 山田, 太郎 and כהן, דוד}, title = {مقدمة 機械}, "
        "year = 2020, publisher = {P}}",
        "علي, محمد; 山田, 太郎; כהן, דוד (2020). مقدمة 機械. P.",
    ),
}


@pytest.mark.parametrize("habit", READ)
def test_a_habit_is_read_without_a_word(habit: str) -> None:
    text, reference = READ[habit]
    bibliography = read(text)
    assert [str(problem) for problem in bibliography.problems] == []
    (found,) = (f for f in bibliography.references if f.study.citekey not in ("before", "after"))
    assert found.study.reference == reference


# Each is read, and told with the rule beside it.
TOLD = {
    "a field given twice": (f"@misc{{k, {REST}, Title = {{U}}}}", "duplicate-field"),
    "an entry behind a percent sign": (f"% @misc{{x}}\n@misc{{k, {REST}}}", "unreadable-entry"),
    "a comment around an entry": (f"@comment{{\n@misc{{k, {REST}}}\n}}", "unreadable-entry"),
    "a crossref to nowhere": (f"@misc{{k, {REST}, crossref = {{zzz}}}}", "bad-crossref"),
    "an address without braces": (
        f"@misc{{k, file = https://example.org/?a=1#b, {REST}}}",
        "unresolved-string",
    ),
    "a crossref to itself": (f"@misc{{k, {REST}, crossref = {{k}}}}", "bad-crossref"),
}


@pytest.mark.parametrize("habit", TOLD)
def test_a_habit_is_read_and_told(habit: str) -> None:
    text, rule = TOLD[habit]
    bibliography = read(text)
    assert [problem.rule for problem in bibliography.problems] == [rule]
    (found,) = (f for f in bibliography.references if f.study.citekey == "k")
    assert found.study.reference == SAME


def test_a_string_that_cannot_be_read_costs_no_entry_but_a_needed_field() -> None:
    broken = "@string{p = {P}, q = {Q}}\n@misc{k, publisher = p, note = q, "
    bibliography = read(f"{broken}author = {{Doe, Jane}}, title = {{T}}, year = 2020}}")
    rules = [problem.rule for problem in bibliography.problems]
    assert sorted(rules) == [
        "missing-venue",
        "unreadable-entry",
        "unresolved-string",
        "unresolved-string",
    ]
    assert "Doe, Jane (2020). T." in {found.study.reference for found in bibliography.references}
    bibliography = read(f"{broken}author = {{Doe, Jane}}, title = p, year = 2020}}")
    assert {found.study.citekey for found in bibliography.references} == {"before", "after"}


def test_an_entry_without_a_key_is_told_which_it_could_have() -> None:
    for start in ("@misc{,", "@misc{ , ", "@misc{\n,"):
        said = {problem.rule: problem.hint for problem in read(f"{start}{REST}}}").problems}
        assert said["bad-key"] == "Write one, such as 'doe2020'."


def test_an_entry_with_nothing_in_it_is_told_as_one_without_a_key() -> None:
    (problem,) = read("@misc{\n}").problems
    assert (problem.rule, problem.line) == ("bad-key", 2)


# Each costs the entry, and is told once, at the line beside it.
LOST = {
    "a brace that is missing further up": ("@misc{k, author = {Doe, Jane, year = 2020\n}", 2),
    "text behind a value": (f"@misc{{k, {REST} and more, note = {{x}}}}", 2),
    "a comma in the key": (f"@misc{{k, 2020, {REST}}}", 2),
    "a field that stands twice, and no comma": (f"@misc{{k, {REST}\n title = {{U}}}}", 2),
    "a remark that may be longer": (f"@misc{{k, {REST},\n% note = {{x\ny}},\nisbn = 1}}", 3),
    "an empty key": (f"@misc{{, {REST}}}", 2),
    "a line between sign and type, and more": (f"text.@\n\nmisc{{k, 2020, {REST}}}", 2),
    "a line between type and brace, behind text": (f"text @misc\n{{k, {REST}}}", 2),
    "no key": (f"@misc{{\n {REST}}}", 2),
    "a brace that is not closed": ("@misc{k, author = {Doe, Jane, title = {T}, year = 2020}", 2),
    "a quote that is not closed": ('@misc{k, author = {Doe}, title = "T, year = 2020}', 2),
    "no comma after a field": (f"@misc{{k,\n note = {{}}\n {REST}}}", 3),
    "no comma after a number": (f"@misc{{k,\n volume = {{}}, isbn = 1\n\n {REST}}}", 3),
    "no comma after the key": (f"@misc{{k\n {REST}}}", 2),
    "no comma after the key, in one line": (f"@misc{{k {REST}}}", 2),
    "two commas": (f"@misc{{k,, {REST}}}", 2),
    "a semicolon for a comma": (f"@misc{{k, isbn = 1; {REST}}}", 2),
    "a key with spaces": (f"@misc{{ my  key , {REST}}}", 2),
    "a key with an apostrophe": (f"@misc{{k', {REST}}}", 2),
    "a key with a mark that does not print": (f"@misc{{k\u200b, {REST}}}", 2),
    "a percent sign inside": (f"@misc{{k,\n % a comment, and more\n {REST}}}", 2),
    "a percent sign after a field": (f"@misc{{k, isbn = 1, % a comment\n {REST}}}", 3),
    "a percent sign before the key": (f"@misc{{% a comment\n k, {REST}}}", 2),
    "a field in a remark": (f"@misc{{k,\n%title = {{U}},\n {REST}}}", 3),
    "a brace too many": (f"@misc{{k,\n isbn = {{a}}}},\n {REST}}}", 3),
    "a brace behind a back slash": (f"@misc{{k,\n file = {{C:\\x\\}},\n {REST}}}", 2),
    "a brace behind a back slash, last": (f"@misc{{k,\n {REST},\n file = {{C:\\x\\}}\n}}", 2),
    "no brace at the end": (f"@misc{{k,\n {REST}\n\n", 2),
    "another brace at the end": (f"@misc(k, {REST}}}", 2),
    "a line between type and brace": (f"@misc\n{{k, {REST}}}", 2),
    "a line between type and brace, after text": (f"text\n\n@misc\n{{k, {REST}}}\nmore", 4),
    "a line between sign and type, behind text": (f"A text.\nIt ends.@\n\nmIsC\t(k, {REST})", 3),
    "a space before the type": (f"@ misc{{k, {REST}}}", 2),
    "a field without a value": (f"@misc{{k,\n isbn = ,\n {REST}}}", 3),
    "a field without a value or comma": (f"@misc{{k,\n isbn =\n {REST}}}", 3),
    "a quote behind a value": (f'@misc{{k, isbn = {{1}}", {REST}}}', 2),
    "no equals sign": (f"@misc{{k, isbn {{1}}, {REST}}}", 2),
    "a colon for the equals sign": (f"@misc{{k, isbn: {{1}}, {REST}}}", 2),
    "pages without braces": (f"@misc{{k, isbn = 1-2, {REST}}}", 2),
    "quotes within quotes": (
        '@misc{k, author = {Doe, Jane}, year = 2020, title = "On "robots", and "us""}',
        2,
    ),
}


@pytest.mark.parametrize("habit", LOST)
def test_a_habit_that_costs_an_entry_is_told(habit: str) -> None:
    text, line = LOST[habit]
    bibliography = read(text)
    assert {found.study.citekey for found in bibliography.references} == {"before", "after"}
    assert line in {problem.line for problem in bibliography.problems}
    assert all(2 <= problem.line <= 5 for problem in bibliography.problems)


@pytest.mark.parametrize(
    "key",
    ["DBLP:conf/a:b", "Müller:2020ß", "山田2020", "a_b+c", "10.1145/3442188", "smith&co", "2020"],
)
def test_a_key_as_tools_make_it_is_kept(key: str) -> None:
    bibliography = read(f"@misc{{{key}, {REST}}}")
    assert key in {found.study.citekey for found in bibliography.references}
    assert bibliography.problems == []


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("date = {2020-03/2021-04}", "2020-03"),
        ("date = {2020-03-05/}", "2020-03-05"),
        ("date = {/2020}", "2020"),
        ("date = {2020~}", "2020"),
        ("date = {2020-03-05T10:00:00Z}", "2020-03-05"),
        ("date = {2020-XX}", "2020"),
        ("date = {202X}", "2020"),
        ("year = {c. 2020}", "2020"),
        ("year = {[2020]}", "2020"),
        ("year = {March 2020}", "2020-03"),
        ("year = {2020/21}", "2020"),
        ("year = {(2020)}", "2020"),
        ("year = {2020.}", "2020"),
        ("year = 2020, month = mar", "2020-03"),
        ("year = 2020, month = {March}", "2020-03"),
        ("year = 2020, month = 3", "2020-03"),
        ('year = 2020, month = "5~" # mar', "2020-03-05"),
        ('year = 2020, month = mar # "/" # apr', "2020-03"),
        ("year = 2020, month = sept", "2020-09"),
        ("date = {2020-03-05}, year = 2020, month = mar", "2020-03-05"),
    ],
)
def test_a_date_however_it_is_written(written: str, date: str) -> None:
    rest = REST.replace("year = 2020", written)
    (found,) = (f for f in read(f"@misc{{k, {rest}}}").references if f.study.citekey == "k")
    assert found.study.publication_date == date


def test_a_date_before_our_era_is_told() -> None:
    rest = REST.replace("year = 2020", "date = {-0380}")
    bibliography = read(f"@book{{k, {rest}}}")
    (problem,) = bibliography.problems
    assert (problem.rule, problem.line) == ("year-out-of-range", 2)
    assert "The year -380 is not between" in problem.message
    (found,) = (f.study for f in bibliography.references if f.study.citekey == "k")
    assert (found.year, found.publication_date) == (-380, "-0380")
    assert found.reference == "Doe, Jane (-380). T. P."


TYPES = "online thesis report patent dataset software mvbook inreference periodical electronic www"
TYPES += " suppbook booklet manual unpublished movie artwork collection legal standard video"


@pytest.mark.parametrize("entry_type", TYPES.split())
def test_a_type_of_biblatex_is_read(entry_type: str) -> None:
    rest = REST.replace("year = 2020", "date = {2020-05-01}")
    (found,) = (f for f in read(f"@{entry_type}{{k, {rest}}}").references if f.study.citekey == "k")
    assert (found.study.entry_type, found.study.venue) == (entry_type, "P")


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        (r"10.5555/199\textless1::a\textgreater{}3", "10.5555/199<1::a>3"),
        ("10.5555/199&lt;1", "10.5555/199<1"),
        (r"10.5555/a$\_$b", "10.5555/a_b"),
        (r"10.5555/a{\textunderscore}b", "10.5555/a_b"),
    ],
)
def test_a_doi_however_its_characters_are_written(written: str, doi: str) -> None:
    bibliography = read(f"@misc{{k, {REST}, doi = {{{written}}}}}")
    (found,) = (f for f in bibliography.references if f.study.citekey == "k")
    assert found.study.doi == doi


def test_an_arxiv_identifier_in_a_field_of_mendeley() -> None:
    bibliography = read(f"@misc{{k, {REST}, arxivId = {{2103.00001}}}}")
    (found,) = (f for f in bibliography.references if f.study.citekey == "k")
    assert found.study.arxiv_id == "2103.00001"
