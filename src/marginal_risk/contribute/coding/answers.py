"""What a contributor answered, and the JSON file that holds the answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

AS = "as "
"""Begins a level that is taken over from a coder, with the reason: ``as machine_a``."""
NOT_CODED = "not_coded"
"""The answer that somebody leaves a step, or the comparisons, open: as much as no answer."""
OWN = "own"
"""The answer that the comparisons are the coder's own."""


@dataclass(frozen=True)
class StepAnswer:
    """The answers about one step. Without a ``level``, the step is not coded.

    Beside a level that is taken over, other answers replace what the coder said.
    """

    level: str = ""
    confidence: str = ""
    locator: str = ""
    rationale: str = ""
    passage: str = ""
    """Words of the study that the answer rests on, to be looked up in it; never stored."""


@dataclass(frozen=True)
class ComparisonAnswer:
    """One comparison that the study makes: a row of comparisons.csv."""

    comparator: str = ""
    examined: str = ""
    finding: str = ""
    property: str = ""
    locator: str = ""
    note: str = ""


def comparison_part(number: int) -> str:
    """Return what a comparison is called where steps are called by their slugs; from 1."""
    return f"comparison-{number}"


def number_of_part(part: str) -> int:
    """Return the number of a comparison from what it is called; 0 for a step."""
    name, _, number = part.rpartition("-")
    return int(number) if name == "comparison" and number.isdecimal() else 0


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
    """Kind of a new coder: a person (also where it is empty), a consensus, or a machine."""
    coder_note: str = ""
    """What a reader must know of a new coder: of a machine, what it is and how it worked."""
    settled_by: str = ""
    """Who settled a new consensus; empty where the coders did so themselves."""
    coded_on: str = ""
    version_read: str = ""
    read: str = ""
    started_from: str = ""
    """The machines whose codings a person checks here, with spaces between."""
    note: str = ""
    comparisons_as: str = ""
    """The coder whose comparisons these are; OWN for those below, NOT_CODED for none."""
    steps: dict[str, StepAnswer] = field(default_factory=dict)
    """Answers by step."""
    comparisons: tuple[ComparisonAnswer, ...] = ()
    left_empty: tuple[str, ...] = ()
    """The questions of an interview that were answered with nothing: they are not asked again."""

    def as_json(self) -> str:
        """Return the answers as the text of a file that ``read_answers`` reads."""
        given = asdict(self)
        if not self.left_empty:
            del given["left_empty"]
        return json.dumps(given, indent=2, ensure_ascii=False) + "\n"

    def as_brief_json(self) -> str:
        """Return the same without what is empty: ``read_answers`` reads as much from it."""
        given = _given(self)
        steps = {slug: _given(answer) for slug, answer in self.steps.items()}
        given["steps"] = {slug: judged for slug, judged in steps.items() if judged}
        if self.comparisons:
            given["comparisons"] = [_given(row) for row in self.comparisons]
        return json.dumps(given, indent=1, ensure_ascii=False)


def tidy(answers: Answers) -> Answers:
    """Return the answers with each text in one line and single spaces, except BibTeX."""
    texts: dict[str, Any] = {
        name: " ".join(getattr(answers, name).split()) for name in TEXTS if name != "bibtex"
    }
    steps = {
        slug: StepAnswer(**{name: " ".join(text.split()) for name, text in asdict(answer).items()})
        for slug, answer in answers.steps.items()
    }
    comparisons = [
        ComparisonAnswer(**{name: " ".join(text.split()) for name, text in asdict(row).items()})
        for row in answers.comparisons
    ]
    given = tuple(row for row in comparisons if row != ComparisonAnswer())
    return replace(answers, **texts, steps=steps, comparisons=given)


def merge_answers(earlier: Answers, later: Answers) -> Answers:
    """Return ``earlier`` with every answer that ``later`` gives in its place.

    An entry in ``later`` replaces a key in ``earlier``, and the other way round: either says
    which study it is. The comparisons of ``later``, if it has any, replace all the earlier ones.
    """
    steps = {
        slug: replace(earlier.steps.get(slug, StepAnswer()), **_given(answer))
        for slug, answer in later.steps.items()
    }
    texts = _given(later)
    if texts.keys() & {"bibtex", "study"}:
        earlier = replace(earlier, bibtex="", study="")
    comparisons = later.comparisons or earlier.comparisons
    return replace(
        earlier,
        **texts,
        steps={**earlier.steps, **steps},
        comparisons=comparisons,
        left_empty=tuple(dict.fromkeys((*earlier.left_empty, *later.left_empty))),
    )


