"""The filter of the map: read from an address, written back to one, and put into SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from marginal_risk.publish.queries.vocabulary import MapVocabulary

COUNTED, WITH_PROVISIONAL = "counted", "with_provisional"
"""The layers of the map, as the views name them: what counts, and what machines coded beside it."""
PARAMETERS = ("vector", "step", "level", "coder", "confidence", "from", "to", "q", "codings")
"""Names of the parameters of an address that a filter is read from."""
LONGEST_SEARCH = 200
"""Characters of a search text; the rest is left out."""


MOST_NOTICES = 5
"""Sentences about parts of a filter that make no sense; the last one counts the rest."""


@dataclass(frozen=True)
class MapFilter:
    """What the reader wants to see; an empty filter shows the whole map."""

    vectors: tuple[str, ...] = ()
    """Rows to show; none means all. The next three are read in the same way."""
    steps: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    confidence: str = ""
    first_year: int | None = None
    last_year: int | None = None
    text: str = ""
    layer: str = COUNTED
    """Which layer of the map to show; this leaves nothing out."""

    def __bool__(self) -> bool:
        """Tell whether it leaves anything out."""
        return replace(self, layer=COUNTED) != MapFilter()

    @property
    def has_provisional(self) -> bool:
        """Whether the codings of machines are shown too."""
        return self.layer == WITH_PROVISIONAL

    @property
    def narrows_studies(self) -> bool:
        """Whether it leaves out studies or judgements, not only rows and columns."""
        return bool(replace(self, vectors=(), steps=()))

    def pairs(self) -> list[tuple[str, str]]:
        """Return the filter as names and values of an address, always in the same order."""
        single = {
            "codings": "provisional" if self.has_provisional else "",
            "confidence": self.confidence,
            "from": self.first_year,
            "to": self.last_year,
            "q": self.text,
        }
        several = {
            "vector": self.vectors,
            "step": self.steps,
            "level": self.levels,
            "coder": self.coders,
        }
        pairs = [(name, value) for name, values in several.items() for value in values]
        return pairs + [(name, str(value)) for name, value in single.items() if value]

    def query(self, *others: tuple[str, str], **more: str) -> str:
        """Return the filter, and what else is named, as the query of an address, or nothing."""
        pairs = [*self.pairs(), *others, *((name, value) for name, value in more.items() if value)]
        return f"?{urlencode(pairs)}" if pairs else ""

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of ``kept_rows``."""
        found: dict[str, Any] = {
            "layer": self.layer,
            "confidence": self.confidence,
            "first_year": self.first_year,
            "last_year": self.last_year,
            "text": match_expression(self.text),
        }
        several = {
            "level": self.levels,
            "coder": self.coders,
            "vector": self.vectors,
            "step": self.steps,
        }
        for name, values in several.items():
            found |= {f"{name}{number}": value for number, value in enumerate(values)}
        return found

    def kept_rows(self) -> dict[str, str]:
        """Return the SQL of the rows that it keeps, by the table or view that they are of.

        The keys of the studies that it keeps come first, as ``kept_studies``, if it leaves out any.
        """
        if not self.narrows_studies:
            return {}
        rows, study = {}, self._conditions_on_study()
        of_layer, kept = ["layer = :layer"], []
        if study:
            rows["kept_studies"] = f"select citekey from studies where {_all(study)}"
            # A plus sign, so that SQLite looks up each study of a cell, not each cell of a study.
            kept.append("+citekey in (select citekey from kept_studies)")
        by_coder = _one_of("coder", "coder", self.coders)
        coding = of_layer + kept + by_coder
        # What is stored of each step has the year beside it: nothing is looked up.
        level = of_layer + (kept if self.text else study)
        asked = list(by_coder)
        if self.levels:
            chosen = _all(_one_of("slug", "level", self.levels))
            asked.append(f"rank in (select rank from main.levels where {chosen})")
        if self.confidence:
            asked.append("confidence = :confidence")
        if self.levels or self.confidence:
            # A coding without any judgement left is left out too.
            coding.append(
                "exists (select 1 from main.judgements j where j.citekey = g.citekey"
                " and j.misuse_vector = g.misuse_vector and j.coder = g.coder"
                f" and {self.conditions_on_judgement()})"
            )
        rows["placed_codings"] = f"select * from main.placed_codings g where {_all(coding)}"
        if asked:
            of_level = f"from main.placed_judgements where {_all(level)}"
            rows["placed_judgements"] = f"select * {of_level} and {_all(asked)}"
            rows["left_out"] = f"select * {of_level} and not ({_all(asked)})"
        if asked or study:
            rows["agreed_levels"] = f"select * from main.agreed_levels where {_all(level)}"
        return rows

    def conditions_on_coding(self) -> list[str]:
        """Return the SQL of what it asks of a coding ``g`` by a coder ``c``; at least one.

        A coding is kept whole where one of its judgements is.
        """
        conditions = ["true" if self.has_provisional else "c.kind <> 'machine'"]
        conditions += _one_of("g.misuse_vector", "vector", self.vectors)
        conditions += _one_of("g.coder", "coder", self.coders)
        if study := self._conditions_on_study():
            conditions.append(f"g.citekey in (select citekey from studies where {_all(study)})")
        if self.steps or self.levels or self.confidence:
            asked = [*_one_of("j.step", "step", self.steps), self.conditions_on_judgement()]
            conditions.append(
                "exists (select 1 from judgements j where j.citekey = g.citekey"
                " and j.misuse_vector = g.misuse_vector and j.coder = g.coder"
                f" and {_all(asked)})"
            )
        return conditions

    def _conditions_on_study(self) -> list[str]:
        """Return the SQL of what it asks of a row of ``studies``."""
        study = []
        if self.first_year is not None:
            study.append("year >= :first_year")
        if self.last_year is not None:
            study.append("year <= :last_year")
        if self.text:
            study.append("rowid in (select rowid from studies_fts where studies_fts match :text)")
        return study

    def conditions_on_judgement(self) -> str:
        """Return the SQL of what it asks of a judgement ``j`` of a study that it keeps."""
        conditions = _one_of("j.coder", "coder", self.coders)
        conditions += _one_of("j.level", "level", self.levels)
        if self.confidence:
            conditions.append("j.confidence = :confidence")
        return _all(conditions)


