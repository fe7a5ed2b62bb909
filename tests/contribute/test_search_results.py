"""Each format of search results, read into references as the import reads them."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.contribute.search_results.bib import read_bib
from marginal_risk.contribute.search_results.csl import read_csl
from marginal_risk.contribute.search_results.intake import Intake, sort_records
from marginal_risk.contribute.search_results.record import SearchResults
from marginal_risk.contribute.search_results.tagged import read_nbib, read_ris
from marginal_risk.rows import say_nothing

TODAY = date(2026, 1, 1)
Reader = Callable[..., SearchResults]


def take(reader: Reader, text: str) -> Intake:
    return sort_records(reader(text, "x", say_nothing), [], TODAY, say_nothing)


def facts(intake: Intake) -> list[tuple[object, ...]]:
    """Return key, type, title, people, date and identifiers of each new work."""
    return [
        (
            work.citekey,
            work.reference.study.entry_type,
            work.reference.study.title,
            "; ".join(author.name for author in work.reference.authors),
            work.reference.study.publication_date,
            work.reference.study.venue,
            work.reference.study.doi or work.reference.study.arxiv_id or work.reference.study.url,
        )
        for work in intake.new
    ]


RIS = """\ufeffProvider: Nowhere Databases

TY  - JOUR
AU  - Doe, Jane
AU  - Institute of Nowhere
T1  - Forged letters
  in towns
JO  - Annals of Nothing
Y1  - 2023/04/
SP  - 11
EP  - 19
DO  - doi:10.5555/ABC
ER  -
TY  - UNPB
A1  - Roe, Bob
TI  - Seals & stamps
PY  - 2021
UR  - https://arxiv.org/abs/2101.00001v2;https://example.org
"""


def test_ris() -> None:
    found = take(read_ris, RIS)
    assert found.refused == []
    assert facts(found) == [
        (
            *("doe2023", "article", "Forged letters in towns"),
            *("Doe, Jane; Institute of Nowhere", "2023-04", "Annals of Nothing", "10.5555/abc"),
        ),
        ("roe2021", "misc", "Seals & stamps", "Roe, Bob", "2021", "arXiv", "2101.00001"),
    ]
    assert found.new[0].reference.place.line == 3
    assert found.new[0].reference.study.pages == "11\u201319"


NBIB = """
PMID- 123
DP  - 2022 Nov 5
TI  - Forged letters in small
      towns.
LID - 10.5555/abc [doi]
LID - S0000 [pii]
AB  - We looked. We
      saw.
FAU - Doe, Jane A
AU  - Doe JA
CN  - Nowhere Group
JT  - Annals of Nothing
VI  - 7
IP  - 2
PG  - 1-9

PMID- 124
DP  - 2020 Spring
TI  - [Seals and stamps].
AU  - Roe B
TA  - Ann Noth
"""


def test_nbib() -> None:
    found = take(read_nbib, NBIB)
    assert found.refused == []
    assert facts(found) == [
        (
            *("doe2022", "article", "Forged letters in small towns"),
            *("Doe, Jane A; Nowhere Group", "2022-11-05", "Annals of Nothing", "10.5555/abc"),
        ),
        (
            *("b2020", "article", "Seals and stamps", "B, Roe", "2020", "Ann Noth"),
            "https://pubmed.ncbi.nlm.nih.gov/124/",
        ),
    ]
    assert found.new[0].reference.study.abstract == "We looked. We saw."
    assert [work.reference.place.line for work in found.new] == [2, 18]


CSL = [
    {
        "type": "report",
        "title": ["Forged <i>letters</i> in \\towns{"],
        "author": [
            {"family": "Fictive", "given": "Cleo", "non-dropping-particle": "von"},
            {"literal": "Institute of Nowhere"},
        ],
        "issued": {"date-parts": [[2023, "4", 5]]},
        "publisher": "Nowhere Press",
        "DOI": "10.5555/ABC",
    },
    {
        "type": "article",
        "title": "Seals",
        "author": [{"family": "Roe", "given": "Bob"}, {"literal": "others"}],
        "issued": {"raw": "2021"},
        "number": "arXiv:2101.00001",
    },
]


def test_csl_json() -> None:
    text = json.dumps(CSL, indent=1)
    found = take(read_csl, text)
    assert found.refused == []
    assert facts(found) == [
        (
            *("fictive2023", "techreport", "Forged letters in \\towns{"),
            *("von Fictive, Cleo; Institute of Nowhere", "2023-04-05", "Nowhere Press"),
            "10.5555/abc",
        ),
        ("roe2021", "misc", "Seals", "Roe, Bob", "2021", "arXiv", "2101.00001"),
    ]
    lines = [text.split("\n")[work.reference.place.line - 1].strip() for work in found.new]
    assert lines == ["{", "{"]
    assert found.new[1].reference.study.has_more_authors


def test_one_csl_item_needs_no_array() -> None:
    assert len(take(read_csl, json.dumps(CSL[0])).new) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[{"title": "a",\n "x": }]', 2),
        ("[\n{}\n", 3),
        ("[" * 100_000, 1),
        ("[" + "9" * 5000 + "]", 1),
    ],
)
def test_broken_json_is_told_with_its_line(text: str, line: int) -> None:
    [broken] = read_csl(text, "x", say_nothing).refusals
    assert "cannot be read" in broken.reason
    assert broken.place.line == line


def test_bibtex_keeps_its_latex_and_leaves_private_fields_out() -> None:
    found = take(
        read_bib,
        """@string{ann = {Annals}}
