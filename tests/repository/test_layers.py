"""The shape of the package. Contracts in pyproject.toml hold which way its imports run."""

import subprocess
import sys
from pathlib import Path

import pytest

import marginal_risk

PACKAGE = Path(marginal_risk.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_the_package_has_few_rooms() -> None:
    things = [path for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(things) <= 16


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 400


def test_whether_a_database_is_current_is_told_without_what_a_build_needs() -> None:
    """It is asked at each start, and the answer is most often yes."""
    code = (
        "import sys, marginal_risk.cli.build, marginal_risk.store.provenance;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"sqlalchemy", "sqlmodel", "pydantic", "alembic", "bibtexparser", "datasette"}
    assert not heavy & set(done.stdout.split())
