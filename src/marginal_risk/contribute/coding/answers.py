"""What a contributor answered, and the file that an unfinished or offered coding is kept in."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any


@dataclass(frozen=True)
class Judged:
    """The answer at one step. Nothing in ``level`` means that the step is not coded."""

    level: str = ""
    confidence: str = ""
    locator: str = ""
    rationale: str = ""


@dataclass(frozen=True)
class Answers:
    """Everything that a coder says of one study for one misuse vector, as text."""

    bibtex: str = ""
    """The BibTeX entry; empty where the study is in the bibliography already."""
    study: str = ""
    """Key of a study that is in the bibliography; empty where ``bibtex`` brings it."""
    misuse_vector: str = ""
    study_type: str = ""
    found_via: str = ""
    coder: str = ""
    coder_name: str = ""
    """Name of a coder who is new; empty where coders.csv has the coder."""
    coder_url: str = ""
    coder_kind: str = ""
    """Kind of a coder who is new: a person where it is empty, or a consensus."""
    settled_by: str = ""
    """Who settled a consensus that is new; empty where the coders did so between themselves."""
    coded_on: str = ""
    note: str = ""
    steps: dict[str, Judged] = field(default_factory=dict)
    """Answer by step."""

    def as_json(self) -> str:
        """Return the answers as the text of a file that ``read_answers`` reads."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def tidy(answers: Answers) -> Answers:
    """Return the answers in lines of their own, with single spaces; BibTeX stays as it is."""
    texts = {name: " ".join(getattr(answers, name).split()) for name in TEXTS if name != "bibtex"}
    steps = {
        slug: Judged(**{name: " ".join(text.split()) for name, text in asdict(judged).items()})
        for slug, judged in answers.steps.items()
    }
    return replace(answers, **texts, steps=steps)


def find_unwritable(answers: Answers) -> Iterator[tuple[str, str, str]]:
    """Yield (field, step, message) for each answer that no file can hold."""
    texts = [(name, "", getattr(answers, name)) for name in TEXTS]
    for slug, judged in answers.steps.items():
        texts += [(name, slug, text) for name, text in asdict(judged).items()]
    for name, slug, text in texts:
        longest = LONGEST_ENTRY if name == "bibtex" else LONGEST
        if len(text) > longest:
            yield name, slug, f"It has {len(text)} characters; there is room for {longest}."
        elif any("\ud800" <= char <= "\udfff" for char in text):
            yield name, slug, "It holds a character that is no text."


TEXTS = tuple(f.name for f in fields(Answers) if f.name != "steps")
"""Every answer that is one text."""
QUESTIONS = (*TEXTS, *(f.name for f in fields(Judged)))
"""Every answer, in the order in which they are asked."""
LONGEST = 20_000
"""Characters that an answer may have; a cell of a sheet has a limit, too."""
LONGEST_ENTRY = 200_000
"""Characters that a BibTeX entry may have."""


def read_answers(text: str) -> Answers:
    """Return the answers that a file holds.

    Raises:
        ValueError: the text is no such file; the message says what is wrong and where.
    """
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: it is not JSON ({error.msg})") from error
    top = _object(found, "the file")
    unknown = sorted(set(top) - {*TEXTS, "steps"})
    if unknown:
        raise ValueError(f"it holds {unknown[0]!r}, which is no answer")
    steps = _object(top.get("steps", {}), "'steps'")
    return Answers(
        **{name: _text(top, name) for name in TEXTS},
        steps={slug: _judged(slug, answer) for slug, answer in steps.items()},
    )


def _judged(slug: str, answer: Any) -> Judged:
    found = _object(answer, f"{slug!r}")
    names = [f.name for f in fields(Judged)]
    unknown = sorted(set(found) - set(names))
    if unknown:
        raise ValueError(f"step {slug!r} holds {unknown[0]!r}, which is no answer")
    return Judged(**{name: _text(found, name) for name in names})


def _object(found: Any, name: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ValueError(f"{name} must hold names with values")
    return found


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name!r} must be a text")
    return value
