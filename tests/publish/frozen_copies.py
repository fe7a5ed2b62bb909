"""What the tests of frozen copies share: a copy, and how a browser would read its files."""

import json
import posixpath
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

from marginal_risk.publish.figures import map_figure
from marginal_risk.publish.figures.map_layout import Drawing
from marginal_risk.publish.frozen import copying
from marginal_risk.publish.frozen.copying import CopyPlace
from marginal_risk.publish.pages import figure
from marginal_risk.rows import say_nothing
from pages import open_compiled
from places import ROOT

LIVE = "https://map.example.org/"
PAGES = "https://owner.example.org/map/"
"""Where a copy is under a prefix, as at GitHub's host."""
RENAMED = "fictive1999,fictive2022,2024-01,Its year was wrong.\n"
"""A row of renamed.csv: what had the first key has the second now."""


def _stand_in(_: Drawing) -> bytes:
    """Return a figure that takes no time to draw, where a test is about links."""
    return b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def freeze(database: Path, folder: Path, place: CopyPlace, **settings: int) -> Path:
    """Write a copy into a new folder, with settings of Datasette beside those of the site."""
    config = ROOT / "datasette.yml"
    if settings:
        config = folder.with_suffix(".json")
        config.write_text(json.dumps({"settings": settings}), encoding="utf-8")
    folder.mkdir()
    draw = _stand_in if settings or place != CopyPlace() else map_figure.draw
    with patch.object(figure, "draw", draw), patch.object(copying, "open_site", open_compiled):
        copying.freeze_site(database, config, folder, place, say_nothing)
    return folder


@dataclass
class FrozenPage(HTMLParser):
    """The links, forms and ids of a page."""

    text: str
    links: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    canonical: str | None = None
    meta: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self.meta[values.get("property", values.get("name", ""))] = values.get("content", "")
        if values.get("rel") == "canonical":
            self.canonical = values["href"]
            return
        self.links += [values[name] for name in ("href", "src") if name in values]
        self.actions += [values[name] for name in ("action", "formaction") if name in values]
        self.ids |= {values[name] for name in ("id", "name") if name in values}


def pages(copy: Path) -> dict[str, FrozenPage]:
    """Return the pages of a copy by the path of their file."""
    return dict(_pages(copy))


@cache
def _pages(copy: Path) -> dict[str, FrozenPage]:
    found = sorted(copy.rglob("*.html"))
    return {
        path.relative_to(copy).as_posix(): FrozenPage(path.read_text("utf-8")) for path in found
    }


def target(file: str, link: str) -> tuple[str, str] | None:
    """Return the path in the copy that a link leads to and its fragment; None outside of it."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    path = posixpath.normpath(f"{posixpath.dirname(file)}/{unquote(parts.path)}").lstrip("/")
    return (path if parts.path else file), unquote(parts.fragment)


def whole_addresses(text: str, root: str) -> list[str]:
    """Return what follows the root in each whole address of a text."""
    return re.findall(rf"{re.escape(root)}([^\s\"'<>\\&{{}}()]*)", text)


def at_host(copy: Path, path: str) -> Path:
    """Return the file that a host of files answers a path with."""
    path = unquote(path.partition("#")[0])
    return copy / path / "index.html" if path.endswith("/") or not path else copy / path
