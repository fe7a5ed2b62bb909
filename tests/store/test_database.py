"""A build is all or nothing: what it leaves behind when it fails, is killed or has company."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from marginal_risk.check.corpus import Corpus, read_corpus
from marginal_risk.rows import say_nothing
from marginal_risk.store import database, provenance
from marginal_risk.store.database import BuildError, build_database, open_engine
from marginal_risk.store.provenance import find_damage, is_current, program_version, shipped
from marginal_risk.store.verification import verify
from pages import build, screen
from places import TINY

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep any repository around the temporary folder out, and the day fixed."""
    for name in [*os.environ]:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709337600")


@pytest.fixture
def corpus(tiny: Path) -> Corpus:
    return read_corpus(tiny)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to build in."""
    path = tmp_path / "out"
    path.mkdir()
    return path


def rows(path: Path) -> dict[str, list[str]]:
    """Return all rows of all tables, those of the search index included."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        names = connection.execute("select name from sqlite_master where type in ('table', 'view')")
        return {
            name: sorted(map(repr, connection.execute(f"select * from {name}")))
            for (name,) in names.fetchall()
        }


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def change(data: Path) -> None:
    """Leave out a study that nobody coded."""
    bib = data / "bib" / "invented.bib"
    before, rest = bib.read_text(encoding="utf-8").split("@techreport{nobody2019", 1)
    bib.write_text(f"{before}@{rest.split('@', 1)[1]}", encoding="utf-8")
    screening = data / "screening.csv"
    lines = screening.read_text(encoding="utf-8").splitlines(keepends=True)
    left = [line for line in lines if not line.startswith("nobody2019,")]
    screening.write_text("".join(left), encoding="utf-8")


# The same rows --------------------------------------------------------------------------


def test_two_builds_of_the_same_inputs_hold_the_same_rows(
    tiny: Path, tmp_path: Path, folder: Path
) -> None:
    elsewhere = Path(shutil.copytree(tiny, tmp_path / "else" / "where"))
    build_database(read_corpus(tiny), folder / "one.db")
    build_database(read_corpus(elsewhere), folder / "other.db")
    assert rows(folder / "one.db") == rows(folder / "other.db")
    assert files(folder) == ["one.db", "other.db"]


def test_a_build_takes_the_place_of_the_one_before(tiny: Path, folder: Path) -> None:
    output = folder / "evidence.db"
    build_database(read_corpus(tiny), output)
    assert len(rows(output)["studies"]) == 6
    change(tiny)
    build_database(read_corpus(tiny), output)
    assert len(rows(output)["studies"]) == 5
    assert files(folder) == ["evidence.db"]


def test_an_empty_file_may_be_overwritten(corpus: Corpus, folder: Path) -> None:
    (folder / "evidence.db").touch()
    build_database(corpus, folder / "evidence.db")
    assert len(rows(folder / "evidence.db")["studies"]) == 6


# Failing --------------------------------------------------------------------------------


def test_a_corpus_with_errors_is_refused(tiny: Path, folder: Path) -> None:
    with (tiny / "studies.csv").open("a", encoding="utf-8") as file:
        file.write("nobody1999,robot_calls,person_a,,addressed,,,2,,,,\n")
    with pytest.raises(ValueError, match="the corpus has errors"):
        build_database(read_corpus(tiny), folder / "evidence.db")
    assert files(folder) == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("moment", ["vectors", "judgements", "verify"])
def test_a_failing_build_leaves_the_old_database_and_nothing_else(
    tiny: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
    moment: str,
) -> None:
    output = build(tiny, folder)
    before = output.read_bytes()

    def fail(*said: object) -> None:
        if moment in (said[0], "verify"):
            raise error(moment)

    if moment == "verify":
        monkeypatch.setattr(database, "verify", fail)
    change(tiny)
    with pytest.raises(error):
        build_database(read_corpus(tiny), output, fail if moment != "verify" else say_nothing)
    assert output.read_bytes() == before
    assert files(folder) == ["evidence.db"]


