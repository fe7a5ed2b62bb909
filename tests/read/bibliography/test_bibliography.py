# ruff: noqa: RUF001  (the dashes are meant)
"""The bibliography as a whole: exports of real tools in their manner, with invented works."""

from datetime import date
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bibtex_fragments import TEXTS
from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.bibliography.references import Bibliography

TODAY = date(2026, 1, 1)


def read(*texts: str) -> Bibliography:
    return read_references([BibFile(f"{n}.bib", text) for n, text in enumerate(texts, 1)], TODAY)


def problems(*texts: str) -> list[str]:
    return [str(problem) for problem in read(*texts).problems]


EXPORTS = {
    "jabref": (
        """% Encoding: UTF-8

@Article{Invented2020,
  author    = {Ada Invented and Bo van Made-Up},
  journal   = {Annals of Invention},
  title     = {{The} Robot -- a \\emph{History}},
  year      = {2020},
  month     = feb,
  groups    = {read},
  owner     = {ada},
  timestamp = {2020-01-01},
}

@Comment{jabref-meta: databaseType:bibtex;}

@Comment{jabref-meta: grouping:
0 AllEntriesGroup:;
1 StaticGroup:read\\;0\\;1\\;\\;\\;\\;;
}
""",
        "Invented, Ada; van Made-Up, Bo (2020). The Robot – a History. Annals of Invention.",
    ),
    "better bibtex": (
        """@online{inventedRobot2023,
  title = {{{The}} Robot: \\textless{}i\\textgreater{}A\\textless/i\\textgreater{} History},
  author = {Invented, Ada and {{Institute of Nowhere}}},
  date = {2023-05-11},
  number = {arXiv:2305.00001},
  eprint = {2305.00001},
  eprinttype = {arxiv},
  eprintclass = {cs},
  publisher = {{arXiv}},
  url = {http://arxiv.org/abs/2305.00001},
  urldate = {2023-06-01},
  langid = {english},
  keywords = {Computer Science - Robotics,/unread},
  file = {/home/ada/a.pdf;/home/ada/b.html}
}
""",
        "Invented, Ada; Institute of Nowhere (2023). The Robot: <i>A</i> History. arXiv:2305.00001",
    ),
    "mendeley": (
        """@article{Invented2020,
abstract = {100{\\%} of {\\textgreater} 5 {\\&} {\\~{}}6.},
author = {Invented, Ad{\\'{a}} and {van der Made-Up}, Bo},
doi = {10.5555/978-3{\\_}15},
file = {:C$\\backslash$:/a.pdf:pdf},
issn = {0000-0000},
journal = {Annals},
mendeley-groups = {a},
number = {2},
pages = {1--2},
title = {{A Title with 50{\\%} More}},
url = {https://example.org/a{\\_}b},
volume = {7},
year = {2020}
}
""",
        "Invented, Adá; van der Made-Up, Bo (2020). A Title with 50% More. Annals 7(2), 1–2. "
        "https://doi.org/10.5555/978-3_15",
    ),
    "google scholar": (
        """@article{invented2023robot,
  title={The robot},
  author={Invented, Ada and Made-Up, Bo and others},
  journal={arXiv preprint arXiv:2305.00001},
  year={2023}
}
""",
        "Invented, Ada; Made-Up, Bo; et al. (2023). The robot. arXiv:2305.00001",
    ),
    "dblp": (
        """@article{DBLP:journals/corr/abs-2305-00001,
  author       = {Ada Invented and
                  Bo Made{-}Up},
  title        = {The Robot},
  journal      = {CoRR},
  volume       = {abs/2305.00001},
  year         = {2023},
  url          = {https://doi.org/10.48550/arXiv.2305.00001},
  doi          = {10.48550/ARXIV.2305.00001},
  eprinttype    = {arXiv},
  eprint       = {2305.00001},
  bibsource    = {dblp computer science bibliography, https://dblp.org}
}
""",
        "Invented, Ada; Made-Up, Bo (2023). The Robot. CoRR. "
        "https://doi.org/10.48550/arxiv.2305.00001",
    ),
    "acl anthology": (
        """@inproceedings{invented-etal-2021-robots,
    title = "On {``}Robots{''}: {C}an {T}hey {\\&} Others Call?",
    author = "Invented, Ada  and
      {Shminvented}",
    booktitle = "Proceedings of Nowhere",
    month = jul # "~5--10",
    year = "2021",
    publisher = "Nowhere Press",
    pages = "610--623",
}
""",
        "Invented, Ada; Shminvented (2021). On “Robots”: Can They & Others Call? "
        "Proceedings of Nowhere, 610–623.",
    ),
    "arxiv": (
        """@misc{invented2023robot,
      title={The Robot},
      author={Ada Invented},
      year={2023},
      eprint={2305.00001},
      archivePrefix={arXiv},
      primaryClass={cs.CY},
      url={https://arxiv.org/abs/2305.00001},
}""",
        "Invented, Ada (2023). The Robot. arXiv:2305.00001",
    ),
    "endnote": (
        """@article{
   1,
   author = {Invented, Ada and Made-Up, Bo},
   title = {The Robot},
   journal = {Annals},
   volume = {7},
   pages = {1-2},
   DOI = {10.5555/robot},
   year = {2020},
   type = {Journal Article}
}
""",
        "Invented, Ada; Made-Up, Bo (2020). The Robot. Annals 7, 1-2. "
        "https://doi.org/10.5555/robot",
    ),
    "a publisher, with parentheses and strings": (
        """@STRING(annals = "Annals of " # {Invention})
@PREAMBLE{"\\newcommand{\\x}{}"}
@ARTICLE (INV20, AUTHOR = "Invented, A.", TITLE = "The {"}Robot{"} (1)",
  JOURNAL = annals # ", B", YEAR = 2020, MONTH = 5)
""",
        'Invented, A. (2020). The "Robot" (1). Annals of Invention, B.',
    ),
}


