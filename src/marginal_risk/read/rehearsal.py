"""A copy of the data with some files changed, to see what would become of it."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from marginal_risk.read.files import input_paths


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
