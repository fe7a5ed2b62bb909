"""The sheets of codings, rationales, coders, screening and searches: rows and problems."""

import csv
import io
import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marginal_risk.problems import Place, Problem
from marginal_risk.read import sheets
from marginal_risk.read.coding_sheets import (
    RATIONALES_COLUMNS,
    read_coders,
    read_codings,
    read_rationales,
    studies_columns,
)
from marginal_risk.read.sheets import Row, Sheet
from marginal_risk.rows import CoderRow, CodingKey, CodingRow, RationaleRow

STEPS = ["threat", "defense"]
TODAY = date(2025, 3, 15)
STUDIES = "citekey,misuse_vector,coder,coded_on,threat,defense,note\n"
RATIONALES = "citekey,misuse_vector,coder,step,confidence,locator,source,rationale\n"
CODERS = "coder,name,kind,settled_by,url,note\n"


def said(problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in problems]


def studies(text: str) -> tuple[list[CodingRow], list[str]]:
    rows, problems = read_codings(text, "s.csv", STEPS, TODAY)
    return rows, said(problems)


def rationales(text: str) -> tuple[list[RationaleRow], list[str]]:
    rows, problems = read_rationales(text, "r.csv")
    return rows, said(problems)


def coders(text: str) -> tuple[list[CoderRow], list[str]]:
    rows, problems = read_coders(text, "c.csv")
    return rows, said(problems)


# What is read ------------------------------------------------------------------------------


def test_the_steps_of_the_codebook_are_columns_between_key_and_note() -> None:
    assert ",".join(studies_columns(STEPS)) == (
        "citekey,misuse_vector,coder,coded_on,threat,defense,"
        "codebook,version_read,read,started_from,note"
    )


def test_what_a_coding_came_from_is_read() -> None:
    row = 'one2020,maps,ada,2024,absent,,2,"arXiv v1, May",part,toy_a toy_b,A note'
    rows, problems = studies(f"{','.join(studies_columns(STEPS))}\n{row}\n")
    assert problems == []
    (coding,) = rows
    assert (coding.codebook, coding.version_read, coding.read) == (2, "arXiv v1, May", "part")
    assert rows[0].started_from == ("toy_a", "toy_b")
    assert coding.note == "A note"


def test_a_sheet_from_before_those_columns_leaves_them_open() -> None:
    rows, problems = studies(STUDIES + "one2020,maps,ada,,absent,,\n")
    assert problems == []
    (coding,) = rows
    assert (coding.codebook, coding.version_read, coding.read) == (None, None, None)
    assert rows[0].started_from == ()


def test_a_sheet_with_some_of_those_columns_lacks_the_others() -> None:
    _, problems = studies("citekey,misuse_vector,coder,coded_on,threat,defense,codebook,note\n")
    assert [problem.split(": ")[1] for problem in problems] == [
        *("version_read", "read", "started_from"),
    ]


def test_a_row_of_studies_is_a_coding_with_its_levels() -> None:
    rows, problems = studies(STUDIES + 'one2020,maps,ada,2024-05,absent,partial,"A, B"\n')
    assert problems == []
    assert rows[0].key == CodingKey("one2020", "maps", "ada")
    assert rows[0].levels == {"threat": "absent", "defense": "partial"}
    assert (rows[0].coded_on, rows[0].note) == ("2024-05", "A, B")
    assert rows[0].place == Place("s.csv", 2)


def test_an_empty_cell_is_no_level_and_no_text() -> None:
    rows, problems = studies(STUDIES + "one2020,maps,ada,,,absent,\n")
    assert problems == []
    assert rows[0].levels == {"defense": "absent"}
    assert (rows[0].coded_on, rows[0].note) == (None, None)


def test_a_row_of_rationales_names_the_judgement_it_is_for() -> None:
    text = RATIONALES + "one2020,maps,ada,threat,low,page 1,Table 2,Names nobody.\n"
    assert rationales(text) == (
        [
            RationaleRow(
                key=CodingKey("one2020", "maps", "ada"),
                step="threat",
                confidence="low",
                locator="page 1",
                source="Table 2",
                rationale="Names nobody.",
                place=Place("r.csv", 2),
            )
        ],
        [],
    )


