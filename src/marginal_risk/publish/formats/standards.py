"""The whole dataset in the words of four standards: Data Package, Croissant, CSVW and RO-Crate.

Each function takes what the database says of itself and the files that hold the rows, and returns
an object for JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marginal_risk.publish.formats.dataset import Column, DataFile, Dataset, Table
from marginal_risk.publish.queries.works import LICENSE, MAINTAINERS, NAME, database_work

LICENSE_URL = "https://creativecommons.org/licenses/by/4.0/"
SUMMARY = (
    "For each misuse vector of open foundation models: how far published studies cover the steps"
    " that evidence on marginal risk needs, with a reason and a place for each judgement."
)
KEYWORDS = ["evidence and gap map", "marginal risk", "open foundation models", "misuse"]
FRAMEWORK = {
    "title": "Position: On the Societal Impact of Open Foundation Models",
    "path": "https://arxiv.org/abs/2403.07918",
}


@dataclass(frozen=True)
class Described:
    """A dataset with the files that hold it."""

    dataset: Dataset
    rows: Sequence[DataFile]
    """A CSV file for each table and view, named as that."""
    others: Sequence[DataFile]
    """Every other file."""
    home: str
    """Where the site is; '' where nobody says."""

    def tables(self) -> list[tuple[Table, DataFile]]:
        """Return each table and view with its file."""
        files = {file.name: file for file in self.rows}
        return [(table, files[table.name]) for table in self.dataset.tables]

    def address_of(self, table: str) -> str:
        """Return where the rows of a table are."""
        return next(file.address for file in self.rows if file.name == table)


# Frictionless: https://specs.frictionlessdata.io/tabular-data-package/ ---------------------------


def data_package(described: Described) -> dict[str, Any]:
    """Return a tabular data package with a resource for each table and view."""
    build = described.dataset.build
    package = {
        "profile": "tabular-data-package",
        "name": "marginal-risk-evidence-map",
        "title": NAME,
        "description": SUMMARY,
        "homepage": described.home,
        "version": build.data_version,
        "created": f"{build.data_date}T00:00:00Z",
        "keywords": KEYWORDS,
        "licenses": [{"name": "CC-BY-4.0", "title": LICENSE, "path": LICENSE_URL}],
        "contributors": [{"title": MAINTAINERS, "role": "maintainer"}],
        "sources": [FRAMEWORK],
        "resources": [_resource(table, file) for table, file in described.tables()],
    }
    return {key: value for key, value in package.items() if value}


def _resource(table: Table, file: DataFile) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": file.address,
        "description": table.description,
        "format": "csv",
        "mediatype": file.media_type,
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "schema": _schema(table),
    }


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(c) for c in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.foreign_keys:
        schema["foreignKeys"] = [
            {
                "fields": list(key.columns),
                # A table that refers to itself is '' in a data package.
                "reference": {
                    "resource": "" if key.table == table.name else key.table,
                    "fields": list(key.target),
                },
            }
            for key in table.foreign_keys
        ]
    return schema


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": column.description,
    }
    if column.is_required:
        field["constraints"] = {"required": True}
    return field


# Croissant 1.0: https://docs.mlcommons.org/croissant/docs/croissant-spec.html --------------------

_CROISSANT_TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
}
_CROISSANT_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(described: Described) -> dict[str, Any]:
    """Return the dataset for machine learning tools, with a record set for each table and view."""
    build = described.dataset.build
    files = [
        {
            "@type": "cr:FileObject",
            "@id": f"{file.name}.csv",
            "name": f"{file.name}.csv",
            "description": file.description,
            "contentUrl": file.address,
            "contentSize": f"{file.bytes} B",
            "encodingFormat": file.media_type,
            "sha256": file.sha256,
        }
        for file in described.rows
    ]
    return {
        "@context": _CROISSANT_CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "description": SUMMARY,
        "url": described.home or FRAMEWORK["path"],
        "license": LICENSE_URL,
        "keywords": KEYWORDS,
        "creator": {"@type": "Organization", "name": MAINTAINERS},
        "datePublished": build.data_date,
        # The standard asks for a semantic version; the hash stands behind it.
        "version": f"{build.data_date.replace('-0', '-').replace('-', '.')}+{build.data_version}",
        "citeAs": database_work(build, described.home or FRAMEWORK["path"]).bibtex,
        "distribution": files,
        "recordSet": [_record_set(table) for table, _ in described.tables()],
    }


def _record_set(table: Table) -> dict[str, Any]:
    record_set: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "field": [_record_field(table, column) for column in table.columns],
    }
    if table.key:
        record_set["key"] = [{"@id": f"{table.name}/{column}"} for column in table.key]
    return record_set


def _record_field(table: Table, column: Column) -> dict[str, Any]:
    field = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.description,
        "dataType": _CROISSANT_TYPES[column.type],
        "source": {
            "fileObject": {"@id": f"{table.name}.csv"},
            "extract": {"column": column.name},
        },
    }
    for key in table.foreign_keys:
        # A table that refers to itself would be a circle to those who read Croissant.
        if key.columns == (column.name,) and key.table != table.name:
            field["references"] = {"field": {"@id": f"{key.table}/{key.target[0]}"}}
    return field


# CSV on the Web: https://www.w3.org/TR/tabular-metadata/ -----------------------------------------


def csv_on_the_web(described: Described) -> dict[str, Any]:
    """Return the metadata of a group of tables."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": NAME,
        "dc:description": SUMMARY,
        "dc:license": {"@id": LICENSE_URL},
        "dc:publisher": MAINTAINERS,
        "dc:issued": described.dataset.build.data_date,
        "tables": [_table(described, table, file) for table, file in described.tables()],
    }


