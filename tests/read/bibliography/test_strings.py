"""The values of @strings and fields: pieces joined by #, and names that are not defined."""

import pytest

from marginal_risk.read.bibliography.strings import BadValueError, Strings


@pytest.fixture
def strings() -> Strings:
    known = Strings()
    known.define("Journal", "{Journal of }")
    known.define("jx", 'journal # "X"')
    return known


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (" {a}\n", "a"),
        ('"a"', "a"),
        ("{}", ""),
        ("2023", "2023"),
        ("{a {nested} b}", "a {nested} b"),
        ('"say {"}hello{"}"', 'say {"}hello{"}'),
        ('{a "quoted" b}', 'a "quoted" b'),
        (r"{\{}", r"\{"),
        (r'"M\"uller"', r"M\"uller"),
        ("jx", "Journal of X"),
        ("JX", "Journal of X"),
        ('journal # {Y} # ", no. " # 5', "Journal of Y, no. 5"),
        ("{a}#{b}", "ab"),
        ("{a} #\n  {b}", "ab"),
        ("jan", "January"),
        ('"5 " # MAR', "5 March"),
    ],
)
def test_values(strings: Strings, expression: str, value: str) -> None:
    assert strings.resolve(expression) == value


def test_a_month_may_be_named_without_quotes(strings: Strings) -> None:
    assert strings.resolve("september", is_month=True) == "september"
    with pytest.raises(BadValueError, match="No @string defines 'september'"):
        strings.resolve("september")


@pytest.mark.parametrize(
    ("expression", "rule", "said"),
    [
        ("nature", "unresolved-string", "No @string defines 'nature'."),
        ("jx # nature", "unresolved-string", "No @string defines 'nature'."),
        ("", "unreadable-entry", "A value is missing."),
        ("{a} #", "unreadable-entry", "A value is missing."),
        ("# {a}", "unreadable-entry", "'# {a}' is not a value."),
        ("{a", "unreadable-entry", "The value is not closed."),
        ('"a', "unreadable-entry", "The value is not closed."),
        ('"a { b"', "unreadable-entry", "The value is not closed."),
        ("{a} {b}", "unreadable-entry", "After a value stands '{b}'."),
        ("{a}\n year = 2023", "unreadable-entry", "After a value stands 'year = 2023'."),
        ("5--10", "unreadable-entry", "After a value stands '--10'."),
        ("2023a", "unreadable-entry", "After a value stands 'a'."),
        ("two words", "unresolved-string", "No @string defines 'two'."),
    ],
)
def test_what_is_no_value(strings: Strings, expression: str, rule: str, said: str) -> None:
    with pytest.raises(BadValueError) as caught:
        strings.resolve(expression)
    assert (str(caught.value), caught.value.rule) == (said, rule)
    assert caught.value.hint


def test_the_hint_names_the_nearest_string(strings: Strings) -> None:
    with pytest.raises(BadValueError) as caught:
        strings.resolve("journals")
    assert caught.value.hint == "Did you mean 'journal'?"


def test_a_string_that_cannot_be_read_has_no_value(strings: Strings) -> None:
    with pytest.raises(BadValueError, match="No @string defines 'later'"):
        strings.define("Broken", "later # {x}")
    with pytest.raises(BadValueError, match="The @string 'broken' has no value"):
        strings.resolve("broken")


def test_a_string_that_names_itself_has_no_value(strings: Strings) -> None:
    with pytest.raises(BadValueError, match="The @string 'me' has no value"):
        strings.define("me", "me # {x}")


def test_strings_that_double_end_in_an_error_and_leave_others_alone(strings: Strings) -> None:
    def double() -> None:
        for number in range(1, 41):
            strings.define(f"s{number}", f"s{number - 1} # s{number - 1}")

    strings.define("s0", "{ab}")
    with pytest.raises(BadValueError, match="grow beyond 10000000 characters"):
        double()
    assert strings.resolve("{a}") == "a"


def test_a_long_chain_of_strings_has_the_value_of_the_first(strings: Strings) -> None:
    strings.define("s0", "{ab}")
    for number in range(1, 3000):
        strings.define(f"s{number}", f"s{number - 1}")
    assert strings.resolve("s2999") == "ab"


@pytest.mark.parametrize("part", ["1#", "{a}#", "jan#", "#", "{", '"', '{"'])
def test_many_pieces_are_read_or_refused(strings: Strings, part: str) -> None:
    for expression in (part * 50_000, part * 50_000 + "1"):
        try:
            assert strings.resolve(expression)
        except BadValueError as error:
            assert len(error.args[0]) < 100  # noqa: PT017