def test_a_row_of_coders_is_a_coder() -> None:
    rows, problems = coders(CODERS + "ada,Ada Invented,person,,https://example.org/ada,\n")
    assert problems == []
    assert rows[0].record.model_dump() == {
        "coder": "ada",
        "name": "Ada Invented",
        "kind": "person",
        "settled_by": None,
        "url": "https://example.org/ada",
        "note": None,
    }


def test_a_quote_inside_a_text_is_written_twice() -> None:
    rows, problems = coders(CODERS + 'ada,"Ada ""the"" Invented",person,,,\n')
    assert problems == []
    assert rows[0].record.name == 'Ada "the" Invented'


def test_the_last_line_needs_no_line_end() -> None:
    assert len(coders(CODERS + "ada,Ada,person,,,")[0]) == 1


# Lines -------------------------------------------------------------------------------------


def test_a_row_is_told_at_its_first_line_also_after_cells_of_several_lines() -> None:
    text = (
        CODERS
        + 'ada,"Ada\nof\nNowhere",person,,,\n'  # lines 2 to 4
        + "bo,Bo,person,,,\n"
        + 'cy,Cy,"per\nson",,,"a\n\nb"\n'  # lines 6 to 9
        + "dee,,person,,,\n"
    )
    rows, problems = coders(text)
    assert [row.place.line for row in rows] == [2, 5, 6]
    assert [problem.split(": ")[:2] for problem in problems] == [
        ["c.csv:2", "name"],
        ["c.csv:6", "kind"],
        ["c.csv:6", "note"],
        ["c.csv:10", "name"],
    ]


def test_a_header_of_several_lines_is_counted_too() -> None:
    _, problems = coders('coder,"na\nme",kind,settled_by,url,note\nada,Ada,person,,,\n')
    assert problems == [
        "c.csv:1: na\\nme: There is no such column. Did you mean 'name'? [wrong-columns]"
    ]


# The form of the file ----------------------------------------------------------------------


@pytest.mark.parametrize("quote", ['"', '"""', '"a""'])
def test_a_quote_that_is_not_closed_is_told_where_it_opens(quote: str) -> None:
    text = f"ada,Ada,person,,,\nbo,{quote}Bo,person,,,\ncy,Cy,person,,,\n"
    rows, problems = coders(CODERS + text)
    assert [row.record.coder for row in rows] == ["ada"]
    assert [problem.partition(" cannot be read")[0] for problem in problems] == [
        "c.csv:3: row: From here on the file"
    ]
    assert problems[0].endswith(
        ". Close every double quote, and write one inside a text twice. [bad-csv]"
    )


def test_text_after_a_closing_quote_is_told() -> None:
    _, problems = coders(CODERS + 'ada,"Ada" Invented,person,,,\n')
    assert problems == [
        "c.csv:2: row: From here on the file cannot be read: ',' expected after '\"'. "
        "Close every double quote, and write one inside a text twice. [bad-csv]"
    ]


def test_a_header_that_cannot_be_read_is_told_once() -> None:
    rows, problems = coders('"coder,name,kind,settled_by,url,note\nada,Ada,person,,,\n')
    assert rows == []
    assert problems == [
        "c.csv:1: row: From here on the file cannot be read: unexpected end of data. "
        "Close every double quote, and write one inside a text twice. [bad-csv]"
    ]


def test_a_cell_too_long_for_csv_is_told() -> None:
    _, problems = coders(CODERS + f"ada,{'a' * 200_000},person,,,\n")
    assert [problem.split(": ")[2] for problem in problems] == [
        "From here on the file cannot be read"
    ]


QUOTES = "Put a text that holds a comma in double quotes"
LEFT_OUT = "Give every column a cell: a spreadsheet may leave out empty ones at the end of a row."


