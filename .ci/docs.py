"""Write the generated parts of the documents, from the data as it is.

    python .ci/docs.py            # writes them
    python .ci/docs.py --check    # names the files that differ, and exits with 1 if any does

They are the answer, its data version and the picture in README.md; the tables of CONTRIBUTING.md;
the criteria of docs/protocol.md; the lists of words in GitHub's issue forms; and
docs/addresses.txt, which keeps every address that it ever had. ``make docs`` runs this.
"""

import argparse
import csv
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.figures.map_figure import draw, read_drawing
from marginal_risk.publish.pages.feeds import every_place
from marginal_risk.publish.queries import open_database
from marginal_risk.publish.queries.coverage import read_whole
from marginal_risk.publish.queries.vocabulary import read_vocabulary
from marginal_risk.publish.queries.works import read_all_citekeys
from marginal_risk.publish.sentences import headline
from marginal_risk.store.database import build_database

ROOT = Path(__file__).parents[1]
FORMS = Path(".github/ISSUE_TEMPLATE")


def write_rules(codebook: dict[str, Any]) -> str:
    """Return the table of what earns each level, and the notes on its steps."""
    levels = [level["slug"] for level in codebook["levels"]]
    lines = [f"| step | {' | '.join(levels)} |", f"| --- |{' --- |' * len(levels)}"]
    notes = []
    for step in codebook["steps"]:
        rules = "".join(f" {step['levels'][level].strip()} |" for level in levels)
        lines.append(f"| `{step['slug']}`: {step['question'].strip()} |{rules}")
        if "note" in step:
            notes.append(f"- `{step['slug']}`: {step['note'].strip()}")
    return "\n".join([*lines, "", *notes])


def write_cases(codebook: dict[str, Any]) -> str:
    """Return the borderline cases of the codebook, one a line."""
    return "\n".join(
        f"- {case['citekey']} ({case['misuse_vector']}), `{step['slug']}`: *{case['level']}*. "
        + case["reason"].strip()
        for step in codebook["steps"]
        for case in step.get("borderline", ())
    )


def write_borderline(data: Path) -> str:
    """Return the judgements of published tables that were made with low confidence."""

    def rows(name: str) -> list[dict[str, str]]:
        with (data / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    published = {row["coder"] for row in rows("coders.csv") if row["kind"] == "published"}
    codings = {(r["citekey"], r["misuse_vector"], r["coder"]): r for r in rows("studies.csv")}
    lines = []
    for row in rows("rationales.csv"):
        if row["confidence"] == "low" and row["coder"] in published:
            coding = codings[row["citekey"], row["misuse_vector"], row["coder"]]
            step = row["step"]
            lines.append(f"- {row['citekey']}, `{step}`: *{coding[step]}*. {row['rationale']}")
    return "\n".join(lines)


def write_criteria(codebook: dict[str, Any]) -> str:
    """Return the criteria of screening, with the reason that each gives to leave a work out."""
    stages = {"title": "by title and abstract", "full_text": "by the full text"}
    lines = ["| criterion | or else | from when on |", "| --- | --- | --- |"]
    for reason in codebook["exclusion_reasons"]:
        text = reason.get("criterion", reason["definition"]).strip()
        stage = stages[reason.get("stage", "title")]
        lines.append(f"| {text} | {reason['name']} (`{reason['slug']}`) | {stage} |")
    return "\n".join(lines)


def put_between_marks(text: str, name: str, part: str) -> str:
    """Return a document with ``part`` between the two marks of this name.

    Raises:
        ValueError: it does not have them.
    """
    pattern = re.compile(rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    new, times = pattern.subn(lambda found: f"{found[1]}{part}\n{found[2]}", text)
    if times != 1:
        raise ValueError(f"There are {times} parts between marks for {name!r}, not one.")
    return new


def put_options(form: str, field: str, options: list[str]) -> str:
    """Return an issue form whose list with the id ``field`` has these options.

    Raises:
        ValueError: it has no such list.
    """
    before, option = rf"    id: {field}\n.*?      options:\n", r"        - [^\n]*\n"
    pattern = re.compile(f"({before})((?:{option})+)", re.DOTALL)
    lines = "".join(f"        - {option}\n" for option in options)
    new, times = pattern.subn(lambda found: found[1] + lines, form, count=1)
    if times != 1:
        raise ValueError(f"The form has no list {field!r}.")
    return new


def write_addresses(text: str, connection: sqlite3.Connection) -> str:
    """Return the addresses in a text and those of the site now, one a line, none twice."""
    vocabulary = read_vocabulary(connection)
    present = every_place(vocabulary, read_all_citekeys(connection))
    return "".join(f"{address}\n" for address in sorted({*text.split(), *present}))


def write_documents(root: Path, data: Path) -> Iterator[tuple[Path, str]]:
    """Yield each document below ``root`` with the text that it has for this data."""
    codebook = yaml.safe_load((data / "codebook.yml").read_text(encoding="utf-8"))

    guide = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    guide = put_between_marks(guide, "rules", write_rules(codebook))
    guide = put_between_marks(guide, "cases", write_cases(codebook))
    guide = put_between_marks(guide, "borderline", write_borderline(data))
    yield root / "CONTRIBUTING.md", guide

    protocol = root / "docs" / "protocol.md"
    text = protocol.read_text(encoding="utf-8")
    yield protocol, put_between_marks(text, "criteria", write_criteria(codebook))

    def named(kind: str) -> list[str]:
        return [f"{term['name']} ({term['slug']})" for term in codebook[kind]]

    vectors, steps = root / FORMS / "suggest-a-study.yml", root / FORMS / "dispute-a-coding.yml"
    listed = [*named("misuse_vectors"), "None of these"]
    yield vectors, put_options(vectors.read_text(encoding="utf-8"), "misuse_vector", listed)
    yield steps, put_options(steps.read_text(encoding="utf-8"), "step", named("steps"))

    corpus = read_corpus(data)
    with TemporaryDirectory() as folder:
        build_database(corpus, Path(folder) / "evidence.db")
        with closing(open_database(Path(folder) / "evidence.db")) as connection:
            sentences = headline(read_whole(connection, read_vocabulary(connection)))
            picture = draw(read_drawing(connection, "svg")).decode()
            addresses = root / "docs" / "addresses.txt"
            yield addresses, write_addresses(addresses.read_text(encoding="utf-8"), connection)
    answer = "\n".join(f"> - {sentence.text}" for sentence in sentences)
    readme = put_between_marks((root / "README.md").read_text(encoding="utf-8"), "answer", answer)
    version = r"(Answer and picture are those of the data `)[0-9a-f]{12}"
    yield root / "README.md", re.sub(version, rf"\g<1>{corpus.data_version}", readme)
    yield root / "docs" / "map.svg", picture


def main() -> int:
    """Write the documents, or with --check only name those that differ."""
    parser = argparse.ArgumentParser(description="Write the generated parts of the documents.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 instead")
    only_check = parser.parse_args().check
    documents = list(write_documents(ROOT, ROOT / "data"))
    changed = [(path, text) for path, text in documents if path.read_text("utf-8") != text]
    for path, text in changed:
        name = path.relative_to(ROOT).as_posix()
        if only_check:
            print(f"{name}: older than the data. 'make docs' writes it anew.")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name}: written")
    return 1 if only_check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