@pytest.mark.parametrize("tool", EXPORTS)
def test_the_exports_of_tools_are_read_without_problems(tool: str) -> None:
    text, reference = EXPORTS[tool]
    bibliography = read(text)
    assert bibliography.problems == []
    assert [found.study.reference for found in bibliography.references] == [reference]


ENTRY = "@misc{%s, author = {A, B}, title = {%s}, year = 2020, publisher = {P}}\n"


def test_references_are_sorted_and_all_keys_are_known() -> None:
    bibliography = read(ENTRY % ("b", "B") + "@misc{broken, title = x}\n", ENTRY % ("a", "A"))
    assert [found.study.citekey for found in bibliography.references] == ["a", "b"]
    assert bibliography.citekeys == {"a", "b", "broken"}
    assert [str(found.place) for found in bibliography.references] == ["2.bib:1", "1.bib:1"]


def test_a_key_stands_once_among_all_files() -> None:
    taken = "Give one of them another key, or delete it if it is the same work. [duplicate-key]"
    one = ENTRY % ("a", "A") + ENTRY % ("b", "B") + ENTRY % ("a", "C")
    two = "\n" + ENTRY % ("B", "D")
    assert problems(one, two) == [
        f"1.bib:3: a: The key 'a' is already taken, at 1.bib:1. {taken}",
        f"2.bib:2: B: The key 'B' is already taken, at 1.bib:2. {taken}",
    ]
    assert [found.study.title for found in read(one, two).references] == ["D", "A", "B"]


def test_fields_are_inherited_across_files_and_strings_are_not() -> None:
    child = "@inproceedings{part, crossref = {whole}, author = {A}, title = {T}, year = 2020}"
    parent = "@string{p = {P}}\n@proceedings{whole, title = {Whole}, editor = {E}, date = {2020}}"
    found = {r.study.citekey: r.study.venue for r in read(child, parent).references}
    assert found["part"] == "Whole"
    assert problems("@string{p = {P}}", "@misc{k, title = p}") == [
        "2.bib:1: title: No @string defines 'p'. Put the text in braces: {p}. [unresolved-string]"
    ]


