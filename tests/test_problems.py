"""A problem in words, and what it suggests in place of a word that nobody knows."""

import pytest

from marginal_risk.problems import Place, Problem, did_you_mean

VECTORS = ["biosecurity", "csam", "spear_phishing"]


def test_a_problem_is_said_in_one_line() -> None:
    problem = Problem(
        path="data/studies.csv",
        line=41,
        field="misuse_vector",
        rule="unknown-vector",
        message="'biosec' is not a vector in the codebook.",
        hint="Did you mean 'biosecurity'?",
    )
    assert str(problem) == (
        "data/studies.csv:41: misuse_vector: 'biosec' is not a vector in the codebook. "
        "Did you mean 'biosecurity'? [unknown-vector]"
    )


def test_a_problem_without_a_hint_has_no_gap_before_its_rule() -> None:
    problem = Place("a.csv", 1).problem("row", "bad-csv", "It ends early.")
    assert str(problem) == "a.csv:1: row: It ends early. [bad-csv]"


@pytest.mark.parametrize(
    ("field", "shown"),
    [("a\nb", "a\\nb"), ("a\x1b[31m", "a\\x1b[31m"), ("a\u202eb", "a\\u202eb"), ("é", "é")],
)
def test_what_does_not_print_is_escaped(field: str, shown: str) -> None:
    assert (
        str(Place("a.csv", 1).problem(field, "bad-csv", "No."))
        == f"a.csv:1: {shown}: No. [bad-csv]"
    )


def test_the_bytes_of_a_file_name_that_is_no_text_can_be_printed() -> None:
    path = b"caf\xe9.bib".decode("utf-8", "surrogateescape")
    said = str(Place(path, 1).problem("file", "not-utf8", "No."))
    assert said.encode("utf-8") == b"caf\\udce9.bib:1: file: No. [not-utf8]"


def test_problems_sort_by_file_then_by_line_as_a_number() -> None:
    places = [Place("b.csv", 1), Place("a.csv", 10), Place("a.csv", 9)]
    problems = [place.problem("row", "bad-csv", "No.") for place in places]
    assert [(p.path, p.line) for p in sorted(problems)] == [
        ("a.csv", 9),
        ("a.csv", 10),
        ("b.csv", 1),
    ]


def test_a_place_is_said_as_an_editor_opens_it() -> None:
    assert str(Place("data/studies.csv", 7)) == "data/studies.csv:7"


@pytest.mark.parametrize(
    "word", ["biosecurty", "biosec", "Biosecurity", "BIOSEC", "bio security", "biosecurity "]
)
def test_the_nearest_word_is_suggested(word: str) -> None:
    assert did_you_mean(word, VECTORS) == "Did you mean 'biosecurity'?"


def test_capitals_and_hyphens_do_not_hide_the_nearest_word() -> None:
    assert did_you_mean("Spear-Phishing", VECTORS) == "Did you mean 'spear_phishing'?"
    assert did_you_mean("CSAM", VECTORS) == "Did you mean 'csam'?"


def test_a_short_list_is_named_where_nothing_is_near() -> None:
    assert did_you_mean("zzz", VECTORS) == "Use one of: biosecurity, csam, spear_phishing."
    assert did_you_mean("", VECTORS) == "Use one of: biosecurity, csam, spear_phishing."


def test_a_list_of_one_to_ten_words_is_named() -> None:
    assert did_you_mean("zzz", ["csam"]) == "Use one of: csam."
    assert did_you_mean("zzz", [f"word{n}" for n in range(10)]).startswith("Use one of: word0, ")


def test_a_long_list_is_not_named() -> None:
    assert did_you_mean("zzz", [f"word{n}" for n in range(11)]) == ""
    assert did_you_mean("zzz", []) == ""


def test_another_hint_can_stand_where_nothing_is_near() -> None:
    assert did_you_mean("zzz", VECTORS, "Add it.") == "Add it."
    assert did_you_mean("csm", VECTORS, "Add it.") == "Did you mean 'csam'?"


@pytest.mark.parametrize("word", ["seger2032", "sege2023", "segger2023", "esger2023", "SEGER2023"])
def test_among_many_words_one_slip_is_still_mended(word: str) -> None:
    many = {f"word{n}" for n in range(1000)} | {"seger2023"}
    assert did_you_mean(word, many) == "Did you mean 'seger2023'?"
    assert did_you_mean("nothing like it", many) == ""
    assert did_you_mean("a" * 10_000, many) == ""


def test_many_unknown_words_are_compared_with_many_known_ones_without_hanging() -> None:
    many = frozenset(f"key{n}" for n in range(100_000))
    assert {did_you_mean(f"missing{n}", many) for n in range(2000)} == {""}
