"""Hold the judgements of published tables against a second reading of each publication.

    python .ci/published_tables.py [DATA]

``data/published/CODER.csv`` has every judgement of a published table once more, typed apart, so
that a slip in either shows. What differs is printed as an annotation of a pull request, and the
program then exits with 1. A publication that was read wrongly is corrected in both places.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

Judgement = dict[str, str]
Place = tuple[str, int]
MEND = "If the publication was read wrongly, correct both; another opinion is another coder."


def read_rows(path: Path) -> Iterator[tuple[Judgement, Place]]:
    """Yield the rows of a CSV file, each with its file and its first line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        line = rows.line_num + 1
        for row in rows:
            yield row, (path.as_posix(), max(line, 2))
            line = rows.line_num + 1


def read_judgements(data: Path, coder: str) -> dict[str, tuple[Judgement, Place]]:
    """Return the judgements of a coder by study, vector and step, from the two sheets."""
    levels: dict[str, str] = {}
    for row, _ in read_rows(data / "studies.csv"):
        if row["coder"] == coder:
            about = f"{row['citekey']} for {row['misuse_vector']}"
            levels |= {f"{about}, {column}": cell for column, cell in row.items()}
    found = {}
    for row, place in read_rows(data / "rationales.csv"):
        if row.pop("coder") == coder:
            about = f"{row['citekey']} for {row['misuse_vector']}, {row['step']}"
            found[about] = ({**row, "level": levels.get(about, "")}, place)
    return found


def find_differences(data: Path) -> Iterator[tuple[Place, str]]:
    """Yield file, line and message of each judgement that its second reading gives otherwise."""
    for table in sorted((data / "published").glob("*.csv")):
        ours, theirs = read_judgements(data, table.stem), {}
        for row, place in read_rows(table):
            theirs[f"{row['citekey']} for {row['misuse_vector']}, {row['step']}"] = (row, place)
        for about in sorted(ours.keys() | theirs.keys()):
            row, place = ours.get(about, ({}, None))
            second, second_place = theirs.get(about, ({}, None))
            if not place or not second_place:
                where = place or second_place or (table.as_posix(), 1)
                other = table.as_posix() if place else "data/rationales.csv"
                yield where, f"{about}: {other} has no such judgement. Add it there, or remove it."
                continue
            line = f"{second_place[0]}:{second_place[1]}"
            for column, cell in second.items():
                if row[column] != cell:
                    said = f"{column} is {row[column]!r} here, and {cell!r} in {line}."
                    yield place, f"{about}: {said} {MEND}"


def main() -> int:
    """Print what differs; return 1 if anything does."""
    found = list(find_differences(Path(sys.argv[1] if len(sys.argv) > 1 else "data")))
    for (path, line), message in found:
        escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::error file={path},line={line},title=published table::{escaped}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
