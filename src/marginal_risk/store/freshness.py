"""Whether a database is what a build would write now: asked before anything large is loaded."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from marginal_risk.read.files import data_version
from marginal_risk.store.provenance import program_version, read_provenance

BUILT_FROM = "select data_version, program_version, git_commit, data_date from build"


def is_current(output: Path, data_dir: Path) -> bool:
    """Tell whether ``output`` was built by this program from the inputs as they are now."""
    if not output.is_file():
        return False
    address = f"file:{quote(str(output.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            row = connection.execute(BUILT_FROM).fetchone()
    except sqlite3.Error:
        return False
    return is_same_build(row, data_dir)


def is_same_build(row: Sequence[str | None] | None, data_dir: Path) -> bool:
    """Tell whether a row of ``build``, read as BUILT_FROM, is what a build would write now."""
    if row is None or tuple(row[:2]) != (data_version(data_dir), program_version()):
        return False
    commit, day = read_provenance(data_dir)
    # Without a commit the day says when it was built, which is no reason to build again.
    return bool(row[2] == commit and (commit is None or row[3] == day))
