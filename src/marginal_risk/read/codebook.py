"""data/codebook.yml -> Codebook + problems."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from marginal_risk.problems import Place, Problem, did_you_mean
from marginal_risk.read.codebook_history import read_borderline_cases, read_versions
from marginal_risk.read.sheets import explain_formula, starts_like_formula
from marginal_risk.records import (
    LEVELS,
    NOT_MEASURED,
    NOTHING_COMPARED,
    STAGES,
    VOCABULARIES,
    Coding,
    CodingRule,
    Term,
)
from marginal_risk.rows import Codebook

_RULE = "bad-codebook"
_MOST_STEPS = 100
"""A view has a column for each step, and SQLite none beyond 2,000; a page is full long before."""
# The views give these words a meaning, so the codebook may describe but not rename them.
FIXED = {
    "levels": LEVELS,
    "confidences": ("high", "low"),
    "coder_kinds": ("published", "person", "machine", "consensus"),
    "decisions": ("candidate", "included", "excluded", "withdrawn"),
    "gap_kinds": ("no_study", "not_coded", "absent", "partial_only", "contested", "single_study"),
    "readings": ("whole", "part"),
    "examined": ("open", "closed", "both", "unclear"),
    "findings": ("more", "no_difference", "less", "mixed", NOT_MEASURED),
}
# Each step is a column of studies.csv and of the view study_coverage, beside these.
_TAKEN = frozenset({*Coding.model_fields, "started_from", "coders", "layer", "provisional"})
SECTIONS = (*VOCABULARIES, "marginal_risk_step", "version", "earlier")
LATER = frozenset(
    {"readings", "examined", "comparators", "findings", "properties", "version", "earlier"}
)
"""Sections that codebooks did not have from the start: an old one is still read without them."""
_COMPUTED = frozenset({"position", "rank", "is_marginal_risk"})
"""Fields of terms that follow from where a term stands, and are not written."""


def read_codebook(text: str, path: str) -> tuple[Codebook, list[Problem]]:
    """Return the codebook in ``text``, and what is wrong with it.

    With a problem, the codebook that comes back is empty: nothing can be checked against it.
    ``path`` is for messages only.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Codebook(), [_not_yaml(path, mark.line + 1 if mark else 1, str(error.problem))]
    except yaml.reader.ReaderError as error:  # knows the character, but no line
        line = text.count("\n", 0, error.position) + 1
        return Codebook(), [_not_yaml(path, line, f"{chr(error.character)!r} cannot stand in it")]
    except RecursionError:
        return Codebook(), [_not_yaml(path, 1, "its parts are nested too deeply")]
    reader = Reader(path)
    codebook = reader.read(node)
    return (Codebook() if reader.problems else codebook), reader.problems


def _not_yaml(path: str, line: int, reason: str) -> Problem:
    hint = "Check the indentation, and put a text that holds ': ' or ' #' in quotes."
    return Place(path, line).problem("yaml", _RULE, f"This is not valid YAML: {reason}.", hint)


class Pair(NamedTuple):
    """A key and its value, as they stand in the file."""

    key: yaml.Node
    value: yaml.Node


@dataclass(frozen=True)
class CodebookItem:
    """One term of a section."""

    node: yaml.Node
    pairs: dict[str, Pair]
    values: dict[str, Any] = field(default_factory=dict)
    """What was read of the pairs; one that could not be read is reported and not in it."""

    def __str__(self) -> str:
        return repr(self.values["slug"]) if self.values.get("slug") else "This item"


