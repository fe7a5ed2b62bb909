"""No cell of a CSV that leaves the site is run by a spreadsheet."""

import csv
import io
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.publish.guard.formulas import Cells
from marginal_risk.read.sheets import starts_like_formula

RUN = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=", "-", "+49 30 1", "--1", "@")
RUN += ('=HYPERLINK("http://x","a, b")', "-2+3+cmd|' /C calc'!A0", "=1\n=2", '="', "-1\n", "+1,5")
RUN += ("\uff1d1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", '\uff1dA1, "b"')  # in full width
LEFT = ("-1", "+1.5", "-.5", "-1e-5", "1-1", "a=b", " =1", "", "'", "@misc{key,\n  a = {b}}", "ok")
LEFT += ("\uff1c1", "\uff0c1", "a\uff1d1", "\u2212 1")
LETTERS = "=+-@\t\r\n\",'a1\uff1d\uff0c"


def write(rows: list[list[str]]) -> bytes:
    """Return a file as Datasette writes it."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def read(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode(), newline="")))


@pytest.mark.parametrize("text", RUN)
def test_a_cell_that_is_run_gets_a_mark(text: str) -> None:
    rows = [[text, "a", text], ["b", text, "-x,-y"]]
    marked = "'" + text
    assert read(Cells().take(write(rows), True)) == [
        [marked, "a", marked],
        ["b", marked, "'-x,-y"],
    ]


def test_what_the_sheets_refuse_gets_a_mark_here() -> None:
    starts = [chr(code) for code in range(0x10000) if starts_like_formula(f"{chr(code)}a")]
    assert len(starts) == 10
    for start in starts:
        assert read(Cells().take(write([[f"{start}a"]]), True)) == [[f"'{start}a"]]


@pytest.mark.parametrize("text", LEFT)
def test_a_cell_that_is_not_run_is_left_alone(text: str) -> None:
    # A cell that is marked stands beside it, so that the row is looked at.
    rows = [[text, "=1"], [f"a,{text}\n=1", text]]
    assert read(Cells().take(write(rows), True)) == [[text, "'=1"], [f"a,{text}\n=1", text]]


@given(
    rows=st.lists(
        st.lists(st.text("=+-@\t\r\n\",'a1\uff1d\uff0c"), min_size=2, max_size=4), min_size=1
    ),
    cuts=st.lists(st.integers(0, 60)),
)
def test_where_the_file_is_cut_on_its_way_changes_nothing(
    rows: list[list[str]], cuts: list[int]
) -> None:
    file = write(rows)
    places = sorted({min(cut, len(file)) for cut in cuts} | {0, len(file)})
    cells = Cells()
    sent = [cells.take(file[a:b], False) for a, b in pairwise(places)]
    whole = b"".join([*sent, cells.take(b"", True)])
    assert whole == Cells().take(file, True)
    found = read(whole)
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in read(file)
    ]
    assert not any(cell.startswith(("=", "@", "\t", "\r", "\n")) for row in found for cell in row)


WAYS_OUT = (
    "/evidence/-/query.csv?",
    "/evidence/-/query.csv?_stream=1&",
    "/evidence/-/query.csv?_dl=1&",
    "/evidence.csv?",
)


@pytest.mark.parametrize("way", WAYS_OUT)
async def test_no_way_out_leaves_a_formula_of_a_stranger_as_it_is(
    site: Datasette, way: str
) -> None:
    sql = "select '=1+1' as \"=2+2\", -1 as n, '-1+1,' as t union all select '@a', 0.5, 'b'"
    response = await site.client.get(way + urlencode({"sql": sql}), follow_redirects=True)
    assert response.status_code == 200
    assert read(response.content) == [
        ["'=2+2", "n", "t"],
        ["'=1+1", "-1", "'-1+1,"],
        ["'@a", "0.5", "b"],
    ]


async def test_a_table_is_streamed_as_it_is(site: Datasette) -> None:
    """The data has no formula, so nothing of it changes; an entry of BibTeX is none."""
    rows = (await site.get_database("evidence").execute("select * from studies")).rows
    response = await site.client.get("/evidence/studies.csv?_stream=1")
    found = read(response.content)
    assert len(found) == len(rows) + 1
    bibtex = found[0].index("bibtex")
    assert {row[bibtex] for row in found[1:]} == {row["bibtex"] for row in rows}


async def test_a_refusal_is_a_sentence_and_no_cell(site: Datasette) -> None:
    response = await site.client.get("/evidence/-/query.csv?sql=-1")
    assert response.status_code == 400
    assert not response.text.startswith("'")
