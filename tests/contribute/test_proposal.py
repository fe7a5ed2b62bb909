"""What answers would add to the data, and what is wrong with them."""

import re
import shutil
import tempfile
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.check.corpus import read_corpus
from marginal_risk.check.standing import read_standing
from marginal_risk.contribute.coding.answers import Answers, ComparisonAnswer, StepAnswer
from marginal_risk.contribute.coding.file_changes import new_lines
from marginal_risk.contribute.coding.proposal import propose
from offered import (
    ADDED_RISK,
    ANSWERS,
    BIBTEX,
    THREAT,
    TODAY,
    assert_in_order,
    findings_of,
    offer,
    take,
    with_step,
)
from places import TINY

# What is taken -----------------------------------------------------------------------------


def test_a_new_study_is_an_entry_a_row_for_each_sheet_and_a_reason_for_each_level(
    tiny: Path,
) -> None:
    assert dict(new_lines(offer(tiny))) == {
        "bib/fake_maps.bib": BIBTEX,
        "studies.csv": "unheard2024,fake_maps,person_a,2024-12-31,addressed,partial,,2,,,,\n",
        "rationales.csv": (
            "unheard2024,fake_maps,person_a,threat,high,page 3,,"
            "Names the mapmaker who misleads ships.\n"
            "unheard2024,fake_maps,person_a,added_risk,low,page 7,,"
            "Compares one map with a lie told in a harbour.\n"
        ),
        "screening.csv": ("unheard2024,fake_maps,candidate,,measured,Offered by its coder,,,\n"),
    }
    assert take(tiny) == ["bib/fake_maps.bib", "rationales.csv", "screening.csv", "studies.csv"]
    assert_in_order(tiny)
    assert "unheard2024,fake_maps,person_a" in (tiny / "studies.csv").read_text(encoding="utf-8")


def test_an_entry_joins_the_file_of_its_vector_in_order_and_the_others_stay(tiny: Path) -> None:
    first = BIBTEX.replace("unheard2024", "aardvark2024").replace("Empty", "Blank")
    first = first.replace("10.5555/unheard.2024", "10.5555/aardvark.2024").replace("Nobody", "Ants")
    take(tiny)
    other = with_step("threat", replace(THREAT, rationale="Names the ant that draws."))
    other = replace(
        other,
        bibtex=first,
        steps={"threat": replace(THREAT, rationale="Names the ant that draws.")},
    )
    assert "bib/fake_maps.bib" in take(tiny, other)
    text = (tiny / "bib" / "fake_maps.bib").read_text(encoding="utf-8")
    assert re.findall(r"^@article\{(\w+),", text, re.MULTILINE) == ["aardvark2024", "unheard2024"]
    assert text.endswith(BIBTEX)
    assert_in_order(tiny)


def test_a_second_coder_of_a_coded_study_adds_no_entry_and_keeps_the_decision(tiny: Path) -> None:
    again = replace(ANSWERS, bibtex="", study="invented2020", misuse_vector="forged_letters")
    proposal = offer(tiny, replace(again, study_type=""))
    assert proposal.is_sound, proposal.findings
    assert not proposal.is_new_study
    assert take(tiny, replace(again, study_type="")) == ["rationales.csv", "studies.csv"]
    assert_in_order(tiny)


def test_a_candidate_that_is_coded_is_included_by_that_and_its_row_stays(tiny: Path) -> None:
    coded = replace(ANSWERS, bibtex="", study="nobody2019", misuse_vector="robot_calls")
    assert take(tiny, replace(coded, study_type="")) == ["rationales.csv", "studies.csv"]
    rows = (tiny / "screening.csv").read_text(encoding="utf-8").splitlines()
    assert "nobody2019,robot_calls,candidate,,,A search that nobody made,," in rows
    stands = [row for row in read_standing(read_corpus(tiny).records) if row[0] == "nobody2019"]
    assert [(row.decision, row.decided_on) for row in stands] == [("included", "2024-12-31")]


