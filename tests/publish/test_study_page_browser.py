"""The page of a study on a phone, in a real browser.

In a module of its own: while a browser is open, no test can run an event loop.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browser import live_site, needs_browser, violations
from changes_of import make_hostile

pytestmark = [pytest.mark.browser, needs_browser]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_judgements_stack_on_a_phone_and_stay_a_table(
    browser: Browser, tiny: Path, tmp_path: Path, scheme: str
) -> None:
    make_hostile(tiny)
    messages: list[str] = []
    with live_site(tiny, tmp_path) as address:
        context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
        page = context.new_page()
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        for path in ("/studies/madeup2021", "/studies/invented2020", "/vectors/robot_calls/threat"):
            page.goto(address + path)
            wide = page.evaluate(
                "[document.documentElement, ...document.querySelectorAll('.scroll')]"
                ".filter(e => e.scrollWidth > e.clientWidth).length"
            )
            assert wide == 0, path
            cells = page.locator("table tr").nth(1).locator("td")
            lefts = {cells.nth(i).bounding_box()["x"] for i in range(cells.count())}
            assert len(lefts) == 1, path
            # A browser keeps the meaning of a table whose cells are laid out as blocks.
            tree = context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
            roles = {node["role"]["value"] for node in tree if "role" in node}
            assert {"table", "row", "columnheader", "rowheader", "cell"} <= roles
            assert page.locator(".stack-label").first.is_visible()
            assert violations(page) == [], path
        context.close()
    assert messages == []  # no violation of the content security policy, no alert
