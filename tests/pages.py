"""What the tests of pages share: a site in-process, and ways to read what it answers."""

import asyncio
import csv
import hashlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import yaml
from datasette.app import Datasette
from jinja2.bccache import Bucket, BytecodeCache

from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.kept_pages import KeptPages
from marginal_risk.publish.page import MapData
from marginal_risk.publish.server import open_site
from marginal_risk.store.database import build_database
from places import ROOT

TEMPLATES = ROOT / "src/marginal_risk/publish/templates/marginal_risk"

OpenSite = Callable[..., Awaitable[Datasette]]
"""The fixture open_on: builds a data directory and opens the site on it."""


class _CompiledTemplates(BytecodeCache):
    """The templates as one site compiled them: each site that a test opens would do it anew."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledTemplates()
_BUILT: dict[str, bytes] = {}
"""Databases by what they were built from: most tests build one of a few data directories."""


def build(data: Path, folder: Path) -> Path:
    """Return the database of a data directory, in a folder: built, or as it was built before."""
    output = folder / "evidence.db"
    inputs = _inputs_of(data)
    if inputs is None or inputs not in _BUILT:
        corpus = read_corpus(data)
        assert corpus.is_sound, corpus.problems
        build_database(corpus, output)
        if inputs is not None:
            _BUILT[inputs] = output.read_bytes()
    else:
        output.write_bytes(_BUILT[inputs])
    return output


def _inputs_of(data: Path) -> str | None:
    """Return a hash of all that the build of a data directory depends on.

    None where a test has put it into a repository: what git says of it may change then.
    """
    folder = data.resolve()
    repository = next((f for f in (folder, *folder.parents) if (f / ".git").exists()), None)
    if repository not in (None, ROOT):
        return None
    found = hashlib.sha256(f"{repository} {os.environ.get('SOURCE_DATE_EPOCH')}".encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            found.update(b" %d " % len(part) + part)
    return found.hexdigest()


def screen(data: Path) -> None:
    """Include every study that the data codes, and make every other work a candidate.

    Rows that stand in screening.csv already stay as they are.
    """
    records = read_corpus(data).records
    screened = {(row.record.citekey, row.record.misuse_vector) for row in records.screening}
    coded = {(row.key.citekey, row.key.misuse_vector) for row in records.codings}
    works = {r.study.citekey for r in records.references if not r.study.version_of}
    sources = {row.record.coder for row in records.coders}
    waiting = works - sources - {citekey for citekey, _ in screened | coded}
    with (data / "screening.csv").open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for citekey, vector in sorted(coded - screened):
            writer.writerow([citekey, vector, "included", "", "", "A test", "2024", ""])
        for citekey in sorted(waiting):
            writer.writerow([citekey, "", "candidate", "", "", "A test", "", ""])


@cache
def _configuration() -> dict[str, Any]:
    """Return what the repository's datasette.yml says."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "datasette.yml").read_text(encoding="utf-8"))
    return found


@asynccontextmanager
async def opened(database: Path, **settings: str) -> AsyncIterator[Datasette]:
    """Open the site on a database, with settings of the plugin."""
    site = await start(database, **settings)
    try:
        yield site
    finally:
        site.close()


async def start(database: Path, **settings: str) -> Datasette:
    """Return the site on a database, with settings of the plugin; whoever wants it closes it."""
    config = _configuration()
    config = {**config, "plugins": {**config["plugins"], "marginal-risk": settings}}
    path = database.with_name("datasette.yml")
    path.write_text(json.dumps(config), encoding="utf-8")  # that is YAML, and read in less time
    site = open_compiled(database, path)
    await site.invoke_startup()
    return site


def open_compiled(database: Path, config: Path, **more: Any) -> Datasette:
    """Return the site on a database as ``open_site`` does, with templates compiled but once."""
    site = open_site(database, config, **more)
    site.get_jinja_environment().bytecode_cache = _COMPILED
    return site


def renew(site: Datasette) -> None:
    """Have a site forget what it was asked, as if it had just been opened."""
    data: MapData = site.marginal_risk_data
    site.marginal_risk_data = replace(data, kept=KeptPages(data.kept.most_bytes), found={})
    # A lock that tasks had to wait for belongs to their loop, which has ended.
    site._refresh_schemas_lock = asyncio.Lock()


@asynccontextmanager
async def site_on(data: Path, folder: Path, **settings: str) -> AsyncIterator[Datasette]:
    """Build a data directory into a folder and open the site on it."""
    async with opened(build(data, folder), **settings) as site:
        yield site


@lru_cache(maxsize=64)
def parse(page: str) -> Element:
    """Return a page as a tree, not to be changed; whatever is no HTML is an error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


async def get(site: Datasette, path: str, status: int = 200) -> Element:
    """Return the page at a path."""
    response = await site.client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return parse(response.text)


def text_of(element: Element) -> str:
    """Return the text of an element, without what screens do not show."""
    hidden = {"stack-label", "hidden"}
    parts: list[str] = []

    def walk(node: Element) -> None:
        if not hidden & set((node.get("class") or "").split()):
            parts.append(node.text or "")
            for child in node:
                walk(child)
        parts.append(node.tail or "")

    parts.append(element.text or "")
    for child in element:
        walk(child)
    return " ".join("".join(parts).split())


def texts(element: Element, tag: str) -> list[str]:
    """Return the texts of all elements with a tag."""
    return [text_of(found) for found in element.iter(tag)]


def main_of(page: Element) -> Element:
    """Return what a page is about."""
    (main,) = page.iter("main")
    return main


def links(element: Element) -> dict[str, str]:
    """Return the addresses of all links by their text; of the same text, the first."""
    found: dict[str, str] = {}
    for link in element.iter("a"):
        found.setdefault(text_of(link), link.get("href") or "")
    return found


def rows_of(table: Element) -> list[list[str]]:
    """Return the texts of the body of a table."""
    return [
        [text_of(cell) for cell in row]
        for body in table.iter("tbody")
        for row in body
        if row.tag == "tr"
    ]
