"""The questions asked of a database, without Datasette: on a connection, and by the commands."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from marginal_risk.publish.queries import open_database
from marginal_risk.publish.queries.vocabulary import read_vocabulary
from offered import ANSWERS

RUN = """
import json, sys
from marginal_risk.cli import main
codes = []
for words in json.loads(sys.argv[1]):
    try:
        main(words)
    except SystemExit as left:
        codes.append(left.code)
loaded = {"datasette", "uvicorn"} & set(sys.modules)
print(json.dumps([codes, sorted(loaded)]))
"""


def test_no_command_but_serve_needs_datasette(tiny: Path, tmp_path: Path) -> None:
    answers = tmp_path / "coding.json"
    answers.write_text(ANSWERS.as_json(), encoding="utf-8")
    database, picture = str(tmp_path / "evidence.db"), tmp_path / "map.svg"
    data = ("--data", str(tiny))
    commands = [
        ["agreement", *data, "--database", database],
        ["figure", *data, "--database", database, "--output", str(picture)],
        ["diff", *data, str(tiny)],
        ["add", *data, "--no-input", "--dry-run", "--answers", str(answers)],
    ]
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(commands)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [[0, 0, 0, 0], []], done.stderr
    assert picture.stat().st_size > 0


def test_a_database_is_opened_to_read_it_only(database: Path) -> None:
    with closing(open_database(database)) as connection:
        assert list(read_vocabulary(connection).steps) == ["threat", "added_risk", "defense"]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("delete from judgements")


def test_a_name_with_signs_of_an_address_is_a_name(database: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a ?mode=rw#b%20.db"
    odd.write_bytes(database.read_bytes())
    with closing(open_database(odd)) as connection:
        assert read_vocabulary(connection).vectors
    with pytest.raises(sqlite3.OperationalError):
        open_database(tmp_path / "none.db")
