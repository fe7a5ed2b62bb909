"""Every page is valid HTML: by a strict parser always, by the W3C's validator where it is."""

import os
import shutil
import subprocess
from pathlib import Path

import html5lib
import pytest

from browser import PAGES
from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.server import open_site
from marginal_risk.store.database import build_database
from places import FROZEN, ROOT

VALIDATOR = ROOT / ".venv" / "node" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
TINY_PAGES = (
    *("/", "/?view=studies", "/gaps", "/studies", "/agreement", "/trends", "/codebook", "/data"),
)


@pytest.fixture
async def pages(tmp_path: Path, tiny: Path) -> dict[str, str]:
    """Return the pages of the published and of the invented data, by a name for each."""
    found = {}
    for name, data, paths in (("data", FROZEN, PAGES), ("tiny", tiny, TINY_PAGES)):
        output = tmp_path / f"{name}.db"
        build_database(read_corpus(data), output)
        site = open_site(output, ROOT / "datasette.yml")
        await site.invoke_startup()
        for path in (*paths, "/embed"):
            found[f"{name} {path}"] = (await site.client.get(path)).text
        site.close()
    return found


async def test_every_page_is_parsed_without_an_error(pages: dict[str, str]) -> None:
    parser = html5lib.HTMLParser()
    for name, page in pages.items():
        parser.parse(page)
        assert parser.errors == [], name


async def test_no_id_stands_twice_in_a_page(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        tree = html5lib.parse(page)
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), name


@pytest.mark.skipif(
    not (VALIDATOR.exists() and shutil.which("java")) and not os.environ.get("CI"),
    reason="the W3C's validator is not here: see .ci/run for how to install it",
)
async def test_the_validator_of_the_w3c_has_nothing_to_say(
    pages: dict[str, str], tmp_path: Path
) -> None:
    files = {}
    for number, (name, page) in enumerate(pages.items()):
        path = tmp_path / f"page{number}.html"
        path.write_text(page, encoding="utf-8")
        files[path.name] = name
    done = subprocess.run(
        # A page read from a file has no origin, so its own policy seems to forbid its stylesheet.
        [
            *("java", "-jar", VALIDATOR, "--format", "gnu"),
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
