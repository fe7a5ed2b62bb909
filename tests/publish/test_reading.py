"""The site's own reading: no query of a stranger is in its way."""

import asyncio
import sqlite3
import threading

import pytest
from datasette import Request
from datasette.app import Datasette

from marginal_risk.publish.page import PageContext
from marginal_risk.publish.queries.vocabulary import MapVocabulary
from marginal_risk.publish.reading import readers_of
from pages import OpenSite
from places import TINY

PATHS = (
    *("/", "/?view=studies", "/embed", "/gaps", "/studies", "/studies?q=model", "/agreement"),
    *(
        "/trends",
        "/codebook",
        "/about",
        "/data",
        "/screening",
        "/next",
        "/review",
        "/feed.atom",
        "/versions",
    ),
    *("/sitemap.xml", "/robots.txt", "/studies.json", "/map.svg", "/contribute", "/versions"),
    *("/vectors/forged_letters", "/vectors/forged_letters/added_risk", "/steps/added_risk"),
)


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_reads_nothing_in_the_threads_of_strangers(
    site: Datasette, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = site.get_database("evidence")

    async def stuck(*_: object, **__: object) -> None:
        raise AssertionError("the page waits behind strangers")

    monkeypatch.setattr(database, "execute_fn", stuck)
    assert (await site.client.get(path)).status_code == 200


async def test_queries_of_pages_run_beside_each_other_and_cannot_write(site: Datasette) -> None:
    context = await PageContext.open(site, Request.fake("/"))
    together = threading.Barrier(2, timeout=20)

    def meet(_: sqlite3.Connection) -> int:
        together.wait()
        return threading.get_ident()

    one, other = await asyncio.gather(context.read(meet), context.read(meet))
    assert len({one, other, threading.get_ident()}) == 3

    def write(connection: sqlite3.Connection) -> None:
        connection.execute("create table intruder (x)")

    with pytest.raises(sqlite3.OperationalError, match="readonly database"):
        await context.read(write)


async def test_what_a_filter_keeps_for_a_moment_is_gone_for_the_next_page(site: Datasette) -> None:
    """Each thread has answered with a filter, and still finds the file and the whole map."""
    before = (await site.client.get("/embed")).text
    for year in range(1990, 1999):
        for query in (f"from={year}", f"from={year}&level=absent", f"to={year}&q=a"):
            assert (await site.client.get(f"/?{query}")).status_code == 200
    assert (await site.client.get("/data")).status_code == 200
    assert (await site.client.get("/embed?unknown=1")).text == before
    readers = readers_of(site.get_database("evidence"))
    temporary = "select count(*) from temp.sqlite_master"
    for _ in range(9):
        row = await readers.read(lambda connection: connection.execute(temporary).fetchone())
        assert tuple(row) == (0,)


async def test_what_many_addresses_share_is_read_once_of_a_file_that_cannot_change(
    open_on: OpenSite,
) -> None:
    site = await open_on(TINY)
    asked: list[tuple[str, str]] = []

    def greet(_: sqlite3.Connection, name: str, words: MapVocabulary, title: str = "") -> str:
        assert words.vectors
        asked.append((name, title))
        return f"{title}{name}"

    async def ask(name: str, **title: str) -> str:
        context = await PageContext.open(site, Request.fake("/"))
        return await context.read_once(greet, name, context.vocabulary, **title)

    assert [await ask("A"), await ask("B"), await ask("A"), await ask("A", title="Dr ")] == [
        *("A", "B", "A", "Dr A")
    ]
    assert asked == [("A", ""), ("B", ""), ("A", "Dr ")]
    site.get_database("evidence").is_mutable = True
    del site.marginal_risk_data
    assert [await ask("A"), await ask("A")] == ["A", "A"]
    assert asked[3:] == [("A", ""), ("A", "")]