def _given(answers: Answers | StepAnswer | ComparisonAnswer) -> dict[str, Any]:
    """Return the texts that are not empty, by name."""
    texts = {f.name: getattr(answers, f.name) for f in fields(answers) if f.name not in _PARTS}
    return {name: text for name, text in texts.items() if text}


def find_unwritable(answers: Answers) -> Iterator[tuple[str, str, str]]:
    """Yield (field, step, message) for each answer that is too long or is not text."""
    texts = [(name, "", getattr(answers, name)) for name in TEXTS]
    for slug, answer in answers.steps.items():
        texts += [(name, slug, text) for name, text in asdict(answer).items()]
    for number, row in enumerate(answers.comparisons, start=1):
        texts += [(name, comparison_part(number), text) for name, text in asdict(row).items()]
    for name, slug, text in texts:
        longest = MAX_ENTRY_CHARACTERS if name == "bibtex" else MAX_CHARACTERS
        if len(text) > longest:
            yield name, slug, f"It has {len(text)} characters; there is room for {longest}."
        elif any("\ud800" <= char <= "\udfff" for char in text):
            yield name, slug, "It holds a character that is no text."


_PARTS = ("steps", "comparisons", "left_empty")
TEXTS = tuple(f.name for f in fields(Answers) if f.name not in _PARTS)
"""Names of the answers that are one text."""
QUESTIONS = tuple(
    dict.fromkeys((*TEXTS, *(f.name for of in (StepAnswer, ComparisonAnswer) for f in fields(of))))
)
"""Names of all answers, in the order in which they are asked."""
MAX_CHARACTERS = 20_000
"""Most characters of an answer: the csv module limits the cells of a sheet, too."""
MAX_ENTRY_CHARACTERS = 200_000
"""Most characters of a BibTeX entry."""


_FENCE = re.compile(r"^(`{3,}|~{3,})[ \t]*\w*[ \t]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
"""A block of code in Markdown, as an issue holds the answers."""


def read_answers(text: str) -> Answers:
    """Return the answers from the text of a file, or of an issue that holds them in a block.

    Nothing else of an issue is read, and nothing in it is run.

    Raises:
        ValueError: it does not hold answers; the message says what is wrong and where.
    """
    text = text.replace("\r\n", "\n")
    if not text.lstrip().startswith(("{", "[")):
        blocks = [block for _, block in _FENCE.findall(text) if block.lstrip().startswith("{")]
        if len(blocks) > 1:
            raise ValueError("it holds several blocks of answers: take them one by one")
        text = blocks[0] if blocks else text
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: it is not JSON ({error.msg})") from error
    top = _object(found, "the file")
    unknown = sorted(set(top) - {*TEXTS, *_PARTS})
    if unknown:
        raise ValueError(f"it holds {unknown[0]!r}, which is no answer")
    steps = _object(top.get("steps", {}), "'steps'")
    comparisons = top.get("comparisons", [])
    if not isinstance(comparisons, list):
        raise ValueError("'comparisons' must be a list")
    left_empty = top.get("left_empty", [])
    if not (isinstance(left_empty, list) and all(isinstance(one, str) for one in left_empty)):
        raise ValueError("'left_empty' must be a list of texts")
    return Answers(
        **{name: _text(top, name) for name in TEXTS},
        steps={
            slug: StepAnswer(**_texts(answer, f"step {slug!r}", StepAnswer))
            for slug, answer in steps.items()
        },
        comparisons=tuple(
            ComparisonAnswer(**_texts(row, f"comparison {number}", ComparisonAnswer))
            for number, row in enumerate(comparisons, start=1)
        ),
        left_empty=tuple(left_empty),
    )


def _texts(found: Any, name: str, kind: type[StepAnswer | ComparisonAnswer]) -> dict[str, str]:
    given = _object(found, name)
    names = [f.name for f in fields(kind)]
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ValueError(f"{name} holds {unknown[0]!r}, which is no answer")
    return {field: _text(given, field) for field in names}


def _object(found: Any, name: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ValueError(f"{name} must hold names with values")
    return found


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name!r} must be a text")
    return value
