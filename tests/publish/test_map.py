"""The map and the pages behind it, in-process."""

import csv
import re
import shutil
from dataclasses import fields
from pathlib import Path

import html5lib
import pytest
from datasette.app import Datasette

from marginal_risk.check.corpus import read_corpus
from marginal_risk.publish.page import Page
from marginal_risk.publish.pages import cells, comparisons, map, screening  # noqa: A004
from marginal_risk.publish.pages import next as next_to_code
from marginal_risk.publish.pages import study as studies
from pages import OpenSite
from places import FROZEN, ROOT

TEMPLATES = ROOT / "src" / "marginal_risk" / "publish" / "templates" / "marginal_risk"
HTML = "{http://www.w3.org/1999/xhtml}"


async def get(site: Datasette, path: str) -> str:
    response = await site.client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.text


def parse(page: str):
    return html5lib.HTMLParser(strict=True).parse(page)


def text_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


def matrix(page: str) -> list[list[str]]:
    """Return the texts of the body of the map's table, without what a screen does not show."""
    table = next(t for t in parse(page).iter(f"{HTML}table") if t.get("class") == "matrix")
    body = table.find(f"{HTML}tbody")
    return [[text_of(cell) for cell in row] for row in body]


async def test_the_map_of_the_published_data_has_42_cells_and_the_paper_s_levels(
    open_on: OpenSite, paper_data: Path
) -> None:
    rows = matrix(await get(await open_on(paper_data), "/"))
    levels = [[re.search(r"Addressed|Partial|Absent", c)[0][1] for c in row[1:]] for row in rows]
    # Table 1 of the paper, row by row, by the second letter: aDdressed, pArtial, aBsent.
    assert ["".join(row) for row in levels] == [
        "daabab",
        "ababab",
        "daaaad",
        "dbabab",
        "daaaad",
        "dabaab",
        "dddddd",
    ]