def test_a_failing_first_build_leaves_nothing(corpus: Corpus, folder: Path) -> None:
    def fail(_table: str, *_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_database(corpus, folder / "evidence.db", fail)
    assert files(folder) == []


def test_a_bug_is_no_fault_of_the_disk(
    corpus: Corpus, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "create_views", lambda _connection: None)
    with pytest.raises(Exception, match="no such table") as raised:
        build_database(corpus, folder / "evidence.db")
    assert not isinstance(raised.value, BuildError)
    assert files(folder) == []


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """Return a database, and how many rows of each table its build said it wrote."""
    path = tmp_path_factory.mktemp("written") / "evidence.db"
    counts: dict[str, int] = {}
    build_database(read_corpus(TINY), path, lambda name, rows, _: counts.update({name: rows}))
    return path, counts


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        ("delete from field_descriptions where column_name = 'doi'", None),
        ("delete from comparisons where finding = 'less'", "comparisons has 5 rows, not 6"),
        ("delete from authorships where role = 'author'", "authorships has 0 rows, not 9"),
        ("delete from coders where coder = 'toy_model'", "foreign keys lead nowhere"),
        (
            "insert into authors (id, name, family, is_corporate) values (10, 'X', 'X', 0)",
            "authors has 10 rows",
        ),
        ("update authors set given = ''", "integrity check: CHECK constraint failed in authors"),
    ],
)
def test_what_was_written_is_held_against_what_was_to_be_written(
    written: tuple[Path, dict[str, int]], folder: Path, break_it: str, said: str | None
) -> None:
    path, counts = written
    shutil.copy(path, folder)
    with closing(sqlite3.connect(folder / "evidence.db")) as connection, connection:
        connection.execute("pragma ignore_check_constraints = on")
        connection.execute(break_it)
    if said is None:  # those are not counted
        verify(open_engine(folder / "evidence.db"), counts)
    else:
        with pytest.raises(RuntimeError, match=said):
            verify(open_engine(folder / "evidence.db"), counts)


# Where it cannot be written ---------------------------------------------------------------


def test_a_folder_that_is_not_there(corpus: Corpus, folder: Path) -> None:
    with pytest.raises(BuildError, match=r"missing is not a folder: create it first"):
        build_database(corpus, folder / "missing" / "evidence.db")
    assert files(folder) == []


def test_a_file_in_place_of_the_folder(corpus: Corpus, folder: Path) -> None:
    (folder / "file").write_text("text")
    with pytest.raises(BuildError, match=r"file is not a folder"):
        build_database(corpus, folder / "file" / "evidence.db")
    assert (folder / "file").read_text() == "text"


def test_a_folder_in_place_of_the_file(corpus: Corpus, folder: Path) -> None:
    with pytest.raises(BuildError, match=r"out is a folder: name a file"):
        build_database(corpus, folder)
    assert files(folder) == []


@pytest.mark.parametrize("content", [b"my thesis", b"SQLite format 2\0", b"\0", b"SQLite"])
def test_a_file_that_is_no_database_is_refused_and_left(
    corpus: Corpus, folder: Path, content: bytes
) -> None:
    (folder / "thesis.tex").write_bytes(content)
    told = r"thesis\.tex is not a SQLite database, or no longer: delete it if .* name another file"
    with pytest.raises(BuildError, match=told):
        build_database(corpus, folder / "thesis.tex")
    assert (folder / "thesis.tex").read_bytes() == content
    assert files(folder) == ["thesis.tex"]


