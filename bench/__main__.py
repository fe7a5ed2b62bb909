"""``make bench``: print the ratios, each with its goal and what the two runs before measured.

``python -m bench --write`` also puts them into docs/scale.md.
"""

import argparse
import os
import platform
from collections.abc import Sequence
from itertools import chain

from bench import bibliography, near_duplicates, site
from bench.history import is_kept, keep_run, read_history
from bench.page import as_table, put_table
from bench.site import Row

_WORDS = {True: "kept", False: "missed", None: ""}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--entries", type=int, default=100_000, help="size of the bibliographies")
    parser.add_argument("--write", action="store_true", help="write them into docs/scale.md")
    given = parser.parse_args()
    entries: int = given.entries
    before = read_history()[-2:]
    run: dict[str, float] = {}
    rows: list[Row] = []
    print(f"{'ratio':>8}  {'goal':<8} {'':<7} {'before':<17} what")
    for what, ratio, bound in chain(
        bibliography.measure(entries), near_duplicates.measure(entries), site.measure()
    ):
        run[what] = ratio
        rows.append((what, ratio, bound))
        earlier = "  ".join(
            f"{past[what]:7.2f}" if what in past else f"{'-':>7}" for past in before
        )
        print(
            f"{ratio:8.2f}  {bound:<8} {_WORDS[is_kept(ratio, bound)]:<7} {earlier:<17} {what}",
            flush=True,
        )
    keep_run(run)
    if given.write:
        put_table(
            "bench --write", as_markdown(rows, os.cpu_count() or 1, platform.python_version())
        )


def as_markdown(rows: Sequence[Row], cores: int, python: str) -> str:
    """Return the table of the page."""
    cells = [
        (what, f"{ratio:.2f}", bound, _WORDS[is_kept(round(ratio, 2), bound)])
        for what, ratio, bound in rows
    ]
    told = f"One run, a machine of {cores} cores, Python {python}."
    return f"{as_table(('what', 'ratio', 'goal', ''), cells, align='---')}\n{told}\n"


if __name__ == "__main__":
    main()
