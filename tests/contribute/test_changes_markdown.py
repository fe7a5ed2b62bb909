"""What is printed of text from the data: in Markdown, as GitHub's own parser reads it."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import cmarkgfm
import html5lib
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from changes_of import add, edit, snapshot_of
from marginal_risk.contribute.changes.comparing import compare
from marginal_risk.contribute.changes.rendering import as_markdown, as_text, escape
from marginal_risk.contribute.changes.wording import cleaned
from places import TINY

PARTED = "\u200b"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; &#64;everyone",
    "[a link](javascript:alert(1))",
    "![a picture](https://example.org/x.png)",
    "<https://example.org>",
    "https://example.org/a?b=c&d and HTTP://example.org",
    "www.example.org",
    "someone@example.org",
    "mailto:someone@example.org xmpp:someone@example.org",
    "@everyone and @example/team",
    "#1, GH-1, example/example#1, gh-2",
    ":tada: :+1:",
    "$x^2$ and $$x$$",
    "a | b | c",
    "**strong** _weak_ ~~gone~~ `code` ``more``",
    "[^1] [x] [[wiki]] [!NOTE]",
    "\\*not\\* \\",
    "# heading",
    "1. one",
    "12) twelve",
    "- item",
    "+ item",
    "===",
    "---",
    "> quote",
    "```sh",
    "    code",
    "two\n\n# lines\r\n- more",
    "turned \u202e round \u2066 and \x1b[31mred\x00",
    "",
]
# What GitHub makes links or pictures of after Markdown: mentions, issues and emoji.
LINKED = re.compile(r"@\w|#\d|gh-\d|:[\w+-]+:|www\.|://", re.IGNORECASE)


def render(markdown: str) -> Element:
    """Return the page that GitHub's parser makes, with nothing taken out of it."""
    html = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    return html5lib.parseFragment(html, namespaceHTMLElements=False)


def tags(page: Element) -> list[str]:
    return [str(element.tag) for element in page.iter()][1:]


def text(page: Element) -> str:
    return "".join(page.itertext()).strip()


@given(st.sampled_from(HOSTILE) | st.text() | st.text("ab1 \n\\`*_{}[]()#+-.!|~^<>&$@:/=\"'w.;"))
def test_text_stays_text(hostile: str) -> None:
    escaped = escape(cleaned(hostile))
    shown = cleaned(hostile).replace(PARTED, "")
    item = render(f"- {escaped}\n- last")
    assert tags(item) == ["ul", "li", "li"]
    assert text(item.find("ul")[0]).replace(PARTED, "") == shown
    table = render(f"| first | second |\n| --- | --- |\n| {escaped} | {escaped} |")
    cells = table.findall(".//td")
    assert [text(cell).replace(PARTED, "") for cell in cells] == [shown, shown]
    assert all(not [*cell] for cell in cells)
    assert not LINKED.search(text(item))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_each_kind_of_markup_is_shown_as_it_was_typed(hostile: str) -> None:
    page = render(f"- {escape(cleaned(hostile))}\n- last")
    assert tags(page) == ["ul", "li", "li"]
    assert not LINKED.search(text(page))


def test_ordinary_words_are_not_changed() -> None:
    plain = 'Zoë said: "5% of no letters (2020), pp. 11-19; 10.5555/a.1"'
    assert escape(plain) == plain


def test_a_hostile_change_shows_no_element_of_its_own(tiny: Path) -> None:
    title = "<b>@everyone</b> | https://example.org [x](y) \\textasciitilde"
    edit(tiny / "bib" / "invented.bib", "{Letters That Nobody Wrote}", f"{{{title}}}")
    add(
        tiny / "coders.csv",
        '"x","<i>#1</i> | @me, see `x`",person,,https://example.org/_x_,*all*\n',
    )
    changes = compare(snapshot_of(TINY), snapshot_of(tiny))
    page = render(as_markdown(changes))
    # Links lead to the study's own identifier, whatever its title or a coder's address says.
    assert set(tags(page)) == {"h2", "h3", "p", "ul", "li", "a"}
    assert {link.get("href") for link in page.iter("a")} == {
        "https://doi.org/10.5555/invented.2020"
    }
    shown = text(page)
    assert "<i>#" in shown.replace(PARTED, "")
    assert "<b>@" in shown.replace(PARTED, "")
    assert not LINKED.search(shown)


