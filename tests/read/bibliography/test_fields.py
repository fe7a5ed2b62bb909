# ruff: noqa: RUF001  (the dashes are meant)
"""The facts of a work, from whichever field its entry keeps them in."""

from datetime import date

import pytest

from marginal_risk.read.bibliography.entries import parse_entries
from marginal_risk.read.bibliography.fields import EntryReader
from marginal_risk.rows import Person, Reference

TODAY = date(2026, 1, 1)
CITED = "author = {A, B}, title = {T}, year = 2020, url = {https://example.org}"


def read(fields: str, entry_type: str = "misc") -> tuple[Reference | None, list[str]]:
    """Return the reference of an entry, and its problems without the path."""
    (entry,) = parse_entries(f"@{entry_type}{{k,\n{fields}\n}}", "a.bib").entries
    reader = EntryReader(entry, TODAY)
    reference = reader.read()
    return reference, [str(problem).removeprefix("a.bib:") for problem in reader.problems]


def fact(name: str, fields: str, entry_type: str = "misc") -> object:
    """Return one fact of a sound entry."""
    reference, problems = read(fields, entry_type)
    assert problems == []
    assert reference
    return getattr(reference.study, name)


def test_an_entry_with_everything() -> None:
    reference, problems = read(
        "author = {Invented, Ada and {Institute of Nowhere} and others},\n"
        "editor = {Pretend, Eve},\n"
        "title = {Why <b>{Robots}</b> Call},\n"
        "subtitle = {A {Study}},\n"
        "journal = {Annals \\& Inventions},\n"
        "year = 2022, month = mar, volume = {7}, number = {2}, pages = {11--19},\n"
        "doi = {https://doi.org/10.5555/ABC\\_1},\n"
        "eprint = {2201.00001v3}, archivePrefix = {arXiv},\n"
        "url = {https://example.org/a\\_b},\n"
        "abstract = {5\\% of\n  {\\'e}t\\'e},\n"
        "keywords = {robots, telephones; fraud},\n"
        "language = {english}, note = {To appear}, version_of = {pretend2021}",
        "article",
    )
    assert problems == []
    assert reference
    assert [author.name for author in reference.authors] == [
        "Invented, Ada",
        "Institute of Nowhere",
    ]
    assert [editor.name for editor in reference.editors] == ["Pretend, Eve"]
    study = reference.study._asdict()
    del study["bibtex"]
    assert study == {
        "citekey": "k",
        "short_citation": "Invented et al. (2022)",
        "entry_type": "article",
        "title": "Why <b>Robots</b> Call: A Study",
        "year": 2022,
        "publication_date": "2022-03",
        "venue": "Annals & Inventions",
        "volume": "7",
        "number": "2",
        "pages": "11–19",
        "doi": "10.5555/abc_1",
        "arxiv_id": "2201.00001",
        "url": "https://example.org/a_b",
        "abstract": "5% of été",
        "keywords": "robots; telephones; fraud",
        "language": "english",
        "note": "To appear",
        "version_of": "pretend2021",
        "has_more_authors": True,
        "reference": (
            "Invented, Ada; Institute of Nowhere; et al. (2022). Why <b>Robots</b> Call: A Study. "
            "Annals & Inventions 7(2), 11–19. https://doi.org/10.5555/abc_1"
        ),
        "bib_file": "a.bib",
        "bib_line": 1,
    }
    assert reference.study.bibtex.startswith("@article{k,\nauthor = {Invented, Ada and {Inst")
    assert str(reference.place) == "a.bib:1"


@pytest.mark.parametrize(
    ("entry_type", "field"),
    [
        ("article", "journal"),
        ("article", "journaltitle"),
        ("inproceedings", "booktitle"),
        ("conference", "booktitle"),
        ("inproceedings", "eventtitle"),
        ("incollection", "booktitle"),
        ("inbook", "booktitle"),
        ("inbook", "publisher"),
        ("book", "publisher"),
        ("mvbook", "publisher"),
        ("collection", "publisher"),
        ("proceedings", "publisher"),
        ("proceedings", "organization"),
        ("manual", "organization"),
        ("techreport", "institution"),
        ("report", "institution"),
        ("phdthesis", "school"),
        ("mastersthesis", "school"),
        ("thesis", "institution"),
        ("online", "organization"),
        ("electronic", "organization"),
        ("software", "publisher"),
        ("dataset", "publisher"),
        ("misc", "howpublished"),
        ("booklet", "howpublished"),
        ("unpublished", "howpublished"),
        ("anything", "journal"),
    ],
)
def test_each_type_has_its_venue(entry_type: str, field: str) -> None:
    assert fact("venue", f"{CITED}, {field} = {{The {{V}}enue}}", entry_type) == "The Venue"


