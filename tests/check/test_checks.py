"""What the checks of records say: words of the codebook, reasons, repeats."""

from dataclasses import replace
from datetime import date

import pytest

from marginal_risk.check import locators, reasons, repeats, words
from marginal_risk.check.rules import check_records
from marginal_risk.problems import Problem
from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.codebook import read_codebook
from marginal_risk.read.coding_sheets import (
    read_coders,
    read_codings,
    read_comparisons,
    read_rationales,
    read_screening,
)
from marginal_risk.rows import Records, Reference, ScreeningRow
from places import TINY

CODEBOOK, _ = read_codebook((TINY / "codebook.yml").read_text(encoding="utf-8"), "codebook.yml")
STEPS = [step.slug for step in CODEBOOK.steps]
STUDIES = "citekey,misuse_vector,coder,coded_on,threat,added_risk,defense,note\n"
RATIONALES = "citekey,misuse_vector,coder,step,confidence,locator,source,rationale\n"
CODERS = "coder,name,kind,settled_by,url,note\nada,Ada,person,,,\nbo,Bo,person,,,\n"
SCREENING = "citekey,misuse_vector,decision,reason,study_type,found_via,decided_on,note\n"
ALL_INCLUDED = "".join(
    f"{citekey},{vector.slug},included,,,A search,2024,\n"
    for citekey in ("one2020", "two2021")
    for vector in CODEBOOK.misuse_vectors
)


def records(studies: str = "", rationales: str = "", coders: str = CODERS) -> Records:
    """Return records as the readers make them of rows; the bibliography has two works.

    Both are included for every misuse vector.
    """
    codings, problems = read_codings(STUDIES + studies, "s.csv", STEPS, date(2025, 1, 1))
    reasons, found = read_rationales(RATIONALES + rationales, "r.csv")
    people, found_too = read_coders(coders, "c.csv")
    assert [*problems, *found, *found_too] == []
    return Records(
        codebook=CODEBOOK,
        codings=tuple(codings),
        rationales=tuple(reasons),
        coders=tuple(people),
        screening=screened(ALL_INCLUDED),
        citekeys=frozenset({"one2020", "two2021"}),
    )


def screened(rows: str) -> tuple[ScreeningRow, ...]:
    """Return rows of screening.csv, as its reader makes them."""
    found, problems = read_screening(SCREENING + rows, "f.csv", date(2025, 1, 1))
    assert problems == []
    return tuple(found)


def said(problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in problems]


def found(made: Records) -> list[str]:
    """Return what every check has to say."""
    return said(sorted(check_records(made)))


def test_records_that_fit_together_have_no_problems() -> None:
    made = records(
        "one2020,robot_calls,ada,,addressed,,absent,\none2020,robot_calls,bo,,partial,,,\n",
        "one2020,robot_calls,ada,threat,high,page 1,,Names the callers.\n"
        "one2020,robot_calls,ada,defense,low,page 2,,Says nothing of it.\n"
        "one2020,robot_calls,bo,threat,high,page 1,,Names some of them.\n",
    )
    assert found(made) == []


# Words that the codebook, the bibliography or coders.csv must know -------------------------


def test_an_unknown_study_is_told_in_both_sheets() -> None:
    made = records(
        "one2021,robot_calls,ada,,absent,,,\n",
        "zzz,robot_calls,ada,threat,high,page 1,,Names nobody.\n",
    )
    assert said(list(words.find_unknown_citekeys(made))) == [
        "s.csv:2: citekey: 'one2021' is not a key in the bibliography. "
        "Did you mean 'one2020'? [unknown-citekey]",
        "r.csv:2: citekey: 'zzz' is not a key in the bibliography. "
        "Add its entry to data/bib. [unknown-citekey]",
    ]


def test_an_unknown_vector_is_told_in_both_sheets() -> None:
    made = records(
        "one2020,Robot calls,ada,,absent,,,\n",
        "one2020,zzz,ada,threat,high,page 1,,Names nobody.\n",
    )
    assert said(list(words.find_unknown_vectors(made))) == [
        "s.csv:2: misuse_vector: 'Robot calls' is not a vector in the codebook. "
        "Did you mean 'robot_calls'? [unknown-vector]",
        "r.csv:2: misuse_vector: 'zzz' is not a vector in the codebook. "
        "Use one of: fake_maps, forged_letters, robot_calls. [unknown-vector]",
    ]


