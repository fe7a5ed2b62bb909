"""The pages in a real browser, as their readers meet them."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser import DATASETTE_PAGES, PAGES, live_site, needs_browser, violations
from places import FROZEN, ROOT, TINY

pytestmark = [pytest.mark.browser, needs_browser]
STYLES = ROOT / "src/marginal_risk/publish/static"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with live_site(FROZEN, tmp_path_factory.mktemp("live")) as address:
        yield address


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the invented data, which has every state that the published data may come to."""
    with live_site(TINY, tmp_path_factory.mktemp("invented")) as address:
        yield address


def noted(page: Page, messages: list[str]) -> Page:
    """Return a page whose messages on the console are added to a list."""
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    return page


def faults(messages: list[str]) -> list[str]:
    """Return the messages that are failures: all but one that a test may be about."""
    return [message for message in messages if "404 (Not Found)" not in message]


@pytest.fixture
def open_page(browser: Browser, address: str):
    """Open a path in a context of its own; every message of the console is a failure."""
    contexts: list[BrowserContext] = []
    messages: list[str] = []

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        page = noted(context.new_page(), messages)
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults(messages) == []


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """Return a tab that many tests share, as a new one needs a second, and its messages."""
    context = browser.new_context(viewport=DESK)
    messages: list[str] = []
    yield noted(context.new_page(), messages), messages
    context.close()


@pytest.fixture(scope="module", params=PAGES)
def page(
    tab: tuple[Page, list[str]], address: str, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Open each page of the house once, for all that need but look at it, at any size."""
    yield from look_at(tab, address + request.param)


@pytest.fixture(scope="module", params=DATASETTE_PAGES)
def datasette_page(
    tab: tuple[Page, list[str]], address: str, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Open each of Datasette's own pages, once."""
    yield from look_at(tab, address + request.param)


def look_at(tab: tuple[Page, list[str]], address: str) -> Iterator[Page]:
    """Open an address in a tab; every message of the console is a failure."""
    page, messages = tab
    messages.clear()
    page.goto(address)
    yield page
    assert faults(messages) == [], address  # told where the next page is opened


def scrolls_sideways(page: Page) -> bool:
    return page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )


