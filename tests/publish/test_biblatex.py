"""BibLaTeX, read back by biber, which judges it by BibLaTeX's own data model."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import bibtexparser
import pytest
from datasette.app import Datasette

from marginal_risk.publish.formats.biblatex import to_biblatex
from marginal_risk.publish.queries.works import CitedName, CitedWork, read_works
from pages import build
from places import FROZEN

HOSTILE = "A} , note = {B\nC \\input{/etc/passwd} 100% & $x_1^2$ #~"


def work(**changes: object) -> CitedWork:
    facts = {
        **{"citekey": "made2020", "short_citation": "Made (2020)", "entry_type": "article"},
        **{"title": "Made up", "publication_date": "2020-03", "reference": "", "bibtex": ""},
        "authors": (CitedName("Made", "Up"),),
    }
    return CitedWork(**{**facts, **changes})


def fields(text: str) -> dict[str, str]:
    """Return the type and the fields of one entry, as a parser that did not write it reads them."""
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    (entry,) = library.entries
    return {"entry": entry.entry_type, **{field.key: field.value for field in entry.fields}}


def told_by_biber(text: str, folder: Path) -> list[str]:
    """Return what biber finds wrong with entries."""
    if shutil.which("biber") is None:
        assert os.environ.get("CI") != "true", "CI must install Debian's biber: see .ci/run"
        pytest.skip("needs Debian's biber")
    source = folder / "works.biblatex"
    source.write_text(text, encoding="utf-8")
    words = ["biber", "--tool", "--validate-datamodel", "--nolog", "--output-file=out.bib"]
    done = subprocess.run(
        [*words, str(source)], cwd=folder, capture_output=True, text=True, check=False
    )
    return [line for line in done.stdout.splitlines() if line.startswith(("WARN", "ERROR"))]


def test_biber_reads_all_published_works_without_a_warning(tmp_path: Path) -> None:
    with closing(sqlite3.connect(build(FROZEN, tmp_path))) as connection:
        connection.row_factory = sqlite3.Row
        works = read_works(connection)
    assert len(works) > 50
    assert told_by_biber(to_biblatex(works), tmp_path) == []
    read_back = (tmp_path / "out.bib").read_text("utf-8")
    assert read_back.count("\n@") + read_back.startswith("@") == len(works)


def test_no_text_ends_a_field_or_runs_a_command(tmp_path: Path) -> None:
    hostile = work(
        citekey="a,b}=c d",
        title=HOSTILE,
        venue=HOSTILE,
        doi="10.1/}x{",
        url="https://example.org/a b}{",
        keywords="a; b",
        authors=(
            CitedName(HOSTILE, "Bo and Co"),
            CitedName("Sea, Inc. and Co", None, is_corporate=True),
        ),
    )
    text = to_biblatex([hostile])
    found = fields(text)
    assert set(found) == {
        *("entry", "author", "title", "date", "journaltitle", "keywords", "doi", "url")
    }
    assert "\\input" not in text
    assert found["keywords"] == "a, b"
    assert told_by_biber(text, tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"venue": "A Journal", "volume": "3", "number": "4", "pages": "5--19"},
            {"entry": "article", "journaltitle": "A Journal", "volume": "3", "pages": "5--19"},
        ),
        (
            {"entry_type": "misc", "arxiv_id": "2401.00001", "doi": "10.5/x"},
            {"entry": "online", "eprint": "2401.00001", "eprinttype": "arxiv", "doi": "10.5/x"},
        ),
        (
            {"entry_type": "phdthesis", "venue": "A School"},
            {"entry": "thesis", "type": "phdthesis", "institution": "A School"},
        ),
        (
            {"has_more_authors": True, "authors": (CitedName("Fictive", "Cleo", "von", "Jr"),)},
            {"author": "von Fictive, Jr, Cleo and others", "date": "2020-03"},
        ),
        (
            {"authors": (CitedName("Institute of Inventions", is_corporate=True),)},
            {"author": "{Institute of Inventions}"},
        ),
    ],
)
def test_each_kind_of_work_has_the_fields_that_biblatex_gives_it(
    changes: dict[str, object], expected: dict[str, str]
) -> None:
    assert expected.items() <= fields(to_biblatex([work(**changes)])).items()


async def test_the_site_offers_it_for_one_study_all_studies_and_the_map(site: Datasette) -> None:
    for path, keys in (
        ("/studies/fictive2022/cite.biblatex", ["fictive2022"]),
        ("/studies.biblatex?vector=robot_calls", ["fictive2022", "nobody2019"]),
    ):
        response = await site.client.get(path)
        assert response.status_code == 200
        assert [e.key for e in bibtexparser.parse_string(response.text).entries] == keys
    response = await site.client.get("/cite.biblatex")
    assert fields(response.text)["entry"] == "dataset"
