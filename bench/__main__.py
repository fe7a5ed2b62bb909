"""``make bench``: print the ratios, each with its goal and what the two runs before measured.

``python -m bench --write`` also puts them into docs/scale.md, and measures what one file serves
(``bench.scale``).
"""

import argparse
import os
import platform
from collections.abc import Iterable, Sequence
from itertools import chain

from bench import bibliography, near_duplicates, review, scale, site, start
from bench.history import keep_run, read_history, word_for
from bench.page import as_table, put_table
from bench.site import Row


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--entries", type=int, default=100_000, help="size of the bibliographies")
    parser.add_argument("--write", action="store_true", help="write them into docs/scale.md")
    given = parser.parse_args()
    entries: int = given.entries
    before = read_history()[-2:]
    run: dict[str, float] = {}

    def show(rows: Iterable[Row]) -> list[Row]:
        shown = []
        for what, ratio, bound in rows:
            run[what] = ratio
            earlier = "  ".join(
                f"{past[what]:7.2f}" if what in past else f"{'-':>7}" for past in before
            )
            print(
                f"{ratio:8.2f}  {bound:<8} {word_for(ratio, bound):<7} {earlier:<17} {what}",
                flush=True,
            )
            shown.append((what, ratio, bound))
        return shown

    print(f"{'ratio':>8}  {'goal':<8} {'':<7} {'before':<17} what")
    reviews = review.measure()
    show(review.as_rows(reviews))
    rows = show(
        chain(
            review.measure_growth(reviews),
            start.measure(),
            bibliography.measure(entries),
            near_duplicates.measure(entries),
            site.measure(),
        )
    )
    keep_run(run)
    if given.write:
        machine = os.cpu_count() or 1, platform.python_version()
        put_table("bench --write", as_markdown(rows, *machine))
        put_table("bench.review", review.as_markdown(reviews, *machine))
        scale.main()


def as_markdown(rows: Sequence[Row], cores: int, python: str) -> str:
    """Return the table of the page."""
    cells = [
        (what, f"{ratio:.2f}", bound, word_for(round(ratio, 2), bound))
        for what, ratio, bound in rows
    ]
    told = f"One run, a machine of {cores} cores, Python {python}."
    return f"{as_table(('what', 'ratio', 'goal', ''), cells, align='---')}\n{told}\n"


if __name__ == "__main__":
    main()