def test_an_unknown_coder_is_told_in_both_sheets() -> None:
    made = records(
        "one2020,robot_calls,Ada,,absent,,,\n",
        "one2020,robot_calls,zzz,threat,high,page 1,,Names nobody.\n",
    )
    assert said(list(words.find_unknown_coders(made))) == [
        "s.csv:2: coder: 'Ada' is not a coder in coders.csv. Did you mean 'ada'? [unknown-coder]",
        "r.csv:2: coder: 'zzz' is not a coder in coders.csv. "
        "Add a row for the coder there. [unknown-coder]",
    ]


@pytest.mark.parametrize(
    ("level", "hint"),
    [
        ("Addressed", "Did you mean 'addressed'?"),
        ("part", "Did you mean 'partial'?"),
        ("●", "Use one of: absent, addressed, partial."),
        ("not coded", "Use one of: absent, addressed, partial."),
        ("high", "Use one of: absent, addressed, partial."),
    ],
)
def test_an_unknown_level_is_told_at_its_step(level: str, hint: str) -> None:
    made = records(f"one2020,robot_calls,ada,,absent,,{level},\n")
    assert said(list(words.find_unknown_levels(made))) == [
        f"s.csv:2: defense: {level!r} is not a level in the codebook. {hint} "
        "Leave the cell empty if nobody has judged. [unknown-level]"
    ]


def test_unknown_step_and_confidence_are_told() -> None:
    made = records(rationales="one2020,robot_calls,ada,defence,sure,page 1,,Names nobody.\n")
    assert said(list(words.find_unknown_steps(made))) == [
        "r.csv:2: step: 'defence' is not a step in the codebook. "
        "Did you mean 'defense'? [unknown-step]"
    ]
    assert said(list(words.find_unknown_confidences(made))) == [
        "r.csv:2: confidence: 'sure' is not a confidence in the codebook. "
        "Use one of: high, low. [unknown-confidence]"
    ]


def test_an_unknown_kind_of_coder_is_told() -> None:
    made = records(coders=CODERS + "cy,Cy,persona,,,\n")
    assert said(list(words.find_unknown_coder_kinds(made))) == [
        "c.csv:4: kind: 'persona' is not a kind of coder in the codebook. "
        "Did you mean 'person'? [unknown-coder-kind]"
    ]


def test_a_published_table_is_named_by_its_publication() -> None:
    made = records(
        coders=CODERS + "one2020,One (2020),published,,,\nthree2022,Three (2022),published,,,\n"
    )
    assert said(list(words.find_unnamed_publications(made))) == [
        "c.csv:5: coder: 'three2022' is a published table, but no key in the bibliography. "
        "Name it by the citekey of its publication, and add that to data/bib. "
        "[published-without-reference]"
    ]


# Rows that stand twice ---------------------------------------------------------------------


def test_every_further_row_of_a_coding_is_told_with_the_first() -> None:
    row = "one2020,robot_calls,ada,,absent,,,\n"
    made = records(row + row.replace("ada", "bo") + row.replace("absent", "partial") + row)
    assert said(list(repeats.find_duplicate_codings(made))) == [
        "s.csv:4: citekey: The same study, vector and coder stand already at s.csv:2. "
        "Keep one of the two rows. [duplicate-coding]",
        "s.csv:5: citekey: The same study, vector and coder stand already at s.csv:2. "
        "Keep one of the two rows. [duplicate-coding]",
    ]


def test_a_study_may_be_coded_for_several_vectors_by_several_coders() -> None:
    made = records(
        "".join(
            f"one2020,{vector},{coder},,absent,,,\n"
            for vector in ("robot_calls", "fake_maps")
            for coder in ("ada", "bo")
        )
    )
    assert list(repeats.find_duplicate_codings(made)) == []


def test_two_rationales_for_one_judgement_are_told_also_in_other_words() -> None:
    made = records(
        "one2020,robot_calls,ada,,absent,,,\n",
        "one2020,robot_calls,ada,threat,high,page 1,,Names nobody.\n"
        "one2020,robot_calls,ada,threat,low,page 2,,Names somebody.\n",
    )
    assert found(made) == [
        "r.csv:3: step: This judgement has a rationale already at r.csv:2. "
        "Keep one of the two rows. [duplicate-rationale]"
    ]


def test_a_row_pasted_twice_is_told_once() -> None:
    row = "one2020,robot_calls,ada,threat,high,page 1,,Names nobody.\n"
    made = records("one2020,robot_calls,ada,,absent,,,\n", row + row)
    assert [line.split(" [")[1] for line in found(made)] == ["duplicate-rationale]"]


