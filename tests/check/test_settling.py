"""Who may settle what two coders differ on, and when there is something to settle."""

from datetime import date

import pytest

from marginal_risk.check import settling
from marginal_risk.read.coding_sheets import (
    CODERS_COLUMNS,
    read_coders,
    read_codings,
)
from marginal_risk.rows import Records

STEPS = ["threat", "defense"]
STUDIES = ",".join(["citekey", "misuse_vector", "coder", "coded_on", *STEPS, "note"]) + "\n"
CODERS = ",".join(CODERS_COLUMNS) + "\nada,Ada,person,,,\nbo,Bo,person,,,\n"
TWO = "one2020,robot_calls,ada,,addressed,,\none2020,robot_calls,bo,,absent,,\n"
PANEL = "one2020,robot_calls,panel,,partial,,\n"


def records(studies: str, coders: str) -> Records:
    codings, problems = read_codings(STUDIES + studies, "s.csv", STEPS, date(2025, 1, 1))
    people, found = read_coders(CODERS + coders, "c.csv")
    assert problems + found == []
    return Records(codebook=None, codings=tuple(codings), coders=tuple(people))  # type: ignore[arg-type]


@pytest.mark.parametrize(("settler", "lines"), [("", []), ("cy", []), ("bo", [4])])
def test_a_third_person_settles_or_the_coders_between_themselves(
    settler: str, lines: list[int]
) -> None:
    made = records(TWO + PANEL, f"cy,Cy,person,,,\npanel,Panel,consensus,{settler},,\n")
    told = list(settling.find_settlers_of_their_own(made))
    assert [problem.line for problem in told] == lines
    assert [*settling.find_bad_settlers(made), *settling.find_nothing_to_settle(made)] == []


def test_who_coded_the_study_for_another_vector_may_settle() -> None:
    other = "one2020,fake_maps,cy,,absent,,\n"
    made = records(TWO + PANEL + other, "cy,Cy,person,,,\npanel,Panel,consensus,cy,,\n")
    assert list(settling.find_settlers_of_their_own(made)) == []


@pytest.mark.parametrize("kind", ["machine", "consensus"])
def test_only_independent_people_and_publications_are_coders_to_settle_between(kind: str) -> None:
    studies = TWO.replace(",bo,", ",other,") + PANEL
    made = records(studies, f"other,Other,{kind},,,\npanel,Panel,consensus,,,\n")
    told = [problem for problem in settling.find_nothing_to_settle(made) if problem.line == 4]
    assert [problem.field for problem in told] == ["threat"]
    assert "one coder judged" in told[0].message


def test_a_step_that_two_judged_may_be_settled_and_another_not() -> None:
    made = records(TWO + PANEL.replace("partial,,", "partial,absent,"), "panel,P,consensus,,,\n")
    (told,) = settling.find_nothing_to_settle(made)
    assert (told.field, told.line) == ("defense", 4)
