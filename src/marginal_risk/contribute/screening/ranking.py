"""The order of a queue by likeness to what is included, as SQLite's full-text search ranks.

BM25 (Robertson and Zaragoza 2009) weighs a word by how rare it is, and a text by how often it has
the words: https://www.sqlite.org/fts5.html#the_bm25_function. The words asked for are those of the
titles and keywords of all included works.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from marginal_risk.rows import Reference

_SHORTEST = 3
"""Letters of a word that is asked for."""
_MOST_WORDS = 500


def rank_by_likeness(works: Sequence[Reference], included: Sequence[Reference]) -> list[int]:
    """Return the places of works in their list, the likest to the included ones first.

    Those that share no word with any come last, in their order.
    """
    words = dict.fromkeys(
        word
        for reference in included
        for text in (reference.study.title, reference.study.keywords or "")
        for word in re.findall(r"\w+", text.casefold())
        if len(word) >= _SHORTEST
    )
    query = " OR ".join(f'"{word}"' for word in list(words)[:_MOST_WORDS])
    found: list[int] = []
    if query:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.execute(
                "create virtual table works"
                " using fts5(title, keywords, abstract, tokenize = 'porter')"
            )
            connection.executemany(
                "insert into works (rowid, title, keywords, abstract) values (?, ?, ?, ?)",
                (
                    (place, one.study.title, one.study.keywords, one.study.abstract)
                    for place, one in enumerate(works)
                ),
            )
            rows = connection.execute(
                "select rowid from works where works match ? order by bm25(works), rowid", (query,)
            )
            found = [place for (place,) in rows]
    taken = set(found)
    return [*found, *(place for place in range(len(works)) if place not in taken)]