def test_a_coder_that_stands_twice_is_told() -> None:
    made = records(coders=CODERS + "ada,Ada Again,person,,,\n")
    assert found(made) == [
        "c.csv:4: coder: This coder stands already at c.csv:2. "
        "Keep one of the two rows. [duplicate-coder]"
    ]


# Levels and their reasons ------------------------------------------------------------------


def test_a_level_without_a_reason_is_told_at_its_step() -> None:
    made = records(
        "one2020,robot_calls,ada,,absent,,partial,\n",
        "one2020,robot_calls,ada,threat,high,page 1,,Names nobody.\n",
    )
    assert found(made) == [
        "s.csv:2: defense: 'one2020' is 'partial' here, without a rationale. "
        "Add a row to rationales.csv, or leave the cell empty (not coded). "
        "[judgement-without-rationale]"
    ]


@pytest.mark.parametrize(
    "studies",
    [
        "one2020,robot_calls,ada,,,,partial,\n",
        "one2020,robot_calls,bo,,absent,,partial,\n",
        "one2020,fake_maps,ada,,absent,,partial,\n",
        "two2021,robot_calls,ada,,absent,,partial,\n",
        "",
    ],
)
def test_a_reason_without_its_level_is_told(studies: str) -> None:
    made = records(studies, "one2020,robot_calls,ada,threat,high,page 1,,Names nobody.\n")
    assert said(list(reasons.find_rationales_without_judgement(made))) == [
        "r.csv:2: step: studies.csv has no level for 'one2020' at 'threat' by 'ada'. "
        "Add the level there, or delete this row. [rationale-without-judgement]"
    ]


ROW = "one2020,robot_calls,ada,,absent,partial,,\n"
REASONS = (
    "one2020,robot_calls,ada,threat,high,page 1,,Names nobody.\n"
    "one2020,robot_calls,ada,added_risk,high,page 2,,Compares a little.\n"
)


@pytest.mark.parametrize(
    ("word", "slip"), [("one2020", "one2002"), ("robot_calls", "robot_call"), ("ada", "adda")]
)
def test_a_slip_is_told_where_it_is_and_not_as_a_missing_counterpart(word: str, slip: str) -> None:
    in_studies = found(records(ROW.replace(word, slip), REASONS))
    assert [line.split(": ")[0] for line in in_studies] == ["s.csv:2"]
    in_one_reason = found(records(ROW, REASONS.replace(word, slip, 1)))
    assert [line.split(": ")[0] for line in in_one_reason] == ["r.csv:2"]
    in_both = found(records(ROW.replace(word, slip), REASONS.replace(word, slip)))
    assert [line.split(": ")[0] for line in in_both] == ["r.csv:2", "r.csv:3", "s.csv:2"]


def test_different_slips_in_both_sheets_are_two_problems() -> None:
    made = records(ROW.replace("ada", "adda"), REASONS.replace("robot_calls", "robot_call"))
    assert [line.split(" [")[1] for line in found(made)] == [
        "unknown-vector]",
        "unknown-vector]",
        "unknown-coder]",
    ]


def test_a_slip_in_a_step_is_told_once() -> None:
    assert [
        line.split(": ")[:2] for line in found(records(ROW, REASONS.replace("threat", "treat")))
    ] == [["r.csv:2", "step"]]


def test_a_slip_hides_no_other_missing_reason() -> None:
    made = records(
        ROW + "two2021,robot_calls,bo,,absent,,,\n", REASONS.replace("one2020", "one2002", 1)
    )
    assert [line.split(": ")[:2] for line in found(made)] == [
        ["r.csv:2", "citekey"],
        ["s.csv:3", "threat"],
    ]


def test_a_slip_hides_no_other_reason_without_a_level() -> None:
    made = records(
        ROW.replace("one2020", "one2002"),
        REASONS + "one2020,robot_calls,ada,defense,high,page 3,,Says nothing of it.\n",
    )
    assert [line.split(": ")[:2] for line in found(made)] == [
        ["r.csv:4", "step"],
        ["s.csv:2", "citekey"],
    ]


# A sheet that could not be read whole is no proof that something is missing -----------------