def cards(page: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Return what each card says: its title, its basis, and its vectors with what waits."""
    found = {}
    for section in parse(page).iter(f"{HTML}section"):
        if "card" in (section.get("class") or "").split():
            items = section.find(f"{HTML}ul")
            vectors = {
                text_of(li.find(f"{HTML}a")): text_of(li.find(f"{HTML}span")) for li in items
            }
            title, basis = section.find(f"{HTML}h2"), section.find(f"{HTML}p")
            found[text_of(title)] = (text_of(basis), vectors)
    return found


async def test_the_answer_stands_above_the_map(open_on: OpenSite, paper_data: Path) -> None:
    page = await get(await open_on(paper_data), "/")
    assert page.index("None in what was read so far") < page.index("<table")
    # By hand from Table 1 of the paper, and from the rows of screening.csv for each vector.
    assert cards(page) == {
        "Evidence on marginal risk": (
            "The one study read gives it, whatever it shows.",
            {"Child sexual abuse material": "12 wait"},
        ),
        "Partial evidence": (
            "The one study read for each gives some.",
            {
                "Disinformation": "13 wait",
                "Voice-cloning scams": "9 wait",
                "Non-consensual intimate imagery": "9 wait",
            },
        ),
        "None in what was read so far": (
            "The one study read for each gives none.",
            {
                "Spear-phishing scams": "8 wait",
                "Cybersecurity risk": "12 wait",
                "Biosecurity risk": "14 wait",
            },
        ),
    }
    assert (
        "7 of 69 studies found have been read and judged, and 1 of these addresses all 6 steps; 62"
        " wait to be read. So all 42 gaps in the map are first of all gaps in our reading, and not"
        " shown to be in the literature."
    ) in page
    assert '<rect width="10.1%" height="100%"/>' in page


async def test_a_row_says_how_much_of_it_was_read_and_its_cells_that_the_gap_is_ours(
    open_on: OpenSite, paper_data: Path
) -> None:
    site = await open_on(paper_data)
    page = await get(site, "/")
    rows = {text_of(row): row for row in parse(page).iter(f"{HTML}tr")}
    (row,) = (row for text, row in rows.items() if text.startswith("Biosecurity risk"))
    assert "1 of 15 read" in text_of(row)
    assert "/screening?vector=biosecurity" in [a.get("href") for a in row.iter(f"{HTML}a")]
    assert len(list(row.iter(f"{HTML}td"))) == 6
    opened = [text for text in reasons(page) if text.startswith("Biosecurity risk: ")]
    assert len(opened) == 6
    assert all("1 of 15 studies, 1 coder" in text for text in opened)
    cell = await get(site, "/vectors/biosecurity/existing_risk")
    assert "A gap in our reading: 14 of 15 studies found are not judged here yet." in cell
    assert "gap in the literature" not in cell


def reasons(page: str) -> list[str]:
    """Return what the cells of the map open in place."""
    return [
        text_of(div) for div in parse(page).iter(f"{HTML}div") if div.get("popover") is not None
    ]


async def test_a_cell_opens_its_reasons_in_place_and_these_lead_to_its_page(
    open_on: OpenSite, paper_data: Path
) -> None:
    page = await get(await open_on(paper_data), "/")
    tree = parse(page)
    opened = {div.get("id"): div for div in tree.iter(f"{HTML}div") if div.get("popover") == ""}
    buttons = [b for b in tree.iter(f"{HTML}button") if b.get("popovertarget")]
    assert [button.get("popovertarget") for button in buttons] == list(opened)
    assert len(opened) == 42
    for button in buttons:
        div = opened[button.get("popovertarget")]
        heading, place = text_of(div.find(f"{HTML}h3")), button.get("aria-label")
        assert place.startswith(f"{heading.replace(': ', ', ')}: "), place
    low = opened["disinformation-existing_defenses"]
    assert text_of(low).endswith("low confidence 1 of 14 studies, 1 coder.")
    (study,) = (a for a in low.iter(f"{HTML}a") if "/studies/" in a.get("href"))
    assert study.get("href") == "/studies/musser2023"
    assert low.find(f"{HTML}h3/{HTML}a").get("href") == "/vectors/disinformation/existing_defenses"


async def test_low_confidence_is_marked_on_the_map_and_heard(
    open_on: OpenSite, paper_data: Path
) -> None:
    tree = parse(await get(await open_on(paper_data), "/"))
    buttons = [b for b in tree.iter(f"{HTML}button") if b.get("popovertarget")]
    marked = {b.get("popovertarget") for b in buttons if "low" in b.get("class").split()}
    said = {
        b.get("popovertarget") for b in buttons if b.get("aria-label").endswith("low confidence")
    }
    with (paper_data / "rationales.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["confidence"] == "low"]
    assert rows
    assert marked == said == {f"{row['misuse_vector']}-{row['step']}" for row in rows}


async def test_where_studies_of_a_cell_divide_it_is_drawn_and_said(
    open_on: OpenSite, tiny: Path
) -> None:
    tree = parse(await get(await open_on(tiny), "/"))
    (button,) = (
        b
        for b in tree.iter(f"{HTML}button")
        if b.get("popovertarget") == "forged_letters-added_risk"
    )
    # Two studies of letters, both partial.
    assert button.get("aria-label") == (
        "Forged letters, Added risk: Partial, 2 studies: 2 partial; 1 by one coder"
    )
    assert [(r.get("class"), r.get("width")) for r in button.iter() if r.tag.endswith("rect")] == [
        ("partial", "100.0%")
    ]
    assert "2 studies" in text_of(button)


async def test_what_a_filter_leaves_out_gives_no_reason(
    open_on: OpenSite, paper_data: Path
) -> None:
    site = await open_on(paper_data)
    page = await get(site, "/?level=addressed")
    shown = reasons(page)
    assert len(shown) == 42
    assert sum("left out by the filter" in text.lower() for text in shown) == 42 - 13
    assert "No comparison with information available on the internet" not in page
    assert set(cards(page)) == {"Evidence on marginal risk", "Nothing that matches"}


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        (
            ("studies.csv", "rationales.csv", "comparisons.csv"),
            (
                *("Not coded", "15 studies found, none judged"),
                ("Not judged yet", "Studies were found, and nobody has judged one at this step."),
                "15 wait",
            ),
        ),
        (
            ("studies.csv", "rationales.csv", "comparisons.csv", "screening.csv"),
            (
                *("No study found", "No study."),
                ("No study found", "The searches found none."),
                "none found",
            ),
        ),
    ],
)
async def test_a_vector_without_a_coded_study_is_told_from_one_without_any(
    open_on: OpenSite,
    paper_data: Path,
    tmp_path: Path,
    sheets: tuple[str, ...],
    said: tuple[str, str, tuple[str, str], str],
) -> None:
    word, counted, (title, basis), waiting = said
    data = Path(shutil.copytree(paper_data, tmp_path / "copy"))
    for name in sheets:
        path = data / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        # For screening: the works stay in it, for no misuse vector.
        is_left_out = ",biosecurity," if name == "screening.csv" else "gopal2023,"
        kept = [line for line in lines if is_left_out not in line]
        lost = {line.partition(",")[0] for line in lines} - {k.partition(",")[0] for k in kept}
        if name == "screening.csv":
            kept += [f"{citekey},,candidate,,,A test,,\n" for citekey in sorted(lost)]
        path.write_text("".join(kept), "utf-8")
    page = await get(await open_on(data), "/")
    rows = {row[0]: row[1:] for row in matrix(page)}
    assert sum(len(cells) for cells in rows.values()) == 42
    (cells,) = (cells for name, cells in rows.items() if name.startswith("Biosecurity risk"))
    assert all(word in cell for cell in cells), cells
    opened = [text for text in reasons(page) if text.startswith("Biosecurity risk: ")]
    assert len(opened) == 6
    assert all(counted in text for text in opened), opened
    assert cards(page)[title] == (basis, {"Biosecurity risk": waiting})


async def test_every_cell_leads_to_its_judgements_and_these_to_their_study(
    open_on: OpenSite,
) -> None:
    site = await open_on(FROZEN)
    tree = parse(await get(site, "/"))
    opened = [div for div in tree.iter(f"{HTML}div") if div.get("popover") == ""]
    links = [a.get("href") for div in opened for a in div.iter(f"{HTML}a")]
    assert len({link for link in links if link.startswith("/vectors/")}) == 42
    framed = next(parse(await get(site, "/embed")).iter(f"{HTML}tbody"))
    cells = [a.get("href") for cell in framed.iter(f"{HTML}td") for a in cell.iter(f"{HTML}a")]
    assert len(set(cells)) == 42
    assert set(cells) <= set(links)
    page = await get(site, "/vectors/biosecurity/marginal_risk_evidence")
    assert "No comparison with information available on the internet" in page
    assert "page 6" in page
    assert 'href="/studies/gopal2023"' in page
    study = await get(site, "/studies/gopal2023")
    assert "https://arxiv.org/abs/2310.18233" in study
    assert "@misc{gopal2023," in study


async def test_figures_and_embed_say_where_the_levels_come_from(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    table, coding = "written justifications in Appendix B", "its cybersecurity part (malware) only"
    by_vector, by_study = await get(site, "/map.svg"), await get(site, "/map.svg?view=studies")
    assert table in by_vector
    assert coding not in by_vector  # no study is named there
    assert table in by_study
    assert coding in by_study
    other = await get(site, "/map.svg?view=studies&vector=biosecurity")
    assert coding not in other
    link = '<a href="http://localhost/about">Where the levels come from</a>'
    assert link in await get(site, "/embed")


async def test_each_page_says_once_what_addressed_does_not_mean(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    for path in ("/", "/?view=studies", "/embed", "/vectors/csam/existing_risk"):
        assert (await get(site, path)).count("says nothing about how large the risk") == 1, path


async def test_judgements_of_machines_are_shown_only_when_asked_for_and_marked(
    open_on: OpenSite, tiny: Path
) -> None:
    corpus = read_corpus(tiny)
    machines = {c.record.coder for c in corpus.records.coders if c.record.kind == "machine"}
    row = next(row for row in corpus.records.codings if row.key.coder in machines)
    reason = next(r.rationale for r in corpus.records.rationales if r.key == row.key)
    site = await open_on(tiny)
    path = f"/studies/{row.key.citekey}"
    assert reason not in text_of(parse(await get(site, path)))
    asked = text_of(parse(await get(site, f"{path}?codings=provisional")))
    assert reason in asked
    assert "provisional" in asked


async def test_hostile_text_from_the_data_stays_text(open_on: OpenSite, tiny: Path) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    bib = next((tiny / "bib").glob("*.bib"))
    text = bib.read_text(encoding="utf-8")
    citekey = re.search(r"@\w+\{([^,]+),", text)[1]
    bib.write_text(re.sub(r"title = \{", f"title = {{{attack} ", text, count=1), "utf-8")
    site = await open_on(tiny)
    for path in (f"/studies/{citekey}", "/", "/?view=studies"):
        page = await get(site, path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in await get(site, f"/studies/{citekey}")


async def test_a_page_that_does_not_exist_is_a_404(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    for path in ("/studies/nobody2000", "/vectors/nowhere/existing_risk", "/vectors/csam/nostep"):
        assert (await site.client.get(path)).status_code == 404, path


async def test_a_second_request_is_answered_from_what_was_kept(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    first = await site.client.get("/")
    again = await site.client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")
    other = await site.client.get("/?view=studies")
    assert other.headers["etag"] != first.headers["etag"]


async def test_only_the_embedded_map_may_be_put_into_a_frame(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    for path, allowed in (("/", "'none'"), ("/embed", "*"), ("/studies/thiel2023", "'none'")):
        policy = (await site.client.get(path)).headers["content-security-policy"]
        assert f"frame-ancestors {allowed}" in policy, path
        assert "default-src 'none'" in policy


async def test_the_site_works_below_a_base_url(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    site._settings["base_url"] = "/maps/"
    page = await get(site, "/")
    targets = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
    assert targets
    assert [target for target in targets if not target.startswith("/maps/")] == []


@pytest.mark.parametrize(
    ("context", "templates"),
    [
        (
            comparisons.ComparisonsPage,
            ["comparisons.html", "comparison_parts.html", "house.html"],
        ),
        (comparisons.ComparedPage, ["compared.html", "comparison_parts.html", "house.html"]),
        (map.MapPage, ["map.html", "matrix.html", "filter_form.html", "house.html"]),
        (cells.CellPage, ["cell.html", "judgements.html", "house.html"]),
        (studies.StudyPage, ["study.html", "source.html", "judgements.html", "house.html"]),
        (screening.ScreeningPage, ["screening.html", "house.html"]),
        (next_to_code.NextPage, ["next.html", "house.html"]),
    ],
)
def test_every_field_of_a_page_s_context_has_a_help_text_and_is_used(
    context: type[Page], templates: list[str]
) -> None:
    source = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in templates)
    for field in fields(context):
        assert field.metadata["help"].endswith("."), field.name
        assert re.search(rf"\b{field.name}\b", source), f"{field.name} is not rendered"


async def test_public_sql_is_read_only_and_bounded(open_on: OpenSite) -> None:
    site = await open_on(FROZEN)
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    response = await site.client.get("/evidence/-/query.json", params={"sql": endless})
    assert response.status_code == 400
    many = (
        "with recursive n(i) as (select 1 union all select i + 1 from n limit 5000) select i from n"
    )
    response = await site.client.get("/evidence/-/query.json", params={"sql": many})
    assert len(response.json()["rows"]) == 1000
    for sql in ("delete from judgements", "attach 'x.db' as x", "pragma writable_schema = 1"):
        response = await site.client.get("/evidence/-/query.json", params={"sql": sql})
        assert response.status_code in (400, 403), sql
    response = await site.client.post("/evidence/judgements/-/insert", json={"rows": [{}]})
    assert response.status_code in (403, 405)


async def test_datasette_s_own_pages_read_as_names_and_say_what_columns_mean(
    open_on: OpenSite,
) -> None:
    site = await open_on(FROZEN)
    page = await get(site, "/evidence/judgements?citekey=gopal2023")
    assert ">Biosecurity risk</a>" in page
    assert ">Gopal et al. (2023)</a>" in page
    assert "Why this level." in page
    view = await get(site, "/evidence/coverage_matrix")
    assert "How far does the coded literature cover each step, for each misuse vector?" in view
    found = await get(site, "/evidence/studies.json?_search=pathogens&_shape=array")
    assert "gopal2023" in found


@pytest.mark.parametrize("path", ["/", "/comparisons"])
async def test_a_parameter_that_is_none_is_told(site: Datasette, path: str) -> None:
    page = await get(site, f"{path}?vectr=robot_calls")
    told = [text_of(found) for found in parse(page).iter() if found.get("class") == "notice"]
    assert len(told) == 1
    assert "“vectr” is no part of a filter here, and was left out." in told[0]
    assert "vector, " in told[0]
    assert page != await get(site, path)


async def test_a_view_that_is_none_is_told(site: Datasette) -> None:
    assert "“study” is no view of the map: vectors or studies." in await get(site, "/?view=study")
    assert "is no view" not in await get(site, "/?view=studies")
