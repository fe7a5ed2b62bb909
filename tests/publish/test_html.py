"""Every page is valid HTML: by a strict parser always, by the W3C's validator where it is."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from browser import PAGES
from pages import site_on
from places import FROZEN, ROOT, TINY

VALIDATOR = ROOT / ".venv" / "node" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
TINY_PAGES = (
    *("/", "/?view=studies", "/gaps", "/studies", "/agreement", "/trends", "/codebook", "/data"),
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the pages of the published and of the invented data, by a name for each."""

    async def ask(data: Path, name: str, paths: tuple[str, ...]) -> dict[str, str]:
        async with site_on(data, tmp_path_factory.mktemp(name)) as site:
            asked = [(path, await site.client.get(path)) for path in (*paths, "/embed")]
        return {f"{name} {path}": answer.text for path, answer in asked}

    return asyncio.run(ask(FROZEN, "data", PAGES)) | asyncio.run(ask(TINY, "tiny", TINY_PAGES))


@pytest.fixture(scope="module")
def parsed(pages: dict[str, str]) -> dict[str, tuple[Element, list[object]]]:
    """Return the tree of each page, and what the parser has to say of it."""
    found = {}
    for name, page in pages.items():
        parser = html5lib.HTMLParser()
        found[name] = parser.parse(page), parser.errors
    return found


def test_every_page_is_parsed_without_an_error(
    parsed: dict[str, tuple[Element, list[object]]],
) -> None:
    for name, (_, errors) in parsed.items():
        assert errors == [], name


def test_no_id_stands_twice_in_a_page(parsed: dict[str, tuple[Element, list[object]]]) -> None:
    for name, (tree, _) in parsed.items():
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), name


@pytest.mark.skipif(
    not (VALIDATOR.exists() and shutil.which("java")) and not os.environ.get("CI"),
    reason="the W3C's validator is not here: see .ci/run for how to install it",
)
def test_the_validator_of_the_w3c_has_nothing_to_say(pages: dict[str, str], tmp_path: Path) -> None:
    files = {}
    for number, (name, page) in enumerate(pages.items()):
        path = tmp_path / f"page{number}.html"
        path.write_text(page, encoding="utf-8")
        files[path.name] = name
    done = subprocess.run(
        # A page read from a file has no origin, so its own policy seems to forbid its stylesheet.
        [
            # It ends before what it compiles thoroughly would have paid.
            *("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
            *("-jar", VALIDATOR, "--format", "gnu"),
            *("--filterpattern", ".*Content Security Policy.*"),
            *sorted(tmp_path.glob("page*.html")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stderr
    for file, name in files.items():
        said = said.replace(file, name)
    assert said == ""