@article{Whatever:Key, author = {Doe, J}, title = {{Forged} \\emph{letters}}, journal = ann,
  year = 2023, month = "April", file = {/home/doe/secret.pdf}, version_of = {other},
  url = {javascript:alert(1)}, doi = {nonsense}}
@article{again, author = {Doe, J}, title = {Forged Letters}, year = 2023}
@article{broken, author = {Doe, J}, title = {Unclosed, year = 2020}
""",
    )
    [work] = found.new
    assert work.bibtex == (
        "@article{doe2023,\n  author = {Doe, J},\n  title = {{Forged} \\emph{letters}},\n"
        "  year = {2023},\n  month = apr,\n  journal = {Annals},\n}"
    )
    assert [reason.partition(":")[0] for reason in work.left_out] == ["file", "doi", "url"]
    [again] = found.known
    assert (again.is_repeated, again.match.reason) == (True, "its title and year")
    assert [refusal.place.line for refusal in found.refused] == [6]


def test_keys_are_told_apart_by_a_word_and_then_by_letters() -> None:
    titles = ["Forged letters", "Seals of wax", "Seals on letters", "The seals that broke"]
    text = "".join(
        f"TY  - JOUR\nAU  - Łödz-Ångström, A\nTI  - {title}\nPY  - 2020\nER  - \n"
        for title in titles
    )
    assert [work.citekey for work in take(read_ris, text).new] == [
        *("lodzangstrom2020", "lodzangstrom2020seals"),
        *("lodzangstrom2020seals_a", "lodzangstrom2020seals_b"),
    ]


def test_a_name_without_latin_letters_gives_the_title_to_the_key() -> None:
    text = "TY  - JOUR\nAU  - 王, 伟\nTI  - Forged letters\nPY  - 2020\nER  - \n"
    assert take(read_ris, text).new[0].citekey == "forged2020"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("TY  - JOUR\nTI  - A title\nPY  - 2020\nER  - ", "The entry has no author."),
        ("TY  - JOUR\nAU  - Doe, J\nPY  - 2020\nER  - ", "The entry has no title."),
        ("TY  - JOUR\nAU  - Doe, J\nTI  - A title\nER  - ", "The entry has no year."),
        (
            "TY  - JOUR\nAU  - Doe, J\nTI  - A title\nPY  - 1066\nER  - ",
            "The year 1066 is not between 1950 and 2027.",
        ),
        ("TI  - A title", "Lines of an entry stand outside of one: no 'TY  - ' comes before them."),
    ],
)
def test_a_record_that_is_not_taken_says_why(text: str, reason: str) -> None:
    assert [refusal.reason for refusal in take(read_ris, text).refused] == [reason]


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "TY  - JOUR",
                    "ER  - ",
                    "TI  - a",
                    "UK  - b",
                    "UR  - c;d",
                    "PY  - 2020",
                    "AU  - ",
                ),
                *("PMID- 1", "FAU - Doe, J", "DP  - 2020 Feb 30", "      more", "AID - x [doi]"),
                *("@misc{a,", "title = {b},", "}", '"', "[{", '"title": 1,', "}]"),
            ]
        ),
        st.text(max_size=30),
    ),
    max_size=12,
)


@pytest.mark.parametrize("reader", [read_bib, read_ris, read_csl, read_nbib])
@given(lines=LINES)
def test_any_text_gives_records_or_reasons(reader: Reader, lines: list[str]) -> None:
    found = take(reader, "\n".join(lines))
    for refusal in found.refused:
        assert refusal.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "title",
                    "author",
                    "issued",
                    "date-parts",
                    "raw",
                    "family",
                    "literal",
                    "DOI",
                    "URL",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_gives_records_or_reasons(value: object) -> None:
    take(read_csl, json.dumps(value))


def test_bibtex_entries_without_a_key_are_records_too() -> None:
    text = "@misc{title = {A}, year = 2020}\n@misc{, title = {B}}\n@misc{k, title = {C}}"
    export = read_bib(text, "a.bib", say_nothing)
    assert sorted(entry.fields["title"] for entry in export.entries) == ["B", "C"]
    # Without a comma for the key that is missing, the entry cannot be read.
    assert [(refusal.place.line, refusal.reason) for refusal in export.refusals] == [
        (1, "This entry cannot be read: A field stands where its key should be.")
    ]
