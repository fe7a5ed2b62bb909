"""A frozen copy in a real browser, straight from the disk."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import needs_browser

pytestmark = [pytest.mark.browser, needs_browser]


@pytest.fixture(params=[1280, 390])
def page(copy: Path, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open the map; a request that fails, or a word on the console, is a failure."""
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    faults: list[str] = []
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((copy / "index.html").as_uri())
    yield page
    page.close()
    assert faults == []


def looks_like_the_house(page: Page) -> bool:
    """Tell whether styles and the face of headings are there, and nothing sticks out."""
    page.wait_for_load_state("load")
    return page.evaluate(
        "document.fonts.load('600 20px Newsreader').then(faces => faces.length > 0"
        " && document.fonts.check('600 20px Newsreader')"
        " && getComputedStyle(document.querySelector('nav.bar ul')).listStyleType === 'none'"
        " && document.documentElement.scrollWidth <= document.documentElement.clientWidth)"
    )


def test_a_reader_goes_from_the_map_to_a_study_and_back(page: Page) -> None:
    assert looks_like_the_house(page)
    page.get_by_role("link", name="Robot calls", exact=False).first.click()
    expect(page.locator("h1")).to_contain_text("Robot calls")
    assert looks_like_the_house(page)
    page.locator("main a[href*='added_risk']").first.click()
    assert "/vectors/robot_calls/added_risk/" in page.url
    assert looks_like_the_house(page)
    page.locator("main a[href*='studies/']").first.click()
    assert "/studies/" in page.url
    assert looks_like_the_house(page)
    page.locator("footer").get_by_role("link", name="table").click()
    expect(page.locator("h1")).to_have_text("judgements")
    assert looks_like_the_house(page)
    page.locator("a.home").click()
    assert page.url.endswith("/site/index.html")


def test_a_search_says_that_it_needs_a_server(page: Page) -> None:
    page.get_by_role("searchbox", name="Search the whole site").fill("models")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("This needs the site itself")
    assert looks_like_the_house(page)
    page.get_by_role("link", name="the data", exact=True).click()
    expect(page.locator("h1")).to_have_text("Data")


def test_the_provisional_map_and_its_figure_are_there(page: Page, copy: Path) -> None:
    page.get_by_role("link", name="Show the map with them").click()
    expect(page.locator("main")).to_contain_text("With provisional codings")
    link = page.get_by_role("link", name="SVG").get_attribute("href")
    assert link == "map/codings=provisional.svg"
    assert (copy / link).is_file()


def test_the_json_of_a_table_opens(page: Page, copy: Path) -> None:
    page.goto((copy / "evidence" / "vectors.json").as_uri())
    assert json.loads(page.locator("body").inner_text())["ok"]
