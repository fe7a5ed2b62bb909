"""Which works are one and the same, and which have the same title."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

from marginal_risk.check.corpus import read_corpus
from marginal_risk.check.duplicates import find_duplicate_works, find_same_titles
from marginal_risk.read.bibliography import BibFile, read_references

TODAY = date(2026, 1, 1)


def find(*entries: str) -> tuple[list[str], list[str]]:
    """Return what both rules say of some entries: their fields, after a key and an author."""
    text = "\n".join(
        f"@misc{{{key}, author = {{A, B}}, {fields}}}"
        for key, fields in zip("abcdef", entries, strict=False)
    )
    references = read_references([BibFile("a.bib", text)], TODAY).references
    assert len(references) == len(entries)
    return (
        [str(problem) for problem in find_duplicate_works(references)],
        [str(problem) for problem in find_same_titles(references)],
    )


def same_work(place: int, field: str, one: str, other: str, line: int) -> str:
    return (
        f"a.bib:{place}: {field}: '{one}' looks like the same work as '{other}', at a.bib:{line}. "
        f"Keep that one, or add 'version_of = {{{other}}}' if this is another version of it. "
        "[duplicate-work]"
    )


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        ("doi = {10.5555/X}", "url = {https://doi.org/10.5555/x}", "doi"),
        ("eprint = {2301.00001}", "note = {arXiv:2301.00001v2}", "eprint"),
        ("doi = {10.48550/arXiv.2301.00001}", "url = {https://arxiv.org/abs/2301.00001}", "eprint"),
    ],
)
def test_one_identifier_is_one_work(one: str, other: str, field: str) -> None:
    first, second = f"title = {{T}}, year = 2020, {one}", f"title = {{U}}, year = 2021, {other}"
    assert find(first, second) == ([same_work(2, field, "b", "a", 1)], [])


def test_one_title_and_year_is_one_work() -> None:
    first = "title = {{AI}-Generated R{\\'e}sum{\\'e}s}, year = 2020"
    second = "title = {AI generated resumes}, date = {2020-05-01}, url = {https://example.org}"
    third = "title = {AI generated resumes}, year = 2021"
    assert find(first, second, third) == ([same_work(2, "title", "b", "a", 1)], [])


def test_a_pair_is_reported_once() -> None:
    same = "title = {T}, year = 2020, doi = {10.5555/x}, eprint = {2301.00001}"
    assert find(same, same) == ([same_work(2, "doi", "b", "a", 1)], [])


def test_a_work_like_two_others_is_reported_with_both() -> None:
    works, titles = find(
        "title = {T}, year = 2020, doi = {10.5555/x}",
        "title = {U}, year = 2020, eprint = {2301.00001}",
        "title = {V}, year = 2020, doi = {10.5555/x}, eprint = {2301.00001}",
    )
    assert works == [same_work(3, "doi", "c", "a", 1), same_work(3, "eprint", "c", "b", 2)]
    assert titles == []


def test_one_title_with_two_identifiers_is_only_a_warning() -> None:
    works, titles = find(
        "title = {T}, year = 2020, doi = {10.5555/x}",
        "title = {T}, year = 2020, doi = {10.5555/y}",
    )
    assert works == []
    assert titles == [
        "a.bib:2: title: 'b' has the title and year of 'a', at a.bib:1, and another identifier or "
        "first author. "
        "If they are versions of one work, add 'version_of = {a}' to this entry. [same-title]"
    ]


def test_identifiers_of_two_kinds_tell_nothing_apart() -> None:
    works, titles = find(
        "title = {T}, year = 2020, doi = {10.5555/x}",
        "title = {T}, year = 2020, eprint = {2301.00001}",
    )
    assert (works, titles) == ([same_work(2, "title", "b", "a", 1)], [])


def test_titles_without_letters_are_not_compared() -> None:
    assert find("title = {?!}, year = 2020", "title = {...}, year = 2020") == ([], [])


SAME = "title = {T}, year = 2020, doi = {10.5555/x}"
LIKE = "title = {T}, year = 2020, doi = {10.5555/y}"


@pytest.mark.parametrize("other", [SAME, LIKE])
def test_a_version_is_no_duplicate_of_its_work(other: str) -> None:
    assert find(SAME, f"{other}, version_of = {{a}}") == ([], [])
    assert find(f"{SAME}, version_of = {{b}}", other) == ([], [])


@pytest.mark.parametrize("other", [SAME, LIKE])
def test_two_versions_of_one_work_are_no_duplicates(other: str) -> None:
    work = "title = {W}, year = 2021"
    assert find(work, f"{SAME}, version_of = {{a}}", f"{other}, version_of = {{a}}") == ([], [])


def test_a_version_of_another_work_is_a_duplicate_all_the_same() -> None:
    works, _ = find("title = {W}, year = 2021", SAME, f"{SAME}, version_of = {{a}}")
    assert works == [same_work(3, "doi", "c", "b", 2)]


def test_the_hint_names_the_work_and_never_a_version_of_it() -> None:
    works, _ = find("title = {W}, year = 2021", f"{SAME}, version_of = {{a}}", SAME)
    assert works == [
        "a.bib:3: doi: 'c' looks like the same work as 'b', at a.bib:2. "
        "Keep that one, or add 'version_of = {a}' if this is another version of it. "
        "[duplicate-work]"
    ]


NEWCOMER = """@misc{aardvark2024,
  author = {Made-Up, Bo and {Institute of Nowhere}},
  title = {%s},
  year = {2024},
  howpublished = {Nowhere Preprints},
  %s
}
"""
SAME_DOI = ("Something Else", "doi = {10.5555/madeup.2021},")


def git(folder: Path, *words: str) -> None:
    told = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(folder))
    subprocess.run(["git", *told, *words], check=True, capture_output=True)


def told_of(data: Path) -> list[tuple[str, str]]:
    """Return file and hint of each problem with a pair of entries."""
    return [
        (Path(problem.path).name, problem.hint)
        for problem in read_corpus(data, TODAY).problems
        if problem.rule in ("duplicate-work", "same-title", "near-duplicate")
    ]


def add_newcomer(data: Path, kind: tuple[str, str]) -> None:
    """Add an entry whose key and file come first in every order."""
    (data / "bib" / "aardvark.bib").write_text(NEWCOMER % kind, encoding="utf-8")


def test_without_git_the_entry_that_stands_alone_is_the_newer(tiny: Path) -> None:
    add_newcomer(tiny, SAME_DOI)
    assert told_of(tiny) == [
        (
            "aardvark.bib",
            "Keep that one, or add 'version_of = {madeup2021}' if this is another version of it.",
        )
    ]


@pytest.mark.parametrize("is_committed", [True, False])
def test_git_knows_the_newer_whatever_the_sheets_say(tiny: Path, is_committed: bool) -> None:
    """Of two candidates, the one that a change adds; its key comes first in every order."""
    git(tiny.parent, "init", "--quiet")
    git(tiny.parent, "add", ".")
    git(tiny.parent, "commit", "--quiet", "--message", "Begin")
    add_newcomer(tiny, ("Something Else", "doi = {10.5555/nobody.2019},"))
    with (tiny / "screening.csv").open("a", encoding="utf-8") as file:
        file.write("aardvark2024,robot_calls,candidate,,,A search that nobody made,,\n")
    if is_committed:
        git(tiny.parent, "add", ".")
        git(tiny.parent, "commit", "--quiet", "--message", "Add an entry")
    assert [name for name, _ in told_of(tiny)] == ["aardvark.bib"]


def test_what_was_coded_first_stays_the_work_though_it_was_found_again(tiny: Path) -> None:
    """Not the order of keys decides: without a history, what is coded is established."""
    text = (tiny / "bib" / "invented.bib").read_text(encoding="utf-8")
    (tiny / "bib" / "invented.bib").write_text(text + NEWCOMER % SAME_DOI, encoding="utf-8")
    ((_, hint),) = told_of(tiny)
    assert "'version_of = {madeup2021}'" in hint
