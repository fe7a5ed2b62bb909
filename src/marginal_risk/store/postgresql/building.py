"""build_on_server: a sound corpus -> a PostgreSQL database, in one transaction.

Where the same program built before, its rows are deleted and the new ones are copied in: readers
see the old rows until the build commits, and never wait. Where tables or views have changed, they
are made anew, and readers wait for the end of the build.
"""

from pathlib import Path

from sqlalchemy import Connection, text

from marginal_risk.check.corpus import Corpus
from marginal_risk.rows import Progress, say_nothing
from marginal_risk.store.agreement import load_agreement
from marginal_risk.store.database import create_tables
from marginal_risk.store.loading import (
    load_agreed_levels,
    load_build,
    load_descriptions,
    load_records,
)
from marginal_risk.store.postgresql.address import DatabaseAddress, connected
from marginal_risk.store.postgresql.schema import (
    check_schema,
    drop_build,
    empty_tables,
    has_newest_shape,
    is_build,
    listed,
)
from marginal_risk.store.provenance import BUILT_FROM, is_same_build, read_provenance
from marginal_risk.store.screening_agreement import load_screening_agreement
from marginal_risk.store.tables import TABLES, table_name
from marginal_risk.store.verification import verify_counts
from marginal_risk.store.views import create_views

# Builds of one schema take turns.
_TAKE_TURNS = text(
    "select pg_advisory_xact_lock(hashtext('marginal_risk'), hashtext(current_schema()))"
)


def is_current_on_server(address: DatabaseAddress, data_dir: Path) -> bool:
    """Tell whether the database was built by this program from the inputs as they are now.

    Raises:
        BuildError: the server cannot be reached, or refuses to be read.
    """
    with connected(address) as connection:
        if not is_build(connection):
            return False
        return is_same_build(connection.execute(text(BUILT_FROM)).one_or_none(), data_dir)


def build_on_server(
    corpus: Corpus, address: DatabaseAddress, progress: Progress = say_nothing
) -> None:
    """Replace what the database holds by a new build: all of it or nothing.

    The schema is the first on the search path. It must be empty or hold an earlier build.

    Raises:
        BuildError: the server cannot be reached or refuses, or the schema holds something else.
        ValueError: the corpus has errors.
    """
    if not corpus.is_sound:
        raise ValueError("the corpus has errors: see its problems")
    with connected(address) as connection:
        connection.execute(_TAKE_TURNS)
        connection.execute(text("set local jit = off"))  # compiling takes longer than our queries
        check_schema(connection, address)
        _write(connection, corpus, progress)
        connection.commit()


def _write(connection: Connection, corpus: Corpus, progress: Progress) -> None:
    provenance = read_provenance(corpus.data_dir)
    is_reused = has_newest_shape(connection, corpus)
    if is_reused:
        empty_tables(connection)
    else:
        drop_build(connection)
        create_tables(connection)
    counts = load_records(connection, corpus, provenance, progress)
    # Before the views are read: without it they are planned for tables of any size.
    connection.execute(text(f"analyze {listed([table_name(table) for table in TABLES])}"))
    if not is_reused:
        create_views(connection)
    load_agreed_levels(connection)
    load_agreement(connection)
    load_screening_agreement(connection)
    load_descriptions(connection)
    load_build(connection, corpus, provenance, counts)
    verify_counts(connection, counts)
