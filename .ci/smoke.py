"""Ask a site that has just started for its pages, and hold its numbers against the database.

    python .ci/smoke.py http://127.0.0.1:8001 evidence.db

It waits until the site answers, for a minute at most. Exits with 1 and the reason where a page
is missing, or where what is served is not what the file holds.
"""

import json
import re
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import quote


def fetch(address: str) -> str:
    """Return what an address answers; any status but 200 is an error."""
    with urllib.request.urlopen(address, timeout=20) as response:
        return str(response.read().decode())


def wait_for(address: str, seconds: int) -> None:
    """Return once an address answers at all.

    Raises:
        OSError: it did not, for that long.
    """
    for _ in range(seconds - 1):
        try:
            fetch(address)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(1)
        else:
            return
    fetch(address)


def ask(site: str, database: Path) -> None:
    """Hold a site against its database.

    Raises:
        OSError: a page is not there.
        ValueError: it says something else than the database.
    """
    with closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)) as file:
        (version,) = file.execute("select data_version from build").fetchone()
        (cells,) = file.execute("select count(*) from coverage_matrix").fetchone()
    if json.loads(fetch(f"{site}/health")) != {"ok": True, "data_version": version}:
        raise ValueError(f"/health is not well, or not of the data version {version}")
    if version not in fetch(f"{site}/"):
        raise ValueError(f"/ does not show the data version {version}")
    study = re.search(r'href="(/studies/[^"?#/]+)"', fetch(f"{site}/studies"))
    if study is None or "<h1" not in fetch(site + study[1]):
        raise ValueError("/studies leads to no study")
    served = json.loads(fetch(f"{site}/evidence/coverage_matrix.json?_shape=array&_size=max"))
    if len(served) != cells:
        raise ValueError(f"the map's JSON has {len(served)} cells, the database {cells}")


def main() -> None:
    """Ask the site that is named on the command line."""
    site, database = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    try:
        wait_for(f"{site}/health", seconds=60)
        ask(site, database)
    except (OSError, ValueError) as error:
        sys.exit(f"{site}: {error}")
    print(f"{site} serves {database}: the map, a study and the map's JSON")


if __name__ == "__main__":
    main()
