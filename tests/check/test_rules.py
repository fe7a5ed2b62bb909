"""Each rule has a folder of data that breaks it, and says exactly what is expected there."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from marginal_risk.check.corpus import read_corpus
from marginal_risk.check.rules import RULES
from marginal_risk.cli import main
from marginal_risk.problems import Severity
from places import FAULTS


def break_data(data: Path, rule: str) -> None:
    """Lay the files of one fault over the data; DELETE lists those to take away."""
    shutil.copytree(FAULTS / rule, data, symlinks=True, dirs_exist_ok=True)
    (data / "expected.txt").unlink()
    listed = data / "DELETE"
    if listed.exists():
        for name in listed.read_text().split():
            (data / name).unlink()
        listed.unlink()


def test_every_rule_has_a_fault_and_every_fault_a_rule() -> None:
    assert sorted(path.name for path in FAULTS.iterdir()) == sorted(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_fault_is_told_in_exactly_these_words(
    rule: str, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_data(tiny, rule)
    monkeypatch.chdir(tiny.parent)
    corpus = read_corpus(Path("data"), today=date(2025, 1, 1))
    expected = (FAULTS / rule / "expected.txt").read_text(encoding="utf-8")
    assert [str(problem) for problem in corpus.problems] == expected.splitlines()
    assert {problem.rule for problem in corpus.problems} == {rule}
    for problem in corpus.problems:  # file and line, what is wrong, and how to mend it
        assert problem.path.startswith("data/")
        assert problem.line >= 1
        assert re.search(r"[.!?']$", problem.message), problem.message
        assert re.search(r"[.!?:\w]$", problem.hint), f"no mend: {problem}"
    assert corpus.is_sound == (RULES[rule].severity is Severity.WARNING)


@pytest.mark.parametrize("rule", RULES)
def test_a_pull_request_with_a_fault_is_annotated_on_its_lines(
    rule: str, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_data(tiny, rule)
    monkeypatch.chdir(tiny.parent)
    result = CliRunner().invoke(main, ["check", "--format", "github"])
    expected = (FAULTS / rule / "expected.txt").read_text(encoding="utf-8")
    said = re.findall(r"^([^:]+?):(\d+): ([^:]+): .*\[(\S+)\]$", expected, re.MULTILINE)
    assert said
    assert re.findall(
        r"^::(\w+) file=([^,]+),line=(\d+),title=(\S+) \[(\S+)\]::.", result.stdout, re.MULTILINE
    ) == [(RULES[rule].severity.value, *place) for place in said]
    assert result.exit_code == (RULES[rule].severity is Severity.ERROR)


def test_a_fault_holds_only_files_that_differ() -> None:
    tiny = FAULTS.parent / "tiny"
    for path in FAULTS.rglob("*.*"):
        original = tiny / path.relative_to(FAULTS / path.relative_to(FAULTS).parts[0])
        assert not original.exists() or original.read_bytes() != path.read_bytes(), path


def test_some_rules_warn_and_the_others_stop_a_build() -> None:
    warnings = {rule.name for rule in RULES.values() if rule.severity is Severity.WARNING}
    assert warnings == {
        "doubtful-encoding",
        "stray-file",
        "spreadsheet-form",
        "doubtful-name",
        "unknown-command",
        "missing-venue",
        "local-file",
        "publisher-notice",
        "slash-in-key",
        "same-title",
        "near-duplicate",
        "likely-same-person",
        "settled-by-a-party",
        "settled-without-conflict",
        "nothing-to-settle",
        "no-codebook-version",
        "empty-coding",
    }


def test_every_rule_says_what_breaks_it() -> None:
    for name, rule in RULES.items():
        assert rule.name == name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert rule.meaning[0].islower()
        assert not rule.meaning.endswith(".")
