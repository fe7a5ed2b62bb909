"""Near titles: what is one work under two titles, and what is a series."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.check.duplicates import find_near_duplicates
from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.bibliography.same_work import KnownWorks
from marginal_risk.rows import Reference

TODAY = date(2026, 1, 1)
PERSON = "Doe, Ada and Roe, Bob"


def read(*entries: tuple[str, str, int]) -> tuple[Reference, ...]:
    """Return references with (authors, title, year), and keys a, b, c."""
    text = "\n".join(
        f"@misc{{{key}, author = {{{authors}}}, title = {{{title}}}, year = {year}, url = "
        f"{{https://example.org/{key}}}}}"
        for key, (authors, title, year) in zip("abcdef", entries, strict=False)
    )
    references = read_references([BibFile("a.bib", text)], TODAY).references
    assert len(references) == len(entries)
    return references


def near(*entries: tuple[str, str, int]) -> list[str]:
    return [problem.message.partition(": ")[2] for problem in find_near_duplicates(read(*entries))]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Forged letters in a quiet town", "Forged leters in a quiet town", "slip"),
        ("Forged letters in a quiet town", "Fogred letters in a qiuet town", "slip"),
        ("Deep fakes of forged letters", "Deepfakes of forged letters", "slip"),
        ("Forged letters in a quiet town", "Forged letters in a quiet town v2", "say the same"),
        ("Forged letters in a quiet town", "Forged Letters in a Quiet Town", "say the same"),
        ("Forged letters in town (preprint)", "Forged letters in town", "say the same"),
        ("``Forged'' letters -- in town?", "“Forged” letters: in town", "say the same"),
        (
            "Machines' letters aren't forged",
            "Machines\u2019 letters aren\u2019t forged",
            "say the same",
        ),
        ("Quiet Forgers: A Town Survey", "Quiet Forgers", "subtitle"),
        (
            "Letters, Lies and Small Towns: A Survey",
            "Letters, Lies and Small Towns: What We Saw",
            "subtitle",
        ),
        ("Position: Forged letters in a quiet town", "Forged letters in a quiet town", "more"),
    ],
)
def test_one_work_under_two_titles_and_years(one: str, other: str, reason: str) -> None:
    found = near((PERSON, one, 2022), (PERSON, other, 2023))
    assert len(found) == 1
    assert reason in found[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Forged letters in a quiet town, Part I", "Forged letters in a quiet town, Part II"),
        ("Forged letters in a quiet town, part a", "Forged letters in a quiet town, part b"),
        ("The state of forged letters 2023", "The state of forged letters 2024"),
        ("Forging letters with Quill-3", "Forging letters with Quill-4"),
        ("Agents can forge one-day letters", "Agents can forge zero-day letters"),
        ("Forged letters in Iran", "Forged letters in Iraq"),
        ("Letters of offense in towns", "Letters of defense in towns"),
        ("Forged letters in a quiet town", "Reply to: Forged letters in a quiet town"),
        ("Forged letters in a quiet town", "Correction: Forged letters in a quiet town"),
        ("Annual letter of the town council", "Annual letter of the town council"),
        ("Editorial", "Editorial"),
        ("Letters: A Survey", "Letters: An Attack"),
        ("Forged letters are a danger", "Forged letters are no danger"),
    ],
)
def test_works_of_a_series_are_not_one(one: str, other: str) -> None:
    assert near((PERSON, one, 2022), (PERSON, other, 2023)) == []


def test_reports_of_a_body_under_one_title_are_a_series_where_their_years_differ() -> None:
    title = "Forged letters and what we know"
    body, person = "{Town Council}", "Doe, Ada"
    assert near((body, title, 2022), (body, title, 2023)) == []
    assert len(near((person, title, 2022), (person, title, 2023))) == 1


def test_short_titles_of_other_authors_are_other_works() -> None:
    assert (
        near(("Doe, Ada", "On forged letters", 2022), ("Poe, Eve", "On forged letters", 2023)) == []
    )
    long = "Forged letters in quiet towns along the northern coast"
    assert len(near(("Doe, Ada", long, 2022), ("{Poe Eve}", long, 2022 + 1))) == 0
    assert len(near(("Doe, Ada", long, 2022), ("Poe, Eve", long, 2023))) == 1


def test_versions_of_one_work_are_not_reported() -> None:
    one, other = "Forged letters in a quiet town", "Forged letters in a quiet town v2"
    entries = (
        f"@misc{{a, author = {{{PERSON}}}, title = {{{one}}}, year = 2022}}"
        f"@misc{{b, author = {{{PERSON}}}, title = {{{other}}}, year = 2023, version_of = {{a}}}}"
    )
    references = read_references([BibFile("a.bib", entries)], TODAY).references
    assert list(find_near_duplicates(references)) == []


def test_a_pair_is_found_among_many_of_one_author_and_of_one_beginning() -> None:
    many = "\n".join(
        f"@misc{{k{number}, author = {{Wang, A}}, year = 2020,"
        f" title = {{Forged letters by {word} writers of {word[::-1]} words}}}}"
        for number, word in enumerate(f"{a}{b}{a}{b}" for a in "abcdefghij" for b in "klmnopqrst")
    )
    pair = (
        "@misc{x, author = {Wang, A}, title = {Forged letters by careful clerks}, year = 2020}"
        "@misc{y, author = {Wang, A}, title = {Forged letters by carefull clerks}, year = 2021}"
    )
    references = read_references([BibFile("a.bib", many + pair)], TODAY).references
    assert len(references) == 102
    found = list(find_near_duplicates(references))
    assert [problem.message[:34] for problem in found] == ["'y' may be the same work as 'x', a"]


def test_a_known_work_is_found_by_identifier_then_title_then_nearness() -> None:
    bib = """
        @misc{d, author = {Doe, A}, title = {Forged letters one and all}, year = 2020, doi = {10.5555/D}}
        @misc{e, author = {Doe, A}, title = {Stamps and seals of towns}, year = 2021, eprint = {2101.00001}}
    """  # noqa: E501
    known = KnownWorks(read_references([BibFile("a.bib", bib)], TODAY).references)

    def ask(fields: str) -> tuple[str, str, bool] | None:
        entry = f"@misc{{new, author = {{Doe, A}}, {fields}}}"
        match = known.find(read_references([BibFile("b.bib", entry)], TODAY).references[0])
        return match and (match.reference.study.citekey, match.reason, match.is_certain)

    assert ask("title = {Other}, year = 2020, doi = {https://doi.org/10.5555/d}") == (
        "d", "its DOI", True,
    )  # fmt: skip
    assert ask("title = {Other}, year = 2020, url = {https://arxiv.org/abs/2101.00001v3}") == (
        "e", "its arXiv identifier", True,
    )  # fmt: skip
    assert ask("title = {Stamps and Seals of Towns}, year = 2021") == (
        "e", "its title and year", True,
    )  # fmt: skip
    assert ask("title = {Stamps and Seals of Towns}, year = 2023") == (
        "e", "a near title (the titles say the same)", False,
    )  # fmt: skip
    assert ask("title = {Stamps and seals of villages}, year = 2021") is None


@given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
def test_asking_one_by_one_finds_nothing_that_a_title_lacks(titles: list[str]) -> None:
    entries = [
        (PERSON, "".join(char for char in title if char.isalnum() or char == " "), 2020)
        for title in titles[:6]
    ]
    entries = [entry for entry in entries if entry[1].strip()]
    if not entries:
        return
    references = read(*entries)
    known = KnownWorks()
    for reference in references:
        known.add(reference)
        match = known.find(reference)
        assert match is not None
        assert match.is_certain
    assert KnownWorks(references).find(references[0]) is not None
