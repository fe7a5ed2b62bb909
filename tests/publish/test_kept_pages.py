"""Pages that are kept: which addresses are one page, and how much all of them take."""

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.kept_pages import KeptPage, KeptPages, LongFile
from marginal_risk.publish.page import PageContext, find_map_data
from marginal_risk.publish.queries.filters import MOST_NOTICES
from pages import OpenSite
from places import TINY

Renderer = Callable[[], Awaitable[KeptPage]]


def page_of(body: str | bytes, *, depends_on_origin: bool = False) -> KeptPage:
    response = Response(body, headers={"X-Own": "yes"}, content_type="text/html")
    return KeptPage.of(response, depends_on_origin, is_compressed=False)


def renderer(*pages: KeptPage) -> tuple[Renderer, list[KeptPage]]:
    """Return what renders these pages in turn, and the list of those that are left."""
    left = list(pages)

    async def render() -> KeptPage:
        return left.pop(0)

    return render, left


async def test_a_page_is_rendered_once_and_sent_as_it_was() -> None:
    kept = KeptPages()
    render, left = renderer(page_of("café"), page_of("another"))
    assert (await kept.get("/", "http://a", render)).body == "café".encode()
    response = (await kept.get("/", "http://b", render)).response()
    assert (response.body, response.content_type) == ("café".encode(), "text/html")
    assert response.headers["X-Own"] == "yes"
    assert len(left) == 1


async def test_a_page_that_names_its_host_is_kept_for_that_host() -> None:
    kept = KeptPages()
    render, _ = renderer(
        page_of("at a", depends_on_origin=True), page_of("at b", depends_on_origin=True)
    )
    bodies = [(await kept.get("/", origin, render)).body for origin in ("a", "b", "a", "b")]
    assert bodies == [b"at a", b"at b", b"at a", b"at b"]


async def test_all_pages_have_a_bound_in_bytes_and_the_oldest_leaves_first() -> None:
    kept = KeptPages(most_bytes=3 * page_of("x" * 1000).size)
    for address in ("1", "2", "3", "1", "4"):
        render, _ = renderer(page_of(address * 1000))
        await kept.get(address, "", render)
        assert kept.size <= kept.most_bytes
    render, left = renderer(page_of("again"))
    for address in ("1", "3", "4"):
        assert (await kept.get(address, "", render)).body == address.encode() * 1000
    assert len(left) == 1
    assert (await kept.get("2", "", render)).body == b"again"


async def test_a_page_larger_than_the_bound_is_sent_and_not_kept() -> None:
    kept = KeptPages(most_bytes=5_000)
    small, _ = renderer(page_of("small"))
    large, _ = renderer(page_of("x" * 5_000))
    await kept.get("small", "", small)
    assert len((await kept.get("large", "", large)).body) == 5_000
    assert len(kept) == 1
    assert (await kept.get("small", "", large)).body == b"small"


async def test_who_asks_for_a_page_that_is_being_rendered_waits_for_it() -> None:
    kept = KeptPages()
    go_on = asyncio.Event()
    begun = 0

    async def render() -> KeptPage:
        nonlocal begun
        begun += 1
        await go_on.wait()
        return page_of("once")

    asked = [asyncio.ensure_future(kept.get("/", "", render)) for _ in range(5)]
    await asyncio.sleep(0)
    asked[0].cancel()  # a reader who leaves takes the page from nobody
    go_on.set()
    assert [(await task).body for task in asked[1:]] == [b"once"] * 4
    assert begun == 1


@pytest.mark.parametrize("takes_gzip", [True, False])
async def test_a_long_file_is_kept_compressed_and_sent_in_parts(takes_gzip: bool) -> None:
    numbers = [
        hashlib.sha256(bytes([each % 256, each // 256])).hexdigest() for each in range(2_000)
    ]

    async def parts() -> AsyncIterator[str]:
        for each in numbers:
            yield each

    packed = await LongFile(parts(), {"X-Own": "yes"}, "text/plain").pack()
    page = KeptPage.of(packed, False, is_compressed=takes_gzip)
    assert page.size < len("".join(numbers))
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await page.response().asgi_send(send)
    headers = dict(sent[0]["headers"])
    assert headers[b"x-own"] == b"yes"
    assert headers.get(b"content-encoding") == (b"gzip" if takes_gzip else None)
    bodies = [message["body"] for message in sent[1:]]
    assert len(bodies) > 5
    assert max(map(len, bodies)) < 30_000
    assert [message.get("more_body", False) for message in sent[1:]] == [
        *[True] * (len(bodies) - 1),
        False,
    ]
    whole = b"".join(bodies)
    assert (gzip.decompress(whole) if takes_gzip else whole).decode() == "".join(numbers)
    other = KeptPage.of(packed, False, is_compressed=not takes_gzip)
    assert other.headers["ETag"] != page.headers["ETag"]


@pytest.mark.parametrize("path", ["/studies.bib", "/studies.ris", "/studies.json", "/sitemap.xml"])
async def test_a_file_of_all_studies_is_the_same_for_whoever_takes_gzip(
    site: Datasette, path: str
) -> None:
    plain = await site.client.get(path, headers={"accept-encoding": "identity"})
    packed = await site.client.get(path, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.text == packed.text != ""  # the client unpacks it
    tag = packed.headers["etag"]
    again = await site.client.get(path, headers={"accept-encoding": "gzip", "if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_page_that_fails_is_asked_for_again() -> None:
    kept = KeptPages()

    async def fail() -> KeptPage:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await kept.get("/", "", fail)
    render, _ = renderer(page_of("whole"))
    assert (await kept.get("/", "", render)).body == b"whole"


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("/", "/?utm_source=x"),
        ("/?level=partial&q=tests", "/?q=tests&utm_source=x&level=partial"),
        ("/studies", "/studies?utm_medium=letter"),
        ("/studies?q=model&page=2", "/studies?page=2&q=model"),
        ("/gaps", "/gaps?vector=forged_letters"),
        ("/next?vector=forged_letters", "/next?vector=forged_letters&x"),
    ],
)
async def test_an_address_is_what_its_page_understands_of_it(
    site: Datasette, path: str, same: str
) -> None:
    first = await site.client.get(path)
    kept = (await find_map_data(site)).kept
    before = len(kept)
    again = await site.client.get(same)
    assert (again.status_code, again.content) == (200, first.content)
    assert len(kept) == before > 0


async def test_a_page_sees_no_parameter_that_it_does_not_understand(site: Datasette) -> None:
    request = Request.fake("/?q=1&x=2&q=3&a=4")
    context = await PageContext.open(site, request, ["q", "a", "none"])
    assert list(context.parameters.items()) == [("a", ["4"]), ("q", ["1", "3"])]
    assert (context.first("q"), context.first("x")) == ("1", "")


async def test_the_setting_bounds_what_is_kept(open_on: OpenSite) -> None:
    site = await open_on(TINY, page_cache_bytes="200000")
    kept = (await find_map_data(site)).kept
    for number in range(30):
        response = await site.client.get(f"/?vector=unknown{number}")
        assert response.status_code == 200
        assert 0 < kept.size <= 200_000


async def test_of_words_that_make_no_sense_few_are_named(site: Datasette) -> None:
    words = "&".join(f"vector=unknown{number}" for number in range(500))
    page = (await site.client.get(f"/?{words}")).text
    assert page.count("left out of the filter") == MOST_NOTICES
    assert "“unknown3” is not a misuse vector, and was left out of the filter." in page
    assert "496 other words were left out of the filter too." in page
