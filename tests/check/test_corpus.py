"""A data directory read as a whole, and its version; whatever stands in it, nothing is raised."""

import os
import shutil
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marginal_risk.check.corpus import Corpus, read_corpus
from marginal_risk.check.rules import RULES
from marginal_risk.contribute.canonical import canonical_files
from marginal_risk.problems import Severity
from marginal_risk.read.coding_sheets import read_codings
from marginal_risk.read.files import LATER, SHEETS, data_version, input_paths
from marginal_risk.records import Author, Judgement, Study
from marginal_risk.screening_records import Screening
from places import TINY

INPUTS = [path.relative_to(TINY) for path in input_paths(TINY)]


def said(corpus: Corpus) -> list[str]:
    """Return the problems with their files as they lie in the data directory."""
    return [str(problem).removeprefix(f"{corpus.data_dir}/") for problem in corpus.problems]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# What is read ------------------------------------------------------------------------------


def test_all_of_the_data_is_read(tiny: Path) -> None:
    corpus = read_corpus(tiny)
    records = corpus.records
    assert said(corpus) == []
    assert corpus.is_sound
    assert [reference.study.citekey for reference in records.references] == [
        *("fictive2022", "invented2020", "madeup2021", "nobody2019", "pretend2023"),
        "tabulated2024",
    ]
    assert records.citekeys == {reference.study.citekey for reference in records.references}
    assert len(records.codings) == 7
    assert len(records.rationales) == 14
    assert len(records.coders) == 5
    assert len(records.screening) == 5
    assert len(records.searches) == 1
    assert records.incomplete == frozenset()


def test_a_judgement_is_a_level_with_its_reason(tiny: Path) -> None:
    judgements = list(read_corpus(tiny).records.judgements())
    assert len(judgements) == 14
    assert judgements[1] == Judgement(
        citekey="fictive2022",
        misuse_vector="robot_calls",
        coder="person_a",
        step="added_risk",
        level="partial",
        confidence="low",
        locator="page 12",
        source=None,
        rationale="Counts the calls, but compares them with nothing.",
    )


def test_an_empty_cell_is_no_judgement(tiny: Path) -> None:
    judged = {(j.citekey, j.coder, j.step) for j in read_corpus(tiny).records.judgements()}
    assert ("madeup2021", "person_a", "threat") in judged
    assert ("madeup2021", "person_a", "defense") not in judged
    assert ("madeup2021", "consensus", "threat") not in judged


def test_the_bibliography_may_have_folders(tiny: Path) -> None:
    (tiny / "bib" / "more").mkdir()
    (tiny / "bib" / "tables.bib").rename(tiny / "bib" / "more" / "tables.bib")
    assert input_paths(tiny)[-1] == tiny / "bib" / "more" / "tables.bib"
    assert said(read_corpus(tiny)) == []


def test_other_files_are_not_read(tiny: Path) -> None:
    before = data_version(tiny)
    (tiny / "README.md").write_bytes(b"\xff")
    (tiny / "bib" / "notes.txt").write_bytes(b"\xff")
    assert said(read_corpus(tiny)) == []
    (tiny / "bib" / "old.bib").mkdir()
    assert data_version(tiny) == before


def test_reading_writes_nothing(tiny: Path) -> None:
    def state() -> list[tuple[Path, int]]:
        return sorted((path, path.stat().st_mtime_ns) for path in tiny.rglob("*"))

    before = state()
    read_corpus(tiny)
    assert state() == before


# Problems ----------------------------------------------------------------------------------


def test_all_problems_of_all_files_are_told_in_one_run_sorted(tiny: Path) -> None:
    edit(tiny / "coders.csv", "toy_model,Toy", "toy_model,=Toy")
    edit(tiny / "studies.csv", "2024-06", "2024-31")
    edit(tiny / "studies.csv", "addressed,absent", "adressed,absent")
    edit(tiny / "rationales.csv", "Describes a guild of forgers.", "TODO")
    edit(tiny / "bib" / "tables.bib", "10.5555/tabulated.2024", "tabulated.2024")
    edit(tiny / "bib" / "invented.bib", "10.5555/fictive.2022.7", "fictive.2022.7")
    corpus = read_corpus(tiny)
    assert [line.split(": ")[0] for line in said(corpus)] == [
        "bib/invented.bib:11",
        "bib/tables.bib:6",
        "coders.csv:6",
        "rationales.csv:12",
        "studies.csv:3",
        "studies.csv:5",
    ]
    assert corpus.count(Severity.ERROR) == 6
    assert corpus.count(Severity.WARNING) == 0
    assert not corpus.is_sound


