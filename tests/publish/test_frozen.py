"""A copy of the site without a server: what is in it, and where its links lead."""

import csv
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest
from frozen_copies import LIVE, PAGES, at_host, freeze, pages, target, whole_addresses

from marginal_risk.publish.frozen import copying
from marginal_risk.publish.frozen.copying import CopyPlace, FreezeError
from marginal_risk.publish.frozen.rows_page import NeedsServerPage, RowsPage
from pages import main_of, parse, rows_of
from places import TINY

NEEDS_SERVER = "needs-a-server/index.html"


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def rows_in(database: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"select * from {table}").fetchall()


def sources(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("select table_name from table_descriptions")]


def test_two_copies_are_equal_byte_by_byte(copy: Path, database: Path, tmp_path: Path) -> None:
    """The second is of the command, in another process, in which sets have another order."""
    shutil.copyfile(database, tmp_path / "evidence.db")
    words = ["-m", "marginal_risk", "freeze", "--data", TINY, "--database", "evidence.db", "site"]
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    once, again = contents(copy), contents(tmp_path / "site")
    sums = again.pop("SHA256SUMS").decode().splitlines()
    assert sorted(once) == sorted(again)
    assert [name for name in once if once[name] != again[name]] == []
    expected = [f"{hashlib.sha256(again[name]).hexdigest()}  {name}" for name in sorted(again)]
    assert sorted(sums) == sorted(expected)
    assert f"site: {len(again)} files" in done.stderr


