"""What the codebook says beside its words: borderline cases, notes, and earlier wording."""

import pytest

from marginal_risk.read.codebook import read_codebook
from marginal_risk.rows import Codebook
from places import DATA

TEXT = (DATA / "tiny" / "codebook.yml").read_text(encoding="utf-8")
CASE = """    note: A baseline that is named and not used is none.
    borderline:
      - citekey: fictive2022
        misuse_vector: robot_calls
        level: partial
        reason: Counts the calls, and compares them with nothing.
"""
AT = "      absent: Gives no evidence of harm.\n"
WITH_CASE = TEXT.replace(AT, AT + CASE)


def read(text: str) -> tuple[Codebook, list[str]]:
    codebook, problems = read_codebook(text, "codebook.yml")
    return codebook, [
        f"{one.line}: {one.field}: {one.message} {one.hint}".strip() for one in problems
    ]


def test_a_borderline_case_has_its_step_its_place_and_its_line() -> None:
    codebook, problems = read(WITH_CASE)
    assert problems == []
    (row,) = codebook.borderline
    assert row.record.model_dump() == {
        "step": "added_risk",
        "position": 1,
        "citekey": "fictive2022",
        "misuse_vector": "robot_calls",
        "level": "partial",
        "reason": "Counts the calls, and compares them with nothing.",
    }
    assert WITH_CASE.splitlines()[row.place.line - 1] == "      - citekey: fictive2022"
    notes = {step.slug: step.note for step in codebook.steps}
    assert notes["added_risk"] == "A baseline that is named and not used is none."
    assert notes["threat"] is None


def test_versions_and_what_they_said() -> None:
    codebook, problems = read(TEXT)
    assert problems == []
    assert [one.model_dump() for one in codebook.versions] == [
        {
            "version": 1,
            "is_current": False,
            "changed_on": "2024-05-15",
            "change": "Defense was asked for in other words.",
        },
        {"version": 2, "is_current": True, "changed_on": None, "change": None},
    ]
    assert [(r.version, r.step, r.level, r.rule) for r in codebook.earlier_rules] == [
        (1, "defense", "addressed", "There is one."),
        (1, "defense", "partial", "There may be one."),
        (1, "defense", "absent", "There is none."),
    ]
    assert {rule.question for rule in codebook.earlier_rules} == {"Is there a defense?"}


def test_a_codebook_that_names_no_version_is_the_first() -> None:
    codebook, problems = read(TEXT[: TEXT.index("\nversion: 2")] + "\n")
    assert problems == []
    assert [(one.version, one.is_current) for one in codebook.versions] == [(1, True)]
    assert codebook.earlier_rules == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("level: partial\n        reason", "level: parted\n        reason",
         "level: 'parted' is not a level. Did you mean 'partial'?"),
        ("        reason: Counts", "        why: Counts",
         "why: An item of borderline has no such key. "
         "Use one of: citekey, level, misuse_vector, reason."),
        ("      - citekey: fictive2022", "      - citekey: ''",
         "citekey: An item of borderline has an empty citekey. Fill it in."),
        ("version: 2\n", "version: two\n",
         "version: 'two' is not a number of a version. Write 1, 2, ..."),
        ("version: 2\n", "version: 1\n",
         "earlier: The versions do not rise from one to the next, up to 1. "
         "The oldest one comes first."),
        ("changed_on: 2024-05-15", "changed_on: in May",
         "changed_on: 'in May' is not a day. Write YYYY-MM-DD."),
        ("      - slug: defense\n", "      - slug: defence\n",
         "slug: 'defence' is not the slug of a step. Did you mean 'defense'?"),
        ("        question: Is there a defense?\n", "",
         "question: 'defense' has no question. Add 'question:'."),
        ("  - slug: none\n    name: Nothing", "  - slug: nought\n    name: Nothing",
         "comparators: The program gives 'none' a meaning, and it is not here. "
         "Add an item with 'none'."),
    ],
)  # fmt: skip
def test_a_mistake_in_them_is_told(old: str, new: str, expected: str) -> None:
    assert old in WITH_CASE
    codebook, problems = read(WITH_CASE.replace(old, new))
    assert expected in [problem.partition(": ")[2] for problem in problems]
    assert codebook == Codebook()
