"""Files for other programs: what they hold is what the database holds, and they say so."""

import csv
import hashlib
import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from datasette.app import Datasette

from marginal_risk.store.tables import TABLES, table_name
from marginal_risk.store.views import VIEWS

NAMES = (*map(table_name, TABLES), *VIEWS)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


async def fetch(site: Datasette, path: str, media_type: str) -> bytes:
    """Return what an address answers, of this media type and open to every origin."""
    response = await site.client.get(path.removeprefix("http://localhost"))
    assert response.status_code == 200, (path, response.text)
    assert response.headers["content-type"].partition(";")[0] == media_type, path
    assert response.headers["access-control-allow-origin"] == "*", path
    return bytes(response.content)


def select(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def parsed(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(name))  # noqa: S314  (we made it)


async def test_the_data_package_describes_the_files_that_it_names(
    site: Datasette, database: Path
) -> None:
    package = json.loads(await fetch(site, "/datapackage.json", "application/json"))
    assert {resource["name"] for resource in package["resources"]} == set(NAMES)
    (version,) = select(database, "select data_version from build")[0]
    assert package["version"] == version
    for resource in package["resources"]:
        content = await fetch(site, resource["path"], "text/csv")
        assert len(content) == resource["bytes"]
        assert f"sha256:{hashlib.sha256(content).hexdigest()}" == resource["hash"]
        header, *cells = csv.reader(io.StringIO(content.decode(), newline=""))
        assert header == [field["name"] for field in resource["schema"]["fields"]]
        ((count,),) = select(database, f"select count(*) from {resource['name']}")
        assert len(cells) == count


async def test_keys_and_references_of_the_package_are_those_of_the_tables(site: Datasette) -> None:
    package = json.loads(await fetch(site, "/datapackage.json", "application/json"))
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    assert schemas["judgements"]["primaryKey"] == ["citekey", "misuse_vector", "coder", "step"]
    references = {
        (*key["fields"], key["reference"]["resource"])
        for key in schemas["judgements"]["foreignKeys"]
    }
    assert ("step", "steps") in references
    assert ("citekey", "misuse_vector", "coder", "codings") in references
    types = {field["name"]: field["type"] for field in schemas["steps"]["fields"]}
    assert types["position"] == "integer"
    assert types["is_marginal_risk"] == "boolean"
    assert types["question"] == "string"


async def test_croissant_and_csvw_name_the_same_files_and_columns(site: Datasette) -> None:
    package = json.loads(await fetch(site, "/datapackage.json", "application/json"))
    croissant = json.loads(await fetch(site, "/croissant.json", "application/ld+json"))
    csvw = json.loads(await fetch(site, "/csv-metadata.json", "application/json"))
    named = {
        resource["path"]: [field["name"] for field in resource["schema"]["fields"]]
        for resource in package["resources"]
    }
    assert {
        table["url"]: [column["name"] for column in table["tableSchema"]["columns"]]
        for table in csvw["tables"]
    } == named
    addresses = {file["@id"]: file["contentUrl"] for file in croissant["distribution"]}
    found: dict[str, list[str]] = {}
    for record_set in croissant["recordSet"]:
        for field in record_set["field"]:
            source = field["source"]
            address = addresses[source["fileObject"]["@id"]]
            found.setdefault(address, []).append(source["extract"]["column"])
    assert found == named


async def test_lines_of_json_hold_the_rows(site: Datasette, database: Path) -> None:
    content = await fetch(site, "/data/levels.jsonl", "application/jsonl")
    found = [json.loads(line) for line in content.decode().splitlines()]
    wanted = select(database, "select slug, rank from levels order by slug")
    assert [(row["slug"], row["rank"]) for row in found] == wanted


@pytest.mark.parametrize(
    "path", ["/data/nothing.csv", "/data/sqlite_master.csv", "/data/studies.xml"]
)
async def test_what_is_no_table_is_not_found(site: Datasette, path: str) -> None:
    assert (await site.client.get(path)).status_code == 404


async def test_the_workbook_has_a_sheet_for_each_question(site: Datasette, database: Path) -> None:
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    content = await fetch(site, "/evidence.xlsx", media_type)
    assert content == await fetch(site, "/evidence.xlsx", media_type)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        listed = parsed(book, "xl/workbook.xml")
        names = [sheet.get("name") for sheet in listed.iter(f"{MAIN}sheet")]
        assert names == ["About", "Map", "Studies", "Judgements", "Comparisons", "Codebook"]
        texts = [
            "".join(part.text or "" for part in item.iter(f"{MAIN}t"))
            for item in parsed(book, "xl/sharedStrings.xml")
        ]
        pages = {
            name: parsed(book, f"xl/worksheets/sheet{number}.xml")
            for number, name in enumerate(names, start=1)
        }
    for name, page in pages.items():
        assert not list(page.iter(f"{MAIN}f")), f"{name} holds a formula"
        assert not list(page.iter(f"{MAIN}hyperlink")), f"{name} holds a link"
        (pane,) = page.iter(f"{MAIN}pane")
        assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "1")
        assert page.find(f"{MAIN}autoFilter") is not None
    for reason in select(database, "select rationale from judgements"):
        assert reason[0] in texts
    ((judgements,),) = select(database, "select count(*) from judgements")
    assert len(list(pages["Judgements"].iter(f"{MAIN}row"))) == judgements + 1


