"""``marginal-risk import``: what it writes, what it says, and that it is all or nothing."""

import json
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from marginal_risk.contribute.canonical import canonical_files
from marginal_risk.contribute.search_results.importing import (
    ScreeningDetails,
    plan_import,
    read_export,
)
from marginal_risk.contribute.writers import write_files
from pages import OpenSite
from places import TINY

TODAY = date(2026, 1, 1)
NEW = """TY  - JOUR
AU  - Doe, Jane
TI  - Wax seals of small towns
JO  - Annals of Nothing
PY  - 2023
DO  - 10.5555/wax
ER  -
TY  - JOUR
AU  - Invented, Ada
TI  - Letters that nobody wrotte
PY  - 2021
ER  -
TY  - JOUR
AU  - Doe, Jane
TI  - Wax Seals of Small Towns
PY  - 2023
ER  -
TY  - JOUR
TI  - By nobody at all
PY  - 2023
ER  -
"""


@pytest.fixture
def run(tiny: Path, monkeypatch: pytest.MonkeyPatch):
    """Run the command in the folder that holds data/ and the export."""
    monkeypatch.chdir(tiny.parent)
    Path("found.ris").write_text(NEW, encoding="utf-8")

    def run(*words: str):
        return CliRunner().invoke(main, ["import", *words])

    return run


def content_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_new_works_become_candidates_and_every_other_record_says_why(run, tiny: Path) -> None:
    result = run("found.ris", "--vector", "forged_letters", "--found-via", "A made-up search")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "found.ris:1: new: doe2023: Doe, Jane (2023). Wax seals of small towns. "
        "Annals of Nothing. https://doi.org/10.5555/wax",
        "found.ris:8: new: invented2021: Invented, Ada (2021). Letters that nobody wrotte. Possible"
        " duplicate of 'invented2020', by a near title (the titles differ by a slip).",
        "found.ris:13: not taken: 'Wax Seals of Small Towns' is the same as the record at"
        " found.ris:1, by its title and year",
        "found.ris:18: not taken: 'By nobody at all': The entry has no author.",
    ]
    counts = "2 new (1 of them possible duplicates), 0 known, 1 repeated, 1 unreadable"
    assert counts in result.stderr
    assert (tiny / "bib" / "forged_letters.bib").read_text(encoding="utf-8") == (
        "@article{doe2023,\n  author = {Doe, Jane},\n  title = {Wax seals of small towns},\n"
        "  year = {2023},\n  journal = {Annals of Nothing},\n  doi = {10.5555/wax},\n}\n\n"
        "@article{invented2021,\n  author = {Invented, Ada},\n"
        "  title = {Letters that nobody wrotte},\n  year = {2021},\n}\n"
    )
    rows = (tiny / "screening.csv").read_text(encoding="utf-8").splitlines()
    assert "doe2023,forged_letters,candidate,,,A made-up search,,," in rows
    assert "invented2021,forged_letters,candidate,,,A made-up search,invented2020,," in rows
    corpus = read_corpus(tiny, TODAY)
    # It does not say where it appeared; that it may be a duplicate waits for whoever screens.
    assert [problem.rule for problem in corpus.problems] == ["missing-venue"]
    for path, text in canonical_files(corpus):
        if path.name != "searches.csv":  # in an older form, and left as it was
            assert path.read_text(encoding="utf-8") == text


def test_a_second_import_of_the_same_file_finds_nothing_new(run, tiny: Path) -> None:
    assert run("found.ris").exit_code == 0
    assert (tiny / "bib" / "unsorted.bib").exists()
    before = content_of(tiny)
    result = run("found.ris")
    assert result.exit_code == 0
    assert "0 new, 3 known, 0 repeated, 1 unreadable" in result.stderr
    assert content_of(tiny) == before


