"""DOIs, arXiv identifiers and addresses, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.read.bibliography.identifiers import (
    find_arxiv_id,
    find_url,
    is_doi_address,
    is_safe_url,
    normalise_title,
    read_arxiv_id,
    read_doi,
    read_url,
)


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.5555/abc.1", "10.5555/abc.1"),
        (" 10.5555/ABC ", "10.5555/abc"),
        ("doi:10.5555/abc", "10.5555/abc"),
        ("DOI: 10.5555/abc", "10.5555/abc"),
        ("https://doi.org/10.5555/abc", "10.5555/abc"),
        ("http://dx.doi.org/10.5555/abc", "10.5555/abc"),
        ("HTTPS://WWW.DOI.ORG/10.5555/abc", "10.5555/abc"),
        ("doi.org/10.5555/abc", "10.5555/abc"),
        ("https://doi.org/10.5555/a%28b%29", "10.5555/a(b)"),
        ("10.5555/a%28b", "10.5555/a%28b"),  # only an address is escaped
        (
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
        ),
        ("Doi 10.5555/abc", "10.5555/abc"),
        ("doi: https://doi.org/10.5555/abc", "10.5555/abc"),
        ("urn:doi:10.5555/abc", "10.5555/abc"),
        ("10.5555/abc.", "10.5555/abc"),
        ("doidoi 10.5555/abc", None),
        ("abc.1", None),
        ("10.5555", None),
        ("10.5555/", None),
        ("10.55/abc", None),
        ("10.5555/a b", None),
        ("10.5555/a\x00", None),
        ("10.5555/a\u202eb", None),
        ("10.\u0665\u0665\u0665\u0665/a", None),
        ("http://doi.publisher.example/10.5555/abc", "10.5555/abc"),
        ("https://doi-org.library.example/10.5555/abc", "10.5555/abc"),
        ("https://example.org/doi/abs/10.5555/a%28b?journal=c", "10.5555/a(b"),
        ("http://link.springer.com/article/10.5555/abc", "10.5555/abc"),
        ("https://journals.plos.org/any/article?id=10.5555/abc", "10.5555/abc"),
        ("https://example.org/10.5555/abc", None),
        ("https://example.org/?doi=10.5555/abc", None),
        ("", None),
    ],
)
def test_doi(text: str, doi: str | None) -> None:
    assert read_doi(text) == doi


PREFIXES = ["", "doi:", "DOI: ", "doi.org/", "http://dx.doi.org/", "https://www.doi.org/"]
PREFIXES += ["https://doi.org/", "  https://doi.org/"]


@given(
    st.sampled_from(PREFIXES),
    # What ends a sentence ends no DOI.
    st.from_regex(r"10\.[0-9]{4,9}/[a-z0-9._;()/:<>-]*[a-z0-9_()/:<>-]", fullmatch=True),
)
def test_a_doi_is_the_same_with_every_prefix(prefix: str, doi: str) -> None:
    assert read_doi(prefix + doi) == doi
    assert read_doi(prefix + doi.upper()) == doi


def test_an_address_of_another_site_is_none_of_doi_org() -> None:
    assert is_doi_address("https://doi.org/10.5555/abc")
    assert not is_doi_address("https://doi.org.example.org/10.5555/abc")
    assert not is_doi_address("https://example.org/doi.org/10.5555/abc")


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        (" 2403.07918\n", "2403.07918"),
        ("2403.07918v2", "2403.07918"),
        ("arXiv:2403.07918", "2403.07918"),
        ("arxiv: 2403.07918v12 [cs.CY]", "2403.07918"),
        ("0704.0001", "0704.0001"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("math.GT/0309136v1", "math.GT/0309136"),
        ("2413.00001", None),
        ("2403.079", None),
        ("2403.079181", None),
        ("hep-th/9913001", None),
        ("٢٤٠٣.٠٧٩١٨", None),
        ("Nature 5", None),
        ("", None),
    ],
)
def test_arxiv_id(text: str, arxiv_id: str | None) -> None:
    assert read_arxiv_id(text) == arxiv_id


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("https://arxiv.org/abs/2403.07918v1", "2403.07918"),
        ("http://arxiv.org/pdf/2403.07918v1.pdf", "2403.07918"),
        ("https://ar5iv.labs.arxiv.org/html/2403.07918", "2403.07918"),
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        ("arXiv preprint arXiv:2403.07918", "2403.07918"),
        ("10.48550/ARXIV.2403.07918", "2403.07918"),
        ("abs/2403.07918", "2403.07918"),
        ("First arXiv: 2403.07918, later elsewhere", "2403.07918"),
        ("arXiv:2403.079181", None),
        ("https://example.org/abs/2403.07918", None),
        ("2403.07918", None),
        ("arXiv", None),
    ],
)
def test_an_arxiv_id_in_a_text(text: str, arxiv_id: str | None) -> None:
    assert find_arxiv_id(text) == arxiv_id


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org:8080/a_(b)?c=d&e=%20#f",
        "https://example.org/~me/@you",
        "https://例え.jp/文",
        "https://[2001:db8::1]/",
    ],
)
def test_safe_addresses(address: str) -> None:
    assert is_safe_url(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "//example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "data:text/html,x",
        "https:example.org",
        "https://",
        "https:///a",
        "https://user@example.org",
        "https://user:word@example.org",
        "https://example.org:port",
        "https://[example.org",
        "https://example.org/a b",
        "https://example.org/a\nb",
        "https://example.org/\ta",
        "https://example.org/\u00a0",
        "https://example.org/\u202egpj.exe",
        "https://example.org/\u200b",
        "https://example.org/\x00",
        'https://example.org/"onclick="x',
        "https://example.org/'",
        "https://example.org/<b>",
        "https://example.org\\@example.com",
        "https://example.org/`{}|^",
    ],
)
def test_unsafe_addresses(address: str) -> None:
    assert not is_safe_url(address)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTPS://example.org/A", "https://example.org/A"),
        ("https://a.example;\n   HTTP://b.example/c", "https://a.example"),
        ("https://a.example https://b.example", "https://a.example"),
        ("https://a.example, http://b.example", "https://a.example"),
        ("https://a.example/b/\n        c_d\n?e=f", "https://a.example/b/c_d?e=f"),
        ("https://a.example/b\n\nhttps://b.example", "https://a.example/b"),
        ("https://a.example/b.pdf%5Cnhttp://b.example", "https://a.example/b.pdf"),
        ("https://a.example/b c", None),
        ("https://a.example; see there", None),
        ("https://a.example http://b.example/<c>", None),
        ("https://a.example;http://b.example", "https://a.example;http://b.example"),
        ("www.example.org", "http://www.example.org"),
        ("WWW.example.org/a:b?c", "http://WWW.example.org/a:b?c"),
        ("www. example.org", None),
        ("example.org", None),
        ("javascript:alert(1) https://a.example", None),
        ("", None),
    ],
)
def test_one_address_of_a_field(text: str, url: str | None) -> None:
    assert read_url(text) == url


def test_the_scheme_must_be_in_lower_case() -> None:
    assert not is_safe_url("HTTPS://example.org")


@given(st.text())
def test_any_text_is_an_address_or_not(text: str) -> None:
    for address in (text, "https://" + text, "https://example.org/" + text):
        if is_safe_url(address):
            assert address.startswith(("http://", "https://"))
            assert address.isprintable()
            assert not set(address) & set(" <>\"'\\")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://example.org/a.", "https://example.org/a"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("at {https://example.org/a}, and http://example.com", "https://example.org/a"),
        ("example.org", None),
        ("", None),
    ],
)
def test_an_address_in_a_text(text: str, address: str | None) -> None:
    assert find_url(text) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A Title: With More", "a title  with more"),
        ("AI-Generated Text", "AI generated text"),
        ("Naïve Übung", "Naive Ubung"),
        ("Große Frage?", "GROSSE FRAGE"),
        ("snake_case", "snake case"),
        ("\ufb01rst", "first"),
    ],
)
def test_titles_that_are_the_same(one: str, other: str) -> None:
    assert normalise_title(one) == normalise_title(other)


def test_titles_that_are_not_the_same() -> None:
    assert normalise_title("Risk 1") != normalise_title("Risk 2")
    assert normalise_title("風険") != normalise_title("分析")
    assert normalise_title("?!") == ""
