"""A reference in words: in short and in full."""

from typing import Any

import pytest

from marginal_risk.read.bibliography.citation import format_reference, short_citation
from marginal_risk.rows import Person, StudyValues

ADA = Person(name="Invented, Ada", family="Invented", given="Ada")
BO = Person(name="van Made-Up, Jr, Bo", family="Made-Up", given="Bo", particle="van", suffix="Jr")
BODY = Person(name="Institute of Nowhere", family="Institute of Nowhere", is_corporate=True)
EVE = Person(name="Pretend, Eve", family="Pretend", given="Eve")


def study(**facts: object) -> dict[str, Any]:
    return dict.fromkeys(StudyValues._fields) | {"title": "A Title", "year": 2023} | facts


@pytest.mark.parametrize(
    ("people", "has_more", "citation"),
    [
        ([ADA], False, "Invented (2023)"),
        ([BODY], False, "Institute of Nowhere (2023)"),
        ([ADA, BO], False, "Invented & van Made-Up (2023)"),
        ([ADA, BO, BODY], False, "Invented, van Made-Up & Institute of Nowhere (2023)"),
        ([ADA, BO, BODY, EVE], False, "Invented et al. (2023)"),
        ([BO], True, "van Made-Up et al. (2023)"),
        ([ADA, BO], True, "Invented et al. (2023)"),
    ],
)
def test_in_short(people: list[Person], has_more: bool, citation: str) -> None:
    assert short_citation(people, 2023, has_more) == citation


@pytest.mark.parametrize(
    ("facts", "reference"),
    [
        ({}, "Invented, Ada (2023). A Title."),
        ({"title": "Why?"}, "Invented, Ada (2023). Why?"),
        ({"title": "So."}, "Invented, Ada (2023). So."),
        (
            {
                "venue": "Annals",
                "volume": "7",
                "number": "2",
                "pages": "11–19",  # noqa: RUF001
                "doi": "10.5555/a",
                "url": "https://example.org",
            },
            "Invented, Ada (2023). A Title. Annals 7(2), 11–19. https://doi.org/10.5555/a",  # noqa: RUF001
        ),
        ({"venue": "Ann. Inv."}, "Invented, Ada (2023). A Title. Ann. Inv."),
        ({"venue": "Institute", "number": "5"}, "Invented, Ada (2023). A Title. Institute 5."),
        ({"pages": "7"}, "Invented, Ada (2023). A Title. 7."),
        (
            {"venue": "arXiv", "arxiv_id": "2301.00001"},
            "Invented, Ada (2023). A Title. arXiv:2301.00001",
        ),
        (
            {"url": "https://example.org"},
            "Invented, Ada (2023). A Title. https://example.org",
        ),
    ],
)
def test_in_full(facts: dict[str, str], reference: str) -> None:
    assert format_reference(study(**facts), [ADA], is_edited=False) == reference


def test_editors_are_said_to_be_editors() -> None:
    one = format_reference(study(), [ADA], is_edited=True)
    assert one == "Invented, Ada (ed.) (2023). A Title."
    two = format_reference(study(), [ADA, BO], is_edited=True)
    assert two == "Invented, Ada; van Made-Up, Jr, Bo (eds.) (2023). A Title."


def test_a_list_that_goes_on_says_so() -> None:
    more = format_reference(study(has_more_authors=True), [ADA, BO], is_edited=False)
    assert more == "Invented, Ada; van Made-Up, Jr, Bo; et al. (2023). A Title."
