# ruff: noqa: RUF001  (the dashes are meant)
"""One invented work as each tool writes it: names, date, DOI and identifiers come out the same."""

from datetime import date

import pytest

from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.rows import Person

# An article that is on arXiv, too. Tools differ in how they write accents, particles, capitals,
# months, addresses and identifiers, and in the fields that they have for them.
ARTICLE = {
    "zotero": r"""
@article{garcia_robots_2021,
	title = {Robots \& {Letters}: 50\% {More}},
	volume = {7},
	url = {https://doi.org/10.5555/Robots_21},
	doi = {10.5555/Robots\_21},
	number = {2},
	urldate = {2023-01-05},
	journal = {Annals of Invention},
	author = {García, José and van der Berg, Ann-Marie and {Institute of Nowhere}},
	month = may,
	year = {2021},
	note = {arXiv:2103.00001 [cs]},
	keywords = {Robots, Letters},
	pages = {11--19},
}
""",
    "better biblatex": r"""
@article{garciaRobotsLetters2021,
  title = {Robots \& {{Letters}}: 50\% {{More}}},
  author = {García, José and
    family=Berg, given=Ann-Marie, prefix=van der, useprefix=true and {{Institute of Nowhere}}},
  date = {2021-05},
  journaltitle = {Annals of Invention},
  volume = {7},
  number = {2},
  eprint = {2103.00001},
  eprinttype = {arXiv},
  pages = {11--19},
  doi = {10.5555/Robots_21},
  urldate = {2023-01-05},
  langid = {english},
  keywords = {Letters,Robots}
}
""",
    "mendeley": r"""
@article{Garcia2021,
abstract = {An invented abstract.},
archivePrefix = {arXiv},
arxivId = {2103.00001},
author = {Garc{\'{i}}a, Jos{\'{e}} and van der Berg, Ann-Marie and {Institute of Nowhere}},
doi = {10.5555/Robots{\_}21},
eprint = {2103.00001},
file = {:C$\backslash$:/a.pdf:pdf},
journal = {Annals of Invention},
month = {may},
number = {2},
pages = {11--19},
title = {{Robots {\&} Letters: 50{\%} More}},
volume = {7},
year = {2021}
}
""",
    "endnote": r"""
@article{RN7,
   author = {García, José and van der Berg, Ann-Marie and {Institute of Nowhere}},
   title = {Robots & Letters: 50% More},
   journal = {Annals of Invention},
   volume = {7},
   number = {2},
   pages = {11--19},
   DOI = {https://doi.org/10.5555/robots_21},
   url = {https://arxiv.org/abs/2103.00001v2},
   year = {2021},
   month = {May},
   type = {Journal Article}
}
""",
    "jabref": r"""
% Encoding: UTF-8

@Article{Garcia2021,
  author    = {Jos{\'e} Garc{\'i}a and Ann-Marie van der Berg and {Institute of Nowhere}},
  journal   = {Annals of Invention},
  title     = {Robots {\&} {Letters}: 50{\%} {More}},
  year      = {2021},
  month     = may,
  number    = {2},
  pages     = {11--19},
  volume    = {7},
  doi       = {10.5555/ROBOTS_21},
  eprint    = {arXiv:2103.00001v1},
  groups    = {read},
}

@Comment{jabref-meta: databaseType:bibtex;}
""",
    "dblp": r"""
@article{DBLP:journals/ai/GarciaB21,
  author       = {Jos{\'{e}} Garc{\'{\i}}a and
                  Ann{-}Marie van der Berg and
                  {Institute of Nowhere}},
  title        = {Robots {\&} Letters: 50{\%} More},
  journal      = {Annals of Invention},
  volume       = {7},
  number       = {2},
  pages        = {11--19},
  month        = {May},
  year         = {2021},
  url          = {https://doi.org/10.5555/robots\_21},
  doi          = {10.5555/ROBOTS\_21},
  eprinttype    = {arXiv},
  eprint       = {2103.00001},
  timestamp    = {Sat, 01 May 2021 00:00:00 +0200},
  bibsource    = {dblp computer science bibliography, https://dblp.org}
}
""",
    "acl anthology": r"""
@article{garcia-etal-2021-robots,
    title = "Robots {\&} Letters: 50{\%} {M}ore",
    author = "Garc{\'\i}a, Jos{\'e}  and
      van der Berg, Ann-Marie  and
      {Institute of Nowhere}",
    journal = "Annals of Invention",
    volume = "7",
    number = "2",
    month = may,
    year = "2021",
    url = "https://arxiv.org/abs/2103.00001",
    doi = "10.5555/robots_21",
    pages = "11--19",
}
""",
    "ads": r"""
@ARTICLE{2021AnInv...7...11G,
       author = {{Garc{\'\i}a}, Jos{\'e} and van der Berg, Ann-Marie and {Institute of Nowhere}},
        title = "{Robots \& Letters: 50\% More}",
      journal = {Annals of Invention},
     keywords = {Robots, Letters},
         year = 2021,
        month = may,
       volume = {7},
       number = {2},
        pages = {11--19},
          doi = {10.5555/robots_21},
archivePrefix = {arXiv},
       eprint = {2103.00001},
 primaryClass = {cs.CY},
      adsnote = {Provided by an invented system}
}
""",
    "crossref": r"""
 @article{Garc_a_2021, title={Robots &amp;amp; Letters: 50% More}, volume={7}, ISSN={1234-5678}, \
url={http://dx.doi.org/10.5555/robots_21}, DOI={10.5555/robots_21}, number={2}, \
journal={Annals of Invention}, publisher={Nowhere Press}, author={García, José and van der Berg, \
Ann-Marie and {Institute of Nowhere}}, year={2021}, month=may, pages={11–19}, \
eprint={2103.00001v3} }
""".replace(" \\\n", " "),
    "springer, of old": r"""
@article {springerlink:10.5555/robots_21,
   author = {García, José and van der Berg, Ann-Marie and {Institute of Nowhere}},
   affiliation = {Institute of Nowhere, Nowhere},
   title = {Robots &amp; Letters: 50% More},
   journal = {Annals of Invention},
   publisher = {Nowhere Press},
   keyword = {Robots},
   pages = {11--19},
   volume = {7},
   issue = {2},
   url = {http://arxiv.org/abs/2103.00001},
   note = {10.5555/robots_21},
   month = {May},
   year = {2021}
}
""",
    "web of science": r"""
@article{ WOS:000000000000001,
Author = {Garc\'{i}a, Jos\'{e} and
   van der Berg, Ann-Marie and
   {Institute of Nowhere}},
Title = {{Robots \& Letters: 50\% More}},
Journal = {{Annals of Invention}},
Year = {{2021}},
Volume = {{7}},
Number = {{2}},
Pages = {{11--19}},
Month = {{MAY 5}},
DOI = {{10.5555/robots\_21}},
Note = {{arXiv: 2103.00001}},
Unique-ID = {{WOS:000000000000001}},
}
""",
    "plos": r"""
@article{10.5555/robots_21,
    doi = {10.5555/robots_21},
    author = {García, José AND van der Berg, Ann-Marie AND {Institute of Nowhere}},
    journal = {Annals of Invention},
    title = {Robots & Letters: 50% More},
    year = {2021},
    month = {05},
    volume = {7},
    url = {https://arxiv.org/pdf/2103.00001v1.pdf},
    pages = {11–19},
    number = {2},
}
""",
    "taylor & francis": r"""
@article{doi:10.5555/robots_21,
author = {José García and Ann-Marie van der Berg and {Institute of Nowhere}},
title = {Robots \& Letters: 50\% More},
journal = {Annals of Invention},
volume = {7},
number = {2},
pages = {11--19},
month = {May},
year  = {2021},
note = {arXiv:2103.00001v2},

URL = {
        https://doi.org/10.5555/robots_21

},
eprint = {
        https://doi.org/10.5555/robots_21

}
}
""",
    "a publisher": r"""
@article{10.5555/robots_21,
author = {Garc\'{\i}a, Jos\'{e} and van der Berg, Ann-Marie and {Institute of Nowhere}},
title = {Robots \&amp; Letters: 50\% More},
year = {2021},
issue_date = {May 2021},
publisher = {Nowhere Press},
volume = {7},
number = {2},
url = {https://doi.org/10.5555/robots_21},
doi = {10.5555/robots_21},
note = {arXiv:2103.00001},
journal = {Annals of Invention},
month = may,
pages = {11–19}
}
""",
}
# Google Scholar gives no DOI, arXiv no journal: the facts that they have are the same.
SOME = {
    "google scholar": r"""
@article{garcia2021robots,
  title={Robots \& letters: 50\% more},
  author={Garc{\'\i}a, Jos{\'e} and van der Berg, Ann-Marie and {Institute of Nowhere}},
  journal={arXiv preprint arXiv:2103.00001},
  year={2021}
}
""",
    "arxiv": r"""
@misc{garcia2021robots,
      title={Robots & Letters: 50% More},
      author={José García and Ann-Marie van der Berg and {Institute of Nowhere}},
      year={2021},
      eprint={2103.00001},
      archivePrefix={arXiv},
      primaryClass={cs.CY},
      url={https://arxiv.org/abs/2103.00001},
}
""",
    "arxiv by its DOI": r"""
@misc{https://doi.org/10.48550/arxiv.2103.00001,
  doi = {10.48550/ARXIV.2103.00001},
  url = {https://arxiv.org/abs/2103.00001},
  author = {García, José and van der Berg, Ann-Marie and {Institute of Nowhere}},
  keywords = {Computers and Society (cs.CY), FOS: Computer and information sciences},
  title = {Robots & Letters: 50% More},
  publisher = {arXiv},
  year = {2021},
  copyright = {arXiv.org perpetual, non-exclusive license}
}
""",
    "mendeley, of arxiv": r"""
@article{Garcia2021,
archivePrefix = {arXiv},
arxivId = {2103.00001},
author = {Garc{\'{i}}a, Jos{\'{e}} and van der Berg, Ann-Marie and {Institute of Nowhere}},
eprint = {2103.00001},
title = {{Robots {\&} Letters: 50{\%} More}},
url = {http://arxiv.org/abs/2103.00001},
year = {2021}
}
""",
}
AUTHORS = (
    Person(name="García, José", family="García", given="José"),
    Person(name="van der Berg, Ann-Marie", family="Berg", given="Ann-Marie", particle="van der"),
    Person(name="Institute of Nowhere", family="Institute of Nowhere", is_corporate=True),
)