def _table(described: Described, table: Table, file: DataFile) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "columns": [
            {
                "name": column.name,
                "titles": column.name,
                "datatype": column.type,
                "required": column.is_required,
                "dc:description": column.description,
            }
            for column in table.columns
        ]
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    # Readers of CSVW refuse a reference that may be empty.
    required = {column.name for column in table.columns if column.is_required}
    references = [key for key in table.foreign_keys if required.issuperset(key.columns)]
    if references:
        schema["foreignKeys"] = [
            {
                "columnReference": list(key.columns),
                "reference": {
                    "resource": described.address_of(key.table),
                    "columnReference": list(key.target),
                },
            }
            for key in references
        ]
    return {"url": file.address, "dc:description": table.description, "tableSchema": schema}


# RO-Crate 1.1: https://www.researchobject.org/ro-crate/specification/1.1/ ------------------------


def ro_crate(described: Described) -> dict[str, Any]:
    """Return the description of a folder that holds all files of a release."""
    build = described.dataset.build
    files = [*described.rows, *described.others]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": NAME,
        "description": SUMMARY,
        "datePublished": build.data_date,
        "version": build.data_version,
        "keywords": ", ".join(KEYWORDS),
        "license": {"@id": LICENSE_URL},
        "publisher": {"@id": "#maintainers"},
        "author": {"@id": "#maintainers"},
        "isBasedOn": {"@id": FRAMEWORK["path"]},
        "hasPart": [{"@id": file.address} for file in files],
    }
    if described.home:
        root["url"] = described.home
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
                "about": {"@id": "./"},
            },
            root,
            {"@id": "#maintainers", "@type": "Organization", "name": MAINTAINERS},
            {"@id": LICENSE_URL, "@type": "CreativeWork", "name": LICENSE},
            {
                "@id": FRAMEWORK["path"],
                "@type": "ScholarlyArticle",
                "name": FRAMEWORK["title"],
            },
            *map(_file, files),
        ],
    }


def _file(file: DataFile) -> dict[str, Any]:
    return {
        "@id": file.address,
        "@type": "File",
        "name": file.address.rpartition("/")[2],
        "description": file.description,
        "encodingFormat": file.media_type,
        "contentSize": str(file.bytes),
        "sha256": file.sha256,
    }