@pytest.mark.parametrize("entry_type", ["manual", "proceedings"])
def test_a_work_of_a_body_has_it_for_author_where_it_names_nobody(entry_type: str) -> None:
    fields = "title = {T}, year = 2020, publisher = {P}, organization = {Office \\& Co}"
    reference, problems = read(fields, entry_type)
    assert problems == []
    assert reference
    assert reference.authors == (Person("Office & Co", "Office & Co", is_corporate=True),)
    assert reference.study.reference == "Office & Co (2020). T. P."
    assert read(fields.replace("publisher = {P}, ", ""), entry_type)[1] == []
    assert read(fields, "article")[0] is None
    with_editor, _ = read(f"{fields}, editor = {{Ed, A.}}", entry_type)
    assert with_editor
    assert with_editor.authors == ()


@pytest.mark.parametrize(
    ("entry_type", "fields", "venue"),
    [
        ("inproceedings", "publisher = {P}, booktitle = {B}", "B"),
        ("book", "publisher = {P}, booktitle = {B}", "P"),
        ("phdthesis", "publisher = {P}, school = {S}", "S"),
        ("misc", "howpublished = {\\url{https://example.com}}", None),
        ("misc", "howpublished = {Blog}, publisher = {https://example.com}", "Blog"),
        ("article", "journal = {arXiv preprint arXiv:2301.00001}", "arXiv"),
        ("article", "journal = {CoRR}, volume = {abs/2301.00001}", "CoRR"),
        (
            "misc",
            "publisher = {{arXiv}}, eprint = {2301.00001}, number = {arXiv:2301.00001}",
            "arXiv",
        ),
    ],
)
def test_the_venue_among_others(entry_type: str, fields: str, venue: str | None) -> None:
    assert fact("venue", f"{CITED}, {fields}", entry_type) == venue


def test_the_arxiv_identifier_is_no_volume_and_no_number() -> None:
    fields = f"{CITED}, volume = {{abs/2301.00001}}, number = {{{{arXiv:2301.00001}}}}"
    assert fact("volume", fields) is None
    assert fact("number", fields) is None
    assert fact("arxiv_id", fields) == "2301.00001"


@pytest.mark.parametrize(
    ("fields", "arxiv_id"),
    [
        ("eprint = {2301.00001}", "2301.00001"),
        ("eprint = {arXiv:2301.00001v2}, eprinttype = {arxiv}", "2301.00001"),
        ("EPRINT = {https://arxiv.org/abs/2301.00001}, ARCHIVEPREFIX = {arXiv}", "2301.00001"),
        ("eprint = {hep-th/9901001}", "hep-th/9901001"),
        ("arxiv = {arXiv:2403.07918v2}", "2403.07918"),
        # Mendeley leaves the archive of an old identifier out, in one of its fields.
        (
            "archivePrefix = {arXiv}, arxivId = {arXiv:hep-th/9901001v1}, eprint = {9901001v1}",
            "hep-th/9901001",
        ),
        ("archivePrefix = {arXiv}, primaryClass = {hep-th}, eprint = {9901001}", "hep-th/9901001"),
        ("archivePrefix = {arXiv}, primaryClass = {math.GT}, eprint = {0309136}", "math/0309136"),
        ("url = {https://arxiv.org/pdf/2301.00001}", "2301.00001"),
        ("doi = {10.48550/arXiv.2301.00001}", "2301.00001"),
        ("note = {Preprint, {arXiv}:2301.00001}", "2301.00001"),
        ("howpublished = {arXiv:2301.00001}", "2301.00001"),
        ("eprint = {123456}, eprinttype = {jstor}", None),
        ("eprint = {https://example.org/a.pdf}", None),
    ],
)
def test_where_the_arxiv_identifier_stands(fields: str, arxiv_id: str | None) -> None:
    fields = fields if "url" in fields else f"{fields}, url = {{https://example.org}}"
    assert fact("arxiv_id", f"author = {{A}}, title = {{T}}, year = 2020, {fields}") == arxiv_id