def test_the_type_of_a_study_is_added_where_nobody_knew_it(tiny: Path) -> None:
    coded = replace(ANSWERS, bibtex="", study="nobody2019", misuse_vector="robot_calls")
    assert take(tiny, coded) == ["rationales.csv", "screening.csv", "studies.csv"]
    rows = (tiny / "screening.csv").read_text(encoding="utf-8").splitlines()
    assert [row for row in rows if row.startswith("nobody2019")] == [
        "nobody2019,robot_calls,candidate,,measured,A search that nobody made,,,"
    ]


def test_a_candidate_of_no_vector_is_sorted_by_its_coding(tiny: Path) -> None:
    path = tiny / "screening.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("nobody2019,robot_calls", "nobody2019,"), encoding="utf-8")
    take(tiny, replace(ANSWERS, bibtex="", study="nobody2019"))
    rows = path.read_text(encoding="utf-8").splitlines()
    assert [row[:31] for row in rows if row.startswith("nobody2019")] == [
        "nobody2019,fake_maps,candidate,"
    ]
    assert_in_order(tiny)


def test_a_new_coder_gets_a_row_as_a_person(tiny: Path) -> None:
    new = replace(ANSWERS, coder="ida", coder_name="Ida Unheard", coder_url="https://example.org/")
    assert "coders.csv" in take(tiny, new)
    rows = (tiny / "coders.csv").read_text(encoding="utf-8").splitlines()
    assert "ida,Ida Unheard,person,,https://example.org/," in rows
    assert_in_order(tiny)


def test_white_space_of_a_form_is_put_in_order(tiny: Path) -> None:
    untidy = replace(THREAT, rationale="  Names the mapmaker\r\n who misleads   ships. ")
    proposal = offer(tiny, with_step("threat", untidy))
    assert proposal.new is not None
    assert proposal.new.rationales[0].rationale == THREAT.rationale


def test_an_empty_answer_to_an_optional_step_is_no_coding_of_it(tiny: Path) -> None:
    assert dict(new_lines(offer(tiny, with_step("defense", StepAnswer())))) == dict(
        new_lines(offer(tiny))
    )


# What is refused, and where ----------------------------------------------------------------


def test_nothing_answered_asks_for_the_study_first_and_for_all_else_after_it(tiny: Path) -> None:
    assert findings_of(tiny, Answers()) == [
        *(("", "study"), ("", "misuse_vector"), ("", "coder"), ("", "coded_on"), ("", "level")),
    ]


