"""What programs read before they use the site: OpenAPI of its JSON, and /llms.txt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marginal_risk.publish.formats.standards import LICENSE_URL, SUMMARY
from marginal_risk.publish.queries.evidence import Build
from marginal_risk.publish.queries.vocabulary import MapVocabulary
from marginal_risk.publish.queries.works import LICENSE, NAME
from marginal_risk.publish.sentences import WHAT_ADDRESSED_MEANS

_ROW = {"type": "object", "additionalProperties": True}
_ROWS = {"type": "array", "items": _ROW}
_ANSWER = {
    "type": "object",
    "required": ["ok", "rows"],
    "properties": {"ok": {"const": True}, "rows": _ROWS, "next": {"type": ["string", "null"]}},
}
_WORK = {
    "type": "object",
    "required": ["id", "type", "title"],
    "properties": {
        "id": {"type": "string"},
        "type": {"type": "string"},
        "title": {"type": "string"},
        "author": {"type": "array", "items": {"type": "object"}},
        "issued": {"type": "object", "required": ["date-parts"]},
    },
}
_WORKS = {"type": "array", "items": _WORK}


def open_api(build: Build, home: str, database: str) -> dict[str, Any]:
    """Return OpenAPI 3.1 of the JSON that the site promises to keep."""
    json, csl = "application/json", "application/vnd.citationstyles.csl+json"
    table = _in_path("table", "The name of a table or view; /data lists them.", "coverage_matrix")
    study = _in_path("citekey", "The key of a study.", "kapoor2024")
    coded = _in_query("coded", "'1' leaves only the studies that are coded.", "1")
    shape = _in_query("_shape", "'array' answers with the rows alone.", "objects")
    size = _in_query("_size", "The number of rows; 'next_url' leads to more.", "2")
    sql = _in_query("sql", "One SELECT statement of SQLite.", "select 1 as one", required=True)
    health = {
        "type": "object",
        "required": ["ok", "data_version"],
        "properties": {"ok": {"const": True}, "data_version": {"type": "string"}},
    }
    package = {"type": "object", "required": ["name", "resources"]}
    jsonl = {"type": "string", "description": "An object on each line."}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": NAME,
            "summary": "An evidence and gap map of the marginal risk of open foundation models.",
            "description": f"{SUMMARY} {WHAT_ADDRESSED_MEANS}",
            "version": build.data_version,
            "license": {"name": LICENSE, "url": LICENSE_URL},
        },
        "servers": [{"url": home.rstrip("/")}],
        "paths": {
            f"/{database}/{{table}}.json": _get(
                "Rows of a table or view. A column's name with '__exact' keeps those with a value.",
                (json, _ANSWER),
                [table, shape, size],
            ),
            "/data/{table}.jsonl": _get(
                "All rows of a table or view, one a line.", ("application/jsonl", jsonl), [table]
            ),
            f"/{database}/-/query.json": _get(
                "The rows that a query finds. It reads only, and is stopped where it takes long.",
                (json, _ANSWER),
                [sql],
            ),
            "/studies.json": _get("The studies found, as CSL-JSON.", (csl, _WORKS), [coded]),
            "/studies/{citekey}/cite.json": _get("One study, as CSL-JSON.", (csl, _WORKS), [study]),
            "/cite.json": _get("The map itself as a work to cite.", (csl, _WORKS), []),
            "/datapackage.json": _get("The data as a data package.", (json, package), []),
            "/croissant.json": _get(
                "The data as Croissant has it.", ("application/ld+json", _ROW), []
            ),
            "/csv-metadata.json": _get("The data as CSV on the Web has it.", (json, _ROW), []),
            "/health": _get("Whether the site is well.", (json, health), []),
        },
    }


def _get(
    summary: str, content: tuple[str, dict[str, Any]], parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    media_type, schema = content
    answer = {"description": summary, "content": {media_type: {"schema": schema}}}
    return {"get": {"summary": summary, "parameters": parameters, "responses": {"200": answer}}}


def _in_path(name: str, description: str, example: str) -> dict[str, Any]:
    return {**_in_query(name, description, example, required=True), "in": "path"}


def _in_query(
    name: str, description: str, example: str, *, required: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


def llms_text(
    build: Build, vocabulary: MapVocabulary, absolute: Callable[[str], str], database: str
) -> str:
    """Return what a program should know of the site, in the form of llmstxt.org."""
    step = vocabulary.marginal_risk_step
    vectors = ", ".join(f"{word.name} ({slug})" for slug, word in vocabulary.vectors.items())
    steps = ", ".join(f"{word.name} ({slug})" for slug, word in vocabulary.steps.items())
    lines = [
        f"# {NAME}",
        "",
        f"> {SUMMARY}",
        "",
        f"Data version {build.data_version} of {build.data_date}, {LICENSE}. Cite the version.",
        f"Studies found: {build.found_studies}. Coded by people or publications:"
        f" {build.coded_studies}.",
        "",
        f"- {WHAT_ADDRESSED_MEANS}",
        "- 'Not coded' and 'absent' differ: nobody has judged the first, and a coder judged that"
        " the second leaves the step out.",
        "- Codings by machines are provisional. No count, cell or gap holds them, unless the"
        " address says codings=provisional or the view is of the layer with_provisional.",
        f"- Evidence on marginal risk is the step {step.name} ({step.slug}). A finding of no"
        " difference is evidence, too: the comparisons say what came out.",
        f"- Misuse vectors: {vectors}.",
        f"- Steps: {steps}.",
        "",
        "## Data",
        "",
        f"- [OpenAPI]({absolute('/openapi.json')}): the JSON that the site promises",
        f"- [Data package]({absolute('/datapackage.json')}): every table and column, with its"
        " meaning and a CSV file",
        f"- [Croissant]({absolute('/croissant.json')}), [CSV on the Web]"
        f"({absolute('/csv-metadata.json')}): the same in other words",
        f"- [The database]({absolute(f'/{database}.db')}): SQLite",
        f"- [SQL]({absolute(f'/{database}/-/query.json')}?sql=select+*+from+coverage_matrix): reads"
        " only, with bounds",
        "",
        "## Pages",
        "",
        f"- [The map]({absolute('/')}): each misuse vector by each step",
        f"- [Comparisons]({absolute('/comparisons')}): what the studies compare with what",
        f"- [Gaps]({absolute('/gaps')}): what is missing, in the literature and in our reading",
        f"- [Studies]({absolute('/studies')}): each with its judgements, reasons and locators",
        f"- [Codebook]({absolute('/codebook')}): the rule of each level at each step",
        "",
    ]
    return "\n".join(lines)
