"""A file written by another process: what is in it, and what becomes of it where that fails."""

import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from marginal_risk.store.writing import Statement, writing

CREATE: Statement = ("create table words (number integer primary key, word text)", None)
INSERT = "insert into words values (?, ?)"
WORDS: list[tuple[object, ...]] = [(1, "zoë"), (2, None), (3, "x" * 100_000)]


def words_in(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("select * from words order by number").fetchall()


@pytest.mark.parametrize("is_large", [False, True])
def test_what_was_sent_is_written(tmp_path: Path, is_large: bool) -> None:
    path = tmp_path / "words.db"
    with writing(path, [CREATE, (INSERT, WORDS)], is_large):
        pass
    with writing(path, [(INSERT, [(4, "four")]), (INSERT, [(5, "five")])], is_large):
        pass
    assert words_in(path) == [*WORDS, (4, "four"), (5, "five")]


def test_the_block_runs_while_the_file_is_written(tmp_path: Path) -> None:
    """Nothing ends the statement but what the block does."""
    path = tmp_path / "words.db"
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select sum(i) from n"
    with pytest.raises(ZeroDivisionError), writing(path, [CREATE, (endless, None)], is_large=True):
        raise ZeroDivisionError
    assert not words_in_or_none(path)


def words_in_or_none(path: Path) -> list[tuple[object, ...]]:
    return words_in(path) if path.exists() and path.stat().st_size else []


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        ("insert into nowhere values (1)", sqlite3.SQLITE_ERROR, "no such table: nowhere"),
        ("attach '/no/such/folder/x.db' as x", sqlite3.SQLITE_CANTOPEN, "unable to open"),
    ],
)
def test_what_fails_is_raised_as_it_was(
    tmp_path: Path, is_large: bool, wrong: str, code: int, said: str
) -> None:
    with (
        pytest.raises(sqlite3.OperationalError, match=said) as raised,
        writing(tmp_path / "words.db", [CREATE, (wrong, None)], is_large),
    ):
        pass
    assert raised.value.sqlite_errorcode == code


def test_a_process_that_takes_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    Path(sys.executable).write_text("#!/bin/sh\nexit 3\n")
    Path(sys.executable).chmod(0o700)
    many: list[Statement] = [(INSERT, WORDS)] * 100  # more than a pipe holds
    with (
        pytest.raises(RuntimeError, match=r"the process that writes .*words\.db ended with 3"),
        writing(tmp_path / "words.db", many, is_large=True),
    ):
        pass


def test_where_no_process_can_be_started_this_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    path = tmp_path / "words.db"
    with writing(path, [CREATE, (INSERT, WORDS)], is_large=True):
        assert words_in(path) == WORDS


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX")
def test_a_killed_process_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    Path(sys.executable).write_text("#!/bin/sh\ncat > /dev/null\nkill -9 $$\n")
    Path(sys.executable).chmod(0o700)
    with (
        pytest.raises(RuntimeError, match=f"ended with -{signal.SIGKILL}"),
        writing(tmp_path / "words.db", [CREATE], is_large=True),
    ):
        pass
