"""The published references, read by programs that format citations; a warning is an error."""

import json
import sqlite3
from contextlib import closing

import pytest
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from marginal_risk.publish.formats.citation_formats import to_bibtex, to_csl
from marginal_risk.publish.queries.works import CitedWork, read_works
from pages import build
from places import FROZEN


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> list[CitedWork]:
    """All works of the published data, as it was once."""
    database = build(FROZEN, tmp_path_factory.mktemp("works"))
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return read_works(connection)


def test_pybtex_reads_every_entry_with_its_title_and_its_people(works: list[CitedWork]) -> None:
    entries = parse_string(to_bibtex(works), "bibtex").entries
    assert len(works) > 50
    assert list(entries) == [work.citekey for work in works]
    for work in works:
        entry = entries[work.citekey]
        assert entry.original_type == work.entry_type
        title = LatexNodes2Text().latex_to_text(entry.fields["title"])
        assert letters(title) == letters(work.title)
        named = [person for person in entry.persons["author"] if str(person) != "others"]
        assert len(named) == len(work.authors)


def letters(text: str) -> str:
    """Return what is left of a text without spaces and punctuation."""
    return "".join(character for character in text.casefold() if character.isalnum())


def test_citeproc_sets_every_work_with_its_first_author_year_and_title(
    works: list[CitedWork],
) -> None:
    items = json.loads(to_csl(works))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    reading = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for work in works:
        reading.register(Citation([CitationItem(work.citekey)]))
    lines = [str(line) for line in reading.bibliography()]
    assert len(lines) == len(works)
    for work, line in zip(works, lines, strict=True):
        assert line.startswith(work.authors[0].family)
        assert work.publication_date[:4] in line
        assert letters(work.title) in letters(line)
