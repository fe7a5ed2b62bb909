"""What a list of studies is narrowed to: read from an address, and put into SQL."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from marginal_risk.publish.queries.filters import (
    COUNTED,
    LONGEST_SEARCH,
    WITH_PROVISIONAL,
    match_expression,
    read_layer,
)

MOST_WORDS = 20
"""Words of a search; the rest is left out."""

# By facet, the rows (citekey, value) that say which works have which value.
_FACETS = {
    "vector": "select citekey, misuse_vector as value from screening"
    " where decision in ('candidate', 'included') and misuse_vector is not null",
    "type": "select citekey, study_type as value from screening"
    " where decision in ('candidate', 'included') and study_type is not null",
    "coded": "select citekey, case furthest when 2 then 'yes' else 'no' end as value from ("
    " select citekey, max(case when stage in ('coded', 'coded_twice') then 2"
    " when stage in ('candidate', 'included') then 1 else 0 end) as furthest"
    " from found_studies group by citekey) where furthest > 0"
    " union all select citekey, 'provisional' from studies_by_layer"
    " where layer = :layer and is_provisional = 1"
    " union all select citekey, 'left_out' from screening"
    " where decision in ('excluded', 'withdrawn')",
    # Who examines both kinds, examines each.
    "models": "select c.citekey, e.slug as value from comparisons_by_layer c"
    " join examined_models e on e.slug <> 'both'"
    " and (e.slug = c.examined or (c.examined = 'both' and e.slug in ('open', 'closed')))"
    " where c.layer = :layer",
    "year": "select citekey, cast(year as text) as value from studies",
}
FACETS = tuple(_FACETS)
"""What a list can be narrowed by: also the names of the parameters of an address."""
PARAMETERS = ("q", *FACETS, "codings")
"""Names of the parameters that a filter is read from."""


# Every word must be found: in the text index, or in the citation, which is not in that index.
_MATCHED = """
with matched as materialized (
    select term.key as term, f.rowid as study
    from json_each(:phrases) term join studies_fts f on f.studies_fts match term.value
    union
    select term.key, t.rowid
    from json_each(:words) term
    join studies t on instr(lower(t.short_citation || ' ' || t.citekey), term.value) > 0
)
"""


@dataclass(frozen=True)
class StudyFilter:
    """Which works to list; an empty filter lists all."""

    text: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The values asked for, by facet; a work has one of them, and that for every facet."""
    layer: str = COUNTED

    def __bool__(self) -> bool:
        """Tell whether it leaves anything out."""
        return bool(self.text or any(self.values.values()))

    @property
    def phrases(self) -> list[str]:
        """The words to find, each as an FTS5 expression in which nothing is syntax."""
        return match_expression(self.text).split()[:MOST_WORDS]

    @property
    def finds_nothing(self) -> bool:
        """Whether the text has no letter or digit: that finds nothing, and not everything."""
        return bool(self.text) and not self.phrases

    def chosen(self, facet: str) -> tuple[str, ...]:
        """Return the values asked for of a facet."""
        return self.values.get(facet, ())

    def turned(self, facet: str, value: str) -> StudyFilter:
        """Return the filter with a value of a facet added, or taken away where it is there."""
        chosen = self.chosen(facet)
        left = tuple(v for v in chosen if v != value)
        return replace(
            self, values={**self.values, facet: left if value in chosen else (*chosen, value)}
        )

    def pairs(self) -> list[tuple[str, str]]:
        """Return the filter as names and values of an address, always in the same order."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [(facet, value) for facet in FACETS for value in sorted(self.chosen(facet))]
        pairs += [("codings", "provisional")] if self.layer == WITH_PROVISIONAL else []
        return pairs

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of ``found``."""
        words = [phrase.strip('"*').lower() for phrase in self.phrases]
        values = {facet: json.dumps(self.chosen(facet)) for facet in FACETS}
        return {
            "layer": self.layer,
            "phrases": json.dumps(self.phrases),
            "words": json.dumps(words),
            **values,
        }

    def found(self) -> str:
        """Return a WITH clause for ``found``: the rowids (study) of the works that it keeps."""
        return f"{_MATCHED}, found as ({self._works('t.rowid as study')})"

    def _works(self, what: str, but: str = "") -> str:
        """Return the SQL of something of the works ``t`` that it keeps, given ``matched``.

        ``but`` is a facet that is not asked of them.
        """
        conditions = ["true"]
        if self.text:
            conditions.append(
                "t.rowid in (select study from matched group by study"
                " having count(*) = json_array_length(:words))"
            )
        conditions += (
            f"t.citekey in (select citekey from ({_FACETS[facet]})"
            f" where value in (select value from json_each(:{facet})))"
            for facet in FACETS
            if facet != but and self.chosen(facet)
        )
        return f"select {what} from studies t where {' and '.join(conditions)}"

    def counts(self) -> str:
        """Return the SQL of (facet, value, works): works with the value that the others keep."""
        return f"{_MATCHED} " + " union all ".join(
            f"select '{facet}', value, count(distinct citekey) from ({rows})"
            f" where citekey in ({self._works('t.citekey', but=facet)}) group by value"
            for facet, rows in _FACETS.items()
        )


def read_study_filter(
    parameters: Mapping[str, Sequence[str]], known: Mapping[str, Collection[str]]
) -> tuple[StudyFilter, list[str]]:
    """Return the filter that an address asks for, and a sentence for each part left out.

    ``known`` are the values of each facet; a facet that is not in it takes any year.
    """
    notices: list[str] = []
    values: dict[str, tuple[str, ...]] = {}
    for facet in FACETS:
        asked = dict.fromkeys(
            _EARLIER.get((facet, value.strip()), value.strip())
            for value in parameters.get(facet, ())
            if value.strip()
        )
        is_known = {value: _knows(known.get(facet), value) for value in asked}
        notices += (
            f"“{value[:60]}” is {_WHAT[facet]}, and was left out of the filter."
            for value, fits in is_known.items()
            if not fits
        )
        values[facet] = tuple(value for value, fits in is_known.items() if fits)
    codings = next(iter(parameters.get("codings", ())), "")
    if codings not in ("", "provisional"):
        notices.append(f"“{codings[:60]}” is no kind of codings; those that count are shown.")
    text = " ".join(next(iter(parameters.get("q", ())), "").replace("\0", " ").split())
    return StudyFilter(text[:LONGEST_SEARCH], values, read_layer(parameters)), notices


_EARLIER = {("coded", "1"): "yes"}
"""Values by names that they had before, and may have in links."""
_WHAT = {
    "vector": "not a misuse vector",
    "type": "not a type of study",
    "coded": "not yes, no, provisional or left_out",
    "models": "not a kind of model",
    "year": "not a year",
}


def _knows(values: Iterable[str] | None, value: str) -> bool:
    if values is None:
        return value.isascii() and value.isdecimal() and len(value) == 4
    return value in values