@pytest.mark.parametrize(
    ("fields", "doi", "url"),
    [
        ("doi = {10.5555/a}", "10.5555/a", None),
        ("url = {https://doi.org/10.5555/A}", "10.5555/a", "https://doi.org/10.5555/A"),
        ("doi = {10.1007/978{\\_}3}", "10.1007/978_3", None),
        (
            "howpublished = {\\url{https://doi.org/10.5555/A}}",
            "10.5555/a",
            "https://doi.org/10.5555/A",
        ),
        ("publisher = {P}, note = {{DOI: 10.5555/a}}", "10.5555/a", None),
        ("note = {DOI: 10.5555/a}", "10.5555/a", None),
        ("publisher = {P}, note = {Answered in doi:10.5555/a}", None, None),
        ("ee = {https://doi.org/10.5555/a}", "10.5555/a", None),
        (
            "url = {http://example.org/a;\n http://dx.doi.org/10.5555/a;\n http://b.example}",
            "10.5555/a",
            "http://example.org/a",
        ),
        (
            "url = {https://example.org/doi/full/10.5555/a}",
            "10.5555/a",
            "https://example.org/doi/full/10.5555/a",
        ),
        (
            "url = {\\href{https://example.org/{~}a}{https://example.org/~a}}",
            None,
            "https://example.org/~a",
        ),
        ("url = {https://example.org/{~}a{\\_}b}", None, "https://example.org/~a_b"),
        ("url = {HTTPS://example.org/A}", None, "https://example.org/A"),
        ("url = {\\url{https://example.org/~a}}", None, "https://example.org/~a"),
        ("howpublished = {\\url{https://example.org/a\\_b}}", None, "https://example.org/a_b"),
        ("note = {Online at https://example.org.}", None, "https://example.org"),
        ("url = {https://example.org/a--b}", None, "https://example.org/a--b"),
    ],
)
def test_doi_and_address(fields: str, doi: str | None, url: str | None) -> None:
    fields = f"author = {{A}}, title = {{T}}, year = 2020, {fields}"
    assert (fact("doi", fields), fact("url", fields)) == (doi, url)


@pytest.mark.parametrize(
    ("fields", "year", "published"),
    [
        ("year = 2020", 2020, "2020"),
        ("year = {{2020}}", 2020, "2020"),
        ('year = "2020", month = 7', 2020, "2020-07"),
        ('year = 2020, month = jul # "~5--10"', 2020, "2020-07-05"),
        ('year = 2020, month = "10~" # oct', 2020, "2020-10-10"),
        ("year = 2020, month = may, day = 7", 2020, "2020-05-07"),
        ("year = 2020, month = {5}, day = {28--30}", 2020, "2020-05-28"),
        ("year = 2020, month = {{9 March}}", 2020, "2020-03-09"),
        ("year = 2020, day = 7", 2020, "2020"),
        ("date = {2020-05-11}, month = jun, day = 7", 2020, "2020-05-11"),
        ("year = 2020, month = {Winter}", 2020, "2020"),
        ("year = 2020, month = december", 2020, "2020-12"),
        ("date = {2020-05-11}", 2020, "2020-05-11"),
        ("date = {2020-05/2021-06}", 2020, "2020-05"),
        ("date = {2020~}", 2020, "2020"),
        ("date = {2020?}, month = may", 2020, "2020-05"),
        ("date = {../2020}", 2020, "2020"),
        ("year = 2020, date = {2020-05-11}", 2020, "2020-05-11"),
        ("year = {}, date = {2020-05}", 2020, "2020-05"),
        ("year = 1950", 1950, "1950"),
        ("year = 2027", 2027, "2027"),
    ],
)
def test_when_it_appeared(fields: str, year: int, published: str) -> None:
    fields = f"author = {{A}}, title = {{T}}, url = {{https://example.org}}, {fields}"
    assert fact("year", fields) == year
    assert fact("publication_date", fields) == published


def test_where_date_and_year_differ_the_date_is_shown() -> None:
    reference, problems = read(f"{CITED}, month = jun, date = {{2019-05-11}}")
    assert [problem.rsplit("[")[-1] for problem in problems] == ["bad-year]"]
    assert reference is not None
    assert (reference.study.year, reference.study.publication_date) == (2019, "2019-05-11")


