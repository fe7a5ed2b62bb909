"""The people and bodies of an entry: where a list is split, and what each part of a name is."""

import re
from contextlib import suppress

import pytest
from bibtexparser.middlewares.names import split_multiple_persons_names
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.read.bibliography import names
from marginal_risk.read.bibliography.names import (
    BadNameError,
    find_doubtful_body,
    read_names,
    split_names,
)
from marginal_risk.rows import Person


def parts(text: str) -> tuple[str | None, ...]:
    """Return given names, particle, family name and suffix of the only author."""
    (author,), has_more = read_names(text)
    assert not has_more
    assert not author.is_corporate
    return author.given, author.particle, author.family, author.suffix


# The two tables of examples in Nicolas Markey, Tame the BeaST (2009), on the format of authors;
# braces are gone, because names are shown. One of its examples reads otherwise here: 'aa BB'.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AA BB", ("AA", None, "BB", None)),
        ("AA", (None, None, "AA", None)),
        ("AA bb", ("AA", None, "bb", None)),
        ("aa", (None, None, "aa", None)),
        ("AA bb CC", ("AA", "bb", "CC", None)),
        ("AA bb CC dd EE", ("AA", "bb CC dd", "EE", None)),
        ("AA 1B cc dd", ("AA 1B", "cc", "dd", None)),
        ("AA 1b cc dd", ("AA", "1b cc", "dd", None)),
        ("AA {b}B cc dd", ("AA bB", "cc", "dd", None)),
        ("AA {b}b cc dd", ("AA", "bb cc", "dd", None)),
        ("AA {B}b cc dd", ("AA", "Bb cc", "dd", None)),
        ("AA {B}B cc dd", ("AA BB", "cc", "dd", None)),
        ("AA {bb} cc DD", ("AA bb", "cc", "DD", None)),
        ("AA bb {cc} DD", ("AA", "bb", "cc DD", None)),
        ("AA {bb} CC", ("AA bb", None, "CC", None)),
        ("AA bb CC dd", ("AA", "bb", "CC dd", None)),
        ("AA bb cc DD 1 ee", ("AA", "bb cc", "DD 1 ee", None)),
        ("bb CC dd", (None, "bb", "CC dd", None)),
        ("AA bb CC, dd", ("dd", "AA bb", "CC", None)),
        ("AA bb {C D} {ee} ff", ("AA", "bb", "C D ee ff", None)),
        ("AA bb {C}c dd", ("AA", "bb Cc", "dd", None)),
        (r"AA bb {\'C}c dd", ("AA", "bb", "\u0106c dd", None)),
        (r"AA bb \'c dd", ("AA", "bb \u0107", "dd", None)),
        ("bb CC, AA", ("AA", "bb", "CC", None)),
        ("bb, AA", ("AA", None, "bb", None)),
        ("bb CC dd EE, AA", ("AA", "bb CC dd", "EE", None)),
        ("bb CC, jr, AA", ("AA", "bb", "CC", "jr")),
        ("BB CC dd EE, AA", ("AA", "BB CC dd", "EE", None)),
    ],
)
def test_names_split_as_bibtex_does(text: str, expected: tuple[str | None, ...]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ó hÉigeartaigh, S.", ("S.", None, "Ó hÉigeartaigh", None)),
        (r"{\'O} h{\'E}igeartaigh, S.", ("S.", None, "Ó hÉigeartaigh", None)),
        ("Del Castello, B.", ("B.", None, "Del Castello", None)),
        ("McKelvey, Jr, T. Greg", ("T. Greg", None, "McKelvey", "Jr")),
        ("King, Jr., Martin Luther", ("Martin Luther", None, "King", "Jr.")),
        ("King, Martin Luther, Jr.", ("Martin Luther", None, "King", "Jr.")),
        ("Ford, III, Henry", ("Henry", None, "Ford", "III")),
        ("Rocha, {da Silva}, Ana", None),
        ("van der Berg, Jan", ("Jan", "van der", "Berg", None)),
        ("Ludwig van Beethoven", ("Ludwig", "van", "Beethoven", None)),
        ("Jean de La Fontaine", ("Jean", "de", "La Fontaine", None)),
        ("van Gogh", (None, "van", "Gogh", None)),
        ("danah boyd", ("danah", None, "boyd", None)),
        (r"{\'E}mile Zola", ("Émile", None, "Zola", None)),
        (r"{\relax Ch}arles Dickens", ("Charles", None, "Dickens", None)),
        (r"G{\"o}del, Kurt", ("Kurt", None, "Gödel", None)),
        ("Naragam", (None, None, "Naragam", None)),
        ("Helm{-}Burger, Nathan", ("Nathan", None, "Helm-Burger", None)),
        ("Donald~E. Knuth", ("Donald E.", None, "Knuth", None)),
        ("{Del Castello}, B.", ("B.", None, "Del Castello", None)),
        ("OpenAI {Red Team}", ("OpenAI", None, "Red Team", None)),
        ("山田, 太郎", ("太郎", None, "山田", None)),
        ("محمد بن سلمان", ("محمد بن", None, "سلمان", None)),
        ("بن سلمان, محمد", ("محمد", None, "بن سلمان", None)),
        ("<b>X</b>, Y", ("Y", None, "<b>X</b>", None)),
        # biblatex manual, section 3.4.
        ("Given=Simon, Prefix=de, family=Beumont", ("Simon", "de", "Beumont", None)),
        ("family={Doe}, given={Jane, Q.}, suffix={Jr}, given-i=J", ("Jane, Q.", None, "Doe", "Jr")),
        ("{given={Jane}, family={Roe}, prefix={van der}}", ("Jane", "van der", "Roe", None)),
        ("{family=Roe, prefix=van, given=J., suffix=Jr.}", ("J.", "van", "Roe", "Jr.")),
        ("Doe, Jr. III, Jane", ("Jane", None, "Doe", "Jr. III")),
        # The suffix behind the whole name, as it is spoken.
        ("Jane Doe, Jr.", ("Jane", None, "Doe", "Jr.")),
        (r"{\'E}va van der Roe, III", ("\u00c9va", "van der", "Roe", "III")),
        ("Jane {De Roe}, Jr.", ("Jr.", None, "Jane De Roe", None)),
        ("Doe, Jr.", ("Jr.", None, "Doe", None)),
        ("Doe Roe, J. R.", ("J. R.", None, "Doe Roe", None)),
        ("Doe Roe, I.", ("I.", None, "Doe Roe", None)),
        ("Doe Roe, JR", ("JR", None, "Doe Roe", None)),
        ("Doe J., Jr.", ("Jr.", None, "Doe J.", None)),
    ],
)
def test_real_names(text: str, expected: tuple[str | None, ...] | None) -> None:
    if expected is None:
        with pytest.raises(BadNameError, match="no suffix"):
            read_names(text)
    else:
        assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{Internet Watch Foundation}", "Internet Watch Foundation"),
        ("{{World Health Organization}}", "World Health Organization"),
        ("{Simon and Schuster}", "Simon and Schuster"),
        ("{Research {\\&} Development, Inc.}", "Research & Development, Inc."),
        (r"{\"Osterreichische Akademie}", "Österreichische Akademie"),
        ("{OpenAI}", "OpenAI"),
        ("family={Robert and Sons}", "Robert and Sons"),
        ("{family={Robert and Sons}}", "Robert and Sons"),
        ("{E=mc, Inc.}", "E=mc, Inc."),
        ("{given=Jane}", "given=Jane"),
    ],
)
def test_a_name_in_braces_is_a_body(text: str, name: str) -> None:
    assert read_names(text) == ((Person(name=name, family=name, is_corporate=True),), False)


