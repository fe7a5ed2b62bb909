"""Write the pages that a change of the data changes, as files to look at.

    python .ci/preview.py BASE FOLDER

BASE is a revision, as for 'marginal-risk diff'. The map, the studies that are added or changed and
the cells that change are rendered on the data as it is; nothing is written where nothing changes.
Links lead nowhere but between these pages.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.server import open_site
from marginal_risk.store.database import build_database
from marginal_risk.store.provenance import shipped

MOST_PAGES = 40


def find_changed_pages(changes: dict[str, Any]) -> Iterator[str]:
    """Yield the address of each page that a change is seen on, the map first."""
    if changes["is_empty"]:
        return
    yield "/"
    for table in ("studies", "codings", "judgements", "screening", "comparisons"):
        for kind in ("added", "changed"):
            for row in changes[table][kind]:
                yield f"/studies/{quote(row['citekey'], safe='')}"
    for row in changes["cells"]["added"] + changes["cells"]["changed"]:
        yield f"/vectors/{row['misuse_vector']}/{row['step']}"


def name_of(address: str) -> str:
    """Return the name of the file for a page."""
    return (re.sub(r"[^A-Za-z0-9_.-]+", "-", address).strip("-") or "map") + ".html"


def localised(page: str, names: dict[str, str], style: str) -> str:
    """Return a page that needs no site: its styles within it, its links between the files."""

    def link(match: re.Match[str]) -> str:
        address, place = match[1], match[2] or ""
        return f'href="{names[address]}{place}"' if address in names else f'data-href="{address}"'

    page = re.sub(r'<link rel="stylesheet"[^>]*>', "", page)
    page = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL)
    page = re.sub(r'href="(/[^"#]*)(#[^"]*)?"', link, page)
    return page.replace("</head>", f"<style>{style}</style></head>", 1)


async def render(database: Path, addresses: list[str], folder: Path) -> None:
    """Write the pages at some addresses of the site into a folder."""
    site = open_site(database, Path(shipped("datasette.yml")))
    await site.invoke_startup()
    try:
        names = {address: name_of(address) for address in addresses}
        first = (await site.client.get("/")).text
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', first)
        style = "\n".join([(await site.client.get(sheet)).text for sheet in sheets])
        folder.mkdir(parents=True, exist_ok=True)
        for address, name in names.items():
            response = await site.client.get(address)
            if response.status_code == 200:
                text = localised(response.text, names, style)
                (folder / name).write_text(text, encoding="utf-8")
                print(f"{folder / name}: {address}")
    finally:
        site.close()


def main() -> int:
    """Write the pages; return 0, also where two forms of the data cannot be compared."""
    base, folder = sys.argv[1], Path(sys.argv[2])
    words = [sys.executable, "-m", "marginal_risk", "diff", base, "--format", "json"]
    done = subprocess.run(words, check=False, stdout=subprocess.PIPE)
    if done.returncode == 2:
        return 0
    done.check_returncode()
    addresses = list(dict.fromkeys(find_changed_pages(json.loads(done.stdout))))
    if addresses:
        with TemporaryDirectory() as place:
            database = Path(place) / "evidence.db"
            build_database(read_corpus(Path("data")), database)
            asyncio.run(render(database, addresses[:MOST_PAGES], folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
