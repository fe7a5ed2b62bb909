"""The commands, as their users type them."""

import gc
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from marginal_risk.check.corpus import read_corpus
from marginal_risk.cli import main
from marginal_risk.cli.reporting import ProgressLine
from marginal_risk.store.database import build_database
from pages import screen
from postgresql_server import PostgresqlServer
from servers import start_server


def break_a_vector(tiny: Path) -> None:
    """Put an unknown misuse vector into the second line of studies.csv."""
    path = tiny / "studies.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = lines[1].split(",")
    lines[1] = ",".join([cells[0], "nowhere", *cells[2:]])
    path.write_text("".join(lines), encoding="utf-8")


def test_check_of_sound_data_exits_with_0(run) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "0 errors, 0 warnings\n"


def test_check_prints_problems_in_the_order_of_the_file_and_exits_with_1(run, tiny: Path) -> None:
    break_a_vector(tiny)
    result = run("check")
    assert result.exit_code == 1
    first = result.stdout.splitlines()
    assert any(
        line.startswith("data/studies.csv:2: misuse_vector: 'nowhere' is not a vector in")
        and line.endswith("[unknown-vector]")
        for line in first
    )


def test_check_as_json_can_be_read_by_a_program(run, tiny: Path) -> None:
    break_a_vector(tiny)
    result = run("check", "--format", "json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["errors"] == len(report["problems"]) > 0
    problem = next(p for p in report["problems"] if p["rule"] == "unknown-vector")
    assert (problem["path"], problem["line"], problem["severity"]) == (
        "data/studies.csv",
        2,
        "error",
    )


def test_check_for_github_escapes_what_would_end_the_annotation(run, tiny: Path) -> None:
    path = tiny / "coders.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "x,100%: a; b,nokind,,,\n", encoding="utf-8")
    result = run("check", "--format", "github")
    line = next(line for line in result.stdout.splitlines() if "unknown-coder-kind" in line)
    number = len(text.splitlines()) + 1
    assert line.startswith(
        f"::error file=data/coders.csv,line={number},title=kind [unknown-coder-kind]::'nokind' is"
    )


def test_a_control_character_from_the_data_does_not_reach_the_terminal(run, tiny: Path) -> None:
    path = tiny / "coders.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "x,name,\x1b[31mred,,,\n", encoding="utf-8")
    assert "\x1b" not in run("check").stdout


@pytest.mark.parametrize("words", [["check", "--data", "nowhere"], ["check", "--no"], ["nope"]])
def test_wrong_usage_exits_with_2(run, words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_build_then_build_again_says_that_nothing_has_changed(run) -> None:
    first = run("build")
    assert first.exit_code == 0, first.output
    stamp = Path("evidence.db").stat().st_mtime_ns
    second = run("build")
    assert second.exit_code == 0
    assert second.stderr == "evidence.db is up to date: the data has not changed\n"
    assert Path("evidence.db").stat().st_mtime_ns == stamp


@pytest.mark.parametrize("words", [(), ("--verify",)])
def test_a_damaged_database_is_built_anew(run, words: tuple[str, ...]) -> None:
    run("build")
    sound = Path("evidence.db").read_bytes()
    half = len(sound) // 2
    Path("evidence.db").write_bytes(sound[:half] + b"\xff" * 4096 + sound[half + 4096 :])
    result = run("build", *words)
    assert result.exit_code == 0
    assert result.stderr.startswith("evidence.db is damaged (")
    assert "), and is built anew\nevidence.db: 6 studies," in result.stderr
    again = run("build", "--verify")
    assert again.stderr == "evidence.db is up to date: the data has not changed\n"


@pytest.mark.parametrize("command", ["build", "serve"])
def test_a_file_that_cannot_be_told_from_another_kind_is_left_with_what_to_do(
    run, command: str
) -> None:
    Path("evidence.db").write_bytes(b"\xff" * 8192)
    result = run(command)
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: evidence.db is not a SQLite database, or no longer: delete it if it is a damaged"
        " map, which is then built anew, or name another file\n"
    )
    assert Path("evidence.db").read_bytes() == b"\xff" * 8192


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize("words", [("check",), ("check", "--format", "json"), ("--help",)])
def test_a_full_disk_under_the_output_is_told_in_a_line(tiny: Path, words: tuple[str, ...]) -> None:
    break_a_vector(tiny)
    command = [sys.executable, "-m", "marginal_risk", *words]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=tiny.parent, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
        mute = subprocess.run(command, cwd=tiny.parent, stdout=full, stderr=full, check=False)
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error")]
    assert lines == ["Error: the output cannot be written: No space left on device."]
    assert "Traceback" not in done.stderr
    assert (done.returncode, mute.returncode) == (1, 1)


def test_a_build_leaves_the_garbage_collector_as_it_was(run) -> None:
    assert gc.isenabled()
    assert run("build").exit_code == 0
    assert gc.isenabled()


def test_build_of_unsound_data_says_why_and_leaves_the_old_database(run, tiny: Path) -> None:
    run("build")
    before = Path("evidence.db").read_bytes()
    break_a_vector(tiny)
    result = run("build")
    assert result.exit_code == 1
    assert "[unknown-vector]" in result.stderr
    assert Path("evidence.db").read_bytes() == before


def test_warnings_are_printed_and_counted_and_do_not_stop_a_build(run, tiny: Path) -> None:
    bib = next((tiny / "bib").glob("*.bib"))
    entry = "\n@misc{nowhere2020, author = {Nobody, N.}, title = {Invented}, year = {2020}}\n"
    bib.write_text(bib.read_text(encoding="utf-8") + entry, encoding="utf-8")
    screen(tiny)
    result = run("build")
    assert result.exit_code == 0
    assert "[missing-venue] (warning)" in result.stderr
    assert "0 errors, 1 warning\n" in result.stderr
    connection = sqlite3.connect("evidence.db")
    assert connection.execute("select warnings from build").fetchone() == (1,)
    connection.close()


def test_build_does_not_write_over_a_file_that_is_no_database(run, tiny: Path) -> None:
    sheet = tiny / "studies.csv"
    before = sheet.read_bytes()
    result = run("build", "--output", str(sheet))
    assert result.exit_code == 1
    assert "is not a SQLite database" in result.stderr
    assert sheet.read_bytes() == before


def test_format_puts_shuffled_rows_back_and_changes_no_value(run, tiny: Path) -> None:
    with (tiny / "screening.csv").open("a", encoding="utf-8") as file:
        file.write(
            "nobody2019,fake_maps,excluded,duplicate_of pretend2023,argued,A talk,2024-05,Alike.\n"
        )
    with (tiny / "searches.csv").open("a", encoding="utf-8") as file:
        file.write("2024-02-01,Index of Nowhere,letters,systematic,7,,,,,Person B (invented),\n")
        file.write("2024-03-01,Index of Nothing,maps,systematic,0,,,,,Person B (invented),\n")
    run("format")
    canonical = {path: path.read_bytes() for path in tiny.rglob("*") if path.is_file()}
    for name in ("studies.csv", "rationales.csv", "comparisons.csv", "screening.csv"):
        path = tiny / name
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\r\n".join([head, *reversed(rows)]) + "\r\n", encoding="utf-8")
    assert run("format", "--check").exit_code == 1
    assert run("format").exit_code == 0
    assert {path: path.read_bytes() for path in canonical} == canonical
    assert run("format", "--check").exit_code == 0


@pytest.mark.skipif(os.name != "posix", reason="signals differ elsewhere")
def test_serve_builds_and_answers_and_stops_at_ctrl_c(tiny: Path) -> None:
    process, address = start_server(cwd=tiny.parent)
    with urllib.request.urlopen(address) as response:  # noqa: S310  (our own server)
        page = response.read().decode()
    assert "evidence on marginal risk" in page
    assert (tiny.parent / "evidence.db").exists()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors


def test_serve_on_a_port_in_use_says_so_in_a_line(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("serve", "--port", port)
    assert result.exit_code == 1
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"Error: Port {port} on 127.0.0.1 cannot be")
    assert f"look at http://127.0.0.1:{port}" in last
    assert f"make serve PORT={int(port) % 65535 + 1}" in last


def test_all_commands_work_on_another_data_directory(run, tiny: Path) -> None:
    elsewhere = tiny.parent / "a folder" / "ünder %20 #1?"
    shutil.copytree(tiny, elsewhere)
    assert run("check", "--data", str(elsewhere)).exit_code == 0
    output = elsewhere.parent / "other name.db"
    assert run("build", "--data", str(elsewhere), "--output", str(output)).exit_code == 0
    assert output.exists()


def test_check_does_not_load_what_it_does_not_need(tiny: Path) -> None:
    code = (
        "import sys; from marginal_risk.cli import main\n"
        "try: main(['check', '--data', sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "print(sorted({'datasette', 'alembic', 'uvicorn', 'vl_convert'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tiny)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_the_package_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.strip().endswith(version("marginal-risk"))


def test_help_of_every_command_is_not_empty() -> None:
    for name, command in main.commands.items():
        assert command.help, name
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_progress_is_reported_while_files_are_read_and_loaded(tiny: Path, tmp_path: Path) -> None:
    stages: list[str] = []
    corpus = read_corpus(tiny, progress=lambda what, *_: stages.append(what))
    build_database(corpus, tmp_path / "out.db", lambda what, *_: stages.append(what))
    assert stages[0] == "entries read"
    assert stages.index("studies") < stages.index("judgements")


def test_progress_on_no_terminal_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = ProgressLine()
    progress.start -= 10
    progress("entries read", 500, 0)
    progress.clear()
    assert capsys.readouterr() == ("", "")


def test_progress_on_a_terminal_waits_a_second_and_takes_its_line_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress = ProgressLine()
    progress("entries read", 500, 0)
    assert capsys.readouterr().err == ""
    progress.start -= 10
    progress("entries read", 1000, 0)
    progress.clear()
    assert capsys.readouterr().err == "\r\033[Kentries read: 1,000\r\033[K"


def test_progress_says_how_much_is_done_and_for_how_long_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [100.0]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    progress = ProgressLine()
    said = []
    for seconds, *progressed in ((5, "entries read", 200, 1000), (100, "entries read", 250, 1000)):
        clock[0] += seconds
        progress(*progressed)
        said.append(capsys.readouterr().err.removeprefix("\r\033[K"))
    clock[0] += 1
    progress("studies", 1, 3)
    clock[0] += 1
    progress("studies", 3, 3)
    said.append(capsys.readouterr().err.split("\r\033[K")[-1])
    assert said == [
        "entries read: 200 of 1,000 [####                ] 20 s left",
        "entries read: 250 of 1,000 [#####               ] 5 min 15 s left",
        "studies: 3 of 3 [####################]",
    ]


def test_build_on_a_server_says_what_it_did_and_where(
    run, tiny: Path, server: PostgresqlServer
) -> None:
    server.run("create database from_the_command template template0 encoding 'UTF8'")
    url = server.url("from_the_command", password="s3cret")  # noqa: S106  (asked for by nobody)
    where = f"Database from_the_command on {server.socket}"
    built = run("build", "--database-url", url)
    assert built.exit_code == 0
    assert built.stderr.startswith(f"{where}: 6 studies, 14 judgements, data version ")
    again = run("build", "--database-url", url)
    assert again.exit_code == 0
    assert again.stderr == f"{where} is up to date: the data has not changed\n"
    assert sorted(path.name for path in tiny.parent.iterdir()) == ["data"]
    server.run("create table public.notes (a integer)", database="from_the_command")
    break_a_vector(tiny)
    broken = run("build", "--database-url", url)
    assert broken.exit_code == 1
    assert "[unknown-vector]" in broken.stderr
    (tiny / "studies.csv").unlink()
    for result in (built, again, broken):
        assert "s3cret" not in result.output


def test_build_on_a_server_that_is_not_there_exits_with_1_and_the_reason(run) -> None:
    for url, said in (
        ("postgresql+psycopg://me:s3cret@127.0.0.1:1/map", "Database map on 127.0.0.1 cannot be"),
        ("postgresql+psycopg://me:s3cret@:x/", "The database URL cannot be read"),
        ("mysql://me:s3cret@host/map", "must begin with postgresql+psycopg://"),
    ):
        result = run("build", "--database-url", url)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"Error: {said}") or said in result.stderr
        assert result.stderr.count("\n") == 1
        assert "s3cret" not in result.output


def test_build_goes_to_one_place(run, tiny: Path) -> None:
    result = run("build", "--database-url", "postgresql://me@host/map", "--output", "x.db")
    assert result.exit_code == 2
    assert "Give --output or --database-url, not both." in result.stderr
    assert not (tiny.parent / "x.db").exists()


def test_build_on_a_server_without_psycopg_names_what_to_install(run, monkeypatch) -> None:
    for name in [*sys.modules]:
        if name.split(".")[0] == "psycopg" or name.startswith("marginal_risk.store.postgresql"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = run("build", "--database-url", "postgresql+psycopg://me@host/map")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: PostgreSQL needs psycopg: pip install 'marginal-risk[postgresql]'\n"
    )


def test_format_annotates_a_pull_request_and_says_what_to_do_without_python(
    run, tiny: Path
) -> None:
    sheet = tiny / "coders.csv"
    assert run("format").exit_code == 0  # another sheet gains a column that it had not
    header, *rows = sheet.read_text(encoding="utf-8").splitlines(keepends=True)
    sheet.write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    before = sheet.read_bytes()
    result = run("format", "--check", "--format", "github")
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    assert line.startswith(
        "::warning file=data/coders.csv,line=1,title=canonical form::This file is not"
    )
    assert "without Python, leave it" in line
    assert sheet.read_bytes() == before


def test_format_writes_a_date_of_a_spreadsheet_as_the_one_date_that_it_can_be(
    run, tiny: Path
) -> None:
    sheet = tiny / "studies.csv"
    text = sheet.read_text(encoding="utf-8")
    first, second = "person_a,2024-05-01,", "person_b,2024-05-02,"
    assert first in text
    assert second in text
    damaged = text.replace(first, "person_a,01.05.2024,").replace(second, "person_b,05/02/2024,")
    sheet.write_text(damaged, encoding="utf-8")
    # The second may be the fifth of February, too: nothing is written before somebody says so.
    assert run("format").exit_code == 1
    assert sheet.read_text(encoding="utf-8") == damaged
    sheet.write_text(damaged.replace("05/02/2024", "2024-05-02"), encoding="utf-8")
    told = run("check")
    assert "Did you mean '2024-05-01'? 'marginal-risk format' writes it so" in told.stdout
    result = run("format")
    assert result.exit_code == 0, result.output
    assert sheet.read_text(encoding="utf-8") == text
    assert run("check").exit_code == 0


def test_format_saves_a_sheet_of_windows_as_utf_8(run, tiny: Path) -> None:
    sheet = tiny / "coders.csv"
    text = sheet.read_text(encoding="utf-8").replace("Person A (invented)", "Zoë Größe (invented)")
    sheet.write_bytes(text.encode("cp1252"))
    assert "read as cp1252, the likeliest encoding" in run("check").stdout
    assert run("format").exit_code == 0
    assert sheet.read_text(encoding="utf-8") == text
    assert run("check").exit_code == 0


def test_what_a_merge_left_is_told_once_and_not_as_faults_of_rows(run, tiny: Path) -> None:
    sheet = tiny / "studies.csv"
    head, *rows = sheet.read_text(encoding="utf-8").splitlines()
    conflict = ["<<<<<<< HEAD", rows[0], "=======", rows[1], ">>>>>>> main"]
    sheet.write_text("\n".join([head, *conflict, *rows[2:], ""]), encoding="utf-8")
    result = run("check")
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    assert line.startswith("data/studies.csv:2: file: A merge left its marks here, the last in ")
    assert run("format").exit_code == 1
