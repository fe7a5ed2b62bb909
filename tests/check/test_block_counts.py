"""What became of every block of a BibTeX file: read, reported or a comment, and nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtex_fragments import SOUND, TEXTS
from marginal_risk.check.block_counts import Account, account_for
from marginal_risk.read.bibliography import BibFile, read_references

TODAY = date(2026, 1, 1)


def accounts(*texts: str) -> list[Account]:
    files = [BibFile(f"{number}.bib", text) for number, text in enumerate(texts)]
    return account_for(files, read_references(files, TODAY))


def counts(*texts: str) -> list[tuple[int, int, int, int]]:
    found = accounts(*texts)
    assert all(account.adds_up for account in found)
    return [(a.seen, a.read, a.reported, a.comments) for a in found]


# Seen, read, reported, comments.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (0, 0, 0, 0)),
        (" \n\n", (0, 0, 0, 0)),
        ("just text\nof two lines", (1, 0, 0, 1)),
        (SOUND % ("a", "A"), (1, 1, 0, 0)),
        (SOUND % ("a", "A") + SOUND % ("b", "B"), (2, 2, 0, 0)),
        ("% head\n" + SOUND % ("a", "A") + "text\n" + SOUND % ("b", "B"), (4, 2, 0, 2)),
        ("@string{s = {S}}\n@preamble{{x}}\n@comment{y}\n", (3, 2, 0, 1)),
        ("@string{s = nothing}\n", (1, 0, 1, 0)),
        ("@string{s = {S}}\n@string{s = {T}}\n", (2, 1, 1, 0)),
        ("@misc{a, title = {A}}\n", (1, 0, 1, 0)),  # no author, no year
        ("@misc{a, title = {A\n" + SOUND % ("b", "B"), (2, 1, 1, 0)),
        ("@misc{a title {A}}\nmore\n" + SOUND % ("b", "B"), (2, 1, 1, 0)),
        (SOUND % ("a", "A") + SOUND % ("a", "B"), (2, 1, 1, 0)),
        # Two keys that differ in case only are reported, and both are read.
        (SOUND % ("a", "A") + SOUND % ("A", "B"), (2, 2, 0, 0)),
        ((SOUND % ("a", "A")).strip() + " " + SOUND % ("b", "B"), (2, 2, 0, 0)),
        ("text " + SOUND % ("a", "A"), (2, 1, 0, 1)),
        ("@xdata{x, year = 2020}\n", (1, 1, 0, 0)),
        ("@misc\n{a, title = {A}}\n", (1, 0, 1, 0)),
        ("@comment{\n@misc{a, title = {A}}\n}\n", (3, 0, 2, 1)),  # BibTeX reads it, too
        ("@commented{x}\n", (1, 0, 1, 0)),
        ("@misc{a,\n note = {@misc{b}}}\n", (1, 0, 1, 0)),
        ("@misc{a, title = {A}},\n title = {x}}\n", (2, 0, 2, 0)),
        # Broken: reported, and what stands behind it is a comment.
        ((SOUND % ("a", "A")).replace("year", "month = 1 year") + "more\n", (2, 0, 1, 1)),
        ((SOUND % ("a b", "A")), (1, 0, 1, 0)),
        ((SOUND % ("a", "A")).replace("{a", "\n{a") + "more\n", (1, 0, 1, 0)),
        ("more\n@ " + (SOUND % ("a", "A"))[1:] + SOUND % ("b", "B"), (2, 1, 1, 0)),
        ((SOUND % ("a", "A")).replace("}}", "}") + SOUND % ("b", "B"), (2, 1, 1, 0)),
        ((SOUND % ("", "A")), (1, 0, 1, 0)),
    ],
)
def test_every_block_is_counted_once(text: str, expected: tuple[int, int, int, int]) -> None:
    assert counts(text) == [expected]


def test_what_was_read_is_told_apart() -> None:
    (found,) = accounts("@string{s = {S}}\n@preamble{{x}}\n" + SOUND % ("a", "A"))
    assert (found.read, found.entries, found.strings, found.preambles) == (3, 1, 1, 1)


def test_each_file_has_its_own_account() -> None:
    found = counts(SOUND % ("a", "A") + SOUND % ("b", "B"), "text", SOUND % ("a", "C"))
    assert found == [(2, 2, 0, 0), (1, 0, 0, 1), (1, 0, 1, 0)]


def test_a_block_that_is_neither_read_nor_reported_is_noticed() -> None:
    (file,) = [BibFile("a.bib", SOUND % ("a", "A"))]
    nothing = read_references([], TODAY)
    (found,) = account_for([file], nothing)
    assert (found.seen, found.adds_up) == (1, False)


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_the_sum_always_adds_up(texts: list[str]) -> None:
    for account in accounts(*texts):
        assert account.adds_up, account
        assert account.read == account.entries + account.strings + account.preambles
