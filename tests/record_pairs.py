"""500 pairs of records of which the answer is known, made from the published works.

Half are one work twice, changed as databases change it; half are two works that look alike. The
changes are drawn with a seed, so the pairs are the same each time.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from marginal_risk.rows import Reference

_SEED = 2026
_PAIRS = 250
"""Of each kind."""


@dataclass(frozen=True)
class Record:
    """What an export says of a work."""

    authors: tuple[str, ...]
    title: str
    year: int
    venue: str
    doi: str
    arxiv_id: str

    def as_ris(self) -> str:
        """Return the record in RIS."""
        lines = ["TY  - JOUR", *(f"AU  - {name}" for name in self.authors), f"TI  - {self.title}"]
        lines += [f"PY  - {self.year}", f"T2  - {self.venue}", f"DO  - {self.doi}"]
        if self.arxiv_id:
            lines.append(f"UR  - https://arxiv.org/abs/{self.arxiv_id}")
        return "\n".join([*lines, "ER  - \n"])


@dataclass(frozen=True)
class Pair:
    """A known record, another one, and whether both are one work."""

    first: Record
    second: Record
    change: str
    is_same: bool


def make_pairs(references: list[Reference]) -> list[Pair]:
    """Return 250 pairs of one work, and 250 of two."""
    chance = random.Random(_SEED)  # noqa: S311  (not a secret)
    works = [
        Record(
            authors=tuple(
                f"{one.family}, {one.given}" if one.given else one.family for one in work.people
            ),
            title=work.study.title,
            year=work.study.year,
            venue=work.study.venue or "",
            doi=work.study.doi or "",
            arxiv_id=work.study.arxiv_id or "",
        )
        for work in references
        if len(work.study.title.split()) >= 5
    ]
    return [*_same(works, chance), *_other(works, chance)]


def _same(works: list[Record], chance: random.Random) -> Iterator[Pair]:
    changes: dict[str, Callable[[Record], Record]] = {
        "as it is": lambda r: r,
        "without identifiers": lambda r: replace(r, doi="", arxiv_id=""),
        "in capitals": lambda r: replace(r, title=r.title.upper(), doi="", arxiv_id=""),
        "initials": lambda r: replace(
            r, authors=tuple(map(_initials, r.authors)), doi="", arxiv_id=""
        ),
        "first author alone": lambda r: replace(r, authors=r.authors[:1], doi="", arxiv_id=""),
        "a year later": lambda r: replace(r, year=r.year + 1, doi="", arxiv_id=""),
        "published": lambda r: replace(
            r, year=r.year + 1, arxiv_id="", doi=f"10.5555/{chance.randrange(10**6)}", venue="ACL"
        ),
        "without subtitle": lambda r: replace(r, title=r.title.split(":")[0], doi="", arxiv_id=""),
        "a slip": lambda r: replace(r, title=_slip(r.title, chance), doi="", arxiv_id=""),
        "abbreviated": lambda r: replace(r, title=_abbreviated(r.title), doi="", arxiv_id=""),
        "no punctuation": lambda r: replace(
            r, title=r.title.replace(":", "").replace("-", " "), doi="", arxiv_id=""
        ),
    }
    names = list(changes)
    number = 0
    while number < _PAIRS:
        work, name = chance.choice(works), names[number % len(names)]
        if name == "without subtitle" and len(work.title.split(":")[0].split()) < 3:
            continue
        if name == "without subtitle" and ":" not in work.title:
            continue
        if name == "abbreviated" and _abbreviated(work.title) == work.title:
            continue
        yield Pair(work, changes[name](work), name, is_same=True)
        number += 1


def _other(works: list[Record], chance: random.Random) -> Iterator[Pair]:
    def doi() -> str:
        return f"10.5555/{chance.randrange(10**6)}"

    changes: dict[str, Callable[[Record], Record]] = {
        "another subtitle, year, DOI and given name": lambda r: replace(
            *(r,),
            title=f"{r.title.split(':')[0]}: a field study",
            year=r.year + 3,
            doi=doi(),
            arxiv_id="",
            authors=(_other_given(r.authors[0]), *r.authors[1:]),
        ),
        "the title and year, by somebody else": lambda r: replace(
            r, authors=("Nobody, Dee", "Pretend, Eve"), doi=doi(), arxiv_id=""
        ),
        "the title and year, by somebody else, without DOI": lambda r: replace(
            r, authors=("Nobody, Dee",), doi="", arxiv_id=""
        ),
        "a second part": lambda r: replace(
            r, title=f"{r.title}, Part II", year=r.year + 1, doi=doi(), arxiv_id=""
        ),
        "a reply": lambda r: replace(
            r, title=f"Reply to: {r.title}", authors=("Nobody, Dee",), doi=doi(), arxiv_id=""
        ),
        "an erratum": lambda r: replace(r, title=f"Erratum: {r.title}", doi=doi(), arxiv_id=""),
        "the next report of a series": lambda r: replace(
            r, title=f"{r.title} {r.year + 1}", year=r.year + 1, doi=doi(), arxiv_id=""
        ),
        "another work of the authors": lambda r: replace(
            r, title=chance.choice(works).title, doi=doi(), arxiv_id=""
        ),
        "any other work": lambda r: chance.choice([one for one in works if one.title != r.title]),
    }
    names = list(changes)
    number = 0
    while number < _PAIRS:
        work, name = chance.choice(works), names[number % len(names)]
        other = changes[name](work)
        if name == "another work of the authors" and other.title == work.title:
            continue
        yield Pair(work, other, name, is_same=False)
        number += 1


def _initials(name: str) -> str:
    family, _, given = name.partition(", ")
    return f"{family}, {' '.join(f'{part[0]}.' for part in given.split())}" if given else family


def _other_given(name: str) -> str:
    family, _, _ = name.partition(", ")
    return f"{family}, Zebulon"


def _slip(title: str, chance: random.Random) -> str:
    words = title.split()
    place = max(range(len(words)), key=lambda n: (len(words[n]), n))
    at = chance.randrange(1, len(words[place]) - 2)
    word = words[place]
    words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def _abbreviated(title: str) -> str:
    for long, short in (
        ("Large Language Models", "LLMs"),
        ("Large Language Model", "LLM"),
        ("large language models", "LLMs"),
        ("artificial intelligence", "AI"),
        ("Artificial Intelligence", "AI"),
        ("AI", "Artificial Intelligence"),
        ("LLMs", "Large Language Models"),
    ):
        if long in title:
            return title.replace(long, short)
    return title
