"""Places of the map that a search names: rows, columns, cells and what a coder judged."""

from __future__ import annotations

from urllib.parse import urlencode

from marginal_risk.publish.page import PageContext
from marginal_risk.publish.queries.evidence import read_coders
from marginal_risk.publish.queries.vocabulary import Word

_MOST_PLACES = 8
"""Places of the map to lead to from a search."""


async def find_places(context: PageContext, text: str) -> list[tuple[str, str]]:
    """Return the rows, columns, cells and coders whose names have every word of a search.

    Each is a name with its address. They are eight at most, and none for a text without a word;
    a cell is named only where no row and no column is.
    """
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    if not words:
        return []

    def names(*named: Word) -> bool:
        told = " ".join(f"{word.name} {word.slug}" for word in named).lower()
        parts = "".join(c if c.isalnum() else " " for c in told).split()
        return all(any(part.startswith(word) for part in parts) for word in words)

    vectors, steps = context.vocabulary.vectors.values(), context.vocabulary.steps.values()
    places = [(f"{v.name} (row)", f"/vectors/{v.slug}") for v in vectors if names(v)]
    places += [(f"{s.name} (column)", f"/steps/{s.slug}") for s in steps if names(s)]
    if not places:
        places = [
            (f"{vector.name}: {step.name}", f"/vectors/{vector.slug}/{step.slug}")
            for vector in vectors
            for step in steps
            if names(vector, step)
        ]
    places += [
        (f"What {name} judged", f"/?{urlencode({'coder': slug})}")
        for slug, name in await context.read(read_coders)
        if names(Word(slug, name, ""))
    ]
    return [(name, context.path(path)) for name, path in places[:_MOST_PLACES]]
