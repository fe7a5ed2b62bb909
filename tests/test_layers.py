import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import marginal_risk

PACKAGE = Path(marginal_risk.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# What each part of the package may import of the rest: the path of the data, in order. A part
# is a module or a subpackage; a new one needs a line here.
MAY_IMPORT = {
    "problems": set(),
    "records": set(),
    "readings": {"problems", "records"},
    "encoding": {"problems"},
    "vocabulary": {"records"},
    "codebook": {"problems", "readings", "records", "vocabulary"},
    "side_by_side": set(),
    "bibliography": {"problems", "readings", "records", "side_by_side"},
    "spreadsheets": set(),
    "sheets": {"problems", "bibliography.identifiers", "spreadsheets"},
    "coding": {"problems", "readings", "records", "sheets"},
    "screening": {"problems", "readings", "records", "sheets"},
    "checks": {"problems", "readings", "records"},
    "rules": {"problems", "readings", "records", "checks", "bibliography"},
    "inputs": set(),
    "corpus": {
        "inputs",
        "problems",
        "readings",
        "records",
        "encoding",
        "codebook",
        "bibliography",
        "coding",
        "screening",
        "rules",
    },
    "accounts": {"problems", "readings", "encoding", "bibliography", "corpus"},
    "canonical": {
        "inputs",
        "encoding",
        "readings",
        "records",
        "bibliography",
        "coding",
        "corpus",
        "screening",
    },
    "rehearsal": {"inputs"},
    "exports": {
        "problems",
        "readings",
        "records",
        "encoding",
        "bibliography",
        "rules",
        "corpus",
        "canonical",
        "rehearsal",
    },
    "contribution": {
        "problems",
        "readings",
        "records",
        "encoding",
        "bibliography",
        "coding",
        "screening",
        "rules",
        "corpus",
        "canonical",
    },
    "tables": {"records"},
    "agreement": set(),
    "insertion": {"readings"},
    "writing": set(),
    "people": {"readings", "insertion", "tables", "writing"},
    "leftovers": set(),
    "comparison": {"agreement", "insertion", "tables"},
    "views": set(),
    "search": {"readings", "insertion", "writing"},
    "verification": {"side_by_side", "tables"},
    "repository": set(),
    "provenance": {"repository"},
    "freshness": {"inputs", "provenance"},
    "loading": {
        "problems",
        "readings",
        "records",
        "corpus",
        "insertion",
        "people",
        "tables",
        "views",
        "provenance",
    },
    "database": {
        "readings",
        "corpus",
        "comparison",
        "leftovers",
        "loading",
        "people",
        "verification",
        "views",
        "search",
        "side_by_side",
        "provenance",
        "writing",
    },
    "parquet": {"readings", "leftovers", "tables", "views"},
    "postgresql": {
        "readings",
        "corpus",
        "comparison",
        "loading",
        "tables",
        "views",
        "provenance",
        "freshness",
        "database",
        "verification",
    },
    "site": set(),
    # The form: a second plugin, with the readers and the checks behind it.
    "contributing": {
        *("problems", "readings", "records", "bibliography.citation", "corpus", "contribution"),
        "site",
    },
    "server": {"problems", "corpus", "database", "provenance"},
    "reporting": {"problems", "rules", "corpus"},
    "changes": {
        "problems",
        "corpus",
        "bibliography",
        "repository",
        "provenance",
        "server",
        "site",
    },
    "cli": {
        "problems",
        "readings",
        "side_by_side",
        "contribution",
        "rehearsal",
        "repository",
        "accounts",
        "corpus",
        "exports",
        "canonical",
        "changes",
        "database",
        "freshness",
        "server",
        "provenance",
        "reporting",
        "parquet",
        "postgresql",
        "site",
    },
    "migrations": {"tables", "views", "search"},
    "__init__": set(),
    "__main__": {"cli"},
}
VERSION = "marginal_risk"
"""The package itself holds no more than its version, which every part may ask for."""


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of every import, those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write imports in full"
            yield from ((node.module or "", alias.name) for alias in node.names)


def own_imports_of(path: Path) -> Iterator[str]:
    """Yield what a module imports of the package, such as 'records' or 'bibliography.names'."""
    for module, name in imports_of(path):
        if module == VERSION and name != "__version__":
            yield name
        elif module.startswith(f"{VERSION}."):
            yield module.removeprefix(f"{VERSION}.")


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    part = part_of(path)
    assert part in MAY_IMPORT, f"say in MAY_IMPORT what {part} may import"
    allowed = MAY_IMPORT[part] | {part}
    wrong = {
        module
        for module in own_imports_of(path)
        if module not in allowed and module.split(".")[0] not in allowed
    }
    assert wrong == set()


def test_no_part_imports_in_a_circle() -> None:
    done: set[str] = set()
    waiting = dict(MAY_IMPORT)
    while waiting:
        ready = {
            part
            for part, imported in waiting.items()
            if {module.split(".")[0] for module in imported} <= done
        }
        assert ready, f"a circle among {sorted(waiting)}"
        done |= ready
        waiting = {part: waiting[part] for part in waiting.keys() - ready}


def test_every_part_that_may_import_is_there() -> None:
    shipped_from_elsewhere = {"migrations"}
    assert set(MAY_IMPORT) - shipped_from_elsewhere == {part_of(path) for path in MODULES}


def test_migrations_import_no_records_and_no_readers() -> None:
    for path in (PACKAGE.parent.parent / "migrations").rglob("*.py"):
        assert set(own_imports_of(path)) <= MAY_IMPORT["migrations"], path


@pytest.mark.parametrize(
    ("library", "parts"),
    [
        ("bibtexparser", {"bibliography"}),
        ("rapidfuzz", {"bibliography"}),
        ("rispy", {"exports", "site"}),
        ("csv", {"sheets", "canonical"}),
        ("chardet", {"encoding"}),
        ("yaml", {"codebook"}),
        ("click", {"cli"}),
        ("datasette", {"site", "contributing", "server"}),
        ("alembic", {"database"}),
        ("psycopg", {"postgresql"}),
        ("pyarrow", {"parquet"}),
        ("krippendorff", {"agreement"}),
        ("subprocess", {"repository", "writing"}),
    ],
)
def test_a_library_is_known_in_one_place(library: str, parts: set[str]) -> None:
    users = {
        part_of(path)
        for path in MODULES
        for module, _ in imports_of(path)
        if module.split(".")[0] == library
    }
    assert users <= parts


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 250


def test_whether_a_database_is_current_is_told_without_what_a_build_needs() -> None:
    """It is asked at each start, and the answer is most often yes."""
    code = (
        "import sys, marginal_risk.cli.build, marginal_risk.freshness;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"sqlalchemy", "sqlmodel", "pydantic", "alembic", "bibtexparser", "datasette"}
    assert not heavy & set(done.stdout.split())
