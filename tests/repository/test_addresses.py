"""No address that was ever released is lost: docs/addresses.txt has all of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from datasette.app import Datasette

from pages import site_on
from places import ROOT

ADDRESSES = (ROOT / "docs" / "addresses.txt").read_text(encoding="utf-8").split()
GOOD = {200, 301, 410}
"""The page, the way to it, or that it is gone and why."""


@pytest.fixture
async def published(tmp_path: Path) -> AsyncIterator[Datasette]:
    async with site_on(ROOT / "data", tmp_path) as site:
        yield site


async def test_each_address_ever_released_has_an_answer(published: Datasette) -> None:
    lost = {}
    for address in ADDRESSES:
        response = await published.client.get(address, follow_redirects=False)
        if response.status_code not in GOOD:
            lost[address] = response.status_code
    # A study was renamed: add a row to data/renamed.csv. It was removed: withdraw it instead.
    assert lost == {}


def test_the_list_has_every_kind_of_page() -> None:
    assert sorted(set(ADDRESSES)) == ADDRESSES
    assert {
        *("/", "/studies/kapoor2024", "/vectors/biosecurity", "/steps/marginal_risk_evidence"),
        *("/vectors/biosecurity/existing_risk", "/comparisons/biosecurity/closed_models"),
    } <= set(ADDRESSES)