async def test_a_reader_finds_the_states_of_the_map_in_the_workbook(site: Datasette) -> None:
    content = (await site.client.get("/evidence.xlsx")).content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        texts = [
            "".join(part.text or "" for part in item.iter(f"{MAIN}t"))
            for item in parsed(book, "xl/sharedStrings.xml")
        ]
        page = parsed(book, "xl/worksheets/sheet2.xml")
    rows = [
        [texts[int(cell.findtext(f"{MAIN}v") or "")] for cell in row.iter(f"{MAIN}c")]
        for row in page.iter(f"{MAIN}row")
    ]
    assert rows[0] == ["misuse vector", "Threat", "Added risk", "Defense"]
    assert [row[0] for row in rows[1:]] == ["Forged letters", "Robot calls", "Fake maps"]
    assert set(rows[2][1:]) <= {"Addressed", "Contested", "Partial", "Absent", "Not coded"}


async def test_what_openapi_promises_the_site_keeps(site: Datasette) -> None:
    promised = json.loads(await fetch(site, "/openapi.json", "application/json"))
    assert promised["openapi"] == "3.1.0"
    study = {"citekey": "madeup2021"}
    for path, item in promised["paths"].items():
        get = item["get"]
        asked = {p["name"]: study.get(p["name"], p["example"]) for p in get["parameters"]}
        in_path = {p["name"] for p in get["parameters"] if p["in"] == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", path)), path
        address = path.format(**asked)
        query = {name: value for name, value in asked.items() if name not in in_path}
        ((media_type, content),) = get["responses"]["200"]["content"].items()
        response = await site.client.get(address, params=query)
        assert response.status_code == 200, (address, response.text)
        assert response.headers["content-type"].partition(";")[0] == media_type, address
        if media_type != "application/jsonl":
            jsonschema.validate(response.json(), content["schema"])


async def test_llms_txt_leads_only_to_pages_that_are_there(site: Datasette) -> None:
    text = (await fetch(site, "/llms.txt", "text/plain")).decode()
    assert text.startswith("# Marginal Risk Evidence Map\n\n> ")
    assert "Forged letters (forged_letters)" in text
    links = re.findall(r"\]\((\S+)\)", text)
    assert len(links) > 8
    for link in links:
        address = link.removeprefix("http://localhost")
        answer = await site.client.get(address)
        assert answer.status_code == 200, link


async def test_pages_are_not_open_to_other_origins(site: Datasette) -> None:
    for path in ("/", "/data", "/contribute"):
        assert "access-control-allow-origin" not in (await site.client.get(path)).headers
    database = await site.client.get("/evidence.db")
    assert database.headers["access-control-allow-origin"] == "*"
