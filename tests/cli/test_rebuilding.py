"""Building again while the map is served."""

import shutil
from pathlib import Path

import pytest

from marginal_risk.cli.rebuilding import Rebuilder, build_beside
from places import TINY


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "data"))


def test_the_data_is_built_again_when_it_has_changed_and_is_still(data: Path) -> None:
    builds: list[int] = []
    rebuilder = Rebuilder(data, lambda: builds.append(1))

    def looks() -> int:
        rebuilder.look()
        return len(builds)

    assert [looks(), looks()] == [0, 0]
    sheet = data / "rationales.csv"
    sheet.write_bytes(sheet.read_bytes() + b"\n")
    assert looks() == 0  # the editor may still be writing
    sheet.write_bytes(sheet.read_bytes() + b"\n")
    assert looks() == 0
    assert [looks(), looks(), looks()] == [1, 1, 1]
    (data / "notes.txt").write_text("not data")
    assert [looks(), looks()] == [1, 1]
    next((data / "bib").rglob("*.bib")).unlink()
    assert [looks(), looks()] == [1, 2]


def test_a_mistake_is_printed_and_the_old_database_stays(
    data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "evidence.db"
    build_beside(data, output)
    assert "The map stays" not in capfd.readouterr().err
    before = output.read_bytes()
    sheet = data / "rationales.csv"
    sheet.write_text(sheet.read_text("utf-8") + "nobody2000,x,y,z,high,,,\n", "utf-8")
    build_beside(data, output)
    said = capfd.readouterr().err
    assert "rationales.csv:16: locator: This cell is empty." in said
    assert said.endswith("The map stays as it was.\n")
    assert output.read_bytes() == before
