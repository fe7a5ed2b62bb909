"""Ten questions that readers come with: each is answered at most two clicks from the map.

A click is a link that is followed, or a form that is sent; nobody has to know an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import pytest
from datasette.app import Datasette

from pages import OpenSite, get, links, main_of, parse, text_of
from places import FROZEN

MOST_CLICKS = 2
PICTURES = {"image/png": b"\x89PNG", "application/pdf": b"%PDF"}
"""How files of a type begin."""


@dataclass
class Reader:
    """Somebody at a browser, who begins at the map."""

    site: Datasette
    page: Element
    address: str = "/"
    clicks: int = 0
    text: str = ""
    kind: str = ""
    """The type of what was opened last, and what it holds."""
    content: bytes = b""

    @classmethod
    async def at_the_map(cls, site: Datasette) -> "Reader":
        return cls(site, await get(site, "/"))

    async def follow(self, link: str) -> None:
        """Follow the first link with this text."""
        found = links(self.page)
        assert link in found, (link, sorted(found))
        await self._go(found[link])

    async def search(self, text: str) -> None:
        """Send the form for searching in the header."""
        form = next(f for f in self.page.iter("form") if f.get("class") == "find")
        await self._go(f"{form.get('action')}?q={text}")

    async def _go(self, target: str) -> None:
        self.clicks += 1
        self.address = urljoin(self.address, target)
        response = await self.site.client.get(self.address)
        assert response.status_code == 200, self.address
        self.kind, self.content = response.headers["content-type"], response.content
        self.text = "" if self.kind in PICTURES else response.text
        if "html" in self.kind:
            self.page = parse(response.text)

    def reads(self, *words: str) -> None:
        """See that the page says this, and that it did not take long to come here."""
        found = text_of(main_of(self.page)) if self.text.startswith("<!DOCTYPE") else self.text
        for said in words:
            assert said in found, said
        assert self.clicks <= MOST_CLICKS


@pytest.fixture
async def reader(open_on: OpenSite) -> Reader:
    repository = "https://example.org/evidence/map"
    return await Reader.at_the_map(await open_on(FROZEN, repository=repository))


async def follow(reader: Reader, *path: str) -> None:
    for link in path:
        await reader.follow(link)


async def test_is_there_evidence_for_biosecurity_and_against_what(reader: Reader) -> None:
    await follow(reader, "Biosecurity risk")
    reader.reads(
        "gives no evidence on marginal risk",
        "Compared with what?",
        "No study read so far compares open models with closed models, web search or older"
        " technology for biosecurity risk.",
    )


async def test_what_waits(reader: Reader) -> None:
    await follow(reader, "Biosecurity risk")
    reader.reads("studies wait", "Soice et al. (2023)", "Judge it")


async def test_which_study_says_so_and_where(reader: Reader) -> None:
    await follow(reader, "Biosecurity risk", "Evidence on marginal risk")
    reader.reads("Gopal et al. (2023)", "No comparison with information available", "page 6")


@pytest.mark.parametrize("form", ["BibTeX", "RIS", "Plain text"])
async def test_how_do_i_cite_this_cell(reader: Reader, form: str) -> None:
    # From the map a cell opens in place, and its heading leads to the page.
    await follow(reader, "Biosecurity risk: Evidence on marginal risk", form)
    reader.reads("Biosecurity risk: Evidence on marginal risk", "/vectors/biosecurity/marginal")


async def test_all_biosecurity_references_into_zotero(reader: Reader) -> None:
    await reader.search("biosecurity")
    await reader.follow("RIS")
    assert urlsplit(reader.address).path == "/studies.ris"
    assert reader.text.count("TY  - ") == 15
    reader.reads("Gopal, Anjali", "Sandbrink")


@pytest.mark.parametrize(
    ("form", "kind"), [("PNG for slides", "image/png"), ("PDF", "application/pdf")]
)
async def test_the_figure_for_a_slide(reader: Reader, form: str, kind: str) -> None:
    await follow(reader, form)
    assert reader.kind == kind
    assert reader.content.startswith(PICTURES[kind])
    assert reader.clicks == 1


async def test_who_judged_this_and_was_it_checked(reader: Reader) -> None:
    await follow(reader, "Child sexual abuse material: Evidence on marginal risk")
    reader.reads("Judged by", "Kapoor et al. (2024)", "1 of 13 studies, 1 coder")
    await follow(reader, "Kapoor et al. (2024)")
    reader.reads("42 judgements on 7 studies", "read from the written justifications in Appendix B")


async def test_what_does_partial_mean(reader: Reader) -> None:
    main = main_of(reader.page)
    assert "Partial" in text_of(main)
    await follow(reader, "codebook")
    reader.reads("Partial", "What earns each level")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (["Data", "What changed"], ["What changed", "Codings made or changed"]),
        (["New codings"], ["<updated>", "Thiel, Stroebel &amp; Portnoff (2023)"]),
    ],
)
async def test_what_changed_since_last_month(
    reader: Reader, path: list[str], says: list[str]
) -> None:
    await follow(reader, *path)
    reader.reads(*says)


async def test_how_do_i_object(reader: Reader) -> None:
    await follow(reader, "Object to a judgement")
    reader.reads("When something is wrong", "Open an issue")
    assert "https://example.org/evidence/map" in links(reader.page)["repository"]


async def test_how_do_i_object_to_this_coding(reader: Reader) -> None:
    await follow(reader, "Gopal et al. (2023)")
    assert links(reader.page)["Dispute this coding"].startswith("https://example.org/")


def test_every_question_of_the_ten_has_its_test() -> None:
    asked: Sequence[str] = [name for name in globals() if name.startswith("test_")]
    assert len(asked) - 2 == 10
