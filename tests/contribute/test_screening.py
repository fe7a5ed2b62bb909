"""Screening by two: what stands decided, the queue, the session, and a survey from end to end."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marginal_risk.check.corpus import read_corpus
from marginal_risk.check.standing import read_standing
from marginal_risk.cli import main
from marginal_risk.contribute.screening.decided import Decided, ScreeningAnswers, read_answers
from marginal_risk.contribute.screening.queue import Task, find_waiting
from marginal_risk.rows import Records
from marginal_risk.store.database import build_database
from pages import get, main_of, rows_of, site_on
from places import DATA

TODAY = date(2025, 1, 1)
HEADER = "citekey,misuse_vector,stage,screener,decision,reason,decided_on,settles,note\n"
NOBODY = "nobody2019,robot_calls"


def decided(data: Path, *rows: str) -> Records:
    """Return the records with these decisions on the candidate of the invented data."""
    text = "".join(f"{NOBODY},{row}\n" for row in rows)
    (data / "decisions.csv").write_text(HEADER + text, encoding="utf-8")
    coders = data / "coders.csv"
    known = coders.read_text(encoding="utf-8").replace("person_c,Person C,person,,,\n", "")
    coders.write_text(f"{known}person_c,Person C,person,,,\n", encoding="utf-8")
    corpus = read_corpus(data, TODAY)
    assert corpus.problems == ()
    return corpus.records


A, B, C = (f"title,person_{letter}" for letter in "abc")
FULL_A, FULL_B = (f"full_text,person_{letter}" for letter in "ab")
OUT = "exclude,no_misuse,2024-05-01,,"
IN, UNSURE = "include,,2024-05-02,,", "unsure,,2024-05-03,,"


@pytest.mark.parametrize(
    ("rows", "decision", "stage", "waits"),
    [
        ([], "candidate", "title", "first"),
        ([f"{A},{IN}"], "candidate", "title", "second"),
        ([f"{A},{IN}", f"{B},{IN}"], "candidate", "full_text", "first"),
        # Unsure by title and abstract leaves it to the full text.
        ([f"{A},{IN}", f"{B},{UNSURE}"], "candidate", "full_text", "first"),
        ([f"{A},{OUT}", f"{B},{OUT}"], "excluded", "title", None),
        ([f"{A},{IN}", f"{B},{OUT}"], "candidate", "title", "settling"),
        ([f"{A},{IN}", f"{B},{OUT}", f"{C},{OUT[:-1]}yes,"], "excluded", "title", None),
        ([f"{A},{IN}", f"{B},{OUT}", f"{C},{IN[:-1]}yes,"], "candidate", "full_text", "first"),
        (
            [f"{A},{IN}", f"{B},{IN}", f"{FULL_A},{IN}"],
            *("candidate", "full_text", "second"),
        ),
        ([f"{FULL_A},{IN}", f"{FULL_B},{IN}"], "included", None, None),
        ([f"{FULL_A},{IN}", f"{FULL_B},{OUT}"], "candidate", "full_text", "settling"),
        ([f"{FULL_A},{UNSURE}", f"{FULL_B},{UNSURE}"], "candidate", "full_text", "settling"),
        ([f"{FULL_A},{OUT}", f"{FULL_B},{OUT}"], "excluded", "full_text", None),
    ],
)
def test_two_decide_and_a_third_settles(
    tiny: Path, rows: list[str], decision: str, stage: str | None, waits: str | None
) -> None:
    (stands,) = (row for row in read_standing(decided(tiny, *rows)) if row.citekey == "nobody2019")
    assert (stands.decision, stands.screening_stage, stands.waiting_for) == (decision, stage, waits)
    assert stands.reason == ("no_misuse" if decision == "excluded" else None)


def test_what_the_sheet_itself_decides_stands_whatever_screeners_say(tiny: Path) -> None:
    rows = [f"fictive2022,robot_calls,{who},{OUT}\n" for who in (A, B)]
    (tiny / "decisions.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    records = read_corpus(tiny, TODAY).records
    stands = {row.citekey: row.decision for row in read_standing(records)}
    assert stands["fictive2022"] == "included"


def test_what_screeners_excluded_may_not_be_coded(tiny: Path) -> None:
    decided(tiny, f"{A},{OUT}", f"{B},{OUT}")
    with (tiny / "studies.csv").open("a", encoding="utf-8") as file:
        file.write(f"{NOBODY},person_a,2024,addressed,,,2,,,,\n")
    found = {problem.rule for problem in read_corpus(tiny, TODAY).problems}
    assert "coded-not-included" in found


def test_a_decision_without_a_vector_counts_for_the_vectors_given_since(tiny: Path) -> None:
    rows = [f"nobody2019,,{who},{OUT}\n" for who in (A, B)]
    (tiny / "decisions.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    records = read_corpus(tiny, TODAY).records
    stands = {row.citekey: row.decision for row in read_standing(records)}
    assert stands["nobody2019"] == "excluded"


def test_a_work_without_a_vector_can_be_screened_and_waits_for_one(tiny: Path) -> None:
    sheet = tiny / "screening.csv"
    text = sheet.read_text(encoding="utf-8").replace(NOBODY, "nobody2019,")
    sheet.write_text(text, encoding="utf-8")
    rows = [f"nobody2019,,{who},{IN}\n" for who in (A, B, FULL_A, FULL_B)]
    (tiny / "decisions.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    corpus = read_corpus(tiny, TODAY)
    assert corpus.problems == ()
    (row,) = (row for row in read_standing(corpus.records) if row.citekey == "nobody2019")
    assert (row.decision, row.waiting_for) == ("candidate", "vector")


# The queue ----------------------------------------------------------------------------------


def test_nobody_sees_what_the_other_decided_until_a_conflict_is_settled(tiny: Path) -> None:
    records = decided(tiny, f"{A},{OUT}")
    (card,) = find_waiting(records, Task("person_b"))
    assert (card.citekey, card.vectors, card.decisions) == ("nobody2019", ("robot_calls",), ())
    assert find_waiting(records, Task("person_a")) == []
    records = decided(tiny, f"{A},{OUT}", f"{B},{IN}")
    assert find_waiting(records, Task("person_c")) == []
    assert find_waiting(records, Task("person_a", settles=True)) == []
    (card,) = find_waiting(records, Task("person_c", settles=True))
    assert [(one.screener, one.decision) for one in card.decisions] == [
        ("person_a", "exclude"),
        ("person_b", "include"),
    ]


def imported(data: Path) -> Records:
    """Return the records with the invented export taken in."""
    words = ["import", str(DATA / "scopus.ris"), "--data", str(data), "--vector", "robot_calls"]
    words += ["--source", "Invented Scopus", "--query", "robots", "--searched-on", "2024-05-01"]
    result = CliRunner().invoke(main, [*words, "--searched-by", "Nora", "--no-input"])
    assert result.exit_code == 0, result.output
    return read_corpus(data, TODAY).records


def test_the_order_is_by_key_by_likeness_or_each_ones_own(tiny: Path) -> None:
    records = imported(tiny)

    def keys(screener: str, order: str) -> list[str]:
        return [card.citekey for card in find_waiting(records, Task(screener), order)]

    listed = keys("ada", "listed")
    assert len(listed) == 37
    assert listed == sorted(listed)
    assert keys("ada", "random") == keys("ada", "random") != keys("ben", "random")
    assert sorted(keys("ada", "random")) == listed
    # Letters, maps, robots and forgers are included; bells, seals and signposts are not.
    like = keys("ada", "like")
    assert sorted(like) == listed
    titles = {r.study.citekey: r.study.title for r in records.references}
    assert titles[like[0]] == "Letters That Nobody Wrotte"
    assert not any("Bells" in titles[key] or "Seals" in titles[key] for key in like[:10])


def test_possible_duplicates_and_versions_stand_on_the_card(tiny: Path) -> None:
    records = imported(tiny)
    cards = {card.citekey: card for card in find_waiting(records, Task("ada"))}
    named = {
        key: [one.study.citekey for one in card.possible_duplicates]
        for key, card in cards.items()
        if card.possible_duplicates
    }
    assert named == {
        "invented2023": ["invented2020"],
        "hart2025": ["hart2021"],
        "hart2021": ["hart2025"],
    }


# The session --------------------------------------------------------------------------------


def screen(data: Path, *words: str, keys: str = "") -> Result:
    draft = data.parent / "draft.json"
    asked = ["screen", "--data", str(data), "--draft", str(draft), *words]
    return CliRunner().invoke(main, asked, input=keys)


def rows_in(data: Path) -> list[list[str]]:
    text = (data / "decisions.csv").read_text(encoding="utf-8")
    return [line.split(",") for line in text.splitlines()[1:]]


def test_a_key_decides_and_back_leads_to_the_work_before(tiny: Path) -> None:
    imported(tiny)
    result = screen(tiny, "--as", "ada", "--name", "Ada A", keys="iube2letter2020\nsqy\n")
    assert result.exit_code == 1  # the other study is not in the bibliography
    assert "'letter2020' is not a key in the bibliography" in result.output
    assert rows_in(tiny) == []
    result = screen(tiny, "--as", "ada", "--name", "Ada A", keys="sqy\n")
    # What was decided before is kept, and goes on: nothing was lost by the refusal.
    assert "Going on with 2 decisions" in result.output


def test_decisions_are_written_at_the_end_and_the_next_session_goes_on(tiny: Path) -> None:
    imported(tiny)
    result = screen(tiny, "--as", "ada", "--name", "Ada A", keys="ie1ubisq" + "y\n")
    assert result.exit_code == 0, result.output
    first = [row[4:6] for row in rows_in(tiny)]
    assert first == [["include", ""], ["exclude", "no_misuse"], ["include", ""]]
    assert "ada,Ada A,person,,,\n" in (tiny / "coders.csv").read_text(encoding="utf-8")
    again = screen(tiny, "--as", "ada", keys="q")
    assert "34 works wait for you." in again.output
    assert "No decision was made" in again.output
    assert read_corpus(tiny).is_sound


def test_a_session_that_is_broken_off_writes_nothing_and_is_taken_up(tiny: Path) -> None:
    imported(tiny)
    before = (tiny / "decisions.csv").read_bytes()
    result = screen(tiny, "--as", "ada", "--name", "Ada A", keys="ii")  # the input ends
    assert result.exit_code == 1
    assert "Nothing is written. Your decisions are kept" in result.output
    assert (tiny / "decisions.csv").read_bytes() == before
    result = screen(tiny, "--as", "ada", keys="qy\n")
    assert result.exit_code == 0, result.output
    assert [row[3:5] for row in rows_in(tiny)] == [["ada", "include"]] * 2


def test_what_is_shown_is_enough_to_decide(tiny: Path) -> None:
    imported(tiny)
    result = screen(tiny, "--as", "ada", "--name", "Ada A", keys="s" * 40)
    assert "An invented abstract, number 1." in " ".join(result.output.split())
    assert "Keywords: invention" in result.output
    assert "Possible duplicate of: Invented, Ada (2020)" in result.output
    assert "Leave out for: 1 " in result.output
    assert "https://doi.org/10.5555/invented.001" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as", "toy_model"), "is no person"),
        (("--as", "ada", "--name", "A", "--vector", "robots"), "Did you mean 'robot_calls'?"),
    ],
)
def test_who_or_what_cannot_be_screened_is_told(
    tiny: Path, words: tuple[str, ...], said: str
) -> None:
    result = screen(tiny, *words)
    assert result.exit_code == 1
    assert said in result.output


def test_a_file_of_answers_is_taken_whole_or_not_at_all(tiny: Path, tmp_path: Path) -> None:
    good = Decided("nobody2019", "robot_calls", "include", decided_on="2024-05-01")
    answers = ScreeningAnswers("person_a", decisions=(good,))
    assert read_answers(answers.as_json()) == answers
    path = tmp_path / "answers.json"
    bad = replace(good, citekey="gone2020")
    path.write_text(replace(answers, decisions=(good, bad)).as_json(), encoding="utf-8")
    result = screen(tiny, "--answers", str(path))
    assert result.exit_code == 1
    assert "'gone2020' is not a key in the bibliography" in result.output
    assert rows_in(tiny) == []
    path.write_text(answers.as_json(), encoding="utf-8")
    assert screen(tiny, "--answers", str(path)).exit_code == 0
    assert rows_in(tiny) == [
        ["nobody2019", "robot_calls", "title", "person_a", "include", "", "2024-05-01", "", ""]
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"screening": []}', '{"screening": {"decisions": [1]}}'),
        json.dumps({"screening": {"decisions": [{"citekey": 1}]}}),
        json.dumps({"screening": {"screener": 1, "decisions": []}}),
    ],
)
def test_what_is_no_file_of_answers_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"it has|it is|decision|must be"):
        read_answers(text)


# From end to end ------------------------------------------------------------------------------


async def test_a_survey_by_two_adds_up_at_every_arrow(tiny: Path, tmp_path: Path) -> None:
    """40 records imported twice, screened by two with five conflicts, settled, and one coded."""
    records = imported(tiny)
    assert len([r for r in records.screening if r.record.found_via.startswith("Invented")]) == 36
    imported(tiny)
    assert len(read_corpus(tiny, TODAY).records.screening) == len(records.screening)

    def run(who: str, keys: str, *more: str) -> None:
        result = screen(tiny, "--as", who, "--name", f"{who} (invented)", *more, keys=f"{keys}y\n")
        assert result.exit_code == 0, result.output

    # 37 wait: 36 and the candidate of the invented data. The two differ on works 8 to 12. After
    # the last one there is no key to end with.
    run("ada", "e1" * 10 + "i" * 26 + "s")
    run("ben", "e1" * 7 + "i" * 3 + "e1" * 2 + "i" * 24 + "s")
    run("ada", "i")
    run("ben", "i")
    with closing(sqlite3.connect(built(tiny, tmp_path / "conflicts.db"))) as connection:
        assert connection.execute("select count(*) from screening_conflicts").fetchone() == (5,)
    run("cleo", "e1e1iis", "--conflicts")
    run("cleo", "i", "--conflicts")
    for who in ("ada", "ben"):
        run(who, "i" * 28, "--stage", "full_text")
    coding = ["add", "--data", str(tiny), "--no-input", "--study", "hart2025", "--coder", "ada"]
    coding += ["--vector", "robot_calls", "--coded-on", "2024-06-01", "--version-read", "Article"]
    coding += ["--read", "whole", "--level", "threat=partial", "--locator", "threat=page 2"]
    coding += ["--rationale", "threat=Names maps, and no reader.", "--confidence", "threat=high"]
    result = CliRunner().invoke(main, coding)
    assert result.exit_code == 0, result.output
    assert read_corpus(tiny).problems == ()

    async with site_on(tiny, tmp_path) as site:
        main_part = main_of(await get(site, "/screening"))
        agreement = main_of(await get(site, "/agreement"))
    # By title, 32 of 37 pairs are the same, 7 of them to exclude. Kappa by hand: the two exclude
    # 10 and 9 of 37, so chance alone gives (10 * 9 + 27 * 28) / 37 ** 2.
    by_chance = (10 * 9 + 27 * 28) / 37**2
    kappa = (32 / 37 - by_chance) / (1 - by_chance)
    by_title, by_text = rows_of([*agreement.iter("table")][-1])
    assert by_title[:4] == ["Title and abstract", "2", "37", "86.5 %"]
    assert by_title[5].startswith(f"{kappa:.4f}")
    assert by_text[:4] == ["Full text", "2", "28", "100.0 %"]
    assert "one level only" in by_text[6]
    numbers = {row[0]: int(row[1]) for row in rows_of(next(main_part.iter("table")))}
    assert numbers == {
        "Identified": 45,
        "Records of searches": 40,
        "Found in other ways": 5,
        "Duplicates removed": 3,
        "Unreadable": 1,
        "Withdrawn later": 0,
        "Found": 41,
        "Waiting for a decision": 0,
        "Decided on": 41,
        "Excluded": 9,
        "Included": 32,
        "Waiting for a coder": 28,
        "Coded": 4,
        "Coded once": 2,
        "Coded twice": 2,
    }
    # Each arrow: a box is the one above it without what leaves or waits beside that one.
    removed = sum(numbers[one] for one in ("Duplicates removed", "Unreadable", "Withdrawn later"))
    assert numbers["Identified"] - removed == numbers["Found"]
    for above, beside, below in (
        ("Found", "Waiting for a decision", "Decided on"),
        ("Decided on", "Excluded", "Included"),
        ("Included", "Waiting for a coder", "Coded"),
        ("Coded", "Coded once", "Coded twice"),
    ):
        assert numbers[above] - numbers[beside] == numbers[below], above
    # No new work was lost: each of the 36 has its row, and stands somewhere.
    stands = read_standing(read_corpus(tiny).records)
    assert sum(row.found_via.startswith("Invented Scopus") for row in stands) == 36


def built(data: Path, path: Path) -> Path:
    build_database(read_corpus(data), path)
    return path