@pytest.mark.parametrize(
    ("text", "names", "has_more"),
    [
        ("{Doe, Ann and Roe, Bob}", ["Doe, Ann", "Roe, Bob"], False),
        ("{{Doe, Ann and van der Roe, Bob}}", ["Doe, Ann", "van der Roe, Bob"], False),
        ("{A. Doe and B.-C. Roe}", ["Doe, A.", "Roe, B.-C."], False),
        ("{Ann B. Doe and Roe, Bob and C. Poe}", ["Doe, Ann B.", "Roe, Bob", "Poe, C."], False),
        ("{Ann Doe and Bob Roe and others}", ["Doe, Ann", "Roe, Bob"], True),
        ("{Doe, Ann and Roe, Bob} and {OpenAI}", ["Doe, Ann", "Roe, Bob", "OpenAI"], False),
    ],
)
def test_a_list_of_people_in_braces_is_a_list(text: str, names: list[str], has_more: bool) -> None:
    authors, more = read_names(text)
    assert ([author.name for author in authors], more) == (names, has_more)


@pytest.mark.parametrize(
    ("text", "is_doubtful"),
    [
        ("{Ann Doe and Bob Roe}", True),
        ("{{Ann Doe and Bob Roe and Ludwig van Poe}}", True),
        ("{World Health and Safety Office}", True),
        ("{World Health {and} Safety Office}", False),
        ("{Simon and Schuster}", False),
        ("{Food and Drug Administration}", False),
        ("{U.S. Department of Health and Human Services}", False),
        ("{J. P. Morgan and Chase}", False),
        ("{OpenAI}", False),
        ("Ann Doe and Bob Roe", False),
    ],
)
def test_a_body_that_may_be_a_list_stays_a_body_and_is_doubted(
    text: str, is_doubtful: bool
) -> None:
    assert (find_doubtful_body(text) == text) == is_doubtful
    if text.startswith("{"):
        (author,), _ = read_names(text)
        assert author.is_corporate