def test_a_warning_stops_no_build(tiny: Path) -> None:
    edit(tiny / "bib" / "tables.bib", "  journal = {Annals of Invention},\n", "")
    edit(tiny / "bib" / "tables.bib", "  doi = {10.5555/tabulated.2024},\n", "")
    corpus = read_corpus(tiny)
    assert [problem.rule for problem in corpus.problems] == ["missing-venue"]
    assert corpus.count(Severity.WARNING) == 1
    assert corpus.is_sound


def test_files_are_called_as_the_user_called_the_folder(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(tiny / "coders.csv", "machine", "robot")
    monkeypatch.chdir(tiny.parent)
    assert [problem.path for problem in read_corpus(Path("data")).problems] == ["data/coders.csv"]
    monkeypatch.chdir(tiny / "bib")
    assert [problem.path for problem in read_corpus(Path("..")).problems] == ["../coders.csv"]
    monkeypatch.chdir(tiny)
    assert [problem.path for problem in read_corpus(Path()).problems] == ["coders.csv"]


MISSING = "The file is missing. Add it; data/README.md says what it holds. [missing-file]"


@pytest.mark.parametrize("name", ["codebook.yml", *sorted(set(SHEETS) - LATER)])
def test_a_missing_file_is_told_and_nothing_that_follows_from_it(tiny: Path, name: str) -> None:
    (tiny / name).unlink()
    assert said(read_corpus(tiny)) == [f"{name}:1: file: {MISSING}"]


@pytest.mark.parametrize("remains", ["no folder", "no file", "another file"])
def test_a_missing_bibliography_is_told_and_nothing_that_follows_from_it(
    tiny: Path, remains: str
) -> None:
    shutil.rmtree(tiny / "bib")
    if remains != "no folder":
        (tiny / "bib").mkdir()
    if remains == "another file":
        shutil.copy(TINY / "bib" / "invented.bib", tiny / "bib" / "invented.txt")
    assert said(read_corpus(tiny)) == [
        "bib:1: file: No file here ends in .bib. Add the references as BibTeX. [missing-file]"
    ]


def test_a_folder_with_nothing_in_it_lacks_every_file(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        corpus = read_corpus(folder)
        assert [line.split(":")[0] for line in said(corpus)] == [
            "bib",
            "codebook.yml",
            "coders.csv",
            "rationales.csv",
            "screening.csv",
            "searches.csv",
            "studies.csv",
        ]
        assert {problem.rule for problem in corpus.problems} == {"missing-file"}


@pytest.mark.parametrize("name", [str(name) for name in INPUTS])
def test_a_file_that_is_no_text_is_told_and_nothing_that_follows_from_it(
    tiny: Path, name: str
) -> None:
    damaged = "Größe Größe ".encode() + b"\xff\n"  # mostly UTF-8, so nothing else
    (tiny / name).write_bytes((tiny / name).read_bytes().replace(b"\n", damaged, 1))
    mend = "Save the file in the encoding UTF-8."
    if name.endswith(".csv"):
        mend = "Save it as 'CSV UTF-8' (Excel), or with the character set UTF-8 (LibreOffice)."
    assert said(read_corpus(tiny)) == [
        f"{name}:1: file: The byte 0xff is not UTF-8 text. {mend} [not-utf8]"
    ]


@pytest.mark.parametrize("name", [str(name) for name in INPUTS])
def test_a_file_with_a_mark_is_read_all_the_same(tiny: Path, name: str) -> None:
    (tiny / name).write_bytes(b"\xef\xbb\xbf" + (tiny / name).read_bytes())
    corpus = read_corpus(tiny)
    told = {".bib": [], ".csv": ["spreadsheet-form"], ".yml": ["byte-order-mark"]}[name[-4:]]
    assert [problem.rule for problem in corpus.problems] == told
    assert len(list(corpus.records.judgements())) == 14


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_line_ends_make_no_difference(tiny: Path, end: bytes) -> None:
    expected = read_corpus(TINY).records
    for name in INPUTS:
        (tiny / name).write_bytes((tiny / name).read_bytes().replace(b"\n", end))
    corpus = read_corpus(tiny)
    assert said(corpus) == []
    assert list(corpus.records.judgements()) == list(expected.judgements())
    assert corpus.records.codebook == expected.codebook


def test_an_entry_that_cannot_be_read_is_told_once_although_it_is_coded(tiny: Path) -> None:
    edit(tiny / "bib" / "invented.bib", "year = {2022}", "year = {soon}")
    edit(tiny / "bib" / "tables.bib", "{Tabulated, Fay", "{{Tabulated, Fay")
    assert [problem.path[-12:] for problem in read_corpus(tiny).problems] == [
        "invented.bib",
        "b/tables.bib",
    ]


def test_a_problem_that_loses_no_row_hides_no_other(tiny: Path) -> None:
    edit(tiny / "studies.csv", "2024-06", "2024-31")
    edit(tiny / "studies.csv", "2024,addressed,partial,absent,", "2024,addressed,partial,,")
    edit(tiny / "rationales.csv", "threat,high,page 11,,Says", "threat,high,page  11,,Says")
    edit(
        tiny / "rationales.csv",
        "pretend2023,fake_maps,toy_model,threat",
        "no,fake_maps,toy_model,threat",
    )
    assert [(problem.rule, problem.line) for problem in read_corpus(tiny).problems] == [
        ("stray-white-space", 4),
        ("rationale-without-judgement", 8),
        ("unknown-citekey", 14),
        ("bad-date", 5),
    ]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("threat,high,page 11,,Says", "threat,high,,,Says", "missing-value"),
        ("Says who calls and with which machine.", "Says who calls, and how.", "wrong-cell-count"),
    ],
)
def test_a_row_that_is_lost_is_told_once(tiny: Path, old: str, new: str, rule: str) -> None:
    edit(tiny / "rationales.csv", old, new)
    assert [(problem.rule, problem.line) for problem in read_corpus(tiny).problems] == [(rule, 4)]


