"""One person is one author: names that rows of people.csv join, and pairs to look at."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database
from pages import screen

PAIRS = [
    ("Doe, J.", "Doe, Jane", True),
    ("Doe, J.", "Doe, Jane Q.", True),
    ("Doe, J. Q.", "Doe, Jane", True),
    ("Doe, Fred", "Doe, Fredrik", True),
    ("Doe, Jane", "Doe, Jane Q.", True),
    ("Doe, J.", "Doe, Mary", False),  # another initial
    ("Doe, Jon", "Doe, Jane", False),  # neither is short for the other
    ("Doe, J.", "Roe, Jane", False),
    ("Doe, J.", "van Doe, Jane", False),
    ("Doe, J. Q.", "Doe, J. R. S.", False),  # initials alone say too little
    ("{Doe Institute}", "{Doe Institute of Nowhere}", False),
]
Rows = list[tuple[object, ...]]
Ask = Callable[[str], Rows]


def write_entries(data: Path, **authors: str) -> None:
    """Add an entry for each citekey, with these authors."""
    entries = (
        f"@misc{{{key}2018, author = {{{names}}}, title = {{Work {key}}}, year = {{2018}},\n"
        f"  doi = {{10.5555/{key}}}}}\n"
        for key, names in authors.items()
    )
    (data / "bib" / "pairs.bib").write_text("\n".join(entries), encoding="utf-8")
    screen(data)


def write_rows(data: Path, *rows: str) -> None:
    """Write rows of people.csv."""
    (data / "people.csv").write_text("\n".join(["name,person,same,reason", *rows, ""]), "utf-8")


@pytest.fixture
def ask(tiny: Path, tmp_path: Path) -> Ask:
    """Build the database of the data as it is, and return the rows of a query."""

    def answer(sql: str) -> Rows:
        path = tmp_path / "evidence.db"
        build_database(read_corpus(tiny), path)
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(sql).fetchall()

    return answer


def warned(data: Path) -> list[str]:
    """Return the messages on likely pairs."""
    problems = read_corpus(data).problems
    assert {p.rule for p in problems} <= {"likely-same-person"}
    return [p.message for p in problems]


@pytest.mark.parametrize(("one", "other", "is_pair"), PAIRS)
def test_a_pair_is_told_where_one_given_name_is_short_for_the_other(
    tiny: Path, ask: Ask, one: str, other: str, is_pair: bool
) -> None:
    write_entries(tiny, one=one, other=other)
    found = ask("select name, citekey, other_name, other_citekey from similar_names")
    assert found == ([(one, "one2018", other, "other2018")] if is_pair else [])
    assert warned(tiny) == ([f"{one!r} may be {other!r} (other2018)."] if is_pair else [])


def test_of_several_names_an_initial_is_likely_the_one_with_a_coauthor_in_common(
    tiny: Path,
) -> None:
    names = {"one": "Doe, J. and Roe, Max", "two": "Doe, Jane and Poe, Lu", "three": "Doe, John"}
    write_entries(tiny, **names)
    assert warned(tiny) == []
    write_entries(tiny, **{**names, "three": "Doe, John and Roe, Max"})
    assert warned(tiny) == ["'Doe, J.' may be 'Doe, John' (three2018)."]


def test_two_authors_of_one_work_are_not_one_person(tiny: Path) -> None:
    write_entries(tiny, one="Doe, J. and Doe, Jane")
    assert warned(tiny) == []


@pytest.mark.parametrize(("same", "is_open"), [("yes", False), ("no", False), ("unsure", True)])
def test_a_row_ends_the_warning_and_an_unsure_one_leaves_the_pair_open(
    tiny: Path, ask: Ask, same: str, is_open: bool
) -> None:
    write_entries(tiny, one="Doe, J.", other="Doe, Jane")
    write_rows(tiny, f'"Doe, J.","Doe, Jane",{same},Somebody has looked.')
    assert warned(tiny) == []
    assert len(ask("select * from similar_names")) == is_open


def test_a_person_goes_by_one_name_and_each_entry_keeps_its_own(tiny: Path, ask: Ask) -> None:
    write_entries(tiny, one="Doe, J. and Roe, Max", other="Doe, Jane")
    write_rows(
        tiny,
        '"Doe, J.","Doe, Jane",yes,She says so.',
        '"Roe, Max","Doe, Jane",no,They look nothing alike.',
    )
    people = "select citekey, position, person, written from people_by_study"
    assert ask(f"{people} where citekey like '%2018' order by 1, 2") == [
        ("one2018", 1, "Doe, Jane", "Doe, J."),
        ("one2018", 2, "Roe, Max", "Roe, Max"),
        ("other2018", 1, "Doe, Jane", "Doe, Jane"),
    ]
    cited = "select reference from studies where citekey = 'one2018'"
    assert "Doe, J." in str(ask(cited)[0][0])
    found = "select s.citekey from studies_fts f join studies s on s.rowid = f.rowid"
    assert ask(f"{found} where studies_fts match 'jane' order by 1") == [
        ("one2018",),
        ("other2018",),
    ]


def test_a_body_of_the_same_name_is_not_joined(tiny: Path, ask: Ask) -> None:
    write_entries(tiny, one="{Doe, J.}", two="Doe, J.", other="Doe, Jane")
    write_rows(tiny, '"Doe, J.","Doe, Jane",yes,She says so.')
    people = "select citekey, person from people_by_study where citekey like '%2018' order by 1"
    assert ask(people) == [
        ("one2018", "Doe, J."),
        ("other2018", "Doe, Jane"),
        ("two2018", "Doe, Jane"),
    ]
