"""``marginal-risk add``: asked or scripted, it writes a whole coding or nothing."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner, Result

from marginal_risk.check.corpus import Corpus, read_corpus
from marginal_risk.cli import main
from marginal_risk.cli.terminal import Terminal
from marginal_risk.contribute.coding.answers import Answers, StepAnswer
from marginal_risk.contribute.coding.file_changes import changed_files
from marginal_risk.contribute.coding.proposal import propose
from places import TINY

ENTRY = """@article{unheard2024,
  author = {Unheard, Ida},
  title = {Maps Drawn by Nobody: A Survey of Empty Paper},
  year = {2024},
  journal = {Annals of Invention},
  doi = {10.5555/unheard.2024},
}
"""
SCRIPTED = (
    *("entry.bib", "--vector", "fake_maps", "--study-type", "measured"),
    *("--coder", "ada", "--coder-name", "Ada (invented)", "--coded-on", "2024-12-31"),
    *("--level", "threat=addressed", "--confidence", "threat=high"),
    *("--locator", "threat=page 3", "--rationale", "threat=Names who misleads ships, and why."),
)
ANSWERS = Answers(
    bibtex=ENTRY,
    misuse_vector="fake_maps",
    study_type="measured",
    coder="ada",
    coder_name="Ada (invented)",
    coded_on="2024-12-31",
    steps={
        "threat": StepAnswer("addressed", "high", "page 3", "Names who misleads ships, and why.")
    },
)
# The same typed at the questions, with a slip at some of them.
STUDY = [*ENTRY.splitlines(), ""]
VECTOR = ["fake_map"]  # as many letters as tell it from the others
TYPE_AND_SOURCE = ["1", ""]
CODER = ["ada", "Ada (invented)", "", "2024-12-31", "", "", ""]
THREAT = ["1", "Names who misleads ships, and why.", "page 3", "high"]
OTHER_STEPS = ["", ""]
REPLIES = [*STUDY, *VECTOR, *TYPE_AND_SOURCE, *CODER, *THREAT, *OTHER_STEPS]

Run = Callable[..., Result]


@pytest.fixture
def run(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``add`` in the folder that holds data/ and entry.bib; drafts have a home beside."""
    monkeypatch.chdir(tiny.parent)
    monkeypatch.setenv("HOME", str(tiny.parent / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "96")  # wherever the tests run, or however wide that is
    Path("entry.bib").write_text(ENTRY, encoding="utf-8")

    def run(*words: str, replies: list[str] | None = None, fed: str = "") -> Result:
        if replies is not None:
            words, fed = (*words, "--input"), "".join(f"{line}\n" for line in replies)
        return CliRunner().invoke(main, ["add", *words], input=fed)

    return run


def drafts(tiny: Path) -> list[Path]:
    return sorted((tiny.parent / "home").rglob("coding-*.json"))


def content_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


@cache
def expected() -> dict[str, bytes]:
    """Return what the core of contributions makes of the answers."""
    with TemporaryDirectory() as folder:
        data = Path(shutil.copytree(TINY, Path(folder) / "expected"))
        corpus = read_corpus(data, date(2025, 1, 1))
        for path, text in changed_files(
            corpus, propose(corpus.records, ANSWERS, date(2025, 1, 1))
        ).items():
            path.write_bytes(text.encode())
        return content_of(data)


# Scripted -----------------------------------------------------------------------------------


def test_options_give_every_answer(run: Run, tiny: Path) -> None:
    result = run(*SCRIPTED)
    assert result.exit_code == 0, result.output
    assert content_of(tiny) == expected()
    assert "unheard2024,fake_maps,ada,2024-12-31,addressed,,," in (tiny / "studies.csv").read_text()
    assert "Threat: addressed. Names who misleads ships, and why." in result.output
    assert "Added risk: not coded." in result.output
    assert "Codings added (1)" in result.output
    assert "data/bib/fake_maps.bib: written" in result.stderr
    # Outside a clone there is nothing to push.
    assert "put these files into a clone of the repository" in result.output
    assert "git push" not in result.output


def test_an_entry_comes_from_standard_input_and_the_rest_from_a_file(run: Run, tiny: Path) -> None:
    steps = {slug: asdict(judged) for slug, judged in ANSWERS.steps.items()}
    answers = {**asdict(ANSWERS), "bibtex": "", "coded_on": "2023-01-01", "steps": steps}
    Path("coding.json").write_text(json.dumps(answers), encoding="utf-8")
    words = ("-", "--answers", "coding.json", "--coded-on", "2024-12-31", "--no-input")
    result = run(*words, fed=ENTRY)
    assert result.exit_code == 0, result.output
    assert content_of(tiny) == expected()


def test_commands_for_git_name_the_changed_files(run: Run) -> None:
    subprocess.run(["git", "init", "--quiet", "."], check=True)
    result = run(*SCRIPTED, "--note", "a; b")
    assert "git switch --create coding-unheard2024-fake_maps-ada" in result.output
    added = next(line for line in result.output.splitlines() if "git add" in line)
    assert set(added.split()[2:]) == {
        *("data/bib/fake_maps.bib", "data/coders.csv", "data/rationales.csv"),
        *("data/screening.csv", "data/studies.csv"),
    }
    assert "git commit --message 'Code unheard2024 for fake_maps, by ada'" in result.output


def test_what_is_missing_is_told_by_its_option_and_nothing_is_written(run: Run, tiny: Path) -> None:
    before = content_of(tiny)
    result = run("entry.bib", "--vector", "fake_map", "--coder", "person_a", "--level", "threat=x")
    assert result.exit_code == 1
    said = result.stderr.splitlines()
    assert any(line.startswith("--vector: 'fake_map' is not a vector") for line in said)
    assert any(line.startswith("--coded-on: ") for line in said)
    assert any(line.startswith("--locator threat=: ") for line in said)
    assert said[-1] == "Error: Nothing is written."
    assert content_of(tiny) == before
    assert drafts(tiny) == []


@pytest.mark.parametrize(
    ("change", "known_by"),
    [
        (("unheard.2024", "MADEUP.2021"), "DOI"),
        (("  doi = {10.5555/unheard.2024},\n", ""), "title"),
    ],
)
def test_a_known_work_is_refused_and_the_one_that_stands_is_named(
    run: Run, tiny: Path, change: tuple[str, str], known_by: str
) -> None:
    entry = ENTRY.replace(*change)
    if known_by == "title":
        entry = entry.replace("Unheard, Ida", "Made-Up, Bo and {Institute of Nowhere}")
        entry = entry.replace("2024}", "2021}")
        entry = entry.replace(
            "Maps Drawn by Nobody: A Survey of Empty Paper", "Forgers \\& <Other> Inventions"
        )
    Path("entry.bib").write_text(entry, encoding="utf-8")
    before = content_of(tiny)
    result = run(*SCRIPTED)
    assert result.exit_code == 1
    assert "'madeup2021'" in result.stderr
    assert known_by in result.stderr
    assert content_of(tiny) == before


def test_a_near_title_is_refused_until_somebody_says_that_it_is_another_work(
    run: Run, tiny: Path
) -> None:
    title = "A Robot Calls: Telephone Frauds in a Town That Is Not There"  # there: Fraud
    entry = ENTRY.replace("Maps Drawn by Nobody: A Survey of Empty Paper", title)
    Path("entry.bib").write_text(entry, encoding="utf-8")
    before = content_of(tiny)
    refused = run(*SCRIPTED)
    assert refused.exit_code == 1
    assert "This may be 'fictive2022', which has a near title" in refused.stderr
    assert refused.stderr.splitlines()[-1] == (
        "Error: Nothing is written. Code the one that stands, with --study; if it is another, say "
        "--another-work."
    )
    assert content_of(tiny) == before
    assert run(*SCRIPTED, "--another-work").exit_code == 0
    assert "unheard2024" in (tiny / "bib" / "fake_maps.bib").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere.bib",), 1, "nowhere.bib cannot be read"),
        (("entry.bib", "--study", "madeup2021"), 2, "not both"),
        (("--level", "threat"), 2, "'threat' is not STEP=LEVEL"),
        (("--draft", "d.json"), 2, "--answers takes a file of answers"),
        (("--answers", "entry.bib"), 1, "entry.bib is no file of answers"),
    ],
)
def test_what_cannot_be_read_is_told(
    run: Run, tiny: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    before = content_of(tiny)
    result = run(*words)
    assert result.exit_code == code
    assert said in result.output
    assert content_of(tiny) == before


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run, tiny: Path) -> None:
    before = content_of(tiny)
    tried = run(*SCRIPTED, "--dry-run")
    assert content_of(tiny) == before
    done = run(*SCRIPTED)
    assert tried.exit_code == done.exit_code == 0
    assert tried.stdout == done.stdout[: len(tried.stdout)]
    assert tried.stderr == "Nothing is written (--dry-run).\n"


