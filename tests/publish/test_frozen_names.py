"""What the files of a frozen copy are called, and how links are changed to lead there."""

import pytest

from marginal_risk.publish.frozen.addresses import Kept, Root, SiteAddress
from marginal_risk.publish.frozen.file_names import Files
from marginal_risk.publish.frozen.links import rewrite_css, rewrite_html


def name(path: str, *query: tuple[str, str]) -> str:
    return Files(()).find(SiteAddress(path, query))


@pytest.mark.parametrize(
    ("address", "file"),
    [
        (SiteAddress("/"), "index.html"),
        (SiteAddress("/studies/thiel2023"), "studies/thiel2023/index.html"),
        (SiteAddress("/studies/thiel2023/cite.bib"), "studies/thiel2023/cite.bib"),
        (SiteAddress("/", (("view", "studies"),)), "view=studies.html"),
        (
            SiteAddress("/studies", (("sort", "year"), ("page", "2"))),
            "studies/sort=year,page=2.html",
        ),
        (SiteAddress("/map.svg", (("codings", "provisional"),)), "map/codings=provisional.svg"),
        (
            SiteAddress("/evidence/judgements.csv", (("citekey__exact", "a b/../c"),)),
            "evidence/judgements/citekey__exact=a~20b~2F..~2Fc.csv",
        ),
        (SiteAddress("/studies/a~2Eb"), "studies/a~2Eb/index.html"),
        (SiteAddress("/../../etc/passwd"), "~2E~2E/~2E~2E/etc/passwd/index.html"),
        (SiteAddress("/./x"), "~2E/x/index.html"),
        (SiteAddress("/.git/config"), "~2Egit/config/index.html"),
        (SiteAddress("/studies/Müller"), "studies/M~C3~BCller/index.html"),
        (SiteAddress("/studies/a\\b:c*?"), "studies/a~5Cb~3Ac~2A~3F/index.html"),
        (SiteAddress("/studies/con"), "studies/~con/index.html"),
        (SiteAddress("/studies/NUL.txt"), "studies/~NUL.txt"),
        (SiteAddress("/studies/ends."), "studies/ends~2E/index.html"),
        (SiteAddress("//studies//x"), "studies/x/index.html"),
    ],
)
def test_a_file_is_named_as_its_address_and_stays_in_its_folder(
    address: SiteAddress, file: str
) -> None:
    assert Files(()).find(address) == file


def test_no_two_files_are_one_where_a_file_system_ignores_case() -> None:
    files = Files(("404.html",))
    asked = [
        *(
            SiteAddress("/studies/Li2024"),
            SiteAddress("/studies/li2024"),
            SiteAddress("/studies/LI2024"),
        ),
        *(
            SiteAddress("/404.html"),
            SiteAddress("/a.json"),
            SiteAddress("/a.json/b"),
            SiteAddress("/A.JSON"),
        ),
    ]
    found = [files.find(address) for address in asked]
    assert len({file.casefold() for file in found}) == len(asked)
    assert found[0] == "studies/Li2024/index.html"
    assert [files.find(address) for address in asked] == found
    # A file is no folder of another one.
    assert not any(one.startswith(f"{other}/") for one in found for other in found)


def test_a_long_name_is_cut_and_stays_a_name_of_its_own() -> None:
    one, other = (name(f"/studies/{'x' * 400}{end}") for end in "ab")
    assert one != other
    assert max(map(len, one.split("/"))) <= 120


ROOT = Root("https://owner.example.org/map")


@pytest.mark.parametrize(
    ("link", "led"),
    [
        ("/map/studies", (SiteAddress("/studies"), "")),
        ("?codings=provisional#a", (SiteAddress("/v/x", (("codings", "provisional"),)), "#a")),
        ("?", (SiteAddress("/v/x"), "")),
        ("y", (SiteAddress("/v/y"), "")),
        ("https://owner.example.org/map/", (SiteAddress("/"), "")),
        ("https://owner.example.org/map", (SiteAddress("/"), "")),
        ("https://owner.example.org/mapped", None),
        ("https://owner.example.org/", None),
        ("//other.example.org/map/", None),
        ("http://owner.example.org/map/", None),
        ("mailto:a@example.org", None),
        ("javascript:alert(1)", None),
        ("data:image/png;base64,AA", None),
        ("http://[", None),
        ("#main", None),
        ("", (SiteAddress("/v/x"), "")),
    ],
)
def test_a_link_is_followed_below_the_root_and_nowhere_else(
    link: str, led: tuple[SiteAddress, str] | None
) -> None:
    assert ROOT.follow(SiteAddress("/v/x"), link) == led