@pytest.fixture(params=["copy", "placed", "beside"])
def each_copy(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder


def test_every_link_leads_to_a_file_and_every_fragment_to_an_id(each_copy: Path) -> None:
    found = pages(each_copy)
    found.pop("404.html", None)
    files = contents(each_copy).keys()
    broken = []
    for file, page in found.items():
        for link in [*page.links, *page.actions]:
            led = target(file, link)
            if led is None:
                continue
            path, fragment = led
            is_there = path in files and (
                not fragment or path not in found or fragment in found[path].ids
            )
            broken += [] if is_there else [(file, link)]
    assert broken == []
    assert sum(len(page.links) for page in found.values()) > 5000


def test_no_page_links_to_itself_or_to_a_folder_by_the_root_of_a_host(each_copy: Path) -> None:
    links = {
        link
        for file, page in pages(each_copy).items()
        if file != "404.html"
        for link in [*page.links, *page.actions]
    }
    assert [link for link in links if link.startswith("/") or link.endswith("/.")] == []


def test_the_addresses_of_the_site_are_those_of_the_copy(copy: Path, database: Path) -> None:
    """A host of files answers the address of a folder with the index in it."""
    works = [row[0] for row in rows_in(database, "studies")]
    vectors = [row[0] for row in rows_in(database, "vectors")]
    steps = [row[0] for row in rows_in(database, "steps")]
    wanted = ["/", "/embed/", "/comparisons/", "/gaps/", "/studies/", "/screening/", "/next/"]
    wanted += ["/review/", "/agreement/", "/trends/", "/codebook/", "/data/", "/about/"]
    wanted += [f"/vectors/{vector}/" for vector in vectors]
    wanted += [f"/vectors/{vector}/{step}/" for vector in vectors for step in steps]
    wanted += [f"/studies/{work}/" for work in works]
    wanted += [f"/studies/{work}/cite.{form}" for work in works for form in ("bib", "ris", "json")]
    wanted += ["/map.svg", "/map.png", "/map.pdf", "/map-large.png", "/evidence.db"]
    wanted += ["/studies.bib", "/studies.ris", "/studies.json", "/cite.bib", "/evidence.xlsx"]
    assert [path for path in wanted if not at_host(copy, path[1:]).is_file()] == []


def test_what_no_page_links_to_is_there_under_any_prefix(placed: Path, beside: Path) -> None:
    named = ["review/index.html", "robots.txt", "sitemap.xml", "feed.atom", "llms.txt", "map.png"]
    for folder in (placed, beside):
        assert [name for name in named if not (folder / name).is_file()] == []


def test_the_map_with_provisional_codings_leads_to_pages_with_them(copy: Path) -> None:
    file = "codings=provisional.html"
    found = pages(copy)
    assert "provisional" in (copy / file).read_text("utf-8")
    led = [target(file, link) for link in found[file].links]
    cells = {path for path, _ in filter(None, led) if path.startswith("vectors/")}
    assert {path for path in cells if not path.endswith("/codings=provisional.html")} == set()
    assert len(cells) > 10


def test_what_sends_a_form_says_that_a_server_is_needed(each_copy: Path) -> None:
    found = pages(each_copy)
    found.pop("404.html", None)
    led = {target(file, action) for file, page in found.items() for action in page.actions}
    assert led == {(NEEDS_SERVER, "")}
    # What only sends its reader on has no header, and so no search.
    without = {file for file, page in found.items() if not page.actions}
    without -= {file for file in found if file.startswith("embed/")}
    assert without == {"studies/fictive1999/index.html"} & found.keys()


def test_the_page_for_what_needs_a_server_names_the_site_where_it_is_known(
    copy: Path, placed: Path, beside: Path
) -> None:
    texts = {
        folder: "".join(main_of(parse((folder / NEEDS_SERVER).read_text("utf-8"))).itertext())
        for folder in (copy, placed, beside)
    }
    assert LIVE in texts[beside]
    for folder in (copy, placed):
        assert "this copy does not know" in texts[folder]
    assert "no feed" in texts[copy]
    assert "no feed" not in texts[placed]


def test_a_copy_without_an_address_names_none(copy: Path) -> None:
    for name, content in contents(copy).items():
        if not name.endswith((".db", ".png", ".pdf", ".xlsx")):
            assert b"copy.invalid" not in content, name
            assert b"localhost" not in content, name
    found = pages(copy)
    assert {page.canonical for page in found.values()} == {None}
    assert not any("og:url" in page.meta or "og:image" in page.meta for page in found.values())
    for name in (
        "feed.atom",
        "studies.atom",
        "sitemap.xml",
        "robots.txt",
        "datapackage.json",
        "openapi.json",
    ):
        assert not (copy / name).exists()
    assert "url =" not in (copy / "cite.bib").read_text("utf-8")
    cited = json.loads((copy / "cite.json").read_text("utf-8"))
    assert "URL" not in (cited[0] if isinstance(cited, list) else cited)


def test_a_copy_for_a_host_names_its_own_addresses(placed: Path) -> None:
    found = pages(placed)
    for file, page in found.items():
        if page.canonical is None:
            continue
        assert page.canonical.startswith(PAGES), file
        assert at_host(placed, page.canonical.removeprefix(PAGES)).is_file(), file
    assert found["vectors/fake_maps/index.html"].canonical == f"{PAGES}vectors/fake_maps/"
    assert found["index.html"].meta["og:image"] == f"{PAGES}map.png"
    named = ["feed.atom", "sitemap.xml", "robots.txt", "llms.txt", "croissant.json"]
    for name in [*named, "datapackage.json", "csv-metadata.json", *found]:
        text = (placed / name).read_text("utf-8")
        for path in whole_addresses(text, PAGES):
            assert at_host(placed, path).is_file(), (name, path)
        assert name not in named or PAGES in text
    assert f"url = {{{PAGES}}}" in (placed / "cite.bib").read_text("utf-8")


def test_a_frame_with_provisional_codings_has_an_address_without_a_query(placed: Path) -> None:
    text = (placed / "codings=provisional.html").read_text("utf-8")
    assert f'iframe src="{PAGES}embed/codings=provisional.html"' in text


def test_a_copy_beside_a_site_names_the_addresses_of_the_site(beside: Path) -> None:
    found = pages(beside)
    assert found["vectors/fake_maps/index.html"].canonical == f"{LIVE}vectors/fake_maps"
    feed = ET.parse(beside / "feed.atom").getroot()  # noqa: S314  (our own)
    hrefs = [link.attrib["href"] for link in feed.iter("{http://www.w3.org/2005/Atom}link")]
    assert hrefs
    assert all(href.startswith(LIVE) for href in hrefs)
    assert f"url = {{{LIVE}}}" in (beside / "cite.bib").read_text("utf-8")
    assert (beside / "openapi.json").is_file()


def test_what_a_host_says_for_other_addresses_has_links_that_hold_at_any_depth(
    placed: Path, beside: Path, copy: Path
) -> None:
    for folder in (placed, beside):
        page = pages(folder)["404.html"]
        own = [link for link in page.links if not link.startswith(("http", "#"))]
        assert len(own) > 5
        for link in [*own, *page.actions]:
            assert link.startswith("/map/"), link
            assert at_host(folder, link.removeprefix("/map/")).is_file(), link
    assert not (copy / "404.html").exists()


def test_each_table_and_view_is_there_whole(copy: Path, database: Path) -> None:
    names = sources(database)
    assert len(names) > 60
    for name in names:
        expected = rows_in(database, name)
        found = json.loads((copy / f"evidence/{name}.json").read_bytes())
        assert sorted(map(repr, (tuple(row.values()) for row in found["rows"]))) == sorted(
            map(repr, expected)
        ), name
        assert (found["ok"], found["next"], found["truncated"]) == (True, None, False)
        with (copy / f"evidence/{name}.csv").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.reader(file))) == len(expected) + 1, name
        table = list(
            main_of(parse((copy / f"evidence/{name}/index.html").read_text())).iter("table")
        )
        assert [len(rows_of(each)) for each in table] == ([len(expected)] if expected else []), name