def test_all_that_is_missing_is_told_at_once_and_each_once(tiny: Path) -> None:
    findings = offer(tiny, Answers(bibtex=BIBTEX)).findings
    assert [(f.step, f.field, f.is_missing) for f in findings] == [
        ("", "misuse_vector", True),
        ("", "coder", True),
        ("", "coded_on", True),
        ("", "level", True),
    ]
    bare = with_step("defense", StepAnswer("absent"))
    assert findings_of(tiny, bare) == [
        *(("defense", "confidence"), ("defense", "locator"), ("defense", "rationale")),
    ]
    # What is there is held to the rules, whatever else is missing.
    assert findings_of(tiny, with_step("defense", StepAnswer("absent", rationale="to do"))) == [
        *(("defense", "confidence"), ("defense", "locator"), ("defense", "rationale")),
    ]
    said = offer(tiny, with_step("defense", StepAnswer("absent", rationale="to do"))).findings[-1]
    assert said.message == "'to do' is no reason."
    assert findings_of(tiny, replace(ANSWERS, coder="person_c")) == [("", "coder_name")]
    assert (
        offer(tiny, replace(ANSWERS, coder="person_c"))
        .findings[0]
        .hint.startswith("Did you mean 'person_")
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (replace(ANSWERS, misuse_vector="nowhere"), ("", "misuse_vector")),
        (replace(ANSWERS, study_type="nothing"), ("", "study_type")),
        (replace(ANSWERS, coder="toy_model"), ("", "coder")),
        (replace(ANSWERS, coder="tabulated2024"), ("", "coder")),
        (replace(ANSWERS, coder="ida", coder_name="=1"), ("", "coder_name")),
        (replace(ANSWERS, coder="ida", coder_name="I", coder_url="javascript:x"), ("", "coder_url")),  # noqa: E501
        (replace(ANSWERS, coded_on="2025-01-02"), ("", "coded_on")),
        (replace(ANSWERS, coded_on="31.12.2024"), ("", "coded_on")),
        (replace(ANSWERS, note="=1+1"), ("", "note")),
        (replace(ANSWERS, found_via="@somebody"), ("", "found_via")),
        (replace(ANSWERS, note="a" * 20_001), ("", "note")),
        (replace(ANSWERS, note="\ud800"), ("", "note")),
        (replace(ANSWERS, bibtex="", study="nobody2091"), ("", "study")),
        (replace(ANSWERS, bibtex="", study="nobody2019", misuse_vector=""), ("", "misuse_vector")),
        (replace(ANSWERS, steps={}), ("", "level")),
        (with_step("threat", replace(THREAT, level="full")), ("threat", "level")),
        (with_step("threat", replace(THREAT, confidence="sure")), ("threat", "confidence")),
        (with_step("threat", replace(THREAT, locator="=1")), ("threat", "locator")),
        (with_step("threat", replace(THREAT, rationale="TODO")), ("threat", "rationale")),
        (with_step("added_risk", replace(ADDED_RISK, rationale="n/a")), ("added_risk", "rationale")),  # noqa: E501
        (
            with_step("added_risk", replace(ADDED_RISK, rationale=THREAT.rationale)),
            ("added_risk", "rationale"),
        ),
        (
            with_step("threat", replace(THREAT, rationale="Names forgers by trade and by post office.")),  # noqa: E501
            ("threat", "rationale"),
        ),
        (with_step("defense", StepAnswer(rationale="Names none.")), ("defense", "level")),
        (with_step("thraet", THREAT), ("thraet", "level")),
        (replace(ANSWERS, bibtex="no entry"), ("", "bibtex")),
        (replace(ANSWERS, bibtex=BIBTEX + BIBTEX.replace("unheard", "other")), ("", "bibtex")),
        (replace(ANSWERS, bibtex=BIBTEX.replace("{2024}", "{soon}")), ("", "bibtex")),
        (replace(ANSWERS, bibtex=BIBTEX.replace("unheard2024", "nobody2019")), ("", "bibtex")),
        (replace(ANSWERS, bibtex=BIBTEX.replace("{10.", "{11.")), ("", "bibtex")),
        (
            replace(
                ANSWERS,
                bibtex='@string{aoi = "Annals"}\n' + BIBTEX.replace("{Annals of Invention}", "aoi"),
            ),
            ("", "bibtex"),
        ),
    ],
)  # fmt: skip
def test_each_finding_names_the_answer_that_it_is_about(
    answers: Answers, expected: tuple[str, str], tiny: Path
) -> None:
    proposal = offer(tiny, answers)
    assert {(finding.step, finding.field) for finding in proposal.findings} == {expected}
    assert not proposal.is_sound
    assert list(new_lines(proposal)) == []
    assert all(finding.message for finding in proposal.findings)


def test_the_same_reason_at_two_steps_names_the_other_step(tiny: Path) -> None:
    answers = with_step("added_risk", replace(ADDED_RISK, rationale=THREAT.rationale))
    assert offer(tiny, answers).findings[0].message == "The same text stands at 'threat'."


def test_a_coder_who_has_coded_the_study_is_told_so_once(tiny: Path) -> None:
    again = replace(ANSWERS, bibtex="", study="fictive2022", misuse_vector="robot_calls")
    findings = offer(tiny, replace(again, study_type="")).findings
    assert [(f.field, f.is_error) for f in findings] == [("coder", True)]
    assert "studies.csv:2" in findings[0].message