def looks(page: Page) -> Iterator[dict[str, object]]:
    """Turn one open page to a desk and a phone, light and dark; yield what axe is to look at.

    The dark changes colours alone (test_the_dark_changes_colours_alone), so it is the rules on
    colours that are asked there; at both widths all rules are.
    """
    for viewport, scheme in ((DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        yield {"runOnly": ["color-contrast", "link-in-text-block"]} if scheme == "dark" else {}


def test_the_dark_changes_colours_alone() -> None:
    found = []
    for sheet in STYLES.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        for block in re.findall(
            r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", text, re.DOTALL
        ):
            found += re.findall(r"([\w-]+):[^;{}]+;", block)
    assert len(found) > 20
    others = {name for name in found if not name.startswith("--")}
    assert others <= {"color-scheme", "filter", "color", "background"}


def test_no_page_has_an_accessibility_violation(page: Page) -> None:
    for look in looks(page):
        assert violations(page, **look) == [], (page.viewport_size, look)
        assert not scrolls_sideways(page), look


def test_no_page_scrolls_sideways_at_twice_the_zoom_or_on_a_wide_screen(page: Page) -> None:
    # Twice the zoom on a desk halves the pixels that a page has.
    for viewport in ({"width": 640, "height": 450}, {"width": 2560, "height": 1440}):
        page.set_viewport_size(viewport)
        assert not scrolls_sideways(page), viewport


def test_datasette_s_own_pages_have_no_accessibility_violation(datasette_page: Page) -> None:
    # Without selectors: axe fails to make them on Datasette's forms.
    options = {"selectors": False, "elementRef": False}
    datasette_page.wait_for_load_state("load")
    for look in looks(datasette_page):
        assert violations(datasette_page, **options, **look) == [], look
        assert not scrolls_sideways(datasette_page), look


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_a_cell_opens_its_reason_in_place_without_javascript_and_leads_to_its_page(
    open_page, viewport: dict[str, int]
) -> None:
    page = open_page("/", java_script_enabled=False, viewport=viewport)
    reason = page.get_by_text("No comparison with information available on the internet")
    expect(reason).to_be_hidden()
    cell = page.get_by_role("button", name="Biosecurity risk, Evidence on marginal risk: Absent")
    cell.focus()
    page.keyboard.press("Enter")
    expect(reason).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(reason).to_be_hidden()
    cell.click()
    expect(reason).to_be_in_viewport()
    page.get_by_role("link", name="Biosecurity risk: Evidence on marginal risk").click()
    assert page.url.endswith("/vectors/biosecurity/marginal_risk_evidence")
    expect(reason).to_be_visible()


def test_from_a_cell_to_the_sentence_in_the_study_in_two_clicks_and_back(open_page) -> None:
    page = open_page("/")
    page.get_by_role("cell").get_by_role(
        "button", name="Biosecurity risk, Evidence on marginal risk: Absent"
    ).click()
    expect(
        page.get_by_text("No comparison with information available on the internet")
    ).to_be_visible()
    page.get_by_role("link", name="Gopal et al. (2023)").click()
    expect(page.get_by_text("page 6").first).to_be_visible()
    page.go_back()
    assert page.url.endswith("/")


def test_opened_reasons_have_no_accessibility_violation(open_page) -> None:
    for viewport, scheme in ((DESK, "light"), (PHONE, "dark")):
        page = open_page("/", viewport=viewport, color_scheme=scheme)
        page.locator("[popovertarget=ncii-ease_of_defense]").click()
        page.get_by_text("Filter", exact=True).click()
        page.locator("[popovertarget=ncii-ease_of_defense]").click()
        assert violations(page) == [], (viewport, scheme)


def test_the_filter_works_without_javascript_and_can_be_cleared(open_page) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("checkbox", name="Child sexual abuse material").check()
    page.get_by_role("checkbox", name="Addressed").check()
    page.get_by_role("button", name="Show the filtered map").click()
    assert "vector=csam" in page.url
    assert "level=addressed" in page.url
    assert page.locator(".matrix tbody tr").count() == 1
    assert page.get_by_role("checkbox", name="Child sexual abuse material").is_checked()
    page.get_by_role("link", name="Clear the filter").first.click()
    assert page.locator(".matrix tbody tr").count() == 7


def test_an_empty_result_says_so_and_offers_to_clear(open_page) -> None:
    page = open_page("/?from=2049")
    notice = page.get_by_role("status")
    assert "No coded study matches this filter." in notice.inner_text()
    notice.get_by_role("link", name="Clear the filter").click()
    assert page.url.endswith("/")


def test_the_other_view_is_a_link_away(open_page) -> None:
    page = open_page("/")
    page.get_by_role("link", name="By study").click()
    expect(page.get_by_role("rowheader", name="Thiel, Stroebel & Portnoff (2023)")).to_be_visible()


def test_every_cell_is_reached_by_the_keyboard_in_reading_order_and_shows_it(open_page) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    reached = []
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "({inCell: !!document.activeElement.closest('.matrix td'),"
            " outline: getComputedStyle(document.activeElement).outlineStyle,"
            " opens: document.activeElement.getAttribute('popovertarget')})"
        )
        assert focused["outline"] != "none", focused
        if focused["inCell"]:
            reached.append(focused["opens"])
        elif reached and len(reached) >= 42:
            break
    in_page = page.eval_on_selector_all(
        ".matrix td button", "found => found.map(b => b.getAttribute('popovertarget'))"
    )
    assert reached == in_page
    assert len(reached) == 42


def test_a_screen_reader_hears_vector_step_state_and_count(open_page) -> None:
    page = open_page("/")
    cell = page.locator("[popovertarget=csam-ease_of_defense]")
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    names = [n["name"]["value"] for n in tree if n.get("role", {}).get("value") == "button"]
    assert "Child sexual abuse material, Ease of defense: Addressed" in names
    assert "Biosecurity risk, Ease of defense: Partial, low confidence" in names
    assert len([name for name in names if ": " in name]) == 42
    cell.click()
    opened = page.locator("#csam-ease_of_defense").inner_text()
    assert "1 of 13 studies, 1 coder." in opened
    assert page.locator(".matrix caption").count() == 1
    assert page.locator('.matrix thead th[scope="col"]').count() == 7
    assert page.locator('.matrix tbody th[scope="row"]').count() == 7
    row = page.locator('.matrix tbody th[scope="row"]').last.inner_text()
    assert " ".join(row.split()) == (
        "Child sexual abuse material Child sexual abuse material: 1 of 13 read"
    )


def test_the_table_is_still_a_table_on_a_phone(open_page) -> None:
    page = open_page("/", viewport=PHONE)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = Counter(node["role"]["value"] for node in tree if "role" in node)
    assert (roles["table"], roles["rowheader"], roles["cell"]) == (1, 7, 42)


def test_a_phone_shows_the_whole_map_on_one_screen(open_page) -> None:
    page = open_page("/", viewport=PHONE)
    legend = page.locator(".key").bounding_box()
    table = page.locator(".matrix tbody").bounding_box()
    assert table["y"] + table["height"] - legend["y"] < 720
    for link in page.locator(".matrix tbody th a").all():
        assert link.bounding_box()["height"] >= 24
    for cell in page.locator(".matrix td").all():
        box = cell.bounding_box()
        assert box["width"] >= 24
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= PHONE["width"]


@pytest.mark.parametrize("query", ["", "?view=studies"])
def test_the_height_that_is_offered_for_a_frame_fits_at_any_width(open_page, query: str) -> None:
    offered = open_page(f"/{query}").locator("code", has_text="iframe").inner_text()
    height = int(re.search(r'height="(\d+)"', offered)[1])
    page = open_page(f"/embed{query}")
    for width in (340, 390, 480, 700, 760, 1200):
        page.set_viewport_size({"width": width, "height": 100})
        needed = page.evaluate("document.documentElement.scrollHeight")
        assert needed <= height, width
        assert not scrolls_sideways(page), width
        attribution = page.get_by_role("link", name="Marginal Risk Evidence Map")
        expect(attribution).to_be_visible()
        expect(page.get_by_text("says nothing about how large the risk is")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/", "/?view=studies", "/?level=absent", "/vectors/robot_calls/added_risk"]
)
def test_no_state_of_a_cell_has_an_accessibility_violation(
    browser: Browser, invented: str, path: str
) -> None:
    page = browser.new_page()
    page.goto(invented + path)
    for viewport, scheme in ((DESK, "light"), (DESK, "dark"), (PHONE, "light")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], (viewport, scheme)
        assert not scrolls_sideways(page)
    page.close()


def test_where_coders_disagree_both_reasons_open_with_their_levels(
    browser: Browser, invented: str
) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(invented)
    page.get_by_role("button", name="Robot calls, Added risk: Contested").click()
    opened = page.locator("#robot_calls-added_risk").inner_text()
    assert "Partial: Counts the calls, but compares them with nothing." in opened
    assert "Absent: The count of calls is no evidence of harm." in opened
    page.close()


def test_the_six_states_differ_in_symbol_word_and_shade(open_page) -> None:
    page = open_page("/")
    marks = page.eval_on_selector_all(
        ".legend div",
        "items => items.map(i => [i.querySelector('.symbol').textContent,"
        " i.querySelector('.word').textContent, getComputedStyle(i).background])",
    )
    assert len(marks) == 6
    for column in range(3):
        assert len({mark[column] for mark in marks}) == 6


def test_the_map_prints_on_one_page(open_page) -> None:
    page = open_page("/")
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/evidence/judgements"])
def test_headings_have_their_face_on_every_kind_of_page(open_page, path: str) -> None:
    page = open_page(path)
    page.evaluate("document.fonts.ready")
    faces = page.evaluate("[...document.fonts].map(face => [face.family, face.status])")
    assert faces == [["Newsreader", "loaded"]]


def test_nothing_moves_for_those_who_ask_for_stillness(open_page) -> None:
    page = open_page("/", reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => {const s = getComputedStyle(e);"
        " return s.transitionDuration !== '0s' || s.animationName !== 'none'}).length"
    )
    assert moving == 0


def test_a_first_visit_moves_less_than_60_kilobytes_from_one_host(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport=DESK)
    asked: list[str] = []
    moved: list[float] = []  # what came over the wire, headers and compressed bodies
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: moved.append(event["encodedDataLength"]))
    page.on("response", lambda response: asked.append(response.url))
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready")  # which a busy machine asks for after a silence
    page.close()
    assert all(url.startswith(address) for url in asked)
    assert len(asked) == 4  # the page, two stylesheets, the face of the headings
    assert len(moved) >= 4  # and the icon
    assert 30_000 < sum(moved) < 50_000


class OtherSite(BaseHTTPRequestHandler):
    """A page of somebody else's that frames two of ours."""

    frames = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.frames.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_embedded_map_shows_in_a_frame_of_another_site_and_no_other_page_does(
    browser: Browser, address: str
) -> None:
    OtherSite.frames = "".join(
        f'<iframe src="{address}{path}"></iframe>' for path in ("/embed", "/")
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), OtherSite) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        expect(page.frame_locator("iframe").first.locator(".matrix td")).to_have_count(42)
        assert page.frame_locator("iframe").last.locator(".matrix td").count() == 0
        page.close()
        server.shutdown()


def test_the_reasons_are_on_the_first_screen_of_their_table(open_page) -> None:
    page = open_page("/evidence/judgements")
    expect(page.locator(".col-Link").first).to_be_hidden()
    reason = page.locator("td.col-rationale").first
    box = reason.bounding_box()
    assert box is not None
    assert box["y"] + 100 < DESK["height"]
    assert box["x"] + box["width"] <= DESK["width"]
    assert box["width"] > 300
    # What the columns mean is below the rows, and not lost.
    meaning = page.locator(".column-descriptions").bounding_box()
    assert meaning is not None
    assert meaning["y"] > box["y"]
