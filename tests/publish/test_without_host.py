"""A request that names no host, as HTTP/1.0 allows: nobody knows the site's address then."""

import json

import pytest
from bench.attack_requests import Odd, send
from datasette.app import Datasette

from pages import main_of, parse, text_of


async def ask(site: Datasette, path: str, host: bytes = b"") -> tuple[int, str]:
    headers = ((b"host", host),) if host else ()
    odd = Odd(method="GET", path=path, query="", headers=headers, body=b"", is_cut_short=False)
    status, _, body = await send(site.app(), odd)
    return status, body.decode()


@pytest.mark.parametrize(
    "path", ["/", "/embed", "/about", "/data", "/vectors/fake_maps", "/studies/invented2020"]
)
async def test_a_page_names_no_address_of_its_own(site: Datasette, path: str) -> None:
    status, text = await ask(site, path)
    assert status == 200
    parse(text)
    for word in ("localhost", 'rel="canonical"', "og:url", "og:image", '=""http'):
        assert word not in text, word
    _, named = await ask(site, path, b"map.example.org")
    assert "http://map.example.org/" in named


async def test_a_page_with_an_address_is_not_kept_for_those_without(site: Datasette) -> None:
    _, named = await ask(site, "/gaps", b"localhost")
    assert "http://localhost/gaps" in named
    _, text = await ask(site, "/gaps")
    assert "localhost" not in text


async def test_the_map_is_cited_without_an_address(site: Datasette) -> None:
    _, plain = await ask(site, "/cite.txt")
    assert plain.rstrip().endswith("CC BY 4.0.")
    _, bibtex = await ask(site, "/cite.bib")
    assert "url =" not in bibtex
    assert bibtex.rstrip().endswith("note = {CC BY 4.0},\n}")
    _, ris = await ask(site, "/cite.ris")
    assert "UR  -" not in ris
    _, csl = await ask(site, "/cite.json")
    cited = json.loads(csl)
    assert "URL" not in (cited[0] if isinstance(cited, list) else cited)
    _, page = await ask(site, "/about")
    assert "[Data set]. CC BY 4.0. The same as" in text_of(main_of(parse(page)))


@pytest.mark.parametrize("path", ["/feed.atom", "/studies.atom", "/sitemap.xml"])
async def test_a_file_that_needs_an_address_says_so(site: Datasette, path: str) -> None:
    status, text = await ask(site, path)
    assert status == 404
    assert "names the site&#39;s address" in text or "names the site's address" in text


async def test_robots_are_told_no_address_of_the_sitemap(site: Datasette) -> None:
    status, text = await ask(site, "/robots.txt")
    assert status == 200
    assert "Sitemap" not in text
    assert text.endswith("Disallow: /evidence/-/\n")