@pytest.mark.parametrize(
    ("row", "cells", "mend"),
    [
        ("ada,Ada,of Nowhere,person,,,a", 7, f"{QUOTES}."),
        ("ada,Ada,of Nowhere,person,,,", 7, f"{QUOTES}, or delete the empty cells at the end."),
        ("ada,Ada,person,,,,,", 8, f"{QUOTES}, or delete the empty cells at the end."),
        ("ada,Ada,person,,", 5, LEFT_OUT),
        ("ada", 1, LEFT_OUT),
    ],
)
def test_a_row_with_other_cells_than_columns_is_told_and_left_out(
    row: str, cells: int, mend: str
) -> None:
    rows, problems = coders(f"{CODERS}{row}\nbo,Bo,person,,,\n")
    assert [row.record.coder for row in rows] == ["bo"]
    assert problems == [
        f"c.csv:2: row: The row has {cells} cells; there are 6 columns. {mend} [wrong-cell-count]"
    ]


@pytest.mark.parametrize("row", ["", ",,,,", " , ,,,", ",,", '"",,,,', "\t,,,,\u00a0"])
def test_an_empty_row_is_told(row: str) -> None:
    rows, problems = coders(f"{CODERS}ada,Ada,person,,,\n{row}\nbo,Bo,person,,,\n")
    assert [row.record.coder for row in rows] == ["ada", "bo"]
    assert problems == ["c.csv:3: row: The row is empty. Delete it. [empty-row]"]


def test_a_sheet_may_have_no_rows() -> None:
    assert coders(CODERS) == ([], [])
    assert rationales(RATIONALES.rstrip()) == ([], [])


def test_an_empty_file_is_told_once() -> None:
    assert coders("") == (
        [],
        [
            "c.csv:1: header: The file is empty. "
            "The first line must be: coder,name,kind,settled_by,url,note [wrong-columns]"
        ],
    )


# Columns -----------------------------------------------------------------------------------

FIRST_LINE = "The first line must be: coder,name,kind,settled_by,url,note"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("coder;name;kind;url;note", [f"settled_by: This column is missing. {FIRST_LINE}"]),
        ("coder\tname\tkind\tsetled_by\turl\tnote", [
            "setled_by: There is no such column. Did you mean 'settled_by'?"
        ]),
        ("coder,nmae,kind,settled_by,url,note", [
            "nmae: There is no such column. Did you mean 'name'?"
        ]),
        ("coder, name,kind,settled_by,url,note", [
            " name: There is no such column. Did you mean 'name'?"
        ]),
        ("Coder,name,Kind,settled_by,url,note", [
            "Coder: There is no such column. Did you mean 'coder'?",
            "Kind: There is no such column. Did you mean 'kind'?",
        ]),
        ("Coder,Name,Kind,URL,Note", [
            f"header: The first line does not name the columns. {FIRST_LINE}"
        ]),
        ("coder,name,kind,settled_by,url", [f"note: This column is missing. {FIRST_LINE}"]),
        ("coder,name,kind,settled_by,url,note,colour", [
            "colour: There is no such column. Delete it."
        ]),
        ("coder,name,kind,,settled_by,url,note", ["header: A column has no name. Delete it."]),
        ("coder,name,kind,settled_by,url,note,note", [
            "note: This column stands twice. Delete one."
        ]),
        ("coder,name,name,settled_by,url,note", [
            "name: This column stands twice. Delete one.",
            f"kind: This column is missing. {FIRST_LINE}",
        ]),
        ("ada,Ada Invented,person,,,", [
            f"header: The first line does not name the columns. {FIRST_LINE}"
        ]),
        ("", [f"header: The first line does not name the columns. {FIRST_LINE}"]),
    ],
)  # fmt: skip
def test_other_columns_are_told_at_the_first_line(header: str, expected: list[str]) -> None:
    rows, problems = coders(f"{header}\nada,Ada,person,,,\n")
    assert rows == []
    assert problems == [f"c.csv:1: {line} [wrong-columns]" for line in expected]


