"""The one form of a BibTeX file: reached at once, and it changes no value."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.cli import main
from marginal_risk.read.bibliography.canonical_bibtex import canonical_bibtex
from marginal_risk.read.bibliography.entries import parse_entries

FILE = """% of this file
@string{P = "Press"}

@Misc(b,
  note = {A line \\\\},
  Year = 2020, url={https://example.org}, extra = {x \\
 y},
  TITLE = P # { B}
  )
% of a
@article{a, title={A}}
% at the end
"""
CANONICAL = """% of this file
@string{P = "Press"}

% of a
@article{a,
  title = {A},
}

@misc{b,
  title = P # { B},
  year = 2020,
  extra = {x \\
 y},
  url = {https://example.org},
  note = {A line \\\\},
}

% at the end
"""


def test_entries_are_sorted_and_values_are_as_they_were() -> None:
    assert canonical_bibtex(FILE) == CANONICAL
    assert canonical_bibtex("\ufeff" + CANONICAL) == CANONICAL


def test_a_quote_in_braces_within_quotes_stays() -> None:
    text = '@misc(a, title = "The {"}Robot{"}", note={},)'
    assert canonical_bibtex(text) == '@misc{a,\n  title = "The {"}Robot{"}",\n  note = {},\n}\n'


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_nothing_stays_nothing(text: str) -> None:
    assert canonical_bibtex(text) == ""


def test_format_refuses_what_cannot_be_read_and_changes_no_file(tiny: Path) -> None:
    path = tiny / "bib" / "invented.bib"
    path.write_text(path.read_text("utf-8") + "@misc{b, title = {B} year = 2020}\n", "utf-8")
    before = {file: file.read_bytes() for file in tiny.rglob("*") if file.is_file()}
    result = CliRunner().invoke(main, ["format", "--data", str(tiny)])
    assert result.exit_code == 1
    assert "[unreadable-entry]" in result.output
    assert {file: file.read_bytes() for file in tiny.rglob("*") if file.is_file()} == before


VALUES = st.sampled_from(["{A}", '"B # {"}"', "2020", "jan # {x}", "{\\\\}", "{a \\\n b}", "{{C}}"])
FIELDS = st.dictionaries(st.sampled_from(["title", "year", "note", "x", "url"]), VALUES)
BETWEEN = st.sampled_from(["\n", "\n% text\n", "\n@comment{x}\n"])


@given(st.dictionaries(st.sampled_from("abcABC"), st.tuples(BETWEEN, FIELDS)), BETWEEN)
def test_the_form_is_reached_at_once_and_means_the_same(
    works: dict[str, tuple[str, dict[str, str]]], end: str
) -> None:
    text = end.join(
        f"{between}@misc{{{key},{','.join(f'{name}={value}' for name, value in fields.items())}}}"
        for key, (between, fields) in works.items()
    )
    assert parse_entries(text, "a.bib").problems == []
    once = canonical_bibtex(text)
    assert canonical_bibtex(once) == once
    meant, kept = (
        sorted((entry.key, sorted(entry.fields.items())) for entry in parse_entries(t, "a").entries)
        for t in (text, once)
    )
    assert kept == meant
