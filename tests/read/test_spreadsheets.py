"""Sheets as spreadsheets save them: read as they were meant, or refused; format puts them right."""

import codecs
import csv
import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from marginal_risk.check.corpus import Corpus, read_corpus
from marginal_risk.cli import main
from marginal_risk.contribute.canonical import canonical_sheets
from places import TINY

CANONICAL = dict(canonical_sheets(read_corpus(TINY).records))
SHEETS = sorted(path.name for path in TINY.glob("*.csv"))
Cells = list[list[str]]


def cells_of(path: Path) -> Cells:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_csv(cells: Cells, separator: str = ",", end: str = "\r\n", quoting: int = 0) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(cells)
    return text.getvalue()


def facts(corpus: Corpus) -> list[object]:
    """Return what the records say, wherever they stand."""
    records = corpus.records
    rows = (records.coders, records.screening, records.searches)
    return [
        *(sorted(repr(row.record) for row in group) for group in rows),
        sorted(repr(row[:-1]) for row in records.comparisons),
        sorted((row.to_record().model_dump_json(), sorted(row.levels.items()), row.started_from)
               for row in records.codings),
        sorted((row.key, row.step, row.confidence, row.locator, row.source or "", row.rationale)
               for row in records.rationales),
    ]  # fmt: skip


FORMS = st.fixed_dictionaries(
    {
        "separator": st.sampled_from([",", ";", "\t"]),
        "end": st.sampled_from(["\r\n", "\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        "says_separator": st.booleans(),
        "more_columns": st.integers(0, 3),
        "more_rows": st.integers(0, 3),
        "columns": st.randoms(use_true_random=False),
        "rows": st.randoms(use_true_random=False),
    }
)


def saved(cells: Cells, form: dict) -> bytes:
    """Return a sheet as a spreadsheet would save it."""
    header, *rows = cells
    order = list(range(len(header)))
    form["columns"].shuffle(order)
    form["rows"].shuffle(rows)
    rows += [[""] * len(header)] * form["more_rows"]
    table = [[row[i] for i in order] + [""] * form["more_columns"] for row in (header, *rows)]
    text = as_csv(table, form["separator"], form["end"], form["quoting"])
    if form["says_separator"]:
        text = f"sep={form['separator']}{form['end']}{text}"
    return text.encode(form["encoding"])


@settings(max_examples=40)
@given(st.sampled_from(SHEETS), FORMS)
def test_whatever_the_form_the_records_are_the_same_and_format_restores_the_file(
    name: str, form: dict
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(shutil.copytree(TINY, Path(folder) / "data"))
        before = read_corpus(data)
        path = data / name
        path.write_bytes(saved(cells_of(path), form))
        after = read_corpus(data)
        assert after.is_sound, after.problems
        assert {problem.rule for problem in after.problems} <= {"spreadsheet-form"}
        assert facts(after) == facts(before)
        for _ in range(2):
            result = CliRunner().invoke(main, ["format", "--data", str(data)])
            assert result.exit_code == 0, result.output
            # What the sheet is without a spreadsheet, with the columns that came later.
            assert path.read_text(encoding="utf-8") == CANONICAL[name]


ACCENTS = "Größe: “où”, naïve façade, señor Müller, Œuvre"


def test_another_encoding_is_read_as_that_of_a_bibliography_is_and_told(tiny: Path) -> None:
    """Too few letters may tell Windows-1252 from Mac Roman: so whoever wrote them is asked."""
    path = tiny / "coders.csv"
    text = path.read_text(encoding="utf-8").replace("Invented, like all of this.", ACCENTS)
    path.write_bytes(text.encode("cp1252"))
    corpus = read_corpus(tiny)
    (problem,) = corpus.problems
    assert corpus.is_sound
    assert (problem.line, problem.rule) == (1, "doubtful-encoding")
    assert "was read as cp1252, the likeliest encoding." in problem.message
    assert "Look at its accents" in problem.hint
    assert corpus.records.coders[-1].record.note == ACCENTS


@pytest.mark.parametrize(
    "content",
    [
        ACCENTS.encode("cp1252"),
        ACCENTS.encode("mac-roman"),
        "Größe".encode() + b"\xff",  # UTF-8 with a damaged byte
        b"\x00\x01\x02" * 20,
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xd1",  # a workbook itself
        codecs.BOM_UTF16_LE + b"\x00\xd8a",  # half a character
    ],
)
def test_what_is_no_sheet_is_refused_and_left_alone(tiny: Path, content: bytes) -> None:
    path = tiny / "coders.csv"
    if content.startswith((b"PK", codecs.BOM_UTF16_LE)):
        damaged = content
    else:
        damaged = path.read_bytes() + content
    path.write_bytes(damaged)
    corpus = read_corpus(tiny)
    assert not corpus.is_sound
    assert {Path(problem.path).name for problem in corpus.problems} == {"coders.csv"}
    assert CliRunner().invoke(main, ["format", "--data", str(tiny)]).exit_code == 1
    assert path.read_bytes() == damaged


def edited(tiny: Path, edit: Callable[[Cells], Cells]) -> list[str]:
    path = tiny / "coders.csv"
    path.write_text(as_csv(edit(cells_of(path)), ";"), encoding="utf-8", newline="")
    told = [str(problem) for problem in read_corpus(tiny).problems]
    return [line.removeprefix(str(tiny)) for line in told if "spreadsheet-form" not in line]


def test_an_error_in_a_sheet_with_semicolons_stands_on_its_line(tiny: Path) -> None:
    def edit(cells: Cells) -> Cells:
        cells[3][2] = "robot"
        return [["sep=", ""], *cells]

    (told,) = (line for line in edited(tiny, edit) if "unknown-coder-kind" in line)
    assert told.startswith("/coders.csv:5: kind: 'robot' is not a kind")


def test_a_text_with_a_comma_is_never_spread_over_columns(tiny: Path) -> None:
    path = tiny / "coders.csv"
    path.write_text(path.read_text("utf-8") + "zoe,Zoe,of Nowhere,person,,,\n", encoding="utf-8")
    (problem,) = read_corpus(tiny).problems
    assert (problem.line, problem.rule) == (7, "wrong-cell-count")


def test_text_beyond_the_columns_is_told(tiny: Path) -> None:
    def edit(cells: Cells) -> Cells:
        table = [[*row, ""] for row in cells]
        table[2][-1] = "a remark"
        return table

    (told,) = edited(tiny, edit)
    assert told.startswith("/coders.csv:3: row: The row has 7 cells; there are 6 columns.")