@posix
def test_a_device_or_pipe_is_refused_and_left(corpus: Corpus, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(BuildError, match=r"pipe is not a file: name a file"):
        build_database(corpus, folder / "pipe")
    assert (folder / "pipe").is_fifo()


def test_a_name_that_is_too_long(corpus: Corpus, folder: Path) -> None:
    with pytest.raises(BuildError, match=r"cannot be written: .*too long"):
        build_database(corpus, folder / f"{'x' * 250}.db")
    assert files(folder) == []


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root ignores file modes")
def test_a_folder_that_may_not_be_written(corpus: Corpus, folder: Path) -> None:
    output = folder / "evidence.db"
    build_database(corpus, output)
    before = output.read_bytes()
    folder.chmod(0o500)
    try:
        with pytest.raises(BuildError, match=r"evidence\.db cannot be written"):
            build_database(corpus, output)
    finally:
        folder.chmod(0o700)
    assert output.read_bytes() == before
    assert files(folder) == ["evidence.db"]


# In another process -----------------------------------------------------------------------

DRIVER = """
import os, signal, sys
from pathlib import Path
from marginal_risk.store import database
from marginal_risk.check.corpus import read_corpus

data, output, moment = sys.argv[1:]
calls = []

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def progress(table, rows, total):
    calls.append(table)
    if moment == "wait" and len(calls) == 1:
        print(os.getpid(), flush=True)
        sys.stdin.readline()
    if moment == str(len(calls)):
        kill()

if moment == "fsync":
    os.fsync = kill
if moment == "replaced":
    replace = Path.replace
    Path.replace = lambda path, target: (replace(path, target), kill())
if moment == "full":
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    database.build_database(read_corpus(Path(data)), Path(output), progress)
except database.BuildError as error:
    sys.exit(f"BuildError: {error}")
"""


def run(data: Path, output: Path, moment: str) -> subprocess.CompletedProcess[str]:
    """Build in another process."""
    words = [sys.executable, "-W", "error", "-c", DRIVER, str(data), str(output), moment]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@posix
@pytest.mark.parametrize("moment", ["1", "8", "13", "fsync"])
def test_a_killed_build_leaves_the_old_database(tiny: Path, folder: Path, moment: str) -> None:
    output = build(tiny, folder)
    before = output.read_bytes()
    change(tiny)
    assert run(tiny, output, moment).returncode == -signal.SIGKILL
    assert output.read_bytes() == before
    left = [name.rpartition("-")[0] for name in files(folder) if name != output.name]
    assert left == [".evidence.db.building"]
    build_database(read_corpus(tiny), output)
    assert len(rows(output)["studies"]) == 5
    assert files(folder) == ["evidence.db"]


@posix
def test_a_build_killed_at_its_last_step_is_the_new_database(tiny: Path, folder: Path) -> None:
    output = build(tiny, folder)
    change(tiny)
    assert run(tiny, output, "replaced").returncode == -signal.SIGKILL
    assert len(rows(output)["studies"]) == 5
    assert files(folder) == ["evidence.db"]


@posix
def test_a_full_disk(tiny: Path, folder: Path) -> None:
    output = build(tiny, folder)
    before = output.read_bytes()
    done = run(tiny, output, "full")
    assert done.stderr.startswith(f"BuildError: {output} cannot be written: ")
    assert "\n" not in done.stderr.strip()
    assert done.returncode == 1
    assert output.read_bytes() == before
    assert files(folder) == ["evidence.db"]


@posix
def test_two_builders_do_each_other_no_harm(tiny: Path, folder: Path) -> None:
    output = folder / "evidence.db"
    words = [sys.executable, "-W", "error", "-c", DRIVER, str(tiny), str(output), "wait"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        process = other.stdout.readline().strip()
        assert process == str(other.pid)
        assert files(folder) == [f".evidence.db.building-{process}"]
        build_database(read_corpus(tiny), output)  # while the other one is in the middle
        assert f".evidence.db.building-{process}" in files(folder)
        assert "evidence.db" in files(folder)
        mine = rows(output)
        other.communicate("go on\n")
    assert other.returncode == 0
    assert rows(output) == mine
    assert files(folder) == ["evidence.db"]


def test_threads_take_turns(corpus: Corpus, folder: Path) -> None:
    output = folder / "evidence.db"
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def build() -> None:
        start.wait()
        try:
            build_database(corpus, output)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=build, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert not any(thread.is_alive() for thread in threads)
    assert len(rows(output)["studies"]) == 6
    assert files(folder) == ["evidence.db"]


@posix
def test_only_what_a_dead_build_left_is_removed(corpus: Corpus, folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    left = f".evidence.db.building-{dead.pid}"
    kept = [
        f".evidence.db.building-{os.getppid()}",  # still running
        f".other.db.building-{dead.pid}",
        f".evidence.db.building-{dead.pid}.txt",
        "evidence.db.building-1",
    ]
    for name in [left, *kept]:
        (folder / name).touch()
    build_database(corpus, folder / "evidence.db")
    assert files(folder) == sorted([*kept, "evidence.db"])


WRITER = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute(f"pragma journal_mode = {sys.argv[2]}")
connection.execute("pragma cache_size = 1")
connection.execute("delete from studies where citekey = 'nobody2019'")
connection.execute("update studies set abstract = hex(zeroblob(100000))")
if sys.argv[2] == "wal":
    connection.commit()
os._exit(0)
"""


@posix
@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_the_journal_of_an_old_database_is_not_played_into_the_new_one(
    tiny: Path, folder: Path, mode: str
) -> None:
    output = build(tiny, folder)
    subprocess.run([sys.executable, "-c", WRITER, str(output), mode], check=True)
    assert len(files(folder)) > 1
    change(tiny)
    build_database(read_corpus(tiny), output)
    assert files(folder) == ["evidence.db"]
    found = rows(output)
    build_database(read_corpus(tiny), folder / "fresh.db")
    assert found == rows(folder / "fresh.db")


# Names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("a b", "what?mode=ro", "#1", "100%", "50%20x", "höhle-数据", "[1]", "a*b", "o'brien"),
        *("a&b=c", "semi;colon", "back\\slash", "~", "file:x", ":memory:", "-x"),
    ],
)
def test_any_name_will_do(tiny: Path, folder: Path, name: str) -> None:
    if os.name != "posix" and set(name) & set('?*\\:<>|"'):
        pytest.skip("not a name on this system")
    inner = folder / name
    inner.mkdir()
    data = Path(shutil.copytree(tiny, inner / "data"))
    output = inner / f"{name}.db"
    dead = inner / f".{name}.db.building-{2**22 + 1}"  # above the highest number of a process
    dead.touch()
    assert not is_current(output, data)
    build_database(read_corpus(data), output)
    assert is_current(output, data)
    assert len(rows(output)["studies"]) == 6
    assert files(inner) == sorted([output.name, "data"])
    assert files(folder) == [name]


def test_a_relative_name(tiny: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    build_database(read_corpus(tiny), Path("evidence.db"))
    assert is_current(Path("evidence.db"), tiny)
    assert files(folder) == ["evidence.db"]


# Whether it is current --------------------------------------------------------------------


@pytest.fixture
def built(tiny: Path, folder: Path) -> Path:
    build(tiny, folder)
    assert is_current(folder / "evidence.db", tiny)
    return folder / "evidence.db"


@pytest.mark.parametrize(
    "name",
    [
        *("codebook.yml", "studies.csv", "rationales.csv", "coders.csv"),
        *("screening.csv", "searches.csv", "comparisons.csv"),
        *("bib/invented.bib", "bib/new.bib", "bib/deeper/new.bib"),
    ],
)
def test_no_longer_current_when_an_input_changes(tiny: Path, built: Path, name: str) -> None:
    (tiny / name).parent.mkdir(exist_ok=True)
    with (tiny / name).open("a") as file:
        file.write("\n")
    assert not is_current(built, tiny)


def test_no_longer_current_without_an_input(tiny: Path, built: Path) -> None:
    (tiny / "bib" / "tables.bib").unlink()
    assert not is_current(built, tiny)


def test_no_longer_current_when_an_input_has_another_name(tiny: Path, built: Path) -> None:
    (tiny / "bib" / "tables.bib").rename(tiny / "bib" / "renamed.bib")
    assert not is_current(built, tiny)


def test_still_current_when_another_file_changes(tiny: Path, built: Path) -> None:
    (tiny / "README.md").write_text("Not an input.\n")
    assert is_current(built, tiny)


def test_still_current_on_another_day(
    tiny: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert is_current(built, tiny)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the program that a test may change, and whose version is that of a build."""
    package = Path(shutil.copytree(provenance.PACKAGE, tmp_path / "clone/src/marginal_risk"))
    shutil.copytree(shipped("migrations"), tmp_path / "clone/migrations")
    monkeypatch.setattr(provenance, "PACKAGE", package)
    program_version.cache_clear()
    yield package
    program_version.cache_clear()


def test_no_longer_current_when_a_view_changes(tiny: Path, program: Path, folder: Path) -> None:
    build_database(read_corpus(tiny), folder / "evidence.db")
    assert is_current(folder / "evidence.db", tiny)
    program_version.cache_clear()
    with (program / "store" / "views" / "gaps.sql").open("a") as file:
        file.write("-- changed\n")
    assert not is_current(folder / "evidence.db", tiny)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_no_longer_current_when_the_data_is_committed(
    tiny: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
        monkeypatch.setenv(f"GIT_{role}_DATE", "2024-03-02T00:00:00Z")
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "Data"]):
        subprocess.run(["git", *words], cwd=tiny, check=True)
    assert not is_current(built, tiny)  # it cannot say which commit it shows
    build_database(read_corpus(tiny), built)
    assert is_current(built, tiny)


def test_a_missing_file_is_not_current(tiny: Path, folder: Path) -> None:
    assert not is_current(folder / "evidence.db", tiny)
    assert not is_current(folder, tiny)


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def overwrite_start(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * 4096)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def write_text(path: Path) -> None:
    path.write_text("no database\n" * 1000)


@pytest.mark.parametrize("damage", [cut, overwrite_start, empty, write_text])
def test_a_damaged_file_is_not_current(tiny: Path, built: Path, damage: object) -> None:
    assert callable(damage)
    damage(built)
    before = built.read_bytes()
    assert not is_current(built, tiny)
    assert built.read_bytes() == before


def put_garbage_into_the_middle(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 4096)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0" * 4096)


@pytest.mark.parametrize(
    "damage", [cut, overwrite_start, write_text, put_garbage_into_the_middle, grow]
)
def test_damage_is_found_without_a_second_look(built: Path, damage: object) -> None:
    assert callable(damage)
    assert find_damage(built) is None
    assert find_damage(built, is_thorough=True) is None
    damage(built)
    before = built.read_bytes()
    assert find_damage(built)
    assert built.read_bytes() == before
    assert files(built.parent) == ["evidence.db"]


def test_a_thorough_look_finds_an_index_that_differs_from_its_table(built: Path) -> None:
    with closing(sqlite3.connect(built)) as connection:
        (name,) = connection.execute(
            "select name from sqlite_master where type = 'index' and tbl_name = 'judgements'"
            " and sql is not null limit 1"
        ).fetchone()
        connection.execute("pragma writable_schema = on")
        sql = "update sqlite_master set sql = replace(sql, ')', ') where 0') where name = ?"
        connection.execute(sql, (name,))
        connection.commit()
    assert find_damage(built) is None
    assert "wrong # of entries in index" in str(find_damage(built, is_thorough=True))


@pytest.mark.parametrize(
    "table",
    [
        "create table other (id integer)",
        "create table build (id integer)",
        "create table build (data_version, program_version, git_commit, data_date)",
    ],
)
def test_a_foreign_database_is_not_current(tiny: Path, folder: Path, table: str) -> None:
    path = folder / "foreign.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(table)
    assert not is_current(path, tiny)


def test_looking_leaves_no_files(tiny: Path, built: Path) -> None:
    before = json.dumps([files(built.parent), built.stat().st_mtime_ns])
    assert is_current(built, tiny)
    assert json.dumps([files(built.parent), built.stat().st_mtime_ns]) == before


def test_a_sound_corpus_may_have_warnings(tiny: Path, folder: Path) -> None:
    with (tiny / "studies.csv").open("a", encoding="utf-8") as file:
        file.write("nobody2019,fake_maps,person_b,,,,,2,,,,\n")
    screen(tiny)
    corpus = read_corpus(tiny)
    assert corpus.problems
    assert replace(corpus, problems=()).is_sound
    build_database(corpus, folder / "evidence.db")
    assert is_current(folder / "evidence.db", tiny)