def test_a_broken_codebook_is_told_once(tiny: Path) -> None:
    edit(tiny / "codebook.yml", "slug: added_risk", "slug: Added risk")
    assert [line.split(": ")[0] for line in said(read_corpus(tiny))] == [
        "codebook.yml:14",
        "codebook.yml:25",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize(
    ("name", "shown"), [(b"caf\xe9.bib", "caf\\udce9.bib"), (b"a\nb.bib", "a\\nb.bib")]
)
def test_the_name_of_a_file_must_be_text(tiny: Path, name: bytes, shown: str) -> None:
    path = Path(os.fsdecode(os.fsencode(tiny / "bib") + b"/" + name))
    (tiny / "bib" / "tables.bib").rename(path)
    corpus = read_corpus(tiny)
    assert said(corpus) == [
        f"bib/{shown}:1: file: The name of the file is not UTF-8 text that can be shown. "
        "Rename the file. [not-utf8]"
    ]
    assert data_version(tiny) == corpus.data_version


# Today -------------------------------------------------------------------------------------


def test_no_date_may_lie_after_today(tiny: Path) -> None:
    assert said(read_corpus(tiny, today=date(2024, 6, 1))) == []
    assert [line.split(": ")[0] for line in said(read_corpus(tiny, today=date(2024, 5, 31)))] == [
        "studies.csv:5"
    ]


def test_today_is_today_wherever_the_coder_is(tiny: Path) -> None:
    days = [date.today() + timedelta(days=days) for days in (0, 2)]
    for day, told in zip(days, ([], ["bad-date"]), strict=True):
        edit(tiny / "studies.csv", "2024-06,", f"{day},")
        assert [problem.rule for problem in read_corpus(tiny).problems] == told
        edit(tiny / "studies.csv", f"{day},", "2024-06,")


# The version of the data -------------------------------------------------------------------


def test_the_version_is_twelve_hexadecimal_digits_and_the_same_both_ways(tiny: Path) -> None:
    version = data_version(tiny)
    assert len(version) == 12
    assert set(version) <= set("0123456789abcdef")
    assert read_corpus(tiny).data_version == version


def test_the_version_does_not_depend_on_where_the_data_lies(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "elsewhere" / "other name"
    shutil.copytree(tiny, moved)
    monkeypatch.chdir(tmp_path)
    assert data_version(tiny) == data_version(moved) == data_version(Path("data"))


def rename_a_file(data: Path) -> None:
    (data / "bib" / "tables.bib").rename(data / "bib" / "table.bib")


def split_a_file(data: Path) -> None:
    whole = (data / "bib" / "invented.bib").read_bytes()
    start = whole.index(b"@misc{pretend2023")
    (data / "bib" / "invented.bib").write_bytes(whole[:start])
    (data / "bib" / "invented2.bib").write_bytes(whole[start:])


def swap_two_files(data: Path) -> None:
    one, two = data / "bib" / "invented.bib", data / "bib" / "tables.bib"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def add_an_empty_file(data: Path) -> None:
    (data / "bib" / "empty.bib").touch()


def remove_a_file(data: Path) -> None:
    (data / "coders.csv").unlink()


@pytest.mark.parametrize(
    "change", [rename_a_file, split_a_file, swap_two_files, add_an_empty_file, remove_a_file]
)
def test_the_version_knows_which_file_holds_what(
    tiny: Path, change: Callable[[Path], None]
) -> None:
    before = data_version(tiny)
    change(tiny)
    assert data_version(tiny) != before


@given(st.sampled_from(INPUTS), st.integers(0), st.integers(1, 255))
def test_the_version_changes_with_any_byte(
    scratch: Path, name: Path, position: int, change: int
) -> None:
    path = scratch / name
    before = path.read_bytes()
    version = data_version(scratch)
    try:
        content = bytearray(before)
        content[position % len(content)] ^= change
        path.write_bytes(content)
        assert data_version(scratch) != version
    finally:
        path.write_bytes(before)
    assert data_version(scratch) == version


# Whatever a contributor writes -------------------------------------------------------------


def check_whatever_was_read(data: Path) -> None:
    """Hold what every reading promises, of good data or bad."""
    corpus = read_corpus(data)
    for problem in corpus.problems:
        assert problem.rule in RULES
        assert str(problem).isprintable()
        path = Path(problem.path)
        content = path.read_bytes() if path.is_file() else b""
        lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        assert 1 <= problem.line <= lines
    assert list(corpus.problems) == sorted(set(corpus.problems))
    if corpus.is_sound:
        records = corpus.records
        studies = [reference.study for reference in records.references]
        keys = {study.citekey for study in studies}
        assert {row.key.citekey for row in records.codings} <= keys
        assert {row.record.citekey for row in records.screening} <= keys
        assert {row.record.other_study for row in records.screening} <= {*keys, None}
        assert {study.version_of for study in studies} <= {*keys, None}
        for record in (
            *records.judgements(),
            *(row.to_record() for row in records.codings),
            *(row.to_record() for row in records.comparisons),
            *(row.record for row in records.coders),
            *(row.record for row in records.searches),
        ):
            assert type(record).model_validate(record.model_dump()) == record
        for described, read in [
            *((Study, study) for study in studies),
            *((Screening, row.record) for row in records.screening),
            *((Author, person) for r in records.references for person in (*r.authors, *r.editors)),
        ]:
            assert tuple(described.model_validate(read._asdict()).model_dump().values()) == read


def check_with(data: Path, name: Path, content: bytes) -> None:
    path = data / name
    before = path.read_bytes()
    try:
        path.write_bytes(content)
        check_whatever_was_read(data)
    finally:
        path.write_bytes(before)


@pytest.mark.slow  # reads all of the data for each example
@given(st.sampled_from(INPUTS), st.one_of(st.binary(), st.text().map(str.encode)))
def test_any_content_of_any_file_is_read_or_told(scratch: Path, name: Path, content: bytes) -> None:
    check_with(scratch, name, content)


PIECES = [
    *('"', ",", "\n", "\r", "\t", "{", "}", "@", "\\", "#", "=", "  ", "%", "~", "$", "?", "|"),
    *("&a ", "*a", ": ", "- ", "[", "]", ">", "---\n", "null", "!!int ", "\0", "\ufeff", "\u202e"),
    *("HTTP://EXAMPLE.org", "10.5555/x", " and ", "others", "@comment{", "@xdata{", "@string{a=a}"),
    *("url = {HTTPS://EXAMPLE.ORG/},", "year = {２０２４},", "date = {2020-13-45/..},"),  # noqa: RUF001
    *("crossref = {invented2020},", "month = jan # 3,", "author = {, ,},", "\\begin{", '\\"', "é"),
]


@pytest.mark.slow  # the same
@given(
    st.sampled_from(INPUTS),
    st.lists(
        st.tuples(st.integers(0), st.integers(0, 20), st.sampled_from([*PIECES, ""])),
        min_size=1,
        max_size=4,
    ),
)
@settings(max_examples=150)
def test_any_slip_in_any_file_is_read_or_told(
    scratch: Path, name: Path, slips: list[tuple[int, int, str]]
) -> None:
    content = (scratch / name).read_bytes()
    for position, deleted, piece in slips:
        start = position % (len(content) + 1)
        content = content[:start] + piece.encode() + content[start + deleted :]
    check_with(scratch, name, content)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(1990, 1, 1)))