def test_a_step_that_the_codebook_has_not_is_no_column() -> None:
    _, problems = studies(STUDIES.replace("defense", "defence"))
    assert problems == [
        "s.csv:1: defence: There is no such column. Did you mean 'defense'? [wrong-columns]"
    ]


# Cells -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (",maps,ada,threat,low,page 1,,Names nobody.", "citekey"),
        ("one2020,,ada,threat,low,page 1,,Names nobody.", "misuse_vector"),
        ("one2020,maps,,threat,low,page 1,,Names nobody.", "coder"),
        ("one2020,maps,ada,,low,page 1,,Names nobody.", "step"),
        ("one2020,maps,ada,threat,,page 1,,Names nobody.", "confidence"),
        ("one2020,maps,ada,threat,low,,,Names nobody.", "locator"),
        ("one2020,maps,ada,threat,low,  ,,Names nobody.", "locator"),
        ("one2020,maps,ada,threat,low,\u200b,,Names nobody.", "locator"),
    ],
)
def test_a_cell_that_must_be_filled_is_told_and_its_row_left_out(text: str, column: str) -> None:
    rows, problems = rationales(f"{RATIONALES}{text}\n")
    assert rows == []
    assert problems == [f"r.csv:2: {column}: This cell is empty. Fill it in. [missing-value]"]


def test_every_empty_cell_of_a_row_is_told() -> None:
    _, problems = coders(CODERS + ",,,,,Somebody.\n")
    assert [problem.split(": ")[1] for problem in problems] == ["coder", "name", "kind"]


@pytest.mark.parametrize(
    ("cell", "shown", "mended"),
    [
        (" Ada", "' Ada'", "Ada"),
        ("Ada ", "'Ada '", "Ada"),
        ("Ada  Invented", "'Ada  Invented'", "Ada Invented"),
        ("Ada\u00a0Invented", "'Ada\\xa0Invented'", "Ada Invented"),
        ("Ada\u2009Invented", "'Ada\\u2009Invented'", "Ada Invented"),
        ("Ada\nInvented", "'Ada\\nInvented'", "Ada Invented"),
        ("Ada\tInvented", "'Ada\\tInvented'", "Ada Invented"),
        ("A\0da", "'A\\x00da'", "Ada"),
        ("A\x1bda", "'A\\x1bda'", "Ada"),
        ("A\u200bda", "'A\\u200bda'", "Ada"),
        ("A\u00adda", "'A\\xadda'", "Ada"),
        ("\ufeffAda", "'\\ufeffAda'", "Ada"),
        ("Ada\u202e", "'Ada\\u202e'", "Ada"),
        (f"{'a' * 100}  {'b' * 100}", f"'{'a' * 19}  {'b' * 19}'", f"{'a' * 100} {'b' * 100}"),
    ],
)
def test_stray_white_space_is_shown_and_mended(cell: str, shown: str, mended: str) -> None:
    rows, problems = coders(f'{CODERS}ada,"{cell}",person,,,\n')
    assert problems == [
        f"c.csv:2: name: White space or an invisible character is out of place in {shown}. "
        "Write the text in one line with single spaces. [stray-white-space]"
    ]
    assert rows[0].record.name == mended


def test_white_space_alone_is_not_a_level() -> None:
    rows, problems = studies(STUDIES + "one2020,maps,ada,, ,absent,\n")
    assert rows[0].levels == {"defense": "absent"}
    assert [problem.split(": ")[1] for problem in problems] == ["threat"]


@pytest.mark.parametrize(
    "text", ["Zoë Ünreal 漢字", "👩\u200d🔬 emoji", "O'Nil\u2013Nought", "a/b & c"]
)
def test_other_characters_of_names_may_stand(text: str) -> None:
    rows, problems = coders(f"{CODERS}ada,{text},person,,,\n")
    assert problems == []
    assert rows[0].record.name == text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_what_a_spreadsheet_would_run_is_told(cell: str) -> None:
    _, problems = coders(f'{CODERS}ada,Ada,person,,,"{cell}"\n')
    assert problems == [
        f"c.csv:2: note: A spreadsheet would run {cell!r} as a formula. "
        f"Start the text with another character than {cell[0]!r}. [spreadsheet-formula]"
    ]


