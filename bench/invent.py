"""Invented data of any size, for measuring only."""

import csv
import random
from pathlib import Path

import yaml

from marginal_risk.read.codebook import read_codebook
from marginal_risk.read.coding_sheets import SCREENING_COLUMNS, SEARCHES_COLUMNS

ROOT = Path(__file__).parents[1]
WORDS = (
    "open weights model misuse baseline evidence threat actor defense web search closed older"
    " technology marginal risk assumption prevalence uplift study sample method result limit"
).split()


def invent_data(folder: Path, studies: int, seed: int = 0) -> Path:
    """Write a data directory with ``studies`` coded works; return it. Nothing in it is true."""
    choose = random.Random(seed)
    (folder / "bib").mkdir(parents=True)
    text = codebook_text()
    (folder / "codebook.yml").write_text(text, "utf-8")
    codebook, _ = read_codebook(text, "codebook.yml")
    steps = [step.slug for step in codebook.steps]
    vectors = [vector.slug for vector in codebook.misuse_vectors]
    levels = [level.slug for level in codebook.levels]
    entries, codings, rationales, screening = [], [], [], []
    for number in range(studies):
        key = f"invented{number:06d}"
        title = " ".join(choose.choices(WORDS, k=8))
        entries.append(
            f"@misc{{{key},\n  author = {{Invented, Ada and Made-Up, Bob {number}}},\n"
            f"  title = {{{title} {number}}},\n  year = {{{2015 + number % 10}}},\n"
            f"  doi = {{10.5555/{key}}},\n}}"
        )
        vector = choose.choice(vectors)
        decided = {"citekey": key, "misuse_vector": vector, "decision": "included"}
        decided |= {"found_via": "Invented", "decided_on": "2024"}
        screening.append([decided.get(column, "") for column in SCREENING_COLUMNS])
        given = {step: choose.choice(levels) for step in steps}
        codings.append([key, vector, "inventor", "2024", *given.values(), ""])
        for step in steps:
            reason = f"{' '.join(choose.choices(WORDS, k=12))} {key} {step}"
            rationales.append([key, vector, "inventor", step, "high", "page 1", "", reason])
    (folder / "bib" / "invented.bib").write_text("\n\n".join(entries) + "\n", "utf-8")
    _write(
        folder / "studies.csv",
        ["citekey", "misuse_vector", "coder", "coded_on", *steps, "note"],
        codings,
    )
    _write(
        folder / "rationales.csv",
        "citekey misuse_vector coder step confidence locator source rationale".split(),
        rationales,
    )
    _write(folder / "screening.csv", list(SCREENING_COLUMNS), screening)
    _write(folder / "searches.csv", list(SEARCHES_COLUMNS), [])
    _write(
        folder / "coders.csv",
        ["coder", "name", "kind", "settled_by", "url", "note"],
        [["inventor", "Inventor", "person", "", "", ""]],
    )
    return folder


def invent_review(folder: Path, studies: int, seed: int = 0) -> Path:
    """Write the same, as a large review has it; return it.

    Every other study is coded by a second coder too, who gives four of five steps the level that
    the first one gave. Each coding has a comparison.
    """
    choose = random.Random(seed)
    invent_data(folder, studies, seed)
    codebook, _ = read_codebook((folder / "codebook.yml").read_text("utf-8"), "codebook.yml")
    levels = [level.slug for level in codebook.levels]
    comparators = [word.slug for word in codebook.comparators if word.slug != "none"]
    codings, rationales = _read(folder / "studies.csv"), _read(folder / "rationales.csv")
    for coding in codings[::2]:
        second = {**coding, "coder": "second"}
        for step in (step.slug for step in codebook.steps):
            if choose.random() < 0.2:
                second[step] = choose.choice([level for level in levels if level != coding[step]])
            reason = f"{' '.join(choose.choices(WORDS, k=12))} {coding['citekey']} {step}, again"
            rationales.append({**rationales[0], **_key(second), "step": step, "rationale": reason})
        codings.append(second)
    comparisons = [
        {
            **_key(coding),
            "examined": choose.choice(codebook.examined).slug,
            "comparator": choose.choice(comparators),
            "finding": choose.choice(codebook.findings).slug,
            "property": "",
            "locator": "page 2",
            "note": f"{' '.join(choose.choices(WORDS, k=8))} {number}",
        }
        for number, coding in enumerate(codings)
    ]
    coders = _read(folder / "coders.csv")
    coders.append({**coders[0], "coder": "second", "name": "Second"})
    for name, rows in (
        *(("studies", codings), ("rationales", rationales), ("coders", coders)),
        ("comparisons", comparisons),
    ):
        _write(folder / f"{name}.csv", list(rows[0]), [list(row.values()) for row in rows])
    return folder


def _key(row: dict[str, str]) -> dict[str, str]:
    return {name: row[name] for name in ("citekey", "misuse_vector", "coder")}


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def codebook_text() -> str:
    """Return the published codebook without its borderline cases, whose works are not invented."""
    words = yaml.safe_load((ROOT / "data" / "codebook.yml").read_text("utf-8"))
    for step in words["steps"]:
        step.pop("borderline", None)
    return str(yaml.safe_dump(words, allow_unicode=True, sort_keys=False))


def _write(path: Path, columns: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
