"""Where the map reports what PRISMA-LSR asks of a living review, and where it does not: /checklist.

The items are those of the extension and its table of additional items and elements: Akl et al.
(2024), https://doi.org/10.1136/bmj-2024-079183. They stand here in our words.
"""

from __future__ import annotations

from dataclasses import dataclass

from datasette import Request, Response
from datasette.app import Datasette

from marginal_risk.publish.page import Page, PageContext, cached_page, described


@dataclass(frozen=True)
class ChecklistItem:
    """What the extension asks, and what the map has of it."""

    topic: str
    asks: str
    state: str
    """has, in part, or lacks."""
    says: str
    path: str | None = None
    """The page that has it."""

    @property
    def page(self) -> str:
        """What that page is called."""
        path = self.path or ""
        return "the feed" if path == "/feed.atom" else path.removeprefix("/").capitalize()


HAS, PARTLY, LACKS = "Has it", "In part", "Lacks it"
ITEMS = (
    ChecklistItem(
        "Title (1)",
        "Call the report living, and give the version.",
        PARTLY,
        "The README calls the map living; its title does not. Each page ends with the version of"
        " the data.",
        "/about",
    ),
    ChecklistItem(
        "Abstract (2)",
        "Say if the review leaves the living mode with this version.",
        PARTLY,
        "The map has no abstract; its protocol says that no end is planned.",
        "/about",
    ),
    ChecklistItem(
        "Rationale (3)",
        "Justify the living mode, and cite the version before.",
        PARTLY,
        "Anybody can add a study at any time. A version before this one is found in the history"
        " of the data, and is not cited.",
        "/about",
    ),
    ChecklistItem(
        "Objectives (4)",
        "Describe and justify changes of the question since the version before.",
        HAS,
        "The question has not changed. The codebook keeps its earlier wording, and says why it"
        " was changed.",
        "/codebook",
    ),
    ChecklistItem(
        "Living mode parameters (L1)",
        "Give the schedule of the search for each source.",
        LACKS,
        "No systematic search has been made; the protocol plans one every six months, not by"
        " source.",
        "/about",
    ),
    ChecklistItem(
        "Living mode parameters (L1)",
        "Give the schedule of the other steps.",
        HAS,
        "Screening and coding go on at any time, and the map is built anew with each change.",
        "/about",
    ),
    ChecklistItem(
        "Living mode parameters (L1)",
        "Say what the plan for the end of the living mode is, or that there is none.",
        HAS,
        "There is none; the protocol says so.",
        "/about",
    ),
    ChecklistItem(
        "Changes to the methods (L2)",
        "Describe and justify changes of the methods since the version before.",
        PARTLY,
        "Changes of the codebook are on its page, with reasons; others are in CHANGELOG.md alone.",
        "/codebook",
    ),
    ChecklistItem(
        "Search and selection",
        "Show what the search and the selection of each version came to.",
        PARTLY,
        "The flow is of the present version; those of earlier ones are in the history of the"
        " data, and on no page.",
        "/screening",
    ),
    ChecklistItem(
        "Changes to the results (L3)",
        "Say how the results have changed since the version before.",
        PARTLY,
        "New and changed codings are in the feed; each change of the data is described in words"
        " by marginal-risk diff. No page compares two versions.",
        "/feed.atom",
    ),
    ChecklistItem(
        "Limitations",
        "Discuss the limits that come with the living mode.",
        PARTLY,
        "What the map cannot say stands under About, with numbers; that repeated looks at the"
        " same data can mislead is not discussed.",
        "/about",
    ),
    ChecklistItem(
        "Authors and their roles (L4)",
        "Say who did what in this version and in those before.",
        PARTLY,
        "Each coding names its coder and each decision its screener. Who searched stands with the"
        " search. Other roles are not told.",
        "/about",
    ),
)
"""Elements whose wording could be checked, and items known by their name."""


@dataclass(frozen=True, kw_only=True)
class ChecklistPage(Page):
    """What PRISMA-LSR asks, item by item."""

    items: tuple[ChecklistItem, ...] = described("The items, in the order of the checklist.")
    counts: list[tuple[str, int]] = described("How many of them the map has, in part, or lacks.")


async def checklist_page(datasette: Datasette, request: Request) -> Response:
    """Answer /checklist."""
    return await cached_page(datasette, request, _render)


async def _render(context: PageContext) -> Response:
    page = ChecklistPage(
        **context.page_fields(
            title="Checklist for living reviews",
            description="Where the map reports what PRISMA-LSR asks of a living review, and where"
            " it does not.",
            path="/checklist",
            data_links=context.data_links("searches"),
        ),
        items=ITEMS,
        counts=[(state, sum(i.state == state for i in ITEMS)) for state in (HAS, PARTLY, LACKS)],
    )
    return await context.render("checklist.html", page)


ROUTES = [(r"^/checklist$", checklist_page)]
