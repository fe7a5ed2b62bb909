"""The words that a search can find, and the neighbour of one that was typed with a slip."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

from marginal_risk.publish.queries.filters import match_expression

_SHORTEST = 4
"""Letters of a word that may be a slip; one shorter has too many neighbours."""
_LIKENESS = 0.8
"""How like two words must be, from 0 to 1: a slip in five letters, two in ten."""
_MOST_SLIPS = 5
"""Words of one search to find neighbours of."""
_WORD = re.compile(r"[^\W\d_]{4,}")


def read_search_words(connection: sqlite3.Connection) -> list[str]:
    """Return the words of titles, people, reasons and what studies are about, most used first.

    They are without accents and capitals. Abstracts are left out: they are long, and of all the
    words on a study those that somebody most seldom types.
    """
    counted: Counter[str] = Counter()
    for texts in connection.execute("select title, authors, rationale, about from studies_fts"):
        counted.update(_WORD.findall(_fold(" ".join(filter(None, texts)))))
    return sorted(counted, key=lambda word: (-counted[word], word))


def correct(connection: sqlite3.Connection, words: Sequence[str], text: str) -> str:
    """Return a search with each word that nothing matches replaced by its neighbour.

    '' where every word matches something, or one that does not has no neighbour among ``words``.
    """
    typed = [phrase.strip('"*') for phrase in match_expression(text).split()]
    missing = _find_missing(connection, typed)
    if not missing or len(missing) > _MOST_SLIPS:
        return ""
    neighbours = {word: _find_neighbour(_fold(word), words) for word in missing}
    if not all(neighbours.values()):
        return ""
    return " ".join(neighbours.get(word, word) for word in typed)


def _find_missing(connection: sqlite3.Connection, words: Sequence[str]) -> set[str]:
    """Return those of the words that no work has."""
    found = connection.execute(
        "select value from json_each(:words) where not exists ("
        """ select 1 from studies_fts where studies_fts match '"' || value || '"*')"""
        " and not exists (select 1 from studies"
        " where instr(lower(short_citation || ' ' || citekey), lower(value)) > 0)",
        {"words": json.dumps(list(words))},
    )
    return {row[0] for row in found}


def _find_neighbour(word: str, words: Sequence[str]) -> str:
    """Return the word most like another; of its first and last letter, one must be right."""
    if len(word) < _SHORTEST:
        return ""
    # A slip seldom changes both ends; and comparing a word with all others would take long.
    near = [
        other
        for other in words
        if abs(len(other) - len(word)) <= 2 and (other[0] == word[0] or other[-1] == word[-1])
    ]
    return next(iter(get_close_matches(word, near, 1, _LIKENESS)), "")


def _fold(text: str) -> str:
    """Return a text without capitals and accents."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c))
