"""What makes the database refuse what a record would refuse."""

from collections.abc import Iterator
from typing import get_type_hints

from annotated_types import Ge, Le, MaxLen
from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from marginal_risk.records import Record

# Before any table: batch migrations need every constraint to have a name.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


def constraints_of(record: type[Record]) -> Iterator[CheckConstraint]:
    """Yield what makes a table refuse what the record refuses, and the empty string anywhere.

    What is not known is NULL. Patterns are left to the records, but for addresses: SQLite and
    PostgreSQL have no regular expressions in common.
    """
    plain = get_type_hints(record)
    for name, field in record.model_fields.items():
        declared = {type(limit): limit for limit in field.metadata}
        if plain[name] in (str, str | None):
            yield CheckConstraint(f"{name} <> ''", name=f"{name}_filled")
        if MaxLen in declared:
            longest = declared[MaxLen].max_length
            yield CheckConstraint(f"length({name}) <= {longest}", name=f"{name}_short")
        bounds = [f"{name} >= {declared[Ge].ge}"] if Ge in declared else []
        bounds += [f"{name} <= {declared[Le].le}"] if Le in declared else []
        if bounds:
            yield CheckConstraint(" and ".join(bounds), name=f"{name}_in_range")
        if name == "url":
            is_http = "lower(url) like 'http://%' or lower(url) like 'https://%'"
            yield CheckConstraint(is_http, name="url_is_http")
