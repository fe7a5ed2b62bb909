"""What a contributor answered, and the JSON file that holds the answers."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any


@dataclass(frozen=True)
class StepAnswer:
    """The answers about one step. Without a ``level``, the step is not coded."""

    level: str = ""
    confidence: str = ""
    locator: str = ""
    rationale: str = ""


@dataclass(frozen=True)
class Answers:
    """Everything that a coder says about one study for one misuse vector, as text."""

    bibtex: str = ""
    """The BibTeX entry of a new study; empty for a study that the bibliography has."""
    study: str = ""
    """Key of a study that the bibliography has; empty where ``bibtex`` is given."""
    misuse_vector: str = ""
    study_type: str = ""
    found_via: str = ""
    coder: str = ""
    coder_name: str = ""
    """Name of a new coder; empty where coders.csv has the coder."""
    coder_url: str = ""
    coder_kind: str = ""
    """Kind of a new coder: a person (also where it is empty), or a consensus."""
    settled_by: str = ""
    """Who settled a new consensus; empty where the coders did so themselves."""
    coded_on: str = ""
    note: str = ""
    steps: dict[str, StepAnswer] = field(default_factory=dict)
    """Answers by step."""

    def as_json(self) -> str:
        """Return the answers as the text of a file that ``read_answers`` reads."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def tidy(answers: Answers) -> Answers:
    """Return the answers with each text in one line and single spaces, except BibTeX."""
    texts = {name: " ".join(getattr(answers, name).split()) for name in TEXTS if name != "bibtex"}
    steps = {
        slug: StepAnswer(**{name: " ".join(text.split()) for name, text in asdict(answer).items()})
        for slug, answer in answers.steps.items()
    }
    return replace(answers, **texts, steps=steps)


def merge_answers(earlier: Answers, later: Answers) -> Answers:
    """Return ``earlier`` with every answer that ``later`` gives in its place.

    An entry in ``later`` replaces a key in ``earlier``, and the other way round: either says
    which study it is.
    """
    steps = {
        slug: replace(earlier.steps.get(slug, StepAnswer()), **_given(answer))
        for slug, answer in later.steps.items()
    }
    texts = _given(later)
    if texts.keys() & {"bibtex", "study"}:
        earlier = replace(earlier, bibtex="", study="")
    return replace(earlier, **texts, steps={**earlier.steps, **steps})


def _given(answers: Answers | StepAnswer) -> dict[str, Any]:
    """Return the texts that are not empty, by name."""
    texts = {f.name: getattr(answers, f.name) for f in fields(answers) if f.name != "steps"}
    return {name: text for name, text in texts.items() if text}


def find_unwritable(answers: Answers) -> Iterator[tuple[str, str, str]]:
    """Yield (field, step, message) for each answer that is too long or is not text."""
    texts = [(name, "", getattr(answers, name)) for name in TEXTS]
    for slug, answer in answers.steps.items():
        texts += [(name, slug, text) for name, text in asdict(answer).items()]
    for name, slug, text in texts:
        longest = MAX_ENTRY_CHARACTERS if name == "bibtex" else MAX_CHARACTERS
        if len(text) > longest:
            yield name, slug, f"It has {len(text)} characters; there is room for {longest}."
        elif any("\ud800" <= char <= "\udfff" for char in text):
            yield name, slug, "It holds a character that is no text."


TEXTS = tuple(f.name for f in fields(Answers) if f.name != "steps")
"""Names of the answers that are one text."""
QUESTIONS = (*TEXTS, *(f.name for f in fields(StepAnswer)))
"""Names of all answers, in the order in which they are asked."""
MAX_CHARACTERS = 20_000
"""Most characters of an answer: the csv module limits the cells of a sheet, too."""
MAX_ENTRY_CHARACTERS = 200_000
"""Most characters of a BibTeX entry."""


def read_answers(text: str) -> Answers:
    """Return the answers from the text of a file.

    Raises:
        ValueError: it does not hold answers; the message says what is wrong and where.
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
        steps={slug: _step_answer(slug, answer) for slug, answer in steps.items()},
    )


def _step_answer(slug: str, answer: Any) -> StepAnswer:
    found = _object(answer, f"{slug!r}")
    names = [f.name for f in fields(StepAnswer)]
    unknown = sorted(set(found) - set(names))
    if unknown:
        raise ValueError(f"step {slug!r} holds {unknown[0]!r}, which is no answer")
    return StepAnswer(**{name: _text(found, name) for name in names})


def _object(found: Any, name: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ValueError(f"{name} must hold names with values")
    return found


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name!r} must be a text")
    return value