@pytest.mark.parametrize(
    ("lost", "rules"),
    [
        ("bib", {"unknown-citekey", "published-without-reference"}),
        ("coders.csv", {"unknown-coder"}),
        ("rationales.csv", {"judgement-without-rationale"}),
        ("studies.csv", {"rationale-without-judgement"}),
    ],
)
def test_nothing_is_missing_from_what_could_not_be_read(lost: str, rules: set[str]) -> None:
    made = records(
        "nobody1999,robot_calls,ada,,absent,,,\none2020,fake_maps,cy,,,,absent,\n"
        "two2021,fake_maps,bo,,,,absent,\n",
        "one2020,robot_calls,bo,threat,high,page 1,,Names nobody.\n",
        CODERS + "three2022,Three (2022),published,,,\n",
    )
    every = {problem.rule for problem in check_records(made)}
    left = {problem.rule for problem in check_records(replace(made, incomplete=frozenset({lost})))}
    assert every - left == rules
    assert left <= every


@pytest.mark.parametrize(
    ("lost", "rules"),
    [
        ("screening.csv", {"not-screened", "coded-not-included"}),
        ("coders.csv", {"not-screened"}),  # a lost coder may be the source of a table
        ("bib", {"bad-version"}),
    ],
)
def test_nothing_is_unscreened_where_that_could_not_be_read(lost: str, rules: set[str]) -> None:
    text = "@misc{one2020, author = {A, B}, title = {T}, year = 2020, howpublished = {H},"
    text += " version_of = {lost1999}}\n"
    text += "@misc{two2021, author = {A, B}, title = {U}, year = 2021, howpublished = {H}}\n"
    made = records(
        "one2020,robot_calls,ada,,absent,,,\n",
        "one2020,robot_calls,ada,threat,high,page 1,,Names nobody.\n",
    )
    made = replace(made, references=references(text), screening=())
    assert {problem.rule for problem in check_records(made)} == {
        *("not-screened", "coded-not-included", "bad-version")
    }
    left = {problem.rule for problem in check_records(replace(made, incomplete=frozenset({lost})))}
    assert left == {"not-screened", "coded-not-included", "bad-version"} - rules


# What was found, and what was decided ------------------------------------------------------

CODED = (
    "one2020,robot_calls,ada,,absent,,,\n",
    "one2020,robot_calls,ada,threat,high,page 1,,Names nobody.\n",
)
TWO_WORKS = (
    "@misc{one2020, author = {A, B}, title = {T}, year = 2020, howpublished = {H}}\n"
    "@misc{two2021, author = {A, B}, title = {U}, year = 2021, howpublished = {H}}\n"
)


def references(text: str) -> tuple[Reference, ...]:
    found = read_references([BibFile("a.bib", text)], date(2025, 1, 1))
    assert found.problems == []
    return tuple(found.references)


def told(rows: str, bib: str = TWO_WORKS) -> list[str]:
    """Return the rules broken, with their places, where one2020 is coded and this was decided."""
    made = replace(records(*CODED), references=references(bib), screening=screened(rows))
    made = replace(made, citekeys=frozenset(r.study.citekey for r in made.references))
    return [f"{p.path}:{p.line} {p.field} {p.rule}" for p in sorted(check_records(made))]


ONE = "one2020,robot_calls,included,,,A search,2024,\n"
TWO = "two2021,,candidate,,,A search,,\n"


def test_studies_that_are_screened_have_no_problems() -> None:
    assert told(ONE + TWO) == []
    assert told(ONE + TWO.replace("two2021,,", "two2021,fake_maps,")) == []
    assert told(ONE + "two2021,,excluded,no_misuse,argued,A search,2024,\n") == []
    assert told(ONE + "two2021,,excluded,duplicate_of one2020,,A search,2024,\n") == []
    assert told(ONE.replace("included", "withdrawn").replace(",\n", ",Retracted.\n") + TWO) == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("one2002,robot_calls,included,,,A search,2024,\n", "citekey unknown-citekey"),
        ("one2020,robot_call,included,,,A search,2024,\n", "misuse_vector unknown-vector"),
        ("one2020,robot_calls,includd,,,A search,2024,\n", "decision unknown-screening-word"),
        (
            "one2020,robot_calls,included,,,A search,2024,\n"
            "one2020,fake_maps,excluded,duplicate two2021,,A search,2024,\n",
            "reason unknown-screening-word",
        ),
        (
            "one2020,robot_calls,included,,,A search,2024,\n"
            "one2020,fake_maps,excluded,duplicate_of two2012,,A search,2024,\n",
            "reason unknown-citekey",
        ),
    ],
)
def test_a_slip_in_the_screening_is_told_once(rows: str, expected: str) -> None:
    line = rows.count("\n") + 1
    assert told(rows + TWO) == [f"f.csv:{line} {expected}"]


