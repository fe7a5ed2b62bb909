"""Datasette's own pages look and work as they should, under a policy that lets no style in."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from browser import live_site, needs_browser
from places import TINY

pytestmark = [pytest.mark.browser, needs_browser]

SQL = "select 1 as a,\n  2 as b,\n  '<b style=\"color: red\">' as c"
REFUSED = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (each) => window.refused.push(
  `${each.violatedDirective} ${each.sourceFile}:${each.lineNumber}`));
"""
"""A script that notes what the policy of a page refuses."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with live_site(TINY, tmp_path_factory.mktemp("styles")) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a page that fails where its policy refuses anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(REFUSED)
    yield page
    # The browser's own editing keeps looks by styles, which no script asked for: no file is named.
    assert [each for each in page.evaluate("window.refused") if each != "style-src-attr :0"] == []
    context.close()


def style_of(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate(f"each => getComputedStyle(each)['{name}']"))


@pytest.mark.parametrize("path", ["/-/", "/evidence", "/evidence/-/queries", "/evidence/-/schema"])
def test_a_page_has_nothing_that_its_policy_refuses(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    page.wait_for_load_state("load")
    assert page.locator("h1").count() == 1


def test_the_editor_of_sql_has_the_style_that_it_makes(page: Page, address: str) -> None:
    page.goto(f"{address}/evidence/-/query?sql={quote(SQL)}")
    page.wait_for_selector(".cm-content")
    assert style_of(page, ".cm-editor", "display") == "flex"  # made by the editor's script
    assert style_of(page, ".cm-editor", "borderTopStyle") == "solid"  # in Datasette's template
    assert style_of(page, "td.col-c", "color") != "rgb(255, 0, 0)"
    assert page.locator("td.col-c").inner_text() == '<b style="color: red">'
    page.click(".cm-content")
    page.keyboard.press("Control+a")
    page.keyboard.type("select cite")  # a list of what may follow
    page.wait_for_selector(".cm-tooltip-autocomplete")
    assert style_of(page, ".cm-tooltip-autocomplete", "position") in ("absolute", "fixed")


def test_without_the_editor_the_field_is_as_high_as_its_text(page: Page, address: str) -> None:
    page.goto(f"{address}/evidence/-/query?sql={quote(SQL)}")
    assert page.locator("textarea#sql-editor").get_attribute("rows") == "5"


def test_the_menus_of_a_table_open(page: Page, address: str) -> None:
    page.goto(f"{address}/evidence/judgements")
    page.locator("th .dropdown-menu-icon").nth(1).click()
    page.wait_for_selector(".dropdown-menu:visible")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    label = page.locator("table.rows-and-columns td").nth(1)
    assert label.evaluate("each => getComputedStyle(each, '::before').content") != "none"


def test_a_style_that_is_not_in_a_template_is_refused(browser: Browser, address: str) -> None:
    """The policy can refuse: what the tests above find nothing of."""
    page = browser.new_page()
    page.add_init_script(REFUSED)
    page.goto(f"{address}/evidence/-/query?sql=select+1")
    for html in ("<style>* { color: red }</style>", "<p style='color: red'>x</p>"):
        page.evaluate("window.refused = []")
        page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", html)
        page.wait_for_function("window.refused.length > 0")
        assert str(page.evaluate("window.refused[0]")).startswith("style-src"), html
    page.close()