@pytest.mark.parametrize("cell", ["#NAME?", "#REF!", "#N/A", "#DIV/0!", "Err:508"])
def test_what_a_spreadsheet_puts_in_place_of_a_text_is_told(cell: str) -> None:
    _, problems = coders(f"{CODERS}ada,Ada,person,,,{cell}\n")
    assert problems == [
        f"c.csv:2: note: {cell!r} is what a spreadsheet puts in place of a formula that fails. "
        "Write the text again, with another first character than before. [spreadsheet-formula]"
    ]


def test_white_space_does_not_hide_a_formula() -> None:
    _, problems = coders(f"{CODERS}ada,Ada,person,,, =1+1\n")
    assert [problem.split(" [")[1] for problem in problems] == [
        "stray-white-space]",
        "spreadsheet-formula]",
    ]


_CELLS = st.text(alphabet="aE1(='+@#:r5 \t\x1f\u00e9\u200b", max_size=8)


@given(st.lists(_CELLS, min_size=1, max_size=3))
@example(["a\x1fb", "c"])
def test_a_row_that_is_looked_at_once_has_nothing_to_report(cells: list[str]) -> None:
    row = Row({f"column{number}": cell for number, cell in enumerate(cells)}, Place("c.csv", 2))
    looked_at_twice = Sheet("c.csv", tuple(row.cells), ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "_SOUND_ROW", re.compile(r"(?!)"))
        looked_at_twice._check_cells(row)
    if sheets._are_sound(cells):
        assert (looked_at_twice.problems, list(row.cells.values())) == ([], cells)


def test_a_plain_row_is_looked_at_once() -> None:
    assert sheets._are_sound(["one2020", "", "page 3", "It says so (p. 4): 'no', 5 %."])
    assert not sheets._are_sound(["one2020", "=1"])


@pytest.mark.parametrize("cell", ["1+1", "a=b", "see @ada", "(-)", "'=1", "#1", "Is #N/A?"])
def test_a_text_that_only_holds_such_a_character_is_fine(cell: str) -> None:
    assert coders(f"{CODERS}ada,Ada,person,,,{cell}\n")[1] == []


# Dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2025-03-15", "2025-03", "2025", "2024-02-29", "2000-02-29", "1900", "1900-01-01"]
)
def test_a_date_may_be_known_in_part(text: str) -> None:
    rows, problems = studies(f"{STUDIES}one2020,maps,ada,{text},absent,,\n")
    assert problems == []
    assert rows[0].coded_on == text


def test_a_year_and_a_month_may_be_given_from_their_first_day() -> None:
    for text in ("2025", "2025-01", "2025-01-01"):
        row = f"{STUDIES}one2020,maps,ada,{text},absent,,\n"
        assert read_codings(row, "s.csv", STEPS, date(2025, 1, 1))[1] == []
        assert len(read_codings(row, "s.csv", STEPS, date(2024, 12, 31))[1]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-16",  # tomorrow
        "2025-04",
        "2026",
        "2024-02-30",
        "2023-02-29",
        "1900-02-29",
        "2024-13",
        "2024-00",
        "2024-01-00",
        "1899-12-31",
        "0000",
        "24-01-01",
        "20240101",
        "2024-W01",
        "May 2024",
        "２０２４",  # noqa: RUF001  (other digits than 0 to 9)
        "2024-01-01-01",
    ],
)
def test_what_is_no_date_up_to_today_is_told(text: str) -> None:
    rows, problems = studies(f"{STUDIES}one2020,maps,ada,{text},absent,,\n")
    assert len(rows) == 1
    assert problems == [
        f"s.csv:2: coded_on: {text!r} is not a date from 1900 until today. "
        "Write YYYY-MM-DD, or YYYY-MM or YYYY where no more is known. [bad-date]"
    ]


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("2024-1-1", "2024-01-01"),
        ("2024/01/31", "2024-01-31"),
        ("2024-01-01T00:00", "2024-01-01"),
        ("2024-01-01 00:00:00", "2024-01-01"),
        ("01.02.2024", "2024-02-01"),  # with dots, the day comes first
        ("1. 2. 2024", "2024-02-01"),
        ("31/01/2024", "2024-01-31"),
        ("01/31/2024", "2024-01-31"),
        ("2/2/2024", "2024-02-02"),
        ("45292", "2024-01-01"),  # days, as Excel counts them
    ],
)
def test_a_date_in_the_form_of_a_spreadsheet_is_refused_with_the_likely_one(
    text: str, likely: str
) -> None:
    _, problems = studies(f"{STUDIES}one2020,maps,ada,{text},absent,,\n")
    assert problems == [
        f"s.csv:2: coded_on: {text!r} is not a date from 1900 until today. "
        f"Did you mean {likely!r}? 'marginal-risk format' writes it so; give the column the format "
        "of text, not of dates. [bad-date]"
    ]


