"""The files that a build reads, and the hash that tells whether they have changed."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SHEETS = ("studies.csv", "rationales.csv", "coders.csv", "screening.csv", "searches.csv")


class Version:
    """The hash of the inputs, file by file, in the order of ``input_paths``."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def add(self, name: str, content: bytes) -> None:
        """Add a file, under its path in the data directory."""
        # A name may hold bytes that are no text (surrogateescape).
        self.digest.update(os.fsencode(f"{name}\0{len(content)}\0"))
        self.digest.update(content)

    def __str__(self) -> str:
        """12 hexadecimal digits, the same wherever the files lie."""
        return self.digest.hexdigest()[:12]


def input_paths(data_dir: Path) -> list[Path]:
    """Return the files that a build reads, in order: codebook, sheets, bibliography."""
    fixed = [data_dir / name for name in ("codebook.yml", *SHEETS)]
    return fixed + sorted(path for path in (data_dir / "bib").rglob("*.bib") if path.is_file())


def data_version(data_dir: Path) -> str:
    """Return the hash of the inputs without reading what they mean."""
    version = Version()
    for path in input_paths(data_dir):
        if path.is_file():
            version.add(path.relative_to(data_dir).as_posix(), path.read_bytes())
    return str(version)


@contextmanager
def rehearse(data_dir: Path, files: Mapping[Path, str]) -> Iterator[Path]:
    """Yield a copy of a data directory in which ``files`` have their new texts; then remove it.

    Raises:
        OSError: the copy cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="marginal-risk-") as name:
        copy = Path(name) / "data"
        for path in input_paths(data_dir):
            target = copy / path.relative_to(data_dir)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                shutil.copyfile(path, target)
        for path, text in files.items():
            target = copy / path.relative_to(data_dir)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        yield copy
