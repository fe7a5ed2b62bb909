"""Odd files among the data: each is told with its mend, and nothing waits for it."""

import errno
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from marginal_risk.read.files import data_version

NO_PIPE = "This is a pipe or a device. Put the file itself here."
NO_WAY_OUT = "This is a link that leads out of the data directory. Put the file itself here."


def said(data: Path) -> list[str]:
    return [
        f"{Path(problem.path).relative_to(data)}: {problem.message} {problem.hint}"
        for problem in read_corpus(data).problems
        if problem.rule == "unreadable-file"
    ]


@pytest.mark.parametrize("name", ["bib/odd.bib", "searches.csv", "codebook.yml"])
def test_a_pipe_is_told_and_not_waited_for(tiny: Path, name: str) -> None:
    (tiny / name).unlink(missing_ok=True)
    os.mkfifo(tiny / name)
    assert said(tiny) == [f"{name}: {NO_PIPE}"]
    result = CliRunner().invoke(main, ["build", "--data", str(tiny), "--output", str(tiny / "db")])
    assert result.exit_code == 1
    assert NO_PIPE in result.output


@pytest.mark.parametrize("target", ["/dev/zero", "/etc/passwd", "../outside.bib"])
def test_a_link_out_of_the_data_is_not_followed(tiny: Path, target: str) -> None:
    (tiny.parent / "outside.bib").write_text("@misc{stray, title = {X}}", encoding="utf-8")
    (tiny / "bib" / "odd.bib").symlink_to(
        target.replace("../", "../../") if target.startswith("..") else target
    )
    assert said(tiny) == [f"bib/odd.bib: {NO_WAY_OUT}"]


def test_a_link_to_a_folder_is_told_as_it_would_hide_files(tiny: Path) -> None:
    (tiny / "bib" / "inside").symlink_to(tiny / "bib")
    (tiny.parent / "outside").mkdir()
    (tiny / "bib" / "outside").symlink_to(tiny.parent / "outside")
    assert said(tiny) == [
        "bib/inside: This is a link to a folder, which is not followed. Put the file itself here.",
        f"bib/outside: {NO_WAY_OUT}",
    ]


def test_a_folder_named_like_a_bibliography_is_told_and_what_is_in_it_read(tiny: Path) -> None:
    folder = tiny / "bib" / "older.bib"
    folder.mkdir()
    (tiny / "bib" / "invented.bib").rename(folder / "invented.bib")
    (problem,) = read_corpus(tiny).problems
    assert (problem.path, problem.rule) == (str(folder), "stray-file")
    assert problem.hint == "Give it a name without .bib: what is in it is read."


def test_a_link_within_the_data_is_read(tiny: Path) -> None:
    (tiny / "bib" / "invented.bib").rename(tiny / "bib" / "invented.txt")
    (tiny / "bib" / "invented.bib").symlink_to("invented.txt")
    assert read_corpus(tiny).problems == ()


def test_links_that_lead_nowhere_or_in_a_circle_are_told(tiny: Path) -> None:
    (tiny / "bib" / "circle.bib").symlink_to("circle.bib")
    (tiny / "bib" / "nowhere.bib").symlink_to("missing.bib")
    circle, nowhere = said(tiny)
    assert circle.startswith("bib/circle.bib: The file cannot be read: ")
    assert nowhere.startswith("bib/nowhere.bib: The file cannot be read: No such file")


def test_a_file_that_may_not_be_read_is_told(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:  # whoever runs the tests as root may read every file
        if path.name == "invented.bib":
            raise PermissionError(errno.EACCES, "Permission denied")
        return read_bytes(path)

    before = data_version(tiny)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert said(tiny) == [
        "bib/invented.bib: The file cannot be read: Permission denied. Let whoever runs this"
        " program read it, or put the file here anew."
    ]
    assert {problem.rule for problem in read_corpus(tiny).problems} == {"unreadable-file"}
    assert data_version(tiny) != before


def test_check_of_one_file_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "odd.bib")
    for named in (tmp_path, tmp_path / "odd.bib"):
        result = CliRunner().invoke(main, ["check", str(named)])
        assert result.exit_code == 1
        assert "odd.bib:1: file: This is a pipe or a device. Save it as a file" in result.output


def test_an_export_that_is_a_pipe_is_refused(tiny: Path) -> None:
    os.mkfifo(tiny.parent / "found.ris")
    result = CliRunner().invoke(
        main, ["import", str(tiny.parent / "found.ris"), "--data", str(tiny)]
    )
    assert result.exit_code == 1
    assert "found.ris is not a file: save the export as one" in result.output
