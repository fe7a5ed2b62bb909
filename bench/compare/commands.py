"""The commands that both programs are given, in order, each in a folder of its own.

The folder holds ``data`` (committed to a repository of its own), ``tiny`` and ``faults`` (invented
data), ``entry.bib`` (the example of CONTRIBUTING.md) and ``exports`` (what the site gives to
download).
"""

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

CHECK_EACH = """
import json, sys
from click.testing import CliRunner
from marginal_risk.cli import main
for data in sys.argv[1:]:
    done = CliRunner().invoke(main, ["check", "--stats", "--data", data])
    print(json.dumps([data, done.exit_code, done.stdout, done.stderr]))
"""
"""Python that checks many data directories in one process, and prints a line of JSON for each."""
EXPORTS = {
    "new.bib": "@misc{a, author = {Nowhere, Ned}, title = {A Map of No Place}, year = {2023}}\n",
    "new.ris": "TY  - JOUR\nAU  - Nowhere, Ned\nTI  - A Map of No Place\nPY  - 2023\nER  - \n",
    "new.nbib": "PMID- 1\nTI  - A Map of No Place\nFAU - Nowhere, Ned\nDP  - 2023 May\n",
    "new.csljson": '[{"id": "a", "type": "book", "title": "A Map of No Place"}]',
}
"""Search exports, invented."""
_NAMES = ("add", "agreement", "build", "check", "diff", "export", "figure", "format", "import")


class Step(NamedTuple):
    """One command."""

    words: tuple[str, ...]
    """Its words; those of the program begin with 'marginal-risk'."""
    typed: str = ""
    """Standard input."""

    @property
    def name(self) -> str:
        """How a report calls it."""
        return shlex.join(self.words)


def list_steps(guide: str, exports: list[str]) -> Iterator[Step]:
    """Yield the commands; ``guide`` is the text of CONTRIBUTING.md, with its example."""
    yield from map(_step, _first())
    for path in exports:
        yield _step(f"import {path} --dry-run")
        yield _step(f"import {path} --dry-run --data tiny --found-via Test")
    yield from _example(guide)
    yield from map(_step, _last(exports))
    yield Step(("marginal-risk", "add", "--data", "tiny", "--input", "--draft", "draft.json"))
    asked = "nobody2019\n?\nrobot_calls\nback\nrobot_calls\nnora\nNora Nowhere\nquit\n"
    yield Step(
        ("marginal-risk", "add", "--data", "tiny", "--input", "--draft", "draft.json"), asked
    )


def _first() -> Iterator[str]:
    yield from ("", "--help", "--version", "nowhere", "serve --help")
    yield from (f"{name} --help" for name in _NAMES)
    for data in ("data", "tiny"):
        yield from (f"check --data {data} --format {form}" for form in ("text", "json", "github"))
        yield from (f"check --data {data} --stats", f"check --data {data} --stats --format json")
        yield f"check {data}/bib --stats"
        yield f"format --check --data {data}"
        for _ in range(2):  # the second time, nothing is left to do
            yield f"build --data {data} --output {data}.db"
        for more in ("", " --by step", " --by vector", " --by coder", " --format json"):
            yield f"agreement --data {data} --database {data}.db{more}"
        for form in ("svg", "png", "pdf"):
            yield f"figure --data {data} --database {data}.db --format {form} --output map.{form}"
        yield f"export {data}-parquet --data {data} --database {data}.db"
    yield "check --data nowhere"
    yield "check entry.bib nowhere.bib"
    yield "build --data faults/bad-csv --output bad.db"
    yield "export data --data data --database data.db"
    yield "figure --data data --database data.db --output nowhere/map.svg"
    yield "serve --data faults/bad-csv --output bad.db --port 0"
    yield from ("diff data data", "diff HEAD", "diff nowhere", "diff data faults/bad-csv")
    yield from (f"diff data tiny --format {form}" for form in ("text", "markdown", "json"))


def _last(exports: list[str]) -> Iterator[str]:
    for form in ("text", "markdown", "json"):
        yield f"diff data added --format {form}"
        yield f"diff added data --format {form}"
    yield "add entry.bib --data added --no-input --vector csam --coder nora"
    yield "add nowhere.bib --data added --no-input"
    yield "add --study nowhere --data added --no-input --coder nora"
    yield "add --answers nowhere.json --data added --no-input"
    for path in exports:
        yield f"import {path} --data tiny"
    yield "check --data tiny"
    yield "format --data tiny"
    yield "build --data tiny --output tiny.db"
    yield "build --data added --output added.db"


def _example(guide: str) -> Iterator[Step]:
    """Yield the commands of the guide's example; the copy that it makes is kept as 'added'."""
    consoles = re.findall(r"^```console\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)
    for line in re.findall(r"^\$ (.*)$", "".join(consoles), re.MULTILINE):
        words = shlex.split(line)
        if words[0] == "rm":
            yield Step(("cp", "-r", "copy", "added"))
        yield Step(tuple(words))
        if "--vector" in words and "--rationale" not in line:
            yield Step((*words, "--dry-run"))


def _step(words: str) -> Step:
    return Step(("marginal-risk", *shlex.split(words)))
