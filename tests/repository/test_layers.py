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


@pytest.mark.parametrize(
    "modules",
    [
        # Whether a database is current is asked at each start, and the answer is most often yes.
        "marginal_risk.cli.build, marginal_risk.store.provenance",
        # The first question of add.
        "marginal_risk.cli.terminal, marginal_risk.contribute.coding.interview",
    ],
)
def test_what_is_waited_for_at_a_start_loads_no_large_library(modules: str) -> None:
    code = f"import sys, {modules}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"sqlalchemy", "sqlmodel", "pydantic", "alembic", "bibtexparser", "datasette"}
    assert not heavy & set(done.stdout.split())
