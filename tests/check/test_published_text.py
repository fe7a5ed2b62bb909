"""What must not come into public data: where it is found, and where text is only like it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from marginal_risk.check.corpus import read_corpus
from marginal_risk.check.published_text import is_local_file, is_under_notice
from marginal_risk.cli import main
from pages import build
from places import TINY

ENTRY = """@misc{talk2020,
  author = {Doe, Jane},
  title = {Ice},
  year = {2020},
  FIELD = {TEXT},
}
"""
SCREENED = "talk2020,,candidate,,,A search that nobody made,,\n"


def rules_of(tiny: Path, entry: str) -> list[tuple[str, str, int]]:
    (tiny / "bib" / "talk.bib").write_text(entry, encoding="utf-8")
    with (tiny / "screening.csv").open("a", encoding="utf-8") as sheet:
        sheet.write(SCREENED)
    problems = read_corpus(tiny).problems
    return [(p.rule, p.field, p.line) for p in problems if p.rule != "missing-venue"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
@pytest.mark.parametrize(
    "field", ["journal", "note", "volume", "pages", "abstract", "keywords", "language", "issue"]
)
def test_no_text_of_an_entry_may_start_like_a_formula(tiny: Path, start: str, field: str) -> None:
    entry = ENTRY.replace("FIELD", field).replace("TEXT", f"{start}1+cmd")
    assert rules_of(tiny, entry) == [("spreadsheet-formula", field, 5)]


@pytest.mark.parametrize("names", ["Doe, =1+1", "{=1+1}", "Doe, Jr, -1+1", "Ida Roe and @sum Doe"])
def test_no_part_of_a_name_may_start_like_a_formula(tiny: Path, names: str) -> None:
    entry = ENTRY.replace("Doe, Jane", names).replace("FIELD", "note").replace("TEXT", "On ice")
    assert rules_of(tiny, entry) == [("spreadsheet-formula", "author", 2)]


@pytest.mark.parametrize("text", [r"{=}1+1", r"\textendash", r"$=$1", "\t=1+1", "{{=1+1}}"])
def test_what_the_tables_show_counts_not_what_is_written(tiny: Path, text: str) -> None:
    rules = rules_of(tiny, ENTRY.replace("FIELD", "note").replace("TEXT", text))
    assert rules == [("spreadsheet-formula", "note", 5)] * ("=" in text)


@pytest.mark.parametrize("text", ["1=1", "(-1)", "“@home”", "a + b", "\u22121"])
def test_the_same_characters_may_stand_elsewhere(tiny: Path, text: str) -> None:
    assert rules_of(tiny, ENTRY.replace("FIELD", "note").replace("TEXT", text)) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("file", ":C\\:/Users/jane/Ice.pdf:PDF", True),
        ("bdsk-file-12", "YnBsaXN0MDA", True),
        ("local-url", "file://localhost/home/jane/Ice.pdf", True),
        ("file", "{https://example.org/ice.pdf}", False),
        ("filename", "ice", False),
        ("url", "https://example.org/file", False),
    ],
)
def test_fields_of_reference_managers_are_told_from_addresses(
    name: str, text: str, expected: bool
) -> None:
    assert is_local_file(name, text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ice is cold. © 2020 Nobody Ltd.", True),
        ("Ice is cold. \\textcopyright{} The Authors", True),
        ("Ice is cold. (C) 2020 Nobody", True),
        ("Copyright 2020 Nobody.", True),
        ("All Rights Reserved", True),
        ("We study the copyright of training data, (c) and whether rights are reserved.", False),
        ("Models reproduce copyrighted text of 2020.", False),
    ],
)
def test_a_notice_is_told_from_a_text_about_rights(text: str, expected: bool) -> None:
    assert is_under_notice("abstract", text) is expected
    assert not is_under_notice("title", text)


def test_a_codebook_may_hold_no_formula(tiny: Path) -> None:
    codebook = tiny / "codebook.yml"
    text = codebook.read_text(encoding="utf-8")
    codebook.write_text(text.replace("name: Robot calls", "name: '=1+1'"), encoding="utf-8")
    (problem,) = read_corpus(tiny).problems
    assert (problem.line, problem.rule) == (8, "bad-codebook")
    assert problem.message == "A spreadsheet would run '=1+1' as a formula."


@pytest.mark.parametrize("which", ["tiny", "published"])
def test_no_cell_of_a_table_or_view_starts_like_a_formula_but_bibtex(
    published_data: Path, tmp_path: Path, which: str
) -> None:
    """Each CSV of the site is made of these cells; numbers may be negative, as they only count."""
    path = build(TINY if which == "tiny" else published_data, tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = connection.execute(
            "select name from sqlite_master where type in ('table', 'view')"
            " and name not like 'sqlite_%' and name not like 'search%'"
        ).fetchall()
        assert len(names) > 20
        found = {
            (name, column)
            for (name,) in names
            for row in connection.execute(f"select * from {name}")
            for column in row.keys()  # noqa: SIM118  (a row's keys are its columns)
            if isinstance(row[column], str) and row[column].startswith((*"=+-@\t\r",))
        }
    assert {column for _, column in found} <= {"bibtex"}


IMPORTED = (
    ENTRY.replace("FIELD", "file")
    .replace("TEXT", "/home/jane/Ice.pdf")
    .replace(
        "title =", "abstract = {Cold. © 2020 Nobody Ltd.},\n  howpublished = {=1+1},\n  title ="
    )
)


def test_import_leaves_out_what_is_not_for_the_public_and_says_so(tiny: Path) -> None:
    (tiny.parent / "found.bib").write_text(
        IMPORTED + IMPORTED.replace("talk2020", "b").replace("{Ice}", "{=ICE(1)}"), encoding="utf-8"
    )
    result = CliRunner().invoke(
        main, ["import", str(tiny.parent / "found.bib"), "--data", str(tiny)]
    )
    assert result.exit_code == 0, result.output
    assert "left out of doe2020: file: It names a file on somebody's computer." in result.output
    assert "left out of doe2020: abstract: It holds a notice of its publisher's" in result.output
    assert "left out of doe2020: howpublished: A spreadsheet would run '=1+1'" in result.output
    assert "not taken: '=ICE(1)': A spreadsheet would run '=ICE(1)' as a formula" in result.output
    assert (tiny / "bib" / "unsorted.bib").read_text(encoding="utf-8") == (
        "@misc{doe2020,\n  author = {Doe, Jane},\n  title = {Ice},\n  year = {2020},\n}\n"
    )


def test_add_leaves_it_out_and_gives_a_key_without_slash(tiny: Path) -> None:
    entry = IMPORTED.replace("{=1+1}", "{A talk}").replace("talk2020", "talks/doe2020")
    (tiny.parent / "entry.bib").write_text(entry, encoding="utf-8")
    words = (
        *("add", str(tiny.parent / "entry.bib"), "--data", str(tiny), "--vector", "fake_maps"),
        *("--study-type", "measured", "--coder", "person_a", "--coded-on", "2024-12-31"),
        *("--level", "threat=addressed", "--confidence", "threat=high", "--locator", "threat=p. 3"),
        *("--rationale", "threat=Names who freezes what.", "--no-input"),
    )
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "file is left out: it names a file on somebody's computer. (warning)" in result.stderr
    assert "abstract is left out: it holds a notice of its publisher's rights." in result.stderr
    assert "The key 'talks/doe2020' becomes 'talks-doe2020'" in result.stderr
    assert (tiny / "bib" / "fake_maps.bib").read_text(encoding="utf-8") == (
        "@misc{talks-doe2020,\n  author = {Doe, Jane},\n  title = {Ice},\n  year = {2020},\n"
        "  howpublished = {A talk},\n}\n"
    )
    assert read_corpus(tiny).problems == ()
