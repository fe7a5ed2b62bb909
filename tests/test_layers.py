import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import marginal_risk

PACKAGE = Path(marginal_risk.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

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


@pytest.mark.parametrize(
    ("library", "parts"),
    [
        ("bibtexparser", {"read", "check"}),
        ("rapidfuzz", {"read"}),
        ("rispy", {"exports", "publish"}),
        ("csv", {"read", "canonical"}),
        ("chardet", {"read"}),
        ("yaml", {"read"}),
        ("click", {"cli"}),
        ("datasette", {"publish", "contributing"}),
        ("alembic", {"store"}),
        ("psycopg", {"store"}),
        ("pyarrow", {"store"}),
        ("krippendorff", {"store"}),
        ("subprocess", {"git", "store"}),
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
        "import sys, marginal_risk.cli.build, marginal_risk.store.freshness;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"sqlalchemy", "sqlmodel", "pydantic", "alembic", "bibtexparser", "datasette"}
    assert not heavy & set(done.stdout.split())