def test_the_sorting_name_starts_with_the_particle() -> None:
    (author,), _ = read_names("de la Cruz, Jr, Ana Maria")
    assert author.name == "de la Cruz, Jr, Ana Maria"


@pytest.mark.parametrize(
    ("text", "names", "has_more"),
    [
        ("A, B and C, D", ["A, B", "C, D"], False),
        ("A, B\n  AND\tC, D", ["A, B", "C, D"], False),
        ("A, B and others", ["A, B"], True),
        ("A, B and Others", ["A, B"], True),
        ("others", [], True),
        ("A, B and ten others", ["A, B"], True),
        ("A, B and 12 others", ["A, B"], True),
        ("A, B and Ten Others", ["A, B", "Others, Ten"], False),
        ("{A and B} and C. Andrews", ["A and B", "Andrews, C."], False),
        ("", [], False),
        (" \n ", [], False),
    ],
)
def test_lists(text: str, names: list[str], has_more: bool) -> None:
    authors, more = read_names(text)
    assert ([author.name for author in authors], more) == (names, has_more)


@pytest.mark.parametrize(
    ("text", "names", "has_more"),
    [
        ("Smith, J. et al.", ["Smith, J."], True),
        ("A. Smith, et~al", ["Smith, A."], True),
        ("Smith, J. and Doe, J. and et al.", ["Smith, J.", "Doe, J."], True),
        ("Smith, J. and Et. Al.,", ["Smith, J."], True),
        ("Smith,", ["Smith"], False),
        ("A. Smith, and B. Doe;", ["Smith, A.", "Doe, B."], False),
        ("Smith, J.; and Doe, J.;", ["Smith, J.", "Doe, J."], False),
        ("Alet Al", ["Al, Alet"], False),
    ],
)
def test_what_stands_behind_a_name_is_no_part_of_it(
    text: str, names: list[str], has_more: bool
) -> None:
    authors, more = read_names(text)
    assert ([author.name for author in authors], more) == (names, has_more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"Smith, Jr.\hbox{}, Ann", ("Ann", None, "Smith", "Jr.")),
        ("Nadie, J\u00fanior, Ana", ("Ana", None, "Nadie", "J\u00fanior")),
        ("title=Dr, given=Ann, family=Smith", ("Ann", None, "Smith", None)),
        (r"AB\&C", (None, None, "AB&C", None)),
        ("O&apos;Malley, M&uuml;", ("Mü", None, "O'Malley", None)),
    ],
)
def test_rarer_forms_of_one_name(text: str, expected: tuple[str | None, ...]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{Smith, J.", "'{Smith, J.': Unterminated opening brace"),
        ("Smith}, J.", "'Smith}, J.': Unmatched closing brace"),
        ("Smith, J.,", "'Smith, J.,': Trailing comma at end of name"),
        ("A. Smith, B. Doe,", "Trailing comma at end of name"),
        (", John", "', John': it has no family name"),
        ("Smith, J., Doe, J., Roe, R.", "Too many commas"),
        ("Smith, J., Doe", "'J.' between its commas is no suffix like 'Jr'"),
        ("King, Martin, Luther", "'Martin' between its commas is no suffix like 'Jr'"),
        ("Smith, J.; Doe, J.", "not by ';'"),
        ("Smith, J. & Doe, J.", "not by '&'"),
        ("Smith \\& Sons", "a body stands in braces"),
        ("A and and B", "'and B': a name is missing beside an 'and'"),
        ("Smith, J. and", "'Smith, J. and': a name is missing beside an 'and'"),
        ("et al. Smith, J.", "a list goes on with 'and others'"),
        ("{}", "'{}': nothing of it would be shown"),
        ("given=Jane", "'given=Jane': it has no family name"),
        (r"\frobnicate, J.", "its LaTeX cannot be read (\\frobnicate is not a command"),
        (r"AA bb \no dd", "its LaTeX cannot be read"),
    ],
)
def test_a_bad_name_is_said(text: str, reason: str) -> None:
    with pytest.raises(BadNameError) as caught:
        read_names(text)
    assert reason in str(caught.value)


