"""A folder that a command makes is put in place whole, or what was there stays as it was."""

import hashlib
from pathlib import Path

import pytest

from marginal_risk.store.folders import SUMS, FolderError, write_folder

FILES = {"map.csv": b"a,b\r\n", "deep/er/map.json": b"{}\n"}


def write(folder: Path) -> int:
    """Make the files; return how many there are."""
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return len(FILES)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


WRITTEN = sorted([SUMS, "deep", "deep/er", *FILES])


def test_the_sums_are_those_of_sha256sum(tmp_path: Path) -> None:
    assert write_folder(tmp_path / "out", write) == 2
    lines = (tmp_path / "out" / SUMS).read_text(encoding="utf-8").splitlines()
    assert lines == [f"{hashlib.sha256(FILES[name]).hexdigest()}  {name}" for name in sorted(FILES)]
    assert names(tmp_path / "out") == WRITTEN


def test_an_earlier_folder_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, write)
    (out / "map.csv").write_bytes(b"damaged")
    (out / "deep" / "er" / "map.json").unlink()
    with (out / SUMS).open("a", encoding="utf-8") as sums:
        sums.write(f"{'0' * 64}  was once.csv\n")
    (out / "was once.csv").write_bytes(b"")
    write_folder(out, write)
    assert names(out) == WRITTEN
    assert (out / "map.csv").read_bytes() == FILES["map.csv"]
    assert names(tmp_path)[0] == "out"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_folder(tmp_path / "out", write)
    assert names(tmp_path / "out") == WRITTEN


@pytest.mark.parametrize("listing", [None, "", "notes.txt", "0123  notes.txt", "\xff"])
def test_a_folder_that_holds_anything_else_is_not_touched(
    tmp_path: Path, listing: str | None
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    if listing is not None:
        (out / SUMS).write_bytes(listing.encode("latin-1"))
    before = names(out)
    with pytest.raises(FolderError, match=r"out holds \S+, which no command wrote"):
        write_folder(out, write)
    assert names(out) == before
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_of_somebody_else_in_an_earlier_folder(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", write)
    (tmp_path / "out" / "deep" / "mine.csv").write_bytes(b"mine")
    with pytest.raises(FolderError, match=r"out holds deep/mine\.csv, which no command wrote"):
        write_folder(tmp_path / "out", write)


def test_places_that_are_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(FolderError, match="file is not a folder: name another"):
        write_folder(tmp_path / "file", write)
    with pytest.raises(FolderError, match="nowhere is not a folder: create it first"):
        write_folder(tmp_path / "nowhere" / "out", write)
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("is_first", [True, False])
def test_writing_that_fails_leaves_what_was_there(
    tmp_path: Path, error: type[BaseException], is_first: bool
) -> None:
    out = tmp_path / "out"
    if not is_first:
        write_folder(out, write)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    def fail(folder: Path) -> None:
        write(folder)
        raise error

    with pytest.raises(error):
        write_folder(out, fail)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_folder_that_cannot_be_replaced_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write_folder(out, write)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if ".writing-" in self.name:
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(FolderError, match="out cannot be written: Permission denied"):
        write_folder(out, write)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert names(out) == WRITTEN


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    for left in (".out.writing-999999999", ".out.replaced-999999999"):
        (tmp_path / left).mkdir()
        (tmp_path / left / "map.csv").write_bytes(b"")
    (tmp_path / ".out.writing-notes").mkdir()
    write_folder(tmp_path / "out", write)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.writing-notes", "out"]