def test_a_day_is_accepted_if_and_only_if_it_is_not_after_today(day: date, today: date) -> None:
    text = f"citekey,misuse_vector,coder,coded_on,note\none2020,maps,ada,{day},\n"
    rows, problems = read_codings(text, "s.csv", [], today)
    assert [row.coded_on for row in rows] == [day.isoformat()]
    assert [problem.rule for problem in problems] == (["bad-date"] if day > today else [])


def test_nothing_is_coded_under_the_key_of_an_xdata_entry(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.parent)
    bib = sorted((tiny / "bib").glob("*.bib"))[0]
    bib.write_text(bib.read_text("utf-8") + "\n@xdata{shared, publisher = {Nobody}}\n", "utf-8")
    studies = tiny / "studies.csv"
    header, row, *_ = studies.read_text("utf-8").splitlines()
    cells = row.split(",")
    studies.write_text(
        studies.read_text("utf-8")
        + ",".join(["shared", *cells[1:4]])
        + "," * (header.count(",") - 3)
        + "\n",
        "utf-8",
    )
    rules = {problem.rule for problem in read_corpus(Path("data")).problems}
    assert "unknown-citekey" in rules


def test_bibtex_in_any_encoding_is_read_and_formatted_as_utf8(tiny: Path) -> None:
    path = tiny / "bib" / "invented.bib"
    text = path.read_text(encoding="utf-8").replace('Zo{\\"e}', "Zoë")
    expected = [reference.study for reference in read_corpus(tiny).records.references]
    for content in (
        text.encode("utf-16"),
        ("% Encoding: Cp1252\n\n" + text).encode("cp1252"),
        text.encode("cp1252"),
    ):
        path.write_bytes(content)
        corpus = read_corpus(tiny)
        assert corpus.is_sound
        found = [reference.study for reference in corpus.records.references]
        assert [study.reference for study in found] == [study.reference for study in expected]
        formatted = dict(canonical_files(corpus))[path]
        assert "Sans-Existence, Zoë" in formatted
        assert "Cp1252" not in formatted


def test_a_file_that_cannot_be_decoded_costs_no_other(tiny: Path) -> None:
    (tiny / "bib" / "broken.bib").write_bytes("größer Größe Maß\n".encode() + b"\xe9")
    corpus = read_corpus(tiny)
    assert [(problem.rule, problem.line) for problem in corpus.problems] == [("not-utf8", 2)]
    assert len(corpus.records.references) == len(read_corpus(TINY).records.references)