def test_the_identifiers_of_a_new_study_lead_to_their_resolvers_and_nowhere_else(
    tiny: Path,
) -> None:
    add(
        tiny / "bib" / "invented.bib",
        "\n@misc{linked2024, title={Linked}, author={Nobody, A.}, year={2024},"
        " doi={10.5555/a)](b;c}, eprint={2401.00001}, archiveprefix={arXiv},"
        " url={https://example.org/a}}\n",
    )
    add(tiny / "screening.csv", "linked2024,fake_maps,candidate,,,Invented,,\n")
    changes = compare(snapshot_of(TINY), snapshot_of(tiny))
    page = render(as_markdown(changes))
    assert [(link.get("href"), text(link)) for link in page.iter("a")] == [
        ("https://doi.org/10.5555/a%29%5D%28b%3Bc", "Nobody (2024) [linked2024]"),
        ("https://doi.org/10.5555/a%29%5D%28b%3Bc", "10.5555/a)](b;c"),
        ("https://arxiv.org/abs/2401.00001", "2401.00001"),
        ("https://doi.org/10.5555/a%29%5D%28b%3Bc", "Nobody (2024) [linked2024]"),
    ]
    assert "10.5555/a)](b;c. 2401.00001. https://example.org/a" in as_text(changes)


def test_each_study_that_is_named_is_linked_by_doi_or_else_by_arxiv(tiny: Path) -> None:
    """Also one that is coded anew, and stands in the bibliography for long."""
    edit(tiny / "bib" / "invented.bib", "doi = {10.5555/nobody.2019}", "eprint = {1901.00001}")
    edit(tiny / "rationales.csv", "Says who calls and with which machine.", "Says who calls.")
    edit(
        tiny / "screening.csv",
        "nobody2019,robot_calls,candidate,,,A search that nobody made,,",
        "nobody2019,robot_calls,candidate,,,A search that nobody made,,Looked at.",
    )
    page = render(as_markdown(compare(snapshot_of(TINY), snapshot_of(tiny))))
    found = {text(link): link.get("href") for link in page.iter("a")}
    assert found == {
        "von Fictive & Sans-Existence (2022) [fictive2022]": "https://doi.org/10.5555/fictive.2022.7",
        "Nobody (2019) [nobody2019]": "https://arxiv.org/abs/1901.00001",
    }


def test_what_a_consensus_settles_is_said_step_by_step(tiny: Path) -> None:
    add(tiny / "coders.csv", "settled,Settled by talk (invented),consensus,,,\n")
    add(
        tiny / "studies.csv",
        "fictive2022,robot_calls,settled,2024-06-01,addressed,partial,,2,,,,\n",
    )
    why = "fictive2022,robot_calls,settled"
    add(
        tiny / "rationales.csv",
        f"{why},threat,high,page 11,,Both saw the same.\n"
        f"{why},added_risk,high,page 12,,The count is there and no baseline.\n",
    )
    lines = as_text(compare(snapshot_of(TINY), snapshot_of(tiny))).splitlines()
    assert [
        line.strip() for line in lines if "settle" in line and "Settled by talk" not in line
    ] == [
        "nothing to settle at Threat: Addressed by Person A (invented),"
        " Addressed by Person B (invented)",
        "settles Added risk: Partial by Person A (invented), Absent by Person B (invented)",
    ]


def test_text_for_a_terminal_holds_nothing_that_drives_one() -> None:
    tiny = snapshot_of(TINY)
    hostile = {**tiny.tables["coders"], ("x",): {"name": "\x1b[31mred \u202eder\nline"}}
    changes = compare(tiny, replace(tiny, tables={**tiny.tables, "coders": hostile}))
    assert as_text(changes).splitlines()[-3:] == [
        "Coders added (1)",
        "  x",
        "    name: “\ufffd[31mred \ufffdder line”",
    ]
