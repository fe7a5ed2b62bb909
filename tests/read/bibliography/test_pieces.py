"""A bibliography gives the same, whether it is read whole, in pieces, or by several processes."""

import marshal
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marginal_risk.read.bibliography import BibFile, pieces, read_references
from marginal_risk.read.bibliography.pieces import (
    cut_into_pieces,
    find_parents,
    from_plain,
    read_piece,
    to_plain,
)

TODAY = date(2026, 1, 1)
WORK = """@misc{%s,
  author = {Invented, Ada and Pretend, Eve},
  title = {A {Made-Up} Work on %s},
  year = 2020,
  url = {https://example.org/%s},
}
"""
PART = (
    "@inproceedings{part-%s,\n  author = {Pretend, Eve},\n  title = {B},\n  crossref = {%s},\n}\n"
)
KEYS = ("a", "b", "c", "A", "lost")
PIECES = (
    *(WORK % (key, key, key) for key in KEYS),
    *(PART % (key, key) for key in KEYS),
    *(PART.replace("crossref", "xdata") % (key, key) for key in KEYS),
    "@xdata{b,\n  year = {2001},\n  url = {https://example.org/b},\n}\n",
    "@misc{lost,\n  title = {open,\n}\n",
    "@misc{lost key, title = {x}}\n",
    "@string{y = {2019}}\n",
    "@misc{d,\n  author = {Made, Up},\n  title = {D},\n  year = y,\n  url = {https://d.example},\n}\n",
    "@misc{e, author = {No, B.}, title = {\\oops}, year = 1800}\n",
    "@misc{,\n  author = {Invented, Ada},\n  title = {Without a Key},\n  year = 2020,\n}\n",
    "% a remark\n",
    "\n\n",
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(TEXTS, TEXTS)
@example(WORK % ("a", "a", "a") * 3, PART % ("x", "a") + WORK % ("A", "b", "c"))
def test_in_pieces_or_whole(one: str, other: str) -> None:
    files = [BibFile("one.bib", one), BibFile("other.bib", other)]
    whole = read_references(files, TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_SIZE", 1)
        assert read_references(files, TODAY) == whole


@given(TEXTS)
def test_a_reading_comes_back_as_it_was_sent(text: str) -> None:
    parents = find_parents([BibFile("a.bib", text)])
    reading = read_piece(text, "a.bib", 0, parents, TODAY)
    sent = marshal.dumps(to_plain(reading))
    assert from_plain(marshal.loads(sent)) == reading  # noqa: S302  (made right here)


def test_a_text_is_cut_behind_plain_entries_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_SIZE", 1)
    work = WORK % ("a", "a", "a")
    text = f"{work}{work}@misc{{open, title = {{\n{work}% remark\n{work}{work}"
    found = [(text[piece.start : piece.end], piece.line) for piece in cut_into_pieces([("", text)])]
    assert "".join(part for part, _ in found) == text
    assert [line for _, line in found] == [0, 12, 26]
    # One with a @string is not cut: the string counts for what stands before it, too.
    assert len(list(cut_into_pieces([("", f"{text}@string{{s = 1}}")]))) == 1


LINKS = ('crossref = "book" # "1"', 'CrossRef="book1"', 'xdata = "x, book1"', "crossref = {BOOK1}")


@pytest.mark.parametrize("link", LINKS)
def test_a_parent_is_found_however_it_is_named(link: str) -> None:
    """Also where a look at the text does not tell that it is one."""
    book = (
        "@book{book1, editor = {Invented, Ada}, title = {The Book}, year = 2020, doi = {10.5555/x}}"
    )
    part = f"@inbook{{p, author = {{Pretend, Eve}}, title = {{P}}, {link}}}"
    files = [BibFile("a.bib", part), BibFile("b.bib", f"{book}\n@xdata{{x}}\n")]
    found = {work.study.citekey: work.study for work in read_references(files, TODAY).references}
    assert found["p"].year == 2020


@pytest.mark.parametrize("is_killed", [False, True])
def test_several_processes_read_the_same(is_killed: bool) -> None:
    """In a process of its own: one with threads is not copied. Also if one of them is killed."""
    code = """
import os, signal, sys
from datetime import date
from marginal_risk import processes
from marginal_risk.read.bibliography import BibFile, pieces, read_references, reading
from tests.read.bibliography.test_pieces import PIECES

texts = [piece for piece in PIECES if "@string" not in piece]
files = [BibFile(f"{n}.bib", "".join(texts[n:] * 3)) for n in range(8)]
files.append(BibFile("strings.bib", "".join(PIECES)))
alone = read_references(files, date(2026, 1, 1))
asked = []
do_one, here = processes._do_one, os.getpid()
def kill(number):
    if number == 7 and os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return do_one(number)
if sys.argv[1] == "True":
    processes._do_one = kill
reading._LARGE, pieces._SIZE = 0, 500
processes._processors = lambda: asked.append(1) or 3
told = []
together = read_references(files, date(2026, 1, 1), lambda *what: told.append(what))
assert together == alone
assert asked and len(told) > 9 and len(alone.references) > 5, (asked, told, alone)
"""
    subprocess.run([sys.executable, "-c", code, str(is_killed)], check=True)
