"""``make bench``: print the ratios, each with the bound it is held to."""

from itertools import chain

from bench import near_duplicates, site


def main() -> None:
    """Measure and print a table."""
    print(f"{'ratio':>8}  {'bound':<8} what")
    for what, ratio, bound in chain(site.measure(), near_duplicates.measure()):
        print(f"{ratio:8.2f}  {bound:<8} {what}", flush=True)


if __name__ == "__main__":
    main()
