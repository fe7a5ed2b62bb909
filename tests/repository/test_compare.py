"""How two programs are compared: what is equal, what is masked, and what is told of the rest."""

import sqlite3
from pathlib import Path

from bench.compare.databases import CONSTRAINTS, read_tables
from bench.compare.outcomes import Mask, Report, compare_bytes, compare_rows, compare_texts, worse

HASH = Mask("the hash", r"\b[0-9a-f]{12}\b", "HASH")
OLD, NEW = "built by 0123456789ab\n7 studies", "built by ba9876543210\n7 studies"


def test_a_mask_is_told_only_where_it_was_needed() -> None:
    assert compare_texts(OLD, OLD, [HASH]).verdict == "equal"
    masked = compare_texts(OLD, NEW, [HASH])
    assert (masked.verdict, dict(masked.masked)) == ("masked", {"the hash": 1})
    assert compare_texts(OLD, NEW).verdict == "different"


def test_a_mask_hides_nothing_beside_it() -> None:
    outcome = compare_texts(OLD, NEW.replace("7", "8"), [HASH])
    assert outcome.verdict == "different"
    assert outcome.lines[-2:] == ["-7 studies", "+8 studies"]
    assert outcome.masked == {}


def test_the_first_lines_of_a_difference_are_shown_and_long_ones_cut() -> None:
    outcome = compare_texts("\n".join("a" * 30), "b" * 1000)
    assert len(outcome.lines) == 21
    assert outcome.lines[-1] == "..."
    (line,) = (line for line in compare_texts("a", "b" * 1000).lines if line.startswith("+b"))
    assert len(line) < 300


def test_files_that_are_no_text_are_compared_by_their_bytes() -> None:
    assert compare_bytes(b"\xff1", b"\xff1").verdict == "equal"
    assert compare_bytes(b"\xff1", b"\xff22").lines == ["2 bytes against 3, no text"]


def test_rows_are_compared_in_any_order_and_as_often_as_they_stand() -> None:
    assert compare_rows(["a", "b", "b"], ["b", "a", "b"]).verdict == "equal"
    assert compare_rows(["a", "b", "b"], ["a", "b"]).verdict == "different"
    assert compare_rows([], ["a"]).verdict == "different"


def test_of_two_parts_the_worse_counts() -> None:
    equal, masked = compare_texts("a", "a"), compare_texts(OLD, NEW, [HASH])
    different = compare_texts("a", "b")
    assert worse(equal, masked).verdict == "masked"
    assert worse(different, masked).verdict == "different"
    assert worse(different, masked).lines == different.lines


def test_a_report_counts_and_leaves_out_only_what_is_excepted() -> None:
    report = Report(exceptions=["^pages: /about$"])
    report.add("pages", "/", compare_texts("a", "a"))
    report.add("pages", "/about", compare_texts("a", "b"))
    report.add("pages", "/about/us", compare_texts("a", "b"))
    report.add("rows", "build", compare_texts(OLD, NEW, [HASH]))
    assert [name for name, _ in report.differences] == ["pages: /about/us"]
    lines = report.lines()
    assert "excepted: pages: /about" in lines
    assert "masked 1 times: the hash" in lines
    assert lines[-2].split() == ["pages", "3", "1", "0", "1", "1"]
    assert lines[-1].split() == ["rows", "1", "0", "1", "0", "0"]


def test_the_order_of_constraints_does_not_count_but_each_of_them_does() -> None:
    table = "CREATE TABLE a (\n\tb TEXT, \n{}\n)"
    one, two = "\tCONSTRAINT b CHECK (b <> '')", "\tCONSTRAINT c CHECK (b <> 'c')"
    before, after = table.format(f"{one}, \n{two}"), table.format(f"{two}, \n{one}")
    assert compare_texts(before, after, [CONSTRAINTS]).verdict == "masked"
    assert compare_texts(before, table.format(one), [CONSTRAINTS]).verdict == "different"


def test_a_database_is_read_with_the_words_that_its_index_finds(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.executescript(
        "create table works (title text); insert into works values ('Deep seas');"
        "create view titles as select title from works;"
        "create virtual table works_fts using fts5(title, content='works');"
        "insert into works_fts(works_fts) values ('rebuild')"
    )
    tables = dict(read_tables(connection))
    connection.close()
    assert tables["works"] == tables["titles"] == ["('Deep seas',)"]
    assert tables["words_of_works_fts"] == ["('deep', 1, 'title', 0)", "('seas', 1, 'title', 1)"]
    assert set(tables) == {"", "works", "titles", "works_fts", "words_of_works_fts"}
    assert len(tables[""]) == 3