@pytest.mark.parametrize("text", ["01/02/2024", "31.12.2030", "31.02.2024", "99999", "1/2/24"])
def test_a_date_that_may_be_two_or_none_is_not_guessed(text: str) -> None:
    _, (problem,) = studies(f"{STUDIES}one2020,maps,ada,{text},absent,,\n")
    assert "Write YYYY-MM-DD" in problem


# Addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "example.org",
        "//example.org",
        "https://",
        "https://a@example.org/",
        "https://example.org/<b>",
        "https://example.org:port/",
    ],
)
def test_an_address_that_is_not_safe_is_told(url: str) -> None:
    _, problems = coders(f'{CODERS}ada,Ada,person,,"{url}",\n')
    assert problems == [
        f"c.csv:2: url: {url!r} is not a safe address. "
        "Give an address that starts with http:// or https://, without spaces. [unsafe-url]"
    ]


# Any text ----------------------------------------------------------------------------------

# Without what starts a formula, in its wide form either.
LETTERS = st.characters(
    categories=["L", "N", "P", "S"], exclude_characters="=+-@\uff1d\uff0b\uff0d\uff20"
)
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=5), max_size=3).map(" ".join)
FILLED = st.text(LETTERS, min_size=1, max_size=9)


def written(columns: tuple[str, ...], rows: list[tuple[str, ...]], line_end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end).writerows([columns, *rows])
    return out.getvalue()


VERSIONS = st.integers(1, 10**9 - 1).map(str) | st.just("")


@given(
    st.lists(
        st.tuples(
            *(FILLED, FILLED, FILLED, st.just(""), WORDS, WORDS),
            *(VERSIONS, WORDS, WORDS, WORDS, WORDS),
        )
    )
)
def test_codings_that_csv_writes_are_read_back(rows: list[tuple[str, ...]]) -> None:
    found, problems = studies(written(studies_columns(STEPS), rows, "\n"))
    assert problems == []
    assert [
        (*row.key, row.coded_on or "", *(row.levels.get(step, "") for step in STEPS),
         str(row.codebook or ""), row.version_read or "", row.read or "",
         " ".join(row.started_from), row.note or "")
        for row in found
    ] == rows  # fmt: skip


@given(st.lists(st.tuples(FILLED, FILLED, FILLED, FILLED, FILLED, FILLED, WORDS, WORDS)))
def test_rationales_that_csv_writes_are_read_back(rows: list[tuple[str, ...]]) -> None:
    found, problems = rationales(written(RATIONALES_COLUMNS, rows, "\n"))
    assert problems == []
    assert [
        (*row.key, row.step, row.confidence, row.locator, row.source or "", row.rationale)
        for row in found
    ] == rows


@given(st.text(st.sampled_from('ab,"; \t\n\0'), max_size=60))
def test_no_text_makes_a_reader_raise(text: str) -> None:
    for header in ("", CODERS):
        rows, problems = read_coders(header + text, "c.csv")
        lines = (header + text).count("\n") + 1
        assert all(1 <= problem.line <= lines for problem in problems)
        assert all(1 < row.place.line <= lines for row in rows)
