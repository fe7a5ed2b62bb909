"""Writers exclude each other, and one that is killed at any point loses nothing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from marginal_risk.contribute.writers import WriteError, only_writer, write_file, write_files
from offered import TODAY, take
from places import TINY

# Each step of a writer that changes the disk is counted, and the process ends before the
# step of that number, with no chance to put anything in order.
KILLED_AT_EACH_STEP = """
import os, shutil, sys
from itertools import count
from pathlib import Path
from marginal_risk.contribute.writers import only_writer, write_files

before, after, folder = map(Path, sys.argv[1:])
texts = {}
for path in after.rglob("*.*"):
    old = before / path.relative_to(after)
    if not old.exists() or path.read_bytes() != old.read_bytes():
        texts[path.relative_to(after)] = path.read_text(encoding="utf-8")
for number in count(1):
    data = folder / str(number) / "data"
    shutil.copytree(before, data)
    child = os.fork()
    if child == 0:
        steps = 0

        def killing(act):
            def counted(*given, **named):
                global steps
                steps += 1
                if steps == number:
                    os._exit(9)
                return act(*given, **named)
            return counted

        for owner, name in (
            *((Path, name) for name in ("replace", "rename", "unlink", "mkdir")),
            *((os, name) for name in ("fsync", "link")),
            *((shutil, name) for name in ("rmtree", "copymode")),
        ):
            setattr(owner, name, killing(getattr(owner, name)))
        with only_writer(data, "add", print):
            write_files(data, {data / name: text for name, text in texts.items()})
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
"""
FOUND = """TY  - JOUR
AU  - Writer{number}, Ida
TI  - {title}
JO  - Annals of Nothing
PY  - 202{number}
ER  -
"""
TITLES = (
    "Wax seals of small towns",
    "On ink that nobody mixed",
    "Envelopes: a survey of glue",
    "Stamps in a land without post",
)


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_writer_killed_at_any_step_leaves_sound_data_or_names_the_command_that_mends_it(
    tiny: Path, tmp_path: Path
) -> None:
    # In canonical form to begin with, so that formatting changes nothing beside what it finishes.
    formatted = CliRunner().invoke(main, ["format", "--data", str(tiny)])
    assert formatted.exit_code == 0, formatted.output
    start = Path(shutil.copytree(tiny, tmp_path / "start"))
    take(tiny)
    before, after = content_of(start), content_of(tiny)
    copies = tmp_path / "copies"
    command = [sys.executable, "-c", KILLED_AT_EACH_STEP, start, tiny, copies]
    subprocess.run(command, check=True, timeout=120)
    outcomes = set()
    for copy in sorted(copies.iterdir()):
        data = copy / "data"
        corpus = read_corpus(data, TODAY)
        said = {problem.rule: problem.hint for problem in corpus.problems}
        if "unfinished-change" in said:
            assert "'marginal-risk format' finishes it" in said["unfinished-change"]
        else:
            assert corpus.is_sound, (copy.name, said)
            found = {name: text for name, text in content_of(data).items() if name[0] != "."}
            assert found in (before, after), copy.name
        outcomes.add("unfinished-change" in said)
        result = CliRunner().invoke(main, ["format", "--data", str(data)])
        assert result.exit_code == 0, (copy.name, result.output)
        assert content_of(data) == (after if said or found == after else before), copy.name
        assert read_corpus(data, TODAY).problems == ()
    assert outcomes == {True, False}


def test_four_imports_at_once_lose_nothing(tiny: Path) -> None:
    for number, title in enumerate(TITLES):
        text = FOUND.format(number=number, title=title)
        (tiny.parent / f"found{number}.ris").write_text(text, encoding="utf-8")
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "marginal_risk", "import", f"found{number}.ris"],
            cwd=tiny.parent,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    try:
        said = [process.communicate(timeout=120)[1] for process in running]
    finally:
        for process in running:
            process.kill()
    assert [process.returncode for process in running] == [0] * 4, said
    corpus = read_corpus(tiny)
    assert corpus.problems == ()
    titles = {reference.study.title for reference in corpus.records.references}
    assert set(TITLES) <= titles
    found_via = {row.record.found_via for row in corpus.records.screening}
    assert {f"import of found{number}.ris" for number in range(4)} <= found_via
    assert [path.name for path in tiny.iterdir() if path.name.startswith(".")] == []


def test_who_waits_is_told_for_whom(tiny: Path) -> None:
    said: list[str] = []
    holder = f"'marginal-risk add' (process {os.getpid()}, since "
    with (
        only_writer(tiny, "add", said.append),
        pytest.raises(WriteError, match=r"still writes to .*data. Try again when it has ended"),
        only_writer(tiny, "import", said.append, wait=0),
    ):
        pytest.fail("two writers at once")
    assert len(said) == 1
    assert said[0].startswith(f"'marginal-risk import' waits for {holder}")
    with only_writer(tiny, "import", said.append, wait=0):
        assert len(said) == 1


@pytest.fixture
def broken_off(tiny: Path) -> Iterator[Path]:
    """Break off a change to two files between them."""
    take(shutil.copytree(TINY, tiny.parent / "after"))
    for side, folder in (("old", TINY), ("new", tiny.parent / "after")):
        (tiny / ".change" / side).mkdir(parents=True)
        shutil.copy(folder / "studies.csv", tiny / ".change" / side / "studies.csv")
    return tiny


def test_what_was_edited_since_a_change_was_broken_off_is_not_written_over(
    broken_off: Path,
) -> None:
    studies = broken_off / "studies.csv"
    studies.write_text(studies.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    before = content_of(broken_off)
    result = CliRunner().invoke(main, ["format", "--data", str(broken_off)])
    assert result.exit_code == 1
    assert "studies.csv was edited after a change to it was broken off" in result.output
    assert "remove the folder" in result.output
    assert content_of(broken_off) == before


def test_a_change_that_somebody_slips_in_writes_nothing_but_data(broken_off: Path) -> None:
    new = broken_off / ".change" / "new"
    for name in ("notes.txt", "codebook.yml", "other/x.bib"):
        (new / name).parent.mkdir(exist_ok=True)
        (new / name).write_text("slipped in", encoding="utf-8")
    (broken_off.parent / "outside").mkdir()
    (broken_off / "bib" / "link").symlink_to(broken_off.parent / "outside")
    (new / "bib" / "link").mkdir(parents=True)
    (new / "bib" / "link" / "x.bib").write_text("slipped in", encoding="utf-8")
    with only_writer(broken_off, "format", lambda _: None):
        pass
    assert b"slipped in" not in content_of(broken_off.parent).values()
    assert b"unheard2024" in (broken_off / "studies.csv").read_bytes()


def test_a_file_keeps_its_permissions(tiny: Path) -> None:
    (tiny / "studies.csv").chmod(0o640)
    write_files(tiny, {tiny / "studies.csv": "new"})
    assert (tiny / "studies.csv").stat().st_mode & 0o777 == 0o640


def test_a_single_file_is_replaced_and_what_a_killed_process_left_is_removed(
    tmp_path: Path,
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(timeout=60)
    (tmp_path / f".draft.json.writing-{ended.pid}").write_text("half", encoding="utf-8")
    write_file(tmp_path / "draft.json", "whole")
    assert content_of(tmp_path) == {"draft.json": b"whole"}
