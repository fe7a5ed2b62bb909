"""``python -m bench.compare OLD NEW``: two checkouts of the program, seen from outside.

Both build the same data, answer the same requests and run the same commands. Databases are
compared row by row, answers and files byte by byte. What must differ, such as the hash of the
program, is masked and counted. Exits with 1 where anything else differs.
"""

import argparse
import base64
import hashlib
import json
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.bibliography import invent_bibliography
from bench.compare.addresses import list_requests
from bench.compare.commands import CHECK_EACH, Step, list_steps
from bench.compare.databases import CONSTRAINTS, read_tables, read_versions
from bench.compare.outcomes import Mask, Report, compare_bytes, compare_rows, compare_texts, worse
from bench.compare.sides import Side, prepare, python_of, snapshot
from bench.invent import invent_data

_DOWNLOADS = ("/studies.bib", "/studies.ris", "/studies.json")
_HELP = (
    Mask("the name of a module in a help", r"marginal_risk(\.\w+)+", "MODULE"),
    Mask("line breaks of a help that names a module", r"\s+", " "),
)
# What is reckoned from a page differs where something on the page is masked.
_OF_MASKED_PAGES = (
    Mask("the entity tag of a masked page", r"(?m)^etag: .*", "etag"),
    Mask("the length of a masked page", r"(?m)^content-length: .*", "content-length"),
)


def _sorted_list(found: re.Match[str]) -> str:
    return json.dumps(sorted(json.loads(found[0]), key=json.dumps))


class Comparison:
    """Both programs, and what was found so far."""

    def __init__(self, old: Side, new: Side, report: Report) -> None:
        self.sides = (old, new)
        self.report = report
        self.masks: list[Mask] = [
            self._either("the folder it worked in", old.folder, new.folder),
            self._either("its checkout", old.checkout, new.checkout),
            Mask("milliseconds", r"\b\d+\.\d+ ?ms\b|(?<=\"query_ms\": )[\d.e-]+", "TIME"),
            Mask("the order of Datasette's plugins", r'^\[\{"name": .*\}\]$', _sorted_list),
            CONSTRAINTS,
        ]

    def _either(self, what: str, *texts: object) -> Mask:
        """Return a mask for either of two texts."""
        longest_first = sorted(map(str, texts), key=len, reverse=True)
        return Mask(what, "|".join(map(re.escape, longest_first)), what.upper())

    def both(self, work: Callable[[Side], Any]) -> list[Any]:
        """Do the same with both at once; return what each gave."""
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(work, self.sides))

    def compare_databases(self, name: str, old: Path, new: Path) -> None:
        """Compare two databases: tables, views, the words of the search index, definitions."""
        with closing(sqlite3.connect(old)) as before, closing(sqlite3.connect(new)) as after:
            for column, versions in read_versions(before, after):
                self.masks.insert(0, self._either(f"{column} of the build", *versions))
            tables = [dict(read_tables(connection)) for connection in (before, after)]
        for table in {**tables[0], **tables[1]}:
            rows = [side.get(table, ["there is no such table"]) for side in tables]
            kind = "tables and views" if table else "definitions in SQL"
            self.report.add(kind, f"{name} {table}", compare_rows(*rows, self.masks))

    def compare_site(self, data: str, entry: str, follow: int, every: int = 1) -> None:
        """Compare the sites on a data directory."""
        old, new = self.both(lambda side: side.build(data, f"site-{data}.db"))
        self.compare_databases(data, old, new)
        requests = list_requests(old, entry)[::every]
        before = self.sides[0].ask(old, requests, follow)
        keys = ("method", "path", "headers", "body")
        same = [{key: asked[key] for key in keys if key in asked} for asked in before]
        after = self.sides[1].ask(new, same, 0)
        hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (old, new)]
        self.masks += [
            self._either("the hash of the database file", *hashes),
            self._either("the colour made of that hash", *(f"#{text[:6]}" for text in hashes)),
        ]
        for first, second in zip(before, after, strict=True):
            self._compare_answers(data, first, second, hashes)
            if first["path"] in _DOWNLOADS and first["method"] == "GET":
                for side in self.sides:
                    path = side.folder / "exports" / f"{data}{Path(first['path']).suffix}"
                    path.write_bytes(base64.b64decode(first["content"]))

    def _compare_answers(self, data: str, old: Any, new: Any, hashes: Sequence[str]) -> None:
        name = f"{data} {old['method']} {old['path'][:100]}"
        kind = f"site: {old['method']}"
        if old["method"] == "GET":
            is_page = "html" in dict(old["answered"]).get("content-type", "")
            kind = "site: pages" if is_page else "site: files"
            kind = kind if old["status"] == 200 else "site: refusals"
        bodies, heads = [], []
        for answer, database in zip((old, new), hashes, strict=True):
            content = base64.b64decode(answer["content"])
            is_database = hashlib.sha256(content).hexdigest() == database
            bodies.append(b"the database file" if is_database else content)
            head = [": ".join(header) for header in answer["answered"]]
            head.append(f"asked again with its entity tag: {answer.get('again')}")
            heads.append("\n".join([str(answer["status"]), *head]))
        body = compare_bytes(*bodies, self.masks)
        masks = [*self.masks, *(_OF_MASKED_PAGES if body.verdict == "masked" else ())]
        self.report.add(kind, name, worse(body, compare_texts(*heads, masks)))

    def compare_step(self, step: Step) -> None:
        """Run a command with both; compare what it prints, its exit code and what it writes."""
        before = [snapshot(side.folder) for side in self.sides]
        done = self.both(lambda side: side.run(step))
        masks = [*self.masks, *(_HELP if "--help" in step.words else ())]
        printed = [f"exit code {code}\n{out}\nstandard error:\n{err}" for code, out, err in done]
        self.report.add("commands", step.name, compare_texts(*printed, masks))
        after = [snapshot(side.folder) for side in self.sides]
        changed: set[str] = set()
        for earlier, later in zip(before, after, strict=True):
            names = earlier.keys() | later.keys()
            changed |= {name for name in names if earlier.get(name) != later.get(name)}
        for name in sorted(changed):
            self._compare_files(f"{step.name} -> {name}", *(s.folder / name for s in self.sides))

    def compare_faults(self) -> None:
        """Check every invented data directory that breaks a rule."""
        faults = sorted(f"faults/{p.name}" for p in (self.sides[0].folder / "faults").iterdir())
        step = Step(("python", "-c", CHECK_EACH, *faults))
        done = self.both(lambda side: side.run(step)[1].splitlines())
        for fault, old, new in zip(faults, *done, strict=True):
            texts = ["\n".join(map(str, json.loads(line))) for line in (old, new)]
            self.report.add("checks of faulty data", fault, compare_texts(*texts, self.masks))

    def _compare_files(self, name: str, old: Path, new: Path) -> None:
        if not (old.exists() and new.exists()):
            outcome = compare_texts(f"exists: {old.exists()}", f"exists: {new.exists()}")
            self.report.add("files written", name, outcome)
        elif old.suffix == ".db":
            self.compare_databases(name, old, new)
        else:
            outcome = compare_bytes(old.read_bytes(), new.read_bytes(), self.masks)
            self.report.add("files written", name, outcome)