def test_rows_that_come_in_parts_are_joined(copy: Path, beside: Path) -> None:
    for name in ("judgements", "coverage_matrix"):
        path = f"evidence/{name}.json"
        found = json.loads((beside / path).read_bytes())
        assert len(found["rows"]) > 7
        assert found == json.loads((copy / path).read_bytes())


def test_rows_with_a_value_are_those_of_the_table_and_no_others(copy: Path) -> None:
    rows = json.loads((copy / "evidence/judgements.json").read_bytes())["rows"]
    citekey = rows[0]["citekey"]
    file = copy / f"evidence/judgements/citekey__exact={citekey}"
    found = json.loads(file.with_name(f"{file.name}.json").read_bytes())["rows"]
    assert found == [row for row in rows if row["citekey"] == citekey]
    page = main_of(parse(file.with_name(f"{file.name}.html").read_text("utf-8")))
    assert len(rows_of(next(page.iter("table")))) == len(found)
    links = {link.text: link.get("href") for link in page.iter("a")}
    assert links["JSON"] == f"citekey__exact={citekey}.json"
    assert links[citekey] == f"../../studies/{citekey}/index.html"


def test_a_query_has_its_rows_and_its_sql(copy: Path) -> None:
    page = main_of(parse((copy / "evidence/table_1/index.html").read_text("utf-8")))
    rows = json.loads((copy / "evidence/table_1.json").read_bytes())["rows"]
    assert len(rows_of(next(page.iter("table")))) == len(rows) > 0
    assert "from study_coverage c" in "".join(next(page.iter("pre")).itertext())


def test_a_page_that_has_no_answer_stops_the_copy(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_SEEDS", ("/studies/nobody2020",))
    with pytest.raises(FreezeError, match=r"/studies/nobody2020 answers with 404, and / links"):
        freeze(database, tmp_path / "site", CopyPlace())


@pytest.mark.parametrize("page", [RowsPage, NeedsServerPage])
def test_each_field_of_a_page_says_what_it_is(page: type) -> None:
    for field in fields(page):
        assert field.metadata["help"].endswith("."), field.name
