"""A file that is replaced while it is served: each request is on one edition, whole."""

import asyncio
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from alembic.script import ScriptDirectory
from datasette.app import Datasette

from marginal_risk.publish.copies import SCHEMA, UnreadableError, remove_leftovers
from marginal_risk.publish.editions import UNAVAILABLE, Editions
from marginal_risk.publish.server import Server, open_site
from marginal_risk.store.provenance import shipped
from places import ROOT

pytestmark = pytest.mark.usefixtures("copies")

CONFIG = ROOT / "datasette.yml"


def open_copy(copy: Path, notes: Path) -> Datasette:
    return open_site(copy, CONFIG, notes)


def rename(database: Path, name: str) -> None:
    """Change what a database says of itself, in its figures and in its footer."""
    connection = sqlite3.connect(database)
    connection.execute("update build set data_version = ?", [name])
    connection.execute("update vectors set name = ?", [name])
    connection.commit()
    connection.close()


@pytest.fixture
def served(database: Path, tmp_path: Path) -> Path:
    """Return a database that a test may replace; it calls itself 'Alder'."""
    path = tmp_path / "evidence.db"
    shutil.copy(database, path)
    rename(path, "Alder")
    return path


@pytest.fixture
def second(database: Path, tmp_path: Path) -> Path:
    """Return another database, which calls itself 'Birch'."""
    path = tmp_path / "second.db"
    shutil.copy(database, path)
    rename(path, "Birch")
    return path


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of the copies that are served; none is left behind."""
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@asynccontextmanager
async def editions_of(path: Path) -> AsyncIterator[tuple[Editions, httpx2.AsyncClient]]:
    editions = Editions(path, open_copy)
    transport = httpx2.ASGITransport(app=editions)
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://map") as client:
            yield editions, client
    finally:
        editions.close()


async def names(client: httpx2.AsyncClient) -> set[str]:
    """Return which of the databases the pages speak of, by every way in."""
    found = set()
    for path in ("/", "/gaps", "/codebook", "/evidence/vectors.json", "/evidence/build.json"):
        page = await client.get(path)
        assert page.status_code == 200, (path, page.text)
        marks = {name: (f">{name}", f'"{name}"') for name in ("Alder", "Birch")}
        found |= {name for name, all_ in marks.items() if any(m in page.text for m in all_)}
    return found


async def test_another_file_takes_over_pages_rows_and_codebook_together(
    served: Path, second: Path, copies: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with editions_of(served) as (editions, client):
        assert await names(client) == {"Alder"}
        second.replace(served)
        assert await names(client) == {"Alder"}  # until somebody has looked
        with caplog.at_level(logging.INFO, "marginal_risk"):
            await editions.look()
        assert caplog.messages == [f"{served} was replaced: data version Birch is served now"]
        assert await names(client) == {"Birch"}
        await editions.look()
        assert len(caplog.messages) == 1
        assert len(list(copies.iterdir())) == 1


async def test_a_request_under_way_ends_on_the_edition_that_it_began_with(
    served: Path, second: Path, copies: Path
) -> None:
    async with editions_of(served) as (editions, client):
        await client.get("/")
        first = editions.current
        assert first is not None
        begun, go_on = asyncio.Event(), asyncio.Event()
        application = first.application

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            begun.set()
            await go_on.wait()
            await application(scope, receive, send)

        first.application = slow
        request = asyncio.ensure_future(client.get("/gaps"))
        await begun.wait()
        second.replace(served)
        await editions.look()
        assert "Birch" in (await client.get("/gaps")).text
        assert len(list(copies.iterdir())) == 2
        go_on.set()
        page = (await request).text
        assert "Alder" in page
        assert "Birch" not in page
        assert [folder.parent for folder in copies.rglob("evidence.db")] == [
            editions.current.copy.folder if editions.current else None
        ]


@pytest.mark.parametrize("is_replaced", [True, False])
async def test_a_damaged_file_is_said_and_a_sound_one_is_served_again(
    served: Path, second: Path, caplog: pytest.LogCaptureFixture, is_replaced: bool
) -> None:
    sound = served.read_bytes()
    torn = sound[:4096] + b"\xff" * 8192 + sound[12288:]
    async with editions_of(served) as (editions, client):
        assert (await client.get("/")).status_code == 200
        for content in (torn, b"this is no database", b"", sound[: len(sound) // 2]):
            if is_replaced:
                other = served.with_name("other.db")
                other.write_bytes(content)
                other.replace(served)
            else:
                served.write_bytes(content)
            await editions.look()
            for path in ("/", "/gaps", "/evidence", "/-/static/app.css"):
                answer = await client.get(path)
                assert (answer.status_code, answer.text) == (503, UNAVAILABLE + "\n"), path
                assert answer.headers["retry-after"] == "5"
                assert answer.headers["x-content-type-options"] == "nosniff"
            assert (await client.get("/studies.json")).json()["error"] == UNAVAILABLE
            assert f"marginal-risk build --output {served}" in caplog.messages[-1]
        assert len(caplog.messages) == 4
        shutil.copyfile(second, served)
        await editions.look()
        assert await names(client) == {"Birch"}


async def test_a_file_that_is_gone_changes_nothing(served: Path) -> None:
    async with editions_of(served) as (editions, client):
        await client.get("/")
        served.unlink()
        await editions.look()
        assert await names(client) == {"Alder"}


async def test_a_file_that_changes_while_it_is_copied_is_looked_at_again(
    served: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copyfile

    def write_while_copying(source: Path, target: Path) -> None:
        copy(source, target)
        with served.open("ab") as file:
            file.write(b"more")

    async with editions_of(served) as (editions, client):
        await client.get("/")
        second.replace(served)
        with monkeypatch.context() as patch:
            patch.setattr("shutil.copyfile", write_while_copying)
            await editions.look()
        assert await names(client) == {"Alder"}
        with served.open("r+b") as file:
            file.truncate(served.stat().st_size - 4)
        await editions.look()
        assert await names(client) == {"Birch"}


async def test_without_space_for_a_copy_the_old_edition_serves_on(
    served: Path,
    second: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def is_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with editions_of(served) as (editions, client):
        await client.get("/")
        second.replace(served)
        with monkeypatch.context() as patch:
            patch.setattr("shutil.copyfile", is_full)
            await editions.look()
            await editions.look()
        assert caplog.messages == [f"{served} could not be copied: No space left on device"]
        assert await names(client) == {"Alder"}
        await editions.look()
        assert await names(client) == {"Birch"}


async def test_where_a_new_edition_fails_to_start_nothing_of_it_is_left(
    served: Path, second: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Datasette) -> None:
        raise MemoryError

    async with editions_of(served) as (editions, client):
        await client.get("/")
        second.replace(served)
        with monkeypatch.context() as patch:
            patch.setattr("marginal_risk.publish.editions._start", fail)
            for _ in range(2):
                with pytest.raises(MemoryError):
                    await editions.look()
        assert len(list(copies.iterdir())) == 1
        assert await names(client) == {"Alder"}
        await editions.look()
        assert await names(client) == {"Birch"}


KILLED = """
import os, sys
from pathlib import Path
from marginal_risk.publish.copies import Copy
copy = Copy(Path(sys.argv[1]))
print("copied", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.name != "posix", reason="a killed process has no signal elsewhere")
def test_what_a_killed_server_leaves_is_removed_and_what_a_living_one_has_is_not(
    served: Path, copies: Path
) -> None:
    words = [sys.executable, "-c", KILLED, str(served)]
    environment = {**os.environ, "TMPDIR": str(copies)}
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"copied\n"
        (folder,) = copies.iterdir()
        remove_leftovers()
        assert (folder / "evidence.db").is_file()
        other.kill()
        other.wait()
    assert folder.is_dir()
    Editions(served, open_copy).close()
    assert not folder.exists()