def main(words: Sequence[str] | None = None) -> int:
    """Compare, and print the report; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    parser.add_argument("old", type=Path, help="a checkout of the program")
    parser.add_argument("new", type=Path, help="another one")
    parser.add_argument("--old-python", type=Path, help="by default .venv/bin/python of it, if any")
    parser.add_argument("--new-python", type=Path, help="likewise")
    parser.add_argument("--data", type=Path, help="the data directory; by default that of OLD")
    parser.add_argument("--addresses", type=int, default=1500, help="how many links to follow")
    parser.add_argument("--every", type=int, default=1, help="ask one in so many of the rest")
    parser.add_argument("--large", action="store_true", help="compare large invented data, too")
    parser.add_argument(
        "--except",
        dest="exceptions",
        action="append",
        default=[],
        metavar="REGEX",
        help="what may differ, as the report names it; may be given several times",
    )
    parser.add_argument("--only", choices=("site", "commands"), help="one half of it")
    given = parser.parse_args(words)
    old, new = given.old.absolute(), given.new.absolute()
    data = (given.data or old / "data").absolute()
    guide = (old / "CONTRIBUTING.md").read_text("utf-8")
    (entry,) = re.findall(r"^```bibtex\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)
    report = Report(given.exceptions)
    with tempfile.TemporaryDirectory(prefix="marginal-risk-compare-") as name:
        sides = [
            Side(checkout, (python or python_of(checkout)).absolute(), Path(name) / which)
            for checkout, python, which in (
                (old, given.old_python, "old"),
                (new, given.new_python, "new"),
            )
        ]
        for side in sides:
            prepare(side, data, old / "tests", entry)
        comparison = Comparison(*sides, report)
        for directory in ("data", "tiny") if given.only != "commands" else ():
            comparison.compare_site(directory, entry, given.addresses, given.every)
            say(f"the site of {directory} was compared")
        if given.large:
            compare_large(comparison, Path(name), given.addresses)
            say("the large data was compared")
        if given.only != "site":
            comparison.compare_faults()
            exports = sorted(f"exports/{p.name}" for p in (sides[0].folder / "exports").iterdir())
            try:
                for step in list_steps(guide, exports):
                    comparison.compare_step(step)
            except KeyboardInterrupt:
                print(f"interrupted at: {step.name}")
        for side in sides:
            side.close()
    print("\n".join(report.lines()))
    return 1 if report.differences else 0


def compare_large(comparison: Comparison, folder: Path, follow: int) -> None:
    """Compare 20,000 works in ten files, and 2,000 coded ones."""
    invent_bibliography(folder / "works", 20_000, 10)
    invent_data(folder / "coded", 2000)
    for name in ("works", "coded"):
        for side in comparison.sides:
            shutil.copytree(folder / name, side.folder / name)
        comparison.compare_step(Step(("marginal-risk", "check", "--stats", "--data", name)))
        comparison.compare_site(name, "", follow // 10)


def say(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
