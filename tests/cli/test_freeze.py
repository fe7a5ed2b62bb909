"""What `freeze` does with its folder; what it writes there is in tests/publish/test_frozen.py."""

from pathlib import Path

import pytest

from marginal_risk.publish.frozen import copying
from marginal_risk.publish.frozen.copying import CopyPlace, FreezeError


@pytest.fixture(autouse=True)
def one_file(monkeypatch: pytest.MonkeyPatch) -> list[CopyPlace]:
    """Write a copy of one file; return where each copy was said to be."""
    places: list[CopyPlace] = []

    def freeze_site(database: Path, config: Path, folder: Path, place: CopyPlace, _: object) -> int:
        assert database.is_file()
        assert config.is_file()
        places.append(place)
        (folder / "a").mkdir()
        (folder / "a" / "index.html").write_text(f"copy {len(places)}", encoding="utf-8")
        if place.copy.endswith("/broken/"):
            raise FreezeError("/a answers with 404, and / links to it")
        return 1

    monkeypatch.setattr(copying, "freeze_site", freeze_site)
    return places


def test_a_copy_takes_the_place_of_an_earlier_one(run) -> None:
    assert run("freeze", "site").exit_code == 0
    again = run("freeze", "site")
    assert again.exit_code == 0
    assert "site: 1 files" in again.output
    assert Path("site/a/index.html").read_text(encoding="utf-8") == "copy 2"
    assert sorted(path.name for path in Path("site").iterdir()) == ["SHA256SUMS", "a"]


def test_a_folder_with_anything_else_is_left_alone(run, one_file: list[CopyPlace]) -> None:
    Path("site").mkdir()
    Path("site/thesis.txt").write_text("mine", encoding="utf-8")
    done = run("freeze", "site")
    assert done.exit_code == 1
    assert "site holds thesis.txt, which no command wrote" in done.output
    assert [path.name for path in Path("site").iterdir()] == ["thesis.txt"]
    assert one_file == []


def test_a_copy_that_fails_leaves_the_earlier_one(run) -> None:
    run("freeze", "site")
    done = run("freeze", "--address", "https://example.org/broken", "site")
    assert (done.exit_code, done.output.splitlines()[-1]) == (
        1,
        "Error: /a answers with 404, and / links to it",
    )
    assert Path("site/a/index.html").read_text(encoding="utf-8") == "copy 1"
    assert [path.name for path in Path().iterdir() if "site" in path.name] == ["site"]


def test_addresses_end_with_a_slash(run, one_file: list[CopyPlace]) -> None:
    words = ["--address", "https://owner.example.org/map", "--live", "http://localhost:8001"]
    assert run("freeze", *words, "site").exit_code == 0
    assert one_file == [CopyPlace("https://owner.example.org/map/", "http://localhost:8001/")]


@pytest.mark.parametrize(
    "address", ["example.org", "ftp://example.org/", "https://example.org/?a=1", "javascript:a", ""]
)
def test_what_is_no_address_is_refused(run, one_file: list[CopyPlace], address: str) -> None:
    done = run("freeze", "--address", address, "site")
    assert done.exit_code == 2
    assert "is not an address such as https://example.org/map/" in done.output
    assert one_file == []