def test_a_word_that_is_no_slip_of_anything_stands_for_nothing() -> None:
    assert told("zzz,robot_calls,included,,,A search,2024,\n" + TWO) == [
        "a.bib:1 citekey not-screened",
        "f.csv:2 citekey unknown-citekey",
        "s.csv:2 citekey coded-not-included",
    ]


@pytest.mark.parametrize(
    "row",
    [
        "one2020,robot_calls,excluded,no_misuse,,A search,2024,\n",
        "one2020,fake_maps,included,,,A search,2024,\n",
        "one2020,,candidate,,,A search,,\n",
    ],
)
def test_only_what_is_included_for_the_vector_may_be_coded(row: str) -> None:
    assert told(row + TWO) == ["s.csv:2 citekey coded-not-included"]


def test_a_candidate_that_somebody_codes_is_included_by_that() -> None:
    assert told("one2020,robot_calls,candidate,,,A search,,\n" + TWO) == []


def test_a_version_is_screened_as_its_work() -> None:
    version = "@misc{two2020, author = {A, B}, title = {V}, year = 2020, howpublished = {H},"
    assert told(ONE + TWO, f"{TWO_WORKS}{version} version_of = {{two2021}}}}\n") == []
    assert told(ONE + TWO, f"{TWO_WORKS}{version}}}\n") == ["a.bib:3 citekey not-screened"]


def test_a_publication_of_codings_is_a_source_and_not_screened() -> None:
    made = records(coders=CODERS + "one2020,One (2020),published,,,\n")
    made = replace(made, references=references(TWO_WORKS), screening=())
    assert [problem.message for problem in check_records(made)] == [
        "'two2021' has no row in screening.csv."
    ]


# Reasons that are none ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("TODO", "to do", "To Do.", "TBD", "tba!", "n/a", "N.A.", "na", "none", "null", "xxx"),
        *("X", "?", "...", "\u2014", "(unknown)", "placeholder", "test", "ditto", "[to be done]"),
        *("Same as above.", "see above", "Lorem ipsum dolor sit amet.", "FIXME", "Not applicable"),
    ],
)
def test_a_placeholder_is_no_reason(text: str) -> None:
    made = records(rationales=f'one2020,robot_calls,ada,threat,high,page 1,,"{text}"\n')
    assert said(list(reasons.find_placeholder_rationales(made))) == [
        f"r.csv:2: rationale: {text!r} is no reason. "
        "Say in a sentence what the study does or leaves out. [placeholder-rationale]"
    ]


@pytest.mark.parametrize(
    "text", ["TODO write this", "To do: read on", "[tbd: ask Bo]", "fixme later"]
)
def test_a_note_to_oneself_is_no_reason(text: str) -> None:
    made = records(rationales=f'one2020,robot_calls,ada,threat,high,page 1,,"{text}"\n')
    assert [problem.message for problem in reasons.find_placeholder_rationales(made)] == [
        f"{text!r} is no reason."
    ]


@pytest.mark.parametrize("text", ["Names", "Why.", "(Addressed)"])
def test_one_word_is_no_reason(text: str) -> None:
    made = records(rationales=f'one2020,robot_calls,ada,threat,high,page 1,,"{text}"\n')
    assert said(list(reasons.find_placeholder_rationales(made))) == [
        f"r.csv:2: rationale: {text!r} is one word, and no reason. "
        "Say in a sentence what the study does or leaves out. [placeholder-rationale]"
    ]


def test_the_codebook_s_question_is_no_reason_and_a_reason_near_it_is_one() -> None:
    row = "one2020,robot_calls,ada,threat,high,page 1,,"
    question = "Does the study say what the threat is, and by whom?"
    (problem,) = reasons.find_copied_rationales(records(rationales=f'{row}"{question}"\n'))
    assert problem.message == "This is the codebook's own sentence on what is asked."
    near = records(rationales=f"{row}Names the misuse and the actor: a baker.\n")
    assert list(reasons.find_copied_rationales(near)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("page 7", "p. 7", "section 4.1", "all", "whole text", "Appendix B", "§ 4", "Table 1"),
        *("abstract and section 2", "Abstract, page 1", "Marx, chapter 3", "第三章", "note 17"),
        *("May 2024 update, page 3", "Results", "page iv"),
    ],
)
def test_a_place_is_a_locator(text: str) -> None:
    made = records(rationales=f'one2020,robot_calls,ada,threat,high,"{text}",,Names nobody.\n')
    assert list(locators.find_bad_locators(made)) == []