def test_a_file_in_another_encoding_keeps_its_letters(run, tiny: Path) -> None:
    entry = "@misc{bjork2020, author = {Bj\u00f6rk, A}, title = {Ice}, year = 2020, note = {N}}\n"
    path = tiny / "bib" / "unsorted.bib"
    path.write_bytes(f"% Encoding: ISO-8859-1\n{entry}".encode("latin-1"))
    with (tiny / "screening.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("bjork2020,,candidate,,,A search that nobody made,,\n")
    assert run("found.ris").exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert "Bj\u00f6rk" in text
    assert "doe2023" in text


def test_without_a_vector_or_a_source_the_sheet_names_the_file(run, tiny: Path) -> None:
    run("found.ris")
    rows = (tiny / "screening.csv").read_text(encoding="utf-8").splitlines()
    assert "doe2023,,candidate,,,import of found.ris,,," in rows


SEARCH = ("--source", "Index of Nowhere", "--query", "wax OR letters", "--searched-by", "Nora")


def test_the_search_is_recorded_with_what_became_of_each_record(run, tiny: Path) -> None:
    before = (tiny / "searches.csv").read_text(encoding="utf-8").splitlines()
    result = run("found.ris", *SEARCH, "--searched-on", "2025-11-30")
    assert result.exit_code == 0, result.output
    assert (tiny / "searches.csv").read_text(encoding="utf-8").splitlines()[2:] == [
        "2025-11-30,Index of Nowhere,wax OR letters,systematic,4,2,0,1,1,Nora,"
    ]
    rows = (tiny / "screening.csv").read_text(encoding="utf-8").splitlines()
    assert 'doe2023,,candidate,,,"Index of Nowhere, 2025-11-30",,,' in rows
    # The same search again is not a second one; another day it is.
    again = run("found.ris", *SEARCH, "--searched-on", "2025-11-30")
    assert "is not recorded twice" in again.stderr
    assert run("found.ris", *SEARCH, "--searched-on", "2025-12").exit_code == 0
    assert (tiny / "searches.csv").read_text(encoding="utf-8").splitlines()[3:] == [
        "2025-12,Index of Nowhere,wax OR letters,systematic,4,0,3,0,1,Nora,"
    ]
    assert len(before) == 2
    assert read_corpus(tiny, TODAY).is_sound


def test_half_a_search_is_refused_and_none_is_told(run, tiny: Path) -> None:
    before = content_of(tiny)
    result = run("found.ris", "--source", "Index of Nowhere", "--query", "wax")
    assert "To record the search, give --searched-on, --searched-by, too." in result.output
    assert content_of(tiny) == before
    assert "No search is recorded" in run("found.ris", "--dry-run").stderr


def test_it_asks_for_the_search(run, tiny: Path) -> None:
    assert run("found.ris", "--dry-run", "--no-input").exit_code == 0
    replies = "y\nIndex of Nowhere\nwax\n2025-11-30\nNora\n"
    result = CliRunner().invoke(main, ["import", "found.ris", "--input"], input=replies)
    assert result.exit_code == 0, result.output
    assert "2025-11-30,Index of Nowhere,wax,systematic,4,2,0,1,1,Nora," in (
        tiny / "searches.csv"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("second", "like"),
    [
        # What makes two works two: another year, DOI, given name and subtitle.
        (
            "AU  - Doe, Joan\nTI  - Forged wax seals: a field study\nPY  - 2025\nDO  - 10.5555/b",
            "doe2022",
        ),
        # One title and year, by somebody else, or with another DOI.
        ("AU  - Roe, Bob\nTI  - Forged wax seals: a benchmark\nPY  - 2022", "doe2022"),
        (
            "AU  - Doe, Jane\nTI  - Forged wax seals: a benchmark\nPY  - 2022\nDO  - 10.5555/b",
            "doe2022",
        ),
        # What is written out in one title, and abbreviated in the other.
        ("AU  - Doe, J\nTI  - Wax seals of AI models\nPY  - 2021", "doe2021"),
        ("AU  - Doe, Jane\nTI  - Paper of small towns\nPY  - 2022", None),
    ],
)
def test_what_looks_like_a_known_work_is_taken_and_marked(
    run, tiny: Path, second: str, like: str | None
) -> None:
    first = (
        "TY  - JOUR\nAU  - Doe, Jane\nTI  - Forged wax seals: a benchmark\nPY  - 2022\n"
        "DO  - 10.5555/a\nER  -\n"
        "TY  - JOUR\nAU  - Doe, Jane\nTI  - Wax seals of artificial intelligence models\n"
        "PY  - 2021\nER  -\n"
    )
    Path("first.ris").write_text(first, encoding="utf-8")
    Path("second.ris").write_text(f"TY  - JOUR\n{second}\nER  -\n", encoding="utf-8")
    assert run("first.ris").exit_code == 0
    result = run("second.ris")
    assert result.exit_code == 0, result.output
    assert "1 new" in result.stderr
    rows = read_corpus(tiny, TODAY).records.screening
    assert [
        r.record.possible_duplicate_of for r in rows if r.record.found_via[10:] == "second.ris"
    ] == [like]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("found.ris", "--dry-run"), "nothing is written (--dry-run)"),
        (("found.ris", "--vector", "forged_leters"), "Did you mean 'forged_letters'?"),
        (("found.ris", "--found-via", "=1+1"), "[spreadsheet-formula]"),
        (("found.ris", "--found-via", "two\nlines"), "one line"),
        (("found.txt",), "ends in none of"),
        (("latin.ris",), "not UTF-8"),
        (("empty.ris",), "0 new, 0 known"),
    ],
)
def test_nothing_is_written(run, tiny: Path, words: tuple[str, ...], said: str) -> None:
    Path("found.txt").write_text(NEW, encoding="utf-8")
    Path("latin.ris").write_bytes(NEW.replace("Wax", "W\u00e4x").encode("latin-1"))
    Path("empty.ris").write_text("", encoding="utf-8")
    before = content_of(tiny)
    result = run(*words)
    assert said in result.output
    assert content_of(tiny) == before
    assert result.exit_code == (0 if words[0] == "empty.ris" or "--dry-run" in words else 1)