def test_what_is_no_copy_of_a_dead_server_is_left(copies: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    link, file = copies / "marginal-risk-link", copies / "marginal-risk-file"
    link.symlink_to(elsewhere, target_is_directory=True)
    file.touch()
    young, old = copies / "marginal-risk-young", copies / "marginal-risk-old"
    for folder in (young, old):
        folder.mkdir()
    os.utime(old, (0, 0))
    remove_leftovers()
    assert {path.name for path in copies.iterdir()} == {link.name, file.name, young.name}
    assert (elsewhere / "file").is_file()
    link.unlink()
    file.unlink()
    young.rmdir()


def test_a_damaged_file_is_not_served_at_all(tmp_path: Path) -> None:
    path = tmp_path / "evidence.db"
    path.write_bytes(b"this is no database")
    with pytest.raises(UnreadableError, match="damaged, or no database: delete it and run"):
        Server(path, CONFIG, "127.0.0.1", 0)
    path.unlink()
    sqlite3.connect(path).executescript("create table other (x)").connection.close()
    with pytest.raises(UnreadableError, match="holds no map"):
        Server(path, CONFIG, "127.0.0.1", 0)


def test_a_file_of_another_version_of_the_program_is_not_served(
    database: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(database, tmp_path / "evidence.db"))
    connection = sqlite3.connect(path)
    connection.execute("update alembic_version set version_num = '0001'")
    connection.commit()
    connection.close()
    with pytest.raises(UnreadableError, match=r"another version .*tables 0001.*: delete it"):
        Server(path, CONFIG, "127.0.0.1", 0)


def test_pages_read_the_tables_of_the_last_migration() -> None:
    scripts = ScriptDirectory(str(shipped("migrations")))
    assert scripts.get_current_head() == SCHEMA
