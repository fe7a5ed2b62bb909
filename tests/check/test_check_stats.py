"""``check --stats``: what became of every block, whatever files somebody has."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from bibtex_fragments import SOUND
from marginal_risk.check.block_counts import COLUMNS
from marginal_risk.cli import main
from marginal_risk.cli.check import check


def run(*words: str, exit_code: int):
    result = CliRunner().invoke(main, ["check", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == exit_code, result.output
    return result


def table(output: str) -> list[list[str]]:
    """Return the cells of the table that ends the output."""
    lines = output.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("file  "))
    return [line.split() for line in lines[start:]]


COUNTS = [
    ["file", "encoding", *COLUMNS],
    ["a.bib", "utf-8", "3", "2", "0", "1", "1", "1", "0"],
    ["deep/b.bib", "utf-8", "2", "1", "1", "0", "1", "0", "0"],
    ["deep/er/c.BIB", "cp1252", "1", "1", "0", "0", "1", "0", "0"],
    ["deep/er/d.bib", "not", "text", "1", "0", "1", "0", "0", "0", "0"],
    ["all", "files", "7", "4", "2", "1", "3", "1", "0"],
]


@pytest.mark.usefixtures("folder")
def test_the_blocks_of_any_files_are_counted_without_a_codebook() -> None:
    result = run("--stats", "a.bib", "deep", exit_code=1)
    assert table(result.stdout) == COUNTS
    assert "Größe" not in result.stdout
    rules = [line.split("[")[-1] for line in result.stdout.splitlines() if line.endswith("]")]
    # A key may stand in several files, as each is read for itself.
    assert rules == ["missing-field]", "missing-field]", "not-utf8]"]
    assert "deep/er/c.BIB:1: file: The file is not UTF-8 and was read as cp1252" in result.stdout


def test_a_data_directory_with_nothing_but_bibtex_is_counted_too(folder: Path) -> None:
    bib = folder / "data" / "bib"
    bib.mkdir(parents=True)
    (bib / "a.bib").write_text(SOUND % ("a", "A"))
    (bib / "b.bib").write_text(SOUND % ("a", "B"))  # one bibliography: the key is taken
    result = run("--stats", exit_code=1)
    assert "data/codebook.yml:1: file: The file is missing." in result.stdout
    assert table(result.stdout)[1:] == [
        ["data/bib/a.bib", "utf-8", "1", "1", "0", "0", "1", "0", "0"],
        ["data/bib/b.bib", "utf-8", "1", "0", "1", "0", "0", "0", "0"],
        ["all", "files", "2", "1", "1", "0", "1", "0", "0"],
    ]


def test_sound_data_is_counted_and_exits_with_0(tiny: Path) -> None:
    result = run("--stats", "--data", str(tiny), exit_code=0)
    assert [row[-7:] for row in table(result.stdout)[1:]] == [
        ["5", "5", "0", "0", "5", "0", "0"],
        ["1", "1", "0", "0", "1", "0", "0"],
        ["6", "6", "0", "0", "6", "0", "0"],
    ]
    assert run("--data", str(tiny), exit_code=0).stdout == ""


@pytest.mark.usefixtures("folder")
def test_the_counts_can_be_read_by_a_program() -> None:
    told = json.loads(run("--stats", "--format", "json", "a.bib", exit_code=0).stdout)
    assert told["problems"] == []
    assert told["files"] == [
        {"path": "a.bib", "encoding": "utf-8"}
        | dict(zip(COLUMNS, [3, 2, 0, 1, 1, 1, 0], strict=True))
    ]
    assert "files" not in json.loads(run("--format", "json", "a.bib", exit_code=0).stdout)


def test_every_column_is_in_the_help() -> None:
    text = " ".join((check.help or "").split())
    for column in COLUMNS:
        assert column in text.lower(), column


@pytest.mark.skipif(os.name != "posix", reason="names of files are text elsewhere")
@pytest.mark.usefixtures("folder")
def test_names_that_are_no_text_and_links_that_lead_nowhere_are_told() -> None:
    Path(os.fsdecode(b"caf\xe9\x1b[31m.bib")).write_text(SOUND % ("a", "A"))
    Path("lost.bib").symlink_to("nowhere")
    Path("folder.bib").mkdir()
    for form in ("text", "json", "github"):
        output = run("--stats", "--format", form, ".", exit_code=1).stdout
        assert "\x1b" not in output.replace("\\u001b", "")
        assert "lost.bib" in output
        assert "The file cannot be read" in output
