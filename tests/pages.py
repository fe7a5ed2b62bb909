"""What the tests of pages share: a site in-process, and ways to read what it answers."""

import csv
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import yaml
from datasette.app import Datasette
from jinja2.bccache import Bucket, BytecodeCache

from marginal_risk.check.corpus import read_corpus
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


def build(data: Path, folder: Path) -> Path:
    """Build a data directory into a folder; return the database."""
    corpus = read_corpus(data)
    assert corpus.is_sound, corpus.problems
    output = folder / "evidence.db"
    build_database(corpus, output)
    return output


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


@asynccontextmanager
async def opened(database: Path, **settings: str) -> AsyncIterator[Datasette]:
    """Open the site on a database, with settings of the plugin."""
    config = yaml.safe_load((ROOT / "datasette.yml").read_text(encoding="utf-8"))
    config.setdefault("plugins", {})["marginal-risk"] = settings
    path = database.with_name("datasette.yml")
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    site = open_site(database, path)
    site.get_jinja_environment().bytecode_cache = _COMPILED
    await site.invoke_startup()
    try:
        yield site
    finally:
        site.close()


@asynccontextmanager
async def site_on(data: Path, folder: Path, **settings: str) -> AsyncIterator[Datasette]:
    """Build a data directory into a folder and open the site on it."""
    async with opened(build(data, folder), **settings) as site:
        yield site


def parse(page: str) -> Element:
    """Return a page as a tree; whatever is no HTML is an error."""
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