EVERYTHING = MapFilter()
"""The filter that leaves nothing out."""


def read_filter(
    parameters: Mapping[str, Sequence[str]], vocabulary: MapVocabulary, coders: Iterable[str]
) -> tuple[MapFilter, list[str]]:
    """Return the filter that an address asks for, and a sentence for each part left out.

    ``parameters`` are the values of the address's query by name, as ``urllib.parse.parse_qs``
    returns them.
    """
    notices: list[str] = []
    known = {
        "vector": ("a misuse vector", tuple(vocabulary.vectors)),
        "step": ("a step", tuple(vocabulary.steps)),
        "level": ("a level", ("addressed", "partial", "absent")),
        "coder": ("a coder", tuple(coders)),
        "confidence": ("a confidence", ("high", "low")),
    }

    def chosen(name: str) -> tuple[str, ...]:
        what, words = known[name]
        asked = [word for word in parameters.get(name, ()) if word]
        for word in dict.fromkeys(asked):
            if word not in words:
                notices.append(f"“{word[:60]}” is not {what}, and was left out of the filter.")
        return tuple(word for word in words if word in asked)

    def first(name: str) -> str:
        return next(iter(parameters.get(name, ())), "")

    def year(name: str) -> int | None:
        text = first(name).strip()
        if text and not (text.isascii() and text.isdecimal() and len(text) == 4):
            notices.append(f"“{text[:60]}” is not a year, and was left out of the filter.")
            return None
        return int(text) if text else None

    first_year, last_year = year("from"), year("to")
    if first_year and last_year and first_year > last_year:
        notices.append(
            f"No year is from {first_year} and up to {last_year}; both were left out of the filter."
        )
        first_year = last_year = None
    layer = read_layer(parameters)
    if first("codings") and layer == COUNTED:
        notices.append(
            f"“{first('codings')[:60]}” is no kind of codings; those that count are shown."
        )
    confidences = chosen("confidence")
    text = " ".join(first("q").split())[:LONGEST_SEARCH]
    found = MapFilter(
        vectors=chosen("vector"),
        steps=chosen("step"),
        levels=chosen("level"),
        coders=chosen("coder"),
        confidence=confidences[0] if len(confidences) == 1 else "",
        first_year=first_year,
        last_year=last_year,
        text=text if match_expression(text) else "",
        layer=layer,
    )
    return found, notices


def shorten_notices(notices: Sequence[str]) -> list[str]:
    """Return at most MOST_NOTICES sentences: an address can have thousands of wrong words."""
    if len(notices) <= MOST_NOTICES:
        return list(notices)
    shown = notices[: MOST_NOTICES - 1]
    return [*shown, f"{len(notices) - len(shown)} other words were left out of the filter too."]


def read_layer(parameters: Mapping[str, Sequence[str]]) -> str:
    """Return the layer that an address asks for: ``codings=provisional``, or what counts."""
    asked = parameters.get("codings", ())
    return WITH_PROVISIONAL if "provisional" in asked[:1] else COUNTED


def match_expression(text: str) -> str:
    """Return an FTS5 expression that finds all words of a text; none of them acts as syntax."""
    words = ("".join(c if c.isalnum() else " " for c in text)).split()
    return " ".join(f'"{word}"*' for word in words)


def _one_of(column: str, name: str, values: tuple[str, ...]) -> list[str]:
    if not values:
        return []
    places = ", ".join(f":{name}{number}" for number in range(len(values)))
    return [f"{column} in ({places})"]


def _all(conditions: Iterable[str]) -> str:
    return " and ".join(conditions) or "true"
