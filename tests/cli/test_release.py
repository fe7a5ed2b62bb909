"""``marginal-risk release``: two releases on a clone, and what /versions says of them."""

import shutil
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.app import Datasette

from changes_of import edit
from marginal_risk.cli import main
from marginal_risk.publish.queries.releases import ChangedCell, add_up
from marginal_risk.publish.queries.releases import Release as ShownRelease
from marginal_risk.store.provenance import is_current
from marginal_risk.store.releases import CellChange, order_of, read_releases
from pages import get, links, main_of, opened, text_of, texts
from places import TINY
from repositories import commit, git

pytestmark = pytest.mark.usefixtures("environment")

ATOM = "{http://www.w3.org/2005/Atom}"
PARTIAL = (
    "robot_calls,person_b,2024-05-02,addressed,absent",
    "robot_calls,person_b,2024-05-02,addressed,partial",
)
FIRST, SECOND = "data-2024-06-01", "data-2024-07-01"
CHANGED = CellChange("robot_calls", "added_risk", "contested", "partial")
"""What the edit does to the map, by hand: the two who differed now say the same."""


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def release(*words: str) -> Result:
    return run("release", *words)


@pytest.fixture(scope="session")
def first_and_second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two releases of the invented data, with one cell changed between them."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path_factory.mktemp("released") / "clone"
    shutil.copytree(TINY, folder / "data")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    commit(folder)
    made = release(FIRST, "--data", str(folder / "data"))
    assert made.exit_code == 0, made.output
    edit(folder / "data" / "studies.csv", *PARTIAL)
    commit(folder)
    made = release(SECOND, "--data", str(folder / "data"))
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture
def released(first_and_second: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, that a test may change; we are in it."""
    folder = Path(shutil.copytree(first_and_second, tmp_path / "clone"))
    monkeypatch.chdir(folder)
    return folder


@asynccontextmanager
async def site_of(folder: Path, **settings: str) -> AsyncIterator[Datasette]:
    built = run("build", "--output", str(folder / "evidence.db"))
    assert built.exit_code == 0, built.output
    async with opened(folder / "evidence.db", **settings) as site:
        yield site


def test_a_tag_says_what_its_data_holds_and_what_it_changed(released: Path) -> None:
    second, first = read_releases(released / "data")
    assert (first.tag, first.cells) == (FIRST, ())
    assert (second.tag, second.cells, second.released_on) == (SECOND, (CHANGED,), "2024-07-01")
    assert first.data_version != second.data_version
    assert second.git_commit == git(released, "rev-parse", "HEAD")
    # Counted by hand in the sheets of tests/data/tiny; the machine's are in none of them.
    assert (second.found_studies, second.coded_studies, second.judgements) == (5, 3, 12)
    message = git(released, "for-each-ref", "--format=%(contents)", f"refs/tags/{SECOND}")
    assert message.startswith("Data of 2024-07-01\n")
    assert "  Robot calls, Added risk: Contested → Partial\n" in message
    assert message.endswith("\nCell: robot_calls, added_risk: contested -> partial")
    assert release("--check", SECOND).exit_code == 0
    assert release("--check", FIRST).exit_code == 0


async def test_versions_says_which_cell_changed_between_two_releases(released: Path) -> None:
    async with site_of(released) as site:
        page = main_of(await get(site, "/versions"))
        assert texts(page, "h3") == [SECOND, FIRST]
        (row,) = [tr for tr in page.iter("tr") if tr.find("th[@scope='row']") is not None]
        assert [text_of(cell) for cell in row] == [
            "Robot calls: Added risk",
            "Contested",
            "Partial",
        ]
        assert links(page)["Robot calls: Added risk"] == "/vectors/robot_calls/added_risk"
        assert "This was the first release." in texts(page, "p")
        assert "which is a release." in text_of(page)
        # Since the first release there was one; of another misuse vector, it changed nothing.
        assert texts(main_of(await get(site, f"/versions?since={FIRST}")), "h3") == [SECOND]
        other = main_of(await get(site, "/versions?since=2024-06-02&vector=fake_maps"))
        assert texts(other, "h3") == [SECOND]
        assert "No cell that the filter keeps changed its state" in text_of(other)
        assert "There was no release since then." in text_of(
            main_of(await get(site, "/versions?since=2024-07-02"))
        )
        wrong = main_of(await get(site, "/versions?since=yesterday"))
        assert "“yesterday” is no day" in text_of(wrong)
        feed = ET.fromstring((await site.client.get("/versions.atom")).text)  # noqa: S314
        ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
        assert ids == [f"tag:localhost,2026:release/{tag}" for tag in (SECOND, FIRST)]
        assert "Contested → Partial" in (feed.findtext(f"{ATOM}entry/{ATOM}content") or "")
        filtered = await site.client.get("/versions.atom?vector=fake_maps")
        assert "<entry>" not in filtered.text
        rows = (await site.client.get("/evidence/release_changes.json")).json()["rows"]
        assert [list(row.values()) for row in rows] == [
            [SECOND, "robot_calls", "added_risk", "contested", "partial"]
        ]


async def test_a_version_leads_to_its_pages_or_says_where_they_are(released: Path) -> None:
    second, first = read_releases(released / "data")
    path = "/vectors/robot_calls?codings=provisional"
    repository, copies = "https://git.example.org/map", "https://copies.example.org/"
    async with site_of(released, repository=repository) as site:
        here = await site.client.get(f"/v/{second.data_version}{path}", follow_redirects=False)
        assert (here.status_code, here.headers["location"]) == (302, path)
        page = main_of(await get(site, f"/v/{first.data_version}{path}", status=404))
        assert "It was released on 2024-06-01 as data-2024-06-01." in text_of(page)
        assert f"{repository}/releases/tag/{FIRST}" in links(page).values()
        assert links(page)["the same page"] == path
        unknown = main_of(await get(site, "/v/000000000000/", status=404))
        assert "No release that is known here" in text_of(unknown)
        # No address leads to another site.
        for rest in ("//evil.example", "/%5Cevil.example", "/https://evil.example"):
            there = await site.client.get(f"/v/{second.data_version}{rest}", follow_redirects=False)
            assert there.headers["location"].startswith("/")
            assert there.headers["location"][1:2] not in ("/", "\\")
    async with site_of(released, copies=copies) as site:
        kept = await site.client.get(f"/v/{first.data_version}{path}", follow_redirects=False)
        # The name that a frozen copy gives to the page.
        file = f"{copies}{first.data_version}/vectors/robot_calls/codings=provisional.html"
        assert (kept.status_code, kept.headers["location"]) == (302, file)
        kept = await site.client.get(f"/v/{first.data_version}/gaps", follow_redirects=False)
        assert kept.headers["location"] == f"{copies}{first.data_version}/gaps/"


def test_a_new_tag_makes_a_database_old(released: Path) -> None:
    database = released / "evidence.db"
    assert run("build", "--output", str(database)).exit_code == 0
    assert is_current(database, released / "data")
    assert release("data-2024-07-01.2").exit_code == 0
    assert not is_current(database, released / "data")


async def test_without_a_repository_there_is_no_release(tiny: Path) -> None:
    assert read_releases(tiny) == ()
    async with site_of(tiny.parent) as site:
        page = main_of(await get(site, "/versions"))
    assert "No release of the data is recorded in this database" in text_of(page)


def test_data_in_another_directory_has_no_part_in_them(released: Path) -> None:
    other = released / "more" / "data"
    other.parent.mkdir()
    (released / "data").rename(other)
    commit(released)
    assert read_releases(other) == ()


@pytest.mark.parametrize(
    ("message", "lightweight"),
    [("Nothing for programs", False), ("Data-Version: x\nJudgements: many", False), ("", True)],
)
def test_a_tag_of_another_form_is_no_release(
    released: Path, message: str, lightweight: bool
) -> None:
    words = [] if lightweight else ["--annotate", "--message", f"A tag\n\n{message}"]
    git(released, "tag", *words, "data-2024-08-01")
    assert [found.tag for found in read_releases(released / "data")] == [SECOND, FIRST]
    result = release("--check", "data-2024-08-01")
    assert result.exit_code == 1
    assert "does not say what its data says" in result.stderr
    assert "missing: Data-Version: " in result.stderr


def test_a_tag_that_says_something_else_is_found(released: Path) -> None:
    message = git(released, "for-each-ref", "--format=%(contents)", f"refs/tags/{SECOND}")
    forged = message.replace("contested -> partial", "contested -> addressed")
    git(released, "tag", "--annotate", "--message", forged, "--cleanup=verbatim", "data-2024-08-01")
    result = release("--check", "data-2024-08-01")
    assert result.exit_code == 1
    assert "  not so: Cell: robot_calls, added_risk: contested -> addressed" in result.stderr


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        (SECOND, "is there already"),
        ("data-2024-06-15", "There is a later release already: data-2024-07-01"),
        ("data-2024-13-01", "is no name of a release"),
        ("v1.0", "is no name of a release"),
        ("data-2024-07-01.1", "is no name of a release"),
    ],
)
def test_what_cannot_be_released_is_said(released: Path, tag: str, why: str) -> None:
    result = release(tag)
    assert result.exit_code == 1
    assert why in result.stderr
    assert git(released, "tag", "--list", "data-*").split() == [FIRST, SECOND]


def test_data_that_is_not_committed_is_not_released(released: Path) -> None:
    edit(released / "data" / "studies.csv", *PARTIAL[::-1])
    result = release("data-2024-08-01")
    assert result.exit_code == 1
    assert "is not as committed" in result.stderr


def test_the_changelog_is_written_from_the_comparison(released: Path) -> None:
    changelog = released / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## Data\n\n### 2024-06-01\n\n- Old.\n\n## Code\n", "utf-8")
    edit(released / "data" / "studies.csv", *PARTIAL[::-1])
    commit(released)
    tag = "data-2024-08-01"
    assert release("--changelog", str(changelog), tag).exit_code == 0
    text = changelog.read_text("utf-8")
    assert text.startswith(f"# Changelog\n\n## Data\n\n### 2024-08-01 ({tag})\n\n- ")
    assert "\n- Cells of the map: Robot calls, Added risk: Partial → Contested\n" in text
    assert text.endswith("\n\n### 2024-06-01\n\n- Old.\n\n## Code\n")
    assert tag not in git(released, "tag", "--list")
    again = release("--changelog", str(changelog), tag)
    assert again.exit_code == 1
    assert "has a part on data-2024-08-01 already" in again.stderr


def test_changes_add_up_and_what_changed_back_is_left_out() -> None:
    def made(tag: str, *cells: tuple[str, str | None, str | None]) -> ShownRelease:
        changed = tuple(ChangedCell("row", step, before, after) for step, before, after in cells)
        return ShownRelease(tag, "", "", "", 0, 0, 0, None, changed)

    second = made("second", ("there", "b", "a"), ("on", "b", "c"), ("new", None, "a"))
    first = made("first", ("there", "a", "b"), ("on", "a", "b"))
    assert add_up([second, first]) == [
        ChangedCell("row", "on", "a", "c"),
        ChangedCell("row", "new", None, "a"),
    ]


def test_releases_are_ordered_by_day_and_number() -> None:
    tags = ["data-2024-07-01.10", "data-2024-07-01.2", "data-2024-07-01", "data-2024-06-30"]
    assert sorted(tags, key=order_of, reverse=True) == tags