@pytest.mark.parametrize("text", ["3-Apr", "3. Apr", "03-April", "Apr-03", "Mar 4", "4-Mar"])
def test_a_date_that_a_spreadsheet_made_of_pages_is_told_with_the_pages(text: str) -> None:
    made = records(rationales=f"one2020,robot_calls,ada,threat,high,{text},,Names nobody.\n")
    (problem,) = locators.find_bad_locators(made)
    assert problem.hint.startswith("Did you mean 'pages 3-4'?")


def test_the_locator_of_a_comparison_is_a_place_too() -> None:
    columns = "citekey,misuse_vector,coder,examined,comparator,finding,property,locator,note\n"
    row = "one2020,robot_calls,ada,open,web_search,more,,7,\n"
    compared, problems = read_comparisons(columns + row, "d.csv")
    assert problems == []
    made = replace(records(), comparisons=tuple(compared))
    assert said(list(locators.find_bad_locators(made))) == [
        "d.csv:2: locator: '7' is a number alone. "
        "Say what is counted: 'page 7', or 'section 7'. [bad-locator]"
    ]


@pytest.mark.parametrize("name", ["Ada", "ada m", "ada-m", "_ada", "2ada", "ädä", "ада"])
def test_a_short_name_has_one_spelling(name: str) -> None:
    made = records(coders=f"{CODERS}{name},Ada,person,,,\n")
    assert [p.rule for p in words.find_misspelt_coders(made)] == ["bad-coder"]


def test_a_published_table_is_named_by_its_key_however_that_is_spelt() -> None:
    made = records(coders=f"{CODERS}Doe:2020-a,Doe,published,,,\n")
    assert list(words.find_misspelt_coders(made)) == []


def test_a_blank_reason_is_told() -> None:
    made = records(rationales="one2020,robot_calls,ada,threat,high,page 1,,\n")
    assert said(list(reasons.find_placeholder_rationales(made))) == [
        "r.csv:2: rationale: The reason is blank. "
        "Say in a sentence what the study does or leaves out. [placeholder-rationale]"
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("None of the defenses is tested.", "Tests one defense.", "Unknown actors are named."),
        *("Names x and y.", "Null result.", "See above all section 3.", "漢字"),
    ],
)
def test_a_reason_may_start_like_a_placeholder(text: str) -> None:
    made = records(rationales=f"one2020,robot_calls,ada,threat,high,page 1,,{text}\n")
    assert list(reasons.find_placeholder_rationales(made)) == []


@pytest.mark.parametrize("text", ["names nobody", "Names - nobody!", "NAMES NOBODY."])
def test_the_same_words_for_another_judgement_are_told(text: str) -> None:
    made = records(
        rationales="one2020,robot_calls,ada,threat,high,page 1,,Names nobody.\n"
        f"two2021,robot_calls,bo,defense,low,page 2,,{text}\n"
    )
    assert said(list(reasons.find_repeated_rationales(made))) == [
        "r.csv:3: rationale: The same text stands at r.csv:2. "
        "Say what is particular to this judgement. [repeated-rationale]"
    ]


@pytest.mark.parametrize("text", ["TODO", "?", ""])
def test_a_placeholder_is_not_told_as_a_repetition_too(text: str) -> None:
    made = records(
        rationales=f"one2020,robot_calls,ada,threat,high,page 1,,{text}\n"
        f"two2021,robot_calls,bo,defense,low,page 2,,{text}\n"
    )
    assert list(reasons.find_repeated_rationales(made)) == []


def test_one_more_word_is_another_reason() -> None:
    made = records(
        rationales="one2020,robot_calls,ada,threat,high,page 1,,Names nobody.\n"
        "two2021,robot_calls,bo,threat,high,page 1,,Names nobody there.\n"
    )
    assert list(reasons.find_repeated_rationales(made)) == []


def test_a_coding_without_a_level_is_told() -> None:
    made = records("one2020,robot_calls,ada,2024,,,,Nothing found.\n")
    assert found(made) == [
        "s.csv:2: row: 'one2020' has a row, but no step is coded. "
        "Code a step, or delete it. [empty-coding]"
    ]
