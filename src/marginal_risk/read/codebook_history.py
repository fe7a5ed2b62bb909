"""What the codebook says beside its words: borderline cases, and what earlier versions said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from marginal_risk.problems import Place, did_you_mean
from marginal_risk.records import LEVELS, BorderlineCase, CodebookVersion, EarlierRule
from marginal_risk.rows import BorderlineRow

if TYPE_CHECKING:
    from marginal_risk.read.codebook import CodebookItem, Pair, Reader

_CASE = ("citekey", "misuse_vector", "level", "reason")
_EARLIER = ("version", "changed_on", "change", "steps")
_STEP = ("slug", "question", "levels")


def read_borderline_cases(reader: Reader, step: CodebookItem) -> Iterator[BorderlineRow]:
    """Yield the borderline cases of a step; that study and vector are known is checked later."""
    if "borderline" not in step.pairs:
        return
    for position, node in enumerate(_nodes(reader, "borderline", step.pairs["borderline"]), 1):
        texts = _texts(reader, node, "borderline", _CASE)
        level = texts.get("level")
        if level and level not in LEVELS:
            hint = did_you_mean(level, LEVELS)
            reader.report(node, "level", f"{level!r} is not a level.", hint)
        elif len(texts) == len(_CASE):
            case = BorderlineCase(step=step.values.get("slug", ""), position=position, **texts)
            yield BorderlineRow(case, Place(reader.path, node.start_mark.line + 1))


def read_versions(
    reader: Reader, version: Pair | None, earlier: Pair | None, steps: Sequence[str]
) -> tuple[list[CodebookVersion], list[EarlierRule]]:
    """Return all versions, the current one last, and the rules that a later version replaced.

    A codebook that names no version is version 1.
    """
    current = _number(reader, version.key, reader.text(version, "version")) if version else 1
    versions: list[CodebookVersion] = []
    rules: list[EarlierRule] = []
    for node in _nodes(reader, "earlier", earlier) if earlier else ():
        texts = _texts(reader, node, "earlier", ("version", "changed_on", "change"), _EARLIER)
        number = _number(reader, node, texts.get("version"))
        try:
            versions.append(
                CodebookVersion.model_validate({**texts, "version": number, "is_current": False})
            )
        except ValidationError:
            hint = "Write YYYY-MM-DD."
            reader.report(node, "changed_on", f"{texts['changed_on']!r} is not a day.", hint)
        rules += _earlier_rules(reader, node, number, steps)
    numbers = [one.version for one in versions]
    if earlier and (sorted({*numbers}) != numbers or max(numbers, default=0) >= current > 0):
        message = f"The versions do not rise from one to the next, up to {current}."
        reader.report(earlier.key, "earlier", message, "The oldest one comes first.")
    return [*versions, CodebookVersion(version=current or 1, is_current=True)], rules


def _earlier_rules(
    reader: Reader, node: yaml.Node, version: int, known: Sequence[str]
) -> Iterator[EarlierRule]:
    pairs = reader.pairs(node, "earlier")
    for place in _nodes(reader, "steps", pairs["steps"]) if "steps" in pairs else ():
        step = reader.item("steps", place)
        for name in set(step.pairs) - set(_STEP):
            hint = did_you_mean(name, _STEP)
            reader.report(step.pairs[name].key, name, "An earlier step has no such key.", hint)
        slug, question = step.values.get("slug"), step.values.get("question")
        if slug is None or slug not in known:
            if reader.problems:
                continue  # a step that could not be read is reported where it stands
            message = f"{slug!r} is not the slug of a step." if slug else "A step has no slug."
            reader.report(place, "slug", message, did_you_mean(slug or "", known))
        elif not question:
            reader.report(place, "question", f"{slug!r} has no question.", "Add 'question:'.")
        else:
            for level, rule in reader.rules_of(step):
                yield EarlierRule(
                    version=version, step=slug, level=level, question=question, rule=rule
                )


def _number(reader: Reader, node: yaml.Node, text: str | None) -> int:
    if text and text.isascii() and text.isdecimal() and 0 < int(text[:9]) == int(text):
        return int(text)
    if text is not None:
        reader.report(node, "version", f"{text!r} is not a number of a version.", "Write 1, 2, ...")
    return 0


def _nodes(reader: Reader, name: str, pair: Pair) -> list[yaml.Node]:
    """Return the items of a list."""
    if isinstance(pair.value, yaml.SequenceNode) and pair.value.value:
        return list(pair.value.value)
    reader.report(pair.key, name, "This must be a list with at least one item.", "Start with '- '.")
    return []


def _texts(
    reader: Reader, node: yaml.Node, name: str, needed: Sequence[str], known: Sequence[str] = ()
) -> dict[str, str]:
    """Return the texts of an item that it must have; what is missing or unknown is reported."""
    pairs = reader.pairs(node, name)
    known = known or needed
    for key, pair in pairs.items():
        if key not in known:
            hint = did_you_mean(key, known)
            reader.report(pair.key, key, f"An item of {name} has no such key.", hint)
    texts = {}
    for key in needed:
        if key not in pairs:
            if pairs:
                reader.report(node, key, f"An item of {name} has no {key}.", f"Add '{key}:'.")
        elif text := reader.text(pairs[key], key):
            texts[key] = text
        elif text == "":
            reader.report(
                pairs[key].key, key, f"An item of {name} has an empty {key}.", "Fill it in."
            )
    return texts
