"""What the tests of check are given: files of BibTeX, and data that they change and restore."""

import shutil
from pathlib import Path

import pytest

from bibtex_fragments import SOUND
from places import TINY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of BibTeX files, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "a.bib").write_text("% head\n@string{s = {S}}\n" + SOUND % ("a", "A"))
    (tmp_path / "deep" / "b.bib").write_text(SOUND % ("a", "B") + "@misc{c, title = {C}}\n")
    (tmp_path / "deep" / "er" / "c.BIB").write_bytes((SOUND % ("a", "Größe")).encode("latin-1"))
    (tmp_path / "deep" / "er" / "d.bib").write_bytes("größer Größe Maß ".encode() + b"\xff")
    (tmp_path / "other.txt").write_text("nothing")
    return tmp_path


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tiny data that is restored by whoever changes it."""
    return Path(shutil.copytree(TINY, tmp_path_factory.mktemp("scratch") / "data"))