KEPT = Kept("/evidence", {"judgements", "table_1"}, ("/llms.txt", ".atom"))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/studies", "/studies"),
        ("/?codings=provisional&view=studies", "/?codings=provisional&view=studies"),
        ("/?q=models", None),
        ("/studies?sort=year&dir=asc&page=2", "/studies?sort=year&dir=asc&page=2"),
        ("/studies?vector=biosecurity&page=2", "/studies?vector=biosecurity&page=2"),
        ("/studies?vector=biosecurity&sort=year", None),
        ("/studies?vector=biosecurity&vector=disinformation", None),
        ("/studies.bib?vector=biosecurity&coded=yes", None),
        ("/?vector=biosecurity&level=absent", None),
        ("/?from=2020&vector=biosecurity", None),
        ("/studies?page=..%2F..", None),
        ("/contribute?study=x", None),
        ("/health", None),
        ("/-/", None),
        ("/llms.txt", None),
        ("/feed.atom", None),
        ("/robots.txt", "/robots.txt"),
        ("/-/static/app.css?_hash=abc", "/-/static/app.css"),
        ("/evidence", "/data"),
        ("/evidence.db", "/evidence.db"),
        ("/evidence/judgements", "/evidence/judgements"),
        ("/evidence/judgements.csv?_stream=1&_size=max", "/evidence/judgements.csv"),
        ("/evidence/judgements?citekey__exact=x", "/evidence/judgements?citekey__exact=x"),
        ("/evidence/judgements?citekey__contains=x", None),
        ("/evidence/judgements?_sort=step", None),
        ("/evidence/judgements.json?_shape=array", None),
        ("/evidence/judgements/1", None),
        ("/evidence/sqlite_master", None),
        ("/evidence/-/query?sql=select+1", None),
        ("/evidence/table_1", "/evidence/table_1"),
    ],
)
def test_what_a_copy_has(address: str, kept: str | None) -> None:
    led = Root("http://x").follow(SiteAddress("/"), address)
    assert led is not None
    found = KEPT.find(led[0])
    assert (found.target if found else None) == kept


def upper(link: str, is_form: bool) -> str | None:
    return None if link.startswith("http") else ("FORM" if is_form else link.upper())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a class="x" href="a">a</a>', '<a class="x" href="A">a</a>'),
        ("<a href='a'>", '<a href="A">'),
        ("<a href=a>", '<a href="A">'),
        ('<A HREF = "a&amp;b">', '<A HREF = "A&amp;B">'),
        ('<a title="x href=y" href="a">', '<a title="x href=y" href="A">'),
        ('<a title=">" href="a">', '<a title=">" href="A">'),
        ('<a href="https://example.org/?a=1&amp;b">', '<a href="https://example.org/?a=1&amp;b">'),
        ('<a data-href="a" href="b">', '<a data-href="a" href="B">'),
        ("<!-- <a href='a'> -->", "<!-- <a href='a'> -->"),
        ("<p>href=\"a\" &lt;a href='b'&gt;", "<p>href=\"a\" &lt;a href='b'&gt;"),
        ('<link rel="canonical" href="a">', '<link rel="canonical" href="a">'),
        ('<link rel="stylesheet" href="a">', '<link rel="stylesheet" href="A">'),
        ('<img src="a" srcset="b 1x, c 2x">', '<img src="A" srcset="B 1x, C 2x">'),
        (
            '<form action="a"><button formaction="b">',
            '<form action="FORM"><button formaction="FORM">',
        ),
        (
            '<meta http-equiv="refresh" content="0; url=a">',
            '<meta http-equiv="refresh" content="0; url=A">',
        ),
        ('<meta name="description" content="a">', '<meta name="description" content="a">'),
        ('<p style="background: url(a)">', '<p style="background: url(A)">'),
        (
            '<svg><a xlink:href="a"/><use href="#b"/></svg>',
            '<svg><a xlink:href="A"/><use href="#B"/></svg>',
        ),
        (
            '<script src="a">"<a href=b>"</script><a href="c">',
            '<script src="A">"<a href=b>"</script><a href="C">',
        ),
        ('<a href="a\'">', '<a href="A&#x27;">'),
        ("a < b, c > d", "a < b, c > d"),
    ],
)
def test_a_link_changes_and_nothing_else(before: str, after: str) -> None:
    assert rewrite_html(before, upper) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('src: url("a.woff2") format("x")', 'src: url("A.WOFF2") format("x")'),
        ("background: url( a )", "background: url( A )"),
        ("@import 'a.css';", "@import 'A.CSS';"),
        ("background: url(https://example.org/a)", "background: url(https://example.org/a)"),
        (".a { color: red }", ".a { color: red }"),
    ],
)
def test_a_link_of_a_stylesheet_changes(before: str, after: str) -> None:
    assert rewrite_css(before, upper) == after
