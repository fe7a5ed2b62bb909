"""What tests of all rooms are given: copies of data, databases, sites, a server."""

import asyncio
import csv
import gc
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from datasette.app import Datasette
from hypothesis import settings

from pages import OpenSite, build, renew, site_on, start
from places import DATA, FROZEN, TINY
from postgresql_server import INSTALLED, PostgresqlServer, postgresql_server

# HYPOTHESIS_PROFILE=long looks much further, each time elsewhere: the tests in tests/read
# together then try about a million examples.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, max_examples=100
)
settings.register_profile("long", deadline=None, database=None, max_examples=62_500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# At its own pace the collector looks through thousands of tests again and again.
gc.set_threshold(50_000, 20, 20)

OPENS_A_SITE = {"address", "browser", "invented", "open_on", "open_page", "server", "site"}
"""Fixtures that start a server or a browser, or open a site."""

BUILDS_MUCH = {
    "test_database",
    "test_filtered_map",
    "test_form",
    "test_issue_forms",
    "test_migrations",
    "test_proposal",
    "test_screen_page",
    "test_spreadsheets",
    "test_views_oracle",
    "test_writers",
}
"""Modules of the rooms that ``make test-fast`` tests which take most of the time there."""


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark what ``make test-fast`` leaves out."""
    for item in items:
        if OPENS_A_SITE & set(item.fixturenames) or item.path.stem in BUILDS_MUCH:
            item.add_marker("slow")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return a copy of the invented data, small and complete, that a test may change."""
    return Path(shutil.copytree(DATA / "tiny", tmp_path / "data"))


@pytest.fixture(scope="session")
def published_data() -> Path:
    """Return a frozen copy of the data that this repository publishes; not to be changed."""
    return FROZEN


@pytest.fixture(scope="session")
def paper_data(published_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the published data as it began: the paper's codings, and its starting list.

    What is found and coded later is left out, and the studies that others coded wait again: so a
    test that says what the map shows need not change with every study that is added. Not to be
    changed.
    """
    return data_as_it_began(published_data, tmp_path_factory.mktemp("paper") / "data")


@pytest.fixture(scope="session")
def machine_data(published_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same with the codings of two machines, and of nobody else; not to be changed."""
    data = tmp_path_factory.mktemp("machines") / "data"
    return data_as_it_began(published_data, data, "machine_a", "machine_b")


def data_as_it_began(published_data: Path, data: Path, *machines: str) -> Path:
    """Write the published data as it began to ``data``, with what these machines coded."""
    shutil.copytree(published_data, data)
    for name in ("studies.csv", "rationales.csv", "comparisons.csv", "coders.csv"):
        keep_rows(data / name, lambda row: row["coder"] in ("kapoor2024", *machines))
    with (data / "studies.csv").open(encoding="utf-8", newline="") as file:
        coded = {
            (row["citekey"], row["misuse_vector"])
            for row in csv.DictReader(file)
            if row["coder"] == "kapoor2024"
        }
    found = {"kapoor2024"}

    def is_of_the_beginning(row: dict[str, str]) -> bool:
        if row["found_via"] not in ("Table 1 of kapoor2024", "Starting list of this map"):
            return False
        if (row["citekey"], row["misuse_vector"]) not in coded:
            row |= {"decision": "candidate", "reason": "", "decided_on": ""}
        found.add(row["citekey"])
        return True

    keep_rows(data / "screening.csv", is_of_the_beginning)
    keep_rows(data / "searches.csv", lambda _: False)
    for bib in (data / "bib").glob("*.bib"):
        entries = re.split(r"^(?=@)", bib.read_text(encoding="utf-8"), flags=re.MULTILINE)
        kept = (e for e in entries if (key := re.match(r"@\w+\{([^,]+),", e)) and key[1] in found)
        bib.write_text("".join(kept), encoding="utf-8")
    return data


def keep_rows(sheet: Path, is_wanted: Callable[[dict[str, str]], bool]) -> None:
    """Write a sheet again with the rows that are wanted, as they are then."""
    with sheet.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), [row for row in reader if is_wanted(row)]
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of a run have in common, for ``make_once``."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database of the invented data; not to be changed."""
    return build(TINY, tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def shared_site(database: Path) -> Iterator[Datasette]:
    """Open the site on the invented data; for ``site``, as opening takes longer than most tests."""
    loop = asyncio.new_event_loop()
    site = loop.run_until_complete(start(database))
    loop.close()
    yield site
    site.close()


@pytest.fixture
def site(shared_site: Datasette) -> Iterator[Datasette]:
    """Return the site on the invented data, as if it had just been opened.

    A test may change its settings, and nothing else: one that does opens a site of its own.
    """
    renew(shared_site)
    settings = dict(shared_site._settings)
    held = (shared_site, shared_site.get_database("evidence"))
    before = [dict(vars(each)) for each in held]
    yield shared_site
    shared_site._settings.clear()
    shared_site._settings.update(settings)
    for each, values in zip(held, before, strict=True):
        changed = {name for name in values if vars(each).get(name) is not values[name]}
        # Datasette keeps what it counts and looks up in names of these kinds.
        left = {name for name in changed if not name.startswith(("_", "cached_"))}
        assert left == set(), "this test needs a site of its own"


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresqlServer]:
    """Start a PostgreSQL server; without one, skip, but fail where CI must have installed it."""
    if not INSTALLED:
        assert os.environ.get("CI") != "true", "CI must install Debian's postgresql: see .ci/run"
        pytest.skip("needs Debian's postgresql")
    with postgresql_server() as server:
        yield server


@pytest.fixture
async def open_on(tmp_path: Path) -> AsyncIterator[OpenSite]:
    """Build data directories and open the site on each, with settings of the plugin."""
    opened = 0
    async with AsyncExitStack() as stack:

        async def open_on(data: Path, **settings: str) -> Datasette:
            nonlocal opened
            opened += 1
            folder = tmp_path / f"site{opened}"
            folder.mkdir()
            return await stack.enter_async_context(site_on(data, folder, **settings))

        yield open_on