class Reader:
    """Walks the YAML nodes, which know their lines, and gathers problems.

    Nodes are looked at one level at a time and never printed: an alias may stand for its own
    parent, or for more text than there is memory.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def report(self, node: yaml.Node | None, name: str, message: str, hint: str = "") -> None:
        """Add a problem at the line of a node, or of the file's start."""
        line = node.start_mark.line + 1 if node else 1
        self.problems.append(Place(self.path, line).problem(name, _RULE, message, hint))

    def read(self, node: yaml.Node | None) -> Codebook:
        """Return what the file says, as far as it could be read."""
        top = self.pairs(node, "codebook")
        if self.problems and not top:
            return Codebook()
        for name, pair in top.items():
            if name not in SECTIONS:
                hint = did_you_mean(name, SECTIONS)
                self.report(pair.key, name, "The codebook has no such section.", hint)
        for name in SECTIONS:
            if name not in top and name not in LATER:
                self.report(node, name, "This section is missing.", f"Add '{name}:'.")
        items = {name: self.items(name, top[name]) for name in VOCABULARIES if name in top}
        steps = items.get("steps", [])
        marginal = self.marginal_step(top.get("marginal_risk_step"), steps)
        for step in steps:
            # Without a name, one problem is enough.
            step.values.setdefault("full_name", step.values.get("name") or "nameless")
            step.values["is_marginal_risk"] = step.values.get("slug") == marginal
        levels = items.get("levels", [])
        for rank, level in enumerate(reversed(levels), start=1):
            level.values["rank"] = rank
        rules = [rule for step in steps for rule in self.coding_rules(step)]
        cases = [case for step in steps for case in read_borderline_cases(self, step)]
        slugs = [step.values.get("slug", "") for step in steps]
        versions, earlier = read_versions(self, top.get("version"), top.get("earlier"), slugs)
        made: dict[str, Any] = {name: tuple(self.terms(name, items[name])) for name in items}
        return Codebook(
            **made,
            coding_rules=tuple(rules),
            borderline=tuple(cases),
            versions=tuple(versions),
            earlier_rules=tuple(earlier),
        )

    def pairs(self, node: yaml.Node | None, name: str) -> dict[str, Pair]:
        """Return the pairs of a mapping by key."""
        if not isinstance(node, yaml.MappingNode):
            self.report(node, name, "Here must stand lines of the form 'name: value'.")
            return {}
        found: dict[str, Pair] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.report(key, name, "A name is a single word.", "Write 'name: value'.")
            elif key.value in found:
                self.report(key, key.value, "This name is given twice.", "Keep one of them.")
            else:
                found[key.value] = Pair(key, value)
        return found

    def text(self, pair: Pair, name: str) -> str | None:
        """Return a value in one line; None, with a problem, where it is a list or mapping."""
        if not isinstance(pair.value, yaml.ScalarNode):
            self.report(pair.key, name, "This must be a text.", "Put it in quotes.")
            return None
        is_null = pair.value.tag == "tag:yaml.org,2002:null"
        return "" if is_null else " ".join(pair.value.value.split())

    def items(self, section: str, pair: Pair) -> list[CodebookItem]:
        """Return the items of a section, holding their slugs to what is demanded of them."""
        if not isinstance(pair.value, yaml.SequenceNode) or not pair.value.value:
            hint = "Start each item with '- slug:'."
            self.report(pair.key, section, "This must be a list with at least one item.", hint)
            return []
        items = [self.item(section, node) for node in pair.value.value]
        if section == "steps" and len(items) > _MOST_STEPS:
            message = f"There are {len(items)} steps, and a map shows at most {_MOST_STEPS}."
            self.report(pair.key, section, message, "Merge steps, or make a map for each group.")
        taken: set[str] = set()
        for item in items:
            slug = item.values.get("slug")
            if slug in taken:
                message = f"{slug!r} stands twice in {section}."
                self.report(item.pairs["slug"].key, "slug", message, "Rename one of them.")
            elif section == "steps" and slug in _TAKEN:
                message = f"{slug!r} is the name of another column in studies.csv or in a view."
                self.report(item.pairs["slug"].key, "slug", message, "Give the step another slug.")
            taken.update([slug] if slug else [])
        slugs = tuple(item.values.get("slug", "") for item in items)
        if section in FIXED and all(slugs) and slugs != FIXED[section]:
            message = "The program gives these slugs a meaning, so they are fixed."
            hint = f"Give these, in this order: {', '.join(FIXED[section])}."
            self.report(pair.key, section, message, hint)
        if section == "comparators" and all(slugs) and NOTHING_COMPARED not in slugs:
            message = f"The program gives {NOTHING_COMPARED!r} a meaning, and it is not here."
            self.report(pair.key, section, message, f"Add an item with '{NOTHING_COMPARED}'.")
        return items

    def item(self, section: str, node: yaml.Node) -> CodebookItem:
        """Return one item of a section with its texts."""
        item = CodebookItem(node, self.pairs(node, section))
        known = set(VOCABULARIES[section].record.model_fields) - _COMPUTED
        for name, pair in item.pairs.items():
            if section == "steps" and name in ("levels", "borderline"):
                continue  # these are coding rules, and cases that they decide
            if name not in known:
                hint = did_you_mean(name, known)
                self.report(pair.key, name, f"An item of {section} has no such key.", hint)
            elif (text := self.text(pair, name)) is not None:
                item.values[name] = text
                if name != "symbol" and starts_like_formula(text):
                    self.report(pair.key, name, *explain_formula(text))
        return item

    def marginal_step(self, pair: Pair | None, steps: list[CodebookItem]) -> str | None:
        """Return the slug of the step that asks for marginal risk."""
        slug = self.text(pair, "marginal_risk_step") if pair else None
        slugs = [step.values["slug"] for step in steps if "slug" in step.values]
        if pair and slug is not None and steps and slug not in slugs:
            message = f"{slug!r} is not the slug of a step."
            hint = did_you_mean(slug, slugs)
            self.report(pair.key, "marginal_risk_step", message, hint)
        return slug

    def coding_rules(self, step: CodebookItem) -> Iterator[CodingRule]:
        """Yield what earns each level at a step."""
        for level, rule in self.rules_of(step):
            yield CodingRule(step=step.values.get("slug", ""), level=level, rule=rule)

    def rules_of(self, step: CodebookItem) -> Iterator[tuple[str, str]]:
        """Yield each level with what earns it at a step."""
        known = FIXED["levels"]
        pair = step.pairs.get("levels")
        if pair is None:
            if step.pairs:
                hint = f"Add 'levels:' with a line for each of: {', '.join(known)}."
                self.report(step.node, "levels", f"{step} does not say what earns a level.", hint)
            return
        rules = self.pairs(pair.value, "levels")
        if not isinstance(pair.value, yaml.MappingNode):
            return
        for name in rules:
            if name not in known:
                hint = did_you_mean(name, known)
                self.report(rules[name].key, name, "There is no such level.", hint)
        for level in known:
            text = self.text(rules[level], level) if level in rules else ""
            if text:
                yield level, text
            elif text is not None:
                message = f"{step} does not say what earns {level!r}."
                self.report(pair.key, "levels", message, f"Add it after '{level}:'.")

    def terms(self, section: str, items: list[CodebookItem]) -> Iterator[Term]:
        """Make the records of one section; what does not validate is reported."""
        record = VOCABULARIES[section].record
        for position, item in enumerate(items, start=1):
            try:
                yield record.model_validate({**item.values, "position": position})
            except ValidationError as error:
                for detail in error.errors():
                    name = str(detail["loc"][0])
                    if item.pairs and (detail["type"] != "missing" or name not in item.pairs):
                        place = item.pairs[name].key if name in item.pairs else item.node
                        self.report(place, name, *_explain(detail["type"], item, name))


def _explain(kind: str, item: CodebookItem, name: str) -> tuple[str, str]:
    """Return message and hint for a value that does not validate."""
    if kind == "missing":
        return f"{item} has no {name}.", f"Add '{name}:'."
    if kind == "string_too_short" or not item.values[name]:
        return f"{item} has an empty {name}.", "Fill it in."
    if kind == "string_too_long":
        return f"{item.values[name]!r} is too long.", "Give a single character."
    if name == "stage":
        return f"{item.values[name]!r} is no stage.", f"Use one of: {', '.join(STAGES)}."
    if kind.startswith("bool"):
        return f"{item.values[name]!r} is neither yes nor no.", "Write yes or no."
    return f"{item.values[name]!r} is no slug.", "Use a-z, 0-9 and '_', and start with a letter."
