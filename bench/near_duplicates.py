"""How long the search for near-duplicates takes, against parsing the same BibTeX."""

import random
import time
from collections.abc import Iterator
from datetime import date
from itertools import accumulate

from bibtexparser.entrypoint import parse_string

from bench.site import Row
from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.bibliography.same_work import near_pairs

_LETTERS = "aeioubcdfglmnprst"


def measure(entries: int = 100_000) -> Iterator[Row]:
    """Yield the ratio for a bibliography in which one entry of a thousand stands twice."""
    text = invent_bibliography(entries)
    start = time.process_time()
    parse_string(text)
    floor = time.process_time() - start
    references = read_references([BibFile("invented.bib", text)], date(2026, 1, 1)).references
    start = time.process_time()
    found = sum(1 for _ in near_pairs(references))
    ratio = (time.process_time() - start) / floor
    planted = entries // 1000
    what = f"near-duplicates among {entries:,} entries ({found} of {planted} found) / parsing them"
    yield what, ratio, "<= 0.1"


def invent_bibliography(entries: int, seed: int = 0) -> str:
    """Return BibTeX with words and names as frequent as in a language, abstracts included."""
    choose = random.Random(seed)
    words = ["".join(choose.choices(_LETTERS, k=choose.randint(3, 10))) for _ in range(30_000)]
    weights = list(accumulate(1 / (place + 5) for place in range(len(words))))
    text = []
    for number in range(entries):
        title = choose.choices(words, cum_weights=weights, k=choose.randint(7, 14))
        people = choose.choices(words, cum_weights=weights, k=3)
        names = " and ".join(f"{name.title()}, A." for name in people)
        abstract = " ".join(choose.choices(words, cum_weights=weights, k=80))
        text.append(_entry(f"invented{number}", names, title, abstract))
        if number % 1000 == 0:
            # A shorter word with another letter is another word.
            place = max(range(len(title)), key=lambda i: len(title[i]))
            title[place] = title[place][:-1] + "x" * (1 + (title[place][-1] == "x"))
            text.append(_entry(f"again{number}", names, title, abstract))
    return "\n".join(text)


def _entry(key: str, names: str, title: list[str], abstract: str) -> str:
    return (
        f"@misc{{{key},\n  author = {{{names}}},\n  title = {{{' '.join(title)}}},\n"
        f"  year = {{2020}},\n  doi = {{10.5555/{key}}},\n  abstract = {{{abstract}}},\n}}\n"
    )
