"""What only the tests of pages are given: a browser, and frozen copies of the site."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from frozen_copies import LIVE, PAGES, RENAMED, freeze
from playwright.sync_api import Browser, sync_playwright

from browser import ARGUMENTS, CHROMIUM
from changes_of import add
from marginal_risk.publish.frozen.copying import CopyPlace
from pages import build
from places import TINY
from shared_folders import make_once


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's chromium; not for longer than a module, as it occupies the event loop."""
    assert CHROMIUM, "CI must install Debian's chromium: see .ci/run"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def copy(database: Path, shared_folder: Path) -> Path:
    """Return a copy of the site that does not know where it will be; not to be changed."""
    return (
        make_once(shared_folder / "copy", lambda f: freeze(database, f / "site", CopyPlace()))
        / "site"
    )


@pytest.fixture(scope="session")
def placed(shared_folder: Path) -> Path:
    """Return a copy for a host of files, in which a study had another key; not to be changed."""

    def make(folder: Path) -> None:
        data = Path(shutil.copytree(TINY, folder / "data"))
        add(data / "renamed.csv", RENAMED)
        freeze(build(data, folder), folder / "site", CopyPlace(PAGES))

    return make_once(shared_folder / "placed", make) / "site"


@pytest.fixture(scope="session")
def beside(database: Path, shared_folder: Path) -> Path:
    """Return a copy of a site that has a server, whose rows came in parts; not to be changed."""

    def make(folder: Path) -> None:
        freeze(database, folder / "site", CopyPlace(PAGES, LIVE), max_returned_rows=7)

    return make_once(shared_folder / "beside", make) / "site"
