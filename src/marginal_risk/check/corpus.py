"""The data directory as a whole: read once, checked, never written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeAlias, TypeVar

from marginal_risk.check.duplicates import RULES_OF_DUPLICATES, find_first_seen
from marginal_risk.check.rules import check_records, severity
from marginal_risk.check.today import latest_today
from marginal_risk.problems import Place, Problem, Severity
from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.codebook import read_codebook
from marginal_risk.read.coding_sheets import (
    read_coders,
    read_codings,
    read_comparisons,
    read_decisions,
    read_people,
    read_rationales,
    read_renamed,
    read_screening,
    read_searches,
)
from marginal_risk.read.encoding import decode_bibtex, decode_sheet, decode_text, find_merge_marks
from marginal_risk.read.files import (
    LATER,
    SHEETS,
    Version,
    find_stray_files,
    find_unfinished_change,
    input_paths,
    read_input,
)
from marginal_risk.rows import Progress, Records, say_nothing

Row = TypeVar("Row")
_Reader: TypeAlias = Callable[..., tuple[list[Row], list[Problem]]]
# A row that breaks one of these is not among the records.
_LOSES_ROWS = {
    "missing-file",
    "unreadable-file",
    "not-utf8",
    "merge-marks",
    "bad-csv",
    "wrong-columns",
    "wrong-cell-count",
    "missing-value",
}


@dataclass(frozen=True)
class Corpus:
    """All records of a data directory, and all that is wrong with them."""

    data_dir: Path
    records: Records
    problems: tuple[Problem, ...]
    """Sorted by file and line."""
    data_version: str
    """Hash of the inputs: 12 hexadecimal digits, the same wherever the files lie."""

    def count(self, kind: Severity) -> int:
        """Return the number of errors, or of warnings."""
        return sum(severity(problem) is kind for problem in self.problems)

    @property
    def is_sound(self) -> bool:
        """Whether a database may be built: no errors."""
        return self.count(Severity.ERROR) == 0


def read_corpus(
    data_dir: Path, today: date | None = None, progress: Progress = say_nothing
) -> Corpus:
    """Read and check all of ``data_dir``. Mistakes in the data are problems, not exceptions.

    No date in the data may lie after ``today``.
    """
    today = today or latest_today()
    version = Version()
    texts, problems = _read_texts(data_dir, version)
    records, found = _read_records(data_dir, texts, problems, today, progress)
    problems.extend(found)
    if records.codebook.steps:
        problems.extend(_check(data_dir, records))
    return Corpus(data_dir, records, tuple(sorted(set(problems))), str(version))


def _check(data_dir: Path, records: Records) -> Iterator[Problem]:
    """Yield what is wrong across records. Of two entries for one work, git knows the newer."""
    problems = list(check_records(records))
    if any(problem.rule in RULES_OF_DUPLICATES for problem in problems):
        first_seen = find_first_seen(data_dir)
        if first_seen:
            problems = list(check_records(replace(records, first_seen=first_seen)))
    return iter(problems)


def _read_texts(data_dir: Path, version: Version) -> tuple[dict[str, str], list[Problem]]:
    """Return the text of each input, and add its content to the hash."""
    problems = [*find_unfinished_change(data_dir), *find_stray_files(data_dir)]
    texts: dict[str, str] = {}
    paths = input_paths(data_dir)
    if not any(path.name.endswith(".bib") for path in paths):
        place = Place(str(data_dir / "bib"), 1)
        message = "No file here ends in .bib."
        hint = "Add the references as BibTeX."
        problems.append(place.problem("file", "missing-file", message, hint))
    for path in paths:
        name = path.relative_to(data_dir).as_posix()
        place = Place(str(path), 1)
        if name in LATER and not path.exists() and not path.is_symlink():
            continue
        content = read_input(path, data_dir)
        if isinstance(content, Problem):
            problems.append(content)
            continue
        version.add(name, content)
        if not name.isprintable():
            message = "The name of the file is not UTF-8 text that can be shown."
            problems.append(place.problem("file", "not-utf8", message, "Rename the file."))
            continue
        if path.suffix == ".bib":
            text, _, found = decode_bibtex(content, str(path))
        else:
            decode = decode_sheet if path.suffix == ".csv" else decode_text
            text, found = decode(content, str(path))
        problems.extend(found)
        marks = find_merge_marks(text, str(path)) if text else []
        problems.extend(marks)
        if text is not None and not marks:
            texts[name] = text
    return texts, problems


def _read_records(
    data_dir: Path,
    texts: dict[str, str],
    before: list[Problem],
    today: date,
    progress: Progress,
) -> tuple[Records, list[Problem]]:
    path = {name: str(data_dir / name) for name in ("codebook.yml", *SHEETS)}
    codebook, problems = read_codebook(texts.get("codebook.yml", ""), path["codebook.yml"])
    if "codebook.yml" not in texts:
        problems = []
    bibliography = read_references(
        [
            BibFile(str(data_dir / name), texts.pop(name))
            for name in list(texts)
            if name[-4:] == ".bib"
        ],
        today,
        progress,
    )
    problems.extend(bibliography.problems)
    steps = [step.slug for step in codebook.steps]

    def rows(name: str, read: _Reader[Row], *more: object) -> tuple[Row, ...]:
        if name not in texts:
            return ()
        found, wrong = read(texts[name], path[name], *more)
        problems.extend(wrong)
        return tuple(found)

    records = Records(
        codebook=codebook,
        references=bibliography.references,
        coders=rows("coders.csv", read_coders),
        codings=rows("studies.csv", read_codings, steps, today) if steps else (),
        rationales=rows("rationales.csv", read_rationales),
        comparisons=rows("comparisons.csv", read_comparisons),
        screening=rows("screening.csv", read_screening, today),
        decisions=rows("decisions.csv", read_decisions, today),
        searches=rows("searches.csv", read_searches, today),
        people=rows("people.csv", read_people),
        renamed=rows("renamed.csv", read_renamed, today),
        citekeys=bibliography.citekeys,
    )
    incomplete = frozenset(_incomplete(data_dir, [*before, *problems]))
    return replace(records, incomplete=incomplete), problems


def _incomplete(data_dir: Path, problems: list[Problem]) -> Iterator[str]:
    """Yield the inputs that lost records: what is not among those may still exist."""
    for problem in problems:
        if problem.rule in _LOSES_ROWS:
            yield Path(problem.path).relative_to(data_dir).parts[0]