def test_editors_stand_in_for_authors() -> None:
    reference, problems = read(
        "editor = {A, B and others}, title = {T}, year = 2020, publisher = {P}"
    )
    assert problems == []
    assert reference
    assert reference.authors == ()
    assert reference.study.has_more_authors
    assert reference.study.reference == "A, B; et al. (ed.) (2020). T. P."


NO_VENUE = "The entry does not say where it appeared. Add where it was published: a journal, an "
NO_VENUE += "institution, a DOI or a URL. [missing-venue]"


@pytest.mark.parametrize(
    ("fields", "is_read", "problems"),
    [
        (
            "",
            False,
            [
                "1: author: The entry has no author. Add its authors, or its editors. "
                "[missing-field]",
                "1: title: The entry has no title. Add it. [missing-field]",
                "1: year: The entry has no year. Add it. [missing-field]",
                f"1: venue: {NO_VENUE}",
            ],
        ),
        ("author = {A}, title = {T}, year = 2020", True, [f"1: venue: {NO_VENUE}"]),
        (
            f"{CITED},\ndoi = {{abc}}",
            True,
            ["3: doi: 'abc' is not a DOI. Write it bare, from '10.' on. [bad-doi]"],
        ),
        (
            f"{CITED},\neprint = {{abc}},\narchiveprefix = {{arXiv}}",
            True,
            [
                "3: eprint: 'abc' is not an arXiv identifier. Write it as 2403.07918, or as "
                "hep-th/9901001. [bad-arxiv-id]"
            ],
        ),
        (
            "author = {A}, title = {T}, year = 2020,\n\nurl = {javascript:alert(1)}",
            True,
            [
                "4: url: 'javascript:alert(1)' is not a safe address. Give an address that starts "
                "with http:// or https://, without spaces. [unsafe-url]"
            ],
        ),
        (
            f"{CITED},\ndate = {{2019-05}}",
            True,
            [
                "3: date: The date is of 2019, and the year is 2020. Keep the right one of them. "
                "[bad-year]"
            ],
        ),
        (
            "author = {A}, title = {T}, url = {https://example.org},\nyear = {in press}",
            False,
            [
                "3: year: 'in press' is not a year. Write four digits, or a date as YYYY-MM-DD. "
                "[bad-year]"
            ],
        ),
        (
            "author = {A}, title = {T}, url = {https://example.org},\nyear = 1949",
            True,
            [
                "3: year: The year 1949 is not between 1950 and 2027. Check it against the work. "
                "[year-out-of-range]"
            ],
        ),
        (
            "author = {A}, title = {T}, url = {https://example.org},\ndate = {-0044}",
            True,
            [
                "3: date: The year -44 is not between 1950 and 2027. Check it against the work. "
                "[year-out-of-range]"
            ],
        ),
        (
            f"{CITED},\nabstract = {{\\begin}}",
            True,
            [
                "3: abstract: The LaTeX cannot be read (\\begin is not a command that can be "
                "shown). Check its braces, and the commands after each back slash. [bad-latex]"
            ],
        ),
        (
            "author = {Smith, J.; Doe, J.}, title = {T}, year = 2020, publisher = {P}",
            False,
            [
                "2: author: A name cannot be read: 'Smith, J.; Doe, J.': names are joined by ' and "
                "', not by ';'. Write 'Family, Given', names joined by ' and ', and a body in "
                "braces. [bad-name]"
            ],
        ),
        (
            "author = {others}, title = {T}, year = 2020, publisher = {P}",
            False,
            [
                "2: author: The entry has no author. Add its authors, or its editors. "
                "[missing-field]"
            ],
        ),
    ],
)
def test_mistakes(fields: str, is_read: bool, problems: list[str]) -> None:
    reference, found = read(fields)
    assert (reference is not None) == is_read
    assert found == problems


def test_all_mistakes_of_an_entry_are_told_at_once_and_each_once() -> None:
    _, problems = read(
        "author = {and},\ntitle = {\\end},\nyear = {soon},\nurl = {ftp://x},\nabstract = {\\def}"
    )
    said = [(problem.split(": ")[:2], problem.rsplit("[")[-1]) for problem in problems]
    assert said == [
        (["2", "author"], "bad-name]"),
        (["3", "title"], "bad-latex]"),
        (["4", "year"], "bad-year]"),
        (["5", "url"], "unsafe-url]"),
        (["6", "abstract"], "bad-latex]"),
    ]
