"""The feed, the sitemap and robots.txt, read by programs that did not write them."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import html5lib
import pytest
from datasette.app import Datasette
from protego import Protego

from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.pages import feeds
from pages import OpenSite

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
# RFC 4151: tag:authority,date:specific, of characters that an address may have.
TAG = r"tag:[a-z0-9.-]+,\d{4}:[A-Za-z0-9/._~%-]+"


async def read(site: Datasette, path: str, **options: object) -> str:
    response = await site.client.get(path, **options)
    assert response.status_code == 200, (path, response.status_code)
    return response.text


def text_at(element: ET.Element, name: str) -> str:
    found = element.findall(f"{ATOM}{name}")
    assert len(found) == 1, (name, len(found))
    return found[0].text or ""


def entries(feed: str) -> list[ET.Element]:
    return ET.fromstring(feed).findall(f"{ATOM}entry")  # noqa: S314  (our own feed)


def check_atom(text: str) -> ET.Element:
    """Check what RFC 4287 asks of a feed, and return it."""
    feed = ET.fromstring(text)  # noqa: S314  (our own feed)
    assert feed.tag == f"{ATOM}feed"
    elements = [feed, *feed.findall(f"{ATOM}entry")]
    for element in elements:
        assert re.fullmatch(TAG, text_at(element, "id")), text_at(element, "id")
        assert re.fullmatch(RFC_3339, text_at(element, "updated"))
        assert text_at(element, "title")
        assert element.find(f"{ATOM}author/{ATOM}name").text
    ids = [text_at(element, "id") for element in elements]
    assert len(ids) == len(set(ids))
    rels = [link.get("rel") for link in feed.findall(f"{ATOM}link")]
    assert sorted(rels) == ["alternate", "self"]
    for entry in elements[1:]:
        (link,) = entry.findall(f"{ATOM}link")
        assert link.get("rel") == "alternate"
        content = entry.find(f"{ATOM}content")
        assert content.get("type") == "html"
        html5lib.HTMLParser(strict=True).parseFragment(content.text)
    return feed


async def test_the_feed_has_an_entry_for_each_coding_newest_first(
    open_on: OpenSite, tiny: Path
) -> None:
    site = await open_on(tiny)
    response = await site.client.get("/feed.atom")
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = check_atom(response.text)
    assert [(text_at(e, "id"), text_at(e, "updated")) for e in feed.findall(f"{ATOM}entry")] == [
        (f"tag:localhost,2026:coding/{name}", f"{day}T00:00:00Z")
        for name, day in (
            ("madeup2021/forged_letters/consensus", "2024-06-01"),
            ("fictive2022/robot_calls/person_b", "2024-05-02"),
            ("madeup2021/forged_letters/person_b", "2024-05-02"),
            ("fictive2022/robot_calls/person_a", "2024-05-01"),
            ("madeup2021/forged_letters/person_a", "2024-05-01"),
            ("invented2020/forged_letters/tabulated2024", "2024-01-01"),
        )
    ]


async def test_the_feed_leaves_machines_out_and_names_the_data_version(
    open_on: OpenSite, tiny: Path
) -> None:
    site = await open_on(tiny)
    text = await read(site, "/feed.atom")
    assert "toy_model" not in text
    assert "Toy model" not in text
    assert read_corpus(tiny).data_version in text_at(check_atom(text), "subtitle")


async def test_an_entry_says_what_was_judged_and_why(open_on: OpenSite, tiny: Path) -> None:
    site = await open_on(tiny)
    entry = entries(await read(site, "/feed.atom"))[3]
    assert text_at(entry, "title") == "von Fictive & Sans-Existence (2022): Robot calls, by " + (
        "Person A (invented)"
    )
    assert entry.find(f"{ATOM}author/{ATOM}name").text == "Person A (invented)"
    link = entry.find(f"{ATOM}link").get("href")
    assert link == "http://localhost/studies/fictive2022#robot_calls"
    page = html5lib.parseFragment(text_at(entry, "content"), namespaceHTMLElements=False)
    items = [" ".join("".join(item.itertext()).split()) for item in page.iter("li")]
    assert items == [
        "Threat: Addressed. Names the callers and their robots. (page 11)",
        "Added risk: Partial. Counts the calls, but compares them with nothing. (page 12)",
    ]


async def test_identifiers_stay_when_data_and_port_change(open_on: OpenSite, tiny: Path) -> None:
    before = await read(await open_on(tiny), "/feed.atom", headers={"host": "map.example:80"})
    sheet = tiny / "studies.csv"
    text = sheet.read_text("utf-8")
    changed = text.replace(
        "person_a,2024-05-01,addressed,partial", "person_a,2024-07,absent,partial"
    )
    sheet.write_text(changed, "utf-8")
    after = await read(await open_on(tiny), "/feed.atom", headers={"host": "MAP.example"})
    ids = [{text_at(e, "id") for e in entries(feed)} for feed in (before, after)]
    assert ids[0] == ids[1]
    assert all(i.startswith("tag:map.example,2026:coding/") for i in ids[0])
    newest = entries(after)[0]
    assert text_at(newest, "id").endswith("fictive2022/robot_calls/person_a")
    assert text_at(newest, "updated") == "2024-07-01T00:00:00Z"


async def test_a_coding_without_a_date_is_as_old_as_the_data(
    open_on: OpenSite, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689600")  # 2025-01-01
    sheet = tiny / "studies.csv"
    sheet.write_text(sheet.read_text("utf-8").replace("consensus,2024-06,", "consensus,,"), "utf-8")
    entry = entries(await read(await open_on(tiny), "/feed.atom"))[0]
    assert text_at(entry, "id").endswith("madeup2021/forged_letters/consensus")
    assert text_at(entry, "updated") == "2025-01-01T00:00:00Z"


async def test_no_text_of_the_data_can_break_the_feed(open_on: OpenSite, tiny: Path) -> None:
    attack = "]]></content></entry><script>alert(1)</script>&amp;&nosuch; \U0001f600"
    for name, old in (
        ("rationales.csv", "Names the callers and their robots."),
        ("coders.csv", "Person A (invented)"),
        ("bib/invented.bib", "A Robot Calls"),
    ):
        path = tiny / name
        new = attack.replace("&", r"\&") if name.endswith(".bib") else attack
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    text = await read(await open_on(tiny), "/feed.atom")
    check_atom(text)
    entry = next(e for e in entries(text) if "robot_calls/person_a" in text_at(e, "id"))
    assert entry.find(f"{ATOM}author/{ATOM}name").text == attack
    page = html5lib.parseFragment(text_at(entry, "content"), namespaceHTMLElements=False)
    assert list(page.iter("script")) == []
    assert attack in "".join(page.itertext())


def test_what_xml_cannot_hold_is_replaced() -> None:
    root = ET.Element("root")
    feeds._add(root, "child", "a\x00b\x1fc\ufffe\ud800", key="\x0b")
    child = ET.fromstring(ET.tostring(root))[0]  # noqa: S314
    assert child.text == "a\ufffdb\ufffdc\ufffd\ufffd"
    assert child.get("key") == "\ufffd"


@pytest.mark.parametrize(
    ("host", "authority"),
    [
        ("map.example.org:8001", "map.example.org"),
        ("MAP.Example", "map.example"),
        ("[::1]:8001", "localhost"),
        ("a,b c", "localhost"),
        ("", "localhost"),
    ],
)
def test_the_authority_of_a_tag_is_a_host(host: str, authority: str) -> None:
    assert feeds._Tags.of_host(host).tag("a/b", "ü") == f"tag:{authority},2026:a%2Fb/%C3%BC"


async def test_the_feed_ends_at_its_limit(
    open_on: OpenSite, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "ENTRIES", 2)
    found = entries(await read(await open_on(tiny), "/feed.atom"))
    assert [text_at(e, "updated")[:10] for e in found] == ["2024-06-01", "2024-05-02"]


CODINGS = (
    ("madeup2021/forged_letters/consensus", "2024-06-01"),
    ("fictive2022/robot_calls/person_b", "2024-05-02"),
    ("madeup2021/forged_letters/person_b", "2024-05-02"),
    ("fictive2022/robot_calls/person_a", "2024-05-01"),
    ("madeup2021/forged_letters/person_a", "2024-05-01"),
    ("invented2020/forged_letters/tabulated2024", "2024-01-01"),
)
"""The codings of tests/data/tiny that count, with their days, the newest first."""


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("vector=robot_calls", (1, 3)),
        ("vector=robot_calls&vector=forged_letters", range(6)),
        ("coder=person_b", (1, 2)),
        ("since=2024-05-02", (0, 1, 2)),
        ("since=2024-05-02&vector=robot_calls", (1,)),
        ("since=2024", range(6)),
        ("from=2021&to=2021", (0, 2, 4)),
        # Person B alone leaves the added risk of robot calls out.
        ("vector=robot_calls&step=added_risk&level=absent", (1,)),
        ("q=nothing+of+the+kind", ()),
    ],
)
async def test_the_feed_takes_the_filter_of_the_map_and_since_when(
    open_on: OpenSite, tiny: Path, query: str, kept: tuple[int, ...]
) -> None:
    site = await open_on(tiny)
    feed = check_atom(await read(site, f"/feed.atom?{query}"))
    found = [text_at(entry, "id") for entry in feed.findall(f"{ATOM}entry")]
    assert found == [f"tag:localhost,2026:coding/{CODINGS[number][0]}" for number in kept]
    assert text_at(feed, "title") == "Marginal Risk Evidence Map: codings that match a filter"
    # A feed of its own: a reader's program must not take it for the one of all codings.
    assert text_at(feed, "id") != "tag:localhost,2026:feed"
    (itself,) = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    asked = urlsplit(itself.get("href") or "")
    assert asked.path == "/feed.atom"
    assert sorted(parse_qsl(asked.query)) == sorted(parse_qsl(query))


async def test_the_feed_marks_codings_of_machines_where_they_are_asked_for(site: Datasette) -> None:
    found = entries(await read(site, "/feed.atom?codings=provisional&coder=toy_model"))
    assert found
    for entry in found:
        assert text_at(entry, "title").endswith("(provisional: by a machine)")


@pytest.mark.parametrize("query", ["vector=robot_cals", "since=yesterday", "vektor=robot_calls"])
@pytest.mark.parametrize("path", ["/feed.atom", "/versions.atom"])
async def test_a_feed_that_cannot_be_what_is_asked_for_says_so(
    site: Datasette, path: str, query: str
) -> None:
    response = await site.client.get(f"{path}?{query}")
    assert response.status_code == 400
    assert query.rpartition("=")[2] in response.text or "vektor" in response.text


async def test_the_sitemap_has_every_page_once_and_each_is_there(
    open_on: OpenSite, tiny: Path
) -> None:
    site = await open_on(tiny)
    root = ET.fromstring(await read(site, "/sitemap.xml"))  # noqa: S314  (our own)
    assert root.tag == f"{SITEMAP}urlset"
    places = [loc.text for loc in root.iter(f"{SITEMAP}loc")]
    pages = {"/", "/gaps", "/studies", "/agreement", "/trends", "/codebook", "/data", "/about"}
    vectors = ("forged_letters", "robot_calls", "fake_maps")
    steps = ("threat", "added_risk", "defense")
    studies = "fictive2022 invented2020 madeup2021 nobody2019 pretend2023 tabulated2024"
    pages |= {f"/vectors/{vector}" for vector in vectors} | {f"/steps/{step}" for step in steps}
    pages |= {f"/vectors/{vector}/{step}" for vector in vectors for step in steps}
    pages |= {"/comparisons"} | {
        f"/comparisons/{vector}/{comparator}"
        for vector in vectors
        for comparator in ("goose_quills", "closed_models")
    }
    pages |= {"/versions"} | {f"/studies/{study}" for study in studies.split()}
    assert sorted(places) == sorted(f"http://localhost{page}" for page in pages)
    days = {day.text for day in root.iter(f"{SITEMAP}lastmod")}
    assert len(days) == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", days.pop())
    for page in sorted(pages):
        assert (await site.client.get(page)).status_code == 200, page


@pytest.mark.parametrize("base_url", ["/", "/maps/"])
async def test_robots_may_read_pages_and_not_query_without_end(
    open_on: OpenSite, tiny: Path, base_url: str
) -> None:
    site = await open_on(tiny)
    site._settings["base_url"] = base_url
    text = await read(site, "/robots.txt")
    robots = Protego.parse(text)
    place = f"http://localhost{base_url}"
    assert list(robots.sitemaps) == [f"{place}sitemap.xml"]
    for path in (
        "",
        "studies/fictive2022",
        "studies/fictive2022/cite.bib",
        "?view=studies",
        "feed.atom",
        "map.png",
        "-/static-plugins/marginal-risk/marginal-risk.css",
        "evidence",
        "evidence.db",
        "evidence/judgements",
        "evidence/judgements.csv",
    ):
        assert robots.can_fetch(place + path, "AnyBot"), path
    for path in (
        "evidence?sql=select+1",
        "evidence/-/query?sql=select+1",
        "evidence/-/query.json?sql=select+1",
        "evidence/judgements?_facet=level",
        "evidence/judgements?_sort=step",
        "evidence/judgements.json?_next=100",
        "evidence/reasons_at_a_step?step=threat",
        "-/plugins",
    ):
        assert not robots.can_fetch(place + path, "AnyBot"), path