def read(text: str):
    bibliography = read_references([BibFile("a.bib", text)], date(2026, 1, 1))
    assert [str(problem) for problem in bibliography.problems] == []
    (reference,) = bibliography.references
    assert reference.authors == AUTHORS
    assert reference.study.short_citation == "García, van der Berg & Institute of Nowhere (2021)"
    assert reference.study.arxiv_id == "2103.00001"
    return reference.study


@pytest.mark.parametrize("tool", ARTICLE)
def test_an_article_has_the_same_facts_whichever_tool_exported_it(tool: str) -> None:
    study = read(ARTICLE[tool])
    published = "2021-05-05" if tool == "web of science" else "2021-05"  # the others tell no day
    assert (study.publication_date, study.doi) == (published, "10.5555/robots_21")
    assert study.title == "Robots & Letters: 50% More"
    assert (study.venue, study.volume, study.number) == ("Annals of Invention", "7", "2")
    assert study.pages == "11–19"


@pytest.mark.parametrize("tool", SOME)
def test_a_preprint_has_the_same_facts_whichever_tool_exported_it(tool: str) -> None:
    study = read(SOME[tool])
    assert (study.year, study.venue, study.volume) == (2021, "arXiv", None)
    assert study.title.lower() == "robots & letters: 50% more"