LINKS = ('crossref = "book" # "1"', 'CrossRef="book1"', 'xdata = "x, book1"', "crossref = {BOOK1}")


@pytest.mark.parametrize("link", LINKS)
def test_a_parent_is_found_however_it_is_named(link: str) -> None:
    book = (
        "@book{book1, editor = {Invented, Ada}, title = {The Book}, year = 2020, doi = {10.5555/x}}"
    )
    part = f"@inbook{{p, author = {{Pretend, Eve}}, title = {{P}}, {link}}}"
    works = [found.study for found in read(part, f"{book}\n@xdata{{x}}\n").references]
    assert [work.year for work in works if work.citekey == "p"] == [2020]


def test_a_field_that_no_string_defines_is_left_out_where_a_citation_can_do_without() -> None:
    text = "@misc{k, author = {A}, title = {T}, year = 2020, publisher = {P}, address = nowhere}"
    (found,) = read(text).references
    assert found.study.reference == "A (2020). T. P."
    assert [problem.split(": ")[1] for problem in problems(text)] == ["address"]


def test_problems_are_sorted_by_file_and_line() -> None:
    found = read("\n@misc{b,c}\n@misc{a,b}", "@misc no brace").problems
    assert [(problem.path, problem.line) for problem in found] == [
        ("1.bib", 2),
        ("1.bib", 3),
        ("2.bib", 1),
    ]


def test_nothing_is_read_from_nothing() -> None:
    for bibliography in (read(), read(""), read("\n\n"), read("just text")):
        assert bibliography == ((), frozenset(), [])


@given(st.lists(TEXTS, min_size=1, max_size=3))
@example(["@misc{g, author = {A, B}, title = {T}, year = 2020}, date = {2020}@misc{a,"])
def test_no_text_raises(texts: list[str]) -> None:
    bibliography = read(*texts)
    for reference in bibliography.references:
        assert reference.study.citekey in bibliography.citekeys
        path = reference.place.path
        assert reference.study.bibtex in texts[int(path[0]) - 1]
    for problem in bibliography.problems:
        assert 1 <= problem.line <= texts[int(problem.path[0]) - 1].count("\n") + 1
        assert problem.message.endswith(".")


SOUND = "@misc{%s, author = {A, B}, title = {T}, year = 2020, publisher = {P}, crossref = {%s}}"


@given(
    st.lists(
        st.tuples(st.sampled_from("abcA"), st.sampled_from("abcd")), min_size=2, max_size=4
    ).map(lambda pairs: [SOUND % pair for pair in pairs]),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_files_makes_no_difference(texts: list[str], random: Random) -> None:
    files = [BibFile(f"{number}.bib", text) for number, text in enumerate(texts)]
    shuffled = list(files)
    random.shuffle(shuffled)
    assert read_references(shuffled, TODAY) == read_references(files, TODAY)


def test_hostile_files_are_read() -> None:
    size = 2000
    strings = ['@string{s0 = "ab"}'] + [
        f"@string{{s{i} = s{i - 1} # s{i - 1}}}" for i in range(1, 41)
    ]
    chain = [f"@misc{{k{i}, crossref = {{k{i + 1}}}, title = {{T{i}}}}}" for i in range(size)]
    missing = [f"@misc{{m{i}, crossref = {{n{i}}}, note = nothing{i}}}" for i in range(size)]
    deep = "@misc{deep, title = {" + "{" * size + "}" * size + "}, note = {\\'" + "{" * size + "}"
    bibliography = read("\n".join([*strings, "@misc{s, title = s40}", *chain, *missing, deep]))
    assert bibliography.references == ()
    assert len(bibliography.citekeys) == 2 * size + 2
