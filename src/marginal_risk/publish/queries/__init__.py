"""What the pages ask of the database: plain functions on a ``sqlite3`` connection.

They need no Datasette, so the command line asks the same questions. Rows are read by the names of
their columns: the connection has ``sqlite3.Row`` as its row factory, as ``open_database`` sets it.
"""

import sqlite3
from pathlib import Path
from urllib.parse import quote


def open_database(path: Path) -> sqlite3.Connection:
    """Return a connection that reads a built database and cannot change it.

    Raises:
        sqlite3.OperationalError: there is no such file.
    """
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True)
    connection.row_factory = sqlite3.Row
    return connection
