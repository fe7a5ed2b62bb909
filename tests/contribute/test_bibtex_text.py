"""Text and names in BibTeX show exactly what the search results say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.contribute.search_results.bibtex_text import body, name, person, to_latex
from marginal_risk.read.bibliography.latex import decode, tidy
from marginal_risk.read.bibliography.names import read_names

# Characters that mean something to LaTeX or BibTeX come up often.
TEXT = st.text(
    st.one_of(st.sampled_from("\\{}$%&#_~^-'`?!@\"=,() a"), st.characters()), max_size=40
)


@given(TEXT)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert decode(to_latex(text)) == tidy(text.replace("\uffff", ""))


@given(TEXT)
def test_braces_are_balanced_for_bibtex_too_which_knows_no_back_slash(text: str) -> None:
    depth = 0
    for char in to_latex(text):
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=20))
def test_a_body_stays_whole(text: str) -> None:
    [author], _ = read_names(body(f"{text} and {text}"))
    assert author.is_corporate
    assert author.family == tidy(f"{text} and {text}")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Doe, Jane", ("Doe", "Jane", None, False)),
        ("Doe, Jane, Jr", ("Doe", "Jane", "Jr", False)),
        ("Doe, Jane, PhD (ed.)", ("Doe", "Jane PhD (ed.)", None, False)),
        ("J. Doe", ("Doe", "J.", None, False)),
        ("J.-P. van Doe", ("Doe", "J.-P. van", None, False)),
        ("Jane Doe", ("Doe", "Jane", None, False)),
        ("Institute of Nowhere", ("Institute of Nowhere", None, None, True)),
        ("Nowhere Watch Foundation", ("Nowhere Watch Foundation", None, None, True)),
        ("NowhereAI", ("NowhereAI", None, None, True)),
        ("Nowhere Institute,", ("Nowhere Institute", None, None, True)),
        ("Smith & Sons, Ann", ("Smith & Sons", "Ann", None, False)),
        ("Brown and Co, Ann", ("Brown and Co", "Ann", None, False)),
    ],
)
def test_names_that_databases_write(given: str, expected: tuple[object, ...]) -> None:
    [author], has_more = read_names(name(given))
    assert (author.family, author.given, author.suffix, author.is_corporate) == expected
    assert not has_more


def test_the_parts_of_a_person_are_kept() -> None:
    [author], _ = read_names(person("Fictive", "Cleo", "von", "III"))
    assert (author.particle, author.family, author.given, author.suffix) == (
        "von", "Fictive", "Cleo", "III",
    )  # fmt: skip