@pytest.mark.parametrize("decision", ["excluded,no_misuse", "withdrawn,"])
def test_a_study_that_was_left_out_is_not_coded_unasked(decision: str, tiny: Path) -> None:
    path = tiny / "screening.csv"
    row = f"nobody2019,fake_maps,{decision},,A talk,2024-05,Nobody drew a map.\n"
    path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    left_out = replace(ANSWERS, bibtex="", study="nobody2019", study_type="")
    findings = offer(tiny, left_out).findings
    assert [f.field for f in findings if f.is_error][:1] == ["study"]
    assert decision.partition(",")[0] in findings[0].message


def test_what_the_data_says_already_is_not_changed_silently(tiny: Path) -> None:
    again = replace(
        ANSWERS,
        bibtex="",
        study="invented2020",
        misuse_vector="forged_letters",
        study_type="measured",
        found_via="A dream",
        coder_name="Person Z",
    )
    proposal = offer(tiny, again)
    assert proposal.is_sound
    assert {f.field for f in proposal.findings} == {"study_type", "found_via", "coder_name"}
    assert "A dream" not in "".join(text for _, text in new_lines(proposal))


# The same work -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (BIBTEX.replace("10.5555/unheard.2024", "https://doi.org/10.5555/NOBODY.2019"), "DOI"),
        (
            "@misc{other2020, author = {Else, S.}, title = {Else}, year = {2020},"
            " eprint = {2001.00001v2}, archiveprefix = {arXiv}}",
            "arXiv",
        ),
        (
            "@misc{again2019, author = {Nobody, Dee}, howpublished = {A desk},"
            " title = {A {Report} that Nobody has Coded.}, year = {2019}}",
            "title and year",
        ),
    ],
)
def test_a_work_that_stands_is_refused_with_its_key(entry: str, reason: str, tiny: Path) -> None:
    bib = tiny / "bib" / "invented.bib"
    text = bib.read_text(encoding="utf-8")
    arxiv = "\n  eprint = {2001.00001},\n  archiveprefix = {arXiv},\n}\n\n@misc{pretend2023"
    bib.write_text(text.replace("\n}\n\n@misc{pretend2023", arxiv), encoding="utf-8")
    proposal = offer(tiny, replace(ANSWERS, bibtex=entry))
    (finding,) = proposal.findings
    assert (finding.field, finding.is_error, finding.known_as) == ("bibtex", True, "nobody2019")
    assert reason in finding.message
    assert proposal.reference is None


def test_a_near_title_is_a_doubt_and_said_once(tiny: Path) -> None:
    entry = BIBTEX.replace(
        "Maps Drawn by Nobody: A Survey of Empty Paper", "A Report That Nobody Has Ever Coded"
    ).replace("Unheard, Ida", "Nobody, Dee")
    proposal = offer(tiny, replace(ANSWERS, bibtex=entry))
    (finding,) = proposal.findings
    assert (finding.field, finding.is_error, finding.known_as) == ("bibtex", False, "nobody2019")
    assert proposal.is_sound


def test_a_version_of_a_work_is_coded_as_the_work(tiny: Path) -> None:
    version = BIBTEX.replace("  year", "  version_of = {nobody2019},\n  year")
    (finding,) = offer(tiny, replace(ANSWERS, bibtex=version)).findings
    assert (finding.field, finding.known_as) == ("bibtex", "nobody2019")
    with (tiny / "bib" / "invented.bib").open("a", encoding="utf-8") as file:
        file.write(version)
    (finding,) = offer(tiny, replace(ANSWERS, bibtex="", study="unheard2024")).findings
    assert (finding.field, finding.known_as) == ("study", "nobody2019")


# Whatever the answers hold -----------------------------------------------------------------

