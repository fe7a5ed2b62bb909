"""data/codebook.yml -> Codebook + problems."""

from collections.abc import Iterator
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from marginal_risk.problems import Place, Problem, did_you_mean
from marginal_risk.records import (
    Codebook,
    CoderKind,
    CodingRule,
    Confidence,
    GapKind,
    Level,
    MisuseVector,
    Step,
    Term,
)

T = TypeVar("T", bound=Term)

# The views give these words a meaning, so the codebook may describe but not rename them.
FIXED = {
    "levels": ("addressed", "partial", "absent"),
    "confidences": ("high", "low"),
    "coder_kinds": ("published", "person", "machine", "consensus"),
    "gap_kinds": ("no_study", "not_coded", "absent", "partial_only", "contested", "single_study"),
}
SECTIONS = ("misuse_vectors", "steps", "marginal_risk_step", *FIXED)
RULE = "bad-codebook"


def read_codebook(text: str, path: str) -> tuple[Codebook, list[Problem]]:
    """Return the codebook in ``text``, and what is wrong with it.

    With a problem, the codebook that comes back is empty: nothing can be checked against it.
    ``path`` is for messages only.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        line = getattr(error, "problem_mark", None)
        place = Place(path, line.line + 1 if line else 1)
        reason = getattr(error, "problem", None) or "it cannot be read"
        return Codebook(), [place.problem("yaml", RULE, f"This is not valid YAML: {reason}.")]
    reader = _Reader(path)
    codebook = reader.read(node)
    return (codebook if not reader.problems else Codebook()), reader.problems


class _Reader:
    """Walks the YAML nodes, which know their lines, and gathers problems."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def report(self, node: yaml.Node | None, field: str, message: str, hint: str = "") -> None:
        line = node.start_mark.line + 1 if node else 1
        self.problems.append(Place(self.path, line).problem(field, RULE, message, hint))

    def read(self, node: yaml.Node | None) -> Codebook:
        top = self.mapping(node, "codebook")
        for name, (key, _) in top.items():
            if name not in SECTIONS:
                hint = did_you_mean(name, SECTIONS)
                self.report(key, name, "The codebook has no such section.", hint)
        missing = [name for name in SECTIONS if name not in top]
        for name in missing:
            self.report(node, name, "This section is missing.", f"Add '{name}:'.")
        if missing:
            return Codebook()
        sections = {name: list(self.items(top[name][1], name)) for name in SECTIONS[:2]}
        fixed = {name: list(self.items(top[name][1], name)) for name in FIXED}
        for name, items in fixed.items():
            self.demand_slugs(top[name][1], name, [values.get("slug") for _, values in items])
        for values in (values for _, values in sections["steps"]):
            values.setdefault("full_name", values.get("name"))
        marginal = str(top["marginal_risk_step"][1].value)
        slugs = [str(values.get("slug")) for _, values in sections["steps"]]
        if marginal not in slugs:
            hint = did_you_mean(marginal, slugs)
            self.report(
                top["marginal_risk_step"][1],
                "marginal_risk_step",
                f"{marginal!r} is not a step of the codebook.",
                hint,
            )
        count = len(fixed["levels"])
        rules = list(self.coding_rules(sections["steps"]))
        for _, values in sections["steps"]:
            values["is_marginal_risk"] = values.get("slug") == marginal
        for position, (_, values) in enumerate(fixed["levels"]):
            values["rank"] = count - position
        return Codebook(
            misuse_vectors=self.terms(MisuseVector, sections["misuse_vectors"]),
            steps=self.terms(Step, sections["steps"]),
            levels=self.terms(Level, fixed["levels"]),
            confidences=self.terms(Confidence, fixed["confidences"]),
            coder_kinds=self.terms(CoderKind, fixed["coder_kinds"]),
            gap_kinds=self.terms(GapKind, fixed["gap_kinds"]),
            coding_rules=tuple(rules),
        )

    def mapping(self, node: yaml.Node | None, field: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Return key -> (key node, value node); a key given twice is a problem."""
        if not isinstance(node, yaml.MappingNode):
            self.report(node, field, "This must be a list of 'name: value' lines.")
            return {}
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if key.value in found:
                self.report(key, str(key.value), "This key is given twice.", "Keep one of them.")
            found[str(key.value)] = (key, value)
        return found

    def items(self, node: yaml.Node, field: str) -> Iterator[tuple[yaml.Node, dict[str, Any]]]:
        """Yield the node and the values of each item of a list of terms."""
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.report(node, field, "This must be a list with at least one item.")
            return
        seen: set[str] = set()
        for item in node.value:
            pairs = self.mapping(item, field)
            values = {
                name: _text(value) if isinstance(value, yaml.ScalarNode) else value
                for name, (_, value) in pairs.items()
            }
            slug = str(values.get("slug"))
            if slug in seen:
                self.report(item, "slug", f"{slug!r} stands twice in {field}.", "Rename one.")
            seen.add(slug)
            yield item, values

    def demand_slugs(self, node: yaml.Node, field: str, slugs: list[Any]) -> None:
        if tuple(slugs) != FIXED[field]:
            expected = ", ".join(FIXED[field])
            self.report(
                node,
                field,
                "The views are written for other words or another order.",
                f"The slugs must be, in this order: {expected}.",
            )

    def coding_rules(self, steps: list[tuple[yaml.Node, dict[str, Any]]]) -> Iterator[CodingRule]:
        """Yield what earns each level, taking ``levels`` out of the steps."""
        for item, values in steps:
            node = values.pop("levels", None)
            rules = self.mapping(node, "levels") if node else {}
            if set(rules) != set(FIXED["levels"]):
                hint = f"Give one line for each of: {', '.join(FIXED['levels'])}."
                self.report(item, "levels", "This step must say what earns each level.", hint)
                continue
            for level in FIXED["levels"]:
                text = _text(rules[level][1])
                yield CodingRule(step=str(values.get("slug")), level=level, rule=text)

    def terms(self, model: type[T], items: list[tuple[yaml.Node, dict[str, Any]]]) -> tuple[T, ...]:
        """Make the records of one section; what does not validate is reported."""
        made = []
        for position, (item, values) in enumerate(items, start=1):
            for name in sorted(set(values) - set(model.model_fields)):
                hint = did_you_mean(name, model.model_fields)
                self.report(item, name, "This item has no such key.", hint)
            try:
                made.append(model.model_validate({**values, "position": position}))
            except ValidationError as error:
                for detail in error.errors():
                    field = str(detail["loc"][0])
                    self.report(item, field, f"{values.get('slug')!r}: {detail['msg']}.")
        return tuple(made)


def _text(node: yaml.Node) -> str:
    return str(node.value).strip()
