"""``make bench``: print the ratios, each with its goal and what the two runs before measured."""

import argparse
from itertools import chain

from bench import bibliography, near_duplicates, site
from bench.history import is_kept, keep_run, read_history

_WORDS = {True: "kept", False: "missed", None: ""}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--entries", type=int, default=100_000, help="size of the bibliographies")
    entries = parser.parse_args().entries
    before = read_history()[-2:]
    run: dict[str, float] = {}
    print(f"{'ratio':>8}  {'goal':<8} {'':<7} {'before':<17} what")
    for what, ratio, bound in chain(
        bibliography.measure(entries), near_duplicates.measure(entries), site.measure()
    ):
        run[what] = ratio
        earlier = "  ".join(
            f"{past[what]:7.2f}" if what in past else f"{'-':>7}" for past in before
        )
        print(
            f"{ratio:8.2f}  {bound:<8} {_WORDS[is_kept(ratio, bound)]:<7} {earlier:<17} {what}",
            flush=True,
        )
    keep_run(run)


if __name__ == "__main__":
    main()