def test_where_the_disk_is_full_nothing_is_written(
    run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content_of(tiny)
    replace = Path.replace

    def fail_at_a_sheet(path: Path, target: Path) -> Path:
        if target.name == "studies.csv" and target.parent == Path("data"):
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail_at_a_sheet)
    result = run(*SCRIPTED)
    assert result.exit_code == 1
    assert "Nothing is written: data cannot be changed (No space left on device)." in result.stderr
    assert content_of(tiny) == before


def test_text_of_the_entry_cannot_drive_the_terminal(run: Run) -> None:
    Path("entry.bib").write_text(ENTRY.replace("Empty", "\x1b]0;Empty\x07"), encoding="utf-8")
    result = run(*SCRIPTED)
    assert "\x1b" not in result.output
    assert "\x07" not in result.output


CONSENSUS = (
    *("--study", "fictive2022", "--vector", "robot_calls", "--coded-on", "2024-06-01"),
    *("--coder", "settled", "--coder-name", "Settled by C", "--coder-kind", "consensus"),
    *("--level", "added_risk=absent", "--confidence", "added_risk=high"),
    *(
        "--locator",
        "added_risk=page 12",
        "--rationale",
        "added_risk=A count is no baseline, C says.",
    ),
)


@pytest.fixture
def third_person(tiny: Path) -> None:
    with (tiny / "coders.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("person_c,Person C (invented),person,,,\n")


@pytest.mark.usefixtures("third_person")
def test_a_consensus_of_two_coders_is_added_with_who_settled_it(run: Run, tiny: Path) -> None:
    result = run(*CONSENSUS, "--settled-by", "person_c")
    assert result.exit_code == 0, result.output
    coders = (tiny / "coders.csv").read_text(encoding="utf-8")
    assert "settled,Settled by C,consensus,person_c,," in coders.splitlines()
    assert "Contested → Absent" in result.output
    assert "--settled-by" not in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--settled-by", "person_a"), "'person_a' settled this, and is one of the coders"),
        (("--settled-by", "persona_a"), "--settled-by: 'persona_a' is not a coder in coders.csv."),
        (("--coder-kind", "concensus"), "--coder-kind: 'concensus' is not"),
        (("--coder-kind", "machine"), "--coder-note: Nothing is said of this machine."),
        (("--coder-kind", "published"), "--coder: 'settled' is not a person, but of kind"),
        (("--coder-kind", "person", "--settled-by", "person_b"), "--settled-by: 'settled' is no"),
        (("--coder", "person_b"), "--coder-kind: The data says 'person' already"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_what_does_not_do_for_a_consensus_is_told(run: Run, words: tuple[str], said: str) -> None:
    assert said in run(*CONSENSUS, *words).stderr


# Asked --------------------------------------------------------------------------------------


def test_questions_are_asked_in_the_words_of_the_codebook(run: Run, tiny: Path) -> None:
    result = run(replies=[*REPLIES, "y"])
    assert result.exit_code == 0, result.output
    assert content_of(tiny) == expected()
    assert "Read as 'unheard2024': Unheard, Ida (2024). Maps Drawn by Nobody" in result.output
    assert "Does the study say what the threat is, and by whom?" in result.output
    assert "1  addressed: Compares the harm with a stated baseline." in result.output
    assert "which is not the same as absent" in result.output
    assert drafts(tiny) == []


@pytest.mark.usefixtures("third_person")
def test_whether_it_is_a_consensus_is_asked_where_two_have_coded(run: Run, tiny: Path) -> None:
    replies = ["fictive2022", "robot_calls", "settled", "Settled by C", "", "c", "person_c"]
    step = ["absent", "A count is no baseline, C says.", "page 12", "high"]
    result = run(replies=[*replies, "2024-06-01", "", *step, "y"])
    assert result.exit_code == 0, result.output
    assert "Coded already by person_a and by person_b." in result.output
    coders = (tiny / "coders.csv").read_text(encoding="utf-8")
    assert "settled,Settled by C,consensus,person_c,," in coders.splitlines()


def test_lines_end_where_a_narrow_terminal_does(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    result = run(replies=["madeup2021", "quit"])
    said, _, _ = result.output.partition("Error:")
    assert max(map(len, said.splitlines())) <= 50
    assert "Read as 'madeup2021'" in said


def test_the_day_that_is_offered_is_the_coders_own(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the latest anywhere on earth, which is the last that is no day of the future."""
    questions = sys.modules["marginal_risk.contribute.coding.questions"]
    monkeypatch.setattr(questions, "today_here", lambda: date(2024, 2, 29))
    result = run(replies=[*STUDY, *VECTOR, *TYPE_AND_SOURCE, *CODER[:3], "quit"])
    assert "Day of the coding [2024-02-29]" in result.output


def test_unfinished_codings_are_listed_by_study(run: Run, tiny: Path) -> None:
    run(replies=[*STUDY, *VECTOR, *TYPE_AND_SOURCE, *CODER, *THREAT, "quit"])
    listed = " ".join(run(replies=[""]).output.split())
    assert f"unfinished codings, as files in {drafts(tiny)[0].parent}" in listed
    assert "1 new: unheard2024, fake_maps, 1 step judged" in listed


def test_a_no_at_the_end_keeps_the_answers(run: Run, tiny: Path) -> None:
    before = content_of(tiny)
    result = run(replies=[*REPLIES, "n"])
    assert result.exit_code == 1
    assert content_of(tiny) == before
    (draft,) = drafts(tiny)
    assert str(draft) in result.stderr


@pytest.mark.parametrize("answered", range(len(STUDY), len(REPLIES)))
@pytest.mark.parametrize("ending", [["quit"], []], ids=["quit", "end of input"])
def test_a_coding_can_be_left_at_any_question_and_taken_up_again(
    run: Run, tiny: Path, answered: int, ending: list[str]
) -> None:
    before = content_of(tiny)
    left = run(replies=[*REPLIES[:answered], *ending])
    assert left.exit_code == 1
    assert "Your answers are kept in" in left.stderr
    assert content_of(tiny) == before
    # No question is asked again, neither one that was answered with nothing.
    resumed = run(replies=["1", *REPLIES[answered:], "y"])
    assert resumed.exit_code == 0, resumed.output
    assert content_of(tiny) == expected()
    assert drafts(tiny) == []


def test_back_reaches_the_answers_of_an_earlier_day_and_changes_them(run: Run, tiny: Path) -> None:
    slip = [THREAT[0], "A slip of the pen.", *THREAT[2:]]
    run(replies=[*STUDY, *VECTOR, *TYPE_AND_SOURCE, *CODER, *slip, "", "quit"])
    # From the last step to the one before, and to confidence, locator and reason of the first.
    back = ["back", "back", "back", "back", THREAT[1], "", "", ""]
    result = run(replies=["1", *back, *OTHER_STEPS[1:], "y"])
    assert result.exit_code == 0, result.output
    assert "[A slip of the pen.]" in result.output
    assert content_of(tiny) == expected()


def test_a_question_left_empty_can_still_be_answered_after_going_back(run: Run, tiny: Path) -> None:
    run(replies=[*STUDY, *VECTOR, *TYPE_AND_SOURCE, *CODER, "quit"])
    result = run(replies=["1", "back", "A note after all.", *THREAT, *OTHER_STEPS, "y"])
    assert result.exit_code == 0, result.output
    assert "A note after all." in (tiny / "studies.csv").read_text(encoding="utf-8")


def test_a_new_coding_leaves_an_unfinished_one_alone(run: Run, tiny: Path) -> None:
    run(replies=[*STUDY, "quit"])
    (first,) = drafts(tiny)
    kept = first.read_bytes()
    run(replies=["", "madeup2021", "quit"])
    assert [path.name for path in drafts(tiny)] == ["coding-001.json", "coding-002.json"]
    assert first.read_bytes() == kept


def test_a_damaged_draft_is_told_and_left_alone(run: Run, tiny: Path) -> None:
    run(replies=[*STUDY, "quit"])
    (draft,) = drafts(tiny)
    draft.write_text('{"bibtex": 3', encoding="utf-8")
    result = run(replies=[*REPLIES, "y"])
    assert result.exit_code == 0, result.output
    assert f"Left alone: {draft}" in " ".join(result.output.split())
    assert draft.read_text(encoding="utf-8") == '{"bibtex": 3'


def test_a_draft_of_ones_own_name_is_gone_on_with(run: Run) -> None:
    run("--draft", "mine.json", replies=[*STUDY, *VECTOR, "quit"])
    assert json.loads(Path("mine.json").read_text("utf-8"))["misuse_vector"] == "fake_maps"
    replies = [*TYPE_AND_SOURCE, *CODER, *THREAT, *OTHER_STEPS, "y"]
    result = run("--draft", "mine.json", replies=replies)
    assert result.exit_code == 0, result.output
    assert not Path("mine.json").exists()


def test_a_wrong_answer_is_told_with_the_nearest_word_and_asked_again(run: Run, tiny: Path) -> None:
    slips = [
        *STUDY,
        *("robt_calls", "0", "fake_maps"),
        *TYPE_AND_SOURCE,
        *("", "ada", "Ada (invented)", "", "31.12.2024", "2024-12-31", "", "", ""),
        *("a", "adressed", "addressed"),
        *THREAT[1:],
        *OTHER_STEPS,
    ]
    result = run(replies=[*slips, "y"])
    assert result.exit_code == 0, result.output
    assert content_of(tiny) == expected()
    assert "Did you mean 'robot_calls'?" in result.output
    assert "'a' may be addressed or absent." in result.output
    assert "'31.12.2024' is not a date" in result.output
    assert "This is needed." in result.output


def test_back_goes_to_the_question_before(run: Run, tiny: Path) -> None:
    replies = [*STUDY, "back", "robot_calls", "back", *VECTOR, *TYPE_AND_SOURCE, *CODER]
    threat = [THREAT[0], "Something else.", "back", THREAT[1], "back", "", *THREAT[2:]]
    result = run(replies=[*replies, *threat, *OTHER_STEPS, "y"])
    assert result.exit_code == 0, result.output
    assert content_of(tiny) == expected()
    assert "This is the first question." in result.output


def test_of_a_known_work_the_one_that_stands_can_be_coded(run: Run, tiny: Path) -> None:
    entry = ENTRY.replace("unheard.2024", "madeup.2021").splitlines()
    coder = ["ada", "Ada", "", "", "", "", "", ""]  # the fourth: a person, no consensus
    replies = [*entry, "", "y", "", *coder, "2", "Says why.", "page 1", "low", "", ""]
    result = run(replies=[*replies, "y"])
    assert result.exit_code == 0, result.output
    assert "Code 'madeup2021' instead?" in result.output
    assert "madeup2021,forged_letters,ada" in (tiny / "studies.csv").read_text(encoding="utf-8")
    assert "unheard2024" not in (tiny / "bib" / "invented.bib").read_text(encoding="utf-8")


def test_a_second_coder_sees_what_the_first_one_judged_only_after_writing(run: Run) -> None:
    words = ["--study", "madeup2021", "--vector", "forged_letters", "--coder", "ada"]
    words += ["--coder-name", "Ada (invented)", "--coded-on", "2024-12-31"]
    for step, level in (("threat", "absent"), ("added_risk", "absent")):
        words += ["--level", f"{step}={level}", "--locator", f"{step}=page 9"]
        words += [
            "--rationale",
            f"{step}=Has no {step} to speak of.",
            "--confidence",
            f"{step}=low",
        ]
    tried = run(*words, "--no-input", "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert "Threat: absent. Has no threat to speak of." in tried.output
    assert "Somebody else has coded this study" in " ".join(tried.output.split())
    for said in ("Cells of the map", "Addressed", "Agreement", "Contested"):
        assert said not in tried.output
    written = run(*words, "--no-input")
    assert written.exit_code == 0, written.output
    before, after = written.output.split("Somebody else has coded this study")
    assert "Agreement" not in before
    assert "Codings added (1)" in after
    assert "Agreement" in after


def test_back_is_no_yes(run: Run, tiny: Path) -> None:
    entry = ENTRY.replace("unheard.2024", "madeup.2021").splitlines()
    result = run(replies=[*entry, "", "back", "back", *REPLIES, "y"])
    assert result.exit_code == 0, result.output
    assert content_of(tiny) == expected()


def test_a_study_that_was_left_out_cannot_be_coded_and_another_is_asked_for(
    run: Run, tiny: Path
) -> None:
    sheet = tiny / "screening.csv"
    row = "nobody2019,fake_maps,excluded,no_misuse,,Invented,2024,\n"
    sheet.write_text(sheet.read_text("utf-8") + row, encoding="utf-8")
    words = ("--study", "nobody2019", *SCRIPTED[1:])
    refused = run(*words)
    assert refused.exit_code == 1
    assert "The study is excluded, at data/screening.csv" in refused.stderr
    # It is told before anything else is asked.
    result = run(*words, replies=[*STUDY, "", "", "", "", "", "", "", "y"])
    assert result.exit_code == 0, result.output
    assert "To fix: study: The study is excluded" in result.output
    assert "unheard2024,fake_maps,ada" in (tiny / "studies.csv").read_text(encoding="utf-8")
    # Where nothing is left to ask, the study is.
    nothing_open = ("--coder-url", "https://example.org/", "--note", "All is given.")
    nothing_open += ("--version-read", "first printing", "--read", "whole")
    steps = [f"--level={step}=absent" for step in ("added_risk", "defense")]
    steps += [f"--rationale={step}=Has no {step}." for step in ("added_risk", "defense")]
    steps += [f"--locator={step}=all" for step in ("added_risk", "defense")]
    steps += [f"--confidence={step}=low" for step in ("added_risk", "defense")]
    words = [word.replace("ada", "bea") for word in (*words, *nothing_open, *steps)]
    again = run(*words, replies=["quit"])
    assert "To fix: study: The study is excluded" in again.output
    assert "Your answers are kept in" in again.output


def test_steps_that_nobody_judged_are_asked_for_once_more(run: Run) -> None:
    none = ["", "", ""]
    result = run(replies=[*STUDY, *VECTOR, *TYPE_AND_SOURCE, *CODER, *none, *THREAT, "", "", "y"])
    assert result.exit_code == 0, result.output
    assert "No step is coded." in result.output


def test_the_first_question_is_asked_before_the_data_is_read(
    run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def read_later(*given: Any, **more: Any) -> Corpus:
        assert asked.wait(60)
        return read_corpus(*given, **more)

    def ask(terminal: Terminal, prompt: str) -> str:
        asked.set()
        return typed(terminal, prompt)

    typed = Terminal.ask
    monkeypatch.setattr(Terminal, "ask", ask)
    monkeypatch.setattr("marginal_risk.check.corpus.read_corpus", read_later)
    result = run(replies=[*REPLIES, "n"])
    assert "Read as 'unheard2024'" in result.output
    assert len(drafts(tiny)) == 1


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt()])
def test_the_first_answer_is_kept_where_the_data_has_errors_or_is_not_waited_for(
    run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    with (tiny / "studies.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("nobody2099,fake_maps,ada,2024,addressed,,,1,,,,\n")
    if isinstance(error, KeyboardInterrupt):

        def interrupted(*_given: Any, **_more: Any) -> Corpus:
            raise error

        monkeypatch.setattr("marginal_risk.check.corpus.read_corpus", interrupted)
    result = run(replies=STUDY)
    assert result.exit_code == 1
    assert ("'nobody2099'" in result.stderr) is isinstance(error, SystemExit)
    assert "Nothing is written. Your answers are kept in" in result.stderr
    (kept,) = drafts(tiny)
    assert "Maps Drawn by Nobody" in kept.read_text(encoding="utf-8")


def test_data_that_changes_in_the_meantime_is_checked_anew(
    run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else adds the same work while a coder is answering."""
    add = sys.modules["marginal_risk.cli.add"]
    interview = add.interview

    def and_then(*given: object) -> object:
        found = interview(*given)
        (tiny / "bib" / "fake_maps.bib").write_text(
            ENTRY.replace("unheard2024", "earlier2024"), encoding="utf-8"
        )
        sheet = tiny / "screening.csv"
        row = "earlier2024,fake_maps,candidate,,,Found,,\n"
        sheet.write_text(sheet.read_text(encoding="utf-8") + row, encoding="utf-8")
        return found

    monkeypatch.setattr(add, "interview", and_then)
    result = run(replies=[*REPLIES, "y"])
    assert result.exit_code == 1
    assert "'earlier2024'" in result.stderr
    assert "unheard2024" not in (tiny / "studies.csv").read_text(encoding="utf-8")
    assert len(drafts(tiny)) == 1


@pytest.mark.usefixtures("run")
def test_in_a_terminal_ctrl_c_keeps_the_answers(tiny: Path) -> None:
    """Through a pseudo-terminal, as a person would."""
    before = content_of(tiny)
    process, terminal = pty.fork()
    if process == 0:  # pragma: no cover  (another process)
        # A shell without job control starts what runs behind it, as these tests, deaf to Ctrl-C.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        words = [sys.executable, "-m", "marginal_risk", "add"]
        os.execv(sys.executable, words)  # noqa: S606
    said = read_until(terminal, "Study> ")
    for line in STUDY:
        os.write(terminal, f"{line}\n".encode())
    said += read_until(terminal, "Misuse vector> ")
    os.write(terminal, b"5\n")
    # In one go: what is read in a piece may hold the question that follows already.
    words = "Use one of: fake_maps, forged_letters, robot_calls."
    said += read_until(terminal, f"is none of these. {words} Misuse vector> ")
    said += break_off(terminal, "goes on with them")
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 1
    os.close(terminal)
    assert "Traceback" not in said
    assert len(drafts(tiny)) == 1
    assert content_of(tiny) == before


def read_until(terminal: int, text: str, seconds: float = 60) -> str:
    """Read what a program shows until it has shown a text; fail after so long a silence."""
    shown = read_while_shown(terminal, text, seconds)
    assert text in re.sub(r"\s+", " ", shown), shown
    return shown


def break_off(terminal: int, text: str) -> str:
    """Press Ctrl-C until a text is shown: what waits for a line may miss one, as for people."""
    shown = ""
    for _ in range(12):
        os.write(terminal, b"\x03")
        shown += read_while_shown(terminal, text, 5)
        if text in re.sub(r"\s+", " ", shown):
            return shown
    raise AssertionError(shown)


def read_while_shown(terminal: int, text: str, seconds: float) -> str:
    """Read what a program shows until it has shown a text, ends, or is silent for so long."""
    shown = ""
    while text not in re.sub(r"\s+", " ", shown):
        ready, _, _ = select.select([terminal], [], [], seconds)
        if not ready:
            break
        try:
            shown += os.read(terminal, 4096).decode("utf-8", "replace")
        except OSError:  # the other end is closed
            break
    return shown
