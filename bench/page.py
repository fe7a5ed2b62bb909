"""The tables in docs/scale.md: each stands between two marks and is written by what measured it."""

import re
from collections.abc import Sequence

from bench.invent import ROOT

PAGE = ROOT / "docs" / "scale.md"


def put_table(module: str, text: str) -> None:
    """Put a text in place of the one that ``python -m MODULE`` wrote before."""
    page = PAGE.read_text("utf-8")
    new = _block(module).sub(lambda match: f"{match[1]}{text}{match[3]}", page)
    PAGE.write_text(new, "utf-8")


def read_table(module: str) -> str:
    """Return what ``python -m MODULE`` wrote.

    Raises:
        LookupError: the page has no place for it.
    """
    match = _block(module).search(PAGE.read_text("utf-8"))
    if match is None:
        raise LookupError(module)
    return match[2]


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str = "---:") -> str:
    """Return a table in Markdown, its columns aligned as ``align`` says."""
    lines = [head, [align] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _block(module: str) -> re.Pattern[str]:
    mark = re.escape(f"<!-- measured: python -m {module} writes this -->\n")
    return re.compile(rf"({mark})(.*?)(<!-- end of measured -->)", re.DOTALL)