def test_data_with_errors_takes_nothing(run, tiny: Path) -> None:
    sheet = tiny / "screening.csv"
    sheet.write_text(sheet.read_text("utf-8").replace("candidate", "perhaps"), encoding="utf-8")
    before = content_of(tiny)
    assert run("found.ris").exit_code == 1
    assert content_of(tiny) == before


def test_what_cannot_be_written_whole_is_not_written(
    run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content_of(tiny)
    replace = Path.replace

    def fail_at_the_sheet(path: Path, target: Path) -> Path:
        if target.suffix == ".csv":
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_sheet)
    result = run("found.ris")
    assert result.exit_code == 1
    assert "No space left on device" in result.output
    assert content_of(tiny) == before


def test_a_file_that_was_there_is_put_back(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old", encoding="utf-8")
    with pytest.raises(OSError, match="missing"):
        write_files(tmp_path, {tmp_path / "a": "new", tmp_path / "missing" / "b": "new"})
    assert content_of(tmp_path) == {tmp_path / "a": b"old"}


@pytest.mark.parametrize("extension", ["bib", "ris", "json"])
@pytest.mark.parametrize("which", ["tiny", "published"])
async def test_what_the_site_exports_is_known_again(
    open_on: OpenSite, tmp_path: Path, published_data: Path, extension: str, which: str
) -> None:
    data = TINY if which == "tiny" else published_data
    site = await open_on(data)
    export = tmp_path / f"studies.{extension}"
    export.write_bytes((await site.client.get(f"/studies.{extension}")).content)
    corpus = read_corpus(data)
    found, problems = read_export(export)
    assert problems == []
    plan = plan_import(corpus, found, ScreeningDetails(None, "the site"), date.today())
    keys = {reference.study.citekey for reference in corpus.records.references}
    assert {record.match.reference.study.citekey for record in plan.intake.known} == keys
    assert all(record.match.is_certain for record in plan.intake.known)
    assert (plan.intake.new, plan.intake.refused, plan.files) == ([], [], {})


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("\\{}$%&#_~^-'`@\"=,()[]<>;: \n\r\t\x00\ufeff\uffff"), st.characters()
    ),
    max_size=25,
)


@settings(max_examples=30)  # each reads the data four times
@given(
    extension=st.sampled_from([".ris", ".nbib", ".json", ".bib"]),
    title=HOSTILE,
    author=HOSTILE,
    other=HOSTILE,
)
def test_whatever_is_taken_passes_the_check(
    extension: str, title: str, author: str, other: str
) -> None:
    forms = {
        ".ris": f"TY  - JOUR\nTI  - {title}\nAU  - Doe, {author}\nJO  - {other}\nPY  - 2020\n"
        f"UR  - {other}\nDO  - 10.1234/{other}\nKW  - {other}\nER  - \n",
        ".nbib": f"PMID- {other}\nTI  - {title}\nFAU - Doe, {author}\nDP  - 2020\nAB  - {other}\n",
        ".bib": f"@misc{{a, author = {{{author}}}, title = {{{title}}}, year = 2020,"
        f" note = {{{other}}}, url = {{https://{other}}}, eprint = {{{other}}}}}",
    }
    csl = {
        "title": title,
        "author": [{"family": author, "given": other}, {"literal": other}],
        "issued": {"raw": "2020"},
        "URL": f"https://x.org/{other}",
        "abstract": other,
    }
    text = json.dumps([csl]) if extension == ".json" else forms[extension]
    with tempfile.TemporaryDirectory() as name:
        data = Path(shutil.copytree(TINY, Path(name) / "data"))
        export = Path(name) / f"export{extension}"
        export.write_bytes(text.encode("utf-8", "replace"))
        found, _ = read_export(export)
        corpus = read_corpus(data, TODAY)
        plan = plan_import(corpus, found, ScreeningDetails("forged_letters", "A search"), TODAY)
        assert plan.problems == ()
        write_files(data, plan.files)
        after = read_corpus(data, TODAY)
        assert after.is_sound
        keys = {reference.study.citekey for reference in after.records.references}
        assert {work.citekey for work in plan.intake.new} <= keys
        again = plan_import(after, found, ScreeningDetails(None, "A search"), TODAY)
        assert again.intake.new == []
