"""Datasette's own pages as part of the site: its tables, and its page to write SQL on."""

from urllib.parse import parse_qs, urlsplit

import pytest
from datasette.app import Datasette

from marginal_risk.publish.cell_links import link_cell
from pages import get, links, rows_of, text_of


async def test_a_table_leads_to_the_pages_of_study_row_and_cell(site: Datasette) -> None:
    page = await get(site, "/evidence/judgements?citekey=invented2020")
    (table,) = page.iter("table")
    found = links(table)
    assert found["Invented (2020)"] == "/studies/invented2020"
    assert found["Forged letters"] == "/vectors/forged_letters"
    assert found["Added risk"] == "/vectors/forged_letters/added_risk"
    for path in ("/studies/invented2020", "/vectors/forged_letters/added_risk"):
        assert (await site.client.get(path)).status_code == 200
    screened = await get(site, "/evidence/coverage_matrix?misuse_vector=fake_maps")
    (table,) = screened.iter("table")
    assert links(table)["threat"] == "/vectors/fake_maps/threat"
    rules = await get(site, "/evidence/coding_rules?step=threat")
    (table,) = rules.iter("table")
    assert links(table)["Threat"] == "/steps/threat"


async def test_a_result_of_a_query_leads_there_too(site: Datasette) -> None:
    sql = "select+citekey,misuse_vector+from+codings+where+coder='tabulated2024'"
    page = await get(site, f"/evidence/-/query?sql={sql}")
    (table,) = page.iter("table")
    assert links(table) == {
        "invented2020": "/studies/invented2020",
        "forged_letters": "/vectors/forged_letters",
    }


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("citekey", "a/b c", "/studies/a~2Fb+c"),
        ("citekey", '"><script>', "/studies/~22~3E~3Cscript~3E"),
        ("citekey", None, None),
        ("citekey", 7, None),
        ("citekey", "", None),
        ("misuse_vector", "fake_maps", "/vectors/fake_maps"),
        ("misuse_vector", "../../x", None),
        ("step", "threat", "/steps/threat"),
        ("title", "fake_maps", None),
    ],
)
def test_only_what_names_a_page_becomes_a_link(
    site: Datasette, column: str, value: object, expected: str | None
) -> None:
    cell = link_cell(site, {column: value}, column, value)
    if expected is None:
        assert cell is None
    else:
        assert cell is not None
        assert f'href="{expected}"' in cell
        assert "<script" not in cell


async def test_the_page_to_write_sql_on_opens_with_the_question_of_the_map(
    site: Datasette,
) -> None:
    asked = await site.client.get("/evidence/-/query")
    assert asked.status_code == 302
    page = await get(site, asked.headers["location"])
    (table,) = page.iter("table")
    # Of robot calls one study is read, its coders disagree, and one study waits.
    assert ["Robot calls", "contested", "1", "1"] in rows_of(table)
    (editor,) = page.iter("textarea")
    assert text_of(editor).startswith("-- Which kinds of misuse have evidence on marginal risk")
    found = links(page)
    assert found["the page of the data"] == "/data"
    for title in ("How far does each coded study cover each step?", "Where do coders disagree?"):
        assert (await site.client.get(found[title])).status_code == 200


async def test_a_program_that_asks_nothing_gets_an_example_that_works(site: Datasette) -> None:
    asked = await site.client.get("/evidence/-/query.json")
    assert asked.status_code == 400
    answer = asked.json()
    assert answer["ok"] is False
    assert "?sql=select" in answer["error"]
    assert list(parse_qs(urlsplit(answer["example"]).query)) == ["sql"]
    example = (await site.client.get(answer["example"])).json()
    assert [row["misuse"] for row in example["rows"]] == [
        *("Forged letters", "Robot calls", "Fake maps")
    ]
    # Asked something, or on another page, Datasette answers as ever.
    own = (await site.client.get("/evidence/-/query.json?sql=select+1+as+one")).json()
    assert own["rows"] == [{"one": 1}]
    assert (await site.client.get("/evidence/-/query.json?sql=")).status_code == 400
