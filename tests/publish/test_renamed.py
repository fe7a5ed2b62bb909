"""Identifiers stay good: a citekey that was changed leads to the study, and so do its files."""

from pathlib import Path

from datasette.app import Datasette
from frozen_copies import RENAMED

from changes_of import add
from pages import OpenSite


async def lead(site: Datasette, path: str) -> tuple[int, str]:
    response = await site.client.get(path, follow_redirects=False)
    return response.status_code, response.headers.get("location", "")


async def test_an_old_key_leads_to_the_study_for_good(open_on: OpenSite, tiny: Path) -> None:
    add(tiny / "renamed.csv", RENAMED)
    site = await open_on(tiny)
    assert await lead(site, "/studies/fictive1999") == (301, "/studies/fictive2022")
    assert await lead(site, "/studies/fictive1999/cite.ris") == (
        301,
        "/studies/fictive2022/cite.ris",
    )
    assert await lead(site, "/studies/fictive2022") == (200, "")
    assert await lead(site, "/studies/fictive1998") == (404, "")
    rows = (await site.client.get("/evidence/renamed_studies.json")).json()["rows"]
    assert [list(row.values()) for row in rows] == [RENAMED.strip().split(",")]


def test_a_frozen_copy_has_a_page_at_the_old_key(placed: Path) -> None:
    page = (placed / "studies" / "fictive1999" / "index.html").read_text("utf-8")
    assert "../fictive2022/index.html" in page
