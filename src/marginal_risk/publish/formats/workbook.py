"""write_workbook: the map, the studies, the judgements and the codebook for a spreadsheet.

Every text is written as a text: nothing in a cell is a formula or a link, whatever it begins with.
Two workbooks of one database are the same bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from xlsxwriter import Workbook

from marginal_risk.publish.queries.evidence import Build
from marginal_risk.publish.queries.works import LICENSE, NAME, database_work
from marginal_risk.publish.sentences import WHAT_ADDRESSED_MEANS

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_CELL = 32_767
_WIDE = {"reason", "note", "rule", "question", "definition", "title"}
"""Columns of long texts, by name."""

_STUDIES = """
select
    s.citekey as study, t.short_citation as cited_as, t.title, t.year, v.name as misuse_vector,
    d.name as decision, y.name as type, t.doi, t.arxiv_id, t.url,
    case when exists (
        select 1 from coded_studies c
        where c.citekey = s.citekey and c.misuse_vector = s.misuse_vector
    ) then 'yes' else 'no' end as coded
from screening s
join studies t on t.citekey = s.citekey
left join vectors v on v.slug = s.misuse_vector
join decisions d on d.slug = s.decision
left join study_types y on y.slug = s.study_type
order by v.position, t.year, s.citekey
"""
_JUDGEMENTS = """
select
    j.citekey as study, t.short_citation as cited_as, v.name as misuse_vector, c.name as coder,
    k.name as kind_of_coder, s.name as step, l.name as level, f.name as confidence,
    j.rationale as reason, j.locator, j.source
from judgements j
join studies t on t.citekey = j.citekey
join vectors v on v.slug = j.misuse_vector
join coders c on c.coder = j.coder
join coder_kinds k on k.slug = c.kind
join steps s on s.slug = j.step
join levels l on l.slug = j.level
left join confidences f on f.slug = j.confidence
order by v.position, t.year, j.citekey, k.position, j.coder, s.position
"""
_COMPARISONS = """
select
    m.citekey as study, t.short_citation as cited_as, v.name as misuse_vector, c.name as coder,
    k.name as kind_of_coder, e.name as examined, p.name as compared_with, f.name as finding,
    r.name as property, m.locator, m.note
from comparisons m
join studies t on t.citekey = m.citekey
join vectors v on v.slug = m.misuse_vector
join coders c on c.coder = m.coder
join coder_kinds k on k.slug = c.kind
join examined_models e on e.slug = m.examined
join comparators p on p.slug = m.comparator
join findings f on f.slug = m.finding
left join properties r on r.slug = m.property
order by v.position, t.year, m.citekey, m.coder, p.position, m.id
"""
_CODEBOOK = """
select s.name as step, s.question, l.name as level, r.rule
from coding_rules r
join steps s on s.slug = r.step
join levels l on l.slug = r.level
order by s.position, l.position
"""
_MAP = """
select v.name as misuse_vector, s.name as step, coalesce(l.name, g.name, m.state) as state
from coverage_matrix m
join vectors v on v.slug = m.misuse_vector
join steps s on s.slug = m.step
left join levels l on l.slug = m.state
left join gap_kinds g on g.slug = m.state
order by v.position, s.position
"""


@dataclass(frozen=True)
class _Sheet:
    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str | int | None]]


def write_workbook(
    connection: sqlite3.Connection, build: Build, home: str, target: BinaryIO
) -> None:
    """Write the workbook; ``home`` is where the site is, or '' where nobody says."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(target, options) as book:
        day = datetime.fromisoformat(build.data_date).replace(tzinfo=UTC)
        book.set_properties({"title": NAME, "author": "", "created": day.replace(tzinfo=None)})
        header = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        cell = book.add_format({"valign": "top", "text_wrap": True})
        for sheet in _sheets(connection, build, home):
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 1)
            for column, title in enumerate(sheet.header):
                longest = max((len(str(row[column] or "")) for row in sheet.rows), default=0)
                widest = 60 if title in _WIDE else 28
                page.set_column(column, column, min(max(len(title), longest) + 2, widest), cell)
                page.write_string(0, column, title.replace("_", " "), header)
            for number, row in enumerate(sheet.rows, start=1):
                for column, value in enumerate(row):
                    if isinstance(value, int):
                        page.write_number(number, column, value)
                    elif value is not None:
                        page.write_string(number, column, value[:_LONGEST_CELL])
            page.autofilter(0, 0, len(sheet.rows), len(sheet.header) - 1)


def _sheets(connection: sqlite3.Connection, build: Build, home: str) -> list[_Sheet]:
    about = [
        ("Data version", build.data_version),
        ("Data date", build.data_date),
        ("Licence", LICENSE),
        ("Address", home),
        ("Cite as", database_work(build, home).reference.strip()),
        ("What 'addressed' says", WHAT_ADDRESSED_MEANS),
        (
            "Provisional codings",
            "Judgements of the kind of coder 'Machine' are provisional: no cell of the sheet"
            " 'Map' counts them.",
        ),
    ]
    return [
        _Sheet("About", ("about", "note"), about),
        _map_sheet(connection),
        _sheet(connection, "Studies", _STUDIES),
        _sheet(connection, "Judgements", _JUDGEMENTS),
        _sheet(connection, "Comparisons", _COMPARISONS),
        _sheet(connection, "Codebook", _CODEBOOK),
    ]


def _sheet(connection: sqlite3.Connection, name: str, sql: str) -> _Sheet:
    cursor = connection.execute(sql)
    header = [column for column, *_ in cursor.description]
    return _Sheet(name, header, [tuple(row) for row in cursor])


def _map_sheet(connection: sqlite3.Connection) -> _Sheet:
    """Return a row for each misuse vector, with a column for each step."""
    cells = [tuple(row) for row in connection.execute(_MAP)]
    steps = list(dict.fromkeys(step for _, step, _ in cells))
    rows: dict[str, dict[str, str]] = {}
    for vector, step, state in cells:
        rows.setdefault(vector, {})[step] = state
    return _Sheet(
        "Map",
        ["misuse_vector", *steps],
        [(vector, *(states[step] for step in steps)) for vector, states in rows.items()],
    )
