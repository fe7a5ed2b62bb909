"""Comparisons, provisional codings and what a coding came from, as the rules look at them."""

from pathlib import Path

import pytest

from marginal_risk.check.corpus import read_corpus

Sheets = dict[str, str]


def said(data: Path) -> list[str]:
    return [
        f"{Path(one.path).name}:{one.line} {one.field} [{one.rule}]"
        for one in read_corpus(data).problems
    ]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("decision", ["candidate,,argued,A search that nobody made,,"])
def test_a_machine_may_code_what_nobody_has_decided_on(tiny: Path, decision: str) -> None:
    old = "pretend2023,fake_maps,included,,argued,A search that nobody made,2024,"
    change(tiny / "screening.csv", old, f"pretend2023,fake_maps,{decision}")
    assert said(tiny) == []


def test_a_machine_may_not_code_what_was_not_found_for_the_vector(tiny: Path) -> None:
    old = "pretend2023,fake_maps,included"
    change(tiny / "screening.csv", old, "pretend2023,robot_calls,included")
    assert said(tiny) == ["studies.csv:8 citekey [coded-not-included]"]


def test_data_from_before_comparisons_were_coded_is_sound(tiny: Path) -> None:
    (tiny / "comparisons.csv").unlink()
    assert said(tiny) == []


def test_a_step_may_be_addressed_only_against_something(tiny: Path) -> None:
    row = "madeup2021,forged_letters,person_a,"
    path = tiny / "comparisons.csv"
    change(path, f"{row}open,goose_quills,more,", f"{row}open,none,not_measured,")
    assert said(tiny) == ["studies.csv:6 added_risk [addressed-without-comparison]"]


def test_a_published_table_was_judged_by_a_reading_of_its_own(tiny: Path) -> None:
    old = "invented2020,forged_letters,tabulated2024,2024,addressed,partial"
    change(tiny / "studies.csv", old, old.replace("partial", "addressed"))
    assert said(tiny) == []


def test_a_person_may_begin_with_what_a_machine_coded(tiny: Path) -> None:
    studies = tiny / "studies.csv"
    row = "pretend2023,fake_maps,person_a,2024-06-01,addressed,,,2,,whole,toy_model,\n"
    studies.write_text(studies.read_text(encoding="utf-8") + row, encoding="utf-8")
    reasons = tiny / "rationales.csv"
    reason = "pretend2023,fake_maps,person_a,threat,high,page 1,,The mapmaker is named.\n"
    reasons.write_text(reasons.read_text(encoding="utf-8") + reason, encoding="utf-8")
    assert said(tiny) == []


def test_a_borderline_case_must_be_of_a_study_that_there_is(tiny: Path) -> None:
    case = """      absent: Gives no evidence of harm.
    borderline:
      - citekey: fictive2202
        misuse_vector: robot_call
        level: partial
        reason: Counts the calls.
"""
    change(tiny / "codebook.yml", "      absent: Gives no evidence of harm.\n", case)
    assert said(tiny) == [
        "codebook.yml:35 citekey [unknown-citekey]",
        "codebook.yml:35 misuse_vector [unknown-vector]",
    ]


def test_a_slip_in_a_coding_is_not_told_again_of_its_comparisons(tiny: Path) -> None:
    change(tiny / "studies.csv", "fake_maps,toy_model", "fake_map,toy_model")
    assert said(tiny) == ["studies.csv:8 misuse_vector [unknown-vector]"]