RECORDS = read_corpus(TINY, TODAY).records
ODD = st.text(st.sampled_from("a b,;\"'=\n\r\t\0\\{}@%#\ud800\u200b\u202eé<"), max_size=12)
WORDS = st.sampled_from(
    ["", "fake_maps", "forged_letters", "robot_calls", "person_a", "consensus", "measured", "2024"]
)
ANY = st.one_of(ODD, WORDS, st.text(max_size=20))
JUDGED = st.builds(
    StepAnswer,
    level=st.one_of(st.sampled_from(["addressed", "partial", "absent", ""]), ANY),
    confidence=st.one_of(st.sampled_from(["high", "low"]), ANY),
    locator=ANY,
    rationale=ANY,
)
STEPS = st.dictionaries(
    st.one_of(st.sampled_from(["threat", "added_risk", "defense"]), ANY), JUDGED, max_size=4
)
ENTRIES = st.one_of(
    st.just(""),
    st.just(BIBTEX),
    ANY,
    st.builds(
        lambda key, title, more: (
            f"@misc{{{key}, author={{A, B}}, title={{{title}}},"
            f" year=2024, howpublished={{X}}, {more}}}"
        ),
        *(st.text("abé{}\\,=%\"'# \n@", max_size=8) for _ in range(3)),
    ),
)


@given(
    st.builds(
        Answers,
        bibtex=ENTRIES,
        study=st.one_of(st.sampled_from(["nobody2019", "invented2020", ""]), ANY),
        steps=STEPS,
        comparisons=st.lists(
            st.builds(ComparisonAnswer, **{f.name: ANY for f in fields(ComparisonAnswer)}),
            max_size=3,
        ).map(tuple),
        **{
            field.name: ANY
            for field in fields(Answers)
            if field.name not in ("bibtex", "study", "steps", "comparisons")
        },
    )
)
def test_whatever_the_answers_hold_nothing_raises(answers: Answers) -> None:
    proposal = propose(RECORDS, answers, TODAY)
    assert proposal.is_sound == (not any(finding.is_error for finding in proposal.findings))
    assert proposal.is_sound or proposal.records is RECORDS
    assert proposal.is_sound or list(new_lines(proposal)) == []


TEXT = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=20)
SAID = st.builds(
    StepAnswer,
    level=st.sampled_from(["addressed", "partial", "absent"]),
    confidence=st.sampled_from(["high", "low"]),
    locator=TEXT.map("p. {}".format),
    rationale=st.integers(0, 10**9).flatmap(lambda n: TEXT.map(f"Reason {n} {{}}".format)),
)
BRACED = st.text(st.characters(categories=["L", "N", "P", "Zs"], exclude_characters='{}\\"%@#,'))
KEYS = st.from_regex(r"[a-z]{4,8}1[0-9]{3}", fullmatch=True)


@given(
    st.builds(
        Answers,
        bibtex=st.one_of(
            st.just(""),
            st.builds(
                "@misc{{{}, title = {{{}}}, author = {{Zero, Zoe}}, year = {{2024}},"
                " howpublished = {{Paper}}, note = {{{}}}}} % {}".format,
                *(KEYS, BRACED.map("Qu {}".format), BRACED, BRACED),
            ),
        ),
        study=st.just("nobody2019"),
        misuse_vector=st.sampled_from(["fake_maps", "robot_calls", "forged_letters"]),
        study_type=st.sampled_from(["", "measured"]),
        found_via=TEXT,
        coder=st.sampled_from(["person_a", "person_b", "new", "né, \"q\""]),
        coder_name=TEXT.map("Name {}".format),
        coded_on=st.sampled_from(["2024", "2024-05", "2024-12-31"]),
        note=TEXT,
        steps=st.dictionaries(
            st.sampled_from(["threat", "added_risk", "defense"]), SAID, min_size=1
        ),
    )
)  # fmt: skip
def test_what_is_sound_can_be_written_and_passes_check_in_canonical_form(answers: Answers) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(shutil.copytree(TINY, Path(folder) / "data"))
        if offer(data, answers).is_sound:
            take(data, answers)
            assert_in_order(data)
