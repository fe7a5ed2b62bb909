"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket there alone."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

PASSWORD = "not-to-be-seen"  # noqa: S105  (of a server that lives as long as a test run)
OPTIONS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
# Debian keeps the programs of each version in a folder of its own, and not on the path.
_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))


def program(name: str) -> str | None:
    """Return where a program of the newest PostgreSQL is, or None."""
    places = [str(folder) for folder in reversed(_FOLDERS)]
    return shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", "")]))


INSTALLED = program("initdb") is not None and program("pg_ctl") is not None


class PostgresqlServer(NamedTuple):
    """A running server."""

    socket: Path
    """The folder of its socket."""

    def connect(self, database: str = "postgres", **more: str) -> psycopg.Connection:
        """Return a connection as its owner."""
        options = {"host": str(self.socket), "user": "owner", "dbname": database, **more}
        return psycopg.connect(autocommit=True, **options)

    def run(self, statement: str, *names: str, database: str = "postgres") -> None:
        """Run a statement as its owner; '{}' is filled with names."""
        with self.connect(database) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def url(self, database: str, user: str = "owner", password: str = "") -> str:
        """Return the address of a database, as a user types it."""
        who = f"{user}:{password}" if password else user
        return f"postgresql+psycopg://{who}@/{database}?host={self.socket}"


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    """Start a server and stop it; as another user where root runs this, which it refuses."""
    # Not below pytest's own folder, which nobody else may enter; and short, as sockets need.
    folder = Path(tempfile.mkdtemp(prefix="mr-pg-", dir="/tmp"))
    who: dict[str, object] = {"cwd": folder}
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        who |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    files = folder / "data"

    def call(name: str, *words: str) -> None:
        found = program(name)
        assert found is not None
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            subprocess.run([found, "-D", files, *words], check=True, stdout=log, stderr=log, **who)

    try:
        call("initdb", "--username=owner", "--auth=trust", "--encoding=UTF8", "--no-sync")
        # The owner comes in as he is; everybody else with a password.
        rules = "local all owner trust\nlocal all all scram-sha-256\n"
        (files / "pg_hba.conf").write_text(rules, encoding="utf-8")
        call("pg_ctl", "start", "-w", "-o", f"{OPTIONS} -k {folder}")
        try:
            yield PostgresqlServer(folder)
        finally:
            call("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)
        Path(f"{folder}.log").unlink(missing_ok=True)