def test_a_long_bad_name_is_not_repeated_in_full() -> None:
    with pytest.raises(BadNameError) as caught:
        read_names("a" * 10_000 + ", b,")
    assert len(str(caught.value)) < 120


UPPER = st.sampled_from(["Smith", "Ó", "Müller-Lüdenscheidt", "O'Brien", "Nguyễn", "Łuczak", "X."])
LOWER = st.sampled_from(["van", "der", "de", "la", "von", "d'"])
NAMES = st.builds(
    lambda particle, family, suffix, given: {
        "particle": " ".join(particle) or None,
        "family": " ".join(family),
        "suffix": suffix,
        "given": " ".join(given) or None,
    },
    st.lists(LOWER, max_size=2),
    st.lists(UPPER, min_size=1, max_size=2),
    st.sampled_from([None, "Jr", "III"]),
    st.lists(UPPER, min_size=1, max_size=3),
)


@given(st.lists(NAMES, max_size=6), st.booleans())
def test_written_names_read_back_the_same(people: list[dict[str, str]], has_more: bool) -> None:
    written = [
        ", ".join(
            filter(
                None,
                (
                    " ".join(filter(None, (person["particle"], person["family"]))),
                    person["suffix"],
                    person["given"],
                ),
            )
        )
        for person in people
    ]
    authors, more = read_names(" and ".join(written + ["others"] * has_more))
    assert more == has_more
    assert [author.name for author in authors] == written
    assert [{key: getattr(a, key) for key in p} for a, p in zip(authors, people, strict=True)] == (
        people
    )


@given(st.text(alphabet="aB,;&{}\\\"'=~ éand\n"))
def test_any_text_is_read_or_refused(text: str) -> None:
    find_doubtful_body(text)
    with suppress(BadNameError):
        authors, _ = read_names(text)
        assert all(author.name and author.family for author in authors)


@given(
    st.lists(
        st.sampled_from(
            ["Ada", "and", "AND", "And", "{a and {b}}", "{and}", "x", "sand", ",", ";and"]
        )
    ).map(" ".join)
)
def test_lists_without_commands_are_split_as_the_library_does(text: str) -> None:
    assert list(split_names(text)) == split_multiple_persons_names(text)


def test_a_command_at_the_beginning_of_a_name_is_kept() -> None:
    people, _ = read_names("Ada Doe and \\O{}sten Berg and \\'Eva Roe")
    assert [person.name for person in people] == ["Doe, Ada", "Berg, Østen", "Roe, Éva"]


@pytest.mark.parametrize("n", ["\\~n", "\\~{n}", "{\\~n}", "{\\~{n}}", "{ \\~{ n } }", "ñ"])
def test_an_accent_splits_no_name(n: str) -> None:
    """The library takes a ~ for a space, whatever stands before it."""
    assert parts(f"Mu{n}oz-Perez, Ge{n}a") == ("Geña", None, "Muñoz-Perez", None)
    assert parts(f"Ge{n}a Mu{n}oz") == ("Geña", None, "Muñoz", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ali {\\c{S}}aman Tosun", ("Ali Şaman", None, "Tosun", None)),
        ("{\\'{E}}va {\\c C}elik", ("Éva", None, "Çelik", None)),
        ("\\'{E}va de {\\~N}ata", ("Éva", "de", "Ñata", None)),
        ("Ji\\v r\\'\\i{} Matou\\v{s}ek", ("Jiří", None, "Matoušek", None)),
        ("Ne\\~{s}et\\~{r}il, Jaroslav", ("Jaroslav", None, "Nes\u0303etr\u0303il", None)),
        ("Christina A. L.\\ Thiele", ("Christina A. L.", None, "Thiele", None)),
    ],
)
def test_letters_with_accents_are_letters(text: str, expected: tuple[str | None, ...]) -> None:
    assert parts(text) == expected


PIECES = (
    *("Ada", "Bo", "O'Neil", "J.", "J.-P.", "McCoy", "Jr", "III", "van", "de la", "and", "And"),
    *("AND", "others", "Others", "et al", "Et Al.", ",", ", ", " ", "  ", "\n", ";", "&", "~"),
    *("É", "é", "E\u0301", "Ö", "李", "{", "}", "{The Body}", "\\'e", "--", "''", "-", "'", "."),
    *("=", " and ", " and\n", "family=Doe", "42", "_", '"'),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_plain_names_are_read_like_any_other(text: str) -> None:
    """What is read without a closer look is what the closer look finds."""

    def read() -> object:
        try:
            return read_names(text)
        except BadNameError as error:
            return str(error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "_PLAIN_NAMES", re.compile("(?!)"))
        expected = read()
    assert read() == expected
